from collections.abc import Callable

import pytest
from msgspec.structs import replace

from lanectl.layout import Layout
from lanectl.model import COUNT_LOST, Act, BoomMove, Connection, LinkLost, PointNow, SectionNow, SectionState, SetBoom, UnitRestarted
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_started_field,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    leave_k1,
    under_the_exit_boom,
)
from tests.rules.words import LAYOUT, Field, a_layout_both_ways, set_state


def test_nobody_declares_a_section_vacant_alone() -> None:
    field = a_started_field()
    assert field.act(Act.DECLARE, "K1") == ["act_reason_needed", "act_evidence_needed", "act_second_needed"]
    assert field.act(Act.DECLARE, "K1", reason="looked", evidence="photo", by="Lan", second="Lan") == ["act_second_needed"]
    assert field.states() == "SSS"


def test_two_persons_declare_a_section() -> None:
    field = a_started_field()
    assert field.declare("K2") == []
    assert field.states() == "SVS"
    assert field.declare("K9") == ["act_target_unknown"]
    assert field.declare("K2") == ["nothing_to_declare"]


def test_a_section_is_not_declared_against_its_detectors() -> None:
    field = a_started_field()
    field.occupy("P1-a")
    assert field.declare("K1") == ["detector_occupied"]
    field.say(LinkLost("io-bridge", "unplugged"))
    assert field.declare("K1") == ["detector_unknown"] * 2
    assert field.declare() == ["detector_unknown"] * 8


def test_d4_a_detector_that_was_powered_up_and_is_not_heard_any_more_is_not_vouched_for() -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-bridge"))
    field.wait(0.5)
    assert field.lane.detectors["P1-a"].distrusted
    field.dead.add("io-bridge")
    field.wait(2.0)
    assert field.declare("K1") == ["detector_unknown"] * 2


def test_what_cannot_be_declared_is_refused_by_its_name() -> None:
    field = a_lane_in_service()
    assert field.declare("K9") == ["act_target_unknown"]
    assert dict(field.refusal("act_target_unknown").params) == {"target": "K9"}
    assert field.declare("K2") == ["nothing_to_declare"]
    assert dict(field.refusal("nothing_to_declare").params) == {"target": "K2"}


def test_nothing_is_left_in_a_section_of_what_was_in_it_before_it_was_declared() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    field.truck(authority_end="K2-stop", cancelled=False)
    leave_k1(field)
    assert (field.section("K2").entered, field.section("K2").swept) == (True, True)
    field.truck(connection=Connection.BROKEN)
    for name in ("K3", "K2"):
        assert field.declare(name) == []
    assert field.section("K2") == SectionNow(state=SectionState.VACANT)


def test_a_section_is_not_declared_while_its_truck_may_be_in_it() -> None:
    field = a_truck_sent_to_k2()
    assert field.declare("K1") == ["declare_truck_inside"]
    assert field.declare("K2") == ["declare_truck_inside"]


def test_a_truck_that_was_towed_away_is_declared_out_of_the_lane() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K2") == []
    assert field.locks()["K2"] == "T1", "it has a way into it from K1"
    assert field.declare("K1") == []
    assert field.states() == "VVV"
    assert field.locks() == {}
    assert field.lane.trucks["T1"].stopped_by == "declared_away"


def test_a_truck_that_was_towed_from_the_gate_gives_its_way_back() -> None:
    field = a_truck_with_proceed()
    field.vacate("vn-approach")
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K1") == []
    assert field.locks() == {}
    assert field.lane.gates["vn"].passing == ""
    field.take()
    assert field.act(Act.RESET, "vn") == []
    assert SetBoom("vn", BoomMove.DOWN) in field.take()


def test_a_truck_declared_away_needs_a_reset_when_it_comes_back() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.OFFLINE)
    field.declare("K1")
    field.truck(connection=Connection.ONLINE, authority_end="", last_node="vn-gate")
    field.occupy("vn-approach")
    assert "truck_stopped" in field.why()


def test_a_truck_that_stands_in_two_sections_is_declared_out_of_both() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.truck(connection=Connection.BROKEN)
    field.vacate("P1-a")
    assert field.declare("K1") == []
    assert field.locks() == {"K2": "T1", "K3": "T1"}
    assert field.declare("K2") == []
    assert field.locks() == {}


def test_a_truck_that_says_it_is_beyond_the_gate_frees_the_section_it_left_unseen() -> None:
    field = a_truck_sent_to_k2()
    leave_k1(field)
    field.truck(last_node="cn-clear", authority_end="cn-gate", order_done=True, standing=True)
    assert field.declare("K2") == []
    assert field.locks() == {}


