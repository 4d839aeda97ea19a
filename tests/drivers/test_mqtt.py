"""The trucks' MQTT link over real brokers: crossings, outages, restarts. Real time, with bounded waits on conditions."""

import asyncio
import random
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt
import pytest

from drivers.clock import LoopClock
from drivers.ending import end_if_told, told_to_end
from drivers.mqtt import MqttConfig, MqttLink, Tls, check_transport, wall_utc
from drivers.trucks import Trucks
from drivers.wire.vda5050.topics import Publish
from lanectl.model import CancelAuthority, Connection, ExtendAuthority, Report, TruckReported
from sim.truck import Vehicle
from sim.truck_plan import Seen
from tests.brokers import KINDS, free_port, serving
from tests.truck_bench import NODES, RUN, SimulatedTruck, trucks_plan, vehicle_plan
from tests.vda5050_schemas import faults_of

SPEED = 40.0  # clock seconds a second
TICK_S = 0.4
WAIT_S_MAX = 20.0


@dataclass(frozen=True)
class Served:
    """A broker on `port`; `start` is called again to get it back after `kill`."""

    kind: str
    port: int
    folder: Path
    running: list[tuple[object, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self) -> None:
        context = serving(self.kind, self.port, self.folder)
        self.running.append((context, context.__enter__()))

    def kill(self) -> None:
        _, broker = self.running.pop()
        broker.kill()
        broker.wait()


@pytest.fixture(params=KINDS)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    broker = Served(request.param, free_port(), tmp_path)
    broker.start()
    yield broker
    while broker.running:
        broker.kill()


def drop(client: aiomqtt.Client) -> None:
    link = client._client.socket()
    assert isinstance(link, socket.socket)
    link.shutdown(socket.SHUT_RDWR)


class TruckOnLink:
    """A simulated vehicle on its own MQTT client, with its truck under it."""

    def __init__(self, port: int, clock: LoopClock) -> None:
        self.truck = SimulatedTruck(Vehicle(vehicle_plan("T01"), Seen(-3.0, 0.0)))
        self._port = port
        self._clock = clock
        self.states = 0
        self._client: aiomqtt.Client | None = None

    async def run(self) -> None:
        while True:
            with suppress(aiomqtt.MqttError):
                await self._connected()
            end_if_told()
            self.truck.vehicle.disconnected()
            await asyncio.sleep(0.05)

    def die(self) -> None:
        """Its link ends without a word."""
        assert self._client is not None
        drop(self._client)

    async def _connected(self) -> None:
        vehicle = self.truck.vehicle
        will = vehicle.will(wall_utc())
        last_will = aiomqtt.Will(will.topic, will.payload, will.qos, will.retain)
        async with aiomqtt.Client("127.0.0.1", self._port, identifier="T01", will=last_will, timeout=2) as client:
            self._client = client
            for topic, qos in vehicle.subscriptions:
                await client.subscribe(topic, qos)
            vehicle.connected(self._clock.now(), wall_utc())
            reading = asyncio.create_task(self._read(client))
            try:
                while not (reading.done() or told_to_end()):
                    self.truck.drive(TICK_S)
                    self.truck.way = vehicle.advance(self._clock.now(), wall_utc(), self.truck.seen)
                    for publish in vehicle.output():
                        self.states += publish.topic.endswith("/state")
                        await client.publish(publish.topic, publish.payload, publish.qos, publish.retain)
                    await asyncio.sleep(TICK_S / SPEED)
                end_if_told()
                await reading
            finally:
                reading.cancel()

    async def _read(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            self.truck.vehicle.receive(self._clock.now(), wall_utc(), message.topic.value, message.payload)


class Lane:
    def __init__(self, port: int, dice: random.Random | None = None) -> None:
        self.clock = LoopClock(asyncio.get_running_loop(), SPEED)
        self.reports: list[TruckReported] = []
        self._port = port
        self._dice = dice or random.Random(1)
        self.start(RUN)

    def start(self, run: int) -> None:
        """A new controller, that remembers nothing."""
        self.reports.clear()
        self.trucks = Trucks(trucks_plan("T01", run=run))
        self.link = MqttLink(MqttConfig("127.0.0.1", self._port, "lane-control"), self.trucks, self.clock, self._take, self._dice)

    def client(self) -> aiomqtt.Client:
        assert self.link._linked is not None
        return self.link._linked

    def _take(self, reports: list[Report]) -> None:
        self.reports += [report for report in reports if isinstance(report, TruckReported)]

    @property
    def last(self) -> TruckReported:
        return self.reports[-1] if self.reports else TruckReported("nobody", Connection.OFFLINE, standing=False)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S_MAX):
            while not holds():  # noqa: ASYNC110 - what is waited for comes from another process
                await asyncio.sleep(0.01)

    async def extended(self, node: str) -> None:
        """As the lane would: the command again until it is shown."""
        async with asyncio.timeout(WAIT_S_MAX):
            while self.last.authority_end != node:
                self.link.ask(ExtendAuthority("T01", node))
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.3):
                        await self.until(lambda: self.last.authority_end == node)


