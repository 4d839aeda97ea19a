"""Trucks that go wrong: what the lane makes of each, and that somebody is told. Nothing is given or believed on a doubtful word."""

import json
from typing import Any

import pytest

from drivers.truck_orders import TruckPlan, TrucksPlan
from drivers.truck_watch import TROUBLES
from drivers.wire.vda5050.topics import Publish
from lanectl.model import CancelAuthority, Connection, ExtendAuthority, TruckReported
from lanectl.status.alarms import PRIORITIES
from tests.drivers.test_trucks_faults import FACTSHEET, STATE, bench_with_order_to, last_state, said
from tests.truck_bench import NODES, RUN, TruckBench, wall


def told(bench: TruckBench, serial: str = "T01") -> set[str]:
    return {code for code, _ in bench.last(serial).troubles}


def troubles_of(report: TruckReported | None) -> set[str]:
    assert report is not None
    return {code for code, _ in report.troubles}


def later(bench: TruckBench, seconds: float, header_id: int, **changed: Any) -> TruckReported:
    """The truck's last state once more, so much later, under this headerId."""
    bench.now = round(bench.now + seconds, 6)
    report = said(bench, headerId=header_id, timestamp=wall(bench.now), **changed)
    assert report is not None
    return report


def place(x: float) -> dict[str, Any]:
    return {"x": x, "y": 0.0, "theta": 0.0, "mapId": "lane", "positionInitialized": True}


def extended_to(bench: TruckBench, node: str) -> list[Publish]:
    before = len(bench.orders())
    bench.ask(ExtendAuthority("T01", node))
    return bench.orders()[before:]


def test_every_trouble_is_an_alarm_with_its_sentences() -> None:
    assert {f"TRUCK_{code.upper()}" for code in TROUBLES} <= set(PRIORITIES)


# ---------------------------------------------------------------- an echo that is none


def cancelled_bench() -> TruckBench:
    bench = bench_with_order_to("K2-stop")
    bench.ask(CancelAuthority("T01"))
    bench.run_until(lambda: bench.last().cancelled, within_s=3)
    return bench


def test_truck_that_lies_about_its_place_after_a_cancellation_does_not_look_as_if_it_had_taken_the_new_order() -> None:
    bench = cancelled_bench()
    bench.lost = lambda publish: publish.topic.endswith("/order")
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    report = said(bench, lastNodeId="K2-stop", lastNodeSequenceId=4, nodeStates=[], edgeStates=[])
    assert report is not None
    assert (report.authority_end, report.order_done) == ("", False)


def test_cancelled_order_that_is_shown_again_is_fatal_and_its_truck_not_proved_standing() -> None:
    bench = bench_with_order_to("K2-stop")
    before = last_state(bench)
    bench.ask(CancelAuthority("T01"))
    bench.run_until(lambda: bench.last().cancelled, within_s=3)
    bench.lost = lambda publish: publish.topic.endswith("/order")
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    report = said(bench, nodeStates=before["nodeStates"], edgeStates=before["edgeStates"])
    assert report is not None
    assert (report.authority_end, report.standing) == ("", False)
    assert "again, which it had confirmed to be cancelled" in report.fatal


def test_truck_that_claims_to_have_driven_farther_than_it_was_sent_has_not_taken_the_update() -> None:
    bench = bench_with_order_to("K1-stop")
    bench.lost = lambda publish: publish.topic.endswith("/order")
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    horizon = [node | {"released": False} for node in last_state(bench)["nodeStates"][2:]]
    report = said(bench, lastNodeId="K2-stop", lastNodeSequenceId=4, nodeStates=horizon)
    assert report is not None
    assert (report.authority_end, report.order_done) == ("K1-stop", False)
    assert report.fatal == "says that it has driven to K2-stop, was sent to K1-stop"


def test_new_order_counts_as_taken_once_the_truck_shows_it() -> None:
    bench = cancelled_bench()
    bench.ask(ExtendAuthority("T01", "K2-stop"))
    bench.run_until(lambda: bench.last().authority_end == "K2-stop", within_s=2)


# ---------------------------------------------------------------- odd stories


def test_truck_that_jumps_is_not_localised_until_its_place_is_plain_again() -> None:
    bench = TruckBench("T01")
    report = later(bench, 1.0, 50, agvPosition=place(300.0))
    assert ("jumped" in troubles_of(report), report.localised) == (True, False)
    assert extended_to(bench, "K1-stop") == []
    for number in range(51, 55):
        report = later(bench, 1.0, number, agvPosition=place(300.0))
    assert report.localised
    assert "jumped" not in troubles_of(report)


def test_truck_at_full_speed_whose_states_come_late_in_a_bunch_has_not_jumped() -> None:
    bench = bench_with_order_to("K2-stop")
    header_id, at = last_state(bench)["headerId"], bench.now
    for second in range(1, 4):
        report = said(bench, headerId=header_id + second, timestamp=wall(at + second), agvPosition=place(6.9 * second))
        assert report is not None
        assert "jumped" not in troubles_of(report)


