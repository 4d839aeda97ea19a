"""A running camera that is covered, frozen, replayed and unplugged: its worker says so while nobody waits for a plate."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.plate_worker import CameraPlan, CameraWorker
from lanectl.model import CameraReported, PlateSeen
from lanectl.plates import FORMATS
from sim import control
from sim.plan import CameraPlan as SimCamera
from sim.plan import to_json
from tests.sim_plan import small_plan

DEADLINE_S = 30.0
NOTICED_S = 2.0
BUSY_S = 2.0  # what a machine that runs other tests beside may take longer
LEARNED_S = 6.0  # what is usual is known after twenty looks
FAULTS = {"covered": "covered", "frozen": "frozen", "replayed": "replayed", "unplugged": "dead"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    plan = small_plan(trucks=1, folder=str(tmp_path))
    plan = replace(plan, epoch=time.monotonic(), cameras=(SimCamera("vn-front", "vn", frames_per_s=10.0),))
    (tmp_path / "plan.json").write_bytes(to_json(plan))
    return tmp_path


class Told:
    def __init__(self) -> None:
        self.troubles: list[tuple[float, str]] = []
        self.plates: list[str] = []

    def take(self, reports: Iterable[PlateSeen | CameraReported]) -> None:
        for report in reports:
            if isinstance(report, CameraReported):
                self.troubles.append((time.monotonic(), report.trouble))
            else:
                self.plates.append(report.plate)

    async def until(self, trouble: str) -> float:
        async with asyncio.timeout(DEADLINE_S):
            while not self.troubles or self.troubles[-1][1] != trouble:  # noqa: ASYNC110  another process brings it about
                await asyncio.sleep(0.02)
        return self.troubles[-1][0]


@pytest.mark.campaign
def test_a_running_camera_that_is_covered_frozen_replayed_or_unplugged_is_said_to_be_so(folder: Path) -> None:
    async def scene() -> dict[str, float]:
        told, noticed_s = Told(), {}
        await asyncio.to_thread(wait_for, folder / "control")
        (address,) = control.truth(folder / "control")["cameras"]
        worker = CameraWorker(CameraPlan("vn-front", "vn", address, folder / "evidence", FORMATS), told.take)
        try:
            await told.until("")
            await asyncio.sleep(LEARNED_S)
            for fault, code in FAULTS.items():
                began_at = time.monotonic()
                control.cause(folder / "control", "camera", ["vn-front", fault])
                noticed_s[fault] = await told.until(code) - began_at
                control.cause(folder / "control", "camera", ["vn-front", "off"])
                await told.until("")
            assert [code for _, code in told.troubles] == ["", *(word for code in FAULTS.values() for word in (code, ""))]
        finally:
            await worker.close()
        return noticed_s

    simulator = subprocess.Popen([sys.executable, "-m", "sim", str(folder / "plan.json")])
    try:
        noticed_s = asyncio.run(scene())
    finally:
        simulator.terminate()
        simulator.wait(DEADLINE_S)
    print({fault: round(s, 2) for fault, s in noticed_s.items()})
    assert max(noticed_s.values()) < NOTICED_S + BUSY_S


def test_no_plate_of_a_frozen_camera_is_told(folder: Path) -> None:
    async def scene() -> None:
        told = Told()
        await asyncio.to_thread(wait_for, folder / "control")
        (address,) = control.truth(folder / "control")["cameras"]
        worker = CameraWorker(CameraPlan("vn-front", "vn", address, folder / "evidence", FORMATS), told.take)
        try:
            await told.until("")
            worker.want(True)
            async with asyncio.timeout(DEADLINE_S):
                while not told.plates:  # noqa: ASYNC110  another process brings it about
                    await asyncio.sleep(0.02)
            control.cause(folder / "control", "camera", ["vn-front", "frozen"])
            await told.until("frozen")
            reads = worker.read
            worker.want(True)
            plates = len(told.plates)
            await asyncio.sleep(NOTICED_S)
            assert (len(told.plates), worker.read) == (plates, reads)
        finally:
            await worker.close()

    simulator = subprocess.Popen([sys.executable, "-m", "sim", str(folder / "plan.json")])
    try:
        asyncio.run(scene())
    finally:
        simulator.terminate()
        simulator.wait(DEADLINE_S)


def wait_for(path: Path) -> None:
    end = time.monotonic() + DEADLINE_S
    while not path.exists():
        assert time.monotonic() < end, f"waited {DEADLINE_S} s for {path.name}"
        time.sleep(0.02)
