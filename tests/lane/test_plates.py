"""Plate formats, and what a gate concludes from several frames of one truck."""

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from lanectl.model import IdentityReported, Match, PlateSeen, Slot
from lanectl.plates import Votes, VoteSettings, country, neighbours, normalise, vote
from lanectl.plates.slots import profiles

LISTED = {"14C12345": "T01", "桂P6A789": "T02"}
SETTINGS = VoteSettings(agreeing_frames=3, score_min=0.85, frames_max=6, frame_age_s_max=30.0)


def seen(plate: str, score: float = 0.99, evidence: str = "e") -> PlateSeen:
    return PlateSeen("vn-front", "vn", plate, score, evidence)


def concluded(frames: Iterable[PlateSeen], listed: dict[str, str] | None = None, *, every_s: float = 0.5) -> list[IdentityReported]:
    """Everything that is said while these frames come in."""
    votes, said = Votes(), []
    for i, frame in enumerate(frames):
        votes, identity = vote(votes, i * every_s, frame, LISTED if listed is None else listed, SETTINGS)
        if identity is not None:
            said.append(identity)
    return said


def test_three_agreeing_frames_name_the_truck_of_the_manifest() -> None:
    said = concluded([seen("14C12345", 0.9, "a"), seen("14C-123.45", 0.97, "b"), seen("14c 12345", 0.95, "c")])
    assert said == [IdentityReported("vn", Match.MATCHED, "T01", "14C12345", 0.9, "b")]


def test_two_frames_name_nobody() -> None:
    assert concluded([seen("14C12345")] * 2) == []


def test_one_more_frame_says_nothing_new() -> None:
    assert len(concluded([seen("14C12345")] * 20)) == 1


def test_a_plate_that_is_not_on_the_manifest_names_no_truck() -> None:
    (said,) = concluded([seen("14C99999")] * 3)
    assert (said.match, said.truck, said.plate) == (Match.NOT_LISTED, "", "14C99999")


def test_unsure_reads_never_name_a_truck() -> None:
    said = concluded([seen("14C12345", 0.84)] * 10)
    assert [(i.match, i.truck) for i in said] == [(Match.UNSURE, "")]


def test_a_text_that_fits_no_format_never_matches_even_when_listed() -> None:
    said = concluded([seen("IVECO")] * 10, {"IVECO": "T01"})
    assert [(i.match, i.truck, i.plate) for i in said] == [(Match.UNREADABLE, "", "IVECO")]


def test_frames_without_any_text_are_unreadable() -> None:
    said = concluded([seen("", 0.0)] * 8)
    assert [i.match for i in said] == [Match.UNREADABLE]


def test_a_rival_read_raises_the_number_of_frames_asked_for() -> None:
    frames = [seen("14C12345"), seen("14C12845"), seen("14C12345"), seen("14C12345")]
    assert concluded(frames) == []
    assert [i.match for i in concluded([*frames, seen("14C12345")])] == [Match.MATCHED]


def test_frames_that_agree_on_nothing_are_for_a_person() -> None:
    said = concluded([seen("14C12345"), seen("14C99999")] * 3)
    assert [(i.match, i.truck) for i in said] == [(Match.UNSURE, "")]


def test_between_neighbours_on_the_manifest_a_person_decides() -> None:
    said = concluded([seen("14C12345")] * 6, {"14C12345": "T01", "14C12346": "T02"})
    assert [(i.match, i.truck, i.plate) for i in said] == [(Match.UNSURE, "", "14C12345")]


def test_a_doubt_gives_way_to_agreement() -> None:
    said = concluded([*[seen("", 0.0)] * 6, *[seen("桂P6A789")] * 3])
    assert [(i.match, i.truck) for i in said] == [(Match.UNREADABLE, ""), (Match.MATCHED, "T02")]


def test_what_was_agreed_stands_while_nothing_can_be_read() -> None:
    said = concluded([*[seen("14C12345")] * 3, *[seen("", 0.0)] * 8])
    assert [i.match for i in said] == [Match.MATCHED]


def test_old_frames_do_not_count() -> None:
    assert [i.match for i in concluded([seen("14C12345")] * 5, every_s=15.1)] == [Match.UNSURE]


