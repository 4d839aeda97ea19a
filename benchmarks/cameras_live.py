"""Running cameras: real worker processes on simulated streams. How soon each fault is said, from frame to identity, what ten cost.

Times are of this machine as it was: the simulator that draws the frames runs on it too, and its load is printed.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from statistics import median, quantiles

from drivers.plate_worker import CameraPlan, CameraWorker
from lanectl.config import load
from lanectl.demo_site import demo_fleet, demo_plates
from lanectl.model import CameraReported, Match, PlateSeen
from lanectl.plates import FORMATS, Votes, VoteSettings, vote
from lanectl.simulated import Setting, sim_plan
from sim import control
from sim.camera_faults import CameraFault
from sim.plan import CameraPlan as SimCamera
from sim.plan import SimPlan, to_json

SITE = Path(__file__).parent.parent / "config" / "bac-luan-2"
LEARN_S = 8.0  # what is usual is known after twenty looks
GIVEN_UP_S = 8.0
RETURN_S = 60.0
LISTED = 500
FRAMES_PER_S = 10.0
WORDS = {CameraFault.UNPLUGGED: "dead"}
UNLIT = {"dark", "covered", "overexposed"}  # which of them is said matters to nobody


@dataclass(slots=True)
class Ear:
    """What one worker says, and when."""

    troubles: list[tuple[float, str]] = field(default_factory=list)
    seen: list[tuple[float, PlateSeen]] = field(default_factory=list)

    def take(self, reports: Iterable[PlateSeen | CameraReported]) -> None:
        for report in reports:
            if isinstance(report, CameraReported):
                self.troubles.append((time.monotonic(), report.trouble))
            else:
                self.seen.append((time.monotonic(), report))

    async def until(self, codes: set[str], limit_s: float) -> float | None:
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if self.troubles and self.troubles[-1][1] in codes:
                return self.troubles[-1][0]
            await asyncio.sleep(0.01)
        return None


def planned(folder: Path, cameras: int) -> SimPlan:
    site = load(SITE)
    fleet = demo_fleet(site, 1)
    plates = demo_plates(fleet, 7)
    site = replace(site, fleet=fleet, manifest=(replace(site.manifest[0], truck=fleet[0].serial, plate=plates[fleet[0].serial]),))
    plan = sim_plan(site, Setting(7, 1.0, time.monotonic(), folder / "control", RETURN_S))
    shown = tuple(SimCamera(f"camera-{number}", "vn", frames_per_s=FRAMES_PER_S) for number in range(cameras))
    ports = tuple(replace(port, path=str(folder / port.name)) for port in plan.ports)
    return replace(plan, ports=ports, cameras=shown, mqtt=None)


def simulated(folder: Path, plan: SimPlan) -> tuple["subprocess.Popen[bytes]", list[str]]:
    """The running simulator, and where its cameras are."""
    (folder / "plan.json").write_bytes(to_json(plan))
    simulator = subprocess.Popen([sys.executable, "-m", "sim", str(folder / "plan.json")])
    while not (folder / "control").exists():
        assert simulator.poll() is None, "the simulator ended"
        time.sleep(0.05)
    addresses: list[str] = control.truth(folder / "control")["cameras"]
    return simulator, addresses


def spread(name: str, took: Sequence[float | None]) -> str:
    seen = sorted(s for s in took if s is not None)
    p95 = quantiles(seen, n=20)[-1] if len(seen) > 1 else inf
    middle, longest = median(seen or [inf]), max(seen, default=inf)
    return f"  {name:14} p50 {middle:4.2f}  p95 {p95:4.2f}  longest {longest:4.2f}  missed {len(took) - len(seen)}"


async def faults(ear: Ear, folder: Path, runs: int, camera: str, chosen: Sequence[str]) -> None:
    print(f"from a fault to the word of it, seconds, {runs} each:")
    for fault in (CameraFault(name) for name in chosen):
        codes = UNLIT if WORDS.get(fault, fault.value) in UNLIT else {WORDS.get(fault, fault.value)}
        took: list[float | None] = []
        for _ in range(runs):
            await asyncio.sleep(LEARN_S)
            began = time.monotonic()
            control.cause(folder / "control", "camera", [camera, fault.value])
            said = await ear.until(codes, GIVEN_UP_S)
            took.append(None if said is None else said - began)
            control.cause(folder / "control", "camera", [camera, "off"])
            if await ear.until({""}, 30.0) is None:
                print(f"  {fault.value}: not over 30 s after it was mended")
        print(spread(fault.value, took), flush=True)


async def identities(worker: CameraWorker, ear: Ear, plan: SimPlan, runs: int) -> None:
    """A truck stands there; from the moment its plate is wanted to the vote's conclusion, against a manifest of 500."""
    site = load(SITE)
    plates = demo_plates(demo_fleet(site, LISTED), 99)
    plate = plan.trucks[0].plate
    listed = {**{p: serial for serial, p in plates.items()}, plate: plan.trucks[0].serial}
    took: list[float | None] = []
    each_s: list[float] = []
    for _ in range(runs):
        ear.seen.clear()
        spent_s, reads = cpu_s(worker.pid), worker.read
        began, votes, counted, matched = time.monotonic(), Votes(), 0, None
        worker.want(True)
        while matched is None and time.monotonic() < began + GIVEN_UP_S:
            await asyncio.sleep(0.005)
            for at, seen in ear.seen[counted:]:
                counted += 1
                votes, identity = vote(votes, at, seen, listed, VoteSettings())
                if identity is not None and identity.match is Match.MATCHED and identity.plate == plate:
                    matched = at
        worker.want(False)
        took.append(None if matched is None else matched - began)
        each_s.append((cpu_s(worker.pid) - spent_s) / max(1, worker.read - reads))
        await asyncio.sleep(0.3)
    print(f"from wanted to matched, seconds, {runs} times, {LISTED} plates listed, three frames agreeing, worker on one core:")
    print(spread("identity", took))
    free_s = 3 * max(median(each_s), 1 / FRAMES_PER_S) + 1 / FRAMES_PER_S
    print(f"  {1000 * median(each_s):.0f} ms of CPU for each read: {free_s:.2f} s for three frames on a core of its own", flush=True)


