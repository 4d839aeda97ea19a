"""CONFIRM at the rear and on the container: a person reads in the picture what frames leave open, and reads only what is declared."""

from dataclasses import replace as changed

import pytest
from msgspec.structs import replace

from lanectl.model import (
    Act,
    Authority,
    Boom,
    CameraReported,
    Candidate,
    ClearanceReported,
    ConsignmentReported,
    JournalReported,
    PlateSeen,
    ReadPlate,
    Sight,
    SightReported,
    Standing,
)
from lanectl.plates import Votes, VoteSettings, container_number, rear_plate
from lanectl.status.alarms import alarms
from tests.rules.scenes import a_lane_in_service
from tests.rules.words import LAYOUT, Field

TRAILER, CONTAINER = "14R01234", "CSQU3054383"
DECLARED = {Sight.REAR: TRAILER, Sight.CONTAINER: CONTAINER}
BOTH = pytest.mark.parametrize("sight", DECLARED)


def a_truck_whose(sight: Sight, **seen: object) -> Field:
    """Named by its plate in front, cleared; of what else is needed frames agree on nothing."""
    needed = changed(LAYOUT, rear_plate_needed=sight is Sight.REAR, container_needed=sight is Sight.CONTAINER)
    field = a_lane_in_service(needed)
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", CONTAINER, other_plates=(TRAILER,)))
    for authority in Authority:
        field.say(ClearanceReported("C-T1", authority, Standing.CLEARED))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    field.say(doubt(sight, **seen))
    field.take()
    return field


def doubt(sight: Sight, **seen: object) -> SightReported:
    return replace(SightReported("vn", sight, "", 0.4, "sha"), **seen)  # type: ignore[arg-type]


def confirmed(field: Field, sight: Sight, text: str = "", truck: str = "T1", evidence: str = "sha") -> list[str]:
    text = text or DECLARED[sight]
    return field.act(Act.CONFIRM, "vn", reason="mud", evidence=evidence, truck=truck, sight=sight, text=text)


@BOTH
def test_what_a_person_reads_in_the_picture_lets_the_truck_in(sight: Sight) -> None:
    field = a_truck_whose(sight)
    assert field.why() == ["sight_unreadable"]
    assert confirmed(field, sight) == []
    assert field.lane.gates["vn"].sights == (doubt(sight, text=DECLARED[sight], confirmed_by="Lan"),)
    assert ReadPlate("vn", False) in field.take()
    field.boom("vn", Boom.UP)
    assert field.lane.trucks["T1"].authority == "K1-stop"


@BOTH
def test_a_doubt_with_candidates_is_ended_for_one_of_them(sight: Sight) -> None:
    near = Candidate("T1", DECLARED[sight], 0.6)
    field = a_truck_whose(sight, read="14R01239", candidates=(near,))
    assert field.why() == ["sight_unsure"]
    assert dict(field.refusal("sight_unsure").params) == {"gate": "vn", "sight": sight.value, "text": "14R01239"}
    assert confirmed(field, sight) == []


@BOTH
def test_any_of_the_candidates_may_be_it_whichever_frames_put_first(sight: Sight) -> None:
    candidates = (Candidate("T2", "14R01239", 0.6), Candidate("T1", DECLARED[sight], 0.3))
    assert confirmed(a_truck_whose(sight, read="14R01239", candidates=candidates), sight) == []


@BOTH
def test_of_two_pictures_that_show_nothing_the_later_one_is_looked_at(sight: Sight) -> None:
    field = a_truck_whose(sight)
    field.say(doubt(sight, evidence="later"))
    assert confirmed(field, sight) == ["confirm_other_picture"]
    assert confirmed(field, sight, evidence="later") == []


@BOTH
def test_what_the_frames_rule_out_nobody_reads(sight: Sight) -> None:
    field = a_truck_whose(sight, read="36R99999", candidates=(Candidate("T9", "36R99998", 0.5),))
    assert confirmed(field, sight) == ["confirm_read_other"]
    assert field.locks() == {}


@pytest.mark.parametrize(("sight", "shown"), [(Sight.REAR, "36R99999"), (Sight.CONTAINER, "MSKU1234565")])
def test_what_frames_show_after_a_doubt_was_told_rules_out_what_they_do_not_show(sight: Sight, shown: str) -> None:
    """The truck rolls in unread; then every frame shows something else than what is declared, none for sure."""
    field, votes = a_truck_whose(sight), Votes()
    count = rear_plate if sight is Sight.REAR else container_number
    for n in range(40):
        text, score = ("", 0.0) if n < 12 else (shown, 0.8)
        seen = PlateSeen("vn-camera", "vn", text, score, f"e{n}", tuple(((character, -0.01),) for character in text))
        votes, said = count(votes, n * 0.5, seen, {DECLARED[sight]: "T1"}, VoteSettings())
        if said is not None:
            field.say(said)
    (held,) = field.lane.gates["vn"].sights
    assert held.read == shown
    assert confirmed(field, sight, evidence=held.evidence) == ["confirm_read_other"]
    assert confirmed(field, sight, evidence="e0") == ["confirm_other_picture", "confirm_read_other"]


