"""Whole crossings in virtual time; the plant judges the truth: no two trucks in a section, no boom on a truck."""

import pytest

from lanectl.model import Act, Boom, Connection, JournalReported, Service, Started, WatchdogReported
from tests.rules.plant import Plant
from tests.rules.scenes import a_lane_in_service
from tests.rules.words import a_layout

LONG = a_layout(8)


def a_plant(*trucks: str) -> Plant:
    return Plant(a_lane_in_service(LONG), list(trucks))


def at_rest(plant: Plant) -> None:
    plant.run(15)
    assert plant.lane.states() == "V" * 8
    assert plant.lane.locks() == {}
    assert {bar.boom for bar in plant.bars.values()} == {Boom.DOWN}


def restart(plant: Plant, seconds: float) -> None:
    """The controller dies, trucks drive on to the end of what they were released, and it starts again."""
    lane = plant.lane.lane
    for _ in range(int(seconds * 5)):
        plant.drive_alone()
    plant.lane.say(Started(armed_before=True, lane=lane))
    plant.lane.say(JournalReported(True))
    for gate in plant.layout.gates:
        plant.lane.say(WatchdogReported(gate.signal_unit, armed=True, tripped=True, proved=False))
    plant.run(5)
    for gate in plant.layout.gates:
        assert plant.lane.act(Act.REARM, gate.signal_unit) == []
    plant.run(5)


def sweep_all_off(plant: Plant) -> None:
    """What left unseen is declared; then the truck ahead first, each sweeps its way off the bridge."""
    for section, truck_name in dict(plant.lane.locks()).items():
        if truck_name in plant.crossed:
            assert plant.lane.declare(section) == []
    for truck in sorted(plant.trucks, key=lambda truck: -truck.front_m):
        if truck.paused:
            assert plant.lane.act(Act.RESET, truck.name) == []
        plant.run(3)
        if 0 < truck.front_m < 640:
            assert plant.lane.act(Act.SWEEP, truck.name) == [], plant.lane.why(truck.name)
            plant.run(200, until=len(plant.crossed) + 1)
            assert truck.name in plant.crossed, plant.lane.why(truck.name)


def open_again(plant: Plant) -> None:
    plant.run(12)
    if "S" in plant.lane.states():
        assert plant.lane.declare() == []
    assert plant.lane.act(Act.OPEN, reason="seen by camera") == []
    assert plant.lane.service() is Service.OPEN


def test_one_truck_crosses_and_leaves_the_lane_as_it_was() -> None:
    plant = a_plant("T1")
    plant.run(240, until=1)
    assert plant.crossed == ["T1"]
    at_rest(plant)


def test_a_truck_rolls_from_gate_to_gate_without_a_stop() -> None:
    plant = a_plant("T1")
    plant.run(240, until=1)
    assert plant.stops_on_bridge == 0
    assert plant.lane.now - plant.began_at["T1"] < 618 / 6.9 + 30


@pytest.mark.parametrize("followers", [1, 3])
def test_trucks_follow_each_other_section_by_section(followers: int) -> None:
    plant = a_plant(*(f"T{n}" for n in range(1, followers + 2)))
    plant.run(500, until=followers + 1)
    assert plant.crossed == [f"T{n}" for n in range(1, followers + 2)]
    assert plant.most_at_once >= 2
    at_rest(plant)


def test_the_same_truck_may_cross_again_with_a_new_consignment() -> None:
    plant = a_plant("T1")
    plant.run(240, until=1)
    plant.waiting.append("T1")
    plant.run(240, until=2)
    assert plant.crossed == ["T1", "T1"]
    at_rest(plant)


def test_a_truck_that_breaks_down_holds_up_only_those_behind_it() -> None:
    plant = a_plant("T1", "T2")
    plant.run(60)
    first = plant.trucks[0]
    first.linked = False
    plant.say_of(first, Connection.BROKEN)
    plant.run(120)
    assert plant.crossed == []
    assert len(plant.trucks) == 2
    first.linked = True
    plant.run(200, until=2)
    assert plant.crossed == ["T1", "T2"]
    at_rest(plant)


def test_an_emergency_stop_and_its_two_acts() -> None:
    plant = a_plant("T1", "T2")
    plant.run(70)
    plant.lane.act(Act.STOP)
    plant.run(20)
    where = [truck.front_m for truck in plant.trucks]
    plant.run(20)
    assert [truck.front_m for truck in plant.trucks] == where
    assert plant.lane.act(Act.RESET) == []
    plant.run(20)
    assert [truck.front_m for truck in plant.trucks] == where
    assert plant.lane.act(Act.OPEN, reason="all clear") == []
    plant.run(300, until=2)
    assert plant.crossed == ["T1", "T2"]
    at_rest(plant)


@pytest.mark.parametrize("at_s", [14, 45, 70, 95])
def test_the_controller_dies_in_the_middle_of_crossings_and_the_lane_is_brought_back(at_s: int) -> None:
    plant = a_plant("T1", "T2", "T3")
    plant.run(at_s)
    restart(plant, 20)
    sweep_all_off(plant)
    open_again(plant)
    plant.run(400, until=3)
    assert plant.crossed == ["T1", "T2", "T3"]
    at_rest(plant)


@pytest.mark.parametrize(
    ("unit", "at_s"),
    [("io-bridge", 20), ("io-bridge", 100), ("io-vn", 9), ("io-vn", 45), ("io-cn", 100), ("barrier-vn", 45), ("barrier-cn", 100)],
)
def test_a_device_is_unplugged_in_the_middle_of_crossings_and_the_lane_is_brought_back(unit: str, at_s: int) -> None:
    plant = a_plant("T1", "T2", "T3")
    plant.run(at_s)
    plant.unplug(unit)
    plant.run(30)
    plant.plug(unit)
    plant.run(10)
    for gate in plant.layout.gates:
        if plant.lane.lane.gates[gate.name].fault:
            assert plant.lane.act(Act.RESET, gate.name) == []
    sweep_all_off(plant)
    open_again(plant)
    plant.run(400, until=3)
    assert plant.crossed == ["T1", "T2", "T3"]
    at_rest(plant)


def test_a_short_fault_of_a_device_is_not_noticed_by_the_trucks() -> None:
    plant = a_plant("T1", "T2", "T3")
    for _ in range(30):
        plant.unplug("io-bridge", told=False)
        plant.run(0.4)
        plant.plug("io-bridge")
        plant.run(5)
    plant.run(200, until=3)
    assert plant.crossed == ["T1", "T2", "T3"]
    at_rest(plant)
