"""A site may keep more than one section vacant beyond where a truck stops: each rule that asks for the overlap asks for all of it."""

from dataclasses import replace

import pytest

from lanectl.model import Boom, SectionState
from tests.rules.scenes import a_lane_in_service, a_truck_at_the_gate, arrive
from tests.rules.words import a_layout, set_state

LAYOUT = replace(a_layout(5), overlap_sections=2)


def test_r2_a_way_locks_its_section_and_all_of_its_overlap() -> None:
    assert a_truck_at_the_gate(LAYOUT).locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}


@pytest.mark.parametrize("section", ["K2", "K3"])
def test_r3_no_way_leads_towards_an_overlap_of_which_any_section_is_not_vacant(section: str) -> None:
    field = a_lane_in_service(LAYOUT)
    set_state(field, section, SectionState.SUSPECT)
    arrive(field)
    assert field.why() == ["section_suspect"]
    assert field.locks() == {}


def test_r3_what_lies_beyond_the_overlap_is_not_asked_for() -> None:
    field = a_lane_in_service(LAYOUT)
    set_state(field, "K4", SectionState.SUSPECT)
    arrive(field)
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}


def test_r5_a_truck_that_gets_nothing_further_keeps_all_of_its_overlap() -> None:
    field = a_lane_in_service(LAYOUT)
    set_state(field, "K4", SectionState.SUSPECT)
    arrive(field)
    field.boom("vn", Boom.UP)
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    assert field.section("K1").entered
    assert field.why() == ["section_suspect"]
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}
