"""An operator who does what the status says, and nothing else: each command that stands beside an alarm or a wait."""

import re
import shlex
from collections import Counter
from collections.abc import Callable, Sequence

from lanectl.model import Service
from lanectl.status import LaneStatus
from tests.system.held_up import longest_held_up_s
from tests.system.running_lane import WITHIN_S, RunningLane

DONE, NOT_SHOWN, REFUSED = 0, 1, 8
COMMANDS_MAX = 40
NOT_SHOWN_MAX = 2  # of one command: on a busy machine a module may miss the moment in which it proves itself
OPEN = "open"
OF_STALLS = ("declare", "sweep", "rearm", "reset")
INSTEAD = re.compile(r"→ lanectl ((?:sweep|rearm|reset) \S+(?: --section (?!WHERE)\S+)?)$", re.MULTILINE)  # what a refusal says to do
HELD_UP_S = 0.3  # of the lane's clock, in which nothing was heard of two devices, each silent for longer than a reading may be old
ON_M = 20.0
STANDS_S = 2.0  # of the lane's clock: what mends itself needs nobody
AGAIN_S = 0.5  # of real time, before the same is tried once more


def goes_on(lane: RunningLane, truck: str) -> list[str]:
    """The acts it takes until this truck drives on, by half a section, in a lane that works as before."""
    front_m, crossing = lane.truck(truck)["front_m"], lane.disturbed[truck]

    def works() -> bool:
        if lane.truck(truck)["front_m"] <= front_m + ON_M and not lane.crossed(truck, crossing):
            return False
        shown = lane.status()
        return shown.service is Service.OPEN and not shown.alarms

    return until_it_works(lane, f"{truck} drives on and the lane works", works)


def all_cross(lane: RunningLane) -> list[str]:
    """The acts it takes until every truck that was disturbed has crossed to the end."""
    return until_it_works(
        lane, "all cross to the end", lambda: all(lane.crossed(truck, crossing) for truck, crossing in lane.disturbed.items())
    )


def until_it_works(lane: RunningLane, what: str, works: Callable[[], object]) -> list[str]:
    acts = mended(lane, what, works)
    lane.worked.append(lane.now)
    return acts


def mended(lane: RunningLane, what: str, holds: Callable[[], object], within_s: float = WITHIN_S, *, opens: bool = True) -> list[str]:
    """Works the lane until it holds; returns the commands that were done, in order. A refused or failed one is tried again later.

    `opens`: a lane that is closed too.
    """
    done: list[str] = []
    not_shown: Counter[str] = Counter()
    since: dict[str, float] = {}
    tried: dict[str, float] = {}

    def tries(words: str) -> int:
        code = lane.command(*shlex.split(words))
        assert code in (DONE, NOT_SHOWN, REFUSED), f"lanectl {words}: exit {code}"
        not_shown[words] += code == NOT_SHOWN
        assert not_shown[words] <= NOT_SHOWN_MAX, f"lanectl {words}: the lane never shows it"
        if code == DONE:
            done.append(words)
        return code

    def worked() -> bool:
        if holds():
            return True
        stands = [words for words in offered(lane.status()) if opens or words != OPEN]
        since.update({words: since.get(words, lane.now) if words in stands else lane.now for words in {*stands, *since}})
        for words in stands:
            if lane.now > tried.get(words, since[words] + STANDS_S):
                assert len(done) < COMMANDS_MAX, f"still not {what} after {done}"
                if tries(words) == REFUSED:
                    for instead in dict.fromkeys(INSTEAD.findall(lane.said)):
                        tries(instead)
                tried[words] = lane.now + AGAIN_S * lane.speed
        return False

    lane.until(what, worked, within_s)
    return done


def assert_called_for(lane: RunningLane, acts: Sequence[str], *called_for: str) -> None:
    """It took these until the lane worked again; whatever else, this machine called for by holding the programs up meanwhile."""
    _assert_of_stalls(lane, _without(acts, called_for), lane.worked[-2])


def attended(lane: RunningLane, what: str, holds: Callable[[], object], *, opens: bool = True) -> None:
    """Waits for what comes by itself; it takes no act that this machine did not call for since the lane worked."""
    _assert_of_stalls(lane, mended(lane, what, holds, opens=opens), lane.worked[-1])


def assert_no_alarm(lane: RunningLane) -> None:
    """None stands now, but where this machine held the programs up since the lane worked."""
    alarms = lane.status().alarms
    assert alarms == () or longest_held_up_s(lane, lane.worked[-1]) >= HELD_UP_S, alarms


def _without(acts: Sequence[str], called_for: Sequence[str]) -> list[str]:
    left = list(acts)
    for act in called_for:
        assert act in left, f"it took {left} and not {act}"
        left.remove(act)
    return left


def _assert_of_stalls(lane: RunningLane, acts: Sequence[str], since: float) -> None:
    if acts:
        held_up_s = longest_held_up_s(lane, since)
        assert held_up_s >= HELD_UP_S, f"nothing held the lane up, and it took {acts}"
        assert [act for act in acts if not act.startswith(OF_STALLS)] == [], "no stall calls for that"
        print(f"the machine held the lane up for {held_up_s:.1f} s of its clock, and it took {acts}")


def truck_at(lane: RunningLane, from_m: float, to_m: float) -> str:
    """Waits for a truck whose front is there, in a lane that somebody attends to, and says which. Something will happen to it."""
    found: list[str] = []

    def there() -> bool:
        found[:] = lane.trucks_at(from_m, to_m)
        return bool(found)

    attended(lane, f"a truck comes to {from_m:g}–{to_m:g} m", there)
    return lane.disturb(found[0])


def offered(shown: LaneStatus) -> list[str]:
    """Without `lanectl` and without what only the persons know."""
    mends = [alarm.mend for alarm in shown.alarms] + [truck.waits.mend for truck in shown.trucks if truck.waits is not None]
    if shown.service in {Service.CLOSED, Service.DRAINING} and not any(mends):
        mends.append(f"lanectl {OPEN}")
    return list(dict.fromkeys(mend.removeprefix("lanectl ").partition(" --second")[0] for mend in mends if mend))
