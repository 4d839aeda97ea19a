"""What needs a person: a table of conditions over the lane, each with its priority and the command that answers it.

An alarm that follows from another is not raised beside it: a lost unit does not also complain about its lamps.
"""

from collections.abc import Iterator
from dataclasses import replace

from lanectl.layout import Gate, Layout
from lanectl.model import (
    Aspect,
    Authority,
    Boom,
    BoomMove,
    Connection,
    GateNow,
    Lane,
    Match,
    SectionState,
    Service,
    Sight,
    Standing,
    TruckMode,
    TruckNow,
    TruckReported,
)
from lanectl.status.mends import ALARMS, mend
from lanectl.status.shown import Alarm

PRIORITIES = {
    "EMERGENCY_STOP": 1,
    "JOURNAL_NOT_WRITABLE": 1,
    "BOOM_FAULT": 1,
    "BOOM_LOCKED_OUT": 1,
    "STOP_LAMP_FAILED": 1,
    "SIGNAL_UNPROVED": 1,
    "WATCHDOG_TRIPPED": 1,
    "LINK_LOST": 1,
    "TRUCK_SILENT": 1,
    "TRUCK_LINK_BROKEN": 1,
    "TRUCK_E_STOP": 1,
    "LAMPS_FAILED": 1,
    "OUT_OF_SERVICE": 2,
    "BOOM_UNPROVED": 2,
    "BOOM_LEFT_UP": 2,
    "GATE_LOCAL": 2,
    "PROCEED_LAMP_FAILED": 2,
    "WATCHDOG_NOT_ARMED": 2,
    "WATCHDOG_NOT_PROVED": 2,
    "SECTIONS_SUSPECT": 2,
    "TRUCK_STOPPED": 2,
    "TRUCK_FAILED": 2,
    "TRUCK_REJECTED": 2,
    "TRUCK_NOT_AUTOMATIC": 2,
    "TRUCK_NOT_LOCALISED": 2,
    "TRUCK_TWICE": 1,
    "TRUCK_JUMPED": 2,
    "TRUCK_WRONG_MAP": 2,
    "TRUCK_STALLED": 2,
    "TRUCK_UNSIGNED": 2,
    "TRUCK_CHECKER": 2,
    "TRUCK_ACTION_FAILED": 2,
    "TRUCK_BATTERY_LOW": 3,
    "TRUCK_CLOCK_OFF": 3,
    "TRUCK_FLOODS": 3,
    "TRUCK_GARBLED": 3,
    "TRUCK_NO_FACTSHEET": 3,
    "TRUCK_PLACE_REFUSED": 3,
    "CAMERA_DEAD": 2,
    "CAMERA_REPLAYED": 2,
    "CAMERA_FROZEN": 2,
    "CAMERA_COVERED": 2,
    "CAMERA_OVEREXPOSED": 2,
    "CAMERA_DARK": 2,
    "CAMERA_DEFOCUSED": 2,
    "CAMERA_MOVED": 2,
    "CAMERA_READER": 2,
    "SCALE_SILENT": 2,
    "SCALE_UNSTEADY": 2,
    "SCALE_OVER_RANGE": 2,
    "SCALE_UNDER_ZERO": 2,
    "SCALE_UNZEROED": 2,
    "SCALE_NOT_KG": 2,
    "WEIGHT_OTHER": 2,
    "SIGHT_OTHER": 2,
    "SIGHT_UNSURE": 3,
    "PLATE_NOT_LISTED": 2,
    "PLATE_UNSURE": 3,
    "PLATE_UNREADABLE": 3,
    "CONSIGNMENT_HELD": 3,
}


def alarms(layout: Layout, lane: Lane, now: float, raised: tuple[Alarm, ...] = ()) -> tuple[Alarm, ...]:
    """E2. An alarm stands while its condition does, whoever has looked. The most urgent first, then the oldest. `raised`: those of the
    status before, whose beginnings are kept.
    """
    since = {(alarm.code, alarm.subject): alarm.since for alarm in raised}
    standing = []
    for alarm in (*_of_the_lane(layout, lane), *_of_units(layout, lane), *_of_gates(layout, lane, now), *_of_trucks(layout, lane, now)):
        began = since.get((alarm.code, alarm.subject), now)
        standing.append(replace(alarm, since=began, age_s=round(now - began, 1)))
    return tuple(sorted(standing, key=lambda alarm: (alarm.priority, alarm.since, alarm.code, alarm.subject)))


def _alarm(code: str, subject: str, **params: str) -> Alarm:
    return Alarm(code, subject, params, PRIORITIES[code], mend(ALARMS, code, params), 0.0, 0.0)


