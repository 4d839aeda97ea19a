"""How the lane stands as a whole: draining, out of service, and what a restart or an emergency stop makes of it."""

import pytest
from msgspec.structs import replace

from lanectl.interlocking.flashing import flash_refusals
from lanectl.model import (
    Act,
    Boom,
    BoomMove,
    Connection,
    JournalReported,
    PauseTruck,
    Reading,
    RearmWatchdog,
    ResumeTruck,
    Service,
    SetBoom,
    WatchdogReported,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_started_field,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    arrive,
    drive_out,
    drive_through,
    pass_the_gate,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import LAYOUT, Field


def closed() -> Field:
    field = a_lane_in_service()
    assert field.act(Act.CLOSE) == []
    assert field.service() is Service.CLOSED
    return field


def out() -> Field:
    field = closed()
    assert field.act(Act.TAKE_OUT, reason="new loops") == []
    assert field.service() is Service.OUT_OF_SERVICE
    return field


def rearm(field: Field) -> None:
    for gate in LAYOUT.gates:
        assert field.act(Act.REARM, gate.signal_unit) == []
        field.say(WatchdogReported(gate.signal_unit, armed=False, tripped=False))
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True))


# ---------------------------------------------------------------- draining


def test_a_lane_closes_when_the_last_truck_has_said_that_it_is_out() -> None:
    field = under_the_exit_boom()
    assert field.act(Act.CLOSE) == []
    assert field.service() is Service.DRAINING
    drive_out(field)
    assert field.locks() == {}
    field.wait(60)
    assert field.service() is Service.DRAINING
    field.truck(last_node="cn-clear", authority_end="", standing=True)
    assert field.service() is Service.CLOSED


def test_a_draining_lane_goes_on_bringing_its_trucks_off() -> None:
    field = a_truck_in_k1()
    assert field.act(Act.CLOSE) == []
    pass_the_gate(field)
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert field.service() is Service.DRAINING


def test_no_truck_enters_a_draining_lane_though_it_sweeps() -> None:
    field = a_truck_sent_to_k2()
    field.boom("vn", Boom.DOWN)
    field.act(Act.CLOSE)
    arrive(field, "T2")
    assert "service_draining" in field.why("T2")
    assert field.act(Act.SWEEP, "T2") == ["service_draining"]


def test_a_truck_that_was_only_promised_a_way_gives_it_back_and_the_lane_closes_at_once() -> None:
    field = a_truck_at_the_gate()
    assert field.locks()
    field.act(Act.CLOSE)
    assert (field.locks(), field.service()) == ({}, Service.CLOSED)


def test_a_truck_with_proceed_is_cancelled_and_the_lane_drains_until_it_confirms() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    assert field.service() is Service.DRAINING
    field.wait(30)
    assert field.service() is Service.DRAINING
    field.truck(cancelled=True, authority_end="", standing=True)
    assert (field.locks(), field.service()) == ({}, Service.CLOSED)


def test_a_truck_that_stands_inside_without_a_way_keeps_the_lane_draining() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.lane.trucks["T1"].authority == ""
    pass_the_gate(field)
    field.act(Act.CLOSE)
    field.wait(5)
    assert (field.locks(), field.service()) == ({"K1": "T1"}, Service.DRAINING)


def test_a_truck_that_stands_in_the_middle_of_the_lane_without_a_way_keeps_it_draining() -> None:
    field = a_truck_standing_in_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, authority_end="", standing=True)
    field.act(Act.CLOSE)
    assert (field.locks(), field.service()) == ({"K2": "T1"}, Service.DRAINING)


def test_a_lane_drains_until_the_last_of_all_trucks_has_said_that_it_is_out() -> None:
    field = a_lane_in_service()
    field.truck("T0")
    arrive(field)
    field.boom("vn", Boom.UP)
    drive_through(field)
    assert field.locks() == {}
    field.act(Act.CLOSE)
    assert field.service() is Service.DRAINING
    field.truck(last_node="cn-clear", authority_end="", standing=True)
    assert field.service() is Service.CLOSED


def test_a_draining_lane_may_be_opened_again() -> None:
    field = a_truck_sent_to_k2()
    field.boom("vn", Boom.DOWN)
    field.act(Act.CLOSE)
    assert field.act(Act.CLOSE) == []
    field.boom("vn", Boom.DOWN)
    assert field.act(Act.OPEN) == []
    assert field.service() is Service.OPEN


def test_two_persons_end_the_draining_that_a_dead_truck_keeps() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CLOSE)
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K1") == []
    assert field.service() is Service.CLOSED


