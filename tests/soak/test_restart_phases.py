"""The controller is killed in each phase of an order and started from its journal: what a strict recorder sees; nobody is left behind."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.wire.vda5050.topics import Publish
from drivers.wire.vda5050.traffic import Finding, Seen, Traffic
from lanectl.config import load
from lanectl.model import Act, ActRequested, Lane
from lanectl.virtual.lane import Options, VirtualLane
from sim.scene import Place

SITE = Path(__file__).parents[2] / "config" / "bac-luan-2"
SEED = 3
IN_SERVICE_S = 165.0  # the lane is open, the second truck drives behind the one that swept it
PHASE_S_MAX = 120.0
DEAD_S = 1.5
ACROSS_S_MAX = 600.0  # people need up to 90 s for an act

Content = dict[str, Any]


def content_of(publish: Publish) -> Content:
    return {key: value for key, value in json.loads(publish.payload).items() if key not in ("headerId", "timestamp")}


class Killed:
    """A lane of two trucks with a recorder, and one message of its controller in the middle of which that is killed."""

    def __init__(self, folder: Path) -> None:
        self.lane = VirtualLane(load(SITE), Options(SEED, 2, folder))
        self.orders: list[Content] = []
        self.headers: dict[str, list[int]] = {}
        self.findings: list[Finding] = []
        self.kills = 0
        self.meant: Callable[[str, Content], bool] = lambda _kind, _message: False  # the message that it is killed at
        self.heard = True  # by the truck
        layout = self.lane.site.layout
        self._traffic = Traffic(frozenset((layout.gates[0].beyond_node, layout.gates[1].beyond_node)))
        self._carry = self.lane.bench.broker.watch
        self.lane.bench.broker.watch = self._carried

    def kill_at(self, meant: Callable[[str, Content], bool], *, heard: bool, after: Callable[[], object] = lambda: None) -> None:
        self.meant, self.heard = meant, heard
        kills = self.kills
        after()
        self.until(lambda: self.kills > kills, PHASE_S_MAX, "the controller never came to it")
        self.start_again()

    def kill_now(self) -> None:
        self.lane.bench.kill_controller()
        self.kills += 1
        self.start_again()

    def start_again(self) -> None:
        self.lane.run_for(DEAD_S)
        self.lane.bench.start_controller()

    def until(self, holds: Callable[[], bool], within_s: float, otherwise: str) -> None:
        until = self.lane.bench.now + within_s
        while not holds():
            assert self.lane.bench.now < until, otherwise
            self.lane.run_for(0.1)

    def asked(self, act: Act, target: str) -> None:
        self.lane.act(ActRequested(act, "lan", target, "it is asked"), lambda _: None)

    @property
    def core(self) -> Lane:
        assert self.lane.station is not None
        return self.lane.station.controller.core.lane

    def driving(self) -> str:
        """A truck in the lane that drives on a way which was proved, far from its end."""
        found: list[str] = []

        def drives() -> bool:
            world, known = self.lane.bench.lane.world.trucks, self.core.trucks
            on_its_way = (s for s, t in world.items() if t.front_m > 20.0 and t.speed_mps > 3.0 and t.base_m - t.front_m > 30.0)
            found[:] = [serial for serial in on_its_way if not known[serial].sweeping]
            return bool(found)

        self.until(drives, PHASE_S_MAX, "no truck drives")
        return found[0]

    @property
    def crossed(self) -> dict[str, int]:
        trucks = self.lane.bench.lane.world.trucks.values()
        return {truck.serial: truck.crossing - (truck.place is not Place.AWAY) for truck in trucks}

    def judged(self) -> None:
        """Every truck gets across, and nothing that was carried breaks a rule."""
        before = self.crossed
        self.until(lambda: all(self.crossed[s] > n for s, n in before.items()), ACROSS_S_MAX, "a truck is dead to the system")
        assert [f"{f.at:.1f} s {f.topic}: {f.breach}" for f in self.findings] == []
        assert self.lane.broken == ()
        assert not list(repeated_with_other_content(self.orders))
        assert [topic for topic, ids in self.headers.items() if ids != list(range(ids[0], ids[0] + len(ids)))] == []

    def _carried(self, publish: Publish) -> None:
        self._carry(publish)
        kind, now = publish.topic.rsplit("/", 1)[-1], self.lane.bench.now
        self.findings += self._traffic.judge(Seen(self._traffic.messages, publish.topic, publish.payload, now, publish.qos, publish.retain))
        message = content_of(publish)
        if kind in ("order", "instantActions"):
            self.headers.setdefault(publish.topic, []).append(json.loads(publish.payload)["headerId"])
        if kind == "order":
            self.orders.append(message)
        if self.lane.bench.running and self.meant(kind, message):
            self.meant = lambda _kind, _message: False
            self.kills += 1
            self.lane.bench.kill_controller()
            if not self.heard:
                self._lose_this()

    def _lose_this(self) -> None:
        broker = self.lane.bench.broker
        broker.lossy = 1.0
        broker.clock.call_soon(lambda: setattr(broker, "lossy", 0.0))


def repeated_with_other_content(orders: list[Content]) -> Iterator[Content]:
    """Rule 13, and no update under a lower id than one before it."""
    highest: dict[str, Content] = {}
    for order in orders:
        before = highest.setdefault(order["orderId"], order)
        if order["orderUpdateId"] <= before["orderUpdateId"] and order != before:
            yield order
        if order["orderUpdateId"] > before["orderUpdateId"]:
            highest[order["orderId"]] = order


@pytest.fixture
def killed(tmp_path: Path) -> Killed:
    killed = Killed(tmp_path)
    killed.lane.run_for(IN_SERVICE_S)
    return killed


def is_new(kind: str, message: Content) -> bool:
    return kind == "order" and message["orderUpdateId"] == 0


def is_update(kind: str, message: Content) -> bool:
    return kind == "order" and message["orderUpdateId"] > 0


def is_cancellation(kind: str, message: Content) -> bool:
    return kind == "instantActions" and message["actions"][0]["actionType"] == "cancelOrder"


LONGER = pytest.mark.campaign


@pytest.mark.parametrize(
    ("meant", "heard"),
    [
        pytest.param(is_new, False, id="order not heard", marks=LONGER),
        pytest.param(is_new, True, id="order not shown", marks=LONGER),
        pytest.param(is_update, False, id="update not heard"),
        pytest.param(is_update, True, id="update not shown", marks=LONGER),
    ],
)
def test_a_controller_that_dies_at_an_order_goes_on_with_it(killed: Killed, meant: Callable[[str, Content], bool], heard: bool) -> None:
    killed.kill_at(meant, heard=heard)
    killed.judged()


@LONGER
def test_a_truck_whose_way_a_restart_left_unproved_is_stopped_and_given_a_new_one_by_nobodys_hand(killed: Killed) -> None:
    truck = killed.driving()
    before = len(killed.orders)
    killed.lane.attended = False
    killed.kill_at(lambda kind, _: kind == "state", heard=True)

    def following() -> list[Content]:
        return [order for order in killed.orders[before:] if order["serialNumber"] == truck]

    killed.until(lambda: bool(following()), 60.0, "it stays where it is")
    assert following()[0]["orderUpdateId"] == 0, "what was cancelled is never updated"
    killed.lane.attended = True
    killed.judged()


@pytest.mark.parametrize("heard", [pytest.param(False, id="not heard", marks=LONGER), pytest.param(True, id="heard")])
def test_a_controller_that_dies_while_a_cancellation_is_not_confirmed_waits_for_it_again(killed: Killed, heard: bool) -> None:
    truck = killed.driving()
    killed.lane.attended = False
    killed.kill_at(is_cancellation, heard=heard, after=lambda: killed.asked(Act.CANCEL, truck))
    sent = len(killed.orders)
    killed.until(lambda: truck in killed.core.trucks and not killed.core.trucks[truck].cancelling, 60.0, "it is never confirmed")
    killed.lane.run_for(10.0)
    assert not [order for order in killed.orders[sent:] if order["serialNumber"] == truck]
    killed.lane.attended = True
    killed.judged()


@LONGER
def test_a_truck_that_was_paused_by_a_person_stays_so_over_a_restart(killed: Killed) -> None:
    truck = killed.driving()
    killed.lane.attended = False
    killed.asked(Act.PAUSE, truck)
    killed.until(lambda: killed.core.trucks[truck].report.paused, 10.0, "it does not pause")
    killed.kill_now()
    killed.lane.run_for(20.0)
    stood_at = killed.lane.bench.lane.world.trucks[truck].front_m
    killed.lane.run_for(20.0)
    assert killed.lane.bench.lane.world.trucks[truck].front_m == stood_at
    killed.lane.attended = True
    killed.judged()


@LONGER
def test_a_controller_that_hears_and_is_heard_twice_over_sends_nothing_twice(killed: Killed) -> None:
    killed.lane.bench.broker.doubling = 1.0
    killed.kill_at(is_update, heard=True)
    killed.judged()


def test_a_broker_without_its_memory_is_given_factsheets_again(killed: Killed) -> None:
    broker = killed.lane.bench.broker
    broker.gone(forgets=True)
    killed.lane.run_for(3.0)
    broker.back()
    killed.lane.run_for(15.0)
    kept = {tuple(topic.split("/")[-2:]) for topic in broker._retained}
    trucks = killed.lane.bench.lane.world.trucks
    assert kept >= {(serial, kind) for serial in trucks for kind in ("connection", "factsheet")}
    killed.judged()
