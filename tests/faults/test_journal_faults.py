"""A disk that fills, a file that goes away, a process that is killed: nothing acknowledged is lost, and the lane is told."""

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lanectl.chain import head_path, records, verify
from lanectl.journal import Journal
from lanectl.record import decode_json
from tests.recorded_run import WALL, Told, journal_at


def append(journal: Journal, count: int) -> int:
    return [journal.append("step", float(n), WALL, b"{}") for n in range(count)][-1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lane.journal"


@pytest.fixture
def told() -> Told:
    return Told()


def test_a_locked_file_is_told_and_nothing_is_lost_when_it_is_free_again(path: Path, told: Told) -> None:
    journal = journal_at(path, told)
    told.until_durable(append(journal, 1))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        last = append(journal, 20)
        told.until_not_writable()
        assert "locked" in journal.why
        other.execute("ROLLBACK")
    told.until_durable(last)
    assert journal.why == ""
    assert told.said == [True, 1, False, True, *[said for said in told.said[4:] if type(said) is int]]
    assert journal.close() == 0
    assert verify(path).last == 21
    assert verify(path).bad is None


def test_a_full_disk_is_told_and_nothing_is_lost_when_there_is_room_again(path: Path, told: Told) -> None:
    journal = journal_at(path, told)
    told.until_durable(append(journal, 1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name(path.name + "-wal").stat().st_size + 100, hard))
        last = append(journal, 50)
        told.until_not_writable()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    told.until_durable(last)
    assert journal.close() == 0
    assert [r.seq for r in records(path)] == list(range(1, 52))
    assert verify(path).bad is None


def test_a_file_that_was_moved_away_acknowledges_nothing_until_it_is_back(path: Path, told: Told, tmp_path: Path) -> None:
    journal = journal_at(path, told)
    told.until_durable(append(journal, 1))
    path.rename(tmp_path / "elsewhere")
    last = append(journal, 5)
    told.until_not_writable()
    assert "moved, removed or replaced" in journal.why
    assert told.said == [True, 1, False]
    (tmp_path / "elsewhere").rename(path)
    told.until_durable(last)
    assert journal.close() == 0
    assert verify(path).bad is None
    assert verify(path).last == 6


def test_a_removed_file_acknowledges_nothing_and_leaves_its_loss_visible_in_the_next(path: Path, told: Told) -> None:
    journal = journal_at(path, told)
    told.until_durable(append(journal, 3))
    path.unlink()
    append(journal, 2)
    told.until_not_writable()
    assert journal.close() == 2
    assert told.said[-1] is False
    following = journal_at(path, Told())
    append(following, 1)
    following.close()
    assert "its end was cut off" in following.damage
    assert verify(path).bad == 1


def test_a_removed_log_is_noticed_before_anything_in_it_is_acknowledged(path: Path, told: Told) -> None:
    journal = journal_at(path, told)
    told.until_durable(append(journal, 3))
    path.with_name(path.name + "-wal").unlink()
    last = append(journal, 2)
    told.until_not_writable()
    told.until_durable(last)
    journal.close()
    assert [r.seq for r in records(path)] == [1, 2, 3, 4, 5]
    assert verify(path).bad is None


def test_a_full_queue_loses_the_newest_and_the_chain_owns_to_it(path: Path, told: Told) -> None:
    journal = journal_at(path, told, queue_max=10)
    told.until_durable(append(journal, 1))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        lost = append(journal, 25)
        assert journal.pending == 10
        assert journal.kept < lost
        other.execute("ROLLBACK")
    told.until(lambda: journal.pending == 0)
    told.until_durable(append(journal, 1))
    journal.close()
    kinds = [(r.seq, r.kind) for r in records(path)]
    assert kinds == [*[(seq, "step") for seq in range(1, 12)], (27, "gap"), (28, "step")]
    gap = decode_json(next(r.body for r in records(path, first=27)))
    assert (gap["from"], gap["to"]) == (12, 26)
    assert verify(path).bad is None


def test_a_gap_that_the_journal_did_not_own_to_is_found(path: Path, told: Told) -> None:
    journal = journal_at(path, told)
    append(journal, 5)
    journal.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM record WHERE seq = 3")
        connection.execute("UPDATE record SET kind = 'gap', body = ? WHERE seq = 4", (b'{"v":1,"from":3,"to":3}',))
    assert verify(path).bad == 3


WRITER = """
import os, sys
from pathlib import Path
from threading import Semaphore
from lanectl.journal import Journal
from tests.recorded_run import WALL, Told, journal_at

room = Semaphore(50)  # records under way, so that a kill meets full and empty queues
def durable(seq):
    os.write(1, b"%d\\n" % seq)
    for _ in range(50 - room._value):
        room.release()
journal = Journal(Path(sys.argv[1]), deliver=lambda callback: callback(), on_durable=durable, on_writable=lambda writable: None)
n = 0
while True:
    n += 1
    room.acquire()
    journal.append("step", float(n), "2026-03-01T07:02:00.000Z", b'{"n":%d}' % n)
"""


@pytest.mark.parametrize("round_", range(4))
def test_a_killed_writer_loses_nothing_that_it_acknowledged(path: Path, round_: int) -> None:
    rng = random.Random(round_)
    for _ in range(2):
        acknowledged = killed_after(path, rng.randint(1, 40))
        verdict = verify(path)
        assert verdict.bad is None, f"seed {round_}: {verdict.why}"
        assert verdict.last >= acknowledged, f"seed {round_}: {acknowledged} was acknowledged, {verdict.last} is there"


def killed_after(path: Path, acknowledgements: int) -> int:
    """Runs a writer, kills it after so many acknowledgements and returns the last one it gave."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        last = 0
        for _ in range(acknowledgements):
            last = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read().split(b"\n")[:-1]
        return int(rest[-1]) if rest else last


def test_every_flipped_byte_of_the_last_records_is_found(path: Path, told: Told) -> None:
    journal = journal_at(path, told)
    append(journal, 8)
    journal.close()
    whole, head = path.read_bytes(), head_path(path).read_bytes()
    rng = random.Random(7)
    first = whole.index(WALL.encode())
    page_end = (first // 4096 + 1) * 4096  # the records' own page
    for place in rng.sample(range(first, page_end), 120):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        assert verify(path).bad is not None, f"byte {place} was flipped unseen"
    path.write_bytes(whole)
    head_path(path).write_bytes(head[:60])
    assert verify(path).bad is not None


def test_a_file_cut_short_is_found(path: Path, told: Told) -> None:
    journal = journal_at(path, told)
    append(journal, 300)
    journal.close()
    whole = path.read_bytes()
    for share in (0.3, 0.6, 0.95):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert verify(path).bad is not None
