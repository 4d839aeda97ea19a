"""Where in the picture plates are read, and how high one must at least be: what a camera sees beside the lane is nobody's plate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drivers.plate_reader.reader import PlateRead

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Area:
    """`left`, `top`, `right`, `bottom`: parts of the picture, 0 to 1. `plate_px_min`: pixels, of the plate's own height."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0
    plate_px_min: float = 0.0

    @classmethod
    def of(cls, plan: Mapping[str, object]) -> "Area":
        """As the worker's plan has it."""
        area = plan.get("area", (0.0, 0.0, 1.0, 1.0))
        assert isinstance(area, list | tuple)
        left, top, right, bottom = (float(part) for part in area)
        return cls(left, top, right, bottom, float(str(plan.get("plate_px_min", 0.0))))


def inside(area: Area, picture: Picture, read: Callable[[Picture], tuple[PlateRead, ...]]) -> tuple[PlateRead, ...]:
    """What `read` finds in the area, in the whole picture's own pixels."""
    high, wide = picture.shape[:2]
    x, y = int(area.left * wide), int(area.top * high)
    cut = np.ascontiguousarray(picture[y : round(area.bottom * high), x : round(area.right * wide)])
    moved = (replace(found, corners=tuple((cx + x, cy + y) for cx, cy in found.corners)) for found in read(cut))
    return tuple(found for found in moved if height_px(found) >= area.plate_px_min)


def height_px(found: PlateRead) -> float:
    """Along its left and right sides."""
    top_left, top_right, bottom_right, bottom_left = (np.array(corner) for corner in found.corners)
    return float(np.linalg.norm(bottom_left - top_left) + np.linalg.norm(bottom_right - top_right)) / 2
