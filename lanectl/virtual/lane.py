"""A site's lane in virtual time with everything and everybody: bench, controller, trips to be made, people, and what goes wrong."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import inf, sqrt
from pathlib import Path
from random import Random

from lanectl.controller import Observer, Outcome
from lanectl.demo_site import demo_fleet, demo_line, demo_plates, demo_weight_kg, with_fleet
from lanectl.model import ActRequested, Authority, Direction, Lane
from lanectl.simulated import Setting, sim_plan
from lanectl.site.facts import Declared, Site
from lanectl.virtual.commanded import Commanded
from lanectl.virtual.figures import Availability, Refusals
from lanectl.virtual.meddling import Meddler
from lanectl.virtual.people import People
from lanectl.virtual.ruled import Ruled
from lanectl.virtual.station import VirtualStation
from sim.bench import BEGINS, Bench, Field
from sim.fault_plan import Planned, Storm, drawn, haste
from sim.faults import cause
from sim.plan import CameraPlan, SimPlan
from sim.scene import Broken, Offence, Place, Truck, entry_of
from sim.whereabouts import is_vacant, section_or_entry
from sim.yard_system import YardSystem

LOOK_S = 1.0  # people look at the screen, the manifest gets its next lines
RETURN_S = 30.0
SWITCHED_OFF_S = 60.0
WITHDRAWN_S = 3.0  # by then a withdrawn clearance is heard, and an order that was on its way is taken
STEP_KG = 20  # of the simulated weighbridge
ORDERED_S = 12 * 3600.0  # how far ahead trips are ordered
BOTH = (Authority.VN, Authority.CN)


@dataclass(frozen=True, slots=True)
class Cast:
    """Trucks that are away until they are called, and go home for good after their crossing. `cleared_by`: each truck's first trip."""

    cleared_by: Mapping[str, tuple[Authority, ...]]


@dataclass(frozen=True, slots=True)
class Options:
    """`faults`: how many times as often as the table says things go wrong before `until_s`; `planned`: these and no others.

    `declared` False: nothing is there to be carried at first, and somebody else than this lane declares it. `cast`: these trucks
    instead of `trucks` of them that come and come again. `observers` see every step. `customs`: trips come as transport orders, and each
    side's customs system behaves so (sim/customs.py); none: they come as lines of the manifest.
    """

    seed: int
    trucks: int
    folder: Path
    faults: float = 0.0
    until_s: float = 0.0
    planned: tuple[Planned, ...] | None = None
    cast: Cast | None = None
    declared: bool = True
    observers: tuple[Observer, ...] = ()
    customs: Mapping[Authority, str] = field(default_factory=dict)


