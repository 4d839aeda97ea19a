"""Each gate by its own boom, detectors, lamp and truck, whatever the other gate's are (B1, B2, B8, T4, S2)."""

import pytest

from lanectl.model import Act, Aspect, Boom, BoomMove, DetectorsReported, ExtendAuthority, Reading, SetAspect, SetBoom
from tests.rules.scenes import (
    a_lane_in_service,
    a_started_field,
    a_truck_with_proceed,
    arrive,
    under_the_exit_boom,
)
from tests.rules.words import Field

UP, DOWN = BoomMove.UP, BoomMove.DOWN
OTHER = {"vn": "cn", "cn": "vn"}
EACH_GATE = pytest.mark.parametrize("gate", ["vn", "cn"])


def with_booms_up(*gates: str) -> Field:
    """Raised by hand, and the key is back."""
    field = a_lane_in_service()
    for gate in gates:
        field.boom(gate, Boom.UP, local=True)
        field.boom(gate, Boom.UP)
    field.take()
    return field


@EACH_GATE
def test_b1_a_boom_is_not_lowered_over_what_is_under_it_and_is_over_what_is_under_the_other(gate: str) -> None:
    field = with_booms_up(gate)
    field.occupy(f"{gate}-curtain")
    field.act(Act.CLOSE)
    assert SetBoom(gate, DOWN) not in field.take()
    field = with_booms_up(gate)
    field.occupy(f"{OTHER[gate]}-curtain")
    field.act(Act.CLOSE)
    assert SetBoom(gate, DOWN) in field.take()


@EACH_GATE
def test_b2_a_boom_that_comes_down_is_turned_by_what_comes_under_it_and_not_by_what_is_under_the_other(gate: str) -> None:
    field = with_booms_up(gate)
    field.act(Act.CLOSE)
    field.boom(gate, Boom.MOVING)
    field.take()
    field.occupy(f"{OTHER[gate]}-curtain")
    assert SetBoom(gate, UP, urgent=True) not in field.take()
    field.occupy(f"{gate}-curtain")
    assert SetBoom(gate, UP, urgent=True) in field.take()


@EACH_GATE
def test_b8_a_boom_is_not_lowered_before_the_truck_whose_way_leads_through_it(gate: str) -> None:
    field = a_truck_with_proceed() if gate == "vn" else under_the_exit_boom()
    assert (field.lane.gates[gate].passing, field.lane.gates[OTHER[gate]].passing) == ("T1", "")
    field.take()
    field.act(Act.CLOSE)
    field.wait(2)
    assert SetBoom(gate, DOWN) not in field.take()


def test_b8_the_exit_boom_is_lowered_though_a_truck_has_its_way_through_the_entry() -> None:
    field = with_booms_up("cn")
    arrive(field)
    field.boom("vn", Boom.UP)
    assert field.lane.gates["vn"].passing == "T1"
    field.take()
    assert field.act(Act.RESET, "cn") == []
    assert SetBoom("cn", DOWN) in field.take()


def test_both_booms_come_down_in_one_step() -> None:
    field = with_booms_up("vn", "cn")
    field.act(Act.CLOSE)
    assert {SetBoom("vn", DOWN), SetBoom("cn", DOWN)} <= set(field.take())


def test_a_boom_comes_down_while_the_other_rises() -> None:
    field = with_booms_up("cn")
    arrive(field)
    field.boom("vn", Boom.MOVING)
    field.take()
    assert field.act(Act.RESET, "cn") == []
    assert SetBoom("cn", DOWN) in field.take()


@EACH_GATE
def test_t4_a_gate_that_is_worked_by_hand_keeps_no_other_boom_from_being_turned(gate: str) -> None:
    field = with_booms_up(gate)
    field.act(Act.CLOSE)
    field.boom(gate, Boom.MOVING)
    field.boom(OTHER[gate], Boom.DOWN, local=True)
    field.take()
    field.occupy(f"{gate}-curtain")
    assert SetBoom(gate, UP, urgent=True) in field.take()


def test_s2_a_truck_that_sweeps_into_the_lane_sees_stop_behind_its_front_like_any_other() -> None:
    """Its section stays suspect under it: only its front under the boom ends PROCEED."""
    field = a_started_field()
    arrive(field)
    assert field.act(Act.SWEEP, "T1") == []
    field.boom("vn", Boom.UP)
    assert {ExtendAuthority("T1", "K1-stop"), SetAspect("vn", Aspect.PROCEED)} <= set(field.take())
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    assert field.section("K1").state.value == "SUSPECT"
    assert SetAspect("vn", Aspect.STOP) in field.take()


@EACH_GATE
def test_b8_a_way_is_given_back_when_its_own_gate_is_seen_to_be_free(gate: str) -> None:
    field = a_truck_with_proceed() if gate == "vn" else under_the_exit_boom()
    field.act(Act.CANCEL, "T1")
    curtain = f"{gate}-curtain"
    readings = dict.fromkeys(field.layout.index.detectors_of[f"io-{gate}"], Reading.VACANT)
    readings |= {f"{gate}-approach": Reading.OCCUPIED, curtain: Reading.UNKNOWN}
    field.say(DetectorsReported(f"io-{gate}", field.now, tuple(readings.items())))
    field.truck(cancelled=True, authority_end="", standing=True)
    assert (field.lane.trucks["T1"].authority, field.lane.gates[gate].passing) == ("", "T1")
    field.detect(f"io-{gate}")
    assert field.lane.gates[gate].passing == ""
