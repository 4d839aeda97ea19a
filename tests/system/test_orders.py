"""Orders and clearances of a real controller on a real broker: what it acknowledged it still knows after kill -9."""

import asyncio
import getpass
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiomqtt
import pytest

from drivers.wire.transport import MESSAGE_BYTES_MAX, Topics, clearance, encode
from lanectl.broker_access import access_list
from lanectl.config import load
from lanectl.operating_client import ask
from tests.brokers import free_port, serving
from tests.real import program
from tests.site_files import SHIPPED, site_with
from tests.system.lanectl_commands import lanectl
from tests.system.running_lane import RunningLane, prepared_on_free_ports

WITHIN_S = 30.0
TOPICS = Topics("bac-luan-2")
LATEST = (datetime.now(UTC) + timedelta(hours=6)).isoformat(timespec="seconds")
HEADER = "id,direction,consignment,truck,plates,latest"


def order(name: str, **other: object) -> dict[str, object]:
    given: dict[str, object] = {"id": name, "direction": "VN_TO_CN", "consignment": f"X-{name}", "truck": "T01", "plates": ["14C12345"]}
    return {"wish": "ADD", "revision": 1, "order": {**given, "latest": LATEST, **other}}


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLane]:
    """On mosquitto, without a field: orders are no matter of that."""
    mosquitto = program("mosquitto")
    folder = tmp_path_factory.mktemp("orders")
    prepared = prepared_on_free_ports(folder, SHIPPED, 2, 1.0)
    settings = folder / "mosquitto.conf"
    settings.write_text(f"listener {prepared.ports['broker']} 127.0.0.1\nset_tcp_nodelay true\nallow_anonymous true\n")
    lane = RunningLane(prepared, 1.0)
    try:
        lane.start_broker([mosquitto, "-c", str(settings)])
        lane.start_controller()
        yield lane
    finally:
        lane.children.end()
        prepared.remove()


def said_to(lane: RunningLane, topic: str, answers: str, *payloads: bytes) -> list[dict[str, object]]:
    """The answer to each; said again until there is one, as whoever orders does."""

    async def talk() -> list[dict[str, object]]:
        async with aiomqtt.Client("127.0.0.1", lane.prepared.ports["broker"], timeout=5) as client:
            await client.subscribe(answers, 1)
            return [await _answered(client, topic, payload) for payload in payloads]

    return asyncio.run(talk())


async def _answered(client: aiomqtt.Client, topic: str, payload: bytes) -> dict[str, object]:
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        await client.publish(topic, payload, 1)
        try:
            async with asyncio.timeout(5.0):
                message = await anext(client.messages)
        except TimeoutError:
            continue
        assert isinstance(message.payload, bytes)
        answer: dict[str, object] = json.loads(message.payload)
        return answer
    raise AssertionError(f"no answer on {topic}")


def known(lane: RunningLane) -> dict[str, dict[str, object]]:
    orders = [reply.get("order") for reply in ask(lane.prepared.socket, {"kind": "order-list", "all": True})]
    return {order["id"]: order for order in orders if isinstance(order, dict)}


def test_what_was_acknowledged_is_known_after_a_kill(controller: RunningLane) -> None:
    batch = encode(request="r1", wishes=[order(f"M{n}") for n in range(20)])
    held = encode(request="r2", wishes=[{"wish": "HOLD", "id": "M3", "revision": 2}, {"wish": "WITHDRAW", "id": "M4", "revision": 2}])
    acks = said_to(controller, TOPICS.requests, TOPICS.acks, batch, held, batch)
    assert [ack["outcome"] for ack in acks] == ["accepted", "accepted", "known"]
    cleared = encode(request="c1", clearances=[clearance("X-M1", "CLEARED", 1), clearance("X-M2", "HELD", 1)])
    assert said_to(controller, TOPICS.clearances("CN"), TOPICS.clearance_acks("CN"), cleared)[0]["outcome"] == "accepted"
    controller.kill("controller")
    controller.restart("controller")
    after = known(controller)
    assert {f"M{n}" for n in range(20)} <= set(after)
    assert (after["M3"]["state"], after["M4"]["state"]) == ("HELD", "WITHDRAWN")
    assert after["M1"]["clearances"] == {"CN": "CLEARED"}
    assert after["M2"]["clearances"] == {"CN": "HELD"}
    assert said_to(controller, TOPICS.requests, TOPICS.acks, batch)[0]["outcome"] == "known"


