"""RESET: what a person mends holds from then on, and nothing that was given or is on its way is forgotten over it (B5, B7, T2)."""

from collections.abc import Callable

import pytest

from lanectl.model import (
    Act,
    Authority,
    Boom,
    BoomMove,
    ClearanceReported,
    Connection,
    LinkLost,
    ResetBarrier,
    SectionState,
    SetBoom,
    Standing,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    pass_the_gate,
)
from tests.rules.words import Field, set_state


def moves(field: Field) -> list[BoomMove]:
    return [command.move for command in field.take() if isinstance(command, SetBoom)]


def a_boom_that_never_rose() -> Field:
    """It was asked up for a truck that is gone since."""
    field = a_truck_at_the_gate()
    field.wait(8.5)
    assert field.lane.gates["vn"].fault == "not_up_in_time"
    field.vacate("vn-approach")
    field.take()
    return field


def a_boom_that_never_came_down() -> Field:
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.boom("vn", Boom.UP)
    field.wait(9)
    assert field.lane.gates["vn"].fault == "not_down_in_time"
    field.take()
    return field


# ---------------------------------------------------------------- a gate


def test_b5_a_boom_that_never_rose_is_not_asked_up_again_by_its_reset() -> None:
    field = a_boom_that_never_rose()
    assert field.act(Act.RESET, "vn") == []
    field.wait(3)
    assert field.take() == [ResetBarrier("vn")]
    assert field.lane.gates["vn"].fault == ""


def test_b5_a_boom_that_never_came_down_is_asked_again_by_its_reset_and_has_its_whole_time() -> None:
    field = a_boom_that_never_came_down()
    assert field.act(Act.RESET, "vn") == []
    assert moves(field) == [BoomMove.DOWN]
    field.wait(7.5)
    assert field.lane.gates["vn"].fault == ""
    field.wait(1)
    assert field.lane.gates["vn"].fault == "not_down_in_time"


def test_b7_after_a_reset_the_obstructions_are_counted_from_none() -> None:
    field = a_truck_in_k1()
    pass_the_gate(field)
    for _ in range(3):
        field.boom("vn", Boom.MOVING, obstructed=True)
        field.boom("vn", Boom.UP)
    assert field.lane.gates["vn"].locked_out
    field.take()
    assert field.act(Act.RESET, "vn") == []
    assert ResetBarrier("vn") not in field.take()  # the barrier itself has no fault
    assert (field.lane.gates["vn"].locked_out, field.lane.gates["vn"].obstructions) == (False, 0)
    field.boom("vn", Boom.MOVING, obstructed=True)
    assert not field.lane.gates["vn"].locked_out


def test_b7_a_boom_that_stands_up_over_a_truck_has_met_nothing_after_its_fault_was_reset() -> None:
    """Its photocell says that something is under it, as it must."""
    field = a_truck_in_k1()
    field.boom("vn", Boom.UP, fault="motor hot")
    assert field.act(Act.RESET, "vn") == []
    for _ in range(3):
        field.boom("vn", Boom.UP, obstructed=True)
    assert not field.lane.gates["vn"].locked_out
    assert BoomMove.DOWN not in moves(field)


@pytest.mark.parametrize("gate", ["vn", "cn"])
def test_b6_the_reset_of_the_lane_takes_back_what_a_person_asked_of_a_boom_before(gate: str) -> None:
    field = a_lane_in_service()
    field.boom(gate, Boom.UP, local=True)
    field.boom(gate, Boom.UP)
    field.occupy(f"{gate}-curtain")
    assert field.act(Act.CLOSE) == []
    field.act(Act.STOP)
    assert field.act(Act.RESET) == []
    field.vacate(f"{gate}-curtain")
    field.wait(1)
    assert moves(field) == []


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (lambda f: f.act(Act.STOP), ["service_in_emergency"]),
        (lambda f: f.say(LinkLost("barrier-vn", "cable")), ["unit_lost"]),
        (lambda f: f.occupy("vn-curtain"), ["gate_not_vacant"]),
        (lambda f: f.boom("vn", Boom.UP, local=True), ["gate_local"]),
    ],
)
def test_b6_a_person_does_not_lower_a_boom_against_what_is_under_it_or_not_heard(
    spoil: Callable[[Field], object], codes: list[str]
) -> None:
    field = a_lane_in_service()
    field.boom("vn", Boom.UP, local=True)
    field.boom("vn", Boom.UP)
    spoil(field)
    field.take()
    assert field.act(Act.RESET, "vn") == codes
    assert BoomMove.DOWN not in moves(field)


def test_a_boom_that_is_not_heard_is_refused_with_the_unit_that_is_lost() -> None:
    field = a_lane_in_service()
    field.boom("vn", Boom.UP, local=True)
    field.boom("vn", Boom.UP)
    field.say(LinkLost("barrier-vn", "cable"))
    field.act(Act.RESET, "vn")
    assert dict(field.refusal("unit_lost").params) == {"unit": "barrier-vn", "why": "cable"}


def test_b8_a_person_does_not_lower_the_boom_of_a_truck_on_its_way() -> None:
    field = a_truck_in_k1()
    field.take()
    assert field.act(Act.RESET, "vn") == ["gate_taken"]
    assert moves(field) == []


# ---------------------------------------------------------------- a truck


def a_truck_at_the_end_of_its_way() -> Field:
    """It has driven what it was given, and K2 ahead is not given."""
    field = a_truck_sent_to_k2()
    field.truck(order_done=True, standing=True)
    return field


def a_truck_without_a_way() -> Field:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate")
    return field


