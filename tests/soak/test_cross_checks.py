"""A whole lane in virtual time whose entry gate looks at everything: a truck crosses if all agrees, and stays if one thing does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.model import Authority
from lanectl.virtual.simulated_lane import SimulatedLane
from tests.site_files import site_with

CAMERAS = """
[[camera]]
name = "vn-rear"
source = "rtsp://rear"
sees = "rear"
[[camera]]
name = "vn-side"
source = "rtsp://side"
sees = "container"
"""
NEEDED = "container_needed = true\nrear_plate_needed = true"


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[SimulatedLane]:
    folder = site_with(
        tmp_path, ("site.toml", "container_needed = false", NEEDED), ("gate-vn.toml", "# The weighbridge", CAMERAS + "# The weighbridge")
    )
    lane = SimulatedLane(load(folder), {"T01": (Authority.VN, Authority.CN)}, tmp_path)
    lane.open()
    yield lane
    lane.end()


def refused(lane: SimulatedLane) -> set[str]:
    return {code for (subject, code), at in lane.refused_at.items() if subject == "T01" and at > lane.now - 2.0}


def test_a_truck_of_which_everything_agrees_crosses(lane: SimulatedLane) -> None:
    lane.call("T01")
    lane.run_for(300)
    assert lane.crossed("T01")


LONGER = pytest.mark.campaign
OTHERS = ["container T01 MSKU1234565", pytest.param("trailer T01 36R99999", marks=LONGER)]


@pytest.mark.parametrize("fault", OTHERS)
def test_another_container_or_trailer_stays_before_the_boom_until_it_is_the_right_one(lane: SimulatedLane, fault: str) -> None:
    lane.fault(fault)
    lane.call("T01")
    lane.run_for(90)
    assert refused(lane) == {"sight_other"}
    lane.fault("own-load T01")
    lane.run_for(400)
    assert lane.crossed("T01")


@LONGER
def test_a_gate_whose_rear_camera_is_dark_lets_nobody_in_and_says_what_is_not_read(lane: SimulatedLane) -> None:
    lane.fault("camera-dark vn", lasts_s=120.0)
    lane.call("T01")
    lane.run_for(90)
    assert {"sight_unread", "identity_unread"} & refused(lane)
    lane.run_for(500)
    assert lane.crossed("T01")
