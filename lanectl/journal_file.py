"""The journal's file as its one writer holds it: takes batches of records, and says in words why it did not take one.

No thread and no clock: who calls `take` decides when. A failed write closes the database; the next `take` looks what of it is there.
"""

import fcntl
import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from lanectl.chain import (
    APPLICATION_ID,
    FILE_VERSION,
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

BUSY_S = 1.0  # as long as another program may hold the file locked before we say so
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


class JournalFile:
    """One writer a file. Opening refuses with a JournalError; after that nothing raises. `last`: the newest record on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage = ""  # what was wrong with what lay there, in words; "" when nothing was
        self._head_descriptor = _hold_head(path)
        try:
            self._connection: sqlite3.Connection | None = _connect(path)
            self._files = _files(path)
            self.last = self._take_up()
        except (sqlite3.Error, OSError, JournalError) as error:
            os.close(self._head_descriptor)
            raise error if isinstance(error, JournalError) else JournalError(f"{path}: cannot be written: {error}") from error

    def take(self, batch: Sequence[Record]) -> str:
        """Brings the batch to disk; returns why not, in words."""
        try:
            if self._connection is None:
                self._connection = self._connect_again()
            self._commit(self._connection, [record for record in batch if record.seq > self.last.seq])
            self._check_in_place()
            write_head(self._head_descriptor, self.last)
        except (sqlite3.Error, OSError) as error:
            self._disconnect()
            return f"{self.path}: cannot be written: {error}"
        except JournalError as error:
            self._disconnect()
            return str(error)
        return ""

    def close(self) -> None:
        self._disconnect()
        os.close(self._head_descriptor)

    def _commit(self, connection: sqlite3.Connection, batch: list[Record]) -> None:
        last, rows = self.last, []
        for record in batch:
            digest = link(last.hash, record.seq, record.at, record.wall, record.kind, record.body)
            last = Head(record.seq, digest, last.pid)
            rows.append((record.seq, record.at, record.wall, record.kind, record.body, digest))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO record (seq, at, wall, kind, body, hash) VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        self.last = last

    def _connect_again(self) -> sqlite3.Connection:
        """After a failed commit only the file knows whether it happened."""
        self._check_in_place(log_too=False)
        connection = _connect(self.path)
        self._files = _files(self.path)
        row = connection.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        if row is not None and row[0] > self.last.seq:
            self.last = Head(row[0], row[1], self.last.pid)
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
