"""R3, one condition at a time: why a truck may not have a way. Empty reasons mean that it may."""

from typing import assert_never

from lanectl.interlocking import refusals as why
from lanectl.interlocking.bridge import reasons_of_bridge
from lanectl.interlocking.clearance import reasons_of_consignment
from lanectl.interlocking.detection import group_reading, not_vacant
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import at_entry, authority_at, beyond, claimed, front, silent
from lanectl.interlocking.section_conditions import contradictions, reasons_of_section
from lanectl.interlocking.sights import is_declared, read_for, reasons_of_sights
from lanectl.interlocking.weights import reasons_of_weight
from lanectl.layout import Gate
from lanectl.model import (
    Aspect,
    Boom,
    BoomMove,
    Connection,
    IdentityReported,
    Match,
    Reading,
    Refusal,
    SectionState,
    Service,
    TruckMode,
    TruckName,
)

Reasons = list[Refusal]


def reasons_of_truck(d: Draft, truck: TruckName, subject: str) -> Reasons:
    """R3, T1, T2: the truck itself."""
    now, found = d.trucks[truck], Reasons()
    report = now.report
    if report.connection is Connection.BROKEN:
        found.append(why.TRUCK_BROKEN.of(subject))
    elif report.connection is not Connection.ONLINE:
        found.append(why.TRUCK_NOT_ONLINE.of(subject, report.connection.value))
    elif silent(d, now):
        found.append(why.TRUCK_SILENT.of(subject, f"{d.limits.state_age_s_max:g}"))
    if now.stopped_by:
        found.append(why.TRUCK_STOPPED.of(subject, now.stopped_by))
    if report.e_stop:
        found.append(why.TRUCK_E_STOP.of(subject))
    if now.cancelling:
        found.append(why.TRUCK_CANCELLING.of(subject))
    if report.mode is not TruckMode.AUTOMATIC:
        found.append(why.TRUCK_NOT_AUTOMATIC.of(subject, report.mode.value))
    if not report.localised:
        found.append(why.TRUCK_NOT_LOCALISED.of(subject))
    if _is_elsewhere(d, truck):
        found.append(why.TRUCK_ELSEWHERE.of(subject, _counted_into(d, truck), report.last_node))
    if report.fatal:
        found.append(why.TRUCK_FATAL.of(subject, report.fatal))
    if report.rejected != now.forgiven:
        found.append(why.TRUCK_REJECTED.of(subject, report.rejected))
    if report.paused and not now.stopped_by:
        found.append(why.TRUCK_PAUSED.of(subject))
    return found


def _counted_into(d: Draft, truck: TruckName) -> str:
    at = front(d, truck)
    return d.layout.sections[at - 1].name if at else "-"


def _is_elsewhere(d: Draft, truck: TruckName) -> bool:
    """It says neither the section that it was counted into nor the one before it: one of the two is wrong.

    In the first section, which it enters past the entry gate's node, it may have come round again, once nothing proves the count;
    who orders its sweep has looked.
    """
    at, says = front(d, truck), claimed(d, truck)
    if at != 1 or says != 0 or d.trucks[truck].sweeping or d.sections[d.layout.sections[0].name].state is not SectionState.SUSPECT:
        return says not in (at - 1, at)
    return group_reading(d, d.layout.points[0].groups[1]) is not Reading.OCCUPIED


def reasons_of_way(d: Draft, truck: TruckName, target: int, *, given: bool) -> Reasons:
    """R3. Everything but the truck itself, for a way to the node at `target`, in one step. `given`: it has that way already (S2)."""
    found = _of_lane(d, truck)
    entry, exit_ = d.layout.gates
    if target == 1:
        found += _of_entry(d, truck, given=given)
    found += reasons_of_consignment(d, truck, target)
    last = min(target + d.layout.overlap_sections, len(d.layout.sections))
    for section in d.layout.sections[target - 1 : last]:
        found += reasons_of_section(d, truck, section, given=given)
    if target == 1:
        found += _of_gate(d, truck, entry, given=given)
        found += _of_room(d, truck, exit_, entering=True) + reasons_of_bridge(d, truck)
    if target == beyond(d):
        found += _of_gate(d, truck, exit_, given=given)
        found += _of_room(d, truck, exit_, entering=False)
    return found


