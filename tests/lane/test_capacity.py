"""What a lane can carry by physics alone, against the figures of the sites, and how it is told."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from lanectl.__main__ import app
from lanectl.capacity import Drive, Limit, Term, dispatched, drive_s, limit
from lanectl.capacity_drawing import drawing
from lanectl.capacity_words import Told, document, lines
from lanectl.config import load
from lanectl.model import Direction
from lanectl.site.facts import Site
from lanectl.virtual.measured import Entered, Level, Measured, over_whole_rounds, side
from tests.site_files import SHIPPED


def site(name: str) -> Site:
    return dispatched(load(SHIPPED.parent / name))


def terms(name: str, trucks: int = 20) -> dict[str, float]:
    return {term.name: term.per_hour for term in limit(site(name), trucks, Drive()).terms}


def test_trucks_that_follow_each_other_need_their_section_and_the_overlap() -> None:
    """154 m kept, a truck of 17 m, 6.9 m/s, and a second: as the site's numbers have it."""
    assert terms("bac-luan-2")["section"] == pytest.approx(3600 / ((154.5 + 17) / 6.9 + 1), rel=1e-6)


@pytest.mark.parametrize(("length_m", "seconds"), [(0.0, 0.0), (4.0, 4.0), (47.61, 13.8), (116.61, 23.8)])
def test_a_truck_pulls_off_and_then_keeps_its_speed(length_m: float, seconds: float) -> None:
    assert drive_s(length_m, 6.9, 0.5) == pytest.approx(seconds, abs=0.01)


def test_who_starts_from_standing_behind_a_boom_binds_before_the_sections_at_speed_do() -> None:
    found = limit(site("bac-luan-2"), 20, Drive())
    assert (found.binding.name, round(found.per_hour)) == ("entry", 98)


def test_shorter_sections_bring_it_to_what_the_gate_can_pass() -> None:
    whole = site("bac-luan-2")
    short = replace(whole.layout, sections=tuple(replace(section, length_m=38.6) for section in whole.layout.sections))
    assert limit(replace(whole, layout=short), 20, Drive()).per_hour == pytest.approx(124.6, abs=0.1)


def test_a_longer_stand_at_the_gate_costs_where_the_gate_binds() -> None:
    assert limit(site("bac-luan-2"), 20, Drive(dwell_s=30.0)).binding.per_hour < 70


def test_a_lane_worked_both_ways_carries_batches() -> None:
    found = limit(site("bac-luan-2-both"), 20, Drive())
    assert (found.both_ways, found.binding.name) == (True, "both ways")
    assert 76 <= found.per_hour <= 99  # what the site's numbers give behind a 35 s gate


def test_few_trucks_bind_and_so_do_few_places() -> None:
    assert limit(site("bac-luan-2"), 2, Drive()).binding.name == "fleet"
    assert limit(site("long-lane"), 30, Drive()).binding.name == "yard"


def test_one_truck_on_the_bridge_at_a_time_binds() -> None:
    assert limit(site("pontoon"), 12, Drive()).binding.name == "bridge"


# ---------------------------------------------------------------- telling it

MOST = Limit((Term("entry", 97.0, "3600 / 37.1 s"), Term("yard", 200.0, "six places")), both_ways=False)

TOLD = Told("here", 12, MOST, 900.0)


def measured(asked: float, carried: float, *broken: str) -> Measured:
    return Measured(Level(asked, 3600.0, 12, 1), int(carried), carried, (10.0, 20.0, 300.0), 2, 0, broken)


def test_the_table_shows_each_level_with_its_part_of_the_limit_and_its_waits() -> None:
    told = lines(TOLD, [measured(48.5, 48.5), measured(150.0, 94.1, "boom cn came down on T01")])
    assert told[0] == "here, 12 trucks: at most 97.0 an hour; entry binds"
    assert ("50%" in told[-5], "97%" in told[-4]) == (True, True)
    assert told[-1] == "broken: boom cn came down on T01"


