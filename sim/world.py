"""How the lane moves on: trucks, the yard, arms; and how devices and vehicles act on it.

Pure. Time moves on a fixed grid of ticks, so that the same plan and the same acts give the same world however often one looks.
"""

from math import inf, sqrt

from msgspec.structs import replace

from sim.judge import judged
from sim.scene import (
    TICK_S,
    Arm,
    Motor,
    Place,
    Truck,
    World,
    clear_m,
    entry_of,
    exit_of,
    initial,
    occupied,
    on_road,
    parked_m,
    stop_line_m,
    under_arm,
)

__all__ = [
    "Arm",
    "Motor",
    "Place",
    "Truck",
    "World",
    "advance",
    "advance_to",
    "call",
    "change",
    "drive_arm",
    "halt",
    "initial",
    "occupied",
    "release",
    "send_back",
    "withdraw",
]

ARM_TRAVEL_S = 4.0  # PTX: 4 s each way
ROOF_AT = 0.6  # a truck's roof meets the arm at this part of its way
AT_M = 0.05  # a truck this close to a place stands at it
STOPS_M = 0.005  # a creeping truck stops within this of where it wants to


# ---------------------------------------------------------------- acting


def change(world: World, serial: str, **what: object) -> World:
    truck: Truck = replace(world.trucks[serial], **what)  # type: ignore[arg-type]  # names are checked by replace
    return replace(world, trucks={**world.trucks, serial: truck}, stirred=None)


def release(world: World, serial: str, to_m: float) -> World:
    """The vehicle took an order whose base ends there."""
    truck = world.trucks[serial]
    return change(world, serial, released_m=to_m, base_m=_further(truck, to_m, truck.base_m))


def call(world: World, serial: str) -> World:
    """The yard brings this truck to the gate, behind those that it called before; one that is not parked is no matter of the yard's."""
    truck = world.trucks[serial]
    if truck.place is not Place.PARKED:
        return world
    return replace(change(world, serial, place=Place.YARD, front_m=_tail_m(world, truck)), queue=(*world.queue, serial))


def send_back(world: World, serial: str) -> World:
    """The yard takes a truck that stands before the gate back to its place, if nothing of the lane was released to it."""
    truck = world.trucks[serial]
    stop_m = stop_line_m(world.plan, truck.heading)
    waits = truck.place is Place.LANE and truck.until(stop_m) > -AT_M and truck.base_m == stop_m and truck.released_m is None
    if not (truck.place is Place.YARD or waits):
        return world
    parked = change(world, serial, place=Place.PARKED, front_m=parked_m(world.plan, truck.plan, truck.heading), speed_mps=0.0)
    return replace(parked, queue=tuple(name for name in world.queue if name != serial))


def withdraw(world: World, serial: str) -> World:
    """The vehicle has no order any more and brakes; what was released counts until it stands."""
    return change(world, serial, released_m=None)


def halt(world: World, serial: str, halted: bool) -> World:
    return change(world, serial, halted=halted)


def hinder_arm(world: World, gate: str, *, obstacle_at: float, jammed: bool) -> World:
    return replace(world, arms={**world.arms, gate: replace(world.arms[gate], obstacle_at=obstacle_at, jammed=jammed)})


def drive_arm(world: World, gate: str, motor: Motor) -> World:
    if world.arms[gate].motor is motor:
        return world
    return replace(world, arms={**world.arms, gate: replace(world.arms[gate], motor=motor)})


# ---------------------------------------------------------------- time


def advance(world: World, dt: float) -> World:
    return advance_to(world, world.now + dt)


def advance_to(world: World, now: float) -> World:
    """The world at the last tick not after `now`; time never goes back."""
    target = int(now / TICK_S + 1e-9)
    while world.ticks < target:
        if world.stirred is None:
            world = replace(world, before=_in_line(world), road=tuple(truck.serial for truck in on_road(world)), back_at=_back_at(world))
        quiet_until = _quiet_until(world, target)
        world = replace(world, ticks=quiet_until, stirred=()) if quiet_until > world.ticks else _tick(world)
    return world


def _quiet_until(world: World, target: int) -> int:
    """The tick until which nothing moves, at most `target`; the present one when something does."""
    if world.stirred or any(arm.motor is not Motor.HOLD or arm.resisted for arm in world.arms.values()):
        return world.ticks
    if world.stirred is None and not all(_stands(world, truck) for truck in world.trucks.values()):
        return world.ticks
    due = world.back_at
    return target if due == inf else max(world.ticks, min(target, int(due / TICK_S) - 1))


def _back_at(world: World) -> float:
    return min([truck.back_at for truck in world.trucks.values()], default=inf)


