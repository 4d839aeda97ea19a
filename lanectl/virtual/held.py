"""What may never be held to be true together, whatever led there: told before a truck has to suffer from it.

Written from the invariants and not from the rules, and looked at once a second and whenever something is commanded.
"""

from collections.abc import Iterator
from itertools import chain

from lanectl.layout import Layout, Point, driven
from lanectl.model import (
    Aspect,
    Boom,
    BoomMove,
    BoomReported,
    Connection,
    DetectorNow,
    DetectorsReported,
    GateNow,
    Lane,
    PointNow,
    Reading,
    Report,
    SectionState,
    Service,
    SignalReported,
    TruckName,
    UnitNow,
)


def held_wrongly(layout: Layout, now: float, lane: Lane) -> str:
    """The first that breaks an invariant, with its name; "" when nothing does."""
    way = driven(layout, lane)
    found = chain(_detectors(way, now, lane), _sections(way, now, lane), _gates(way, now, lane), _trucks(way, lane))
    return next((wrong for wrong in found if wrong), "")


def aged_wrongly(before: Lane, event: Report, after: Lane) -> str:
    """D1. What was said counts from when it was asked for; an answer that was overtaken changes nothing."""
    match event:
        case DetectorsReported(sent_at=sent_at, readings=readings):
            known = [(name, before.detectors[name].sent_at, after.detectors[name].sent_at) for name, _ in readings]
        case BoomReported(gate=name, sent_at=sent_at):
            known = [(name, before.gates[name].boom_at, after.gates[name].boom_at)]
        case SignalReported(gate=name, sent_at=sent_at):
            known = [(name, before.gates[name].shown_at, after.gates[name].shown_at)]
        case _:
            return ""
    for name, was_at, now_at in known:
        if now_at > max(sent_at, was_at):
            return f"D1: what {name} says counts as said after it was asked for"
        if now_at < was_at:
            return f"D1: what {name} said before counts again"
    return ""


# ---------------------------------------------------------------- detectors and what passes over them


def _detectors(layout: Layout, now: float, lane: Lane) -> Iterator[str]:
    for name, one in lane.detectors.items():
        yield _of_detector(layout, now, name, one)
    for point in layout.points:
        yield _of_point(lane, point, lane.points[point.name])


def _of_detector(layout: Layout, now: float, name: str, one: DetectorNow) -> str:
    if one.reading is not Reading.UNKNOWN and now >= one.sent_at + layout.limits.reading_age_s_max:
        return f"D1: {name} counts as {one.reading.value} after {now - one.sent_at:.1f} s"
    if one.distrusted and one.reading is Reading.VACANT:
        return f"D4: {name} was powered up, and its VACANT is believed"
    if one.vacant_reads and one.reading is not Reading.VACANT:
        return f"R11: {name} is {one.reading.value}, and {one.vacant_reads} vacant reads of it count"
    return ""


def _of_point(lane: Lane, point: Point, now: PointNow) -> str:
    """D5. What is passed over lies between what was left and what was reached."""
    if now.lost:
        return ""
    if now.head <= now.tail and now.head:
        return f"D5: at {point.name} a truck left {now.tail} groups of detectors and reached {now.head}"
    for at, group in enumerate(point.groups):
        readings = [lane.detectors[name].reading for name in group]
        covered = now.tail <= at < now.head
        follows = at == 0 and now.tail > 0 and point.counts_in_at > 0
        if Reading.OCCUPIED in readings and not covered and not follows:
            return f"D5: {point.name} counts {now.head} groups reached and {now.tail} left, and {group[0]} is occupied"
        if covered and all(reading is Reading.VACANT for reading in readings):
            return f"D5: {point.name} counts {now.head} groups reached and {now.tail} left, and {group[0]} is vacant"
    return ""


# ---------------------------------------------------------------- sections


def _sections(layout: Layout, at: float, lane: Lane) -> Iterator[str]:
    unseen = {name for name, one in lane.detectors.items() if at >= one.sent_at + layout.limits.passage_gap_s_max}
    for section in layout.sections:
        now = lane.sections[section.name]
        if unseen and now.state is not SectionState.SUSPECT:
            ends = (layout.index.points[section.entry], layout.index.points[section.exit])
            silent = [name for point in ends for group in point.groups for name in group if name in unseen]
            if silent:
                since_s = at - lane.detectors[silent[0]].sent_at
                yield f"D2: {section.name} is {now.state.value}, and {silent[0]} at its end was not seen for {since_s:.1f} s"
        if now.entered and now.vacant_before:
            yield f"R11: {section.name} is to prove itself, and {now.locked_for} was in it"
        if now.state is SectionState.VACANT and now.vacant_before:
            yield f"R11: {section.name} is vacant, and what proved it is to prove it again"
        if now.state is SectionState.OCCUPIED and not now.locked_for:
            yield f"T1: {section.name} is occupied and locked for nobody"
        if now.state is SectionState.VACANT and now.entered:
            yield f"D5: {section.name} is vacant, and {now.locked_for} was counted into it"


