"""The form in which a lane's parts are kept: what no rule tells apart is made equal.

A step happens at NOW. Between steps each time becomes one of three: FRESH (no limit has ended), AGED (older than a reading may be,
within every longer limit) or OLD (every limit has ended). Times that no rule asks for are made equal, and so are words that the rules
only repeat to people: why a section is suspect (but for silence, which a sweep asks for), what fault a gate has.
"""

from typing import Any, TypeVar

from msgspec.structs import replace

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
from lanectl.model import Connection, DetectorNow, GateNow, Lane, Reading, SectionNow, TruckNow
from tests.prove.plant import NOW

Now = TypeVar("Now", GateNow, TruckNow, DetectorNow)
FRESH, AGED, OLD = NOW - 0.01, NOW - 0.9, float("-inf")


def aged(at: float) -> float:
    return FRESH if at > NOW - 0.5 else AGED if at > NOW - 100 else OLD


def _with(now: Now, **wanted: Any) -> Now:
    """`replace`, where anything is to be replaced at all."""
    changes = {name: value for name, value in wanted.items() if getattr(now, name) != value}
    return replace(now, **changes) if changes else now


def gate(now: GateNow) -> GateNow:
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
        aspect_sent_at=OLD if shown else aged(now.aspect_sent_at),
        identity_at=OLD,
        plate_asked_at=aged(now.plate_asked_at) if now.reading_plate else OLD,
    )


def truck(now: TruckNow) -> TruckNow:
    return _with(
        now,
        stopped_by=_LIKE.get(now.stopped_by, now.stopped_by),
        heard_at=OLD if now.report.connection is Connection.OFFLINE and not now.authority else aged(now.heard_at),
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


def section(now: SectionNow) -> SectionNow:
    return replace(now, why_suspect=_LIKE[now.why_suspect]) if now.why_suspect else now


def detector(now: DetectorNow) -> DetectorNow:
    return _with(now, sent_at=aged(now.sent_at), changed_at=OLD, stood_at=FRESH if now.stood_at > OLD else OLD)


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
