"""What a refusal names, an operator goes to: the section, the detector and the gate have to be the ones that are meant."""

import pytest

from lanectl.model import Act, Boom, DetectorsReported, LinkLost, Reading, WatchdogReported
from tests.rules.scenes import a_started_field, a_truck_at_the_gate, a_truck_before_the_exit, a_truck_in_k1, a_truck_with_proceed, arrive
from tests.rules.words import Field


def said(field: Field, code: str) -> dict[str, str]:
    return dict(field.refusal(code).params)


def test_a_truck_that_says_another_place_is_told_the_section_that_it_was_counted_into() -> None:
    field = a_truck_in_k1()
    field.truck(last_node="cn-gate")
    assert said(field, "truck_elsewhere") == {"section": "K1", "node": "cn-gate"}


def test_a_truck_that_was_counted_into_no_section_is_told_so() -> None:
    field = a_truck_with_proceed()
    field.truck(last_node="cn-gate")
    assert said(field, "truck_elsewhere") == {"section": "-", "node": "cn-gate"}


@pytest.mark.parametrize("detector", ["vn-loop", "vn-curtain", "vn-clear"])
def test_a_gate_that_is_not_seen_to_be_free_names_the_detector_that_is_not_seen(detector: str) -> None:
    field = a_truck_at_the_gate()
    field.say(DetectorsReported("io-vn", field.now, ((detector, Reading.UNKNOWN),)))
    assert said(field, "gate_not_vacant") == {"gate": "vn", "detector": detector}


def test_a_gate_that_lost_count_names_a_detector_under_its_boom() -> None:
    field = a_truck_before_the_exit()
    field.occupy("cn-clear")
    field.occupy("cn-approach")
    field.vacate("cn-clear")
    assert said(field, "gate_not_vacant")["detector"] in ("cn-loop", "cn-curtain")


def test_a_sweeping_truck_that_left_the_approach_is_not_said_to_have_driven_in_uncounted() -> None:
    """Whoever reads that orders a sweep from where the truck is seen inside."""
    field = a_started_field()
    arrive(field)
    assert field.act(Act.SWEEP, "T1") == []
    field.vacate("vn-approach")
    assert field.why() == ["approach_vacant"]


def test_a_truck_that_does_not_sweep_is_not_said_to_have_driven_in_uncounted() -> None:
    field = a_truck_with_proceed()
    field.vacate("vn-approach")
    field.say(DetectorsReported("io-vn", field.now, (("vn-curtain", Reading.UNKNOWN),)))
    field.truck(cancelled=True, authority_end="")
    assert field.lane.gates["vn"].passing == "T1"
    assert "approach_vacant" in field.why()


@pytest.mark.parametrize("unit", ["barrier-vn", "io-vn"])
def test_a_unit_that_is_lost_is_named_with_why_it_is(unit: str) -> None:
    field = a_truck_at_the_gate()
    field.say(LinkLost(unit, f"cable of {unit}"))
    assert said(field, "unit_lost") == {"unit": unit, "why": f"cable of {unit}"}


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (WatchdogReported("io-vn", armed=True, tripped=True, proved=True), "watchdog_tripped"),
        (WatchdogReported("io-vn", armed=False, tripped=False, proved=True), "watchdog_not_armed"),
        (WatchdogReported("io-vn", armed=True, tripped=False, proved=False), "watchdog_unproved"),
    ],
)
def test_a_watchdog_is_named_by_the_module_that_has_it(report: WatchdogReported, code: str) -> None:
    field = a_truck_at_the_gate()
    field.say(report)
    assert said(field, code) == {"unit": "io-vn"}


def test_a_truck_says_its_own_trouble_and_its_silence_by_the_limit_of_a_state() -> None:
    field = a_truck_with_proceed()
    field.truck(fatal="motor", rejected="no such map")
    assert (said(field, "truck_fatal"), said(field, "truck_rejected")) == ({"error": "motor"}, {"why": "no such map"})
    field.dead.add("T1")
    field.wait(2.25)
    assert said(field, "truck_silent") == {"limit_s": "2"}


def test_a_gate_in_fault_says_what_failed() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.DOWN, fault="motor hot")
    assert said(field, "gate_fault") == {"gate": "vn", "fault": "motor hot"}
