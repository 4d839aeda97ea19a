"""What a truck weighs before the boom, against what is declared for it (R3)."""

from lanectl.interlocking import refusals as why
from lanectl.interlocking.draft import Draft
from lanectl.layout import Gate
from lanectl.model import Refusal, TruckName, WeightNow, WeightReported

UNHEARD = WeightNow(None, "silent", float("-inf"))


def report_weight(d: Draft, report: WeightReported) -> None:
    d.set_weight(report.gate, WeightNow(report.weight_kg, report.why, d.now))


def reasons_of_weight(d: Draft, truck: TruckName, gate: Gate) -> list[Refusal]:
    """A weight that is needed must be there; one that is there must agree, needed or not."""
    if gate.weight_tolerance_kg is None:
        return []
    declared_kg = next((c.declared_weight_kg for c in d.consignments.values() if c.truck == truck), None)
    if declared_kg is None:
        return [why.WEIGHT_UNDECLARED.of(truck, gate.name)] if d.layout.weight_needed else []
    now = d.weights.get(gate.name, UNHEARD)
    if now.weight_kg is None:
        return [why.WEIGHT_MISSING.of(truck, gate.name, now.why, str(declared_kg))] if d.layout.weight_needed else []
    if abs(now.weight_kg - declared_kg) <= gate.weight_tolerance_kg:
        return []
    return [why.WEIGHT_OTHER.of(truck, gate.name, str(now.weight_kg), str(declared_kg), str(gate.weight_tolerance_kg))]
