"""What a refusal names, an operator goes to: the section, the detector and the gate have to be the ones that are meant."""

import pytest

from lanectl.model import Act, DetectorsReported, Reading
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
