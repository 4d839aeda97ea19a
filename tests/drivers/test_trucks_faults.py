"""What a truck, a broker or a stranger may say wrong, and what the lane makes of it."""

import json
import random
from typing import Any

import pytest

from drivers.truck_orders import TruckPlan, TrucksPlan
from drivers.wire.vda5050.messages import OperatingMode
from drivers.wire.vda5050.topics import Publish
from lanectl.model import CancelAuthority, Connection, ExtendAuthority, TruckMode, TruckReported
from tests.truck_bench import NODES, RUN, TruckBench, wall

STATE = "uagv/v2/maker/T01/state"
CONNECTION = "uagv/v2/maker/T01/connection"
FACTSHEET = "uagv/v2/maker/T01/factsheet"


def last_state(bench: TruckBench) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(next(p.payload for p in reversed(bench.sent) if p.topic == STATE))
    return message


def said(bench: TruckBench, topic: str = STATE, *, retained: bool = False, **changed: Any) -> TruckReported | None:
    """The truck says its last state again, a second later and with these fields changed; what is reported of it."""
    state = last_state(bench)
    message = state | {"headerId": state["headerId"] + 1, "timestamp": wall(bench.now + 1)} | changed
    heard = bench.control.receive(bench.now, topic, json.dumps(message).encode(), retained=retained)
    reports = [report for report in heard if isinstance(report, TruckReported)]
    return reports[0] if reports else None


def bench_with_order_to(node: str) -> TruckBench:
    bench = TruckBench("T01")
    bench.ask(ExtendAuthority("T01", node))
    bench.run_for(1)
    return bench


# ---------------------------------------------------------------- connection


def test_last_will_counts_though_its_header_and_timestamp_are_old() -> None:
    bench = TruckBench("T01")
    will = bench.trucks["T01"].vehicle.will("2020-01-01T00:00:00.00Z")
    (report,) = bench.control.receive(bench.now, will.topic, will.payload)
    assert isinstance(report, TruckReported)
    assert report.connection is Connection.BROKEN


def test_truck_that_signs_on_again_is_reported_only_with_its_next_state() -> None:
    bench = TruckBench("T01")
    vehicle = bench.trucks["T01"].vehicle
    will = vehicle.will(wall(bench.now))
    bench.reports += [r for r in bench.control.receive(bench.now, will.topic, will.payload) if isinstance(r, TruckReported)]
    bench.lost = lambda publish: publish.topic == STATE
    vehicle.connected(bench.now, wall(bench.now))
    bench.run_for(0.5)
    assert bench.last().connection is Connection.BROKEN
    bench.lost = lambda _: False
    bench.run_for(1.1)
    assert (bench.last().connection, bench.last().standing, bench.last().localised) == (Connection.ONLINE, True, True)


def test_restarted_controller_reports_no_truck_as_without_order_before_it_hears_its_state() -> None:
    bench = bench_with_order_to("K2-stop")
    bench.reports.clear()
    bench.restart_control(RUN + 60)
    assert bench.reports == []
    bench.run_for(1.1)
    assert bench.reports[0].authority_end == "K2-stop"


def test_broken_truck_is_neither_localised_nor_proved_standing() -> None:
    bench = TruckBench("T01")
    will = bench.trucks["T01"].vehicle.will(wall(bench.now))
    (report,) = bench.control.receive(bench.now, will.topic, will.payload)
    assert isinstance(report, TruckReported)
    assert (report.localised, report.standing, report.last_node) == (False, False, "vn-gate")


def test_lost_broker_makes_every_truck_broken_until_its_next_state() -> None:
    bench = TruckBench("T01", "T02")
    lost = [report for report in bench.control.broker_lost() if isinstance(report, TruckReported)]
    assert [report.connection for report in lost] == [Connection.BROKEN, Connection.BROKEN]
    bench.run_for(1.1)
    assert bench.last("T02").connection is Connection.BROKEN
    bench.control.broker_back()
    bench.run_for(1.1)
    assert (bench.last("T02").connection, bench.last("T02").localised) == (Connection.ONLINE, True)