@asynccontextmanager
async def running(*parts: Coroutine[None, None, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# ---------------------------------------------------------------- over a broker


def test_truck_crosses_and_every_message_on_the_broker_is_valid(served: Served) -> None:
    async def crossing() -> list[Publish]:
        lane = Lane(served.port)
        truck = TruckOnLink(served.port, lane.clock)
        recorded: list[Publish] = []
        async with aiomqtt.Client("127.0.0.1", served.port, identifier="recorder") as recorder:
            await recorder.subscribe("uagv/#", 1)
            async with running(lane.link.run(), truck.run(), _record(recorder, recorded)):
                await lane.until(lambda: lane.last.localised)
                for node, _ in NODES[1:]:
                    await lane.extended(node)
                    await lane.until(lambda: lane.last.order_done and lane.last.standing)
        return recorded

    recorded = asyncio.run(crossing())
    assert faults_of(recorded) == []
    assert {publish.topic.rsplit("/", 1)[-1] for publish in recorded} >= {"order", "state", "connection"}


async def _record(recorder: aiomqtt.Client, recorded: list[Publish]) -> None:
    async for message in recorder.messages:
        assert isinstance(message.payload, bytes)
        recorded.append(Publish(message.topic.value, message.payload))


def test_dead_truck_is_broken_by_its_last_will_and_online_again_when_it_is_back(served: Served) -> None:
    async def outage() -> None:
        lane = Lane(served.port)
        truck = TruckOnLink(served.port, lane.clock)
        async with running(lane.link.run(), truck.run()):
            await lane.until(lambda: lane.last.localised)
            truck.die()
            await lane.until(lambda: any(report.connection is Connection.BROKEN for report in lane.reports[1:]))
            await lane.until(lambda: lane.last.connection is Connection.ONLINE and lane.last.localised)

    asyncio.run(outage())


def test_broker_that_is_killed_and_restarted_loses_nothing_of_a_crossing(served: Served) -> None:
    async def outage() -> None:
        lane = Lane(served.port)
        truck = TruckOnLink(served.port, lane.clock)
        async with running(lane.link.run(), truck.run()):
            await lane.until(lambda: lane.last.localised)
            await lane.extended("K1-stop")
            served.kill()
            await lane.until(lambda: lane.last.connection is Connection.BROKEN)
            assert not lane.link.connected
            lane.link.ask(ExtendAuthority("T01", "cn-clear"))
            await asyncio.to_thread(served.start)
            await lane.until(lambda: lane.last.connection is Connection.ONLINE and lane.last.localised)
            assert lane.last.authority_end == "K1-stop"
            await lane.extended("K2-stop")

    asyncio.run(outage())


def test_restarted_controller_learns_of_a_truck_that_was_online_all_the_time(served: Served) -> None:
    async def restart() -> None:
        lane = Lane(served.port)
        truck = TruckOnLink(served.port, lane.clock)
        async with running(truck.run()):
            async with running(lane.link.run()):
                await lane.until(lambda: lane.last.localised)
                await lane.extended("K1-stop")
            lane.start(RUN + 60)
            async with running(lane.link.run()):
                await lane.until(lambda: lane.last.localised and lane.last.connection is Connection.ONLINE)
                assert lane.last.authority_end == "K1-stop"
                await lane.extended("K2-stop")

    asyncio.run(restart())


class Patient(random.Random):
    """Waits a second before it connects again, whatever the link would like."""

    def uniform(self, a: float, b: float) -> float:
        return 5.0


def test_states_that_waited_in_the_broker_for_a_lost_link_are_not_taken_as_fresh(served: Served) -> None:
    async def blip() -> None:
        lane = Lane(served.port, Patient())
        truck = TruckOnLink(served.port, lane.clock)
        async with running(lane.link.run()):
            async with running(truck.run()):
                await lane.until(lambda: lane.last.localised)
                drop(lane.client())
                await lane.until(lambda: not lane.link.connected)
                told = truck.states
                await lane.until(lambda: truck.states > told + 3)
            assert not lane.link.connected
            lane.reports.clear()
            await lane.until(lambda: lane.link.connected)
            async with aiomqtt.Client("127.0.0.1", served.port) as stranger:
                await stranger.publish("uagv/v2/maker/T01/connection", b"the last message of all", qos=1)
                await lane.until(lambda: lane.trucks.dropped["connection"] == 1)
            assert not any(report.localised for report in lane.reports)

    asyncio.run(blip())


def test_cancelled_truck_stops_over_a_broker(served: Served) -> None:
    async def cancel() -> None:
        lane = Lane(served.port)
        truck = TruckOnLink(served.port, lane.clock)
        async with running(lane.link.run(), truck.run()):
            await lane.until(lambda: lane.last.localised)
            await lane.extended("cn-clear")
            lane.link.ask(CancelAuthority("T01"))
            await lane.until(lambda: lane.last.cancelled and lane.last.standing)

    asyncio.run(cancel())


def test_link_without_a_broker_keeps_trying_and_says_so_once(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    async def alone() -> None:
        served = Served("embedded", free_port(), tmp_path)
        lane = Lane(served.port)
        async with running(lane.link.run()):
            await lane.until(lambda: lane.link.failures >= 3)
            await asyncio.to_thread(served.start)
            await lane.until(lambda: lane.link.connected)
        served.kill()

    asyncio.run(alone())
    assert len([record for record in caplog.records if "no link" in record.message]) == 1


# ---------------------------------------------------------------- off loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
def test_loopback_needs_no_tls(host: str) -> None:
    check_transport(MqttConfig(host, 1883, "lane"))


@pytest.mark.parametrize("host", ["broker.lane", "10.0.0.5", "0.0.0.0", "192.168.1.1", "::", "localhost.evil.example"])
def test_off_loopback_the_link_is_refused_without_tls(host: str) -> None:
    with pytest.raises(ValueError, match="only with TLS"):
        check_transport(MqttConfig(host, 1883, "lane"))


def test_missing_certificate_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ca: there is no file"):
        check_transport(MqttConfig("broker.lane", 8883, "lane", Tls(tmp_path / "ca", tmp_path / "c", tmp_path / "k")))


def test_unreadable_certificate_is_refused(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("ca", "certificate", "key")]
    for path in files:
        path.write_text("no certificate")
    with pytest.raises(ValueError, match="do not read"):
        check_transport(MqttConfig("broker.lane", 8883, "lane", Tls(*files)))
