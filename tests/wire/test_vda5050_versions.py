"""One inner model, a codec for each version, and the generated models: held against the official schemas."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from drivers.wire import WireError
from drivers.wire.vda5050 import messages
from drivers.wire.vda5050.generated import v2_1_0
from drivers.wire.vda5050.messages import ActionStatus, ConnectionState, ErrorLevel, EStop, InstantActions, OperatingMode, Order
from drivers.wire.vda5050.topics import Topic
from drivers.wire.vda5050.versions import CODECS, ENROLLED, codec_of
from tests.vda5050_schemas import judge
from tests.wire.test_vda5050 import HEADER, NODE, ORDER, STATE, as_bytes

ROOT = Path(__file__).parents[2]
DEVIATING = ORDER | {"nodes": [NODE | {"nodePosition": {"x": 0, "y": 0, "mapId": "lane", "allowedDeviationXY": 2.0}}]}
CANCEL = HEADER | {"actions": [{"actionType": "cancelOrder", "actionId": "a1", "blockingType": "HARD"}]}
STATE_3: dict[str, Any] = {
    key: value for key, value in STATE.items() if key not in ("agvPosition", "batteryState", "safetyState", "paused")
} | {
    "version": "3.0.0",
    "mobileRobotPosition": {"x": 1.5, "y": 0, "theta": 0, "mapId": "lane", "localized": True},
    "powerSupply": {"stateOfCharge": 80, "charging": False},
    "safetyState": {"activeEmergencyStop": "NONE", "fieldViolation": False},
    "actionStates": [],
    "instantActionStates": [{"actionId": "a1", "actionStatus": "RETRIABLE"}],
    "operatingMode": "INTERVENED",
    "errors": [{"errorType": "t", "errorLevel": "CRITICAL"}],
}


def order_of(version: str) -> Order:
    return msgspec.convert(DEVIATING | {"version": version}, Order)


def actions_of(version: str) -> InstantActions:
    return msgspec.convert(CANCEL | {"version": version}, InstantActions)


def test_generated_models_are_what_the_script_writes() -> None:
    checked = subprocess.run([sys.executable, ROOT / "tools/vda5050_models.py", "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0", "3.0.0"])
def test_order_and_actions_are_valid_in_the_schema_of_their_version(version: str) -> None:
    codec = codec_of(version)
    for topic, message in ((Topic.ORDER, order_of(version)), (Topic.INSTANT_ACTIONS, actions_of(version))):
        written = codec.encode(message)
        assert list(judge(topic.value, version).iter_errors(json.loads(written))) == []
        assert codec.fault(topic, written) == ""


@pytest.mark.parametrize("version", ["2.0.0", "2.1.0", "3.0.0"])
def test_what_was_written_is_read_as_it_was(version: str) -> None:
    codec = codec_of(version)
    assert codec.order(codec.encode(order_of(version))) == order_of(version)


def test_deviation_is_spelled_as_each_version_spells_it() -> None:
    spelled = {
        version: json.loads(codec_of(version).encode(order_of(version)))["nodes"][0]["nodePosition"] for version in ("2.0.0", "2.1.0")
    }
    assert "allowedDeviationXy" in spelled["2.0.0"]
    assert "allowedDeviationXY" not in spelled["2.0.0"]
    assert "allowedDeviationXY" in spelled["2.1.0"]


def test_vehicle_of_2_0_reads_its_action_by_the_text_or_by_the_schema() -> None:
    (action,) = json.loads(codec_of("2.0.0").encode(actions_of("2.0.0")))["actions"]
    assert (action["actionType"], action["actionName"]) == ("cancelOrder", "cancelOrder")
    only_name = CANCEL | {"actions": [{"actionName": "cancelOrder", "actionId": "a1", "blockingType": "HARD"}]}
    assert codec_of("2.0.0").instant_actions(as_bytes(only_name)).actions[0].action_type == "cancelOrder"


def test_state_of_2_0_is_read_like_one_of_2_1() -> None:
    told = STATE | {"version": "2.0.0"}
    assert codec_of("2.0.0").fault(Topic.STATE, as_bytes(told)) == ""
    assert codec_of("2.0.0").state(as_bytes(told)) == codec_of("2.1.0").state(as_bytes(told))


def test_state_of_3_0_is_read_so_that_it_only_ever_withholds() -> None:
    assert list(judge("state", "3.0.0").iter_errors(STATE_3)) == []
    state = codec_of("3.0.0").state(as_bytes(STATE_3))
    assert (state.operating_mode, state.errors[0].error_level) == (OperatingMode.MANUAL, ErrorLevel.FATAL)
    assert (state.action_states[0].action_status, state.safety_state.e_stop) == (ActionStatus.RUNNING, EStop.NONE)
    assert state.agv_position is not None
    assert state.agv_position.position_initialized


def test_broken_connection_of_3_0_is_one_of_2_1() -> None:
    told = HEADER | {"version": "3.0.0", "connectionState": "CONNECTION_BROKEN"}
    assert codec_of("3.0.0").connection(as_bytes(told)).connection_state is ConnectionState.CONNECTIONBROKEN


@pytest.mark.parametrize("broken", [b"[]", b"{", b"{}", b'{"errors": 5, "actionStates": 7, "nodes": 3}', b"[" * 60_000, b"\xff"])
def test_garbage_in_any_version_is_a_wire_error(broken: bytes) -> None:
    for codec in CODECS.values():
        for read in (codec.order, codec.state, codec.connection, codec.factsheet, codec.instant_actions):
            with pytest.raises(WireError):
                read(broken)


def test_versions_that_may_be_enrolled_are_those_that_a_lane_was_proved_with() -> None:
    assert ENROLLED == ("2.0", "2.1")
    with pytest.raises(WireError, match=r"4\.0\.0"):
        codec_of("4.0.0")


def test_paused_is_right_by_the_text_in_every_version_and_wrong_in_none_of_the_generated_models() -> None:
    told = STATE | {"actionStates": [{"actionId": "a1", "actionType": "drop", "actionStatus": "PAUSED"}]}
    for version in ("2.0.0", "2.1.0"):
        assert codec_of(version).fault(Topic.STATE, as_bytes(told | {"version": version})) == ""


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"driving": "yes"}, "$.driving"),
        ({"agvPosition": None}, "$.agvPosition"),
        ({"batteryState": {"batteryCharge": 80}}, "$.batteryState"),
        ({"loads": [{"weight": -1}]}, "$.loads[0].weight"),
        ({"information": [{"infoType": "x", "infoLevel": "LOUD"}]}, "$.information[0].infoLevel"),
        ({"timestamp": "2026-01-01T00:00:00+01:00"}, "$.timestamp"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_strict_models_see_every_field_that_the_schema_sees(changed: dict[str, Any], place: str) -> None:
    told = STATE | changed
    by_schema = not judge("state").is_valid(told)
    assert place in codec_of("2.1.0").fault(Topic.STATE, as_bytes(told))
    assert by_schema or place == "$.timestamp"


@pytest.mark.parametrize("name", ["State", "Order", "InstantActions", "Connection", "Visualization"])
def test_inner_model_asks_for_nothing_that_the_schema_leaves_open(name: str) -> None:
    _holds_less(getattr(messages, name), getattr(v2_1_0, name))


def _holds_less(inner: type[msgspec.Struct], strict: type[msgspec.Struct]) -> None:
    known = {field.encode_name: field for field in msgspec.structs.fields(strict)}
    for field in msgspec.structs.fields(inner):
        other = known.get(field.encode_name)
        if other is None:  # one part serves in two messages, of which one has more
            assert not field.required, f"{inner.__name__} asks for {field.encode_name}, which the schema does not know"
            continue
        assert not field.required or other.required, f"{inner.__name__} asks for {field.encode_name}, the schema does not"
        for mine, theirs in zip(_structs_in(field.type), _structs_in(other.type), strict=False):
            _holds_less(mine, theirs)


def _structs_in(kind: Any) -> list[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [kind]
    return [found for part in get_args(kind) for found in _structs_in(part)]