def slots(text: str, *doubts: tuple[int, str, float]) -> tuple[Slot, ...]:
    """Each character sure, but where `doubts` say what else may stand at a place, and how likely."""
    places = [[(c, 0.0)] for c in text]
    for place, other, share in doubts:
        places[place] = [(text[place], math.log(1 - share)), (other, math.log(share))]
    return tuple(tuple(place) for place in places)


def told(text: str, *doubts: tuple[int, str, float], box: tuple[float, ...] = ()) -> PlateSeen:
    least = min((1 - share for _, _, share in doubts), default=0.999)
    return PlateSeen("vn-front", "vn", text, least, "e", slots(text, *doubts), box)


ALIKE = {"14C12345": "T01", "14C12346": "T02", "桂P6A789": "T03"}


def test_look_alikes_on_the_manifest_are_told_apart_where_every_frame_is_sure_of_the_character() -> None:
    said = concluded([told("14C12345")] * 3, ALIKE)
    assert [(i.match, i.truck) for i in said] == [(Match.MATCHED, "T01")]


def test_a_doubt_between_look_alikes_is_a_persons_with_both_as_candidates() -> None:
    said = concluded([told("14C12345", (7, "6", 0.05))] * 6, ALIKE)
    assert [(i.match, i.truck, i.plate) for i in said] == [(Match.UNSURE, "", "14C12345")]
    assert [(c.truck, c.plate) for c in said[0].candidates] == [("T01", "14C12345"), ("T02", "14C12346")]
    assert said[0].candidates[0].score == pytest.approx(0.95, abs=0.01)


def test_the_same_doubt_is_none_where_the_manifest_has_no_look_alike() -> None:
    said = concluded([told("14C12345", (7, "6", 0.4))] * 3)
    assert [(i.match, i.truck) for i in said] == [(Match.MATCHED, "T01")]


def test_a_misread_character_is_put_right_by_the_manifest_while_the_frames_leave_it_possible() -> None:
    said = concluded([told("14C12845", (5, "3", 0.3))] * 3)
    assert [(i.match, i.truck, i.plate) for i in said] == [(Match.MATCHED, "T01", "14C12345")]


def test_a_plate_that_is_surely_another_is_not_put_right() -> None:
    said = concluded([told("14C12845")] * 6)
    assert [(i.match, i.truck, i.plate, i.candidates) for i in said] == [(Match.NOT_LISTED, "", "14C12845", ())]


def test_a_plate_that_is_most_likely_another_is_for_a_person() -> None:
    said = concluded([told("14C12845", (5, "3", 0.02))] * 6)
    assert [(i.match, i.truck, [c.truck for c in i.candidates]) for i in said] == [(Match.UNSURE, "", ["T01"])]


def test_a_character_too_many_or_too_few_does_not_hide_the_plate() -> None:
    doubled = PlateSeen("vn-front", "vn", "14C123345", 0.6, "e", (*slots("14C123"), (("3", -0.5), ("", -0.9)), *slots("45")))
    missed = PlateSeen("vn-front", "vn", "14C1245", 0.9, "e", slots("14C1245"))
    frames = [told("14C12345"), doubled, told("14C12345"), missed, told("14C12345"), told("14C12345")]
    assert [i.match for i in concluded(frames)] == [Match.MATCHED]


def test_another_plate_in_the_picture_begins_a_vote_of_its_own() -> None:
    here, there = (0.1, 0.5, 0.3, 0.6), (0.7, 0.5, 0.9, 0.6)
    mixed = [told("14C12345", box=here), told("14C12345", box=here), told("14C12345", box=there)]
    assert concluded(mixed) == []
    assert [i.match for i in concluded([*mixed, *[told("14C12345", box=there)] * 2])] == [Match.MATCHED]


def test_a_truck_that_comes_nearer_stays_the_same() -> None:
    boxes = [(0.4 - n / 100, 0.5, 0.5 + n / 100, 0.55 + n / 100) for n in range(3)]
    assert [i.match for i in concluded([told("14C12345", box=box) for box in boxes])] == [Match.MATCHED]


