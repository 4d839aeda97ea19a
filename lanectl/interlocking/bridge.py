"""R3, what a site says of its bridge: its opening hours, how many trucks it takes at a time, what it bears."""

from lanectl.interlocking import refusals as why
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import has_left, holds
from lanectl.model import Refusal, TruckName


def reasons_of_bridge(d: Draft, truck: TruckName) -> list[Refusal]:
    """Asked when it enters. Who is inside when the hours end is brought off; a sweep proves the lane at any hour."""
    found, limited = list[Refusal](), d.layout.trucks_max > 0 or d.layout.load_kg_max > 0
    others = [name for name in d.trucks if name != truck and _on_bridge(d, name)] if limited else []
    if d.layout.has_hours and not d.in_hours and not d.trucks[truck].sweeping:
        found.append(why.OUTSIDE_HOURS.of(truck))
    if 0 < d.layout.trucks_max <= len(others):
        found.append(why.BRIDGE_FULL.of(truck, str(d.layout.trucks_max)))
    return found + _of_load(d, truck, others) if d.layout.load_kg_max else found


def _on_bridge(d: Draft, truck: TruckName) -> bool:
    """It is in the lane, or may drive into it on what was released to it."""
    return holds(d, truck) or (d.trucks[truck].authority != "" and not has_left(d, truck))


def _of_load(d: Draft, truck: TruckName, others: list[TruckName]) -> list[Refusal]:
    """By the greatest mass that each truck may have; one that was weighed heavier than that is not let on at all."""
    masses = dict(d.layout.masses_kg)
    if any(name not in masses for name in (truck, *others)):
        return [why.MASS_UNKNOWN.of(truck)]
    entry = d.layout.gates[0].name
    weighed = d.weights[entry].weight_kg if entry in d.weights else None
    if weighed is not None and weighed > masses[truck]:
        return [why.TRUCK_OVERWEIGHT.of(truck, entry, str(weighed), str(masses[truck]))]
    load_kg = sum(masses[name] for name in (truck, *others))
    return [why.LOAD_TOO_GREAT.of(truck, str(load_kg), str(d.layout.load_kg_max))] if load_kg > d.layout.load_kg_max else []
