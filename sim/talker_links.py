"""The links of customs and yards to their broker in real time."""

import asyncio
import socket

import aiomqtt

from drivers.ending import end_if_told
from sim.clock import ScaledClock, wall_utc
from sim.plan import MqttPlan
from sim.talkers import LOOK_S, RETRY_S, Talker

KEEPALIVE_S = 5
PUBLISH_S_MAX = 2.0


class TalkerLink:
    """In real time; runs until cancelled."""

    def __init__(self, talker: Talker, mqtt: MqttPlan, clock: ScaledClock) -> None:
        self._talker = talker
        self._mqtt = mqtt
        self._clock = clock

    async def run(self) -> None:
        while True:
            try:
                await self._connected()
            except aiomqtt.MqttError:
                end_if_told()
                await asyncio.sleep(RETRY_S)

    async def _connected(self) -> None:
        async with aiomqtt.Client(
            self._mqtt.host,
            self._mqtt.port,
            identifier=self._talker.client_id,
            clean_session=False,
            keepalive=KEEPALIVE_S,
            timeout=PUBLISH_S_MAX,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        ) as client:
            await client.subscribe(list(self._talker.subscriptions))
            listening = asyncio.ensure_future(self._listen(client))
            try:
                while not listening.done():
                    end_if_told()
                    for publish in self._talker.due(self._clock.now(), wall_utc()):
                        await client.publish(publish.topic, publish.payload, publish.qos)
                    await asyncio.sleep(LOOK_S)
                await listening
            finally:
                listening.cancel()

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            if isinstance(message.payload, bytes):
                self._talker.receive(self._clock.now(), message.topic.value, message.payload)
