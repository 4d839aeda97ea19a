"""The trucks' MQTT link in virtual time: what drivers.mqtt does with a real client, in the same order, on the broker in memory."""

from collections import deque
from collections.abc import Callable
from random import Random

from drivers.mqtt import OUTGOING_MAX
from drivers.trucks import Trucks
from drivers.wire.vda5050.topics import Publish
from lanectl.model import Command, Report
from lanectl.virtual.supervised import Listener, Supervised
from sim.broker import Broker, Client
from sim.virtual_time import Process


class BrokerLink:
    def __init__(
        self,
        client_id: str,
        trucks: Trucks,
        broker: Broker,
        process: Process,
        wall: Callable[[], str],
        dice: Random,
        deliver: Callable[[list[Report]], None],
    ) -> None:
        self._trucks = trucks
        self._process = process
        self._wall = wall
        self._deliver = deliver
        self._heard: deque[tuple[str, bytes, bool]] = deque()
        self._woken_at = float("inf")
        self._cancel: Callable[[], None] = lambda: None
        self._link = Supervised(client_id, broker, process, dice, Listener(self._linked, self._arrived, self._lost), drops_session=True)

    def ask(self, command: Command) -> None:
        self._publish(self._trucks.ask(self._process.now(), self._wall(), command))
        self._sleep()

    def tell(self, publish: Publish) -> None:
        self._publish([publish])

    def killed(self) -> None:
        self._link.killed()

    # ------------------------------------------------------------ the connection

    def _linked(self, client: Client) -> None:
        client.subscribe(self._trucks.subscriptions)
        self._trucks.broker_back(self._process.now())
        self._sleep()

    def _lost(self) -> None:
        self._deliver(list(self._trucks.broker_lost(self._process.now())))

    # ------------------------------------------------------------ messages

    def _arrived(self, topic: str, payload: bytes, retained: bool) -> None:
        self._heard.append((topic, payload, retained))
        self._process.call_soon(self._read)

    def _read(self) -> None:
        topic, payload, retained = self._heard.popleft()
        reports = self._trucks.receive(self._process.now(), topic, payload, retained=retained)
        self._sleep()
        if reports:
            self._deliver(reports)

    def _publish(self, publishes: list[Publish]) -> None:
        for publish in publishes[:OUTGOING_MAX]:
            self._link.publish(publish)

    def _sleep(self) -> None:
        self._trucks.notices()
        wake_at = self._trucks.wake_at
        if wake_at != self._woken_at:
            self._cancel()
            self._woken_at = wake_at
            if wake_at < float("inf"):
                self._cancel = self._process.call_at(wake_at, self._wake)

    def _wake(self) -> None:
        self._woken_at = float("inf")
        self._publish(self._trucks.wake(self._process.now(), self._wall()))
        self._sleep()
