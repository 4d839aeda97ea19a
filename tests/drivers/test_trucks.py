"""The master control and a vehicle that obeys the standard, over a crossing and over what goes wrong in one."""

import json

import pytest

from drivers.wire.vda5050.messages import OperatingMode
from drivers.wire.vda5050.topics import Publish
from lanectl.model import CancelAuthority, Connection, ExtendAuthority, PauseTruck, ResumeTruck
from sim.truck_plan import Seen
from tests.truck_bench import NODES, RUN, TruckBench, wall

STOPS = [name for name, _ in NODES]


def extended(bench: TruckBench, node: str, serial: str = "T01") -> None:
    bench.ask(ExtendAuthority(serial, node))
    bench.run_until(lambda: bench.last(serial).authority_end == node, within_s=1)


def crossing_to(node: str) -> TruckBench:
    """A lane whose truck T01 stands at `node`, driven there on our order."""
    bench = TruckBench("T01")
    for stop in STOPS[1 : STOPS.index(node) + 1]:
        extended(bench, stop)
    bench.run_until(lambda: bench.last().order_done and bench.last().standing, within_s=150)
    return bench


def sent(publish: Publish) -> dict[str, object]:
    message: dict[str, object] = json.loads(publish.payload)
    return message


def content(publish: Publish) -> dict[str, object]:
    return {key: value for key, value in sent(publish).items() if key not in ("headerId", "timestamp")}


def of_topic(bench: TruckBench, topic: str) -> list[dict[str, object]]:
    return [sent(publish) for publish in bench.sent if publish.topic.endswith(f"/{topic}")]


# ---------------------------------------------------------------- a crossing


def test_truck_that_signs_on_is_online_localised_and_stands_at_the_gate() -> None:
    report = TruckBench("T01").last()
    assert (report.connection, report.localised, report.standing, report.last_node) == (Connection.ONLINE, True, True, "vn-gate")
    assert (report.authority_end, report.order_done, report.cancelled, report.rejected, report.fatal) == ("", False, False, "", "")


def test_authority_counts_as_taken_only_when_the_truck_shows_it() -> None:
    bench = TruckBench("T01")
    bench.lost = lambda publish: publish.topic.endswith("/order")
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    bench.run_for(3)
    assert bench.last().authority_end == ""


def test_truck_drives_section_by_section_and_stops_at_each_end() -> None:
    bench = TruckBench("T01")
    for node, at_m in NODES[1:]:
        extended(bench, node)
        bench.run_until(lambda: bench.last().order_done and bench.last().standing, within_s=100)
        assert (bench.last().last_node, round(bench.trucks["T01"].front_m, 1)) == (node, round(at_m, 1))
    assert len({message["orderId"] for message in of_topic(bench, "order")}) == 1
    assert [message["orderUpdateId"] for message in of_topic(bench, "order")] == [0, 1, 2, 3, 4]


def test_truck_that_is_extended_in_time_does_not_stop() -> None:
    bench = TruckBench("T01")
    extended(bench, "K1-stop")
    bench.run_for(5)
    extended(bench, "K2-stop")
    bench.run_until(lambda: bench.last().last_node == "K1-stop", within_s=10)
    assert not bench.last().standing


def test_truck_never_passes_its_released_base() -> None:
    bench = TruckBench("T01")
    extended(bench, "K1-stop")
    bench.run_for(60)
    assert bench.trucks["T01"].front_m == pytest.approx(65.25)
    assert bench.last().authority_end == "K1-stop"


def test_update_starts_with_the_last_node_of_the_base_unchanged_and_sends_no_other_again() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    extended(bench, "K3-stop")
    first, second = of_topic(bench, "order")
    stitch = next(node for node in first["nodes"] if node["nodeId"] == "K2-stop")  # type: ignore[attr-defined]
    assert second["nodes"][0] == stitch  # type: ignore[index]
    assert [node["nodeId"] for node in second["nodes"] if node["released"]] == ["K2-stop", "K3-stop"]  # type: ignore[attr-defined]


def test_two_trucks_are_counted_each_on_its_own() -> None:
    bench = TruckBench("T01", "T02")
    bench.trucks["T02"].stands_at(142.5)
    bench.run_for(6)
    extended(bench, "K3-stop", "T02")
    extended(bench, "K1-stop", "T01")
    assert [message["headerId"] for message in of_topic(bench, "order")] == [0, 0]
    assert len({message["orderId"] for message in of_topic(bench, "order")}) == 2


