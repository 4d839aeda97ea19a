"""The simulated lane moves as trucks, yards and arms do."""

import pytest

from sim.scene import TICK_S, Place, Truck, World, truck_before
from sim.world import Motor, advance, advance_to, change, drive_arm, halt, initial, occupied, release, withdraw
from tests.sim_plan import small_plan, with_boom_up


def lane(trucks: int = 2, booms_up: bool = True) -> World:
    plan = small_plan(trucks)
    return initial(with_boom_up(plan) if booms_up else plan)


def reads(world: World, detector: str) -> bool:
    place = next(d for d in world.plan.detectors if d.name == detector)
    return occupied(world, place.from_m, place.to_m)


def truck(world: World, serial: str = "T01") -> Truck:
    return world.trucks[serial]


def test_trucks_queue_before_the_entry_gate_with_the_first_at_the_stop_line() -> None:
    world = lane(trucks=3)
    assert [t.front_m for t in world.trucks.values()] == [-3.0, -25.0, -47.0]
    assert truck(world).place is Place.LANE
    assert reads(world, "vn-approach")
    assert not reads(world, "vn-under-loop")


def test_a_truck_without_an_order_stays_where_it_is() -> None:
    assert truck(advance(lane(), 60.0)).front_m == -3.0


def test_a_truck_stops_exactly_at_the_end_of_its_released_base() -> None:
    world = advance(release(lane(), "T01", 38.0), 60.0)
    assert truck(world).front_m == 38.0
    assert truck(world).speed_mps == 0.0
    assert world.broken == ()


def test_a_truck_never_drives_faster_than_it_may() -> None:
    world = release(lane(), "T01", 197.0)
    fastest = 0.0
    for _ in range(600):
        world = advance(world, 0.1)
        fastest = max(fastest, truck(world).speed_mps)
    assert fastest == pytest.approx(6.9)


def test_a_truck_pulls_off_with_its_acceleration() -> None:
    world = advance(release(lane(), "T01", 100.0), 4.0)
    assert truck(world).speed_mps == pytest.approx(2.0, abs=0.05)
    assert truck(world).front_m == pytest.approx(-3.0 + 4.0, abs=0.1)


def test_a_base_extended_in_time_is_driven_without_a_stop() -> None:
    world = advance(release(lane(), "T01", 88.0), 10.0)
    world = release(world, "T01", 138.0)
    slowest = 9.0
    while truck(world).front_m < 100.0:
        world = advance(world, 0.1)
        slowest = min(slowest, truck(world).speed_mps)
    assert slowest > 4.0


def test_a_halted_truck_brakes_and_drives_on_when_let_go() -> None:
    world = halt(advance(release(lane(), "T01", 138.0), 15.0), "T01", halted=True)
    world = advance(world, 10.0)
    stood = truck(world).front_m
    assert truck(world).speed_mps == 0.0
    assert advance(world, 10.0).trucks["T01"].front_m == stood
    assert advance(halt(world, "T01", halted=False), 60.0).trucks["T01"].front_m == 138.0


def test_a_pressed_e_stop_holds_the_truck() -> None:
    world = advance(change(release(lane(), "T01", 138.0), "T01", e_stop=True), 30.0)
    assert truck(world).front_m == -3.0


def test_a_truck_whose_order_is_gone_brakes_and_then_has_no_base() -> None:
    world = withdraw(advance(release(lane(), "T01", 188.0), 12.0), "T01")
    world = advance(world, 20.0)
    assert truck(world).speed_mps == 0.0
    assert truck(world).base_m == truck(world).front_m < 188.0


def test_the_next_truck_is_moved_up_once_the_one_before_is_well_behind_the_boom() -> None:
    world = release(lane(), "T01", 88.0)
    while truck(world).rear_m < 8.0:
        assert truck(world, "T02").front_m == -25.0
        world = advance(world, 0.1)
    world = advance(world, 30.0)
    assert truck(world, "T02").front_m == -3.0
    assert truck(world, "T02").place is Place.LANE


def test_a_truck_clear_of_the_exit_drives_off_and_comes_back_for_its_next_crossing() -> None:
    world = release(lane(trucks=1), "T01", 245.0)
    places: list[Place] = []
    for _ in range(140):
        world = advance(world, 1.0)
        if not places or places[-1] is not truck(world).place:
            places.append(truck(world).place)
    assert places == [Place.LANE, Place.LEAVING, Place.AWAY, Place.YARD, Place.LANE]
    assert truck(world).crossing == 2
    assert truck(world).front_m == -3.0
    assert truck(world).released_m is None
    assert world.broken == ()


@pytest.mark.parametrize(("behind_m", "goes"), [(1.0, True), (-17.0, False)])
def test_a_truck_that_loses_its_way_behind_the_exit_is_driven_off_and_one_under_the_boom_stays(behind_m: float, goes: bool) -> None:
    world = release(lane(), "T01", 245.0)
    while truck(world).behind(world.plan.gates[1].boom_m) < behind_m:
        world = advance(world, 0.1)
    world = advance(withdraw(world, "T01"), 20.0)
    assert (truck(world).place is not Place.LANE) is goes


def test_a_passing_truck_meets_the_detectors_in_order() -> None:
    world = release(lane(trucks=1), "T01", 88.0)
    met: list[str] = []
    for _ in range(400):
        world = advance(world, 0.1)
        met += [d for d in ("vn-under-loop", "vn-under-curtain", "vn-clear", "P1-a", "P1-b") if reads(world, d) and d not in met]
    assert met == ["vn-under-loop", "vn-under-curtain", "vn-clear", "P1-a", "P1-b"]
    assert not reads(world, "vn-clear")


def test_an_arm_takes_four_seconds_each_way() -> None:
    world = drive_arm(lane(booms_up=False), "vn", Motor.RAISE)
    assert advance(world, 3.9).arms["vn"].raised < 1.0
    world = advance(world, 4.0)
    assert world.arms["vn"].raised == 1.0
    world = advance(drive_arm(world, "vn", Motor.LOWER), 2.0)
    assert world.arms["vn"].raised == pytest.approx(0.5)
    assert advance(drive_arm(world, "vn", Motor.HOLD), 9.0).arms["vn"].raised == world.arms["vn"].raised


def test_the_world_is_the_same_however_often_one_looks() -> None:
    one = advance_to(release(lane(), "T01", 138.0), 30.0)
    other = release(lane(), "T01", 138.0)
    for look in range(1, 3001):
        other = advance_to(other, look * 0.01)
    assert other == one


def test_time_stands_on_its_grid_and_never_goes_back() -> None:
    world = advance_to(lane(), 5.0)
    assert world.now == pytest.approx(5.0, abs=TICK_S)
    assert advance_to(world, 1.0) is world


def test_a_camera_sees_the_truck_that_stands_before_the_boom() -> None:
    world = lane()
    entry, exit_ = world.plan.gates
    before = truck_before(world, entry)
    assert before is not None
    assert before.serial == "T01"
    assert truck_before(world, exit_) is None


def test_a_truck_that_is_halted_while_it_brakes_still_stops_within_its_base() -> None:
    world = release(lane(), "T01", 38.0)
    for _ in range(300):
        world = advance(world, TICK_S)
        assert truck(advance(halt(world, "T01", halted=True), 10.0)).front_m <= 38.0 + 1e-6
