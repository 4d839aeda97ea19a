"""The lane as it really is: trucks and arms in metres and seconds. What a device says of it is the device's own matter."""

from dataclasses import dataclass
from enum import Enum
from math import inf

from msgspec import Struct, field

from sim.plan import GatePlan, SimPlan, TruckPlan

TICK_S = 0.04
SIGHT_M = 15.0  # how far before the boom a gate's camera sees: not as far as the next truck in the queue
UNDER_ARM_M = 0.15  # half the width of the arm's sweep


class Place(Enum):
    PARKED = "PARKED"  # in the yard, beside the road: it waits for a call
    YARD = "YARD"  # in the queue before the entry gate; the yard moves it up
    LANE = "LANE"  # at the entry's stop line or beyond: it obeys its released base and nothing else
    LEAVING = "LEAVING"  # clear of the exit, drives off
    AWAY = "AWAY"  # on its way back over another lane


class Motor(Enum):
    HOLD = 0
    RAISE = 1
    LOWER = -1


class Arm(Struct, frozen=True):
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


class Truck(Struct, frozen=True):
    """`released_m`: how far its order lets it drive, None without an order. `base_m`: how far any order of this crossing did.

    `halted`: its vehicle is paused; `e_stop`: somebody pressed its button; `runaway`: it heeds nothing (a fault). `heading`: 1 in the
    plan's driving order, -1 against it; metres always count from the plan's entry gate. `weight_kg`: with its load.
    `trailer`, `container`: what stands on them in place of what the plan says, None for that. `muddy`: what of it cannot be read for mud.
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
    heading: int = 1
    weight_kg: int = 0
    trailer: str | None = None
    container: str | None = None
    muddy: tuple[str, ...] = ()

    @property
    def rear_m(self) -> float:
        return self.front_m - self.heading * self.plan.length_m

    @property
    def low_m(self) -> float:
        return self.front_m if self.heading < 0 else self.front_m - self.plan.length_m

    @property
    def high_m(self) -> float:
        return self.front_m + self.plan.length_m if self.heading < 0 else self.front_m

    @property
    def on_road(self) -> bool:
        return self.place is not Place.AWAY and self.place is not Place.PARKED

    def span(self) -> tuple[float, float]:
        """Its least and its most metre."""
        front_m, length_m = self.front_m, self.plan.length_m
        return (front_m, front_m + length_m) if self.heading < 0 else (front_m - length_m, front_m)

    def until(self, at_m: float) -> float:
        """Metres that its front has still to drive to there, negative when it is past."""
        return (at_m - self.front_m) * self.heading

    def behind(self, at_m: float) -> float:
        """Metres that its rear is past there, negative while it is not."""
        return (self.rear_m - at_m) * self.heading


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


class World(Struct, frozen=True):
    """`queue`: serials in the order in which they enter. `broken`: since the start; `offences`: those that persist now.

    `stirred`: the only trucks that the next tick may move, besides those that come back; None: any. Who changes `trucks` or `queue`
    leaves it None. `before` (who is before whom in the queue and drives its way), `road` (who is on it) and `back_at` (when the first of
    those that are away comes back) are looked for then, and hold while it is not None.
    """

    plan: SimPlan
    trucks: dict[str, Truck]
    queue: tuple[str, ...]
    arms: dict[str, Arm]
    ticks: int = 0
    broken: tuple[Broken, ...] = ()
    offences: frozenset[Offence] = frozenset()
    stirred: tuple[str, ...] | None = None
    before: dict[str, str] = field(default_factory=dict)
    road: tuple[str, ...] = ()
    back_at: float = inf

    @property
    def now(self) -> float:
        return self.ticks * TICK_S


def initial(plan: SimPlan) -> World:
    """All trucks stand in the yard's queue, the first at the stop line; or in the yard, until called; or all are away, before their first
    crossing."""
    up = {barrier.gate: barrier.boom_up for barrier in plan.barriers}
    world = World(
        plan=plan,
        trucks={},
        queue=() if plan.arrivals.begin_away or plan.arrivals.by_call else tuple(truck.serial for truck in plan.trucks),
        arms={gate.name: Arm(1.0 if up.get(gate.name) else 0.0) for gate in plan.gates},
    )
    stop_m, gap_m = plan.gates[0].stop_m, plan.arrivals.gap_m
    front_m = stop_m
    for truck in plan.trucks:
        if plan.arrivals.begin_away or plan.arrivals.by_call:
            place, crossing = (Place.AWAY, 0) if plan.arrivals.begin_away else (Place.PARKED, 1)
            stands_m, base_m = parked_m(plan, truck, truck.heading), stop_line_m(plan, truck.heading)
            world.trucks[truck.serial] = Truck(
                truck.serial,
                truck,
                truck.plate,
                place,
                stands_m,
                base_m,
                crossing=crossing,
                heading=truck.heading,
                weight_kg=truck.weight_kg,
            )
            continue
        place = Place.LANE if front_m == stop_m else Place.YARD
        world.trucks[truck.serial] = Truck(truck.serial, truck, truck.plate, place, front_m, base_m=stop_m, weight_kg=truck.weight_kg)
        front_m -= truck.length_m + gap_m
    return world


# ---------------------------------------------------------------- where what is, for a truck that drives this way


def entry_of(plan: SimPlan, heading: int) -> GatePlan:
    return plan.gates[0] if heading > 0 else plan.gates[1]


def exit_of(plan: SimPlan, heading: int) -> GatePlan:
    return plan.gates[1] if heading > 0 else plan.gates[0]


def stop_line_m(plan: SimPlan, heading: int) -> float:
    if heading > 0:
        return plan.gates[0].stop_m
    back_m = plan.gates[1].back_stop_m
    assert back_m is not None, "only a lane worked both ways is driven back"
    return back_m


def clear_m(plan: SimPlan, heading: int) -> float:
    if heading > 0:
        return plan.gates[1].clear_m
    back_m = plan.gates[0].back_clear_m
    assert back_m is not None, "only a lane worked both ways is driven back"
    return back_m


def parked_m(plan: SimPlan, truck: TruckPlan, heading: int) -> float:
    """Where it comes onto the road when it is called and nobody is before it: one truck and one gap before the stop line."""
    return stop_line_m(plan, heading) - heading * (truck.length_m + plan.arrivals.gap_m)


# ---------------------------------------------------------------- looking


def on_road(world: World) -> list[Truck]:
    trucks = world.trucks
    return [truck for truck in trucks.values() if truck.on_road] if world.stirred is None else [trucks[serial] for serial in world.road]


Spans = list[tuple[float, float]]


def spans(world: World) -> Spans:
    """The least and the most metre of each truck on the road."""
    return [truck.span() for truck in on_road(world)]


def covers(trucks: Spans, from_m: float, to_m: float) -> bool:
    return any(low_m < to_m and high_m > from_m for low_m, high_m in trucks)


def occupied(world: World, from_m: float, to_m: float) -> bool:
    """Whether any truck covers a part of this stretch."""
    return covers(spans(world), from_m, to_m)


def load_kg(world: World, from_m: float, to_m: float) -> tuple[float, bool]:
    """What stands on this stretch, as if each truck's weight lay evenly along it, and whether any of it moves."""
    load, moves = 0.0, False
    for truck in on_road(world):
        low_m, high_m = truck.span()
        if high_m > from_m and low_m < to_m:
            covered_m = min(high_m, to_m) - max(low_m, from_m)
            load += truck.weight_kg * min(1.0, covered_m / truck.plan.length_m)
            moves = moves or truck.speed_mps > 0.0
    return load, moves


def written_on(truck: Truck, sees: str) -> str:
    """What a camera that looks there may read."""
    match sees:
        case "rear":
            return (truck.plan.trailer if truck.trailer is None else truck.trailer) or truck.plate
        case "container":
            return truck.plan.container if truck.container is None else truck.container
        case _:
            return truck.plate


def arm_m(gate: GatePlan) -> tuple[float, float]:
    """What the arm sweeps."""
    return gate.boom_m - UNDER_ARM_M, gate.boom_m + UNDER_ARM_M


def under_arm(world: World, gate: GatePlan) -> bool:
    return occupied(world, *arm_m(gate))


def truck_before(world: World, gate: GatePlan) -> Truck | None:
    """The truck whose front is nearest before the boom."""
    near = [t for t in world.trucks.values() if t.on_road and 0.0 <= t.until(gate.boom_m) <= SIGHT_M]
    return min(near, key=lambda t: t.until(gate.boom_m), default=None)
