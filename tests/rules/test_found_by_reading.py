"""What a reader of the invariants found who tried each by hand: the scenes that broke one, as they are to end."""

from dataclasses import replace

import pytest

from lanectl.model import (
    Act,
    Boom,
    BoomMove,
    Connection,
    ConsignmentReported,
    Direction,
    ExtendAuthority,
    IdentityReported,
    LinkLost,
    Match,
    ResumeTruck,
    Service,
    SetBoom,
    UnitRestarted,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    arrive,
    drive_out,
    leave_k1,
    pass_the_gate,
    restarted,
    towed_out_forwards,
    under_the_exit_boom,
)
from tests.rules.words import Field, a_layout, a_layout_both_ways

UP, DOWN, STOP = BoomMove.UP, BoomMove.DOWN, BoomMove.STOP
OUT_OF_REACH = [Connection.OFFLINE, Connection.BROKEN]


def moves(field: Field, gate: str = "vn") -> list[BoomMove]:
    return [command.move for command in field.take() if isinstance(command, SetBoom) and command.gate == gate]


# ---------------------------------------------------------------- a boom after a halt


def a_boom_that_was_halted_up() -> Field:
    """It was asked down behind a truck and had not begun to move when the lane was stopped; the stop is over."""
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.act(Act.STOP)
    assert moves(field)[-1] is STOP
    field.wait(field.layout.limits.boom_repeat_s)
    field.act(Act.RESET)
    return field


def test_b2_a_boom_that_stood_up_through_a_halt_and_falls_is_sent_up_at_once() -> None:
    field = a_boom_that_was_halted_up()
    field.occupy("vn-loop", "vn-curtain")
    moves(field)
    field.boom("vn", Boom.MOVING)
    assert moves(field) == [UP]
    assert field.lane.gates["vn"].fault == "moved_unasked"


def test_t3_a_boom_that_falls_in_an_emergency_after_it_was_seen_to_be_halted_is_sent_up() -> None:
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.act(Act.STOP)
    field.wait(field.layout.limits.boom_repeat_s)
    moves(field)
    field.boom("vn", Boom.MOVING)
    assert moves(field) == [UP]


@pytest.mark.parametrize("since_s", [0.0, 0.9])
def test_a_boom_that_begins_to_move_as_it_is_told_to_halt_is_still_told_to_halt(since_s: float) -> None:
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.act(Act.STOP)
    field.wait(since_s)
    field.boom("vn", Boom.MOVING)
    assert UP not in moves(field)
    assert field.lane.gates["vn"].asked is STOP


def test_b5_a_boom_that_was_halted_down_is_raised_for_the_next_truck_and_watched() -> None:
    field = a_boom_that_was_halted_up()
    field.boom("vn", Boom.MOVING)
    field.boom("vn", Boom.DOWN)
    field.wait(2)
    assert field.lane.gates["vn"].asked is UP
    assert field.lane.gates["vn"].fault


# ---------------------------------------------------------------- a boom that must rise


def a_boom_turned_by_what_came_under_it() -> Field:
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.boom("vn", Boom.MOVING)
    field.occupy("vn-loop")
    assert moves(field)[-1] is UP
    return field


def test_b2_up_is_said_again_to_a_boom_that_goes_on_over_something() -> None:
    field = a_boom_turned_by_what_came_under_it()
    field.wait(field.layout.limits.boom_repeat_s)
    assert moves(field) == [UP]
    field.vacate("vn-loop")
    moves(field)
    field.wait(field.layout.limits.boom_repeat_s)
    assert moves(field) == []


def test_b2_up_is_said_again_when_the_barrier_is_heard_again() -> None:
    field = a_boom_turned_by_what_came_under_it()
    field.say(LinkLost("barrier-vn", "no answer within 0.15 s"))
    field.dead.add("barrier-vn")
    field.wait(1.5)
    assert moves(field) == []
    field.dead.clear()
    field.boom("vn", Boom.MOVING)
    assert moves(field) == [UP]


@pytest.mark.parametrize("place", [Boom.MOVING, Boom.DOWN])
def test_b2_a_fault_does_not_end_that(place: Boom) -> None:
    field = a_boom_turned_by_what_came_under_it()
    field.boom("vn", place)
    field.wait(field.layout.limits.boom_travel_s_max)
    assert field.lane.gates["vn"].fault == "not_up_in_time"
    moves(field)
    field.wait(field.layout.limits.boom_repeat_s)
    assert moves(field) == [UP]
    field.boom("vn", Boom.UP)
    field.wait(3)
    assert moves(field) == []


# ---------------------------------------------------------------- one move at a time


