"""The production step over lanes made finite: a time is fresh, aged or old; equal lanes are one object.

A step ages what is known, hears an event and settles; many events leave the same lane to be settled, so the parts are remembered apart. Now
and then the whole step is taken as well, and must come to the same.

A step happens at NOW. Between steps each time becomes one of three: FRESH (no limit has ended), AGED (older than a reading may be,
within every longer limit) or OLD (every limit has ended). Times that no rule asks for are made equal, and so are words that the rules
only repeat to people: why a section is suspect (but for silence, which a sweep asks for), what fault a gate has.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

from msgspec.structs import replace

from lanectl.interlocking import Draft, age, hear, initial, settle, step, wake_at
from lanectl.interlocking.refusals import (
    BY_PERSON,
    CLAIMED,
    DECLARED_AWAY,
    FOREIGN_ORDER,
    JUMPED,
    MOVED_UNASKED,
    PAUSED_BY_PERSON,
    WHY_SUSPECT,
)
from lanectl.interlocking.sweep import SILENCE
from lanectl.layout import Layout
from lanectl.model import Command, DetectorNow, GateNow, Lane, Reading, Refusal, Report, SectionNow, Started, TruckNow, Woke
from tests.prove.plant import NOW
from tests.prove.prints import Print, Prints, renamed

CHECKED_EACH = 500
NO_CODES: frozenset[str] = frozenset()
Now = TypeVar("Now", GateNow, TruckNow, DetectorNow)
FRESH, AGED, OLD = NOW - 0.01, NOW - 0.9, float("-inf")


def aged(at: float) -> float:
    return FRESH if at > NOW - 0.5 else AGED if at > NOW - 100 else OLD


def _with(now: Now, **wanted: Any) -> Now:
    """`replace`, where anything is to be replaced at all."""
    changes = {name: value for name, value in wanted.items() if getattr(now, name) != value}
    return replace(now, **changes) if changes else now


def _gate(now: GateNow) -> GateNow:
    there = now.asked is not None and now.settled and now.boom.value == now.asked.value
    moves = now.asked is not None and not there
    shown = now.shown is now.aspect_asked
    return _with(
        now,
        fault=now.fault and MOVED_UNASKED,
        boom_at=aged(now.boom_at),
        asked_at=aged(now.asked_at) if moves else OLD,
        sent_at=aged(now.sent_at) if moves else OLD,
        shown_at=aged(now.shown_at),
        aspect_asked_at=OLD if shown else aged(now.aspect_asked_at),
        identity_at=OLD,
        plate_asked_at=aged(now.plate_asked_at) if now.reading_plate else OLD,
    )


def _truck(now: TruckNow) -> TruckNow:
    return _with(
        now,
        stopped_by=_LIKE.get(now.stopped_by, now.stopped_by),
        heard_at=aged(now.heard_at),
        authority_at=aged(now.authority_at) if now.authority and not now.echoed else OLD,
        cancel_at=aged(now.cancel_at) if now.cancelling else OLD,
        pause_at=aged(now.pause_at) if now.stopped_by or now.paused_by_us else OLD,
    )


_LIKE = {
    **dict.fromkeys(SILENCE, CLAIMED),
    **dict.fromkeys(set(WHY_SUSPECT) - set(SILENCE), JUMPED),
    **dict.fromkeys(BY_PERSON, PAUSED_BY_PERSON),
    DECLARED_AWAY: FOREIGN_ORDER,
}


def _section(now: SectionNow) -> SectionNow:
    return replace(now, why_suspect=_LIKE[now.why_suspect]) if now.why_suspect else now


def _detector(now: DetectorNow) -> DetectorNow:
    return _with(now, sent_at=aged(now.sent_at), changed_at=OLD)


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


class Lanes:
    """Lanes by number. `step(lane, event)` is the production step; `calls` counts how often it ran."""

    def __init__(self, layout: Layout, prints: Prints) -> None:
        self.layout = layout
        self.lanes: list[Lane] = []
        self.events: list[Report] = []
        self.commands: list[tuple[Command, ...]] = [()]
        self.refused: set[str] = set()
        self.calls = 0
        self.prints: list[tuple[Print, ...]] = []  # of each lane those of its parts
        self._number: dict[tuple[Any, ...], int] = {}
        self._parts: dict[tuple[Any, ...], tuple[Any, int]] = {}
        self._part_prints: list[Print] = []
        self._prints = prints
        self._known: dict[int, tuple[Any, int]] = {}  # id of a canonical part -> itself (kept alive) and its number
        self._values: dict[Any, Any] = {}
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

    # ------------------------------------------------------------ one number a lane

    def number(self, lane: Lane) -> int:
        detectors, d = self._part("detectors", lane.detectors, _detector)
        points, p = self._part("points", lane.points, None)
        sections, s = self._part("sections", lane.sections, _section)
        gates, g = self._part("gates", lane.gates, _gate)
        units, u = self._part("units", lane.units, None)
        trucks, t = self._part("trucks", lane.trucks, _truck)
        consignments, c = self._part("consignments", lane.consignments, None)
        count = lane.count if self.layout.mirrored is not None else 0  # only a turn asks for it
        rest = (lane.service, lane.journal_writable, lane.armed, lane.out, lane.direction, count)
        key = (*rest, d, p, s, g, u, t, c)
        found = self._number.get(key)
        if found is None:
            found = self._number[key] = len(self.lanes)
            parts = self._part_prints
            self.prints.append((self._prints.alike("rest", rest), parts[d], parts[p], parts[s], parts[g], parts[u], parts[t], parts[c]))
            self.lanes.append(
                Lane(
                    service=lane.service,
                    direction=lane.direction,
                    journal_writable=lane.journal_writable,
                    detectors=detectors,
                    points=points,
                    sections=sections,
                    gates=gates,
                    units=units,
                    trucks=trucks,
                    consignments=consignments,
                    armed=lane.armed,
                    out=lane.out,
                    count=count,
                )
            )
        return found

    def _part(self, place: str, part: Mapping[str, Any], canonical: Callable[[Any], Any] | None) -> tuple[Any, int]:
        known = self._known.get(id(part))
        if known is not None and known[0] is part:
            return known
        values, seen = [], self._known
        for value in part.values():
            known = seen.get(id(value))
            values.append(value if known is not None and known[0] is value else self._value(value, canonical))
        key = (place, *part, *map(id, values))
        found = self._parts.get(key)
        if found is None:
            whole = dict(zip(part, values, strict=True))
            found = self._parts[key] = (whole, len(self._parts))
            self._known[id(whole)] = found
            self._part_prints.append(self._prints.of_part(place, whole))
        return found

    def _value(self, value: Any, canonical: Callable[[Any], Any] | None) -> Any:
        """`_values` holds the canonical form of everything that was met, and each of those itself."""
        found = self._values.get(value)
        if found is None:
            plain = canonical(value) if canonical else value
            found = self._values[value] = self._values.setdefault(plain, plain)
            self._known[id(found)] = (found, 0)
        return found


# ---------------------------------------------------------------- limits that end


def with_unit_aged(lane: Lane, layout: Layout, unit: str) -> Lane | None:
    """Nothing was heard of this unit for longer: its readings, its lamp and its boom age together; None when all is old already."""
    detectors, gates, changed = dict(lane.detectors), dict(lane.gates), False
    for name in layout.index.detectors_of[unit]:
        now = detectors[name]
        if now.sent_at > OLD:
            changed = True
            detectors[name] = replace(now, sent_at=AGED if now.sent_at == FRESH and now.reading is not Reading.UNKNOWN else OLD)
    for gate in layout.gates:
        at = gates[gate.name]
        if gate.signal_unit == unit and at.shown_at > OLD:
            changed, gates[gate.name] = True, replace(at, shown_at=OLD)
        if gate.barrier_unit == unit and at.boom_at > OLD:
            changed, gates[gate.name] = True, replace(at, boom_at=AGED if at.boom_at == FRESH else OLD)
    return replace(lane, detectors=detectors, gates=gates) if changed else None


def with_gate_old(lane: Lane, gate: str, name: str) -> Lane | None:
    now = lane.gates[gate]
    if getattr(now, name) == OLD:
        return None
    changes: dict[str, Any] = {name: OLD}
    return replace(lane, gates={**lane.gates, gate: replace(now, **changes)})


def with_truck_old(lane: Lane, truck: str, name: str) -> Lane | None:
    now = lane.trucks.get(truck)
    if now is None or getattr(now, name) == OLD:
        return None
    changes: dict[str, Any] = {name: OLD}
    return replace(lane, trucks={**lane.trucks, truck: replace(now, **changes)})