def _in_line(world: World) -> dict[str, str]:
    """Who is before whom in the queue and drives its way."""
    last: dict[int, str] = {}
    before: dict[str, str] = {}
    for serial in world.queue:
        heading = world.trucks[serial].heading
        if heading in last:
            before[serial] = last[heading]
        last[heading] = serial
    return before


def _stands(world: World, truck: Truck) -> bool:
    if not truck.on_road:
        return True
    base_settled = truck.place is not Place.LANE or truck.released_m is not None or truck.until(truck.base_m) <= 0.0
    held = truck.halted or truck.e_stop or truck.until(_limit_m(world, truck)) <= 0.0
    return truck.speed_mps == 0.0 and held and base_settled and not truck.runaway


def _tick(world: World) -> World:
    now = (world.ticks + 1) * TICK_S
    before, queue = world.trucks, world.queue
    looked_at = world.stirred
    if looked_at is None or world.back_at <= now:
        looked_at = tuple(before)
    yard, away, parked = Place.YARD, Place.AWAY, Place.PARKED
    trucks, moved, all_stay = before, list[str](), True
    for serial in looked_at:
        truck = before[serial]
        place = truck.place
        if place is parked or (place is away and now < truck.back_at):
            continue
        new = truck if place is away else _moved(world, truck)
        if new is truck or place is not yard or new.speed_mps == 0.0:  # one that rolls in the yard belongs there
            new = _placed(world, new, now)
            if new is truck:
                continue
            if new.place is not place:
                all_stay, queue = False, _queued(queue, truck, new)
        if trucks is before:
            trucks = before.copy()
        trucks[serial] = new
        moved.append(serial)
    arms = _swung_all(world)
    stirred = _stirred(world, moved) if all_stay else None
    told = (world.broken, world.offences, stirred, world.before, world.road, world.back_at)
    after = World(world.plan, trucks, queue, arms, world.ticks + 1, *told)
    if trucks is before and arms is world.arms and not world.offences:
        return after
    broken, offences = judged(world, after)
    return replace(after, broken=broken, offences=offences) if broken or offences or world.offences else after


def _queued(queue: tuple[str, ...], was: Truck, now: Truck) -> tuple[str, ...]:
    """Who leaves the lane is behind it no more, who comes back is its last."""
    if now.place is Place.LEAVING and now.serial in queue:
        queue = tuple(other for other in queue if other != now.serial)
    return (*queue, now.serial) if was.place is Place.AWAY and now.place is Place.YARD else queue


def _stirred(world: World, moved: list[str]) -> tuple[str, ...]:
    """Who moved may move on, and so may the one that the yard moves up behind it. In the order of the trucks, as when all are looked at."""
    if not moved:
        return ()
    who, before = set(moved), world.before
    return tuple([serial for serial in world.trucks if serial in who or before.get(serial) in who])


def _swung_all(world: World) -> dict[str, Arm]:
    arms = world.arms
    for name, arm in world.arms.items():
        swung = _swung(world, name, arm)
        if swung is not arm:
            arms = {**arms, name: swung}
    return arms


def _swung(world: World, gate_name: str, arm: Arm) -> Arm:
    if arm.motor is Motor.HOLD or arm.jammed:
        return replace(arm, resisted=False) if arm.resisted else arm
    raised = min(1.0, max(0.0, round(arm.raised + arm.motor.value * TICK_S / (ARM_TRAVEL_S * arm.slowness), 6)))
    if arm.motor is Motor.LOWER:
        gate = next(g for g in world.plan.gates if g.name == gate_name)
        truck_at = ROOF_AT if under_arm(world, gate) else 0.0
        stopped_at = max(arm.obstacle_at, truck_at)
        if raised < stopped_at <= arm.raised:
            return replace(arm, resisted=True)
    return replace(arm, raised=raised, resisted=False)


# ---------------------------------------------------------------- trucks


def _limit_m(world: World, truck: Truck) -> float:
    """How far this truck wants to go."""
    match truck.place:
        case Place.YARD:
            return _yard_limit_m(world, truck)
        case Place.LEAVING:
            return truck.heading * inf
        case _:
            return truck.front_m if truck.released_m is None else truck.released_m


def _yard_limit_m(world: World, truck: Truck) -> float:
    """The yard moves a truck up behind the one before it, and to the stop line once that one is well behind the boom."""
    serial = world.before.get(truck.serial)
    arrivals, heading, leader = world.plan.arrivals, truck.heading, None if serial is None else world.trucks[serial]
    if leader is not None and leader.place is Place.YARD:
        return leader.front_m - heading * leader.plan.length_m - heading * arrivals.gap_m
    stop_m = stop_line_m(world.plan, heading)
    if leader is None:
        return stop_m
    if leader.place is Place.LANE and leader.behind(entry_of(world.plan, heading).boom_m) > arrivals.pull_up_m:
        return stop_m
    return stop_m - heading * leader.plan.length_m - heading * arrivals.gap_m


