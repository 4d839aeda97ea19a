"""What persons may do, and why not. A refused act changes nothing and is not kept (R4)."""

from collections.abc import Mapping
from typing import assert_never

from msgspec.structs import replace

from lanectl.interlocking import halts, resets, works
from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import Reasons, halted, reasons_of_devices
from lanectl.interlocking.confirm import confirm
from lanectl.interlocking.declare import declare
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.place import place
from lanectl.interlocking.positions import stands_proved
from lanectl.interlocking.service import close
from lanectl.interlocking.sweep import sweep
from lanectl.interlocking.trucks import stop_all
from lanectl.interlocking.turn import turn
from lanectl.layout import Gate
from lanectl.model import (
    Act,
    ActRequested,
    Aspect,
    Boom,
    Reading,
    RearmWatchdog,
    SectionState,
    Service,
)

NEEDS: Mapping[Act, tuple[str, ...]] = {
    Act.DECLARE: ("reason", "evidence", "second"),
    Act.CONFIRM: ("reason", "evidence"),
    Act.TAKE_OUT: ("reason",),
    Act.PUT_BACK: ("reason",),
}


def perform(d: Draft, act: ActRequested) -> None:
    """R4. What is refused changes nothing and is kept nowhere. Stopping is never refused, not even for want of a name."""
    missing = Reasons() if act.act is Act.STOP else _missing(act)
    d.refusals += missing or _perform(d, act)


def _missing(act: ActRequested) -> Reasons:
    """R12, E1: who, and where it counts why, on what evidence and with whom."""
    subject, found, needed = act.act.value, Reasons(), NEEDS.get(act.act, ())
    if not act.by:
        found.append(why.ACT_NAME_NEEDED.of(subject))
    if "reason" in needed and not act.reason:
        found.append(why.ACT_REASON_NEEDED.of(subject))
    if "evidence" in needed and not act.evidence:
        found.append(why.ACT_EVIDENCE_NEEDED.of(subject))
    if "second" in needed and act.second in ("", act.by):
        found.append(why.ACT_SECOND_NEEDED.of(subject))
    return found


def _perform(d: Draft, act: ActRequested) -> Reasons:  # noqa: PLR0912 - one branch an act; the set is closed
    match act.act:
        case Act.OPEN:
            found = _open(d, act)
        case Act.CLOSE:
            found = _close(d)
        case Act.RESET:
            found = resets.reset(d, act)
        case Act.REARM:
            found = _rearm(d, act)
        case Act.SWEEP:
            found = sweep(d, act)
        case Act.DECLARE:
            found = declare(d, act)
        case Act.STOP:
            found = _stop(d)
        case Act.TAKE_OUT:
            found = works.take_out(d)
        case Act.PUT_BACK:
            found = works.put_back(d)
        case Act.TURN:
            found = turn(d, act)
        case Act.PAUSE:
            found = halts.pause(d, act)
        case Act.CANCEL:
            found = halts.cancel(d, act)
        case Act.RESUME:
            found = halts.resume(d, act)
        case Act.PLACE:
            found = place(d, act)
        case Act.CONFIRM:
            found = confirm(d, act)
        case _:
            assert_never(act.act)
    return found


def _stop(d: Draft) -> Reasons:
    """T3. STOP everywhere, no boom moves down (see booms), every truck paused; reset and restart are two acts."""
    d.service = Service.EMERGENCY_STOP
    stop_all(d)
    return []


def _close(d: Draft) -> Reasons:
    """No new truck enters; a boom that stands UP for nobody comes down, which the person answers for (B6).

    Not one that is out of reach: it would come down whenever it is heard again (R4).
    """
    if d.halted:
        return halted(d, "CLOSE")
    if d.service is Service.OPEN:
        close(d)
    for gate in d.layout.gates:
        now = d.gates[gate.name]
        if now.boom is not Boom.DOWN and not now.local and d.units[gate.barrier_unit].linked:
            d.set_gate(gate.name, replace(now, may_lower=True))
    return []


# ---------------------------------------------------------------- opening


def _open(d: Draft, act: ActRequested) -> Reasons:
    """S7, and the second of the two acts after an emergency stop (T3)."""
    if d.halted:
        return halted(d, "OPEN")
    found = _reasons_against_open(d, act)
    if found:
        return found
    d.service, d.armed = Service.OPEN, True
    for truck, now in d.trucks.items():
        if now.stopped_by == why.LANE_STOPPED:
            d.set_truck(truck, replace(now, stopped_by="", pause_at=float("-inf")))
    return []


def _reasons_against_open(d: Draft, act: ActRequested) -> Reasons:
    found = Reasons()
    if not d.journal_writable:
        found.append(why.JOURNAL_NOT_WRITABLE.of("OPEN"))
    for gate in d.layout.gates:
        found += _of_gate(d, gate, act)
    found += _of_detectors(d)
    if d.service is Service.COMMISSIONING:
        for name, now in d.sections.items():
            if now.state is SectionState.SUSPECT:
                found.append(why.SECTION_SUSPECT.of("OPEN", name, now.why_suspect))
    return found


def _of_gate(d: Draft, gate: Gate, act: ActRequested) -> Reasons:
    """A gate that a truck is just leaving through is proved by that; a reason answers for a boom that must stand UP."""
    now, found = d.gates[gate.name], reasons_of_devices(d, "OPEN", gate)
    if now.passing:
        return found
    if now.shown is Aspect.PROCEED:
        found.append(why.STOP_UNPROVED.of("OPEN", gate.name))
    if now.boom is not Boom.DOWN and not act.reason:
        found.append(why.BOOM_NOT_DOWN.of("OPEN", gate.name, now.boom.value))
    return found


def _of_detectors(d: Draft) -> Reasons:
    """A lost unit is said once, not once for each of its detectors."""
    found = Reasons()
    for unit in d.layout.units:
        unknown = [name for name in unit.detectors if name in d.layout.index.point_of and d.detectors[name].reading is Reading.UNKNOWN]
        if unknown and not d.units[unit.name].linked and not unit.signals:
            found.append(why.UNIT_LOST.of("OPEN", unit.name, d.units[unit.name].why_lost))
        elif d.units[unit.name].linked:
            found += [why.DETECTOR_UNKNOWN.of("OPEN", name) for name in unknown]
    return found


# ---------------------------------------------------------------- watchdog, sweep


def _rearm(d: Draft, act: ActRequested) -> Reasons:
    """S6. The proof stops the unit's polls for seconds, so not while a truck passes there.

    One that stands in the gate without a way may wait for it.
    """
    gates = [gate for gate in d.layout.gates if gate.signal_unit == act.target]
    if not gates:
        return [why.ACT_TARGET_UNKNOWN.of("REARM", act.target)]
    unit = d.units[act.target]
    if not unit.linked:
        return [why.UNIT_LOST.of("REARM", act.target, unit.why_lost)]
    passing = [d.gates[gate.name].passing for gate in gates if d.gates[gate.name].passing]
    passing = [truck for truck in passing if d.trucks[truck].authority or not stands_proved(d, d.trucks[truck])]
    if passing and not unit.tripped and not unit.rearming:
        return [why.REARM_TRUCK_PASSING.of("REARM", act.target, passing[0])]
    d.set_unit(act.target, replace(unit, rearming=True, why_unproved=""))
    d.say(RearmWatchdog(act.target))
    return []
