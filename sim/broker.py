"""An MQTT broker in memory and in virtual time: sessions, retained topics, last wills, and what a network does to messages.

What the lane needs of MQTT 3.1.1 and no more: whole topics (no wildcards), QoS 0 lost without a link, QoS 1 kept for a session that was
asked to stay. Messages of one client keep their order, as on a TCP connection.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from drivers.wire.vda5050.topics import Publish
from sim.virtual_time import VirtualClock

LATENCY_S = (0.001, 0.004)  # from a client to the broker and on
KEPT_MAX = 1000  # messages for a session whose client is away
HALF_OPEN_BROKER_S = 7.5  # MQTT 3.1.1: one and a half keepalives of 5 s
HALF_OPEN_CLIENT_S = 10.0  # measured on the client: two keepalives

Heard = Callable[[str, bytes, bool], None]


class NoBrokerError(ConnectionError):
    """It does not answer."""


@dataclass(slots=True)
class Session:
    """What the broker keeps of one client id. `kept`: QoS 1 messages that came while its client was away."""

    subscribed: dict[str, int] = field(default_factory=dict)
    kept: list[Publish] = field(default_factory=list)
    client: "Client | None" = None
    stays: bool = False


class Client:
    """One connection. `heard(topic, payload, retained)` and `lost(why)` are called by the broker."""

    def __init__(self, broker: "Broker", client_id: str, will: Publish | None, heard: Heard, lost: Callable[[str], None]) -> None:
        self.client_id = client_id
        self.will = will
        self.open = True
        self.half_open = False
        self._broker = broker
        self._heard = heard
        self._lost = lost
        self._busy_until = {"up": 0.0, "down": 0.0}

    def subscribe(self, topics: Iterable[tuple[str, int]]) -> None:
        self._broker.subscribed(self, topics)

    def publish(self, publish: Publish) -> None:
        if self.open and not self.half_open:
            self.carry("up", lambda: self._broker.published(publish))

    def close(self) -> None:
        """Says DISCONNECT: no last will. What was published before still arrives."""
        self.open = False
        self.carry("up", lambda: self._broker.left(self, in_order=True))

    def die(self) -> None:
        """The connection breaks without a word."""
        self.open = False
        self._broker.left(self, in_order=False)

    def lose(self, why: str) -> None:
        """The network or the broker ended it."""
        if self.open:
            self.open = False
            self._broker.left(self, in_order=False)
            self._lost(why)

    def hear(self, publish: Publish, retained: bool) -> None:
        if self.open and not self.half_open:
            self.carry("down", lambda: self._arrived(publish, retained))

    def _arrived(self, publish: Publish, retained: bool) -> None:
        if self.open and not self.half_open:
            self._heard(publish.topic, publish.payload, retained)

    def carry(self, way: str, arrive: Callable[[], None]) -> None:
        """After a drawn latency, never before what went the same way before it."""
        clock, dice = self._broker.clock, self._broker.dice
        at = max(self._busy_until[way], clock.now() + self._broker.slow_s + LATENCY_S[0] + (LATENCY_S[1] - LATENCY_S[0]) * dice.random())
        self._busy_until[way] = at
        clock.call_at(at, arrive)


class Broker:
    """`up` False: it answers nobody. `lossy`, `doubling`: the part of the messages that get lost (QoS 0) or come twice."""

    def __init__(self, clock: VirtualClock, dice: Random) -> None:
        self.clock = clock
        self.dice = dice
        self.up = True
        self.lossy = 0.0
        self.doubling = 0.0
        self.slow_s = 0.0
        self.watch: Callable[[Publish], None] = lambda _: None
        self._sessions: dict[str, Session] = {}
        self._retained: dict[str, Publish] = {}
        self._subscribers: dict[str, list[Session]] = {}  # of each topic, as it is met; made anew when anybody's subscriptions change

    # ------------------------------------------------------------ clients

    def connect(
        self, client_id: str, heard: Heard, lost: Callable[[str], None], *, will: Publish | None = None, clean: bool = True
    ) -> Client:
        """Raises NoBrokerError. An older client of the same id is dropped; a session that stays sends what it kept."""
        if not self.up:
            raise NoBrokerError("no answer")
        client = Client(self, client_id, will, heard, lost)
        session = self._sessions.setdefault(client_id, Session())
        if session.client is not None:
            session.client.lose("another client took its id")
        if clean:
            session.subscribed.clear()
            session.kept.clear()
            self._subscribers.clear()
        session.client, session.stays = client, not clean
        kept, session.kept = session.kept, []
        for publish in kept:
            client.hear(publish, retained=False)
        return client

    def subscribed(self, client: Client, topics: Iterable[tuple[str, int]]) -> None:
        session = self._sessions[client.client_id]
        self._subscribers.clear()
        for topic, qos in topics:
            session.subscribed[topic] = qos
            if topic in self._retained:
                client.hear(self._retained[topic], retained=True)

    def left(self, client: Client, *, in_order: bool) -> None:
        session = self._sessions.get(client.client_id)
        if session is None or session.client is not client:
            return
        session.client = None
        if not session.stays:
            session.subscribed.clear()
            self._subscribers.clear()
        if client.will is not None and not in_order:
            self.published(client.will)

    # ------------------------------------------------------------ messages

    def published(self, publish: Publish) -> None:
        if not self.up:
            return
        self.watch(publish)
        if publish.retain:
            self._retained[publish.topic] = publish
        topic = publish.topic
        subscribers = self._subscribers.get(topic)
        if subscribers is None:
            subscribers = self._subscribers[topic] = [session for session in self._sessions.values() if topic in session.subscribed]
        for session in subscribers:
            self._hand_on(session, publish, min(publish.qos, session.subscribed[topic]))

    def _hand_on(self, session: Session, publish: Publish, qos: int) -> None:
        if session.client is None:
            if session.stays and qos and len(session.kept) < KEPT_MAX:
                session.kept.append(publish)
            return
        if not qos and self.lossy and self.dice.random() < self.lossy:
            return
        session.client.hear(publish, retained=False)
        if self.doubling and self.dice.random() < self.doubling:
            session.client.hear(publish, retained=False)

    # ------------------------------------------------------------ what happens to brokers

    def gone(self, *, forgets: bool) -> None:
        """It ends; with its memory go retained topics and sessions."""
        self.up = False
        for session in list(self._sessions.values()):
            if session.client is not None:
                session.client.lose("the broker is gone")
        if forgets:
            self._retained.clear()
            self._sessions.clear()
            self._subscribers.clear()

    def back(self) -> None:
        self.up = True

    def half_open(self, client_id: str) -> None:
        """Nothing passes any more, and neither end is told; each finds out by its keepalive."""
        session = self._sessions.get(client_id)
        client = session.client if session is not None else None
        if client is None:
            return
        client.half_open = True
        self.clock.call_at(self.clock.now() + HALF_OPEN_BROKER_S, lambda: self.left(client, in_order=False))
        self.clock.call_at(self.clock.now() + HALF_OPEN_CLIENT_S, lambda: client.lose("nothing is heard"))

    @property
    def clients(self) -> tuple[str, ...]:
        return tuple(name for name, session in self._sessions.items() if session.client is not None)
