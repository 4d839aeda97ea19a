"""A lane under demand: consignments come to either side by chance, as many an hour as is asked; what it carries and how long they wait."""

import tempfile
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from lanectl.model import Direction
from lanectl.site.facts import Declared, Site
from lanectl.virtual.figures import is_available
from lanectl.virtual.lane import Options, VirtualLane, trip
from sim.scene import Place

WARM_S = 600.0  # before it is measured: the lane is opened, and its queues are those of this demand
OPENED_S_MAX = 900.0
SLICE_S = 30.0


@dataclass(frozen=True, slots=True)
class Level:
    """`per_hour`: of all directions together, shared equally."""

    per_hour: float
    seconds: float
    trucks: int
    seed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """`waits_s`: of each that entered, from its coming to its entering, in rising order. `left`: how many still waited at the end."""

    level: Level
    crossings: int
    per_hour: float
    waits_s: tuple[float, ...]
    left: int
    turns: int
    broken: tuple[str, ...]

    def wait_s(self, part: float) -> float:
        return self.waits_s[min(len(self.waits_s) - 1, int(part * len(self.waits_s)))] if self.waits_s else 0.0


class DemandLane(VirtualLane):
    """Consignments come in `due` by side; each is given to a truck that stands parked on its side without one."""

    def __init__(self, site: Site, options: Options, level: Level) -> None:
        ways = (1, -1) if site.layout.both_ways else (1,)
        self._waiting: dict[int, deque[float]] = {way: deque() for way in ways}
        self._next_at = dict.fromkeys(ways, float("inf"))
        self._mean_s = 3600.0 * len(ways) / level.per_hour
        self._came = Random(f"{level.seed} demand")
        self._given: dict[str, float] = {}  # truck: when what it carries came
        self.marks: list[tuple[float, int]] = []  # when the lane was turned, and how many had crossed by then
        self._direction: Direction | None = None
        self.waits: list[tuple[float, float]] = []  # when it entered, and how long it had waited
        super().__init__(site, replace(options, declared=False))

    def begin(self) -> None:
        self._next_at = dict.fromkeys(self._next_at, self.bench.now)

    @property
    def left(self) -> int:
        return sum(len(queue) for queue in self._waiting.values()) + len(self._given)

    def _declare_next(self) -> None:
        now, new = self.bench.now, list[Declared]()
        direction = self.station.controller.core.lane.direction if self.bench.running and self.station is not None else self._direction
        if self._direction not in (None, direction):
            self.marks.append((now, self.crossings))
        self._direction = direction
        for way, queue in self._waiting.items():
            while self._next_at[way] <= now:
                queue.append(self._next_at[way])
                self._next_at[way] += self._came.expovariate(1.0 / self._mean_s)
        for serial, truck in self.bench.lane.world.trucks.items():
            if truck.place is Place.PARKED and serial not in self._given and self._waiting[truck.heading]:
                self._given[serial] = self._waiting[truck.heading].popleft()
                self._trips[serial] = truck.crossing
                new.append(trip(serial, truck.plate, truck.crossing))
        if new:
            gone = {line.truck for line in new}
            self.site = replace(self.site, manifest=(*(line for line in self.site.manifest if line.truck not in gone), *new))
            if self.bench.running and self.station is not None:
                self.station.declare(tuple(new))

    def _judge_entries(self) -> None:
        before = set(self._entered)
        super()._judge_entries()
        for serial, _ in self._entered - before:
            if serial in self._given:
                self.waits.append((self.bench.now, self.bench.now - self._given.pop(serial)))


def measure(site: Site, level: Level, progress: Callable[[float], None] = lambda _: None) -> Measured:
    """One level of demand: opened, warmed up, then measured for so long. Stops at the first broken truth."""
    with tempfile.TemporaryDirectory(prefix="lanectl-capacity-") as folder:
        lane = DemandLane(site, Options(level.seed, level.trucks, Path(folder)), level)
        while not _is_open(lane):
            assert lane.bench.now < OPENED_S_MAX, "people could not bring the lane into service"
            lane.run_for(5.0)
        lane.begin()
        lane.run_for(WARM_S)
        began, crossed = lane.bench.now, lane.crossings
        while lane.bench.now < began + level.seconds and not lane.broken:
            lane.run_for(min(SLICE_S, began + level.seconds - lane.bench.now))
            progress((lane.bench.now - began) / level.seconds)
        ends = [(began, crossed), (lane.bench.now, lane.crossings)]
        turns = [mark for mark in lane.marks if mark[0] >= began]
        lane.end()
    return Measured(
        level,
        ends[1][1] - ends[0][1],
        over_whole_rounds(ends, turns),
        tuple(sorted(wait for at, wait in lane.waits if at >= began)),
        lane.left,
        len(turns),
        tuple(broken.words for broken in lane.broken),
    )


def over_whole_rounds(ends: list[tuple[float, int]], turns: list[tuple[float, int]]) -> float:
    """Over whole rounds of both directions where there are some: a window that cuts through a batch says little of the others."""
    last = len(turns) - 1 - (len(turns) - 1) % 2
    (began, before), (ended, after) = (turns[0], turns[last]) if last >= 2 else ends
    return 3600.0 * (after - before) / (ended - began)


def _is_open(lane: DemandLane) -> bool:
    return lane.bench.running and lane.station is not None and is_available(lane.station.controller.core.lane)
