"""A lane under demand: consignments come to either side by chance, as many as a profile asks; what it carries, and how long they wait."""

import tempfile
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from lanectl.model import Direction, Lane
from lanectl.site.facts import Site
from lanectl.virtual.figures import is_available
from lanectl.virtual.lane import Options, VirtualLane, trip
from lanectl.virtual.measured import Entered, Level, Measured, over_whole_rounds, side
from lanectl.virtual.profile import Breakdown, Profile, Stretch
from lanectl.virtual.run import seldom_collecting
from sim.fault_plan import Planned
from sim.scene import Place, Truck

WARM_S = 600.0  # before a level is measured: the lane is opened, and its queues are those of this demand
OPENED_S_MAX = 900.0
SLICE_S = 30.0
TRUCKS_MIN = 12  # where the site's fleet has fewer and nothing else is said


@dataclass(slots=True)
class _Carried:
    """What a truck was given. `came_at` None: it returns empty. `ready_at`: since when it could be called, None while it cannot."""

    way: int
    came_at: float | None
    ready_at: float | None = None


class DemandLane(VirtualLane):
    """Each consignment is given to a truck that stands parked on its side without one. Where a side has none, and the other has trucks to
    spare, one of those comes over empty.
    """

    def __init__(self, site: Site, options: Options, profile: Profile) -> None:
        self.ways = {1: site.layout.direction} | ({-1: site.layout.direction.other} if site.layout.both_ways else {})
        self.profile = profile
        self.waiting: dict[int, deque[float]] = {way: deque() for way in self.ways}
        self._next_at = dict.fromkeys(self.ways, float("inf"))
        self._began_at = float("inf")
        self._came = Random(f"{profile.seed} demand")
        self._given: dict[str, _Carried] = {}
        self._breakdowns = list(profile.breakdowns)
        self.broke_down = 0
        self.marks: list[tuple[float, int]] = []  # when the lane was turned, and how many had crossed by then
        self._direction: Direction | None = None
        self.entered: list[Entered] = []
        super().__init__(site, replace(options, declared=False))

    def begin(self) -> None:
        self._began_at = self.bench.now
        self._next_at = {way: self._drawn(way, self.bench.now) for way in self.ways}

    def left(self, way: int) -> int:
        return len(self.waiting[way]) + sum(one.way == way and one.came_at is not None for one in self._given.values())

    def still_ready_s(self, way: int) -> list[float]:
        """How long each truck waits already that could be called."""
        return [self.bench.now - one.ready_at for one in self._given.values() if one.way == way and one.ready_at is not None]

    # ------------------------------------------------------------ what comes, and who carries it

    def _drawn(self, way: int, at: float) -> float:
        """When the next consignment comes. Where the rate changes before, it is drawn anew from there: chance has no memory."""
        while at - self._began_at < self.profile.seconds:
            per_hour, until_s = self.profile.rate_at(at - self._began_at, self.ways[way])
            comes = at + self._came.expovariate(per_hour / 3600.0) if per_hour > 0.0 else float("inf")
            if comes < self._began_at + until_s:
                return comes
            at = self._began_at + until_s
        return float("inf")

    def _declare_next(self) -> None:
        now = self.bench.now
        self._mark_turn(now)
        for way, queue in self.waiting.items():
            while self._next_at[way] <= now:
                queue.append(self._next_at[way])
                self._next_at[way] = self._drawn(way, self._next_at[way])
        parked = [truck for truck in self.bench.lane.world.trucks.values() if truck.place is Place.PARKED]
        free = [truck for truck in parked if truck.serial not in self._given]
        new = [(truck, _Carried(truck.heading, queue.popleft())) for truck in free if (queue := self.waiting[truck.heading])]
        new += [(truck, _Carried(truck.heading, None)) for truck in self._returning(free, len(new))]
        for truck, carried in new:
            self._given[truck.serial] = carried
            self._trips[truck.serial] = truck.crossing
        self._hand_in([(truck, carried.came_at is None) for truck, carried in new])

    def _mark_turn(self, now: float) -> None:
        direction = self._lane.direction if self._lane is not None else self._direction
        if self._direction not in (None, direction):
            self.marks.append((now, self.crossings))
        self._direction = direction

    def _returning(self, free: list[Truck], loaded: int) -> list[Truck]:
        """Trucks that come over empty for what waits on the other side, one for each consignment that has no truck there or on its way."""
        if len(self.ways) == 1 or loaded:
            return []
        found: list[Truck] = []
        for way, queue in self.waiting.items():
            coming = sum(one.way == -way for one in self._given.values()) + self._under_way_to(way)
            spare = [truck for truck in free if truck.heading == -way and not self.waiting[-way]]
            found += spare[: max(0, len(queue) - coming)]
        return found

    def _under_way_to(self, way: int) -> int:
        """Trucks that entered, and will be parked next where consignments of this way wait."""
        trucks = self.bench.lane.world.trucks.values()
        return sum(t.heading == -way and t.place is not Place.PARKED and t.serial not in self._given for t in trucks)

    def _hand_in(self, new: list[tuple[Truck, bool]]) -> None:
        """As transport orders where there are customs systems, else as lines of the manifest."""
        if self.bench.yard is not None:
            for truck, empty in new:
                self._order(self.bench.yard, truck.serial, self.ways[truck.heading], empty_return=empty)
            return
        self._declare(tuple(trip(truck.serial, truck.plate, truck.crossing) for truck, _ in new))

    # ------------------------------------------------------------ what becomes of it

    @property
    def _lane(self) -> Lane | None:
        return self.station.controller.core.lane if self.bench.running and self.station is not None else None

    def _look(self) -> None:
        super()._look()
        if self._lane is not None:
            self._note_ready(self._lane)
        self._break_down()

    def _note_ready(self, lane: Lane) -> None:
        for serial, carried in self._given.items():
            found = lane.consignments.get(f"{serial}-{self._trips[serial]}")
            ready = found is not None and (found.is_cleared or not self.site.layout.clearance_needed)
            carried.ready_at = (self.bench.now if carried.ready_at is None else carried.ready_at) if ready else None

    def _break_down(self) -> None:
        """The first truck that is in the section from then on."""
        now = self.bench.now
        for planned in [one for one in self._breakdowns if now >= self._began_at + one.at_s]:
            serial = self._first_in(planned)
            if serial:
                self._breakdowns.remove(planned)
                self.broke_down += 1
                self.storm.add(Planned(now, planned.kind, serial, planned.repair_s, 0.5))

    def _first_in(self, planned: Breakdown) -> str:
        where = next(s for s in self.bench.lane.plan.sections if s.name == planned.section)
        trucks = self.bench.lane.world.trucks.values()
        inside = (t.serial for t in trucks if t.place is Place.LANE and where.from_m < t.front_m <= where.to_m)
        return next(inside, "")

    def _judge_entries(self) -> None:
        before = set(self._entered)
        super()._judge_entries()
        now = self.bench.now
        for serial, _ in self._entered - before:
            carried = self._given.pop(serial, None)
            if carried is not None:
                wait_s = None if carried.came_at is None else now - carried.came_at
                ready_s = 0.0 if carried.ready_at is None else now - carried.ready_at
                self.entered.append(Entered(now, self.ways[carried.way], wait_s, ready_s))


