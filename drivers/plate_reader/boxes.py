"""How text boxes lie to each other, and boxes made from boxes. Corners in pixels, from top left clockwise."""

import cv2
import numpy as np

from drivers.plate_reader.detector import Corners, ordered

ABOVE_FOOT = 0.2  # a detector's box of the lower line reaches that far into the upper one
SAME_MIN = 0.3  # of their union: boxes that overlap so much mean one plate
OVERLAP_MIN = 0.3  # of the smaller box: then both show the same text


def sides(box: Corners) -> tuple[float, float]:
    """Width and height."""
    return float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[3] - box[0]))


def area(box: Corners) -> float:
    return float(cv2.contourArea(box))


def overlap(a: Corners, b: Corners) -> bool:
    shared, _ = cv2.intersectConvexConvex(a, b)
    return shared > OVERLAP_MIN * min(area(a), area(b))


def shared(a: Corners, b: Corners) -> float:
    """Their intersection in parts of their union."""
    common, _ = cv2.intersectConvexConvex(a, b)
    return common / max(1e-6, area(a) + area(b) - common)


def stands_below(upper: Corners, lower: Corners) -> bool:
    """`lower` is the next line under `upper`: about as high, the lines nearly touching, one within the other's width."""
    (_, high_u), (wide_l, high_l) = sides(upper), sides(lower)
    gap = float(lower[:2, 1].mean() - upper[2:, 1].mean())
    aside = float(lower[:, 0].mean() - upper[:, 0].mean())
    return abs(gap) < 0.7 * min(high_u, high_l) and abs(aside) < 0.35 * wide_l and 0.4 < high_u / high_l < 1.8


def stands_beside(left: Corners, right: Corners) -> bool:
    """`right` goes on where `left` ends, on the same line."""
    (_, high_l), (_, high_r) = sides(left), sides(right)
    gap = right[[0, 3]].mean(axis=0) - left[[1, 2]].mean(axis=0)
    return -0.5 * high_l < gap[0] < high_l and abs(float(gap[1])) < 0.4 * high_l and 0.6 < high_l / high_r < 1.6


def around(a: Corners, b: Corners) -> Corners:
    return ordered(cv2.boxPoints(cv2.minAreaRect(np.concatenate([a, b]))).astype(np.float32))


def halves(box: Corners, upper_end: float, lower_start: float) -> tuple[Corners, Corners]:
    """Upper and lower line of a two-line plate, in parts of its height."""
    left, right = box[3] - box[0], box[2] - box[1]
    upper = np.array([box[0], box[1], box[1] + upper_end * right, box[0] + upper_end * left], dtype=np.float32)
    lower = np.array([box[0] + lower_start * left, box[1] + lower_start * right, box[2], box[3]], dtype=np.float32)
    return upper, lower


def line_above(box: Corners, high: float) -> Corners:
    """Where the upper line of a two-line plate stands, `high` parts of the lower line's height, less wide (GA 36: 60 over 110 mm)."""
    down_left, down_right = box[3] - box[0], box[2] - box[1]
    inset = 0.12 * (box[1] - box[0])
    foot_left, foot_right = box[0] + ABOVE_FOOT * down_left + inset, box[1] + ABOVE_FOOT * down_right - inset
    return np.array([foot_left - high * down_left, foot_right - high * down_right, foot_right, foot_left], dtype=np.float32)


def wider(box: Corners, left: float, right: float) -> Corners:
    """Grown by parts of its width."""
    top, bottom = box[1] - box[0], box[2] - box[3]
    return np.array([box[0] - left * top, box[1] + right * top, box[2] + right * bottom, box[3] - left * bottom], dtype=np.float32)
