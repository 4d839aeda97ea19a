"""What stands between a plate and the file: dirt, shadow, rain, night, glare, infrared, blur, noise, compression.

Everything is drawn from the given generator. Amounts are chosen so that a person could still read the plate.
"""

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Light = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sky:
    """How often what happens to a picture, 0–1."""

    night: float = 0.2
    glare: float = 0.12
    rain: float = 0.12
    defocus: float = 0.45
    motion: float = 0.25
    grey: float = 0.14
    noise: float = 0.6


MIXED = Sky()
NIGHT_GAIN, DARK_GAIN = (0.16, 0.4), (0.06, 0.16)
"""Of daylight. In the dark the camera's noise is let grow no further than the plate can stand."""


def soiled(plate: Picture, draw: random.Random) -> Picture:
    """Mud, scratches and a hard shadow on the plate itself."""
    picture = plate
    if draw.random() < 0.3:
        picture = _muddy(picture, draw)
    if draw.random() < 0.25:
        picture = _shadowed(picture, draw)
    if draw.random() < 0.15:
        picture = picture.copy()
        high, wide = picture.shape[:2]
        for _ in range(draw.randint(1, 4)):
            ends = [(draw.randrange(wide), draw.randrange(high)) for _ in range(2)]
            shade = draw.randrange(256)
            cv2.line(picture, ends[0], ends[1], (shade, shade, shade), 1, cv2.LINE_AA)
    return picture


def photographed(scene: Picture, character_px: float, draw: random.Random, sky: Sky = MIXED) -> Picture:
    """Through the air and the camera into a file. `character_px`: how high the plate's characters are, which bounds the blur."""
    light = scene.astype(np.float32)
    light, gain = _lit(light, sky, draw)
    if draw.random() < sky.glare:
        light = _glare(light, draw)
    if draw.random() < sky.rain:
        light = _rain(light, draw)
    light = _blurred(light, character_px, sky, draw)
    if draw.random() < sky.grey:  # infrared, or a grey camera
        grey = light @ np.array((0.114, 0.587, 0.299), np.float32)
        light = np.repeat(grey[..., None], 3, axis=2)
    if draw.random() < sky.noise:
        strength = draw.uniform(1, 5 + 10 * min(gain, 1.0)) * min(1.0, gain / NIGHT_GAIN[0])
        light = light + _noise(light.shape, strength, draw)
    picture = np.clip(light, 0, 255).astype(np.uint8)
    if draw.random() < 0.7:
        packed, bytes_ = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, draw.randint(25, 95)))
        if packed:
            unpacked = cv2.imdecode(bytes_, cv2.IMREAD_COLOR)
            assert unpacked is not None, "what was just packed can be unpacked"
            picture = unpacked.astype(np.uint8, copy=False)
    return picture


def _noise(shape: tuple[int, ...], strength: float, draw: random.Random) -> Light:
    return np.random.default_rng(draw.getrandbits(32)).standard_normal(shape, dtype=np.float32) * np.float32(strength)


