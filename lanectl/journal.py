"""The journal's writer: one thread, group commit, never in the way of the control loop.

`append` queues and returns. What is on disk is told by `on_durable`; whether the disk takes it at all by `on_writable`. Both come
through `deliver` (the loop's call_soon_threadsafe), `on_writable(True)` always before the `on_durable` that follows it.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Condition, Thread

from lanectl.chain import Record
from lanectl.journal_file import JournalFile
from lanectl.journal_queue import QUEUE_MAX, JournalQueue

RETRY_S = 0.5  # between attempts while the file cannot be written
CLOSE_S = 10.0

Deliver = Callable[[Callable[[], None]], object]


class Journal:
    """One writer a file. Opening refuses with a JournalError; after that nothing raises."""

    def __init__(
        self,
        path: Path,
        *,
        deliver: Deliver,
        on_durable: Callable[[int], None],
        on_writable: Callable[[bool], None],
        queue_max: int = QUEUE_MAX,
        retry_s: float = RETRY_S,
    ) -> None:
        self.path = path
        self.why = ""  # why it cannot be written, in words; "" while it can
        self._deliver, self._on_durable, self._on_writable = deliver, on_durable, on_writable
        self._retry_s = retry_s
        self._changed = Condition()
        self._closing = False
        self._writable: bool | None = None
        self._file = JournalFile(path)
        self.damage = self._file.damage  # what was wrong with what lay there, in words; "" when nothing was
        self._queue = JournalQueue(self._file.last.seq, queue_max)
        self._thread = Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def append(self, kind: str, at: float, wall: str, body: bytes) -> int:
        """Queues a record and returns its seq. Never blocks, never raises; with a full queue the record is lost, and the gap recorded."""
        with self._changed:
            seq = self._queue.append(Record(0, at, wall, kind, body, b""), self.why)
            self._changed.notify()
            return seq

    @property
    def kept(self) -> int:
        """The newest record that is queued or written: one beyond it was lost to a full queue."""
        return self._queue.kept

    @property
    def pending(self) -> int:
        """Records that are not on disk yet."""
        return len(self._queue)

    def close(self, timeout_s: float = CLOSE_S) -> int:
        """Writes what is queued; returns how many records could not be written."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout_s)
        if not self._thread.is_alive():
            self._file.close()
        return len(self._queue)

    # ------------------------------------------------------------ the writer's thread

    def _write(self) -> None:
        while batch := self._next_batch():
            while why := self._file.take(batch):
                self._tell_writable(False, why)
                with self._changed:
                    if self._changed.wait_for(lambda: self._closing, self._retry_s):
                        return
            self._tell_writable(True, "")
            with self._changed:
                self._queue.written(len(batch))
            self._deliver(partial(self._on_durable, batch[-1].seq))

    def _next_batch(self) -> list[Record]:
        """What waits, at most BATCH_MAX; it stays queued until it is on disk. Empty: closed and all written."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._queue) or self._closing)
            return self._queue.batch()

    def _tell_writable(self, writable: bool, why: str) -> None:
        self.why = why
        if self._writable is not writable:
            self._writable = writable
            self._deliver(partial(self._on_writable, writable))
