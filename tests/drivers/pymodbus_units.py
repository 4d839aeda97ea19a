"""The second end that we did not write: pymodbus's server on a pseudo-terminal, dressed as the module and as the barrier board."""

import asyncio
import os
import pty
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice
from pymodbus.simulator.simutils import SimUtils

from drivers.wire import ptx_barrier as ptx
from drivers.wire import r1214_io as io
from drivers.wire.ptx_barrier import State

DEADLINE_S = 15.0
LOOK_S = 0.005
READ_COILS, READ_INPUTS, READ_HOLDING, WRITE_COIL, WRITE_REGISTER = 1, 2, 3, 5, 6


async def until(condition: Callable[[], bool], what: str, within_s: float = DEADLINE_S) -> None:
    for _ in range(round(within_s / LOOK_S)):
        if condition():
            return
        await asyncio.sleep(LOOK_S)
    raise AssertionError(f"not within {within_s} s: {what}")


class NullModem:
    """Two pseudo-terminals back to back, each end with a device path. `cut` is pulling the plug."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        (self._a, slave_a), (self._b, slave_b) = pty.openpty(), pty.openpty()
        self._slaves = [slave_a, slave_b]
        for slave in self._slaves:
            tty.setraw(slave)
        self.ours, self.theirs = os.ttyname(slave_a), os.ttyname(slave_b)
        for source, target in ((self._a, self._b), (self._b, self._a)):
            os.set_blocking(source, False)
            self._loop.add_reader(source, self._carry, source, target)

    def _carry(self, source: int, target: int) -> None:
        os.write(target, self.pass_on(source == self._a, os.read(source, 4096)))

    def pass_on(self, to_unit: bool, data: bytes) -> bytes:
        """What becomes of bytes on the way."""
        return data

    def cut(self) -> None:
        for end in (self._a, self._b):
            self._loop.remove_reader(end)
        for end in (self._a, self._b, *self._slaves):
            os.close(end)
        self._slaves = []

    def close(self) -> None:
        if self._slaves:
            self.cut()


def in_one_register(bits: list[bool]) -> list[int]:
    """pymodbus keeps sixteen coils in a register."""
    return list(SimUtils.bitsToRegisters([*bits, *[False] * (16 - len(bits))]))


@dataclass(slots=True)
class ModuleMemory:
    """What a module does with its registers: lamps follow relay 0, and the watchdog counts."""

    vacant: list[bool] = field(default_factory=lambda: [True] * 4)
    relays: list[bool] = field(default_factory=lambda: [False] * io.RELAYS)
    enabled: bool = False
    timeout_s: int = io.WATCHDOG_TIMEOUT_S_DELIVERED
    tripped: bool = False
    heard_at: float = 0.0

    async def accessed(
        self, function: int, start: int, address: int, count: int, current: list[int], written: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        self._count_on()
        if written is not None and function == WRITE_COIL and not self.tripped:
            self.relays[address - io.RELAY_BASE] = bool(written[0])
        elif written is not None and function == WRITE_REGISTER:
            self._write(address, int(written[0]))
        if function == READ_INPUTS:
            current[:1] = in_one_register([*self.vacant, not self.relays[0], self.relays[0]])
        elif function == READ_COILS:
            current[:1] = in_one_register(self.relays)
        elif function == READ_HOLDING:
            current[:3] = [self.enabled, self.timeout_s, self.tripped]
        return None

    def _count_on(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.enabled and now - self.heard_at >= self.timeout_s:
            self.tripped = True
            self.relays = [False] * io.RELAYS
        self.heard_at = now

    def _write(self, address: int, value: int) -> None:
        match address:
            case io.Register.WATCHDOG_ENABLE:
                self.enabled = value == 1
            case io.Register.WATCHDOG_TIMEOUT_S:
                self.timeout_s = value
            case io.Register.WATCHDOG_STATUS:
                self.tripped = False

    def device(self) -> SimDevice:
        return SimDevice(
            1,
            simdata=(
                [SimData(io.RELAY_BASE, count=io.RELAYS, values=False, datatype=DataType.BITS)],
                [SimData(0, count=io.INPUTS, values=False, datatype=DataType.BITS)],
                [SimData(int(io.Register.WATCHDOG_ENABLE), count=3, values=0, datatype=DataType.REGISTERS)],
                [SimData(int(io.Register.MODEL), count=1, values=0x1214, datatype=DataType.REGISTERS)],
            ),
            use_bit_addressing=True,
            action=self.accessed,
        )


@dataclass(slots=True)
class BoardMemory:
    """What a board does with its keys: the arm takes TRAVEL_S."""

    travel_s: float = 0.4
    state: State = State.CLOSED
    since: float = 0.0
    pressed: list[int] = field(default_factory=list)

    async def accessed(
        self, function: int, start: int, address: int, count: int, current: list[int], written: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        now = asyncio.get_running_loop().time()
        if written is not None and function == WRITE_COIL and written[0]:
            self.pressed.append(address)
            moves = {ptx.Coil.OPEN: State.OPENING, ptx.Coil.CLOSE: State.CLOSING, ptx.Coil.STOP: State.STOPPED}
            self.state, self.since = moves[ptx.Coil(address)], now
        ends = {State.OPENING: State.OPEN, State.CLOSING: State.CLOSED}
        if self.state in ends and now - self.since >= self.travel_s:
            self.state = ends[self.state]
        if function == READ_HOLDING and 0 <= ptx.Place.STATE - start < len(current):
            current[ptx.Place.STATE - start] = self.state
        return None

    def device(self) -> SimDevice:
        return SimDevice(
            1,
            simdata=(
                [SimData(0, count=8, values=False, datatype=DataType.BITS)],
                [SimData(0, count=8, values=False, datatype=DataType.BITS)],
                [
                    SimData(int(ptx.Place.STATE), values=[int(self.state), ptx.POSITION_UNKNOWN], datatype=DataType.REGISTERS),
                    SimData(int(ptx.Place.FLAGS), count=8, values=0, datatype=DataType.REGISTERS),
                ],
                [SimData(0, count=1, values=0, datatype=DataType.REGISTERS)],
            ),
            action=self.accessed,
        )


Modem = TypeVar("Modem", bound=NullModem)


@asynccontextmanager
async def server_of(device: SimDevice, baud: int) -> AsyncIterator[NullModem]:
    async with server_behind(NullModem(), device, baud) as modem:
        yield modem


@asynccontextmanager
async def server_behind(modem: Modem, device: SimDevice, baud: int) -> AsyncIterator[Modem]:
    """pymodbus's server at the far end of a null modem."""
    server = ModbusSerialServer(device, port=modem.theirs, baudrate=baud)
    await server.serve_forever(background=True)
    try:
        yield modem
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]
        modem.close()
