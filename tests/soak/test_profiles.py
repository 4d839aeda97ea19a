"""Demand profiles: a mistake in one is named at its place, the shipped ones fit every shipped site, and a lane is played under one."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lanectl.__main__ import app
from lanectl.capacity import Drive, dispatched, limit
from lanectl.config import ConfigError, load
from lanectl.model import Authority, Direction
from lanectl.site.facts import Site
from lanectl.virtual.demand import play
from lanectl.virtual.profile_files import load_profile

ROOT = Path(__file__).parents[2]
SITES = sorted(path.parent for path in (ROOT / "config").glob("*/site.toml"))
SHIPPED = sorted((ROOT / "config" / "profiles").glob("*.toml"))
DOCUMENT = (ROOT / "docs" / "reference" / "profiles.md").read_text(encoding="utf-8")
RIGHT = DOCUMENT.split("```toml\n")[1].split("```")[0]
THERE, BACK = Direction.VN_TO_CN, Direction.CN_TO_VN


def site(name: str) -> Site:
    return dispatched(load(ROOT / "config" / name))


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("there", "instead", "code", "message"),
    [
        ("hours = 24.0", "", "C010", "`hours` is missing"),
        ("hours = 24.0", "hours = 0", "C013", "`hours` = 0 is out of range"),
        ("vn_to_cn = 1.2", "vn_to_c = 1.2", "C012", "unknown key `vn_to_c`"),
        ('VN = "holds-half"', 'VN = "hold-half"', "C014", "`hold-half` is not a `VN`"),
        ("from_h = 0.0", "from_h = 1.0", "C073", "what is asked at first is not said"),
        ("from_h = 7.0", "from_h = 0.0", "C073", "not after the one before it"),
        ("from_h = 7.0", "from_h = 25.0", "C073", "when the profile has ended"),
        ('section = "each"', 'section = "K99"', "C070", "the lane has no section `K99`"),
        ("at_h = 2.0", "at_h = 30.0", "C073", "at 30 h the profile has ended"),
        ("[[demand]]", "[[demanded]]", "C012", "unknown key `demanded`"),
    ],
)
def test_a_mistake_in_a_profile_is_named_at_its_place(there: str, instead: str, code: str, message: str, tmp_path: Path) -> None:
    text = RIGHT.replace(there, instead)
    assert text != RIGHT
    with pytest.raises(ConfigError) as caught:
        load_profile(written(tmp_path, text), site("bac-luan-2"), 100.0)
    assert any(found.code == code and message in found.message for found in caught.value.problems), caught.value.problems


def test_every_key_of_the_documented_profile_is_read(tmp_path: Path) -> None:
    found = load_profile(written(tmp_path, RIGHT), site("bac-luan-2-both"), 80.0)
    assert [stretch.from_s / 3600 for stretch in found.stretches] == [0.0, 7.0]
    per_hour, until_s = found.rate_at(8 * 3600.0, THERE)
    assert (round(per_hour, 6), until_s) == (48.0, 24 * 3600.0)
    assert found.customs == {Authority.VN: "holds-half", Authority.CN: "prompt"}
    assert [one.section for one in found.breakdowns] == [section.name for section in site("bac-luan-2-both").layout.sections]
    assert {(one.kind, one.repair_s) for one in found.breakdowns} == {("truck-fatal", 600.0)}
    named = {key for table in tomllib.loads(RIGHT).values() for one in (table if isinstance(table, list) else [table]) for key in one}
    assert all(f"`{key}`" in DOCUMENT for key in named)


def test_a_lane_worked_one_way_is_asked_nothing_the_other_way(tmp_path: Path) -> None:
    found = load_profile(written(tmp_path, RIGHT), site("bac-luan-2"), 100.0)
    assert [dict(stretch.per_hour) for stretch in found.stretches] == [{THERE: 20.0}, {THERE: 120.0}]


@pytest.mark.parametrize("folder", SITES, ids=lambda folder: folder.name)
def test_the_shipped_profiles_fit_every_shipped_site(folder: Path) -> None:
    found = [load_profile(path, dispatched(load(folder)), 60.0) for path in SHIPPED]
    assert {"rising", "peaks", "one-sided", "held-half", "breakdowns"} <= {one.name for one in found}
    assert all(one.seconds == 24 * 3600.0 for one in found)


def test_a_profile_is_cut_short_where_it_is_asked_to_be() -> None:
    found = load_profile(ROOT / "config" / "profiles" / "peaks.toml", site("bac-luan-2"), 100.0).cut(8 * 3600.0, trucks=3, seed=9)
    assert (found.seconds, len(found.stretches), found.trucks, found.seed) == (8 * 3600.0, 2, 3, 9)


PLAYED = """
[profile]
words = "A rush from one side, whose customs holds half; a truck breaks down; then the other side."
hours = 0.3
unit = "an_hour"
trucks = 4

[customs]
VN = "holds-half"

[[demand]]
vn_to_cn = 60
cn_to_vn = 4

[[demand]]
from_h = 0.15
cn_to_vn = 40

[[breakdown]]
at_h = 0.03
section = "K1"
repair_s = 30
"""


def test_a_lane_worked_both_ways_carries_a_profile_with_held_consignments_a_breakdown_and_empty_returns(tmp_path: Path) -> None:
    lane = site("bac-luan-1")
    first, second = play(lane, load_profile(written(tmp_path, PLAYED), lane, 1.0))
    assert (first.broken, second.broken, first.breakdowns) == ((), (), 1)
    there, back = first.sides
    assert len(there.waits_s) >= 3
    assert back.returns >= 1, "who brought something comes back empty where nothing is to be brought back"
    assert len(second.sides[1].waits_s) >= 3
    assert max(one.longest_ready_s for stretch in (first, second) for one in stretch.sides) < 900.0


@pytest.mark.campaign
@pytest.mark.parametrize("name", ["bac-luan-2", "bac-luan-2-both"])
@pytest.mark.parametrize("profile", [path.stem for path in SHIPPED])
def test_a_simulated_day_of_each_profile_breaks_nothing_and_starves_nobody(profile: str, name: str) -> None:
    lane = site(name)
    most = limit(lane, 20, Drive()).per_hour
    asked = load_profile(ROOT / "config" / "profiles" / f"{profile}.toml", lane, most).cut(24 * 3600.0, trucks=20, seed=1)
    found = play(lane, asked)
    assert [one.broken for one in found] == [()] * len(asked.stretches)
    assert lane.dispatch is not None
    longest = max(side.longest_ready_s for one in found for side in one.sides)
    assert longest < 3 * lane.dispatch.wait_s_max, f"a truck that was ready waited {longest:.0f} s"


def test_the_command_names_the_shipped_profiles_when_it_does_not_know_one() -> None:
    said = CliRunner().invoke(app, ["capacity", str(ROOT / "config" / "bac-luan-2"), "--profile", "peeks"])
    assert (said.exit_code, "one-sided, peaks" in said.output) == (2, True)


def test_levels_do_not_go_with_a_profile() -> None:
    said = CliRunner().invoke(app, ["capacity", str(ROOT / "config" / "bac-luan-2"), "--profile", "peaks", "--levels", "1"])
    assert (said.exit_code, "does not go with --profile" in said.output) == (2, True)
