"""What must be known where a command is given: the invariants once more, in their own words and not in those of the rules.

`lane` is what the step led to, `before` what it began with; an invariant's name stands before each finding.
"""

from collections.abc import Iterator

from lanectl.layout import Gate, Layout, driven
from lanectl.model import (
    Act,
    ActRequested,
    Aspect,
    Boom,
    BoomMove,
    Command,
    Connection,
    ExtendAuthority,
    GateNow,
    Lane,
    Match,
    Reading,
    Report,
    ResumeTruck,
    SectionState,
    Service,
    SetAspect,
    SetBoom,
    Sight,
    Standing,
    TruckMode,
    TruckNow,
)

STOPPED = (Service.EMERGENCY_STOP, Service.OUT_OF_SERVICE)
Found = Iterator[tuple[str, bool]]  # why, and whether it is so


def given_wrongly(layout: Layout, now: float, before: Lane, event: Report, lane: Lane, command: Command) -> str:
    """Why it may not be given; "" when it may."""
    way = driven(layout, lane)
    match command:
        case SetBoom():
            found = _against_move(way, before, event, lane, command)
        case ExtendAuthority():
            found = _against_way(way, now, before, lane, command)
        case ResumeTruck(truck=truck):
            found = _against_resuming(lane, lane.trucks[truck])
        case SetAspect(gate=gate, aspect=Aspect.PROCEED):
            found = _of_gate(way, now, before, lane, way.index.gates[gate])
        case _:
            return ""
    return next((why for why, wrong in found if wrong), "")


# ---------------------------------------------------------------- booms


def _against_move(layout: Layout, before: Lane, event: Report, lane: Lane, command: SetBoom) -> Found:
    gate, now, was = layout.index.gates[command.gate], lane.gates[command.gate], before.gates[command.gate]
    yield f"T4: asked {command.move.value} while it is worked by hand", now.local
    if command.move is not BoomMove.DOWN:
        return
    yield "T3: lowered while the lane is stopped", lane.service in STOPPED
    yield f"B8: lowered while {now.passing} has a way through it", now.passing != ""
    yield "B5: lowered in fault", bool(now.fault)
    yield "B7: lowered while it is locked out", now.locked_out
    yield "D2: lowered while it is not heard", not lane.units[gate.barrier_unit].linked
    unproved = [name for name in gate.under if lane.detectors[name].reading is not Reading.VACANT]
    yield f"B1: lowered while {unproved[:1]} is not vacant", bool(unproved)
    yield "B6: lowered without a proved passage or a person", was.asked is not BoomMove.DOWN and not now.may_lower
    reset = isinstance(event, ActRequested) and event.act is Act.RESET
    yield "B3: lowered before it is proved UP", was.asked is BoomMove.UP and now.boom is not Boom.UP and not reset


# ---------------------------------------------------------------- trucks


def _against_resuming(lane: Lane, now: TruckNow) -> Found:
    yield f"T2: resumed while it is stopped by {now.stopped_by}", bool(now.stopped_by)
    yield "R6: resumed while it is cancelled", now.cancelling
    yield "T3: resumed while the lane is stopped", lane.service in STOPPED
    yield "E1: resumed without a journal", not lane.journal_writable


def _against_way(layout: Layout, now: float, before: Lane, lane: Lane, command: ExtendAuthority) -> Found:
    yield f"R1: sent to {command.node}, a node of the other direction", command.node not in layout.index.node
    target, truck = layout.index.node[command.node], lane.trucks[command.truck]
    was = before.trucks.get(command.truck)
    again = was is not None and was.authority == command.node
    yield "T3: sent while the lane is stopped", lane.service in STOPPED
    yield "E1: sent without a journal", not lane.journal_writable
    yield from _of_truck(layout, now, truck)
    yield from _of_papers(layout, now, lane, command.truck, target)
    yield from _of_ahead(layout, lane, command.truck, target, again=again)
    entry, exit_ = layout.gates
    if target == 1:
        yield from _of_gate(layout, now, before, lane, entry)
        yield from _of_passing(lane, entry, command.truck)
        yield from _of_entry(layout, before, lane, command.truck, again=again)
        yield from _of_room(layout, lane, command.truck, entering=True)
    if target > len(layout.sections):
        yield from _of_gate(layout, now, before, lane, exit_)
        yield from _of_passing(lane, exit_, command.truck)
        yield from _of_room(layout, lane, command.truck, entering=False)


def _of_passing(lane: Lane, gate: Gate, truck: str) -> Found:
    kept_for = lane.gates[gate.name].passing
    yield f"R3: sent through {gate.name}, which is kept for {kept_for}", kept_for != truck


