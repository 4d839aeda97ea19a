"""What is acknowledged lies on disk, in order, in a chain that shows every change."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lanectl.chain import JournalError, head_path, records, verify
from lanectl.journal import Journal
from tests.recorded_run import WALL, Told, journal_at


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lane.journal"


@pytest.fixture
def journal(path: Path, told: Told) -> Iterator[Journal]:
    opened = journal_at(path, told)
    yield opened
    opened.close()


def write(path: Path, count: int, start: int = 0) -> None:
    told = Told()
    journal = journal_at(path, told)
    for n in range(start, start + count):
        journal.append("step", float(n), WALL, b'{"n":%d}' % n)
    assert journal.close() == 0


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_a_record_is_acknowledged_after_it_lies_on_disk(journal: Journal, told: Told, path: Path) -> None:
    seq = journal.append("step", 1.5, WALL, b"{}")
    told.until_durable(seq)
    assert [(r.seq, r.at, r.wall, r.kind, r.body) for r in records(path)] == [(seq, 1.5, WALL, "step", b"{}")]
    assert told.said == [True, seq]


def test_records_lie_in_the_order_they_came(journal: Journal, told: Told, path: Path) -> None:
    last = 0
    for n in range(3000):
        last = journal.append("step", n / 7, WALL, b"%d" % n)
    told.until_durable(last)
    assert [r.body for r in records(path)] == [b"%d" % n for n in range(3000)]
    durable = [said for said in told.said if type(said) is int]
    assert durable == sorted(durable)


def test_appending_waits_for_nothing_while_the_file_is_held_by_another(journal: Journal, told: Told, path: Path) -> None:
    told.until_durable(journal.append("step", 0.0, WALL, b"{}"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        last = [journal.append("step", 1.0, WALL, b"{}") for _ in range(1000)][-1]
        assert journal.pending == 1000
        other.execute("ROLLBACK")
    told.until_durable(last)


def test_an_untouched_journal_verifies(path: Path) -> None:
    write(path, 50)
    verdict = verify(path)
    assert (verdict.records, verdict.last, verdict.bad, verdict.why) == (50, 50, None, "")


def test_a_living_journal_verifies(journal: Journal, told: Told, path: Path) -> None:
    told.until_durable(journal.append("step", 0.0, WALL, b"{}"))
    assert verify(path).bad is None


def test_an_empty_journal_verifies(path: Path) -> None:
    write(path, 0)
    assert verify(path).bad is None


def test_the_chain_goes_on_where_the_last_run_ended(path: Path) -> None:
    write(path, 3)
    write(path, 2, start=3)
    assert [r.seq for r in records(path)] == [1, 2, 3, 4, 5]
    assert verify(path).bad is None


@pytest.mark.parametrize(
    ("statement", "bad", "why"),
    [
        ("UPDATE record SET body = '{}' WHERE seq = 17", 17, "other types"),
        ("UPDATE record SET body = x'7b7d' WHERE seq = 17", 17, "does not match its hash"),
        ("UPDATE record SET at = at + 0.001 WHERE seq = 17", 17, "does not match its hash"),
        ("UPDATE record SET wall = '2026-03-01T07:02:00.001Z' WHERE seq = 17", 17, "does not match its hash"),
        ("UPDATE record SET kind = 'note' WHERE seq = 17", 17, "does not match its hash"),
        ("UPDATE record SET hash = zeroblob(32) WHERE seq = 17", 17, "does not match its hash"),
        ("DELETE FROM record WHERE seq = 17", 17, "is missing: the next record is 18"),
        ("DELETE FROM record WHERE seq = 1", 1, "is missing: the next record is 2"),
        ("DELETE FROM record WHERE seq > 48", 49, "the end was cut off"),
        ("DELETE FROM record", 1, "the end was cut off"),
        ("UPDATE record SET seq = 60 WHERE seq = 50", 50, "is missing: the next record is 60"),
    ],
)
def test_the_first_changed_record_is_named(path: Path, statement: str, bad: int, why: str) -> None:
    write(path, 50)
    change(path, statement)
    verdict = verify(path)
    assert verdict.bad == bad
    assert why in verdict.why


def test_a_chain_that_was_written_anew_does_not_match_the_head(path: Path, tmp_path: Path) -> None:
    write(path, 5)
    forged = tmp_path / "forged.journal"
    write(forged, 5, start=100)
    path.write_bytes(forged.read_bytes())
    verdict = verify(path)
    assert verdict.bad == 5
    assert "written anew" in verdict.why


def test_without_its_head_a_cut_end_cannot_be_excluded(path: Path) -> None:
    write(path, 5)
    head_path(path).unlink()
    assert "cannot be excluded" in verify(path).why


def test_a_cut_end_stays_visible_after_the_controller_wrote_on(path: Path, told: Told) -> None:
    write(path, 10)
    change(path, "DELETE FROM record WHERE seq > 7")
    journal = journal_at(path, told)
    assert "its end was cut off" in journal.damage
    assert journal.append("note", 0.0, WALL, b"{}") == 11
    journal.close()
    assert verify(path).bad == 8


def test_a_second_writer_is_refused_with_words(journal: Journal, path: Path, told: Told) -> None:
    with pytest.raises(JournalError, match=r"another controller \(process \d+\) writes this journal"):
        journal_at(path, told)


def test_a_closed_journal_can_be_written_by_the_next(path: Path, told: Told) -> None:
    write(path, 1)
    journal_at(path, told).close()


def test_what_is_no_journal_is_refused_with_words(tmp_path: Path, told: Told) -> None:
    text, other, newer = tmp_path / "text", tmp_path / "other", tmp_path / "newer"
    text.write_text("no database at all, but long enough to be looked at as one\n" * 20)
    change(other, "CREATE TABLE trucks (name)")
    write(newer, 1)
    change(newer, "PRAGMA user_version = 2")
    for path, words in (
        (tmp_path / "missing", "there is no such journal"),
        (tmp_path, "is no file"),
        (text, "not a database"),
        (other, "no journal of a lane"),
        (newer, "is of version 2, this program reads version 1"),
    ):
        with pytest.raises(JournalError, match=words):
            verify(path)
        with pytest.raises(JournalError, match=words):
            list(records(path))
    for path in (text, other, newer):
        with pytest.raises(JournalError):
            journal_at(path, told)


def test_a_journal_in_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, told: Told) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot be written"):
        journal_at(tmp_path / "file" / "lane.journal", told)


def test_closing_writes_what_still_waits(path: Path) -> None:
    write(path, 5000)
    assert sum(1 for _ in records(path)) == 5000


def test_the_newest_records_can_be_read_alone(path: Path) -> None:
    write(path, 20)
    assert [r.seq for r in records(path, newest=3)] == [18, 19, 20]
    assert [r.seq for r in records(path, first=4, last=6)] == [4, 5, 6]
