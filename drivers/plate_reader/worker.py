"""A camera's own process: newest frame in, plate reads out, as JSON lines on stdin and stdout.

In: the plan, then `{"want": n}`: look for request n, 0 to rest. Out: `ready`, `seen` (with its request, and how many frames were read and
skipped so far), `slow`, `trouble` with its `code` (both "" when it is over). A live camera is watched all the time, in a thread.
It ends when stdin does, so it never outlives the controller.
"""

import json
import os
import signal
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.camera import Source, open_source
from drivers.camera_watch import Watch
from drivers.frames import Frame, NoFrame
from drivers.plate_reader.area import Area, inside
from drivers.plate_reader.containers import ContainerReader
from drivers.plate_reader.detector import Picture
from drivers.plate_reader.evidence import Evidence
from drivers.plate_reader.markers import MarkerReader
from drivers.plate_reader.reader import PlateRead, PlateReader

NICE = 10  # the control loop goes first
RETRY_S = 1.0
REST_S = 1.0  # how often a camera is looked after while no truck is
SHOWN_MAX = 2000  # pictures remembered: none of a live camera is read twice
SLOW_S, READS_PER_S_MIN = 5.0, 2.0  # looked for so long with fewer reads: the machine has too much to do
MEMORY_BYTES_MAX = 900_000_000  # three times what it needs: then it ends, and is started afresh


@dataclass(slots=True)
class Wanted:
    """Which request is to be looked for, since when; written by the thread that reads stdin."""

    request: int = 0
    since: float = 0.0


class Worker:
    def __init__(self, plan: dict[str, object], wanted: Wanted, changed: threading.Condition) -> None:
        self._address, self._once = str(plan["source"]), bool(plan["once"])
        self._pause_s = float(str(plan["pause_s"]))
        self._evidence = Evidence(Path(str(plan["evidence"])), int(str(plan["evidence_files_max"])))
        self._wanted = wanted
        self._changed = changed
        self._trouble = ""
        self._area = Area.of(plan)
        self._watch: Watch | None = None
        self._shown: OrderedDict[str, None] = OrderedDict()
        self._count = Count()
        patterns = plan["patterns"]
        assert isinstance(patterns, dict)
        self._read = numbers(ContainerReader()) if plan.get("container") else PlateReader(patterns).read
        self._markers = MarkerReader() if plan.get("markers") else None

    def run(self) -> None:
        """For ever; the thread that reads stdin ends the process."""
        source = self._opened()
        if source.live is not None:
            self._watch = Watch(source.live, lambda: self._wanted.request != 0, self._tell)
            threading.Thread(target=self._watch.run, name="watch", daemon=True).start()
        while _memory_bytes() < MEMORY_BYTES_MAX:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted.request != 0, REST_S)
                request, since = self._wanted.request, self._wanted.since
            if request:
                self._count.begin(request, source)
                self._look(source, request, since)
                time.sleep(self._pause_s)

    def _opened(self) -> Source:
        while isinstance(opened := open_source(self._address, once=self._once), NoFrame):
            self._tell("dead", opened.reason)
            time.sleep(RETRY_S)
        self._tell("", "")
        return opened

    def _look(self, source: Source, request: int, since: float) -> None:
        frame = source.newest(since)
        if isinstance(frame, NoFrame):
            if self._watch is None:  # else it is said there
                self._tell("dead", frame.reason)
            time.sleep(RETRY_S)
            return
        if self._watch is not None and (self._watch.trouble is not None or self._was_shown(frame)):
            return  # a picture that cannot be believed is not read
        try:
            evidence = self._evidence.keep(frame)
        except OSError as error:
            self._tell("reader", f"the evidence picture cannot be kept: {error}; make room on the disk")
            return
        if self._watch is None or self._trouble == "reader":
            self._tell("", "")
        markers = self._markers.read(frame.picture) if self._markers is not None else ()
        reads = inside(self._area, frame.picture, self._read)
        _say({"seen": request, "evidence": evidence, "markers": markers, **self._count.read(source), **_shown(reads, frame)})
        if (rate := self._count.slow()) is not None:
            _say({"slow": round(rate, 2)})

    def _was_shown(self, frame: Frame) -> bool:
        """Byte for byte the same picture is the same look once more: a vote counts looks."""
        sha256 = frame.sha256
        known = sha256 in self._shown
        self._shown[sha256] = None
        if len(self._shown) > SHOWN_MAX:
            self._shown.popitem(last=False)
        return known

    def _tell(self, code: str, trouble: str) -> None:
        """Once when it begins, once when it is over."""
        if code != self._trouble:
            self._trouble = code
            _say({"trouble": trouble, "code": code})


