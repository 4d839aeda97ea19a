"""Whether a camera still looks where it looked: its picture's edges against a slowly learned reference, tile by tile.

What a truck hides says nothing, and where it creeps forward some tiles seem to shift: so a camera has moved only if more of its picture
agrees on the shift than still lies where it did.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

WIDE_PX = 160  # of the copy that is compared: a shift of 12 pixels in 960 is two here
LEARNED_S = 60.0  # a truck that stands for half a minute is half learned; then its tile says nothing for a while
FIRST_LOOKS = 20
ACROSS, DOWN = 3, 2  # tiles
STEEP_MAX = 40.0  # of 255: a lamp counts no more than a kerb
EDGE_MIN = 1.0  # mean: below, there is nothing to compare
SURE = 0.2  # response of the phase correlation: the same scene answers with 0.4 and more, another by chance with up to this
CERTAIN = 0.3
SHIFT_PX = 2.0

Edges = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a part of the picture lies from where it was, and how sure that is."""

    across: float
    down: float
    sure: float

    @property
    def is_away(self) -> bool:
        return max(abs(self.across), abs(self.down)) >= SHIFT_PX

    def agrees(self, other: "Shift") -> bool:
        return max(abs(self.across - other.across), abs(self.down - other.down)) < SHIFT_PX


class Reference:
    """What the camera usually shows. Empty at first: the first looks make it."""

    def __init__(self) -> None:
        self._usual: Edges | None = None
        self._looks = 0
        self._at = 0.0

    def moved(self, edges: NDArray[np.uint8], at: float, *, learn: bool) -> bool:
        """`learn`: nothing is wrong with the camera, so the reference may follow it."""
        high = max(1, round(edges.shape[0] * WIDE_PX / edges.shape[1]))
        now = np.minimum(cv2.resize(edges, (WIDE_PX, high), interpolation=cv2.INTER_AREA).astype(np.float32), STEEP_MAX)
        if self._usual is None or self._usual.shape != now.shape:
            self._usual, self._looks, self._at = now, 1, at
            return False
        moved = self._looks >= FIRST_LOOKS and _moved(self._usual, now)
        if learn and not moved:
            self._learn(now, at)
        return moved

    def _learn(self, now: Edges, at: float) -> None:
        assert self._usual is not None
        self._looks = min(self._looks + 1, FIRST_LOOKS)
        part = 1.0 / self._looks if self._looks < FIRST_LOOKS else min(1.0, (at - self._at) / LEARNED_S)
        self._usual += np.float32(part) * (now - self._usual)
        self._at = at


def _moved(usual: Edges, now: Edges) -> bool:
    whole = _shift(usual, now)
    if whole.sure < CERTAIN or not whole.is_away:
        return False
    tiles = [shift for part in _tiles(*now.shape) if (shift := _shift(usual[part], now[part])).sure > SURE]
    here = sum(not shift.is_away for shift in tiles)  # a straight kerb that moves along itself seems to be where it was
    return sum(shift.is_away and shift.agrees(whole) for shift in tiles) > here


def _tiles(high: int, wide: int) -> list[tuple[slice, slice]]:
    rows, columns = high // DOWN, wide // ACROSS
    return [
        (slice(row * rows, (row + 1) * rows), slice(column * columns, (column + 1) * columns))
        for row in range(DOWN)
        for column in range(ACROSS)
    ]


def _shift(usual: Edges, now: Edges) -> Shift:
    if min(float(usual.mean()), float(now.mean())) < EDGE_MIN:
        return Shift(0.0, 0.0, 0.0)
    (across, down), sure = cv2.phaseCorrelate(usual - usual.mean(), now - now.mean(), _window(*usual.shape))
    return Shift(across, down, sure)


@lru_cache(maxsize=4)
def _window(high: int, wide: int) -> Edges:
    return cv2.createHanningWindow((wide, high), cv2.CV_32F).astype(np.float32, copy=False)
