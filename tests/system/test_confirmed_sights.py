"""Mud at the rear and on the container of a running lane: the truck is named and waits, until a person reads its pictures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lanectl.model import Sight
from lanectl.status.shown import SightShown
from tests.system.lanectl_commands import lanectl
from tests.system.running_lane import RunningLane, running_lane, said_in_every_language
from tests.system.short_lane import short_lane
from tests.system.sound import assert_sound

CAMERAS = """
[[camera]]
name = "vn-rear"
source = "rtsp://camera-vn-rear.lane/stream"
sees = "rear"

[[camera]]
name = "vn-side"
source = "rtsp://camera-vn-side.lane/stream"
sees = "container"
"""


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[RunningLane]:
    site = short_lane(tmp_path / "site")
    gate = site / "gate-vn.toml"
    gate.write_text(gate.read_text(encoding="utf-8") + CAMERAS, encoding="utf-8")
    about = (site / "site.toml").read_text(encoding="utf-8")
    needed = about.replace("container_needed = false", "container_needed = true\nrear_plate_needed = true")
    (site / "site.toml").write_text(needed, encoding="utf-8")
    with running_lane(tmp_path / "kept", site, trucks=1, opened=False) as running:
        for sight in ("rear", "container"):
            running.fault("mud", "T01", sight)
        running.open()
        yield running


def test_what_cannot_be_read_at_the_rear_and_on_the_container_is_read_by_a_person(lane: RunningLane) -> None:
    lane.until("both wait for a person", lambda: len(waiting(lane)) == 2)
    assert lane.truth()["signals"]["vn"] == "STOP"
    assert said_in_every_language(lane.status())
    told = lanectl("plate", "waiting", "--evidence", evidence(lane), "--socket", str(lane.prepared.socket)).stdout
    assert told.count("  picture: ") == 2
    declared = lane.prepared.site.manifest[0]
    assert lane.command("plate", "confirm", "vn", "--truck", "T01", "--sight", "rear", "--text", "36R-999.99") == 8
    assert lane.command("plate", "confirm", "vn", "--truck", "T01", "--sight", "rear", "--text", declared.other_plates[0]) == 0
    assert [seen.sight for seen in waiting(lane)] == [Sight.CONTAINER]
    assert lane.truck("T01")["released_m"] is None
    assert lane.command("plate", "confirm", "vn", "--truck", "T01", "--sight", "container", "--text", declared.container) == 0
    lane.until("it crosses to the end", lambda: lane.crossed("T01", 1))
    assert_sound(lane)


def waiting(lane: RunningLane) -> list[SightShown]:
    return [seen for gate in lane.status().gates for seen in gate.sights if seen.waits]


def evidence(lane: RunningLane) -> str:
    return str(lane.prepared.kept / "evidence")
