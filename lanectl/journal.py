"""The journal's writer: one thread, group commit, never in the way of the control loop.

`append` queues and returns. What is on disk is told by `on_durable`; whether the disk takes it at all by `on_writable`. Both come
through `deliver` (the loop's call_soon_threadsafe), `on_writable(True)` always before the `on_durable` that follows it.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Condition, Thread

from lanectl.chain import GAP, Record
from lanectl.journal_file import JournalFile
from lanectl.record import VERSION, encode_json

QUEUE_MAX = 20_000  # some minutes of a lane's steps; beyond that a gap is recorded instead
BATCH_MAX = 1_000  # records a commit
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
        self.kept = 0  # the newest record that is queued or written: one beyond it was lost to a full queue
        self._deliver, self._on_durable, self._on_writable = deliver, on_durable, on_writable
        self._queue_max, self._retry_s = queue_max, retry_s
        self._queue: deque[Record] = deque()
        self._changed = Condition()
        self._lost: tuple[int, int] | None = None
        self._closing = False
        self._writable: bool | None = None
        self._file = JournalFile(path)
        self.damage = self._file.damage  # what was wrong with what lay there, in words; "" when nothing was
        self._next = self._file.last.seq + 1
        self._thread = Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def append(self, kind: str, at: float, wall: str, body: bytes) -> int:
        """Queues a record and returns its seq. Never blocks, never raises; with a full queue the record is lost, and the gap recorded."""
        assert "\n" not in wall + kind, "a newline would let two records have one hash"
        with self._changed:
            room = self._queue_max if self._lost is None else self._queue_max // 2
            if len(self._queue) >= room:
                self._lost = (self._lost[0] if self._lost else self._next, self._next)
                self._next += 1
                return self._lost[1]
            if self._lost is not None:
                lost = {"v": VERSION, "from": self._lost[0], "to": self._lost[1], "why": self.why or "the queue was full"}
                self._lost = None
                self._queue_up(GAP, at, wall, encode_json(lost))
            return self._queue_up(kind, at, wall, body)

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

    def _queue_up(self, kind: str, at: float, wall: str, body: bytes) -> int:
        seq = self._next
        self._next += 1
        self._queue.append(Record(seq, at + 0.0, wall, kind, body, b""))  # + 0.0: SQLite would give -0.0 back as 0.0
        self.kept = seq
        self._changed.notify()
        return seq

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
                for _ in batch:
                    self._queue.popleft()
            self._deliver(partial(self._on_durable, batch[-1].seq))

    def _next_batch(self) -> list[Record]:
        """What waits, at most BATCH_MAX; it stays queued until it is on disk. Empty: closed and all written."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            return list(islice(self._queue, BATCH_MAX))

    def _tell_writable(self, writable: bool, why: str) -> None:
        self.why = why
        if self._writable is not writable:
            self._writable = writable
            self._deliver(partial(self._on_writable, writable))
