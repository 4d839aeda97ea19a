"""An operator who does what the status says, and nothing else: each command that stands beside an alarm or a wait."""

import shlex
from collections import Counter
from collections.abc import Callable, Collection

from lanectl.interlocking.refusals import DETECTOR_SILENT
from lanectl.model import Service
from lanectl.status import LaneStatus
from tests.system.running_lane import WITHIN_S, RunningLane

DONE, NOT_SHOWN, REFUSED = 0, 1, 8
COMMANDS_MAX = 40
NOT_SHOWN_MAX = 2  # of one command: on a busy machine a module may miss the moment in which it proves itself
ON_M = 20.0
AGAIN_S = 0.5  # of real time, before the same is tried once more


def goes_on(lane: RunningLane, truck: str, but: Collection[str] = ()) -> list[str]:
    """The acts it takes until this truck drives on, by half a section, in a lane that works as before. `but`: alarms of others' doing."""
    front_m, crossing = lane.truck(truck)["front_m"], lane.disturbed[truck]

    def works() -> bool:
        if lane.truck(truck)["front_m"] <= front_m + ON_M and not lane.crossed(truck, crossing):
            return False
        shown = lane.status()
        return shown.service is Service.OPEN and not {alarm.code for alarm in shown.alarms} - set(but)

    return mended(lane, f"{truck} drives on and the lane works", works)


def all_cross(lane: RunningLane) -> list[str]:
    """The acts it takes until every truck that was disturbed has crossed to the end."""
    return mended(lane, "all cross to the end", lambda: all(lane.crossed(truck, crossing) for truck, crossing in lane.disturbed.items()))


def mended(lane: RunningLane, what: str, holds: Callable[[], object], within_s: float = WITHIN_S) -> list[str]:
    """Works the lane until it holds; returns the commands that were done, in order. A refused or failed one is tried again later.

    Left out is what this machine alone brings about: a stall of a tenth of a second is a silence of the lane's detectors on a fast clock.
    """
    done: list[str] = []
    not_shown: Counter[str] = Counter()
    tried: dict[str, float] = {}

    def worked() -> bool:
        if holds():
            return True
        shown = lane.status()
        for words in offered(shown):
            if lane.now > tried.get(words, 0.0):
                assert len(done) < COMMANDS_MAX, f"still not {what} after {done}"
                code = lane.command(*shlex.split(words))
                not_shown[words] += code == NOT_SHOWN
                assert code in (DONE, NOT_SHOWN, REFUSED), f"lanectl {words}: exit {code}"
                assert not_shown[words] <= NOT_SHOWN_MAX, f"lanectl {words}: the lane never shows it"
                tried[words] = lane.now + AGAIN_S * lane.speed
                if code == DONE and not _of_a_stall(shown, words):
                    done.append(words)
        return False

    lane.until(what, worked, within_s)
    return done


def _of_a_stall(shown: LaneStatus, words: str) -> bool:
    suspect = next((alarm for alarm in shown.alarms if alarm.code == "SECTIONS_SUSPECT"), None)
    return words.startswith(("declare", "sweep")) and suspect is not None and suspect.params["why"] == DETECTOR_SILENT


def offered(shown: LaneStatus) -> list[str]:
    """Without `lanectl` and without what only the persons know."""
    mends = [alarm.mend for alarm in shown.alarms] + [truck.waits.mend for truck in shown.trucks if truck.waits is not None]
    if shown.service in {Service.CLOSED, Service.DRAINING} and not any(mends):
        mends.append("lanectl open")
    return list(dict.fromkeys(mend.removeprefix("lanectl ").partition(" --second")[0] for mend in mends if mend))
