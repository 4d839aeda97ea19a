"""The lane as it really is: trucks and arms in metres and seconds. What a device says of it is the device's own matter."""

from dataclasses import dataclass, field
from enum import Enum
from math import inf

from sim.plan import GatePlan, SimPlan, TruckPlan

TICK_S = 0.04
SIGHT_M = 15.0  # how far before the boom a gate's camera sees: not as far as the next truck in the queue
UNDER_ARM_M = 0.15  # half the width of the arm's sweep


class Place(Enum):
    YARD = "YARD"  # in the queue before the entry gate; the yard moves it up
    LANE = "LANE"  # at the entry's stop line or beyond: it obeys its released base and nothing else
    LEAVING = "LEAVING"  # clear of the exit, drives off
    AWAY = "AWAY"  # on its way back over another lane


class Motor(Enum):
    HOLD = 0
    RAISE = 1
    LOWER = -1


@dataclass(frozen=True, slots=True)
class Arm:
    """A boom's arm: `raised` 0.0 is DOWN, 1.0 is UP. `obstacle_at`: something hangs there that stops it on the way down (0: nothing).

    `resisted`: it was driven onto an obstacle or a truck in the last tick. `jammed`: the motor turns and the arm does not.
    `slowness`: so many times as long as usual takes its way.
    """

    raised: float
    motor: Motor = Motor.HOLD
    obstacle_at: float = 0.0
    resisted: bool = False
    jammed: bool = False
    slowness: float = 1.0


@dataclass(frozen=True, slots=True)
class Truck:
    """`released_m`: how far its order lets it drive, None without an order. `base_m`: how far any order of this crossing did.

    `halted`: its vehicle is paused; `e_stop`: somebody pressed its button; `runaway`: it heeds nothing (a fault).
    """

    serial: str
    plan: TruckPlan
    plate: str
    place: Place
    front_m: float
    base_m: float
    speed_mps: float = 0.0
    released_m: float | None = None
    halted: bool = False
    e_stop: bool = False
    runaway: bool = False
    crossing: int = 1
    back_at: float = inf

    @property
    def rear_m(self) -> float:
        return self.front_m - self.plan.length_m


@dataclass(frozen=True, slots=True, order=True)
class Offence:
    """What must never be true of the lane, and whom it concerns."""

    name: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """An offence, when it began and in words."""

    at: float
    offence: Offence
    words: str


@dataclass(frozen=True, slots=True)
class World:
    """`queue`: serials in the order in which they enter. `broken`: since the start; `offences`: those that persist now.

    `stirred`: the only trucks that the next tick may move, besides those that come back; None: any. Who changes `trucks` or `queue`
    leaves it None.
    """

    plan: SimPlan
    trucks: dict[str, Truck]
    queue: tuple[str, ...]
    arms: dict[str, Arm]
    ticks: int = 0
    broken: tuple[Broken, ...] = ()
    offences: frozenset[Offence] = field(default_factory=frozenset)
    stirred: tuple[str, ...] | None = None

    @property
    def now(self) -> float:
        return self.ticks * TICK_S


def initial(plan: SimPlan) -> World:
    """All trucks stand in the yard's queue, the first at the stop line; or all are away, before their first crossing."""
    up = {barrier.gate: barrier.boom_up for barrier in plan.barriers}
    world = World(
        plan=plan,
        trucks={},
        queue=() if plan.arrivals.begin_away else tuple(truck.serial for truck in plan.trucks),
        arms={gate.name: Arm(1.0 if up.get(gate.name) else 0.0) for gate in plan.gates},
    )
    stop_m, gap_m = plan.gates[0].stop_m, plan.arrivals.gap_m
    front_m = stop_m
    for truck in plan.trucks:
        if plan.arrivals.begin_away:
            world.trucks[truck.serial] = Truck(truck.serial, truck, truck.plate, Place.AWAY, front_m, base_m=stop_m, crossing=0)
            continue
        place = Place.LANE if front_m == stop_m else Place.YARD
        world.trucks[truck.serial] = Truck(truck.serial, truck, truck.plate, place, front_m, base_m=stop_m)
        front_m -= truck.length_m + gap_m
    return world


# ---------------------------------------------------------------- looking


def occupied(world: World, from_m: float, to_m: float) -> bool:
    """Whether any truck covers a part of this stretch."""
    for truck in world.trucks.values():
        if truck.front_m > from_m and truck.front_m - truck.plan.length_m < to_m and truck.place is not Place.AWAY:
            return True
    return False


def under_arm(world: World, gate: GatePlan) -> bool:
    return occupied(world, gate.boom_m - UNDER_ARM_M, gate.boom_m + UNDER_ARM_M)


def truck_before(world: World, gate: GatePlan) -> Truck | None:
    """The truck whose front is nearest before the boom."""
    near = [t for t in world.trucks.values() if t.place is not Place.AWAY and gate.boom_m - SIGHT_M <= t.front_m <= gate.boom_m]
    return max(near, key=lambda t: t.front_m, default=None)
