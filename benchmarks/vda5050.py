"""States of many trucks through mosquitto on one core: a bare reader beside ours, in one run; the age of states; state to order.

    python -m benchmarks.vda5050 [--seconds 8]

A second process publishes at a steady rate that both readers can follow, so that CPU time a message is compared, not queues. "Bare" is
aiomqtt and msgspec: it decodes each state by the generated model of its version. "Ours" decodes, checks, holds against what the truck
was sent, and reports in words of the lane. Both run in this process, one after the other, pinned to one core.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import msgspec

from drivers.clock import LoopClock
from drivers.mqtt import MqttConfig, MqttLink
from drivers.truck_orders import TruckPlan, TrucksPlan
from drivers.trucks import Trucks
from drivers.wire.vda5050.generated import v2_1_0
from drivers.wire.vda5050.topics import Peer
from lanectl.model import ExtendAuthority, Report, TruckReported
from sim.truck_messages import factsheet
from tests.brokers import free_port, serving

NODES = tuple((f"K{i}-stop", 77.25 * i) for i in range(10))
YARDS = (NODES[0], NODES[-1])  # no section between: there every truck may have an order at once (rule 27)
WAIT_S_MAX = 60.0  # for the other process to begin, on a busy machine
HEADER = {"version": "2.1.0", "manufacturer": "maker"}


def wall() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def state_of(serial: str, header_id: int, *, idle: bool = False) -> bytes:
    """About 2.4 kB: a whole lane still to be driven. `idle`: it has no order."""
    nodes = [
        {"nodeId": name, "sequenceId": 2 * i, "released": i < 3, "nodePosition": {"x": x, "y": 0.0, "mapId": "lane"}}
        for i, (name, x) in enumerate(NODES)
    ]
    edges = [{"edgeId": f"{NODES[i - 1][0]}--{NODES[i][0]}", "sequenceId": 2 * i - 1, "released": i < 3} for i in range(1, len(NODES))]
    state = HEADER | {
        "headerId": header_id,
        "timestamp": wall(),
        "serialNumber": serial,
        "orderId": "" if idle else "o1",
        "orderUpdateId": 0,
        "lastNodeId": NODES[0][0],
        "lastNodeSequenceId": 0,
        "nodeStates": [] if idle else nodes[1:],
        "edgeStates": [] if idle else edges,
        "driving": not idle,
        "actionStates": [{"actionId": "a1", "actionType": "startPause", "actionStatus": "FINISHED"}],
        "batteryState": {"batteryCharge": 80.0, "charging": False},
        "operatingMode": "AUTOMATIC",
        "errors": [],
        "information": [{"infoType": "route", "infoLevel": "DEBUG", "infoDescription": "x" * 60}] * 2,
        "safetyState": {"eStop": "NONE", "fieldViolation": False},
        "agvPosition": {"x": 0.0, "y": 0.0, "theta": 0.0, "mapId": "lane", "positionInitialized": True},
        "velocity": {"vx": 5.0},
    }
    return msgspec.json.encode(state)


# ---------------------------------------------------------------- the other process


async def publish(port: int, trucks: int, rate: float, seconds: float, *, idle: bool) -> None:
    """`rate`: states a second, all trucks together."""
    async with aiomqtt.Client("127.0.0.1", port, max_queued_outgoing_messages=0) as client:
        for number in range(trucks):
            online = HEADER | {"headerId": 0, "timestamp": wall(), "serialNumber": f"T{number}", "connectionState": "ONLINE"}
            await client.publish(f"uagv/v2/maker/T{number}/connection", msgspec.json.encode(online), 1, retain=True)
            sheet = factsheet(Peer("uagv", "maker", f"T{number}"), 0, wall(), (6.9, 0.5, 1.5, 17.0, 1.0))
            await client.publish(sheet.topic, sheet.payload, 0, retain=True)
        began, sent = time.monotonic(), 0
        while (now := time.monotonic()) < began + seconds:
            while sent < (now - began) * rate:
                serial = f"T{sent % trucks}"
                await client.publish(f"uagv/v2/maker/{serial}/state", state_of(serial, sent // trucks, idle=idle))
                sent += 1
            await asyncio.sleep(0.002)


@asynccontextmanager
async def publishing(port: int, trucks: int, rate: float, seconds: float, *, idle: bool = False) -> AsyncIterator[None]:
    command = [sys.executable, "-m", "benchmarks.vda5050", "--publish", f"{port},{trucks},{rate},{seconds},{int(idle)}"]
    other = await asyncio.create_subprocess_exec(*command)
    try:
        yield
    finally:
        if other.returncode is None:
            other.kill()
        await other.wait()


# ---------------------------------------------------------------- the two readers


async def bare(port: int, trucks: int, rate: float, seconds: float) -> tuple[int, float]:
    """Messages, and CPU seconds."""
    decoder = msgspec.json.Decoder(v2_1_0.State)
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("uagv/v2/maker/+/state")
        async with publishing(port, trucks, rate, seconds + 5):
            async with asyncio.timeout(WAIT_S_MAX):
                await anext(aiter(client.messages))
            count, cpu, until = 0, time.process_time(), time.monotonic() + seconds
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                decoder.decode(message.payload)
                count += 1
                if time.monotonic() > until:
                    return count, time.process_time() - cpu
    raise AssertionError("the broker hung up")


class Ours:
    def __init__(self, port: int, trucks: int, nodes: tuple[tuple[str, float], ...] = NODES) -> None:
        clock = LoopClock(asyncio.get_running_loop(), 1.0)
        plan = TrucksPlan("uagv", "lane", nodes, 6.9, tuple(TruckPlan(f"T{i}", "maker") for i in range(trucks)), 1_800_000_000)
        self.trucks = Trucks(plan)
        self.link = MqttLink(MqttConfig("127.0.0.1", port, "bench"), self.trucks, clock, self.deliver, random.Random(1))
        self.count = 0
        self.ages_s: list[float] = []
        self.extends = False
        self.took_s: list[float] = []

    def deliver(self, reports: list[Report]) -> None:
        """As a controller would: a report is counted, and now and then answered by more authority."""
        for report in reports:
            if isinstance(report, TruckReported) and report.localised:
                self.count += 1
                if self.count % 10 == 0:
                    last = self.trucks._sessions[report.truck]._state
                    assert last is not None
                    self.ages_s.append(datetime.now(UTC).timestamp() - datetime.fromisoformat(last.timestamp).timestamp())
                if self.extends and self.count % 11 == 0:
                    self.link.ask(ExtendAuthority(report.truck, YARDS[1][0]))


async def ours(port: int, trucks: int, rate: float, seconds: float) -> tuple[int, float, Ours]:
    reader = Ours(port, trucks)
    running = asyncio.create_task(reader.link.run())
    try:
        async with publishing(port, trucks, rate, seconds + 5):
            await _until(lambda: reader.count >= trucks)
            reader.count, cpu = 0, time.process_time()
            reader.ages_s.clear()
            await asyncio.sleep(seconds)
            return reader.count, time.process_time() - cpu, reader
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def state_to_order(port: int, seconds: float) -> list[tuple[float, float]]:
    """From the arrival of a state in our queue to its order handed to the socket: seconds by the clock, and of our CPU; 50 at 10 Hz."""
    reader = Ours(port, 50, YARDS)
    took: list[tuple[float, float]] = []
    arrived: dict[str, tuple[float, float]] = {}
    receive = reader.trucks.receive

    def received(now: float, topic: str, payload: bytes, *, retained: bool = False, wall_utc: str = "") -> list[Report]:
        arrived[topic.split("/")[3]] = (time.perf_counter() - reader.link._inbox.waited_s, time.process_time())
        return receive(now, topic, payload, retained=retained, wall_utc=wall_utc)

    reader.trucks.receive = received  # type: ignore[method-assign]
    reader.extends = True
    running = asyncio.create_task(reader.link.run())
    try:
        async with publishing(port, 50, 500, seconds + 5, idle=True):
            await _until(lambda: reader.link.connected)
            client = reader.link._linked
            assert client is not None
            send = client.publish

            async def sent(topic: str, *args: object, **more: object) -> None:
                await send(topic, *args, **more)  # type: ignore[arg-type]
                if topic.endswith("/order"):
                    clock, cpu = arrived[topic.split("/")[3]]
                    took.append((time.perf_counter() - clock, time.process_time() - cpu))

            client.publish = sent  # type: ignore[method-assign]
            await asyncio.sleep(seconds)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return took


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S_MAX):
        while not holds():  # noqa: ASYNC110 - what is waited for comes from another process
            await asyncio.sleep(0.01)


def at(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=8.0)
    options.add_argument("--rate", type=float, default=800.0, help="states a second of 500 trucks")
    options.add_argument("--publish", default="")
    asked = options.parse_args()
    if asked.publish:
        every = set(range(os.cpu_count() or 1))
        os.sched_setaffinity(0, every - {min(every)} or every)  # not on the readers' core
        port, trucks, rate, seconds, idle = asked.publish.split(",")
        asyncio.run(publish(int(port), int(trucks), float(rate), float(seconds), idle=idle == "1"))
        return
    cores = sorted(os.sched_getaffinity(0))
    print(f"one state: {len(state_of('T1', 1))} bytes; core {cores[0]} of {len(cores)}")
    measure(asked.seconds, asked.rate)


def measure(seconds: float, rate: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with serving("mosquitto", port, Path(folder), "allow_anonymous true\nmax_queued_messages 100000\n"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
            bare_count, bare_cpu = asyncio.run(bare(port, 500, rate, seconds))
            our_count, our_cpu, reader = asyncio.run(ours(port, 500, rate, seconds))
            bare_rate, our_rate = bare_count / bare_cpu, our_count / our_cpu
            print(
                f"500 trucks at {rate:g}/s: bare {bare_rate:.0f} states a CPU second, ours {our_rate:.0f}, ratio {our_rate / bare_rate:.2f}"
            )
            _, _, reader = asyncio.run(ours(port, 50, 500, seconds))
            ages = [age * 1000 for age in reader.ages_s]
            print(
                f"50 trucks at 10 Hz: age of a state when acted on p50 {at(ages, 0.5):.1f} ms, p99 {at(ages, 0.99):.1f} ms, n {len(ages)}"
            )
            took = asyncio.run(state_to_order(port, seconds))
            for what, part in (("by the clock", 0), ("of our CPU", 1)):
                ms = [one[part] * 1000 for one in took]
                print(f"state received to order published, {what}: p50 {at(ms, 0.5):.2f}, p99 {at(ms, 0.99):.2f} ms, n {len(ms)}")


if __name__ == "__main__":
    main()
