from typing import Any

import pytest
from msgspec.structs import replace

from lanectl.model import (
    Act,
    Authority,
    ClearanceReported,
    Connection,
    ConsignmentReported,
    Direction,
    IdentityReported,
    Match,
    ReadPlate,
    Standing,
    TruckMode,
    Woke,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    arrive,
    drive_out,
    leave_k1,
    pass_the_gate,
    under_the_exit_boom,
)
from tests.rules.words import a_layout


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


def test_r3_a_truck_on_its_way_to_the_only_place_beyond_keeps_the_next_before_the_entry_and_not_itself() -> None:
    field = a_truck_with_proceed(a_layout(places_beyond=1))
    assert field.why() == []
    assert not field.lane.trucks["T1"].cancelling
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    leave_k1(field)
    arrive(field, "T2")
    assert "no_room_beyond" in field.why("T2")


def test_r3_a_truck_in_the_lane_whose_way_was_taken_back_will_still_need_its_place_beyond() -> None:
    field = a_truck_sent_to_k2(a_layout(places_beyond=1))
    leave_k1(field)
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.lane.trucks["T1"].authority == ""
    arrive(field, "T2")
    assert "no_room_beyond" in field.why("T2")


def test_r3_a_truck_that_was_given_the_last_place_beyond_keeps_another_from_it() -> None:
    """Its way leads there, though it has not said yet that it is out."""
    field = under_the_exit_boom(a_layout(places_beyond=1))
    assert field.lane.trucks["T1"].authority == "cn-clear"
    drive_out(field)
    arrive(field, "T2")
    assert "no_room_beyond" in field.why("T2")
    field.truck(last_node="cn-clear", authority_end="", standing=True)
    field.say(Woke())
    assert "no_room_beyond" in field.why("T2")
    field.truck(connection=Connection.OFFLINE)
    assert "no_room_beyond" not in field.why("T2")


def test_r3_a_truck_that_leaves_needs_one_place_and_not_one_for_each_that_follows() -> None:
    field = a_truck_standing_in_k2(a_layout(places_beyond=2))
    field.truck("T9", last_node="cn-clear")
    field.truck("T2")
    field.lane = replace(field.lane, trucks={**field.lane.trucks, "T2": replace(field.lane.trucks["T2"], authority="K1-stop")})
    field.truck(authority_end="cn-gate", last_node="K2-stop")
    field.occupy("P2-a")
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
