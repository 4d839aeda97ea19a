"""A lane to play with in real time: the controller as a program of its own, simulated devices on pseudo-terminals, a real broker.

What the controller holds and says is computed from its journal as it is written, by the same rules: so it is known whether that replays.
"""

import contextlib
import shlex
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console

from lanectl.acting import EVERY
from lanectl.chain import JournalError, records
from lanectl.controller import Outcome
from lanectl.demo import programs
from lanectl.demo.children import Children
from lanectl.demo.opening import open_lane
from lanectl.demo.run import wait_until_lives
from lanectl.demo_site import write_manifest
from lanectl.model import Act, ActRequested, Authority, Lane, Refusal, Service
from lanectl.operating_client import NoControllerError, ask
from lanectl.replay import Difference, Replaying
from lanectl.scenario.facts import FaultAt, Scenario
from lanectl.scenario.listening import Listening, of_act, told
from lanectl.scenario.real_parts import PIN, prepare
from lanectl.scenario.stage import LOOK_S, places
from lanectl.site.facts import Site
from lanectl.status import Alarm
from lanectl.status.alarms import alarms
from lanectl.virtual.figures import is_available
from lanectl.virtual.people import People
from sim.control import cause, truth
from sim.fault_acts import ByHand
from sim.fault_table import KINDS
from sim.scene import Broken, Offence, Place
from sim.whereabouts import is_vacant, section_or_entry

PEOPLE_LOOK_S = 1.0
OPENED_S_MAX = 120.0
ACT_S_MAX = 60.0
SWITCHED_OFF_S = 60.0
KILLED = "controller-killed"


@dataclass(frozen=True, slots=True)
class Seen:
    """A truck as it really is."""

    place: Place
    front_m: float
    length_m: float
    speed_mps: float
    heading: int
    crossing: int

    @property
    def low_m(self) -> float:
        return min(self.front_m, self.front_m - self.heading * self.length_m)

    @property
    def high_m(self) -> float:
        return max(self.front_m, self.front_m - self.heading * self.length_m)


@dataclass(slots=True)
class Asked:
    """An act that was put to the controller: its replies as they come. `failed`: why there will be no more, in words."""

    request: ActRequested
    replies: list[Mapping[str, Any]] = field(default_factory=list)
    over: bool = False
    failed: str = ""

    @property
    def decided(self) -> bool:
        """Whether the rules took it is known; that the lane shows it may take longer. An act on several targets is known at its end."""
        several = self.request.target == EVERY or (self.request.act is Act.REARM and not self.request.target)
        return self.over or (not several and any("accepted" in reply for reply in self.replies))

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        found = [refusal for reply in self.replies for refusal in reply.get("refusals", ())]
        return tuple(Refusal(one["code"], one["subject"], one["invariant"], tuple(one["params"].items())) for one in found)


def not_in_real_time(scenario: Scenario) -> list[str]:
    """What of a scenario can only happen in virtual time: faults of whole kinds that nothing at a real lane brings about by hand."""
    timed = [one for one in scenario.happenings if isinstance(one, FaultAt) and one.lasts_s is not None]
    names = dict.fromkeys(shlex.split(one.words)[0] for one in timed)
    return [name for name in names if name != KILLED and not isinstance(KINDS[name].begin, ByHand)]


