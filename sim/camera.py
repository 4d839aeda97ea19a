"""What a gate's camera sees: the lane, a truck's front, its plate. Pure: the same view gives the same picture."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import assert_never

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sim.camera_faults import Weather
from sim.drawn_plate import LATIN, Colour, Picture, drawn_plate, put_on

WIDTH_PX, HEIGHT_PX = 960, 540
FOCAL_PX = 3400.0  # a long lens: a truck at the stop line takes three quarters of the width, its plate 150 pixels
BEHIND_BOOM_M = 9.0  # where the camera stands
HORIZON = 0.25  # of the picture's height
CAMERA_M = 1.1  # its height above the lane
LANE_HALF_M = 1.9
CAB_WIDE_M, CAB_HIGH_M = 2.5, 2.9
PLATE_M = 0.75  # its middle above the lane
LAMP_M, LAMP_BESIDE_M, LAMP_BLOOM_M = 0.9, 0.97, 0.12  # above the lane, beside the middle, how far a lit one dazzles
POSTS_M = (20.0, 24.0, 30.0, 40.0, 60.0)  # from the camera, on both sides of the lane
POST_BESIDE_M, POST_HIGH_M, POST_WIDE_M = 2.6, 1.0, 0.12
WALL, RIB, RIB_PX, NUMBER_PX = (120, 60, 40), (102, 51, 34), 20, 34
NUMBER_AT, NUMBER_WIDE_PX = (WIDTH_PX // 3, HEIGHT_PX // 3), 270
MUD = (58, 74, 92)
JPEG_QUALITY = 88
PHOTOGRAPH_SUFFIXES = (".jpg", ".jpeg", ".png")
NOISE_SPARE_PX = 64  # noise is cut out of a larger sheet, at another place for each frame
STREAKS = 220  # of rain in one picture
NOISE = {Weather.DAY: 4.0, Weather.NIGHT: 6.0, Weather.RAIN: 5.0}  # of 255, standard deviation: a sensor's gain rises at night


@dataclass(frozen=True, slots=True)
class CameraView:
    """`plate`: of the truck in sight, separators stripped; "" for an empty lane. `distance_m`: from its front to the boom.

    `frame`: a number that changes with each picture, for its noise, light, rain and slight shake. `lines`, `colour`: of the plate.
    `container`: the number on the wall that fills the picture, "" for no wall. `muddy`: most of what
    is to be read is covered.
    """

    plate: str = ""
    distance_m: float = 3.0
    frame: int = 0
    lines: int = 1
    colour: Colour = Colour.YELLOW
    weather: Weather = Weather.DAY
    container: str = ""
    muddy: bool = False


def render(view: CameraView) -> Picture:
    """BGR, 960 x 540."""
    return taken(still(view), view.frame, view.weather)


def still(view: CameraView) -> Picture:
    """The scene itself, as no sensor ever sees it: without noise."""
    draw = random.Random(json.dumps([view.plate, view.frame]))
    scene = _lane().copy()
    front = _draw_truck(scene, view, draw) if view.plate else None
    if view.container:
        scene[:] = _wall(view.container)
        if view.muddy:
            _mud_on(scene[NUMBER_AT[1] - 4 : NUMBER_AT[1] + NUMBER_PX + 4, NUMBER_AT[0] : NUMBER_AT[0] + NUMBER_WIDE_PX])
    match view.weather:
        case Weather.NIGHT:
            scene = _by_night(scene, front)
        case Weather.RAIN:
            scene = cv2.GaussianBlur(cv2.convertScaleAbs(scene, alpha=0.72, beta=34), (0, 0), 0.7).astype(np.uint8, copy=False)
        case Weather.DAY:
            pass
        case _:
            assert_never(view.weather)
    if front is not None:
        put_on(scene, _lit_plate(view), front.plate)
    return scene


def taken(scene: Picture, number: int, weather: Weather, lens: Callable[[Picture], Picture] = lambda scene: scene) -> Picture:
    """The scene through a lens and a sensor. Another number has other noise, other drops of rain and a little other light."""
    draw = random.Random(number)
    light = draw.uniform(0.94, 1.04)
    if weather is Weather.RAIN:
        scene = scene.copy()
        _rain_on(scene, draw)
    lit = cv2.convertScaleAbs(scene, alpha=light).astype(np.uint8, copy=False)
    high, wide = lit.shape[:2]
    return cv2.add(lens(lit), _noise(weather, draw, high, wide), dtype=cv2.CV_8U).astype(np.uint8, copy=False)


def jpeg(picture: Picture) -> bytes:
    made, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert made, "a BGR picture can always be encoded"
    return data.tobytes()


def photographs(folder: Path) -> tuple[Picture, ...]:
    """The folder's pictures in order, to be seen instead of drawn ones; what is no picture is left out."""
    found = (cv2.imread(str(path)) for path in sorted(folder.iterdir()) if path.suffix.lower() in PHOTOGRAPH_SUFFIXES)
    return tuple(picture.astype(np.uint8, copy=False) for picture in found if picture is not None)


