"""The journal's writer: one thread, group commit, never in the way of the control loop.

`append` queues and returns. What is on disk is told by `on_durable`; whether the disk takes it at all by `on_writable`. Both come
through `deliver` (the loop's call_soon_threadsafe), `on_writable(True)` always before the `on_durable` that follows it.
"""

import fcntl
import os
import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Condition, Thread

from lanectl.chain import (
    APPLICATION_ID,
    FILE_VERSION,
    GAP,
    GENESIS,
    Head,
    JournalError,
    Record,
    check_is_journal,
    head_path,
    link,
    read_head,
    write_head,
)
from lanectl.record import VERSION, encode_json

QUEUE_MAX = 20_000  # some minutes of a lane's steps; beyond that a gap is recorded instead
BATCH_MAX = 1_000  # records a commit
RETRY_S = 0.5  # between attempts while the file cannot be written
BUSY_S = 1.0  # as long as another program may hold the file locked before we say so
CLOSE_S = 10.0
WAL_BYTES_MAX = 16 * 2**20  # left after a long reader kept the log from being folded in

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE record (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, wall TEXT NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL
);
CREATE INDEX rare ON record (kind, seq) WHERE kind <> 'step';
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FILE_VERSION};
COMMIT;
"""

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
        self.damage = ""  # what was wrong with what lay there, in words; "" when nothing was
        self.kept = 0  # the newest record that is queued or written: one beyond it was lost to a full queue
        self._deliver, self._on_durable, self._on_writable = deliver, on_durable, on_writable
        self._queue_max, self._retry_s = queue_max, retry_s
        self._queue: deque[Record] = deque()
        self._changed = Condition()
        self._lost: tuple[int, int] | None = None
        self._closing = False
        self._writable: bool | None = None
        self._head_descriptor = _hold_head(path)
        try:
            self._connection: sqlite3.Connection | None = _connect(path)
            self._files = _files(path)
            self._last = self._take_up()
        except (sqlite3.Error, OSError, JournalError) as error:
            os.close(self._head_descriptor)
            raise error if isinstance(error, JournalError) else JournalError(f"{path}: cannot be written: {error}") from error
        self._next = self._last.seq + 1
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
            self._disconnect()
            os.close(self._head_descriptor)
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
            while why := self._attempt(batch):
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

    def _attempt(self, batch: list[Record]) -> str:
        """Brings the batch to disk; returns why not, in words."""
        try:
            if self._connection is None:
                self._connection = self._connect_again()
            self._commit(self._connection, [record for record in batch if record.seq > self._last.seq])
            self._check_in_place()
            write_head(self._head_descriptor, self._last)
        except (sqlite3.Error, OSError) as error:
            self._disconnect()
            return f"{self.path}: cannot be written: {error}"
        except JournalError as error:
            self._disconnect()
            return str(error)
        return ""

    def _commit(self, connection: sqlite3.Connection, batch: list[Record]) -> None:
        last, rows = self._last, []
        for record in batch:
            digest = link(last.hash, record.seq, record.at, record.wall, record.kind, record.body)
            last = Head(record.seq, digest, last.pid)
            rows.append((record.seq, record.at, record.wall, record.kind, record.body, digest))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO record (seq, at, wall, kind, body, hash) VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        self._last = last

    def _connect_again(self) -> sqlite3.Connection:
        """After a failed commit only the file knows whether it happened."""
        self._check_in_place(log_too=False)
        connection = _connect(self.path)
        self._files = _files(self.path)
        row = connection.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        if row is not None and row[0] > self._last.seq:
            self._last = Head(row[0], row[1], self._last.pid)
        return connection

    def _check_in_place(self, *, log_too: bool = True) -> None:
        """A file of another name or none would keep nothing of what we write."""
        try:
            in_place = _files(self.path) == self._files if log_too else self.path.stat().st_ino == self._files[0]
        except FileNotFoundError:
            in_place = False
        if not in_place:
            raise JournalError(f"{self.path}: was moved, removed or replaced; put it back, or start the controller again with a new one")

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _tell_writable(self, writable: bool, why: str) -> None:
        self.why = why
        if self._writable is not writable:
            self._writable = writable
            self._deliver(partial(self._on_writable, writable))

    def _take_up(self) -> Head:
        """Where the chain goes on. Records that the head knows and the file does not are lost: their numbers are not used again."""
        assert self._connection is not None
        row = self._connection.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        last = Head(row[0], row[1], os.getpid()) if row else Head(0, GENESIS, os.getpid())
        try:
            head = read_head(self.path)
        except JournalError as error:
            head, self.damage = None, str(error)
        if head is None and last.seq:
            self.damage = self.damage or f"{head_path(self.path)} was missing: a cut-off end cannot be excluded"
        if head is not None and head.seq > last.seq:
            self.damage = f"the head says that record {head.seq} was the last, the file ends at {last.seq}: its end was cut off"
            last = Head(head.seq, last.hash, last.pid)
        write_head(self._head_descriptor, last)
        return last


def _hold_head(path: Path) -> int:
    """Opens the head and keeps it locked: a second writer is refused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(head_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise JournalError(f"{path}: cannot be written: {error}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        words = os.pread(descriptor, 200, 0).split()
        os.close(descriptor)
        writer = f" (process {int(words[2])})" if len(words) == 3 and words[2].isdigit() else ""
        raise JournalError(f"{path}: another controller{writer} writes this journal; stop it, or give this one its own") from error
    return descriptor


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        new = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if not new:
            check_is_journal(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_MAX}")
        if new:
            connection.executescript(_SCHEMA)
    except (sqlite3.Error, JournalError):
        connection.close()
        raise
    return connection


def _files(path: Path) -> tuple[int, int]:
    """Which files stand under the journal's name: itself and its log, by inode."""
    return path.stat().st_ino, path.with_name(path.name + "-wal").stat().st_ino
