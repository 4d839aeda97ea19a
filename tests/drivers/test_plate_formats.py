"""Look-alikes are put right where a format leaves no doubt, and only there."""

import pytest

from drivers.plate_reader.formats import Formats
from drivers.plate_reader.recogniser import Line
from drivers.plate_reader.text_reader import CHINESE
from lanectl.plates import FORMATS

HELD = Formats(FORMATS, CHINESE)


def line(text: str, score: float = 0.9, **lead: float) -> Line:
    return Line(text, (score,) * len(text), {c: lead.get(c, 0.0) for c in CHINESE})


@pytest.mark.parametrize(
    ("read", "text", "country"),
    [
        ("14C-123.45", "14C12345", "VN"),
        ("桂P·12345", "桂P12345", "CN"),
        ("14C-I23.4S", "14C12345", "VN"),  # letters where only digits stand
        ("148-123.45", "14812345", ""),  # digits alone are no plate with a misread letter
        ("L4C-123.45", "14C12345", "VN"),
        ("桂P·O2345", "桂P02345", "CN"),  # no O in a Chinese serial
        ("桂0·12345", "桂O12345", "CN"),  # the office O is drawn like a 0, which cannot stand there
        ("IVECO", "IVECO", ""),
        ("0909474713", "0909474713", ""),
    ],
)
def test_a_look_alike_is_put_right_only_where_one_plate_remains(read: str, text: str, country: str) -> None:
    fitted = HELD.fit(line(read))
    assert (fitted.text, fitted.country) == (text, country)


def test_a_separator_has_no_part_in_the_score() -> None:
    fitted = HELD.fit(Line("14C-12345", (0.9, 0.9, 0.9, 0.1, 0.9, 0.9, 0.9, 0.9, 0.9), {}))
    assert min(fitted.scores) == 0.9


def test_a_province_that_no_look_was_sure_of_keeps_its_low_score() -> None:
    fitted = HELD.with_lead([line("P12345", 桂=0.3), line("P12345", 桂=0.1, 皖=0.2)])
    assert (fitted.text, fitted.country) == ("桂P12345", "CN")
    assert min(fitted.scores) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("plate", "goes_on"), [("30A3391", True), ("29B112345", False), ("粤A12345", True), ("粤AD12345", False), ("IVECO", False)]
)
def test_a_plate_that_is_the_beginning_of_another_may_have_been_cut_off(plate: str, goes_on: bool) -> None:
    assert HELD.goes_on(HELD.fit(line(plate))) is goes_on
