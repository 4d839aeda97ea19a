"""The lane that is searched: the shipped site's own, with fewer sections between its gates."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from lanectl.config import load
from lanectl.layout import Layout

SITE = Path(__file__).parents[2] / "config" / "bac-luan-2"


@cache
def cut(sections: int, *, both_ways: bool) -> Layout:
    """The first sections of Bắc Luân II and both its gates, with their units, wiring and limits."""
    whole = load(SITE).layout
    near, far = (replace(gate, weight_tolerance_kg=None) for gate in whole.gates)  # a weight is one more condition that changes no state
    points = (*whole.points[:sections], whole.points[-1])
    kept = [replace(section, exit=points[n + 1].name) for n, section in enumerate(whole.sections[:sections])]
    kept[-1] = replace(kept[-1], node=far.stop_node)
    carried = {name for point in points for group in point.groups for name in group}
    units = [replace(unit, detectors=tuple(name for name in unit.detectors if name in carried)) for unit in whole.units]
    one_way = replace(
        whole,
        weight_needed=False,
        gates=(near, far),
        points=points,
        sections=tuple(kept),
        units=tuple(unit for unit in units if unit.detectors or unit.name in {near.barrier_unit, far.barrier_unit}),
    )
    return _both_ways(one_way) if both_ways else one_way


def _both_ways(layout: Layout) -> Layout:
    """The site is worked one way; the same lane with the stops that the other direction needs."""
    near, far = layout.gates
    stops = [f"{near.name}-exit", *(f"{section.name}-back" for section in layout.sections[1:])]
    return replace(
        layout,
        both_ways=True,
        places_beyond_back=layout.places_beyond,
        sections=tuple(replace(section, node_back=stop) for section, stop in zip(layout.sections, stops, strict=True)),
        gates=(replace(near, stop_node_back=stops[0]), replace(far, stop_node_back=f"{far.name}-wait")),
    )
