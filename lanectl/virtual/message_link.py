"""What drivers.message_link does with a real client, in virtual time on the broker in memory."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from drivers.mqtt_supervised import BACKOFF_S_MAX, BACKOFF_S_MIN
from drivers.wire.vda5050.topics import Publish
from sim.broker import Broker, Client, NoBrokerError
from sim.virtual_time import Process


class VirtualMessageLink:
    """`client_id` and the topics that it subscribes to, with their QoS; `received` gets each message."""

    def __init__(
        self,
        client: tuple[str, Sequence[tuple[str, int]]],
        broker: Broker,
        process: Process,
        dice: Random,
        received: Callable[[str, bytes], None],
    ) -> None:
        self._client_id, self._subscriptions = client
        self._broker = broker
        self._process = process
        self._dice = dice
        self._received = received
        self._client: Client | None = None
        self._backoff_s = BACKOFF_S_MIN
        process.call_soon(self._connect)

    def publish(self, publish: Publish) -> None:
        if self._client is not None:
            self._client.publish(publish)

    def killed(self) -> None:
        if self._client is not None:
            self._client.die()

    def _connect(self) -> None:
        try:
            self._client = self._broker.connect(self._client_id, self._arrived, self._lost, clean=False)
        except NoBrokerError:
            self._again()
            return
        self._backoff_s = BACKOFF_S_MIN
        self._client.subscribe(self._subscriptions)

    def _lost(self, _why: str) -> None:
        self._process.call_soon(self._unlinked)

    def _unlinked(self) -> None:
        self._client = None
        self._again()

    def _again(self) -> None:
        self._process.call_at(self._process.now() + self._backoff_s * (0.5 + 0.5 * self._dice.random()), self._connect)
        self._backoff_s = min(BACKOFF_S_MAX, self._backoff_s * 2)

    def _arrived(self, topic: str, payload: bytes, _retained: bool) -> None:
        self._process.call_soon(partial(self._received, topic, payload))
