"""What is described -> the lane's layout and where everything is in metres. Runs only on what the checks have accepted."""

from lanectl.layout import Gate, Layout, Limits, Point, Section, Unit
from lanectl.site.described import Described, GatePoint, LaneTable, LoopPoint
from lanectl.site.facts import Barrier, DetectorKind, DetectorPosition, GateSite, Positions, Scale, Signal


def stop_node(gate: GateSite) -> str:
    return f"{gate.name}-gate"


def beyond_node(gate: GateSite) -> str:
    return f"{gate.name}-clear"


def stop_node_back(gate: GateSite, *, entry: bool) -> str:
    """Where a truck stops here that drives the other way: inside at the gate that is then the exit, outside at the one it enters by."""
    if gate.back_stop_short_m is None:
        return ""
    return f"{gate.name}-exit" if entry else f"{gate.name}-wait"


def layout_of(name: str, found: Described, lane: LaneTable, limits: Limits) -> Layout:
    """Raises LayoutError where the lane cannot exist."""
    scales = {scale.thing.gate: scale.thing for scale in found.scales}
    return Layout(
        name=name,
        direction=lane.direction,
        points=_points(found),
        sections=_sections(found),
        gates=tuple(
            _gate((gate.thing, point.thing), barrier.thing, signal.thing, scales.get(gate.thing.name), entry=gate is found.gates[0])
            for gate, point, barrier, signal in zip(found.gates, found.gate_points, found.barriers, found.signals, strict=True)
        ),
        units=_units(found),
        overlap_sections=lane.overlap_sections,
        clearance_needed=lane.clearance_needed,
        places_beyond=lane.places_beyond,
        limits=limits,
        both_ways=lane.both_ways,
        places_beyond_back=lane.places_beyond_back,
        trucks_max=lane.trucks_max,
        load_kg_max=lane.load_kg_max,
        masses_kg=tuple((t.thing.serial, t.thing.mass_kg_max) for t in found.fleet) if lane.load_kg_max else (),
        has_hours=lane.hours is not None,
        weight_needed=lane.weight_needed,
        container_needed=lane.container_needed,
        rear_plate_needed=lane.rear_plate_needed,
    )


def point_metres(found: Described) -> list[tuple[str, float]]:
    """Every detection point in driving order with its place; a gate's own point is at its boom."""
    entry, exit_ = found.gates
    entry_point, exit_point = found.gate_points
    return [
        (entry_point.thing.name, entry.thing.at_m),
        *((p.thing.name, p.thing.at_m) for p in found.points),
        (exit_point.thing.name, exit_.thing.at_m),
    ]


def positions_of(found: Described, layout: Layout) -> Positions:
    points = dict(point_metres(found))
    entry, exit_ = (g.thing for g in found.gates)
    ends = {s.thing.name: s.thing.stop_short_m for s in found.sections}
    nodes = {section.node: points[section.exit] - ends[section.name] for section in layout.sections}
    nodes[stop_node(entry)] = entry.at_m - entry.stop_short_m
    nodes[stop_node(exit_)] = exit_.at_m - exit_.stop_short_m
    nodes[beyond_node(exit_)] = exit_.at_m + exit_.clear_m
    nodes |= _nodes_back(found, layout) if layout.both_ways else {}
    return Positions(
        nodes=nodes,
        points=points,
        detectors=_detector_positions(found),
        sections={section.name: (points[section.entry], points[section.exit]) for section in layout.sections},
        booms={gate.thing.name: gate.thing.at_m for gate in found.gates},
    )


def _nodes_back(found: Described, layout: Layout) -> dict[str, float]:
    """The stop places of the other direction; each lies before the end that is met last, which is the section's beginning."""
    points = dict(point_metres(found))
    entry, exit_ = (g.thing for g in found.gates)
    ends = {s.thing.name: s.thing.back_stop_short_m or 0.0 for s in found.sections}
    return {
        **{section.node_back: points[section.entry] + ends[section.name] for section in layout.sections},
        stop_node_back(exit_, entry=False): exit_.at_m + (exit_.back_stop_short_m or 0.0),
        beyond_node(entry): entry.at_m - entry.clear_m,
    }


def _points(found: Described) -> tuple[Point, ...]:
    entry, exit_ = (p.thing for p in found.gate_points)
    return (
        Point(entry.name, _names(entry), counts_in_at=1),
        *(Point(p.thing.name, ((p.thing.a,), (p.thing.b,))) for p in found.points),
        Point(exit_.name, _names(exit_)),
    )


def _names(point: GatePoint) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name for name, _ in group) for group in point.groups)


def _sections(found: Described) -> tuple[Section, ...]:
    places = point_metres(found)
    exit_gate = found.gates[-1].thing
    return tuple(
        Section(
            name=section.thing.name,
            entry=entry,
            exit=exit_,
            node=stop_node(exit_gate) if index == len(found.sections) - 1 else f"{section.thing.name}-stop",
            length_m=exit_m - entry_m,
            node_back=_node_back(found, index),
            standing_harms=section.thing.standing_harms,
        )
        for index, (section, (entry, entry_m), (exit_, exit_m)) in enumerate(zip(found.sections, places, places[1:], strict=False))
    )


def _node_back(found: Described, index: int) -> str:
    section = found.sections[index].thing
    if section.back_stop_short_m is None:
        return ""
    return stop_node_back(found.gates[0].thing, entry=True) if index == 0 else f"{section.name}-back"


def _gate(about: tuple[GateSite, GatePoint], barrier: Barrier, signal: Signal, scale: Scale | None, *, entry: bool) -> Gate:
    gate, point = about
    return Gate(
        name=gate.name,
        point=point.name,
        barrier_unit=barrier.unit,
        signal_unit=signal.unit,
        stop_node=stop_node(gate),
        beyond_node=beyond_node(gate),
        under=_names(point)[1],
        stop_node_back=stop_node_back(gate, entry=entry),
        weight_tolerance_kg=scale.tolerance_kg if scale else None,
    )


def _units(found: Described) -> tuple[Unit, ...]:
    with_signals = {s.thing.unit for s in found.signals}
    return (
        *(Unit(m.thing.name, tuple(name for name in m.thing.inputs if name), m.thing.name in with_signals) for m in found.modules),
        *(Unit(b.thing.unit, (), False) for b in found.barriers),
    )


def _detector_positions(found: Described) -> dict[str, DetectorPosition]:
    positions: dict[str, DetectorPosition] = {}
    for gate, point in zip(found.gates, found.gate_points, strict=True):
        for name, at in (pair for group in point.thing.groups for pair in group):
            positions[name] = DetectorPosition(gate.thing.at_m + at.at_m, at.length_m, at.kind)
    for loop_point in found.points:
        positions |= _loops(loop_point.thing)
    return positions


def _loops(point: LoopPoint) -> dict[str, DetectorPosition]:
    half = point.spacing_m / 2
    return {
        point.a: DetectorPosition(point.at_m - half, point.length_m, DetectorKind.LOOP),
        point.b: DetectorPosition(point.at_m + half, point.length_m, DetectorKind.LOOP),
    }
