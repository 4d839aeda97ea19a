"""One gate's devices in virtual time: the simulated module and board, their lamps, loops and arm, and the sessions that talk to them."""

from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from drivers.barrier import PtxBarrier, PtxConfig
from drivers.bus import Bus
from drivers.io_module import IoModule, IoModuleConfig
from drivers.session import Session
from drivers.signals import SignalWiring
from drivers.wire.modbus_rtu import Request, Response
from lanectl.model import (
    Aspect,
    Boom,
    BoomReported,
    DetectorsReported,
    Reading,
    RearmWatchdog,
    Report,
    SetAspect,
    SignalReported,
    WatchdogReported,
)
from sim.barrier import Board
from sim.io_module import Module
from sim.plan import BarrierPlan, ModulePlan
from sim.scene import Arm, Motor
from sim.unit import Unit
from tests.drivers.serial_line import Line, perfect

TRAVEL_S = 4.0
DETECTORS = ("approach", "under-loop", "under-curtain", "clear", "", "")
SIGNAL = SignalWiring("vn", proceed_relay=0, stop_proof_input=4, proceed_proof_input=5)
MARKER = 5

REARM = RearmWatchdog("io-vn")
PROCEED = SetAspect("vn", Aspect.PROCEED)
STOP = SetAspect("vn", Aspect.STOP)

Told = TypeVar("Told", bound=Report)


@dataclass(slots=True)
class Bench:
    line: Line
    session: Session
    device: Unit

    def told(self, kind: type[Told]) -> list[Told]:
        return [report for _, report in self.line.reports if isinstance(report, kind)]

    def last(self, kind: type[Told]) -> Told:
        return self.told(kind)[-1]

    def kinds(self, since: float = 0.0) -> list[type[Report]]:
        return [type(report) for at, report in self.line.reports if at >= since]


class ModuleBench(Bench):
    """`occupied`: detectors that see something; `dark`: lamps that take no current."""

    def __init__(self, *, signal: bool = True, marker: bool = True, watchdog_s: int = 0, baud: int = 9600) -> None:
        plan = ModulePlan("io-vn", "vn-io", 1, DETECTORS, watchdog_s=watchdog_s)
        module = Module(plan, baud)
        self.module = module
        self.occupied: set[str] = set()
        self.dark: set[Aspect] = set()
        session = self.new_session(signal, marker)
        line = Line(Bus("vn-io", baud, [session]), self.answer, perfect, baud, physics=self.physics)
        super().__init__(line, session, module)
        line.bus.back(0.0)

    @staticmethod
    def new_session(signal: bool = True, marker: bool = True) -> IoModule:
        return IoModule(
            IoModuleConfig("io-vn", 1, DETECTORS, SIGNAL if signal else None, watchdog_s=2, marker_relay=MARKER if marker else None)
        )

    def start_again(self) -> None:
        """The controller dies and a new one starts on the same port."""
        self.session = self.new_session()
        self.line.bus = Bus("vn-io", 9600, [self.session])
        self.line.bus.back(self.line.now)
        self.line.reports.clear()

    def answer(self, now: float, request: Request) -> Response | None:
        return self.module.execute(now, request) if self.module.answers(now) else None

    def physics(self, now: float) -> None:
        green = self.module.relays[0]
        lamps = [not green and Aspect.STOP not in self.dark, green and Aspect.PROCEED not in self.dark]
        self.module.observe(now - 0.001, [*(name not in self.occupied for name in DETECTORS[:4]), *lamps])
        self.module.observe(now, [*(name not in self.occupied for name in DETECTORS[:4]), *lamps])

    def reading(self, detector: str) -> Reading:
        return dict(self.last(DetectorsReported).readings)[detector]

    def shown(self) -> Aspect:
        return self.last(SignalReported).shown

    @property
    def watchdog(self) -> WatchdogReported:
        return self.last(WatchdogReported)


def module_that_reports(*, signal: bool = True, marker: bool = True, watchdog_s: int = 0) -> ModuleBench:
    bench = ModuleBench(signal=signal, marker=marker, watchdog_s=watchdog_s)
    bench.line.on(1.5)
    return bench


def armed_module() -> ModuleBench:
    bench = module_that_reports()
    bench.line.ask(REARM)
    bench.line.on(8.0)
    assert bench.watchdog == WatchdogReported("io-vn", armed=True, tripped=False, proved=True)
    return bench


class BarrierBench(Bench):
    """The arm moves as the board's motor says. `under`: something stands in the photocell."""

    def __init__(self) -> None:
        self.board = Board(BarrierPlan("barrier-vn", "vn-barrier", 1, "vn"), 38400)
        self.arm = Arm(0.0)
        self.under = False
        self.moved_at = 0.0
        session = PtxBarrier(PtxConfig("barrier-vn", "vn", 1))
        line = Line(Bus("vn-barrier", 38400, [session]), self.answer, perfect, physics=self.physics)
        super().__init__(line, session, self.board)
        line.bus.back(0.0)

    def answer(self, now: float, request: Request) -> Response | None:
        return self.board.execute(now, request) if self.board.answers(now) else None

    def physics(self, now: float) -> None:
        travelled = self.arm.motor.value * (now - self.moved_at) / TRAVEL_S
        self.arm = replace(self.arm, raised=min(1.0, max(0.0, self.arm.raised + travelled)))
        self.moved_at = now
        motor = self.board.observe(now, self.arm, self.under)
        self.arm = replace(self.arm, motor=motor if self.board.powered else Motor.HOLD)

    def boom(self) -> Boom:
        return self.last(BoomReported).boom
