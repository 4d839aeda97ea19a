"""A run that was recorded comes out the same again, and a changed rule does not. The rules here are small ones of the tests' own."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs

from lanectl import interlocking
from lanectl.chain import JournalError, head_path, records
from lanectl.decide import Core
from lanectl.layout import Layout
from lanectl.model import Aspect, JournalReported, Lane, LinkLost, PlateSeen, Report, SectionState, Service, SetAspect, Step, Woke
from lanectl.recorder import CORE_EVERY, Recorder, StartRecord, holds_core, read_start
from lanectl.replay import check_lane, replay, restore
from tests.recorded_run import CLOSE, FACTS, OPEN, WALL, Run, Told, a_run, journal_at, small_initial, small_step


@pytest.fixture(autouse=True)
def _small_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interlocking, "initial", small_initial, raising=False)
    monkeypatch.setattr(interlocking, "step", small_step, raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lane.journal"


def test_a_recorded_run_comes_out_the_same(path: Path) -> None:
    run = a_run(path, JournalReported(True), OPEN, Woke(), LinkLost("io-vn", "silent"), CLOSE)
    replayed = replay(path)
    assert replayed.difference is None
    assert (replayed.runs, replayed.steps, replayed.unchecked) == (1, 6, 0)
    assert replayed.core == run.core


def test_plates_are_voted_on_again(path: Path) -> None:
    seen = PlateSeen("front", "vn", "14C12345", 0.9, "ab" * 32)
    run = a_run(path, *[seen] * 5)
    assert replay(path).difference is None
    assert replay(path).core == run.core


def test_several_runs_in_one_journal_are_replayed_one_after_another(path: Path) -> None:
    a_run(path, OPEN)
    a_run(path, CLOSE)
    assert (replay(path).runs, replay(path).steps) == (2, 4)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda step: structs.replace(step, commands=(*step.commands, SetAspect("cn", Aspect.STOP))), "commands"),
        (lambda step: structs.replace(step, refusals=()), "refusals"),
        (lambda step: structs.replace(step, wake_at=step.wake_at + 0.001), "wake_at"),
    ],
)
def test_a_changed_rule_is_found_at_its_first_step(
    path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Step], Step], what: str
) -> None:
    a_run(path, JournalReported(True), OPEN, Woke(), CLOSE)

    def changed(layout: Layout, lane: Lane, now: float, event: Report) -> Step:
        step = small_step(layout, lane, now, event)
        return change(step) if event == Woke() else step

    monkeypatch.setattr(interlocking, "step", changed, raising=False)
    difference = replay(path).difference
    assert difference is not None
    assert (difference.seq, difference.what) == (5, what)


def test_a_rule_that_only_changes_the_lane_is_found_at_the_next_whole_core(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_run(path, OPEN, JournalReported(True), CLOSE)

    def forgets(layout: Layout, lane: Lane, now: float, event: Report) -> Step:
        return (
            structs.replace(small_step(layout, lane, now, event), lane=lane)
            if isinstance(event, JournalReported)
            else small_step(layout, lane, now, event)
        )

    monkeypatch.setattr(interlocking, "step", forgets, raising=False)
    difference = replay(path).difference
    assert difference is not None
    assert (difference.seq, difference.what, difference.recorded, difference.computed) == (5, "core.lane.journal_writable", "True", "False")


def test_the_journal_alone_holds_the_configuration(path: Path) -> None:
    a_run(path, OPEN)
    start = read_start(next(record for record in records(path) if record.kind == "start"))
    assert start.facts == FACTS
    assert start.config == {"site.toml": "[site]\n"}


def test_replay_up_to_a_record_shows_the_lane_as_it_was(path: Path) -> None:
    run = Run(path)
    opened = run.report(OPEN)
    run.report(CLOSE)
    run.end()
    core = replay(path, last=opened).core
    assert core is not None
    assert core.lane.service is Service.OPEN


def test_an_act_can_be_found_by_its_kind(path: Path) -> None:
    a_run(path, Woke(), OPEN)
    assert [record.kind for record in records(path)] == ["start", "step", "step", "act"]


def test_a_whole_core_is_kept_now_and_then_and_at_each_change_of_locks(path: Path) -> None:
    a_run(path, *[Woke()] * (CORE_EVERY + 1), OPEN)
    assert [n for n, record in enumerate(records(path)) if holds_core(record)] == [1, CORE_EVERY + 2, CORE_EVERY + 3]


def test_refusals_are_written_only_when_they_change(path: Path) -> None:
    a_run(path, Woke(), Woke())
    assert [b'"refusals"' in record.body for record in records(path)] == [False, True, False, False]


# ---------------------------------------------------------------- the next start


def test_without_a_journal_nothing_is_restored(path: Path) -> None:
    restored = restore(path)
    assert (restored.lane, restored.armed_before) == (None, False)


def test_the_next_run_begins_with_the_lane_of_the_last(path: Path) -> None:
    run = a_run(path, OPEN, *[JournalReported(True)] * 30)
    restored = restore(path)
    assert restored.lane == run.core.lane
    assert restored.exact
    assert restored.armed_before
    assert a_run(path).core.lane.service is Service.OPEN
    assert replay(path).difference is None


def test_the_journal_of_another_lane_is_not_taken_up_though_it_be_of_the_same_shape(path: Path) -> None:
    check_lane(path, FACTS.layout.name)
    a_run(path, OPEN)
    check_lane(path, FACTS.layout.name)
    with pytest.raises(JournalError, match=f"is the journal of {FACTS.layout.name}, not of the-way-back"):
        check_lane(path, "the-way-back")
    path.write_bytes(b"no journal at all, of any lane")
    check_lane(path, "the-way-back")


def test_a_lane_that_was_never_armed_is_still_in_commissioning(path: Path) -> None:
    a_run(path, Woke())
    assert not restore(path).armed_before


def test_a_run_that_only_began_leaves_what_the_one_before_left(path: Path) -> None:
    run = a_run(path, OPEN)
    journal = journal_at(path, Told())
    Recorder(journal, lambda: WALL).start(0.0, StartRecord(FACTS, {}, "", ""))
    journal.close()
    assert restore(path).lane == run.core.lane


def doubted(path: Path) -> str:
    """The restored lane believes no vacancy; returns why."""
    restored = restore(path)
    assert restored.lane is not None
    assert not restored.exact
    assert restored.armed_before
    assert restored.lane.sections["K1"].state is SectionState.SUSPECT
    return restored.why


def test_after_other_rules_no_vacancy_is_believed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_run(path, OPEN, Woke())
    monkeypatch.setattr(interlocking, "step", lambda *args: structs.replace(small_step(*args), wake_at=0.0), raising=False)
    assert "these rules come to other wake_at" in doubted(path)


def test_after_a_cut_end_no_vacancy_is_believed(path: Path) -> None:
    a_run(path, OPEN, Woke())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM record WHERE seq = 4")
    assert "the end was cut off" in doubted(path)


def test_after_a_changed_record_no_vacancy_is_believed(path: Path) -> None:
    a_run(path, OPEN, Woke())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE record SET at = 0.0 WHERE seq = 4")
    assert "record 4 does not match its hash" in doubted(path)


def test_without_the_head_no_vacancy_is_believed(path: Path) -> None:
    a_run(path, OPEN, Woke())
    head_path(path).unlink()
    assert "head is missing" in doubted(path)


def test_after_a_gap_the_steps_are_checked_again_from_the_next_whole_core(path: Path) -> None:
    run = Run(path, queue_max=4)
    run.report(OPEN)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        run.report(*[Woke()] * 12)
        other.execute("ROLLBACK")
    run.journal.close()
    run = Run(path)
    run.end()
    assert replay(path).difference is None


def test_a_core_that_was_replayed_is_equal_in_its_votes_too(path: Path) -> None:
    run = a_run(path, PlateSeen("front", "vn", "14C12345", 0.9, "ab" * 32))
    core = replay(path).core
    assert isinstance(core, Core)
    assert dict(core.votes) == dict(run.core.votes)
