"""What else is read of a truck before the boom, against its plate in front and what is declared under it (R3)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.draft import Draft
from lanectl.layout import Gate, Layout
from lanectl.model import Consignment, GateNow, Refusal, Sight, SightReported, TruckName


def with_sight(now: GateNow, report: SightReported, at: float) -> GateNow:
    """Frames that agree on nothing any more do not take back what others agreed on, or a person read."""
    held = seen_of(now, report.sight)
    if held is not None and held.text and not report.text:
        return now
    others = tuple(sight for sight in now.sights if sight.sight is not report.sight)
    return replace(now, sights=(*others, report), sighted_at=at)


def seen_of(now: GateNow, sight: Sight) -> SightReported | None:
    return next((seen for seen in now.sights if seen.sight is sight), None)


def reasons_of_sights(d: Draft, truck: TruckName, gate: Gate) -> list[Refusal]:
    """What is needed must have been read; what was read must be declared for this truck, needed or not."""
    found = list[Refusal]()
    for sight in (Sight.REAR, Sight.CONTAINER):
        read = seen_of(d.gates[gate.name], sight)
        if read is not None and read.text:
            found += _contradictions(d, truck, gate, read)
        elif sight in _needed(d.layout):
            found += [*_holding(d, truck, gate, sight), _unread(truck, gate, sight, read)]
    return found


def declared(d: Draft, truck: TruckName, sight: Sight) -> tuple[str, ...]:
    """At the rear a trailer wears its own plate; without one the truck wears its plate there too."""
    carried = _carried(d, truck)
    if carried is None:
        return ()
    if sight is Sight.REAR:
        return carried.other_plates or (carried.plate,)
    return (carried.container,) if carried.container else ()


def is_declared(d: Draft, truck: TruckName, plate: str) -> bool:
    """The plate stands in the line of the manifest that this truck crosses on, which its papers are asked of: one that is declared anew may
    name another. Where nobody said anything of either, it does.
    """
    carried = _carried(d, truck)
    if carried is not None:
        return plate in (carried.plate, *carried.other_plates)
    return not any(plate in (c.plate, *c.other_plates) for c in d.consignments.values())


def _carried(d: Draft, truck: TruckName) -> Consignment | None:
    return next((c for c in d.consignments.values() if c.truck == truck), None)


def _needed(layout: Layout) -> tuple[Sight, ...]:
    wanted = ((Sight.REAR, layout.rear_plate_needed), (Sight.CONTAINER, layout.container_needed))
    return tuple(sight for sight, is_needed in wanted if is_needed)


def _contradictions(d: Draft, truck: TruckName, gate: Gate, read: SightReported) -> list[Refusal]:
    told = declared(d, truck, read.sight)
    if read.text in told:
        return []
    if not told:
        return [why.SIGHT_UNDECLARED.of(truck, gate.name, read.sight.value, read.text)]
    carried = _carried(d, truck)
    plate = carried.plate if carried is not None else ""
    return [why.SIGHT_OTHER.of(truck, gate.name, read.sight.value, read.text, plate, ", ".join(told))]


def _unread(truck: TruckName, gate: Gate, sight: Sight, read: SightReported | None) -> Refusal:
    if read is None:
        return why.SIGHT_UNREAD.of(truck, gate.name, sight.value)
    if not read.read:
        return why.SIGHT_UNREADABLE.of(truck, gate.name, sight.value)
    return why.SIGHT_UNSURE.of(truck, gate.name, sight.value, read.read)


def _holding(d: Draft, truck: TruckName, gate: Gate, sight: Sight) -> list[Refusal]:
    """Nobody confirmed it in time, or nothing was to be seen."""
    limit_s = d.limits.confirm_wait_s_max
    return [why.SIGHT_HOLDING.of(truck, gate.name, sight.value, f"{limit_s:g}")] if read_for(d, gate, limit_s) else []


def read_for(d: Draft, gate: Gate, limit_s: float) -> bool:
    """What stands there has been looked at for so long, and still is."""
    now = d.gates[gate.name]
    return now.reading_plate and d.due(now.plate_asked_at, limit_s)
