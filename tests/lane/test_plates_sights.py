"""What is read besides the plate in front, from frames to a conclusion; and every camera's frames are counted for what it looks at."""

from itertools import pairwise
from pathlib import Path

import pytest
from msgspec import structs
from msgspec.structs import replace

from lanectl.config import load
from lanectl.decide import Core, begin, decide
from lanectl.model import (
    Candidate,
    Consignment,
    IdentityReported,
    PlateSeen,
    Reading,
    Sight,
    SightReported,
    Slot,
)
from lanectl.plates import Votes, VoteSettings, container_number, rear_plate
from lanectl.wiring import facts
from tests.site_files import codes_of, site_with

SETTINGS = VoteSettings(agreeing_frames=3, frames_max=6)
NUMBER = "CSQU3054383"
CONTAINER_CAMERA = """
[[camera]]
name = "vn-side"
source = "rtsp://side"
sees = "container"
[[camera]]
name = "vn-rear"
source = "rtsp://rear"
sees = "rear"
"""


def seen(text: str, score: float = 0.95, camera: str = "vn-side", at: int = 0) -> PlateSeen:
    return PlateSeen(camera, "vn", text, score, f"e{at}")


def numbers(*reads: PlateSeen) -> list[SightReported]:
    votes, said = Votes(), list[SightReported]()
    for at, read in enumerate(reads):
        votes, sight = container_number(votes, at * 0.5, read, {NUMBER: "T1"}, SETTINGS)
        said += [] if sight is None else [sight]
    return said


def test_three_frames_that_agree_are_a_container_number_and_are_told_once() -> None:
    said = numbers(*(seen(NUMBER, at=at) for at in range(6)))
    assert said == [SightReported("vn", Sight.CONTAINER, NUMBER, 0.95, "e0")]


def test_frames_that_show_two_numbers_agree_on_nothing_until_one_stands_out() -> None:
    other = "MSKU1234565"
    assert numbers(*(seen(text) for text in (NUMBER, other, NUMBER, other, NUMBER, other))) == [
        SightReported("vn", Sight.CONTAINER, "", 0.95, "e0", NUMBER, (Candidate("T1", NUMBER, 0.5),))
    ]
    said = numbers(*(seen(text) for text in (NUMBER, other, NUMBER, NUMBER, NUMBER)))
    assert [sight.text for sight in said] == [NUMBER]


def test_a_weak_read_is_no_vote_for_a_number() -> None:
    assert [sight.text for sight in numbers(*(seen(NUMBER, 0.6) for _ in range(6)))] == [""]


def test_nothing_read_is_told_when_enough_was_looked_at() -> None:
    assert [sight.text for sight in numbers(*(seen("", 0.0) for _ in range(9)))] == [""]


@pytest.mark.parametrize(
    ("shown", "read", "candidates"),
    [
        ((), "", ()),
        ((NUMBER,), "", (NUMBER,)),
        (("MSKU1234565",), "", ()),  # one in eleven misreads has a right check digit
        (("MSKU1234565", "MSKU1234565"), "MSKU1234565", ()),
        (("MSKU1234565", "MSKU1234565", NUMBER), "MSKU1234565", (NUMBER,)),
    ],
)
def test_a_doubt_says_what_more_than_one_frame_shows_and_which_declared_numbers_any_does(
    shown: tuple[str, ...], read: str, candidates: tuple[str, ...]
) -> None:
    (said,) = numbers(*(seen(text) for text in shown), *(seen("", 0.0) for _ in range(6 - len(shown))))
    assert (said.text, said.read, tuple(c.plate for c in said.candidates)) == ("", read, candidates)


def test_a_machine_that_reads_few_frames_asks_a_person_in_time_all_the_same() -> None:
    votes, said = Votes(), list[float]()
    for at in range(0, 30, 4):
        votes, sight = container_number(votes, float(at), seen("", 0.0), {}, VoteSettings())
        said += [] if sight is None else [at]
    assert said == [12]


OTHER = "MSKU1234565"


