"""What can happen to a lane's programs and devices: each ends in STOP with its reason, and comes back by acts, each one command."""

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from lanectl.model import SectionState, Service
from tests.system.lanectl_commands import lanectl
from tests.system.mending import all_cross, assert_called_for, attended, goes_on, truck_at
from tests.system.mqtt_record import MqttRecord
from tests.system.running_lane import RunningLane, Truth, running_lane, said_in_every_language
from tests.system.short_lane import short_lane
from tests.system.sound import assert_messages_sound, assert_sound

WATCHDOG_S = 2.0  # as the site's modules are set
S5_S = WATCHDOG_S + 1.0
OTHER_FILTER = 7  # in the module, and not in the site
TOPICS = {"connection", "state", "order", "factsheet"}
ACTS = {"rearm", "declare", "sweep", "reset", "open"}


@pytest.fixture(scope="module")
def unopened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLane]:
    folder = tmp_path_factory.mktemp("field")
    site = short_lane(folder / "site")
    with running_lane(folder / "kept", site, trucks=3, plan=with_another_filter, opened=False) as running:
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


def with_another_filter(plan: dict[str, list[Truth]]) -> None:
    next(module for module in plan["modules"] if module["unit"] == "io-vn")["input_filter"] = OTHER_FILTER


def truck_that_enters(lane: RunningLane) -> str:
    attended(lane, "the entry shows PROCEED", lambda: lane.truth()["signals"]["vn"] == "PROCEED")
    return truck_at(lane, -4.0, 20.0)


# ---------------------------------------------------------------- the controller dies, hangs


def test_a_killed_controller_leaves_stop_and_comes_back_by_acts(lane: RunningLane) -> None:
    truck = truck_that_enters(lane)
    lane.kill("controller")
    assert_stop_by_watchdogs(lane, lane.now)
    lane.restart("controller")
    acts = {act.split()[0] for act in goes_on(lane, truck)}
    assert {"rearm", "open"} <= acts <= ACTS


def test_a_controller_that_hangs_leaves_stop_and_goes_on_by_acts_when_it_wakes(lane: RunningLane) -> None:
    truck = truck_that_enters(lane)
    lane.send("controller", signal.SIGSTOP)
    assert_stop_by_watchdogs(lane, lane.now)
    lane.send("controller", signal.SIGCONT)
    acts = {act.split()[0] for act in goes_on(lane, truck)}
    assert {"rearm"} <= acts <= ACTS


def assert_stop_by_watchdogs(lane: RunningLane, since: float) -> None:
    """Seen in the simulated world: the modules drop their relays by themselves."""
    lane.until("both modules have tripped", lambda: tripped(lane.truth()), served=False)
    assert lane.truth()["now"] - since < S5_S
    assert set(lane.truth()["signals"].values()) == {"STOP"}


def tripped(world: Truth) -> bool:
    return all(world["units"][unit]["tripped"] for unit in ("io-vn", "io-cn"))


# ---------------------------------------------------------------- devices, the broker


@pytest.mark.parametrize(
    ("port", "unit", "acts"), [pytest.param("vn-barrier", "barrier-vn", set(), marks=pytest.mark.campaign), ("vn-io", "io-vn", {"rearm"})]
)
def test_an_unplugged_device_of_the_gate_is_stop_with_its_reason_and_works_again(
    lane: RunningLane, port: str, unit: str, acts: set[str]
) -> None:
    truck = truck_that_enters(lane)
    lane.fault("unplug", port)
    try:
        lane.until("STOP", lambda: lane.truth()["signals"]["vn"] == "STOP")
        lane.until("its loss is an alarm", lambda: lane.alarmed("LINK_LOST", unit))
        shown = json.loads(lanectl("status", "--json", "--socket", str(lane.prepared.socket)).stdout)
        assert f"/tty/{port}" in next(alarm["params"]["reason"] for alarm in shown["alarms"] if alarm["subject"] == unit)
        assert said_in_every_language(lane.status())
    finally:
        lane.fault("replug", port)
    assert acts <= {act.split()[0] for act in goes_on(lane, truck)} <= ACTS


