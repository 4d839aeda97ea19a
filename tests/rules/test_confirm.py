"""CONFIRM: where the reads leave open which truck stands there a person says it, and can say nothing that is contradicted."""

from dataclasses import replace as with_part

import pytest
from msgspec.structs import replace

from lanectl.model import (
    Act,
    Authority,
    Candidate,
    ClearanceReported,
    ConsignmentReported,
    IdentityReported,
    JournalReported,
    Match,
    ReadPlate,
    Sight,
    Standing,
)
from tests.rules.scenes import a_lane_in_service
from tests.rules.words import LAYOUT, Field

CANDIDATES = (Candidate("T1", "14C12345", 0.93), Candidate("T2", "14C12346", 0.07))
UNSURE = IdentityReported("vn", Match.UNSURE, "", "14C12345", 0.9, "sha", CANDIDATES)


def a_doubtful_truck_at_the_gate(**changes: object) -> Field:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.say(replace(UNSURE, **changes))  # type: ignore[arg-type]
    field.take()
    return field


def confirmed(field: Field, truck: str = "T1", gate: str = "vn", evidence: str = "sha", reason: str = "I see it") -> list[str]:
    return field.act(Act.CONFIRM, gate, reason=reason, evidence=evidence, truck=truck)


def test_a_person_ends_the_doubt_and_the_truck_is_let_in() -> None:
    field = a_doubtful_truck_at_the_gate()
    assert field.why() == ["identity_unsure"]
    assert field.locks() == {}
    assert confirmed(field) == []
    held = field.lane.gates["vn"].identity
    assert held == replace(UNSURE, match=Match.MATCHED, truck="T1", plate="14C12345", confirmed_by="Lan")
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    assert ReadPlate("vn", False) in field.take()


def test_a_person_may_say_that_it_is_the_less_likely_one() -> None:
    """Whom the person names is let in, not whom the reads put first, and under that truck's own plate."""
    field = a_doubtful_truck_at_the_gate(candidates=(replace(CANDIDATES[1], score=0.93), replace(CANDIDATES[0], score=0.07)), truck="T2")
    field.wait(10)
    assert confirmed(field, "T1") == []
    held = field.lane.gates["vn"].identity
    assert held is not None
    assert (held.truck, held.plate, field.lane.gates["vn"].identity_at) == ("T1", "14C12345", field.now)
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_a_marker_that_agrees_does_not_keep_a_person_from_confirming() -> None:
    assert confirmed(a_doubtful_truck_at_the_gate(marked="T1")) == []


def test_to_confirm_without_saying_what_is_to_confirm_the_plate_in_front() -> None:
    field = a_doubtful_truck_at_the_gate()
    assert field.act(Act.CONFIRM, "vn", reason="I see it", evidence="sha", truck="T1", sight=Sight.FRONT) == []
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_a_doubt_that_comes_later_does_not_undo_what_a_person_said() -> None:
    field = a_doubtful_truck_at_the_gate()
    confirmed(field)
    field.say(UNSURE)
    field.identify(match=Match.UNREADABLE)
    assert field.locks() == {"K1": "T1", "K2": "T1"}


@pytest.mark.parametrize("match", [Match.MATCHED, Match.NOT_LISTED])
def test_a_read_that_is_sure_of_another_truck_does(match: Match) -> None:
    field = a_doubtful_truck_at_the_gate()
    confirmed(field)
    field.identify("T2", match)
    assert field.locks() == {}
    assert field.why()[0] in {"identity_other", "identity_not_listed"}


def test_a_reason_and_the_picture_are_asked_for() -> None:
    field = a_doubtful_truck_at_the_gate()
    assert confirmed(field, reason="", evidence="") == ["act_reason_needed", "act_evidence_needed"]


@pytest.mark.parametrize(("gate", "truck"), [("cn", "T1"), ("nowhere", "T1"), ("vn", "T9")])
def test_what_does_not_exist_or_is_no_entry_is_refused(gate: str, truck: str) -> None:
    assert confirmed(a_doubtful_truck_at_the_gate(), truck, gate) == ["act_target_unknown"]


def test_only_a_doubt_can_be_ended() -> None:
    field = a_doubtful_truck_at_the_gate()
    for match in (Match.NOT_LISTED, Match.UNREADABLE, Match.MATCHED):
        field.identify(match=match)
        assert confirmed(field) == ["nothing_to_confirm"]


