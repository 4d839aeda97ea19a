"""The real controller and a whole simulated field in virtual time."""

import os
import subprocess
import sys
from pathlib import Path

from lanectl.config import load
from lanectl.model import Service
from lanectl.replay import replay
from lanectl.virtual.lane import Options, VirtualLane

SITE = Path(__file__).parents[2] / "config" / "bac-luan-2"


def lane_of(folder: Path, trucks: int, seed: int = 1) -> VirtualLane:
    return VirtualLane(load(SITE), Options(seed, trucks, folder))


def test_people_bring_the_lane_into_service_and_a_truck_crosses(tmp_path: Path) -> None:
    lane = lane_of(tmp_path, trucks=1)
    lane.run_for(300.0)
    assert lane.station is not None
    assert lane.station.controller.core.lane.service is Service.OPEN
    assert lane.crossings >= 1
    assert lane.broken == ()


def test_what_a_virtual_run_wrote_down_replays_to_the_same_decisions(tmp_path: Path) -> None:
    lane = lane_of(tmp_path, trucks=2)
    lane.run_for(200.0)
    lane.end()
    replayed = replay(tmp_path / "journal-1.db")
    assert replayed.difference is None
    assert replayed.steps > 1000


def test_one_seed_gives_one_run_whatever_the_hash_seed() -> None:
    drill = ["--site", str(SITE), "--trucks", "4", "--hours", "0.12", "--faults", "100", "--seed", "7"]

    command = [sys.executable, "-m", "lanectl", "sim", *drill]
    both = [
        subprocess.Popen(
            command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for hash_seed in ("1", "4242")
    ]
    said = [run.communicate() for run in both]

    assert all(run.returncode in (0, 1) for run in both), said
    assert said[0][0] == said[1][0]
