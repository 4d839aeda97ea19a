"""Our RTU master beside pymodbus's client, over the same pseudo-terminal, and beside what a wire allows. `python -m benchmarks.serial`

Transactions: how many reads of six inputs a second. Stop: how long a stop command waits, from the asking to its bytes on the line, behind
polls of a unit that answers, and of one that has fallen silent. All in one run, on one loop, so that only ratios mean something.
"""

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from pymodbus.client import AsyncModbusSerialClient
from pymodbus.exceptions import ModbusException
from rich.console import Console
from rich.table import Table

from drivers.bus import TIMEOUT_S, Bus
from drivers.clock import LoopClock
from drivers.io_module import IoModule, IoModuleConfig
from drivers.link import SerialLink, opener_of
from drivers.signals import SignalWiring
from drivers.wire import r1214_io as io
from drivers.wire.modbus_rtu import Read, Shape, encode_request, response_bytes
from lanectl.model import Aspect, SetAspect
from tests.drivers.pymodbus_units import ModuleMemory, NullModem, server_behind

RUN_S = 3.0
STOPS = 30
SILENCES = 7
BAUDS = (9600, 19200, 38400)
BITS_A_CHARACTER = 11
TURNAROUND_S = 0.005
SIGNAL = SignalWiring("vn", proceed_relay=0, stop_proof_input=4, proceed_proof_input=5)
STOP_FRAME = encode_request(1, SIGNAL.write(Aspect.STOP))
STOP = SetAspect("vn", Aspect.STOP)


class Restless(IoModule):
    """Polls as fast as the line allows."""

    def poll(self, now: float, unlike: Shape | None) -> Read:
        poll = super().poll(now, unlike)
        self.due_at = now
        return poll


@dataclass
class Tapped(NullModem):
    """A null modem that notes when a stop went by, and that can swallow all answers."""

    silent: bool = False
    requests: int = 0
    stopped_at: float = 0.0
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        NullModem.__init__(self)

    def pass_on(self, to_unit: bool, data: bytes) -> bytes:
        if to_unit:
            self.requests += 1
            if STOP_FRAME in data:
                self.stopped_at = time.monotonic()
                self.stopped.set()
            return data
        return b"" if self.silent else data


def wire_s(baud: int, request: Read) -> float:
    """What a wire takes: both frames, two silences of t3.5, the unit's turnaround."""
    character_s = BITS_A_CHARACTER / baud
    return (8 + response_bytes(request)) * character_s + 2 * max(0.00175, 3.5 * character_s) + TURNAROUND_S


def ours(modem: NullModem) -> SerialLink:
    session = Restless(IoModuleConfig("io", 1, ("a", "b", "c", "d"), SIGNAL))
    opener = opener_of(modem.ours, 38400, "N", pseudo=True)
    return SerialLink(modem.ours, opener, Bus("bench", 38400, [session]), LoopClock(asyncio.get_running_loop()), lambda _: None)


async def keep_permitted(link: SerialLink) -> None:
    while True:
        link.permit()
        await asyncio.sleep(0.1)


async def stop_wait(modem: Tapped, ask: Callable[[], None]) -> float:
    """Seconds from the asking to the bytes on the line."""
    modem.stopped.clear()
    asked_at = time.monotonic()
    ask()
    await modem.stopped.wait()
    return modem.stopped_at - asked_at


@dataclass(frozen=True)
class Result:
    per_s: float
    stop_s: list[float]
    stop_silent_s: list[float]


async def measure(modem: Tapped, ask: Callable[[], None]) -> Result:
    """The same for either master, which polls meanwhile; `ask` sends a stop."""
    before = modem.requests
    await asyncio.sleep(RUN_S)
    per_s = (modem.requests - before) / RUN_S
    stops, silent = [], []
    for number in range(STOPS):
        await asyncio.sleep(0.02 + 0.0013 * number)
        stops.append(await stop_wait(modem, ask))
    for number in range(SILENCES):
        modem.silent = False
        await asyncio.sleep(1.0)
        modem.silent = True
        await asyncio.sleep(0.01 + 0.02 * number)
        silent.append(await stop_wait(modem, ask))
    return Result(per_s, stops, silent)


async def measure_ours(modem: Tapped) -> Result:
    link = ours(modem)
    permits = asyncio.create_task(keep_permitted(link))

    def ask() -> None:
        link.ask(STOP)

    await asyncio.sleep(1.0)
    result = await measure(modem, ask)
    permits.cancel()
    link.close()
    return result


async def measure_pymodbus(modem: Tapped) -> Result:
    modem.silent = False
    client = AsyncModbusSerialClient(modem.ours, baudrate=38400, timeout=TIMEOUT_S, retries=0)
    await client.connect()

    async def polls() -> None:
        while True:
            try:
                await client.read_discrete_inputs(0, count=6, device_id=1)
            except ModbusException:
                await asyncio.sleep(0)

    async def write() -> None:
        try:
            await client.write_coil(io.RELAY_BASE, False, device_id=1)
        except ModbusException:
            return

    writes: set[asyncio.Task[None]] = set()

    def ask() -> None:
        writes.add(asyncio.create_task(write()))

    polling = asyncio.create_task(polls())
    result = await measure(modem, ask)
    polling.cancel()
    for task in writes:
        task.cancel()
    client.close()
    return result


async def main() -> None:
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # silence is part of the measurement
    async with server_behind(Tapped(), ModuleMemory().device(), 38400) as modem:
        assert isinstance(modem, Tapped)
        mine = await measure_ours(modem)
        theirs = await measure_pymodbus(modem)
    table = Table(title="Modbus RTU masters over one pseudo-terminal")
    for heading in ("", "ours", "pymodbus", "ours / pymodbus"):
        table.add_column(heading, justify="right")

    def row(what: str, a: float, b: float, unit: str) -> None:
        table.add_row(what, f"{a:.1f} {unit}", f"{b:.1f} {unit}", f"{a / b:.2f}")

    row("transactions", mine.per_s, theirs.per_s, "/s")
    for what, a, b in (
        ("stop, unit answers", mine.stop_s, theirs.stop_s),
        ("stop, unit silent", mine.stop_silent_s, theirs.stop_silent_s),
    ):
        row(f"{what}, median", 1000 * median(a), 1000 * median(b), "ms")
        row(f"{what}, longest", 1000 * max(a), 1000 * max(b), "ms")
    for baud in BAUDS:
        possible = 1 / wire_s(baud, io.READ_INPUTS)
        table.add_row(f"a wire at {baud} allows", f"{possible:.1f} /s", "", f"master's share {possible / mine.per_s:.0%}")
    Console(file=sys.stdout).print(table)


if __name__ == "__main__":
    asyncio.run(main())
