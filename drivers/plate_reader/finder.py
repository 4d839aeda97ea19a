"""Where plates and container numbers stand in a frame: the lane's own small detector, four corners and a line count for each."""

from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.plate_reader.boxes import SAME_MIN, shared
from drivers.plate_reader.detector import Corners, Picture
from drivers.plate_reader.engine import load
from drivers.plate_reader.recogniser import blob_of

CELL_PX = 8
REACH_PX = 32.0  # the network tells corners in these, from its cell's middle
SIDE_STEP_PX = 32
CLOSE_ENLARGE_MAX = 3.0
EVEN_CLIP, EVEN_TILES = 3.0, (8, 8)
CLOSE_MIN = 0.15  # of their union: the first look's corners may be far off


class Region(IntEnum):
    """What is looked for; the network's map that tells it."""

    PLATE = 0
    CODE = 2


CLOSE_PX = {Region.PLATE: 120.0, Region.CODE: 160.0}  # how wide it is in the closer look


@dataclass(frozen=True, slots=True)
class FinderSettings:
    """`score_min` is low on purpose: what is no plate is refused later, what is not found is lost.

    `closer_min`: of the closer look; a plate is seen better there, a lamp or a grille worse.
    """

    long_side_px: int = 640
    enlarge_max: float = 2.0
    score_min: float = 0.2
    closer_min: float = 0.35
    places_max: int = 8
    cells_max: int = 120


@dataclass(frozen=True, slots=True)
class Place:
    """`corners`: pixels of the frame, from its top left clockwise. `two_lines`: how likely, 0–1."""

    corners: Corners
    score: float
    two_lines: float


class Finder:
    def __init__(self, model: Path, settings: FinderSettings) -> None:
        self._session = load(model)
        self._settings = settings

    def seen(self, frame: Picture, region: Region = Region.PLATE, long_side_px: int | None = None) -> list[Place]:
        """Where one may be, the likeliest first; the corners are rough. `long_side_px`: another size to look at than the usual."""
        side = long_side_px or self._settings.long_side_px
        return self._seen(frame, min(side / max(frame.shape[:2]), self._settings.enlarge_max), region)

    def closer(self, frame: Picture, place: Place, region: Region = Region.PLATE) -> Place | None:
        """The same place looked at once more, closer: there its corners are true. None if it does not look like one any more."""
        left, top, right, bottom = (int(v) for v in _around(place.corners, frame))
        scale = CLOSE_PX[region] / max(CELL_PX, float(np.linalg.norm(place.corners[1] - place.corners[0])))
        corner = np.array([left, top], np.float32)
        seen = self._seen(frame[top:bottom, left:right], min(scale, CLOSE_ENLARGE_MAX), region)
        moved = [replace(p, corners=p.corners + corner) for p in seen if p.score >= self._settings.closer_min]
        same = [p for p in moved if shared(p.corners, place.corners) > CLOSE_MIN]
        return max(same, key=lambda p: p.score, default=None)

    def _seen(self, frame: Picture, scale: float, region: Region) -> list[Place]:
        height, width = frame.shape[:2]
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        fitted = cv2.resize(frame, (_steps(width * scale), _steps(height * scale)), interpolation=way).astype(np.uint8, copy=False)
        cells = self._session.run(None, {"x": blob_of(fitted)})[0][0]
        grow = np.array([width / fitted.shape[1], height / fitted.shape[0]], np.float32)
        return [Place(p.corners * grow, p.score, p.two_lines) for p in self._gathered(cells, region)]

    def _gathered(self, cells: NDArray[np.float32], region: Region) -> list[Place]:
        """Cells that mean the same place are one: the mean of their corners, the surest cell's score."""
        chance = _sigmoid(cells[region])
        rows, columns = np.nonzero(chance > self._settings.score_min)
        order = np.argsort(-chance[rows, columns])[: self._settings.cells_max]
        rows, columns = rows[order], columns[order]
        scores, two_lines = chance[rows, columns], _sigmoid(cells[1, rows, columns])
        middles = np.stack([columns, rows], axis=1) * np.float32(CELL_PX) + CELL_PX / 2
        corners = middles[:, None] + cells[3:, rows, columns].T.reshape(-1, 4, 2) * REACH_PX
        left = np.arange(len(order))
        places: list[Place] = []
        while left.size and len(places) < self._settings.places_max:
            same = _overlaps(corners[left[0]], corners[left]) > SAME_MIN
            same[0] = True
            chosen, left = left[same], left[~same]
            weights = (scores[chosen] / scores[chosen].sum()).astype(np.float32)
            mean = np.tensordot(weights, corners[chosen], 1).astype(np.float32)
            places.append(Place(mean, float(scores[chosen[0]]), float(two_lines[chosen].mean())))
        return places


def evened(frame: Picture) -> Picture:
    """Dark and bright parts brought nearer to each other: what stands in the dark shows."""
    parts = cv2.cvtColor(frame, cv2.COLOR_BGR2YCrCb)
    parts[..., 0] = cv2.createCLAHE(EVEN_CLIP, EVEN_TILES).apply(parts[..., 0])
    return cv2.cvtColor(parts, cv2.COLOR_YCrCb2BGR).astype(np.uint8, copy=False)


def _overlaps(one: Corners, others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of the upright boxes around them, in parts of their union; near enough for cells of one plate, which is tilted alike in all."""
    low, high = one.min(axis=0), one.max(axis=0)
    lows, highs = others.min(axis=1), others.max(axis=1)
    common = np.clip(np.minimum(high, highs) - np.maximum(low, lows), 0, None).prod(axis=1)
    return np.asarray(common / ((high - low).prod() + (highs - lows).prod(axis=1) - common), np.float32)


def _around(corners: Corners, frame: Picture) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the plate with half its size on each side, within the frame."""
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    margin_x, margin_y = 0.5 * (right - left) + 4, 0.4 * (right - left) + 0.3 * (bottom - top) + 4
    height, width = frame.shape[:2]
    left, top = min(max(0.0, left - margin_x), width - 2), min(max(0.0, top - margin_y), height - 2)
    return left, top, min(max(left + 2, right + margin_x), width), min(max(top + 2, bottom + margin_y), height)


def _sigmoid(value: NDArray[np.float32]) -> NDArray[np.float32]:
    return (1 / (1 + np.exp(-value))).astype(np.float32)


def _steps(side: float) -> int:
    return max(SIDE_STEP_PX, round(side / SIDE_STEP_PX) * SIDE_STEP_PX)
