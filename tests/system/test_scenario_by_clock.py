"""A scenario file by the clock: the controller's own program, simulated devices on pseudo-terminals, a real broker."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lanectl.__main__ import app

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.stem for path in (ROOT / "config" / "scenarios").glob("*.toml") if path.stem != "disk-full")
CABLE = """
[scenario]
words = "Nobody opens a lane while a barrier's cable is out, and who asks is told so."
begins = "NEVER_IN_SERVICE"

[[expect]]
name = "down"
what = "boom"
of = "vn"
is = "DOWN"
within_s = 20.0

[[fault]]
fault = "unplug vn-barrier"
after = "down"

[[expect]]
name = "unknown"
what = "boom"
of = "vn"
is = "UNKNOWN"
after = "down"
within_s = 5.0

[[act]]
act = "OPEN"
by = "anh"
after = "unknown"
refused = "unit_lost"

[[fault]]
fault = "replug vn-barrier"
after = "unknown"
at_s = 0.5

[[expect]]
what = "boom"
of = "vn"
is = "DOWN"
after = "unknown"
within_s = 20.0
"""


def played(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sim", "--site", str(ROOT / "config" / "bac-luan-2"), "--real-time", *arguments])


def test_a_lane_with_a_cable_out_is_not_opened_by_the_clock_either(tmp_path: Path) -> None:
    (tmp_path / "cable.toml").write_text(CABLE, encoding="utf-8")

    ended = played(str(tmp_path / "cable.toml"), "--json")

    assert ended.exit_code == 0, ended.output
    (one,) = json.loads(ended.stdout)["scenarios"]
    words = [check["words"] for check in one["checks"]]
    assert "anh asks OPEN and is refused with unit_lost" in words
    assert words[-3:] == [
        "no truth of the lane is broken",
        "the controller does not stop itself",
        "the journal replays to the same decisions",
    ]


def test_what_only_virtual_time_can_bring_about_is_refused_before_anything_starts() -> None:
    ended = played("disk-full")

    assert ended.exit_code == 3
    assert "`disk-full` cannot be brought about in real time; play it without --real-time" in ended.stderr


@pytest.mark.campaign
@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_scenario_comes_out_by_the_clock_as_in_virtual_time(name: str) -> None:
    ended = played(name, "--speed", "2")

    assert ended.exit_code == 0, ended.output