def test_reads_that_tell_nothing_but_their_text_never_tell_look_alikes_apart() -> None:
    assert [i.match for i in concluded([seen("14C12345", 1.0)] * 6, ALIKE)] == [Match.UNSURE]


def test_a_doubt_is_told_again_only_when_another_candidate_leads() -> None:
    first, second = told("14C12345", (7, "6", 0.1)), told("14C12346", (7, "5", 0.1))
    said = concluded([*[first] * 6, *[second] * 6], ALIKE)
    assert [i.candidates[0].truck for i in said] == ["T01", "T02"]


def doubted(*frames: PlateSeen, listed: dict[str, str] = ALIKE, every_s: float = 1.0) -> list[tuple[float, IdentityReported]]:
    votes, said = Votes(), []
    for n, frame in enumerate(frames):
        votes, identity = vote(votes, n * every_s, structs.replace(frame, evidence=f"e{n}"), listed, SETTINGS)
        said += [] if identity is None else [(n * every_s, identity)]
    return said


def test_a_plate_that_is_legible_later_is_told_of_with_its_candidates_and_its_picture() -> None:
    said = doubted(*[seen("", 0.0)] * 6, *[seen("14C12345", 0.6)] * 30)
    assert [(at, i.match, i.plate, i.evidence) for at, i in said] == [
        (5.0, Match.UNREADABLE, "", "e5"),
        (15.0, Match.UNSURE, "14C12345", "e15"),
    ]
    assert {c.truck for c in said[1][1].candidates} >= {"T01", "T02"}


def test_frames_that_show_nothing_take_no_candidate_back() -> None:
    assert [i.match for _, i in doubted(*[seen("14C12345", 0.6)] * 6, *[seen("", 0.0)] * 40)] == [Match.UNSURE]


def test_who_the_frames_rule_out_later_is_no_candidate_any_more_and_the_picture_stays() -> None:
    torn, whole = told("14C12345", (7, "6", 0.2)), told("14C12345", (7, "6", 0.1))
    far = structs.replace(whole, slots=(*whole.slots[:-1], (("5", -0.1), ("8", -2.3))))
    listed = {**ALIKE, "14C12348": "T03"}
    said = doubted(*[torn] * 6, *[far] * 30, listed=listed)
    assert [i.candidates[0].truck for _, i in said] == ["T01"] * len(said)
    assert len({tuple(sorted(c.truck for c in i.candidates)) for _, i in said}) == len(said)
    assert {i.evidence for _, i in said} == {said[0][1].evidence}


def test_a_person_has_ten_seconds_for_a_plate_that_frames_read_now_so_and_now_so() -> None:
    said = doubted(*[*[seen("14C12345", 0.6)] * 12, *[seen("14C12346", 0.6)] * 12] * 20, every_s=0.2)
    assert len(said) > 2
    assert all(after - before >= SETTINGS.doubt_s for (before, _), (after, _) in pairwise(said))


CHARACTERS = st.sampled_from("14C2356789P")
SLOTS = st.lists(st.tuples(CHARACTERS, st.floats(-9, 0)), min_size=1, max_size=4, unique_by=lambda held: held[0]).map(tuple)


@given(st.lists(st.tuples(st.sampled_from(["14C12345", "14C12346", "14C99999"]), st.lists(SLOTS, min_size=8, max_size=8)), max_size=8))
def test_whatever_the_reader_says_no_truck_is_named_on_fewer_frames_than_are_asked_for(reads: list[tuple[str, list[Slot]]]) -> None:
    votes = Votes()
    for n, (text, places) in enumerate(reads):
        votes, identity = vote(votes, float(n), PlateSeen("vn-front", "vn", text, 0.9, "e", tuple(places)), ALIKE, SETTINGS)
        if identity is not None and identity.match is Match.MATCHED:
            assert n + 1 >= SETTINGS.agreeing_frames
            assert ALIKE[identity.plate] == identity.truck


@given(st.permutations([*[told("14C12345")] * 4, told("14C12346", (7, "5", 0.3)), told("14C12345", (7, "6", 0.3))]))
def test_the_order_of_frames_never_names_another_truck(frames: list[PlateSeen]) -> None:
    assert {i.truck for i in concluded(frames, ALIKE)} <= {"", "T01"}