def reasons_of_boom(d: Draft, truck: TruckName, gate: Gate) -> Reasons:
    """B4. Asked for last: the boom goes up when all else holds. One that was just asked down may still be seen UP."""
    now = d.gates[gate.name]
    proved = now.boom is Boom.UP and now.asked is not BoomMove.DOWN
    return [] if proved else [why.BOOM_NOT_UP.of(truck, gate.name, now.boom.value)]


def _of_lane(d: Draft, truck: TruckName) -> Reasons:
    """E1, R1, T3: nothing is given that cannot be written down, against the direction, or in a lane that is stopped or out of service."""
    found = Reasons()
    if d.service is Service.EMERGENCY_STOP:
        found.append(why.EMERGENCY_STOP.of(truck))
    elif d.service is Service.OUT_OF_SERVICE:
        found.append(why.SERVICE_OUT.of(truck))
    if d.lane.direction is not d.layout.direction:
        found.append(why.DIRECTION_NOT_OURS.of(truck, d.lane.direction.value))
    if not d.journal_writable:
        found.append(why.JOURNAL_NOT_WRITABLE.of(truck))
    return found


def _of_entry(d: Draft, truck: TruckName, *, given: bool) -> Reasons:
    gate, found = d.layout.gates[0], Reasons()
    if d.service is Service.DRAINING:
        found.append(why.SERVICE_DRAINING.of(truck))
    elif not d.trucks[truck].sweeping:
        if d.service is Service.CLOSED:
            found.append(why.SERVICE_CLOSED.of(truck))
        elif d.service is Service.COMMISSIONING:
            found.append(why.SERVICE_COMMISSIONING.of(truck))
    if not given and not d.trucks[truck].report.standing:
        found.append(why.TRUCK_NOT_STANDING.of(truck))
    approach = d.layout.index.points[gate.point].groups[0]
    if group_reading(d, approach) is not Reading.OCCUPIED:
        drove_in = d.trucks[truck].sweeping and d.gates[gate.name].passing == truck  # over a point that counts nothing
        found.append((why.SWEEP_UNCOUNTED if drove_in else why.APPROACH_VACANT).of(truck, gate.name))
    found += _of_identity(d, truck, gate) + reasons_of_sights(d, truck, gate)
    return found if given else found + reasons_of_weight(d, truck, gate)  # one that drives off is not weighed any more


def _of_identity(d: Draft, truck: TruckName, gate: Gate) -> Reasons:
    identity = d.gates[gate.name].identity
    late = (
        [why.IDENTITY_LATE.of(truck, gate.name, f"{d.limits.plate_wait_s_max:g}")] if read_for(d, gate, d.limits.plate_wait_s_max) else []
    )
    if identity is None:
        return late or [why.IDENTITY_UNREAD.of(truck, gate.name)]
    if identity.marked not in ("", truck):
        return [why.IDENTITY_CONTRADICTED.of(truck, gate.name, identity.plate, identity.marked)]
    match identity.match:
        case Match.MATCHED:
            return _of_plate(d, truck, gate, identity)
        case Match.UNSURE:
            unsure = why.IDENTITY_UNSURE.of(truck, gate.name, identity.plate, f"{identity.score:.2f}")
            given_up = read_for(d, gate, d.limits.confirm_wait_s_max)
            holding = why.IDENTITY_HOLDING.of(truck, gate.name, f"{d.limits.confirm_wait_s_max:g}")
            return [holding, unsure] if given_up else [unsure, *late]
        case Match.NOT_LISTED:
            return [why.IDENTITY_NOT_LISTED.of(truck, gate.name, identity.plate), *late]
        case Match.UNREADABLE:
            return [why.IDENTITY_UNREADABLE.of(truck, gate.name), *late]
        case _:
            assert_never(identity.match)


def _of_plate(d: Draft, truck: TruckName, gate: Gate, identity: IdentityReported) -> Reasons:
    if identity.truck != truck:
        return [why.IDENTITY_OTHER.of(truck, gate.name, identity.plate, identity.truck)]
    return [] if is_declared(d, truck, identity.plate) else [why.IDENTITY_NOT_LISTED.of(truck, gate.name, identity.plate)]


def _of_room(d: Draft, truck: TruckName, exit_: Gate, *, entering: bool) -> Reasons:
    """Room for it behind the far gate, and when it enters also for every truck that is on the way there."""
    taken = 0
    for name, now in d.trucks.items():
        if name == truck:
            continue
        if now.beyond == exit_.beyond_node:
            taken += 1
        elif entering:
            taken += now.authority != "" or front(d, name) > 0
        else:
            taken += authority_at(d, name) == beyond(d)
    return [why.NO_ROOM_BEYOND.of(truck, exit_.name, str(d.layout.places_beyond))] if taken >= d.layout.places_beyond else []


