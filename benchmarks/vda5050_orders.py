"""From a truck's state to the order update that follows from it, through everything that lies between: link, session, rules, outbox,
checker, link. Fifty trucks send ten states a second each; one of them is driven over a lane of eight sections.

    python -m benchmarks.vda5050_orders [--crossings 20]

Each update hangs on one state: the truck has come into the next section and says that it is not localised, until it says that it is. The
time runs from that state's bytes in our inbox to the order's bytes at the socket. CPU time is this process's, whatever it did meanwhile: it
is what does not grow when others use the machine. The journal is aside: a record counts as durable in the next turn of the loop, and
what it takes to write the records is told apart. The first crossing warms up.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt
import paho.mqtt.client

from benchmarks.figures import at
from drivers.clock import LoopClock
from drivers.mqtt import MqttConfig, MqttLink, wall_utc
from drivers.truck_inbox import TruckInbox
from drivers.truck_orders import TruckPlan, TrucksPlan
from drivers.trucks import Trucks
from lanectl.controller import Controller
from lanectl.decide import Decision, Facts
from lanectl.header_ids import KeptHeaderIds
from lanectl.layout import nodes
from lanectl.model import (
    Act,
    Command,
    ConsignmentReported,
    ExtendAuthority,
    JournalReported,
    Report,
    SectionState,
    SetAspect,
    SetBoom,
    Started,
    Step,
    TruckReported,
    WatchdogReported,
)
from lanectl.recorder import Recorder
from tests.brokers import free_port, serving
from tests.rules.words import Field, a_layout

SECTIONS, TRUCKS = 8, 50
LAYOUT = a_layout(SECTIONS)
PLACES = tuple((name, -3.0 if n == 0 else 77.25 * n - 12.0) for n, name in enumerate(nodes(LAYOUT)))
POLL_S = 0.1
WAIT_S_MAX = 60.0
STATE, ORDER = "uagv/v2/maker/T0/state", b"uagv/v2/maker/T0/order"


class InMemory:
    """The journal, aside: everything is durable in the next turn."""

    def __init__(self) -> None:
        self.kept = 0
        self.durable: Callable[[int], None] = lambda _: None

    def append(self, kind: str, at: float, wall: str, body: bytes) -> int:  # noqa: ARG002 - as a journal is called
        self.kept += 1
        asyncio.get_running_loop().call_soon(self.durable, self.kept)
        return self.kept


Took = tuple[float, float, float]
"""Seconds by the clock, of our CPU, and of our CPU without the making of records."""


@dataclass
class Clocked:
    """When the first truck's last state came, and how long the update that hangs on it took. `recorded_s`: CPU time of all records."""

    took: list[Took] = field(default_factory=list)
    armed: bool = False
    recorded_s: float = 0.0
    _came: Took = (0.0, 0.0, 0.0)
    _awaited: bool = False

    def _now(self) -> Took:
        cpu_s = time.process_time()
        return time.perf_counter(), cpu_s, cpu_s - self.recorded_s

    def state(self) -> None:
        if self.armed and not self._awaited:
            self._came = self._now()

    def asked(self) -> None:
        self._awaited = self.armed

    def order(self) -> None:
        if self._awaited:
            now = self._now()
            self.took.append((now[0] - self._came[0], now[1] - self._came[1], now[2] - self._came[2]))
            self._awaited = False


class ClockedRecorder(Recorder):
    def __init__(self, journal: InMemory, clocked: Clocked) -> None:
        super().__init__(journal, wall_utc)
        self._clocked = clocked

    def append_step(self, now: float, report: Report, decision: Decision) -> int:
        began = time.process_time()
        try:
            return super().append_step(now, report, decision)
        finally:
            self._clocked.recorded_s += time.process_time() - began


class DrivenField(Field):
    """The words of the rules' tests, said to a running controller; booms and lamps do at once what they are asked.

    `clocked`: where the time of each record is told apart; telling costs as much as a record.
    """

    def __init__(self, clocked: Clocked | None = None) -> None:
        super().__init__(LAYOUT)
        loop, journal = asyncio.get_running_loop(), InMemory()
        self.clock = LoopClock(loop, 1.0)
        recorder = Recorder(journal, wall_utc) if clocked is None else ClockedRecorder(journal, clocked)
        self.controller = Controller(Facts(LAYOUT, {}), self.clock, recorder, self._send, lambda: None)
        self.order: Callable[[Command], None] = lambda _: None
        journal.durable = self.controller.durable

    def say(self, report: Report) -> Step:
        self.now = self.clock.now()
        self.controller._step(report, None)
        self.lane = self.controller.core.lane
        self.last = Step(self.lane, (), self.controller.refusals, self.now)
        return self.last

    def _send(self, command: Command) -> None:
        match command:
            case SetBoom(gate=gate, move=move):
                self.booms[gate] = type(self.booms[gate])(move.value)
            case SetAspect(gate=gate, aspect=aspect):
                self.shown[gate] = aspect
            case _:
                self.order(command)


