"""The plan's cameras as servers: what stands before a gate, drawn or photographed, while somebody watches."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

from sim.camera import CameraView, jpeg, photographs, render
from sim.lane import SimLane
from sim.mjpeg import CameraServer, Jpeg
from sim.plan import CameraPlan
from sim.scene import truck_before

VARIANTS = 4  # pictures of one sight, each with noise of its own
DISTANCE_STEP_M = 0.1
FRAMES_REAL_PER_S_MAX = 10.0  # however fast the clock runs


def camera_servers(lane: SimLane) -> list[CameraServer]:
    """One server a port; cameras that name the same port share it."""
    by_port: dict[int | str, dict[str, Jpeg]] = {}
    for camera in lane.plan.cameras:
        pictures = photographs(Path(camera.photographs)) if camera.photographs else ()
        paths = by_port.setdefault(camera.http_port or camera.name, {})
        paths[f"/{camera.name}.mjpg"] = partial(_frame, lane, camera, pictures)
    return [CameraServer(port if isinstance(port, int) else 0, paths, _frame_s(lane, paths)) for port, paths in by_port.items()]


async def _frame(lane: SimLane, camera: CameraPlan, pictures: tuple[bytes, ...]) -> bytes:
    gate = next(gate for gate in lane.plan.gates if gate.name == camera.gate)
    number = int(lane.world.now * camera.frames_per_s)
    truck = truck_before(lane.world, gate)
    if truck is not None and pictures:
        return pictures[number % len(pictures)]
    variant = number % VARIANTS
    distance_m = round((gate.boom_m - truck.front_m) / DISTANCE_STEP_M) * DISTANCE_STEP_M if truck else 0.0
    return await asyncio.to_thread(_drawn, CameraView(truck.plate, distance_m, variant) if truck else CameraView(frame=variant))


@lru_cache(maxsize=256)
def _drawn(view: CameraView) -> bytes:
    """Drawing takes as long as several polls of the field's devices; what stands still is drawn once."""
    return jpeg(render(view))


def _frame_s(lane: SimLane, paths: Mapping[str, Jpeg]) -> float:
    wanted = max(camera.frames_per_s for camera in lane.plan.cameras if f"/{camera.name}.mjpg" in paths)
    return 1.0 / min(FRAMES_REAL_PER_S_MAX, wanted * lane.plan.speed)
