"""The shell: one inbox in order, authority after the journal, polls only after a completed step."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lanectl.config import load
from lanectl.controller import HEARTBEAT_S, Controller
from lanectl.decide import Core, Decision, Facts
from lanectl.interlocking import Calm
from lanectl.model import Act, ActRequested, Aspect, Command, JournalReported, LinkLost, Report, SetAspect, Woke
from lanectl.wiring import facts

SITE = Path(__file__).parents[2] / "config" / "bac-luan-2"
PROCEED = SetAspect("vn", Aspect.PROCEED)
STOP = SetAspect("vn", Aspect.STOP)
OPENED = LinkLost("proceed", "stands for: the rules want PROCEED")
CLOSED = LinkLost("stop", "stands for: the rules want STOP")
BROKEN = LinkLost("assert", "stands for: an invariant is broken")


@dataclass
class HandClock:
    """Moves when told."""

    at: float = 0.0
    due: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def call_at(self, when: float, callback: Callable[[], None]) -> Callable[[], None]:
        entry = (when, callback)
        self.due.append(entry)
        return lambda: self.due.remove(entry) if entry in self.due else None

    def call_soon(self, callback: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(callback)

    def advance(self, to: float) -> None:
        self.at = to
        for entry in [entry for entry in self.due if entry[0] <= to]:
            self.due.remove(entry)
            entry[1]()


@dataclass
class Paper:
    """A journal that is durable when told."""

    steps: list[Report] = field(default_factory=list)

    def append_step(self, now: float, report: Report, decision: Decision) -> int:
        self.steps.append(report)
        return len(self.steps)


def rules(facts: Facts, core: Core, now: float, report: Report, calm: Calm | None) -> Decision:
    assert report != BROKEN, "the boom is up and down"
    wanted: dict[Report, tuple[Command, ...]] = {OPENED: (PROCEED,), CLOSED: (STOP,)}
    return Decision(core, wanted.get(report, ()), (), now + 60.0)


@dataclass
class Shell:
    clock: HandClock
    paper: Paper
    sent: list[Command]
    permits: list[float]
    controller: Controller


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr("lanectl.controller.decide_on", rules)
    clock, paper, sent, permits = HandClock(), Paper(), list[Command](), list[float]()
    controller = Controller(facts(load(SITE)), clock, paper, sent.append, lambda: permits.append(clock.now()))
    return Shell(clock, paper, sent, permits, controller)


def run(conversation: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(conversation())


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_proceed_waits_for_the_journal_and_stop_does_not(shell: Shell) -> None:
    async def conversation() -> None:
        shell.controller.deliver([OPENED])
        await settled()
        assert shell.sent == []
        shell.controller.deliver([CLOSED])
        await settled()
        assert shell.sent == [STOP]
        shell.controller.durable(2)
        assert shell.sent == [STOP], "the PROCEED that waited was withdrawn"

    run(conversation)


def test_what_is_durable_is_sent(shell: Shell) -> None:
    async def conversation() -> None:
        shell.controller.deliver([OPENED])
        await settled()
        shell.controller.durable(1)
        assert shell.sent == [PROCEED]

    run(conversation)


def test_an_unwritable_journal_withdraws_what_waited_and_tells_the_rules(shell: Shell) -> None:
    async def conversation() -> None:
        shell.controller.deliver([OPENED])
        await settled()
        shell.controller.journal_writable(False)
        await settled()
        shell.controller.journal_writable(True)
        shell.controller.durable(1)
        assert shell.sent == []
        assert JournalReported(False) in shell.paper.steps

    run(conversation)


def test_only_a_completed_step_permits_the_next_polls(shell: Shell) -> None:
    async def conversation() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        shell.controller.deliver([CLOSED])
        await settled()
        assert len(shell.permits) == 1
        shell.controller.deliver([BROKEN])
        await settled()
        shell.controller.deliver([CLOSED])
        await settled()
        assert len(shell.permits) == 1, "a broken invariant starves the watchdog, whatever comes after it"

    run(conversation)


def test_without_reports_there_is_a_step_each_heartbeat(shell: Shell) -> None:
    async def conversation() -> None:
        shell.controller.deliver([CLOSED])
        await settled()
        for beat in range(1, 4):
            shell.clock.advance(beat * HEARTBEAT_S + 0.001)
            await settled()
        assert shell.paper.steps == [CLOSED, Woke(), Woke(), Woke()]
        assert len(shell.permits) == 4

    run(conversation)


def test_reports_are_stepped_in_the_order_in_which_they_came(shell: Shell) -> None:
    async def conversation() -> None:
        shell.controller.deliver([OPENED, CLOSED])
        shell.controller.deliver([OPENED])
        await settled()
        assert shell.paper.steps == [OPENED, CLOSED, OPENED]

    run(conversation)


def test_an_act_is_answered_with_the_record_it_became(shell: Shell) -> None:
    async def conversation() -> None:
        shell.controller.deliver([CLOSED])
        outcome = await shell.controller.act(ActRequested(Act.CLOSE, "lan"))
        assert outcome.seq == 2

    run(conversation)
