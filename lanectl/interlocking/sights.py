"""What else is read of a truck before the boom, against its plate in front and what is declared under it (R3)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.draft import Draft
from lanectl.layout import Gate, Layout
from lanectl.model import Consignment, GateNow, Refusal, Sight, SightReported, TruckName


def with_sight(now: GateNow, report: SightReported, at: float) -> GateNow:
    """Frames that agree on nothing any more do not take back what others agreed on."""
    held = next((sight for sight in now.sights if sight.sight is report.sight), None)
    if held is not None and held.text and not report.text:
        return now
    others = tuple(sight for sight in now.sights if sight.sight is not report.sight)
    return replace(now, sights=(*others, report), sighted_at=at)


def reasons_of_sights(d: Draft, truck: TruckName, gate: Gate) -> list[Refusal]:
    """What is needed must have been read; what was read must be declared for this truck, needed or not."""
    carried = next((c for c in d.consignments.values() if c.truck == truck), None)
    found = list[Refusal]()
    for sight in (Sight.REAR, Sight.CONTAINER):
        read = next((seen for seen in d.gates[gate.name].sights if seen.sight is sight), None)
        reason = _reason(truck, gate, sight, read, carried, needed=sight in _needed(d.layout))
        found += [] if reason is None else [reason]
    return found


def _needed(layout: Layout) -> tuple[Sight, ...]:
    wanted = ((Sight.REAR, layout.rear_plate_needed), (Sight.CONTAINER, layout.container_needed))
    return tuple(sight for sight, is_needed in wanted if is_needed)


def _reason(
    truck: TruckName, gate: Gate, sight: Sight, read: SightReported | None, carried: Consignment | None, *, needed: bool
) -> Refusal | None:
    declared = _declared(sight, carried)
    if read is not None and read.text:
        plate = carried.plate if carried is not None else ""
        against = why.SIGHT_OTHER.of(truck, gate.name, sight.value, read.text, plate, ", ".join(declared))
        unknown = why.SIGHT_UNDECLARED.of(truck, gate.name, sight.value, read.text)
        return None if read.text in declared else against if declared else unknown
    if not needed:
        return None
    return (why.SIGHT_UNREAD if read is None else why.SIGHT_UNREADABLE).of(truck, gate.name, sight.value)


def _declared(sight: Sight, carried: Consignment | None) -> tuple[str, ...]:
    """At the rear a trailer wears its own plate; without one the truck wears its plate there too."""
    if carried is None:
        return ()
    if sight is Sight.REAR:
        return carried.other_plates or (carried.plate,)
    return (carried.container,) if carried.container else ()
