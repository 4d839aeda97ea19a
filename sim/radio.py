"""The trucks' links to the broker in virtual time: one client each, with its own last will, that dies and comes back with its truck."""

from collections.abc import Callable

from sim.broker import Broker, Client, NoBrokerError
from sim.lane import Driver, SimLane
from sim.virtual_time import VirtualClock

RETRY_S = (0.2, 0.5, 1.0)  # then every last


class Radio:
    """`look` is to be called whenever the vehicle may have something to say or its standing changed."""

    def __init__(self, lane: SimLane, serial: str, broker: Broker, clock: VirtualClock, wall: Callable[[], str]) -> None:
        self.client_id = f"truck-{serial}"
        self._driver: Driver = lane.drivers[serial]
        self._broker = broker
        self._clock = clock
        self._wall = wall
        self._client: Client | None = None
        self._life = 0
        self._failures = 0
        self._retry_at = 0.0

    def look(self) -> None:
        client, driver = self._client, self._driver
        same = client is not None and driver.deaths == self._life and driver.signed_on
        if same and not driver.vehicle.outgoing:
            return  # nearly always
        if client is not None and driver.deaths != self._life:
            client.die()
            client = self._client = None
            driver.vehicle.disconnected()
        if client is None:
            if driver.running and driver.signed_on and self._clock.now() >= self._retry_at:
                self._connect()
            return
        for publish in driver.vehicle.output():
            client.publish(publish)
        if not driver.signed_on:
            client.close()
            self._client = None

    def _connect(self) -> None:
        vehicle = self._driver.vehicle
        try:
            client = self._broker.connect(self.client_id, self._heard, self._lost, will=vehicle.will(self._wall()))
        except NoBrokerError:
            self._lost("no broker")
            return
        self._client, self._life, self._failures = client, self._driver.deaths, 0
        client.subscribe(vehicle.subscriptions)
        vehicle.connected(self._clock.now(), self._wall())
        self.look()

    def _lost(self, _why: str) -> None:
        self._client = None
        self._driver.vehicle.disconnected()
        self._retry_at = self._clock.now() + RETRY_S[min(self._failures, len(RETRY_S) - 1)]
        self._failures += 1

    def _heard(self, topic: str, payload: bytes, _retained: bool) -> None:
        self._driver.vehicle.receive(self._clock.now(), self._wall(), topic, payload)
        self.look()
