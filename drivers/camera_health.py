"""Whether a camera's pictures can be believed. Pure: looks at its frames with their times go in, a judgement comes out.

A sign must show for `HOLD_S` before it is said: passing trucks, headlights and lightning do not last so long and change. A
reader at ten frames a second so says it 1.1 s after it began, at five frames 1.2 s.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera_copies import Copies
from drivers.camera_moved import Reference

Grey = NDArray[np.uint8]

LOOK_PX = 480  # wide: defocus that costs plates (a blur of 4 pixels in 960) still shows, and a look takes 2 ms
GRAIN_PX = 64  # wide: single pixels as they are, for averaged ones lose the sensor's noise
DEAD_S = 1.2  # the slowest camera that may be used sends two frames a second, and one may be lost
HOLD_S = 1.0
GAP_S = 0.45  # a frame or two without it do not end a sign: a reader at rest takes five a second
CLEAR_S = 2.0  # it looks well again for so long

FLAT_SPREAD = 12  # of 255, between the 1st and the 99th part of the picture: fog at the gate still leaves 40, a hand leaves 5
DARK_LEVEL = 28  # of 255: nearly all of the picture is darker; lamps at a gate at night leave a tenth above 60
BLOWN_LEVEL, BLOWN_PART = 250, 0.55  # a blown-out sky takes a third of a picture, a dazzled sensor nearly all
STILL_GRAIN = 0.12  # of 255, mean: two frames of one moment differ by less, a quiet sensor's at night by 0.5
STEEP_PART = 0.98  # of the picture is less steep
SOFT_PART = 0.65  # of the usual sharpness: see benchmarks/cameras.py, which prints what weather and a soft lens leave of it
SHARP_LEARNED_S = 600.0  # the usual sharpness follows dawn and dusk, not a knock
SHARP_FIRST_LOOKS = 20  # before that nothing is usual


class Trouble(Enum):
    """What can be wrong with a camera, the more certain first."""

    DEAD = "dead"
    REPLAYED = "replayed"
    FROZEN = "frozen"
    COVERED = "covered"
    OVEREXPOSED = "overexposed"
    DARK = "dark"
    DEFOCUSED = "defocused"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Look:
    """A small copy of one frame: `small` averaged to LOOK_PX wide, `grain` single pixels of it, as many as tell two frames apart."""

    small: Grey
    grain: Grey


def look_at(picture: NDArray[np.uint8]) -> Look:
    """`picture`: BGR, of any size."""
    height, width = picture.shape[:2]
    wide = min(width, LOOK_PX)
    small = cv2.resize(picture, (wide, max(1, round(height * wide / width))), interpolation=cv2.INTER_AREA)
    step = max(1, width // GRAIN_PX)
    grain = np.ascontiguousarray(picture[step // 2 :: step, step // 2 :: step, 1])
    return Look(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False), grain)


@dataclass(frozen=True, slots=True)
class _Times:
    """When a sign was seen first and last, with no gap longer than GAP_S between."""

    first: float
    last: float


_UNLIT = (Trouble.COVERED, Trouble.OVEREXPOSED, Trouble.DARK)  # one may turn into another: nothing was to be seen all the time


class CameraHealth:
    """One camera's. `judge` every frame, ask `trouble` as often as wanted; both with the same clock's time."""

    def __init__(self, began_at: float) -> None:
        self._framed_at = began_at
        self._signs_at: dict[Trouble, _Times] = {}
        self._said: Trouble | None = None
        self._shown_at = began_at  # the last frame that showed what was said
        self._grain: Grey | None = None
        self._copies = Copies()
        self._copied_at: deque[float] = deque(maxlen=COPIES_MIN)
        self._sharpness: float | None = None
        self._first: list[float] = []
        self._reference = Reference()

    def judge(self, at: float, look: Look) -> Trouble | None:
        """What is wrong with the camera, this frame counted in."""
        for trouble in self._signs(at, look):
            self._sign(trouble, at)
        self._signs_at = {trouble: times for trouble, times in self._signs_at.items() if at - times.last <= GAP_S}
        if self._said in self._signs_at:
            self._shown_at = at
        self._framed_at = at
        return self.trouble(at)

    @property
    def suspects(self) -> bool:
        """Something seems wrong that is not certain yet."""
        return bool(self._signs_at) or any(self._framed_at - at <= COPIES_S for at in self._copied_at)

    def _sign(self, trouble: Trouble, at: float) -> None:
        """Covered may turn into dark, and dark into dazzled: nothing was to be seen all the time."""
        alike = _UNLIT if trouble in _UNLIT else (trouble,)
        first = min((self._signs_at[t].first for t in alike if t in self._signs_at), default=at)
        self._signs_at[trouble] = _Times(first, at)

    def stalled(self, late_s: float) -> None:
        """Whoever watches did not run for so long: that is no silence of the camera."""
        self._framed_at += late_s

    def trouble(self, now: float) -> Trouble | None:
        """What is wrong with the camera by now: silence, too, is found here."""
        if now - self._framed_at > DEAD_S:
            self._signs_at.clear()
            self._said, self._shown_at = Trouble.DEAD, now
            return self._said
        lasting = next((t for t in Trouble if t in self._signs_at and self._signs_at[t].last - self._signs_at[t].first >= HOLD_S), None)
        if lasting is not None:
            self._said, self._shown_at = lasting, self._framed_at
        elif self._said is Trouble.DEAD or now - self._shown_at > CLEAR_S:
            self._said = None
        return self._said

    def _signs(self, at: float, look: Look) -> set[Trouble]:
        levels = _levels(look.small)
        lit = _of_light(levels)
        signs = self._of_copies(at, look, seen=lit is None)
        if lit is not None:
            return {*signs, lit}  # what cannot be seen is neither soft nor elsewhere, and teaches nothing
        edges = _edges(look.small, FINE)
        usual = not signs and self._said is None
        if self._is_soft(_sharpness(edges, look.small), at, learn=usual):
            signs.add(Trouble.DEFOCUSED)
        elif self._reference.moved(edges, at, learn=usual and not self._signs_at):
            signs.add(Trouble.MOVED)
        return signs

    def _of_copies(self, at: float, look: Look, *, seen: bool) -> set[Trouble]:
        """The noise of a sensor never comes again: a frame without new noise is no new frame. Where nothing is `seen` there may be none."""
        before, self._grain = self._grain, look.grain
        if before is None or before.shape != look.grain.shape:
            self._copies = Copies()
            return set()
        still = float(cv2.norm(before, look.grain, cv2.NORM_L1)) / look.grain.size
        if still < STILL_GRAIN:
            return {Trouble.FROZEN}
        if seen and self._copies.holds(at, look.grain):
            self._copied_at.append(at)
        lately = [moment for moment in self._copied_at if at - moment <= COPIES_S]
        if len(lately) == COPIES_MIN:
            self._signs_at.setdefault(Trouble.REPLAYED, _Times(at - HOLD_S, at))  # so many copies are certain: they need not last as well
            return {Trouble.REPLAYED}
        return set()

    def _is_soft(self, now: float, at: float, *, learn: bool) -> bool:
        if self._sharpness is None:
            self._first.append(now)
            if len(self._first) >= SHARP_FIRST_LOOKS:
                self._sharpness = median(self._first)
            return False
        if now < SOFT_PART * self._sharpness:
            return True
        if learn:
            self._sharpness += (now - self._sharpness) * min(1.0, (at - self._framed_at) / SHARP_LEARNED_S)
        return False


COPIES_MIN = 2  # one is certain as it is; two are also no accident of a stutter
COPIES_S = 2.0  # a reader at rest takes half of the frames, and had taken half of those that are replayed: a quarter are told


Levels = NDArray[np.float64]  # of 256, which part of a picture is at most so bright


def _levels(grey: Grey) -> Levels:
    return np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()) / grey.size


def _reached(levels: Levels, part: float) -> int:
    return int(np.searchsorted(levels, part))


def _of_light(levels: Levels) -> Trouble | None:
    if 1.0 - levels[BLOWN_LEVEL - 1] > BLOWN_PART:
        return Trouble.OVEREXPOSED
    if _reached(levels, 0.99) - _reached(levels, 0.01) < FLAT_SPREAD:
        return Trouble.COVERED
    return Trouble.DARK if _reached(levels, 0.98) < DARK_LEVEL else None


FINE, COARSE = 0.25, 1.0  # of an edge's steepness, so that it fits into a byte
COARSE_PX = 3.0
COARSE_MIN = 20  # less steep than this noise is as steep
SHARP_ACROSS, SHARP_DOWN = 4, 3  # parts, each with edges of its own


def _edges(small: Grey, part: float) -> Grey:
    """How steep each place is, noise smoothed away."""
    smooth = cv2.GaussianBlur(small, (3, 3), 0)
    across = cv2.convertScaleAbs(cv2.Sobel(smooth, cv2.CV_16S, 1, 0), alpha=part)
    down = cv2.convertScaleAbs(cv2.Sobel(smooth, cv2.CV_16S, 0, 1), alpha=part)
    return cv2.add(across, down).astype(np.uint8, copy=False)


def _sharpness(edges: Grey, small: Grey) -> float:
    """How much steeper edges are than after a blur, where they are sharpest: lamps glow softly, a soft lens leaves nothing sharp."""
    blurred = cv2.GaussianBlur(small, (0, 0), COARSE_PX).astype(np.uint8, copy=False)
    coarse = _edges(blurred, COARSE)
    rows, columns = max(1, small.shape[0] // SHARP_DOWN), max(1, small.shape[1] // SHARP_ACROSS)
    sharpest = 0.0
    for top in range(0, rows * SHARP_DOWN, rows):
        for left in range(0, columns * SHARP_ACROSS, columns):
            part = (slice(top, top + rows), slice(left, left + columns))
            if coarse[part].size and (steep := _reached(_levels(coarse[part]), STEEP_PART)) >= COARSE_MIN:
                sharpest = max(sharpest, _reached(_levels(edges[part]), STEEP_PART) * COARSE / FINE / steep)
    return sharpest
