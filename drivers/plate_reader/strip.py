"""A plate or a container's number seen from the front as one strip that is read in one pass. Training cuts it the same way.

Two lines are laid side by side. Every strip is brought to the same brightness, so that the reader need not know the night.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from drivers.plate_reader.detector import Picture

HEIGHT_PX = 48
DARKEST, BRIGHTEST = 2, 98  # percentiles that become black and white
SPREAD_MIN = 32.0  # less contrast is noise: it is not stretched to the full


@dataclass(frozen=True, slots=True)
class Shape:
    """`wide_px`: eight pixels are one step of the reader. `upper_px`: of these the upper line's, where there are two.

    `upper_end`, `lower_start`: where it ends and the lower one begins, in parts of the height.
    """

    wide_px: int
    upper_px: int
    upper_end: float
    lower_start: float


PLATE = Shape(176, 72, 0.5, 0.4)  # at most ten characters; Vietnam's lines are equal, China's upper one is 60 of 220 mm
CODE = Shape(264, 104, 0.54, 0.46)  # eleven; both lines are equal


def strip(front: Picture, lines: int, shape: Shape = PLATE) -> Picture:
    if lines == 1:
        return levelled(_fitted(front, shape.wide_px))
    high = front.shape[0]
    upper = _fitted(front[: max(1, round(high * shape.upper_end))], shape.upper_px)
    lower = _fitted(front[min(high - 1, round(high * shape.lower_start)) :], shape.wide_px - shape.upper_px)
    return levelled(np.hstack([upper, lower]))


def levelled(picture: Picture) -> Picture:
    dark, bright = np.percentile(picture[::3, ::3], (DARKEST, BRIGHTEST))
    spread = max(float(bright - dark), SPREAD_MIN)
    return cv2.convertScaleAbs(np.maximum(picture, np.uint8(dark)), alpha=255 / spread, beta=-float(np.uint8(dark)) * 255 / spread).astype(
        np.uint8, copy=False
    )


def _fitted(part: Picture, wide: int) -> Picture:
    smaller = part.shape[0] > HEIGHT_PX
    way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(part, (wide, HEIGHT_PX), interpolation=way).astype(np.uint8, copy=False)
