"""What a truck weighs before the boom, against what is declared for it (R3)."""

from lanectl.interlocking import refusals as why
from lanectl.interlocking.draft import Draft
from lanectl.layout import Gate
from lanectl.model import Refusal, TruckName, Weighed, WeightNow, WeightReported

UNHEARD = WeightNow(None, "silent", float("-inf"))


def report_weight(d: Draft, report: WeightReported) -> None:
    d.set_weight(report.gate, WeightNow(report.weight_kg, report.why, d.now))


def weighed_by(d: Draft, truck: TruckName, gate: Gate) -> Weighed | None:
    """What stays known of the truck that is given its way from there; who drives out is not weighed."""
    if gate is not d.layout.gates[0] or gate.weight_tolerance_kg is None:
        return None
    weight_kg = _weight_of(d, truck, gate).weight_kg
    return None if weight_kg is None else Weighed(truck, weight_kg)


def _weight_of(d: Draft, truck: TruckName, gate: Gate) -> WeightNow:
    """One that lost the way that it was given may stand off the scale in part: what it weighed before counts, while no more is shown."""
    now, weighed = d.weights.get(gate.name, UNHEARD), d.gates[gate.name].weighed
    if weighed is None or weighed.truck != truck or not weighed.outweighs(now):
        return now
    return WeightNow(weighed.weight_kg, "", now.at)


def reasons_of_weight(d: Draft, truck: TruckName, gate: Gate) -> list[Refusal]:
    """A weight that is needed must be there; one that is there must agree, needed or not."""
    if gate.weight_tolerance_kg is None:
        return []
    declared_kg = next((c.declared_weight_kg for c in d.consignments.values() if c.truck == truck), None)
    if declared_kg is None:
        return [why.WEIGHT_UNDECLARED.of(truck, gate.name)] if d.layout.weight_needed else []
    now = _weight_of(d, truck, gate)
    if now.weight_kg is None:
        return [why.WEIGHT_MISSING.of(truck, gate.name, now.why, str(declared_kg))] if d.layout.weight_needed else []
    if abs(now.weight_kg - declared_kg) <= gate.weight_tolerance_kg:
        return []
    return [why.WEIGHT_OTHER.of(truck, gate.name, str(now.weight_kg), str(declared_kg), str(gate.weight_tolerance_kg))]
