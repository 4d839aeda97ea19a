"""The trucks' MQTT link: connect, subscribe, carry, and do it again after every loss.

The client does not reconnect by itself, so this supervises it. What could not be sent is thrown away, never sent later: the session
knows what has to be said again. A half-open link is noticed only after two keepalives; the age of a truck's state is the real guard.
"""

import asyncio
import ipaddress
import logging
import random
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import aiomqtt

from drivers.clock import Clock
from drivers.ending import end_if_told, told_to_end
from drivers.mqtt_supervised import keep_linked, side_by_side, subscribe
from drivers.truck_inbox import TruckInbox
from drivers.trucks import Trucks
from drivers.wire.vda5050.topics import Publish
from lanectl.model import Command, Report

log = logging.getLogger(__name__)

KEEPALIVE_S = 5
ANSWER_S_MAX = 2.0  # the broker acknowledges within this, or the link is given up
OUTGOING_MAX = 1000
GIVING_LOOK_S, GIVING_LOOKS_MAX = 0.001, 5  # a record is durable within some milliseconds, or not soon
NODELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)


@dataclass(frozen=True, slots=True)
class Tls:
    """Our certificate and key, and the authority that signed the broker's."""

    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class MqttConfig:
    """`client_id` stays the same over restarts: the broker keeps the session, and drops an older client that still holds it."""

    host: str
    port: int
    client_id: str
    tls: Tls | None = None