def test_truck_that_was_towed_while_it_was_signed_off_has_not_jumped() -> None:
    bench = TruckBench("T01")
    truck = bench.trucks["T01"]
    truck.vehicle.sign_off(wall(bench.now))
    bench.run_for(1)
    truck.stands_at(219.75)
    truck.way = truck.vehicle.advance(bench.now, wall(bench.now), truck.seen)
    truck.vehicle.connected(bench.now, wall(bench.now))
    bench.run_for(1)
    assert told(bench) == set()


def test_two_trucks_with_one_serial_are_told_and_get_nothing() -> None:
    bench = TruckBench("T01")
    for turn in range(4):
        later(bench, 0.5, 500 + turn)
        report = later(bench, 0.5, 20 + turn)
    assert ("twice" in troubles_of(report), report.localised) == (True, False)
    assert extended_to(bench, "K1-stop") == []


def test_two_trucks_that_throw_each_other_off_the_broker_are_told() -> None:
    bench = TruckBench("T01")
    for _ in range(3):
        bench.trucks["T01"].vehicle.connected(bench.now, wall(bench.now))
        bench.run_for(1)
    assert "twice" in told(bench)


def test_truck_that_was_started_anew_once_is_one_truck() -> None:
    bench = TruckBench("T01")
    bench.run_for(20)
    bench.trucks["T01"].vehicle.restarted()
    bench.trucks["T01"].vehicle.connected(bench.now, wall(bench.now))
    bench.run_for(2)
    assert told(bench) == set()


def test_truck_on_another_map_is_told_by_both_names() -> None:
    report = said(TruckBench("T01"), agvPosition=place(0.0) | {"mapId": "yard"})
    assert report is not None
    assert (report.troubles, report.localised) == ((("wrong_map", "yard, lane"),), False)


def test_truck_that_has_a_way_and_does_not_move_is_stalled_after_a_while() -> None:
    bench = bench_with_order_to("K2-stop")
    header_id = last_state(bench)["headerId"]
    standing = {"driving": False, "velocity": {"vx": 0.0}}
    assert "stalled" not in troubles_of(later(bench, 1.0, header_id + 1, **standing))
    assert "stalled" not in troubles_of(later(bench, 29.0, header_id + 2, **standing))
    assert "stalled" in troubles_of(later(bench, 2.0, header_id + 3, **standing))
    assert "stalled" not in troubles_of(later(bench, 1.0, header_id + 4, driving=True))


def test_truck_that_stands_at_the_end_of_its_way_is_not_stalled() -> None:
    bench = bench_with_order_to("K1-stop")
    bench.run_for(60)
    assert bench.last().order_done
    assert told(bench) == set()


def test_low_battery_is_told_and_withholds_nothing() -> None:
    bench = TruckBench("T01")
    report = said(bench, batteryState={"batteryCharge": 9.6, "charging": False})
    assert report is not None
    assert report.troubles == (("battery_low", "10 %"),)
    assert len(extended_to(bench, "K1-stop")) == 1


def test_wrong_clock_of_a_truck_is_told_and_decides_nothing() -> None:
    bench = TruckBench("T01")
    state = last_state(bench) | {"headerId": 90, "timestamp": "2031-01-01T00:00:00Z"}
    (report,) = bench.control.receive(bench.now, STATE, json.dumps(state).encode(), wall_utc=wall(bench.now))
    assert isinstance(report, TruckReported)
    assert (troubles_of(report), report.localised) == ({"clock_off"}, True)


def test_flood_of_states_is_told() -> None:
    bench = TruckBench("T01")
    for turn in range(6):
        report = later(bench, 1.0, 100 + 200 * turn)
    assert "floods" in troubles_of(report)


def test_truck_that_speaks_though_its_last_will_was_heard_gets_nothing_and_is_told() -> None:
    bench = TruckBench("T01")
    will = bench.trucks["T01"].vehicle.will("2020-01-01T00:00:00.00Z")
    bench.control.receive(bench.now, will.topic, will.payload)
    bench.run_for(2)
    assert (bench.last().connection, told(bench)) == (Connection.BROKEN, {"unsigned"})
    assert extended_to(bench, "K1-stop") == []
    bench.trucks["T01"].vehicle.connected(bench.now, wall(bench.now))
    bench.run_for(1)
    assert (bench.last().connection, told(bench)) == (Connection.ONLINE, set())


def test_garbage_beside_good_states_is_told_for_a_while() -> None:
    bench = TruckBench("T01")
    bench.control.receive(bench.now, STATE, b"{oops")
    bench.run_for(1.1)
    assert told(bench) == {"garbled"}
    bench.run_for(11)
    assert told(bench) == set()


def test_megabyte_of_json_is_dropped_unread() -> None:
    bench = TruckBench("T01")
    payload = json.dumps(last_state(bench) | {"information": [{"infoType": "x" * 100, "infoLevel": "INFO"}] * 10_000}).encode()
    assert len(payload) > 1_000_000
    assert bench.control.receive(bench.now, STATE, payload) == []
    bench.run_for(1.1)
    assert ("garbled", told(bench)) == ("garbled", {"garbled"})


