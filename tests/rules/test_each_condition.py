"""Each condition of a way alone, at both gates: without it nothing is given (R3), and PROCEED goes when it goes (S2)."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from lanectl.model import (
    Act,
    Aspect,
    Authority,
    Boom,
    BoomMove,
    CancelAuthority,
    ClearanceReported,
    Connection,
    DetectorsReported,
    Direction,
    ExtendAuthority,
    JournalReported,
    LinkLost,
    Reading,
    SectionState,
    Service,
    SetAspect,
    SetBoom,
    Standing,
    TruckMode,
    WatchdogReported,
)
from tests.rules.scenes import a_lane_in_service, a_truck_standing_in_k2, a_truck_with_proceed, under_the_exit_boom
from tests.rules.words import Field, set_state

Loss = Callable[[Field, str], object]
FIRST_NODE = {"vn": "K1-stop", "cn": "cn-clear"}
OTHER = {"vn": "cn", "cn": "vn"}


def set_gate(field: Field, gate: str, **changes: Any) -> None:
    field.lane = replace(field.lane, gates={**field.lane.gates, gate: replace(field.lane.gates[gate], **changes)})


def taken_by_another(field: Field, gate: str) -> None:
    field.truck("T9")
    set_lane(field, trucks={**field.lane.trucks, "T9": replace(field.lane.trucks["T9"], authority=FIRST_NODE[gate])})
    set_gate(field, gate, passing="T9")


def proceed_of_nobody_at_the_other(field: Field, gate: str) -> None:
    field.stuck.add(OTHER[gate])
    field.lamp(OTHER[gate], Aspect.PROCEED)


def fall_silent(field: Field) -> None:
    field.dead.add("T1")
    field.wait(2.25)


def set_lane(field: Field, **changes: Any) -> None:
    field.lane = replace(field.lane, **changes)


AT_THE_GATE: dict[str, Loss] = {
    "gate_local": lambda f, gate: f.boom(gate, f.booms[gate], local=True),
    "gate_fault": lambda f, gate: f.boom(gate, f.booms[gate], fault="motor hot"),
    "gate_locked_out": lambda f, gate: set_gate(f, gate, locked_out=True),
    "lamp_failed": lambda f, gate: f.lamp(gate, f.shown[gate], failed=True),
    "signal_unproved": lambda f, gate: f.lamp(gate, Aspect.UNKNOWN),
    "unit_lost": lambda f, gate: f.say(LinkLost(f"barrier-{gate}", "cable")),
    "unit_lost ": lambda f, gate: f.say(LinkLost(f"io-{gate}", "cable")),
    "watchdog_tripped": lambda f, gate: f.say(WatchdogReported(f"io-{gate}", armed=True, tripped=True, proved=True)),
    "watchdog_not_armed": lambda f, gate: f.say(WatchdogReported(f"io-{gate}", armed=False, tripped=False, proved=True)),
    "watchdog_unproved": lambda f, gate: f.say(WatchdogReported(f"io-{gate}", armed=True, tripped=False, proved=False)),
    "gate_taken": taken_by_another,
    "conflicting_proceed": proceed_of_nobody_at_the_other,
}
IN_THE_LANE: dict[str, Loss] = {
    "emergency_stop": lambda f, _: f.act(Act.STOP),
    "service_out": lambda f, _: set_lane(f, service=Service.OUT_OF_SERVICE),
    "direction_not_ours": lambda f, _: set_lane(f, direction=Direction.CN_TO_VN),
    "journal_not_writable": lambda f, _: f.say(JournalReported(False)),
    "consignment_held": lambda f, _: f.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD)),
    "clearance_withdrawn": lambda f, _: f.say(ClearanceReported("C-T1", Authority.VN, Standing.WITHDRAWN)),
    "consignment_missing": lambda f, _: set_lane(f, consignments={}),
}
OF_THE_TRUCK: dict[str, Loss] = {
    "truck_broken": lambda f, _: f.truck(connection=Connection.BROKEN),
    "truck_silent": lambda f, _: fall_silent(f),
    "truck_stopped": lambda f, _: f.act(Act.PAUSE, "T1"),
    "truck_e_stop": lambda f, _: f.truck(e_stop=True),
    "truck_not_automatic": lambda f, _: f.truck(mode=TruckMode.MANUAL),
    "truck_not_localised": lambda f, _: f.truck(localised=False),
    "truck_fatal": lambda f, _: f.truck(fatal="motor"),
    "truck_rejected": lambda f, _: f.truck(rejected="no such map"),
    "truck_paused": lambda f, _: f.truck(paused=True),
}
LOSSES = AT_THE_GATE | IN_THE_LANE | OF_THE_TRUCK
UNDER_IT = ("loop", "curtain", "clear")
UNSAID = ("service_out", "direction_not_ours", "consignment_missing", "gate_locked_out")  # nothing reports them: the next step sees them
BOTH_GATES = pytest.mark.parametrize("gate", ["vn", "cn"])


def before(gate: str) -> Field:
    """All that the way through the gate takes is there but one thing, with which the truck asks for it."""
    if gate == "cn":
        field = a_truck_standing_in_k2()
        field.truck(authority_end="cn-gate", last_node="K2-stop")
        return field
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    return field


def ask(field: Field, gate: str) -> None:
    field.take()
    if gate == "vn":
        field.identify()
    else:
        field.occupy("P2-a")


def with_proceed(gate: str) -> Field:
    field = a_truck_with_proceed() if gate == "vn" else under_the_exit_boom()
    field.lamp(gate, Aspect.PROCEED)
    assert field.lane.gates[gate].aspect_asked is Aspect.PROCEED
    field.take()
    return field


def assert_nothing_is_given(field: Field, gate: str) -> None:
    taken = field.take()
    assert SetBoom(gate, BoomMove.UP) not in taken
    assert ExtendAuthority("T1", FIRST_NODE[gate]) not in taken
    assert field.lane.gates[gate].passing != "T1"


# ---------------------------------------------------------------- before it is given (R3)


@BOTH_GATES
def test_the_boom_rises_when_nothing_is_missing_and_proved_up_it_gives_the_way(gate: str) -> None:
    field = before(gate)
    ask(field, gate)
    assert SetBoom(gate, BoomMove.UP) in field.take()
    field.boom(gate, Boom.UP)
    assert ExtendAuthority("T1", FIRST_NODE[gate]) in field.take()


@BOTH_GATES
@pytest.mark.parametrize("code", LOSSES)
def test_r3_without_any_one_condition_no_boom_rises_and_no_way_is_given(gate: str, code: str) -> None:
    field = before(gate)
    LOSSES[code](field, gate)
    ask(field, gate)
    assert code.strip() in field.why()
    assert_nothing_is_given(field, gate)


def test_s1_a_signal_at_the_exit_that_is_not_known_keeps_no_truck_out() -> None:
    """Only a PROCEED that is shown there contradicts: a dark one takes the way out, and only that (S4)."""
    field = before("vn")
    field.lamp("cn", Aspect.UNKNOWN)
    ask(field, "vn")
    assert SetBoom("vn", BoomMove.UP) in field.take()


def sweeping(field: Field) -> Field:
    set_lane(field, trucks={"T1": replace(field.lane.trucks["T1"], sweeping=True)})
    return field


@BOTH_GATES
@pytest.mark.parametrize("code", LOSSES)
def test_r3_a_sweep_goes_through_no_gate_without_any_one_condition_either(gate: str, code: str) -> None:
    field = sweeping(before(gate))
    LOSSES[code](field, gate)
    ask(field, gate)
    assert code.strip() in field.why()
    assert_nothing_is_given(field, gate)


def test_r3_a_sweep_goes_in_only_from_a_stand() -> None:
    field = sweeping(before("vn"))
    field.truck(standing=False)
    ask(field, "vn")
    assert field.why() == ["truck_not_standing"]
    assert_nothing_is_given(field, "vn")


@BOTH_GATES
@pytest.mark.parametrize("boom", [Boom.DOWN, Boom.MOVING, Boom.UNKNOWN])
def test_b4_a_boom_that_is_not_proved_up_gives_no_way(gate: str, boom: Boom) -> None:
    field = before(gate)
    ask(field, gate)
    field.take()
    field.boom(gate, boom)
    assert_nothing_is_given(field, gate)


@BOTH_GATES
@pytest.mark.parametrize("reading", [Reading.OCCUPIED, Reading.UNKNOWN])
@pytest.mark.parametrize("detector", UNDER_IT)
def test_r3_nothing_that_stands_or_is_not_seen_in_the_gate_is_driven_into(gate: str, detector: str, reading: Reading) -> None:
    field = before(gate)
    name = f"{gate}-{detector}"
    field.lane = replace(field.lane, detectors={**field.lane.detectors, name: replace(field.lane.detectors[name], reading=reading)})
    ask_without_hearing(field, gate)
    assert {"gate_not_vacant", "detector_unknown"} & set(field.why())
    assert_nothing_is_given(field, gate)


@BOTH_GATES
@pytest.mark.parametrize("reading", [Reading.OCCUPIED, Reading.UNKNOWN])
@pytest.mark.parametrize("detector", UNDER_IT)
def test_r11_a_sweep_goes_under_no_boom_where_something_stands_or_is_not_seen(gate: str, detector: str, reading: Reading) -> None:
    field = sweeping(before(gate))
    name = f"{gate}-{detector}"
    field.lane = replace(field.lane, detectors={**field.lane.detectors, name: replace(field.lane.detectors[name], reading=reading)})
    ask_without_hearing(field, gate)
    assert field.why()[0] == ("detector_occupied" if reading is Reading.OCCUPIED else "detector_unknown")
    assert_nothing_is_given(field, gate)


def ask_without_hearing(field: Field, gate: str) -> None:
    """What the gate's own detectors said last stays as it is."""
    field.take()
    if gate == "vn":
        field.identify()
    else:
        field.say(DetectorsReported("io-bridge", field.now + 0.01, (("P2-a", Reading.OCCUPIED),)))


