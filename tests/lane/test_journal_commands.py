"""The journal from the command line: whole or not, readable, replayable, and clear words for what cannot be read."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import typer
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from lanectl import interlocking
from lanectl.commands import journal, person, replay
from lanectl.layout import Layout
from lanectl.model import Lane, LinkLost, Report, Step, Woke
from lanectl.persons import check_pin
from tests.recorded_run import CLOSE, OPEN, WALL, a_run, small_initial, small_step


@pytest.fixture(autouse=True)
def _small_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interlocking, "initial", small_initial)
    monkeypatch.setattr(interlocking, "step", small_step)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "lane.journal"
    a_run(path, OPEN, LinkLost("io-vn", "no answer, twice"), Woke(), CLOSE)
    return path


def lanectl(*arguments: str | Path, typed: str = "") -> Result:
    app = typer.Typer()
    for command in (journal, replay, person):
        command.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_a_whole_journal_verifies_with_0(path: Path) -> None:
    result = lanectl("journal", "verify", path)
    assert result.exit_code == 0
    assert "6 records, the chain is whole to record 6" in result.stderr
    assert json.loads(lanectl("journal", "verify", path, "--json").stdout) == {
        "schema_version": 1,
        "file": str(path),
        "records": 6,
        "last": 6,
        "bad": None,
        "why": "",
    }


def test_a_changed_record_is_named_with_6(path: Path) -> None:
    change(path, "UPDATE record SET at = 0.0 WHERE seq = 4")
    result = lanectl("journal", "verify", path)
    assert result.exit_code == 6
    assert "record 4 does not match its hash" in result.stderr
    assert json.loads(lanectl("journal", "verify", path, "--json").stdout)["bad"] == 4


@pytest.mark.parametrize("command", [("journal", "verify"), ("journal", "show"), ("journal", "export"), ("replay",)])
def test_what_is_no_journal_is_said_in_words(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear controller, " * 100)
    for name, words in (("missing", "there is no such journal"), ("letter", "not a database")):
        result = lanectl(*command, tmp_path / name)
        assert result.exit_code == 1
        assert words in result.stderr
        assert result.stdout == ""


def test_the_newest_records_are_shown_a_line_each(path: Path) -> None:
    lines = lanectl("journal", "show", path, "--last", "3").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["4", "5", "6"]
    assert lines[0] == f"       4 {WALL} step  LinkLost(unit=io-vn, reason=no answer, twice)"
    assert lines[2].startswith(
        f"       6 {WALL} act   ActRequested(act=CLOSE, by=lan)  → SetAspect(gate=vn, aspect=STOP)  ✗ T01: service_closed"
    )


def test_acts_can_be_shown_alone(path: Path) -> None:
    assert [line.split()[2] for line in lanectl("journal", "show", path, "--kind", "act").stdout.splitlines()] == ["act", "act"]


def test_an_export_holds_every_record(path: Path) -> None:
    held = [json.loads(line) for line in lanectl("journal", "export", path).stdout.splitlines()]
    assert [(each["seq"], each["kind"]) for each in held] == [(1, "start"), (2, "step"), (3, "act"), (4, "step"), (5, "step"), (6, "act")]
    assert held[3]["body"]["report"] == {"type": "LinkLost", "unit": "io-vn", "reason": "no answer, twice"}
    assert [json.loads(line)["seq"] for line in lanectl("journal", "export", path, "--from", "2", "--to", "3").stdout.splitlines()] == [
        2,
        3,
    ]


def test_a_number_beyond_every_record_is_no_mistake(path: Path) -> None:
    beyond = str(10**30)
    assert lanectl("journal", "export", path, "--from", beyond).exit_code == 0
    assert len(lanectl("journal", "show", path, "--last", beyond).stdout.splitlines()) == 6
    assert "lane      " in lanectl("replay", path, "--at", beyond).stdout


def test_a_spreadsheet_can_read_the_export(path: Path) -> None:
    text = lanectl("journal", "export", path, "--format", "csv").stdout
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["what"] for row in rows] == ["", "Started", "ActRequested", "LinkLost", "Woke", "ActRequested"]


def test_a_run_that_comes_out_the_same_replays_with_0(path: Path) -> None:
    result = lanectl("replay", path)
    assert result.exit_code == 0
    assert "Equal: 5 steps of 1 run, to record 6" in result.stderr


def test_a_changed_rule_replays_with_6_and_says_where(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never_closes(layout: Layout, lane: Lane, now: float, event: Report) -> Step:
        step = small_step(layout, lane, now, event)
        return replace(step, commands=()) if event == CLOSE else step

    monkeypatch.setattr(interlocking, "step", never_closes)
    result = lanectl("replay", path)
    assert result.exit_code == 6
    assert f"Different at record 6, {WALL} (10.500 s): commands" in result.stderr
    assert "SetAspect(gate='vn'" in result.stderr
    assert json.loads(lanectl("replay", path, "--json").stdout)["difference"]["seq"] == 6


def test_the_lane_can_be_seen_as_it_was_at_a_record_or_a_time(path: Path) -> None:
    assert "lane      OPEN" in lanectl("replay", path, "--at", "4").stdout
    assert "lane      CLOSED" in lanectl("replay", path, "--at", "2026-03-01T14:02:00+07:00").stdout
    assert json.loads(lanectl("replay", path, "--at", "4", "--json").stdout)["lane"]["service"] == "OPEN"


@pytest.mark.parametrize(
    ("at", "code", "words"),
    [
        ("yesterday", 2, "neither a record's number nor a time"),
        ("2026-03-01T07:02:00", 2, "names no zone"),
        ("2020-01-01T00:00:00Z", 1, "nothing was"),
        ("²", 2, "neither a record's number nor a time"),
    ],
)
def test_a_place_that_the_journal_does_not_have_is_said_in_words(path: Path, at: str, code: int, words: str) -> None:
    result = lanectl("replay", path, "--at", at)
    assert result.exit_code == code
    assert words in result.stderr


def test_a_pin_becomes_what_the_configuration_holds() -> None:
    hashed = lanectl("person", "pin", typed="2580\n").stdout.strip()
    assert check_pin("2580", hashed)
    assert lanectl("person", "pin", typed="12\n").exit_code == 2
