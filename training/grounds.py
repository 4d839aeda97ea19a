"""Photographs without plates, for what is around a plate: desktop backgrounds from Debian packages, kept at most 1600 pixels wide."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_PX_MAX = 1600
SIDE_PX_MIN = 400
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def grounds(folder: Path) -> list[NDArray[np.uint8]]:
    pictures = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file()):
        picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        if picture is None or min(picture.shape[:2]) < SIDE_PX_MIN:
            continue
        scale = min(1.0, SIDE_PX_MAX / max(picture.shape[:2]))
        pictures.append(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False))
    if not pictures:
        raise FileNotFoundError(f"{folder}: no photographs; training/README.md names the Debian packages to unpack there")
    return pictures
