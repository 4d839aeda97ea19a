"""A crude lane to drive whole crossings over step in virtual time: trucks roll to the end of what they were released, no further."""

from dataclasses import dataclass, field

from msgspec.structs import replace

from lanectl.layout import Layout
from lanectl.model import (
    Boom,
    BoomMove,
    CancelAuthority,
    Command,
    Connection,
    ExtendAuthority,
    IdentityReported,
    LinkLost,
    Match,
    PauseTruck,
    ReadPlate,
    RearmWatchdog,
    ResetBarrier,
    ResumeTruck,
    SectionState,
    SetAspect,
    SetBoom,
    TruckReported,
    WatchdogReported,
)
from tests.rules.words import Field

TICK_S = 0.2
SECTION_M = 77.25
BRAKING_MPS2 = 1.5
PULLING_MPS2 = 0.5
SPEED_MPS = 6.9
TRUCK_M = 17.0
BOOM_S = 4.0


@dataclass
class Truck:
    name: str
    front_m: float = -3.0
    speed: float = 0.0
    end: str = ""
    last_node: str = "vn-gate"
    paused: bool = False
    cancelled: bool = False
    linked: bool = True
    e_stop: bool = False
    said: TruckReported | None = None


@dataclass
class Bar:
    percent: float = 0.0  # 100 is UP
    target: float = 0.0

    @property
    def boom(self) -> Boom:
        if self.percent != self.target:
            return Boom.MOVING
        return {0.0: Boom.DOWN, 100.0: Boom.UP}.get(self.percent, Boom.UNKNOWN)