@dataclass(frozen=True, slots=True)
class _Front:
    """Where a drawn truck's lamps and the corners of its plate are."""

    lamps: tuple[tuple[int, int], ...]
    lamp_px: float
    plate: NDArray[np.float32]


def _draw_truck(scene: Picture, view: CameraView, draw: random.Random) -> _Front:
    """Without its plate, which reflects in its own way."""
    px_per_m = FOCAL_PX / (BEHIND_BOOM_M + max(0.0, view.distance_m))
    middle = WIDTH_PX / 2 + draw.uniform(-2.0, 2.0)
    ground = HORIZON * HEIGHT_PX + CAMERA_M * px_per_m
    _put_level(scene, _truck_front(), (middle, ground), (CAB_WIDE_M * px_per_m, CAB_HIGH_M * px_per_m))
    plate = drawn_plate(view.plate, view.lines, view.colour)
    wide = plate.shape[1] / 1500 * px_per_m
    high = plate.shape[0] / 1500 * px_per_m
    left, top = middle - wide / 2, ground - PLATE_M * px_per_m - high / 2
    corners = np.array([[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]], dtype=np.float32)
    lamps = tuple((round(middle + side * LAMP_BESIDE_M * px_per_m), round(ground - LAMP_M * px_per_m)) for side in (-1, 1))
    return _Front(lamps, LAMP_BLOOM_M * px_per_m, corners + _tilt(draw, wide, high))


def _mud_on(picture: Picture) -> None:
    """Over all but the two ends."""
    high, wide = picture.shape[:2]
    draw = random.Random(wide)
    for at in np.linspace(0.25, 0.75, 9):
        middle = (round(float(at) * wide), round(draw.uniform(0.4, 0.6) * high))
        cv2.ellipse(picture, middle, (round(0.09 * wide), round(draw.uniform(0.5, 0.8) * high)), 0.0, 0.0, 360.0, MUD, -1, cv2.LINE_AA)


def _lit_plate(view: CameraView) -> Picture:
    """A plate throws the gate's lamps back: at night it is the brightest thing but the headlamps."""
    plate = drawn_plate(view.plate, view.lines, view.colour)
    if view.muddy:
        plate = plate.copy()
        _mud_on(plate)
    return cv2.convertScaleAbs(plate, alpha=0.75).astype(np.uint8, copy=False) if view.weather is Weather.NIGHT else plate


def _by_night(scene: Picture, front: _Front | None) -> Picture:
    dark = (scene * _lamplight()).astype(np.uint8)
    if front is not None:
        glow = np.zeros_like(dark)
        for lamp in front.lamps:
            cv2.circle(glow, lamp, round(front.lamp_px), (225, 240, 250), -1, cv2.LINE_AA)
        dark = cv2.add(dark, cv2.GaussianBlur(glow, (0, 0), front.lamp_px / 2)).astype(np.uint8, copy=False)
    return dark


