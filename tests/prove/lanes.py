"""The production step over lanes made finite: a time is fresh, aged or old; equal lanes are one object; each step is taken once.

A step happens at NOW. Between steps each time becomes one of three: FRESH (no limit has ended), AGED (older than a reading may be,
within every longer limit) or OLD (every limit has ended). Times that no rule asks for are made equal.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from lanectl.interlocking import initial, step
from lanectl.layout import Layout
from lanectl.model import Command, DetectorNow, GateNow, Lane, Reading, Refusal, Report, Started, TruckNow, Woke
from tests.prove.plant import NOW

FRESH, AGED, OLD = NOW - 0.01, NOW - 0.9, float("-inf")


def aged(at: float) -> float:
    return FRESH if at > NOW - 0.5 else AGED if at > NOW - 100 else OLD


def _gate(now: GateNow) -> GateNow:
    there = now.asked is not None and now.settled and now.boom.value == now.asked.value
    moves = now.asked is not None and not there
    shown = now.shown is now.aspect_asked
    return replace(
        now,
        boom_at=aged(now.boom_at),
        asked_at=aged(now.asked_at) if moves else OLD,
        sent_at=aged(now.sent_at) if moves else OLD,
        shown_at=aged(now.shown_at),
        aspect_asked_at=OLD if shown else aged(now.aspect_asked_at),
        identity_at=OLD,
        plate_asked_at=aged(now.plate_asked_at) if now.reading_plate else OLD,
        identity=now.identity,
    )


def _truck(now: TruckNow) -> TruckNow:
    return replace(
        now,
        heard_at=aged(now.heard_at),
        authority_at=aged(now.authority_at) if now.authority and not now.echoed else OLD,
        cancel_at=aged(now.cancel_at) if now.cancelling else OLD,
        pause_at=aged(now.pause_at) if now.stopped_by or now.paused_by_us else OLD,
    )


def _detector(now: DetectorNow) -> DetectorNow:
    return replace(now, sent_at=aged(now.sent_at), changed_at=OLD)


def _enums(part: Any) -> set[Enum]:
    found = {getattr(part, name) for name in part.__dataclass_fields__ if isinstance(getattr(part, name), Enum)}
    return found | {reading for _, reading in getattr(part, "readings", ())}


class Lanes:
    """Lanes by number. `step(lane, event)` is the production step, remembered; `calls` counts how often it really ran."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lanes: list[Lane] = []
        self.events: list[Report] = []
        self.commands: list[tuple[Command, ...]] = [()]
        self.refused: list[frozenset[str]] = []
        self.calls = 0
        self._number: dict[tuple[Any, ...], int] = {}
        self._parts: dict[tuple[Any, ...], tuple[Any, int]] = {}
        self._known: dict[int, tuple[Any, int]] = {}  # id of a canonical part -> itself (kept alive) and its number
        self._values: dict[Any, Any] = {}
        self._events: dict[Report, int] = {}
        self._commands: dict[tuple[Command, ...], int] = {(): 0}
        self._refused: dict[frozenset[str], int] = {}
        self._steps: dict[tuple[int, int], tuple[int, int, int]] = {}
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

    def step(self, lane: int, event: int) -> tuple[int, int, int]:
        """The lane after, the commands and the refusals, each by its number."""
        found = self._steps.get((lane, event))
        if found is None:
            found = self._steps[lane, event] = self._take(lane, event)
        return found

    def _take(self, lane: int, event: int) -> tuple[int, int, int]:
        self.calls += 1
        was, report = self.lanes[lane], self.events[event]
        if event == self.started:
            report = Started(armed_before=True, lane=was)
        done = step(self.layout, was, NOW, report)
        assert done.wake_at > NOW, f"wakes at {done.wake_at - NOW:+} s"
        return self.number(done.lane), self._of_commands(done.commands), self._of_refusals(report, done.refusals)

    def _of_commands(self, commands: tuple[Command, ...]) -> int:
        found = self._commands.get(commands)
        if found is None:
            found = self._commands[commands] = len(self.commands)
            self.commands.append(commands)
        return found

    def _of_refusals(self, report: Report, refusals: tuple[Refusal, ...]) -> int:
        act = getattr(report, "act", None)
        key = frozenset(f"{'!' if act is not None and r.subject == act.value else ''}{r.code}" for r in refusals)
        found = self._refused.get(key)
        if found is None:
            found = self._refused[key] = len(self.refused)
            self.refused.append(key)
        return found

    def words(self) -> set[str]:
        """Everything that occurred: report types and their enum values, commands, refusals, states."""
        said = {type(part).__name__ for part in [*self.events, *(c for several in self.commands for c in several)]}
        values = {str(value) for part in self.events for value in _enums(part)}
        values |= {str(value) for several in self.commands for command in several for value in _enums(command)}
        for value in self._values:
            values |= {str(word) for word in _enums(value)}
        values |= {str(lane.service) for lane in self.lanes}
        return said | values | {code.lstrip("!") for codes in self.refused for code in codes}

    # ------------------------------------------------------------ one number a lane

    def number(self, lane: Lane) -> int:
        detectors, d = self._part(lane.detectors, _detector)
        points, p = self._part(lane.points, None)
        sections, s = self._part(lane.sections, None)
        gates, g = self._part(lane.gates, _gate)
        units, u = self._part(lane.units, None)
        trucks, t = self._part(lane.trucks, _truck)
        consignments, c = self._part(lane.consignments, None)
        key = (lane.service, lane.journal_writable, lane.armed, lane.out, lane.direction, lane.count, d, p, s, g, u, t, c)
        found = self._number.get(key)
        if found is None:
            found = self._number[key] = len(self.lanes)
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
                    count=lane.count,
                )
            )
        return found

    def _part(self, part: Mapping[str, Any], canonical: Callable[[Any], Any] | None) -> tuple[Any, int]:
        known = self._known.get(id(part))
        if known is not None and known[0] is part:
            return known
        values = [self._value(value, canonical) for value in part.values()]
        key = (canonical, *part, *map(id, values))
        found = self._parts.get(key)
        if found is None:
            whole = dict(zip(part, values, strict=True))
            found = self._parts[key] = (whole, len(self._parts))
            self._known[id(whole)] = found
        return found

    def _value(self, value: Any, canonical: Callable[[Any], Any] | None) -> Any:
        known = self._known.get(id(value))
        if known is not None and known[0] is value:
            return value
        plain = canonical(value) if canonical else value
        found = self._values.setdefault(plain, plain)
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