@pytest.mark.parametrize("scene", [a_truck_at_the_end_of_its_way, a_truck_without_a_way])
def test_t2_a_truck_that_nothing_keeps_is_not_reset(scene: Callable[[], Field]) -> None:
    field = scene()
    field.wait(3)
    before = field.lane.trucks["T1"].authority
    assert field.act(Act.RESET, "T1") == ["nothing_to_reset"]
    assert field.lane.trucks["T1"].authority == before


@pytest.mark.parametrize("end", ["yard-7", "vn-gate"])
def test_r5_a_truck_that_refused_its_first_way_and_shows_one_of_the_yard_has_none_of_ours(end: str) -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.truck(rejected="no such map", authority_end=end, localised=False)
    field.wait(2.25)
    assert field.lane.trucks["T1"].authority == "K1-stop"
    field.act(Act.RESET, "T1")
    assert field.lane.trucks["T1"].authority == ""


def test_d5_a_truck_that_jumped_back_while_it_was_stopped_is_stopped_for_that_too() -> None:
    field = a_truck_standing_in_k2()
    field.truck(e_stop=True, standing=True)
    field.truck(e_stop=False, last_node="vn-gate")
    assert field.act(Act.RESET, "T1") == []
    field.truck()
    assert (field.lane.trucks["T1"].stopped_by, field.lane.trucks["T1"].cancelling) == ("place_jumped", True)


def an_order_on_its_way() -> Field:
    """It shows the way to K1, and was sent the one to K2 just now."""
    field = a_truck_in_k1()
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].echoed) == ("K2-stop", False)
    field.truck(standing=True)
    return field


def test_t2_a_reset_does_not_forget_the_order_that_is_on_its_way() -> None:
    field = an_order_on_its_way()
    field.act(Act.PAUSE, "T1")
    field.truck(paused=True)
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert {"K1", "K2", "K3"} <= set(field.locks())


@pytest.mark.parametrize("halted", [False, True])
def test_r5_a_truck_that_refused_its_next_way_keeps_the_one_that_it_shows(halted: bool) -> None:
    field = an_order_on_its_way()
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))
    if halted:
        field.act(Act.PAUSE, "T1")
    field.truck(rejected="no such node", paused=halted, authority_end="K1-stop")
    field.wait(2.25)
    assert field.act(Act.RESET, "T1") == []
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].echoed) == ("K1-stop", True)


def test_r6_a_truck_that_refused_an_order_which_does_not_hold_any_more_keeps_it_until_it_confirms() -> None:
    field = an_order_on_its_way()
    set_state(field, "K2", SectionState.SUSPECT)
    field.truck(rejected="no such node")
    field.wait(2.25)
    assert (field.lane.trucks["T1"].cancelling, field.lane.trucks["T1"].stopped_by) == (True, "")
    assert field.act(Act.RESET, "T1") == []
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].cancelling) == ("K2-stop", True)


def test_r6_a_truck_that_refused_an_order_which_is_being_cancelled_keeps_it_until_it_confirms() -> None:
    field = an_order_on_its_way()
    field.act(Act.CANCEL, "T1")
    field.truck(rejected="no such node")
    field.wait(2.25)
    assert field.act(Act.RESET, "T1") == []
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].cancelling) == ("K2-stop", True)


def test_r5_a_truck_that_once_showed_its_way_keeps_it_when_it_refuses_something_later() -> None:
    field = a_truck_sent_to_k2()
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))
    field.truck(rejected="no such action", authority_end="K1-stop", standing=True)
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].authority == "K2-stop"


def test_t2_a_sweeping_truck_that_was_halted_sweeps_on_after_its_reset() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    field.act(Act.PAUSE, "T1")
    field.truck(paused=True, authority_end="K2-stop", cancelled=False)
    assert field.act(Act.RESET, "T1") == []
    assert (field.lane.trucks["T1"].stopped_by, field.lane.trucks["T1"].sweeping) == ("", True)


def test_t2_a_halted_truck_that_is_not_heard_is_refused_for_that() -> None:
    field = a_truck_standing_in_k2()
    field.truck(connection=Connection.BROKEN, standing=True)
    assert field.act(Act.PAUSE, "T1") == []
    assert field.act(Act.RESET, "T1") == ["truck_not_online"]
    field.truck(connection=Connection.ONLINE)
    fall_silent(field)
    assert field.act(Act.RESET, "T1") == ["truck_silent"]
    assert dict(field.refusal("truck_silent").params) == {"limit_s": "2"}


def test_d5_a_truck_that_jumped_back_is_refused_with_where_it_was_counted_and_where_it_says_it_is() -> None:
    field = a_truck_standing_in_k2()
    field.truck(last_node="vn-gate", standing=True)
    assert field.act(Act.RESET, "T1") == ["truck_elsewhere"]
    assert dict(field.refusal("truck_elsewhere").params) == {"section": "K2", "node": "vn-gate"}


def fall_silent(field: Field) -> None:
    field.dead.add("T1")
    field.wait(2.25)


@pytest.mark.parametrize(
    "go",
    [lambda f: f.truck(connection=Connection.BROKEN), lambda f: f.truck(connection=Connection.OFFLINE), fall_silent],
    ids=["broken", "offline", "silent"],
)
def test_t2_the_sweep_of_a_halted_truck_that_is_out_of_reach_is_called_off_and_it_stays_halted(go: Callable[[Field], object]) -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    field.act(Act.PAUSE, "T1")
    go(field)
    assert field.act(Act.RESET, "T1") == []
    assert (field.lane.trucks["T1"].stopped_by, field.lane.trucks["T1"].sweeping) == ("paused_by_person", False)


def test_r5_a_way_is_not_reset_while_its_order_may_still_come_to_the_truck() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.truck(localised=False)
    field.wait(1.75)
    assert field.act(Act.RESET, "T1") == ["nothing_to_reset"]
    field.wait(0.25)
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].authority == ""
