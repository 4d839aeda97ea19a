"""Frames that were shown before. A sensor's noise is its own in every frame, so what comes again with the same noise is a recording.

Compared is with how much two frames differ anyway: a copy, even one that was compressed anew, differs from its original by less.
What merely shows the same again, a lane that is empty as before, differs from all earlier frames of it by about as much.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

FRAMES_MAX = 6000  # ten minutes at ten frames a second, 3 MB
POINTS = 128
YOUNGEST_S = 0.5  # a stutter shows a frame twice; a replay begins further back
COPY_PART = 0.45  # of the least that two frames in a row differed by of late: one with noise of its own never falls below 0.8
RIVAL_PART = 0.7  # of what the next most alike one differs by: of two earlier frames with noise of their own neither stands out so much
NOISE_LOOKS = 15


class Copies:
    """The last frames' grain, in one block of memory that never grows."""

    def __init__(self) -> None:
        self._held = np.zeros((FRAMES_MAX, POINTS), np.float32)
        self._at = np.full(FRAMES_MAX, np.inf)
        self._next = 0
        self._filled = 0
        self._before = np.zeros(POINTS, np.float32)
        self._differences: deque[float] = deque(maxlen=NOISE_LOOKS)

    def holds(self, at: float, grain: NDArray[np.uint8]) -> bool:
        """Whether this frame is one of the earlier ones; if not, it is held from now on."""
        points = _points(grain)
        nearest, rival = self._two_nearest(at, points)
        least = min(COPY_PART * min(self._differences, default=0.0), RIVAL_PART * rival)
        copied = len(self._differences) == NOISE_LOOKS and nearest < least
        self._differences.append(float(np.abs(self._before - points).mean()))
        self._before = points
        if not copied:  # else a second round of the recording would have the first one beside the original
            self._held[self._next], self._at[self._next] = points, at
            self._next = (self._next + 1) % FRAMES_MAX
            self._filled = min(self._filled + 1, FRAMES_MAX)
        return copied

    def _two_nearest(self, at: float, points: NDArray[np.float32]) -> tuple[float, float]:
        """By how much the two most alike of the older frames differ. All have the same length, so the most alike is the most parallel."""
        alike = self._held[: self._filled] @ points
        alike[self._at[: self._filled] > at - YOUNGEST_S] = -np.inf
        if np.count_nonzero(np.isfinite(alike)) < 2:
            return float("inf"), float("inf")
        nearest, rival = np.abs(self._held[np.argpartition(-alike, 1)[:2]] - points).mean(axis=1)
        return float(nearest), float(rival)


def _points(grain: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Some pixels, without the light of the moment: their mean is 0 and their square 1."""
    points = grain.ravel()[:: max(1, grain.size // POINTS)][:POINTS].astype(np.float32)
    points = np.pad(points - points.mean(), (0, POINTS - points.size))
    return (points / max(1.0, float(np.sqrt((points * points).mean())))).astype(np.float32)
