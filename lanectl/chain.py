"""The journal's file: one SQLite table of records, each hash holding the one before, and a head beside it that shows a cut-off tail.

    FILE        record(seq, at, wall, kind, body, hash); hash = sha256(hash before + seq, at, wall, kind + body)
    FILE.head   "seq hash pid", written after each commit: never ahead of what is on disk, so a table that ends earlier was cut
Reading never writes.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from lanectl.record import RecordError, decode_json

APPLICATION_ID = 0x4C414E45  # "LANE" in SQLite's header, so that no other database is taken for a journal
FILE_VERSION = 1
GENESIS = bytes(32)
LAST = 2**63 - 1  # no seq is beyond
GAP = "gap"  # the kind that owns to records lost while the journal could not be written; `from` and `to` in its body
_TYPES = "integerrealtexttextblobblob"
_COLUMNS = "seq, at, wall, kind, body, hash"
_HEAD_LENGTH = 20 + 1 + 64 + 1 + 10 + 1


class JournalError(RecordError):
    """This file cannot be read or written as a journal. The message says why and what to do."""


class NoDatabaseError(JournalError):
    """SQLite itself cannot read it: it never was a journal, or was damaged at its root."""


class Record(Struct, frozen=True):
    """`at`: monotonic seconds of the controller that wrote it; `wall`: UTC, for people; `body`: canonical JSON."""

    seq: int
    at: float
    wall: str
    kind: str
    body: bytes
    hash: bytes


class Head(Struct, frozen=True):
    seq: int
    hash: bytes
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found. `bad`: the first record that is wrong, None when all are right; `why` in words."""

    records: int
    last: int
    bad: int | None = None
    why: str = ""


def link(before: bytes, seq: int, at: float, wall: str, kind: str, body: bytes) -> bytes:
    """The hash of one record, from the hash of the one before."""
    return sha256(before + f"{seq}\n{at!r}\n{wall}\n{kind}\n".encode() + body).digest()


def head_path(journal: Path) -> Path:
    return journal.with_name(journal.name + ".head")


def read_head(journal: Path) -> Head | None:
    """None when there is none; JournalError when it cannot be what a journal wrote."""
    try:
        words = head_path(journal).read_bytes().split()
        return Head(int(words[0]), bytes.fromhex(words[1].decode()), int(words[2])) if words else None
    except FileNotFoundError:
        return None
    except (ValueError, IndexError, OSError) as error:
        raise JournalError(f"{head_path(journal)}: is no head of a journal: {error}") from error


def write_head(descriptor: int, head: Head) -> None:
    """In place and of one length: one small write, whole or not at all."""
    line = f"{head.seq:020d} {head.hash.hex()} {head.pid:010d}\n".encode()
    assert len(line) == _HEAD_LENGTH
    os.pwrite(descriptor, line, 0)


def open_to_read(journal: Path) -> sqlite3.Connection:
    """Checked to be a journal of ours."""
    if not journal.exists():
        raise JournalError(f"{journal}: there is no such journal")
    if not journal.is_file():
        raise JournalError(f"{journal}: is no file")
    connection = _connect(journal)
    try:
        check_is_journal(connection, journal)
    except JournalError:
        connection.close()
        raise
    return connection


