"""Header ids go on counting over a restart, whatever ended the controller before it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.wire.vda5050.topics import Topic
from lanectl.chain import JournalError
from lanectl.header_ids import BLOCK, KeptHeaderIds, headers_path

RUN = 1_800_000_000


def at_once(work: Callable[[], None]) -> None:
    work()


def counting(journal: Path, boot: str = "monday", run: int = RUN, *, ran_before: bool = False) -> KeptHeaderIds:
    return KeptHeaderIds(journal, run, boot, ran_before=ran_before, aside=at_once)


def sent(ids: KeptHeaderIds, times: int, serial: str = "T01", topic: Topic = Topic.ORDER) -> list[int]:
    taken = []
    for _ in range(times):
        taken.append(ids.next_id(serial, topic))
        ids.used(serial, topic)
    return taken


def test_each_topic_of_each_truck_counts_for_itself_from_zero(tmp_path: Path) -> None:
    ids = counting(tmp_path / "journal.db")
    assert sent(ids, 3) == [0, 1, 2]
    assert sent(ids, 2, topic=Topic.INSTANT_ACTIONS) == [0, 1]
    assert sent(ids, 1, serial="T02") == [0]


def test_a_controller_that_was_killed_goes_on_with_the_next_id(tmp_path: Path) -> None:
    killed = counting(tmp_path / "journal.db")
    sent(killed, 3)
    killed.close(synced=False)
    assert sent(counting(tmp_path / "journal.db"), 2) == [3, 4]


def test_a_controller_that_was_ended_goes_on_with_the_next_id_on_a_machine_that_was_started_anew(tmp_path: Path) -> None:
    ended = counting(tmp_path / "journal.db")
    sent(ended, 3)
    ended.close()
    assert sent(counting(tmp_path / "journal.db", boot="tuesday"), 2) == [3, 4]


def cut(journal: Path, ids: KeptHeaderIds, on_disk: bytes) -> None:
    """The power goes: of what was not synced, nothing is left."""
    ids.close(synced=False)
    headers_path(journal).write_bytes(on_disk)


def test_after_a_power_cut_no_id_comes_twice(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    used: list[int] = []
    for boot in ("monday", "tuesday", "wednesday"):
        ids = counting(journal, boot)
        synced = headers_path(journal).read_bytes()
        used += sent(ids, 5)
        cut(journal, ids, synced)
    assert used == sorted(set(used))
    assert used[-1] < 3 * BLOCK


def test_what_was_synced_at_an_end_holds_no_more_once_another_run_has_sent(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    ended = counting(journal)
    sent(ended, 3)
    ended.close()
    running = counting(journal)
    synced = headers_path(journal).read_bytes()
    sent(running, 5)
    cut(journal, running, synced)
    assert sent(counting(journal, "tuesday"), 1)[0] >= 8


def test_a_topic_that_a_run_never_used_does_not_go_back_either(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    before = counting(journal)
    sent(before, 7, serial="T02")
    before.close(synced=False)
    after_cut = counting(journal, "tuesday")
    sent(after_cut, 1)
    after_cut.close()
    assert sent(counting(journal, "tuesday"), 1, serial="T02")[0] >= 7


def test_the_reserve_is_renewed_before_it_is_used_up(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    ids = counting(journal)
    sent(ids, 3 * BLOCK)
    ids.close(synced=False)
    assert sent(counting(journal, "tuesday"), 1)[0] >= 3 * BLOCK


def test_no_run_has_the_number_of_an_earlier_one_though_the_clock_went_back(tmp_path: Path) -> None:
    first = counting(tmp_path / "journal.db")
    first.close()
    assert (first.run, counting(tmp_path / "journal.db", run=5).run) == (RUN, RUN + 1)


@pytest.mark.parametrize("damage", [b"", b"\x00" * 700, b"what is this"])
def test_a_file_that_does_not_read_leads_to_ids_that_no_earlier_run_can_have_had(tmp_path: Path, damage: bytes) -> None:
    headers_path(tmp_path / "journal.db").write_bytes(damage)
    assert sent(counting(tmp_path / "journal.db"), 1) == [RUN]


def test_a_lane_with_a_past_whose_file_is_gone_starts_beyond_all_that_it_can_have_sent(tmp_path: Path) -> None:
    assert sent(counting(tmp_path / "journal.db", ran_before=True), 1) == [RUN]


def test_half_written_counts_are_not_believed(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    ids = counting(journal)
    sent(ids, 5)
    ids.close(synced=False)
    path = headers_path(journal)
    path.write_bytes(path.read_bytes()[:-4])
    assert sent(counting(journal), 1) == [BLOCK]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"nowhere/journal\.db\.headers: cannot be written"):
        counting(tmp_path / "nowhere" / "journal.db")


def test_a_disk_that_takes_nothing_keeps_no_message_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ids = counting(tmp_path / "journal.db")

    def full(*_: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(os, "pwrite", full)
    assert sent(ids, 3) == [0, 1, 2]
    assert [record.message.count("no space left") for record in caplog.records] == [1]