def test_a_batch_with_a_bad_order_is_refused_whole(controller: RunningLane) -> None:
    before = set(known(controller))
    bad = encode(request="bad", wishes=[order("N1"), order("N2", container="MSKU1234560"), order("N3", truck="T77")])
    (ack,) = said_to(controller, TOPICS.requests, TOPICS.acks, bad)
    problems = ack["problems"]
    assert isinstance(problems, list)
    assert [(problem["place"], problem["code"]) for problem in problems] == [
        ("wishes[1].order.container", "wrong_container"),
        ("wishes[2].order.truck", "truck_unknown"),
    ]
    assert set(known(controller)) == before


def test_a_message_that_is_too_long_is_answered(controller: RunningLane) -> None:
    (ack,) = said_to(controller, TOPICS.requests, TOPICS.acks, b'{"schema_version": 1, "x": "' + b"y" * MESSAGE_BYTES_MAX + b'"}')
    assert ack["outcome"] == "refused"
    assert str(MESSAGE_BYTES_MAX) in str(ack["problems"])


def test_orders_come_from_a_file_and_are_held_withdrawn_and_shown(controller: RunningLane, tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        done = lanectl(*arguments, "--socket", str(controller.prepared.socket))
        return done.exit_code, done.stdout, done.stderr

    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"{HEADER}\nF1,VN_TO_CN,Y1,T01,14C-123.45,{LATEST}\nF2,VN_TO_CN,Y2,,,{LATEST}\n", encoding="utf-8")
    bad.write_text(f"{HEADER}\nF3,VN_TO_CN,Y3,T01,14C-123.45,{LATEST}\nF4,NORTH,Y4,T01,14C-123.45,{LATEST}\n", encoding="utf-8")
    assert run("order", "import", str(good), "--by", "lan")[0] == 0
    code, _, told = run("order", "import", str(bad), "--by", "lan")
    assert (code, "line 3, column 2 (direction)" in told, "Nothing was changed" in told) == (8, True, True)
    assert "F3" not in known(controller)
    assert run("order", "hold", "F1", "--by", "lan")[0] == 0
    assert run("order", "release", "F1", "--by", "lan")[0] == 0
    assert run("order", "withdraw", "F1", "--by", "lan", "--why", "broken crate")[0] == 0
    assert known(controller)["F1"]["why"] == "broken crate"
    assert run("order", "hold", "F1", "--by", "lan")[0] == 8
    assert run("order", "hold", "F2", "--by", "nobody")[0] == 9
    code, shown, _ = run("order", "show", "F2", "--json")
    assert (code, json.loads(shown)["state"]) == (0, "WAITING")
    assert run("order", "show", "F99")[0] == 1
    assert "F1" not in run("order", "list")[1]
    assert "F1" in run("order", "list", "--all")[1]
    assert run("clearance", "hold", "Y2", "--authority", "cn", "--by", "lan", "--why", "x-ray")[0] == 0
    assert "Y2  CN HELD" in run("clearance", "list")[1]


def test_no_authority_speaks_for_the_other_at_the_broker(tmp_path: Path) -> None:
    site = load(site_with(tmp_path / "site"))
    rules = tmp_path / "acl"
    rules.write_text(access_list(site, "lanectl"), encoding="utf-8")
    port = free_port()

    async def speak() -> list[tuple[str, bytes]]:
        heard: list[tuple[str, bytes]] = []
        controller = aiomqtt.Client("127.0.0.1", port, identifier="lane", username="lanectl", timeout=5)
        async with controller:
            await controller.subscribe([(TOPICS.requests, 1), (TOPICS.clearances("VN"), 1), (TOPICS.clearances("CN"), 1)])
            for user in ("customs-vn", "customs-cn", "orders", "T01"):
                async with aiomqtt.Client("127.0.0.1", port, identifier=user, username=user, timeout=5) as client:
                    for topic in (TOPICS.requests, TOPICS.clearances("VN"), TOPICS.clearances("CN")):
                        await client.publish(topic, user.encode(), 1)
            try:
                async with asyncio.timeout(1.0):
                    while True:
                        message = await anext(controller.messages)
                        heard.append((message.topic.value, bytes(message.payload)))
            except TimeoutError:
                return heard

    with serving("mosquitto", port, tmp_path, f"allow_anonymous true\nuser {getpass.getuser()}\nacl_file {rules}\n"):
        heard = asyncio.run(speak())
    assert sorted(heard) == [
        (TOPICS.clearances("CN"), b"customs-cn"),
        (TOPICS.clearances("VN"), b"customs-vn"),
        (TOPICS.requests, b"orders"),
    ]
