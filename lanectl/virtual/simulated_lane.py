"""A simulated lane to play with: brought into service by its people, then alone with what a scenario or a test does to it."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lanectl.controller import Controller, Outcome
from lanectl.decide import Decision
from lanectl.model import Act, ActRequested, Authority, Lane, Refusal, Report, Service
from lanectl.replay import replay
from lanectl.site.facts import Site
from lanectl.status import Alarm
from lanectl.status.alarms import alarms
from lanectl.status.news import News, follow
from lanectl.status.shown import Moment
from lanectl.virtual.figures import is_available
from lanectl.virtual.lane import Cast, Options, VirtualLane
from lanectl.wording import happening_text, sentence
from sim.fault_plan import Planned
from sim.faults import cause
from sim.scene import Broken, Place, Truck
from sim.world import change

LOOK_S = 0.1  # of simulated time between two looks at what is expected
OPENED_S_MAX = 900.0  # people need some two minutes to bring an undisturbed lane into service
LINES_MAX = 60  # of the transcript: the newest


@dataclass(frozen=True, slots=True)
class Heard:
    """What the lane said, and when. `at` counts from the scenario's beginning, as every time here does."""

    at: float
    words: str


class SimulatedLane:
    """`now` is 0 when the lane was opened, or when its controller first started if it never is. No truck is there until one is called."""

    def __init__(self, site: Site, cleared_by: Mapping[str, tuple[Authority, ...]], folder: Path, seed: int = 1) -> None:
        self.heard: list[Heard] = []
        self.refused_at: dict[tuple[str, str], float] = {}  # subject and code of each refusal: when it last stood
        self._began_at = self._called_at = 0.0
        self._news = News()
        self._standing: set[tuple[str, str]] = set()
        self._lane = VirtualLane(site, Options(seed, len(cleared_by), folder, cast=Cast(cleared_by), observers=(self,)))
        self._lane.attended = False

    # ------------------------------------------------------------ time

    @property
    def now(self) -> float:
        return self._lane.bench.now - self._began_at

    def run_for(self, seconds: float) -> None:
        self._lane.run_for(seconds)

    def open(self) -> None:
        """People prove it and open it, as they do with a new lane; then `now` is 0 and nobody is there any more."""
        self._lane.attended, self._lane.people.leisure = True, 0.0
        while not (self.lane is not None and self.lane.service is Service.OPEN and is_available(self.lane)):
            assert self._lane.bench.now < OPENED_S_MAX, "people could not bring the lane into service"
            self.run_for(1.0)
        self._lane.attended, self._lane.people.leisure = False, 1.0
        self._began_at = self._lane.bench.now
        self.heard.clear()
        self.refused_at.clear()

    def end(self) -> None:
        self._lane.end()

    # ------------------------------------------------------------ what happens to it

    def call(self, truck: str) -> None:
        """It comes to the queue before the entry gate."""
        self._say(f"{truck} is called")
        self._called_at = max(self._lane.bench.now, self._called_at + LOOK_S)  # two of one instant would stand in one place
        self._lane.bench.lane.world = change(self._lane.bench.lane.world, truck, back_at=self._called_at)

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
        refusals = tuple(refusal for refusal in outcomes[0].refusals if refusal.subject == request.act.value)
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
        """The section that its front is in; the gate at whose stop line it is; YARD or AWAY."""
        found, plan = self.truck(truck), self._lane.bench.lane.plan
        if found.place in (Place.YARD, Place.AWAY):
            yield found.place.value
            return
        yield from (section.name for section in plan.sections if section.from_m < found.front_m <= section.to_m)
        yield from (gate.name for gate in plan.gates if abs(found.front_m - gate.stop_m) < 0.5)

    def transcript(self) -> list[str]:
        """What the lane said, the newest last, and what it refuses now."""
        left_out = [f"… {len(self.heard) - LINES_MAX} lines before"] if len(self.heard) > LINES_MAX else []
        lines = [f"{heard.at:8.1f} s  {heard.words}" for heard in self.heard[-LINES_MAX:]]
        refused = [f"refused now: {told(refusal)}" for refusal in self.refusals] or ["refused now: nothing"]
        return [*left_out, *lines, *(refused if self.controller else ["no controller runs"])]

    def not_replayed(self) -> str:
        """After the end: where the journal replays to something else than was decided, "" when it does not."""
        found = replay(self._lane.journal).difference
        return f"record {found.seq} replays to other {found.what}" if found else ""

    # ------------------------------------------------------------ listening

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:
        """Each step of the controller, as its observers see it."""
        after, layout = decision.core.lane, self.site.layout
        self._news = follow(self._news, layout, Moment(now, ""), decision.identity or report, before, after, decision.refusals)
        self.heard += [Heard(now - self._began_at, happening_text(happening, "en")) for happening in self._news.latest]
        if not decision.stepped:
            return
        standing = {(refusal.subject, refusal.code) for refusal in decision.refusals}
        for refusal in decision.refusals:
            self.refused_at[refusal.subject, refusal.code] = now - self._began_at
            if (refusal.subject, refusal.code) not in self._standing:
                self.heard.append(Heard(now - self._began_at, f"refused: {told(refusal)}"))
        self._standing = standing

    def _say(self, words: str) -> None:
        self.heard.append(Heard(self.now, words))


def told(refusal: Refusal) -> str:
    subject = refusal.subject if refusal.subject not in Act.__members__ else f"act {refusal.subject}"
    return f"{subject}: {sentence(refusal.code, dict(refusal.params), 'en')} ({refusal.code}, {refusal.invariant})"