@given(st.text("14C2356789", min_size=1, max_size=10), st.text("14C2356789", min_size=1, max_size=10))
def test_no_plate_is_likelier_than_what_was_surely_read(read: str, plate: str) -> None:
    (profile,) = profiles([(read, 0.999, slots(read))])
    assert profile.of(plate) <= profile.of(read) == 0.0
    assert (profile.of(plate) == 0.0) is (plate == read)


@given(st.lists(st.tuples(st.sampled_from(["14C12345", "14C12346", "桂P6A789", "14C99999", ""]), st.floats(0, 1)), max_size=30))
def test_a_truck_is_named_only_after_enough_trusted_frames_of_its_plate(frames: list[tuple[str, float]]) -> None:
    votes = Votes()
    for i, (plate, score) in enumerate(frames):
        votes, identity = vote(votes, float(i), seen(plate, score), LISTED, SETTINGS)
        if identity is not None and identity.match is Match.MATCHED:
            window = frames[max(0, i + 1 - SETTINGS.frames_max) : i + 1]
            assert LISTED[identity.plate] == identity.truck
            assert sum(p == identity.plate and s >= SETTINGS.score_min for p, s in window) >= SETTINGS.agreeing_frames


@pytest.mark.parametrize(
    ("plate", "of"),
    [
        ("14C12345", "VN"),
        ("14C1234", "VN"),
        ("14LD12345", "VN"),
        ("14R01234", "VN"),
        ("59E140209", "VN"),  # a motorcycle
        ("29MĐ12345", "VN"),
        ("桂P12345", "CN"),
        ("桂PA123挂", "CN"),
        ("粤ZAB12港", "CN"),
        ("粤BD12345", "CN"),
        ("粤B12345D", "CN"),
        ("04C12345", ""),
        ("14J12345", ""),  # J is not used
        ("14C1234567", ""),
        ("桂PI2345", ""),  # no I in the serial
        ("P12345", ""),
        ("0909474713", ""),
        ("", ""),
    ],
)
def test_a_plate_belongs_to_the_country_whose_format_it_fits(plate: str, of: str) -> None:
    assert country(plate) == of


def test_plates_are_compared_without_separators_case_and_width() -> None:
    assert normalise(" 14c-123.45 ") == normalise("１４Ｃ１２３４５") == "14C12345"
    assert normalise("桂P·12345") == "桂P12345"
    assert normalise("29mđ-123.45") == "29MĐ12345"


def test_neighbours_differ_in_one_character() -> None:
    listed = {"14C12345": "a", "14C12346": "b", "14C1234": "c", "14C123455": "d", "14C12456": "e", "14H12345": "f"}
    assert neighbours("14C12345", listed) == ("14C12346", "14C1234", "14C123455", "14H12345")


MARKED = replace(SETTINGS, markers=((17, "T01"), (18, "T02")))


def marked_in(*markers: int) -> str:
    votes, said = Votes(), ""
    for n, marker in enumerate(markers):
        votes, identity = vote(votes, float(n), structs.replace(told("14C12345"), markers=(marker,)), LISTED, MARKED)
        said = identity.marked if identity is not None else said
    return said


def test_a_marker_counts_when_as_many_frames_show_it_as_a_plate_needs() -> None:
    assert marked_in(18, 18, 18) == "T02"
    assert marked_in(18, 18, 99) == ""
    assert marked_in(17, 18, 18, 18) == "T02"  # told when it counts, though the plate was told before


LEFT, RIGHT = (0.1, 0.5, 0.2, 0.55), (0.7, 0.5, 0.8, 0.55)


def test_two_trucks_seen_in_turn_are_neither_of_them_and_a_person_is_asked() -> None:
    said = concluded([told("14C12345", box=LEFT), told("桂P12345", box=RIGHT)] * 30)
    assert [i.match for i in said] == [Match.UNSURE]


def test_a_glimpse_of_another_plate_takes_no_name_back() -> None:
    frames = [told("14C12345", box=LEFT)] * 60
    frames[50] = told("桂P12345", box=RIGHT)
    assert {i.match for i in concluded(frames)} == {Match.MATCHED}
