"""Where the plates in a frame are: the lane's own small detector, four corners and a line count for each plate."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.plate_reader.boxes import area
from drivers.plate_reader.detector import Corners, Picture
from drivers.plate_reader.engine import load
from drivers.plate_reader.recogniser import blob_of

CELL_PX = 8
REACH_PX = 32.0  # the network tells corners in these, from its cell's middle
SIDE_STEP_PX = 32
CLOSE_PX = 120.0  # how wide a plate is in the closer look
CLOSE_ENLARGE_MAX = 3.0
CLOSE_MIN = 0.15  # of their union: the first look's corners may be far off
SAME_MIN = 0.3  # of their union: cells whose plates overlap so much mean one plate


@dataclass(frozen=True, slots=True)
class FinderSettings:
    """`score_min` is low on purpose: what is no plate is refused by the reader, what is not found is lost."""

    long_side_px: int = 640
    enlarge_max: float = 2.0
    score_min: float = 0.25
    places_max: int = 2
    cells_max: int = 60


@dataclass(frozen=True, slots=True)
class Place:
    """`corners`: pixels of the frame, from the plate's top left clockwise. `two_lines`: how likely, 0–1."""

    corners: Corners
    score: float
    two_lines: float


class Finder:
    def __init__(self, model: Path, settings: FinderSettings) -> None:
        self._session = load(model)
        self._settings = settings

    def places(self, frame: Picture) -> list[Place]:
        """The surest first. Each place is looked at once more, closer: then its corners are true."""
        scale = min(self._settings.long_side_px / max(frame.shape[:2]), self._settings.enlarge_max)
        places: list[Place] = []
        for place in self._seen(frame, scale)[: self._settings.places_max]:
            closer = self._closer(frame, place)
            if all(_shared(closer.corners, other.corners) < SAME_MIN for other in places):
                places.append(closer)
        return sorted(places, key=lambda p: -p.score)

    def _closer(self, frame: Picture, place: Place) -> Place:
        left, top, right, bottom = (int(v) for v in _around(place.corners, frame))
        scale = CLOSE_PX / max(CELL_PX, float(np.linalg.norm(place.corners[1] - place.corners[0])))
        corner = np.array([left, top], np.float32)
        seen = [
            Place(p.corners + corner, p.score, p.two_lines)
            for p in self._seen(frame[top:bottom, left:right], min(scale, CLOSE_ENLARGE_MAX))
        ]
        same = [p for p in seen if _shared(p.corners, place.corners) > CLOSE_MIN]
        return max(same, key=lambda p: p.score, default=place)

    def _seen(self, frame: Picture, scale: float) -> list[Place]:
        height, width = frame.shape[:2]
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        fitted = cv2.resize(frame, (_steps(width * scale), _steps(height * scale)), interpolation=way).astype(np.uint8, copy=False)
        cells = self._session.run(None, {"x": blob_of(fitted)})[0][0]
        grow = np.array([width / fitted.shape[1], height / fitted.shape[0]], np.float32)
        return [Place(p.corners * grow, p.score, p.two_lines) for p in self._gathered(cells)]

    def _gathered(self, cells: NDArray[np.float32]) -> list[Place]:
        """Cells that mean the same plate are one: the mean of their corners, the surest cell's score."""
        chance = _sigmoid(cells[0])
        rows, columns = np.nonzero(chance > self._settings.score_min)
        order = np.argsort(-chance[rows, columns])[: self._settings.cells_max]
        left = [_cell(cells, chance, int(rows[i]), int(columns[i])) for i in order]
        places: list[Place] = []
        while left and len(places) < self._settings.places_max:
            first = left[0]
            same = [p for p in left if p is first or _shared(first.corners, p.corners) > SAME_MIN]
            left = [p for p in left if all(p is not q for q in same)]
            weight = np.array([p.score for p in same], np.float32)
            corners = np.tensordot(weight / weight.sum(), np.stack([p.corners for p in same]), 1).astype(np.float32)
            places.append(Place(corners, first.score, float(np.mean([p.two_lines for p in same]))))
        return places


def _around(corners: Corners, frame: Picture) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the plate with half its size on each side, within the frame."""
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    margin_x, margin_y = 0.5 * (right - left) + 4, 0.4 * (right - left) + 0.3 * (bottom - top) + 4
    height, width = frame.shape[:2]
    left, top = min(max(0.0, left - margin_x), width - 2), min(max(0.0, top - margin_y), height - 2)
    return left, top, min(max(left + 2, right + margin_x), width), min(max(top + 2, bottom + margin_y), height)


def _cell(cells: NDArray[np.float32], chance: NDArray[np.float32], row: int, column: int) -> Place:
    middle = np.array([column, row], np.float32) * CELL_PX + CELL_PX / 2
    corners = middle + cells[3:, row, column].reshape(4, 2) * REACH_PX
    return Place(corners.astype(np.float32), float(chance[row, column]), float(_sigmoid(cells[1, row, column])))


def _sigmoid(value: NDArray[np.float32]) -> NDArray[np.float32]:
    return (1 / (1 + np.exp(-value))).astype(np.float32)


def _steps(side: float) -> int:
    return max(SIDE_STEP_PX, round(side / SIDE_STEP_PX) * SIDE_STEP_PX)


def _shared(a: Corners, b: Corners) -> float:
    """Their intersection in parts of their union."""
    common, _ = cv2.intersectConvexConvex(a, b)
    return common / max(1e-6, area(a) + area(b) - common)
