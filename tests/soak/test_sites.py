"""Every site that ships, in virtual time with the same program: trucks cross, each way that it is worked, and no truth is broken."""

from collections import Counter
from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.decide import Decision
from lanectl.model import Act, ActRequested, Lane, Report
from lanectl.replay import replay
from lanectl.virtual.lane import Options, VirtualLane
from sim.scene import Place

QUICK = ("bac-luan-1", "pontoon")  # the others take minutes: make campaign-lane
FOLDERS = sorted(path.parent for path in (Path(__file__).parents[2] / "config").glob("*/site.toml"))
SITES = [pytest.param(folder, id=folder.name, marks=() if folder.name in QUICK else pytest.mark.campaign) for folder in FOLDERS]
S_MAX = {"long-lane": 2400.0, "tan-thanh": 1200.0}


class Turns:
    """Who asked for a turn that was done."""

    def __init__(self) -> None:
        self.by: list[str] = []

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:
        if isinstance(report, ActRequested) and report.act is Act.TURN and before.direction is not decision.core.lane.direction:
            self.by.append(report.by)


def left(lane: VirtualLane, before: dict[str, Place]) -> Counter[int]:
    """Trucks of each heading that came out of the lane since the last look."""
    found = Counter[int]()
    for serial, truck in lane.bench.lane.world.trucks.items():
        if truck.place is Place.LEAVING and before.get(serial) is not Place.LEAVING:
            found[truck.heading] += 1
        before[serial] = truck.place
    return found


@pytest.mark.parametrize("folder", SITES)
def test_trucks_cross_at_each_site_in_each_direction_that_it_is_worked_in(folder: Path, tmp_path: Path) -> None:
    site, turns = load(folder), Turns()
    lane = VirtualLane(site, Options(1, 2, tmp_path, observers=(turns,)))
    ways = (1, -1) if site.layout.both_ways else (1,)
    crossed, places = Counter[int](), dict[str, Place]()
    while lane.bench.now < S_MAX.get(folder.name, 900.0) and any(crossed[way] < 2 for way in ways) and not lane.broken:
        lane.run_for(5.0)
        crossed += left(lane, places)
    lane.end()
    assert lane.broken == ()
    assert all(crossed[way] >= 2 for way in ways)
    assert set(turns.by) == ({"dispatcher"} if site.layout.both_ways else set())
    assert not replay(lane.journal).difference
