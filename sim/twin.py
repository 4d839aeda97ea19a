"""A second truck under a first one's serial number: it says where it stands itself, hears the other's orders, and drives nowhere."""

from drivers.wire.vda5050.topics import Publish
from sim.broker import Broker, Client, NoBrokerError
from sim.truck import Vehicle
from sim.truck_plan import Seen
from sim.virtual_time import VirtualClock


class Twin:
    def __init__(self, vehicle: Vehicle, serial: str, stands_m: float, broker: Broker, clock: VirtualClock) -> None:
        self._vehicle = vehicle
        self._serial = serial
        self._seen = Seen(stands_m, 0.0)
        self._broker = broker
        self._clock = clock
        self._client: Client | None = None
        self._wall = ""

    def begin(self, wall: str) -> None:
        self._wall = wall
        try:
            client = self._broker.connect(f"twin-{self._serial}", self._heard, self._lost, will=self._vehicle.will(wall))
        except NoBrokerError:
            return
        self._client = client
        client.subscribe(self._vehicle.subscriptions)
        self._vehicle.connected(self._clock.now(), wall)

    def look(self, wall: str) -> None:
        self._wall = wall
        self._vehicle.advance(self._clock.now(), wall, self._seen)
        for publish in self._vehicle.output():
            self._say(publish)

    def end(self) -> None:
        if self._client is not None:
            self._client.die()
            self._client = None

    def _say(self, publish: Publish) -> None:
        if self._client is not None:
            self._client.publish(publish)

    def _heard(self, topic: str, payload: bytes, _retained: bool) -> None:
        self._vehicle.receive(self._clock.now(), self._wall, topic, payload)

    def _lost(self, _why: str) -> None:
        self._client = None
