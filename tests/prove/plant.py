"""What is true at the lane, whatever the controller believes: trucks, booms, lamps, links. And what of it is said."""

from enum import IntEnum
from typing import NamedTuple

from lanectl.layout import Layout, Unit
from lanectl.model import (
    Aspect,
    Authority,
    Boom,
    BoomReported,
    ClearanceReported,
    Connection,
    ConsignmentReported,
    DetectorsReported,
    LinkLost,
    Reading,
    Report,
    SignalReported,
    Standing,
    TruckMode,
    TruckReported,
    WatchdogReported,
)
from tests.prove.ladder import GATE, Ladder, ladder

NOW = 1000.0  # every step happens now: what matters of a time is whether its limit has ended (tests/prove/lanes.py)
STUB = -1  # a base that was cancelled: the truck shows its order as driven to where it is

PLATE = "14C12345"
PICTURE = "sha"  # what the cameras show of whoever stands there
_MODES = (TruckMode.AUTOMATIC, TruckMode.MANUAL)

# To a truck on the way: an order to node k is k.
CANCEL, PAUSE, RESUME = 90, 91, 92


class Arm(IntEnum):
    DOWN = 0
    RISE = 1
    UP = 2
    FALL = 3
    HALT = 4


class BoomFault(IntEnum):
    NONE = 0
    STUCK = 1  # takes commands, never arrives
    OBSTACLE = 2  # whenever it comes down it meets something
    UNSURE = 3  # its limits contradict each other
    LOCAL = 4  # worked by hand


class LampFault(IntEnum):
    NONE = 0
    NO_STOP = 1
    NO_PROCEED = 2
    WELDED = 3  # shows PROCEED whatever is asked


class Dog(IntEnum):
    """A signal module's watchdog."""

    ARMED = 0
    TRIPPED = 1
    OFF = 2
    PROVING = 3
    UNPROVED = 4  # armed, but this controller has not seen it drop its outputs


class PlateFault(IntEnum):
    NONE = 0
    UNSURE = 1
    NOT_LISTED = 2
    UNREADABLE = 3
    OTHER = 4  # read as another truck's


class TruckP(NamedTuple):
    """`at`: rung. `base`: node to which it is released. `cut`: it hears and says nothing. `lie`: the node it claims, -1 the true one.

    `back`: it drives against the listed direction.
    """

    at: int = 0
    base: int = 0
    inbox: tuple[int, ...] = ()
    paused: bool = False
    cancelled: bool = False
    cut: bool = False
    e_stop: bool = False
    lie: int = -1
    rejects: bool = False
    manual: bool = False
    back: bool = False


class BoomP(NamedTuple):
    """`wild`: it moves although nobody asked it to."""

    at: Arm = Arm.DOWN
    fault: BoomFault = BoomFault.NONE
    wild: bool = False


class Plant(NamedTuple):
    """`spent`: how many faults happened since the lane was last at rest. `asked`: the aspects that the modules were last told.

    `back`: the yards send trucks from the other end, since the lane says that it is set so.
    """

    trucks: tuple[TruckP, ...]
    booms: tuple[BoomP, BoomP] = (BoomP(), BoomP())
    asked: tuple[bool, bool] = (False, False)
    lamps: tuple[LampFault, LampFault] = (LampFault.NONE, LampFault.NONE)
    dogs: tuple[Dog, Dog] = (Dog.ARMED, Dog.ARMED)
    silent: frozenset[str] = frozenset()
    blind: frozenset[str] = frozenset()
    stuck: frozenset[tuple[str, bool]] = frozenset()
    journal: bool = True
    down: bool = False
    reading: bool = False
    plate: PlateFault = PlateFault.NONE
    held: bool = False
    spent: int = 0
    back: bool = False


def truck_name(n: int) -> str:
    return f"T{n + 1}"


def by_place(plant: Plant) -> list[tuple[int, TruckP]]:
    """The one ahead first: trucks are alike, so nothing may hang on their names."""
    return sorted(enumerate(plant.trucks), key=lambda named: (-named[1].at, named[1].back))


class Way(NamedTuple):
    layout: Layout
    ladder: Ladder


class Site(NamedTuple):
    """`layout`: as the lane is listed. `ways`: that direction, and the other one where it is worked both ways.

    `failing`: the units that may fail.
    """

    layout: Layout
    ways: tuple[Way, ...]
    failing: tuple[Unit, ...]

    def way(self, truck: TruckP) -> Ladder:
        return self.ways[truck.back].ladder


def a_site(layout: Layout, failing: frozenset[str] = frozenset()) -> Site:
    """`failing`: all where none is named."""
    seen = [layout] if layout.mirrored is None else [layout, layout.mirrored]
    ways = tuple(Way(way, ladder(way, layout)) for way in seen)
    return Site(layout, ways, tuple(unit for unit in layout.units if unit.name in failing or not failing))


# ---------------------------------------------------------------- the truth


def is_free_to_drive(site: Site, truck: TruckP) -> bool:
    released = truck.base > 0 and not truck.cancelled and truck.at < site.way(truck).rung_of_node[truck.base]
    return truck.at >= GATE and released and not (truck.paused or truck.e_stop or truck.manual)


def released_to(truck: TruckP) -> int:
    """The furthest node that it may come to: released and taken, or still on the way to it."""
    return max((truck.base, *(k for k in truck.inbox if k < CANCEL)), default=0)


