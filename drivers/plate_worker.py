"""The controller's end of a camera's worker process: starts it, asks it to look, starts it again when it dies."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lanectl.model import CameraReported, PlateSeen

log = logging.getLogger(__name__)

WORKER = "drivers.plate_reader.worker"
RESTART_S = 1.0  # doubled with each death in a row
RESTART_S_MAX = 30.0
END_S_MAX = 2.0
LINE_BYTES_MAX = 64 * 1024
MARKERS_MAX = 4  # in one picture; a truck carries one
SLOTS_MAX = 12  # characters; plates have ten at most


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One camera at a gate. `source`: an address or a path, see drivers.camera. `patterns`: country to its plates' regular expression.

    `evidence`: folder for the pictures looked at, by sha256. `pause_s` rests between two frames. `once`: a folder is shown once.
    `markers`: trucks carry some, and they are looked for.
    `container`: container numbers are read in place of plates.
    `area`: left, top, right and bottom of where plates are read, in parts of the picture; lower ones than `plate_px_min` do not count.
    """

    name: str
    gate: str
    source: str
    evidence: Path
    patterns: Mapping[str, str]
    evidence_files_max: int = 2000
    pause_s: float = 0.1
    once: bool = False
    markers: bool = False
    area: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    plate_px_min: float = 0.0
    container: bool = False


class CameraWorker:
    """Starts its process at once, on the running loop. `trouble`: why no plates come, "" when nothing is in the way, and its `code`.

    `read`, `skipped`: frames so far, of all its processes, while a plate was wanted.
    """

    def __init__(self, plan: CameraPlan, deliver: Callable[[Iterable[PlateSeen | CameraReported]], None]) -> None:
        self.trouble = ""
        self.code: str | None = None
        self.read = 0
        self.skipped = 0
        self._counted = (0, 0)
        self.ready = asyncio.Event()
        self._plan = plan
        self._deliver = deliver
        self._process: asyncio.subprocess.Process | None = None
        self._request = 0  # the look in progress, 0 at rest
        self._requests = 0
        self._task = asyncio.create_task(self._keep(), name=f"camera {plan.name}")

    @property
    def alive(self) -> bool:
        """True while the process runs, has loaded its networks and its camera gives frames."""
        return self.ready.is_set() and not self.trouble

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def want(self, wanted: bool) -> None:
        """Begin a new look, of frames taken from now on only, or rest."""
        self._requests += 1 if wanted else 0
        self._request = self._requests if wanted else 0
        self._ask()

    async def close(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _keep(self) -> None:
        pause_s = RESTART_S
        while True:
            try:
                was_ready = await self._live()
            except OSError as error:
                was_ready = False
                self._tell("reader", f"its reading process cannot be started: {error}")
            pause_s = RESTART_S if was_ready else min(2 * pause_s, RESTART_S_MAX)
            await asyncio.sleep(pause_s)

    async def _live(self) -> bool:
        """One life of the process. True if it got as far as reading."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", WORKER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # ten cameras on two cores: more threads would only wait for each other
        )
        self._process = process
        self._counted = (0, 0)
        try:
            self._write(self._first_line())
            self._ask()
            assert process.stdout is not None
            async for line in process.stdout:
                self._heard(json.loads(line))
            status = await process.wait()
            self._tell("reader", f"its reading process ended ({status}) and is started again")
            return self.ready.is_set()
        finally:
            self.ready.clear()
            await _ended(process)
            self._process = None

    def _heard(self, word: dict[str, Any]) -> None:
        if "ready" in word:
            self.ready.set()
            self._tell("", "")
        elif "trouble" in word:
            self._tell(word["code"], word["trouble"])
        elif "slow" in word:
            log.warning("camera %s at gate %s: only %s frames a second are read, the others are skipped", *self._name, word["slow"])
        else:
            self._count(word)
            if word["seen"] == self._request != 0 and not self.code:  # a read of an earlier look may show another truck
                self._deliver([self._seen(word)])

    def _count(self, word: dict[str, Any]) -> None:
        read, skipped = self._counted
        self._counted = (word["read"], word["skipped"])
        self.read += word["read"] - read
        self.skipped += word["skipped"] - skipped

    def _seen(self, word: dict[str, Any]) -> PlateSeen:
        """What the reader leaves possible is told where the text is not longer than any plate: each read stands in the journal."""
        told = word["slots"] if len(word["plate"]) <= SLOTS_MAX else []
        markers = tuple(word["markers"][:MARKERS_MAX])
        slots = tuple(tuple((character, log + 0.0) for character, log in slot) for slot in told)
        return PlateSeen(
            self._plan.name, self._plan.gate, word["plate"], word["score"], word["evidence"], slots, tuple(word["box"]), markers
        )

    @property
    def _name(self) -> tuple[str, str]:
        return self._plan.name, self._plan.gate

    def _tell(self, code: str, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.warning("camera %s at gate %s gives no plates: %s", *self._name, trouble)
        if self.trouble and not trouble:
            log.info("camera %s at gate %s gives plates again", *self._name)
        self.trouble = trouble
        if code != self.code:
            self.code = code
            self._deliver([CameraReported(self._plan.name, self._plan.gate, code)])

    def _first_line(self) -> dict[str, object]:
        plan = self._plan
        return {
            "source": plan.source,
            "evidence": str(plan.evidence),
            "patterns": dict(plan.patterns),
            "evidence_files_max": plan.evidence_files_max,
            "pause_s": plan.pause_s,
            "once": plan.once,
            "markers": plan.markers,
            "area": list(plan.area),
            "plate_px_min": plan.plate_px_min,
            "container": plan.container,
        }

    def _ask(self) -> None:
        self._write({"want": self._request})

    def _write(self, word: dict[str, object]) -> None:
        """Never waits: a few bytes at each arrival of a truck."""
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps(word).encode() + b"\n")


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Its stdin's end tells it to go; one that does not is killed."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(END_S_MAX):
            await process.wait()
    except (TimeoutError, asyncio.CancelledError):
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