# ---------------------------------------------------------------- gates


def _gates(layout: Layout, now: float, lane: Lane) -> Iterator[str]:
    for gate in layout.gates:
        one = lane.gates[gate.name]
        under = [name for name in gate.under if lane.detectors[name].reading is not Reading.VACANT]
        if under and one.boom is Boom.MOVING and one.asked in (BoomMove.DOWN, None) and not one.local:
            yield f"B2: the boom {gate.name} moves and is let come down, and {under[0]} is not vacant"
        if lane.units[gate.barrier_unit].linked and _is_lost(layout, now, one):
            yield f"B5: the boom {gate.name} is {one.boom.value} for {now - one.asked_at:.0f} s, which is no fault"
        units = (lane.units[gate.signal_unit], lane.units[gate.barrier_unit])
        if one.aspect_asked is Aspect.PROCEED:
            against = chain(_against_proceed(lane, one, *units), _against_truck(layout, now, lane, one.passing))
            yield next((f"{why}, and {gate.name} is asked for PROCEED" for why, wrong in against if wrong), "")
            if lane.points[gate.point].head > 1:
                yield f"S2: {gate.name} is asked for PROCEED behind a truck"
    leading = [g.name for g in layout.gates if lane.gates[g.name].aspect_asked is Aspect.PROCEED]
    if len(leading) > 1 and lane.gates[leading[0]].passing == lane.gates[leading[1]].passing:
        yield f"S1: {leading[0]} and {leading[1]} are asked for PROCEED for one truck"


def _is_lost(layout: Layout, now: float, gate: GateNow) -> bool:
    """B5. It is heard and says neither place, for longer than any move takes."""
    heard = now < gate.boom_at + layout.limits.reading_age_s_max
    late = gate.asked_at > float("-inf") and now >= gate.asked_at + layout.limits.boom_travel_s_max
    neither = gate.boom in (Boom.MOVING, Boom.UNKNOWN) and gate.asked in (None, BoomMove.UP, BoomMove.DOWN)
    return heard and late and neither and not gate.fault and not gate.local


def _against_proceed(lane: Lane, now: GateNow, signal: UnitNow, barrier: UnitNow) -> Iterator[tuple[str, bool]]:
    yield "S2: nobody passes", now.passing == ""
    yield "B4: its boom is not proved UP", now.boom is not Boom.UP
    yield "B2: its boom is asked down", now.asked is BoomMove.DOWN
    yield "T3: the lane is stopped", lane.service in (Service.EMERGENCY_STOP, Service.OUT_OF_SERVICE)
    yield "E1: the journal cannot be written", not lane.journal_writable
    yield "S6: its watchdog tripped", signal.tripped
    yield "S5: its watchdog is not armed", not signal.armed
    yield "S7: its watchdog is not proved", not signal.proved
    yield "S4: its module is not heard", not signal.linked
    yield "D2: its barrier is not heard", not barrier.linked
    yield "S3: a lamp of it failed", now.lamp_failed
    yield "B5: it is in fault", bool(now.fault)
    yield "B7: it is locked out", now.locked_out
    yield "T4: it is worked by hand", now.local


def _against_truck(layout: Layout, now: float, lane: Lane, name: TruckName) -> Iterator[tuple[str, bool]]:
    """What it lacks while PROCEED is shown to it."""
    if not name:
        return
    truck = lane.trucks[name]
    yield f"T2: {name} is stopped", bool(truck.stopped_by) or truck.report.e_stop
    yield f"R6: {name} is cancelled", truck.cancelling
    yield f"S2: {name} has no way", not truck.authority
    yield f"T1: {name} is silent", now >= truck.heard_at + layout.limits.state_age_s_max
    yield f"T1: {name} is {truck.report.connection.value}", truck.report.connection is not Connection.ONLINE


# ---------------------------------------------------------------- trucks


def _trucks(layout: Layout, lane: Lane) -> Iterator[str]:
    if lane.service in (Service.EMERGENCY_STOP, Service.OUT_OF_SERVICE):
        return
    entered = {now.locked_for: at for at, now in enumerate(lane.sections.values(), start=1) if now.entered}
    held = {now.locked_for: at for at, now in reversed([*enumerate(lane.sections.values())])}  # the first that each holds
    for name, now in lane.trucks.items():
        if not now.authority or now.cancelling:
            continue
        reach, at = layout.index.node[now.authority], entered.get(name, held.get(name, 0))
        if reach > len(layout.sections) and all(one.locked_for != name for one in lane.sections.values()):
            continue  # it has left
        for section in layout.sections[at:reach]:
            one = lane.sections[section.name]
            if one.locked_for != name:
                yield f"R5: {name} has a way into {section.name}, which is locked for {one.locked_for or 'nobody'}"
            sound = one.state is SectionState.VACANT or (now.sweeping and one.state is SectionState.SUSPECT)
            if not sound and not one.entered:
                yield f"R5: {section.name} is {one.state.value} on the way of {name}, which is not cancelled"