def _cloud(high: int, wide: int, grain: int, draw: random.Random) -> Light:
    """Smooth noise between 0 and 1."""
    rows, columns = max(2, high // grain), max(2, wide // grain)
    small = np.random.default_rng(draw.getrandbits(32)).random((rows, columns), dtype=np.float32)
    return cv2.resize(small, (wide, high), interpolation=cv2.INTER_CUBIC).astype(np.float32, copy=False)


def _muddy(picture: Picture, draw: random.Random) -> Picture:
    high, wide = picture.shape[:2]
    cover = np.clip((_cloud(high, wide, draw.choice((12, 20, 40)), draw) - draw.uniform(0.55, 0.8)) * 5, 0, 1) * draw.uniform(0.3, 0.8)
    mud = np.array((draw.randint(40, 110), draw.randint(60, 130), draw.randint(80, 150)), np.float32)
    return np.asarray(picture * (1 - cover[..., None]) + mud * cover[..., None], np.uint8)


def _shadowed(picture: Picture, draw: random.Random) -> Picture:
    high, wide = picture.shape[:2]
    shade = np.ones((high, wide), np.float32)
    corners = np.array([(draw.uniform(-0.3, 1.3) * wide, draw.uniform(-0.5, 1.5) * high) for _ in range(4)])
    cv2.fillConvexPoly(shade, cv2.convexHull(corners.astype(np.int32)), draw.uniform(0.3, 0.75))
    soft = cv2.GaussianBlur(shade, (0, 0), draw.uniform(0.5, 6))
    return (picture * soft[..., None]).astype(np.uint8)


def _lit(light: Light, sky: Sky, draw: random.Random) -> tuple[Light, float]:
    """Exposure, contrast, colour temperature, uneven light; a fifth of the pictures are night. With the gain, for noise is judged by it."""
    high, wide = light.shape[:2]
    gain = draw.uniform(0.5, 1.35)
    if draw.random() < sky.night:
        gain = draw.uniform(*(DARK_GAIN if draw.random() < 0.3 else NIGHT_GAIN))
    floor = draw.uniform(0, 60) if draw.random() < 0.4 else 0.0
    tint = np.array([draw.gauss(1, 0.08) for _ in range(3)], np.float32)
    ramp = 1 + draw.uniform(-0.35, 0.35) * np.linspace(-1, 1, wide, dtype=np.float32)[None, :, None]
    ramp = ramp * (1 + draw.uniform(-0.25, 0.25) * np.linspace(-1, 1, high, dtype=np.float32)[:, None, None])
    lit = light * gain * tint * ramp + floor
    if draw.random() < 0.3:
        lit = 255 * np.power(np.clip(lit / 255, 0, 1), draw.uniform(0.5, 1.8))
    return lit.astype(np.float32, copy=False), gain


def _glare(light: Light, draw: random.Random) -> Light:
    """A headlight in or beside the picture."""
    high, wide = light.shape[:2]
    y, x = np.ogrid[:high, :wide]
    reach = max(high, wide) * draw.uniform(0.08, 0.5)
    at_x, at_y = draw.uniform(-0.2, 1.2) * wide, draw.uniform(-0.4, 1.4) * high
    halo = np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * reach**2)).astype(np.float32)
    return np.asarray(light + halo[..., None] * draw.uniform(60, 230), np.float32)


def _rain(light: Light, draw: random.Random) -> Light:
    high, wide = light.shape[:2]
    streaks = np.zeros((high, wide), np.float32)
    slant = draw.uniform(-0.3, 0.3)
    for _ in range(draw.randint(5, 40)):
        x, y, long = draw.randrange(wide), draw.randrange(high), draw.uniform(0.05, 0.3) * high
        cv2.line(streaks, (x, y), (round(x + slant * long), round(y + long)), draw.uniform(20, 110), 1, cv2.LINE_AA)
    return cv2.GaussianBlur(light, (0, 0), draw.uniform(0.3, 0.8)) + streaks[..., None]


def _blurred(light: Light, character_px: float, sky: Sky, draw: random.Random) -> Light:
    if draw.random() < sky.defocus:
        light = cv2.GaussianBlur(light, (0, 0), max(0.2, draw.uniform(0.01, 0.075) * character_px)).astype(np.float32, copy=False)
    if draw.random() < sky.motion:
        long = round(draw.uniform(0.06, 0.28) * character_px)
        if long >= 2:
            kernel = np.zeros((long, long), np.float32)
            angle = draw.choice((0.0, 0.0, draw.uniform(0, np.pi)))
            middle = (long - 1) / 2
            along = np.array((np.cos(angle), np.sin(angle))) * middle
            cv2.line(kernel, _whole(middle - along), _whole(middle + along), 1.0, 1)
            light = cv2.filter2D(light, -1, kernel / kernel.sum()).astype(np.float32, copy=False)
    if draw.random() < 0.15:
        soft = cv2.GaussianBlur(light, (0, 0), 1.0)
        light = light + (light - soft) * draw.uniform(0.5, 2.0)  # a camera's sharpening
    return light


def _whole(point: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