def test_b3_a_boom_that_meets_something_before_it_moves_is_not_sent_down_in_the_same_step() -> None:
    field = a_truck_in_k1()
    pass_the_gate(field)
    moves(field)
    field.boom("vn", Boom.UP, obstructed=True)
    assert moves(field) == [UP]
    field.boom("vn", Boom.UP)
    assert moves(field) == [DOWN]


def test_b6_a_person_who_closes_the_lane_lowers_no_boom_that_is_out_of_reach() -> None:
    field = a_lane_in_service()
    field.say(LinkLost("barrier-cn", "off"))
    assert field.act(Act.CLOSE) == []
    field.boom("cn", Boom.UP)
    field.wait(1)
    assert moves(field, "cn") == []


# ---------------------------------------------------------------- a truck that was taken away


def a_truck_towed_out_of(stage: int, out_of_reach: Connection, places_beyond: int = 6) -> Field:
    """Forwards, over every detector, by people who raise and lower the booms by hand. It never signs on again."""
    layout = replace(a_layout_both_ways(), places_beyond=places_beyond)
    field = a_truck_sent_to_k2(layout) if stage == 1 else a_truck_standing_in_k2(layout)
    if stage == 2:
        field.truck(authority_end="cn-gate")
    field.truck(connection=out_of_reach)
    field.dead.add("T1")
    if stage == 1:
        leave_k1(field)
        field.wait(0.5)
    towed_out_forwards(field)
    field.wait(3)
    if "S" in field.states():
        assert field.declare() == []
    return field


@pytest.mark.parametrize("out_of_reach", OUT_OF_REACH)
@pytest.mark.parametrize("stage", [1, 2])
def test_r11_a_truck_that_was_towed_out_forwards_is_reset_and_keeps_nothing(stage: int, out_of_reach: Connection) -> None:
    field = a_truck_towed_out_of(stage, out_of_reach, places_beyond=1)
    assert field.states() == "VVV"
    assert field.lane.trucks["T1"].authority
    assert field.act(Act.RESET, "T1") == []
    assert (field.lane.trucks["T1"].authority, field.locks()) == ("", {})
    assert field.act(Act.CLOSE) == []
    assert field.service() is Service.CLOSED
    assert field.act(Act.TURN, Direction.CN_TO_VN.value) == []
    assert field.act(Act.TURN, Direction.VN_TO_CN.value) == []
    assert field.act(Act.OPEN) == []
    arrive(field, "T2")
    assert field.why("T2") == ["boom_not_up"]


def test_a_truck_that_comes_back_after_that_with_a_way_is_halted_until_it_is_reset() -> None:
    field = a_truck_towed_out_of(1, Connection.BROKEN)
    field.act(Act.RESET, "T1")
    field.dead.clear()
    field.truck(connection=Connection.ONLINE, authority_end="K2-stop", last_node="K1-stop", standing=True)
    assert field.lane.trucks["T1"].stopped_by
    assert field.lane.trucks["T1"].cancelling


@pytest.mark.parametrize("stage", [1, 2])
def test_r5_a_truck_out_of_reach_that_may_still_be_on_its_way_is_not_reset(stage: int) -> None:
    field = a_truck_sent_to_k2() if stage == 1 else a_truck_standing_in_k2()
    locks = field.locks()
    field.truck(connection=Connection.BROKEN)
    field.dead.add("T1")
    field.wait(3)
    assert field.act(Act.RESET, "T1") != []
    assert (field.locks(), field.lane.trucks["T1"].authority) == (locks, "K2-stop" if stage == 1 else "cn-gate")


def test_r5_nor_one_that_has_its_way_and_has_not_begun_to_drive() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.truck(connection=Connection.BROKEN)
    assert field.act(Act.RESET, "T1") != []
    assert field.locks()["K1"] == "T1"


def test_r5_nor_one_in_reach() -> None:
    field = a_truck_towed_out_of(2, Connection.BROKEN)
    field.dead.clear()
    field.truck(connection=Connection.ONLINE, authority_end="cn-gate", last_node="cn-gate", standing=False)
    assert field.act(Act.RESET, "T1") != []
    assert field.lane.trucks["T1"].authority == "cn-gate"


# ---------------------------------------------------------------- room behind the exit


def a_truck_that_left(places_beyond: int = 1) -> Field:
    """On its way to the only place behind the exit, where the next one would come."""
    field = under_the_exit_boom(a_layout(places_beyond=places_beyond))
    drive_out(field)
    field.truck(last_node="cn-gate", authority_end="cn-clear", standing=False)
    field.boom("cn", Boom.DOWN)
    field.boom("vn", Boom.DOWN)
    field.wait(1)
    arrive(field, "T2")
    assert field.why("T2") == ["no_room_beyond"]
    return field


