"""SWEEP: one truck alone, section by section, proves what it drives through (R11 b). Whoever orders it looks where the truck stands."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import Reasons, halted, reasons_of_truck, waits_at_entry
from lanectl.interlocking.detection import group_reading, not_vacant, unlock
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import at_entry, beyond, claimed, front, has_left, holds, leave_gates, shows_no_way, without_way
from lanectl.model import ActRequested, Boom, Connection, Reading, SectionName, SectionState, Service, TruckName

SILENCE = (why.NEVER_PROVED, why.STARTED, why.DETECTOR_SILENT, why.UNIT_RESTARTED, why.CLAIMED)


def sweep(d: Draft, act: ActRequested) -> Reasons:
    """From where it stands it gets each section as if it were an ordinary one, but suspect ones too.

    `act.place` is where the person sees it: a section, or the entry gate when it stands before the boom. Needed where neither its word nor
    a detector shows the side of the entry boom, or where another truck may be the one that stands there.
    """
    truck = act.target
    if truck not in d.trucks:
        return [why.ACT_TARGET_UNKNOWN.of("SWEEP", truck)]
    if act.place and act.place not in (d.layout.gates[0].name, *d.layout.index.sections):
        return [why.ACT_TARGET_UNKNOWN.of("SWEEP", act.place)]
    found = [reason for reason in reasons_of_truck(d, truck, "SWEEP") if reason.code != why.TRUCK_ELSEWHERE.code]  # the person says where
    found += halted(d, "SWEEP")
    others = [name for name, now in d.trucks.items() if now.sweeping and name != truck]
    if others:
        found.append(why.SWEEP_NOT_ALONE.of("SWEEP", truck, others[0]))
    if not found and d.service is Service.DRAINING and at_entry(d, truck):
        found.append(why.SERVICE_DRAINING.of("SWEEP"))
    found = found or _place(d, truck, act.place)
    if found:
        return found
    d.set_truck(truck, replace(d.trucks[truck], sweeping=True))
    for name, now in d.sections.items():
        if now.locked_for == truck and now.entered and now.why_suspect in SILENCE:
            d.set_section(name, replace(now, swept=_alone(d, truck, name)))
    return []


# ---------------------------------------------------------------- where it stands


def _place(d: Draft, truck: TruckName, place: SectionName) -> Reasons:
    """Where the person sees it, or where it says that it is. One that we lost sight of is adopted there."""
    at, says = front(d, truck), claimed(d, truck)
    unplaced = [why.SWEEP_NOT_PLACED.of("SWEEP", truck, d.trucks[truck].report.last_node)]
    if d.trucks[truck].report.last_node not in d.layout.index.node or says == beyond(d) or has_left(d, truck):
        return unplaced
    if place:
        return _seen(d, truck, place)
    if says == 0:
        return _place_at_entry(d, truck, seen=False)
    if says > at:
        return _adopt(d, truck, says)
    return [] if says >= at - 1 else unplaced


def _seen(d: Draft, truck: TruckName, place: str) -> Reasons:
    """By the person, in a section or before the entry gate."""
    at, says = front(d, truck), claimed(d, truck)
    unplaced = [why.SWEEP_NOT_PLACED.of("SWEEP", truck, d.trucks[truck].report.last_node)]
    if place == d.layout.gates[0].name:
        return _place_at_entry(d, truck, seen=True) if says == 0 else unplaced
    seen = d.layout.index.position[place]
    across = seen == at - 1 and d.sections[place].locked_for == truck and d.sections[place].entered  # it stands over the point between
    if says not in (seen - 1, seen) or (seen < at and not across):
        return unplaced
    return [] if seen <= at else _adopt(d, truck, seen)


def _place_at_entry(d: Draft, truck: TruckName, *, seen: bool) -> Reasons:
    """Its last node is the entry gate's: it stands before the boom, under it, or behind it on the way to the first section's node.

    `seen`: before the boom, by the person. Else what stands there is this truck only while no other says so too, and what is under the
    boom only while that is proved UP: under one that is down it is something else.
    """
    approach, under, _ = d.layout.points[0].groups
    unplaced = [why.SWEEP_NOT_PLACED.of("SWEEP", truck, d.trucks[truck].report.last_node)]
    if group_reading(d, approach) is Reading.UNKNOWN:
        return [why.DETECTOR_UNKNOWN.of("SWEEP", not_vacant(d, (approach,)))]
    waits, under_boom = (group_reading(d, group) is Reading.OCCUPIED for group in (approach, under))
    if under_boom and not seen:
        if front(d, truck) == 0 and waits:
            return []
        if d.gates[d.layout.gates[0].name].boom is not Boom.UP:
            return unplaced
        return [] if front(d, truck) > 0 else _adopt(d, truck, 1)
    if under_boom or waits:
        doubtful = holds(d, truck) and not seen and any(name != truck for name in waits_at_entry(d))
        return unplaced if doubtful else _take_out_of_lane(d, truck)
    counted_in = front(d, truck) == 1 and d.sections[d.layout.sections[0].name].state is SectionState.OCCUPIED
    return [] if counted_in else unplaced


def _take_out_of_lane(d: Draft, truck: TruckName) -> Reasons:
    """It stands before the boom. What is still held for it holds somebody's trace: suspect, and nobody's."""
    if not holds(d, truck):
        return []
    if d.trucks[truck].authority and not shows_no_way(d, d.trucks[truck]):
        return [why.SWEEP_NOT_PLACED.of("SWEEP", truck, d.trucks[truck].report.last_node)]
    for name, now in d.sections.items():
        if now.locked_for == truck:
            unlock(d, name, SectionState.SUSPECT if now.entered else now.state)
    leave_gates(d, truck)
    d.set_truck(truck, without_way(d.trucks[truck]))
    return []


def _adopt(d: Draft, truck: TruckName, at: int) -> Reasons:
    section = d.layout.sections[at - 1].name
    now = d.sections[section]
    if now.locked_for not in ("", truck):
        return [why.SECTION_LOCKED.of("SWEEP", section, now.locked_for)]
    if now.state is not SectionState.SUSPECT:
        return [why.SWEEP_NOT_PLACED.of("SWEEP", truck, d.trucks[truck].report.last_node)]
    d.set_section(section, replace(now, locked_for=truck, entered=True, vacant_before=False))
    return []


def _alone(d: Draft, truck: TruckName, section: SectionName) -> bool:
    at = d.layout.index.position[section]
    online = (name for name, now in d.trucks.items() if name != truck and now.report.connection is not Connection.OFFLINE)
    return not any(claimed(d, name) == at and not _known_ahead(d, name, at) for name in online)


def _known_ahead(d: Draft, truck: TruckName, at: int) -> bool:
    return front(d, truck) > at or has_left(d, truck)
