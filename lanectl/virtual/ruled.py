"""Each step against the invariants: what it may change at all, what must be known where it commands, what may never be held together."""

from lanectl.decide import Decision
from lanectl.layout import Layout
from lanectl.model import Lane, Report
from lanectl.virtual.grounds import given_wrongly
from lanectl.virtual.held import aged_wrongly, held_wrongly
from lanectl.virtual.latches import changed_wrongly
from sim.scene import Broken, Offence

LOOK_S = 1.0  # between two looks over the whole lane while nothing is commanded
KEPT_MAX = 100  # more tell nothing new


class Ruled:
    """An observer. What it finds is the rules' fault whatever goes wrong on the lane: no fault excuses it."""

    def __init__(self, layout: Layout) -> None:
        self.broken: list[Broken] = []
        self._layout = layout
        self._look_at = 0.0

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:
        if not decision.stepped:
            return
        after = decision.core.lane
        wrong = changed_wrongly(self._layout, before, report, after) or aged_wrongly(before, report, after)
        if wrong:
            self._tell(now, "changed-wrongly", wrong)
        for command in decision.commands:
            why = given_wrongly(self._layout, now, before, report, after, command)
            if why:
                self._tell(now, "given-wrongly", f"{why}: {command}")
        if decision.commands or now >= self._look_at:
            self._look_at = now + LOOK_S
            wrong = held_wrongly(self._layout, now, after)
            if wrong:
                self._tell(now, "held-wrongly", wrong)

    def _tell(self, now: float, what: str, words: str) -> None:
        if len(self.broken) < KEPT_MAX:
            self.broken.append(Broken(now, Offence(what, (words,)), words))
