"""A lane whose camera sees real photographs: the truck whose plate is in them crosses, under any other plate it gets no way."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lanectl.demo_site import write_manifest
from lanectl.model import Match
from tests.photographs import photograph
from tests.system.running_lane import RunningLane, Truth, running_lane, said_in_every_language
from tests.system.short_lane import short_lane
from tests.system.sound import assert_sound

PHOTOGRAPHED = "29A44173"
SCENES = ("vn/scene/vn020.jpg", "vn/scene/vn021.jpg")  # the same car, twice


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[RunningLane]:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for scene in SCENES:
        shutil.copy(photograph(scene), pictures)

    def with_photographs(plan: dict[str, list[Truth]]) -> None:
        for camera in plan["cameras"]:
            camera["photographs"] = str(pictures)

    with running_lane(tmp_path / "kept", short_lane(tmp_path / "site"), trucks=1, plan=with_photographs) as running:
        yield running


def test_a_photographed_truck_crosses_under_its_own_plate_only(lane: RunningLane) -> None:
    lane.until("its plate is read and not listed", lambda: matched(lane) is Match.NOT_LISTED)
    shown = lane.status()
    assert shown.gates[0].plate is not None
    assert shown.gates[0].plate.plate == PHOTOGRAPHED
    assert said_in_every_language(shown)
    assert lane.truck("T01")["released_m"] is None
    assert lane.truth()["signals"]["vn"] == "STOP"
    site = lane.prepared.site
    write_manifest(site.folder, tuple(replace(line, plate=PHOTOGRAPHED) for line in site.manifest))
    lane.until("it crosses to the end", lambda: lane.crossed("T01", 1))
    assert_sound(lane)


def matched(lane: RunningLane) -> Match | None:
    plate = lane.status().gates[0].plate
    return plate.match if plate is not None else None
