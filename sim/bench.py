"""A whole lane in virtual time: world, devices on wires, trucks on a broker, cameras, and a controller that somebody else builds.

Nothing here reads a clock, a global random source or a thread: one seed gives one run, byte for byte. `trace` is a hash over all that went
over wires and broker, so that two runs can be compared in a line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Protocol

from drivers.wire.vda5050.topics import Publish
from sim.broker import Broker
from sim.customs import Customs
from sim.lane import SimLane
from sim.plan import SimPlan
from sim.plate_reads import PlateRead, PlateReads
from sim.radio import Radio
from sim.scene import Broken
from sim.serial_port import Wire
from sim.talkers import Talker, TalkerRadio
from sim.twin import Twin
from sim.virtual_time import Process, VirtualClock
from sim.yard import YardGates
from sim.yard_system import YardSystem

DRIVE_S = 0.1  # between two looks of the vehicles
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)  # the time of day at 0 s, for people


class Controller(Protocol):
    """What the bench knows of the controller that runs in it."""

    def plate_seen(self, read: PlateRead) -> None: ...

    def killed(self) -> None:
        """Its process is dead; what it held open is closed."""
        ...


@dataclass(slots=True)
class Disk:
    """`full`: it takes nothing more."""

    full: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """What a controller finds around it. `process`: the clock that it is to live by; `dice`: its own, for back-off."""

    process: Process
    wires: dict[str, Wire]
    broker: Broker
    cameras: dict[str, PlateReads]
    disk: Disk
    wall: Callable[[], str]
    dice: Random


class Bench:
    """`start` builds a controller on a field; it is called again after each kill."""

    def __init__(self, plan: SimPlan, seed: int, start: Callable[[Field], Controller]) -> None:
        self.clock = VirtualClock()
        self.lane = SimLane(plan)
        self.broker = Broker(self.clock, Random(f"{seed} broker"))
        self.broker.watch = self._carried
        self.wires = {
            port.name: Wire(port.name, self.lane, self.clock, Random(f"{seed} {port.name}"), self._heard_on_wire) for port in plan.ports
        }
        self.cameras = {c.name: PlateReads(c, self.lane, self.clock, Random(f"{seed} {c.name}")) for c in plan.cameras}
        self.radios = {t.serial: Radio(self.lane, t.serial, self.broker, self.clock, self.wall) for t in plan.trucks}
        self.customs = {c.authority: Customs.of(c) for c in plan.customs}
        self.yard = YardSystem(plan.customs[0].site) if plan.customs else None
        talkers: list[Talker] = [*self.customs.values(), *([self.yard] if self.yard is not None else [])]
        if plan.mqtt is not None and plan.mqtt.yard:
            talkers.append(YardGates(self.lane, plan.mqtt.yard))
        self.talker_radios = [TalkerRadio(talker, self.broker, self.clock, self.wall) for talker in talkers]
        self.disk = Disk()
        self.off_s = 0.0  # so far the controller's time of day is from the true one
        self.dice = Random(f"{seed} bench")
        self.flickering: set[str] = set()  # detectors
        self.twins: dict[str, Twin] = {}  # second trucks under a serial
        self.meddle: Callable[[float], None] = lambda _: None  # somebody acts at the wrong time; the number in [0, 1) decides how
        self.withhold: Callable[[str, bool], None] = lambda _truck, _held: (
            None
        )  # an authority takes back a truck's clearance, or gives it again
        self.starts = 0
        self._seed = seed
        self._start = start
        self._trace = sha256()
        self._walled = (-1, "")  # a second, and how its time of day begins
        self.controller: Controller | None = None
        self._process: Process | None = None
        self.start_controller()
        self._drive()

    # ------------------------------------------------------------ running

    @property
    def now(self) -> float:
        return self.clock.now()

    def run_until(self, until: float) -> None:
        self.clock.run_until(until)
        self.lane.advance(until)

    def run_for(self, seconds: float) -> None:
        self.run_until(self.now + seconds)

    @property
    def broken(self) -> tuple[Broken, ...]:
        return self.lane.world.broken

    def wall(self, off_s: float = 0.0) -> str:
        """The time of day for people, ISO 8601 UTC; on a clock that is so much fast."""
        second, ms = divmod(int((self.clock.now() + off_s) * 1000), 1000)
        if second != self._walled[0]:
            self._walled = (second, (BEGINS + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S."))
        return f"{self._walled[1]}{ms:03d}Z"

    def _wall_there(self) -> str:
        return self.wall(self.off_s)

    # ------------------------------------------------------------ the controller's life

    @property
    def running(self) -> bool:
        return self._process is not None

    def start_controller(self) -> None:
        assert self._process is None, "it runs already"
        self.starts += 1
        self._process = Process(self.clock)
        dice = Random(f"{self._seed} controller {self.starts}")
        self.controller = self._start(Field(self._process, self.wires, self.broker, self.cameras, self.disk, self._wall_there, dice))

    def kill_controller(self) -> None:
        if self._process is None or self.controller is None:
            return
        self._process.kill()
        self.controller.killed()
        self._process = self.controller = None

    def hang_controller(self, seconds: float) -> None:
        """It is stopped as by a debugger: its threads and its loop stand still, then go on where they were."""
        if self._process is not None:
            self._process.hang()
            self.clock.call_at(self.now + seconds, self._process.go_on)

    # ------------------------------------------------------------ the trace

    @property
    def trace(self) -> str:
        return self._trace.hexdigest()

    def note(self, what: str, data: bytes = b"") -> None:
        """Anything else that belongs into the trace: faults, people's acts."""
        self._trace.update(f"{self.clock.now()!r} {what} {len(data)} ".encode() + data)

    def _heard_on_wire(self, place: str, data: bytes) -> None:
        self._trace.update(f"{self.clock.now()!r} {place} ".encode() + data)

    def _carried(self, publish: Publish) -> None:
        self._trace.update(f"{self.clock.now()!r} {publish.topic} ".encode() + publish.payload)

    def _drive(self) -> None:
        self.lane.drive(self.clock.now(), self.wall())
        for port, frame in self.lane.weighed(self.clock.now()):
            self.wires[port].spoke(frame)
        for radio in self.radios.values():
            radio.look()
        for twin in self.twins.values():
            twin.look(self.wall())
        self.clock.call_at(self.clock.now() + DRIVE_S, self._drive)
