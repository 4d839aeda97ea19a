"""Endless rendered strips with their texts, as the reader gets them: cut out a little wrongly, at any size a camera delivers."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.plate_reader.strip import CODE, PLATE, strip
from training.containers import container_number, painted
from training.drawing import Plate, drawn
from training.glyphs import Glyphs
from training.numbers import Kind, any_number, other_text
from training.weather import photographed, soiled

Picture = NDArray[np.uint8]
UPRIGHT, ROLL_DEG = 0.15, 6.0
VIEWS = 3  # of each drawn plate: drawing costs more than looking


@dataclass(frozen=True, slots=True)
class Strip:
    picture: Picture
    text: str


def strips(glyphs: Glyphs, grounds: list[Picture], seed: int) -> Iterator[Strip]:
    """`grounds`: photographs without plates, from which the surroundings are cut."""
    draw = random.Random(seed)
    while True:
        chance = draw.random()
        if chance < 0.04:
            yield Strip(_nothing(grounds, draw), "")
            continue
        number = other_text(draw) if chance < 0.09 else any_number(draw, 2 if draw.random() < 0.3 else 1)
        plate = drawn(number, glyphs, draw)
        surrounded = _surrounded(plate, grounds, draw)
        for _ in range(VIEWS):
            yield Strip(view(surrounded, draw), number.text)


def code_strips(glyphs: Glyphs, seed: int) -> Iterator[Strip]:
    """Container numbers; they are longer, and so are their strips."""
    draw = random.Random(seed)
    while True:
        number = container_number(draw)
        plate = painted(number, glyphs, draw)
        for _ in range(VIEWS):
            yield Strip(view(plate, draw), number.text)


def view(plate: Plate, draw: random.Random) -> Picture:
    lines = len(plate.number.lines)
    cut, wide, high = _cut(plate.outline, lines, draw)
    soiled_plate = soiled(plate.picture, draw)
    shrink = max(1.0, float(np.linalg.norm(plate.outline[3] - plate.outline[0])) / high)
    if shrink > 1.2:
        soiled_plate = cv2.GaussianBlur(soiled_plate, (0, 0), 0.35 * shrink).astype(np.uint8, copy=False)
    to = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turned = cv2.warpPerspective(
        soiled_plate, cv2.getPerspectiveTransform(cut, to), (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    seen = photographed(turned.astype(np.uint8, copy=False), high * (0.65 if lines == 1 else 0.4), draw)
    return strip(seen, lines, CODE if plate.number.kind is Kind.CONTAINER else PLATE)


def _cut(outline: NDArray[np.float32], lines: int, draw: random.Random) -> tuple[NDArray[np.float32], int, int]:
    """Where the cutter thinks the plate is, and how many pixels it has there."""
    wide_mm, high_mm = float(outline[1, 0] - outline[0, 0]), float(outline[3, 1] - outline[0, 1])
    tight = draw.random() < 0.4 and lines == 1  # a text detector's box: around the characters, and turned but not straightened
    pad_x, pad_y = (0.04, 0.14) if tight else (0.07, 0.06)
    grow_left, grow_right = (draw.gauss(pad_x, 0.05) * high_mm * 3 for _ in range(2))
    grow_top, grow_bottom = (draw.gauss(-pad_y if tight else pad_y, 0.06) * high_mm for _ in range(2))
    keep = 0.025 * wide_mm
    grow_left, grow_right = max(grow_left, -keep), max(grow_right, -keep)
    cut = outline + np.array(
        [[-grow_left, -grow_top], [grow_right, -grow_top], [grow_right, grow_bottom], [-grow_left, grow_bottom]], np.float32
    )
    jitter = 0.05 if not tight else 0.03
    cut = cut + np.array([(draw.gauss(0, jitter) * high_mm, draw.gauss(0, jitter) * high_mm) for _ in range(4)], np.float32)
    if tight or draw.random() < 0.2:
        shear = draw.gauss(0, 0.16) * high_mm
        cut = cut + np.array([[shear, 0], [shear, 0], [-shear, 0], [-shear, 0]], np.float32) * np.float32(0.5)
        rise = draw.gauss(0, 0.02) * wide_mm
        cut = cut + np.array([[0, rise], [0, -rise], [0, -rise], [0, rise]], np.float32) * np.float32(0.5)
    if lines == 1 and draw.random() < UPRIGHT:
        cut = _upright(cut, draw)
    high = round(float(np.exp(draw.uniform(np.log(14), np.log(100)))) * (1.5 if lines == 2 else 1.0))
    wide = max(16, round(high * wide_mm / high_mm * draw.uniform(0.75, 1.15)))
    return cut.astype(np.float32), wide, high


def _upright(cut: NDArray[np.float32], draw: random.Random) -> NDArray[np.float32]:
    """A rolled plate in an upright box around it: whoever told no corners, or wrong ones, cuts like that."""
    angle = np.radians(np.clip(draw.gauss(0, ROLL_DEG), -2 * ROLL_DEG, 2 * ROLL_DEG))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    rolled = cut @ turn
    (left, top), (right, bottom) = rolled.min(axis=0), rolled.max(axis=0)
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return np.asarray(box @ turn.T, np.float32)


def _surrounded(plate: Plate, grounds: list[Picture], draw: random.Random) -> Plate:
    high, wide = plate.picture.shape[:2]
    margin = high // 2
    ground = patch(grounds, wide + 2 * margin, high + 2 * margin, draw)
    ground[margin : margin + high, margin : margin + wide] = plate.picture
    return Plate(plate.number, ground, plate.outline + np.float32(margin))


def patch(grounds: list[Picture], wide: int, high: int, draw: random.Random, scale_max: float = 2.0) -> Picture:
    """A piece of a photograph, at any scale, or plain paint."""
    if not grounds or draw.random() < 0.3:
        paint = np.empty((high, wide, 3), np.uint8)
        paint[:] = (draw.randrange(256), draw.randrange(256), draw.randrange(256)) if draw.random() < 0.5 else (draw.randrange(256),) * 3
        return paint
    ground = draw.choice(grounds)
    scale = draw.uniform(0.4, scale_max)
    take_w, take_h = min(ground.shape[1], round(wide * scale)), min(ground.shape[0], round(high * scale))
    left, top = draw.randint(0, ground.shape[1] - take_w), draw.randint(0, ground.shape[0] - take_h)
    piece = cv2.resize(ground[top : top + take_h, left : left + take_w], (wide, high), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(piece[:, ::-1] if draw.random() < 0.5 else piece).astype(np.uint8, copy=False)


def _nothing(grounds: list[Picture], draw: random.Random) -> Picture:
    wide, high = draw.randint(60, 300), draw.randint(20, 100)
    return strip(photographed(patch(grounds, wide, high, draw), 20, draw), draw.choice((1, 2)))
