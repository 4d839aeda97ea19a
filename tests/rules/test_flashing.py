"""T5: when a gate's units may be written."""

from msgspec.structs import replace

from lanectl.interlocking.flashing import flash_refusals
from lanectl.model import Act, SectionState
from tests.rules.scenes import a_lane_in_service, a_started_field, a_truck_sent_to_k2
from tests.rules.words import LAYOUT, Field, set_state


def why_not(field: Field, by: str = "Lan", second: str = "") -> list[str]:
    return [refusal.code for refusal in flash_refusals(LAYOUT, field.lane, by, second)]


def test_a_gate_that_was_never_armed_takes_two_persons() -> None:
    field = a_started_field()
    assert why_not(field, "Lan", "Minh") == []
    assert why_not(field, "Lan", "Lan") == ["act_second_needed"]
    assert why_not(field, "Lan") == ["act_second_needed"]
    assert why_not(field, "", "Minh") == ["act_name_needed"]


def test_an_open_lane_is_not_flashed() -> None:
    assert why_not(a_lane_in_service()) == ["lane_not_closed"]


def test_a_lane_in_an_emergency_stop_is_not_flashed() -> None:
    field = a_lane_in_service()
    field.act(Act.STOP)
    assert why_not(field) == ["service_in_emergency"]


def test_a_closed_lane_is_flashed_only_when_it_is_proved_vacant() -> None:
    field = a_lane_in_service()
    field.act(Act.CLOSE)
    assert why_not(field) == []
    set_state(field, "K2", SectionState.SUSPECT)
    set_state(field, "K3", SectionState.OCCUPIED)
    assert why_not(field) == ["section_suspect", "section_occupied"]
    field.lane = replace(field.lane, sections={})
    assert why_not(field) == ["section_suspect"] * 3


def test_a_lane_that_still_brings_a_truck_off_is_not_flashed() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CLOSE)
    assert why_not(field) == ["lane_drains"]