def _of_the_lane(layout: Layout, lane: Lane) -> Iterator[Alarm]:
    if lane.service is Service.EMERGENCY_STOP:
        yield _alarm("EMERGENCY_STOP", "")
    if lane.service is Service.OUT_OF_SERVICE:
        yield _alarm("OUT_OF_SERVICE", "")
    if sum(gate.lamp_failed for gate in lane.gates.values()) > 1:  # S3, the second stage
        yield _alarm("LAMPS_FAILED", "")
    if not lane.journal_writable:
        yield _alarm("JOURNAL_NOT_WRITABLE", "")
    suspect = [s.name for s in layout.sections if lane.sections[s.name].state is SectionState.SUSPECT]
    if suspect:
        why = lane.sections[suspect[0]].why_suspect
        names = " ".join(suspect) if len(suspect) < len(layout.sections) else "--all"
        yield _alarm("SECTIONS_SUSPECT", "", sections=", ".join(suspect), names=names, why=why)


def _of_units(layout: Layout, lane: Lane) -> Iterator[Alarm]:
    for unit in layout.units:
        now = lane.units.get(unit.name)
        if now is None or not now.linked:
            yield _alarm("LINK_LOST", unit.name, unit=unit.name, reason=now.why_lost if now else "")
        elif now.tripped:
            yield _alarm("WATCHDOG_TRIPPED", unit.name, unit=unit.name)
        elif unit.signals and not now.armed:
            yield _alarm("WATCHDOG_NOT_ARMED", unit.name, unit=unit.name)
        elif unit.signals and not now.proved:
            yield _alarm("WATCHDOG_NOT_PROVED", unit.name, unit=unit.name)


def _of_gates(layout: Layout, lane: Lane, now: float) -> Iterator[Alarm]:
    for gate in layout.gates:
        gate_now = lane.gates[gate.name]
        yield from _of_boom(lane, gate, gate_now)
        if is_left_up(layout, lane, gate):
            yield _alarm("BOOM_LEFT_UP", gate.name, gate=gate.name)
        yield from _of_signal(layout, lane, gate, gate_now, now)
        read = gate_now.identity
        if read is not None and read.match is not Match.MATCHED:
            yield _alarm(f"PLATE_{read.match.value}", gate.name, gate=gate.name, plate=read.plate)
        yield from _of_doubts(layout, gate, gate_now)
        yield from _of_sights(lane, gate, gate_now)
    for name, camera in lane.cameras.items():
        if camera.trouble:
            yield _alarm(f"CAMERA_{camera.trouble.upper()}", name, camera=name, gate=camera.gate)
    for gate in layout.gates:
        if gate.weight_tolerance_kg is not None:
            yield from _of_scale(layout, lane, gate, gate.weight_tolerance_kg, now)


def _of_doubts(layout: Layout, gate: Gate, now: GateNow) -> Iterator[Alarm]:
    """What the lane needs and frames agree on nothing of: a person reads it."""
    needed = {Sight.REAR: layout.rear_plate_needed, Sight.CONTAINER: layout.container_needed}
    for seen in now.sights:
        if not seen.text and needed.get(seen.sight, False):
            yield _alarm("SIGHT_UNSURE", gate.name, gate=gate.name, sight=seen.sight.value, text=seen.read or "–")


def _of_sights(lane: Lane, gate: Gate, now: GateNow) -> Iterator[Alarm]:
    read = now.identity
    carried = next((c for c in lane.consignments.values() if read is not None and c.truck == read.truck), None)
    if carried is None:
        return
    for seen in now.sights:
        declared = carried.other_plates or (carried.plate,) if seen.sight is Sight.REAR else (carried.container,)
        if seen.text and seen.text not in declared:
            said = {"sight": seen.sight.value, "text": seen.text, "plate": carried.plate, "declared": ", ".join(declared) or "–"}
            yield _alarm("SIGHT_OTHER", gate.name, gate=gate.name, **said)


def _of_scale(layout: Layout, lane: Lane, gate: Gate, tolerance_kg: int, now: float) -> Iterator[Alarm]:
    """A load that is rolling up is no alarm yet."""
    weight = lane.weights.get(gate.name)
    if weight is None:
        return
    waited = now - weight.at >= layout.limits.plate_wait_s_max
    if weight.why and weight.why != "empty" and (weight.why != "unsteady" or waited):
        yield _alarm(f"SCALE_{weight.why.upper()}", gate.name, gate=gate.name)
    read, weighed = lane.gates[gate.name].identity, lane.gates[gate.name].weighed
    if weighed is not None and weighed.outweighs(weight):
        return  # it stands off the scale in part
    declared = [c.declared_weight_kg for c in lane.consignments.values() if read is not None and c.truck == read.truck]
    if weight.weight_kg is not None and declared and declared[0] is not None and abs(weight.weight_kg - declared[0]) > tolerance_kg:
        figures = {"weight_kg": str(weight.weight_kg), "declared_kg": str(declared[0])}
        yield _alarm("WEIGHT_OTHER", gate.name, gate=gate.name, **figures)


