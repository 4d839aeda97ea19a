"""The trucks' MQTT link in virtual time: what drivers.mqtt does with a real client, in the same order, on the broker in memory."""

from collections import deque
from collections.abc import Callable
from random import Random

from drivers.mqtt import OUTGOING_MAX
from drivers.mqtt_supervised import BACKOFF_S_MAX, BACKOFF_S_MIN
from drivers.trucks import Trucks
from drivers.wire.vda5050.topics import Publish
from lanectl.model import Command, Report
from sim.broker import Broker, Client, NoBrokerError
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
        self._client_id = client_id
        self._trucks = trucks
        self._broker = broker
        self._process = process
        self._wall = wall
        self._dice = dice
        self._deliver = deliver
        self._client: Client | None = None
        self._clean = True  # the first connection of a run drops the session of an earlier one
        self._backoff_s = BACKOFF_S_MIN
        self._heard: deque[tuple[str, bytes, bool]] = deque()
        self._woken_at = float("inf")
        self._cancel: Callable[[], None] = lambda: None
        process.call_soon(self._connect)

    def ask(self, command: Command) -> None:
        self._publish(self._trucks.ask(self._process.now(), self._wall(), command))
        self._sleep()

    def tell(self, publish: Publish) -> None:
        self._publish([publish])

    def killed(self) -> None:
        if self._client is not None:
            self._client.die()

    # ------------------------------------------------------------ the connection

    def _connect(self) -> None:
        try:
            self._client = self._broker.connect(self._client_id, self._arrived, self._lost, clean=self._clean)
        except NoBrokerError:
            self._again()
            return
        self._clean = False
        self._backoff_s = BACKOFF_S_MIN
        self._client.subscribe(self._trucks.subscriptions)
        self._trucks.broker_back(self._process.now())
        self._sleep()

    def _lost(self, _why: str) -> None:
        self._process.call_soon(self._unlinked)

    def _unlinked(self) -> None:
        self._client = None
        self._deliver(list(self._trucks.broker_lost(self._process.now())))
        self._again()

    def _again(self) -> None:
        self._process.call_at(self._process.now() + self._backoff_s * (0.5 + 0.5 * self._dice.random()), self._connect)
        self._backoff_s = min(BACKOFF_S_MAX, self._backoff_s * 2)

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
            if self._client is not None:
                self._client.publish(publish)

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