def _moved(world: World, truck: Truck) -> Truck:
    """One that is on the road."""
    plan, heading, was_mps = truck.plan, truck.heading, truck.speed_mps
    in_yard = truck.place is Place.YARD
    if truck.runaway:
        limit_m = heading * inf
    elif truck.halted or truck.e_stop or (truck.released_m is None and truck.place is Place.LANE):
        return _braked(truck)
    else:
        limit_m = _yard_limit_m(world, truck) if in_yard else _limit_m(world, truck)
    ahead_m = (limit_m - truck.front_m) * heading
    if ahead_m <= 0.0:
        return truck if was_mps == 0.0 else replace(truck, speed_mps=0.0)
    speed_max = world.plan.arrivals.yard_speed_mps if in_yard else plan.speed_mps_max
    speed = was_mps + plan.accel_mps2 * TICK_S
    speed = speed_max if speed > speed_max else speed
    braking = plan.braking_mps2
    a_tick = braking * TICK_S  # what it brakes in this tick counts: one that is halted on its way down stops within its base too
    if 2 * braking * ahead_m < speed * (speed + 2 * a_tick):
        speed = sqrt(a_tick * a_tick + 2 * braking * ahead_m) - a_tick
    step_m = speed * TICK_S
    if ahead_m - step_m < STOPS_M:
        return replace(truck, front_m=limit_m, speed_mps=0.0)
    return replace(truck, front_m=truck.front_m + heading * step_m, speed_mps=speed)


def _braked(truck: Truck) -> Truck:
    if truck.speed_mps == 0.0:
        return truck
    speed = max(0.0, truck.speed_mps - truck.plan.braking_mps2 * TICK_S)
    return replace(truck, front_m=truck.front_m + truck.heading * speed * TICK_S, speed_mps=speed)


def _further(truck: Truck, a_m: float, b_m: float) -> float:
    return max(a_m, b_m) if truck.heading > 0 else min(a_m, b_m)


def _nearer(truck: Truck, a_m: float, b_m: float) -> float:
    return min(a_m, b_m) if truck.heading > 0 else max(a_m, b_m)


def _placed(world: World, truck: Truck, now: float) -> Truck:
    """Where the truck belongs after it moved: the yard hands it to the lane, the exit lets it off, it comes back."""
    plan, heading = world.plan, truck.heading
    match truck.place:
        case Place.YARD if truck.speed_mps == 0.0 and truck.until(stop_line_m(plan, heading)) <= AT_M:
            return replace(truck, place=Place.LANE, base_m=stop_line_m(plan, heading))
        case Place.LANE if truck.until(clear_m(plan, heading)) <= AT_M or _is_left_standing(truck, exit_of(plan, heading).boom_m):
            return replace(truck, place=Place.LEAVING, released_m=None)
        case Place.LANE if truck.released_m is None and truck.speed_mps == 0.0 and truck.until(truck.base_m) > 0.0:
            return replace(truck, base_m=_further(truck, truck.front_m, stop_line_m(plan, heading)))
        case Place.LEAVING if truck.behind(clear_m(plan, heading)) > 0.0:
            return replace(truck, place=Place.AWAY, speed_mps=0.0, back_at=now + plan.arrivals.return_s)
        case Place.AWAY if now >= truck.back_at:
            return _come_back(world, truck)
        case _:
            return truck


def _is_left_standing(truck: Truck, boom_m: float) -> bool:
    """Behind the exit boom without a way, which nobody gives it there: the yard's people drive it off."""
    return truck.released_m is None and truck.speed_mps == 0.0 and truck.behind(boom_m) > 0.0 and not (truck.halted or truck.e_stop)


def _come_back(world: World, truck: Truck) -> Truck:
    """At the queue's end, or parked in the yard. From the far side of a lane worked both ways it comes back over the same lane."""
    plan = world.plan
    heading = -truck.heading if plan.both_ways and truck.crossing else truck.heading
    back = replace(truck, crossing=truck.crossing + 1, back_at=inf, heading=heading, base_m=stop_line_m(plan, heading))
    if plan.arrivals.by_call:
        return replace(back, place=Place.PARKED, front_m=parked_m(plan, truck.plan, heading))
    return replace(back, place=Place.YARD, front_m=_tail_m(world, back))


def _tail_m(world: World, truck: Truck) -> float:
    """Where its front comes to be at the end of the queue before its gate."""
    front_m, gap_m = parked_m(world.plan, truck.plan, truck.heading), truck.heading * world.plan.arrivals.gap_m
    for queued in (world.trucks[name] for name in world.queue):
        if queued.heading == truck.heading:
            front_m = _nearer(truck, front_m, queued.rear_m - gap_m)
    return front_m
