"""Frames from video files, pictures and folders of pictures, which may show the same again."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from drivers.frames import Frame, NoFrame, encoded, load_picture

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
VIDEO_SUFFIXES = frozenset({".mp4", ".mkv", ".avi", ".mov", ".ts", ".m4v"})
FRAMES_PER_S_MAX = 240  # a file that claims more is wrong about itself


def pictures_in(path: Path) -> tuple[Path, ...]:
    """Of a folder in order, those that are there now; a picture's own path otherwise."""
    return tuple(sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)) if path.is_dir() else (path,)


def empty(folder: Path) -> NoFrame:
    return NoFrame(f"{folder}: no picture in this folder; put .jpg or .png files there")


class Kept:
    """Nothing of a recording can be watched, and nothing of it is lost while nobody looks."""

    def trouble(self) -> str:
        return ""

    @property
    def live(self) -> None:
        return None


class Pictures(Kept):
    """A picture, or a folder's in order, one at each call. The folder may change: it is listed anew for each round."""

    def __init__(self, path: Path, *, once: bool) -> None:
        self._path = path
        self._once = once
        self._left: Iterator[Path] = iter(pictures_in(path))
        self._shown = 0

    def newest(self, _: float, /) -> Frame | NoFrame:
        found = self._following()
        if found is None and self._once:
            return NoFrame(f"all {self._shown} pictures were shown", ended=True)
        if found is None:
            self._left = iter(pictures_in(self._path))
            found = self._following()
        if found is None:
            return empty(self._path)
        self._shown += 1
        return load_picture(found)

    def _following(self) -> Path | None:
        """What was taken away since the round began is passed over; a picture of its own is named when it is gone."""
        return next((path for path in self._left if path == self._path or path.exists()), None)

    def close(self) -> None:
        pass


class VideoFile(Kept):
    """A recording, every frame of it."""

    def __init__(self, path: Path, *, once: bool) -> None:
        self._path = path
        self._once = once
        self._shown = 0
        self._capture = cv2.VideoCapture(str(path))

    def newest(self, _: float, /) -> Frame | NoFrame:
        taken, picture = self._capture.read()
        if not taken and not self._once:
            self._capture.release()
            self._capture = cv2.VideoCapture(str(self._path))
            taken, picture = self._capture.read()
        if not taken and self._once and self._shown:
            return NoFrame(f"{self._path}: all {self._shown} frames were shown", ended=True)
        if not taken:
            return NoFrame(f"{self._path}: no frame can be read from this video; play it to see whether it is whole", ended=self._once)
        self._shown += 1
        return encoded(picture.astype(np.uint8, copy=False), str(self._path))

    def close(self) -> None:
        self._capture.release()


def moments(path: Path, every_s: float) -> Iterator[tuple[float, Frame | NoFrame]]:
    """A recording's frames, one every so many seconds, each with its time from the start. A video that shows nothing says so once."""
    capture = cv2.VideoCapture(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    step = max(1, round(every_s * rate)) if 0 < rate <= FRAMES_PER_S_MAX else 1
    number = 0
    while capture.grab():
        if number % step == 0:
            taken, picture = capture.retrieve()
            if not taken:
                break
            yield number / rate if rate > 0 else 0.0, encoded(picture.astype(np.uint8, copy=False), str(path))
        number += 1
    capture.release()
    if number == 0:
        yield 0.0, NoFrame(f"{path}: no frame can be read from this video; play it to see whether it is whole", ended=True)
