"""Trucks on a lane of real programs, over mosquitto: they follow each other, die, are stopped, wear wrong plates, and get across."""

from collections.abc import Iterator, Sequence

import pytest

from lanectl.model import Match, Service
from tests.system.mending import mended
from tests.system.mqtt_record import MqttRecord
from tests.system.running_lane import RunningLane, running_lane, said_in_every_language
from tests.system.short_lane import short_lane
from tests.system.sound import assert_messages_sound, assert_sound

SPEED = 4.0
TOPICS = {"connection", "state", "order", "factsheet", "instantActions"}


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory, mosquitto: str) -> Iterator[RunningLane]:
    folder = tmp_path_factory.mktemp("trucks")

    def broker(port: int) -> Sequence[str]:
        settings = folder / "mosquitto.conf"
        settings.write_text(f"listener {port} 127.0.0.1\nset_tcp_nodelay true\nallow_anonymous true\n", encoding="utf-8")
        return [mosquitto, "-c", str(settings)]

    with running_lane(folder / "kept", short_lane(folder / "site"), trucks=3, speed=SPEED, broker=broker, opened=False) as running:
        yield running


@pytest.fixture(scope="module")
def record(lane: RunningLane) -> Iterator[MqttRecord]:
    with MqttRecord(lane.prepared.ports["broker"]) as listening:
        lane.open()
        yield listening


def fronts(lane: RunningLane) -> list[float]:
    return [told["front_m"] for told in lane.truth()["trucks"].values() if told["place"] == "LANE"]


def speeds(lane: RunningLane) -> list[float]:
    return [told["speed_mps"] for told in lane.truth()["trucks"].values() if told["place"] == "LANE"]


def test_trucks_follow_each_other_section_by_section(lane: RunningLane, record: MqttRecord) -> None:
    first = lane.next_truck()
    lane.until("two trucks are on the bridge", lambda: sum(front > 5.0 for front in fronts(lane)) >= 2)
    lane.until_crossed(first, 1)
    assert lane.status().alarms == ()


def test_a_truck_that_dies_on_the_bridge_keeps_its_sections_until_it_is_back(lane: RunningLane) -> None:
    truck = lane.next_truck(20.0, 100.0)
    crossing = lane.truck(truck)["crossing"]
    lane.fault("kill-truck", truck)
    lane.until("its link is seen to be broken", lambda: alarm(lane, "TRUCK_LINK_BROKEN", truck))
    lane.until("it stands", lambda: lane.truck(truck)["speed_mps"] == 0.0)
    shown = lane.status()
    assert [section.name for section in shown.sections if section.locked_for == truck]
    assert said_in_every_language(shown)
    lane.fault("start-truck", truck)  # it has forgotten its order: a person answers for what it does next
    assert mended(lane, "it crosses to the end", lambda: lane.crossed(truck, crossing)) == [f"reset {truck}"]


def test_a_truck_with_a_plate_that_is_not_listed_waits_until_it_wears_its_own(lane: RunningLane) -> None:
    truck = lane.next_in_yard()
    crossing = lane.truck(truck)["crossing"]
    lane.fault("plate", truck, "14C00000")
    lane.until("its plate is read and not listed", lambda: plate_match(lane) is Match.NOT_LISTED)
    assert lane.truck(truck)["released_m"] is None
    assert lane.truth()["signals"]["vn"] == "STOP"
    assert said_in_every_language(lane.status())
    lane.fault("own-plate", truck)
    assert mended(lane, "it crosses to the end", lambda: lane.crossed(truck, crossing)) == []


def test_a_truck_after_an_e_stop_waits_for_a_person(lane: RunningLane) -> None:
    truck = lane.next_truck(20.0, 100.0)
    crossing = lane.truck(truck)["crossing"]
    lane.fault("e-stop", truck)
    lane.until("its stop is seen", lambda: alarm(lane, "TRUCK_E_STOP", truck))
    assert said_in_every_language(lane.status())
    lane.fault("clear-e-stop", truck)
    lane.until("it still waits", lambda: alarm(lane, "TRUCK_STOPPED", truck))
    assert mended(lane, "it crosses to the end", lambda: lane.crossed(truck, crossing)) == [f"reset {truck}"]


def test_an_emergency_stop_and_back_is_three_acts_at_most(lane: RunningLane) -> None:
    truck = lane.next_truck(20.0, 100.0)
    crossing = lane.truck(truck)["crossing"]
    assert lane.command("stop") == 0
    lane.until(
        "every truck stands", lambda: all(told["speed_mps"] == 0.0 for told in lane.truth()["trucks"].values() if told["place"] == "LANE")
    )
    assert set(lane.truth()["signals"].values()) == {"STOP"}
    shown = lane.status()
    assert shown.service is Service.EMERGENCY_STOP
    assert said_in_every_language(shown)
    assert lane.command("reset") == 0
    assert lane.status().service is Service.CLOSED
    assert lane.command("open") == 0
    assert mended(lane, "it crosses to the end", lambda: lane.crossed(truck, crossing)) == []


def test_all_that_was_said_and_kept_is_sound(lane: RunningLane, record: MqttRecord) -> None:
    assert_messages_sound(record, TOPICS)
    assert_sound(lane)


def alarm(lane: RunningLane, code: str, subject: str) -> bool:
    return any((alarm.code, alarm.subject) == (code, subject) for alarm in lane.status().alarms)


def plate_match(lane: RunningLane) -> Match | None:
    plate = lane.status().gates[0].plate
    return plate.match if plate is not None else None
