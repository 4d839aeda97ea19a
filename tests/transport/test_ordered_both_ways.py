"""Orders from the yard to the far side and back: over one lane worked both ways, and over the two one-way lanes of one bridge."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lanectl.capacity import dispatched
from lanectl.config import load
from lanectl.demo_site import demo_plates, demo_trailer, demo_weight_kg
from lanectl.model import Authority, Direction
from lanectl.replay import replay
from lanectl.site.facts import Site
from lanectl.virtual.lane import Options, VirtualLane
from sim.bench import BEGINS
from sim.yard_system import YardSystem
from tests.transport.test_ordered_lane import Entries

CONFIG = Path(__file__).parents[2] / "config"
THERE, BACK = Direction.VN_TO_CN, Direction.CN_TO_VN
LATEST = (BEGINS + timedelta(hours=6)).isoformat()
TRIPS_MAX = 99
CUSTOMS = {Authority.VN: "prompt", Authority.CN: "holds-half"}


class OrderedLane(VirtualLane):
    """Nobody orders a trip but the test; `entries` judges who enters."""

    def __init__(self, site: Site, folder: Path, trucks: int) -> None:
        self.entries = Entries()
        super().__init__(site, Options(5, trucks, folder, declared=False, observers=(self.entries,), customs=CUSTOMS))
        self.entries.lane = self
        self._trips.update(dict.fromkeys(self._plates, TRIPS_MAX))

    def _declare_next(self) -> None:
        """What crossed waits where it is for its next order."""


class Ordered:
    """A lane with its yard and both customs systems, on which nothing is ordered yet."""

    def __init__(self, site: Site, folder: Path, trucks: int) -> None:
        self.lane = OrderedLane(site, folder, trucks)
        self.plates = demo_plates(self.lane.site.fleet, 5)
        assert self.lane.bench.yard is not None
        self.yard: YardSystem = self.lane.bench.yard

    def order(self, name: str, way: Direction, truck: str = "", worn_by: str = "", **other: object) -> None:
        """`worn_by`: whose plate is to be read where no truck is named."""
        named, plate = {"truck": truck} if truck else {}, self.plates[truck or worn_by]
        known = {"plates": [plate, demo_trailer(plate)], "declared_weight_kg": demo_weight_kg(plate)}
        self.yard.add(id=name, direction=way.value, latest=LATEST, **known, **named, **other)

    def until(self, names: Sequence[str], state: str, within_s: float) -> None:
        ends = self.lane.bench.now + within_s
        while not all(self.yard.states.get(name) == state for name in names):
            assert self.lane.bench.now < ends, (
                self.yard.states,
                self.yard.refused,
                self.lane.station and self.lane.station.controller.refusals,
            )
            self.lane.run_for(5.0)


@contextmanager
def ordered(name: str, folder: Path, trucks: int) -> Iterator[Ordered]:
    site = dispatched(load(CONFIG / name))
    found = Ordered(replace(site, layout=replace(site.layout, clearance_needed=True)), folder, trucks)
    yield found
    found.lane.end()
    assert found.lane.broken == ()
    assert {name: wrong for name, wrong in found.lane.entries.entered.items() if wrong} == {}, "entered without both authorities"
    assert replay(found.lane.journal).difference is None


def test_what_is_brought_over_a_lane_worked_both_ways_is_ordered_cleared_turned_for_carried_and_returned_empty(tmp_path: Path) -> None:
    with ordered("bac-luan-1", tmp_path, trucks=3) as on:  # T01 and T03 stand in Vietnam, T02 in China
        on.order("there", THERE, consignment="C1", worn_by="T01")
        on.order("back", BACK, "T02", consignment="C2")
        on.until(["there", "back"], "DONE", 900.0)
        crossed = next(t for t in on.lane.bench.lane.world.trucks.values() if t.heading < 0 and t.serial != "T02")
        on.order("empty", BACK, crossed.serial, empty_return=True)
        on.until(["empty"], "DONE", 900.0)
        assert on.yard.refused == {}
        for customs in on.lane.bench.customs.values():
            assert {"C1", "C2", "empty"} <= set(customs.files), "each authority is asked for each consignment, the empty return among them"
        assert set(on.lane.entries.entered) == {"C1", "C2", "empty"}


def test_an_order_for_the_way_that_its_truck_cannot_go_waits_until_it_has_come_over(tmp_path: Path) -> None:
    with ordered("bac-luan-1", tmp_path, trucks=2) as on:
        on.order("back-1", BACK, "T01", consignment="C1")
        on.lane.run_for(200.0)
        assert on.lane.entries.entered == {}
        on.order("there-1", THERE, "T01", consignment="C2")
        on.until(["there-1", "back-1"], "DONE", 900.0)
        assert list(on.lane.entries.entered) == ["C2", "C1"]


def test_orders_are_spread_over_the_two_lanes_of_one_bridge_by_the_way_that_each_goes(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "back").mkdir()
    with ordered("bac-luan-2", tmp_path / "there", 2) as there, ordered("bac-luan-2-back", tmp_path / "back", 2) as back:
        lanes = {THERE: there, BACK: back}
        other = {THERE: BACK, BACK: THERE}
        for way, on in lanes.items():
            for number, truck in enumerate(("T01", "T02"), start=1):
                on.order(f"right-{number}", way, truck, consignment=f"C-{way.value}-{number}")
                on.order(f"wrong-{number}", other[way], truck, consignment=f"W{number}")  # the other lane goes this way
        for on in lanes.values():
            on.until(["right-1", "right-2"], "DONE", 900.0)
            assert set(on.yard.refused) == {"add wrong-1", "add wrong-2"}
            assert all(problem["code"] == "wrong_direction" for problems in on.yard.refused.values() for problem in _problems(problems))
            assert set(on.lane.entries.entered) == {
                f"C-{way.value}-{number}" for way in (THERE, BACK) if lanes[way] is on for number in (1, 2)
            }


def _problems(found: object) -> list[dict[str, str]]:
    assert isinstance(found, list)
    return found


@pytest.mark.campaign
def test_a_day_of_orders_on_a_lane_worked_both_ways_with_customs_that_hold_and_take_back(tmp_path: Path) -> None:
    site = dispatched(load(CONFIG / "bac-luan-2-both"))
    lane = VirtualLane(site, Options(5, 8, tmp_path, customs=dict.fromkeys(Authority, "lively")))
    lane.run_for(24 * 3600.0)
    assert (lane.broken, lane.crossings > 300) == ((), True)
    lane.end()
