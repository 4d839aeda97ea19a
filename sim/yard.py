"""The yards of both sides, as far as the lane sees them: they bring the trucks that it calls, and take back those that it does not."""

from drivers.wire import WireError
from drivers.wire.yard import decode
from sim.lane import SimLane
from sim.scene import Place
from sim.world import call, send_back


def heed(lane: SimLane, payload: bytes) -> None:
    """What it cannot read it does not heed: the next call tells it anew."""
    try:
        asked = decode(payload)
    except WireError:
        return
    for serial, truck in lane.world.trucks.items():
        if truck.place in (Place.YARD, Place.LANE) and serial in lane.world.queue and serial not in asked.trucks:
            lane.world = send_back(lane.world, serial)
    entry = next((gate for gate in lane.plan.gates if gate.name == asked.gate), None)
    for serial in asked.trucks:
        called = lane.world.trucks.get(serial)
        if called is not None and entry is lane.entry_of(called):
            lane.world = call(lane.world, serial)
