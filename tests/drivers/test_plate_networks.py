"""The lane's own networks: where the lane's own detector finds plates, what a strip holds, and how two opinions are weighed."""

import math
import random
from pathlib import Path

import numpy as np
import pytest

from drivers.plate_reader import engine
from drivers.plate_reader.detector import Corners
from drivers.plate_reader.finder import Finder, FinderSettings, Place, evened
from drivers.plate_reader.formats import Fitted
from drivers.plate_reader.reader import DISPUTED, line_counts, mixed, padded, together, weighed
from drivers.plate_reader.recogniser import Line, Slot
from drivers.plate_reader.strip import CODE, HEIGHT_PX, PLATE, levelled, strip
from drivers.plate_reader.text_reader import Text
from lanectl.plates import country
from sim.camera import CameraView, render
from sim.drawn_plate import Colour
from training.numbers import Kind, any_number, other_text

WEIGHTS_BYTES_MAX = 15_000_000


def box(left: float, top: float, wide: float = 100, high: float = 25) -> Corners:
    return np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]], np.float32)


def text(plate: str, score: float, at: Corners) -> Text:
    return Text(at, Fitted(Line(plate, (score,) * len(plate), {}), plate, (score,) * len(plate), country(plate)))


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder(engine.own_weights(engine.FINDER), FinderSettings())


def test_the_lanes_own_weights_are_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in engine.OWN.iterdir()) <= WEIGHTS_BYTES_MAX


def test_weights_that_are_gone_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engine, "OWN", tmp_path)
    with pytest.raises(FileNotFoundError, match="the installation is damaged"):
        engine.own_weights(engine.FINDER)


def test_the_truck_s_plate_is_found_with_its_corners(finder: Finder) -> None:
    for colour in Colour:
        for lines in (1, 2):
            frame = render(CameraView("14C12345", 3.0, 1, lines, colour))
            place = finder.closer(frame, finder.seen(frame)[0])
            assert place is not None
            middle = place.corners.mean(axis=0)
            assert abs(middle[0] - 480) < 12, (colour, lines)
            assert (place.two_lines > 0.5) == (lines == 2)


def test_two_lines_lie_side_by_side_in_the_strip() -> None:
    plate = np.zeros((200, 330, 3), np.uint8)
    plate[:80] = 255
    for shape in (PLATE, CODE):
        made = strip(plate, 2, shape)
        assert made.shape == (HEIGHT_PX, shape.wide_px, 3)
        assert made[:, : shape.upper_px].mean() > 150
        assert made[:, shape.upper_px :].mean() < 30


def test_a_plate_at_night_is_as_bright_in_the_strip_as_by_day() -> None:
    day = np.tile(np.linspace(20, 220, 176, dtype=np.uint8), (48, 1))[..., None].repeat(3, axis=2)
    night = (day * 0.25).astype(np.uint8)
    assert np.abs(levelled(day).astype(int) - levelled(night).astype(int)).max() < 12


def test_an_evenly_dark_strip_stays_even() -> None:
    assert np.ptp(levelled(np.full((48, 176, 3), 9, np.uint8))) == 0


@pytest.mark.parametrize(("two_lines", "counts"), [(0.02, (1,)), (0.3, (1, 2)), (0.7, (2, 1)), (0.97, (2,))])
def test_both_line_counts_are_tried_where_the_detector_is_in_doubt(two_lines: float, counts: tuple[int, ...]) -> None:
    assert line_counts(Place(box(0, 0), 0.9, two_lines)) == counts


def test_a_cut_is_a_little_wider_than_its_plate() -> None:
    grown = padded(box(100, 100, 300, 100), 0.05)
    outward = (grown - box(100, 100, 300, 100)) * [[-1, -1], [1, -1], [1, 1], [-1, 1]]
    assert outward.min() > 0
    assert outward.max() == pytest.approx(15)


