"""The plan's cameras as servers."""

from sim.lane import SimLane
from sim.mjpeg import CameraServer


def camera_servers(_: SimLane) -> list[CameraServer]:
    return []