@dataclass
class Plant:
    """`waiting`: trucks that arrive one after another when the gate's place is free."""

    lane: Field
    waiting: list[str]
    trucks: list[Truck] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    bars: dict[str, Bar] = field(default_factory=lambda: {"vn": Bar(), "cn": Bar()})
    reading: bool = False
    most_at_once: int = 0
    stops_on_bridge: int = 0
    began_at: dict[str, float] = field(default_factory=dict)
    dead_units: set[str] = field(default_factory=set)

    @property
    def layout(self) -> Layout:
        return self.lane.layout

    @property
    def length_m(self) -> float:
        return SECTION_M * len(self.layout.sections)

    def node_m(self, node: str) -> float:
        stops = {s.node: SECTION_M * n - 12 for n, s in enumerate(self.layout.sections, start=1)}
        return {**stops, "vn-gate": -3.0, "cn-gate": self.length_m - 3, "cn-clear": self.length_m + 45}[node]

    def spans(self) -> dict[str, tuple[float, float]]:
        """Where each detector looks."""
        found: dict[str, tuple[float, float]] = {}
        for gate, at in (("vn", 0.0), ("cn", self.length_m)):
            found[f"{gate}-approach"] = (at - 6, at - 4)
            found[f"{gate}-loop"] = (at - 1, at + 1)
            found[f"{gate}-curtain"] = (at - 0.05, at + 0.05)
            found[f"{gate}-clear"] = (at + 4, at + 6)
        for n, point in enumerate(self.layout.points[1:-1], start=1):
            found[f"{point.name}-a"] = (SECTION_M * n - 2, SECTION_M * n)
            found[f"{point.name}-b"] = (SECTION_M * n, SECTION_M * n + 2)
        return found

    # ------------------------------------------------------------ one tick of the world

    def run(self, seconds: float, *, until: int = 0) -> None:
        """Until the time is over, or so many trucks have crossed."""
        end = self.lane.now + seconds
        while self.lane.now < end and not (until and len(self.crossed) >= until):
            self.tick()

    def tick(self) -> None:
        self._arrive()
        self.drive_alone()
        self._report()
        self.obey()
        self._judge()

    def drive_alone(self) -> None:
        """Nobody listens and nobody asks."""
        self.lane.now += TICK_S
        for truck in self.trucks:
            self._drive(truck)
        for bar in self.bars.values():
            step = 100 * TICK_S / BOOM_S
            bar.percent = min(bar.target, bar.percent + step) if bar.target > bar.percent else max(bar.target, bar.percent - step)

    def unplug(self, unit: str, *, told: bool = True) -> None:
        """It hears nothing and says nothing. `told`: the link notices at once."""
        self.dead_units.add(unit)
        if told:
            self.lane.say(LinkLost(unit, "unplugged"))

    def plug(self, unit: str) -> None:
        self.dead_units.discard(unit)

    def say_of(self, truck: Truck, connection: Connection) -> None:
        self.lane.say(replace(self.report_of(truck), connection=connection))

    def _arrive(self) -> None:
        free = all(truck.front_m - TRUCK_M > 8 for truck in self.trucks)
        if self.waiting and free:
            name = self.waiting.pop(0)
            self.trucks.append(Truck(name))
            self.lane.clear(name)

    def _drive(self, truck: Truck) -> None:
        to_go = (self.node_m(truck.end) - truck.front_m) if truck.end and not (truck.paused or truck.e_stop) else 0.0
        reachable = min(SPEED_MPS, truck.speed + PULLING_MPS2 * TICK_S, (2 * BRAKING_MPS2 * max(0.0, to_go - 0.1)) ** 0.5)
        was = truck.speed
        truck.speed = max(reachable, was - 2 * BRAKING_MPS2 * TICK_S, 0.0) if to_go > 0.2 else 0.0
        self.stops_on_bridge += was > 0.5 and truck.speed == 0.0 and 0 < truck.front_m < self.length_m
        truck.front_m += truck.speed * TICK_S
        for node in (*(s.node for s in self.layout.sections), "cn-clear"):
            if abs(truck.front_m - self.node_m(node)) < 0.7:
                truck.last_node = node

    def report_of(self, truck: Truck) -> TruckReported:
        return TruckReported(
            truck.name,
            Connection.ONLINE if truck.linked else Connection.BROKEN,
            localised=True,
            e_stop=truck.e_stop,
            last_node=truck.last_node,
            authority_end=truck.end,
            standing=truck.speed == 0.0,
            paused=truck.paused,
            cancelled=truck.cancelled,
        )

    def _report(self) -> None:
        covered = {
            name
            for name, (low, high) in self.spans().items()
            if any(truck.front_m >= low and truck.front_m - TRUCK_M <= high for truck in self.trucks)
        }
        self.lane.occupied = covered
        for unit in self.layout.units:
            if unit.name in self.dead_units:
                continue
            if unit.detectors:
                self.lane.detect(unit.name)
                self.obey()
        for gate in self.layout.gates:
            if gate.barrier_unit not in self.dead_units:
                self.lane.boom(gate.name, self.bars[gate.name].boom)
            if gate.signal_unit not in self.dead_units:
                self.lane.lamp(gate.name, self.lane.shown[gate.name])
        for truck in list(self.trucks):
            report = self.report_of(truck)
            if truck.linked and (report != truck.said or round(self.lane.now * 10) % 10 < 2):
                truck.said = report
                self.lane.say(report)
            if truck.last_node == "cn-clear" and truck.speed == 0.0:
                self.trucks.remove(truck)
                self.crossed.append(truck.name)
                self.lane.say(TruckReported(truck.name, Connection.OFFLINE, last_node="cn-clear"))
        if self.reading:
            here = next((truck for truck in self.trucks if truck.front_m == -3.0), None)
            if here:
                self.lane.say(IdentityReported("vn", Match.MATCHED, here.name, "14C12345", 0.97, "sha"))

    # ------------------------------------------------------------ commands

    def obey(self) -> None:
        for command in self.lane.take():
            self._obey(command)

    def _obey(self, command: Command) -> None:
        match command:
            case SetBoom(gate, move) if self.layout.index.gates[gate].barrier_unit not in self.dead_units:
                bar = self.bars[gate]
                bar.target = {BoomMove.UP: 100.0, BoomMove.DOWN: 0.0, BoomMove.STOP: bar.percent}[move]
            case SetAspect(gate, aspect):
                self.lane.shown[gate] = aspect
            case ReadPlate(_, wanted):
                self.reading = wanted
            case RearmWatchdog(unit):
                self.lane.say(WatchdogReported(unit, armed=True, tripped=False, proved=True))
            case ResetBarrier() | SetBoom():
                pass
            case ExtendAuthority() | CancelAuthority() | PauseTruck() | ResumeTruck():
                self._tell(command)

    def _tell(self, command: ExtendAuthority | CancelAuthority | PauseTruck | ResumeTruck) -> None:
        truck = next((t for t in self.trucks if t.name == command.truck and t.linked), None)
        if truck is None:
            return
        self.began_at.setdefault(truck.name, self.lane.now)
        match command:
            case ExtendAuthority(_, node):
                truck.end, truck.cancelled = node, False
            case CancelAuthority():
                truck.end, truck.cancelled = "", True
            case PauseTruck():
                truck.paused = True
            case ResumeTruck():
                truck.paused = False

    # ------------------------------------------------------------ the truth

    def _judge(self) -> None:
        """What must never be seen, whatever the lane believes."""
        on_bridge = [truck for truck in self.trucks if truck.front_m > 0 and truck.front_m - TRUCK_M < self.length_m]
        self.most_at_once = max(self.most_at_once, len(on_bridge))
        for gate, at in (("vn", 0.0), ("cn", self.length_m)):
            under = [truck.name for truck in self.trucks if truck.front_m > at > truck.front_m - TRUCK_M]
            assert not under or self.bars[gate].percent > 90, f"boom {gate} at {self.bars[gate].percent} % over {under}"
        for n, section in enumerate(self.layout.sections):
            low, high = SECTION_M * n, SECTION_M * (n + 1)
            inside = [truck.name for truck in on_bridge if truck.front_m > low + 2 and truck.front_m - TRUCK_M < high - 2]
            assert len(inside) <= 1, f"{inside} in {section.name}"
            if inside:
                assert self.lane.section(section.name).state is not SectionState.VACANT, f"{inside} in vacant {section.name}"
