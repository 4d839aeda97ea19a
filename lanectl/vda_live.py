"""Live VDA 5050 traffic of a broker. Listens only; MQTT 5 where the broker speaks it, for only there a listener sees the retain flag."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
from paho.mqtt.subscribeoptions import SubscribeOptions

from drivers.wire.vda5050.traffic import Seen

FILTER = "+/+/+/+/+"  # interface/vN/manufacturer/serial/topic
CONNECT_S_MAX = 3.0
STORED_S = 1.0  # what the broker had kept comes at once; a flag seen later is the sender's own
QUEUED_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Broker:
    """`ca`, `certificate`, `key`: files for TLS, all or none."""

    host: str
    port: int = 1883
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


async def listen(broker: Broker, filter_: str = FILTER, seconds: float = 0.0) -> AsyncIterator[Seen]:
    """For so long from the subscription, 0: until nobody asks any more. Raises aiomqtt.MqttError when the link is lost.

    A broker that speaks no MQTT 5 is heard without the senders' QoS and retain flags.
    """
    client, tells = await _connected(broker)
    try:
        options = SubscribeOptions(qos=2, retainAsPublished=True) if tells else None
        await client.subscribe(filter_, options=options) if options else await client.subscribe(filter_, qos=1)
        began, number = time.monotonic(), 0
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds or None):
                async for message in client.messages:
                    number += 1
                    stored = message.retain and (not tells or time.monotonic() - began < STORED_S)
                    yield _seen(number, message, stored=stored, tells=tells)
    finally:
        await client.__aexit__(None, None, None)


def _seen(number: int, message: aiomqtt.Message, *, stored: bool, tells: bool) -> Seen:
    payload = message.payload if isinstance(message.payload, bytes) else str(message.payload or "").encode()
    qos, retain = (message.qos, message.retain) if tells else (None, True if stored else None)
    return Seen(number, message.topic.value, payload, time.time(), qos, retain, stored)


async def _connected(broker: Broker) -> tuple[aiomqtt.Client, bool]:
    """The client, and whether it is told the senders' flags."""
    for protocol in (aiomqtt.ProtocolVersion.V5, aiomqtt.ProtocolVersion.V311):
        client = aiomqtt.Client(
            broker.host,
            broker.port,
            protocol=protocol,
            timeout=CONNECT_S_MAX,
            tls_context=_tls(broker),
            max_queued_incoming_messages=QUEUED_MAX,
        )
        try:
            await client.__aenter__()
        except aiomqtt.MqttError:
            if protocol is aiomqtt.ProtocolVersion.V311:
                raise
        else:
            return client, protocol is aiomqtt.ProtocolVersion.V5
    raise AssertionError("the last protocol connects or raises")


def _tls(broker: Broker) -> ssl.SSLContext | None:
    if broker.ca is None:
        return None
    context = ssl.create_default_context(cafile=str(broker.ca))
    if broker.certificate is not None:
        context.load_cert_chain(str(broker.certificate), str(broker.key) if broker.key else None)
    return context