def test_the_document_holds_every_figure() -> None:
    found = json.loads(json.dumps(document(TOLD, [measured(150.0, 94.1)])))
    assert (found["limit_per_hour"], found["binds"]) == (97.0, "entry")
    (level,) = found["levels"]
    assert (level["of_limit"], level["wait_s_p50"], level["wait_s_p95"]) == (0.9701, 20.0, 300.0)


def test_the_drawing_is_an_image_with_a_point_for_each_level_and_the_limit() -> None:
    picture = ET.fromstring(drawing(TOLD, [measured(48.5, 48.5), measured(150.0, 94.1)]))
    assert len(picture.findall("{*}circle")) == 2 * 3  # carried, and two of the waits
    assert any("physical limit 97.0/h (entry)" in (text.text or "") for text in picture.findall("{*}text"))


def test_a_profile_is_drawn_over_its_hours_and_without_dots() -> None:
    picture = ET.fromstring(drawing(replace(TOLD, profile="peaks"), [measured(48.5, 48.5), measured(150.0, 94.1)]))
    words = [text.text or "" for text in picture.findall("{*}text")]
    assert ("here, profile peaks: 12 trucks" in words, len(picture.findall("{*}circle"))) == (True, 0)
    assert len(picture.findall("{*}polyline")) == 4


def test_each_side_is_told_with_its_waits_and_who_waits_still() -> None:
    there, back = Direction.VN_TO_CN, Direction.CN_TO_VN
    entered = [Entered(10.0, there, 30.0, 4.0), Entered(20.0, there, 10.0, 8.0), Entered(30.0, there, None, 900.0)]
    sides = (side(there, entered, 1, [950.0]), side(back, entered, 0, []))
    assert [(one.waits_s, one.returns, one.left, one.longest_ready_s) for one in sides] == [((10.0, 30.0), 1, 1, 950.0), ((), 0, 0, 0.0)]
    told = lines(TOLD, [replace(measured(48.5, 48.5), sides=sides, breakdowns=2)])
    assert "VN_TO_CN" in told[-3]
    assert "950 s" in told[-3]
    assert told[-1].endswith("broke down in the lane: 2")


def test_a_level_without_a_crossing_has_no_waits() -> None:
    assert replace(measured(10, 0), waits_s=()).wait_s(0.95) == 0.0


def test_the_command_tells_the_limit_without_simulating() -> None:
    said = CliRunner().invoke(app, ["capacity", str(SHIPPED), "--hours", "0", "--json"])
    assert said.exit_code == 0
    assert json.loads(said.stdout)["binds"] == "entry"
    assert json.loads(said.stdout)["levels"] == []


def test_the_command_names_what_is_wrong_with_its_levels() -> None:
    said = CliRunner().invoke(app, ["capacity", str(SHIPPED), "--levels", "0.5,many"])
    assert (said.exit_code, "numbers above 0" in said.output) == (2, True)


def test_the_command_says_what_is_wrong_with_a_site(tmp_path: object) -> None:
    assert CliRunner().invoke(app, ["capacity", str(tmp_path)]).exit_code == 3


def test_more_trucks_than_the_yards_of_both_sides_take_are_not_simulated() -> None:
    said = CliRunner().invoke(app, ["capacity", str(SHIPPED.parent / "bac-luan-2-both"), "--hours", "0", "--trucks", "40"])
    assert (said.exit_code, "At most --trucks 39" in said.output) == (2, True)


def test_a_lane_worked_both_ways_is_measured_over_whole_rounds_of_both_directions() -> None:
    window = [(0.0, 0), (1800.0, 30)]
    turns = [(100.0, 4), (500.0, 13), (900.0, 23), (1300.0, 29)]
    assert over_whole_rounds(window, turns) == pytest.approx(3600 * (23 - 4) / 800)
    assert over_whole_rounds(window, turns[:2]) == pytest.approx(60.0)
    assert over_whole_rounds(window, []) == pytest.approx(60.0)