@pytest.mark.parametrize("last_node", ["", "cn-gate"])
def test_r3_a_truck_that_lost_its_order_or_its_place_behind_the_exit_still_takes_the_room(last_node: str) -> None:
    field = a_truck_that_left()
    field.truck(last_node=last_node, authority_end="", standing=True)
    field.wait(1)
    assert "no_room_beyond" in field.why("T2")
    field.truck(last_node="cn-clear")
    for says in ({"last_node": ""}, {"connection": Connection.BROKEN}):
        field.truck("T1", **says)
        assert "no_room_beyond" in field.why("T2")
    restarted(field)
    assert field.lane.trucks["T1"].beyond == "cn-clear"


@pytest.mark.parametrize("says", [{"last_node": "yard-7"}, {"connection": Connection.OFFLINE}])
def test_r3_the_room_is_free_when_it_says_another_place_or_signs_off(says: dict[str, object]) -> None:
    field = a_truck_that_left()
    field.truck(last_node="cn-clear", authority_end="", standing=True)
    field.truck("T1", **says)
    field.wait(0.5)
    assert field.why("T2") == ["boom_not_up"]
    field.truck(last_node="", connection=Connection.ONLINE)
    assert field.why("T2") == ["boom_not_up"]


# ---------------------------------------------------------------- what persons declare


def test_r12_no_section_is_declared_vacant_in_which_a_truck_says_now_that_it_stands() -> None:
    field = a_lane_in_service()
    field.boom("vn", Boom.UP, local=True)
    field.boom("vn", Boom.UP)
    field.truck(last_node="K1-stop")
    arrive(field, "T2")
    field.take()
    for target in ("K1", "K2", ""):
        assert "declare_truck_inside" in field.declare(target)
    assert field.states() == "SSV"
    assert not [command for command in field.take() if isinstance(command, ExtendAuthority)]


@pytest.mark.parametrize("out_of_reach", [*OUT_OF_REACH, None])
def test_r12_what_a_truck_said_that_is_out_of_reach_now_stops_nobody(out_of_reach: Connection | None) -> None:
    field = a_lane_in_service()
    field.truck(last_node="K1-stop")
    if out_of_reach is None:
        field.dead.add("T1")
        field.wait(field.layout.limits.state_age_s_max)
    else:
        field.truck(connection=out_of_reach)
    assert field.declare() == []
    assert field.states() == "VVV"


def test_d4_two_persons_vouch_for_what_was_powered_up_between_sections_that_were_proved_since() -> None:
    field = a_truck_standing_in_k2(a_layout_both_ways())
    field.truck(authority_end="cn-gate", standing=True)
    field.say(UnitRestarted("io-bridge"))
    field.wait(3)
    field.truck(cancelled=True, authority_end="", last_node="K2-stop")
    assert field.declare("K1") == []
    assert field.act(Act.SWEEP, "T1", place="K2") == []
    field.wait(1)
    field.truck(authority_end="cn-gate", cancelled=False)
    for detectors in ("P2-a", "P2-b"):
        field.occupy(detectors)
    for detectors in ("P2-a", "P2-b"):
        field.vacate(detectors)
    field.truck(last_node="cn-gate")
    field.boom("cn", Boom.UP)
    field.truck(authority_end="cn-clear", standing=False)
    field.occupy("cn-approach")
    drive_out(field)
    field.truck(last_node="cn-clear", authority_end="", standing=True)
    assert field.states() == "VVV"
    arrive(field, "T2")
    assert "detector_unknown" in field.why("T2")
    assert field.declare() == []
    field.wait(0.5)
    assert field.why("T2") == ["boom_not_up"]
    assert field.declare() == ["nothing_to_declare"]


# ---------------------------------------------------------------- one line of the manifest


def test_r3_the_plate_is_of_the_line_whose_papers_are_asked() -> None:
    field = a_lane_in_service()
    field.clear("T1")
    field.say(ConsignmentReported("C2", "T1", "14C99999"))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.say(IdentityReported("vn", Match.MATCHED, "T1", "14C99999", 0.97, "sha"))
    assert "identity_not_listed" in field.why()
    field.identify()
    assert field.why() == ["boom_not_up"]


# ---------------------------------------------------------------- what happened since the stop


@pytest.mark.parametrize("what", [{"last_node": "vn-gate"}, {"authority_end": ""}, {"authority_end": "cn-clear", "order_done": False}])
def test_t2_opening_does_not_let_a_truck_go_on_over_what_happened_since_the_stop(what: dict[str, object]) -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.act(Act.STOP)
    field.truck(paused=True, standing=True)
    field.truck("T1", **what)
    assert field.act(Act.RESET) == []
    field.take()
    assert field.act(Act.OPEN, reason="boom stands up") == []
    assert ResumeTruck("T1") not in field.take()
    assert field.lane.trucks["T1"].stopped_by != ""
