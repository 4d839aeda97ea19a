"""`lanectl sim SCENARIO`: what it prints, what it writes, and how it ends."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lanectl.__main__ import app

ROOT = Path(__file__).parents[2]
NOT_MET = """
[scenario]
words = "Nobody opens this lane."
begins = "NEVER_IN_SERVICE"

[[truck]]
name = "T01"

[[act]]
act = "OPEN"
at_s = 2.0

[[expect]]
name = "open"
what = "service"
is = "OPEN"
within_s = 1.0

[[expect]]
what = "crossed"
of = "T01"
after = "open"
within_s = 9.0
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sim", "--site", str(ROOT / "config" / "bac-luan-2"), *arguments])


@pytest.fixture
def not_met(tmp_path: Path) -> Path:
    path = tmp_path / "nobody.toml"
    path.write_text(NOT_MET, encoding="utf-8")
    return path


def test_the_list_names_each_shipped_scenario_in_a_line() -> None:
    lines = run("--list").stdout.splitlines()

    assert [line.split()[0] for line in lines] == sorted(path.stem for path in (ROOT / "config" / "scenarios").glob("*.toml"))


def test_what_is_not_met_fails_with_what_was_there_and_what_the_lane_said(not_met: Path, tmp_path: Path) -> None:
    ended = run(str(not_met), "--junit", str(tmp_path / "out.xml"))

    assert ended.exit_code == 1
    assert "service OPEN from 0 s, within 1 s" in ended.stderr
    assert "service is COMMISSIONING" in ended.stderr
    suite = ET.parse(tmp_path / "out.xml").getroot()[0]
    assert (suite.get("name"), suite.get("failures"), suite.get("skipped")) == ("nobody", "1", "2")
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "service is COMMISSIONING"
    assert failure.text is not None
    assert "T01 is called" in failure.text
    assert "refused now: " in failure.text


def test_json_is_one_object_and_says_what_came_of_each_check(not_met: Path) -> None:
    told = json.loads(run(str(not_met), "--json").stdout)

    (scenario,) = told["scenarios"]
    assert (told["schema_version"], scenario["name"], scenario["passed"]) == (1, "nobody", False)
    assert [check["verdict"] for check in scenario["checks"]].count("not-met") == 1
    assert scenario["transcript"]


def test_no_progress_is_shown_where_there_is_no_terminal(not_met: Path) -> None:
    assert "\r" not in run(str(not_met)).stderr


def test_an_act_that_is_refused_against_what_was_expected_fails(tmp_path: Path) -> None:
    path = tmp_path / "early.toml"
    path.write_text(NOT_MET.replace("at_s = 2.0", "at_s = 0.5").replace("within_s = 1.0", "within_s = 5.0"), encoding="utf-8")

    ended = run(str(path))

    assert ended.exit_code == 1
    assert "expected: lan asks OPEN and it is done" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["two-folow"], "Did you mean `two-follow`?"),
        (["two-follow", "--faults", "3"], "--faults is for a run without a scenario."),
        (["--junit", "out.xml"], "--junit needs a scenario"),
    ],
)
def test_what_cannot_be_asked_ends_with_2_and_the_remedy(arguments: list[str], words: str) -> None:
    ended = run(*arguments)

    assert ended.exit_code == 2
    assert words in ended.stderr


def test_a_wrong_file_ends_with_3_and_its_place(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(NOT_MET.replace("within_s = 9.0", "within_s = 9.0\nwithin_m = 1"), encoding="utf-8")

    ended = run(str(path))

    assert ended.exit_code == 3
    assert "wrong.toml:24:1: C012 unknown key `within_m`" in ended.stderr
