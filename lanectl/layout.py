"""The lane's fixed shape: sections, detection points, gates, units. Checked when built; the rules trust it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lanectl.model import DetectorName, Direction, GateName, Lane, SectionName, TruckName, UnitName


class LayoutError(ValueError):
    """The described lane cannot exist. The message names the part and the remedy."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Time and count limits, each with its source. A site may set them tighter, never looser (checked with the configuration)."""

    boom_travel_s_max: float = 8.0  # B5. PTX: 4 s nominal, twice for wind and cold
    boom_repeat_s: float = 1.0  # rule 4: a move that is not seen to begin is asked again; a bus round with one lost answer takes 0.5 s
    reading_age_s_max: float = 0.6  # D1. Two refreshes of 0.25 s and one scan of 0.1 s
    state_age_s_max: float = 2.0  # T1. A state each second, one may be lost
    passage_gap_s_max: float = 1.2  # D2. Least crossing (17 m truck + 2 m loop at 6.9 m/s) is 2.75 s, its half 1.37 s, less a scan
    echo_s_max: float = 2.0  # VDA 5050 rule 25: sent again when the truck does not show it; a state each second, one may be lost
    aspect_proof_s_max: float = 1.0  # S4. Two polls at 9600 baud and the relay take 0.2 s; a STOP is repeated until read back
    obstructions_max: int = 3  # B7
    plate_wait_s_max: float = 30.0  # site.md: Ganqimaodu's gate takes 30 s; then a person is asked
    confirm_wait_s_max: float = 120.0  # four times that: a person has looked by then, or nobody does, and those behind wait


