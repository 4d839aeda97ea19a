"""VDA 5050 2.1.0 on the wire: read and written as the official schemas and the standard's text say."""

import json
from typing import Any

import pytest

from drivers.wire import WireError
from drivers.wire.vda5050 import codec, topics
from drivers.wire.vda5050.messages import ActionStatus, Connection, Order
from drivers.wire.vda5050.topics import Peer, Publish, Topic
from tests.vda5050_schemas import FOLDER, faults_of, judge

HEADER = {"headerId": 1, "timestamp": "2026-01-01T00:00:00.12Z", "version": "2.1.0", "manufacturer": "maker", "serialNumber": "T01"}
STATE: dict[str, Any] = HEADER | {
    "orderId": "o1",
    "orderUpdateId": 2,
    "lastNodeId": "K1-stop",
    "lastNodeSequenceId": 2,
    "nodeStates": [{"nodeId": "K2-stop", "sequenceId": 4, "released": True, "nodePosition": {"x": 1, "y": 2.5, "mapId": "lane"}}],
    "edgeStates": [{"edgeId": "e", "sequenceId": 3, "released": True}],
    "driving": True,
    "paused": False,
    "actionStates": [{"actionId": "a1", "actionType": "cancelOrder", "actionStatus": "RUNNING"}],
    "batteryState": {"batteryCharge": 80, "charging": False},
    "operatingMode": "AUTOMATIC",
    "errors": [{"errorType": "t", "errorLevel": "WARNING", "errorReferences": [{"referenceKey": "orderId", "referenceValue": "o1"}]}],
    "safetyState": {"eStop": "NONE", "fieldViolation": False},
    "agvPosition": {"x": 1.5, "y": 0, "theta": 0, "mapId": "lane", "positionInitialized": True},
}
NODE = {"nodeId": "n", "sequenceId": 0, "released": True, "actions": [], "nodePosition": {"x": 0, "y": 0, "mapId": "lane"}}
ORDER = HEADER | {"orderId": "o1", "orderUpdateId": 0, "nodes": [NODE], "edges": []}


