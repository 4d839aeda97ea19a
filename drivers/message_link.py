"""An MQTT link that carries whole messages both ways: transport orders and clearances. The trucks' own link is drivers/mqtt.py.

The broker keeps the session, so that what is sent while the controller is away comes when it is back. What could not be sent is thrown
away: whoever waits for an answer asks again.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence

import aiomqtt

from drivers.ending import end_if_told, told_to_end
from drivers.mqtt import ANSWER_S_MAX, KEEPALIVE_S, NODELAY, OUTGOING_MAX, MqttConfig, tls_context
from drivers.mqtt_supervised import keep_linked, side_by_side, subscribe
from drivers.wire.vda5050.topics import Publish

log = logging.getLogger(__name__)

INCOMING_MAX = 200  # messages of at most 256 KiB; whose message is dropped gets no answer, and sends it again


class MessageLink:
    """`received` gets each message. `run` never returns; cancel it to end the link."""

    def __init__(
        self,
        config: MqttConfig,
        subscriptions: Sequence[tuple[str, int]],
        received: Callable[[str, bytes], None],
        dice: random.Random,
    ) -> None:
        self.connections = 0
        self._config = config
        self._subscriptions = list(subscriptions)
        self._received = received
        self._dice = dice
        self._outgoing: asyncio.Queue[Publish] = asyncio.Queue(OUTGOING_MAX)
        self._tls = tls_context(config.tls) if config.tls is not None else None

    def publish(self, publish: Publish) -> None:
        """Queued; the oldest gives way where the broker takes nothing."""
        if self._outgoing.full():
            self._outgoing.get_nowait()
        self._outgoing.put_nowait(publish)

    async def run(self) -> None:
        where = f"broker {self._config.host}:{self._config.port}, orders"
        await keep_linked(where, self._serve, lambda: self.connections, self._dice)

    async def _serve(self) -> None:
        async with self._client() as client:
            await subscribe(client, self._subscriptions)
            self.connections += 1
            log.info("broker %s:%d, orders: linked", self._config.host, self._config.port)
            end_if_told()
            await side_by_side(self._read(client), self._write(client))

    async def _read(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            self._received(message.topic.value, message.payload if isinstance(message.payload, bytes) else b"")
            await asyncio.sleep(0)  # a full message takes some milliseconds: the field comes first

    async def _write(self, client: aiomqtt.Client) -> None:
        while not told_to_end():
            publish = await self._outgoing.get()
            await client.publish(publish.topic, publish.payload, qos=publish.qos, retain=publish.retain)

    def _client(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            self._config.host,
            self._config.port,
            identifier=self._config.client_id,
            clean_session=False,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_S_MAX,
            max_queued_incoming_messages=INCOMING_MAX,
            max_queued_outgoing_messages=OUTGOING_MAX,
            tls_context=self._tls,
            socket_options=NODELAY,
        )
