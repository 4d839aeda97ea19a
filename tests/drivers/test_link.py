"""The serial link in real time, on pseudo-terminals, against pymodbus's server and against what goes wrong with a port."""

import asyncio
import os
import pty
import re
import tty
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from drivers.barrier import PtxBarrier, PtxConfig
from drivers.bus import Bus
from drivers.clock import LoopClock
from drivers.errors import LinkError
from drivers.io_module import IoModule, IoModuleConfig
from drivers.link import SerialLink, open_port, opener_of
from drivers.session import Session
from drivers.signals import SignalWiring
from drivers.wire import ptx_barrier as ptx
from drivers.wire import r1214_io as io
from drivers.wire.modbus_rtu import ReadRegisters, Refused, Registers
from lanectl.model import (
    Aspect,
    Boom,
    BoomMove,
    BoomReported,
    Command,
    DetectorsReported,
    LinkLost,
    Reading,
    RearmWatchdog,
    Report,
    SetAspect,
    SetBoom,
    SignalReported,
    WatchdogReported,
)
from tests.drivers.pymodbus_units import BoardMemory, ModuleMemory, NullModem, server_of, until

SIGNAL = SignalWiring("vn", proceed_relay=0, stop_proof_input=4, proceed_proof_input=5)
MODULE = IoModuleConfig("io-vn", 1, ("approach", "under-loop", "under-curtain", "clear"), SIGNAL, marker_relay=5)
BARRIER = PtxConfig("barrier-vn", "vn", 1)
STEP_S = 0.1

Told = TypeVar("Told", bound=Report)


class Desk:
    """A link whose steps are completed in time, and all that it reported."""

    def __init__(self, device: str, session: Session, baud: int = 38400) -> None:
        self.clock = LoopClock(asyncio.get_running_loop())
        self.reports: list[Report] = []
        self.bus = Bus("desk", baud, [session])
        self.link = SerialLink(device, opener_of(device, baud, "E", pseudo=True), self.bus, self.clock, self.reports.extend)
        self._step()

    def _step(self) -> None:
        self.link.permit()
        self._cancel = self.clock.call_at(self.clock.now() + STEP_S, self._step)

    async def ask_until(self, command: Command, condition: Callable[[], bool], what: str) -> None:
        """As the core does: repeated until it is proved, for a busy machine may lose the unit in between."""
        for _ in range(10):
            self.link.ask(command)
            with suppress(AssertionError):
                await until(condition, what, within_s=1.5)
                return
        await until(condition, what, within_s=0.1)

    def last(self, kind: type[Told]) -> Told | None:
        return next((report for report in reversed(self.reports) if isinstance(report, kind)), None)

    def boom(self) -> Boom | None:
        told = self.last(BoomReported)
        return told.boom if told else None

    def shown(self) -> Aspect | None:
        told = self.last(SignalReported)
        return told.shown if told else None

    def reading(self, detector: str) -> Reading | None:
        told = self.last(DetectorsReported)
        return dict(told.readings)[detector] if told else None

    def close(self) -> None:
        self._cancel()
        self.link.close()


