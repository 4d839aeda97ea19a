"""When a fault meets a rule at work: while a boom comes down there, or a truck rolls over the place or waits for its way."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.scene import Motor, Place, Truck

if TYPE_CHECKING:
    from sim.bench import Bench

LOOK_S = 0.2  # between two looks whether it has come; an arm takes four seconds
WAITS_S = 90.0  # then it happens all the same
NEAR_M = 4.0
AT_END_M = 1.0
STOPS_BEFORE_M = 30.0  # a gate's stop line lies within
ONLY_GATES = frozenset({"GATE", "CAMERA", "SCALE"})


def _lowering(bench: "Bench", target: str, kind: str) -> bool:
    """A boom comes down there, or somewhere where the fault is no place's."""
    return any(bench.lane.world.arms[gate].motor is Motor.LOWER for gate in _gates(bench, target, kind))


def _raised(bench: "Bench", target: str, kind: str) -> bool:
    """A boom goes up or stands up, and the truck that it is for has not come to it."""
    coming = _meant(bench, target, kind)
    return any(truck.until(boom_m) > 0.0 and _is_released_to(truck, boom_m) for boom_m in _up_m(bench, target, kind) for truck in coming)


def _rolling(bench: "Bench", target: str, kind: str) -> bool:
    """A truck is just passing there; of a truck: it passes any detector."""
    if kind == "TRUCK":
        return any(_is_over(truck, place) for truck in _driving(bench) if truck.serial == target for place in _detectors(bench, "", ""))
    return any(truck.speed_mps > 0.0 and _is_over(truck, place) for truck in _driving(bench) for place in _detectors(bench, target, kind))


def _left(bench: "Bench", target: str, kind: str) -> bool:
    """The rear of a truck is just through under a boom that still stands up."""
    gone = _meant(bench, target, kind)
    return any(0.0 <= truck.behind(boom_m) <= NEAR_M for boom_m in _up_m(bench, target, kind) for truck in gone)


def _waiting(bench: "Bench", target: str, kind: str) -> bool:
    """A truck stands at the end of its way; of what belongs to a gate: close to that one."""
    waiting = [truck for truck in _driving(bench) if truck.speed_mps == 0.0 and truck.until(truck.base_m) < AT_END_M]
    if kind == "TRUCK":
        return any(truck.serial == target for truck in waiting)
    gates = _gates(bench, target, kind)
    near = [gate.boom_m for gate in bench.lane.plan.gates if gate.name in gates]
    return any(abs(truck.until(boom_m)) < STOPS_BEFORE_M for boom_m in near for truck in waiting)


MOMENTS: dict[str, Callable[["Bench", str, str], bool]] = {
    "lowering": _lowering,
    "raised": _raised,
    "rolling": _rolling,
    "left": _left,
    "waiting": _waiting,
}


def has_come(bench: "Bench", moment: str, target: str, kind: str) -> bool:
    """`kind`: what `target` is, as a kind of fault says."""
    return MOMENTS[moment](bench, target, kind)


# ---------------------------------------------------------------- where that is


def _driving(bench: "Bench") -> list[Truck]:
    return [truck for truck in bench.lane.world.trucks.values() if truck.place is Place.LANE]


def _meant(bench: "Bench", target: str, kind: str) -> list[Truck]:
    """Of a truck that one, of anything else every one."""
    return [truck for truck in _driving(bench) if kind != "TRUCK" or truck.serial == target]


def _up_m(bench: "Bench", target: str, kind: str) -> list[float]:
    """Where booms stand that are not down, of those that the target belongs to."""
    gates = {gate.name: gate.boom_m for gate in bench.lane.plan.gates}
    return [gates[gate] for gate in _gates(bench, target, kind) if bench.lane.world.arms[gate].raised > 0.0]


def _is_released_to(truck: Truck, at_m: float) -> bool:
    return truck.released_m is not None and (truck.released_m - at_m) * truck.heading > 0.0


def _is_over(truck: Truck, place: tuple[float, float]) -> bool:
    return truck.low_m < place[1] + NEAR_M and truck.high_m > place[0] - NEAR_M


def _gates(bench: "Bench", target: str, kind: str) -> list[str]:
    """Those that the target belongs to; all where it is no place's."""
    plan = bench.lane.plan
    if kind in ONLY_GATES:
        return [target]
    if kind not in ("PORT", "UNIT", "DETECTOR"):
        return [gate.name for gate in plan.gates]
    found = [barrier.gate for barrier in plan.barriers if target in (barrier.unit, barrier.port)]
    found += [module.gate for module in plan.modules if module.gate and target in (module.unit, module.port, *module.inputs)]
    return found


def _detectors(bench: "Bench", target: str, kind: str) -> list[tuple[float, float]]:
    """Where the target's detectors lie, or those at its gates; all where it is no place's."""
    plan = bench.lane.plan
    names = {name for module in plan.modules if target in (module.unit, module.port) for name in module.inputs}
    names |= {target}
    found = [(detector.from_m, detector.to_m) for detector in plan.detectors if detector.name in names or kind in ("", "TRUCK")]
    gates = _gates(bench, target, kind) if kind in ("PORT", "UNIT", *ONLY_GATES) else []
    return found + [(gate.boom_m, gate.boom_m) for gate in plan.gates if gate.name in gates]
