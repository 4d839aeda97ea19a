"""A refusal names what is in the way: a person sent to the wrong gate, unit or truck mends nothing (E1, R4)."""

import pytest
from msgspec.structs import replace

from lanectl.interlocking.conditions import reasons_of_devices, reasons_of_truck, reasons_of_way
from lanectl.interlocking.draft import Draft
from lanectl.model import Aspect, LinkLost, Refusal
from tests.rules.scenes import a_lane_in_service, a_truck_sent_to_k2, a_truck_standing_in_k2, under_the_exit_boom
from tests.rules.words import LAYOUT, Field

VN = {"gate": "vn"}


def draft(field: Field) -> Draft:
    return Draft(field.layout, field.lane, field.now)


def told(found: list[Refusal]) -> list[tuple[str, dict[str, str]]]:
    return [(each.code, dict(each.params)) for each in found]


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ({"local": True}, ("gate_local", VN)),
        ({"fault": "motor hot"}, ("gate_fault", {**VN, "fault": "motor hot"})),
        ({"locked_out": True, "obstructions": 3}, ("gate_locked_out", {**VN, "times": "3"})),
        ({"lamp_failed": True}, ("lamp_failed", VN)),
        ({"shown": Aspect.UNKNOWN}, ("signal_unproved", VN)),
    ],
)
def test_what_is_the_matter_with_a_gate(gate: dict[str, object], said: tuple[str, dict[str, str]]) -> None:
    field = a_lane_in_service()
    field.lane = replace(field.lane, gates={**field.lane.gates, "vn": replace(field.lane.gates["vn"], **gate)})  # type: ignore[arg-type]
    assert told(reasons_of_devices(draft(field), "T1", LAYOUT.gates[0])) == [said]
    assert told(reasons_of_devices(draft(field), "T1", LAYOUT.gates[1])) == []


@pytest.mark.parametrize(
    ("unit", "code"),
    [({"tripped": True}, "watchdog_tripped"), ({"armed": False}, "watchdog_not_armed"), ({"proved": False}, "watchdog_unproved")],
)
def test_which_watchdog_does_not_stand_guard(unit: dict[str, bool], code: str) -> None:
    field = a_lane_in_service()
    field.lane = replace(field.lane, units={**field.lane.units, "io-vn": replace(field.lane.units["io-vn"], **unit)})  # type: ignore[arg-type]
    assert told(reasons_of_devices(draft(field), "T1", LAYOUT.gates[0])) == [(code, {"unit": "io-vn"})]


@pytest.mark.parametrize("unit", ["barrier-vn", "io-vn"])
def test_which_unit_is_lost_and_why(unit: str) -> None:
    field = a_lane_in_service()
    field.say(LinkLost(unit, "cable"))
    assert told(reasons_of_devices(draft(field), "T1", LAYOUT.gates[0])) == [("unit_lost", {"unit": unit, "why": "cable"})]


def test_what_is_the_matter_with_a_truck() -> None:
    field = a_truck_standing_in_k2()
    field.truck(fatal="engine", rejected="no such node", last_node="vn-gate", standing=True)
    field.silence(2.0)
    assert told(reasons_of_truck(draft(field), "T1", "T1")) == [
        ("truck_silent", {"limit_s": "2"}),
        ("truck_stopped", {"why": "place_jumped"}),
        ("truck_cancelling", {}),
        ("truck_elsewhere", {"section": "K2", "node": "vn-gate"}),
        ("truck_fatal", {"error": "engine"}),
        ("truck_rejected", {"why": "no such node"}),
    ]


def test_a_truck_that_was_counted_nowhere_is_told_so() -> None:
    field = a_lane_in_service()
    field.truck(last_node="K2-stop")
    assert ("truck_elsewhere", {"section": "-", "node": "K2-stop"}) in told(reasons_of_truck(draft(field), "T1", "T1"))


def test_which_truck_has_the_section_and_the_gate_that_another_wants() -> None:
    field = a_truck_sent_to_k2()
    field.truck("T2")
    found = told(reasons_of_way(draft(field), "T2", 1, given=False))
    assert ("section_locked", {"section": "K1", "truck": "T1"}) in found
    field = under_the_exit_boom()
    field.truck("T2")
    assert ("gate_taken", {"gate": "cn", "truck": "T1"}) in told(reasons_of_way(draft(field), "T2", 4, given=False))


@pytest.mark.parametrize("detector", ["vn-loop", "vn-curtain", "vn-clear"])
def test_which_detector_does_not_prove_the_gate_vacant(detector: str) -> None:
    field = a_lane_in_service()
    field.truck()
    field.occupy(detector)
    assert ("gate_not_vacant", {**VN, "detector": detector}) in told(reasons_of_way(draft(field), "T1", 1, given=False))


def test_which_signal_leads_into_the_lane_against_it() -> None:
    field = a_lane_in_service()
    field.truck()
    gates = {**field.lane.gates, "cn": replace(field.lane.gates["cn"], shown=Aspect.PROCEED)}
    field.lane = replace(field.lane, gates=gates)
    assert ("conflicting_proceed", {"gate": "cn"}) in told(reasons_of_way(draft(field), "T1", 1, given=False))
