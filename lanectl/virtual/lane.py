"""A site's lane in virtual time with everything and everybody: bench, controller, trips to be made, people who keep it in service."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from lanectl.controller import Observer, Outcome
from lanectl.decide import Decision
from lanectl.demo_site import demo_fleet, demo_plates
from lanectl.model import ActRequested, Authority, Lane, Refusal, Report
from lanectl.simulated import Setting, sim_plan
from lanectl.site.facts import Declared, Site
from lanectl.virtual.people import People
from lanectl.virtual.station import VirtualStation
from sim.bench import Bench, Field
from sim.plan import CameraPlan
from sim.scene import Place

LOOK_S = 1.0  # people look at the screen, the manifest gets its next lines
RETURN_S = 30.0


@dataclass(frozen=True, slots=True)
class Options:
    seed: int
    trucks: int
    folder: Path


class Refusals:
    """Observer: which refusals stood, in seconds of the lane by code, and the last ones that did."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._last_at = 0.0
        self._standing: tuple[str, ...] = ()

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:  # noqa: ARG002 - an observer is told more
        for code in self._standing:
            self.seconds[code] += now - self._last_at
        self._last_at = now
        if decision.stepped:
            self._standing = tuple({refusal.code: None for refusal in decision.refusals})


class VirtualLane:
    """Begins at 0 s with a lane that was never in service; `run_for` moves it on."""

    def __init__(self, site: Site, options: Options) -> None:
        fleet = demo_fleet(site, options.trucks)
        self._plates = demo_plates(fleet, options.seed)
        self._trips: Counter[str] = Counter(dict.fromkeys(self._plates, 1))
        manifest = tuple(_trip(serial, plate, 1) for serial, plate in self._plates.items())
        self.site = replace(site, fleet=fleet, manifest=manifest)
        self.refusals = Refusals()
        self._journal = options.folder / f"journal-{options.seed}.db"
        plan = sim_plan(self.site, Setting(options.seed, 1.0, 0.0, Path("control"), RETURN_S))
        plan = replace(plan, cameras=tuple(CameraPlan(camera.name, camera.gate) for camera in site.cameras))
        self.station: VirtualStation | None = None
        self.bench = Bench(plan, options.seed, self._start)
        self.people = People(Random(f"{options.seed} people"), self._act, self._vacant)
        self.bench.clock.call_at(LOOK_S, self._look)

    @property
    def crossings(self) -> int:
        return sum(truck.crossing - (truck.place is not Place.AWAY) for truck in self.bench.lane.world.trucks.values())

    def run_for(self, seconds: float) -> None:
        self.bench.run_for(seconds)

    # ------------------------------------------------------------ the controller and the people round it

    def _start(self, field: Field) -> VirtualStation:
        observers: tuple[Observer, ...] = (self.refusals,)
        self.station = VirtualStation(self.site, self._journal, field, observers)
        return self.station

    def _act(self, request: ActRequested, answer: Callable[[Outcome], None]) -> None:
        self.bench.note(f"{request.act.value} {request.target}")
        if self.station is not None:
            self.station.act(request, answer)

    def _vacant(self, section: str) -> bool:
        where = next(s for s in self.bench.lane.plan.sections if s.name == section)
        trucks = (t for t in self.bench.lane.world.trucks.values() if t.place is not Place.AWAY)
        return not any(truck.rear_m < where.to_m and truck.front_m > where.from_m for truck in trucks)

    def _look(self) -> None:
        self.bench.clock.call_at(self.bench.now + LOOK_S, self._look)
        self._declare_next()
        if self.bench.running and self.station is not None:
            controller = self.station.controller
            self.people.look(self.bench.now, controller.core.lane, controller.refusals)

    def _declare_next(self) -> None:
        """A truck that went home gets its next trip."""
        new: list[Declared] = []
        for serial, truck in self.bench.lane.world.trucks.items():
            if truck.place is Place.AWAY and self._trips[serial] == truck.crossing:
                self._trips[serial] += 1
                new.append(_trip(serial, self._plates[serial], self._trips[serial]))
        if new:
            self.site = replace(self.site, manifest=(*self.site.manifest, *new))
            if self.bench.running and self.station is not None:
                self.station.declare(tuple(new))


def _trip(serial: str, plate: str, number: int) -> Declared:
    return Declared(f"{serial}-{number}", serial, plate, (Authority.VN, Authority.CN))


def standing(refusals: tuple[Refusal, ...]) -> str:
    return ", ".join(dict.fromkeys(f"{refusal.subject} {refusal.code}" for refusal in refusals))