def test_a_truck_that_left_and_never_said_so_is_let_go_by_a_person() -> None:
    field = under_the_exit_boom()
    drive_out(field)
    field.act(Act.CLOSE)
    assert field.act(Act.RESET, "T1") == ["nothing_to_reset"]
    field.truck(connection=Connection.BROKEN)
    assert field.service() is Service.DRAINING
    assert field.act(Act.RESET, "T1") == []
    assert field.service() is Service.CLOSED


def test_two_failed_lamps_drain_a_lane_with_a_truck_and_close_an_empty_one() -> None:
    full, empty = a_truck_sent_to_k2(), a_lane_in_service()
    for field in (full, empty):
        for gate in ("vn", "cn"):
            assert field.service() is Service.OPEN
            field.lamp(gate, field.shown[gate], failed=True)
    assert (full.service(), empty.service()) == (Service.DRAINING, Service.CLOSED)
    assert "lamp_failed" in empty.act(Act.OPEN)


def test_after_a_stop_or_a_restart_a_lane_with_a_truck_in_it_drains() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.STOP)
    assert field.act(Act.RESET) == []
    assert field.service() is Service.DRAINING
    assert restarted(a_truck_sent_to_k2()).service() is Service.DRAINING
    assert restarted(a_lane_in_service()).service() is Service.CLOSED


# ---------------------------------------------------------------- out of service


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        (a_started_field(), ["lane_not_closed"]),
        (a_lane_in_service(), ["lane_not_closed"]),
        (a_started_field(armed_before=True), ["section_suspect"] * 3),
    ],
    ids=["commissioning", "open", "suspect"],
)
def test_only_a_closed_and_empty_lane_is_taken_out_of_service(field: Field, codes: list[str]) -> None:
    assert field.act(Act.TAKE_OUT, reason="new loops") == codes


def test_taking_out_and_putting_back_need_a_reason_and_their_states() -> None:
    field = closed()
    assert field.act(Act.TAKE_OUT) == ["act_reason_needed"]
    assert field.act(Act.PUT_BACK, reason="done") == ["lane_not_out"]
    assert field.act(Act.TAKE_OUT, reason="new loops") == []
    assert field.act(Act.TAKE_OUT, reason="new loops") == ["service_out"]
    assert field.act(Act.PUT_BACK) == ["act_reason_needed"]


def test_no_lane_is_taken_out_while_a_boom_is_not_proved_down() -> None:
    field = closed()
    field.boom("cn", Boom.UNKNOWN)
    assert field.act(Act.TAKE_OUT, reason="new loops") == ["boom_not_down"]


def test_no_lane_is_taken_out_while_a_truck_still_has_a_way() -> None:
    field = under_the_exit_boom()
    drive_out(field)
    field.boom("cn", Boom.DOWN)
    field.boom("vn", Boom.DOWN)
    field.act(Act.CLOSE)
    field.truck(connection=Connection.BROKEN)
    assert field.act(Act.TAKE_OUT, reason="new loops") == ["lane_drains"]


def test_no_lane_is_taken_out_under_a_sweeping_truck() -> None:
    field = closed()
    arrive(field)
    assert field.act(Act.SWEEP, "T1") == []
    assert set(field.act(Act.TAKE_OUT, reason="new loops")) == {"section_locked", "boom_not_down"}
    field.boom("vn", Boom.UP)
    field.truck(authority_end="K1-stop")
    assert set(field.act(Act.TAKE_OUT, reason="new loops")) == {"section_locked", "truck_has_way", "gate_taken"}
    field.occupy("vn-loop", "vn-curtain")
    assert "section_locked" in {r.code for r in flash_refusals(LAYOUT, field.lane, "Lan", "")}
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))


def test_a_truck_that_was_to_sweep_does_not_once_the_lane_is_out_of_service_or_turned() -> None:
    field = closed()
    field.truck(last_node="vn-gate")
    field.truck("T2")
    sweeping = {"T1": replace(field.lane.trucks["T1"], sweeping=True), "T2": field.lane.trucks["T2"]}
    field.lane = replace(field.lane, trucks=sweeping)
    assert field.act(Act.TAKE_OUT, reason="new loops") == []
    assert not field.lane.trucks["T1"].sweeping


def test_a_section_that_something_is_in_keeps_the_lane_from_being_taken_out() -> None:
    field = closed()
    field.occupy("P1-b")
    assert "section_suspect" in field.act(Act.TAKE_OUT, reason="new loops")