def as_bytes(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode()


def place_of(decode: Any, message: dict[str, Any]) -> str:
    with pytest.raises(WireError) as caught:
        decode(as_bytes(message))
    return str(caught.value)


def test_examples_of_these_tests_are_valid_themselves() -> None:
    assert faults_of([Publish("uagv/v2/maker/T01/state", as_bytes(STATE)), Publish("uagv/v2/maker/T01/order", as_bytes(ORDER))]) == []


def test_state_is_read() -> None:
    state = codec.decode_state(as_bytes(STATE))
    assert (state.order_id, state.order_update_id, state.node_states[0].node_id) == ("o1", 2, "K2-stop")
    assert state.agv_position is not None
    assert state.agv_position.x == 1.5


def test_state_that_was_read_is_written_validly() -> None:
    written = codec.encode(codec.decode_state(as_bytes(STATE)))
    assert faults_of([Publish("uagv/v2/maker/T01/state", written)]) == []


def test_names_are_written_as_the_standard_spells_them() -> None:
    deviating = ORDER | {"nodes": [NODE | {"nodePosition": {"x": 0, "y": 0, "mapId": "lane", "allowedDeviationXY": 2.0}}]}
    assert json.loads(codec.encode(codec.decode_order(as_bytes(deviating)))) == deviating


def test_paused_action_is_legal_though_the_schema_omits_it() -> None:
    paused = STATE | {"actionStates": [{"actionId": "a1", "actionStatus": "PAUSED"}]}
    assert codec.decode_state(as_bytes(paused)).action_states[0].action_status is ActionStatus.PAUSED
    assert not judge("state").is_valid(paused)


def test_fields_that_we_do_not_know_are_skipped() -> None:
    assert codec.decode_state(as_bytes(STATE | {"loads": [{"loadId": "x"}], "vendorField": {"deep": [1]}})).order_id == "o1"


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"driving": "yes"}, "$.driving"),
        ({"nodeStates": [{"nodeId": "a", "sequenceId": -2, "released": True}]}, "$.nodeStates[0].sequenceId"),
        ({"safetyState": {"eStop": "MAYBE", "fieldViolation": False}}, "$.safetyState.eStop"),
        ({"errors": [{"errorType": "t", "errorLevel": "BAD"}]}, "$.errors[0].errorLevel"),
        ({"timestamp": "2026-01-01T00:00:00"}, "$.timestamp"),
        ({"timestamp": "2026-01-01 00:00:00Z"}, "$.timestamp"),
        ({"headerId": 2**32}, "$.headerId"),
        ({"orderId": "x" * 1000}, "$.orderId"),
        ({"edgeStates": [{"edgeId": "e", "sequenceId": 1, "released": True}] * 1001}, "$.edgeStates"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_wrong_field_is_named_by_its_place(changed: dict[str, Any], place: str) -> None:
    assert place in place_of(codec.decode_state, STATE | changed)


def test_missing_field_is_named() -> None:
    assert "`operatingMode`" in place_of(codec.decode_state, {k: v for k, v in STATE.items() if k != "operatingMode"})


@pytest.mark.parametrize("bad", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_numbers_that_json_does_not_know_are_refused(bad: bytes) -> None:
    message = as_bytes(STATE).replace(b'"x": 1.5', b'"x": ' + bad)
    with pytest.raises(WireError):
        codec.decode_state(message)


def test_message_over_the_size_limit_is_refused_unread() -> None:
    with pytest.raises(WireError, match="at most 65536"):
        codec.decode_state(as_bytes(STATE | {"pad": "x" * codec.MESSAGE_BYTES_MAX}))


def test_deeply_nested_json_is_refused() -> None:
    with pytest.raises(WireError, match="nested"):
        codec.decode_state(as_bytes(STATE)[:-1] + b', "x": ' + b"[" * 60_000)


def test_last_will_is_read_whatever_its_header_and_timestamp_say() -> None:
    will = HEADER | {"headerId": -1, "timestamp": "", "connectionState": "CONNECTIONBROKEN"}
    assert isinstance(codec.decode_connection(as_bytes(will)), Connection)


def test_optional_fields_that_are_not_set_are_not_written() -> None:
    assert json.loads(codec.encode(codec.decode_order(as_bytes(ORDER)))) == ORDER


def test_instant_action_says_what_the_text_says_not_what_the_old_schema_did() -> None:
    action = {"actionType": "cancelOrder", "actionId": "a1", "blockingType": "HARD"}
    read = codec.decode_instant_actions(as_bytes(HEADER | {"actions": [action]}))
    assert judge("instantActions").is_valid(json.loads(codec.encode(read)))


def test_order_without_nodes_is_refused() -> None:
    assert "$.nodes" in place_of(codec.decode_order, ORDER | {"nodes": []})


def test_topics_of_a_truck() -> None:
    peer = Peer("uagv", "maker", "T01")
    assert peer.topic(Topic.INSTANT_ACTIONS) == "uagv/v2/maker/T01/instantActions"
    assert topics.parse("uagv/v2/maker/T01/state") == ("uagv", "v2", "maker", "T01", Topic.STATE)


@pytest.mark.parametrize("topic", ["", "state", "uagv/v2/maker/T01/gossip", "a/b/c/d/e/state", "uagv/v2/T01/state"])
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(WireError):
        topics.parse(topic)


@pytest.mark.parametrize("serial", ["", "T 01", "T/01", "T+", "x" * 65, "Đ1"])
def test_serial_that_the_standard_does_not_allow_is_refused(serial: str) -> None:
    with pytest.raises(ValueError, match="serial"):
        Peer("uagv", "maker", serial)


def test_official_schemas_lie_beside_with_their_notice() -> None:
    for version in ("2.0.0", "2.1.0"):
        for topic in Topic:
            assert judge(topic.value, version)
    assert "Copyright 2024 Verband der Automobilindustrie" in (FOLDER / "NOTICE.md").read_text(encoding="utf-8")


def test_order_is_a_message_of_its_own_type() -> None:
    assert isinstance(codec.decode_order(as_bytes(ORDER)), Order)
