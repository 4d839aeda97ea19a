"""How long the machine held the programs of a lane up, by the journal: on a fast clock a tenth of a second is a silence of every device."""

import json
from itertools import combinations

from lanectl.layout import Limits
from tests.system.lanectl_commands import lanectl
from tests.system.running_lane import RunningLane

READING_AGE_S_MAX = Limits().reading_age_s_max  # D1. Older than that a reading is none

Gap = tuple[str, float, float]


def longest_held_up_s(lane: RunningLane, since: float) -> float:
    """Of the lane's clock: for so long two devices at once were not heard. What is done to one of them is no such time."""
    told = lanectl("journal", "export", str(lane.prepared.journal))
    assert told.exit_code == 0, told.output
    gaps = [gap for gap in _gaps([json.loads(line) for line in told.stdout.splitlines()]) if gap[1] >= since]
    return max((_both_s(one, other) for one, other in combinations(gaps, 2) if one[0] != other[0]), default=0.0)


def _gaps(records: list[dict[str, object]]) -> list[Gap]:
    """Each device's times without a reading that are longer than a reading may be old, from and to."""
    found, heard = list[Gap](), dict[str, float]()
    for record in records:
        match record:
            case {"at_s": float(at), "body": {"report": {"type": ("DetectorsReported" | "BoomReported") as kind, **said}}}:
                device = f"{kind} {said.get('unit') or said.get('gate')}"
                if at - heard.get(device, at) > READING_AGE_S_MAX:
                    found.append((device, heard[device], at))
                heard[device] = at
    return found


def _both_s(one: Gap, other: Gap) -> float:
    return min(one[2], other[2]) - max(one[1], other[1])
