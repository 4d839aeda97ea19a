"""Systems that send and hear whole messages, customs and yards, and their link to the broker in virtual time."""

from collections.abc import Callable
from typing import Protocol

from drivers.wire.vda5050.topics import Publish
from sim.broker import Broker, Client, NoBrokerError
from sim.virtual_time import VirtualClock

LOOK_S = 0.25
RETRY_S = 1.0


class Talker(Protocol):
    """Such a system. `due`: what is to be published by now; `wall_utc`: the time of day, ISO 8601."""

    @property
    def client_id(self) -> str: ...

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]: ...

    def receive(self, now: float, topic: str, payload: bytes) -> None: ...

    def due(self, now: float, wall_utc: str) -> list[Publish]: ...


class TalkerRadio:
    """In virtual time; looks by itself from the start on."""

    def __init__(self, talker: Talker, broker: Broker, clock: VirtualClock, wall: Callable[[], str]) -> None:
        self._talker = talker
        self._broker = broker
        self._clock = clock
        self._wall = wall
        self._client: Client | None = None
        self._retry_at = 0.0
        clock.call_at(clock.now() + LOOK_S, self._look)

    def _look(self) -> None:
        now = self._clock.now()
        self._clock.call_at(now + LOOK_S, self._look)
        if self._client is None and now >= self._retry_at:
            self._connect()
        if self._client is not None:
            for publish in self._talker.due(now, self._wall()):
                self._client.publish(publish)

    def _connect(self) -> None:
        try:
            self._client = self._broker.connect(self._talker.client_id, self._heard, self._lost, clean=False)
        except NoBrokerError:
            self._lost("no broker")
            return
        self._client.subscribe(self._talker.subscriptions)

    def _lost(self, _why: str) -> None:
        self._client = None
        self._retry_at = self._clock.now() + RETRY_S

    def _heard(self, topic: str, payload: bytes, _retained: bool) -> None:
        self._talker.receive(self._clock.now(), topic, payload)
