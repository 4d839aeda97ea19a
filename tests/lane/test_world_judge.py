"""Every broken truth is planted here and must be seen, once, with its time."""

from msgspec.structs import replace

from sim.scene import World
from sim.world import Motor, advance, change, drive_arm, initial, release
from tests.sim_plan import small_plan, with_boom_up


def lane(trucks: int = 2, booms_up: bool = True) -> World:
    plan = small_plan(trucks)
    return initial(with_boom_up(plan) if booms_up else plan)


def names(world: World) -> list[str]:
    return [broken.offence.name for broken in world.broken]


def test_two_trucks_released_into_each_other_collide() -> None:
    world = advance(release(lane(), "T01", 88.0), 40.0)
    world = advance(release(world, "T02", 88.0), 60.0)
    assert names(world) == ["two-trucks-in-section", "collision"]
    assert world.broken[1].offence.subjects == ("T01", "T02")
    assert world.broken[0].at < world.broken[1].at


def test_a_second_truck_in_a_section_is_found() -> None:
    world = advance(release(lane(), "T01", 88.0), 40.0)
    world = advance(release(world, "T02", 60.0), 60.0)
    assert names(world) == ["two-trucks-in-section"]
    assert world.broken[0].offence.subjects[0] == "K2"


def test_a_runaway_truck_is_beyond_its_base() -> None:
    world = advance(release(lane(), "T01", 38.0), 40.0)
    world = advance(change(world, "T01", runaway=True), 3.0)
    assert names(world) == ["truck-beyond-base"]


def test_a_truck_under_a_boom_that_is_not_up_is_found() -> None:
    world = advance(release(lane(booms_up=False), "T01", 38.0), 40.0)
    assert names(world) == ["truck-past-boom"]
    assert world.broken[0].offence.subjects == ("T01", "vn")


def test_a_truck_under_a_boom_that_is_not_quite_up_is_found() -> None:
    world = drive_arm(lane(booms_up=False), "vn", Motor.RAISE)
    world = drive_arm(advance(world, 3.0), "vn", Motor.HOLD)
    assert names(advance(release(world, "T01", 38.0), 20.0)) == ["truck-past-boom"]


def test_a_boom_that_comes_down_on_a_truck_is_found() -> None:
    world = advance(release(lane(), "T01", 5.0), 40.0)
    world = advance(drive_arm(world, "vn", Motor.LOWER), 3.0)
    assert names(world) == ["boom-on-truck"]
    assert world.arms["vn"].raised >= 0.6, "the roof stops the arm"
    assert world.arms["vn"].resisted


def test_a_boom_that_stands_up_over_a_truck_breaks_nothing() -> None:
    world = advance(release(lane(), "T01", 5.0), 40.0)
    assert names(advance(drive_arm(world, "vn", Motor.RAISE), 20.0)) == []


def test_what_lasts_is_recorded_once_and_what_happens_again_is_recorded_again() -> None:
    world = advance(release(lane(), "T01", 5.0), 40.0)
    for _ in range(2):
        world = advance(drive_arm(world, "vn", Motor.LOWER), 1.0)
        world = advance(drive_arm(world, "vn", Motor.RAISE), 1.0)
    assert names(world) == ["boom-on-truck"], "the same truck still stands there"
    world = advance(release(world, "T01", 38.0), 20.0)
    assert world.offences == frozenset()
    gone = replace(world, trucks={"T02": world.trucks["T02"]}, queue=("T02",), stirred=None)
    gone = advance(release(advance(gone, 20.0), "T02", 5.0), 20.0)
    assert names(advance(drive_arm(gone, "vn", Motor.LOWER), 1.0)) == ["boom-on-truck", "boom-on-truck"]


def test_trucks_that_follow_each_other_section_by_section_break_nothing() -> None:
    world = advance(release(lane(), "T01", 138.0), 60.0)
    world = advance(release(world, "T02", 88.0), 60.0)
    assert world.broken == ()