def test_a_killed_broker_makes_trucks_silent_and_nobody_needs_to_act_when_it_is_back(lane: RunningLane) -> None:
    truck = truck_at(lane, 5.0, 100.0)
    lane.kill("broker")
    lane.until("its trucks are silent", lambda: lane.alarmed("TRUCK_SILENT", truck) or lane.alarmed("TRUCK_LINK_BROKEN", truck))
    assert said_in_every_language(lane.status())
    lane.restart("broker")
    assert_called_for(lane, goes_on(lane, truck))


# ---------------------------------------------------------------- the journal, flashing, a second demo


def test_while_the_journal_is_locked_no_truck_gets_a_way(lane: RunningLane) -> None:
    truck = truck_at(lane, -4.0, 100.0)
    with closing(sqlite3.connect(lane.prepared.journal, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        lane.until("it is seen", lambda: lane.alarmed("JOURNAL_NOT_WRITABLE", ""))
        assert said_in_every_language(lane.status())
        lane.until("STOP", lambda: set(lane.truth()["signals"].values()) == {"STOP"})
        released = released_m(lane)
        lane.until("its trucks stand", lambda: not any(told["speed_mps"] for told in on_the_lane(lane).values()))
        assert released_m(lane).items() <= released.items()
        other.execute("ROLLBACK")
    assert_called_for(lane, goes_on(lane, truck))


def released_m(lane: RunningLane) -> dict[str, float]:
    """How far each truck on the lane may drive."""
    return {name: told["released_m"] for name, told in on_the_lane(lane).items() if told["released_m"]}


def on_the_lane(lane: RunningLane) -> dict[str, Truth]:
    return {name: told for name, told in lane.truth()["trucks"].items() if told["place"] == "LANE"}


def test_a_module_is_flashed_only_while_the_lane_is_closed_and_vacant(lane: RunningLane) -> None:
    site, plan = str(lane.prepared.site.folder), lane.prepared.kept / "vn.plan"
    by = ["--by", "lan", "--pin", lane.prepared.pins["lan"]]
    assert flash(lane, "plan", site, "--gate", "vn", "-o", str(plan)) == 4
    assert flash(lane, "verify", site, "--gate", "vn") == 6
    assert flash(lane, "apply", str(plan), *by) == 8
    assert lane.command("close") == 0
    lane.until("nobody is inside", lambda: lane.status().service is Service.CLOSED)

    def is_flashed() -> bool:
        if not (bridge_is_empty(lane) and booms_are_down(lane)):
            return False
        code = flash(lane, "apply", str(plan), *by)
        assert code in (0, 8)  # a stall may make a section suspect just then
        return code == 0

    attended(lane, "an empty lane's module is flashed", is_flashed, opens=False)
    assert flash(lane, "verify", site, "--gate", "vn") == 0
    lane.until("a truck waits before the gate", lambda: lane.trucks_at(-4.0, -2.0))
    truck = lane.disturb(lane.trucks_at(-4.0, -2.0)[0])
    assert {"rearm", "open"} <= {act.split()[0] for act in goes_on(lane, truck)} <= ACTS


def bridge_is_empty(lane: RunningLane) -> bool:
    return all(now.state is SectionState.VACANT and not now.locked_for for now in lane.status().sections)


def booms_are_down(lane: RunningLane) -> bool:
    """One that was raised for a truck that then did not enter is let down by a person; one that is on its way needs nobody."""
    booms = lane.truth()["booms"]
    for gate, boom in booms.items():
        if boom["state"] == "OPEN":
            lane.command("reset", gate)
    return all(boom["state"] == "CLOSED" for boom in booms.values())


def flash(lane: RunningLane, *words: str) -> int:
    """Its exit code; what it says is shown when a test fails."""
    said = lanectl("flash", *words, "--socket", str(lane.prepared.socket))
    print(said.output)
    return said.exit_code


def test_a_second_demo_says_what_is_in_its_way(lane: RunningLane) -> None:
    port = str(lane.prepared.ports["broker"])
    second = lanectl("demo", "--headless", "--first-port", port, "--folder", str(lane.prepared.kept / "second"))
    assert second.exit_code == 1
    assert port in second.output
    assert "--first-port" in second.output


def test_all_get_across_and_all_that_was_said_and_kept_is_sound(lane: RunningLane, record: MqttRecord) -> None:
    if not lane.disturbed:
        truck_at(lane, -4.0, 20.0)
    assert_called_for(lane, all_cross(lane))
    assert_messages_sound(record, TOPICS)
    assert_sound(lane)
