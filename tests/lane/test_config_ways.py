"""A site worked both ways: what it describes, and how its trucks are sent either way."""

import re
from pathlib import Path

from drivers.truck_next import Standing, next_order
from drivers.truck_orders import way_of
from drivers.wire.vda5050.messages import AgvPosition, BatteryState, EStop, NodeState, OperatingMode, Order, SafetyState, State
from lanectl.config import load
from lanectl.layout import nodes
from lanectl.model import Direction
from lanectl.scene import scene_of
from lanectl.wiring import trucks_plan
from tests.site_files import codes_of, problems_of, site_both_ways


def test_a_site_may_be_worked_both_ways(tmp_path: Path) -> None:
    site = load(site_both_ways(tmp_path))
    back = site.layout.mirrored
    assert back is not None
    assert back.direction is Direction.CN_TO_VN
    assert nodes(back) == ("cn-wait", *(f"K{n}-back" for n in range(8, 1, -1)), "vn-exit", "vn-clear")
    metres = [site.positions.nodes[name] for name in nodes(back)]
    assert metres == sorted(metres, reverse=True)
    assert (metres[0], metres[-2], metres[-1]) == (621.0, 3.0, -45.0)
    assert set(nodes(back)) <= set(scene_of(site).positions_m)


def test_the_other_direction_is_checked_like_the_first(tmp_path: Path) -> None:
    assert codes_of(site_both_ways(tmp_path / "one", back_stop_m=4.0)) == ["C045"]
    assert set(codes_of(site_both_ways(tmp_path / "two", back_stop_m=90.0))) == {"C042", "C043", "C045"}


def test_a_lane_worked_both_ways_has_more_places_than_trucks(tmp_path: Path) -> None:
    """With both yards full nobody could cross, for ever."""
    target = site_both_ways(tmp_path)
    fleet = (target / "fleet.toml").read_text(encoding="utf-8")
    more = "".join(f'\n[[truck]]\nserial = "X{n}"\nmanufacturer = "m"\nlength_m = 17.0\nbraking_mps2 = 1.5\n' for n in range(11))
    (target / "fleet.toml").write_text(fleet + more, encoding="utf-8")
    assert codes_of(target) == ["C061"]
    (target / "fleet.toml").write_text(fleet + more.rsplit("\n[[truck]]", 1)[0], encoding="utf-8")
    assert codes_of(target) == []


def test_a_wait_that_turning_the_lane_breaks_is_not_promised(tmp_path: Path) -> None:
    site = site_both_ways(tmp_path) / "site.toml"
    text = site.read_text(encoding="utf-8")
    site.write_text(text.replace("[mqtt]", "[dispatch]\nwait_s_max = 200.0\n\n[mqtt]"), encoding="utf-8")
    (problem,) = problems_of(site.parent)
    assert (problem.code, problem.file, problem.source_line) == ("C074", "site.toml", "wait_s_max = 200.0")
    seconds = re.search(r"at least (\d+)", problem.remedy)
    assert seconds is not None
    for enough, codes in ((int(seconds[1]), []), (int(seconds[1]) - 1, ["C074"])):
        site.write_text(text.replace("[mqtt]", f"[dispatch]\nwait_s_max = {enough}.0\n\n[mqtt]"), encoding="utf-8")
        assert codes_of(site.parent) == codes


def test_an_order_follows_the_direction_of_the_node_that_it_leads_to(tmp_path: Path) -> None:
    plan = trucks_plan(load(site_both_ways(tmp_path)), 1_700_000_000)
    state = a_state("cn-wait", 621.0)
    order = next_order(
        Standing(plan, plan.peer(plan.trucks[0]), None, state, None, pending=False, cancelled=False, order_id="o1"), "K8-back"
    )
    assert isinstance(order, Order)
    assert [node.node_id for node in order.nodes[:3]] == ["cn-wait", "K8-back", "K7-back"]
    assert [node.released for node in order.nodes] == [True, True, *[False] * 8]


def test_a_way_back_that_a_truck_shows_is_of_this_lane_and_a_mixed_one_is_not(tmp_path: Path) -> None:
    plan = trucks_plan(load(site_both_ways(tmp_path)), 1_700_000_000)
    assert way_of(plan, a_state("cn-wait", 621.0, "K8-back", "K7-back")).end == ("K7-back", 4)
    assert way_of(plan, a_state("cn-wait", 621.0, "K8-back", "K8-stop")).foreign


def a_state(last_node: str, x: float, *ahead: str) -> State:
    return State(
        header_id=1,
        timestamp="",
        version="2.1.0",
        manufacturer="lanectl-demo",
        serial_number="T01",
        order_id="o1" if ahead else "",
        order_update_id=0,
        last_node_id=last_node,
        last_node_sequence_id=0,
        driving=False,
        operating_mode=OperatingMode.AUTOMATIC,
        node_states=tuple(NodeState(node_id=node, sequence_id=2 * n, released=True) for n, node in enumerate(ahead, start=1)),
        edge_states=(),
        action_states=(),
        battery_state=BatteryState(battery_charge=80.0, charging=False),
        errors=(),
        safety_state=SafetyState(e_stop=EStop.NONE, field_violation=False),
        agv_position=AgvPosition(x=x, y=0.0, theta=0.0, map_id="lane", position_initialized=True),
    )