def test_an_overlap_that_is_declared_stays_locked() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("cn-loop")
    field.vacate("cn-loop")
    assert field.section("K3").state.value == "SUSPECT"
    field.truck(localised=False)
    assert field.declare("K3") == []
    assert field.locks()["K3"] == "T1"


def test_r12_declaring_the_whole_lane_means_what_is_suspect_and_no_section_that_is_a_trucks() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    field.occupy("cn-loop")
    field.vacate("cn-loop")
    assert field.states() == "OVS"
    assert field.declare() == []
    assert (field.states(), field.locks()) == ("OVV", {"K1": "T1", "K2": "T1", "K3": "T1"})
    assert field.declare() == ["nothing_to_declare"]


def test_r8_declaring_the_whole_lane_for_its_count_leaves_what_is_not_doubtful_alone() -> None:
    field = a_truck_sent_to_k2(a_layout_both_ways())
    field.occupy("cn-loop")
    field.vacate("cn-loop")
    field.lane = replace(field.lane, count=COUNT_LOST)
    assert field.declare() == []
    assert (field.states(), field.lane.count) == ("OVV", COUNT_LOST)


@pytest.mark.parametrize(("layout", "target"), [(a_layout_both_ways(), "K2"), (LAYOUT, "")])
def test_r8_a_lost_count_is_begun_anew_only_for_a_whole_lane_worked_both_ways(layout: Layout, target: str) -> None:
    field = a_lane_in_service(layout)
    field.lane = replace(field.lane, count=COUNT_LOST)
    assert field.declare(target) == ["nothing_to_declare"]


# ---------------------------------------------------------------- whose lock may be taken (R12)


def a_truck_in_two_sections() -> Field:
    """Counted into K1 and K2, and standing over the point between them."""
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    assert field.states() == "OOV"
    return field


def test_r12_a_truck_that_is_not_heard_any_more_is_declared_out_of_its_section() -> None:
    field = a_truck_sent_to_k2()
    field.dead.add("T1")
    field.wait(2.25)
    assert field.declare("K1") == []
    assert field.locks() == {}


def test_r12_a_truck_that_says_it_stands_before_the_entry_may_be_in_the_first_section_but_in_no_other() -> None:
    field = a_truck_in_two_sections()
    field.vacate("P1-a")
    field.act(Act.CANCEL, "T1")
    field.truck(last_node="vn-gate", authority_end="", cancelled=True, standing=True)
    assert field.lane.trucks["T1"].authority == ""
    assert field.declare("K1") == ["declare_truck_inside"]
    assert field.declare("K2") == []
    assert field.states()[1] == "V"


def test_r12_a_truck_that_says_it_is_out_without_a_way_is_declared_out_of_its_sections_in_any_order() -> None:
    field = a_truck_in_two_sections()
    field.vacate("P1-a")
    field.truck(last_node="cn-clear", authority_end="cn-gate", order_done=True, standing=True)
    field.wait(2.25)
    assert field.declare("K2") == []
    assert field.lane.trucks["T1"].authority == ""
    assert (field.locks()["K1"], list(field.lane.consignments)) == ("T1", ["C-T1"]), "until it is declared out of that too"
    assert field.declare("K1") == []
    assert field.locks() == {}


def test_r12_a_truck_that_is_declared_out_of_one_section_keeps_its_way_while_it_may_be_in_another() -> None:
    field = a_truck_in_two_sections()
    field.truck(connection=Connection.BROKEN)
    field.vacate("P1-a")
    way = field.lane.trucks["T1"].authority
    assert way != ""
    assert field.declare("K1") == []
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].stopped_by) == (way, "")


def test_r12_another_trucks_doubtful_section_ahead_does_not_keep_a_section_from_being_declared() -> None:
    field = a_truck_sent_to_k2()
    field.truck("T2")
    set_state(field, "K3", SectionState.SUSPECT)
    field.lane = replace(field.lane, sections={**field.lane.sections, "K3": replace(field.section("K3"), locked_for="T2")})
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K1") == []


def test_r12_an_overlap_that_is_declared_stays_locked_for_a_truck_that_has_not_entered_yet() -> None:
    field = a_truck_with_proceed()
    set_state(field, "K2", SectionState.SUSPECT)
    assert field.declare("K2") == []
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_r12_a_truck_is_declared_away_with_its_papers_though_another_is_in_the_lane_behind_it() -> None:
    field = a_truck_standing_in_k2()
    field.truck("T2")
    behind = SectionNow(SectionState.OCCUPIED, locked_for="T2", entered=True)
    field.lane = replace(field.lane, sections={**field.lane.sections, "K1": behind})
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K2") == []
    assert (field.locks(), field.lane.consignments) == ({"K1": "T2"}, {})