def test_opinions_that_agree_have_each_characters_better_score() -> None:
    (plate,) = weighed([text("14C12345", 0.7, box(0, 0))], [text("14C12345", 0.95, box(3, 2))])
    assert set(plate.fitted.scores) == {0.95}


def test_opinions_that_differ_are_never_a_vote() -> None:
    (plate,) = weighed([text("14C12345", 0.99, box(0, 0))], [text("14C12346", 0.95, box(3, 2))])
    assert plate.fitted.text == "14C12345"
    assert max(plate.fitted.scores) <= DISPUTED


def test_a_read_that_is_unsure_of_a_character_disputes_nothing() -> None:
    (plate,) = weighed([text("14C12345", 0.99, box(0, 0))], [text("14C12346", 0.4, box(3, 2))])
    assert (plate.fitted.text, min(plate.fitted.scores)) == ("14C12345", 0.99)


def test_what_only_one_of_the_two_sees_is_kept() -> None:
    plates = weighed([text("14C12345", 0.9, box(0, 0))], [text("桂P12345", 0.9, box(300, 0)), text("HOWO", 1.0, box(0, 200))])
    assert {plate.fitted.text for plate in plates} == {"14C12345", "桂P12345"}


def cut(plate: str, doubt: int, score: float, instead: str) -> Text:
    """One character is no surer than `score`; it may be another."""
    slots: list[Slot] = [((c, 0.0),) for c in plate]
    slots[doubt] = ((plate[doubt], math.log(score)), (instead, math.log(1 - score)))
    scores = tuple(score if n == doubt else 1.0 for n in range(len(plate)))
    return Text(box(0, 0), Fitted(Line(plate, scores, {}, tuple(slots)), plate, scores, country(plate), slots=tuple(slots)))


def test_what_most_cuts_of_a_plate_show_is_read_no_surer_than_they_are_on_average() -> None:
    read = together([cut("14C12846", 5, 0.6, "3"), cut("14C12346", 5, 0.9, "8"), cut("14C12346", 5, 0.7, "8")]).fitted
    assert read.text == "14C12346"
    assert min(read.scores) == pytest.approx((0.4 + 0.9 + 0.7) / 3)
    assert [c for c, _ in read.slots[5]] == ["3", "8"]


def test_cuts_that_show_more_or_fewer_characters_make_all_of_them_unsure() -> None:
    read = together([cut("14C12345", 0, 0.9, "7"), cut("14C12345", 0, 0.9, "7"), cut("14C1235", 0, 0.9, "7")]).fitted
    assert read.text == "14C12345"
    assert max(read.scores) == pytest.approx(2 / 3)


def test_a_cut_that_is_no_plate_says_nothing_of_the_others() -> None:
    sure = cut("14C12345", 0, 0.8, "7")
    assert together([sure, text("C12345", 1.0, box(0, 0))]).fitted.scores == pytest.approx(sure.fitted.scores)


def test_characters_that_several_reads_leave_possible_count_alike() -> None:
    (first, share), (second, other) = mixed([(("8", math.log(0.9)),), (("B", math.log(0.3)), ("8", math.log(0.2)))])
    assert (first, second) == ("8", "B")
    assert [math.exp(share), math.exp(other)] == pytest.approx([0.55, 0.15], abs=0.01)


def test_what_stands_in_the_dark_shows_in_an_evened_picture() -> None:
    frame = np.random.default_rng(7).integers(4, 30, (400, 640, 3), np.uint8)
    frame[:, 320:] += 180
    dark = slice(None), slice(0, 300)
    assert evened(frame)[dark].std() > 1.5 * frame[dark].std()


def test_training_numbers_are_plates_of_their_country() -> None:
    draw = random.Random(3)
    for _ in range(2000):
        number = any_number(draw, draw.choice((1, 2)))
        assert country(number.text) == number.kind.value[:2], number


def test_other_text_on_trucks_is_marked_as_no_plate() -> None:
    draw = random.Random(3)
    assert {other_text(draw).kind for _ in range(200)} == {Kind.TEXT}
