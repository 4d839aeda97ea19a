"""A truck that drives up and stops, as a camera's recording: one photograph that grows, turned, lit, blurred and packed anew in each frame.

It differs from eight looks at a truck that waits: the first frames show a small, blurred plate, and each frame has another size.
"""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from benchmarks.identity_frames import Waiting
from benchmarks.plate_pictures import Picture

FRAMES_PER_S = 10.0
COMING, STANDING = 14, 10  # frames: the last metres, and the beginning of the wait
FAR = 0.55  # how large it is at first
TURN_DEG = 2.0  # it steers straight meanwhile
SWAY_PX = 2.0
LIGHT = (0.65, 1.25)
SMEAR_PX = 5.0  # of a frame while it drives
NOISE = (1.0, 5.0)


def approach(truck: Waiting, seed: int) -> Iterator[Picture]:
    dice = random.Random(seed)
    turn_deg, light, drift = dice.uniform(-TURN_DEG, TURN_DEG), dice.uniform(*LIGHT), dice.uniform(-0.01, 0.01)
    for number in range(COMING + STANDING):
        near = min(1.0, number / COMING)
        seen = _placed(truck.picture, FAR + (1.0 - FAR) * near, turn_deg * (1.0 - near), dice)
        seen = _smeared(seen, (1.0 - near) * SMEAR_PX * dice.random())
        if dice.random() < 0.3:
            seen = cv2.GaussianBlur(seen, (0, 0), dice.uniform(0.3, 0.9)).astype(np.uint8, copy=False)
        lit = cv2.convertScaleAbs(seen, alpha=light + drift * number + dice.uniform(-0.04, 0.04))
        noise = np.random.default_rng(dice.randrange(2**32)).normal(0, dice.uniform(*NOISE), lit.shape)
        yield np.clip(lit.astype(np.float32) + noise, 0, 255).astype(np.uint8)


def recorded(frames: Iterable[Picture], video: Path) -> Path:
    """As MPEG-4, which smears small characters as a camera's own stream does."""
    writer: cv2.VideoWriter | None = None
    for frame in frames:
        high, wide = (side - side % 2 for side in frame.shape[:2])
        writer = writer or cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"mp4v"), FRAMES_PER_S, (wide, high))
        writer.write(frame[:high, :wide])
    assert writer is not None, "an approach has frames"
    writer.release()
    return video


def _placed(picture: Picture, scale: float, turn_deg: float, dice: random.Random) -> Picture:
    high, wide = picture.shape[:2]
    turned = cv2.getRotationMatrix2D((wide / 2, high / 2), turn_deg, scale)
    turned[:, 2] += np.array((dice.uniform(-SWAY_PX, SWAY_PX), dice.uniform(-SWAY_PX, SWAY_PX)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.warpAffine(picture, turned, (wide, high), flags=way, borderMode=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)


def _smeared(picture: Picture, length_px: float) -> Picture:
    size = round(length_px)
    if size < 2:
        return picture
    kernel = np.zeros((size, size), np.float32)
    kernel[:, size // 2] = 1.0 / size  # it comes towards the camera: downwards in the picture
    return cv2.filter2D(picture, -1, kernel).astype(np.uint8, copy=False)
