"""What the dispatcher decides, and that nothing waits for ever: small lanes from every state they can be in."""

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, product

import pytest

from lanectl.dispatch import AtGate, Decision, LanePicture, Settings, Waiting, Why, decide
from lanectl.model import Direction

OUT, BACK = Direction.VN_TO_CN, Direction.CN_TO_VN
NOW = 10_000.0
SETTINGS = Settings()


def lane(*at_gate: AtGate, both_ways: bool = True, room: int = 5, room_back: int = 5, entered: int = 1, empty: bool = True) -> LanePicture:
    return LanePicture(OUT, both_ways, True, empty, at_gate, ((OUT, room), (BACK, room_back)), NOW - 30.0, entered)


def truck(name: str, direction: Direction = OUT, waited_s: float = 400.0, **more: object) -> Waiting:
    return replace(Waiting(name, direction, NOW - waited_s), **more)  # type: ignore[arg-type]


def decided(*waiting: Waiting, lane: LanePicture) -> Decision:
    return decide(waiting, lane, NOW, SETTINGS)


# ---------------------------------------------------------------- who is called


def test_one_truck_stands_at_the_line_and_the_next_behind_it() -> None:
    three = [truck(name) for name in ("T1", "T2", "T3")]
    assert decided(*three, lane=lane(both_ways=False)).call == ("T1", "T2")
    assert decided(*three[1:], lane=lane(AtGate("T1", NOW), both_ways=False)).call == ("T2",)
    full = decided(truck("T3"), lane=lane(AtGate("T1", NOW), AtGate("T2", NOW), both_ways=False))
    assert (full.call, full.why) == ((), Why.GATE_FULL)


def test_priority_goes_first_then_the_nearer_deadline_then_who_waited_longer() -> None:
    late, urgent, soon = truck("T1", waited_s=800), truck("T2", waited_s=10, priority=5), truck("T3", waited_s=20, deadline=NOW + 600)
    calm = replace(SETTINGS, called_max=3)
    assert decide([late, urgent, soon], lane(both_ways=False), NOW, calm).call == ("T2", "T3", "T1")


def test_who_waited_as_long_as_anybody_may_goes_before_any_priority() -> None:
    assert decided(truck("T1", waited_s=900), truck("T2", priority=9), lane=lane(both_ways=False)).call == ("T1", "T2")


UNFIT = (truck("T1", ready=False), truck("T1", charge=0.19), truck("T1", not_before=NOW + 1))


@pytest.mark.parametrize("unfit", UNFIT)
def test_who_is_not_fit_to_go_is_not_called(unfit: Waiting) -> None:
    found = decided(unfit, lane=lane(both_ways=False))
    assert (found.call, found.why) == ((), Why.NOBODY)
    assert decided(truck("T1", charge=0.2, not_before=NOW), lane=lane(both_ways=False)).call == ("T1",)


def test_nobody_is_called_without_a_place_behind_the_far_gate() -> None:
    found = decided(truck("T1"), truck("T2"), lane=lane(both_ways=False, room=0))
    assert (found.call, found.why) == ((), Why.NO_ROOM)
    assert decided(truck("T1"), truck("T2"), lane=lane(both_ways=False, room=1)).call == ("T1",)


def test_a_closed_lane_calls_nobody_and_is_not_turned() -> None:
    assert decided(truck("T1"), truck("T2", BACK), lane=replace(lane(), is_open=False)) == Decision(None, (), (), Why.CLOSED)


def test_a_truck_held_at_the_gate_goes_to_the_holding_place_when_others_wait() -> None:
    held = AtGate("T1", NOW - 180.0, held=True)
    assert decided(truck("T2"), lane=lane(held, both_ways=False)).send_back == ("T1",)
    assert decided(lane=lane(held, both_ways=False)).send_back == ()
    assert decided(truck("T2"), lane=lane(replace(held, moving=True), both_ways=False)).send_back == ()
    assert decided(truck("T2"), lane=lane(replace(held, since=NOW - 179.0), both_ways=False)).send_back == ()


# ---------------------------------------------------------------- both ways


def test_a_one_way_lane_is_never_turned() -> None:
    assert decided(truck("T1", BACK), lane=lane(both_ways=False)).turn is None


def test_the_lane_turns_when_nobody_is_left_on_this_side_but_only_once_it_is_empty() -> None:
    assert decided(truck("T1", BACK), lane=lane()).turn is BACK
    assert decided(truck("T1", BACK), lane=lane(empty=False)) == Decision(None, (), (), Why.TURNING)
    assert decided(truck("T1", BACK), lane=lane(AtGate("T2", NOW, moving=True))).turn is None


def test_a_batch_takes_whoever_is_there() -> None:
    """Two that are left behind wait for a whole round, and their wait then cuts the next batch short: so it came to batches of 16, 5, 5."""
    came_later, other = truck("T2", waited_s=100), truck("T9", BACK, waited_s=280)
    assert decided(came_later, other, lane=lane(entered=18)).call == ("T2",)


