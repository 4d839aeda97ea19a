"""The whole simulated lane in one deterministic piece: the world, the devices on their lines, the vehicles. No I/O, time passed in."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import compress
from math import inf
from operator import is_not
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from drivers.wire.vda5050.topics import Peer
from sim.barrier import Board
from sim.camera_faults import CameraFault, Weather
from sim.io_module import Module
from sim.line import Answer, Line
from sim.plan import DetectorPlan, GatePlan, SimPlan, TruckPlan
from sim.scale import Scale
from sim.scene import TICK_S, Arm, Place, Truck, World, arm_m, covers, entry_of, initial, load_kg, occupied, spans, under_arm
from sim.truck import Vehicle
from sim.truck_plan import Seen, VehiclePlan, Way
from sim.unit import Unit
from sim.world import advance_to, drive_arm, halt, release, withdraw


class Stuck(Enum):
    """What a detector says whatever passes. DARK: it has no power, its contact is open."""

    OCCUPIED = "occupied"
    VACANT = "vacant"
    DARK = "dark"


class Shown(Enum):
    """What a lane signal's lamps really show."""

    STOP = "STOP"
    PROCEED = "PROCEED"
    DARK = "DARK"


_NOTHING_SEEN = Seen(0.0, 0.0)
SAFE_M = 1e-6  # what sums of metres come out wrong by is less


class Passed(Struct, frozen=True):
    """How many edges lie before a truck's most metre and up to its least. In the same place that holds while its front is between these."""

    place: Place | None
    edges: tuple[int, int]
    from_m: float = -inf
    to_m: float = inf


_NOWHERE = Passed(None, (-2, -2))


@dataclass(slots=True)
class Driver:
    """A truck's computer. `running` False: it is dead, the truck drives its base to the end. `signed_on`: it is meant to be on line.

    `lies_m`: so much farther on than it is it says that it is. `seen` is what it was told of `truck` while it lied by `lied_m`, `way` what
    it then obeyed.
    """

    vehicle: Vehicle
    running: bool = True
    deaths: int = 0
    signed_on: bool = True
    lies_m: float = 0.0
    truck: Truck | None = None
    lied_m: float = 0.0
    seen: Seen = _NOTHING_SEEN
    way: Way | None = None