@dataclass(frozen=True, slots=True)
class Point:
    """A directional detection point. `groups`: detectors in the order a truck meets them in the layout's direction.

    A group is occupied when any of its detectors is, vacant when all are (D6). The section behind the point counts as
    entered when the group `counts_in_at` is reached.
    """

    name: str
    groups: tuple[tuple[str, ...], ...]
    counts_in_at: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """From point `entry` to point `exit`; `node` is where a truck stops in it, `length_m` between the points.

    `node_back`: where a truck stops in it that drives the other way, "" in a lane worked one way. `standing_harms`: a truck that is held
    while it is in here goes on to the next section in which it may stand.
    """

    name: str
    entry: str
    exit: str
    node: str
    length_m: float
    node_back: str = ""
    standing_harms: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """One lane end. Its point's groups are approach, under the boom, clear of the boom.

    `stop_node`: where a truck stands before the boom, outside at the entry gate and inside at the exit gate; `stop_node_back`: the
    same when the gates' parts are swapped, "" in a lane worked one way. `beyond_node`: where a truck that leaves here is clear of the lane.
    `weight_tolerance_kg`: how far what its weighbridge shows may lie from what is declared, None where it has none.
    """

    name: str
    point: str
    barrier_unit: str
    signal_unit: str
    stop_node: str
    beyond_node: str
    under: tuple[str, ...]
    stop_node_back: str = ""
    weight_tolerance_kg: int | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A device on a bus; `detectors` it carries; `signals`: it drives a lamp, so it must have an armed watchdog (S5)."""

    name: str
    detectors: tuple[str, ...]
    signals: bool


@dataclass(frozen=True, slots=True)
class Index:
    """Where each name of a layout stands. Positions count sections in driving order from 1; node 0 is the entry gate's stop line.

    `before` and `after`: the section on either side of a point, "" outside the lane. `beside_unit`: every section whose
    vacancy rests on that unit's detectors. `place`: as `node`, and the position of the section for each stop place in it of the
    other direction. `contrary`: every node that belongs to the other direction alone.
    """

    points: Mapping[str, Point]
    sections: Mapping[SectionName, Section]
    gates: Mapping[GateName, Gate]
    position: Mapping[SectionName, int]
    node: Mapping[str, int]
    before: Mapping[str, SectionName]
    after: Mapping[str, SectionName]
    point_of: Mapping[DetectorName, str]
    gate_of_point: Mapping[str, GateName]
    unit_of: Mapping[DetectorName, UnitName]
    detectors_of: Mapping[UnitName, tuple[DetectorName, ...]]
    beside_unit: Mapping[UnitName, tuple[SectionName, ...]]
    place: Mapping[str, int]
    contrary: frozenset[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """A lane from `gates[0]` to `gates[1]` in the given direction; `points[0]` and `points[-1]` are the gates'.

    `clearance_needed`, `weight_needed`, `container_needed`: explicit site settings (R3), shown on every screen when off. `places_beyond`:
    room for trucks behind the far gate, `places_beyond_back`: behind the near one. `both_ways`: it is worked in one direction at a time;
    then `mirrored` is the same lane seen in the other direction, in which every rule reads as it is written: `gates[0]` is the entry.

    What the bridge bears: `trucks_max` at a time, `load_kg_max` together by the greatest mass of each in `masses_kg`; 0 is no limit.
    `has_hours`: trucks enter within the opening hours only.
    """

    name: str
    direction: Direction
    points: tuple[Point, ...]
    sections: tuple[Section, ...]
    gates: tuple[Gate, ...]
    units: tuple[Unit, ...]
    overlap_sections: int
    clearance_needed: bool
    places_beyond: int
    limits: Limits
    both_ways: bool = False
    places_beyond_back: int = 0
    trucks_max: int = 0
    load_kg_max: int = 0
    masses_kg: tuple[tuple[TruckName, int], ...] = ()
    has_hours: bool = False
    weight_needed: bool = False
    container_needed: bool = False
    rear_plate_needed: bool = False
    index: "Index" = field(init=False, compare=False, repr=False)
    mirrored: "Layout | None" = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "index", _index(self))
        object.__setattr__(self, "mirrored", _mirrored(self) if self.both_ways else None)


def driven(layout: Layout, lane: Lane) -> Layout:
    """The lane as it is driven now. Whoever reads a lane by its layout reads it by this one."""
    return layout if lane.direction is layout.direction else layout.mirrored or layout


def _mirrored(layout: Layout) -> Layout:
    points = [replace(point, groups=point.groups[::-1]) for point in reversed(layout.points)]
    for end in (0, -1):  # where a gate counts in depends on its part, not on the gate
        points[end] = replace(points[end], counts_in_at=layout.points[end].counts_in_at)
    twin = replace(
        layout,
        direction=_OTHER[layout.direction],
        points=tuple(points),
        sections=tuple(replace(s, entry=s.exit, exit=s.entry, node=s.node_back, node_back=s.node) for s in reversed(layout.sections)),
        gates=tuple(replace(g, stop_node=g.stop_node_back, stop_node_back=g.stop_node) for g in reversed(layout.gates)),
        places_beyond=layout.places_beyond_back,
        places_beyond_back=layout.places_beyond,
        both_ways=False,  # else it would make a twin of its own
    )
    object.__setattr__(twin, "both_ways", True)
    object.__setattr__(twin, "mirrored", layout)
    return twin


_OTHER = {Direction.VN_TO_CN: Direction.CN_TO_VN, Direction.CN_TO_VN: Direction.VN_TO_CN}


def _check(layout: Layout) -> None:
    _check_order(layout)
    _check_gates(layout)
    _check_ways(layout)
    _check_names(layout)
    _check_wiring(layout)


def _check_order(layout: Layout) -> None:
    name, sections, points = layout.name, layout.sections, layout.points
    if len(points) != len(sections) + 1:
        raise LayoutError(f"{name}: {len(sections)} sections need {len(sections) + 1} detection points, {len(points)} are described")
    for section, entry, exit_ in zip(sections, points, points[1:], strict=False):
        if (section.entry, section.exit) != (entry.name, exit_.name):
            found = f"runs from {section.entry} to {section.exit}"
            raise LayoutError(f"section {section.name}: {found}, but the points in order are {entry.name} and {exit_.name}")
        if section.length_m <= 0:
            raise LayoutError(f"section {section.name}: length_m must be above 0, is {section.length_m}")
    for point in points:
        if not 0 <= point.counts_in_at < len(point.groups):
            raise LayoutError(f"point {point.name}: counts_in_at is {point.counts_in_at}, it has {len(point.groups)} groups")


def _check_gates(layout: Layout) -> None:
    if len(layout.gates) != 2:
        raise LayoutError(f"{layout.name}: a lane has two gates, {len(layout.gates)} are described")
    for gate, point in zip(layout.gates, (layout.points[0], layout.points[-1]), strict=True):
        if gate.point != point.name:
            raise LayoutError(f"gate {gate.name}: its point is {gate.point}, the lane's end there is {point.name}")
        if len(point.groups) != 3 or len(gate.under) < 2 or point.groups[1] != gate.under:
            raise LayoutError(f"gate {gate.name}: needs approach, under (two technologies, D6) and clear detectors in this order")
    for end in (layout.sections[-1], *(layout.sections[:1] if layout.both_ways else ())):
        if end.standing_harms:
            raise LayoutError(f"section {end.name}: trucks stand in it before the exit boom, so standing_harms cannot be true")
    last, exit_ = layout.sections[-1], layout.gates[1]
    if last.node != exit_.stop_node:
        raise LayoutError(f"section {last.name}: its node is {last.node}, but trucks leave the lane from {exit_.stop_node}")


def _check_ways(layout: Layout) -> None:
    back = {f"section {s.name}": s.node_back for s in layout.sections} | {f"gate {g.name}": g.stop_node_back for g in layout.gates}
    if not layout.both_ways:
        return
    missing = [what for what, node in back.items() if not node]
    if missing:
        raise LayoutError(f"{missing[0]}: a lane worked both ways needs its stop place in the other direction")
    if layout.places_beyond_back < 1:
        raise LayoutError(f"{layout.name}: a lane worked both ways needs places_beyond_back of at least 1")
    first, entry = layout.sections[0], layout.gates[0]
    if first.node_back != entry.stop_node_back:
        raise LayoutError(
            f"section {first.name}: its node back is {first.node_back}, but trucks leave the lane from {entry.stop_node_back}"
        )


def _check_names(layout: Layout) -> None:
    named = {
        "detector": [d for point in layout.points for group in point.groups for d in group],
        "input": [d for unit in layout.units for d in unit.detectors],
        "unit": [unit.name for unit in layout.units],
        "section": [section.name for section in layout.sections],
        "node": [*nodes(layout), *_nodes_back(layout)],
    }
    for what, names in named.items():
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise LayoutError(f"{what} {twice[0]} is described twice: give each its own name")


def _check_wiring(layout: Layout) -> None:
    unit_of = {d: unit.name for unit in layout.units for d in unit.detectors}
    units = {unit.name for unit in layout.units}
    for point in layout.points:
        detectors = [d for group in point.groups for d in group]
        missing = [d for d in detectors if d not in unit_of]
        if missing:
            raise LayoutError(f"detector {missing[0]} is carried by no unit: wire it to an input")
        if len({unit_of[d] for d in detectors}) > 1:
            raise LayoutError(f"point {point.name}: its detectors must be inputs of one unit, so that one poll shows their order")
    entries = layout.gates if layout.both_ways else layout.gates[:1]
    if layout.weight_needed and any(gate.weight_tolerance_kg is None for gate in entries):
        raise LayoutError(f"{layout.name}: weight is needed, and an entry gate has no weighbridge")
    for gate in layout.gates:
        unknown = [name for name in (gate.barrier_unit, gate.signal_unit) if name not in units]
        if unknown:
            raise LayoutError(f"gate {gate.name}: unit {unknown[0]} is not described")


def _index(layout: Layout) -> Index:
    names = [section.name for section in layout.sections]
    points = [point.name for point in layout.points]
    before = dict(zip(points, ["", *names], strict=True))
    after = dict(zip(points, [*names, ""], strict=True))
    point_of = {d: point.name for point in layout.points for group in point.groups for d in group}
    node = {name: at for at, name in enumerate(nodes(layout))}
    back = {section.node_back: at for at, section in enumerate(layout.sections, start=1) if section.node_back}
    return Index(
        points={point.name: point for point in layout.points},
        sections={section.name: section for section in layout.sections},
        gates={gate.name: gate for gate in layout.gates},
        position={name: at for at, name in enumerate(names, start=1)},
        node=node,
        before=before,
        after=after,
        point_of=point_of,
        gate_of_point={gate.point: gate.name for gate in layout.gates},
        unit_of={d: unit.name for unit in layout.units for d in unit.detectors},
        detectors_of={unit.name: unit.detectors for unit in layout.units},
        beside_unit={unit.name: _beside(unit, point_of, before, after) for unit in layout.units},
        place={**back, **node},
        contrary=frozenset(_nodes_back(layout)),
    )


def _beside(unit: Unit, point_of: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]) -> tuple[SectionName, ...]:
    points = [point_of[d] for d in unit.detectors if d in point_of]
    return tuple(dict.fromkeys(name for point in points for name in (before[point], after[point]) if name))


def nodes(layout: Layout) -> tuple[str, ...]:
    """Stop places in driving order: the entry gate's stop line, each section's, beyond the exit gate."""
    entry, exit_ = layout.gates
    return (entry.stop_node, *(section.node for section in layout.sections), exit_.beyond_node)


def _nodes_back(layout: Layout) -> tuple[str, ...]:
    """Those of the other direction, in its driving order; none in a lane worked one way."""
    entry, exit_ = layout.gates
    if not exit_.stop_node_back:
        return ()
    return (exit_.stop_node_back, *(section.node_back for section in reversed(layout.sections)), entry.beyond_node)
