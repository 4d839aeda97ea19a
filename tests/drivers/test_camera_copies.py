"""What was shown before is told from what merely looks the same again."""

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.camera_copies import NOISE_LOOKS, Copies

Grain = NDArray[np.uint8]
FRAME_S = 0.1
NOISE = 4.0  # of 255, a sensor's by day


class Shown:
    """Frames in order, each with the noise of its own moment."""

    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        self.copies = Copies()
        self.now = 0.0
        self.frames: list[Grain] = []

    def scene(self) -> NDArray[np.float64]:
        return self.draw.uniform(40.0, 200.0, (36, 64))

    def show(self, frames: Iterable[NDArray[np.float64]]) -> int:
        """How many of them were taken for copies."""
        noisy = [(scene + self.draw.normal(0.0, NOISE, scene.shape)).clip(0, 255).astype(np.uint8) for scene in frames]
        return self.send(noisy)

    def send(self, frames: Iterable[Grain]) -> int:
        copied = 0
        for frame in frames:
            self.now += FRAME_S
            self.frames.append(frame)
            copied += self.copies.holds(self.now, frame)
        return copied


@pytest.mark.parametrize("seed", range(5))
def test_a_lane_that_is_empty_again_after_a_truck_is_no_recording(seed: int) -> None:
    shown = Shown(seed)
    empty = shown.scene()
    assert shown.show([empty] * 100) == 0
    for _ in range(5):
        passing = [0.5 * (empty + shown.scene()) for _ in range(NOISE_LOOKS)]  # no two are alike: how much noise there is cannot be told
        assert shown.show([*passing, empty, empty]) == 0


@pytest.mark.parametrize("seed", range(5))
def test_frames_that_come_again_are_copies_in_each_round(seed: int) -> None:
    shown = Shown(seed)
    shown.show([shown.scene()] * 40)
    recorded = list(shown.frames)
    assert [shown.send(recorded) for _ in range(3)] == [len(recorded)] * 3


def test_a_recording_of_a_passing_truck_is_told_too() -> None:
    shown = Shown(0)
    shown.show([*[shown.scene()] * 20, *(shown.scene() for _ in range(20)), *[shown.scene()] * 20])
    recorded = shown.frames[20:40]
    assert shown.send(list(recorded)) == len(recorded)