def test_a_batch_ends_after_its_most() -> None:
    assert decided(truck("T1"), truck("T9", BACK), lane=lane(entered=20)).why is Why.TURNING
    assert decided(truck("T1"), lane=lane(entered=500)).call == ("T1",)


def test_a_batch_ends_in_time_for_the_other_side_to_be_called_within_the_longest_wait() -> None:
    turning = replace(lane(entered=1), turn_s=200.0)
    assert decided(truck("T1"), truck("T9", BACK, waited_s=699), lane=turning).call == ("T1",)
    assert decided(truck("T1"), truck("T9", BACK, waited_s=700), lane=turning).why is Why.TURNING


def test_where_both_sides_wait_too_long_turning_early_would_serve_neither() -> None:
    """Thirty trucks on a lane worked both ways carried 48 an hour of 84: whoever came first was overdue, so the lane turned after each."""
    turning = replace(lane(entered=5), turn_s=200.0)
    assert decided(truck("T1", waited_s=800), truck("T9", BACK, waited_s=1600), lane=turning).call == ("T1",)
    assert decided(truck("T1", waited_s=800), truck("T9", BACK, waited_s=1600), lane=replace(turning, entered=20)).why is Why.TURNING
    assert decided(truck("T1", waited_s=800), truck("T9", BACK, waited_s=1700), lane=turning).why is Why.TURNING, "900 s longer than here"


def test_each_turn_is_for_somebody_but_not_for_one_who_never_comes() -> None:
    just_turned = replace(lane(entered=0), moved_at=NOW - 10)
    assert decided(truck("T1"), truck("T9", BACK, waited_s=2000), lane=just_turned).call == ("T1",)
    assert decided(truck("T1"), truck("T9", BACK), lane=replace(just_turned, moved_at=NOW - 180)).turn is BACK


@pytest.mark.parametrize("entered", [0, 1, 5])
def test_a_side_whose_gate_lets_nobody_in_does_not_keep_the_other_waiting(entered: int) -> None:
    """Five trucks before a gate whose camera is dark: who waits there is always there, and as overdue as anybody."""
    stuck = [truck(f"T{n}", waited_s=5000) for n in range(5)]
    nobody_enters = replace(lane(entered=entered), moved_at=NOW - 200, turn_s=200.0)
    assert decided(*stuck, truck("T9", BACK, waited_s=5000), lane=nobody_enters).turn is BACK
    assert decided(*stuck, truck("T9", BACK, waited_s=5000), lane=replace(nobody_enters, moved_at=NOW - 199)).turn is None


def test_no_more_are_called_than_the_batch_takes_when_it_ends_by_them() -> None:
    others = [truck(name) for name in ("T1", "T2", "T3")]
    assert decided(*others, truck("T9", BACK), lane=lane(entered=19)).call == ("T1",)
    assert decided(*others, lane=lane(entered=19)).call == ("T1", "T2")
    assert decided(*others, truck("T9", BACK), lane=lane(entered=40, room_back=0)).call == ("T1", "T2"), (
        "nobody could be called after a turn"
    )


def test_a_turn_is_not_wanted_when_nobody_could_be_called_after_it() -> None:
    assert decided(truck("T9", BACK), lane=lane(room_back=0)) == Decision(None, (), (), Why.NOBODY)


def test_a_full_yard_ahead_turns_the_lane_towards_the_other() -> None:
    assert decided(truck("T1"), truck("T9", BACK), lane=lane(room=0)).turn is BACK


def test_a_truck_that_is_held_at_the_gate_does_not_keep_the_lane_from_turning() -> None:
    assert decided(truck("T9", BACK), lane=lane(AtGate("T1", NOW, held=True))).send_back == ("T1",)


# ---------------------------------------------------------------- nothing waits for ever

STEP_S = 20.0
SMALL = Settings(called_max=2, batch_max=2, wait_s_max=400.0, hold_s_max=60.0)


@dataclass(frozen=True)
class Model:
    """A lane of two sections and its yards. `where`: of each truck "y" yard, "g" at the gate, "h" held there, "1" and "2" inside; its side.

    A truck inside or at the gate is of the lane's direction. Who has crossed waits on the other side for its way back. What holds a truck
    at the gate ends after ten minutes.
    """

    direction: int
    where: tuple[tuple[str, int], ...]
    since: tuple[float, ...]
    moved_at: float
    entered: int
    places: int
    now: float = 0.0
    back_at: tuple[float, ...] = ()
    crossings: tuple[int, ...] = ()

    def count(self, kinds: str) -> int:
        return sum(kind in kinds for kind, _ in self.where)


WAYS = (OUT, BACK)


