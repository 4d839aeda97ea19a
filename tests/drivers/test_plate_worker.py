"""A camera's worker process, real: it reads while asked, keeps its evidence, comes back when it dies and goes when the controller does."""

import asyncio
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drivers.frames import Frame, decoded
from drivers.plate_reader.evidence import Evidence
from drivers.plate_worker import CameraPlan, CameraWorker
from lanectl.model import CameraReported, IdentityReported, Match, PlateSeen
from lanectl.plates import FORMATS, Votes, VoteSettings, vote
from sim.camera import CameraView, jpeg, render
from tests.photographs import photograph

DEADLINE_S = 30.0  # a loaded machine loads the networks slowly


@dataclass(slots=True)
class Gate:
    worker: CameraWorker = field(init=False)
    seen: list[PlateSeen] = field(default_factory=list)
    told: list[CameraReported] = field(default_factory=list)

    def take(self, reports: Iterable[PlateSeen | CameraReported]) -> None:
        for report in reports:
            if isinstance(report, PlateSeen):
                self.seen.append(report)
            else:
                self.told.append(report)


@asynccontextmanager
async def gate(source: str | Path, evidence: Path) -> AsyncIterator[Gate]:
    at = Gate()
    plan = CameraPlan("vn-front", "vn", str(source), evidence, FORMATS, pause_s=0.01)
    at.worker = CameraWorker(plan, at.take)
    try:
        yield at
    finally:
        await at.worker.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110  another process brings it about
            await asyncio.sleep(0.01)


def pictures_of(plate: str, folder: Path, number: int = 3) -> Path:
    folder.mkdir()
    for frame in range(number):
        (folder / f"{frame}.jpg").write_bytes(jpeg(render(CameraView(plate, frame=frame))))
    return folder


def test_plates_are_reported_while_they_are_wanted_and_no_longer(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate(pictures_of("14C12345", tmp_path / "p"), tmp_path / "e") as at:
            await at.worker.ready.wait()
            assert at.seen == []
            at.worker.want(True)
            await until(lambda: len(at.seen) >= 3)
            at.worker.want(False)
            told = list(at.seen)
            at.worker.want(True)
            await until(lambda: len(at.seen) > len(told))
        assert {(s.camera, s.gate, s.plate) for s in at.seen} == {("vn-front", "vn", "14C12345")}
        assert min(s.score for s in at.seen) > 0.85

    asyncio.run(scene())


def test_the_picture_of_each_read_is_kept_under_its_hash(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate(pictures_of("桂P12345", tmp_path / "p", 1), tmp_path / "e") as at:
            at.worker.want(True)
            await until(lambda: at.seen)
        kept = (tmp_path / "e" / f"{at.seen[0].evidence}.jpg").read_bytes()
        assert hashlib.sha256(kept).hexdigest() == at.seen[0].evidence
        assert kept == (tmp_path / "p" / "0.jpg").read_bytes()

    asyncio.run(scene())


def test_the_oldest_evidence_goes_when_there_is_too_much(tmp_path: Path) -> None:
    for age, name in enumerate("abcde"):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    Evidence(tmp_path, files_max=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_evidence_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    frame = decoded(jpeg(render(CameraView())), "lane")
    assert isinstance(frame, Frame)
    evidence = Evidence(tmp_path, files_max=10)
    assert evidence.keep(frame) == evidence.keep(frame)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_worker_that_died_is_started_again_and_reads_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate(pictures_of("14C12345", tmp_path / "p"), tmp_path / "e") as at:
            at.worker.want(True)
            await until(lambda: at.seen)
            pid = at.worker.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await until(lambda: not at.worker.alive)
            assert "is started again" in at.worker.trouble
            assert at.told[-1] == CameraReported("vn-front", "vn", "reader")
            told = len(at.seen)
            await until(lambda: at.worker.alive and len(at.seen) > told)
            assert at.worker.pid != pid

    asyncio.run(scene())


def test_a_camera_that_gives_no_pictures_is_named_while_nobody_waits(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        async with gate("http://127.0.0.1:1/vn-front.mjpg", tmp_path / "e") as at:
            await until(lambda: at.worker.trouble)
            assert not at.worker.alive
            assert "http://127.0.0.1:1/vn-front.mjpg" in at.worker.trouble

    asyncio.run(scene())
    (said,) = [record.getMessage() for record in caplog.records if record.name == "drivers.plate_worker"]
    assert said.startswith("camera vn-front at gate vn gives no plates: ")


def test_a_camera_that_comes_back_is_said_to(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate(tmp_path / "p", tmp_path / "e") as at:
            await until(lambda: at.worker.trouble)
            assert "there is no such file or camera" in at.worker.trouble
            pictures_of("14C12345", tmp_path / "new").rename(tmp_path / "p")
            await until(lambda: at.worker.alive)
            assert [report.trouble for report in at.told] == ["", "dead", ""]

    asyncio.run(scene())


def test_the_worker_goes_when_it_is_closed(tmp_path: Path) -> None:
    async def scene() -> int:
        async with gate(pictures_of("14C12345", tmp_path / "p"), tmp_path / "e") as at:
            await at.worker.ready.wait()
            at.worker.want(True)
            assert at.worker.pid is not None
            return at.worker.pid

    assert gone(asyncio.run(scene()))


PARENT = """
import asyncio, sys
from pathlib import Path
from drivers.plate_worker import CameraPlan, CameraWorker

async def main():
    worker = CameraWorker(CameraPlan("c", "vn", sys.argv[1], Path(sys.argv[2]), {}), lambda seen: None)
    await worker.ready.wait()
    worker.want(True)
    print(worker.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_the_worker_goes_when_its_controller_is_killed(tmp_path: Path) -> None:
    pictures = pictures_of("14C12345", tmp_path / "p")
    with subprocess.Popen([sys.executable, "-c", PARENT, str(pictures), str(tmp_path / "e")], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not gone(pid, wait_s=0.0)
        parent.kill()
    assert gone(pid)


def gone(pid: int, wait_s: float = DEADLINE_S) -> bool:
    deadline = time.monotonic() + wait_s
    while Path(f"/proc/{pid}").exists() and "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize(
    ("name", "listed", "expected"),
    [
        ("vn/scene/vn005.jpg", {"30Y7504": "T01", "桂P6A789": "T02"}, (Match.MATCHED, "T01", "30Y7504")),
        ("cn/scene/cn002.jpg", {"30Y7504": "T01", "豫ERU586": "T02"}, (Match.MATCHED, "T02", "豫ERU586")),
        ("vn/scene/vn013.jpg", {"30Y7504": "T01"}, (Match.NOT_LISTED, "", "30Y1344")),
    ],
)
def test_a_photographed_truck_is_named_only_by_its_own_plate(
    tmp_path: Path, name: str, listed: dict[str, str], expected: tuple[Match, str, str]
) -> None:
    (tmp_path / "p").mkdir()
    shutil.copy(photograph(name), tmp_path / "p")

    async def scene() -> IdentityReported:
        async with gate(tmp_path / "p", tmp_path / "e") as at:
            at.worker.want(True)
            await until(lambda: len(at.seen) >= 3)
        votes, identity = Votes(), None
        for moment, seen in enumerate(at.seen[:3]):
            votes, identity = vote(votes, float(moment), seen, listed, VoteSettings())
        assert identity is not None
        return identity

    identity = asyncio.run(scene())
    assert (identity.match, identity.truck, identity.plate) == expected
