"""A whole lane in virtual time whose trips are ordered and cleared over its own topics: what both customs systems said is the truth."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.decide import Decision
from lanectl.model import Authority, Lane, Report
from lanectl.replay import replay
from lanectl.virtual.lane import Options, VirtualLane
from sim.fault_plan import Planned
from tests.site_files import SHIPPED

SECONDS = 420.0
HEARD_S = 3.0  # by then a word is heard, and an order that was on its way is taken


class Entries:
    """An observer: every consignment that entered, and what both customs systems held of it at that moment."""

    def __init__(self) -> None:
        self.lane: VirtualLane | None = None
        self.entered: dict[str, list[str]] = {}

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:
        if decision.core.lane.sections is before.sections or self.lane is None:
            return
        inside = {section.locked_for for section in decision.core.lane.sections.values() if section.entered}
        for name, carried in decision.core.lane.consignments.items():
            if carried.truck in inside and name not in self.entered:
                self.entered[name] = [authority for authority in ("VN", "CN") if not self._cleared(now, authority, name)]

    def _cleared(self, now: float, authority: str, name: str) -> bool:
        assert self.lane is not None
        known = self.lane.bench.customs[authority].files.get(name)
        return known is not None and (known.standing == "CLEARED" or now - known.said_at < HEARD_S)


@contextmanager
def an_ordered_lane(folder: Path, customs: str, trucks: int, planned: tuple[Planned, ...] = ()) -> Iterator[tuple[VirtualLane, Entries]]:
    entries = Entries()
    lane = VirtualLane(
        load(SHIPPED), Options(3, trucks, folder, planned=planned, observers=(entries,), customs=dict.fromkeys(Authority, customs))
    )
    entries.lane = lane
    yield lane, entries
    lane.end()
    assert lane.broken == ()
    assert replay(lane.journal).difference is None


LONGER = pytest.mark.campaign


@pytest.mark.parametrize("customs", ["holds-half", pytest.param("lively", marks=LONGER), pytest.param("forgetful", marks=LONGER)])
def test_no_truck_enters_that_either_customs_system_does_not_clear(tmp_path: Path, customs: str) -> None:
    with an_ordered_lane(tmp_path, customs, trucks=4) as (lane, entries):
        lane.run_for(SECONDS)
        assert entries.entered, "no truck entered: nothing was tried"
        assert {name: wrong for name, wrong in entries.entered.items() if wrong} == {}
        assert lane.bench.yard is not None
        assert lane.bench.yard.refused == {}


def test_nothing_that_was_acknowledged_is_lost_when_the_controller_dies(tmp_path: Path) -> None:
    kills = tuple(Planned(at, "controller-killed", "", 4.0, 0.5) for at in (61.0, 150.3, 231.7, 300.1))
    with an_ordered_lane(tmp_path, "lively", trucks=3, planned=kills) as (lane, entries):
        yard = lane.bench.yard
        assert yard is not None
        for _ in range(int(SECONDS / 5)):
            lane.run_for(5.0)
            if lane.station is not None and lane.bench.running:
                known = lane.station.goods.book.entries
                assert {name.removeprefix("add ") for name in yard.acknowledged} <= set(known)
        assert lane.bench.starts == 1 + len(kills)
        assert {name: wrong for name, wrong in entries.entered.items() if wrong} == {}
        assert "DONE" in yard.states.values()
