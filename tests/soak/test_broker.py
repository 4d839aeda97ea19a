"""The broker in memory: what the lane relies on of MQTT."""

from random import Random

import pytest

from drivers.wire.vda5050.topics import Publish
from sim.broker import Broker, Client, NoBrokerError
from sim.virtual_time import VirtualClock

TOPIC = "uagv/v2/maker/T01/connection"
ONLINE, GONE = Publish(TOPIC, b"ONLINE", 1, True), Publish(TOPIC, b"CONNECTIONBROKEN", 1, True)


class Table:
    """A broker, and what each client that sat down heard and lost."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.broker = Broker(self.clock, Random(1))
        self.heard: dict[str, list[tuple[bytes, bool]]] = {}
        self.lost: list[str] = []

    def sit(self, name: str, *, will: Publish | None = None, clean: bool = True) -> Client:
        heard = self.heard.setdefault(name, [])
        return self.broker.connect(
            name, lambda _, payload, retained: heard.append((payload, retained)), lambda _: self.lost.append(name), will=will, clean=clean
        )

    def wait(self, seconds: float = 1.0) -> None:
        self.clock.run_until(self.clock.now() + seconds)


@pytest.fixture
def table() -> Table:
    return Table()


def test_what_is_retained_comes_with_the_subscription_and_says_so(table: Table) -> None:
    table.sit("truck").publish(ONLINE)
    table.wait()
    table.sit("lane").subscribe([(TOPIC, 1)])
    table.wait()
    assert table.heard["lane"] == [(b"ONLINE", True)]


def test_a_truck_that_dies_leaves_its_last_will_and_one_that_signs_off_does_not(table: Table) -> None:
    table.sit("lane").subscribe([(TOPIC, 1)])
    table.sit("T01", will=GONE).die()
    table.sit("T02", will=GONE).close()
    table.wait()
    assert table.heard["lane"] == [(b"CONNECTIONBROKEN", False)]


def test_a_session_that_stays_gets_what_it_missed_but_only_at_qos_1(table: Table) -> None:
    lane = table.sit("lane", clean=False)
    lane.subscribe([(TOPIC, 1), ("state", 0)])
    lane.die()
    truck = table.sit("truck")
    truck.publish(ONLINE)
    truck.publish(Publish("state", b"old"))
    table.wait()
    table.sit("lane", clean=False)
    table.wait()
    assert table.heard["lane"] == [(b"ONLINE", False)]


def test_a_broker_without_its_memory_knows_nobody_and_keeps_nothing(table: Table) -> None:
    truck = table.sit("truck")
    truck.publish(ONLINE)
    table.wait()
    table.broker.gone(forgets=True)
    assert table.lost == ["truck"]
    with pytest.raises(NoBrokerError):
        table.sit("lane")
    table.broker.back()
    table.sit("lane").subscribe([(TOPIC, 1)])
    table.wait()
    assert table.heard["lane"] == []


def test_a_half_open_link_is_silent_until_both_ends_find_out(table: Table) -> None:
    table.sit("lane").subscribe([(TOPIC, 1)])
    truck = table.sit("T01", will=GONE)
    table.broker.half_open("T01")
    truck.publish(ONLINE)
    table.wait(5.0)
    assert (table.heard["lane"], table.lost) == ([], [])
    table.wait(10.0)
    assert table.heard["lane"] == [(b"CONNECTIONBROKEN", False)]
    assert table.lost == ["T01"]


def test_messages_keep_their_order_whatever_the_network_does(table: Table) -> None:
    table.broker.doubling = 0.3
    table.sit("lane").subscribe([(TOPIC, 0)])
    truck = table.sit("truck")
    for number in range(50):
        truck.publish(Publish(TOPIC, b"%02d" % number))
    table.wait()
    heard = [payload for payload, _ in table.heard["lane"]]
    assert heard == sorted(heard)
    assert len(heard) > len(set(heard)) == 50
