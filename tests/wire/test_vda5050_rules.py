"""The 27 rules, each broken once and kept once, as the judge of traffic sees it. The number in a test's name is the rule's."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from drivers.wire.vda5050.messages import State
from drivers.wire.vda5050.rules import RULES
from tests.vda5050_story import Story, edges_of, nodes_of, standing, under_way


def changed(nodes: list[dict[str, Any]], index: int, **fields: Any) -> list[dict[str, Any]]:
    return [node | fields if at == index else node for at, node in enumerate(nodes)]


def test_a_right_story_breaks_no_rule() -> None:
    story = under_way()
    said: list[Callable[[], Story]] = [
        lambda: story.order("bcd", 2, update=1, first=2),
        lambda: story.state("o1", 1, "b", nodes_of("cd", 1, 4)),
        lambda: story.act("cancelOrder", "c1"),
        lambda: story.state("o1", 1, "b", actionStates=[{"actionId": "c1", "actionStatus": "FINISHED"}]),
        lambda: story.order("bcd", 3, order="o2"),
        lambda: story.state("o2", 0, "b", nodes_of("cd", 2, 2)),
    ]
    assert [finding for say in said for finding in say().last] == []


@pytest.mark.parametrize("topic", ["uagv/v2/maker/state", "uagv/v2/maker/T 01/state", "uagv/2/maker/T01/state", "uagv/v2/maker/T01/states"])
def test_rule_01_topic_is_of_five_levels_and_plain_characters(topic: str) -> None:
    serial = topic.split("/")[3] if topic.count("/") == 4 else "T01"
    assert Story().say("connection", serial, topic=topic, connectionState="ONLINE").rules >= {1}


@pytest.mark.parametrize(
    "payload", [b"{", b"\xff", b"[]", b'{"headerId": NaN}', b'{"connectionState": "AWAY", "version": "2.1.0"}', b'{"version": "2.1.0"}']
)
def test_rule_02_message_is_valid_json_of_its_schema(payload: bytes) -> None:
    assert 2 in Story().carry("uagv/v2/maker/T01/connection", payload).rules


def test_rule_02_place_of_what_is_wrong_is_named() -> None:
    story = standing().state(operatingMode="AUTOPILOT")
    (finding,) = story.last
    assert (finding.breach.rule, finding.breach.place) == (2, "$.operatingMode")


def test_rule_03_header_ids_rise_by_one_for_each_topic_of_each_vehicle() -> None:
    story = standing("T01", "T02")
    assert story.state(serial="T01").rules == set()
    assert story.state(serial="T02", headerId=7).rules == {3}
    assert story.state(serial="T02", headerId=8).rules == set()
    assert under_way().order("bcd", 2, update=1, first=2, headerId=5).rules == {3}


def test_rule_03_vehicle_that_signs_on_again_may_count_anew() -> None:
    assert standing().state().online().state(headerId=0).rules == set()


@pytest.mark.parametrize(
    "header",
    [
        {"timestamp": "2026-01-01T00:00:00"},
        {"timestamp": "2026-01-01T00:00:00+01:00"},
        {"manufacturer": "other"},
        {"serialNumber": "T02"},
        {"version": "3.0.0"},
    ],
    ids=str,
)
def test_rule_04_header_is_in_utc_and_of_its_topic(header: dict[str, str]) -> None:
    assert 4 in Story().online(**header).rules


def test_rule_05_only_connection_has_qos_1() -> None:
    assert Story().online(seen={"qos": 0}).rules == {5}
    assert standing().order("ab", 2, seen={"qos": 1}).rules == {5}


def test_rule_06_connection_is_retained_and_an_order_is_not() -> None:
    assert Story().online(seen={"retain": False}).rules == {6}
    assert standing().order("ab", 2, seen={"retain": True}).rules == {6}
    assert standing().carry("uagv/v2/maker/T01/order", b"", retain=True, qos=0).rules == set(), "an empty message clears it"


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        (nodes_of("abc", 1), edges_of(nodes_of("ab", 1))),
        (changed(nodes_of("abc", 1), 1, sequenceId=4), None),
        (nodes_of("abc", 1, first=1), None),
        (nodes_of("abc", 1), [edge | {"sequenceId": 1} for edge in edges_of(nodes_of("abc", 1))]),
    ],
    ids=["an edge is missing", "gap", "odd nodes", "edge twice"],
)
def test_rule_07_sequence_is_continuous(nodes: list[dict[str, Any]], edges: list[dict[str, Any]] | None) -> None:
    assert 7 in standing().order("", 0, nodes=nodes, edges=edges).rules


def test_rule_07_order_without_a_node_is_none() -> None:
    assert standing().say("order", orderId="o1", orderUpdateId=0, nodes=[], edges=[]).rules == {7}


def test_rule_08_first_node_is_released_and_what_is_released_is_a_prefix() -> None:
    assert 8 in standing().order("abc", 0).rules
    assert standing().order("", 0, nodes=changed(nodes_of("abc", 1), 2, released=True)).rules == {8}


def test_rule_08_first_node_is_where_the_vehicle_is() -> None:
    assert standing().order("cd", 2).rules == {8}
    near = nodes_of("cd", 2)
    near[0]["nodePosition"]["allowedDeviationXY"] = 250.0
    assert standing().order("", 0, nodes=near).rules == set()


def test_rule_09_new_order_begins_with_update_0() -> None:
    assert standing().order("ab", 2).state("o1", 0, "b").order("bc", 2, order="o2", update=1).rules == {9}


def test_rule_10_update_starts_at_the_end_of_the_base() -> None:
    assert under_way().order("bcd", 2, update=1, first=2).rules == set()
    assert under_way().order("cd", 2, update=1, first=4).rules == {10}
    assert under_way().order("abcd", 3, update=1).rules == {10}
    assert under_way().order("bcd", 2, update=1, first=4).rules == {10}


def test_rule_11_stitching_node_is_as_it_was() -> None:
    nodes = nodes_of("bcd", 2, 2)
    nodes[0]["nodePosition"]["x"] = 101.0
    assert under_way().order("", 0, update=1, nodes=nodes).rules == {11}


def test_rule_12_base_is_never_changed() -> None:
    assert under_way().order("acd", 2, update=1).rules == {12}


def test_rule_12_horizon_may_change_freely() -> None:
    assert under_way().order("befgh", 2, update=1, first=2).rules == set()


def test_rule_13_same_update_again_has_the_same_content() -> None:
    assert under_way().order("abcd", 2).rules == set()
    assert under_way().order("abcd", 3).rules == {13}


def test_rule_14_no_new_order_while_one_is_active() -> None:
    assert 14 in under_way().order("abcd", 2, order="o2").rules
    cancelled = under_way().act("cancelOrder", "c1")
    assert cancelled.state("o1", 0, "a", actionStates=[{"actionId": "c1", "actionStatus": "RUNNING"}]).last == []
    assert cancelled.order("abcd", 2, order="o2").rules == {14}


def test_rule_15_cancelled_order_gets_no_update() -> None:
    assert under_way().act("cancelOrder").order("bcd", 2, update=1, first=2).rules == {15}


def test_rule_16_base_of_a_vehicle_whose_link_is_dead_counts_as_driven() -> None:
    story = standing("T01", "T02").order("abcd", 3, serial="T01").state("o1", 0, "a", nodes_of("bcd", 2, 2), serial="T01")
    story.online("T01", "CONNECTIONBROKEN", headerId=0)
    assert story.order("abcd", 2, order="o2", serial="T02").rules == {16}


@pytest.mark.parametrize("mode", ["MANUAL", "SERVICE", "TEACHIN"])
def test_rule_17_vehicle_that_is_driven_by_hand_is_sent_nothing(mode: str) -> None:
    assert standing().state(operatingMode=mode).order("ab", 2).rules == {17}
    assert standing().state(operatingMode=mode).act("factsheetRequest").rules == {17}


def test_rule_18_action_id_is_used_once() -> None:
    assert standing().act("stateRequest", "x").act("stateRequest", "x").rules == {18}
    nodes = nodes_of("ab", 2)
    nodes[1]["actions"] = [{"actionType": "drop", "actionId": "d", "blockingType": "HARD"}]
    again = standing().order("", 0, nodes=nodes)
    assert again.order("", 0, nodes=nodes).rules == set()
    assert again.act("drop", "d").rules == {18}


def test_rule_19_only_fields_that_the_factsheet_supports() -> None:
    position = "order.nodes.nodePosition"
    assert standing().factsheet(position).order("ab", 2).rules == set()
    assert standing().factsheet().order("ab", 2).rules == {19}
    fast = [edge | {"maxSpeed": 5.0} for edge in edges_of(nodes_of("ab", 2))]
    assert standing().factsheet(position).order("ab", 2, edges=fast).rules == {19}
    assert standing().factsheet(position, "order.edges.maxSpeed").order("ab", 2, edges=fast).rules == set()


def test_rule_19_only_actions_that_the_factsheet_has() -> None:
    nodes = nodes_of("ab", 2)
    nodes[1]["actions"] = [{"actionType": "drop", "actionId": "d", "blockingType": "HARD"}]
    position = "order.nodes.nodePosition"
    assert standing().factsheet(position, actions=("drop",)).order("", 0, nodes=nodes).rules == set()
    assert standing().factsheet(position, actions=("pick",)).order("", 0, nodes=nodes).rules == {19}


def test_rule_20_last_will_counts_though_its_header_is_old() -> None:
    story = (
        standing("T01", "T02").order("ab", 2, serial="T01").online("T01", "CONNECTIONBROKEN", headerId=0, timestamp="2020-01-01T00:00:00Z")
    )
    assert story.last == []
    assert story.order("ab", 2, serial="T01").rules == {26}


def test_rule_21_vehicle_that_is_online_is_heard_every_30_seconds() -> None:
    story = standing("T01", "T02")
    assert story.state(serial="T02", after_s=26).rules == set()
    assert story.state(serial="T02", after_s=5).rules == {21}
    assert story.state(serial="T02").rules == set()


def test_rule_22_information_is_not_even_read() -> None:
    assert "information" not in set(State.__struct_fields__)
    told = [{"infoType": "route", "infoLevel": "INFO", "infoDescription": "go on"}]
    assert standing().state(information=told).order("ab", 2).rules == set()


def test_rule_23_request_for_a_base_is_answered_by_an_update_while_the_vehicle_drives() -> None:
    asking = under_way().state("o1", 0, "a", nodes_of("bcd", 1, 2), newBaseRequest=True, driving=True)
    assert asking.order("bcd", 2, update=1, first=2).rules == set()


def test_rule_24_nothing_is_built_on_an_order_that_was_refused() -> None:
    references = [{"referenceKey": "orderId", "referenceValue": "o1"}, {"referenceKey": "orderUpdateId", "referenceValue": "1"}]
    refused = [{"errorType": "orderUpdateError", "errorLevel": "WARNING", "errorReferences": references}]
    story = under_way().order("bcd", 2, update=1, first=2).state("o1", 0, "a", nodes_of("bcd", 1, 2), errors=refused)
    assert 24 in story.order("cd", 2, update=2, first=4).rules


def test_rule_25_next_update_waits_for_the_echo() -> None:
    story = under_way().order("bcd", 2, update=1, first=2)
    assert 25 in story.order("cd", 2, update=2, first=4).rules


def test_rule_25_order_that_is_sent_again_has_a_new_header() -> None:
    assert standing().order("ab", 2).order("ab", 2, after_s=0).rules == {25}
    assert standing().order("ab", 2).order("ab", 2, headerId=0).rules == {3}


@pytest.mark.parametrize(
    "unfit",
    [
        {"operatingMode": "SEMIAUTOMATIC"},
        {"agvPosition": ...},
        {"safetyState": {"eStop": "MANUAL", "fieldViolation": False}},
        {"errors": [{"errorType": "motor", "errorLevel": "FATAL"}]},
    ],
    ids=lambda unfit: next(iter(unfit)),
)
def test_rule_26_unfit_vehicle_gets_no_order(unfit: dict[str, Any]) -> None:
    assert standing().state(**unfit).order("ab", 2).rules == {26}


def test_rule_26_vehicle_that_is_not_online_gets_no_order() -> None:
    assert standing().online(said="OFFLINE").order("ab", 2).rules == {26}


def test_rule_26_order_id_is_used_once() -> None:
    story = standing().order("ab", 2).state("o1", 0, "b").order("bc", 2, order="o2").state("o2", 0, "c")
    assert story.order("cd", 2, order="o1").rules >= {26}


def test_rule_26_nothing_is_cancelled_where_nothing_is_active() -> None:
    assert standing().act("cancelOrder").rules == {26}


def test_rule_27_node_is_released_to_one_vehicle() -> None:
    story = standing("T01", "T02").order("abcd", 3, serial="T01").state("o1", 0, "a", nodes_of("bcd", 2, 2), serial="T01")
    assert story.order("abcd", 2, order="o2", serial="T02").rules == {27}
    story.state("o1", 0, "c", nodes_of("d", 0, 6), serial="T01")
    assert story.order("abcd", 2, order="o3", serial="T02").rules == set()


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0"])
def test_both_versions_are_judged_by_their_own_schema(version: str) -> None:
    assert under_way(version).order("bcd", 2, update=1, first=2).rules == set()


def test_paused_action_is_right_in_both_versions() -> None:
    for version in ("2.0.0", "2.1.0"):
        told = [{"actionId": "a1", "actionType": "drop", "actionStatus": "PAUSED"}]
        assert standing(version=version).state(actionStates=told).rules == set()


def test_every_rule_has_a_test_that_carries_its_number() -> None:
    tested = {int(name[10:12]) for name in globals() if name.startswith("test_rule_")}
    assert tested == set(RULES) == set(range(1, 28))


def test_finding_names_message_topic_rule_place_and_remedy() -> None:
    story = under_way().order("cd", 2, update=1, first=4)
    (finding,) = story.last
    assert (finding.number, finding.topic, finding.breach.place) == (5, "uagv/v2/maker/T01/order", "$.nodes[0]")
    assert "stitch" in finding.remedy
    assert json.dumps(finding.breach.what)