@pytest.mark.parametrize(("scene", "gate", "section"), [(a_truck_with_proceed, "vn", "K1"), (under_the_exit_boom, "cn", "K3")])
def test_r12_a_truck_that_is_declared_away_holds_no_gate_though_that_is_not_seen_to_be_empty_yet(
    scene: Callable[[], Field], gate: str, section: str
) -> None:
    """Its detectors were powered up: the two persons vouch for them, and they have not been read since."""
    field = scene()
    assert field.lane.gates[gate].passing == "T1"
    field.truck(connection=Connection.BROKEN)
    field.vacate(f"{gate}-approach")
    field.say(UnitRestarted(f"io-{gate}"))
    field.wait(0.25)
    assert field.declare(section) == []
    assert field.reading(f"{gate}-loop").value == "UNKNOWN"
    assert (field.locks(), field.lane.gates[gate].passing) == ({}, "")


def test_r12_a_truck_is_first_declared_out_of_whatever_section_it_may_be_in_behind() -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.occupy("P2-a")
    field.truck(connection=Connection.BROKEN)
    field.vacate("P2-a")
    assert field.locks() == {"K2": "T1", "K3": "T1"}
    assert field.declare("K3") == ["declare_other_first"]
    assert dict(field.refusal("declare_other_first").params)["first"] == "K2"


def test_r12_a_truck_is_first_declared_out_of_whatever_section_it_may_be_in_ahead() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("cn-loop")
    field.vacate("cn-loop")
    assert (field.states(), field.locks()) == ("OVS", {"K1": "T1", "K2": "T1", "K3": "T1"})
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K1") == ["declare_other_first"]
    assert dict(field.refusal("declare_other_first").params)["first"] == "K3"


def test_r12_a_truck_that_may_have_driven_on_unseen_is_not_declared_away_with_the_section_behind() -> None:
    field = a_truck_sent_to_k2()
    set_state(field, "K2", SectionState.SUSPECT)
    field.truck(last_node="cn-clear", authority_end="", standing=True)
    assert field.declare("K1") == []
    assert field.locks()["K2"] == "T1"
    assert field.lane.trucks["T1"].stopped_by != "declared_away"


def test_r12_a_truck_keeps_its_papers_while_it_may_be_in_one_of_its_two_sections() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.truck(connection=Connection.BROKEN)
    field.vacate("P1-a")
    assert field.declare("K1") == []
    assert "C-T1" in field.lane.consignments
    assert field.declare("K2") == []
    assert "C-T1" not in field.lane.consignments


def test_r12_a_truck_keeps_its_papers_while_it_may_be_in_the_last_section() -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.occupy("P2-a")
    field.truck(connection=Connection.BROKEN)
    field.vacate("P2-a")
    assert field.declare("K2") == []
    assert "C-T1" in field.lane.consignments
    assert field.declare("K3") == []
    assert "C-T1" not in field.lane.consignments


@pytest.mark.parametrize("scene", [a_truck_with_proceed, a_truck_in_k1])
def test_r8_what_is_locked_for_a_truck_is_not_declared_for_a_lost_count(scene: Callable[[Layout], Field]) -> None:
    """It is not heard any more, but nothing says that it is not there, and one section of the three is nobody's."""
    field = scene(a_layout_both_ways())
    field.truck(connection=Connection.BROKEN)
    field.lane = replace(field.lane, count=COUNT_LOST)
    locks = field.locks()
    assert len(locks) == (2 if scene is a_truck_with_proceed else 3)
    assert field.declare() == ["nothing_to_declare"]
    assert field.locks() == locks


@pytest.mark.parametrize(("waits", "head"), [(False, 0), (True, 1)])
def test_d5_an_entry_that_lost_count_counts_again_when_it_is_declared_with_what_waits_before_its_boom(waits: bool, head: int) -> None:
    """Its unit was powered up, and what was seen first behind the boom had been seen nowhere before."""
    field = a_lane_in_service()
    field.say(UnitRestarted("io-vn"))
    field.occupy("vn-clear")
    field.vacate("vn-clear")
    if waits:
        field.occupy("vn-approach")
    assert field.lane.points["P0"].lost
    assert field.declare("K1") == []
    assert field.lane.points["P0"] == PointNow(head=head)