def test_nothing_is_ordered_while_the_broker_is_lost() -> None:
    bench = TruckBench("T01")
    bench.control.broker_lost()
    assert bench.control.ask(bench.now, wall(bench.now), ExtendAuthority("T01", "K1-stop")) == []


def test_cancellation_asked_while_the_truck_is_away_goes_out_when_it_is_back() -> None:
    bench = bench_with_order_to("K2-stop")
    will = bench.trucks["T01"].vehicle.will(wall(bench.now))
    bench.control.receive(bench.now, will.topic, will.payload)
    bench.ask(CancelAuthority("T01"))
    assert not [p for p in bench.sent if p.topic.endswith("/instantActions") and b"cancelOrder" in p.payload]
    bench.trucks["T01"].vehicle.connected(bench.now, wall(bench.now))
    bench.run_until(lambda: bench.last().cancelled, within_s=3)


# ---------------------------------------------------------------- what a state may say


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"safetyState": {"eStop": "AUTOACK", "fieldViolation": False}}, {"e_stop": True}),
        ({"operatingMode": "MANUAL"}, {"mode": TruckMode.MANUAL}),
        ({"driving": True}, {"standing": False}),
        ({"velocity": {"vx": 0.4}}, {"standing": False}),
        ({"paused": True}, {"paused": True}),
        ({"errors": [{"errorType": "motor", "errorLevel": "FATAL"}]}, {"fatal": "motor"}),
        ({"errors": [{"errorType": "tyre", "errorLevel": "WARNING"}]}, {"fatal": "", "rejected": ""}),
        ({"agvPosition": {"x": 0, "y": 0, "theta": 0, "mapId": "yard", "positionInitialized": True}}, {"localised": False}),
        ({"agvPosition": {"x": 0, "y": 0, "theta": 0, "mapId": "lane", "positionInitialized": False}}, {"localised": False}),
        ({"information": [{"infoType": "x", "infoLevel": "INFO"}]}, {"fatal": ""}),
        ({"actionStates": [{"actionId": "a", "actionStatus": "PAUSED"}]}, {"fatal": ""}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_state_is_told_in_words_of_the_lane(changed: dict[str, Any], expected: dict[str, object]) -> None:
    report = said(TruckBench("T01"), **changed)
    assert report is not None
    assert {name: getattr(report, name) for name in expected} == expected


@pytest.mark.parametrize(
    "changed", [{"operatingMode": "SEMIAUTOMATIC"}, {"agvPosition": None}, {"safetyState": {"eStop": "REMOTE", "fieldViolation": False}}]
)
def test_unfit_truck_is_sent_no_order_and_people_are_told_why(changed: dict[str, Any]) -> None:
    bench = TruckBench("T01")
    said(bench, **changed)
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    assert bench.orders() == []
    assert "ExtendAuthority is not sent" in bench.control.notices()[-1]


def test_order_of_another_master_control_is_fatal_and_no_authority() -> None:
    bench = TruckBench("T01")
    node = {"nodeId": "yard-7", "sequenceId": 2, "released": True}
    report = said(bench, orderId="theirs", nodeStates=[node])
    assert report is not None
    assert (report.authority_end, report.fatal) == ("", "order theirs is not of this lane")


def test_truck_that_shows_another_base_than_it_was_sent_is_fatal() -> None:
    bench = bench_with_order_to("K1-stop")
    nodes = last_state(bench)["nodeStates"]
    report = said(bench, nodeStates=[node | {"released": True} for node in nodes])
    assert report is not None
    assert report.fatal == "drives to cn-clear, was sent to K1-stop"


def test_cancelled_order_gets_no_update_though_the_truck_shows_its_horizon_on() -> None:
    bench = bench_with_order_to("K1-stop")
    horizon = last_state(bench)["nodeStates"][1:]
    bench.ask(CancelAuthority("T01"))
    bench.run_until(lambda: bench.last().cancelled, within_s=2)
    said(bench, nodeStates=horizon, lastNodeId="K1-stop", lastNodeSequenceId=2)
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    first, second = (json.loads(publish.payload) for publish in bench.orders())
    assert second["orderId"] != first["orderId"]
    assert second["orderUpdateId"] == 0


def test_refused_order_is_reported_with_the_trucks_own_reason() -> None:
    bench = TruckBench("T01")
    bench.trucks["T01"].front_m = -13.0
    bench.trucks["T01"].vehicle.restarted()
    bench.run_for(0.2)
    said(bench, lastNodeId="vn-gate", agvPosition=last_state(bench)["agvPosition"] | {"x": -3.0})
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    bench.run_for(2)
    assert bench.last().rejected.startswith("noRouteError")
    assert bench.last().authority_end == ""


def test_refusal_of_somebody_elses_order_is_not_ours() -> None:
    bench = TruckBench("T01")
    bench.lost = lambda publish: publish.topic.endswith("/order")
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    references = [{"referenceKey": "orderId", "referenceValue": "theirs"}]
    report = said(bench, errors=[{"errorType": "orderError", "errorLevel": "WARNING", "errorReferences": references}])
    assert report is not None
    assert report.rejected == ""


def test_truck_whose_factsheet_promises_a_state_every_thirty_seconds_is_not_enrolled() -> None:
    bench = TruckBench("T01")
    bench.run_for(2)
    sheet = json.loads(next(p.payload for p in bench.sent if p.topic == FACTSHEET))
    sheet["protocolLimits"]["timing"]["defaultStateInterval"] = 30.0
    bench.control.receive(bench.now, FACTSHEET, json.dumps(sheet).encode(), retained=True)
    bench.run_for(1.1)
    assert "every 30.0 s" in bench.last().fatal
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    assert bench.orders() == []


def test_optional_fields_are_sent_only_as_the_factsheet_supports_them() -> None:
    silent = bench_with_order_to("K1-stop")
    assert b"maxSpeed" not in silent.orders()[0].payload
    asked = TruckBench("T01")
    asked.run_for(2)
    asked.ask(ExtendAuthority("T01", "K1-stop"))
    assert json.loads(asked.orders()[0].payload)["edges"][0]["maxSpeed"] == 6.9


# ---------------------------------------------------------------- what is dropped


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"serialNumber": "T02"}, "it is signed maker T02"),
        ({"manufacturer": "other"}, "it is signed other T01"),
        ({"version": "3.0.0"}, "it speaks version 3.0.0"),
        ({"headerId": 0}, "is not newer than the last"),
        ({"orderUpdateId": -1}, "$.orderUpdateId"),
        ({"nodeStates": [{"nodeId": "a", "sequenceId": "x", "released": True}]}, "$.nodeStates[0].sequenceId"),
        ({"operatingMode": "AUTOPILOT"}, "$.operatingMode"),
        ({"timestamp": "yesterday"}, "$.timestamp"),
        ({"driving": None}, "$.driving"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_state_that_is_not_right_is_dropped_and_says_where(changed: dict[str, Any], why: str) -> None:
    bench = TruckBench("T01")
    bench.run_for(1)
    if "headerId" in changed:
        changed = changed | {"timestamp": wall(0)}
    assert said(bench, **changed) is None
    assert why in bench.control.notices()[-1]
    assert bench.control.dropped["state"] == 1


@pytest.mark.parametrize(
    "payload", [b"", b"\xff\xfe", b"[]", b"{", b'{"headerId": NaN}', b"[" * 60_000, b'{"a":' * 9_000, b" " * 1_000_000]
)
def test_garbage_is_dropped_and_harms_nothing(payload: bytes) -> None:
    bench = TruckBench("T01")
    for topic in (STATE, CONNECTION, FACTSHEET):
        assert bench.control.receive(bench.now, topic, payload) == []
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    bench.run_for(0.5)
    assert bench.last().authority_end == "K1-stop"


def test_failure_is_said_once_and_recovery_once() -> None:
    bench = TruckBench("T01")
    bench.control.notices()
    for _ in range(5):
        bench.control.receive(bench.now, STATE, b"{")
        bench.run_for(1.1)
    bench.run_for(10.0)
    notices = bench.control.notices()
    assert len(notices) == 2
    assert notices[0].startswith("truck T01, state: dropped")
    assert notices[1] == "truck T01, state: reads again"
    assert bench.control.dropped["state"] == 5


def test_replayed_state_does_not_make_the_last_one_younger() -> None:
    bench = TruckBench("T01")
    replay = next(p for p in reversed(bench.sent) if p.topic == STATE)
    bench.run_for(1)
    assert bench.control.receive(bench.now, replay.topic, replay.payload) == []


def test_retained_state_is_dropped_since_nobody_knows_its_age() -> None:
    assert said(TruckBench("T01"), retained=True) is None


def test_message_on_a_topic_that_was_never_subscribed_is_dropped() -> None:
    bench = TruckBench("T01")
    for topic in ("uagv/v2/maker/T99/state", "uagv/v2/maker/T01/order", "x", "\x00" * 1000):
        assert bench.control.receive(bench.now, topic, b"{}") == []
    assert bench.control.dropped["topic"] == 4


def test_no_state_a_truck_can_send_ever_raises() -> None:
    seed = 5
    dice = random.Random(seed)
    bench = bench_with_order_to("K2-stop")
    truth = last_state(bench)
    values: list[object] = [None, "", "cn-clear", "K1-stop", -1, 0, 3, 4, 2**32 - 1, 2**70, 1e300, True, False, [], {}, "x" * 300]
    for number in range(2000):
        nodes = [
            node | {"released": dice.random() < 0.5, "sequenceId": node["sequenceId"] + dice.choice((0, 0, 0, 1, 2))}
            for node in truth["nodeStates"]
        ]
        changed: dict[str, Any] = {"nodeStates": dice.sample(nodes, dice.randrange(len(nodes) + 1)) if dice.random() < 0.5 else nodes}
        changed |= {dice.choice(list(truth)): dice.choice(values)} if dice.random() < 0.4 else {}
        said(bench, **changed | {"headerId": 1000 + number})
        command = dice.choice((ExtendAuthority("T01", dice.choice(NODES)[0]), CancelAuthority("T01")))
        bench.control.ask(bench.now, wall(bench.now), command)
    assert 500 < bench.control.dropped["state"] < 1500, f"seed {seed}"


# ---------------------------------------------------------------- the plan


def test_truck_that_speaks_another_version_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"T01: speaks VDA 5050 3\.0\.0"):
        TrucksPlan("uagv", "lane", NODES, 6.9, (TruckPlan("T01", "maker", "3.0.0"),), RUN)


def test_serial_that_is_no_topic_level_is_refused() -> None:
    with pytest.raises(ValueError, match="serial"):
        TruckBench("T 01/#")


def test_manual_truck_is_told_by_its_mode() -> None:
    bench = TruckBench("T01")
    bench.trucks["T01"].vehicle.mode = OperatingMode.SERVICE
    bench.run_for(0.2)
    assert bench.last().mode is TruckMode.SERVICE


def test_publishes_of_the_lane_are_qos_0_and_not_retained() -> None:
    bench = bench_with_order_to("K1-stop")
    bench.ask(CancelAuthority("T01"))
    ours: list[Publish] = [p for p in bench.sent if p.topic.endswith(("/order", "/instantActions"))]
    assert {(p.qos, p.retain) for p in ours} == {(0, False)}
    assert [qos for topic, qos in bench.control.subscriptions if topic.endswith("/connection")] == [1]
