"""What one step may change at all: what only a person ends, what only a passage or a proof makes vacant, what only its owner gives back.

Written from the invariants and not from the rules. Needs no time, so the search through all states asks it too. A part that is the same
object before and after did not change, and costs nothing.
"""

from collections.abc import Iterator
from operator import attrgetter

from lanectl.interlocking.refusals import BY_PERSON, LANE_STOPPED
from lanectl.layout import Layout, driven
from lanectl.model import (
    Act,
    Boom,
    BoomMove,
    BoomReported,
    Connection,
    DetectorsReported,
    Lane,
    Report,
    SectionState,
    Service,
    Started,
    TruckReported,
    UnitRestarted,
    WatchdogReported,
)
from lanectl.virtual.locks import Found, Taken, sections_wrongly, stands_without_way

NEVER = float("-inf")
CLOSING = (Act.RESET, Act.CLOSE)
LED_TO_BY: dict[Service, tuple[Act, ...]] = {
    Service.OPEN: (Act.OPEN,),
    Service.EMERGENCY_STOP: (Act.STOP,),
    Service.CLOSED: (*CLOSING, Act.PUT_BACK),
    Service.DRAINING: CLOSING,
    Service.OUT_OF_SERVICE: (Act.TAKE_OUT, Act.RESET),
}
LIGHT = ("", LANE_STOPPED, *BY_PERSON)  # why a truck is stopped that a person's halt may take the place of


def changed_wrongly(layout: Layout, before: Lane, event: Report, after: Lane) -> str:
    """What of a step breaks an invariant, with its name; "" when nothing does."""
    alike = before.sections is after.sections and before.gates is after.gates and before.units is after.units
    if alike and before.trucks is after.trucks and before.service is after.service and not isinstance(event, Started):
        return ""
    found = next((why for why, wrong in _changed(layout, before, event, after) if wrong), "")
    return f"{found}, by {event}" if found and not isinstance(event, Started) else found


def _changed(layout: Layout, before: Lane, event: Report, after: Lane) -> Found:
    if isinstance(event, Started):
        yield from _started(after)
        return
    step = Taken(driven(layout, before), before, event, after)
    if before.service is not after.service:
        yield from _service(step)
    if before.direction is not after.direction:
        yield from _turned(step)
    elif before.sections is not after.sections:
        wrong = sections_wrongly(step)
        yield wrong, wrong != ""
    if before.gates is not after.gates:
        yield from _gates(step)
    if before.units is not after.units:
        yield from _units(step)
    if before.trucks is not after.trucks:
        yield from _trucks(step)


def _started(after: Lane) -> Found:
    """Vacancy, booms, lamps and trucks are to be proved anew."""
    for name, section in after.sections.items():
        yield f"R11: {name} is {section.state.value} after a start", section.state is not SectionState.SUSPECT
        yield f"R11: {name} is to prove itself, and {section.locked_for} was in it", section.vacant_before and section.entered
    for gate, now in after.gates.items():
        yield f"B4: the boom {gate} is {now.boom.value} after a start", now.boom is not Boom.UNKNOWN or now.asked is not None
    for truck, knows in after.trucks.items():
        yield f"R11: {truck} goes on sweeping after a start", knows.sweeping
        yield f"T1: {truck} counts as heard after a start", knows.heard_at > NEVER
    for name, unit in after.units.items():
        yield f"S7: the watchdog of {name} counts as proved after a start", unit.armed or unit.proved


# ---------------------------------------------------------------- the lane as a whole


def _service(step: Taken) -> Found:
    was, now = step.before.service, step.after.service
    yield "T3: the emergency stop is left", was is Service.EMERGENCY_STOP and not step.by(Act.RESET)
    yield "S7: the lane is put back", was is Service.OUT_OF_SERVICE and not step.by(Act.PUT_BACK, Act.STOP)
    lamps = sum(gate.lamp_failed for gate in step.after.gates.values()) > 1 and now in (Service.CLOSED, Service.DRAINING)
    drained = was is Service.DRAINING and now is Service.CLOSED
    by_act = step.by(*LED_TO_BY.get(now, ()))
    yield f"T3: the lane becomes {now.value}", not (lamps or drained or by_act)
    if step.by(Act.PUT_BACK):
        yield from _put_back(step.after)


def _put_back(after: Lane) -> Found:
    """People and machines were everywhere."""
    yield "S7: the lane is put back and still out", after.out
    for name, section in after.sections.items():
        yield f"S7: {name} is not suspect after people worked on the lane", section.state is not SectionState.SUSPECT
    for name, unit in after.units.items():
        yield f"S7: the watchdog of {name} counts as proved after people worked on the lane", unit.proved


def _turned(step: Taken) -> Found:
    before = step.before
    yield "R8: the lane is turned", not step.by(Act.TURN)
    yield f"R8: the lane is turned while the count is {before.count}", before.count != 0
    for name, section in before.sections.items():
        empty = section.state is SectionState.VACANT and not section.locked_for
        yield f"R8: the lane is turned while {name} is {section.state.value}, locked for {section.locked_for or 'nobody'}", not empty
    for truck, knows in before.trucks.items():
        yield f"R1: the lane is turned while {truck} has a way", knows.authority != ""
    for gate, now in step.after.gates.items():
        yield f"R1: the lane is turned while {gate} is not closed", bool(now.passing) or now.boom is not Boom.DOWN


# ---------------------------------------------------------------- gates and units


def _gates(step: Taken) -> Found:
    failed = sum([now.lamp_failed for now in step.after.gates.values()])
    yield "S3: two lamps failed and the lane is open", failed > 1 and step.after.service is Service.OPEN
    for name, was in step.before.gates.items():
        now = step.after.gates[name]
        if now is not was and _latched(now) != _latched(was):  # nearly always it was only heard again
            yield from _gate(step, name)