def pictured(m: Model) -> tuple[list[Waiting], LanePicture]:
    names = range(len(m.where))
    waiting = [Waiting(str(n), WAYS[m.where[n][1]], m.since[n], not_before=m.back_at[n]) for n in names if m.where[n][0] == "y"]
    at_gate = tuple(AtGate(str(n), m.since[n], held=m.where[n][0] == "h") for n in names if m.where[n][0] in "gh")
    under_way = m.count("gh12")
    room = tuple(
        (WAYS[side], m.places - sum(w == ("y", 1 - side) for w in m.where) - (under_way if side == m.direction else 0)) for side in (0, 1)
    )
    empty = m.count("gh12") == 0
    return waiting, LanePicture(WAYS[m.direction], True, True, empty, at_gate, room, m.moved_at, m.entered)


def moved(m: Model) -> Model:
    """Twenty seconds: what the dispatcher decides happens, and each truck goes as far as the one before it allows."""
    waiting, picture = pictured(m)
    found = decide(waiting, picture, m.now, SMALL)
    where, since, back_at, crossings, entered = list(m.where), list(m.since), list(m.back_at), list(m.crossings), m.entered
    for n in map(int, found.send_back):
        assert where[n][0] == "h"
        where[n], back_at[n] = ("y", m.direction), m.now + SMALL.hold_s_max
    if found.turn is not None:
        assert m.count("gh12") == 0, "a turn was asked of a lane that is not empty"
        assert not found.call
        turned = replace(m, direction=1 - m.direction, moved_at=m.now, entered=0, now=m.now + STEP_S)
        return replace(turned, where=tuple(where), back_at=tuple(back_at))
    for n, (kind, side) in enumerate(m.where):
        if kind == "2":
            where[n], since[n], crossings[n] = ("y", 1 - side), m.now, crossings[n] + 1
        if kind == "h" and where[n][0] == "h" and m.now - since[n] >= 600.0:
            where[n] = ("g", side)
    for kind, following in (("1", "2"), ("g", "1")):
        free = not any(k == following for k, _ in where)
        for n in sorted(range(len(where)), key=lambda n: since[n]):
            if free and where[n][0] == kind:
                where[n], free, entered = (following, where[n][1]), False, entered + (kind == "g")
    for n in map(int, found.call):
        assert where[n] == ("y", m.direction), "who is called waits on the side that the lane is set to"
        where[n], since[n] = ("g", m.direction), m.now
    after = replace(
        m,
        where=tuple(where),
        since=tuple(since),
        back_at=tuple(back_at),
        crossings=tuple(crossings),
        entered=entered,
        moved_at=m.now if entered != m.entered else m.moved_at,
        now=m.now + STEP_S,
    )
    for side in (0, 1):
        assert sum(w == ("y", side) for w in after.where) <= m.places, "nobody is sent where there is no place"
    return after


def every_state(trucks: int, places: int) -> list[Model]:
    """All ways in which so many trucks can stand, with the lane either way, waits before and after the last turn, or long overdue."""
    found = []
    kinds = [("y", 0), ("y", 1), ("g", -1), ("h", -1), ("1", -1), ("2", -1)]
    for direction, entered, pick in product((0, 1), (0, 1, 5), combinations_with_replacement(kinds, trucks)):
        where = tuple((kind, direction if side < 0 else side) for kind, side in pick)
        inside, before = [k for k, _ in where if k in "12"], [k for k, _ in where if k in "gh"]
        yards = [sum(w == ("y", side) for w in where) for side in (0, 1)]
        under_way = yards[1 - direction] + len(inside) + len(before)
        if len(set(inside)) != len(inside) or len(before) > 2 or yards[direction] > places or under_way > places:
            continue
        each = product((-10.0, -200.0, -2000.0) if trucks < 4 else (-10.0, -2000.0), repeat=trucks)
        never, none = (-1.0,) * trucks, (0,) * trucks
        found += [Model(direction, where, ages, -100.0, entered, places, 0.0, never, none) for ages in each]
    return found


LONGER = pytest.mark.campaign


@pytest.mark.parametrize(("trucks", "places"), [(1, 1), (2, 2), (3, 2), pytest.param(3, 3, marks=LONGER), pytest.param(4, 3, marks=LONGER)])
def test_from_every_state_every_truck_crosses_again_and_again(trucks: int, places: int) -> None:
    """With a place more than trucks in all, whatever stands where: each crosses twice within an hour."""
    states = every_state(trucks, places)
    assert len(states) > 10
    for state in states:
        m = state
        for _ in range(180):
            m = moved(m)
            if min(m.crossings) >= 2:
                break
        assert min(m.crossings) >= 2, state


def test_two_full_yards_are_the_one_state_in_which_nobody_can_go() -> None:
    m = Model(0, (("y", 0), ("y", 1)), (0.0, 0.0), 0.0, 0, 1, 0.0, (-1.0, -1.0), (0, 0))
    for _ in range(100):
        m = moved(m)
    assert m.crossings == (0, 0)
