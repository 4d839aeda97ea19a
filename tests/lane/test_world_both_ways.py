"""The simulated world of a lane worked both ways: trucks of either heading, called from their yard, judged alike."""

from dataclasses import replace

import pytest
from msgspec import structs

from sim.plan import ArrivalsPlan, NodePlan, PlanError, SimPlan
from sim.scene import Place, Truck, occupied, truck_before
from sim.world import World, advance, call, change, initial, release, send_back
from tests.sim_plan import small_plan

BACK = (NodePlan("cn-wait", 203.0), NodePlan("K2-back", 112.0), NodePlan("vn-exit", 3.0), NodePlan("vn-out", -45.0))


def both_ways(*headings: int) -> SimPlan:
    """One truck for each heading, parked in its yard until called."""
    plan = small_plan(trucks=len(headings))
    near, far = plan.gates
    return replace(
        plan,
        gates=(replace(near, back_clear_m=-45.0), replace(far, back_stop_m=203.0)),
        nodes_back=BACK,
        trucks=tuple(replace(truck, heading=heading) for truck, heading in zip(plan.trucks, headings, strict=True)),
        arrivals=ArrivalsPlan(return_s=30.0, by_call=True),
        places_beyond=4,
        places_beyond_back=4,
    )


def truck(world: World, serial: str = "T01") -> Truck:
    return world.trucks[serial]


def crossed(world: World, serial: str, to_m: float) -> World:
    """With booms held up by nobody's rule: only where it drives is looked at here."""
    return advance(release(advance(call(world, serial), 40.0), serial, to_m), 120.0)


def test_a_parked_truck_is_on_no_road_until_it_is_called() -> None:
    world = advance(initial(both_ways(1, -1)), 60.0)
    assert [t.place for t in world.trucks.values()] == [Place.PARKED, Place.PARKED]
    assert not occupied(world, -200.0, 400.0)
    world = advance(call(world, "T02"), 40.0)
    assert (truck(world, "T02").place, truck(world, "T02").front_m) == (Place.LANE, 203.0)
    assert truck(world).place is Place.PARKED


def test_a_second_call_of_the_same_truck_changes_nothing() -> None:
    world = call(initial(both_ways(1)), "T01")
    assert call(world, "T01") is world


def test_those_called_queue_behind_each_other_on_their_own_side() -> None:
    world = initial(both_ways(1, 1, -1))
    for serial in ("T01", "T02", "T03"):
        world = call(world, serial)
    world = advance(world, 60.0)
    assert [t.front_m for t in world.trucks.values()] == [-3.0, -25.0, 203.0]


def test_a_truck_drives_back_over_the_lane_and_comes_to_the_other_yard() -> None:
    back = crossed(initial(both_ways(-1)), "T01", -45.0)
    assert (truck(back).heading, truck(back).place, truck(back).crossing) == (1, Place.PARKED, 2)
    assert advance(call(back, "T01"), 40.0).trucks["T01"].front_m == -3.0


def test_a_truck_that_drives_back_covers_what_lies_behind_its_front() -> None:
    world = change(initial(both_ways(-1)), "T01", place=Place.LANE, front_m=100.0)
    assert occupied(world, 116.0, 118.0)
    assert not occupied(world, 90.0, 99.0)


def test_each_camera_sees_who_comes_towards_its_gate() -> None:
    plan = both_ways(-1)
    world = advance(call(initial(plan), "T01"), 40.0)
    seen = truck_before(world, plan.gates[1])
    assert seen is not None
    assert seen.serial == "T01"
    assert truck_before(world, plan.gates[0]) is None


def test_a_truck_before_the_gate_goes_back_to_its_place_unless_a_way_was_released_to_it() -> None:
    world = advance(call(initial(both_ways(1)), "T01"), 40.0)
    assert truck(send_back(world, "T01")).place is Place.PARKED
    assert truck(send_back(release(world, "T01", 38.0), "T01")).place is Place.LANE
    assert send_back(initial(both_ways(1)), "T01").queue == ()


def test_trucks_that_meet_on_the_lane_are_a_collision_but_not_beside_each_other_in_the_yard() -> None:
    world = initial(both_ways(1, -1))
    world = change(world, "T01", place=Place.LANE, front_m=100.0, base_m=150.0, released_m=150.0)
    world = change(world, "T02", place=Place.LANE, front_m=118.0, base_m=60.0, released_m=60.0)
    names = {broken.offence.name for broken in advance(world, 10.0).broken}
    assert {"collision", "two-trucks-in-section"} <= names
    apart = change(initial(both_ways(1, -1)), "T01", place=Place.YARD, front_m=-25.0)
    apart = change(apart, "T02", place=Place.LEAVING, front_m=-40.0, base_m=-45.0)
    assert advance(structs.replace(apart, queue=("T01",)), 0.2).broken == ()


def test_who_drives_back_past_what_was_released_to_it_broke_a_truth() -> None:
    world = change(initial(both_ways(-1)), "T01", place=Place.LANE, front_m=100.0, base_m=110.0, runaway=True)
    assert {broken.offence.name for broken in advance(world, 1.0).broken} == {"truck-beyond-base"}


def test_a_lane_worked_both_ways_needs_the_stops_of_the_other_direction() -> None:
    with pytest.raises(PlanError, match="back_stop_m"):
        replace(small_plan(trucks=1), nodes_back=BACK)