def reach(site: Site, truck: TruckP) -> tuple[int, ...]:
    """Sections that it may still come into or is in."""
    if truck.at == 0:
        return ()
    way = site.way(truck)
    ahead = range(way.entered[truck.at], min(released_to(truck), len(way.sections)))
    return tuple(sorted({*way.inside[truck.at], *(way.sections[n] for n in ahead)}))


def is_under(site: Site, plant: Plant, gate: int) -> bool:
    return any(site.way(truck).under[truck.at] == gate for truck in plant.trucks)


def shows(plant: Plant, gate: int) -> Aspect:
    fault = plant.lamps[gate]
    if fault is LampFault.WELDED:
        return Aspect.PROCEED
    if plant.asked[gate]:
        return Aspect.UNKNOWN if fault is LampFault.NO_PROCEED else Aspect.PROCEED
    return Aspect.UNKNOWN if fault is LampFault.NO_STOP else Aspect.STOP


# ---------------------------------------------------------------- what is said of it


def detectors_of(site: Site, plant: Plant, unit: str) -> DetectorsReported:
    covered = {name for truck in plant.trucks for name in site.way(truck).covers[truck.at]} - plant.blind
    stuck = dict(plant.stuck)
    readings = tuple(
        (name, Reading.OCCUPIED if stuck.get(name, name in covered) else Reading.VACANT) for name in site.layout.index.detectors_of[unit]
    )
    return DetectorsReported(unit, NOW, readings)


def boom_of(site: Site, plant: Plant, gate: int, *, fault: str = "", obstructed: bool = False) -> BoomReported:
    arm = plant.booms[gate]
    said = {Arm.DOWN: Boom.DOWN, Arm.UP: Boom.UP}.get(arm.at, Boom.MOVING)
    if arm.fault is BoomFault.UNSURE:
        said = Boom.UNKNOWN
    return BoomReported(site.layout.gates[gate].name, said, NOW, obstructed, fault, arm.fault is BoomFault.LOCAL)


def lamp_of(site: Site, plant: Plant, gate: int) -> SignalReported:
    fault, proceed = plant.lamps[gate], plant.asked[gate]
    failed = (fault is LampFault.NO_STOP and not proceed) or (fault is LampFault.NO_PROCEED and proceed)
    return SignalReported(site.layout.gates[gate].name, shows(plant, gate), NOW, failed)


def dog_of(site: Site, plant: Plant, gate: int) -> WatchdogReported:
    dog = plant.dogs[gate]
    armed = dog in {Dog.ARMED, Dog.UNPROVED}
    return WatchdogReported(site.layout.gates[gate].signal_unit, armed, dog is Dog.TRIPPED, dog is Dog.ARMED)


def papers_of(plant: Plant, truck: str) -> tuple[ConsignmentReported, ClearanceReported, ClearanceReported]:
    name = f"C-{truck}"
    second = Standing.HELD if plant.held else Standing.CLEARED
    return (
        ConsignmentReported(name, truck, PLATE),
        ClearanceReported(name, Authority.VN, Standing.CLEARED),
        ClearanceReported(name, Authority.CN, second),
    )


def truck_of(site: Site, plant: Plant, n: int) -> TruckReported:
    truck = plant.trucks[n]
    if truck.at == 0:
        return TruckReported(truck_name(n), Connection.OFFLINE, last_node=site.way(truck).nodes[-1])
    way = site.way(truck)
    place = truck.lie if truck.lie >= 0 else way.node[truck.at]
    forgotten = truck.base == STUB and truck.lie >= 0  # else its lie could look like the echo of an order that it has not heard
    end = "" if truck.base == 0 or truck.cancelled or forgotten else way.nodes[place if truck.base == STUB else truck.base]
    driven = truck.base == STUB or truck.at >= way.rung_of_node[truck.base]
    return TruckReported(
        truck_name(n),
        Connection.ONLINE,
        mode=_MODES[truck.manual],
        localised=True,
        e_stop=truck.e_stop,
        last_node=way.nodes[place],
        authority_end=end,
        order_done=end != "" and driven,
        standing=not is_free_to_drive(site, truck),
        paused=truck.paused,
        cancelled=truck.cancelled,
        rejected="orderError" if truck.rejects and truck.base <= 0 else "",
    )


def newly_seen(site: Site, before: Plant, after: Plant) -> list[Report]:
    """Each unit whose inputs change says so, twice, as polls do."""
    said: list[Report] = []
    for unit in site.layout.units:
        now = detectors_of(site, after, unit.name)
        if now != detectors_of(site, before, unit.name) and unit.name not in after.silent:
            said += [now, now]
    return said


def unit_says(site: Site, plant: Plant, unit: str) -> list[Report]:
    """Everything that a unit says when it is heard again; inputs twice, so that two reads agree."""
    said: list[Report] = []
    if unit in plant.silent:
        return said
    for gate, named in enumerate(site.layout.gates):
        if named.signal_unit == unit:
            said += [dog_of(site, plant, gate), lamp_of(site, plant, gate)]
        if named.barrier_unit == unit:
            said.append(boom_of(site, plant, gate))
    if site.layout.index.detectors_of[unit]:
        said += [detectors_of(site, plant, unit)] * 2
    return said


def link_lost(unit: str) -> LinkLost:
    return LinkLost(unit, "no answer")
