"""The other process of benchmarks.vda5050_orders: simulated vehicles at 10 Hz over one client. The first does as the benchmark tells it.

Told on `bench/first`: {"front_m": 65.25, "localised": false}, or {"home": true} to sign off and on again before the lane.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime

import aiomqtt

from drivers.wire.vda5050.topics import Peer
from sim.truck import Vehicle
from sim.truck_plan import Seen, VehiclePlan

TOLD = "bench/first"
INTERVAL_S = 0.1
HOME_M, YARD_M = -3.0, -300.0  # where the first waits, and all the others

Nodes = tuple[tuple[str, float], ...]


def wall() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Vehicles:
    def __init__(self, client: aiomqtt.Client, nodes: Nodes, trucks: int) -> None:
        self._client = client
        self._front_m = HOME_M
        self._vehicles = {
            f"T{n}": Vehicle(VehiclePlan(Peer("uagv", "maker", f"T{n}"), "lane", nodes, state_interval_s=INTERVAL_S), Seen(YARD_M, 0.0))
            for n in range(trucks)
        }
        self._first = self._vehicles["T0"]

    async def run(self) -> None:
        for vehicle in self._vehicles.values():
            for topic, qos in vehicle.subscriptions:
                await self._client.subscribe(topic, qos)
        await self._client.subscribe(TOLD, 1)
        for vehicle in self._vehicles.values():
            vehicle.connected(time.monotonic(), wall())
        listening = asyncio.create_task(self._listen())
        while not listening.done():
            began = time.monotonic()
            for vehicle in self._vehicles.values():
                await self._advance(vehicle)
            await asyncio.sleep(max(0.0, began + INTERVAL_S - time.monotonic()))
        await listening

    async def _listen(self) -> None:
        async for message in self._client.messages:
            assert isinstance(message.payload, bytes)
            topic = message.topic.value
            if topic == TOLD:
                await self._told(json.loads(message.payload))
                continue
            vehicle = self._vehicles[topic.split("/")[3]]
            vehicle.receive(time.monotonic(), wall(), topic, message.payload)
            await self._advance(vehicle)

    async def _told(self, told: dict[str, float | bool]) -> None:
        if "home" in told:
            self._first.sign_off(wall())
            await self._send(self._first)
            self._front_m = HOME_M
            await self._advance(self._first)
            self._first.restarted()
            self._first.connected(time.monotonic(), wall())
        self._front_m = float(told.get("front_m", self._front_m))
        self._first.localised = bool(told.get("localised", self._first.localised))
        await self._advance(self._first)

    async def _advance(self, vehicle: Vehicle) -> None:
        front_m = self._front_m if vehicle is self._first else YARD_M
        vehicle.advance(time.monotonic(), wall(), Seen(front_m, 0.0))
        await self._send(vehicle)

    async def _send(self, vehicle: Vehicle) -> None:
        for publish in vehicle.output():
            await self._client.publish(publish.topic, publish.payload, publish.qos, publish.retain)


async def main() -> None:
    port, trucks, nodes = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    async with aiomqtt.Client("127.0.0.1", port, max_queued_outgoing_messages=0) as client:
        await Vehicles(client, tuple((name, at_m) for name, at_m in nodes), trucks).run()


if __name__ == "__main__":
    asyncio.run(main())
