"""Whole crossings under the real rules, recorded and recomputed from the journal alone."""

from pathlib import Path

import pytest

from lanectl import interlocking
from lanectl.chain import verify
from lanectl.decide import Core, Facts, begin, decide
from lanectl.layout import Layout
from lanectl.model import Aspect, Lane, Report, SetAspect, Step
from lanectl.recorder import Recorder, StartRecord
from lanectl.replay import replay, restore
from tests.recorded_run import WALL, Told, journal_at
from tests.rules.plant import Plant
from tests.rules.scenes import a_lane_in_service
from tests.rules.words import a_layout

REAL_STEP = interlocking.step


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Core]:
    """Two trucks set out, one has crossed; the journal of it, and the core at its end."""
    path = tmp_path_factory.mktemp("crossing") / "lane.journal"
    facts = Facts(a_layout(3), {})
    journal = journal_at(path, Told())
    recorder = Recorder(journal, lambda: WALL)
    core = begin(facts)
    recorder.start(0.0, StartRecord(facts, {}, "", "lanectl"))

    def recorded(layout: Layout, lane: Lane, now: float, event: Report) -> Step:
        nonlocal core
        assert lane == core.lane
        decision = decide(facts, core, now, event)
        core = decision.core
        recorder.append_step(now, event, decision)
        return Step(core.lane, decision.commands, decision.refusals, decision.wake_at)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.rules.words.step", recorded)
        plant = Plant(a_lane_in_service(facts.layout), ["T1", "T2"])
        plant.run(240, until=1)
    assert plant.crossed == ["T1"]
    assert journal.close() == 0
    return path, core


def test_a_crossing_comes_out_the_same_from_its_journal_alone(crossing: tuple[Path, Core]) -> None:
    path, core = crossing
    replayed = replay(path)
    assert replayed.difference is None, replayed.difference
    assert replayed.steps > 1000
    assert replayed.core == core
    assert verify(path).bad is None


def test_the_next_start_takes_up_locks_and_authorities_exactly(crossing: tuple[Path, Core]) -> None:
    path, core = crossing
    restored = restore(path)
    assert restored.exact, restored.why
    assert restored.lane == core.lane
    assert restored.armed_before


def test_a_rule_that_shows_proceed_once_too_often_is_found(crossing: tuple[Path, Core], monkeypatch: pytest.MonkeyPatch) -> None:
    def eager(layout: Layout, lane: Lane, now: float, event: Report) -> Step:
        step = REAL_STEP(layout, lane, now, event)
        if any(isinstance(command, SetAspect) and command.aspect is Aspect.PROCEED for command in step.commands):
            return Step(step.lane, (*step.commands, SetAspect("cn", Aspect.PROCEED)), step.refusals, step.wake_at)
        return step

    monkeypatch.setattr(interlocking, "step", eager)
    difference = replay(crossing[0]).difference
    assert difference is not None
    assert difference.what == "commands"
    assert "PROCEED" in difference.recorded
