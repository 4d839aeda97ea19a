"""The lane as one step changes it: maps are copied when first written, so that what does not change costs nothing."""

from collections.abc import Callable
from typing import TypeVar

from lanectl.interlocking.refusals import Kind
from lanectl.layout import Layout, driven
from lanectl.model import (
    COUNT_LOST,
    CameraNow,
    Command,
    Consignment,
    DetectorName,
    DetectorNow,
    Direction,
    GateName,
    GateNow,
    Lane,
    PointNow,
    Refusal,
    SectionName,
    SectionNow,
    SectionState,
    Service,
    TruckName,
    TruckNow,
    UnitName,
    UnitNow,
    WeightNow,
)

Value = TypeVar("Value")


class Draft:
    """Lives for one step; `lane` is what the step began with, and is never touched.

    `listed` is the lane as it is described, `layout` as it is driven: in it `gates[0]` is the entry.
    """

    __slots__ = (
        "armed",
        "cameras",
        "commands",
        "consignments",
        "count",
        "detectors",
        "direction",
        "gates",
        "held_before",
        "in_hours",
        "journal_writable",
        "lane",
        "layout",
        "limits",
        "listed",
        "now",
        "out",
        "points",
        "refusals",
        "sections",
        "service",
        "trucks",
        "trucks_changed",
        "units",
        "weights",
    )

    def __init__(self, layout: Layout, lane: Lane, now: float) -> None:
        self.listed = layout
        self.limits = layout.limits
        self.now = now
        self.commands: list[Command] = []
        self.refusals: list[Refusal] = []
        self.begin(lane)

    def begin(self, lane: Lane) -> None:
        self.lane = lane
        self.layout = driven(self.listed, lane)
        self.direction: Direction = lane.direction
        self.count: int = lane.count
        self.service: Service = lane.service
        self.journal_writable: bool = lane.journal_writable
        self.armed: bool = lane.armed
        self.out: bool = lane.out
        self.detectors: dict[DetectorName, DetectorNow] = lane.detectors
        self.points: dict[str, PointNow] = lane.points
        self.sections: dict[SectionName, SectionNow] = lane.sections
        self.held_before: tuple[dict[SectionName, SectionNow], dict[TruckName, int]] | None = None
        self.gates: dict[GateName, GateNow] = lane.gates
        self.units: dict[UnitName, UnitNow] = lane.units
        self.trucks: dict[TruckName, TruckNow] = lane.trucks
        self.trucks_changed: set[TruckName] = set()
        self.consignments: dict[str, Consignment] = lane.consignments
        self.cameras: dict[str, CameraNow] = lane.cameras
        self.weights: dict[GateName, WeightNow] = lane.weights
        self.in_hours: bool = lane.in_hours

    def set_detector(self, name: DetectorName, new: DetectorNow) -> None:
        self.detectors = _with(self.detectors, self.lane.detectors, name, new)

    def set_point(self, name: str, new: PointNow) -> None:
        self.points = _with(self.points, self.lane.points, name, new)

    def set_section(self, name: SectionName, new: SectionNow) -> None:
        self.sections = _with(self.sections, self.lane.sections, name, new)
        self.held_before = None

    def set_gate(self, name: GateName, new: GateNow) -> None:
        self.gates = _with(self.gates, self.lane.gates, name, new)

    def set_unit(self, name: UnitName, new: UnitNow) -> None:
        self.units = _with(self.units, self.lane.units, name, new)

    def set_truck(self, name: TruckName, new: TruckNow) -> None:
        self.trucks = _with(self.trucks, self.lane.trucks, name, new)
        self.trucks_changed.add(name)

    def set_consignment(self, name: str, new: Consignment) -> None:
        self.consignments = _with(self.consignments, self.lane.consignments, name, new)

    def set_camera(self, name: str, new: CameraNow) -> None:
        self.cameras = _with(self.cameras, self.lane.cameras, name, new)

    def set_weight(self, gate: GateName, new: WeightNow) -> None:
        self.weights = _with(self.weights, self.lane.weights, gate, new)

    def held(self) -> dict[TruckName, int]:
        """Who holds sections, with the position of the furthest one that it was counted into, 0 for none. Nearly every rule asks."""
        if self.held_before is None or self.held_before[0] is not self.sections:
            self.held_before = (self.sections, _held(self.sections))
        return self.held_before[1]

    def drop_consignments(self, truck: TruckName) -> None:
        """The one that just crossed: the first that was declared for this truck."""
        self.drop_consignment(next((name for name, c in self.consignments.items() if c.truck == truck), ""))

    def drop_consignment(self, dropped: str) -> None:
        self.consignments = {name: c for name, c in self.consignments.items() if name != dropped}

    def counted(self, change: int) -> None:
        """R8. More trucks than sections, or fewer than none, cannot be: then the count says nothing until it is begun anew."""
        if self.count != COUNT_LOST:
            count = self.count + change
            self.count = count if 0 <= count <= len(self.layout.sections) else COUNT_LOST

    def count_anew(self) -> None:
        """R8. The whole lane was just seen to be vacant, by persons who declare it or by a truck that swept it."""
        if all(now.state is SectionState.VACANT and not now.locked_for for now in self.sections.values()):
            self.count = 0

    def say(self, command: Command) -> None:
        self.commands.append(command)

    def refuse(self, kind: Kind, subject: str, *values: str) -> None:
        self.refusals.append(kind.of(subject, *values))

    @property
    def halted(self) -> bool:
        """Nothing is given to anybody and no boom comes down."""
        return self.service is Service.EMERGENCY_STOP or self.service is Service.OUT_OF_SERVICE

    def due(self, since: float, limit_s: float) -> bool:
        """Written as the sum that wake_at uses, so that waking at the limit's end finds it ended."""
        return self.now >= since + limit_s

    def done(self) -> Lane:
        return Lane(
            service=self.service,
            direction=self.direction,
            journal_writable=self.journal_writable,
            detectors=self.detectors,
            points=self.points,
            sections=self.sections,
            gates=self.gates,
            units=self.units,
            trucks=self.trucks,
            consignments=self.consignments,
            armed=self.armed,
            out=self.out,
            count=self.count,
            cameras=self.cameras,
            weights=self.weights,
            in_hours=self.in_hours,
        )


def _held(sections: dict[SectionName, SectionNow]) -> dict[TruckName, int]:
    held: dict[TruckName, int] = {}
    for at, now in enumerate(sections.values(), start=1):
        if now.locked_for:
            held[now.locked_for] = at if now.entered else held.get(now.locked_for, 0)
    return held


def _with(current: dict[str, Value], base: dict[str, Value], name: str, new: Value) -> dict[str, Value]:
    changed = dict(current) if current is base else current
    changed[name] = new
    return changed


Rule = Callable[[Draft], None]