@pytest.mark.parametrize("state", [SectionState.SUSPECT, SectionState.OCCUPIED])
@pytest.mark.parametrize("section", ["K1", "K2"])
def test_r3_no_way_leads_into_a_section_or_an_overlap_that_is_not_vacant(section: str, state: SectionState) -> None:
    field = before("vn")
    set_state(field, section, state)
    ask(field, "vn")
    assert f"section_{state.value.lower()}" in field.why()
    assert_nothing_is_given(field, "vn")


@pytest.mark.parametrize("state", [SectionState.SUSPECT, SectionState.OCCUPIED])
@pytest.mark.parametrize("section", ["K2", "K3"])
def test_r3_on_the_bridge_the_next_section_and_its_overlap_have_to_be_vacant(section: str, state: SectionState) -> None:
    field = with_proceed("vn")
    set_state(field, section, state)
    field.occupy("vn-loop")
    assert field.section("K1").entered
    assert ExtendAuthority("T1", "K2-stop") not in field.take()
    assert f"section_{state.value.lower()}" in field.why()


# ---------------------------------------------------------------- while it is shown (S2, R5)


@BOTH_GATES
@pytest.mark.parametrize("code", [code for code in LOSSES if code != "gate_taken"])
def test_s2_proceed_goes_in_the_step_in_which_any_one_condition_goes(gate: str, code: str) -> None:
    field = with_proceed(gate)
    LOSSES[code](field, gate)
    if code in UNSAID:
        field.refresh()
    assert SetAspect(gate, Aspect.STOP) in field.take()


