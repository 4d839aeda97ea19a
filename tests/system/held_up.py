"""How long the machine held the programs of a lane up, by the journal: on a fast clock a tenth of a second is a silence of every device."""

import json
from itertools import pairwise

from lanectl.layout import Limits
from tests.system.lanectl_commands import lanectl
from tests.system.running_lane import RunningLane

READING_AGE_S_MAX = Limits().reading_age_s_max  # D1. Older than that a reading is none


def longest_held_up_s(lane: RunningLane, since: float) -> float:
    """The greatest age of a reading when it reached the rules, or the longest time in which none did; of the lane's clock."""
    told = lanectl("journal", "export", str(lane.prepared.journal))
    assert told.exit_code == 0, told.output
    records = [record for record in map(json.loads, told.stdout.splitlines()) if record["kind"] == "step" and record["at_s"] >= since]
    read = [(record["at_s"], record["body"]["report"]["sent_at"]) for record in records if "sent_at" in record["body"]["report"]]
    ages = [at - sent_at for at, sent_at in read]
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(read)]
    return max([*ages, *gaps], default=0.0)
