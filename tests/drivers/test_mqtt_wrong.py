"""What trucks do wrong on a real broker: the link goes on, the other trucks are served, and nothing old or foreign is believed."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from lanectl.model import Connection
from tests.brokers import free_port, serving
from tests.drivers.test_mqtt import Lane, TruckOnLink, running

STATE, CONNECTION, FACTSHEET = (f"uagv/v2/maker/T01/{topic}" for topic in ("state", "connection", "factsheet"))
GARBAGE = (b"", b"\xff\xfe", b"{oops", b"[]", b"null", b"[" * 60_000, b'{"headerId": NaN}')
FLOOD = 1000


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    found = free_port()
    with serving("mosquitto", found, tmp_path):
        yield found


async def after(port: int, wrong: Callable[[aiomqtt.Client, Lane, TruckOnLink], Any]) -> Lane:
    """A lane whose one truck is online and well while a stranger does this."""
    lane = Lane(port)
    truck = TruckOnLink(port, lane.clock)
    async with running(lane.link.run(), truck.run()), aiomqtt.Client("127.0.0.1", port) as stranger:
        await lane.until(lambda: lane.last.localised)
        await wrong(stranger, lane, truck)
        await lane.extended("K1-stop")
    assert lane.link.failures == 0
    return lane


def test_garbage_and_a_megabyte_of_json_are_dropped_and_the_truck_drives_on(port: int) -> None:
    async def garbage(stranger: aiomqtt.Client, lane: Lane, _: TruckOnLink) -> None:
        megabyte = json.dumps({"information": ["x" * 100] * 10_000}).encode()
        assert len(megabyte) > 1_000_000
        for payload in (*GARBAGE, megabyte):
            for topic in (STATE, FACTSHEET, CONNECTION):
                await stranger.publish(topic, payload, qos=1)
        await lane.until(lambda: lane.trucks.dropped["connection"] == len(GARBAGE) + 1)

    asyncio.run(after(port, garbage))


def test_a_flood_of_one_state_leaves_the_link_up_and_the_truck_served(port: int) -> None:
    async def flood(stranger: aiomqtt.Client, lane: Lane, _: TruckOnLink) -> None:
        async with aiomqtt.Client("127.0.0.1", port) as listener:
            await listener.subscribe(STATE)
            state = await anext(aiter(listener.messages))
        for _number in range(FLOOD):
            await stranger.publish(STATE, state.payload)
        await stranger.publish(CONNECTION, b"the last of all", qos=1)
        await lane.until(lambda: lane.trucks.dropped["connection"] == 1)

    asyncio.run(after(port, flood))


def test_a_will_that_is_older_than_the_last_message_counts(port: int) -> None:
    async def old_will(stranger: aiomqtt.Client, lane: Lane, truck: TruckOnLink) -> None:
        will = truck.truck.vehicle.will("2020-01-01T00:00:00.000Z")
        lane.reports.clear()
        await stranger.publish(will.topic, will.payload, qos=1, retain=True)
        await lane.until(lambda: any(report.connection is Connection.BROKEN for report in lane.reports))
        truck.die()
        await lane.until(lambda: lane.last.connection is Connection.ONLINE and lane.last.localised)

    asyncio.run(after(port, old_will))


def test_two_clients_with_one_serial_throw_each_other_off_and_it_is_told(port: int) -> None:
    async def twin() -> None:
        lane = Lane(port)
        first, second = TruckOnLink(port, lane.clock), TruckOnLink(port, lane.clock)
        async with running(lane.link.run(), first.run()):
            await lane.until(lambda: lane.last.localised)
            async with running(second.run()):
                await lane.until(lambda: "twice" in {code for code, _ in lane.last.troubles})
        assert lane.link.failures == 0

    asyncio.run(twin())


def test_a_journal_that_hangs_keeps_no_state_from_being_read(port: int) -> None:
    async def hanging() -> None:
        lane = Lane(port)
        lane.link._giving = lambda: True  # a command waits for its record all the time
        truck = TruckOnLink(port, lane.clock)
        async with running(lane.link.run(), truck.run()):
            await lane.until(lambda: lane.last.localised)
            truck.die()
            await lane.until(lambda: any(report.connection is Connection.BROKEN for report in lane.reports[1:]))
            await lane.until(lambda: lane.last.connection is Connection.ONLINE and lane.last.localised)

    asyncio.run(hanging())
