"""What to simulate: devices on their ports, the lane's metres, trucks, cameras. Built by whoever has parsed the site."""

from dataclasses import dataclass
from typing import Any

import msgspec


class PlanError(ValueError):
    """The plan cannot be simulated. The message names the part and the remedy."""


@dataclass(frozen=True, slots=True)
class PortPlan:
    """A serial port: the simulator makes a pseudo-terminal and puts a symlink to it at `path`.

    `wire_time`: answers take as long as they would on a wire at `baud` (in clock seconds), else only the turnaround.
    """

    name: str
    path: str
    baud: int
    wire_time: bool = True


@dataclass(frozen=True, slots=True)
class BarrierPlan:
    """A CAME PTX board on `port` that moves the boom of `gate`. `boom_up`: where the boom stands at the start."""

    unit: str
    port: str
    address: int
    gate: str
    boom_up: bool = False


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A Moxa R1214. `inputs`: detector names in the order of its inputs, "" where none is wired.

    `vacant_when`: what a detector's input reads while vacant (1: fail-safe loops close their contact while vacant).
    A module that drives a signal names its `gate`, the relay that shows PROCEED when energised, and its two lamp-proof inputs.
    Relays come up in `power_on`; `watchdog_s` 0: as delivered (off, 10 s).
    """

    unit: str
    port: str
    address: int
    inputs: tuple[str, ...]
    vacant_when: int = 1
    gate: str = ""
    proceed_relay: int = 0
    stop_proof_input: int | None = None
    proceed_proof_input: int | None = None
    watchdog_s: int = 0
    input_filter: int = 2


@dataclass(frozen=True, slots=True)
class DetectorPlan:
    """A detector sees any truck between these metres. A `kind` "loop" does not see a truck that stands on it when its power comes."""

    name: str
    from_m: float
    to_m: float
    kind: str = "loop"


@dataclass(frozen=True, slots=True)
class GatePlan:
    """A lane end. Trucks stop with their front at `stop_m`; at `clear_m` they are clear of the lane.

    `back_stop_m`, `back_clear_m`: the same for trucks that drive the other way, None where nobody does.
    """

    name: str
    boom_m: float
    stop_m: float
    clear_m: float
    under: tuple[str, ...]
    back_stop_m: float | None = None
    back_clear_m: float | None = None


@dataclass(frozen=True, slots=True)
class NodePlan:
    name: str
    at_m: float


@dataclass(frozen=True, slots=True)
class SectionPlan:
    name: str
    from_m: float
    to_m: float


Actions = tuple[tuple[str, tuple[str, ...]], ...]
"""What a vehicle does at nodes, each with the keys of its parameters."""

PICK_AND_DROP: Actions = (("pick", ()), ("drop", ()))


@dataclass(frozen=True, slots=True)
class TruckPlan:
    """One VDA 5050 vehicle. `plate` is what it wears; `accel_mps2` 0.5 is a laden truck pulling off.

    `work_s`: how long it picks or drops. `heading`: -1 where its first crossing goes against the plan's driving order.
    `weight_kg`: with its load.
    `trailer`: the plate at its rear, "" for its own. `container`: the number on it, "" for none.
    """

    serial: str
    manufacturer: str
    plate: str
    length_m: float = 17.0
    speed_mps_max: float = 6.9
    accel_mps2: float = 0.5
    braking_mps2: float = 1.5
    state_interval_s: float = 1.0
    vda5050: str = "2.1.0"
    work_s: float = 20.0
    actions: Actions = PICK_AND_DROP
    heading: int = 1
    weight_kg: int = 20_000
    trailer: str = ""
    container: str = ""


@dataclass(frozen=True, slots=True)
class ArrivalsPlan:
    """How trucks queue before the entry gate and come back to it.

    `gap_m` lies between queued trucks; the next is moved up to the stop line once the one before has its rear `pull_up_m` behind
    the entry boom; `return_s` after it drove off a truck stands at the queue's end again. `begin_away`: nobody queues until called.
    `by_call`: a truck stands in the yard, beside the road, until it is called to the gate. On a lane worked both ways it comes back over
    the same lane.
    """

    return_s: float = 60.0
    gap_m: float = 5.0
    pull_up_m: float = 8.0
    yard_speed_mps: float = 2.0
    begin_away: bool = False
    by_call: bool = False


@dataclass(frozen=True, slots=True)
class MqttPlan:
    """Where trucks find their broker. `map_id` is the VDA 5050 map of the lane. `yard`: the topic of calls to the yards."""

    host: str
    port: int
    interface: str = "uagv"
    map_id: str = ""
    yard: str = ""


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """Looks at the truck before `gate`; frames are served at http://127.0.0.1:<http_port>/<name>.mjpg (0: any free port).

    `photographs`: a folder of JPEG files to be shown, one after the other, instead of a drawn truck. `weather`: day, night or rain.
    `sees`: front, rear or container.
    """

    name: str
    gate: str
    http_port: int = 0
    frames_per_s: float = 5.0
    photographs: str = ""
    weather: str = "day"
    sees: str = "front"


@dataclass(frozen=True, slots=True)
class ScalePlan:
    """A weighbridge before `gate` from `from_m` to `to_m`, alone on `port`; its terminal counts in steps as `point` and `step` of
    drivers.wire.toledo_scale have them: of 20 kg.
    """

    gate: str
    port: str
    from_m: float
    to_m: float
    point: int = 1
    step: int = 2


@dataclass(frozen=True, slots=True)
class CustomsPlan:
    """The customs system of one side of the lane `site`. `authority`: VN or CN; `temper`: a name of sim.customs.TEMPERS."""

    site: str
    authority: str
    temper: str
    seed: int


@dataclass(frozen=True, slots=True)
class SimPlan:
    """One lane. Gates, sections and nodes are in driving order; the first gate is the entry, the second the exit. `nodes_back`: those of
    the other direction, in its order, none where the lane is worked one way.

    `places_beyond`: so many trucks find room side by side behind the exit boom, `places_beyond_back` behind the entry.
    The shared clock reads (CLOCK_MONOTONIC - `epoch`) * `speed`. `control`: path of the control socket.
    """

    seed: int
    speed: float
    epoch: float
    ports: tuple[PortPlan, ...]
    barriers: tuple[BarrierPlan, ...]
    modules: tuple[ModulePlan, ...]
    detectors: tuple[DetectorPlan, ...]
    gates: tuple[GatePlan, ...]
    nodes: tuple[NodePlan, ...]
    sections: tuple[SectionPlan, ...]
    trucks: tuple[TruckPlan, ...]
    control: str
    mqtt: MqttPlan | None = None
    cameras: tuple[CameraPlan, ...] = ()
    scales: tuple[ScalePlan, ...] = ()
    arrivals: ArrivalsPlan = ArrivalsPlan()
    places_beyond: int = 1
    nodes_back: tuple[NodePlan, ...] = ()
    places_beyond_back: int = 1
    customs: tuple[CustomsPlan, ...] = ()

    @property
    def both_ways(self) -> bool:
        return bool(self.nodes_back)

    def __post_init__(self) -> None:
        _check(self)


def to_json(plan: SimPlan) -> bytes:
    return msgspec.json.format(msgspec.json.encode(plan), indent=1)


def from_json(data: bytes | str) -> SimPlan:
    try:
        return msgspec.json.decode(data, type=SimPlan)
    except msgspec.DecodeError as error:
        raise PlanError(f"the simulation plan does not read: {error}") from error


def _check(plan: SimPlan) -> None:
    if len(plan.gates) != 2:
        raise PlanError(f"a lane has two gates, the plan has {len(plan.gates)}")
    stops = [(plan.gates[1], plan.gates[1].back_stop_m), (plan.gates[0], plan.gates[0].back_clear_m)] if plan.both_ways else []
    missing = [gate.name for gate, at_m in stops if at_m is None]
    if missing:
        raise PlanError(f"gate {missing[0]}: a lane worked both ways needs its back_stop_m and back_clear_m")
    if plan.speed <= 0:
        raise PlanError(f"speed must be above 0, is {plan.speed}")
    ports = {port.name for port in plan.ports}
    gates = {gate.name for gate in plan.gates}
    detectors = {detector.name for detector in plan.detectors}
    units: tuple[BarrierPlan | ModulePlan, ...] = (*plan.barriers, *plan.modules)
    for unit in units:
        if unit.port not in ports:
            raise PlanError(f"unit {unit.unit}: port {unit.port} is not among {sorted(ports)}")
        if unit.gate and unit.gate not in gates:
            raise PlanError(f"unit {unit.unit}: gate {unit.gate} is not among {sorted(gates)}")
    for module in plan.modules:
        unknown = sorted({name for name in module.inputs if name} - detectors)
        if unknown:
            raise PlanError(f"unit {module.unit}: detector {unknown[0]} has no place in the lane")
    at_gates = [(f"camera {camera.name}", camera.gate) for camera in plan.cameras]
    at_gates += [(f"scale on {scale.port}", scale.gate) for scale in plan.scales]
    for what, gate in at_gates:
        if gate not in gates:
            raise PlanError(f"{what}: gate {gate} is not among {sorted(gates)}")
    names: list[tuple[str, list[Any]]] = [
        ("unit", [unit.unit for unit in units]),
        ("port", [port.name for port in plan.ports]),
        ("address", [(unit.port, unit.address) for unit in units]),
        ("truck", [truck.serial for truck in plan.trucks]),
        ("scale", [scale.gate for scale in plan.scales]),
        ("detector", [detector.name for detector in plan.detectors]),
        ("node", [node.name for node in (*plan.nodes, *plan.nodes_back)]),
    ]
    for what, given in names:
        twice = [name for name in given if given.count(name) > 1]
        if twice:
            raise PlanError(f"{what} {twice[0]} is planned twice")
