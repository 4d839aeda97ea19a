"""The simulated weighbridge: what stands on it, byte for byte, and how it goes wrong."""

import pytest

from drivers.wire.errors import WireError
from drivers.wire.toledo_scale import Indication, Status, decode
from sim.faults import cause
from sim.lane import SimLane
from sim.world import change
from tests.sim_plan import small_plan

SETTLED_S = 2.0


def at_the_gate() -> SimLane:
    return SimLane(small_plan())


def frames(lane: SimLane, seconds: float = 1.0) -> list[bytes]:
    """All that the scale sends meanwhile."""
    now = lane.world.now
    return [frame for look in range(1, round(seconds / 0.1) + 1) for _, frame in lane.weighed(now + look * 0.1)]


def shown(lane: SimLane, seconds: float = 1.0) -> Indication:
    """The last that it shows after this time."""
    return decode(frames(lane, seconds)[-1])


def test_the_truck_at_the_stop_line_is_weighed_ten_times_a_second() -> None:
    sent = frames(at_the_gate(), 3.0)
    assert 28 <= len(sent) <= 31
    assert (decode(sent[-1]).gross_kg, decode(sent[-1]).status) == (20_000.0, Status.KG)


def test_the_next_in_the_queue_does_not_stand_on_it() -> None:
    lane = at_the_gate()
    lane.world = change(lane.world, "T02", weight_kg=60_000)
    assert shown(lane, SETTLED_S).gross_kg == 20_000.0


def test_a_truck_that_rolls_off_is_in_motion_and_then_gone() -> None:
    lane = at_the_gate()
    lane.world = change(lane.world, "T01", runaway=True)
    assert Status.MOTION in shown(lane, 2.0).status
    lane.world = change(lane.world, "T02", front_m=-60.0)
    assert shown(lane, 12.0).gross_kg == 0.0


@pytest.mark.parametrize(
    ("fault", "status"), [("unsteady", Status.MOTION), ("over-range", Status.OUT_OF_RANGE), ("unzeroed", Status.UNZEROED)]
)
def test_a_fault_is_in_its_status_until_it_is_mended(fault: str, status: Status) -> None:
    lane = at_the_gate()
    frames(lane, SETTLED_S)
    cause(lane, lane.world.now, "scale", ["vn", fault])
    assert status in shown(lane).status
    cause(lane, lane.world.now, "scale", ["vn", "off"])
    assert shown(lane).status == Status.KG


def test_a_silent_scale_sends_nothing() -> None:
    lane = at_the_gate()
    cause(lane, 0.0, "scale", ["vn", "silent"])
    assert frames(lane, 5.0) == []


def test_a_drifting_scale_says_that_it_stands_still() -> None:
    lane = at_the_gate()
    frames(lane, SETTLED_S)
    cause(lane, lane.world.now, "scale", ["vn", "drifting"])
    later = shown(lane, 10.0)
    assert later.status == Status.KG
    assert later.gross_kg == pytest.approx(20_600, abs=40)


def test_garbled_frames_are_no_frames() -> None:
    lane = at_the_gate()
    cause(lane, 0.0, "scale-garble", ["vn", "on"])
    with pytest.raises(WireError):
        shown(lane)


def test_a_truck_may_weigh_something_else() -> None:
    lane = at_the_gate()
    cause(lane, 0.0, "weight", ["T01", "33000"])
    assert shown(lane, SETTLED_S).gross_kg == 33_000.0
    cause(lane, lane.world.now, "own-weight", ["T01"])
    assert shown(lane).gross_kg == 20_000.0