def test_header_ids_rise_by_one_for_each_topic() -> None:
    bench = crossing_to("K3-stop")
    bench.ask(PauseTruck("T01"))
    bench.run_for(1)
    bench.ask(ResumeTruck("T01"))
    bench.run_for(1)
    for topic in ("order", "instantActions", "state"):
        ids = [message["headerId"] for message in of_topic(bench, topic)]
        assert ids == list(range(len(ids)))


def test_truck_that_came_back_gets_a_new_order() -> None:
    bench = crossing_to("cn-clear")
    truck = bench.trucks["T01"]
    truck.vehicle.sign_off(wall(bench.now))
    bench.run_for(1)
    assert bench.last().connection is Connection.OFFLINE
    truck.front_m = -3.0
    truck.way = truck.vehicle.advance(bench.now, wall(bench.now), Seen(-3.0, 0.0))
    truck.vehicle.connected(bench.now, wall(bench.now))
    bench.run_for(0.5)
    assert (bench.last().last_node, bench.last().authority_end, bench.last().order_done) == ("vn-gate", "", False)
    extended(bench, "K1-stop")
    assert len({message["orderId"] for message in of_topic(bench, "order")}) == 2


# ---------------------------------------------------------------- messages get lost


def test_lost_order_is_sent_again_with_the_same_content_under_a_new_header() -> None:
    bench = TruckBench("T01")
    bench.lost = lambda publish: publish.topic.endswith("/order")
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    bench.run_for(2)
    bench.lost = lambda _: False
    extended(bench, "K1-stop")
    first, again = bench.orders()
    assert content(first) == content(again)
    assert (sent(first)["headerId"], sent(again)["headerId"]) == (0, 1)
    assert sent(first)["timestamp"] != sent(again)["timestamp"]


def test_farther_authority_waits_until_the_lost_update_is_taken() -> None:
    bench = crossing_to("K1-stop")
    bench.lost = lambda publish: publish.topic.endswith("/order")
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    bench.lost = lambda _: False
    bench.run_for(0.1)
    bench.ask(ExtendAuthority("T01", "K3-stop"))
    bench.run_for(0.5)
    assert bench.last().authority_end == "K2-stop"
    extended(bench, "K3-stop")
    assert bench.last().rejected == ""


def test_repeated_command_that_the_truck_already_shows_sends_nothing() -> None:
    bench = crossing_to("K1-stop")
    before = len(bench.orders())
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    assert len(bench.orders()) == before


def test_released_way_is_never_shortened() -> None:
    bench = TruckBench("T01")
    extended(bench, "K3-stop")
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    assert len(bench.orders()) == 1
    assert "cannot be taken back" in bench.control.notices()[-1]


# ---------------------------------------------------------------- cancel, pause


def test_cancelled_truck_stops_and_confirms() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    bench.run_for(4)
    bench.ask(CancelAuthority("T01"))
    bench.run_until(lambda: bench.last().cancelled, within_s=2)
    assert (bench.last().standing, bench.last().authority_end, bench.last().rejected) == (True, "", "")
    assert bench.trucks["T01"].front_m < 60


def test_lost_cancellation_is_repeated_under_a_new_action_id() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    bench.lost = lambda publish: publish.topic.endswith("/instantActions")
    bench.ask(CancelAuthority("T01"))
    bench.run_for(1)
    bench.lost = lambda _: False
    bench.run_until(lambda: bench.last().cancelled, within_s=3)
    actions = [action for message in of_topic(bench, "instantActions") for action in message["actions"]]  # type: ignore[attr-defined]
    cancels = [action["actionId"] for action in actions if action["actionType"] == "cancelOrder"]
    assert len(cancels) == len(set(cancels)) == 2


def test_cancellation_is_asked_once_while_the_truck_is_at_it() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    bench.run_for(3)
    for _ in range(5):
        bench.ask(CancelAuthority("T01"))
    bench.run_for(5)
    actions = [action for message in of_topic(bench, "instantActions") for action in message["actions"]]  # type: ignore[attr-defined]
    assert len([action for action in actions if action["actionType"] == "cancelOrder"]) == 1


def test_nothing_is_ordered_while_a_cancellation_is_not_confirmed() -> None:
    bench = TruckBench("T01")
    extended(bench, "K1-stop")
    bench.lost = lambda publish: publish.topic.endswith("/instantActions")
    bench.ask(CancelAuthority("T01"))
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    assert len(bench.orders()) == 1


def test_cancelled_truck_goes_on_with_a_new_order_from_between_two_nodes() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    bench.run_for(4)
    bench.ask(CancelAuthority("T01"))
    bench.run_until(lambda: bench.last().cancelled, within_s=2)
    extended(bench, "K1-stop")
    assert not bench.last().cancelled
    assert sent(bench.orders()[-1])["orderUpdateId"] == 0
    bench.run_until(lambda: bench.last().last_node == "K1-stop", within_s=20)


