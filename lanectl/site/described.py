"""What the files of a site describe, thing by thing, each with the place where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from lanectl.model import Direction
from lanectl.site.facts import (
    Barrier,
    Camera,
    Declared,
    DetectorPosition,
    GateSite,
    Hours,
    IoModule,
    Person,
    Port,
    Scale,
    Signal,
    Truck,
    YardAction,
)
from lanectl.site.problems import Place

Thing_co = TypeVar("Thing_co", covariant=True)


@dataclass(frozen=True, slots=True)
class At(Generic[Thing_co]):
    """A described thing and where it stands."""

    thing: Thing_co
    place: Place


@dataclass(frozen=True, slots=True)
class GatePoint:
    """A gate's own detection point: the groups in the order a truck meets them, metres from the boom."""

    name: str
    groups: tuple[tuple[tuple[str, DetectorPosition], ...], ...]


@dataclass(frozen=True, slots=True)
class LoopPoint:
    """Two loops between two sections: `a` is met first; their middles are `spacing_m` apart, each `length_m` long."""

    name: str
    at_m: float
    a: str
    b: str
    spacing_m: float
    length_m: float


@dataclass(frozen=True, slots=True)
class SectionEnd:
    """`back_stop_short_m`: how far before its other end a truck stops that drives the other way, None where nobody does.

    `standing_harms`: a held truck goes on from here to the next section in which it may stand.
    """

    name: str
    stop_short_m: float
    back_stop_short_m: float | None = None
    standing_harms: bool = False


@dataclass(frozen=True, slots=True)
class LaneTable:
    direction: Direction
    overlap_sections: int
    clearance_needed: bool
    places_beyond: int
    speed_mps_max: float
    border_m: float
    both_ways: bool = False
    places_beyond_back: int = 0
    trucks_max: int = 0
    load_kg_max: int = 0
    hours: Hours | None = None
    weight_needed: bool = True
    container_needed: bool = True
    rear_plate_needed: bool = False


@dataclass(slots=True)
class Described:
    """Filled file by file while a site is read."""

    gates: list[At[GateSite]] = field(default_factory=list)
    gate_points: list[At[GatePoint]] = field(default_factory=list)
    ports: list[At[Port]] = field(default_factory=list)
    modules: list[At[IoModule]] = field(default_factory=list)
    barriers: list[At[Barrier]] = field(default_factory=list)
    signals: list[At[Signal]] = field(default_factory=list)
    cameras: list[At[Camera]] = field(default_factory=list)
    scales: list[At[Scale]] = field(default_factory=list)
    points: list[At[LoopPoint]] = field(default_factory=list)
    sections: list[At[SectionEnd]] = field(default_factory=list)
    fleet: list[At[Truck]] = field(default_factory=list)
    yard_actions: list[At[YardAction]] = field(default_factory=list)
    manifest: list[At[Declared]] = field(default_factory=list)
    persons: list[At[Person]] = field(default_factory=list)

    def detectors(self) -> Iterator[tuple[str, Place, tuple[str | int, ...]]]:
        """Every detector's name with the table and the key that give it."""
        for gate in self.gate_points:
            for key, group in zip(("approach", "under", "clear"), gate.thing.groups, strict=True):
                for index, (name, _) in enumerate(group):
                    yield name, gate.place, ((key, index, "name") if key == "under" else (key, "name"))
        for point in self.points:
            yield point.thing.a, point.place, ("a",)
            yield point.thing.b, point.place, ("b",)