def _rain_on(picture: Picture, draw: random.Random) -> None:
    for _ in range(STREAKS):
        x, y, long = draw.randrange(WIDTH_PX), draw.randrange(HEIGHT_PX), draw.randrange(8, 26)
        shade = draw.randrange(150, 205)
        cv2.line(picture, (x, y), (x + long // 6, y + long), (shade, shade, shade), 1)


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
        for away_m in reversed(POSTS_M):
            _draw_post(scene, side, FOCAL_PX / away_m)
    return scene


def _draw_post(scene: Picture, side: int, px_per_m: float) -> None:
    foot = (WIDTH_PX / 2 + side * POST_BESIDE_M * px_per_m, HORIZON * HEIGHT_PX + CAMERA_M * px_per_m)
    half, high = POST_WIDE_M * px_per_m / 2, POST_HIGH_M * px_per_m
    for band in range(4):  # red and white, as the kerb posts of the bridge are
        top, low = foot[1] - high * (band + 1) / 4, foot[1] - high * band / 4
        colour = (60, 60, 190) if band % 2 else (215, 218, 220)
        cv2.rectangle(scene, (round(foot[0] - half), round(top)), (round(foot[0] + half), round(low)), colour, -1)


@lru_cache(maxsize=8)
def _wall(number: str) -> Picture:
    """A container's corrugated side with its number painted on it."""
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), WALL)
    draw = ImageDraw.Draw(image)
    for left in range(0, WIDTH_PX, 2 * RIB_PX):
        draw.rectangle((left, 0, left + RIB_PX // 2, HEIGHT_PX), fill=RIB)
    font, (left, top) = ImageFont.truetype(str(LATIN), NUMBER_PX), NUMBER_AT
    for part in (number[:4], number[4:10], number[10:]):  # the font has no blank
        draw.text((left, top), part, font=font, fill=(240, 240, 240))
        left += round(font.getlength(part) + NUMBER_PX / 3)
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


@lru_cache(maxsize=1)
def _lamplight() -> NDArray[np.float32]:
    """What the gate's lamps leave of the day: a pool of light on the lane before the boom."""
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    away = ((x - WIDTH_PX / 2) / (0.55 * WIDTH_PX)) ** 2 + ((y - 0.7 * HEIGHT_PX) / (0.6 * HEIGHT_PX)) ** 2
    light: NDArray[np.float32] = (0.14 + 0.42 * np.exp(-away))[:, :, np.newaxis].astype(np.float32)
    return light


@lru_cache(maxsize=1)
def _truck_front() -> Picture:
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


def _noise(weather: Weather, draw: random.Random, high: int, wide: int) -> NDArray[np.int16]:
    """New in every frame: two sheets, each from its own place on."""
    parts = []
    for number in (0, 1):
        x, y = draw.randrange(NOISE_SPARE_PX), draw.randrange(NOISE_SPARE_PX)
        parts.append(_sheet(weather, number)[y : y + HEIGHT_PX, x : x + WIDTH_PX])
    noise = cv2.add(parts[0], parts[1])
    if (high, wide) != (HEIGHT_PX, WIDTH_PX):
        noise = cv2.copyMakeBorder(noise, 0, max(0, high - HEIGHT_PX), 0, max(0, wide - WIDTH_PX), cv2.BORDER_WRAP)[:high, :wide]
    return noise.astype(np.int16, copy=False)


@lru_cache(maxsize=6)
def _sheet(weather: Weather, number: int) -> NDArray[np.int16]:
    size = (HEIGHT_PX + NOISE_SPARE_PX, WIDTH_PX + NOISE_SPARE_PX, 3)
    return np.random.default_rng(number).normal(0.0, NOISE[weather] / 2**0.5, size).astype(np.int16)