def _connect(journal: Path) -> sqlite3.Connection:
    address = journal.resolve().as_uri() + "?mode=ro"
    try:
        connection = sqlite3.connect(address, uri=True, timeout=5.0)
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError:
            # A folder that we may not write to: SQLite wants its -shm there, unless the file is known not to change.
            connection.close()
            if journal.with_name(journal.name + "-wal").exists():
                raise
            connection = sqlite3.connect(address + "&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise NoDatabaseError(f"{journal}: cannot be opened: {error}") from error
    return connection


def check_is_journal(connection: sqlite3.Connection, journal: Path) -> None:
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise NoDatabaseError(f"{journal}: is no journal: {error}") from error
    if application != APPLICATION_ID:
        raise JournalError(f"{journal}: is a database, but no journal of a lane")
    if version != FILE_VERSION:
        raise JournalError(f"{journal}: is of version {version}, this program reads version {FILE_VERSION}; use a newer lanectl")


def records(journal: Path, *, first: int = 0, last: int = LAST, newest: int | None = None) -> Iterator[Record]:
    """Records in order, from `first` to `last`, or of those the `newest` so many. Their hashes are not checked here."""
    query = f"SELECT {_COLUMNS} FROM record WHERE seq BETWEEN ? AND ? ORDER BY seq"  # noqa: S608 constants alone
    bounds: tuple[int, ...] = (first, last)
    if newest is not None:
        query = f"SELECT * FROM ({query} DESC LIMIT ?) ORDER BY seq"  # noqa: S608 constants alone
        bounds = (first, last, newest)
    return _read(journal, query, bounds)


def last_of(journal: Path, kind: str, before: int = LAST) -> Record | None:
    """The newest record of this kind (any but "step", which is not indexed) up to `before`."""
    query = f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND kind <> 'step' AND seq <= ? ORDER BY seq DESC LIMIT 1"  # noqa: S608 constants alone
    return next(_read(journal, query, (kind, before)), None)


def records_of(journal: Path, kind: str, after: int) -> Iterator[Record]:
    """Every record of this kind (any but "step") that follows record `after`, in order."""
    query = f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND kind <> 'step' AND seq > ? ORDER BY seq"  # noqa: S608 constants alone
    return _read(journal, query, (kind, after))


def _read(journal: Path, query: str, bounds: tuple[object, ...]) -> Iterator[Record]:
    with closing(open_to_read(journal)) as connection:
        try:
            for row in connection.execute(query, tuple(min(bound, LAST) if isinstance(bound, int) else bound for bound in bounds)):
                yield Record(*row)
        except sqlite3.Error as error:
            raise JournalError(f"{journal}: cannot be read: {error}; lanectl journal verify says where") from error


def verify(journal: Path) -> Verdict:
    """Reads every record, recomputes the chain and holds it against the head."""
    try:
        opened = open_to_read(journal)
    except NoDatabaseError as error:
        if not head_path(journal).exists():
            raise
        return Verdict(0, 0, 1, str(error))
    with closing(opened) as connection:
        try:
            head = read_head(journal)  # before the records: it may lag behind a living journal, never lead it
        except JournalError as error:
            return Verdict(0, 0, 1, str(error))
        verdict = _verify_records(connection, head)
    if verdict.bad is None and head is None:
        return replace(verdict, bad=verdict.last + 1, why=f"may be missing: without {head_path(journal)} a cut-off end cannot be excluded")
    if verdict.bad is None and head is not None and head.seq > verdict.last:
        return replace(verdict, bad=verdict.last + 1, why=f"is missing: the head says that {head.seq} was the last, so the end was cut off")
    return verdict


def _verify_records(connection: sqlite3.Connection, head: Head | None) -> Verdict:
    connection.text_factory = bytes
    before, last, count = GENESIS, 0, 0
    types = " || ".join(f"typeof({column})" for column in _COLUMNS.split(", "))
    query = f"SELECT {_COLUMNS}, {types} FROM record ORDER BY seq"  # noqa: S608 constants alone
    try:
        for row in connection.execute(query):
            why = _wrong(row, before, last) or _not_as_head(row, head)
            if why:
                return Verdict(count, last, *why)
            before, last, count = row[5], row[0], count + 1
    except sqlite3.Error as error:
        return Verdict(count, last, last + 1, f"cannot be read after record {last}: {error}")
    return Verdict(count, last)


def _wrong(row: tuple[object, ...], before: bytes, last: int) -> tuple[int, str] | None:
    seq, at, wall, kind, body, found, types = row
    assert isinstance(seq, int)
    if types != _TYPES.encode():
        return max(seq, last + 1), "holds other types than a journal writes: it was changed"
    assert isinstance(at, float)
    assert isinstance(wall, bytes)
    assert isinstance(kind, bytes)
    assert isinstance(body, bytes)
    expected = sha256(before + f"{seq}\n{at!r}\n".encode() + wall + b"\n" + kind + b"\n" + body).digest()
    if seq != last + 1 and (expected != found or not _owned(kind, body, last + 1, seq - 1)):
        return last + 1, f"is missing: the next record is {seq}"
    return None if expected == found else (seq, "does not match its hash: it or the one before was changed")


def _owned(kind: bytes, body: bytes, first: int, last: int) -> bool:
    """Whether this is the journal's own word that it lost just these records."""
    if kind != GAP.encode():
        return False
    try:
        held = decode_json(body)
    except RecordError:
        return False
    return held.get("from") == first and held.get("to") == last


def _not_as_head(row: tuple[object, ...], head: Head | None) -> tuple[int, str] | None:
    if head is None or row[0] != head.seq or row[5] == head.hash:
        return None
    return head.seq, "does not match the head's hash: the chain was written anew up to here, or the head was changed"


def newest_before(journal: Path, wall: str) -> int | None:
    """The last record written up to a time of day, None when there is none. Reads all records: times of day may jump."""
    with closing(open_to_read(journal)) as connection:
        found: int | None = connection.execute("SELECT max(seq) FROM record WHERE wall <= ?", (wall,)).fetchone()[0]
        return found
