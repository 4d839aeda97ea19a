"""Where text stands in a picture: PP-OCRv6's detector (differentiable binarisation) and its post-processing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.plate_reader.engine import load

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]  # 4 x 2 pixels: top left, top right, bottom right, bottom left

INK_MIN = 0.3  # the detector's own training threshold for a pixel to be text
MASK_STEP_PX = 32  # the network halves its input five times
SIDE_PX_MIN = 3.0  # thinner contours are noise


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """`box_score_min`: mean ink inside a box. `unclip`: how far the shrunk text kernel is grown back, in the network's own measure."""

    long_side_px: int = 640
    enlarge_max: float = 2.0
    box_score_min: float = 0.3
    unclip: float = 1.4
    boxes_max: int = 40


class Detector:
    def __init__(self, model: Path, settings: DetectorSettings) -> None:
        self._session = load(model)
        self._settings = settings

    def boxes(self, picture: Picture) -> list[Corners]:
        """Text lines, largest first, at most `boxes_max`."""
        height, width = picture.shape[:2]
        scale = min(self._settings.long_side_px / max(height, width), self._settings.enlarge_max)
        fitted = cv2.resize(picture, (_steps(width * scale), _steps(height * scale)))
        blob = (fitted.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[np.newaxis]
        ink = self._session.run(None, {"x": blob})[0][0, 0]
        grow = np.array([width / fitted.shape[1], height / fitted.shape[0]], dtype=np.float32)
        found = [box * grow for box in self._grown(ink)]
        found.sort(key=_area, reverse=True)
        return found[: self._settings.boxes_max]

    def _grown(self, ink: NDArray[np.float32]) -> list[Corners]:
        mask = cv2.dilate((ink > INK_MIN).astype(np.uint8), np.ones((2, 2), np.uint8))
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        boxes = []
        for contour in contours:
            centre, (a, b), angle = cv2.minAreaRect(contour)
            if min(a, b) < SIDE_PX_MIN:
                continue
            if _ink_inside(ink, _corners(centre, (a, b), angle)) < self._settings.box_score_min:
                continue
            margin = a * b * self._settings.unclip / (a + b)
            boxes.append(ordered(_corners(centre, (a + margin, b + margin), angle)))
        return boxes


def _corners(centre: Sequence[float], size: Sequence[float], angle: float) -> Corners:
    return cv2.boxPoints((centre, size, angle)).astype(np.float32)


def _steps(side: float) -> int:
    return max(MASK_STEP_PX, round(side / MASK_STEP_PX) * MASK_STEP_PX)


def _area(box: Corners) -> float:
    return float(cv2.contourArea(box))


def _ink_inside(ink: NDArray[np.float32], box: Corners) -> float:
    x, y, width, height = cv2.boundingRect(box)
    left, top = max(x, 0), max(y, 0)
    part = ink[top : y + height, left : x + width]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(box - (left, top)).astype(np.int32)], (1,))
    return float(cv2.mean(part, mask)[0])


def ordered(box: Corners) -> Corners:
    """The corners from top left, clockwise, for a box that is wider than high or tilted less than 45 degrees."""
    by_x = box[np.argsort(box[:, 0])]
    left, right = by_x[:2], by_x[2:]
    top_left, bottom_left = left[np.argsort(left[:, 1])]
    top_right, bottom_right = right[np.argsort(right[:, 1])]
    return np.array([top_left, top_right, bottom_right, bottom_left], dtype=np.float32)