class VirtualLane:
    """Begins at 0 s with a lane that was never in service; `run_for` moves it on."""

    def __init__(self, site: Site, options: Options) -> None:
        cast = options.cast
        fleet = tuple(replace(site.fleet[0], serial=name) for name in cast.cleared_by) if cast else demo_fleet(site, options.trucks)
        self._plates = demo_plates(fleet, options.seed)
        self._trips: Counter[str] = Counter(dict.fromkeys(self._plates, 1))
        cleared_by = cast.cleared_by if cast else {}
        manifest = tuple(replace(trip(name, plate, 1), cleared_by=cleared_by.get(name, BOTH)) for name, plate in self._plates.items())
        self.site = replace(with_fleet(site, fleet), manifest=manifest)
        self.refusals, self.availability = Refusals(), Availability()
        self.attended = True  # people look at the screen and do what it says
        self.journal = options.folder / f"journal-{options.seed}.db"
        plan = sim_plan(self.site, Setting(options.seed, 1.0, 0.0, Path("control"), inf if cast else RETURN_S, options.customs))
        self.site = replace(self.site, manifest=() if options.customs or not options.declared else manifest)
        plan = replace(plan, arrivals=replace(plan.arrivals, begin_away=cast is not None))
        plan = replace(plan, cameras=tuple(CameraPlan(camera.name, camera.gate, sees=camera.sees.value) for camera in site.cameras))
        self.commanded = Commanded(self.site.layout, plan, lambda: self.bench)
        self.ruled = Ruled(self.site.layout)
        self._observers: tuple[Observer, ...] = (self.refusals, self.commanded, self.ruled, *options.observers)
        self.station: VirtualStation | None = None
        self.bench = Bench(plan, options.seed, self._start)
        planned = options.planned if options.planned is not None else drawn(self.bench, options.seed, options.until_s, options.faults)
        self.storm = Storm(self.bench, planned)
        self.storm.begin()
        self.bench.meddle, self.bench.withhold = Meddler(lambda: self.bench, self.site, self.act, self._believed).meddle, self._withhold
        self.people = People(Random(f"{options.seed} people"), self.act, self._vacant, site.layout, self._switch_off, self._where)
        self.people.leisure = 1.0 / sqrt(haste(options.faults))
        self._entered: set[tuple[str, int]] = set()
        self._entered_wrongly: list[Broken] = []
        self._withheld: dict[str, float] = {}  # trucks whose clearance was withdrawn, and when
        self._stopped_in_time: set[str] = set()  # those of them that had no way through the entry gate by then
        self.bench.clock.call_at(LOOK_S, self._look)
        if self.bench.yard is not None and options.declared:
            for serial, truck in self.bench.lane.world.trucks.items():
                self._order(self.bench.yard, serial, self._way(truck.heading))

    @property
    def crossings(self) -> int:
        return sum(truck.crossing - (truck.place is not Place.AWAY) for truck in self.bench.lane.world.trucks.values())

    @property
    def broken(self) -> tuple[Broken, ...]:
        """Truths that the lane broke, but for those that a fault committed itself."""
        found = (*self.bench.broken, *self._entered_wrongly, *self.commanded.broken, *self.ruled.broken)
        return tuple(broken for broken in found if not self.storm.excused(broken))

    def run_for(self, seconds: float) -> None:
        self.bench.run_for(seconds)

    def end(self) -> None:
        """The controller ends, so that its journal is whole."""
        self.bench.kill_controller()

    # ------------------------------------------------------------ the controller and the people round it

    def _start(self, field: Field) -> VirtualStation:
        self.station = VirtualStation(self.site, self.journal, field, self._observers)
        return self.station

    def act(self, request: ActRequested, answer: Callable[[Outcome], None]) -> None:
        self.bench.note(f"{request.by} {request.act.value} {request.target}")
        if self.bench.running and self.station is not None:
            self.station.act(request, answer)

    def _believed(self) -> Lane | None:
        """What the controller holds to be true, None while none runs."""
        return self.station.controller.core.lane if self.bench.running and self.station is not None else None

    def _withhold(self, truck: str, held: bool) -> None:
        """An authority takes back what it cleared of this truck's trip, or clears it again."""
        cleared_by = (Authority.VN,) if held else BOTH
        lines = tuple(replace(line, cleared_by=cleared_by) for line in self.site.manifest if line.truck == truck)
        self._list(lines)
        self._stopped_in_time.discard(truck)
        if not held:
            self._withheld.pop(truck, None)
        else:
            now = self._withheld[truck] = self.bench.now
            self.bench.clock.call_at(now + WITHDRAWN_S, lambda: self._note_withheld(truck, now))
        if not self.bench.running or self.station is None:
            return
        if held:
            self.station.withdraw(truck, Authority.CN)
        else:
            self.station.declare(lines)

    def _note_withheld(self, serial: str, since: float) -> None:
        """What was released before cannot be taken back: such a truck may still drive in."""
        truck = self.bench.lane.world.trucks[serial]
        if (
            self.site.layout.clearance_needed
            and self._withheld.get(serial) == since
            and truck.on_road
            and _unreleased(self.bench.lane.plan, truck)
        ):
            self._stopped_in_time.add(serial)

    def _vacant(self, section: str) -> bool:
        return is_vacant(self.bench.lane.plan, section, self.bench.lane.world.trucks.values())

    def _where(self, truck: str) -> str:
        seen = self.bench.lane.world.trucks.get(truck)
        return "" if seen is None else section_or_entry(self.bench.lane.plan, seen)

    def _switch_off(self, truck: str) -> None:
        driver = self.bench.lane.drivers[truck]
        if driver.running:
            self.bench.note(f"switched off {truck}")
            cause(self.bench.lane, self.bench.now, "kill-truck", [truck])
            self.bench.clock.call_at(
                self.bench.now + SWITCHED_OFF_S, lambda: cause(self.bench.lane, self.bench.now, "start-truck", [truck])
            )

    def _look(self) -> None:
        now = self.bench.now
        self.bench.clock.call_at(now + LOOK_S, self._look)
        self._declare_next()
        self._judge_entries()
        believed = self._believed()
        self.commanded.look(now, believed)
        self.availability.seen(now, believed)
        if believed is not None and self.station is not None and self.attended:
            self.people.look(now, believed, self.station.controller.refusals)

    def _declare_next(self) -> None:
        """A truck that went home gets its next trip."""
        new: list[Declared] = []
        for serial, truck in self.bench.lane.world.trucks.items():
            if truck.place is Place.AWAY and self._trips[serial] == truck.crossing:
                self._trips[serial] += 1
                new.append(trip(serial, self._plates[serial], self._trips[serial]))
        if self.bench.yard is not None:
            for line in new:
                heading = self.bench.lane.world.trucks[line.truck].heading
                self._order(self.bench.yard, line.truck, self._way(-heading if self.bench.lane.plan.both_ways else heading))
        else:
            self._declare(tuple(new))

    def _declare(self, lines: tuple[Declared, ...]) -> None:
        """New lines of the manifest, each in the place of what its truck had there."""
        if not lines:
            return
        self._list(lines)
        if self.bench.running and self.station is not None:
            self.station.declare(lines)

    def _list(self, lines: tuple[Declared, ...]) -> None:
        gone = {line.truck for line in lines}
        self.site = replace(self.site, manifest=(*(line for line in self.site.manifest if line.truck not in gone), *lines))

    def _way(self, heading: int) -> Direction:
        described = self.site.layout.direction
        return described if heading > 0 else described.other

    def _order(self, yard: YardSystem, serial: str, way: Direction, *, empty_return: bool = False) -> None:
        """Its next trip."""
        trip, plate = f"{serial}-{self._trips[serial]}", self._plates[serial]
        latest = (BEGINS + timedelta(seconds=self.bench.now + ORDERED_S)).isoformat()
        line = demo_line(trip, serial, plate)
        declared: dict[str, object] = {"plates": [plate, *line.other_plates], "declared_weight_kg": line.declared_weight_kg}
        declared |= {"empty_return": True} if empty_return else {"consignment": trip, "container": line.container}
        yard.add(id=trip, truck=serial, direction=way.value, latest=latest, **declared)

    def _judge_entries(self) -> None:
        """Nobody drives under the entry boom with another plate than its own, or for a trip that nobody declared or cleared (R3)."""
        for truck in self.bench.lane.world.trucks.values():
            entered = truck.until(entry_of(self.bench.lane.plan, truck.heading).boom_m) < 0.0
            if truck.place is Place.LANE and entered and (truck.serial, truck.crossing) not in self._entered:
                self._entered.add((truck.serial, truck.crossing))
                wrong = self._wrong(truck)
                if wrong:
                    self._entered_wrongly.append(Broken(self.bench.now, Offence("entered-uncleared", (truck.serial,)), wrong))

    def _wrong(self, truck: Truck) -> str:
        if truck.plate != self._plates[truck.serial]:
            return f"{truck.serial} entered with plate {truck.plate}"
        if truck.serial in self._stopped_in_time:
            return f"{truck.serial} entered, whose clearance was withdrawn at {self._withheld[truck.serial]:.0f} s"
        declared_kg, tolerance_kg = demo_weight_kg(truck.plate), self.site.layout.gates[0].weight_tolerance_kg
        if tolerance_kg is not None and abs(truck.weight_kg - declared_kg) > tolerance_kg + STEP_KG:
            return f"{truck.serial} entered with {truck.weight_kg} kg, {declared_kg} kg are declared"
        return f"{truck.serial} entered without a declared trip" if truck.crossing > self._trips[truck.serial] else ""


def _unreleased(plan: SimPlan, truck: Truck) -> bool:
    """No way through its entry gate was released to it."""
    return (truck.base_m - entry_of(plan, truck.heading).boom_m) * truck.heading <= 0.0


def trip(serial: str, plate: str, number: int) -> Declared:
    return demo_line(f"{serial}-{number}", serial, plate)
