from dataclasses import replace
from typing import Any

import pytest

from lanectl.model import (
    Act,
    Aspect,
    Authority,
    Boom,
    CancelAuthority,
    ClearanceReported,
    Connection,
    ConsignmentReported,
    Direction,
    ExtendAuthority,
    IdentityReported,
    LinkLost,
    Match,
    ReadPlate,
    SectionState,
    SetAspect,
    Standing,
    TruckMode,
)
from tests.rules.test_booms import pass_the_gate
from tests.rules.test_detection import a_truck_sent_to_k2, leave_k1
from tests.rules.words import (
    Field,
    a_lane_in_service,
    a_layout,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_with_proceed,
    arrive,
    set_state,
)


def extended(field: Field) -> list[tuple[str, str]]:
    return [(c.truck, c.node) for c in field.take() if isinstance(c, ExtendAuthority)]


def a_truck_standing_in_k2() -> Field:
    """At the end of its authority, a second truck waits at the gate."""
    field = a_truck_sent_to_k2()
    leave_k1(field)
    field.boom("vn", Boom.DOWN)
    field.take()
    return field


# ------------------------------------------------------------ given


def test_authority_and_proceed_come_with_the_proved_boom() -> None:
    field = a_truck_at_the_gate()
    field.take()
    field.boom("vn", Boom.UP)
    assert field.take() == [ExtendAuthority("T1", "K1-stop"), SetAspect("vn", Aspect.PROCEED)]


def test_a_way_locks_the_section_and_its_overlap() -> None:
    assert a_truck_at_the_gate().locks() == {"K1": "T1", "K2": "T1"}


def test_authority_reaches_one_section_ahead() -> None:
    field = a_truck_sent_to_k2()
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}
    field.take()
    field.occupy("P1-a")
    assert extended(field) == [("T1", "cn-gate")]


def test_authority_is_not_extended_before_the_last_is_echoed() -> None:
    field = a_truck_in_k1()
    field.truck(authority_end="K1-stop")
    assert field.lane.trucks["T1"].authority == "K2-stop"
    field.occupy("P1-a")
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert field.why() == ["truck_echo_awaited"]
    field.truck(authority_end="K2-stop")
    assert field.lane.trucks["T1"].authority == "cn-gate"


def test_authority_is_sent_again_until_it_is_echoed() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.take()
    field.wait(2)
    assert extended(field) == [("T1", "K1-stop")]
    assert field.why() == ["truck_echo_awaited"]
    field.truck(authority_end="K1-stop")
    field.wait(10)
    assert extended(field) == []


def test_authority_is_not_sent_again_when_a_condition_is_lost() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.take()
    field.truck(localised=False)
    field.wait(5)
    assert extended(field) == []
    assert "truck_not_localised" in field.why()
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_a_rejected_order_withholds_authority_and_says_why() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.take()
    field.truck(rejected="no such map")
    field.wait(5)
    assert field.why() == ["truck_rejected"]
    assert extended(field) == []
    assert field.act(Act.RESET, "T1") == []
    assert ("T1", "K1-stop") in extended(field)
    assert field.why() == []
    field.wait(0.5)
    assert field.why() == ["truck_rejected"]


def test_a_rejected_update_is_reset_to_what_the_truck_shows() -> None:
    field = a_truck_in_k1()
    field.truck(rejected="no such node", standing=True)
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert not field.lane.trucks["T1"].echoed
    field.truck(rejected="")
    field.truck(authority_end="K2-stop")
    assert field.why() == []


# ------------------------------------------------------------ why not


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"connection": Connection.BROKEN}, "truck_broken"),
        ({"mode": TruckMode.MANUAL}, "truck_not_automatic"),
        ({"localised": False}, "truck_not_localised"),
        ({"fatal": "motor"}, "truck_fatal"),
        ({"e_stop": True}, "truck_e_stop"),
        ({"standing": False}, "truck_not_standing"),
        ({"paused": True}, "truck_paused"),
    ],
)
def test_a_truck_gets_no_way_unless_it_is_fit(changes: dict[str, Any], code: str) -> None:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate", **changes)
    field.occupy("vn-approach")
    field.identify()
    assert code in field.why()
    assert field.locks() == {}


@pytest.mark.parametrize(
    ("match", "code"),
    [(Match.UNSURE, "identity_unsure"), (Match.NOT_LISTED, "identity_not_listed"), (Match.UNREADABLE, "identity_unreadable")],
)
def test_no_truck_gets_a_way_on_a_plate_that_does_not_match(match: Match, code: str) -> None:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    assert field.why() == ["identity_unread"]
    field.identify(match=match)
    assert field.why() == [code]