def in_real_time(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(30):
            await scene()

    asyncio.run(bounded())


# ---------------------------------------------------------------- against a server that we did not write


def test_barrier_session_raises_and_lowers_a_boom_on_pymodbus() -> None:
    async def scene() -> None:
        board = BoardMemory()
        async with server_of(board.device(), 38400) as modem:
            desk = Desk(modem.ours, PtxBarrier(BARRIER))
            await until(lambda: desk.boom() is Boom.DOWN, "DOWN is told")
            await desk.ask_until(SetBoom("vn", BoomMove.UP), lambda: desk.boom() is Boom.MOVING, "MOVING is told")
            await until(lambda: desk.boom() is Boom.UP, "UP is told")
            await desk.ask_until(SetBoom("vn", BoomMove.DOWN), lambda: desk.boom() is Boom.DOWN, "DOWN is told again")
            desk.close()
        assert set(board.pressed) == {ptx.Coil.OPEN, ptx.Coil.CLOSE}
        assert desk.bus.errors.keys() <= {"stray", "timeout"}

    in_real_time(scene)


def test_module_session_sees_detectors_and_lamps_on_pymodbus() -> None:
    async def scene() -> None:
        module = ModuleMemory()
        async with server_of(module.device(), 9600) as modem:
            desk = Desk(modem.ours, IoModule(MODULE), baud=9600)
            await until(lambda: desk.reading("under-loop") is Reading.VACANT, "vacant is told")
            module.vacant[1] = False
            await until(lambda: desk.reading("under-loop") is Reading.OCCUPIED, "occupied is told")
            await desk.ask_until(SetAspect("vn", Aspect.PROCEED), lambda: desk.shown() is Aspect.PROCEED, "PROCEED is told")
            await desk.ask_until(SetAspect("vn", Aspect.STOP), lambda: desk.shown() is Aspect.STOP, "STOP is told")
            desk.close()
        assert desk.bus.errors.keys() <= {"stray", "timeout"}

    in_real_time(scene)


def test_rearming_is_proved_on_pymodbus() -> None:
    async def scene() -> None:
        module = ModuleMemory()
        async with server_of(module.device(), 9600) as modem:
            desk = Desk(modem.ours, IoModule(MODULE), baud=9600)
            await until(lambda: desk.last(WatchdogReported) == WatchdogReported("io-vn", False, False), "not armed is told")
            await until(lambda: desk.shown() is Aspect.STOP, "STOP is told")
            proved = WatchdogReported("io-vn", armed=True, tripped=False, proved=True)
            await desk.ask_until(RearmWatchdog("io-vn"), lambda: desk.last(WatchdogReported) == proved, "the proof is told")
            desk.close()

    in_real_time(scene)


def test_raw_requests_are_answered_or_say_why_not_on_pymodbus() -> None:
    async def scene() -> None:
        async with server_of(ModuleMemory().device(), 9600) as modem:
            desk = Desk(modem.ours, IoModule(MODULE), baud=9600)
            assert await desk.link.request("io-vn", io.READ_MODEL) == Registers((0x1214,))
            assert await desk.link.request("io-vn", ReadRegisters(io.READ_MODEL.function, 9, 1)) == Refused(2)
            with pytest.raises(LinkError, match="no unit on desk"):
                await desk.link.request("io-cn", io.READ_MODEL)
            desk.close()

    in_real_time(scene)


# ---------------------------------------------------------------- what goes wrong with a port


def test_an_unplugged_port_is_told_and_used_again_when_it_is_back(tmp_path: Path) -> None:
    async def scene() -> None:
        device = tmp_path / "barrier"
        async with server_of(BoardMemory().device(), 38400) as modem:
            device.symlink_to(modem.ours)
            desk = Desk(str(device), PtxBarrier(BARRIER))
            await until(lambda: desk.boom() is Boom.DOWN, "DOWN is told")
            modem.cut()
            await until(lambda: isinstance(desk.reports[-1], LinkLost), "the loss is told")
            assert not desk.link.is_open
        device.unlink()
        desk.reports.clear()
        async with server_of(BoardMemory(state=ptx.State.OPEN).device(), 38400) as modem:
            device.symlink_to(modem.ours)
            await until(lambda: desk.boom() is Boom.UP, "UP is told by the port that is back")
            desk.close()

    in_real_time(scene)


def test_a_silent_far_end_is_a_loss_within_its_timeout() -> None:
    async def scene() -> None:
        modem = NullModem()
        desk = Desk(modem.ours, PtxBarrier(BARRIER))
        await until(lambda: LinkLost("barrier-vn", "no answer within 0.15 s") in desk.reports, "silence is told", within_s=3)
        desk.close()
        modem.close()

    in_real_time(scene)


def test_a_missing_device_and_a_forbidden_one_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LinkError, match="there is no such device"):
        open_port(str(tmp_path / "ttyUSB9"), 9600, "N")

    def forbidden(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(LinkError, match="may not open it"):
        open_port("/dev/ttyUSB0", 9600, "N")


def test_a_port_that_another_program_holds_is_told_so() -> None:
    master, slave = pty.openpty()
    tty.setraw(slave)
    held = open_port(os.ttyname(slave), 9600, "N")
    with pytest.raises(LinkError, match="another program holds it"):
        open_port(os.ttyname(slave), 9600, "N")
    held.close()
    os.close(master)
    os.close(slave)


def test_a_missing_device_is_one_loss_that_says_what_to_do(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = Desk(str(tmp_path / "nowhere"), PtxBarrier(BARRIER))
        await until(lambda: len(desk.reports) > 0, "the loss is told")
        assert isinstance(desk.reports[0], LinkLost)
        assert re.search("is it plugged in", desk.reports[0].reason)
        desk.close()

    in_real_time(scene)