class RealLane:
    """`folder` keeps the journal and the programs' logs. `speed`: how many times faster than real time, on a machine that can."""

    def __init__(self, site: Site, scenario: Scenario, folder: Path, speed: float = 1.0) -> None:
        self._speed = speed
        self._run = Path(tempfile.mkdtemp(prefix="lanectl-"))  # short: a socket's path may have 107 bytes
        self._children = Children()
        self._asking = ThreadPoolExecutor(max_workers=8)
        self._difference: Difference | None = None
        with contextlib.ExitStack() as undo:  # what fails or is interrupted meanwhile leaves nothing behind
            undo.callback(shutil.rmtree, self._run, ignore_errors=True)
            undo.callback(self._asking.shutdown, cancel_futures=True)
            undo.callback(self._children.end)
            self._prepared, self._plan = prepare(site, scenario, self._run, folder, speed)
            self.listening = Listening(self._prepared.site.layout)
            self._replaying = Replaying(stepped=self.listening.stepped)
            self._start()
            self._ending = undo.pop_all()
        self._truth: dict[str, Any] = truth(self._prepared.control)
        self._lines = {line.truck: line for line in self._prepared.site.manifest}
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._answers: list[tuple[Asked, Callable[[Outcome], None]]] = []
        layout = self._prepared.site.layout
        dice = Random(f"{scenario.seed} people")  # noqa: S311 - how long a simulated person takes
        self._people = People(dice, self._act_of_people, self._vacant, layout, self._switch_off, self._where)

    def _start(self) -> None:
        prepared, logs = self._prepared, self._prepared.kept
        self._children.start("broker", programs.broker(prepared), logs / "broker.log")
        self._children.start("simulator", programs.simulator(prepared), logs / "simulator.log")
        wait_until_lives(self._children, prepared.control, "the simulator")
        controller = programs.controller(prepared, self._speed)
        self._controller = self._children.start("controller", controller, logs / "controller.log", restart_after_s=inf)
        wait_until_lives(self._children, prepared.socket, "the controller")
        self.listening.begin(self._now)

    # ------------------------------------------------------------ time

    @property
    def _now(self) -> float:
        """The clock that simulator and controller share."""
        return (time.monotonic() - self._prepared.epoch) * self._speed

    @property
    def now(self) -> float:
        return self._now - self.listening.began_at

    @property
    def trace(self) -> str:
        return ""

    def run_for(self, seconds: float) -> None:
        until = self._now + seconds
        while (now := self._now) < until:
            time.sleep(min(LOOK_S, until - now) / self._speed)
            self._look()

    def open(self) -> None:
        """Two persons prove it and open it; then `now` is 0 and nobody is there any more."""
        open_lane(Console(quiet=True), self._prepared)
        until = self._now + OPENED_S_MAX
        while not (self.lane is not None and self.lane.service is Service.OPEN and is_available(self.lane)):
            assert self._now < until, "people could not bring the lane into service"
            self.run_for(LOOK_S)
        self.listening.begin(self._now)

    def end(self) -> None:
        self._ending.close()
        self._follow()

    def _look(self) -> None:
        dead = self._children.watch()
        assert dead is None, f"the {dead.name if dead else ''} has ended; see {self._prepared.kept}"
        meant = self._controller.restart_after_s != inf
        assert meant or self._lives(), f"the controller has ended; see {self._prepared.kept}"
        self._follow()
        self._truth = truth(self._prepared.control)
        now = self._now
        for due, happens in [one for one in self._due if one[0] <= now]:
            self._due.remove((due, happens))
            happens()
        for asked, answer in [one for one in self._answers if one[0].decided]:
            self._answers.remove((asked, answer))
            answer(Outcome(0, asked.refusals))

    def _follow(self) -> None:
        """What the journal says since it was last read, until something replays otherwise."""
        with contextlib.suppress(JournalError):  # not there yet, or busy: the next look finds it
            for record in records(self._prepared.journal, first=self._replaying.seq + 1):
                self._difference = self._difference or self._replaying.take(record)

    # ------------------------------------------------------------ what happens to it

    def call(self, truck: str) -> None:
        self._say(f"{truck} is called")
        cause(self._prepared.control, "come", [truck])

    def attend(self) -> None:
        self._people_look()

    def _people_look(self) -> None:
        self._due.append((self._now + PEOPLE_LOOK_S, self._people_look))
        if self.lane is not None:
            self._people.look(self._now, self.lane, self._replaying.refusals)

    def fault(self, words: str, lasts_s: float | None = None, draw: float = 0.5) -> None:  # noqa: ARG002 - nothing done by hand is left open
        self._say(f"fault {words}" + ("" if lasts_s is None else f", for {lasts_s:g} s"))
        name, *arguments = shlex.split(words)
        if lasts_s is None:
            cause(self._prepared.control, name, arguments)
        elif name == KILLED:
            self._controller.restart_after_s = lasts_s / self._speed
            assert self._controller.process is not None
            self._controller.process.kill()
        else:
            begin, end = KINDS[name].begin, KINDS[name].end
            assert isinstance(begin, ByHand), f"{name} happens in virtual time only"
            self._cause(begin, "".join(arguments))
            if isinstance(end, ByHand):
                self._due.append((self._now + lasts_s, lambda: self._cause(end, "".join(arguments))))

    def _cause(self, by_hand: ByHand, target: str) -> None:
        cause(self._prepared.control, by_hand.name, by_hand.arguments(target))

    def clear(self, truck: str, authority: Authority) -> None:
        self._say(f"{authority.value} clears {truck}")
        line = self._lines[truck]
        self._lines[truck] = replace(line, cleared_by=(*line.cleared_by, authority))
        write_manifest(self._prepared.site.folder, tuple(self._lines.values()))

    def act(self, request: ActRequested) -> tuple[Refusal, ...] | None:
        words = f"{request.by} asks {request.act.value} {request.target}".rstrip()
        asked = self._ask(request)
        while not asked.decided:
            self.run_for(LOOK_S)
        if asked.failed:
            self._say(f"{words}: {asked.failed}")
            return None
        refusals = of_act(asked.refusals, request.act)
        self._say(f"{words}: {'; '.join(told(refusal) for refusal in refusals) or 'done'}")
        return refusals

    def _act_of_people(self, request: ActRequested, answer: Callable[[Outcome], None]) -> None:
        self._answers.append((self._ask(request), answer))

    def _ask(self, request: ActRequested) -> Asked:
        named = {"target": request.target, "reason": request.reason, "evidence": request.evidence, "place": request.place}
        proof = {"second": request.second, "second_pin": PIN, "pin": PIN} if request.second else {}
        said = {"kind": "act", "act": request.act.value, "by": request.by, "truck": request.truck, **named, **proof}
        asked = Asked(request)
        self._asking.submit(_put, asked, self._prepared.socket, said)
        return asked

    def _switch_off(self, truck: str) -> None:
        if self._truth["trucks"][truck]["running"]:
            cause(self._prepared.control, "kill-truck", [truck])
            self._due.append((self._now + SWITCHED_OFF_S, lambda: cause(self._prepared.control, "start-truck", [truck])))

    # ------------------------------------------------------------ what can be seen of it

    @property
    def lane(self) -> Lane | None:
        """None while the controller's process is dead."""
        return self._replaying.core.lane if self._lives() and self._replaying.core is not None else None

    def _lives(self) -> bool:
        process = self._controller.process
        return process is not None and process.poll() is None

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        return alarms(self._prepared.site.layout, self.lane, self._now) if self.lane else ()

    @property
    def refused_at(self) -> Mapping[tuple[str, str], float]:
        return self.listening.refused_at

    @property
    def broken(self) -> tuple[Broken, ...]:
        return tuple(Broken(b["at"], Offence(b["name"], tuple(b["subjects"])), b["words"]) for b in self._truth["broken"])

    def shown(self, gate: str) -> str:
        return str(self._truth["signals"][gate])

    def truck(self, name: str) -> Seen:
        found = self._truth["trucks"][name]
        length_m = next(truck.length_m for truck in self._plan.trucks if truck.serial == name)
        lies = float(found["front_m"]), length_m, float(found["speed_mps"])
        return Seen(Place(found["place"]), *lies, int(found["heading"]), int(found["crossing"]))

    def crossed(self, truck: str) -> bool:
        found = self.truck(truck)
        return found.crossing == 1 and found.place is Place.AWAY

    def stands_at(self, truck: str) -> Iterator[str]:
        found = self.truck(truck)
        yield from places(self._plan, found.place, found.front_m)

    def transcript(self) -> list[str]:
        return self.listening.transcript(self._replaying.refusals if self.lane else None)

    def not_replayed(self) -> str:
        found = self._difference
        return f"record {found.seq} replays to other {found.what}" if found else ""

    def _vacant(self, section: str) -> bool:
        return is_vacant(self._plan, section, map(self.truck, self._lines))

    def _where(self, truck: str) -> str:
        return section_or_entry(self._plan, self.truck(truck))

    def _say(self, words: str) -> None:
        self.listening.say(self._now, words)


def _put(asked: Asked, path: Path, said: Mapping[str, object]) -> None:
    try:
        for reply in ask(path, said, answer_s=ACT_S_MAX):
            asked.replies.append(reply)
    except NoControllerError as error:
        asked.failed = str(error)
    finally:
        asked.over = True