def test_out_of_service_nothing_is_given_and_no_act_moves_anything() -> None:
    field = out()
    field.take()
    arrive(field)
    assert "service_out" in field.why()
    for act, target in ((Act.OPEN, ""), (Act.CLOSE, ""), (Act.SWEEP, "T1"), (Act.RESET, "vn")):
        assert field.act(act, target) == ["service_out"]
    field.wait(60)
    assert not [command for command in field.take() if isinstance(command, SetBoom)]
    assert field.locks() == {}


def test_out_of_service_a_boom_that_moves_by_itself_is_halted_and_goes_up_over_people() -> None:
    field = out()
    field.boom("vn", Boom.UP)
    field.take()
    field.boom("vn", Boom.MOVING)
    assert field.take() == [SetBoom("vn", BoomMove.UP, urgent=True)]
    other = out()
    other.boom("cn", Boom.UNKNOWN)
    other.take()
    other.boom("cn", Boom.MOVING)
    assert other.take() == [SetBoom("cn", BoomMove.STOP, urgent=True)]


def test_out_of_service_a_truck_that_is_stopped_and_reset_does_not_go_on() -> None:
    field = out()
    field.truck(last_node="vn-gate", e_stop=True)
    field.wait(3)
    field.truck(e_stop=False, paused=True)
    assert [command for command in field.take() if isinstance(command, PauseTruck)]
    assert field.act(Act.RESET, "T1") == []
    field.wait(10)
    assert not [command for command in field.take() if isinstance(command, ResumeTruck)]


def test_put_back_every_section_is_suspect_and_every_watchdog_unproved() -> None:
    field = out()
    assert field.act(Act.PUT_BACK, reason="done") == []
    assert (field.service(), field.states()) == (Service.CLOSED, "SSS")
    field.wait(30)
    assert field.states() == "SSS"
    assert set(field.act(Act.OPEN)) == {"watchdog_unproved"}


def test_a_proof_from_before_the_works_does_not_count() -> None:
    field = out()
    field.act(Act.PUT_BACK, reason="done")
    for gate in LAYOUT.gates:
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True))
    assert "watchdog_unproved" in field.act(Act.OPEN)
    assert field.act(Act.REARM, "io-vn") == []
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))
    assert not field.lane.units["io-vn"].proved
    assert RearmWatchdog("io-vn") in field.take()
    rearm(field)
    field.declare()
    assert field.act(Act.OPEN) == []


def test_an_emergency_stop_does_not_lead_out_of_the_works() -> None:
    field = out()
    assert field.act(Act.STOP) == []
    assert field.act(Act.PUT_BACK, reason="done") == ["service_in_emergency"]
    assert field.act(Act.TAKE_OUT, reason="done") == ["service_in_emergency"]
    assert restarted(field).service() is Service.EMERGENCY_STOP
    assert field.act(Act.RESET) == []
    assert field.service() is Service.OUT_OF_SERVICE
    assert field.act(Act.OPEN) == ["service_out"]


def test_a_restart_does_not_lead_out_of_the_works() -> None:
    field = restarted(out())
    assert field.service() is Service.OUT_OF_SERVICE


def test_a_lane_is_put_back_only_when_that_can_be_journalled() -> None:
    field = restarted(out())
    field.say(JournalReported(False))
    assert field.act(Act.PUT_BACK, reason="done") == ["journal_not_writable"]


def test_a_gate_may_be_flashed_out_of_service_while_every_section_is_vacant() -> None:
    field = out()
    assert flash_refusals(LAYOUT, field.lane, "Lan", "") == ()
    field.occupy("P1-b")
    assert field.reading("P1-b") is Reading.OCCUPIED
    assert {r.code for r in flash_refusals(LAYOUT, field.lane, "Lan", "")} == {"section_suspect"}
    field.vacate("P1-b")
    assert field.declare() == []
    assert flash_refusals(LAYOUT, field.lane, "Lan", "") == ()


@pytest.mark.parametrize(
    ("boom", "local", "may_lower"),
    [(Boom.DOWN, False, False), (Boom.UP, False, True), (Boom.UNKNOWN, False, True), (Boom.UP, True, False), (Boom.DOWN, True, False)],
)
def test_b6_closing_lets_a_boom_come_down_that_is_not_down_and_not_worked_by_hand(boom: Boom, local: bool, may_lower: bool) -> None:
    field = a_lane_in_service()
    field.boom("cn", boom, local=True)
    field.boom("cn", boom, local=local)
    assert field.act(Act.CLOSE) == []
    assert field.lane.gates["cn"].may_lower is may_lower