def test_a_plate_that_belongs_to_another_truck_gives_no_way() -> None:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify("T9")
    assert field.why() == ["identity_other"]


def test_a_person_is_asked_when_a_plate_takes_too_long() -> None:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.wait(30)
    assert field.why() == ["identity_late"]
    field.identify(match=Match.UNREADABLE)
    assert field.why() == ["identity_unreadable", "identity_late"]


def test_plates_are_read_while_a_truck_stands_there_unidentified() -> None:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    assert field.take() == [ReadPlate("vn", True)]
    field.identify(match=Match.UNSURE)
    assert field.take() == []
    field.identify()
    assert ReadPlate("vn", False) in field.take()


def test_an_identity_ends_when_the_approach_is_left() -> None:
    field = a_truck_at_the_gate()
    field.vacate("vn-approach")
    assert field.lane.gates["vn"].identity is None
    assert field.locks() == {}
    assert "approach_vacant" in field.why()
    field.occupy("vn-approach")
    assert field.why() == ["identity_unread"]


def test_an_identity_is_used_up_by_the_entry() -> None:
    field = a_truck_in_k1()
    assert field.lane.gates["vn"].identity is None
    field.identify()
    assert field.lane.gates["vn"].identity is None
    assert not field.lane.gates["vn"].reading_plate


def test_an_identity_read_at_an_empty_gate_or_at_another_is_nobodys() -> None:
    field = a_lane_in_service()
    field.identify()
    assert field.lane.gates["vn"].identity is None
    field.occupy("vn-approach")
    field.say(IdentityReported("cn", Match.MATCHED, "T1", "14C12345", 0.9, "sha"))
    assert field.lane.gates["vn"].identity is None


def test_something_that_no_truck_owns_to_be_is_said() -> None:
    field = a_lane_in_service()
    field.occupy("vn-approach")
    assert field.why("vn") == ["something_at_gate"]
    field.identify("T9")
    assert not field.lane.gates["vn"].reading_plate


def test_both_authorities_must_have_cleared_the_consignment() -> None:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    assert field.why() == ["consignment_missing"]
    field.say(ConsignmentReported("C1", "T1", "14C12345"))
    assert field.why() == ["consignment_not_cleared", "consignment_not_cleared"]
    field.say(ClearanceReported("C1", Authority.VN, Standing.CLEARED))
    field.say(ClearanceReported("C1", Authority.CN, Standing.HELD))
    assert field.why() == ["consignment_held"]
    field.say(ClearanceReported("C1", Authority.CN, Standing.CLEARED))
    assert field.why() == ["boom_not_up"]


def test_a_consignment_declared_again_keeps_its_standing_only_for_the_same_truck() -> None:
    field = a_lane_in_service()
    field.clear()
    field.say(ConsignmentReported("C-T1", "T1", "14C12345"))
    assert len(field.standing("C-T1")) == 2
    field.say(ConsignmentReported("C-T1", "T2", "14C12345"))
    assert field.standing("C-T1") == {}


def test_a_clearance_of_nothing_that_was_declared_is_refused() -> None:
    field = a_lane_in_service()
    field.say(ClearanceReported("C9", Authority.VN, Standing.CLEARED))
    assert field.why("C9") == ["clearance_unknown"]


def test_a_site_may_say_that_it_needs_no_clearance() -> None:
    field = a_lane_in_service(a_layout(clearance_needed=False))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    assert field.why() == ["boom_not_up"]


def test_no_truck_enters_when_the_far_end_has_no_room_for_all() -> None:
    field = a_lane_in_service(a_layout(places_beyond=1))
    field.truck("T9", last_node="cn-clear")
    arrive(field)
    assert field.why() == ["no_room_beyond"]
    field.truck("T9", connection=Connection.OFFLINE)
    assert field.why() == ["boom_not_up"]


def test_direction_must_be_ours() -> None:
    field = a_lane_in_service()
    field.lane = replace(field.lane, direction=Direction.CN_TO_VN)
    arrive(field)
    assert "direction_not_ours" in field.why()


def test_a_section_whose_detectors_are_not_seen_now_gives_no_way() -> None:
    field = a_lane_in_service()
    field.dead.add("io-bridge")
    field.wait(0.75)
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    assert field.why() == ["detector_unknown", "detector_unknown"]
    assert field.locks() == {}