# ---------------------------------------------------------------- measuring


def measure(site: Site, level: Level, progress: Callable[[float], None] = lambda _: None) -> Measured:
    """One level of demand, shared equally by the directions: warmed up, then measured for so long. Stops at the first broken truth."""
    ways = tuple(Direction) if site.layout.both_ways else (site.layout.direction,)
    asked = Stretch(0.0, dict.fromkeys(ways, level.per_hour / len(ways)))
    profile = Profile("level", "", WARM_S + level.seconds, level.seed, (asked,), trucks=level.trucks)
    with tempfile.TemporaryDirectory(prefix="lanectl-capacity-") as folder, seldom_collecting():
        lane = _opened(site, profile, Path(folder))
        lane.run_for(WARM_S)
        found = _measured(lane, level, progress)
        lane.end()
    return found


def play(site: Site, profile: Profile, told: Callable[[Measured], None] = lambda _: None) -> list[Measured]:
    """A profile from its beginning to its end, stretch by stretch, on one lane. Stops at the first broken truth."""
    found: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="lanectl-capacity-") as folder, seldom_collecting():
        lane = _opened(site, profile, Path(folder))
        for index, stretch in enumerate(profile.stretches):
            seconds = profile.ends_s(index) - stretch.from_s
            level = Level(sum(stretch.per_hour.values()), seconds, trucks_of(site, profile), profile.seed, stretch.from_s)
            found.append(_measured(lane, level, lambda _: None))
            told(found[-1])
            if found[-1].broken:
                break
        lane.end()
    return found


def trucks_of(site: Site, profile: Profile) -> int:
    return profile.trucks or usual_trucks(site)


def usual_trucks(site: Site) -> int:
    """As the fleet, or a few more; one less than the places of both yards where with all of them full nobody could cross."""
    places = site.layout.places_beyond + site.layout.places_beyond_back - 1 if site.layout.both_ways else TRUCKS_MIN
    return max(len(site.fleet), min(TRUCKS_MIN, places))


def _opened(site: Site, profile: Profile, folder: Path) -> DemandLane:
    lane = DemandLane(site, Options(profile.seed, trucks_of(site, profile), folder, customs=profile.customs), profile)
    while not _is_open(lane):
        assert lane.bench.now < OPENED_S_MAX, "people could not bring the lane into service"
        lane.run_for(5.0)
    lane.begin()
    return lane


def _measured(lane: DemandLane, level: Level, progress: Callable[[float], None]) -> Measured:
    """From now on for as long as the level lasts."""
    began, crossed, broke_down = lane.bench.now, lane.crossings, lane.broke_down
    stopped = ""
    try:
        while lane.bench.now < began + level.seconds and not lane.broken:
            lane.run_for(min(SLICE_S, began + level.seconds - lane.bench.now))
            progress((lane.bench.now - began) / level.seconds)
    except AssertionError as error:
        stopped = f"the controller stopped itself: {error}"
    turns = [mark for mark in lane.marks if mark[0] >= began]
    entered = [one for one in lane.entered if one.at >= began]
    return Measured(
        level,
        lane.crossings - crossed,
        over_whole_rounds([(began, crossed), (lane.bench.now, lane.crossings)], turns),
        tuple(sorted(one.wait_s for one in entered if one.wait_s is not None)),
        sum(lane.left(way) for way in lane.ways),
        len(turns),
        (*(broken.words for broken in lane.broken), *([stopped] if stopped else [])),
        tuple(side(name, entered, lane.left(way), lane.still_ready_s(way)) for way, name in lane.ways.items()),
        lane.broke_down - broke_down,
    )


def _is_open(lane: DemandLane) -> bool:
    return lane.bench.running and lane.station is not None and is_available(lane.station.controller.core.lane)
