"""Which truck is called to the gate next, and in which direction the lane is worked. Pure, and replaceable: it only proposes.

What a decision leads to is asked of the interlocking as a person would ask it: TURN is refused unless every section is proved vacant (R8),
and a truck that was called still needs all of R3 at the gate. So no decision can be unsafe; a bad one only wastes time. What must be true
of the decisions themselves is that nothing waits for ever:

Why there is no deadlock. Three things are held and waited for: the direction, the approach of a gate, and places behind a gate.
1. A truck in the lane waits for nothing that a waiting truck holds. None is called unless a place behind its far gate is free for it beside
   all that are under way there (`room`); so whoever enters can leave, and the lane empties.
2. A truck before a gate waits for the lane, which empties (1), or for something of its own: papers, a plate. In a lane worked both ways it
   would then hold the gate that the other direction leaves by. After `hold_s_max`, and at once when the direction is to turn, it is sent
   back to the holding place, where it is not called for as long again.
3. The direction waits for the lane and both gates to be empty, which they become (1, 2), because nobody is called while a turn is wanted.
   It is wanted only while somebody can be called after it, and not again before somebody was, so it does not turn to and fro.
4. A crossing takes a place behind one gate and frees one behind the other: if any place is free, one stays free. Only where both yards are
   full of trucks that want to cross can nobody be sent, whoever decides; so a site has more places than trucks.

Why nobody starves. A batch has a most; it ends when nobody has entered for `hold_s_max` (or as long as a turn takes), whatever keeps them;
and it ends in time for the other side's longest waiting truck to be called within `wait_s_max`. Within a side who waited that long goes
first. Where both sides would wait longer than that whatever is done, because more trucks stand ready than the lane can carry in that
time, turning early would serve neither: then batches are as long as they may be, until one side waits `wait_s_max` longer than the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from math import inf

from lanectl.model import Direction, TruckName


@dataclass(frozen=True, slots=True)
class Settings:
    """`called_max`: trucks before the gate, one at the stop line and the next behind it. `batch_max`: trucks in one direction before the
    lane turns, while the other side waits. `wait_s_max`: how long a ready truck of either side may wait until it is called.
    `hold_s_max`: how long a truck may stand at the gate for reasons of its own while others wait. `charge_min`: of its battery, 0 to 1.
    """

    called_max: int = 2
    batch_max: int = 20
    wait_s_max: float = 900.0
    hold_s_max: float = 180.0
    charge_min: float = 0.2


@dataclass(frozen=True, slots=True)
class Waiting:
    """A truck in a yard with something to carry. `since`: how long it waits already counts from here. `deadline`: inf for none.

    `ready`: on line, automatic, and with all papers that it needs. `charge`: of its battery, None where it does not say.
    `not_before`: it was sent back from the gate, and is not called again until then.
    """

    truck: TruckName
    direction: Direction
    since: float
    priority: int = 0
    deadline: float = inf
    ready: bool = True
    charge: float | None = None
    not_before: float = -inf


@dataclass(frozen=True, slots=True)
class AtGate:
    """A truck that was called at `since` and has not entered. `held`: something of its own keeps it. `moving`: it has a way."""

    truck: TruckName
    since: float
    held: bool = False
    moving: bool = False


@dataclass(frozen=True, slots=True)
class LanePicture:
    """What the dispatcher needs to know of the lane. `room`, by direction: places free behind the far gate, less those that trucks under
    way there will take. `moved_at`: when a truck last entered, or the direction was set; `entered`: how many trucks since it was set.
    `turn_s`: how long it takes from when a turn is wanted until the first of the other side can be called: those at the gate enter, the
    lane empties.

    `is_open`: in service, within its hours. `empty`: every section proved vacant and unlocked, nothing on any detector.
    """

    direction: Direction
    both_ways: bool
    is_open: bool
    empty: bool
    at_gate: tuple[AtGate, ...]
    room: tuple[tuple[Direction, int], ...]
    moved_at: float
    entered: int
    turn_s: float = 0.0


class Why(Enum):
    """What the decision comes from."""

    CLOSED = "closed"
    NOBODY = "nobody"  # waits who could be called
    GATE_FULL = "gate_full"
    NO_ROOM = "no_room"
    TURNING = "turning"
    CALLED = "called"


@dataclass(frozen=True, slots=True)
class Decision:
    """`turn`: the direction that the lane is to be set to, now that it is empty; None: as it is. `call`: to the gate, in this order."""

    turn: Direction | None
    call: tuple[TruckName, ...]
    send_back: tuple[TruckName, ...]
    why: Why


def decide(waiting: Sequence[Waiting], lane: LanePicture, now: float, settings: Settings) -> Decision:
    """`now` on the clock that all times here are of."""
    if not lane.is_open:
        return Decision(None, (), (), Why.CLOSED)
    able = [truck for truck in waiting if _is_able(truck, now, settings)]
    ours = [truck for truck in able if truck.direction is lane.direction]
    theirs = [truck for truck in able if truck.direction is not lane.direction] if lane.both_ways else []
    overdue = tuple(at.truck for at in lane.at_gate if _is_in_the_way(at, now, settings))
    if theirs and _wants_turn(ours, theirs, lane, now, settings):
        held = tuple(at.truck for at in lane.at_gate if at.truck in overdue or (at.held and not at.moving))
        turn = lane.direction.other if lane.empty and not lane.at_gate else None
        return Decision(turn, (), held, Why.TURNING)
    turns_after = theirs and dict(lane.room)[lane.direction.other] >= 1
    left = settings.batch_max - lane.entered if turns_after else settings.called_max
    return _called(ours, lane, now, replace(settings, called_max=min(settings.called_max, left)), overdue if ours or theirs else ())


def _is_able(truck: Waiting, now: float, settings: Settings) -> bool:
    charged = truck.charge is None or truck.charge >= settings.charge_min
    return truck.ready and charged and now >= truck.not_before


def _is_in_the_way(at: AtGate, now: float, settings: Settings) -> bool:
    return at.held and not at.moving and now - at.since >= settings.hold_s_max


def _wants_turn(ours: list[Waiting], theirs: list[Waiting], lane: LanePicture, now: float, settings: Settings) -> bool:
    """A batch takes whoever is there, so that its size follows the queues: to leave somebody behind costs them a whole round, and the lane
    two turns. Its bounds are for those who wait over there.
    """
    room = dict(lane.room)
    if room[lane.direction.other] < 1:
        return False  # nobody could be called after it
    if not ours or room[lane.direction] < 1:
        return True
    if now - lane.moved_at >= max(settings.hold_s_max, lane.turn_s):
        return True  # each turn is for somebody, who is given this long to enter
    taken = lane.entered + len(lane.at_gate)
    if taken == 0 or taken >= settings.batch_max:
        return taken > 0
    ours_s, theirs_s = (now - min(truck.since for truck in side) for side in (ours, theirs))
    still_s = settings.wait_s_max - lane.turn_s  # who waits that long already is only called in time if the lane turns now
    return ours_s < still_s <= theirs_s or theirs_s >= ours_s + settings.wait_s_max


def _called(ours: list[Waiting], lane: LanePicture, now: float, settings: Settings, back: tuple[TruckName, ...]) -> Decision:
    if not ours:
        return Decision(None, (), back, Why.NOBODY)
    places = settings.called_max - len(lane.at_gate) + len(back)
    room = dict(lane.room)[lane.direction] + len(back)
    if places < 1 or room < 1:
        return Decision(None, (), back, Why.GATE_FULL if places < 1 else Why.NO_ROOM)
    first = sorted(ours, key=lambda truck: _order(truck, now, settings))
    return Decision(None, tuple(truck.truck for truck in first[: min(places, room)]), back, Why.CALLED)


def _order(truck: Waiting, now: float, settings: Settings) -> tuple[bool, float, int, float, float, str]:
    """Who waited as long as anybody may, then by priority, deadline and time; the name last, so that it is the same each time."""
    overdue = now - truck.since >= settings.wait_s_max
    return (not overdue, truck.since if overdue else 0.0, -truck.priority, truck.deadline, truck.since, truck.truck)