# ------------------------------------------------------------ several trucks


def test_a_follower_waits_until_its_section_and_overlap_are_nobodys() -> None:
    field = a_truck_standing_in_k2()
    arrive(field, "T2")
    assert field.why("T2") == ["section_locked"]
    field.occupy("P2-a")
    field.occupy("P2-b")
    field.vacate("P2-a")
    field.vacate("P2-b")
    assert field.locks() == {"K1": "T2", "K2": "T2", "K3": "T1"}


def test_two_trucks_never_hold_one_section() -> None:
    field = a_truck_standing_in_k2()
    arrive(field, "T2")
    field.wait(5)
    assert field.locks() == {"K2": "T1", "K3": "T1"}
    assert "T2" not in [truck for truck, _ in extended(field)]


def test_sections_are_given_back_in_order_behind_the_rear() -> None:
    field = a_truck_sent_to_k2()
    assert "K1" in field.locks()
    leave_k1(field)
    assert field.locks() == {"K2": "T1", "K3": "T1"}


# ------------------------------------------------------------ taken back


def test_closing_the_lane_cancels_a_truck_that_has_not_entered() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    assert field.take() == [CancelAuthority("T1"), SetAspect("vn", Aspect.STOP)]
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_a_cancelled_way_stays_locked_until_the_truck_is_proved_stopped_short() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.wait(60)
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.truck(cancelled=True, authority_end="", standing=False)
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.truck(standing=True)
    assert field.locks() == {}
    assert field.lane.gates["vn"].passing == ""
    assert field.lane.trucks["T1"].authority == ""


def test_a_cancellation_is_repeated_until_it_is_confirmed() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.take()
    field.wait(4.25)
    assert field.take().count(CancelAuthority("T1")) == 2
    field.truck(cancelled=True, authority_end="")
    field.take()
    field.wait(10)
    assert CancelAuthority("T1") not in field.take()


def test_a_truck_cancelled_under_the_boom_keeps_the_gate() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.occupy("vn-loop", "vn-curtain")
    field.truck(cancelled=True, authority_end="")
    assert field.lane.gates["vn"].passing == "T1"
    assert field.section("K1").entered


def test_a_truck_with_an_unseen_section_ahead_keeps_its_lock_although_it_stands() -> None:
    field = a_truck_with_proceed()
    field.dead.add("io-vn")
    field.wait(1)
    field.truck(cancelled=True, authority_end="")
    field.wait(1)
    assert field.lane.gates["vn"].passing == "T1"
    assert field.locks()["K1"] == "T1"


def test_a_way_ahead_that_turns_suspect_is_cancelled() -> None:
    field = a_truck_sent_to_k2()
    field.take()
    field.occupy("P2-b")
    assert CancelAuthority("T1") in field.take()
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.locks() == {"K1": "T1", "K3": "T1"}
    field.vacate("P2-b")
    assert field.locks() == {"K1": "T1"}


def test_a_truck_that_rolls_keeps_all_its_locks() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P2-b")
    field.truck(cancelled=True, authority_end="", standing=False)
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}


def test_a_cancelled_truck_gets_a_new_way_when_the_cause_is_gone() -> None:
    field = a_truck_with_proceed()
    field.lamp("vn", Aspect.PROCEED, failed=True)
    assert CancelAuthority("T1") in field.take()
    field.lamp("vn", Aspect.STOP)
    field.truck(cancelled=True, authority_end="")
    assert extended(field) == [("T1", "K1-stop")]


def test_authority_is_withheld_from_a_truck_that_is_being_cancelled() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P2-b")
    field.take()
    field.wait(5)
    assert extended(field) == []
    assert "truck_cancelling" in field.why() or field.lane.trucks["T1"].cancelling


# ------------------------------------------------------------ out of the lane


def a_truck_before_the_exit() -> Field:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.occupy("P2-a")
    field.truck(last_node="K2-stop")
    field.occupy("P2-b")
    field.vacate("P2-a")
    field.vacate("P2-b")
    return field


def test_the_exit_boom_rises_when_the_truck_is_in_the_last_section() -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.take()
    field.occupy("P2-a")
    assert field.lane.gates["cn"].asked is not None
    field.boom("cn", Boom.UP)
    assert extended(field) == [("T1", "cn-clear")]
    assert field.lane.gates["cn"].aspect_asked is Aspect.PROCEED