def is_left_up(layout: Layout, lane: Lane, gate: Gate) -> bool:
    """Nobody has a way through it or is about to get one, and nothing lets it come down: only a person does (B6)."""
    now, behind = lane.gates[gate.name], layout.sections[0 if gate.name == layout.gates[0].name else -1]
    stands_up = now.boom is Boom.UP and now.asked is not BoomMove.DOWN and not now.may_lower
    works = not (now.fault or now.locked_out or now.local)
    return stands_up and works and not now.passing and not lane.sections[behind.name].locked_for


def _of_boom(lane: Lane, gate: Gate, now: GateNow) -> Iterator[Alarm]:
    if now.fault:
        yield _alarm("BOOM_FAULT", gate.name, gate=gate.name, fault=now.fault)
    if now.locked_out:
        yield _alarm("BOOM_LOCKED_OUT", gate.name, gate=gate.name, count=str(now.obstructions))
    if now.local:
        yield _alarm("GATE_LOCAL", gate.name, gate=gate.name)
    if now.boom is Boom.UNKNOWN and not now.fault and _linked(lane, gate.barrier_unit):
        yield _alarm("BOOM_UNPROVED", gate.name, gate=gate.name)


def _of_signal(layout: Layout, lane: Lane, gate: Gate, now: GateNow, at: float) -> Iterator[Alarm]:
    """A lamp that changes is dark to us for a moment: that is no alarm yet."""
    if not _linked(lane, gate.signal_unit):
        return
    if now.lamp_failed:
        code = "PROCEED_LAMP_FAILED" if now.aspect_asked is Aspect.PROCEED else "STOP_LAMP_FAILED"
        yield _alarm(code, gate.name, gate=gate.name)
    elif now.shown is Aspect.UNKNOWN and at - now.aspect_asked_at > layout.limits.aspect_proof_s_max:
        yield _alarm("SIGNAL_UNPROVED", gate.name, gate=gate.name)


def _linked(lane: Lane, unit: str) -> bool:
    return unit in lane.units and lane.units[unit].linked


def _of_trucks(layout: Layout, lane: Lane, now: float) -> Iterator[Alarm]:
    entry, exit_ = layout.gates
    inside = {now.locked_for for now in lane.sections.values() if now.entered}  # with a way or not: its way may have been taken back
    for name, truck in lane.trucks.items():
        in_lane = name in inside or (bool(truck.authority) and truck.report.last_node != exit_.beyond_node)
        waits = truck.report.connection is Connection.ONLINE and truck.report.last_node in {"", entry.stop_node}
        if in_lane or waits:
            yield from _of_truck(layout, name, truck, now, in_lane=in_lane)
        if now - truck.heard_at <= layout.limits.state_age_s_max:
            yield from (_alarm(f"TRUCK_{code.upper()}", name, truck=name, detail=detail) for code, detail in truck.report.troubles)
    for consignment in lane.consignments.values():
        declared = lane.trucks.get(consignment.truck)
        if declared is not None and declared.report.connection is Connection.ONLINE:
            yield from (
                _alarm("CONSIGNMENT_HELD", f"{consignment.truck} {who.value}", truck=consignment.truck, authority=who.value)
                for who, standing in _held(consignment.standing)
            )


def _held(standings: tuple[tuple[Authority, Standing], ...]) -> Iterator[tuple[Authority, Standing]]:
    return (pair for pair in standings if pair[1] is Standing.HELD)


def _told_why(report: TruckReported) -> bool:
    return any(code in ("jumped", "twice", "wrong_map") for code, _ in report.troubles)


def _of_truck(layout: Layout, name: str, truck: TruckNow, now: float, *, in_lane: bool) -> Iterator[Alarm]:
    """Only the first that holds: a silent truck's older words are not worth an alarm each."""
    report = truck.report
    silent = now - truck.heard_at > layout.limits.state_age_s_max
    conditions = (
        (report.connection is not Connection.ONLINE and in_lane, "TRUCK_LINK_BROKEN", ""),
        (silent and in_lane, "TRUCK_SILENT", ""),
        (report.e_stop, "TRUCK_E_STOP", ""),
        (bool(report.fatal), "TRUCK_FAILED", report.fatal),
        (bool(truck.stopped_by), "TRUCK_STOPPED", truck.stopped_by),
        (bool(report.rejected), "TRUCK_REJECTED", report.rejected),
        (report.mode is not TruckMode.AUTOMATIC, "TRUCK_NOT_AUTOMATIC", report.mode.value),
        (not report.localised and not _told_why(report), "TRUCK_NOT_LOCALISED", ""),
    )
    code, why = next(((code, why) for holds, code, why in conditions if holds), ("", ""))
    if code:
        params = {"mode": why} if code == "TRUCK_NOT_AUTOMATIC" else {"why": why} if why else {}
        yield _alarm(code, name, truck=name, **params)