class Crossing:
    def __init__(self, field: DrivenField, link: MqttLink, teller: aiomqtt.Client, clocked: Clocked) -> None:
        self._field = field
        self._link = link
        self._teller = teller
        self._clocked = clocked
        field.order = self._ordered

    def _ordered(self, command: Command) -> None:
        if isinstance(command, ExtendAuthority):
            self._clocked.asked()
        self._link.ask(command)

    async def drive(self, number: int) -> None:
        """One crossing: an update for each section but the first."""
        self._field.say(ConsignmentReported(f"C{number}", "T0", "14C12345"))
        self._field.clear("T0", consignment=f"C{number}")
        await self._until(lambda: self._report.localised and self._report.last_node == "vn-gate")
        self._field.occupy("vn-approach")
        self._field.identify("T0")
        await self._until(lambda: self._report.authority_end == PLACES[1][0])
        await self._lose_place()
        pass_the_gate_of(self._field, "vn")
        for section in range(1, SECTIONS):
            await self._come_to(section)
            await self._extended(section)
            await self._lose_place()
            for detector in (f"P{section}-a", f"P{section}-b"):
                self._field.occupy(detector)
            self._field.vacate(f"P{section}-a")
            self._field.vacate(f"P{section}-b")
        await self._leave()

    async def _leave(self) -> None:
        await self._come_to(SECTIONS)
        self._field.occupy("cn-approach")
        await self._extended(SECTIONS)
        pass_the_gate_of(self._field, "cn")
        await self._come_to(SECTIONS + 1)
        await self._tell(home=True, localised=True)
        await self._until(lambda: all(now.state is SectionState.VACANT for now in self._field.controller.core.lane.sections.values()))

    async def _extended(self, section: int) -> None:
        """It says that it is localised; its order update goes out and is taken."""
        self._clocked.armed = section < SECTIONS  # at the exit gate the update hangs on the boom
        await self._tell(localised=True)
        await self._until(lambda: self._report.authority_end == PLACES[section + 1][0])
        self._clocked.armed = False

    async def _lose_place(self) -> None:
        await self._tell(localised=False)
        await self._until(lambda: not self._report.localised)

    async def _come_to(self, place: int) -> None:
        """It comes to the end of its way."""
        await self._tell(front_m=PLACES[place][1])
        await self._until(lambda: self._report.last_node == PLACES[place][0])

    async def _tell(self, **told: float | bool) -> None:
        await self._teller.publish("bench/first", json.dumps(told), 1)

    @property
    def _report(self) -> TruckReported:
        return self._field.controller.core.lane.trucks["T0"].report

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S_MAX):
            while not ("T0" in self._field.controller.core.lane.trucks and holds()):  # noqa: ASYNC110 - it comes from another process
                await asyncio.sleep(0.005)


def pass_the_gate_of(field: DrivenField, gate: str) -> None:
    field.occupy(f"{gate}-loop", f"{gate}-curtain")
    field.occupy(f"{gate}-clear")
    field.vacate(f"{gate}-approach")
    field.vacate(f"{gate}-loop", f"{gate}-curtain")
    field.vacate(f"{gate}-clear")


def in_service(field: DrivenField) -> None:
    field.say(Started(armed_before=False, lane=None))
    field.say(JournalReported(True))
    for gate in LAYOUT.gates:
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True))
    field.refresh()
    field.refresh()
    assert field.declare() == []
    assert field.act(Act.OPEN) == []


async def poll(field: DrivenField) -> None:
    """As the buses do, ten times a second."""
    while True:
        field.refresh()
        await asyncio.sleep(POLL_S)


@asynccontextmanager
async def vehicles(port: int) -> AsyncIterator[None]:
    command = [sys.executable, "-m", "benchmarks.vda5050_vehicles", str(port), str(TRUCKS), json.dumps(PLACES)]
    other = await asyncio.create_subprocess_exec(*command)
    try:
        yield
    finally:
        other.kill()
        await other.wait()


async def measured(port: int, folder: Path, crossings: int) -> list[Took]:
    clocked = Clocked()
    field = DrivenField(clocked)
    plan = TrucksPlan("uagv", "lane", PLACES, 6.9, tuple(TruckPlan(f"T{n}", "maker") for n in range(TRUCKS)), 1_800_000_000)
    headers = KeptHeaderIds(folder / "journal.db", plan.run, "bench", ran_before=False)
    trucks = Trucks(plan, headers)
    controller, dice = field.controller, random.Random(1)
    link = MqttLink(MqttConfig("127.0.0.1", port, "bench"), trucks, field.clock, controller.deliver, dice, lambda: controller.giving)
    _watch(clocked)
    in_service(field)
    running = [asyncio.create_task(part) for part in (link.run(), poll(field))]
    try:
        async with vehicles(port), aiomqtt.Client("127.0.0.1", port) as teller:
            crossing = Crossing(field, link, teller, clocked)
            for number in range(crossings + 1):
                await crossing.drive(number)
                if number == 0:
                    clocked.took.clear()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        headers.close()
    return clocked.took


def _watch(clocked: Clocked) -> None:
    """From when the client hands us a state to when it hands the order to the kernel."""
    put, send = TruckInbox._put, paho.mqtt.client.Client._sock_send

    def came(inbox: TruckInbox, item: aiomqtt.Message) -> None:
        if item.topic.value == STATE:
            clocked.state()
        put(inbox, item)

    def sent(client: paho.mqtt.client.Client, data: bytes) -> int:
        written = send(client, data)
        if ORDER in bytes(data[:100]):
            clocked.order()
        return written

    setattr(TruckInbox, "_put", came)  # noqa: B010 - mypy takes no method for another
    setattr(paho.mqtt.client.Client, "_sock_send", sent)  # noqa: B010


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--crossings", type=int, default=20)
    crossings = options.parse_args().crossings
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with serving("mosquitto", port, Path(folder)):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
            took = asyncio.run(measured(port, Path(folder), crossings))
    for part, what in enumerate(("by the clock", "of our CPU", "of our CPU, records aside")):
        ms = [one[part] * 1000 for one in took]
        print(
            f"state received to order published, {what}: p50 {at(ms, 0.5):.2f}, p99 {at(ms, 0.99):.2f} ms, most {max(ms):.2f}, n {len(ms)}"
        )


if __name__ == "__main__":
    main()