def test_a_truck_leaves_and_its_consignment_with_it() -> None:
    field = a_truck_before_the_exit()
    field.boom("cn", Boom.UP)
    field.lamp("cn", Aspect.PROCEED)
    field.truck(authority_end="cn-clear")
    field.occupy("cn-approach")
    field.truck(last_node="cn-gate")
    field.occupy("cn-loop", "cn-curtain")
    assert field.lane.gates["cn"].aspect_asked is Aspect.STOP
    field.lamp("cn", Aspect.STOP)
    field.occupy("cn-clear")
    field.vacate("cn-approach")
    field.vacate("cn-loop", "cn-curtain")
    field.vacate("cn-clear")
    assert field.states() == "VVV"
    assert field.locks() == {}
    assert field.lane.consignments == {}
    assert field.lane.trucks["T1"].authority == "cn-clear"
    field.wait(1)
    assert field.states() == "VVV"
    field.truck(last_node="cn-clear", order_done=True)
    assert field.lane.trucks["T1"].authority == ""
    assert field.why() == []


def test_a_truck_does_not_leave_when_the_place_behind_the_gate_is_taken() -> None:
    field = a_lane_in_service(a_layout(places_beyond=1))
    arrive(field)
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop")
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    field.lamp("vn", Aspect.STOP)
    field.truck(authority_end="K2-stop")
    field.occupy("P1-a", "P1-b")
    field.truck(authority_end="cn-gate")
    field.truck("T9", last_node="cn-clear")
    field.occupy("P2-a")
    assert field.why() == ["no_room_beyond"]


def test_a_held_consignment_keeps_its_truck_where_it_is() -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))
    field.occupy("P2-a")
    assert field.why() == ["consignment_held"]


def under_the_exit_boom() -> Field:
    field = a_truck_before_the_exit()
    field.boom("cn", Boom.UP)
    field.truck(authority_end="cn-clear")
    field.occupy("cn-approach")
    field.truck(last_node="cn-gate", standing=False)
    return field


def test_a_truck_that_was_cancelled_under_the_exit_boom_gets_a_new_way() -> None:
    field = under_the_exit_boom()
    field.say(LinkLost("io-cn", "no answer"))
    field.truck(cancelled=True, authority_end="", standing=True)
    field.occupy("cn-loop", "cn-curtain")
    field.wait(0.25)
    field.take()
    field.truck(cancelled=False)
    assert field.lane.trucks["T1"].authority == "cn-clear"


def test_a_truck_whose_passage_was_lost_under_the_exit_boom_sweeps_out() -> None:
    field = under_the_exit_boom()
    field.occupy("cn-clear")
    assert field.lane.points["P3"].lost
    assert field.lane.gates["cn"].aspect_asked is Aspect.STOP
    field.say(LinkLost("barrier-cn", "unplugged"))
    field.truck(cancelled=True, authority_end="", standing=True)
    field.occupy("cn-loop", "cn-curtain")
    field.boom("cn", Boom.UP)
    field.wait(0.25)
    assert "gate_not_vacant" in field.why()
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].authority == "cn-clear"


def test_a_truck_whose_passage_was_lost_under_the_entry_boom_sweeps_on() -> None:
    field = a_truck_with_proceed()
    field.truck(standing=False)
    field.occupy("vn-clear")
    field.occupy("vn-loop", "vn-curtain")
    assert field.lane.points["P0"].lost
    field.truck(cancelled=True, authority_end="", standing=True)
    field.wait(0.25)
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].authority == "K1-stop"


def test_an_occupied_section_gives_no_way_whoever_holds_it() -> None:
    field = a_lane_in_service()
    set_state(field, "K2", SectionState.OCCUPIED)
    arrive(field)
    assert field.why() == ["section_occupied"]


def test_a_truck_that_stands_at_the_end_of_its_way_keeps_its_overlap() -> None:
    field = a_truck_sent_to_k2()
    field.truck(order_done=True, standing=True, localised=False)
    field.occupy("P1-a")
    field.wait(1)
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}


def test_a_truck_that_rolled_into_a_suspect_section_proves_nothing_by_leaving_it() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P2-b")
    field.vacate("P2-b")
    leave_k1(field)
    assert field.section("K2").entered
    field.occupy("P2-a")
    field.occupy("P2-b")
    field.vacate("P2-a")
    field.vacate("P2-b")
    assert field.states() == "VSS"


def test_states_of_sections_are_what_the_detectors_proved() -> None:
    field = a_truck_in_k1()
    assert field.section("K1").state is SectionState.OCCUPIED
