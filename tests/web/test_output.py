"""What becomes of a command's words where they cannot be written: said in a sentence, never as a traceback."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.site_files import SHIPPED
from tests.web.test_commands import ENDS_S_MAX, LANECTL, controller

__all__ = ["controller"]

FULL = Path("/dev/full")
ASCII = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}


def run(*arguments: str, stdout: int, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [*LANECTL, *arguments]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, timeout=ENDS_S_MAX, check=False, env={**os.environ, **(env or {})}
    )


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", [("status",), ("status", "--json"), ("watch", "--json")])
def test_a_full_disk_is_said_and_is_not_the_controllers_fault(command: tuple[str, ...], controller: Path) -> None:
    with FULL.open("wb") as full:
        ended = run(*command, "--socket", str(controller), stdout=full.fileno())
    assert (ended.returncode, ended.stderr) == (1, b"the output: No space left on device\n")


def test_a_reader_that_goes_away_ends_the_watching_without_a_word(controller: Path) -> None:
    with subprocess.Popen([*LANECTL, "watch", "--json", "--socket", str(controller)], stdout=-1, stderr=-1) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        watching.stdout.readline()
        watching.stdout.close()
        assert (watching.wait(ENDS_S_MAX), watching.stderr.read()) == (1, b"")


def test_data_is_utf_8_whatever_the_locale(controller: Path) -> None:
    ended = run("status", "--lang", "vi", "--socket", str(controller), stdout=subprocess.PIPE, env=ASCII)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert "Móng Cái" in ended.stdout.decode()


def test_a_configuration_that_is_not_there_names_its_remedy(tmp_path: Path) -> None:
    places = ["--control", str(tmp_path / "c"), "--plan", str(tmp_path / "p")]
    for command in (["run"], ["simulate", *places], ["demo", "--folder", str(tmp_path), "--site"]):
        ended = run(*command, str(tmp_path), stdout=subprocess.PIPE)
        assert ended.returncode == 3
        assert b"help: give the folder that holds site.toml" in ended.stderr


def test_a_plan_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    nowhere = tmp_path / "missing" / "plan.json"
    ended = run("simulate", str(SHIPPED), "--control", str(tmp_path / "c"), "--plan", str(nowhere), stdout=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (1, f"{nowhere}: No such file or directory\n".encode())


@pytest.mark.parametrize("option", [("--speed", "0"), ("--speed", "nan"), ("--epoch", "nan")])
def test_a_clock_that_cannot_be_is_a_matter_of_usage(option: tuple[str, str], tmp_path: Path) -> None:
    places = ("--journal", str(tmp_path / "j.db"), "--evidence", str(tmp_path), "--socket", str(tmp_path / "s"))
    ended = run("run", str(SHIPPED), *places, *option, stdout=subprocess.PIPE)
    assert (ended.returncode, b"Invalid value for" in ended.stderr) == (2, True)


def test_a_folder_for_evidence_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    places = ("--journal", str(tmp_path / "j.db"), "--evidence", str(tmp_path / "file" / "e"), "--socket", str(tmp_path / "s"))
    ended = run("run", str(SHIPPED), *places, stdout=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (1, f"{tmp_path / 'file' / 'e'}: Not a directory\n".encode())
