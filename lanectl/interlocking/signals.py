"""What each signal shows and what its module's watchdog proves (S1–S7, D4)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.booms import lose_boom
from lanectl.interlocking.conditions import reasons_of_boom, reasons_of_truck, reasons_of_way
from lanectl.interlocking.detection import beside, lose_readings, suspect
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import authority_at, beyond
from lanectl.interlocking.service import close
from lanectl.layout import Gate
from lanectl.model import (
    Aspect,
    GateName,
    LinkLost,
    PointNow,
    Service,
    SetAspect,
    SignalReported,
    UnitName,
    UnitNow,
    UnitRestarted,
    WatchdogReported,
)

# ---------------------------------------------------------------- reports


def report_signal(d: Draft, report: SignalReported) -> None:
    """S3. The first failed lamp is kept with its gate and takes its PROCEED (see conditions), the second closes the lane."""
    gate, was = d.layout.index.gates[report.gate], d.gates[report.gate]
    if report.sent_at < was.shown_at:
        return
    linked(d, gate.signal_unit)
    shown = Aspect.UNKNOWN if d.due(report.sent_at, d.limits.reading_age_s_max) else report.shown  # D1
    d.set_gate(gate.name, replace(was, shown=shown, shown_at=report.sent_at, lamp_failed=report.lamp_failed))
    failed = [name for name, now in d.gates.items() if now.lamp_failed]
    if len(failed) > 1 and d.service is Service.OPEN:  # S3
        close(d)


def report_watchdog(d: Draft, report: WatchdogReported) -> None:
    """S6. A trip stays until a person asked to re-arm and the unit reads back armed and proved."""
    was = linked(d, report.unit)
    doubted = was.doubted and not (was.rearming and not report.proved)
    proved = report.proved and not doubted
    mended = was.rearming and report.armed and proved and not report.tripped
    tripped = (was.tripped or report.tripped) and not mended
    rearming = was.rearming and not mended
    new = replace(
        was, armed=report.armed, tripped=tripped, proved=proved, rearming=rearming, doubted=doubted, why_unproved=report.why_unproved
    )
    if new != was:
        d.set_unit(report.unit, new)


def linked(d: Draft, name: UnitName) -> UnitNow:
    was = d.units[name]
    if was.linked:
        return was
    d.set_unit(name, replace(was, linked=True, why_lost=""))
    return d.units[name]


def lose_unit(d: Draft, report: LinkLost) -> None:
    """D2, S4. Everything it last said is UNKNOWN."""
    d.set_unit(report.unit, replace(d.units[report.unit], linked=False, why_lost=report.reason))
    lose_readings(d, d.layout.index.detectors_of[report.unit])
    _lose_gate(d, report.unit)


def restart_unit(d: Draft, report: UnitRestarted) -> None:
    """D4. Its detectors may have been powered up under a truck, its watchdog is not armed any more."""
    d.set_unit(report.unit, replace(d.units[report.unit], armed=False, proved=False))
    detectors = d.layout.index.detectors_of[report.unit]
    lose_readings(d, detectors, distrusted=True)
    for point in dict.fromkeys(d.layout.index.point_of[name] for name in detectors if name in d.layout.index.point_of):
        d.set_point(point, PointNow())  # whoever was on it leaves unseen: the next one is counted from the start
    for section in dict.fromkeys(name for detector in detectors for name in beside(d, detector)):
        suspect(d, section, why.UNIT_RESTARTED)
    _lose_gate(d, report.unit)


def _lose_gate(d: Draft, unit: UnitName) -> None:
    for gate in d.layout.gates:
        if gate.signal_unit == unit:
            d.set_gate(gate.name, replace(d.gates[gate.name], shown=Aspect.UNKNOWN))
        if gate.barrier_unit == unit:
            lose_boom(d, gate.name)


def age_signals(d: Draft) -> None:
    for name, now in d.gates.items():
        if now.shown is not Aspect.UNKNOWN and d.due(now.shown_at, d.limits.reading_age_s_max):
            d.set_gate(name, replace(now, shown=Aspect.UNKNOWN))


# ---------------------------------------------------------------- aspects


def show_signals(d: Draft) -> None:
    """S2. PROCEED for the truck whose way leads through, while all of R3 holds, until its front is under the boom."""
    for gate in d.layout.gates:
        proceed = may_proceed(d, gate)
        wanted = Aspect.PROCEED if proceed else Aspect.STOP
        now = d.gates[gate.name]
        unproved = now.shown is not wanted and d.due(now.aspect_asked_at, d.limits.aspect_proof_s_max)
        if proceed and unproved and now.aspect_asked is wanted:
            d.set_gate(gate.name, replace(now, fault=why.PROCEED_UNPROVED))
            _ask(d, gate.name, Aspect.STOP)
        elif now.aspect_asked is not wanted or (not proceed and unproved and d.due(now.aspect_sent_at, d.limits.aspect_proof_s_max)):
            _ask(d, gate.name, wanted)


def may_proceed(d: Draft, gate: Gate) -> bool:
    now = d.gates[gate.name]
    if not now.passing or front_is_under(d, gate) or d.points[gate.point].lost:
        return False
    target = 1 if gate is d.layout.gates[0] else beyond(d)
    if authority_at(d, now.passing) < target:
        return False  # its way was taken back; the gate is still its own until it is seen to be empty
    return not (
        reasons_of_truck(d, now.passing, "") or reasons_of_way(d, now.passing, target, given=True) or reasons_of_boom(d, now.passing, gate)
    )


def front_is_under(d: Draft, gate: Gate) -> bool:
    """The truck in passage has reached the detectors under the boom: STOP behind it."""
    return d.points[gate.point].head >= 2


def _ask(d: Draft, gate: GateName, aspect: Aspect) -> None:
    """S4. To ask the same again gives a signal no more time to prove it."""
    d.say(SetAspect(gate, aspect))
    now = d.gates[gate]
    asked_at = now.aspect_asked_at if now.aspect_asked is aspect else d.now
    d.set_gate(gate, replace(now, aspect_asked=aspect, aspect_asked_at=asked_at, aspect_sent_at=d.now))
