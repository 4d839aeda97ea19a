"""What is declared to cross, and what both authorities say of it (R3)."""

from typing import assert_never

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import front
from lanectl.model import Authority, ClearanceReported, Consignment, ConsignmentReported, ConsignmentWithdrawn, Refusal, Standing, TruckName

FOREVER = float("inf")

# ---------------------------------------------------------------- reports


def report_consignment(d: Draft, report: ConsignmentReported) -> None:
    """Declared again with anything else than it was cleared as, it has to be cleared again."""
    was = d.consignments.get(report.consignment)
    new = Consignment(
        report.truck,
        report.plate,
        container=report.container,
        declared_weight_kg=report.declared_weight_kg,
        other_plates=report.other_plates,
        until=report.until,
        direction=report.direction,
        priority=report.priority,
    )
    if was is not None and replace(was, standing=(), ends=(), until=report.until, priority=report.priority) == new:
        new = replace(was, until=report.until, priority=report.priority)
    d.set_consignment(report.consignment, new)


def withdraw_consignment(d: Draft, report: ConsignmentWithdrawn) -> None:
    """What carries it and has not entered has no consignment any more; one in the lane goes on with what it carries."""
    was = d.consignments.get(report.consignment)
    if was is None:
        return
    if front(d, was.truck) > 0:
        d.refuse(why.WITHDRAWAL_LATE, report.consignment, report.consignment, was.truck)
        return
    d.drop_consignment(report.consignment)


def report_clearance(d: Draft, report: ClearanceReported) -> None:
    was = d.consignments.get(report.consignment)
    if was is None:
        d.refuse(why.CLEARANCE_UNKNOWN, report.consignment, report.consignment)
        return
    others = tuple(said for said in was.standing if said[0] is not report.authority)
    ends = tuple(end for end in was.ends if end[0] is not report.authority)
    if report.until != FOREVER:
        ends = (*ends, (report.authority, report.until))
    d.set_consignment(report.consignment, replace(was, standing=(*others, (report.authority, report.standing)), ends=ends))


def start(d: Draft) -> None:
    """What ends at a time counts for nothing until it is told again: that clock may have begun anew."""
    for name, was in d.consignments.items():
        ended = {authority for authority, _ in was.ends}
        standing = tuple(said for said in was.standing if said[0] not in ended or said[1] is not Standing.CLEARED)
        until = FOREVER if was.until == FOREVER else d.now
        if (standing, until) != (was.standing, was.until):
            d.set_consignment(name, replace(was, standing=standing, ends=(), until=until))


def consignment_ends(d: Draft) -> list[float]:
    """When what was said of consignments ends."""
    ends = list[float]()
    for now in d.consignments.values():
        if now.until != FOREVER:
            ends.append(now.until)
        if now.ends:
            ends += (end for _, end in now.ends if end != FOREVER)
    return ends


# ---------------------------------------------------------------- conditions


def reasons_of_consignment(d: Draft, truck: TruckName, target: int) -> list[Refusal]:
    """For a way to the node at `target`. A hold that comes while the truck is where standing does harm stops it at the next place where
    standing does none; beyond its gates it never comes uncleared, neither in nor out. Where nobody has to clear it, its order still says
    which way and until when.
    """
    if _stop_does_harm(d, target):
        return []
    name = next((name for name, c in d.consignments.items() if c.truck == truck), None)
    if name is None:
        return [why.CONSIGNMENT_MISSING.of(truck)] if d.layout.clearance_needed else []
    found = _against_entering(d, truck, name) if target == 1 else []
    for authority in Authority if d.layout.clearance_needed else ():
        kind = _kept_out_by(d, d.consignments[name], authority)
        if kind is not None:
            found.append(kind.of(truck, name, authority.value))
    return found


def _against_entering(d: Draft, truck: TruckName, name: str) -> list[Refusal]:
    now, found = d.consignments[name], list[Refusal]()
    if now.direction is not None and now.direction is not d.layout.direction:
        found.append(why.CONSIGNMENT_OTHER_WAY.of(truck, name, now.direction.value))
    if d.due(now.until, 0.0):
        found.append(why.ORDER_EXPIRED.of(truck, name))
    return found


def _stop_does_harm(d: Draft, target: int) -> bool:
    """Without a way to `target` it would stand in the section before."""
    return target > 1 and d.layout.sections[target - 2].standing_harms


def _kept_out_by(d: Draft, consignment: Consignment, authority: Authority) -> why.Kind | None:
    said = dict(consignment.standing).get(authority)
    match said:
        case None:
            return why.CONSIGNMENT_NOT_CLEARED
        case Standing.CLEARED:
            return why.CLEARANCE_EXPIRED if d.due(dict(consignment.ends).get(authority, FOREVER), 0.0) else None
        case Standing.HELD:
            return why.CONSIGNMENT_HELD
        case Standing.EXPIRED:
            return why.CLEARANCE_EXPIRED
        case Standing.WITHDRAWN:
            return why.CLEARANCE_WITHDRAWN
        case _:
            assert_never(said)