def _of_gate(d: Draft, truck: TruckName, gate: Gate, *, given: bool) -> Reasons:
    now, found = d.gates[gate.name], reasons_of_devices(d, truck, gate)
    if now.passing not in ("", truck):
        found.append(why.GATE_TAKEN.of(truck, gate.name, now.passing))
    found += _of_conflict(d, truck, gate)
    if given or _stands_in_it(d, truck, gate):
        return found
    groups = d.layout.index.points[gate.point].groups[1:]
    if d.trucks[truck].sweeping:
        return found + contradictions(d, truck, groups, given=False)
    occupied = not_vacant(d, groups)
    if occupied or d.points[gate.point].lost:
        found.append(why.GATE_NOT_VACANT.of(truck, gate.name, occupied or gate.under[0]))
    return found


def _of_conflict(d: Draft, truck: TruckName, gate: Gate) -> Reasons:
    """S1. PROCEED at the other gate goes with one here only if it is ours, for a truck that drives the way the lane is set.

    Any other leads into the lane against it: a relay that sticks, a lamp that somebody works. Two of ours never lead into one section (R2).
    """
    return [
        why.CONFLICTING_PROCEED.of(truck, other.name)
        for other in d.layout.gates
        if other is not gate and d.gates[other.name].shown is Aspect.PROCEED and not d.gates[other.name].passing
    ]


def _stands_in_it(d: Draft, truck: TruckName, gate: Gate) -> bool:
    """What is under the boom is this truck itself: it came there in order, or it sweeps and its way led or its own word leads there."""
    now = d.trucks[truck]
    if gate is d.layout.gates[0]:
        return now.sweeping and d.gates[gate.name].passing == truck
    inside = front(d, truck) == len(d.layout.sections)
    return inside and (d.points[gate.point].head >= 2 or (now.sweeping and now.report.last_node == gate.stop_node))


def reasons_of_devices(d: Draft, subject: str, gate: Gate) -> Reasons:
    """B5, B7, T4, S3–S7: the gate's barrier, lamps and watchdog."""
    now, found = d.gates[gate.name], Reasons()
    if now.local:
        found.append(why.GATE_LOCAL.of(subject, gate.name))
    if now.fault:
        found.append(why.GATE_FAULT.of(subject, gate.name, now.fault))
    if now.locked_out:
        found.append(why.GATE_LOCKED_OUT.of(subject, gate.name, str(now.obstructions)))
    if now.lamp_failed:
        found.append(why.LAMP_FAILED.of(subject, gate.name))
    if not d.units[gate.barrier_unit].linked:
        found.append(why.UNIT_LOST.of(subject, gate.barrier_unit, d.units[gate.barrier_unit].why_lost))
    return found + _of_signal(d, subject, gate)


def _of_signal(d: Draft, subject: str, gate: Gate) -> Reasons:
    """S4, S5, S6, S7. A signal that is dark, does not show the STOP it was asked for, or is not watched gives no authority."""
    now, unit, found = d.gates[gate.name], d.units[gate.signal_unit], Reasons()
    if not unit.linked:
        return [why.UNIT_LOST.of(subject, gate.signal_unit, unit.why_lost)]
    if unit.tripped:
        found.append(why.WATCHDOG_TRIPPED.of(subject, gate.signal_unit))
    elif not unit.armed:
        found.append(why.WATCHDOG_NOT_ARMED.of(subject, gate.signal_unit))
    elif not unit.proved:
        found.append(why.WATCHDOG_UNPROVED.of(subject, gate.signal_unit))
    asked_stop = now.aspect_asked is Aspect.STOP and d.due(now.aspect_asked_at, d.limits.aspect_proof_s_max)
    if now.shown is Aspect.UNKNOWN or (asked_stop and now.shown is not Aspect.STOP):
        found.append(why.SIGNAL_UNPROVED.of(subject, gate.name))
    return found


def waits_at_entry(d: Draft) -> list[TruckName]:
    return [name for name in d.trucks if at_entry(d, name)]


def halted(d: Draft, subject: str) -> Reasons:
    """Why the lane as a whole takes no such act now."""
    if d.service is Service.EMERGENCY_STOP:
        return [why.SERVICE_IN_EMERGENCY.of(subject)]
    return [why.SERVICE_OUT.of(subject)] if d.service is Service.OUT_OF_SERVICE else []
