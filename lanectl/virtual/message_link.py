"""What drivers.message_link does with a real client, in virtual time on the broker in memory."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from drivers.wire.vda5050.topics import Publish
from lanectl.virtual.supervised import Listener, Supervised
from sim.broker import Broker, Client
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
        client_id, self._subscriptions = client
        self._process = process
        self._received = received
        self._link = Supervised(client_id, broker, process, dice, Listener(self._linked, self._arrived))

    def publish(self, publish: Publish) -> None:
        self._link.publish(publish)

    def killed(self) -> None:
        self._link.killed()

    def _linked(self, client: Client) -> None:
        client.subscribe(self._subscriptions)

    def _arrived(self, topic: str, payload: bytes, _retained: bool) -> None:
        self._process.call_soon(partial(self._received, topic, payload))
