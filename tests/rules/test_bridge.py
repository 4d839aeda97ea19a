"""What a site says of its bridge: opening hours, how many trucks at a time, what it bears."""

from dataclasses import replace

from lanectl.layout import Layout
from lanectl.model import Act, HoursReported, WeightReported
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_with_proceed,
    arrive,
    drive_out,
    leave_k1,
    pass_the_gate,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import Field, a_layout


def bearing(load_kg: int, **masses_kg: int) -> Layout:
    return replace(a_layout(5), load_kg_max=load_kg, masses_kg=tuple(masses_kg.items()))


def with_hours() -> Layout:
    return replace(a_layout(), has_hours=True)


def a_second_truck(layout: Layout) -> Field:
    """T1 is in K3, T2 stands identified and cleared at the gate: nothing but the bridge can hold it."""
    field = a_truck_with_proceed(layout)
    field.truck(standing=False)
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    field.boom("vn", field.booms["vn"])
    field.truck(authority_end="K2-stop", last_node="K1-stop")
    leave_k1(field)
    field.truck(authority_end="K3-stop", last_node="K2-stop")
    for loop in ("P2-a", "P2-b"):
        field.occupy(loop)
    for loop in ("P2-a", "P2-b"):
        field.vacate(loop)
    arrive(field, "T2")
    return field


def test_nobody_enters_before_the_hours_are_said_to_have_begun() -> None:
    field = a_truck_at_the_gate(with_hours())
    assert field.why() == ["outside_hours"]
    field.say(HoursReported(within=True))
    assert field.why() == ["boom_not_up"]
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_the_end_of_the_hours_takes_back_a_way_that_was_not_begun() -> None:
    field = a_lane_in_service(with_hours())
    field.say(HoursReported(within=True))
    arrive(field)
    field.say(HoursReported(within=False))
    assert field.why() == ["outside_hours"]


def test_who_is_inside_when_the_hours_end_is_brought_off() -> None:
    layout = replace(a_layout(5), has_hours=True)
    field = a_lane_in_service(layout)
    field.say(HoursReported(within=True))
    arrive(field)
    field.boom("vn", field.booms["vn"].UP)
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    field.say(HoursReported(within=False))
    field.truck(authority_end="K2-stop", last_node="K1-stop")
    field.occupy("P1-a")
    assert field.lane.trucks["T1"].authority == "K3-stop"
    assert field.why() == []


def test_after_a_start_the_hours_must_be_said_again() -> None:
    field = a_lane_in_service(with_hours())
    field.say(HoursReported(within=True))
    assert not restarted(field).lane.in_hours


def test_a_sweep_enters_at_any_hour() -> None:
    field = a_truck_at_the_gate(with_hours())
    assert field.why() == ["outside_hours"]
    assert field.act(Act.SWEEP, "T1") == []
    assert field.why() == ["boom_not_up"]


def test_a_bridge_that_takes_one_truck_holds_the_next_at_the_gate() -> None:
    field = a_second_truck(replace(a_layout(5), trucks_max=1))
    assert field.why("T2") == ["bridge_full"]
    assert dict(field.refusal("bridge_full").params) == {"trucks": "1"}
    assert "T2" not in field.locks().values()


def test_a_bridge_that_takes_two_lets_the_second_follow() -> None:
    assert a_second_truck(replace(a_layout(5), trucks_max=2)).why("T2") == ["boom_not_up"]


def test_trucks_are_let_on_by_their_greatest_masses_together() -> None:
    field = a_second_truck(bearing(50_000, T1=30_000, T2=21_000))
    assert field.why("T2") == ["load_too_great"]
    assert dict(field.refusal("load_too_great").params) == {"load_kg": "51000", "limit_kg": "50000"}
    assert a_second_truck(bearing(51_000, T1=30_000, T2=21_000)).why("T2") == ["boom_not_up"]


def test_a_truck_whose_mass_nobody_knows_is_not_let_on_nor_another_beside_it() -> None:
    assert a_truck_at_the_gate(bearing(50_000)).why() == ["mass_unknown"]
    field = a_second_truck(bearing(50_000, T1=30_000, T2=20_000))
    field.layout = bearing(50_000, T2=20_000)
    field.wait(0.25)
    assert field.why("T2") == ["mass_unknown"]


def test_a_truck_that_was_weighed_heavier_than_it_may_be_is_not_let_on() -> None:
    field = a_lane_in_service(bearing(50_000, T1=30_000))
    field.say(WeightReported("vn", 30_001))
    arrive(field)
    assert field.why() == ["truck_overweight"]
    field.say(WeightReported("vn", 30_000))
    assert field.why() == ["boom_not_up"]
    field.say(WeightReported("vn", None, "unsteady"))
    assert field.why() == ["boom_not_up"]


def test_a_truck_in_the_yard_is_not_on_the_bridge() -> None:
    field = a_lane_in_service(replace(a_layout(), trucks_max=1))
    field.truck("T9")
    arrive(field)
    assert field.why() == ["boom_not_up"]


def test_a_truck_that_lost_its_way_on_the_bridge_is_still_on_it() -> None:
    field = a_second_truck(replace(a_layout(5), trucks_max=1))
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, standing=True, authority_end="")
    assert field.lane.trucks["T1"].authority == ""
    assert field.why("T2") == ["bridge_full"]


def test_a_truck_that_drove_off_the_bridge_is_not_on_it_though_it_has_not_said_so() -> None:
    field = under_the_exit_boom(replace(a_layout(), trucks_max=1))
    drive_out(field)
    assert field.lane.trucks["T1"].authority == "cn-clear"
    arrive(field, "T2")
    assert field.why("T2") == ["boom_not_up"]
