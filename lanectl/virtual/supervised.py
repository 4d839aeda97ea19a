"""A link to the broker in memory that is dialled again whenever it is lost, as drivers.mqtt_supervised does with a real client."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from drivers.mqtt_supervised import BACKOFF_S_MAX, BACKOFF_S_MIN
from drivers.wire.vda5050.topics import Publish
from sim.broker import Broker, Client, NoBrokerError
from sim.virtual_time import Process


@dataclass(frozen=True, slots=True)
class Listener:
    """`linked` gets the client, to subscribe; `arrived` each message: topic, payload, whether the broker had kept it."""

    linked: Callable[[Client], None]
    arrived: Callable[[str, bytes, bool], None]
    lost: Callable[[], None] = lambda: None


class Supervised:
    """`drops_session`: the first connection of a run drops the session that an earlier one left at the broker."""

    def __init__(
        self, client_id: str, broker: Broker, process: Process, dice: Random, listener: Listener, *, drops_session: bool = False
    ) -> None:
        self._client_id = client_id
        self._broker = broker
        self._process = process
        self._dice = dice
        self._listener = listener
        self._clean = drops_session
        self._client: Client | None = None
        self._backoff_s = BACKOFF_S_MIN
        process.call_soon(self._connect)

    def publish(self, publish: Publish) -> None:
        """Without a link it is not sent, now or later."""
        if self._client is not None:
            self._client.publish(publish)

    def killed(self) -> None:
        if self._client is not None:
            self._client.die()

    def _connect(self) -> None:
        try:
            self._client = self._broker.connect(self._client_id, self._listener.arrived, self._lost, clean=self._clean)
        except NoBrokerError:
            self._again()
            return
        self._clean = False
        self._backoff_s = BACKOFF_S_MIN
        self._listener.linked(self._client)

    def _lost(self, _why: str) -> None:
        self._process.call_soon(self._unlinked)

    def _unlinked(self) -> None:
        self._client = None
        self._listener.lost()
        self._again()

    def _again(self) -> None:
        self._process.call_at(self._process.now() + self._backoff_s * (0.5 + 0.5 * self._dice.random()), self._connect)
        self._backoff_s = min(BACKOFF_S_MAX, self._backoff_s * 2)
