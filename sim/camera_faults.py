"""What can happen to a camera, and what its pictures look like then.

The sensor's noise comes after: only a camera that is stopped or replayed has none of its own.
"""

from enum import Enum
from typing import assert_never

import cv2
import numpy as np

from sim.drawn_plate import Picture

COVER = (38, 44, 52)  # something before the lens, out of focus
DEFOCUS_PX = 7.0
KNOCKED_PX = (70.0, 26.0)


class Weather(Enum):
    DAY = "day"
    NIGHT = "night"
    RAIN = "rain"


class CameraFault(Enum):
    DARK = "dark"
    COVERED = "covered"
    OVEREXPOSED = "overexposed"
    DEFOCUSED = "defocused"
    MOVED = "moved"
    FROZEN = "frozen"
    REPLAYED = "replayed"
    UNPLUGGED = "unplugged"


def seen_through(fault: CameraFault | None, scene: Picture) -> Picture:
    """The scene as it reaches the sensor."""
    match fault:
        case CameraFault.DARK:
            return cv2.convertScaleAbs(scene, alpha=0.09).astype(np.uint8, copy=False)
        case CameraFault.COVERED:
            return np.full_like(scene, COVER)
        case CameraFault.OVEREXPOSED:
            return cv2.convertScaleAbs(scene, alpha=4.0, beta=215).astype(np.uint8, copy=False)
        case CameraFault.DEFOCUSED:
            return cv2.GaussianBlur(scene, (0, 0), DEFOCUS_PX).astype(np.uint8, copy=False)
        case CameraFault.MOVED:
            way = np.array([[1.0, 0.0, KNOCKED_PX[0]], [0.0, 1.0, KNOCKED_PX[1]]], np.float32)
            size = (scene.shape[1], scene.shape[0])
            return cv2.warpAffine(scene, way, size, borderMode=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
        case CameraFault.FROZEN | CameraFault.REPLAYED | CameraFault.UNPLUGGED | None:
            return scene
        case _:
            assert_never(fault)
