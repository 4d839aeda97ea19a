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
from drivers.mqtt import ANSWER_S_MAX, BACKOFF_S_MAX, BACKOFF_S_MIN, KEEPALIVE_S, NODELAY, OUTGOING_MAX, MqttConfig, tls_context
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
        backoff_s, told = BACKOFF_S_MIN, ""
        while True:
            connections = self.connections
            try:
                await self._serve()
            except aiomqtt.MqttError as error:
                why = str(error)
            else:
                why = "it ended"
            end_if_told()
            if self.connections > connections:
                backoff_s, told = BACKOFF_S_MIN, ""
            if why != told:
                log.warning("broker %s:%d, orders: no link, %s", self._config.host, self._config.port, why)
                told = why
            await asyncio.sleep(backoff_s * self._dice.uniform(0.5, 1.0))
            backoff_s = min(BACKOFF_S_MAX, backoff_s * 2)

    async def _serve(self) -> None:
        async with self._client() as client:
            granted = await client.subscribe(self._subscriptions)
            refused = [code for code in granted if (code if isinstance(code, int) else code.value) >= 0x80]
            if refused:
                raise aiomqtt.MqttError(f"{len(refused)} subscriptions were refused")
            self.connections += 1
            log.info("broker %s:%d, orders: linked", self._config.host, self._config.port)
            await self._carry(client)

    async def _carry(self, client: aiomqtt.Client) -> None:
        end_if_told()
        carriers = [asyncio.create_task(part) for part in (self._read(client), self._write(client))]
        try:
            done, _ = await asyncio.wait(carriers, return_when=asyncio.FIRST_COMPLETED)
            for carrier in done:
                carrier.result()
        finally:
            for carrier in carriers:
                carrier.cancel()
            await asyncio.gather(*carriers, return_exceptions=True)

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
