"""What a person says is held against what the lane knows: where a truck is seen, what is vacant, what may be opened."""

from typing import Any

import pytest
from msgspec.structs import replace

from lanectl.model import (
    COUNT_LOST,
    Act,
    Aspect,
    Boom,
    Connection,
    Direction,
    LinkLost,
    PointNow,
    SectionState,
    SignalReported,
    UnitRestarted,
    WatchdogReported,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_started_field,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    drive_out,
    under_the_exit_boom,
)
from tests.rules.words import Field, a_layout_both_ways

# ---------------------------------------------------------------- where a truck is seen (SWEEP)


def test_r11_a_truck_is_not_seen_before_the_boom_when_it_says_that_it_is_further_on() -> None:
    field = a_restarted_truck_in_k1()
    field.truck(last_node="K1-stop")
    field.occupy("vn-approach")
    assert field.act(Act.SWEEP, "T1", place="vn") == ["sweep_not_placed"]
    assert field.section("K1").locked_for == "T1"


@pytest.mark.parametrize("says", ["K2-stop", "cn-gate"])
def test_r11_a_truck_is_not_seen_in_a_section_that_it_says_it_has_passed(says: str) -> None:
    field = a_restarted_truck_in_k1()
    field.truck(last_node=says)
    assert field.act(Act.SWEEP, "T1", place="K1") == ["sweep_not_placed"]


def test_r11_a_truck_is_not_seen_in_a_section_that_it_was_counted_out_of() -> None:
    field = a_truck_standing_in_k2()
    field.truck(last_node="K1-stop", authority_end="cn-gate")
    assert field.act(Act.SWEEP, "T1", place="K1") == ["sweep_not_placed"]
    assert field.act(Act.SWEEP, "T1", place="K2") == []


@pytest.mark.parametrize(("locked_for", "entered"), [("T9", True), ("T1", False)])
def test_r11_a_truck_stands_across_two_sections_only_when_it_was_counted_into_both(locked_for: str, entered: bool) -> None:
    field = a_truck_standing_in_k2()
    field.truck(last_node="K1-stop", authority_end="cn-gate")
    behind = replace(field.section("K1"), state=SectionState.SUSPECT, locked_for=locked_for, entered=entered)
    field.lane = replace(field.lane, sections={**field.lane.sections, "K1": behind})
    assert field.act(Act.SWEEP, "T1", place="K1") == ["sweep_not_placed"]


def test_a_truck_under_the_entry_boom_that_was_counted_in_sweeps_from_there() -> None:
    field = a_truck_in_k1()
    field.vacate("vn-approach")
    assert field.section("K1").state is SectionState.OCCUPIED
    assert field.act(Act.SWEEP, "T1") == []


def test_r11_what_was_counted_in_for_a_truck_that_is_seen_before_the_boom_is_in_the_section_still() -> None:
    field = a_truck_sent_to_k2()
    field.truck(last_node="vn-gate", order_done=True, standing=True)
    field.occupy("vn-approach")
    assert field.section("K1").state is SectionState.OCCUPIED
    assert field.act(Act.SWEEP, "T1", place="vn") == []
    assert (field.section("K1").state, field.section("K1").locked_for) == (SectionState.SUSPECT, "")


# ---------------------------------------------------------------- what is vacant (DECLARE)


def test_r12_of_the_whole_lane_all_that_is_suspect_is_declared_or_nothing() -> None:
    field = a_started_field()
    field.occupy("P1-a")
    assert set(field.declare()) == {"detector_occupied"}
    assert field.states() == "SSS"


def test_r12_a_truck_that_says_it_stands_before_the_exit_boom_is_not_out_of_the_lane() -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.truck(last_node="cn-gate", authority_end="", standing=True)
    assert field.declare("K2") == ["declare_truck_inside"]


# ---------------------------------------------------------------- opening, re-arming, turning

BOTH_GATES = pytest.mark.parametrize("gate", ["vn", "cn"])


def a_closed_lane() -> Field:
    field = a_lane_in_service()
    assert field.act(Act.CLOSE) == []
    return field


