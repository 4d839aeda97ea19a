"""A camera's own process: newest frame in, plate reads out, as JSON lines on stdin and stdout.

In: the plan, then `{"want": n}`: look for request n, 0 to rest. Out: `ready`, `seen` (with its request), `trouble` ("" when it is over).
It ends when stdin does, so it never outlives the controller.
"""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from drivers.camera import Frame, NoFrame, Source, open_source
from drivers.plate_reader.evidence import Evidence
from drivers.plate_reader.markers import MarkerReader
from drivers.plate_reader.reader import PlateRead, PlateReader

NICE = 10  # the control loop goes first
RETRY_S = 1.0
REST_S = 1.0  # how often a camera is looked after while no truck is
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
        patterns = plan["patterns"]
        assert isinstance(patterns, dict)
        self._reader = PlateReader(patterns)
        self._markers = MarkerReader() if plan.get("markers") else None

    def run(self) -> None:
        """For ever; the thread that reads stdin ends the process."""
        source = self._opened()
        while _memory_bytes() < MEMORY_BYTES_MAX:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted.request != 0, REST_S)
                request, since = self._wanted.request, self._wanted.since
            if request:
                self._look(source, request, since)
                time.sleep(self._pause_s)
            else:
                self._tell(source.trouble())

    def _opened(self) -> Source:
        while isinstance(opened := open_source(self._address, once=self._once), NoFrame):
            self._tell(opened.reason)
            time.sleep(RETRY_S)
        return opened

    def _look(self, source: Source, request: int, since: float) -> None:
        frame = source.newest(since)
        if isinstance(frame, NoFrame):
            self._tell(frame.reason)
            time.sleep(RETRY_S)
            return
        try:
            evidence = self._evidence.keep(frame)
        except OSError as error:
            self._tell(f"the evidence picture cannot be kept: {error}; make room on the disk")
            return
        self._tell("")
        markers = self._markers.read(frame.picture) if self._markers is not None else ()
        _say({"seen": request, "evidence": evidence, "markers": markers, **_shown(self._reader.read(frame.picture), frame)})

    def _tell(self, trouble: str) -> None:
        """Once when it begins, once when it is over."""
        if trouble != self._trouble:
            self._trouble = trouble
            _say({"trouble": trouble})


def _shown(reads: tuple[PlateRead, ...], frame: Frame) -> dict[str, object]:
    """The largest plate: the nearest truck's. A frame in which nothing can be read says so, for silence means a dead camera."""
    if not reads:
        return {"plate": "", "score": 0.0, "slots": [], "box": [], "picture": frame.name}
    high, wide = frame.picture.shape[:2]
    box = [round(side, 3) for side in sides(reads[0].corners, wide, high)]
    return {"plate": reads[0].text, "score": round(reads[0].weakest, 4), "slots": reads[0].slots, "box": box, "picture": frame.name}


def sides(corners: tuple[tuple[float, float], ...], wide: int, high: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom, in parts of the picture."""
    across, down = [x / wide for x, _ in corners], [y / high for _, y in corners]
    return min(across), min(down), max(across), max(down)


def _say(word: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(word) + "\n")
    sys.stdout.flush()


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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the controller's; it ends this process by its stdin
    plan = json.loads(sys.stdin.readline())
    wanted, changed = Wanted(), threading.Condition()
    threading.Thread(target=_listen, args=(wanted, changed), daemon=True).start()
    worker = Worker(plan, wanted, changed)
    _say({"ready": True})
    worker.run()


if __name__ == "__main__":
    main()
