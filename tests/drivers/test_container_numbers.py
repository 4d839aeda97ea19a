"""Container numbers: the check digit, look-alikes put right by it, and numbers read from painted walls."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from drivers.plate_reader.container_code import check_digit, checks
from drivers.plate_reader.containers import ContainerReader, repaired
from drivers.plate_reader.recogniser import Line
from sim.camera import CameraView, render
from sim.drawn_plate import LATIN


def wall(lines: tuple[str, ...], character_px: int = 36) -> NDArray[np.uint8]:
    """A container's corrugated side with a number painted on it."""
    image = Image.new("RGB", (1280, 720), (120, 60, 40))
    draw = ImageDraw.Draw(image)
    for left in range(0, 1280, 40):
        draw.rectangle((left, 0, left + 16, 720), fill=(102, 51, 34))
    for n, text in enumerate(lines):
        draw.text((300, 200 + n * 1.25 * character_px), text, font=ImageFont.truetype(str(LATIN), character_px), fill=(240, 240, 240))
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


@pytest.fixture(scope="module")
def reader() -> ContainerReader:
    return ContainerReader()


def line(text: str) -> Line:
    return Line(text, (0.9,) * len(text), {})


@pytest.mark.parametrize(("body", "digit"), [("CSQU305438", 3), ("TOLU473478", 7), ("MSKU123456", 5)])
def test_the_check_digit_is_the_standards(body: str, digit: int) -> None:
    assert check_digit(body) == digit


def test_a_sum_that_leaves_ten_is_written_as_zero() -> None:
    bodies = [f"MSKU{serial:06d}" for serial in range(200)]
    assert {check_digit(body) for body in bodies} == set(range(10))


@pytest.mark.parametrize("number", ["CSQU3054384", "CSQA3054383", "CSQU305438", "", "14C12345", "csqu3054383"])
def test_what_is_written_otherwise_or_does_not_add_up_is_no_container_number(number: str) -> None:
    assert not checks(number)


@pytest.mark.parametrize(
    ("read", "number"),
    [
        ("CSQU3054383", "CSQU3054383"),
        ("C5QU3O54383", "CSQU3054383"),  # a digit among the letters, a letter among the digits
        ("CSQU3054B83", "CSQU3054B83"),  # with an 8 it does not check: shown as it was read
        ("CSQU3054384", "CSQU3054384"),
        ("CSQU305", "CSQU305"),
    ],
)
def test_a_look_alike_is_put_right_only_if_the_number_then_checks(read: str, number: str) -> None:
    assert repaired(line(read)).text == number


def test_what_was_put_right_keeps_the_score_of_what_was_seen() -> None:
    held = Line("C5QU3054383", (0.9, 0.3, *(0.9,) * 9), {})
    assert min(repaired(held).scores) == 0.3


@pytest.mark.parametrize(("lines", "character_px"), [(("CSQU 305438 3",), 36), (("MSKU 123456 5",), 30), (("CSQU", "305438 3"), 36)])
def test_a_painted_number_is_read_with_its_lines_and_its_place(reader: ContainerReader, lines: tuple[str, ...], character_px: int) -> None:
    (read,) = reader.read(wall(lines, character_px))
    assert (read.number, read.checked, read.lines) == ("".join(lines).replace(" ", ""), True, len(lines))
    assert 0.5 < read.weakest == min(score for _, score in read.characters) <= read.score <= 1.0
    left, top = read.corners[0]
    assert abs(left - 300) < 30
    assert abs(top - 200) < 30


def test_a_number_that_does_not_add_up_says_so(reader: ContainerReader) -> None:
    (read,) = reader.read(wall(("CSQU 305438 4",)))
    assert (read.number, read.checked) == ("CSQU3054384", False)


def test_a_trucks_plate_is_no_container_number(reader: ContainerReader) -> None:
    assert reader.read(render(CameraView("14C12345"))) == ()
