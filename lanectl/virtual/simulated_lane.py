"""A simulated lane to play with: brought into service by its people, then alone with what a scenario or a test does to it."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from lanectl.controller import Controller, Outcome
from lanectl.model import ActRequested, Authority, Lane, Refusal, Service
from lanectl.replay import replay
from lanectl.scenario.listening import Listening, of_act, told
from lanectl.scenario.stage import LOOK_S, places
from lanectl.site.facts import Site
from lanectl.status import Alarm
from lanectl.status.alarms import alarms
from lanectl.virtual.figures import is_available
from lanectl.virtual.lane import Cast, Options, VirtualLane
from sim.fault_plan import Planned
from sim.faults import cause
from sim.scene import Broken, Place, Truck

OPENED_S_MAX = 900.0  # people need some two minutes to bring an undisturbed lane into service


class SimulatedLane:
    """`now` is 0 when the lane was opened, or when its controller first started if it never is. No truck is there until one is called."""

    def __init__(self, site: Site, cleared_by: Mapping[str, tuple[Authority, ...]], folder: Path, seed: int = 1) -> None:
        self.listening = Listening(site.layout)
        self._lane = VirtualLane(site, Options(seed, len(cleared_by), folder, cast=Cast(cleared_by), observers=(self.listening,)))
        self._lane.attended = False

    # ------------------------------------------------------------ time

    @property
    def now(self) -> float:
        return self._lane.bench.now - self.listening.began_at

    def run_for(self, seconds: float) -> None:
        self._lane.run_for(seconds)

    def open(self) -> None:
        """People prove it and open it, as they do with a new lane; then `now` is 0 and nobody is there any more."""
        self._lane.attended, self._lane.people.leisure = True, 0.0
        while not (self.lane is not None and self.lane.service is Service.OPEN and is_available(self.lane)):
            assert self._lane.bench.now < OPENED_S_MAX, "people could not bring the lane into service"
            self.run_for(1.0)
        self._lane.attended, self._lane.people.leisure = False, 1.0
        self.listening.begin(self._lane.bench.now)

    def end(self) -> None:
        self._lane.end()

    # ------------------------------------------------------------ what happens to it

    def call(self, truck: str) -> None:
        """It comes to the queue before the entry gate."""
        self._say(f"{truck} is called")
        cause(self._lane.bench.lane, self._lane.bench.now, "come", [truck])

    def attend(self) -> None:
        """From now on people look at the screen, and do what it says."""
        self._lane.attended = True

    def fault(self, words: str, lasts_s: float | None = None, draw: float = 0.5) -> None:
        """As `lanectl fault` takes it, and it lasts until undone; with `lasts_s` a kind of sim/fault_table.py with what it happens to."""
        self._say(f"fault {words}" + ("" if lasts_s is None else f", for {lasts_s:g} s"))
        bench, (name, *arguments) = self._lane.bench, shlex.split(words)
        if lasts_s is not None:
            self._lane.storm.add(Planned(bench.now, name, "".join(arguments), lasts_s, draw))
            return
        bench.note(f"fault {words}")
        cause(bench.lane, bench.now, name, arguments)
        if name == "unplug":
            bench.wires[arguments[0]].pulled()

    def act(self, request: ActRequested) -> tuple[Refusal, ...] | None:
        """What refused it, nothing if it was done; None when no controller answered."""
        outcomes: list[Outcome] = []
        self._lane.act(request, outcomes.append)
        self.run_for(LOOK_S)
        words = f"{request.by} asks {request.act.value} {request.target}".rstrip()
        if not outcomes:
            self._say(f"{words}: no controller answers")
            return None
        refusals = of_act(outcomes[0].refusals, request.act)
        self._say(f"{words}: {'; '.join(told(refusal) for refusal in refusals) or 'done'}")
        return refusals

    def clear(self, truck: str, authority: Authority) -> None:
        """An authority clears the truck's first trip."""
        self._say(f"{authority.value} clears {truck}")
        trip = next(line for line in self._lane.site.manifest if line.truck == truck)
        if self._lane.station is not None and self._lane.bench.running:
            self._lane.station.declare((replace(trip, cleared_by=(authority,)),))

    # ------------------------------------------------------------ what can be seen of it

    @property
    def site(self) -> Site:
        return self._lane.site

    @property
    def controller(self) -> Controller | None:
        """None while its process is dead."""
        station = self._lane.station
        return station.controller if station is not None and self._lane.bench.running else None

    @property
    def lane(self) -> Lane | None:
        """What the controller holds to be true."""
        return self.controller.core.lane if self.controller else None

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        return alarms(self.site.layout, self.lane, self._lane.bench.now) if self.lane else ()

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Those of the last step: what waits now, and why."""
        return self.controller.refusals if self.controller else ()

    @property
    def broken(self) -> tuple[Broken, ...]:
        """Truths of the lane that were broken, judged on the world."""
        return self._lane.broken

    @property
    def trace(self) -> str:
        return self._lane.bench.trace

    def shown(self, gate: str) -> str:
        """What the lamps really show: STOP, PROCEED or DARK."""
        return self._lane.bench.lane.shown(gate).value

    def truck(self, name: str) -> Truck:
        """Where it really is."""
        return self._lane.bench.lane.world.trucks[name]

    def crossed(self, truck: str) -> bool:
        """It was let over the lane and is gone from it."""
        return self.truck(truck).crossing == 1 and self.truck(truck).place is Place.AWAY

    def stands_at(self, truck: str) -> Iterator[str]:
        found = self.truck(truck)
        yield from places(self._lane.bench.lane.plan, found.place, found.front_m)

    def transcript(self) -> list[str]:
        """What the lane said, the newest last, and what it refuses now."""
        return self.listening.transcript(self.controller.refusals if self.controller else None)

    def not_replayed(self) -> str:
        """After the end: where the journal replays to something else than was decided, "" when it does not."""
        found = replay(self._lane.journal).difference
        return f"record {found.seq} replays to other {found.what}" if found else ""

    @property
    def refused_at(self) -> Mapping[tuple[str, str], float]:
        return self.listening.refused_at

    def _say(self, words: str) -> None:
        self.listening.say(self._lane.bench.now, words)