def doubts(*texts: str, every_s: float = 1.0) -> list[tuple[float, str, list[str], str]]:
    """When something is told of a container that no frame shows for sure: what is read, what it may be, and the picture."""
    votes, said = Votes(), []
    for n, text in enumerate(texts):
        votes, sight = container_number(votes, n * every_s, seen(text, 0.6 if text else 0.0, at=n), {NUMBER: "T1"}, SETTINGS)
        said += [] if sight is None else [(n * every_s, sight.read, [c.plate for c in sight.candidates], sight.evidence)]
    return said


def test_a_truck_that_rolls_in_unread_is_told_of_again_when_frames_show_another_container() -> None:
    assert doubts(*[""] * 6, *[OTHER] * 30) == [(5.0, "", [], "e5"), (15.0, OTHER, [], "e15")]


def test_a_candidate_that_the_frames_rule_out_later_is_none_any_more() -> None:
    assert [told[1:3] for told in doubts(NUMBER, NUMBER, *[""] * 4, *[OTHER] * 30)] == [(NUMBER, [NUMBER]), (OTHER, [])]


def test_frames_that_show_less_take_nothing_back() -> None:
    assert [told[1] for told in doubts(*[OTHER] * 6, *[""] * 30)] == [OTHER]
    assert [told[1:3] for told in doubts(*[OTHER] * 6, *[""] * 5, NUMBER, *[""] * 20)] == [(OTHER, [])]
    assert [told[2] for told in doubts(NUMBER, *[""] * 40)] == [[NUMBER]]


def test_a_number_that_was_sure_once_is_no_doubt_any_more() -> None:
    assert numbers(*[seen(NUMBER)] * 3, *[seen("", 0.0)] * 60) == [SightReported("vn", Sight.CONTAINER, NUMBER, 0.95, "e0")]


def test_a_person_has_ten_seconds_for_a_picture_whatever_the_frames_say_in_turn() -> None:
    said = doubts(*([NUMBER] * 12 + [OTHER] * 12) * 20, every_s=0.2)
    assert len(said) > 2
    assert all(after[0] - before[0] >= SETTINGS.doubt_s for before, after in pairwise(said))


def test_the_picture_stays_while_frames_show_the_same_number() -> None:
    said = doubts(*[OTHER] * 6, *([""] * 3 + [OTHER, NUMBER, OTHER]) * 20)
    assert [told[1:3] for told in said] == [(OTHER, []), (OTHER, [NUMBER])]
    assert {told[3] for told in said} == {"e5"}


def test_the_picture_of_a_number_that_one_frame_shows_is_that_frames() -> None:
    assert doubts("", NUMBER, *[""] * 4) == [(5.0, "", [NUMBER], "e1")]


def test_a_rear_plate_that_is_legible_later_is_told_of_with_its_picture() -> None:
    votes, said = Votes(), list[SightReported]()
    for n in range(30):
        read = seen("", 0.0, at=n) if n < 6 else structs.replace(seen("29H99999", 0.8, at=n), slots=slots("29H99999"))
        votes, sight = rear_plate(votes, float(n), read, {"14R01234": "T1"}, SETTINGS)
        said += [] if sight is None else [sight]
    assert [(s.text, s.read, s.candidates, s.evidence) for s in said] == [("", "", (), "e5"), ("", "29H99999", (), "e15")]


def garbled_in(*fitting: int, frames: int = 24) -> list[SightReported]:
    """A muddy plate of which no frame shows anything, but for those that happen to look like a plate."""
    votes, said = Votes(), list[SightReported]()
    for n in range(frames):
        read = structs.replace(seen("50K819575", 0.14, at=n), slots=slots("50K819575")) if n in fitting else seen("", 0.0, at=n)
        votes, sight = rear_plate(votes, float(n), read, {"14R95794": "T1"}, SETTINGS)
        said += [] if sight is None else [sight]
    return said


