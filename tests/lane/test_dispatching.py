"""What the dispatcher is told of the lane, and what is asked in its name."""

from dataclasses import replace

import pytest

from drivers.wire import WireError
from drivers.wire.yard import YardCall, decode, encode
from lanectl.calling import Called
from lanectl.dispatch import Settings, Why
from lanectl.dispatching import Dispatching, Ordered, Stand, Wish
from lanectl.layout import Layout
from lanectl.model import Act, Aspect, Connection, Direction, HoursReported, Refusal
from tests.rules.scenes import a_lane_in_service, a_truck_with_proceed, pass_the_gate
from tests.rules.words import Field, a_layout, a_layout_both_ways

BOOMS_M = (0.0, 231.75)
NEAR, FAR = Stand(-25.0, 0.9), Stand(260.0, 0.9)


def dispatching(layout: Layout) -> Dispatching:
    return Dispatching(layout, Settings(hold_s_max=60.0), BOOMS_M)


def looked(it: Dispatching, field: Field, *refusals: Refusal, **stands: Stand) -> Wish:
    return it.look(field.now, field.lane, refusals, stands)


def a_field(*trucks: str, layout: Layout | None = None) -> Field:
    """In service; these trucks are on line in a yard, cleared."""
    field = a_lane_in_service(layout or a_layout_both_ways())
    for name in trucks:
        field.clear(name)
        field.truck(name)
    return field


def test_a_cleared_truck_in_the_near_yard_is_called_to_the_near_gate() -> None:
    field, it = a_field("T1", "T2"), dispatching(a_layout_both_ways())
    assert looked(it, field, T1=NEAR, T2=NEAR) == Wish(None, "vn", ("T1", "T2"))


def test_who_stands_in_the_far_yard_waits_for_the_other_direction_and_the_dispatcher_asks_for_it() -> None:
    field, it = a_field("T1"), dispatching(a_layout_both_ways())
    wish = looked(it, field, T1=FAR)
    assert wish.turn is not None
    assert (wish.turn.act, wish.turn.by, wish.turn.target, wish.trucks) == (Act.TURN, "dispatcher", "CN_TO_VN", ())
    field.say(wish.turn)
    assert field.lane.direction is Direction.CN_TO_VN
    assert looked(it, field, T1=FAR) == Wish(None, "cn", ("T1",))


def test_a_turn_that_was_refused_is_not_asked_for_again_at_once() -> None:
    field, it = a_field("T1"), dispatching(a_layout_both_ways())
    assert looked(it, field, T1=FAR).turn is not None
    field.wait(1.0)
    assert looked(it, field, T1=FAR).turn is None
    field.wait(1.0)
    assert looked(it, field, T1=FAR).turn is not None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda field: field.truck("T1", connection=Connection.OFFLINE),
        lambda field: field.truck("T1", localised=False),
        lambda field: field.truck("T1", e_stop=True),
        lambda field: field.truck("T1", paused=True),
    ],
)
def test_a_truck_that_could_not_drive_is_not_called(spoil: object) -> None:
    field, it = a_field("T1"), dispatching(a_layout_both_ways())
    spoil(field)  # type: ignore[operator]
    assert looked(it, field, T1=NEAR).trucks == ()


def test_a_truck_without_its_papers_is_not_called_unless_the_site_needs_none() -> None:
    field, it = a_field(), dispatching(a_layout_both_ways())
    field.truck("T1")
    assert looked(it, field, T1=NEAR).trucks == ()
    field.clear("T1")
    assert looked(it, field, T1=NEAR).trucks == ("T1",)


def test_nobody_is_called_while_the_lane_is_closed_or_outside_its_hours() -> None:
    field, it = a_field("T1"), dispatching(a_layout_both_ways())
    field.act(Act.CLOSE)
    assert looked(it, field, T1=NEAR).trucks == ()
    with_hours = replace(a_layout(), has_hours=True)
    field, it = a_field("T1", layout=with_hours), dispatching(with_hours)
    assert looked(it, field, T1=NEAR).trucks == ()
    field.say(HoursReported(within=True))
    assert looked(it, field, T1=NEAR).trucks == ("T1",)