class SimLane:
    """Begins at `now`. Call `advance` often, `drive` about ten times a second, `write` with what the master put on a line."""

    def __init__(self, plan: SimPlan, now: float = 0.0) -> None:
        self.plan = plan
        self.world: World = replace(initial(plan), ticks=int(now / TICK_S))
        bauds = {port.name: port.baud for port in plan.ports}
        self.boards = {barrier.unit: Board(barrier, bauds[barrier.port]) for barrier in plan.barriers}
        self.modules = {module.unit: Module(module, bauds[module.port], now) for module in plan.modules}
        self.units: dict[str, Unit] = {**self.boards, **self.modules}
        on_port = {barrier.unit: barrier.port for barrier in plan.barriers} | {module.unit: module.port for module in plan.modules}
        self.lines = {
            port.name: Line(port, [unit for unit in self.units.values() if on_port[unit.name] == port.name]) for port in plan.ports
        }
        self.scales = {scale.gate: Scale(scale) for scale in plan.scales}
        self.drivers = {truck.serial: Driver(vehicle_of(plan, truck, _seen(self.world.trucks[truck.serial]))) for truck in plan.trucks}
        for serial, driver in self.drivers.items():
            driver.signed_on = self.world.trucks[serial].place is not Place.AWAY
        self.unplugged: set[str] = set()  # ports
        self.stuck: dict[str, Stuck] = {}
        self.failed_lamps: set[tuple[str, Shown]] = set()
        self.camera_faults: dict[str, CameraFault] = {}  # by camera
        self.weather: dict[str, Weather] = {}  # by camera, what differs from the plan's
        self._blind: set[str] = set()  # loops that got power under a truck and do not see it
        self._detectors = {detector.name: detector for detector in plan.detectors}
        stretches = [*((d.from_m, d.to_m) for d in plan.detectors), *(arm_m(gate) for gate in plan.gates)]
        self._edges = sorted({edge for stretch in stretches for edge in stretch})
        self._passed = dict.fromkeys(self.world.trucks, _NOWHERE)
        self._trucks_seen: Mapping[str, Truck | None] = dict.fromkeys(self.world.trucks)
        self._sees = {detector.name: self._covered(detector) for detector in plan.detectors}
        self._wired: dict[str, tuple[tuple[object, ...], list[bool]]] = {}  # what the modules' contacts were made of
        self._gates = {gate.name: gate for gate in plan.gates}
        self._under = {gate.name: under_arm(self.world, gate) for gate in plan.gates}

    # ------------------------------------------------------------ time

    def advance(self, now: float) -> None:
        while (at := self.world.ticks * TICK_S + TICK_S) <= now + 1e-9:
            self._notice_passing()
            for board in self.boards.values():
                gate = board.plan.gate
                motor = board.observe(at, self.world.arms[gate], self._under[gate])
                self.world = drive_arm(self.world, gate, motor)
            self.world = advance_to(self.world, at)
            self._notice_passing()
            if self._blind:
                self._blind = {name for name in self._blind if self._sees[name]}
            doubts = self._doubts()
            for module in self.modules.values():
                contacts = self._contacts(module, doubts)
                if contacts is not module.contacts or at >= module.rests_until:
                    module.observe(at, contacts)

    def write(self, port: str, now: float, data: bytes, baud: int | None = None) -> list[Answer]:
        """What the master wrote, and what comes back when."""
        self.advance(now)
        return self.lines[port].receive(now, data, baud)

    def wake(self, port: str, now: float) -> list[Answer]:
        return self.lines[port].wake(now)

    def weighed(self, now: float) -> list[tuple[str, bytes]]:
        """What the scales say by themselves, each on its port."""
        self.advance(now)
        sent = []
        for scale in self.scales.values():
            load, moves = load_kg(self.world, scale.plan.from_m, scale.plan.to_m)
            sent.append((scale.plan.port, scale.sends(now, load, moves)))
        return [(port, frame) for port, frame in sent if frame]

    # ------------------------------------------------------------ trucks

    def drive(self, now: float, wall_utc: str) -> None:
        """Each vehicle looks at its truck and says how far it may go."""
        self.advance(now)
        for serial, driver in self.drivers.items():
            truck = self.world.trucks[serial]
            if not driver.running:
                continue
            if truck is not driver.truck:
                self._sign_on_or_off(driver, truck, wall_utc)
            unmoved = truck is driver.truck
            if not unmoved or driver.lies_m != driver.lied_m:
                driver.truck, driver.lied_m = truck, driver.lies_m
                driver.seen = Seen(truck.front_m + driver.lies_m, truck.speed_mps, truck.e_stop, truck.heading)
            way = driver.vehicle.advance(now, wall_utc, driver.seen)
            if unmoved and way is driver.way:
                continue
            driver.way = way
            if truck.halted != way.halted:
                self.world = halt(self.world, serial, way.halted)
            if truck.place is Place.LANE and way.released_to_m != truck.released_m:
                to_m = way.released_to_m
                self.world = withdraw(self.world, serial) if to_m is None else release(self.world, serial, to_m)

    def _sign_on_or_off(self, driver: Driver, truck: Truck, wall_utc: str) -> None:
        if driver.signed_on and truck.place is Place.AWAY:
            driver.vehicle.sign_off(wall_utc)
            driver.signed_on = False
        elif not driver.signed_on and truck.place in (Place.YARD, Place.PARKED):
            driver.signed_on = True

    # ------------------------------------------------------------ detectors and lamps

    def reads(self, name: str) -> bool | None:
        """Whether the detector says occupied; None while it is dark."""
        match self.stuck.get(name):
            case Stuck.OCCUPIED:
                return True
            case Stuck.VACANT:
                return False
            case Stuck.DARK:
                return None
            case None:
                return self._sees[name] and name not in self._blind

    def shown(self, gate: str) -> Shown:
        """Red hangs on the interposing relay's rest contact: no power, no PROCEED."""
        for module in self.modules.values():
            if module.plan.gate == gate:
                lit = Shown.PROCEED if module.relays[module.plan.proceed_relay] else Shown.STOP
                return Shown.DARK if (gate, lit) in self.failed_lamps else lit
        return Shown.DARK

    def power_on(self, unit: str, now: float) -> None:
        """Its cabinet's loops get power with it, and take what stands on them for the road (D4)."""
        module = self.modules.get(unit)
        if module is not None and not module.powered:
            covered = (self._detectors[name] for name in module.plan.inputs if name)
            self._blind |= {d.name for d in covered if d.kind == "loop" and self._covered(d)}
        self.units[unit].restore_power(now)

    def _notice_passing(self) -> None:
        """What detectors and photocells see changes only when the front or the rear of a truck passes one of their edges."""
        trucks, seen, changed = self.world.trucks, self._trucks_seen, False
        if trucks is seen:
            return
        self._trucks_seen = trucks
        for truck in compress(trucks.values(), map(is_not, trucks.values(), seen.values())):
            before = self._passed[truck.serial]
            if before.place is truck.place and before.from_m < truck.front_m < before.to_m:
                continue
            self._passed[truck.serial] = now = _passed(truck, self._edges)
            changed = changed or now.edges != before.edges
        if changed:
            first_m, last_m = self._edges[0], self._edges[-1]
            near = [(low_m, high_m) for low_m, high_m in spans(self.world) if low_m < last_m and high_m > first_m]  # most of a fleet is not
            self._sees = {name: covers(near, detector.from_m, detector.to_m) for name, detector in self._detectors.items()}
            self._under = {name: covers(near, *arm_m(gate)) for name, gate in self._gates.items()}
            self._wired.clear()

    def _doubts(self) -> tuple[object, ...]:
        if not (self.stuck or self.failed_lamps or self._blind):
            return ()
        return tuple(self.stuck.items()), tuple(self.failed_lamps), tuple(self._blind)

    def _covered(self, detector: DetectorPlan) -> bool:
        return occupied(self.world, detector.from_m, detector.to_m)

    def _contacts(self, module: Module, doubts: tuple[object, ...]) -> list[bool]:
        """What the module's inputs see: a closed contact reads 1, a dark detector's is open. Made anew when something changed."""
        plan = module.plan
        made_of = (module.relays, doubts)
        known = self._wired.get(plan.unit)
        if known is not None and known[0] == made_of:
            return known[1]
        contacts: list[bool] = []
        self._wired[plan.unit] = (made_of, contacts)
        for place, name in enumerate((*plan.inputs, *("",) * 6)[:6]):
            if name:
                occupied_now = self.reads(name)
                contacts.append(False if occupied_now is None else (not occupied_now) == (plan.vacant_when == 1))
            elif plan.gate and place == plan.stop_proof_input:
                contacts.append(self.shown(plan.gate) is Shown.STOP)
            elif plan.gate and place == plan.proceed_proof_input:
                contacts.append(self.shown(plan.gate) is Shown.PROCEED)
            else:
                contacts.append(False)
        return contacts

    # ------------------------------------------------------------ the truth

    def truth(self) -> dict[str, Any]:
        """The world as it is, for tests and people: plain values, fit for JSON."""
        return {
            "now": round(self.world.now, 3),
            "trucks": {serial: _told(truck, self.drivers[serial]) for serial, truck in self.world.trucks.items()},
            "booms": {board.plan.gate: _boom_told(board, self.world.arms[board.plan.gate]) for board in self.boards.values()},
            "signals": {gate: self.shown(gate).value for gate in self._gates},
            "detectors": {name: self.reads(name) for name in self._detectors},
            "units": {
                name: {"powered": unit.powered, "frozen": unit.frozen, "tripped": isinstance(unit, Module) and unit.tripped}
                for name, unit in self.units.items()
            },
            "unplugged": sorted(self.unplugged),
            "crossings": sum(t.crossing - (t.place is not Place.AWAY) for t in self.world.trucks.values()),
            "broken": [
                {"at": round(b.at, 3), "name": b.offence.name, "subjects": list(b.offence.subjects), "words": b.words}
                for b in self.world.broken
            ],
        }

    def entry_of(self, truck: Truck) -> GatePlan:
        return entry_of(self.plan, truck.heading)

    def board_of(self, gate: str) -> Board:
        return next(board for board in self.boards.values() if board.plan.gate == gate)


