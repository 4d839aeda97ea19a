"""A photographed truck drives up in a video: the camera's process reads it, and the vote names it among its look-alikes or not at all."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.identity_frames import Waiting, region
from benchmarks.identity_videos import decided, neighbours, reads_of
from benchmarks.plate_pictures import labelled
from lanectl.model import Match
from tests.photographs import SHARED, photograph

SCENES = ("vn/scene/vn005.jpg", "cn/scene/cn019.jpg", "vn/scene/vn013.jpg")


@pytest.mark.parametrize("name", SCENES)
def test_a_truck_that_drives_up_is_named_among_its_look_alikes_and_never_as_one_of_them(tmp_path: Path, name: str) -> None:
    path = photograph(name)
    scene = next(scene for scene in labelled(SHARED / "plates" / "dev") if scene.path == path)
    reads = asyncio.run(reads_of(Waiting(scene.plate, region(scene)), tmp_path, seed=7))
    alike = neighbours(scene.plate)
    assert len(alike) > 100
    assert all((tmp_path / "evidence" / f"{seen.evidence}.jpg").is_file() for seen in reads)
    found, _ = decided(reads, {plate: plate for plate in (*alike, scene.plate)})
    assert found is not None
    assert (found.match, found.plate) == (Match.MATCHED, scene.plate)
    absent, _ = decided(reads, {plate: plate for plate in alike})
    assert absent is None or absent.match is not Match.MATCHED