@BOTH_GATES
def test_s7_the_lane_is_opened_only_when_both_gates_are_proved(gate: str) -> None:
    field = a_closed_lane()
    field.boom(gate, Boom.UP, local=True)
    field.boom(gate, Boom.UP)
    assert field.act(Act.OPEN) == ["boom_not_down"]
    field = a_closed_lane()
    field.say(SignalReported(gate, Aspect.PROCEED, field.now, False))
    assert field.act(Act.OPEN) == ["signal_unproved", "stop_unproved"]
    field = a_closed_lane()
    field.say(WatchdogReported(f"io-{gate}", armed=False, tripped=False, proved=True))
    assert field.act(Act.OPEN) == ["watchdog_not_armed"]
    field = a_closed_lane()
    field.say(LinkLost(f"barrier-{gate}", "cable"))
    assert "unit_lost" in field.act(Act.OPEN, reason="seen to be down")


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"standing": False}, ["rearm_truck_passing"]),
        ({"standing": True}, []),
        ({"standing": True, "connection": Connection.BROKEN}, ["rearm_truck_passing"]),
    ],
)
def test_s6_a_watchdog_is_rearmed_beside_a_truck_only_when_that_stands_without_a_way(changes: dict[str, Any], codes: list[str]) -> None:
    field = under_the_exit_boom()
    field.occupy("cn-loop", "cn-curtain")
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, standing=True, authority_end="")
    assert (field.lane.trucks["T1"].authority, field.lane.gates["cn"].passing) == ("", "T1")
    field.truck(**changes)
    assert field.act(Act.REARM, "io-cn") == codes


def test_s6_a_watchdog_is_not_rearmed_beside_a_truck_that_stands_with_a_way() -> None:
    field = a_truck_with_proceed()
    field.truck(standing=True, order_done=True)
    assert field.act(Act.REARM, "io-vn") == ["rearm_truck_passing"]


def test_r8_a_lane_is_not_turned_under_a_signal_that_was_asked_to_show_proceed() -> None:
    field = a_lane_in_service(a_layout_both_ways())
    gates = {name: replace(now, aspect_asked=Aspect.PROCEED) if name == "vn" else now for name, now in field.lane.gates.items()}
    field.lane = replace(field.lane, gates=gates)
    assert field.act(Act.TURN, Direction.CN_TO_VN.value) == ["stop_unproved"]


def pass_unannounced(field: Field) -> None:
    field.occupy("vn-approach")
    field.occupy("vn-loop", "vn-curtain")
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.vacate("vn-loop", "vn-curtain")
    field.vacate("vn-clear")


def test_r8_more_than_there_are_sections_cannot_be_in_the_lane_and_what_leaves_then_finds_no_count_again() -> None:
    field = a_lane_in_service(a_layout_both_ways())
    for count in (1, 2, 3, COUNT_LOST, COUNT_LOST):
        pass_unannounced(field)
        assert field.lane.count == count
    field.occupy("cn-approach")
    drive_out(field)
    assert field.lane.count == COUNT_LOST


def test_r8_a_count_that_was_lost_is_not_found_again_by_the_next_that_comes() -> None:
    """Something drove out that never came in: nobody knows what else is inside."""
    field = a_lane_in_service(a_layout_both_ways())
    field.occupy("cn-approach")
    drive_out(field)
    assert field.lane.count == COUNT_LOST
    pass_unannounced(field)
    assert field.lane.count == COUNT_LOST


@pytest.mark.parametrize(("unit", "section", "point"), [("io-bridge", "K1", "P1"), ("io-bridge", "K2", "P1"), ("io-cn", "K3", "P3")])
def test_d5_a_point_that_lost_count_counts_again_when_either_section_beside_it_is_declared(unit: str, section: str, point: str) -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted(unit))
    last = field.layout.index.points[point].groups[-1][0]
    field.occupy(last)
    field.vacate(last)
    assert field.lane.points[point].lost
    assert field.declare(section) == []
    assert field.lane.points[point] == PointNow()
