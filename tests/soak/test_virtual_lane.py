"""The real controller and a whole simulated field in virtual time."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.interlocking import booms
from lanectl.interlocking.draft import Draft
from lanectl.model import Service
from lanectl.replay import replay
from lanectl.virtual.lane import Options, VirtualLane
from lanectl.virtual.run import Drill, run
from sim.fault_plan import Planned

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


def test_rules_that_die_break_the_run_with_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(d: Draft) -> None:
        if d.now > 5.0:
            raise KeyError("K9")

    monkeypatch.setattr(booms, "lower_booms", dies)
    result = run(load(SITE), Drill(seed=1, trucks=1, hours=0.01, faults=0.0))
    (at_s, words) = result.broken[0]
    assert at_s >= 5.0
    assert re.fullmatch(r"the controller died: KeyError: 'K9' \(test_virtual_lane\.py:\d+\)", words)


def test_a_truck_that_wears_another_s_plate_stays_out(tmp_path: Path) -> None:
    lane = VirtualLane(load(SITE), Options(1, 3, tmp_path, planned=(Planned(1.0, "foreign-plate", "T02", 600.0, 0.75),)))
    lane.run_for(500.0)
    trucks = lane.bench.lane.world.trucks
    assert trucks["T02"].plate in {trucks["T01"].plan.plate, trucks["T03"].plan.plate}
    assert (trucks["T02"].crossing, lane.broken) == (1, ())


def test_what_feeds_both_lamps_fails_and_is_mended_for_both(tmp_path: Path) -> None:
    lane = VirtualLane(load(SITE), Options(1, 1, tmp_path, planned=(Planned(200.0, "lamp-failed", "vn", 30.0, 0.4),)))
    lane.run_for(215.0)
    assert lane.station is not None
    assert all(gate.lamp_failed for gate in lane.station.controller.core.lane.gates.values())
    lane.run_for(60.0)
    assert not any(gate.lamp_failed for gate in lane.station.controller.core.lane.gates.values())
    assert lane.broken == ()
