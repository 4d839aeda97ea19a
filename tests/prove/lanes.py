"""The production step over lanes made finite: equal lanes are one object, and what was stepped once is remembered.

A step ages what is known, hears an event and settles; many events leave the same lane to be settled, so the parts are remembered apart. Now
and then the whole step is taken as well, and must come to the same.
"""

from enum import Enum
from typing import Any

from msgspec.structs import replace

from lanectl.interlocking import Draft, age, hear, initial, settle, step, wake_at
from lanectl.layout import Layout
from lanectl.model import Command, Lane, Refusal, Report, Started, Woke
from tests.prove.numbers import Numbers
from tests.prove.plant import NOW
from tests.prove.prints import Prints, renamed

CHECKED_EACH = 500
NO_CODES: frozenset[str] = frozenset()


def _enums(part: Any) -> set[Enum]:
    found = {getattr(part, name) for name in part.__struct_fields__ if isinstance(getattr(part, name), Enum)}
    return found | {reading for _, reading in getattr(part, "readings", ())}


def _codes(report: Report | None, refusals: list[Refusal]) -> frozenset[str]:
    """Those of an act with a mark before them."""
    if not refusals:
        return NO_CODES
    act = getattr(report, "act", None)
    return frozenset(f"{'!' if act is not None and r.subject == act.value else ''}{r.code}" for r in refusals)


def _is_untouched(d: Draft) -> bool:
    was = d.lane
    maps = d.detectors is was.detectors and d.points is was.points and d.sections is was.sections and d.gates is was.gates
    rest = d.units is was.units and d.trucks is was.trucks and d.consignments is was.consignments and d.service is was.service
    words = d.journal_writable is was.journal_writable and d.armed is was.armed and d.out is was.out and d.direction is was.direction
    return maps and rest and words and d.count == was.count


class Lanes(Numbers):
    """`step(lane, event)` is the production step, by numbers; `calls` counts how often it ran."""

    def __init__(self, layout: Layout, prints: Prints) -> None:
        super().__init__(layout, prints)
        self.events: list[Report] = []
        self.commands: list[tuple[Command, ...]] = [()]
        self.refused: set[str] = set()
        self.calls = 0
        self._events: dict[Report, int] = {}
        self._commands: dict[tuple[Command, ...], int] = {(): 0}
        self._aged: dict[int, int] = {}
        self._settled: dict[int, tuple[int, tuple[Command, ...], frozenset[str]]] = {}
        self.woke = self.event(Woke())
        self.started = self.event(Started(armed_before=True, lane=None))

    def first(self) -> int:
        return self.number(initial(self.layout))

    def event(self, report: Report) -> int:
        found = self._events.get(report)
        if found is None:
            found = self._events[report] = len(self.events)
            self.events.append(report)
        return found

    def step(self, lane: int, event: int) -> tuple[int, int]:
        """The lane after and the commands, each by its number."""
        self.calls += 1
        was, report = self.lanes[lane], self.events[event]
        if event == self.started:
            report = Started(armed_before=True, lane=was)
        aged = self._age(lane)
        d = Draft(self.layout, self.lanes[aged], NOW)
        hear(d, report)
        after, commands, codes = self._settle(aged if _is_untouched(d) else self.number(d.done()))
        commands = (*d.commands, *commands)
        if self.calls % CHECKED_EACH == 0:
            whole = step(self.layout, was, NOW, report)
            assert (self.number(whole.lane), whole.commands) == (after, commands), f"the parts differ from the step: {report}"
            self._check_names(was, report, after, commands)
        self.refused |= codes | _codes(report, d.refusals)
        return after, self._of_commands(commands)

    def _check_names(self, lane: Lane, report: Report, after: int, commands: tuple[Command, ...]) -> None:
        """The same lane with other names, heard of in another order, comes to the same with other names."""
        for at, naming in enumerate(self._prints.namings[1:], start=1):
            other = renamed(lane, naming)
            other = replace(other, trucks=dict(reversed(other.trucks.items())), consignments=dict(reversed(other.consignments.items())))
            whole = step(self.layout, other, NOW, renamed(report, naming))
            same = sum(one[0] for one in self.prints[self.number(whole.lane)]) == sum(one[at] for one in self.prints[after])
            asked = sorted(map(repr, whole.commands)) == sorted(map(repr, renamed(commands, naming)))
            assert (same, asked) == (True, True), f"under other names the step differs: {report}"

    def _age(self, lane: int) -> int:
        found = self._aged.get(lane)
        if found is None:
            d = Draft(self.layout, self.lanes[lane], NOW)
            age(d)
            found = self._aged[lane] = lane if _is_untouched(d) else self.number(d.done())
        return found

    def _settle(self, lane: int) -> tuple[int, tuple[Command, ...], frozenset[str]]:
        found = self._settled.get(lane)
        if found is None:
            d = Draft(self.layout, self.lanes[lane], NOW)
            settle(d)
            assert wake_at(d) > NOW, f"wakes at {wake_at(d) - NOW:+} s"
            after = lane if _is_untouched(d) else self.number(d.done())
            found = self._settled[lane] = (after, tuple(d.commands), _codes(None, d.refusals))
        return found

    def _of_commands(self, commands: tuple[Command, ...]) -> int:
        found = self._commands.get(commands)
        if found is None:
            found = self._commands[commands] = len(self.commands)
            self.commands.append(commands)
        return found

    def words(self) -> set[str]:
        """Everything that occurred: report types and their enum values, commands, refusals, states."""
        said = {type(part).__name__ for part in [*self.events, *(c for several in self.commands for c in several)]}
        values = {str(value) for part in self.events for value in _enums(part)}
        values |= {str(value) for several in self.commands for command in several for value in _enums(command)}
        for value in self._values:
            values |= {str(word) for word in _enums(value)}
        values |= {str(lane.service) for lane in self.lanes}
        return said | values | {code.lstrip("!") for code in self.refused}