def test_places_behind_the_far_gate_are_counted_by_who_stands_there() -> None:
    layout = replace(a_layout(), places_beyond=1)
    field, it = a_field("T1", "T2", layout=layout), dispatching(layout)
    assert looked(it, field, T1=NEAR, T2=FAR).trucks == ()
    assert it.last is not None
    assert it.last.why is Why.NO_ROOM


def test_who_entered_is_not_called_any_more_and_the_next_is() -> None:
    layout = a_layout()
    field, it = a_truck_with_proceed(layout), dispatching(layout)
    for name in ("T2", "T3"):
        field.clear(name)
        field.truck(name)
    assert looked(it, field, T1=Stand(-3.0), T2=NEAR, T3=NEAR).trucks == ("T1", "T2")
    field.truck("T1", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    assert looked(it, field, T1=Stand(20.0), T2=NEAR, T3=NEAR).trucks == ("T2", "T3")


def test_while_trucks_enter_the_other_side_waits_for_the_end_of_the_batch() -> None:
    layout = a_layout_both_ways()
    field, it = a_truck_with_proceed(layout), dispatching(layout)
    for name in ("T2", "T3", "T4", "T5"):
        field.clear(name)
        field.truck(name)
    stands = {"T2": NEAR, "T3": FAR, "T4": NEAR, "T5": NEAR}
    looked(it, field, **stands)
    field.wait(55.0)
    field.lamp("vn", Aspect.PROCEED)
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    assert looked(it, field, **stands).trucks == ("T2", "T4")
    field.wait(10.0)
    looked(it, field, **stands)
    assert it.last is not None
    assert it.last.why is Why.GATE_FULL


def test_who_stands_at_the_gate_counts_as_called_whoever_brought_it() -> None:
    field, it = a_field(), dispatching(a_layout_both_ways())
    field.truck("T9", last_node="vn-gate")
    assert looked(it, field, T9=Stand(-3.0)).trucks == ("T9",)


def test_a_truck_that_its_papers_hold_at_the_gate_goes_back_while_another_waits() -> None:
    field, it = a_field("T1", "T2", "T3"), dispatching(a_layout_both_ways())
    held = Refusal("consignment_held", "T1", "R3")
    for _ in range(2):
        assert looked(it, field, held, T1=NEAR, T2=NEAR, T3=NEAR).trucks == ("T1", "T2")
        field.now += 30.0
    assert looked(it, field, held, T1=NEAR, T2=NEAR, T3=NEAR).trucks == ("T2", "T3")
    field.now += 59.0
    assert looked(it, field, T1=NEAR, T2=NEAR, T3=NEAR).trucks == ("T2", "T3")


def test_a_truck_that_was_sent_back_is_not_called_by_standing_at_the_line_until_the_yard_takes_it_away() -> None:
    field, it = a_field("T1", "T2", "T3"), dispatching(a_layout_both_ways())
    field.truck("T1", last_node="vn-gate")
    held = Refusal("consignment_held", "T1", "R3")
    for _ in range(3):
        called = looked(it, field, held, T1=NEAR, T2=NEAR, T3=NEAR).trucks
        field.now += 30.0
    assert called == ("T2", "T3")
    field.now -= 29.5
    assert looked(it, field, held, T1=NEAR, T2=NEAR, T3=NEAR).trucks == ("T2", "T3")
    field.now += 60.0
    assert "T1" in looked(it, field, held, T1=NEAR, T2=NEAR, T3=NEAR).trucks, "who still stands there then counts as called"


def test_a_side_whose_gate_nobody_passes_does_not_keep_the_lane_from_turning() -> None:
    names = [f"T{n}" for n in range(1, 7)]
    field, it = a_field(*names), dispatching(a_layout_both_ways())
    stands = {name: FAR if name == "T6" else NEAR for name in names}
    held = tuple(Refusal("identity_unreadable", name, "R3") for name in names[:5])
    for _ in range(30):
        wish = looked(it, field, *held, **stands)
        field.wait(5.0)
        if wish.turn is not None:
            return
    pytest.fail("the truck on the other side waits for ever")


def test_a_truck_that_was_called_and_does_not_come_does_not_keep_the_lane_from_turning() -> None:
    field, it = a_field("T1", "T2"), dispatching(a_layout_both_ways())
    assert looked(it, field, T1=NEAR, T2=FAR).trucks == ("T1",)
    for _ in range(3):
        field.wait(60.0)
        wish = looked(it, field, T1=NEAR, T2=FAR)
    assert wish.trucks == ()
    field.wait(0.5)
    assert looked(it, field, T1=NEAR, T2=FAR).turn is not None


def test_the_lane_is_not_asked_to_turn_over_a_lamp_that_shows_proceed() -> None:
    field, it = a_field("T1"), dispatching(a_layout_both_ways())
    field.lamp("cn", Aspect.PROCEED)
    assert looked(it, field, T1=FAR).turn is None


def test_the_yard_is_told_when_the_call_changes_and_now_and_then() -> None:
    called = Called("uagv/yard/here")
    wish = Wish(None, "vn", ("T1",))
    assert len(called.publishes(0.0, wish, "2026-01-01T00:00:00Z")) == 1
    assert called.publishes(5.0, wish, "2026-01-01T00:00:05Z") == []
    assert len(called.publishes(6.0, replace(wish, trucks=("T1", "T2")), "2026-01-01T00:00:06Z")) == 1
    assert len(called.publishes(16.0, replace(wish, trucks=("T1", "T2")), "2026-01-01T00:00:16Z")) == 1


def test_a_call_says_the_gate_and_the_trucks_in_order() -> None:
    publish = encode("uagv/yard/here", YardCall("vn", ("T2", "T1")), "2026-01-01T00:00:00Z")
    assert publish.payload == b'{"timestamp":"2026-01-01T00:00:00Z","gate":"vn","trucks":["T2","T1"]}'
    assert (publish.topic, publish.qos, publish.retain) == ("uagv/yard/here", 1, True)
    assert decode(publish.payload) == YardCall("vn", ("T2", "T1"))


TWICE = b'{"timestamp":"","gate":"vn","trucks":["T1","T1"]}'


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"gate": "vn"}', b'{"timestamp":"","gate":1,"trucks":[]}', TWICE, b"\xff"])
def test_what_is_no_call_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        decode(payload)


