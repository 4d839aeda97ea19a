"""The yards of both sides, as far as the lane sees them: they bring the trucks that it calls, and take back those that it does not."""

from drivers.wire import WireError
from drivers.wire.vda5050.topics import Publish
from drivers.wire.yard import decode
from sim.lane import SimLane
from sim.scene import Place
from sim.world import call, send_back


class YardGates:
    """Listens to the calls on `topic`, and says nothing itself."""

    def __init__(self, lane: SimLane, topic: str) -> None:
        self._lane = lane
        self._topic = topic

    @property
    def client_id(self) -> str:
        return "yard-gates"

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]:
        return ((self._topic, 1),)

    def due(self, now: float, wall_utc: str) -> list[Publish]:  # noqa: ARG002 - as every such system
        return []

    def receive(self, now: float, topic: str, payload: bytes) -> None:  # noqa: ARG002 - as every such system
        """What it cannot read it does not heed: the next call tells it anew."""
        try:
            asked = decode(payload)
        except WireError:
            return
        lane = self._lane
        for serial, truck in lane.world.trucks.items():
            if truck.place in (Place.YARD, Place.LANE) and serial in lane.world.queue and serial not in asked.trucks:
                lane.world = send_back(lane.world, serial)
        for serial in asked.trucks:
            called = lane.world.trucks.get(serial)
            if called is not None and lane.entry_of(called).name == asked.gate:
                lane.world = call(lane.world, serial)
