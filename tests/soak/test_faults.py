"""Some faults alone, on a lane in service: nothing that must never be true becomes true, and the lane comes back. A soak runs them all."""

from pathlib import Path

import pytest

from lanectl.chain import records
from lanectl.config import load
from lanectl.virtual.lane import Options, VirtualLane
from sim.fault_plan import Planned

SITE = Path(__file__).parents[2] / "config" / "bac-luan-2"
BEGINS_S = 160.0  # the lane is open, the first truck is on its way
BACK_S_MAX = 600.0
FAULTS = (
    Planned(BEGINS_S, "controller-killed", "", 4.0, 0.3),
    Planned(BEGINS_S, "power-cut", "io-vn", 10.0, 0.3),
    Planned(BEGINS_S, "broker-gone", "", 10.0, 0.1),
    Planned(BEGINS_S, "disk-full", "", 20.0, 0.3),
    Planned(BEGINS_S, "unplugged", "bridge-io", 20.0, 0.3),
    Planned(BEGINS_S, "truck-twice", "T02", 20.0, 0.5),
)


QUICK = ("controller-killed",)
TRIED = [pytest.param(fault, id=fault.kind, marks=() if fault.kind in QUICK else pytest.mark.campaign) for fault in FAULTS]


@pytest.mark.parametrize("fault", TRIED)
def test_a_fault_breaks_no_truth_and_trucks_cross_after_it(fault: Planned, tmp_path: Path) -> None:
    lane = VirtualLane(load(SITE), Options(1, 2, tmp_path, planned=(fault,)))
    lane.run_for(BEGINS_S + fault.lasts_s + 1.0)
    assert lane.storm.happened == {fault.kind: 1}
    before = lane.crossings
    while lane.crossings == before:
        assert lane.bench.now < BEGINS_S + BACK_S_MAX, "no truck crosses any more"
        lane.run_for(20.0)
    assert lane.broken == ()


def test_a_clearance_that_is_withdrawn_while_the_controller_is_dead_keeps_its_truck_out(tmp_path: Path) -> None:
    killed = Planned(BEGINS_S, "controller-killed", "", 4.0, 0.3)
    withdrawn = Planned(BEGINS_S + 1.0, "clearance-withdrawn", "T03", 400.0, 0.3)
    lane = VirtualLane(load(SITE), Options(1, 3, tmp_path, planned=(killed, withdrawn)))
    lane.run_for(BEGINS_S + 200.0)
    assert lane.station is not None
    assert "consignment_held" in {refusal.code for refusal in lane.station.controller.refusals}
    assert lane.bench.lane.world.trucks["T03"].front_m < 0.0
    assert lane.broken == ()


@pytest.mark.parametrize("draw", [0.0, 0.2, 0.7, 0.999])
def test_a_clock_that_steps_changes_nothing_but_what_people_read(draw: float, tmp_path: Path) -> None:
    """E4. By a day and by half an hour, forwards and back, while a truck crosses, and set right again."""
    stepped = Planned(BEGINS_S, "clock-steps", "", 30.0, draw)
    lane = VirtualLane(load(SITE), Options(1, 2, tmp_path / "stepped", planned=(stepped,)))
    other = VirtualLane(load(SITE), Options(1, 2, tmp_path / "other", planned=()))
    for one in (lane, other):
        one.run_for(BEGINS_S + 60.0)
        assert one.broken == ()
    assert lane.storm.happened == {"clock-steps": 1}
    assert lane.station is not None
    assert other.station is not None
    assert lane.station.controller.core.lane == other.station.controller.core.lane
    lane.end()
    other.end()
    written, without = list(records(lane.journal)), list(records(other.journal))
    assert [record.at for record in written] == [record.at for record in without]
    assert [record.wall for record in written] != [record.wall for record in without]
