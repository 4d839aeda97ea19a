"""What is wrong with a camera is found in its frames, and in nothing that passes before it."""

from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.camera_health import DEAD_S, CameraHealth, Trouble, look_at
from sim.camera import CameraView, jpeg, still, taken
from sim.camera_faults import CameraFault, Weather, seen_through

FRAME_S = 0.1
NOTICED_S = 2.0
Picture = NDArray[np.uint8]
SIGNS = {
    CameraFault.DARK: (Trouble.DARK, Trouble.COVERED),  # without any light nothing is to be seen
    CameraFault.COVERED: (Trouble.COVERED,),
    CameraFault.OVEREXPOSED: (Trouble.OVEREXPOSED,),
    CameraFault.DEFOCUSED: (Trouble.DEFOCUSED,),
    CameraFault.MOVED: (Trouble.MOVED,),
}


def sent(picture: Picture, quality: int = 88) -> Picture:
    """As it comes out of a camera's stream."""
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    received = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert received is not None
    return received.astype(np.uint8, copy=False)


class Watched:
    """A camera before an empty lane that has been watched for three seconds; every frame has a noise of its own."""

    def __init__(self, weather: Weather = Weather.DAY) -> None:
        self.weather = weather
        self.now = 0.0
        self.number = 0
        self.health = CameraHealth(0.0)
        self.shown: list[Picture] = []
        assert self.show(CameraView(weather=weather), 3.0) == set()

    def show(self, view: CameraView, lasts_s: float, fault: CameraFault | None = None) -> set[Trouble]:
        scene, lens = still(view), partial(seen_through, fault)
        return self.watch(self._taken(scene, lens), lasts_s)

    def watch(self, frames: Iterator[Picture], lasts_s: float) -> set[Trouble]:
        """Everything that was said meanwhile."""
        said = set()
        for _ in range(round(lasts_s / FRAME_S)):
            self.now += FRAME_S
            picture = next(frames)
            self.shown.append(picture)
            trouble = self.health.judge(self.now, look_at(picture))
            said |= {trouble} if trouble is not None else set()
        return said

    def _taken(self, scene: Picture, lens: Callable[[Picture], Picture]) -> Iterator[Picture]:
        while True:
            self.number += 1
            yield sent(taken(scene, self.number, self.weather, lens))


@pytest.mark.parametrize("weather", Weather)
@pytest.mark.parametrize("fault", SIGNS)
def test_what_happens_to_the_lens_is_said_in_time_and_is_over_when_it_is_mended(weather: Weather, fault: CameraFault) -> None:
    camera = Watched(weather)
    said = camera.show(CameraView(weather=weather), NOTICED_S, fault)
    assert said, "nothing was noticed"
    assert said <= set(SIGNS[fault])
    camera.show(CameraView(weather=weather), 3.0)
    assert camera.health.trouble(camera.now) is None


def test_a_frozen_camera_is_said_in_time() -> None:
    camera = Watched()
    assert camera.watch(iter([camera.shown[-1]] * 20), NOTICED_S) == {Trouble.FROZEN}


def test_a_frozen_picture_that_is_compressed_anew_is_frozen_still() -> None:
    camera = Watched()
    picture = camera.shown[-1]
    again = (sent(picture, 88 + number % 2) for number in range(20))
    assert camera.watch(again, NOTICED_S) <= {Trouble.FROZEN, Trouble.REPLAYED}
    assert camera.health.trouble(camera.now) is not None


def test_a_replay_of_earlier_pictures_is_said_in_time() -> None:
    camera = Watched()
    assert camera.watch(iter(list(camera.shown)), NOTICED_S) == {Trouble.REPLAYED}


def test_a_replay_that_is_compressed_anew_is_a_replay_still() -> None:
    camera = Watched()
    assert camera.watch((sent(picture, 80) for picture in list(camera.shown)), NOTICED_S) == {Trouble.REPLAYED}


def test_silence_is_a_dead_camera_and_its_next_frame_ends_that() -> None:
    camera = Watched()
    assert camera.health.trouble(camera.now + DEAD_S - 0.1) is None
    camera.now += DEAD_S + 0.1
    assert camera.health.trouble(camera.now) is Trouble.DEAD
    assert camera.show(CameraView(), 1.0) == set()


@pytest.mark.parametrize(
    "weather", [Weather.DAY, *(pytest.param(other, marks=pytest.mark.campaign) for other in (Weather.NIGHT, Weather.RAIN))]
)
def test_a_truck_that_comes_waits_and_goes_is_no_trouble(weather: Weather) -> None:
    camera = Watched(weather)
    for distance_m in [15.0 - 0.3 * step for step in range(40)]:
        assert camera.show(CameraView("14C12345", distance_m, weather=weather), 0.1) == set()
    assert camera.show(CameraView("14C12345", 3.0, weather=weather), 10.0) == set()
    for distance_m in [3.0 - 0.2 * step for step in range(15)]:
        assert camera.show(CameraView("14C12345", distance_m, weather=weather), 0.1) == set()
    assert camera.show(CameraView(weather=weather), 3.0) == set()


def test_a_camera_that_begins_before_a_standing_truck_does_not_take_its_creeping_forward_for_a_knock() -> None:
    camera = Watched()
    camera.health = CameraHealth(camera.now)
    camera.show(CameraView("14C12345", 6.0), 5.0)
    for step in range(30):
        assert camera.show(CameraView("14C12345", 6.0 - 0.1 * step), 0.1) == set()
    assert camera.show(CameraView("14C12345", 3.0), 5.0) == set()


def test_one_dazzling_headlamp_for_a_moment_is_no_trouble() -> None:
    camera = Watched()
    assert camera.show(CameraView(), 0.5, CameraFault.OVEREXPOSED) == set()
    assert camera.show(CameraView(), 2.0) == set()


def test_a_picture_of_any_size_is_looked_at() -> None:
    for size in ((48, 64), (1080, 1920), (720, 1280), (9, 11)):
        health = CameraHealth(0.0)
        for number in range(5):
            picture = np.random.default_rng(number).integers(0, 255, (*size, 3), np.uint8)
            health.judge(number * FRAME_S, look_at(picture))
        assert health.trouble(0.5) is None


def test_a_simulated_camera_shows_a_photograph_with_noise_of_its_own() -> None:
    photograph = np.full((300, 400, 3), 128, np.uint8)
    first, second = (taken(photograph, number, Weather.DAY) for number in (1, 2))
    assert first.shape == photograph.shape
    assert jpeg(first) != jpeg(second)