@BOTH
@pytest.mark.parametrize("text", ["36R99999", "14C12345", "MSKU1234565"])
def test_a_person_cannot_read_what_is_not_declared_for_the_truck(sight: Sight, text: str) -> None:
    field = a_truck_whose(sight)
    assert confirmed(field, sight, text) == ["confirm_not_declared"]
    assert field.locks() == {}
    field.wait(0.25)
    assert field.why() == ["sight_unreadable"]


def test_what_was_read_must_be_said() -> None:
    field = a_truck_whose(Sight.REAR)
    assert field.act(Act.CONFIRM, "vn", reason="mud", evidence="sha", truck="T1", sight=Sight.REAR) == ["confirm_text_needed"]


@BOTH
def test_what_was_read_for_sure_and_contradicts_cannot_be_confirmed_away(sight: Sight) -> None:
    field = a_truck_whose(sight, text="36R99999")
    assert field.why() == ["sight_other"]
    assert confirmed(field, sight) == ["nothing_to_confirm"]


def test_nothing_is_confirmed_before_a_camera_saw_it() -> None:
    field = a_truck_whose(Sight.REAR)
    assert confirmed(field, Sight.CONTAINER) == ["nothing_to_confirm"]


@BOTH
def test_who_looked_at_another_picture_has_not_looked(sight: Sight) -> None:
    assert confirmed(a_truck_whose(sight), sight, evidence="an older one") == ["confirm_other_picture"]


@BOTH
def test_another_truck_than_the_one_that_stands_there_is_refused(sight: Sight) -> None:
    field = a_truck_whose(sight)
    field.truck("T2", last_node="cn-clear")
    field.say(ConsignmentReported("C-T2", "T2", "14C54321", CONTAINER, other_plates=(TRAILER,)))
    assert confirmed(field, sight, truck="T2") == ["confirm_not_there"]


@BOTH
def test_nothing_is_confirmed_that_cannot_be_written_down(sight: Sight) -> None:
    field = a_truck_whose(sight)
    field.say(JournalReported(False))
    assert confirmed(field, sight) == ["journal_not_writable"]


@BOTH
def test_what_nobody_reads_in_time_sends_the_truck_to_the_holding_place(sight: Sight) -> None:
    field = a_truck_whose(sight)
    field.wait(119)
    assert field.why() == ["sight_unreadable"]
    field.wait(1)
    assert field.why() == ["sight_holding", "sight_unreadable"]
    assert confirmed(field, sight) == ["confirm_late"]
    assert field.locks() == {}


@BOTH
def test_what_no_camera_shows_in_time_sends_it_there_too(sight: Sight) -> None:
    field = a_truck_whose(Sight.REAR if sight is Sight.CONTAINER else Sight.CONTAINER)
    field.layout = changed(field.layout, rear_plate_needed=sight is Sight.REAR, container_needed=sight is Sight.CONTAINER)
    field.wait(120)
    assert field.why() == ["sight_holding", "sight_unread"]


@BOTH
def test_a_later_doubt_does_not_undo_what_a_person_read_and_a_sure_other_read_does(sight: Sight) -> None:
    field = a_truck_whose(sight)
    confirmed(field, sight)
    field.say(doubt(sight))
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.say(doubt(sight, text="36R99999"))
    assert field.locks() == {}
    assert field.why() == ["sight_other"]


def test_what_a_person_read_in_a_picture_that_proves_to_be_old_was_not_read() -> None:
    field = a_truck_whose(Sight.REAR)
    confirmed(field, Sight.REAR)
    field.say(CameraReported("vn-rear", "vn", "frozen"))
    assert field.lane.gates["vn"].sights == ()
    assert field.locks() == {}


@BOTH
def test_a_person_is_called_by_an_alarm_while_it_is_needed_and_not_read(sight: Sight) -> None:
    field = a_truck_whose(sight, read="14R0")
    found = [a for a in alarms(field.layout, field.lane, field.now) if a.code == "SIGHT_UNSURE"]
    assert [(a.params["sight"], a.params["text"], a.mend) for a in found] == [(sight.value, "14R0", "lanectl plate waiting")]
    free = changed(field.layout, rear_plate_needed=False, container_needed=False)
    assert not [a for a in alarms(free, field.lane, field.now) if a.code == "SIGHT_UNSURE"]