def check_transport(config: MqttConfig) -> None:
    """Off loopback only with TLS, our certificate and the broker's authority; a ValueError says what is missing."""
    tls = config.tls
    if tls is None:
        if not is_loopback(config.host):
            raise ValueError(f"{config.host} is not this machine: MQTT leaves it only with TLS; name the files of ca, certificate and key")
        return
    for what, path in (("ca", tls.ca), ("certificate", tls.certificate), ("key", tls.key)):
        if not path.is_file():
            raise ValueError(f"{what}: there is no file {path}")
    tls_context(tls)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class MqttLink:
    """`deliver` gets the reports of each message. `run` never returns; cancel it to end the link.

    `giving`: something that follows from what was said is about to be sent; it goes out before more is read, if it does not take long.
    """

    def __init__(
        self,
        config: MqttConfig,
        trucks: Trucks,
        clock: Clock,
        deliver: Callable[[list[Report]], None],
        dice: random.Random,
        giving: Callable[[], bool] = lambda: False,
    ) -> None:
        check_transport(config)
        self.connections = 0
        self.failures = 0
        self._config = config
        self._trucks = trucks
        self._clock = clock
        self.superseded = 0  # states that gave way to newer ones, in earlier connections
        self._deliver = deliver
        self._dice = dice
        self._giving = giving
        self._outgoing: asyncio.Queue[Publish] = asyncio.Queue(OUTGOING_MAX)
        self._asked = asyncio.Event()
        self._fresh_session = False
        self._linked: aiomqtt.Client | None = None
        self._inbox = TruckInbox()
        self._waited = 0  # messages in the inbox that had come before the subscription was granted: the broker had kept them for us
        self._woken_for = float("inf")
        self._tls = tls_context(config.tls) if config.tls is not None else None

    @property
    def connected(self) -> bool:
        """Connected and subscribed."""
        return self._linked is not None

    def ask(self, command: Command) -> None:
        """Without a link nothing is sent now or later; what makes the lane safer is kept by the session until a truck is back."""
        self._queue(self._trucks.ask(self._clock.now(), wall_utc(), command))
        self._asked.set()

    def tell(self, publish: Publish) -> None:
        """Without a link it is not sent, now or later."""
        self._queue([publish])
        self._asked.set()

    async def run(self) -> None:
        where = f"broker {self._config.host}:{self._config.port}"
        await keep_linked(where, self._serve, lambda: self.connections, self._dice, self._failed)

    def _failed(self) -> None:
        self.failures += 1

    async def _serve(self) -> None:
        """One connection, until it is lost.

        The broker keeps our session over an outage, and with it what trucks say of their connection. The first connection of this run
        drops the session of an earlier one: some brokers send retained messages to new sessions only.
        """
        if not self._fresh_session:
            async with self._client(clean_session=True):
                self._fresh_session = True
        client = self._client(clean_session=False)
        try:
            async with client:
                await self._subscribe(client)
                self._waited = self._inbox.qsize()
                await self._carry(client)
        finally:
            if self._linked is not None:
                self._linked = None
                self._deliver(self._trucks.broker_lost(self._clock.now()))

    async def _subscribe(self, client: aiomqtt.Client) -> None:
        await subscribe(client, self._trucks.subscriptions)
        while not self._outgoing.empty():
            self._outgoing.get_nowait()
        self._linked = client
        self.connections += 1
        log.info("broker %s:%d: linked", self._config.host, self._config.port)
        self._trucks.broker_back(self._clock.now())

    async def _carry(self, client: aiomqtt.Client) -> None:
        end_if_told()
        await side_by_side(self._read(), self._write(client), self._wake(), _until_lost(client), at_end=self._take_rest)

    def _take_rest(self) -> None:
        """What was acknowledged is not sent again."""
        while not self._inbox.empty():
            self._take(self._inbox.get_nowait())

    async def _read(self) -> None:
        """One message a turn of the loop: what came of it is decided and sent before the next is looked at."""
        while True:
            await self._inbox.filled.wait()
            for _ in range(GIVING_LOOKS_MAX):
                if not (self._giving() or self._outgoing.qsize()):
                    break
                await asyncio.sleep(GIVING_LOOK_S)
            self._take(self._inbox.get_nowait())
            if self._inbox.overflowed:
                raise aiomqtt.MqttError("more events came than could be taken")
            if not self._inbox.empty():
                await asyncio.sleep(0)

    def _take(self, message: aiomqtt.Message) -> None:
        """One message to its session. Its age counts from when it came."""
        payload = message.payload if isinstance(message.payload, bytes) else b""
        kept = message.retain or self._waited > 0
        self._waited -= 1
        reports = self._trucks.receive(self._clock.now(), message.topic.value, payload, retained=kept, wall_utc=wall_utc())
        self._say()
        if self._trucks.wake_at != self._woken_for:
            self._asked.set()
        if reports:
            self._deliver(reports)

    async def _write(self, client: aiomqtt.Client) -> None:
        while not told_to_end():
            publish = await self._outgoing.get()
            await client.publish(publish.topic, publish.payload, qos=publish.qos, retain=publish.retain)

    async def _wake(self) -> None:
        """Calls the trucks when they asked to be woken; a command or a message may have made that sooner."""
        while True:
            self._asked.clear()
            self._woken_for = wake_at = self._trucks.wake_at
            cancel = self._clock.call_at(wake_at, self._asked.set) if wake_at < float("inf") else None
            await self._asked.wait()
            if cancel is not None:
                cancel()
            if self._trucks.wake_at <= self._clock.now():
                self._queue(self._trucks.wake(self._clock.now(), wall_utc()))

    def _queue(self, publishes: list[Publish]) -> None:
        for publish in publishes:
            if self._outgoing.full():
                log.warning("broker %s:%d: takes nothing, %s is not sent", self._config.host, self._config.port, publish.topic)
                break
            self._outgoing.put_nowait(publish)
        self._say()

    def _say(self) -> None:
        for notice in self._trucks.notices():
            log.warning("%s", notice)

    def _client(self, *, clean_session: bool) -> aiomqtt.Client:
        self.superseded += self._inbox.superseded
        self._inbox = inbox = TruckInbox()
        return aiomqtt.Client(
            self._config.host,
            self._config.port,
            identifier=self._config.client_id,
            clean_session=clean_session,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_S_MAX,
            queue_type=cast("type[asyncio.Queue[aiomqtt.Message]]", lambda maxsize: inbox),  # noqa: ARG005 - it limits itself
            max_queued_outgoing_messages=OUTGOING_MAX,
            tls_context=self._tls,
            socket_options=NODELAY,
        )


async def _until_lost(client: aiomqtt.Client) -> None:
    """Raises MqttError when the link is gone. The inbox is read past this iterator, which makes a task of each message."""
    await anext(client.messages)


def wall_utc() -> str:
    """For people and for VDA 5050 headers; nothing is timed by it (E4)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def tls_context(tls: Tls) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(tls.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(str(tls.certificate), str(tls.key))
    except (ssl.SSLError, OSError) as error:
        raise ValueError(f"TLS files of the broker link do not read: {error}") from error
    return context
