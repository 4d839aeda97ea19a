"""Container numbers: the check digit, look-alikes put right by it, and numbers read from painted walls."""

import pytest

from drivers.plate_reader.container_code import check_digit, checks
from drivers.plate_reader.containers import repaired
from drivers.plate_reader.recogniser import Line


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