async def many(workers: Sequence[CameraWorker], ears: Sequence[Ear], seconds: float) -> None:
    """All of them are asked to look at once."""
    before = [(worker.read, worker.skipped, len(ear.troubles), cpu_s(worker.pid)) for worker, ear in zip(workers, ears, strict=True)]
    for worker in workers:
        worker.want(True)
    await asyncio.sleep(seconds)
    print(f"{len(workers)} cameras wanted at once for {seconds:g} s at {FRAMES_PER_S:g} frames a second:")
    for worker, ear, (read, skipped, told, spent_s) in zip(workers, ears, before, strict=True):
        peak, now = memory_mb(worker.pid)
        said = [code for _, code in ear.troubles[told:] if code]
        reads = worker.read - read
        rates = f"read {reads / seconds:4.1f}/s  skipped {(worker.skipped - skipped) / seconds:4.1f}/s"
        each_ms = 1000 * (cpu_s(worker.pid) - spent_s) / max(1, reads)
        print(f"  {rates}  CPU {each_ms:.0f} ms for each read  memory {now:.0f} MB (most {peak:.0f})  said {said}")
        worker.want(False)


def cpu_s(pid: int | None) -> float:
    """All that the process has spent so far, watching included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int | None) -> tuple[float, float]:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    peak, now = (next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith(key)) for key in ("VmHWM", "VmRSS"))
    return peak, now


def pinned(pid: int | None, cores: set[int]) -> None:
    """All threads of the process, on these cores from now on."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


async def measure(given: argparse.Namespace, folder: Path, plan: SimPlan, addresses: Sequence[str]) -> None:
    ears = [Ear() for _ in addresses]
    plans = [CameraPlan(f"camera-{at}", "vn", address, folder / "evidence", FORMATS) for at, address in enumerate(addresses)]
    workers = [CameraWorker(camera, ear.take) for camera, ear in zip(plans, ears, strict=True)]
    try:
        for ear in ears:
            assert await ear.until({""}, 120.0), "a worker did not begin"
        print(f"{len(workers)} cameras, load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
        if given.identities:
            cores = os.sched_getaffinity(0)
            pinned(workers[0].pid, {min(cores)})
            await identities(workers[0], ears[0], plan, given.identities)
            pinned(workers[0].pid, cores)
        if given.runs:
            await faults(ears[0], folder, given.runs, "camera-0", given.faults)
        if given.seconds:
            await many(workers, ears, given.seconds)
        print(f"load at the end {os.getloadavg()[0]:.1f}")
    finally:
        for worker in workers:
            await worker.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5, help="of each fault")
    names = [fault.value for fault in CameraFault]
    parser.add_argument("--faults", nargs="*", choices=names, default=names, metavar="FAULT", help="these only")
    parser.add_argument("--identities", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0, help="for which all cameras are wanted at once")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lanectl-") as folder:
        plan = planned(Path(folder), given.cameras)
        simulator, addresses = simulated(Path(folder), plan)
        try:
            asyncio.run(measure(given, Path(folder), plan, addresses))
        finally:
            simulator.terminate()
            simulator.wait(10.0)


if __name__ == "__main__":
    main()
