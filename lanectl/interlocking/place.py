"""PLACE: a person tells a truck that does not know where it is where it stands (VDA 5050 initPosition).

What a truck says of its place never proves anything vacant (D5), so a wrong word costs a section its trust and nothing more. It is refused
where the lane knows better, and while the truck has a way: that way began where it believed itself to be.
"""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import Reasons
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import beyond, front, silent
from lanectl.model import ActRequested, Connection, PlaceTruck, Placing, SectionState, TruckMode, TruckName

ACT = "PLACE"


def place(d: Draft, act: ActRequested) -> Reasons:
    truck = act.target
    if truck not in d.trucks:
        return [why.ACT_TARGET_UNKNOWN.of(ACT, truck)]
    if act.place not in d.layout.index.node:
        return [why.ACT_TARGET_UNKNOWN.of(ACT, act.place)]
    found = _of_truck(d, truck) + _of_lane(d, truck, act.place)
    if not found:
        now = d.trucks[truck]
        d.set_truck(truck, replace(now, report=replace(now.report, placing=Placing.ASKED)))  # what came of it earlier answers no more
        d.say(PlaceTruck(truck, act.place, act.x_m))
    return found


def _of_truck(d: Draft, truck: TruckName) -> Reasons:
    """It is heard, takes it, stands, and has no way of anybody's. By hand it is sent nothing (VDA 5050 6.10.6)."""
    now, found = d.trucks[truck], Reasons()
    report = now.report
    if report.connection is not Connection.ONLINE:
        found.append(why.TRUCK_NOT_ONLINE.of(ACT, report.connection.value))
    elif silent(d, now):
        found.append(why.TRUCK_SILENT.of(ACT, f"{d.limits.state_age_s_max:g}"))
    if report.mode is not TruckMode.AUTOMATIC:
        found.append(why.TRUCK_NOT_AUTOMATIC.of(ACT, report.mode.value))
    if not report.places:
        found.append(why.PLACE_NOT_TAKEN.of(ACT, truck))
    if not report.standing:
        found.append(why.RESET_TRUCK_MOVING.of(ACT, truck))
    if now.authority or now.cancelling or (report.authority_end and not report.order_done):
        found.append(why.PLACE_HAS_WAY.of(ACT, truck))
    return found


def _of_lane(d: Draft, truck: TruckName, node: str) -> Reasons:
    """E1, D5. Where it was counted into, or the section before; else only where nothing is known: outside, or in a suspect section."""
    found = [] if d.journal_writable else [why.JOURNAL_NOT_WRITABLE.of(ACT)]
    at, says = front(d, truck), d.layout.index.place[node]
    outside = says in (0, beyond(d))
    if says in (at - 1, at) or (outside and at == 0):
        return found
    if not outside and says > at:
        now = d.sections[d.layout.sections[says - 1].name]
        if now.state is SectionState.SUSPECT and now.locked_for in ("", truck):
            return found
    return [*found, why.PLACE_CONTRADICTED.of(ACT, truck, node)]
