"""What a gate's camera sees: the lane, a truck's front, its plate. Pure: the same view gives the same picture."""

import json
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sim.drawn_plate import Colour, Picture, drawn_plate, put_on

WIDTH_PX, HEIGHT_PX = 960, 540
FOCAL_PX = 3400.0  # a long lens: a truck at the stop line takes three quarters of the width, its plate 150 pixels
BEHIND_BOOM_M = 9.0  # where the camera stands
HORIZON = 0.25  # of the picture's height
CAMERA_M = 1.1  # its height above the lane
LANE_HALF_M = 1.9
CAB_WIDE_M, CAB_HIGH_M = 2.5, 2.9
PLATE_M = 0.75  # its middle above the lane
JPEG_QUALITY = 88
NOISE = 4.0  # of 255, standard deviation


@dataclass(frozen=True, slots=True)
class CameraView:
    """`plate`: of the truck in sight, separators stripped; "" for an empty lane. `distance_m`: from its front to the boom.

    `frame`: a number that changes with each picture, for its noise, light and slight shake. `lines`, `colour`: of the plate.
    """

    plate: str = ""
    distance_m: float = 3.0
    frame: int = 0
    lines: int = 1
    colour: Colour = Colour.YELLOW


def render(view: CameraView) -> Picture:
    """BGR, 960 x 540."""
    draw = random.Random(json.dumps([view.plate, view.frame]))
    scene = _lane().copy()
    if view.plate:
        _draw_truck(scene, view, draw)
    light = draw.uniform(0.85, 1.1)
    noisy = cv2.add(cv2.convertScaleAbs(scene, alpha=light), _noise(draw.randrange(8)), dtype=cv2.CV_8U)
    return noisy.astype(np.uint8, copy=False)


def jpeg(picture: Picture) -> bytes:
    made, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert made, "a BGR picture can always be encoded"
    return data.tobytes()


def photographs(folder: Path) -> tuple[bytes, ...]:
    """The folder's JPEG files in order, to be served instead of drawn pictures."""
    return tuple(path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix.lower() in (".jpg", ".jpeg"))


def _draw_truck(scene: Picture, view: CameraView, draw: random.Random) -> None:
    px_per_m = FOCAL_PX / (BEHIND_BOOM_M + max(0.0, view.distance_m))
    middle = WIDTH_PX / 2 + draw.uniform(-2.0, 2.0)
    ground = HORIZON * HEIGHT_PX + CAMERA_M * px_per_m
    front = _front()
    _put_level(scene, front, (middle, ground), (CAB_WIDE_M * px_per_m, CAB_HIGH_M * px_per_m))
    plate = drawn_plate(view.plate, view.lines, view.colour)
    wide = plate.shape[1] / 1500 * px_per_m
    high = plate.shape[0] / 1500 * px_per_m
    left, top = middle - wide / 2, ground - PLATE_M * px_per_m - high / 2
    corners = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]], dtype=np.float32)
    put_on(scene, plate, corners + _tilt(draw, wide, high))


def _tilt(draw: random.Random, wide: float, high: float) -> NDArray[np.float32]:
    """A plate never hangs quite level, nor straight before the camera."""
    turned = draw.uniform(-0.03, 0.03) * wide
    aslant = draw.uniform(-0.06, 0.06) * high
    return np.array([[0, aslant], [0, turned - aslant], [0, turned + aslant], [0, -aslant]], dtype=np.float32)


def _put_level(scene: Picture, picture: Picture, foot: tuple[float, float], size: tuple[float, float]) -> None:
    """Pastes with the middle of its lower edge at `foot`; what lies outside the scene is cut off."""
    wide, high = round(size[0]), round(size[1])
    left, top = round(foot[0]) - wide // 2, round(foot[1]) - high
    x0, y0, x1, y1 = max(0, left), max(0, top), min(WIDTH_PX, left + wide), min(HEIGHT_PX, top + high)
    if x0 < x1 and y0 < y1:
        fitted = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
        scene[y0:y1, x0:x1] = fitted[y0 - top : y1 - top, x0 - left : x1 - left]


@lru_cache(maxsize=1)
def _lane() -> Picture:
    """Sky, concrete, the lane's edges running to the horizon."""
    scene = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    horizon = round(HORIZON * HEIGHT_PX)
    sky = np.linspace((205, 190, 175), (225, 220, 214), horizon)
    ground = np.linspace((120, 124, 126), (88, 92, 95), HEIGHT_PX - horizon)
    scene[:horizon] = sky[:, np.newaxis, :]
    scene[horizon:] = ground[:, np.newaxis, :]
    nearest = round(LANE_HALF_M * (HEIGHT_PX - horizon) / CAMERA_M)
    for side in (-1, 1):
        cv2.line(scene, (WIDTH_PX // 2 + side * nearest, HEIGHT_PX), (WIDTH_PX // 2, horizon), (200, 205, 205), 6, cv2.LINE_AA)
    return scene


@lru_cache(maxsize=1)
def _front() -> Picture:
    """A cab-less unmanned truck from the front: body, sensor bar, grille, lamps, bumper; 400 pixels a metre."""
    front = np.full((round(CAB_HIGH_M * 400), round(CAB_WIDE_M * 400), 3), (150, 96, 44), np.uint8)
    height, width = front.shape[:2]
    cv2.rectangle(front, (60, 90), (width - 60, 330), (52, 44, 40), -1)
    cv2.rectangle(front, (60, 120), (width - 60, 150), (90, 84, 80), -1)
    for y in range(430, 700, 45):
        cv2.rectangle(front, (230, y), (width - 230, y + 20), (70, 48, 28), -1)
    cv2.rectangle(front, (0, 720), (width, height - 60), (62, 62, 64), -1)
    cv2.rectangle(front, (0, height - 60), (width, height), (24, 24, 26), -1)
    for x in (110, width - 110):
        cv2.circle(front, (x, 800), 55, (215, 228, 232), -1, cv2.LINE_AA)
        cv2.circle(front, (x, 800), 55, (40, 40, 40), 6, cv2.LINE_AA)
    return front


@lru_cache(maxsize=8)
def _noise(number: int) -> NDArray[np.int16]:
    return np.random.default_rng(number).normal(0.0, NOISE, (HEIGHT_PX, WIDTH_PX, 3)).astype(np.int16)
