"""Clauses of the invariants, each with the order of events that would break it."""

import pytest
from msgspec import structs

from lanectl.model import (
    COUNT_LOST,
    Act,
    Authority,
    Boom,
    BoomMove,
    ClearanceReported,
    Command,
    Connection,
    ConsignmentReported,
    ExtendAuthority,
    JournalReported,
    ReadPlate,
    SetBoom,
    Standing,
    Started,
    TruckMode,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    drive_out,
    pass_the_gate,
)
from tests.rules.words import Field, a_layout_both_ways

UP_AT_ONCE = SetBoom("vn", BoomMove.UP, urgent=True)


def moves(field: Field) -> list[Command]:
    return [command for command in field.take() if isinstance(command, SetBoom)]


# ---------------------------------------------------------------- booms


@pytest.mark.parametrize("found", [Boom.MOVING, Boom.DOWN])
def test_b2_a_boom_that_fell_over_a_truck_while_it_was_not_heard_goes_up_at_once(found: Boom) -> None:
    field = a_truck_in_k1()
    field.silence(0.7)
    field.take()
    field.boom("vn", found)
    assert moves(field) == [UP_AT_ONCE]
    assert field.lane.gates["vn"].fault == "moved_unasked"


def test_b4_a_boom_that_rose_while_it_was_not_heard_moved_unasked() -> None:
    field = a_truck_standing_in_k2()
    assert field.lane.gates["vn"].asked is BoomMove.DOWN
    field.silence(0.7)
    field.boom("vn", Boom.MOVING)
    assert field.lane.gates["vn"].fault == "moved_unasked"


def test_b4_a_boom_that_was_not_heard_and_is_where_it_was_did_not_move() -> None:
    field = a_truck_in_k1()
    field.silence(0.7)
    field.take()
    for boom in (Boom.UNKNOWN, Boom.UP):
        field.boom("vn", boom)
    assert field.lane.gates["vn"].fault == ""
    assert moves(field) == []


def test_b4_a_boom_that_nobody_asked_anything_of_since_its_reset_is_not_taken_to_be_down() -> None:
    field = a_truck_standing_in_k2()
    field.boom("vn", Boom.DOWN, fault="hot")
    assert field.act(Act.RESET, "vn") == []
    field.silence(0.7)
    field.boom("vn", Boom.UP)
    assert field.lane.gates["vn"].fault == ""


def test_t4_a_gate_that_was_worked_by_hand_stays_so_over_a_restart_until_its_barrier_says_otherwise() -> None:
    field = a_lane_in_service()
    field.boom("vn", Boom.UP, local=True)
    field.say(Started(armed_before=True, lane=field.lane))
    field.say(JournalReported(True))
    assert field.lane.gates["vn"].local
    assert field.act(Act.RESET, "vn") == ["gate_local"]
    field.boom("vn", Boom.UP)
    assert not field.lane.gates["vn"].local


def test_b6_a_passage_at_a_gate_worked_by_hand_lowers_no_boom_after_a_restart() -> None:
    field = a_truck_in_k1()
    field.boom("vn", Boom.UP, local=True)
    pass_the_gate(field)
    assert field.lane.gates["vn"].may_lower
    field.say(Started(armed_before=True, lane=field.lane))
    field.say(JournalReported(True))
    field.boom("vn", Boom.UP)
    field.take()
    field.wait(1)
    assert SetBoom("vn", BoomMove.DOWN) not in field.take()


# ---------------------------------------------------------------- ways


def driven_out_by_hand() -> Field:
    """The next way of a truck was on its way to it when a person drove it out, under a boom raised by hand."""
    field = a_truck_standing_in_k2()
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].echoed) == ("cn-gate", False)
    field.truck(mode=TruckMode.MANUAL)
    field.boom("cn", Boom.UP, local=True)
    for detectors in ("P2-a", "P2-b"):
        field.occupy(detectors)
    for detectors in ("P2-a", "P2-b"):
        field.vacate(detectors)
    field.occupy("cn-approach")
    drive_out(field)
    field.boom("cn", Boom.DOWN, local=True)
    field.boom("cn", Boom.DOWN)
    assert (field.states(), field.locks()) == ("VVV", {})
    return field


def test_r2_no_way_is_sent_again_through_sections_that_are_not_locked_for_the_truck_any_more() -> None:
    field = driven_out_by_hand()
    field.truck(authority_end="", last_node="cn-clear", standing=True)
    field.wait(3)
    field.clear()
    field.truck(mode=TruckMode.AUTOMATIC, last_node="vn-gate")
    field.take()
    field.wait(3)
    assert not [command for command in field.take() if isinstance(command, ExtendAuthority)]
    assert "truck_cancelling" in field.why()


def test_r6_a_way_that_lies_behind_a_truck_is_over_when_the_truck_confirms_it() -> None:
    field = driven_out_by_hand()
    assert field.lane.trucks["T1"].cancelling
    field.truck(mode=TruckMode.AUTOMATIC, authority_end="", last_node="cn-clear", standing=True, cancelled=True)
    assert field.lane.trucks["T1"].authority == ""


# ---------------------------------------------------------------- plates and papers


def test_r3_a_plate_that_is_not_declared_any_more_lets_nobody_in() -> None:
    field = a_truck_at_the_gate()
    field.take()
    field.say(ConsignmentReported("C-T1", "T1", "14C99999"))
    for authority in Authority:
        field.say(ClearanceReported("C-T1", authority, Standing.CLEARED))
    assert field.why() == ["identity_not_listed"]
    assert field.locks() == {}
    assert ReadPlate("vn", True) in field.take()


@pytest.mark.parametrize("other_plates", [(), ("14R00001",)])
def test_r3_a_truck_is_let_in_by_any_plate_that_is_declared_for_it(other_plates: tuple[str, ...]) -> None:
    field = a_lane_in_service()
    plates = ("14C99999", "14C12345") if other_plates else ("14C12345",)
    field.say(ConsignmentReported("C-T1", "T1", plates[0], other_plates=plates[1:]))
    for authority in Authority:
        field.say(ClearanceReported("C-T1", authority, Standing.CLEARED))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    assert "identity_not_listed" not in field.why()


# ---------------------------------------------------------------- trucks


@pytest.mark.parametrize("connection", [Connection.BROKEN, Connection.OFFLINE])
def test_t2_an_e_stop_that_is_over_before_the_truck_signs_on_again_still_takes_a_reset(connection: Connection) -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=connection)
    field.truck(e_stop=True)
    field.truck(e_stop=False)
    field.truck(connection=Connection.ONLINE, standing=True)
    assert field.lane.trucks["T1"].stopped_by == "e_stop"
    assert "truck_stopped" in field.why()


# ---------------------------------------------------------------- the count


def test_r8_who_declares_the_whole_lane_for_its_count_declares_no_section_that_a_truck_is_in() -> None:
    field = a_truck_sent_to_k2(a_layout_both_ways())
    field.lane = structs.replace(field.lane, count=COUNT_LOST)
    field.truck(connection=Connection.OFFLINE)
    assert field.declare() == ["nothing_to_declare"]
    assert (field.states(), field.lane.count) == ("OVV", COUNT_LOST)


def test_r8_the_count_alone_is_declared_in_a_lane_that_is_vacant_and_nobodys() -> None:
    field = a_lane_in_service(a_layout_both_ways())
    field.lane = structs.replace(field.lane, count=1)
    assert field.act(Act.TURN, "CN_TO_VN") == ["count_unequal"]
    assert field.declare() == []
    assert field.act(Act.TURN, "CN_TO_VN") == []
