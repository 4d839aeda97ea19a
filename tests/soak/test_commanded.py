"""What is wrong to command is told at once, before a truck suffers from it."""

from pathlib import Path

import pytest
from msgspec import structs

from lanectl.config import load
from lanectl.decide import Decision
from lanectl.interlocking import booms
from lanectl.interlocking.detection import not_vacant
from lanectl.interlocking.draft import Draft
from lanectl.layout import nodes
from lanectl.model import Act, ActRequested, Boom, BoomMove, Command, ExtendAuthority, SectionState, SetBoom, Woke
from lanectl.virtual.lane import Options, VirtualLane
from sim.faults import cause
from sim.moments import has_come
from sim.scene import Truck

SITE = Path(__file__).parents[2] / "config" / "bac-luan-2"
LASTS_S = 400.0


def a_lane_with_a_truck_that_stopped(folder: Path) -> tuple[VirtualLane, Truck]:
    """The others come up behind it."""
    lane = VirtualLane(load(SITE), Options(3, 4, folder))
    while not (ahead := [truck for truck in lane.bench.lane.world.trucks.values() if truck.front_m > 200.0]):
        lane.run_for(5.0)
    assert lane.broken == ()
    cause(lane.bench.lane, lane.bench.now, "e-stop", [ahead[0].serial])
    return lane, ahead[0]


def test_a_bug_that_lowers_a_boom_too_soon_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lane, _ = a_lane_with_a_truck_that_stopped(tmp_path)

    def lower(d: Draft) -> None:
        for name, now in d.gates.items():
            if now.boom is Boom.UP and now.asked is BoomMove.UP and d.due(now.asked_at, 8.0):
                d.say(SetBoom(name, BoomMove.DOWN, False))
                d.set_gate(name, structs.replace(now, asked=BoomMove.DOWN, asked_at=d.now, sent_at=d.now))

    monkeypatch.setattr(booms, "lower_booms", lower)
    while lane.bench.now < LASTS_S and not lane.broken:
        lane.run_for(5.0)
    assert "lowered while" in min(lane.broken, key=lambda broken: broken.at).words


def test_a_bug_that_lowers_a_boom_before_a_truck_on_its_way_is_told_once_somebody_closes_the_lane(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booms, "may_come_down", lambda d, gate: not not_vacant(d, (gate.under,)))  # forgets who is on its way (B8)
    lane = VirtualLane(load(SITE), Options(3, 4, tmp_path))
    while not has_come(lane.bench, "raised", "vn", "GATE"):
        lane.run_for(1.0)
    lane.act(ActRequested(Act.CLOSE, "tuan", "", "by mistake"), lambda _: None)
    while lane.bench.now < 2 * LASTS_S and not lane.broken:
        lane.run_for(5.0)
    assert "has a way through it" in min(lane.broken, key=lambda broken: broken.at).words


def test_a_section_that_is_held_to_be_vacant_with_a_truck_in_it_is_told(tmp_path: Path) -> None:
    lane, ahead = a_lane_with_a_truck_that_stopped(tmp_path)
    lane.run_for(3.0)
    assert lane.station is not None
    core = lane.station.controller.core
    found = {
        name: structs.replace(now, state=SectionState.VACANT, locked_for="", entered=False) for name, now in core.lane.sections.items()
    }
    lane.commanded.look(lane.bench.now, structs.replace(core.lane, sections=found))
    assert [ahead.serial in broken.words and "held to be vacant" in broken.words for broken in lane.broken] == [True]


@pytest.mark.parametrize(("sections", "wrong"), [(1, False), (8, True)])
def test_a_way_to_where_another_truck_stands_is_told(tmp_path: Path, sections: int, wrong: bool) -> None:
    lane, ahead = a_lane_with_a_truck_that_stopped(tmp_path)
    lane.run_for(3.0)
    other = next(truck.serial for truck in lane.bench.lane.world.trucks.values() if truck.front_m < 0.0)
    _command(lane, ExtendAuthority(other, nodes(lane.site.layout)[sections]))
    said = [broken.words for broken in lane.broken]
    assert [ahead.serial in words and "is sent into" in words for words in said] == [True] * wrong


@pytest.mark.parametrize("gave_back", [False, True])
def test_a_boom_may_come_down_before_a_truck_that_just_gave_its_order_back(tmp_path: Path, gave_back: bool) -> None:
    """It said so itself; the simulated truck learns of it a tenth of a second later."""
    lane = VirtualLane(load(SITE), Options(3, 2, tmp_path))
    while not (sent := [truck for truck in lane.bench.lane.world.trucks.values() if truck.released_m and truck.front_m < 0.0]):
        lane.run_for(0.2)
    if gave_back:
        lane.bench.lane.drivers[sent[0].serial].vehicle.restarted()
    _command(lane, SetBoom("vn", BoomMove.DOWN, False))
    assert [sent[0].serial in broken.words for broken in lane.broken] == [True] * (not gave_back)


@pytest.mark.parametrize("flickers", [False, True])
def test_a_detector_that_flickers_is_not_taken_for_one_that_stays_occupied(tmp_path: Path, flickers: bool) -> None:
    lane = VirtualLane(load(SITE), Options(3, 2, tmp_path))
    lane.run_for(60.0)
    cause(lane.bench.lane, lane.bench.now, "stick", ["cn-under-curtain", "occupied"])
    if flickers:
        lane.bench.flickering.add("cn-under-curtain")
    lane.run_for(3.0)
    _command(lane, SetBoom("cn", BoomMove.DOWN, False))
    assert ["cn-under-curtain" in broken.words for broken in lane.broken] == [True] * (not flickers)


def _command(lane: VirtualLane, command: Command) -> None:
    assert lane.station is not None
    core = lane.station.controller.core
    lane.commanded.stepped(lane.bench.now, core.lane, Woke(), Decision(core, (command,), (), lane.bench.now))
