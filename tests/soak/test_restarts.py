"""The controller is killed while trucks cross, and started from its journal: what a strict recorder of all messages sees."""

import json
from collections import Counter
from pathlib import Path

import pytest

from drivers.wire.vda5050.topics import Publish
from drivers.wire.vda5050.traffic import Finding, Seen, Traffic
from lanectl.config import load
from lanectl.virtual.lane import Options, VirtualLane
from sim.scene import Place

SITE = Path(__file__).parents[2] / "config" / "bac-luan-2"
IN_SERVICE_S = 160.0  # the lane is open, the first truck is on its way
DEAD_S = 1.5


class Recorder:
    """Everything that the broker carries, judged by the same checker that judges anybody's traffic."""

    def __init__(self, lane: VirtualLane) -> None:
        layout = lane.site.layout
        self.traffic = Traffic(frozenset((layout.gates[0].beyond_node, layout.gates[1].beyond_node)))
        self.findings: list[Finding] = []
        self.orders: list[dict[str, object]] = []
        self._lane = lane
        self._trace = lane.bench.broker.watch
        lane.bench.broker.watch = self._carried

    def _carried(self, publish: Publish) -> None:
        self._trace(publish)
        seen = Seen(self.traffic.messages, publish.topic, publish.payload, self._lane.bench.now, publish.qos, publish.retain)
        self.findings += self.traffic.judge(seen)
        if publish.topic.endswith("/order"):
            self.orders.append(json.loads(publish.payload))


def restarted(lane: VirtualLane) -> None:
    lane.bench.kill_controller()
    lane.run_for(DEAD_S)
    lane.bench.start_controller()


def under_way(lane: VirtualLane) -> list[str]:
    return [serial for serial, truck in lane.bench.lane.world.trucks.items() if truck.place is Place.LANE and truck.front_m > 0.0]


def ends_of(order: dict[str, object]) -> tuple[object, object]:
    nodes = order["nodes"]
    assert isinstance(nodes, list)
    return order["orderId"], max(node["sequenceId"] for node in nodes if node["released"])


@pytest.fixture
def lane(tmp_path: Path) -> VirtualLane:
    return VirtualLane(load(SITE), Options(3, 3, tmp_path))


@pytest.mark.campaign
def test_a_controller_that_is_killed_among_crossing_trucks_resumes_each_with_its_order(lane: VirtualLane) -> None:
    recorder = Recorder(lane)
    lane.run_for(IN_SERVICE_S)
    for _ in range(6):
        assert under_way(lane)
        restarted(lane)
        lane.run_for(31.0)
    crossings = lane.crossings
    lane.run_for(300.0)
    assert [f"{f.at:.1f} s {f.topic}: {f.breach}" for f in recorder.findings] == []
    assert lane.broken == ()
    assert lane.crossings >= crossings + 3, "a truck is dead to the system"
    assert lane.bench.starts == 7


@pytest.mark.campaign
def test_no_way_is_given_twice_over_a_restart(lane: VirtualLane) -> None:
    recorder = Recorder(lane)
    lane.run_for(IN_SERVICE_S)
    for _ in range(4):
        restarted(lane)
        lane.run_for(23.0)
    updates = {(order["orderId"], order["orderUpdateId"]): ends_of(order) for order in recorder.orders}
    assert [end for end, times in Counter(updates.values()).items() if times > 1] == []


@pytest.mark.campaign
def test_a_broker_without_its_memory_gets_from_everybody_what_it_has_to_keep(lane: VirtualLane) -> None:
    recorder = Recorder(lane)
    lane.run_for(IN_SERVICE_S)
    lane.bench.broker.gone(forgets=True)
    lane.bench.kill_controller()
    lane.run_for(3.0)
    lane.bench.broker.back()
    lane.bench.start_controller()
    crossings = lane.crossings
    lane.run_for(300.0)
    assert [f"{f.at:.1f} s {f.topic}: {f.breach}" for f in recorder.findings] == []
    assert lane.broken == ()
    assert lane.crossings >= crossings + 3
