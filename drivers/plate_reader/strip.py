"""A plate seen from the front as one strip that is read in one pass: two lines lie side by side. Training cuts it the same way."""

import cv2
import numpy as np

from drivers.plate_reader.detector import Picture

HEIGHT_PX, WIDTH_PX = 48, 176  # 22 steps of 8 pixels for at most ten characters
UPPER_WIDTH_PX = 72
UPPER_END, LOWER_START = 0.5, 0.4  # in parts of the height: Vietnam's lines are equal, China's upper one is 60 of 220 mm


def strip(plate: Picture, lines: int) -> Picture:
    if lines == 1:
        return _fitted(plate, WIDTH_PX)
    high = plate.shape[0]
    upper = _fitted(plate[: max(1, round(high * UPPER_END))], UPPER_WIDTH_PX)
    lower = _fitted(plate[min(high - 1, round(high * LOWER_START)) :], WIDTH_PX - UPPER_WIDTH_PX)
    return np.hstack([upper, lower])


def _fitted(part: Picture, wide: int) -> Picture:
    smaller = part.shape[0] > HEIGHT_PX
    way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(part, (wide, HEIGHT_PX), interpolation=way).astype(np.uint8, copy=False)
