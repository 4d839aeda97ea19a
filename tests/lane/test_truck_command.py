"""`lanectl truck`: each truck in a line that says the same as the page."""

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from lanectl import operating_client
from lanectl.__main__ import app
from lanectl.interlocking import refusals
from lanectl.status import LaneStatus
from lanectl.status.mends import ALARMS, HALTED_BY_PERSON, REFUSALS, mend
from tests.fake_lane import crossing, waiting


def asked(monkeypatch: pytest.MonkeyPatch, status: LaneStatus, *words: str) -> Result:
    monkeypatch.setattr(operating_client, "find_socket", lambda named=None: Path("/nowhere"))
    monkeypatch.setattr(operating_client, "status", lambda path: msgspec.json.encode(status))
    return CliRunner().invoke(app, ["truck", *words])


def test_list_says_of_each_truck_where_it_is_and_why_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    result = asked(monkeypatch, waiting().status(), "list")
    assert result.exit_code == 0, result.output
    assert {one.name for one in waiting().status().trucks} <= {line.split()[0] for line in result.stdout.splitlines()}
    assert "T11 waits: section K2 is locked for T07" in result.stdout


def test_list_as_json_is_one_object_a_truck(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [json.loads(line) for line in asked(monkeypatch, crossing().status(), "list", "--json").stdout.splitlines()]
    assert [one["name"] for one in told] == [one.name for one in crossing().status().trucks]
    assert all(one["schema_version"] == 1 for one in told)


def test_show_names_the_trucks_that_are_known_when_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = asked(monkeypatch, crossing().status(), "show", "T07")
    assert shown.stdout.startswith("T07")
    missing = asked(monkeypatch, crossing().status(), "show", "T99")
    assert (missing.exit_code, "T07" in missing.stderr) == (1, True)


def test_without_a_controller_the_exit_code_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["truck", "list", "--socket", str(tmp_path / "none.sock")])
    assert result.exit_code == 5


def test_what_a_person_halted_is_let_go_on_by_resume_and_anything_else_by_reset() -> None:
    assert set(HALTED_BY_PERSON) == set(refusals.BY_PERSON)
    for why in HALTED_BY_PERSON:
        assert mend(ALARMS, "TRUCK_STOPPED", {"truck": "T01", "why": why}) == "lanectl truck resume T01"
        assert mend(REFUSALS, "truck_stopped", {"subject": "T01", "why": why}) == "lanectl truck resume T01"
    assert mend(ALARMS, "TRUCK_STOPPED", {"truck": "T01", "why": refusals.E_STOP}) == "lanectl reset T01"
