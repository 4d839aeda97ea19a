"""A link that is told to end does end, whatever its client makes of the cancellation."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import aiomqtt
import pytest

from drivers.clock import LoopClock
from drivers.mqtt import MqttConfig, MqttLink
from drivers.trucks import Trucks
from drivers.wire.vda5050.topics import Publish
from sim.clock import ScaledClock
from sim.lane import SimLane
from sim.plan import MqttPlan
from sim.vehicles import TruckLink
from tests.brokers import free_port, serving
from tests.sim_plan import small_plan
from tests.truck_bench import trucks_plan

WITHIN_S = 10.0
publishing: list[str] = []


class NoFarewell(aiomqtt.Client):
    """When it is cancelled its farewell is not answered in time: aiomqtt then says so instead of passing the cancellation on."""

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await super().__aexit__(kind, error, trace)
        if kind is not None:
            raise aiomqtt.MqttError("Operation timed out")


class DropsCancellation(aiomqtt.Client):
    """As `asyncio.wait_for` of Python 3.11 may, where the broker's answer comes together with the cancellation."""

    async def publish(self, topic: str, *arguments: Any, **named: Any) -> None:
        publishing.append(topic)
        if len(publishing) > 1:
            raise aiomqtt.MqttError("Operation timed out")
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


class DropsAndGoesOn(aiomqtt.Client):
    """The same, and whatever is published next is acknowledged at once."""

    async def publish(self, topic: str, *arguments: Any, **named: Any) -> None:
        publishing.append(topic)
        if len(publishing) == 1:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    publishing.clear()
    found = free_port()
    with serving("embedded", found, tmp_path):
        yield found


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not holds():  # noqa: ASYNC110 - what is waited for comes from another process
            await asyncio.sleep(0.01)


async def ends_when_told(link: Coroutine[Any, Any, None], when: Callable[[], bool]) -> None:
    running = asyncio.create_task(link)
    await until(when)
    running.cancel()
    await asyncio.wait([running], timeout=WITHIN_S)
    assert running.cancelled()


def control(port: int) -> MqttLink:
    clock = LoopClock(asyncio.get_running_loop(), 1.0)
    return MqttLink(MqttConfig("127.0.0.1", port, "lane-control"), Trucks(trucks_plan("T01")), clock, lambda _: None, random.Random(1))


@pytest.mark.parametrize("client", [aiomqtt.Client, NoFarewell])
def test_the_controllers_link_ends(monkeypatch: pytest.MonkeyPatch, port: int, client: type[aiomqtt.Client]) -> None:
    async def run() -> None:
        link = control(port)
        await ends_when_told(link.run(), lambda: link.connected)

    monkeypatch.setattr(aiomqtt, "Client", client)
    asyncio.run(run())


def test_the_controllers_link_ends_while_the_broker_acknowledges_nothing(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    async def run() -> None:
        link = control(port)
        running = asyncio.create_task(link.run())
        await until(lambda: link.connected)
        link._queue([Publish("uagv/v2/maker/T01/order", b"{}", 0, retain=False)])
        await until(lambda: bool(publishing))
        running.cancel()
        await asyncio.wait([running], timeout=WITHIN_S)
        assert running.cancelled()

    monkeypatch.setattr(aiomqtt, "Client", DropsCancellation)
    asyncio.run(run())


@pytest.mark.parametrize("client", [aiomqtt.Client, NoFarewell, DropsCancellation, DropsAndGoesOn])
def test_a_simulated_trucks_link_ends(monkeypatch: pytest.MonkeyPatch, port: int, client: type[aiomqtt.Client]) -> None:
    async def run() -> None:
        lane, clock = SimLane(small_plan(), 0.0), ScaledClock(1.0, 0.0)
        link = TruckLink(lane, "T01", MqttPlan("127.0.0.1", port, "uagv", "small"), clock)
        await ends_when_told(link.run(), lambda: bool(publishing))

    async def noted(self: aiomqtt.Client, topic: str, *arguments: Any, **named: Any) -> None:
        publishing.append(topic)

    monkeypatch.setattr(aiomqtt, "Client", client)
    if client not in (DropsCancellation, DropsAndGoesOn):
        monkeypatch.setattr(client, "publish", noted)
    asyncio.run(run())