def test_what_fewer_frames_show_at_the_rear_than_name_a_plate_rules_nothing_out() -> None:
    assert {sight.read for sight in garbled_in(0)} == {""}
    assert {sight.read for sight in garbled_in(3, 4)} == {""}
    assert {sight.read for sight in garbled_in(0, 7, 14)} == {""}


def test_what_enough_frames_show_at_the_rear_rules_others_out_and_is_not_taken_back() -> None:
    told = [("", "50K819575", ())]
    assert [(sight.text, sight.read, sight.candidates) for sight in garbled_in(0, 1, 2)] == told
    assert [(sight.text, sight.read, sight.candidates) for sight in garbled_in(1, 7, 8, 9)] == [("", "", ()), *told]


def slots(text: str) -> tuple[Slot, ...]:
    """Each character as good as sure."""
    return tuple(((character, -0.01),) for character in text)


def rears(*plates: str, listed: tuple[str, ...] = ("14R01234",)) -> list[str]:
    votes, said = Votes(), list[str]()
    for at, plate in enumerate(plates):
        votes, sight = rear_plate(votes, at * 0.5, seen(plate), dict.fromkeys(listed, "T1"), SETTINGS)
        said += [] if sight is None else [sight.text]
    return said


def test_a_plate_at_the_rear_is_what_frames_agree_on_listed_or_not() -> None:
    assert rears(*["14R01234"] * 3) == ["14R01234"]
    assert rears(*["36R99999"] * 3) == ["36R99999"]
    assert rears(*["IVECO"] * 6) == [""]
    assert rears(*["IVECO"] * 6, *["14R01234"] * 12) == ["", "14R01234"]


def test_a_rear_plate_between_two_of_the_list_is_a_doubt_with_both_of_them() -> None:
    votes, said = Votes(), list[SightReported]()
    for at in range(6):
        slots = (*(((c, -0.01),) for c in "14R0123"), (("4", -0.7), ("5", -0.7)))
        doubtful = structs.replace(seen("14R01234", 0.6, at=at), slots=slots)
        votes, sight = rear_plate(votes, at * 0.5, doubtful, {"14R01234": "T1", "14R01235": "T2"}, SETTINGS)
        said += [] if sight is None else [sight]
    assert [(s.text, s.read, {c.truck for c in s.candidates}) for s in said] == [("", "14R01234", {"T1", "T2"})]


def test_each_camera_of_a_gate_is_counted_for_what_it_looks_at(tmp_path: Path) -> None:
    folder = site_with(tmp_path, ("gate-vn.toml", "# The weighbridge", CONTAINER_CAMERA + "# The weighbridge"))
    rules = facts(load(folder))
    assert rules.sights == {"vn-side": Sight.CONTAINER, "vn-rear": Sight.REAR}
    core = begin(rules)
    lane = replace(core.lane, consignments={"C1": Consignment("T01", "14C12345", container=NUMBER, other_plates=("14R01234",))})
    approach = replace(lane.detectors["vn-approach"], reading=Reading.OCCUPIED, sent_at=0.0, silent=False)
    core = Core(replace(lane, detectors={**lane.detectors, "vn-approach": approach}), core.votes)
    identities = list[IdentityReported]()
    for camera, text in [("vn-front", "14C12345"), ("vn-side", NUMBER), ("vn-rear", "14R01234")] * 3:
        decision = decide(rules, core, 0.1, seen(text, camera=camera))
        core = decision.core
        identities += [decision.identity] if decision.identity is not None else []
    assert [identity.plate for identity in identities] == ["14C12345"]
    assert {sight.sight: sight.text for sight in core.lane.gates["vn"].sights} == {Sight.CONTAINER: NUMBER, Sight.REAR: "14R01234"}


def test_what_is_needed_must_be_looked_at(tmp_path: Path) -> None:
    needed = ("site.toml", "container_needed = false", "container_needed = true")
    assert codes_of(site_with(tmp_path / "without", needed)) == ["C058"]
    camera = ("gate-vn.toml", "# The weighbridge", CONTAINER_CAMERA + "# The weighbridge")
    assert codes_of(site_with(tmp_path / "with", needed, camera)) == []
