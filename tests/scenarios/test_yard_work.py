"""Trucks that work in the far yard, on the whole lane in virtual time: out of the lane while they work, told when they cannot."""

from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.site.facts import Site
from lanectl.testing import Lane
from tests.site_files import site_with

pytest_plugins = ["lanectl.testing"]
WORK = '[[yard_action]]\nbehind = "cn"\ntype = "drop"\n[[yard_action]]\nbehind = "cn"\ntype = "pick"\n[[section]]'


@pytest.fixture(scope="module")
def lane_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder: Path = tmp_path_factory.mktemp("site")
    return load(site_with(folder, ("site.toml", "[[section]]", WORK)))


def test_a_truck_works_behind_the_far_gate_and_the_lane_is_free_meanwhile(simulated_lane: Lane) -> None:
    simulated_lane.call("T01")
    simulated_lane.expect("boom", "cn", "UP", within_s=400)
    simulated_lane.expect("boom", "cn", "DOWN", within_s=60)
    simulated_lane.expect("section", "K8", "VACANT", within_s=1)
    since = simulated_lane.now
    simulated_lane.expect("crossed", "T01", within_s=120)
    assert simulated_lane.now - since > 40, "drop and pick take their time"


def test_work_that_fails_is_an_alarm_until_the_truck_has_left(simulated_lane: Lane) -> None:
    simulated_lane.fault("cannot-work T01 'twist lock jammed'")
    simulated_lane.call("T01")
    simulated_lane.expect("alarm", "T01", "TRUCK_ACTION_FAILED", within_s=500)
    simulated_lane.expect("alarm-gone", "T01", "TRUCK_ACTION_FAILED", within_s=120)