def _of_truck(layout: Layout, now: float, truck: TruckNow) -> Found:
    report = truck.report
    yield f"R3: sent while it is {report.connection.value}", report.connection is not Connection.ONLINE
    yield "T1: sent while it is silent", now >= truck.heard_at + layout.limits.state_age_s_max
    yield f"T2: sent while it is stopped by {truck.stopped_by}", bool(truck.stopped_by)
    yield "T2: sent while its e-stop is pressed", report.e_stop
    yield "R6: sent while it is cancelled", truck.cancelling
    yield f"R3: sent while its mode is {report.mode.value}", report.mode is not TruckMode.AUTOMATIC
    yield "R3: sent while it is not localised", not report.localised
    yield f"R3: sent while it has the fatal error {report.fatal}", bool(report.fatal)
    yield "R3: sent while it is paused", report.paused
    yield f"R4: sent while it rejects: {report.rejected}", report.rejected != truck.forgiven


def _of_papers(layout: Layout, now: float, lane: Lane, truck: str, target: int) -> Found:
    """Where its order stands against it. One whose stop would do harm goes on to where it does none."""
    if target > 1 and layout.sections[target - 2].standing_harms:
        return
    paper = next((one for one in lane.consignments.values() if one.truck == truck), None)
    yield "R3: sent with nothing that is declared", paper is None and layout.clearance_needed
    if paper is None:
        return
    if layout.clearance_needed:
        yield f"R3: sent with a consignment that stands {dict(paper.standing)}", not paper.is_cleared
        ended = [authority.value for authority, end in paper.ends if now >= end and dict(paper.standing).get(authority) is Standing.CLEARED]
        yield f"R3: sent with a clearance of {ended} that has ended", bool(ended)
    if target == 1:
        yield "R3: sent the other way than its consignment", paper.direction not in (None, layout.direction)
        yield "R3: sent after its order ended", now >= paper.until


def _of_ahead(layout: Layout, lane: Lane, truck: str, target: int, *, again: bool) -> Found:
    """The section and its overlap: nobody else's, vacant, and seen to be."""
    sweeps = lane.trucks[truck].sweeping
    for section in layout.sections[target - 1 : target + layout.overlap_sections]:
        now, name = lane.sections[section.name], section.name
        yield f"R2: sent towards {name}, which is locked for {now.locked_for or 'nobody'}", now.locked_for != truck
        yield f"R3: sent towards {name}, which is occupied", now.state is SectionState.OCCUPIED
        suspect = now.state is SectionState.SUSPECT
        yield f"R3: sent towards {name}, which is suspect", suspect and not sweeps
        points = (layout.index.points[section.entry], layout.index.points[section.exit])
        names = [name for point in points for group in point.groups for name in group]
        unknown = [one for one in names if lane.detectors[one].reading is Reading.UNKNOWN]
        unseen = [one for one in unknown if not (sweeps and lane.detectors[one].distrusted)]
        yield f"D1: sent towards {name}, and {unseen[:1]} at its ends is not seen", bool(unseen) and not suspect and not again
        if suspect and sweeps and not again:
            yield from _of_swept(layout, lane, truck, name)


def _of_swept(layout: Layout, lane: Lane, truck: str, name: str) -> Found:
    """R11 (b). Alone, and nothing shows at its far end."""
    section, at = layout.index.sections[name], layout.index.position[name]
    far = [one for group in layout.index.points[section.exit].groups for one in group]
    met = [one for one in far if lane.detectors[one].reading is Reading.OCCUPIED]
    yield f"R11: sent to sweep {name}, and {met[:1]} at its far end is occupied", bool(met)
    held = {one.locked_for for one in lane.sections.values()}
    counted = {one.locked_for: n for n, one in enumerate(lane.sections.values(), start=1) if one.entered}
    others = [
        other
        for other, knows in lane.trucks.items()
        if other != truck
        and knows.report.connection is not Connection.OFFLINE
        and layout.index.place.get(knows.report.last_node, 0) == at
        and counted.get(other, 0) <= at
        and not (knows.authority == layout.gates[1].beyond_node and other not in held)
    ]
    yield f"R2: sent to sweep {name}, where {others[:1]} says that it is", bool(others)


def _of_room(layout: Layout, lane: Lane, truck: str, *, entering: bool) -> Found:
    """There is a place behind the far gate for it and for all that are on their way there."""
    beyond = layout.gates[1].beyond_node
    counted = {one.locked_for for one in lane.sections.values() if one.entered}
    others = [
        name
        for name, now in lane.trucks.items()
        if name != truck
        and (
            (now.report.last_node == beyond and now.report.connection is not Connection.OFFLINE)
            or ((now.authority != "" or name in counted) if entering else now.authority == beyond)
        )
    ]
    yield f"R3: sent to a far end where {len(others)} others need a place", len(others) >= layout.places_beyond


