"""`lanectl vda check`: what an integrator sees of recorded and of live traffic."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from typer.testing import CliRunner, Result

from drivers.wire.vda5050.topics import Publish
from lanectl.__main__ import app
from lanectl.model import ExtendAuthority
from lanectl.vda_recording import Unreadable, read
from tests.brokers import KINDS, free_port, serving
from tests.truck_bench import TruckBench

TOPIC = "uagv/v2/maker/T01/connection"
ONLINE = {
    "headerId": 0,
    "timestamp": "2026-01-01T00:00:00Z",
    "version": "2.1.0",
    "manufacturer": "maker",
    "serialNumber": "T01",
    "connectionState": "ONLINE",
}


def crossing() -> list[Publish]:
    bench = TruckBench("T01")
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    bench.run_for(30)
    return bench.sent


def line(publish: Publish) -> dict[str, Any]:
    return {"topic": publish.topic, "payload": json.loads(publish.payload), "qos": publish.qos, "retain": publish.retain}


def checked(folder: Path, lines: list[Any], *options: str) -> Result:
    file = folder / "traffic.jsonl"
    file.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines) + "\n", encoding="utf-8")
    return CliRunner().invoke(app, ["vda", "check", str(file), *options])


def test_recorded_crossing_breaks_no_rule(tmp_path: Path) -> None:
    result = checked(tmp_path, [line(publish) for publish in crossing()])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no rule is broken" in result.stderr


def test_breach_is_told_with_message_topic_rule_place_and_remedy(tmp_path: Path) -> None:
    recorded = [line(publish) for publish in crossing()]
    order = next(i for i, one in enumerate(recorded) if one["topic"].endswith("/order"))
    recorded[order]["payload"]["nodes"][1]["sequenceId"] = 3
    result = checked(tmp_path, recorded)
    assert result.exit_code == 6
    first, second, third = result.stdout.splitlines()[:3]
    assert first == f"message {order + 1}  uagv/v2/maker/T01/order"
    assert second.startswith("  rule 7, $.nodes: sequenceId of the nodes is not continuous")
    assert third.startswith("  do: number node, edge, node")


def test_what_the_lane_says_to_yards_and_customs_is_left_aside(tmp_path: Path) -> None:
    others = ("lanectl/v1/bac-luan-2/orders/state", "lanectl/v1/bac-luan-2/clearance/VN", "uagv/yard/bac-luan-2")
    result = checked(tmp_path, [{"topic": topic, "payload": {"trucks": []}} for topic in others])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "(3 of orders, clearances and yards left aside): no rule is broken" in result.stderr


def test_json_tells_each_breach_and_the_sum(tmp_path: Path) -> None:
    result = checked(tmp_path, [{"topic": TOPIC, "payload": ONLINE | {"headerId": "x"}, "qos": 0}], "--json")
    *told, summary = (json.loads(one) for one in result.stdout.splitlines())
    assert [(one["rule"], one["place"], one["schema_version"]) for one in told] == [(5, "qos", 1), (2, "$.headerId", 1)]
    assert summary["summary"] == {"messages": 1, "vehicles": ["maker/T01"], "unreadable": 0, "left_aside": 0, "breaches": {"5": 1, "2": 1}}


def test_rules_of_the_house_can_be_left_out(tmp_path: Path) -> None:
    recorded = [line(publish) for publish in crossing()]
    offline = {"topic": TOPIC, "payload": ONLINE | {"connectionState": "OFFLINE"}}
    order = next(one for one in recorded if one["topic"].endswith("/order"))
    assert checked(tmp_path, [offline, order]).exit_code == 6
    assert checked(tmp_path, [offline, order], "--standard").exit_code == 0


@pytest.mark.parametrize(
    "recorded",
    [
        f"{TOPIC} {json.dumps(ONLINE)}",
        {"tst": "2026-01-01T00:00:00Z", "topic": TOPIC, "qos": 1, "retain": 1, "payloadlen": 5, "payload": json.dumps(ONLINE)},
        {"topic": TOPIC, "payload": ONLINE, "ts": 12.5},
        [{"topic": TOPIC, "message": ONLINE}, {"topic": TOPIC, "data": ONLINE}],
    ],
    ids=["mosquitto_sub -v", "mosquitto_sub -F %j", "JSON lines", "one array"],
)
def test_traffic_is_read_as_usual_tools_record_it(tmp_path: Path, recorded: Any) -> None:
    result = checked(tmp_path, [recorded])
    assert result.exit_code == 0, result.output


def test_line_that_is_no_message_is_named_and_the_rest_is_judged(tmp_path: Path) -> None:
    result = checked(tmp_path, ["{oops", {"topic": TOPIC}, {"payload": {}}, {"topic": TOPIC, "payload": ONLINE}])
    assert result.exit_code == 1
    assert [one.split(":")[0] for one in result.stdout.splitlines()] == [f"message {n} cannot be read" for n in (1, 2, 3)]


def test_text_of_a_vehicle_cannot_steer_the_terminal(tmp_path: Path) -> None:
    result = checked(tmp_path, [{"topic": "uagv/v2/maker/T\u001b[2J/state", "payload": {"version": "\u001b[31m"}}])
    assert "\x1b" not in result.stdout


def test_missing_file_and_missing_broker_are_told_apart(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["vda", "check", str(tmp_path / "none")]).exit_code == 1
    assert CliRunner().invoke(app, ["vda", "check", "--live", f"127.0.0.1:{free_port()}"]).exit_code == 5
    assert CliRunner().invoke(app, ["vda", "check"]).exit_code == 2


def test_bytes_that_are_no_text_can_be_recorded() -> None:
    (seen,) = read([json.dumps({"topic": TOPIC, "payload_base64": "/w=="}).encode()])
    assert not isinstance(seen, Unreadable)
    assert seen.payload == b"\xff"


@pytest.mark.parametrize("kind", KINDS)
def test_live_traffic_is_judged_and_recorded(kind: str, tmp_path: Path) -> None:
    port, kept = free_port(), tmp_path / "heard.jsonl"
    with serving(kind, port, tmp_path):
        command = [sys.executable, "-m", "lanectl", "vda", "check", "--live", f"127.0.0.1:{port}", "--seconds", "3", "--record", str(kept)]
        listening = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        asyncio.run(_publish_while(port, listening))
        told, summed = listening.communicate(timeout=60)
    assert listening.returncode == 6, summed
    assert "$.connectionState" in told
    assert ("rule 5, qos: connection with QoS 0, not 1" in told) == (kind == "mosquitto"), "MQTT 3.1.1 does not tell"
    assert checked(tmp_path, kept.read_text(encoding="utf-8").splitlines()).exit_code == 6


async def _publish_while(port: int, listening: "subprocess.Popen[str]") -> None:
    async with aiomqtt.Client("127.0.0.1", port) as client, asyncio.timeout(60):
        while listening.poll() is None:
            await client.publish(TOPIC, json.dumps(ONLINE | {"connectionState": "AWAY"}), qos=0)
            await asyncio.sleep(0.1)