_latched = attrgetter("fault", "locked_out", "obstructions", "identity", "passing", "may_lower", "boom", "lamp_failed")


def _gate(step: Taken, name: str) -> Found:
    was, now = step.before.gates[name], step.after.gates[name]
    mended = (was.fault and not now.fault) or (was.locked_out and not now.locked_out)
    yield f"B5, B7: the fault of {name} goes", bool(mended) and not step.by_act_on(Act.RESET, name)
    many = now.obstructions > 1  # the step of the reset may be the first of a new row
    yield f"B7: {name} is reset, and {now.obstructions} obstructions still count", bool(mended) and many
    yield f"B7: {name} is not locked out", now.obstructions >= step.layout.limits.obstructions_max and not now.locked_out
    identity = now.identity
    confirmed = identity is not None and identity.confirmed_by != "" and identity != was.identity
    yield f"R3: who stands at {name} is confirmed", confirmed and not step.by(Act.CONFIRM)
    yield (
        f"B8: the way of {was.passing} through {name} is given back",
        was.passing != now.passing and _is_kept(step, was.passing),
    )
    freed = now.may_lower and not was.may_lower and not isinstance(step.event, DetectorsReported)
    by_person = step.by(Act.CLOSE) or step.by_act_on(Act.RESET, name)
    yield f"B6: the boom {name} may come down", freed and not by_person
    stopped = step.before.service is Service.EMERGENCY_STOP and step.by_act_on(Act.RESET, "")
    yield f"B6: the boom {name} may come down by the reset of an emergency stop", stopped and now.may_lower
    yield f"B4: the boom {name} moved unasked, which is no fault", _moved_unasked(step, name) and not now.fault


def _is_kept(step: Taken, truck: str) -> bool:
    """B8. The way through a gate ends by a passage, by the truck's confirmed loss of it, or by persons."""
    if not truck or step.by(Act.DECLARE, Act.SWEEP) or not step.after.trucks[truck].authority:
        return False
    inside = any(one.locked_for == truck and one.entered for one in step.before.sections.values())
    return not (isinstance(step.event, DetectorsReported) and inside)


def _moved_unasked(step: Taken, name: str) -> bool:
    event, was, now = step.event, step.before.gates[name], step.after.gates[name]
    if not isinstance(event, BoomReported) or event.gate != name or event.local or was.local or now.boom is not event.boom:
        return False
    left_up = was.boom is Boom.UP and event.boom in (Boom.DOWN, Boom.MOVING) and was.asked in (BoomMove.UP, None)
    return left_up or (was.boom is Boom.DOWN and event.boom in (Boom.UP, Boom.MOVING) and was.asked is not BoomMove.UP)


def _units(step: Taken) -> Found:
    event = step.event
    for name, unit in step.before.units.items():
        mended = isinstance(event, WatchdogReported) and event.armed and event.proved and not event.tripped and unit.rearming
        yield f"S6: {name} is not tripped any more", unit.tripped and not step.after.units[name].tripped and not mended
    if isinstance(event, UnitRestarted):
        for name in step.layout.index.beside_unit[event.unit]:
            trusted = step.after.sections[name].state is not SectionState.SUSPECT
            yield f"D4: {name} is not suspect, and {event.unit} at its end was powered up", trusted


# ---------------------------------------------------------------- trucks


def _trucks(step: Taken) -> Found:
    for name, was in step.before.trucks.items():
        now = step.after.trucks[name]
        if now is not was and (now.stopped_by, now.authority, now.cancelling) != (was.stopped_by, was.authority, was.cancelling):
            yield from _stop(step, name)
            yield f"R6: the way of {name} is taken back", was.authority != "" and _lost_way(step, name)
    event = step.event
    if isinstance(event, TruckReported) and event.e_stop and event.connection is Connection.ONLINE:
        yield f"T2: the e-stop of {event.truck} is pressed, and it is not stopped", not step.after.trucks[event.truck].stopped_by


def _stop(step: Taken, name: str) -> Iterator[tuple[str, bool]]:
    was, now = step.before.trucks[name], step.after.trucks[name]
    resumed = step.by_act_on(Act.RESUME, name) and was.stopped_by in BY_PERSON
    opened = step.by(Act.OPEN) and was.stopped_by == LANE_STOPPED
    ended = was.stopped_by != "" and now.stopped_by == ""
    yield f"T2: {name} is not stopped any more", ended and not (resumed or opened or step.by_act_on(Act.RESET, name))
    lighter = was.stopped_by not in LIGHT and now.stopped_by in BY_PERSON
    yield f"T2: {name}, stopped by {was.stopped_by}, counts as {now.stopped_by}", lighter
    begun = now.cancelling and not was.cancelling
    yield f"R6: {name} is cancelled and not paused", step.by(Act.CANCEL) and begun and not now.stopped_by


def _lost_way(step: Taken, name: str) -> bool:
    """R6. A way that was released ends by being driven, by the truck's own word that it stands without it, or by persons."""
    was, now, place = step.before.trucks[name], step.after.trucks[name], step.layout.index.place
    if now.authority and place.get(now.authority, 0) >= place.get(was.authority, 0):
        return False
    left = was.authority == step.layout.gates[1].beyond_node and all(one.locked_for != name for one in step.before.sections.values())
    if left or step.by(Act.DECLARE, Act.SWEEP):
        return False
    if isinstance(step.event, TruckReported):
        return not (step.event.truck == name and was.cancelling and now.report.cancelled and stands_without_way(now))
    return not (step.by_act_on(Act.RESET, name) and (stands_without_way(now) or now.report.rejected != ""))