@BOTH_GATES
@pytest.mark.parametrize("boom", [Boom.DOWN, Boom.MOVING, Boom.UNKNOWN])
def test_s2_proceed_goes_with_the_boom(gate: str, boom: Boom) -> None:
    field = with_proceed(gate)
    field.boom(gate, boom)
    assert {SetAspect(gate, Aspect.STOP), CancelAuthority("T1")} <= set(field.take())


@BOTH_GATES
@pytest.mark.parametrize("code", [code for code in AT_THE_GATE if code != "gate_taken"])
def test_r5_a_way_through_a_gate_that_lost_a_condition_is_taken_back_and_stays_locked(gate: str, code: str) -> None:
    field = with_proceed(gate)
    locks = field.locks()
    LOSSES[code](field, gate)
    if code in UNSAID:
        field.refresh()
    assert CancelAuthority("T1") in field.take()
    assert (field.locks(), field.lane.gates[gate].passing) == (locks, "T1")


@BOTH_GATES
@pytest.mark.parametrize("code", [code for code in OF_THE_TRUCK if code != "truck_stopped"])
def test_what_a_truck_itself_lacks_withholds_proceed_but_takes_no_way_back(gate: str, code: str) -> None:
    field = with_proceed(gate)
    LOSSES[code](field, gate)
    assert not field.lane.trucks["T1"].cancelling
    assert field.lane.trucks["T1"].authority == FIRST_NODE[gate]
