"""The shell around the rules: one inbox, one clock, one loop. Everything it decides is `decide_on`; everything it does is routing."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.clock import Clock
from lanectl.decide import Core, Decision, Facts, begin, decide_on
from lanectl.interlocking import Calm
from lanectl.model import ActRequested, Command, JournalReported, Lane, Refusal, Report, Woke
from lanectl.outbox import Outbox

INBOX_MAX = 20_000  # some minutes of a lane's reports; more means that this controller hangs, and red is the right aspect
REPORTS_A_TURN_MAX = 100  # then the loop serves its ports before it goes on
HEARTBEAT_S = 0.25  # a step at least this often: only a completed step permits the next polls (S5)


class StepJournal(Protocol):
    """Where steps are written down before authority is given."""

    def append_step(self, now: float, report: Report, decision: Decision) -> int: ...


class Observer(Protocol):
    """Sees each step after it was taken: metrics, the operators' picture."""

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act led to: refused if any refusal names it."""

    seq: int
    refusals: tuple[Refusal, ...]


Answer = Callable[[Outcome], None]


class Controller:
    """`send` routes a command to its session; `permit` tells every bus that a step was completed."""

    def __init__(
        self,
        facts: Facts,
        clock: Clock,
        journal: StepJournal,
        send: Callable[[Command], None],
        permit: Callable[[], None],
        observers: Sequence[Observer] = (),
    ) -> None:
        self.core: Core = begin(facts)
        self.refusals: tuple[Refusal, ...] = ()
        self.steps = 0
        self._facts = facts
        self._clock = clock
        self._journal = journal
        self._send = send
        self._permit = permit
        self._observers = observers
        self._inbox: deque[tuple[Report, Answer | None]] = deque()
        self._outbox = Outbox()
        self._calm: Calm | None = None
        self._turn_asked = False
        self._wake_at = float("inf")
        self._timer_at = float("inf")
        self._cancel_timer: Callable[[], None] = lambda: None

    def deliver(self, reports: Iterable[Report]) -> None:
        """Puts reports in the inbox; they are stepped in this order, soon."""
        for report in reports:
            self._put(report, None)

    def ask(self, request: ActRequested, answer: Answer) -> None:
        """A person's act; `answer` is called when its step is taken."""
        self._put(request, answer)

    async def act(self, request: ActRequested) -> Outcome:
        """A person's act; returns when its step is taken."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def answer(taken: Outcome) -> None:
            if not outcome.done():
                outcome.set_result(taken)

        self.ask(request, answer)
        return await outcome

    @property
    def giving(self) -> bool:
        """Commands wait for their record to be durable."""
        return self._outbox.holds

    def durable(self, seq: int) -> None:
        """The journal has record `seq` on disk."""
        for command in self._outbox.durable(seq, self._clock.now()):
            self._send(command)

    def journal_writable(self, writable: bool) -> None:
        self._outbox.writable(writable)
        self._put(JournalReported(writable), None)

    def _put(self, report: Report, answer: Answer | None) -> None:
        assert len(self._inbox) < INBOX_MAX, "the inbox is full: the controller cannot follow its lane"
        self._inbox.append((report, answer))
        if not self._turn_asked:
            self._turn_asked = True
            self._clock.call_soon(self._turn)

    def _turn(self) -> None:
        """S5. Only completed steps permit the next poll: one that raises leaves `_turn_asked` set, so there is no other turn, no permit,
        and the watchdogs show red.
        """
        wake_at = self._clock.now() + HEARTBEAT_S
        for _ in range(min(len(self._inbox), REPORTS_A_TURN_MAX)):
            wake_at = min(wake_at, self._step(*self._inbox.popleft()))
        self._permit()
        self._wake_at = wake_at
        if wake_at < self._timer_at:
            self._cancel_timer()
            self._set_timer()
        self._turn_asked = bool(self._inbox)
        if self._turn_asked:
            self._clock.call_soon(self._turn)

    def _step(self, report: Report, answer: Answer | None) -> float:
        now = self._clock.now()
        before = self.core.lane
        decision = decide_on(self._facts, self.core, now, report, self._calm)
        self.core, self._calm = decision.core, decision.calm
        if decision.stepped:
            self.refusals = decision.refusals
        self.steps += 1
        seq = self._journal.append_step(now, report, decision)
        if decision.commands:
            for command in self._outbox.put(seq, now, decision.commands):
                self._send(command)
        for observer in self._observers:
            observer.stepped(now, before, report, decision)
        if answer is not None:
            answer(Outcome(seq, decision.refusals))
        return decision.wake_at

    def _set_timer(self) -> None:
        self._timer_at = self._wake_at
        self._cancel_timer = self._clock.call_at(self._wake_at, self._timer_ends)

    def _timer_ends(self) -> None:
        """Nearly every turn puts the time to wake off: only a timer that ends looks whether it was."""
        if self._timer_at < self._wake_at:
            self._set_timer()
            return
        self._timer_at = float("inf")
        self._put(Woke(), None)
