"""States of many trucks through mosquitto on one core: a bare reader beside ours, in one run; the age of states.

    python -m benchmarks.vda5050 [--seconds 4] [--rounds 4]

A second process publishes at a steady rate that both readers can follow, so that CPU time a message is compared, not queues. "Bare" is
aiomqtt and msgspec: it decodes each state by the generated model of its version. "Ours" decodes, checks, holds against what the truck
was sent, and reports in words of the lane; "with the rules" also steps the rules of a lane in service, whose devices are polled ten
times a second, on each report and makes its record. All run in this process, one after the other and in rounds, pinned to one core: what
else the machine does slows them alike. The first round warms up and does not count.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import msgspec

from benchmarks.figures import at
from benchmarks.vda5050_orders import DrivenField, in_service, poll
from drivers.clock import LoopClock
from drivers.mqtt import MqttConfig, MqttLink
from drivers.truck_orders import TruckPlan, TrucksPlan
from drivers.trucks import Trucks
from drivers.wire.vda5050.generated import v2_1_0
from drivers.wire.vda5050.topics import Peer
from lanectl.model import Report, TruckReported
from sim.truck_messages import factsheet
from tests.brokers import free_port, serving

NODES = tuple((f"K{i}-stop", 77.25 * i) for i in range(10))
WAIT_S_MAX = 60.0  # for the other process to begin, on a busy machine
HEADER = {"version": "2.1.0", "manufacturer": "maker"}


def wall() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def state_of(serial: str, header_id: int) -> bytes:
    """About 2.3 kB: it stands at the end of its base, with a whole lane still to be released."""
    nodes = [
        {"nodeId": name, "sequenceId": 2 * i, "released": False, "nodePosition": {"x": x, "y": 0.0, "mapId": "lane"}}
        for i, (name, x) in enumerate(NODES)
    ]
    edges = [{"edgeId": f"{NODES[i - 1][0]}--{NODES[i][0]}", "sequenceId": 2 * i - 1, "released": False} for i in range(1, len(NODES))]
    state = HEADER | {
        "headerId": header_id,
        "timestamp": wall(),
        "serialNumber": serial,
        "orderId": "o1",
        "orderUpdateId": 0,
        "lastNodeId": NODES[0][0],
        "lastNodeSequenceId": 0,
        "nodeStates": nodes[1:],
        "edgeStates": edges,
        "driving": False,
        "actionStates": [{"actionId": "a1", "actionType": "startPause", "actionStatus": "FINISHED"}],
        "batteryState": {"batteryCharge": 80.0, "charging": False},
        "operatingMode": "AUTOMATIC",
        "errors": [],
        "information": [{"infoType": "route", "infoLevel": "DEBUG", "infoDescription": "x" * 60}] * 2,
        "safetyState": {"eStop": "NONE", "fieldViolation": False},
        "agvPosition": {"x": 0.0, "y": 0.0, "theta": 0.0, "mapId": "lane", "positionInitialized": True},
        "velocity": {"vx": 0.0},
    }
    return msgspec.json.encode(state)


# ---------------------------------------------------------------- the other process


async def publish(port: int, trucks: int, rate: float, seconds: float) -> None:
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
                await client.publish(f"uagv/v2/maker/{serial}/state", state_of(serial, sent // trucks))
                sent += 1
            await asyncio.sleep(0.002)


@asynccontextmanager
async def publishing(port: int, trucks: int, rate: float, seconds: float) -> AsyncIterator[None]:
    command = [sys.executable, "-m", "benchmarks.vda5050", "--publish", f"{port},{trucks},{rate},{seconds}"]
    other = await asyncio.create_subprocess_exec(*command)
    try:
        yield
    finally:
        if other.returncode is None:
            other.kill()
        await other.wait()


# ---------------------------------------------------------------- the readers


async def bare(port: int, seconds: float) -> tuple[int, float]:
    """Messages, and CPU seconds."""
    decoder = msgspec.json.Decoder(v2_1_0.State)
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("uagv/v2/maker/+/state")
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
    """`act`: what reports are handed to besides being counted."""

    def __init__(self, port: int, trucks: int, act: Callable[[Iterable[Report]], None] = lambda _: None) -> None:
        clock = LoopClock(asyncio.get_running_loop(), 1.0)
        plan = TrucksPlan("uagv", "lane", NODES, 6.9, tuple(TruckPlan(f"T{i}", "maker") for i in range(trucks)), 1_800_000_000)
        self.trucks = Trucks(plan)
        self.link = MqttLink(MqttConfig("127.0.0.1", port, "bench"), self.trucks, clock, self.deliver, random.Random(1))
        self.count = 0
        self.heard: set[str] = set()
        self.ages_s: list[float] = []
        self._act = act

    def deliver(self, reports: list[Report]) -> None:
        for report in reports:
            if isinstance(report, TruckReported) and report.localised:
                self.count += 1
                self.heard.add(report.truck)
                if self.count % 10 == 0:
                    last = self.trucks._sessions[report.truck]._state
                    assert last is not None
                    self.ages_s.append(datetime.now(UTC).timestamp() - datetime.fromisoformat(last.timestamp).timestamp())
        self._act(reports)


async def ours(port: int, trucks: int, seconds: float, *, rules: bool = False) -> tuple[int, float, Ours]:
    field = DrivenField() if rules else None
    reader = Ours(port, trucks, field.controller.deliver if field else lambda _: None)
    running = [asyncio.create_task(reader.link.run())]
    if field is not None:
        in_service(field)
        running.append(asyncio.create_task(poll(field)))
    try:
        async with asyncio.timeout(WAIT_S_MAX):
            while len(reader.heard) < trucks:  # noqa: ASYNC110 - what is waited for comes from another process
                await asyncio.sleep(0.05)
        reader.count, cpu = 0, time.process_time()
        reader.ages_s.clear()
        await asyncio.sleep(seconds)
        return reader.count, time.process_time() - cpu, reader
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


# ---------------------------------------------------------------- the figures


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=4.0, help="of each reader in each round")
    options.add_argument("--rounds", type=int, default=4)
    options.add_argument("--rate", type=float, default=800.0, help="states a second of 500 trucks")
    options.add_argument("--publish", default="")
    asked = options.parse_args()
    if asked.publish:
        every = set(range(os.cpu_count() or 1))
        os.sched_setaffinity(0, every - {min(every)} or every)  # not on the readers' core
        port, trucks, rate, seconds = asked.publish.split(",")
        asyncio.run(publish(int(port), int(trucks), float(rate), float(seconds)))
        return
    cores = sorted(os.sched_getaffinity(0))
    print(f"one state: {len(state_of('T1', 1))} bytes; core {cores[0]} of {len(cores)}, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with serving("mosquitto", port, Path(folder), "allow_anonymous true\nmax_queued_messages 100000\n"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
            asyncio.run(of_500(port, asked.rate, asked.seconds, asked.rounds))
            asyncio.run(of_50(port, asked.seconds * 2))


async def of_500(port: int, rate: float, seconds: float, rounds: int) -> None:
    """How many states each reader takes for a CPU second."""
    spent: dict[str, list[tuple[int, float]]] = {"bare": [], "ours": [], "ours with the rules": []}
    async with publishing(port, 500, rate, (rounds + 1) * (3 * seconds + WAIT_S_MAX)):
        for _ in range(rounds + 1):
            spent["bare"].append(await bare(port, seconds))
            spent["ours"].append((await ours(port, 500, seconds))[:2])
            spent["ours with the rules"].append((await ours(port, 500, seconds, rules=True))[:2])
    for told in spent.values():
        del told[0]
    rates = {name: sum(count for count, _ in told) / sum(cpu for _, cpu in told) for name, told in spent.items()}
    for name, found in rates.items():
        in_rounds = " ".join(f"{n / c / (m / d):.2f}" for (n, c), (m, d) in zip(spent[name], spent["bare"], strict=True))
        print(f"500 trucks at {rate:g}/s, {name}: {found:.0f} states a CPU second, {found / rates['bare']:.2f} of bare; {in_rounds}")


async def of_50(port: int, seconds: float) -> None:
    async with publishing(port, 50, 500, seconds + WAIT_S_MAX):
        _, _, reader = await ours(port, 50, seconds, rules=True)
    ages = [age * 1000 for age in reader.ages_s]
    print(f"50 trucks at 10 Hz: age of a state when acted on p50 {at(ages, 0.5):.1f} ms, p99 {at(ages, 0.99):.1f} ms, n {len(ages)}")


if __name__ == "__main__":
    main()
