"""The lane's fixed shape: sections, detection points, gates, units. Checked when built; the rules trust it."""

from dataclasses import dataclass

from lanectl.model import Direction


class LayoutError(ValueError):
    """The described lane cannot exist. The message names the part and the remedy."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Time and count limits, each with its source. A site may set them tighter, never looser (checked with the configuration)."""

    boom_travel_s_max: float = 8.0  # PTX: 4 s nominal, twice for wind and cold
    reading_age_s_max: float = 0.6  # two refreshes of 0.25 s and one scan
    state_age_s_max: float = 2.0  # T1: a state each second, one may be lost
    passage_gap_s_max: float = 1.2  # D2: half of (17 m + loop) at 25 km/h
    echo_s_max: float = 2.0  # rule 25: sent again when the truck does not show it
    aspect_proof_s_max: float = 1.0  # read back of a lamp; a STOP is repeated until then
    obstructions_max: int = 3  # B7
    plate_wait_s_max: float = 30.0  # then a person is asked


@dataclass(frozen=True, slots=True)
class Point:
    """A directional detection point. `groups`: detectors in the order a truck meets them (VN_TO_CN).

    A group is occupied when any of its detectors is, vacant when all are (D6). The section behind the point counts as
    entered when the group `counts_in_at` is reached.
    """

    name: str
    groups: tuple[tuple[str, ...], ...]
    counts_in_at: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """From point `entry` to point `exit`; `node` is where a truck stops in it, `length_m` between the points."""

    name: str
    entry: str
    exit: str
    node: str
    length_m: float


@dataclass(frozen=True, slots=True)
class Gate:
    """One lane end. Its point's groups are approach, under the boom, clear of the boom.

    `stop_node`: where a truck stands before the boom; `beyond_node`: where it is clear of the lane behind the boom.
    """

    name: str
    point: str
    barrier_unit: str
    signal_unit: str
    stop_node: str
    beyond_node: str
    under: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A device on a bus; `detectors` it carries; `signals`: it drives a lamp, so it must have an armed watchdog (S5)."""

    name: str
    detectors: tuple[str, ...]
    signals: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A lane from `gates[0]` to `gates[1]` in the given direction; `points[0]` and `points[-1]` are the gates'.

    `clearance_needed`: an explicit site setting (R3), shown on every screen when off. `places_beyond`: room for trucks behind the far gate.
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

    def __post_init__(self) -> None:
        _check(self)


def _check(layout: Layout) -> None:
    if len(layout.gates) != 2:
        raise LayoutError(f"{layout.name}: a lane has two gates, {len(layout.gates)} are described")
    if len(layout.points) != len(layout.sections) + 1:
        raise LayoutError(f"{layout.name}: {len(layout.sections)} sections need {len(layout.sections) + 1} detection points, {len(layout.points)} are described")
    for section, entry, exit_ in zip(layout.sections, layout.points, layout.points[1:], strict=False):
        if (section.entry, section.exit) != (entry.name, exit_.name):
            raise LayoutError(f"section {section.name}: runs from {section.entry} to {section.exit}, but the points in order are {entry.name} and {exit_.name}")
        if section.length_m <= 0:
            raise LayoutError(f"section {section.name}: length_m must be above 0, is {section.length_m}")
    for gate, point in zip(layout.gates, (layout.points[0], layout.points[-1]), strict=True):
        if gate.point != point.name:
            raise LayoutError(f"gate {gate.name}: its point is {gate.point}, the lane's end there is {point.name}")
        if len(point.groups) != 3 or len(gate.under) < 2 or point.groups[1] != gate.under:
            raise LayoutError(f"gate {gate.name}: needs approach, under (two technologies, D6) and clear detectors in this order")
    if layout.sections[-1].node != layout.gates[1].stop_node:
        raise LayoutError(f"section {layout.sections[-1].name}: its node is {layout.sections[-1].node}, but trucks leave the lane from {layout.gates[1].stop_node}")
    detectors = [d for point in layout.points for group in point.groups for d in group]
    carried = [d for unit in layout.units for d in unit.detectors]
    for names, what in ((detectors, "detector"), (carried, "detector"), ([u.name for u in layout.units], "unit"), ([s.name for s in layout.sections], "section"), (nodes(layout), "node")):
        twice = sorted({n for n in names if list(names).count(n) > 1})
        if twice:
            raise LayoutError(f"{what} {twice[0]} is described twice: give each its own name")
    missing = sorted(set(detectors) - set(carried))
    if missing:
        raise LayoutError(f"detector {missing[0]} is carried by no unit: wire it to an input")


def nodes(layout: Layout) -> tuple[str, ...]:
    """Stop places in driving order: the entry gate's stop line, each section's, beyond the exit gate."""
    entry, exit_ = layout.gates
    return (entry.stop_node, *(section.node for section in layout.sections), exit_.beyond_node)
