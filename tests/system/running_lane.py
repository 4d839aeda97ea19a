"""A whole lane for a test: the real programs that a demo starts, on free ports, in a folder of its own, all of them ended in the end."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from lanectl.demo import programs
from lanectl.demo.children import Child, Children
from lanectl.demo.opening import open_lane
from lanectl.demo.prepared import PORTS, InTheWayError, Options, Prepared, prepare
from lanectl.demo.yard import Yard
from lanectl.operating import lives
from lanectl.operating_client import NoControllerError, ask, status
from lanectl.status import LaneStatus
from lanectl.wording import LANGUAGES, alarm_text, sentence
from sim.control import ControlError, cause, truth
from tests.system.lanectl_commands import lanectl
from tests.system.processes import command_of, descendants, runs

WITHIN_S = 200.0  # of the lane's clock: two trucks in a row, and a person's acts
ANSWER_S = 20.0  # real seconds
LOOK_S = 0.08  # each look costs the programs a few milliseconds
LOAD_S = 1.0
PACES = ((1.5, 3.0), (3.0, 2.0))  # load of a core, then how fast a clock it can serve: two lanes at 6 took all of two cores
PACE_MIN = 1.5
PACE = "LANECTL_TEST_PACE"
PORT_TRIES = 20

Truth = dict[str, Any]


class NotYetError(AssertionError):
    """What a test waited for did not happen within its deadline."""


@dataclass(slots=True)
class RunningLane:
    """`started`: every process that ever belonged to this run, so that the end can prove that none is left.

    `disturbed`: trucks to which something happened, and on which crossing: each must get to the end of it. `said`: by the last command.
    `worked`: when the lane was seen to work, of its clock.
    """

    prepared: Prepared
    speed: float
    children: Children = field(default_factory=Children)
    programs: dict[str, Child] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)
    ended: bool = False
    disturbed: dict[str, int] = field(default_factory=dict)
    worked: list[float] = field(default_factory=lambda: [0.0])
    said: str = ""
    yard: Yard = field(init=False)

    def __post_init__(self) -> None:
        self.yard = Yard(self.prepared)

    # ------------------------------------------------------------ programs

    def start_broker(self, argv: Sequence[str] = ()) -> None:
        self._start("broker", argv or programs.broker(self.prepared))
        self.until("the broker accepts", lambda: _accepts(self.prepared.ports["broker"]))

    def start_simulator(self) -> None:
        self._start("simulator", programs.simulator(self.prepared))
        self.until("the simulator answers", self.prepared.control.exists)

    def start_controller(self) -> None:
        self._start("controller", programs.controller(self.prepared, self.speed))
        self.until("the controller answers", lambda: lives(self.prepared.socket))

    def open(self) -> None:
        """As two persons do it on the lane's first day."""
        with (self.prepared.kept / "opening.log").open("w", encoding="utf-8") as told:
            open_lane(Console(file=told), self.prepared)

    def _start(self, name: str, argv: Sequence[str]) -> None:
        log = self.prepared.kept / f"{name}.log"
        self.programs[name] = self.children.start(name, argv, log, restart_after_s=0.0)

    def kill(self, name: str) -> None:
        self._note_started()
        process = self._process(name)
        process.kill()
        process.wait()

    def send(self, name: str, number: signal.Signals) -> None:
        os.kill(self._process(name).pid, number)

    def restart(self, name: str) -> None:
        """A killed program, as its supervisor starts it again."""
        self.children.watch()
        child = self.programs[name]
        assert child.process is not None
        assert child.process.poll() is None, f"{name} does not start again"
        if name == "controller":
            self.until("the controller answers again", lambda: lives(self.prepared.socket))

    def log(self, name: str) -> str:
        return (self.prepared.kept / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _process(self, name: str) -> Any:
        process = self.programs[name].process
        assert process is not None
        return process

    # ------------------------------------------------------------ what is so

    @property
    def now(self) -> float:
        """The clock that controller and simulator share."""
        return (time.monotonic() - self.prepared.epoch) * self.speed

    def truth(self) -> Truth:
        return truth(self.prepared.control)

    def truck(self, serial: str) -> Truth:
        found: Truth = self.truth()["trucks"][serial]
        return found

    def status(self) -> LaneStatus:
        return msgspec.json.decode(status(self.prepared.socket, answer_s=ANSWER_S), type=LaneStatus)

    def until(self, what: str, holds: Callable[[], object], within_s: float = WITHIN_S, *, served: bool = True) -> None:
        """Looks until it holds. `served`: there is a controller to ask. Raises NotYetError with the lane as it is then."""
        deadline = time.monotonic() + within_s / self.speed + ANSWER_S
        load_at = 0.0 if served else deadline
        while not holds():
            if time.monotonic() > load_at:
                load_at = time.monotonic() + LOAD_S
                self._load_trucks()
            dead = [child.name for child in self.programs.values() if child.process is not None and child.process.poll() not in (None, -9)]
            if dead or time.monotonic() > deadline:
                raise NotYetError(f"not within {within_s:g} s: {what}; ended: {dead or 'none'}\n{self._words()}")
            time.sleep(LOOK_S)

    def _load_trucks(self) -> None:
        """The yard's work, while there is a controller."""
        with suppress(NoControllerError):
            self.yard.load(self.status())

    def _words(self) -> str:
        try:
            shown = lanectl("status", "--socket", str(self.prepared.socket)).stdout
        except (NoControllerError, OSError) as error:
            shown = str(error)
        try:
            world = json.dumps({name: told for name, told in self.truth().items() if name != "detectors"}, ensure_ascii=False)
        except ControlError as error:
            world = str(error)
        logs = "\n".join(f"{name}: {self.log(name)[-600:]}" for name in self.programs)
        return f"{shown}\n{world}\n{logs}\n{self._orders()}"

    def _orders(self) -> str:
        try:
            known = [reply["order"] for reply in ask(self.prepared.socket, {"kind": "order-list", "all": True}) if "order" in reply]
        except NoControllerError as error:
            return str(error)
        return "\n".join(["orders:", *map(str, known)])

    def alarmed(self, code: str, subject: str) -> bool:
        return any((alarm.code, alarm.subject) == (code, subject) for alarm in self.status().alarms)

    def disturb(self, serial: str) -> str:
        """From here on something happens to this truck."""
        self.disturbed[serial] = max(self.truck(serial)["crossing"], self.disturbed.get(serial, 0))
        return serial

    def crossed(self, serial: str, crossing: int) -> bool:
        """It has left the lane on that crossing, counted from 1."""
        truck = self.truck(serial)
        return bool(truck["crossing"] > crossing or (truck["crossing"] == crossing and truck["place"] in ("LEAVING", "AWAY")))

    def trucks_at(self, from_m: float, to_m: float) -> list[str]:
        """Those on the lane whose front is there now."""
        return [name for name, told in self.truth()["trucks"].items() if told["place"] == "LANE" and from_m <= told["front_m"] <= to_m]

    # ------------------------------------------------------------ what is done

    def fault(self, name: str, *arguments: str) -> None:
        cause(self.prepared.control, name, arguments)

    def act(self, act: str, target: str = "") -> str:
        """One act over the operators' socket, by two persons with their PINs; says its outcome."""
        (first, pin), (second, second_pin) = self.prepared.pins.items()
        said = {"by": first, "pin": pin, "reason": "test", "evidence": "looked"}
        vouched = {"second": second, "second_pin": second_pin} if act == "DECLARE" else {}
        *replies, last = ask(self.prepared.socket, {"kind": "act", "act": act, "target": target, **said, **vouched}, answer_s=ANSWER_S)
        outcome = str(last.get("outcome", last))
        return outcome if outcome == "done" else f"{outcome} {replies}"

    def command(self, *arguments: str) -> int:
        """The same by the command line; says its exit code."""
        (first, pin), (second, second_pin) = self.prepared.pins.items()
        said = ["--socket", str(self.prepared.socket), "--by", first, "--pin", pin, "--reason", "test"]
        vouched = ["--second", second, "--second-pin", second_pin, "--evidence", "looked"] if arguments[0] == "declare" else []
        stops = [word for word in said if word not in ("--pin", pin)]
        told = lanectl(*arguments, *(stops if arguments[0] == "stop" else said + vouched))
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        self.said = told.stderr
        return told.exit_code

    # ------------------------------------------------------------ the end

    def _note_started(self) -> None:
        self.started |= descendants(os.getpid())

    def end(self) -> None:
        """Once. Raises AssertionError when anything outlives it."""
        if self.ended:
            return
        self._note_started()
        for child in self.programs.values():
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(signal.SIGCONT)
        self.children.end()
        self.ended = True
        ended = [child.process.pid for child in self.programs.values() if child.process is not None]
        self.until_gone(ended)
        left = [
            path
            for path in (self.prepared.control, self.prepared.socket, *(self.prepared.run / "tty").glob("*"))
            if path.is_symlink() or path.exists()
        ]
        self.prepared.remove()
        assert not left, f"left behind: {left}"
        taken = [what for what, port in self.prepared.ports.items() if _accepts(port)]
        assert not taken, f"somebody still serves the port of: {taken}"

    def until_gone(self, ended: Sequence[int]) -> None:
        deadline = time.monotonic() + ANSWER_S
        mine = self.started | set(ended)
        while left := {pid for pid in mine if runs(pid)}:
            assert time.monotonic() < deadline, f"still run: {[(command_of(pid), pid) for pid in left]}"
            time.sleep(LOOK_S)


@contextmanager
def running_lane(
    folder: Path,
    source: Path,
    *,
    trucks: int,
    broker: Callable[[int], Sequence[str]] | None = None,
    plan: Callable[[dict[str, list[Truth]]], None] = lambda plan: None,
    opened: bool = True,
) -> Iterator[RunningLane]:
    """Broker, simulator and controller, opened. `broker`: another's command line for a port; `plan`: changes the simulator's."""
    speed = pace()
    lane = RunningLane(prepared_on_free_ports(folder, source, trucks, speed), speed)
    planned = json.loads(lane.prepared.plan.read_bytes())
    plan(planned)
    lane.prepared.plan.write_text(json.dumps(planned), encoding="utf-8")
    try:
        lane.start_broker(broker(lane.prepared.ports["broker"]) if broker else ())
        lane.start_simulator()
        lane.start_controller()
        if opened:
            lane.open()
        yield lane
    finally:
        lane.end()


def pace() -> float:
    """As fast a clock as this machine can serve now: on a faster one its own delays weigh more, and the lane's limits count them.
    `make test` sets it for what it asks again.
    """
    if PACE in os.environ:
        return float(os.environ[PACE])
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    return next((speed for load, speed in PACES if busy < load), PACE_MIN)


def prepared_on_free_ports(folder: Path, source: Path, trucks: int, speed: float) -> Prepared:
    for _ in range(PORT_TRIES):
        options = Options(source, 1, trucks, 0, speed, headless=True, first_port=_free_ports(), folder=folder, lang="en")
        try:
            return prepare(options)
        except InTheWayError:
            continue
    raise AssertionError("no free ports")


def sentences_of(shown: LaneStatus, lang: str) -> list[str]:
    """Everything that the status says in words of what is wrong or waits."""
    alarms = [alarm_text(alarm, part, lang) for alarm in shown.alarms for part in ("what", "cause", "action")]
    return alarms + [sentence(truck.waits.code, truck.waits.params, lang) for truck in shown.trucks if truck.waits is not None]


def said_in_every_language(shown: LaneStatus) -> bool:
    return all(sentences_of(shown, lang) and all(sentences_of(shown, lang)) for lang in LANGUAGES)


def _free_ports() -> int:
    """The first of as many in a row as a demo needs, above those that the system gives out by itself for a moment."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1]) // 2 - len(PORTS)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
