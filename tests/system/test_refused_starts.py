"""What is wrong with a configuration is said before anything runs: all of it, with its place, by `check` and by `run` alike."""

from pathlib import Path

import pytest

from tests.site_files import site_with
from tests.system.lanectl_commands import lanectl

INVALID = 3
MISTAKES = (
    ("gate-vn.toml", "watchdog_s = 2", "watchdog_s = 9"),
    ("site.toml", "reading_age_s_max = 0.6", "reading_age_s_maks = 0.6"),
    ("gate-cn.toml", 'port = "cn-io"', 'port = "cn-oi"'),
)
NAMED = ("watchdog_s", "reading_age_s_maks", "cn-oi")


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_configuration_with_three_mistakes_is_refused_and_each_is_named(command: str, tmp_path: Path) -> None:
    folder = str(site_with(tmp_path, *MISTAKES))
    places = ["--journal", str(tmp_path / "journal.db"), "--socket", str(tmp_path / "s.sock")] if command == "run" else []
    refused = lanectl(command, folder, *places)
    assert refused.exit_code == INVALID
    for file, named in zip((file for file, _, _ in MISTAKES), NAMED, strict=True):
        assert any(file in line and named in line for line in refused.output.splitlines()), refused.output
    assert not (tmp_path / "journal.db").exists()
