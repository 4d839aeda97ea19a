"""The plan's cameras as servers: what stands before a gate, drawn or photographed, while somebody watches."""

import asyncio
from collections import deque
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

from sim.camera import CameraView, jpeg, photographs, still, taken
from sim.camera_faults import CameraFault, Weather, seen_through
from sim.drawn_plate import Picture
from sim.lane import SimLane
from sim.mjpeg import CameraServer, Jpeg
from sim.plan import CameraPlan
from sim.scene import truck_before, written_on

VARIANTS = 4  # of one sight, each with a shake of its own
DISTANCE_STEP_M = 0.1
FRAMES_REAL_PER_S_MAX = 10.0  # however fast the clock runs
PHOTOGRAPH_S = 2.0  # so long each is shown
RECORDED = 20  # frames that a replayed camera shows again and again


class UnpluggedError(ConnectionError):
    """No frame comes: whoever watches loses the connection."""


def camera_servers(lane: SimLane) -> list[CameraServer]:
    """One server a port; cameras that name the same port share it."""
    by_port: dict[int | str, dict[str, Jpeg]] = {}
    for camera in lane.plan.cameras:
        paths = by_port.setdefault(camera.http_port or camera.name, {})
        paths[f"/{camera.name}.mjpg"] = Eye(lane, camera).frame
    return [CameraServer(port if isinstance(port, int) else 0, paths, _frame_s(lane, paths)) for port, paths in by_port.items()]


class Eye:
    """One camera. A real one never sends the same frame twice, so each has a number of its own."""

    def __init__(self, lane: SimLane, plan: CameraPlan) -> None:
        self._lane = lane
        self._plan = plan
        self._photographs = photographs(Path(plan.photographs)) if plan.photographs else ()
        self._gate = next(gate for gate in lane.plan.gates if gate.name == plan.gate)
        self._frames = 0
        self._recorded: deque[bytes] = deque(maxlen=RECORDED)

    async def frame(self) -> bytes:
        """The next one as JPEG. Raises UnpluggedError."""
        fault = self._lane.camera_faults.get(self._plan.name)
        match fault:
            case CameraFault.UNPLUGGED:
                raise UnpluggedError(self._plan.name)
            case CameraFault.FROZEN if self._recorded:
                return self._recorded[-1]
            case CameraFault.REPLAYED if len(self._recorded) == RECORDED:
                self._recorded.rotate(-1)
                return self._recorded[-1]
        self._frames += 1
        weather = self._lane.weather.get(self._plan.name, Weather(self._plan.weather))
        data = await asyncio.to_thread(_sent, self._sight(weather), self._frames, weather, fault)
        self._recorded.append(data)
        return data

    def _sight(self, weather: Weather) -> "CameraView | Picture":
        truck = truck_before(self._lane.world, self._gate)
        if truck is None:
            return CameraView(frame=self._frames % VARIANTS, weather=weather)
        text, muddy = written_on(truck, self._plan.sees), self._plan.sees in truck.muddy
        if self._plan.sees == "container":
            return CameraView(frame=self._frames % VARIANTS, weather=weather, container=text, muddy=muddy)
        if self._photographs:
            return self._photographs[int(self._lane.world.now / PHOTOGRAPH_S) % len(self._photographs)]
        distance_m = round(truck.until(self._gate.boom_m) / DISTANCE_STEP_M) * DISTANCE_STEP_M
        return CameraView(text, distance_m, self._frames % VARIANTS, weather=weather, muddy=muddy)


def _sent(sight: "CameraView | Picture", number: int, weather: Weather, fault: CameraFault | None) -> bytes:
    scene = _scene(sight) if isinstance(sight, CameraView) else sight
    return jpeg(taken(scene, number, weather, partial(seen_through, fault)))


@lru_cache(maxsize=64)
def _scene(view: CameraView) -> Picture:
    """What stands still is drawn once; only its noise is new in every frame."""
    return still(view)


def _frame_s(lane: SimLane, paths: Mapping[str, Jpeg]) -> float:
    wanted = max(camera.frames_per_s for camera in lane.plan.cameras if f"/{camera.name}.mjpg" in paths)
    return 1.0 / min(FRAMES_REAL_PER_S_MAX, wanted * lane.plan.speed)