def test_truck_that_never_gives_a_factsheet_is_told_and_drives_by_what_the_fleet_says() -> None:
    bench = TruckBench("T01")
    bench.lost = lambda publish: publish.topic == FACTSHEET
    bench.run_for(65)
    assert told(bench) == {"no_factsheet"}
    assert len(extended_to(bench, "K1-stop")) == 1


def test_broker_that_lost_its_memory_is_given_the_factsheet_again_and_one_that_kept_it_is_not_asked_for_more() -> None:
    bench = TruckBench("T01")
    bench.run_for(3)
    sheet = next(publish for publish in bench.sent if publish.topic == FACTSHEET)
    for keeps, asked in ((True, 0), (False, 1)):
        before = len([publish for publish in bench.sent if publish.topic == FACTSHEET])
        bench.control.broker_lost(bench.now)
        bench.control.broker_back(bench.now)
        if keeps:
            bench.control.receive(bench.now, FACTSHEET, sheet.payload, retained=True)
        bench.run_for(65)
        assert len([publish for publish in bench.sent if publish.topic == FACTSHEET]) - before == asked
        assert told(bench) == set()


# ---------------------------------------------------------------- enrolment


def enrolled(**sheet: Any) -> str:
    """Why a truck whose factsheet says this is not enrolled."""
    bench = TruckBench("T01", plan=TruckPlan("T01", "maker", "2.1.0", 17.0, 1.5))
    bench.run_for(2)
    said_of_itself = json.loads(next(p.payload for p in bench.sent if p.topic == FACTSHEET))
    for path, value in sheet.items():
        *parts, last = path.split("__")
        held = said_of_itself
        for part in parts:
            held = held.setdefault(part, {})
        held[last] = value
    bench.control.receive(bench.now, FACTSHEET, json.dumps(said_of_itself).encode(), retained=True)
    bench.run_for(1.1)
    assert bool(bench.last().fatal) == (extended_to(bench, "K1-stop") == [])
    return bench.last().fatal


def test_truck_that_is_what_the_fleet_says_is_enrolled() -> None:
    assert enrolled() == ""


@pytest.mark.parametrize(
    ("sheet", "why"),
    [
        ({"protocolLimits__timing__defaultStateInterval": 5.0}, "a state every 5.0 s"),
        ({"protocolLimits__timing__minStateInterval": 2.0}, "at most a state every 2.0 s"),
        ({"physicalParameters__length": 18.5}, "18.5 m long, the fleet says 17 m"),
        ({"physicalParameters__decelerationMax": 0.9}, "brakes with 0.9 m/s², the fleet says 1.5 at least"),
        ({"protocolLimits__maxStringLens__idLen": 8}, "ids of 8 characters"),
        ({"protocolLimits__maxStringLens__idNumericalOnly": True}, "numbers as ids only"),
        ({"protocolLimits__maxArrayLens__order.nodes": 1}, "orders of one node"),
        (
            {"protocolFeatures__optionalParameters": [{"parameter": "order.edges.trajectory", "support": "REQUIRED"}]},
            "requires order.edges.trajectory",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_truck_whose_factsheet_says_worse_is_not_enrolled(sheet: dict[str, Any], why: str) -> None:
    assert why in enrolled(**sheet)


@pytest.mark.parametrize("missing", ["cancelOrder", "startPause", "stopPause"])
def test_truck_that_cannot_be_stopped_is_not_enrolled(missing: str) -> None:
    able = [{"actionType": name, "actionScopes": ["INSTANT"]} for name in ("cancelOrder", "startPause", "stopPause") if name != missing]
    here = {"actionType": missing, "actionScopes": ["NODE"]}
    assert f"no instant action {missing}" in enrolled(protocolFeatures__agvActions=able)
    assert f"no instant action {missing}" in enrolled(protocolFeatures__agvActions=[*able, here])


def test_truck_whose_factsheet_lists_no_action_at_all_is_taken_by_the_fleets_word() -> None:
    assert enrolled(protocolFeatures__agvActions=[]) == ""


def test_truck_that_brakes_and_measures_better_is_enrolled() -> None:
    assert enrolled(physicalParameters__length=12.0, physicalParameters__decelerationMax=-3.0) == ""


def test_horizon_is_as_long_as_the_factsheet_takes() -> None:
    assert enrolled(protocolLimits__maxArrayLens={"order.nodes": 3, "order.edges": 2}) == ""


def test_version_that_no_lane_was_proved_with_is_refused() -> None:
    for version in ("3.0.0", "1.1.0", "", "x"):
        with pytest.raises(ValueError, match=r"the lane speaks 2\.0 and 2\.1"):
            TrucksPlan("uagv", "lane", NODES, 6.9, (TruckPlan("T01", "maker", version),), RUN)
