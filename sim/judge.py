"""What must never be true of the lane, judged on the lane itself and not on what anybody believes of it."""

from itertools import pairwise, takewhile
from operator import attrgetter

from sim.scene import Broken, Motor, Offence, Place, Truck, World, exit_of, on_road, stop_line_m, under_arm

UP_AT = 0.98  # an arm this far up is UP
BEYOND_M = 0.1  # a truck stops this exactly
BROKEN_MAX = 1000  # more tell nothing new


def judged(before: World, after: World) -> tuple[tuple[Broken, ...], frozenset[Offence]]:
    """The broken truths so far and the offences that persist. One that lasts is recorded once, when it begins."""
    found = _offences(before, after)
    begun = sorted(set(found) - before.offences)
    room = BROKEN_MAX - len(before.broken)
    broken = before.broken + tuple(Broken(after.now, offence, found[offence]) for offence in begun[:room])
    return broken, frozenset(found)


def _offences(before: World, after: World) -> dict[Offence, str]:
    trucks = sorted(on_road(after), key=_HIGH if after.plan.both_ways else _FRONT, reverse=True)
    found: dict[Offence, str] = {}
    if after.plan.both_ways:
        on_way = [t for t in trucks if t.until(stop_line_m(after.plan, t.heading)) < 0.0]  # the others queue behind each other
        for heading in (1, -1):
            found |= _collisions(after, sorted((t for t in trucks if t.heading == heading), key=_driven))
        found |= _meetings(after, trucks)
    else:
        stop_m = stop_line_m(after.plan, 1)
        on_way = list(takewhile(lambda truck: truck.front_m > stop_m, trucks))
        found |= _collisions(after, trucks)
    found |= _shared_sections(after, on_way)
    found |= _beyond_base(on_way)
    found |= _past_boom(before, after, on_way)
    found |= _boom_on_truck(before, after)
    return found


_HIGH, _FRONT = attrgetter("high_m"), attrgetter("front_m")  # where all drive one way they are the same
THROAT_M = 8.0  # so far before each boom the roads of both directions are one


def _driven(truck: Truck) -> float:
    """The furthest in its own direction first."""
    return -truck.front_m * truck.heading


def _collisions(world: World, trucks: list[Truck]) -> dict[Offence, str]:
    """Of trucks that drive the same way. Behind the exit boom the road widens: trucks there pass each other while there is room."""
    if not trucks:
        return {}
    heading = trucks[0].heading
    near = [
        (ahead, behind)
        for ahead, behind in pairwise(trucks)
        if (ahead.front_m - heading * ahead.plan.length_m - behind.front_m) * heading < 0.0
    ]
    if not near:
        return {}
    exit_m = exit_of(world.plan, heading).boom_m
    beyond = sum(truck.behind(exit_m) > 0.0 for truck in trucks)
    places = world.plan.places_beyond if heading > 0 else world.plan.places_beyond_back
    return {
        Offence("collision", (ahead.serial, behind.serial)): f"{behind.serial} drove into {ahead.serial} at {behind.front_m:.1f} m"
        for ahead, behind in near
        if ahead.behind(exit_m) <= 0.0 or beyond >= places
    }


def _meetings(world: World, trucks: list[Truck]) -> dict[Offence, str]:
    """Trucks that drive against each other touch, between the places where the roads of both directions part."""
    near, far = (gate.boom_m for gate in world.plan.gates)
    low_m, high_m = near - THROAT_M, far + THROAT_M
    within = [t for t in trucks if t.low_m < high_m and t.high_m > low_m]
    return {
        Offence("collision", (one.serial, other.serial)): f"{one.serial} and {other.serial} met at {one.front_m:.1f} m"
        for one in within
        for other in within
        if one.heading > other.heading and max(one.low_m, other.low_m, low_m) < min(one.high_m, other.high_m, high_m)
    }


def _shared_sections(world: World, trucks: list[Truck]) -> dict[Offence, str]:
    found: dict[Offence, str] = {}
    if not any(_in_one_section(world, ahead, behind) for ahead, behind in pairwise(trucks)):
        return found
    for section in world.plan.sections:
        within = [t.serial for t in trucks if t.low_m < section.to_m and t.high_m > section.from_m]
        if len(within) > 1:
            found[Offence("two-trucks-in-section", (section.name, *within))] = f"{' and '.join(within)} are in {section.name} together"
    return found


def _in_one_section(world: World, ahead: Truck, behind: Truck) -> bool:
    high_m, low_m = behind.high_m, ahead.low_m
    return any(s.from_m < high_m and low_m < s.to_m for s in world.plan.sections)


def _beyond_base(trucks: list[Truck]) -> dict[Offence, str]:
    return {
        Offence("truck-beyond-base", (t.serial,)): f"{t.serial} is at {t.front_m:.1f} m, released to {t.base_m:.1f} m"
        for t in trucks
        if t.place in (Place.YARD, Place.LANE) and t.until(t.base_m) < -BEYOND_M
    }


def _past_boom(before: World, after: World, trucks: list[Truck]) -> dict[Offence, str]:
    """A front that comes under an arm that is not UP. It persists while the truck is under it."""
    found: dict[Offence, str] = {}
    for gate in after.plan.gates:
        arm, boom_m = after.arms[gate.name], gate.boom_m
        for truck in trucks:
            if truck.until(boom_m) >= 0.0:
                continue
            came = before.trucks[truck.serial].until(boom_m) >= 0.0 and arm.raised < UP_AT
            offence = Offence("truck-past-boom", (truck.serial, gate.name)) if came or before.offences else None
            if offence is not None and (came or (truck.behind(boom_m) < 0.0 and offence in before.offences)):
                found[offence] = f"{truck.serial} drove under boom {gate.name}, which was {arm.raised:.0%} up"
    return found


def _boom_on_truck(before: World, after: World) -> dict[Offence, str]:
    """An arm that comes down while a truck is under it, were it only for a moment. It persists until the truck is out."""
    found: dict[Offence, str] = {}
    for gate in after.plan.gates:
        arm, was = after.arms[gate.name], before.arms[gate.name]
        if arm.motor is not Motor.LOWER and not before.offences:
            continue
        offence = Offence("boom-on-truck", (gate.name,))
        comes_down = arm.motor is Motor.LOWER and (arm.raised < was.raised or arm.resisted)
        if under_arm(after, gate) and (comes_down or offence in before.offences):
            under = [t.serial for t in after.trucks.values() if t.on_road and t.low_m < gate.boom_m < t.high_m]
            found[offence] = f"boom {gate.name} came down on {' '.join(under)}"
    return found
