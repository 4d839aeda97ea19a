"""What trucks do in the yards: asked for at the last node, only as their factsheet has it, and told to people when it fails."""

import json
from typing import Any

import pytest

from drivers.truck_orders import NodeAction
from drivers.wire.vda5050.messages import BlockingType
from lanectl.model import CancelAuthority, ExtendAuthority
from tests.drivers.test_trucks import STOPS, extended, of_topic
from tests.truck_bench import TruckBench
from tests.vda5050_schemas import faults_of

DROP = NodeAction("cn-clear", "drop")
PICK = NodeAction("cn-clear", "pick", BlockingType.SOFT)
FACTSHEET = "uagv/v2/maker/T01/factsheet"


def at_the_far_yard(*actions: NodeAction, cannot: str = "") -> TruckBench:
    """T01 has driven to the last node and begins to work there."""
    bench = TruckBench("T01", actions=actions)
    bench.trucks["T01"].vehicle.cannot_work = cannot
    bench.run_for(2)
    for stop in STOPS[1:]:
        extended(bench, stop)
    bench.run_until(lambda: bench.last().last_node == "cn-clear", within_s=200)
    return bench


def statuses(bench: TruckBench, action_type: str) -> list[str]:
    """Of this action, as the states told it, each once."""
    told = [
        action["actionStatus"] for state in of_topic(bench, "state") for action in actions_of(state) if action["actionType"] == action_type
    ]
    return list(dict.fromkeys(told))


def actions_of(state: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = state["actionStates"]
    return found


def orders(bench: TruckBench) -> list[dict[str, Any]]:
    return [json.loads(publish.payload) for publish in bench.orders()]


def asked_at(order: dict[str, Any], node: str) -> list[str]:
    return [action["actionType"] for one in order["nodes"] if one["nodeId"] == node for action in one["actions"]]


def test_actions_are_asked_for_at_their_node_and_nowhere_else() -> None:
    bench = at_the_far_yard(DROP, PICK)
    last = orders(bench)[-1]
    assert asked_at(last, "cn-clear") == ["drop", "pick"]
    assert [asked_at(order, node) for order in orders(bench) for node in STOPS[:-1]] == [[]] * len(orders(bench)) * (len(STOPS) - 1)
    assert faults_of(bench.orders()) == []


def test_an_action_keeps_its_id_and_content_from_the_horizon_to_the_base() -> None:
    bench = at_the_far_yard(DROP)
    asked = [action for order in orders(bench) for node in order["nodes"] for action in node["actions"]]
    assert len({json.dumps(action, sort_keys=True) for action in asked}) == 1


def test_a_truck_waits_begins_and_finishes_and_is_out_of_the_lane_meanwhile() -> None:
    bench = at_the_far_yard(DROP)
    bench.run_for(1)
    report = bench.last()
    assert (report.order_done, report.standing, report.rejected) == (True, True, "")
    bench.run_for(30)
    assert statuses(bench, "drop") == ["WAITING", "INITIALIZING", "RUNNING", "FINISHED"]
    assert bench.last().rejected == ""


def test_a_truck_works_one_action_after_another() -> None:
    bench = at_the_far_yard(DROP, PICK)
    bench.run_for(15)
    assert (statuses(bench, "drop")[-1], statuses(bench, "pick")[-1]) == ("RUNNING", "WAITING")
    bench.run_for(40)
    assert (statuses(bench, "drop")[-1], statuses(bench, "pick")[-1]) == ("FINISHED", "FINISHED")


def test_a_truck_that_is_at_work_gets_no_new_order() -> None:
    bench = at_the_far_yard(DROP)
    bench.run_for(2)
    before = len(bench.orders())
    bench.trucks["T01"].front_m = -3.0
    bench.run_for(2)
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    assert len(bench.orders()) == before


def test_a_failed_action_is_told_with_the_trucks_own_reason_and_withholds() -> None:
    bench = at_the_far_yard(DROP, cannot="twist lock jammed")
    bench.run_for(30)
    assert statuses(bench, "drop")[-1] == "FAILED"
    report = bench.last()
    assert report.rejected == "drop at cn-clear failed: twist lock jammed"
    assert ("action_failed", "drop at cn-clear failed: twist lock jammed") in report.troubles


def test_what_a_cancellation_ended_is_no_failure() -> None:
    bench = TruckBench("T01", actions=(DROP,))
    bench.run_for(2)
    extended(bench, "K1-stop")
    bench.run_for(3)
    bench.ask(CancelAuthority("T01"))
    bench.run_for(5)
    assert (bench.last().cancelled, bench.last().rejected, bench.last().troubles) == (True, "", ())


def test_a_truck_at_work_that_is_cancelled_gives_up_and_confirms() -> None:
    bench = at_the_far_yard(DROP)
    bench.run_for(2)
    bench.ask(CancelAuthority("T01"))
    bench.run_for(5)
    assert (bench.last().cancelled, bench.last().rejected) == (True, "")


def enrolled(action: NodeAction, described: dict[str, Any] | None) -> str:
    """Why a truck whose factsheet describes this action so is not enrolled."""
    bench = TruckBench("T01", actions=(action,))
    bench.run_for(2)
    sheet = json.loads(next(p.payload for p in bench.sent if p.topic == FACTSHEET))
    kept = [one for one in sheet["protocolFeatures"]["agvActions"] if one["actionType"] != action.action_type]
    sheet["protocolFeatures"]["agvActions"] = kept + ([{"actionType": action.action_type, **described}] if described is not None else [])
    bench.control.receive(bench.now, FACTSHEET, json.dumps(sheet).encode(), retained=True)
    bench.run_for(1.1)
    before = len(bench.orders())
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    assert (len(bench.orders()) == before) == bool(bench.last().fatal)
    return bench.last().fatal


@pytest.mark.parametrize(
    ("action", "described", "why"),
    [
        (DROP, None, "has no action drop at nodes"),
        (DROP, {"actionScopes": ["INSTANT"]}, "has no action drop at nodes"),
        (PICK, {"actionScopes": ["NODE"], "blockingTypes": ["HARD"]}, "takes pick as HARD, cn-clear asks for SOFT"),
        (
            DROP,
            {"actionScopes": ["NODE"], "actionParameters": [{"key": "bay", "valueDataType": "STRING", "isOptional": False}]},
            "needs bay",
        ),
        (NodeAction("cn-clear", "drop", parameters=(("bay", "3"),)), {"actionScopes": ["NODE"]}, "knows no bay of drop"),
        (DROP, {"actionScopes": ["NODE"], "blockingTypes": ["SOFT", "HARD"]}, ""),
        (
            NodeAction("cn-clear", "drop", parameters=(("bay", "3"),)),
            {"actionScopes": ["NODE"], "actionParameters": [{"key": "bay", "valueDataType": "STRING"}]},
            "",
        ),
    ],
)
def test_a_truck_is_enrolled_only_if_it_can_do_what_the_yard_asks(action: NodeAction, described: dict[str, Any] | None, why: str) -> None:
    found = enrolled(action, described)
    assert (why in found) if why else found == ""