def an_order(direction: Direction, truck: str | None = None, *, cleared: bool = True, priority: int = 0) -> Ordered:
    return Ordered(direction, truck, since=50.0, deadline=9999.0, priority=priority, cleared=cleared)


def asked(it: Dispatching, field: Field, *ordered: Ordered, **stands: Stand) -> Wish:
    return it.look(field.now, field.lane, (), stands, ordered)


def test_an_order_for_any_truck_calls_one_that_stands_on_its_side() -> None:
    field, it = a_field(), dispatching(a_layout_both_ways())
    field.truck("T1")
    field.truck("T2")
    assert asked(it, field, an_order(Direction.VN_TO_CN), T1=FAR, T2=NEAR).trucks == ("T2",)


def test_an_order_against_the_direction_asks_for_the_turn() -> None:
    field, it = a_field(), dispatching(a_layout_both_ways())
    field.truck("T1")
    wish = asked(it, field, an_order(Direction.CN_TO_VN, "T1"), T1=FAR)
    assert wish.turn is not None
    assert wish.turn.target == "CN_TO_VN"


def test_an_order_for_a_truck_on_the_other_side_or_without_papers_calls_nobody() -> None:
    field, it = a_field(), dispatching(a_layout_both_ways())
    field.truck("T1")
    assert asked(it, field, an_order(Direction.VN_TO_CN, "T1"), T1=FAR) == Wish(None, "vn", ())
    assert asked(it, field, an_order(Direction.VN_TO_CN, "T1", cleared=False), T1=NEAR) == Wish(None, "vn", ())


def test_the_more_urgent_order_is_carried_first() -> None:
    field, it = a_field(), dispatching(a_layout_both_ways())
    for name in ("T1", "T2", "T3"):
        field.truck(name)
    orders = (an_order(Direction.VN_TO_CN, "T3", priority=9), an_order(Direction.VN_TO_CN, "T1"), an_order(Direction.VN_TO_CN, "T2"))
    assert asked(it, field, *orders, T1=NEAR, T2=NEAR, T3=NEAR).trucks == ("T3", "T1")