# ---------------------------------------------------------------- gates


def _of_entry(layout: Layout, before: Lane, lane: Lane, truck: str, *, again: bool) -> Found:
    gate, knows = layout.gates[0], lane.trucks[truck]
    now = lane.gates[gate.name]
    closed = lane.service is not Service.OPEN and not (knows.sweeping and lane.service in (Service.CLOSED, Service.COMMISSIONING))
    yield f"R3: let in while the lane is {lane.service.value}", closed
    approach = layout.index.points[gate.point].groups[0]
    yield "R3: let in while nothing stands before the boom", all(lane.detectors[one].reading is not Reading.OCCUPIED for one in approach)
    if not again:
        yield "R3: let in while it drives", not knows.report.standing
    said = now.identity
    yield "R3: let in unread", said is None
    if said is not None:
        yield f"R3: let in, and the plate there is {said.match.value} {said.truck}", said.match is not Match.MATCHED or said.truck != truck
        yield f"R3: let in, and the marker there is {said.marked}'s", said.marked not in ("", truck)
    yield from _of_sights(layout, lane, truck, gate)
    if not again:
        yield from _of_weight(layout, before.gates[gate.name], lane, truck, gate)


def _of_sights(layout: Layout, lane: Lane, truck: str, gate: Gate) -> Found:
    paper = next((one for one in lane.consignments.values() if one.truck == truck), None)
    read = {seen.sight: seen.text for seen in lane.gates[gate.name].sights if seen.text}
    yield "R3: let in with its rear unread", layout.rear_plate_needed and Sight.REAR not in read
    yield "R3: let in with its container unread", layout.container_needed and Sight.CONTAINER not in read
    if paper is None:
        return
    declared = {Sight.REAR: paper.other_plates or (paper.plate,), Sight.CONTAINER: (paper.container,)}
    for sight, text in read.items():
        yield f"R3: let in with {text} at its {sight.value}, which is not declared", sight in declared and text not in declared[sight]


def _of_weight(layout: Layout, was: GateNow, lane: Lane, truck: str, gate: Gate) -> Found:
    if gate.weight_tolerance_kg is None:
        return
    paper = next((one for one in lane.consignments.values() if one.truck == truck), None)
    declared_kg = paper.declared_weight_kg if paper is not None else None
    weighed = lane.weights[gate.name].weight_kg if gate.name in lane.weights else None
    held = was.weighed
    if held is not None and held.truck == truck and gate.name in lane.weights and held.outweighs(lane.weights[gate.name]):
        weighed = held.weight_kg  # it was weighed, was given a way, lost it, and has not left: it stands off the scale in part
    yield "R3: let in unweighed", layout.weight_needed and (declared_kg is None or weighed is None)
    if declared_kg is not None and weighed is not None:
        yield f"R3: let in with {weighed} kg, {declared_kg} kg are declared", abs(weighed - declared_kg) > gate.weight_tolerance_kg


def _of_gate(layout: Layout, now: float, before: Lane, lane: Lane, gate: Gate) -> Found:
    """Where a truck is to drive through."""
    one, was, signal = lane.gates[gate.name], before.gates[gate.name], lane.units[gate.signal_unit]
    yield f"B4: {gate.name} is not proved UP, it is {one.boom.value}", one.boom is not Boom.UP
    yield f"B4: {gate.name} is asked down", one.asked is BoomMove.DOWN
    yield f"T4: {gate.name} is worked by hand", one.local
    yield f"B5: {gate.name} is in fault, {one.fault}", bool(one.fault)
    yield f"B7: {gate.name} is locked out", one.locked_out
    yield f"S3: a lamp of {gate.name} failed", one.lamp_failed
    yield f"S4: the module of {gate.name} is not heard", not signal.linked
    yield f"D2: the barrier of {gate.name} is not heard", not lane.units[gate.barrier_unit].linked
    yield f"S6: the watchdog of {gate.name} tripped", signal.tripped
    yield f"S5: the watchdog of {gate.name} is not armed", not signal.armed
    yield f"S7: the watchdog of {gate.name} is not proved", not signal.proved
    yield f"S4: the signal {gate.name} is not seen", one.shown is Aspect.UNKNOWN
    proved = now < was.aspect_asked_at + layout.limits.aspect_proof_s_max or one.shown is Aspect.STOP
    yield f"S4: the signal {gate.name} does not show its STOP", was.aspect_asked is Aspect.STOP and not proved
    other = next(g for g in layout.gates if g.name != gate.name)
    against = lane.gates[other.name]
    yield f"S1: {other.name} shows PROCEED to nobody of ours", against.shown is Aspect.PROCEED and not against.passing
