"""The lane in a terminal: it fits, and it says what the page says."""

import io

import pytest
from rich.console import Console

from lanectl.watch import render, report
from tests.fake_lane import FakeLane, crossing, failing, waiting

LANES = {"crossing": crossing, "waiting": waiting, "failing": failing, "empty": FakeLane.working}


def printed(lane: FakeLane, lang: str = "en", width: int = 100, height: int = 30, age_s: float = 0.1) -> str:
    console = Console(width=width, height=height, file=io.StringIO(), record=True, force_terminal=True)
    console.print(render(lane.status(), lang, age_s))
    return console.export_text()


@pytest.mark.parametrize("lang", ["vi", "zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(100, 30), (80, 24), (160, 50)])
@pytest.mark.parametrize("name", LANES)
def test_every_lane_fits_the_terminal_in_every_language(name: str, width: int, height: int, lang: str) -> None:
    for age_s in (0.1, 9.0):
        assert len(printed(LANES[name](), lang, width, height, age_s).splitlines()) <= height


def test_why_a_truck_waits_is_one_sentence() -> None:
    assert "T11 waits: section K2 is locked for T07" in printed(waiting())
    assert "T11 等待：区段 K2 已为 T07 锁闭" in printed(waiting(), "zh")


def test_an_alarm_is_shown_with_the_command_that_answers_it() -> None:
    text = printed(failing())
    assert "■1 vn: boom fault: not down in time" in text
    assert "$ lanectl reset vn" in text


def test_a_plate_that_was_read_and_matched_is_marked() -> None:
    assert "14C12345 ✓" in printed(crossing())


def test_old_news_is_said_to_be_old() -> None:
    assert "No news from the controller for 9 s" in printed(crossing(), age_s=9.0)
    assert "No news" not in printed(crossing(), age_s=0.3)


def test_a_report_leaves_out_nothing() -> None:
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(report(failing().status(), "en"))
    text = console.export_text()
    assert "lanectl declare K6 K7" in text
    assert "its consignment is held by China" in text


def test_a_truck_that_still_drives_is_not_said_to_wait() -> None:
    assert "T07 waits" not in printed(crossing().refusing("section_locked", "T07", section="K5", truck="T03"))