def test_nothing_is_confirmed_before_anything_was_read() -> None:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    assert confirmed(field) == ["nothing_to_confirm"]


def test_who_looked_at_another_picture_has_not_looked() -> None:
    assert confirmed(a_doubtful_truck_at_the_gate(), evidence="an older one") == ["confirm_other_picture"]


def test_a_truck_that_the_read_rules_out_cannot_be_confirmed() -> None:
    field = a_doubtful_truck_at_the_gate(candidates=CANDIDATES[1:])
    assert confirmed(field) == ["confirm_not_candidate"]
    assert field.why() == ["identity_unsure"]


def test_a_truck_that_does_not_say_it_is_there_cannot_be_confirmed() -> None:
    field = a_doubtful_truck_at_the_gate()
    field.truck("T2", last_node="cn-clear")
    assert confirmed(field, "T2") == ["confirm_not_there"]


def test_where_two_trucks_say_that_they_stand_there_neither_is_confirmed() -> None:
    field = a_doubtful_truck_at_the_gate()
    field.truck("T2", last_node="vn-gate")
    assert confirmed(field) == ["confirm_not_there"]


def test_nothing_is_confirmed_that_cannot_be_written_down() -> None:
    field = a_doubtful_truck_at_the_gate()
    field.say(JournalReported(False))
    assert confirmed(field) == ["journal_not_writable"]


def test_a_doubt_that_nobody_ends_in_time_sends_the_truck_to_the_holding_place() -> None:
    field = a_doubtful_truck_at_the_gate()
    field.wait(119)
    assert field.why() == ["identity_unsure", "identity_late"]
    field.wait(1)
    assert field.why() == ["identity_holding", "identity_unsure"]
    assert confirmed(field) == ["confirm_late"]
    assert field.locks() == {}


def test_a_truck_with_anothers_marker_gets_no_way_and_both_are_named() -> None:
    field = a_doubtful_truck_at_the_gate(match=Match.MATCHED, truck="T1", marked="T2")
    assert field.why() == ["identity_contradicted"]
    assert dict(field.refusal("identity_contradicted").params) == {"gate": "vn", "plate": "14C12345", "marked": "T2"}
    assert field.locks() == {}


def test_a_marker_that_agrees_is_no_matter() -> None:
    field = a_doubtful_truck_at_the_gate(match=Match.MATCHED, truck="T1", marked="T1")
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_a_contradiction_cannot_be_confirmed_away() -> None:
    field = a_doubtful_truck_at_the_gate(marked="T2")
    assert confirmed(field) == ["identity_contradicted"]
    assert field.why() == ["identity_contradicted"]


def declared_anew(field: Field, plate: str) -> None:
    field.say(ConsignmentReported("C-T1", "T1", plate))
    for authority in Authority:
        field.say(ClearanceReported("C-T1", authority, Standing.CLEARED))


def test_a_plate_that_is_not_declared_any_more_cannot_be_confirmed() -> None:
    """The person looks at a picture from before the line was declared anew."""
    field = a_doubtful_truck_at_the_gate()
    declared_anew(field, "14C99999")
    assert confirmed(field) == ["confirm_not_declared"]
    assert field.locks() == {}


def test_what_was_confirmed_may_be_doubted_again_once_it_is_not_declared_any_more() -> None:
    """Else nothing but a sure read would ever let the truck in, and its plate gave none before."""
    field = a_doubtful_truck_at_the_gate()
    assert confirmed(field) == []
    declared_anew(field, "14C99999")
    assert field.why() == ["identity_not_listed"]
    field.say(replace(UNSURE, candidates=(Candidate("T1", "14C99999", 0.8),)))
    assert field.why() == ["identity_unsure"]
    assert confirmed(field) == []
    assert "identity_not_listed" not in field.why()
    assert field.lane.gates["vn"].identity.plate == "14C99999"  # type: ignore[union-attr]  # the one just confirmed


def test_a_plate_that_is_now_declared_for_another_truck_lets_nobody_in() -> None:
    field = a_lane_in_service(layout=with_part(LAYOUT, clearance_needed=False))
    field.say(ConsignmentReported("C1", "T1", "14C12345"))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    assert field.why() == ["boom_not_up"]
    field.say(ConsignmentReported("C1", "T2", "14C12345"))
    assert "identity_not_listed" in field.why()
