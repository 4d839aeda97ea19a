"""Every message of whole crossings, recorded on both sides, as the official schemas see it."""

import json
import random
from collections import Counter

from drivers.wire.vda5050.topics import Publish
from lanectl.model import CancelAuthority, ExtendAuthority, PauseTruck, ResumeTruck
from sim.truck_plan import Seen
from tests.truck_bench import NODES, TruckBench, wall
from tests.vda5050_schemas import faults_of


def cross(bench: TruckBench, serial: str, repeat_s: float = 2.0) -> None:
    """Section by section as a lane would: each command again until it is shown, the next once the last is under way."""
    for node, _ in NODES[1:]:
        for _ in range(30):
            bench.ask(ExtendAuthority(serial, node))
            bench.run_for(repeat_s)
            if bench.last(serial).authority_end == node:
                break
        assert bench.last(serial).authority_end == node
        bench.run_until(lambda: bench.last(serial).order_done, within_s=100)


def test_every_message_of_a_crossing_is_valid_on_both_sides() -> None:
    bench = TruckBench("T01")
    cross(bench, "T01")
    kinds = Counter(publish.topic.rsplit("/", 1)[-1] for publish in bench.sent)
    assert set(kinds) == {"order", "instantActions", "state", "connection", "factsheet"}
    assert faults_of(bench.sent) == []


def test_every_message_around_pause_cancel_refusal_and_sign_off_is_valid() -> None:
    bench = TruckBench("T01")
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    bench.run_for(3)
    bench.ask(PauseTruck("T01"))
    bench.run_for(2)
    bench.ask(ResumeTruck("T01"))
    bench.run_for(1)
    bench.ask(CancelAuthority("T01"))
    bench.run_for(3)
    truck = bench.trucks["T01"]
    truck.e_stop = True
    truck.vehicle.fatal = "tyre"
    truck.vehicle.receive(bench.now, wall(bench.now), "uagv/v2/maker/T01/order", b"{}")
    bench.run_for(2)
    truck.vehicle.sign_off(wall(bench.now))
    bench.run_for(1)
    bench.sent.append(truck.vehicle.will(wall(bench.now)))
    assert faults_of(bench.sent) == []


def test_crossing_ends_though_a_third_of_all_orders_and_states_get_lost() -> None:
    seed = 20260101
    dice = random.Random(seed)
    bench = TruckBench("T01")
    bench.lost = lambda publish: "connection" not in publish.topic and dice.random() < 0.3
    cross(bench, "T01")
    assert faults_of(bench.sent) == [], f"seed {seed}"
    assert bench.last().last_node == "cn-clear", f"seed {seed}"


def test_the_same_order_and_update_is_only_ever_sent_with_the_same_content() -> None:
    dice = random.Random(7)
    bench = TruckBench("T01", "T02")
    bench.lost = lambda publish: "connection" not in publish.topic and dice.random() < 0.4
    cross(bench, "T01")
    cross(bench, "T02")
    contents: dict[tuple[str, int], set[str]] = {}
    for publish in bench.orders():
        message = json.loads(publish.payload)
        key = (message["orderId"], message["orderUpdateId"])
        contents.setdefault(key, set()).add(json.dumps([message["nodes"], message["edges"]]))
    assert all(len(different) == 1 for different in contents.values())
    assert len(bench.orders()) > len(contents)


def test_two_crossings_never_use_an_action_or_order_id_twice() -> None:
    bench = TruckBench("T01")
    ids: list[str] = []
    for _ in range(2):
        cross(bench, "T01")
        truck = bench.trucks["T01"]
        truck.vehicle.sign_off(wall(bench.now))
        truck.front_m = NODES[0][1]
        truck.way = truck.vehicle.advance(bench.now, wall(bench.now), Seen(truck.front_m, 0.0))
        truck.vehicle.connected(bench.now, wall(bench.now))
        bench.run_for(1)
        bench.ask(PauseTruck("T01"))
        bench.run_for(1)
        bench.ask(ResumeTruck("T01"))
        bench.run_for(1)
    ids = [action["actionId"] for publish in _instant(bench) for action in json.loads(publish.payload)["actions"]]
    orders = {json.loads(publish.payload)["orderId"] for publish in bench.orders()}
    assert len(ids) == len(set(ids))
    assert len(orders) == 2


def _instant(bench: TruckBench) -> list[Publish]:
    return [publish for publish in bench.sent if publish.topic.endswith("/instantActions")]
