"""Trucks on a lane of real programs, over mosquitto: they follow each other, die, are stopped, wear wrong plates, and get across."""

from collections.abc import Iterator, Sequence

import pytest

from lanectl.model import Match, Service
from tests.system.mending import all_cross, assert_called_for, assert_no_alarm, attended, goes_on, truck_at
from tests.system.mqtt_record import MqttRecord
from tests.system.running_lane import RunningLane, running_lane, said_in_every_language
from tests.system.short_lane import short_lane
from tests.system.sound import assert_messages_sound, assert_sound

TOPICS = {"connection", "state", "order", "factsheet", "instantActions"}


@pytest.fixture(scope="module")
def unopened(tmp_path_factory: pytest.TempPathFactory, mosquitto: str) -> Iterator[RunningLane]:
    folder = tmp_path_factory.mktemp("trucks")

    def broker(port: int) -> Sequence[str]:
        settings = folder / "mosquitto.conf"
        settings.write_text(f"listener {port} 127.0.0.1\nset_tcp_nodelay true\nallow_anonymous true\n", encoding="utf-8")
        return [mosquitto, "-c", str(settings)]

    with running_lane(folder / "kept", short_lane(folder / "site"), trucks=4, broker=broker, opened=False) as running:
        yield running


@pytest.fixture(scope="module")
def record(unopened: RunningLane) -> Iterator[MqttRecord]:
    with MqttRecord(unopened.prepared.ports["broker"]) as listening:
        unopened.open()
        yield listening


@pytest.fixture(scope="module")
def lane(unopened: RunningLane, record: MqttRecord) -> RunningLane:
    """In service, all that is said on its broker recorded from the beginning: each test may be the first."""
    return unopened


def on_the_lane(lane: RunningLane, what: str) -> list[float]:
    return [told[what] for told in lane.truth()["trucks"].values() if told["place"] == "LANE"]


def test_trucks_follow_each_other_section_by_section(lane: RunningLane) -> None:
    attended(lane, "two trucks are on the bridge", lambda: sum(front_m > 5.0 for front_m in on_the_lane(lane, "front_m")) >= 2)
    assert_no_alarm(lane)


def test_a_truck_that_dies_on_the_bridge_keeps_its_sections_until_it_is_back(lane: RunningLane) -> None:
    truck = truck_at(lane, 20.0, 100.0)
    lane.fault("kill-truck", truck)
    lane.until("its link is seen to be broken", lambda: lane.alarmed("TRUCK_LINK_BROKEN", truck))
    lane.until("it stands", lambda: lane.truck(truck)["speed_mps"] == 0.0)
    shown = lane.status()
    assert [section.name for section in shown.sections if section.locked_for == truck]
    assert said_in_every_language(shown)
    lane.fault("start-truck", truck)  # it has forgotten its order: a person answers for what it does next
    assert_called_for(lane, goes_on(lane, truck), f"reset {truck}")


def test_a_truck_after_an_e_stop_waits_for_a_person(lane: RunningLane) -> None:
    truck = truck_at(lane, 5.0, 100.0)
    lane.fault("e-stop", truck)
    lane.until("its stop is seen", lambda: lane.alarmed("TRUCK_E_STOP", truck))
    assert said_in_every_language(lane.status())
    lane.fault("clear-e-stop", truck)
    lane.until("it still waits", lambda: lane.alarmed("TRUCK_STOPPED", truck))
    assert_called_for(lane, goes_on(lane, truck), f"reset {truck}")


def test_after_an_emergency_stop_reset_and_open_are_enough(lane: RunningLane) -> None:
    truck = truck_at(lane, 5.0, 100.0)
    assert lane.command("stop") == 0
    lane.until("every truck stands", lambda: not any(on_the_lane(lane, "speed_mps")))
    lane.until("STOP everywhere", lambda: set(lane.truth()["signals"].values()) == {"STOP"})
    shown = lane.status()
    assert shown.service is Service.EMERGENCY_STOP
    assert said_in_every_language(shown)
    assert lane.command("reset") == 0
    assert lane.command("open") == 0
    assert_called_for(lane, goes_on(lane, truck))


@pytest.mark.campaign
def test_a_truck_with_a_plate_that_is_not_listed_waits_until_it_wears_its_own(lane: RunningLane) -> None:
    lane.until("one waits in the yard", lambda: in_the_yard(lane))
    stranger = in_the_yard(lane)[0]
    lane.fault("plate", stranger, "14C00000")
    attended(lane, "its plate is read and not listed", lambda: plate_match(lane) is Match.NOT_LISTED)
    truck = truck_at(lane, -4.0, -2.0)
    assert truck == stranger
    assert lane.truck(truck)["released_m"] is None
    assert lane.truth()["signals"]["vn"] == "STOP"
    assert said_in_every_language(lane.status())
    lane.fault("own-plate", truck)
    assert_called_for(lane, goes_on(lane, truck))


@pytest.mark.campaign
def test_a_truck_that_lost_its_place_is_told_where_it_stands(lane: RunningLane) -> None:
    truck = truck_at(lane, -4.0, -2.0)
    lane.until("it has no way", lambda: lane.truck(truck)["released_m"] is None)
    lane.fault("lost", truck, "on")
    lane.until("it is seen to be lost", lambda: lane.alarmed("TRUCK_NOT_LOCALISED", truck))
    assert lane.command("truck", "init-position", truck, "cn-gate") == 8
    assert lane.command("truck", "init-position", truck, "vn-gate", "--x", "40") == 1
    lane.until("the truck's own reason is shown", lambda: lane.alarmed("TRUCK_PLACE_REFUSED", truck))
    assert said_in_every_language(lane.status())
    assert lane.command("truck", "init-position", truck, "vn-gate") == 0
    assert not lane.alarmed("TRUCK_NOT_LOCALISED", truck)
    assert_called_for(lane, goes_on(lane, truck))


def test_all_get_across_and_all_that_was_said_and_kept_is_sound(lane: RunningLane, record: MqttRecord) -> None:
    if not lane.disturbed:
        truck_at(lane, -4.0, 20.0)
    assert_called_for(lane, all_cross(lane))
    assert_messages_sound(record, TOPICS)
    assert_sound(lane)


def in_the_yard(lane: RunningLane) -> list[str]:
    """The last in the queue first."""
    waiting = {name: told["front_m"] for name, told in lane.truth()["trucks"].items() if told["place"] == "YARD"}
    return sorted(waiting, key=lambda name: waiting[name])


def plate_match(lane: RunningLane) -> Match | None:
    plate = lane.status().gates[0].plate
    return plate.match if plate is not None else None