def test_cancelling_an_order_that_never_arrived_is_confirmed_too() -> None:
    bench = TruckBench("T01")
    bench.lost = lambda publish: publish.topic.endswith("/order")
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    bench.ask(CancelAuthority("T01"))
    bench.run_until(lambda: bench.last().cancelled, within_s=2)
    assert bench.last().rejected == ""


def test_cancelling_without_an_order_sends_nothing_and_is_confirmed() -> None:
    bench = TruckBench("T01")
    bench.ask(CancelAuthority("T01"))
    bench.run_until(lambda: bench.last().cancelled, within_s=2)
    assert not any(b"cancelOrder" in publish.payload for publish in bench.sent)


def test_paused_truck_stands_until_it_is_resumed() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    bench.run_for(2)
    bench.ask(PauseTruck("T01"))
    bench.run_until(lambda: bench.last().paused and bench.last().standing, within_s=1)
    bench.run_for(5)
    assert bench.last().authority_end == "K2-stop"
    bench.ask(ResumeTruck("T01"))
    bench.run_until(lambda: bench.last().last_node == "K2-stop", within_s=30)


def test_lost_pause_is_repeated_but_a_lost_resume_is_not() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    bench.lost = lambda publish: publish.topic.endswith("/instantActions")
    bench.ask(PauseTruck("T01"))
    bench.run_for(1)
    bench.lost = lambda _: False
    bench.run_until(lambda: bench.last().paused, within_s=3)
    bench.lost = lambda publish: publish.topic.endswith("/instantActions")
    bench.ask(ResumeTruck("T01"))
    bench.run_for(10)
    assert bench.last().paused


def test_cancellation_waits_while_the_truck_is_driven_by_hand() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    truck = bench.trucks["T01"].vehicle
    truck.mode = OperatingMode.MANUAL
    bench.run_for(1)
    before = len(of_topic(bench, "instantActions"))
    bench.ask(CancelAuthority("T01"))
    bench.run_for(5)
    assert len(of_topic(bench, "instantActions")) == before
    truck.mode = OperatingMode.AUTOMATIC
    bench.run_until(lambda: bench.last().cancelled, within_s=5)


# ---------------------------------------------------------------- restarts


def test_order_that_a_restarted_truck_no_longer_shows_is_reported_lost() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    bench.run_for(3)
    truck = bench.trucks["T01"].vehicle
    truck.restarted()
    truck.connected(bench.now, wall(bench.now))
    bench.run_for(1)
    assert (bench.last().authority_end, bench.last().order_done, bench.last().standing) == ("", False, True)
    extended(bench, "K2-stop")
    bench.run_until(lambda: bench.last().last_node == "K2-stop", within_s=30)


def test_restarted_controller_finds_the_order_that_a_truck_shows() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    bench.run_for(2)
    bench.restart_control(RUN + 60)
    bench.run_for(1.1)
    assert (bench.last().authority_end, bench.last().order_done) == ("K2-stop", False)
    extended(bench, "K3-stop")
    bench.run_until(lambda: bench.last().last_node == "K3-stop", within_s=60)
    assert len({message["orderId"] for message in of_topic(bench, "order")}) == 1


def test_restarted_controller_extends_an_order_whose_base_is_driven_out() -> None:
    bench = crossing_to("K2-stop")
    bench.restart_control(RUN + 60)
    bench.run_for(1.1)
    assert (bench.last().authority_end, bench.last().order_done) == ("K2-stop", True)
    extended(bench, "K3-stop")


def test_restarted_controller_never_uses_an_update_id_of_an_earlier_run() -> None:
    bench = crossing_to("K1-stop")
    bench.lost = lambda publish: publish.topic.endswith("/order")
    for run, node in ((RUN, "K2-stop"), (RUN + 60, "K3-stop"), (RUN + 120, "cn-gate")):
        if run != RUN:
            bench.restart_control(run)
            bench.run_for(1.1)
        bench.ask(ExtendAuthority("T01", node))
    used = [message["orderUpdateId"] for message in of_topic(bench, "order")]
    assert len(used) == len(set(used)) == 4
    bench.lost = lambda _: False
    bench.run_for(0.1)
    extended(bench, "cn-gate")
    assert bench.last().rejected == ""


def test_restarted_controller_can_cancel_the_order_that_a_truck_shows() -> None:
    bench = TruckBench("T01")
    extended(bench, "K2-stop")
    bench.restart_control(RUN + 60)
    bench.run_for(1.1)
    bench.ask(CancelAuthority("T01"))
    bench.run_until(lambda: bench.last().cancelled, within_s=2)