def _passed(truck: Truck, edges: Sequence[float]) -> Passed:
    if not truck.on_road:
        return Passed(truck.place, (-1, -1))
    low_m, high_m = truck.span()
    before, up_to = bisect_left(edges, high_m), bisect_right(edges, low_m)
    bounds = (-inf, *edges, inf)
    back_m = max(bounds[before] - high_m, bounds[up_to] - low_m) + SAFE_M
    on_m = min(bounds[before + 1] - high_m, bounds[up_to + 1] - low_m) - SAFE_M
    return Passed(truck.place, (before, up_to), truck.front_m + back_m, truck.front_m + on_m)


def vehicle_of(plan: SimPlan, truck: TruckPlan, seen: Seen) -> Vehicle:
    mqtt = plan.mqtt
    return Vehicle(
        VehiclePlan(
            peer=Peer(mqtt.interface if mqtt else "uagv", truck.manufacturer, truck.serial, truck.vda5050),
            map_id=mqtt.map_id if mqtt else "",
            nodes=tuple((node.name, node.at_m) for node in plan.nodes),
            nodes_back=tuple((node.name, node.at_m) for node in plan.nodes_back),
            length_m=truck.length_m,
            speed_mps_max=truck.speed_mps_max,
            accel_mps2=truck.accel_mps2,
            braking_mps2=truck.braking_mps2,
            state_interval_s=truck.state_interval_s,
            work_s=truck.work_s,
            actions=truck.actions,
        ),
        seen,
    )


def _seen(truck: Truck) -> Seen:
    return Seen(truck.front_m, truck.speed_mps, heading=truck.heading)


def _told(truck: Truck, driver: Driver) -> dict[str, Any]:
    return {
        "place": truck.place.value,
        "front_m": round(truck.front_m, 2),
        "speed_mps": round(truck.speed_mps, 2),
        "released_m": truck.released_m,
        "heading": truck.heading,
        "plate": truck.plate,
        "weight_kg": truck.weight_kg,
        "crossing": truck.crossing,
        "running": driver.running,
        "e_stop": truck.e_stop,
    }


def _boom_told(board: Board, arm: Arm) -> dict[str, Any]:
    return {"raised": round(arm.raised, 3), "state": board.state.name, "local": board.local, "error": int(board.error)}
