"""The trucks' links to their broker: one MQTT client each, with its own last will, that dies and comes back with its truck."""

import asyncio
import logging
import socket

import aiomqtt

from drivers.ending import end_if_told
from sim.clock import ScaledClock, wall_utc
from sim.lane import Driver, SimLane
from sim.plan import MqttPlan

KEEPALIVE_S = 5
PUBLISH_S_MAX = 2.0
RETRY_S = (0.2, 0.5, 1.0)  # then every last
QUEUED_MAX = 100

log = logging.getLogger(__name__)


class TruckLink:
    """Runs until cancelled. `changed` is to be set whenever the vehicle may have something to say or its standing changed."""

    def __init__(self, lane: SimLane, serial: str, mqtt: MqttPlan, clock: ScaledClock) -> None:
        self.changed = asyncio.Event()
        self._lane = lane
        self._serial = serial
        self._mqtt = mqtt
        self._clock = clock

    @property
    def _driver(self) -> Driver:
        return self._lane.drivers[self._serial]

    @property
    def _wanted(self) -> bool:
        return self._driver.running and self._driver.signed_on

    async def run(self) -> None:
        failures = 0
        while True:
            while not self._wanted:
                await self._next_change()
            try:
                await self._connected()
                failures = 0
            except aiomqtt.MqttError as error:
                end_if_told()
                self._driver.vehicle.disconnected()
                if self._driver.running:
                    if failures == 0:
                        log.warning("truck %s: no broker (%s), tries again", self._serial, error)
                    await asyncio.sleep(RETRY_S[min(failures, len(RETRY_S) - 1)])
                    failures += 1

    async def _connected(self) -> None:
        life = self._driver.deaths
        will = self._driver.vehicle.will(wall_utc())
        async with aiomqtt.Client(
            self._mqtt.host,
            self._mqtt.port,
            identifier=f"truck-{self._serial}",
            will=aiomqtt.Will(will.topic, will.payload, will.qos, will.retain),
            keepalive=KEEPALIVE_S,
            timeout=PUBLISH_S_MAX,
            max_queued_outgoing_messages=QUEUED_MAX,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        ) as client:
            for topic, qos in self._driver.vehicle.subscriptions:
                await client.subscribe(topic, qos)
            self._driver.vehicle.connected(self._clock.now(), wall_utc())
            listening = asyncio.ensure_future(self._listen(client))
            try:
                await self._talk(client, listening, life)
            finally:
                listening.cancel()

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            if isinstance(message.payload, bytes):
                self._driver.vehicle.receive(self._clock.now(), wall_utc(), message.topic.value, message.payload)
                self.changed.set()

    async def _talk(self, client: aiomqtt.Client, listening: "asyncio.Future[None]", life: int) -> None:
        """Until the truck signs off (its last word is out by then), dies, or the link does (MqttError)."""
        while True:
            if self._driver.deaths != life:
                await self._die(client, listening)
            for publish in self._driver.vehicle.output():
                await client.publish(publish.topic, publish.payload, publish.qos, publish.retain)
            if listening.done():
                await listening
            if not self._wanted and self._driver.deaths == life:
                return
            await self._next_change()

    async def _die(self, client: aiomqtt.Client, listening: "asyncio.Future[None]") -> None:
        """The connection breaks without a DISCONNECT, so that the broker sends the last will. Raises MqttError."""
        link = client._client.socket()  # aiomqtt has no public way to die
        if isinstance(link, socket.socket):
            link.shutdown(socket.SHUT_RDWR)
        await listening
        raise aiomqtt.MqttError("the truck's computer died")

    async def _next_change(self) -> None:
        end_if_told()  # a cancellation may have been dropped since, and nothing would change any more
        await self.changed.wait()
        self.changed.clear()