@dataclass(slots=True)
class Count:
    """Frames read, and frames that came meanwhile and were not. `begun` and `looked`: of the look in progress."""

    reads: int = 0
    skipped: int = 0
    request: int = 0
    begun: float = 0.0
    looked: int = 0
    told: bool = False
    frames: int = 0

    def begin(self, request: int, source: Source) -> None:
        if request != self.request:
            self.request, self.begun, self.looked, self.told = request, time.monotonic(), 0, False
            self.frames = source.live.frames if source.live is not None else 0

    def read(self, source: Source) -> dict[str, object]:
        """One frame was read."""
        came = source.live.frames if source.live is not None else self.frames + 1
        self.skipped += max(0, came - self.frames - 1)
        self.frames = came
        self.reads += 1
        self.looked += 1
        return {"read": self.reads, "skipped": self.skipped}

    def slow(self) -> float | None:
        """Reads a second, once a look, when they are too few for a vote in time."""
        spent_s = time.monotonic() - self.begun
        if self.told or spent_s < SLOW_S or self.looked / spent_s >= READS_PER_S_MIN:
            return None
        self.told = True
        return self.looked / spent_s


def _shown(reads: tuple[PlateRead, ...], frame: Frame) -> dict[str, object]:
    """The largest plate: the nearest truck's. A frame in which nothing can be read says so, for silence means a dead camera."""
    if not reads:
        return {"plate": "", "score": 0.0, "slots": [], "box": [], "picture": frame.name}
    high, wide = frame.picture.shape[:2]
    box = [round(side, 3) for side in sides(reads[0].corners, wide, high)]
    return {"plate": reads[0].text, "score": round(reads[0].weakest, 4), "slots": reads[0].slots, "box": box, "picture": frame.name}


def numbers(reader: ContainerReader) -> Callable[[Picture], tuple[PlateRead, ...]]:
    """Container numbers in a plate's place; one whose check digit is wrong was not read."""

    def read(picture: Picture) -> tuple[PlateRead, ...]:
        return tuple(
            PlateRead(found.number, "", found.lines, found.score, found.weakest, found.characters, found.corners, found.ms)
            for found in reader.read(picture)
            if found.checked
        )

    return read


def sides(corners: tuple[tuple[float, float], ...], wide: int, high: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom, in parts of the picture."""
    across, down = [x / wide for x, _ in corners], [y / high for _, y in corners]
    return min(across), min(down), max(across), max(down)


_SAYING = threading.Lock()  # two threads say something


def _say(word: dict[str, object]) -> None:
    with _SAYING:
        sys.stdout.write(json.dumps(word) + "\n")
        sys.stdout.flush()


def _fall(failed: threading.ExceptHookArgs) -> None:
    """A camera that nobody watches is not read: the process ends, and is started afresh."""
    sys.excepthook(failed.exc_type, failed.exc_value or failed.exc_type(), failed.exc_traceback)
    os._exit(1)


def _memory_bytes() -> int:
    resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(resident) * os.sysconf("SC_PAGE_SIZE")


def _listen(wanted: Wanted, changed: threading.Condition) -> None:
    for line in sys.stdin:
        with changed:
            wanted.request, wanted.since = int(json.loads(line)["want"]), time.monotonic()
            changed.notify()
    os._exit(0)  # the controller is gone; a read in progress is nobody's


def main() -> None:
    os.nice(NICE)
    threading.excepthook = _fall
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the controller's; it ends this process by its stdin
    plan = json.loads(sys.stdin.readline())
    wanted, changed = Wanted(), threading.Condition()
    threading.Thread(target=_listen, args=(wanted, changed), daemon=True).start()
    worker = Worker(plan, wanted, changed)
    _say({"ready": True})
    worker.run()


if __name__ == "__main__":
    main()
