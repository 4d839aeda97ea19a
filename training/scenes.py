"""Endless rendered scenes for the detector: plates on panels in front of photographs, seen askew, among texts that are none."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.containers import container_number, painted
from training.drawing import Plate, drawn
from training.glyphs import Glyphs
from training.numbers import Kind, Number, any_number, other_text
from training.strips import Picture, patch
from training.weather import MIXED, Sky, photographed, soiled

POOL = 48  # drawn plates that scenes choose from; one is drawn anew for each scene
CODE_PX_MIN = 60.0  # narrower container numbers nobody could read
SHORTEST_PX = 7.0  # lower plates are no targets: nobody could read them
Corners = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shot:
    """What a camera frames: its picture, how wide plates are in it, how far (one sigma, degrees) they are turned, tipped and rolled."""

    wide_px: int = 320
    high_px: int = 320
    plate_px: tuple[float, float] = (24, 290)
    askew_deg: tuple[float, float, float] = (20, 12, 7)
    plates: tuple[int, ...] = (8, 42, 28, 14, 8)  # how often none, one, two …
    sky: Sky = MIXED
    codes: float = 0.15  # the share of container numbers


TRAINING = Shot()


@dataclass(frozen=True, slots=True)
class Marked:
    """A plate in a scene. `counted` is false for one that is cut off or too small: neither target nor background."""

    corners: Corners
    number: Number
    counted: bool

    @property
    def lines(self) -> int:
        return len(self.number.lines)

    @property
    def code(self) -> bool:
        """A container's number, no plate."""
        return self.number.kind is Kind.CONTAINER


@dataclass(frozen=True, slots=True)
class Scene:
    picture: Picture
    plates: tuple[Marked, ...]


def scenes(glyphs: Glyphs, grounds: list[Picture], seed: int, shot: Shot = TRAINING) -> Iterator[Scene]:
    draw = random.Random(seed)
    pool: list[Plate] = []
    while True:
        pool.append(_placed(glyphs, draw, shot.codes))
        pool = pool[-POOL:]
        yield scene(pool, grounds, draw, shot)


def _placed(glyphs: Glyphs, draw: random.Random, codes: float) -> Plate:
    chance = draw.random()
    if chance < codes:
        return painted(container_number(draw), glyphs, draw)
    number = other_text(draw) if chance < codes + 0.17 else any_number(draw, 2 if draw.random() < 0.35 else 1)
    return _mounted(drawn(number, glyphs, draw), draw)


def scene(pool: list[Plate], grounds: list[Picture], draw: random.Random, shot: Shot) -> Scene:
    picture = patch(grounds, shot.wide_px, shot.high_px, draw, 4.0)
    for _ in range(draw.choice((0, 1, 3, 6))):
        _clutter(picture, draw)
    marked: list[Marked] = []
    taken = np.zeros((shot.high_px, shot.wide_px), np.uint8)
    for _ in range(draw.choices(range(len(shot.plates)), shot.plates)[0]):
        plate = draw.choice(pool)
        corners = askew(plate, draw, shot)
        if cv2.mean(taken, _inside(corners, 1.3, shot))[0] > 0:
            continue
        picture = _pasted(picture, plate, corners, draw)
        cv2.fillConvexPoly(taken, corners.astype(np.int32), 255)
        if plate.number.kind is not Kind.TEXT:
            marked.append(Marked(corners, plate.number, _counted(corners, shot)))
    smallest = min((_height(m.corners) / m.lines for m in marked), default=20.0)
    return Scene(photographed(picture, max(6.0, 0.7 * smallest), draw, shot.sky), tuple(marked))


def askew(plate: Plate, draw: random.Random, shot: Shot) -> Corners:
    """Where the plate's corners come to lie: up to 45 degrees turned, tipped and rolled, at any size."""
    wide = float(np.exp(draw.uniform(np.log(shot.plate_px[0]), np.log(shot.plate_px[1]))))
    if plate.number.kind is Kind.CONTAINER:
        wide = max(wide, CODE_PX_MIN)
    elif len(plate.number.lines) == 2:
        wide *= 0.7
    size = plate.outline[2] - plate.outline[0]
    high = wide * float(size[1] / size[0])
    turn, tip, roll = (np.radians(np.clip(draw.gauss(0, s), -45, 45)) for s in shot.askew_deg)
    flat = np.array([[-wide, -high, 0], [wide, -high, 0], [wide, high, 0], [-wide, high, 0]]) / 2
    turned = flat @ _about(1, turn).T @ _about(0, tip).T @ _about(2, roll).T
    away = wide * draw.uniform(2.5, 8)
    seen = turned[:, :2] * (away / (away + turned[:, 2:]))
    reach = np.abs(seen).max(axis=0)
    sides = (shot.wide_px, shot.high_px)
    middle = [draw.uniform(min(r * 0.8, side / 2), max(side - r * 0.8, side / 2)) for r, side in zip(reach, sides, strict=True)]
    return np.asarray(seen + np.array(middle), np.float32)


def _about(axis: int, angle: float) -> NDArray[np.float64]:
    turn = np.zeros(3)
    turn[axis] = angle
    return np.asarray(cv2.Rodrigues(turn)[0], np.float64)


def _counted(corners: Corners, shot: Shot) -> bool:
    inside = ((corners > -6) & (corners < np.array((shot.wide_px + 6, shot.high_px + 6), np.float32))).all()
    return bool(inside) and _height(corners) >= SHORTEST_PX


def _height(corners: Corners) -> float:
    return float(np.linalg.norm(corners[[3, 2]] - corners[[0, 1]], axis=1).min())


def _inside(corners: Corners, grow: float, shot: Shot) -> NDArray[np.uint8]:
    mask = np.zeros((shot.high_px, shot.wide_px), np.uint8)
    middle = corners.mean(axis=0)
    cv2.fillConvexPoly(mask, (middle + (corners - middle) * grow).astype(np.int32), 1)
    return mask


def _pasted(picture: Picture, plate: Plate, corners: Corners, draw: random.Random) -> Picture:
    shrink = float((plate.outline[2, 1] - plate.outline[0, 1]) / max(2.0, _height(corners)))
    face = soiled(plate.picture, draw)
    if shrink > 1.2:
        face = cv2.GaussianBlur(face, (0, 0), 0.4 * shrink).astype(np.uint8, copy=False)
    turn = cv2.getPerspectiveTransform(plate.outline, corners)
    size = (picture.shape[1], picture.shape[0])
    over = cv2.warpPerspective(face, turn, size, flags=cv2.INTER_LINEAR)
    alpha = cv2.warpPerspective(np.full(face.shape[:2], 255, np.uint8), turn, size, flags=cv2.INTER_LINEAR)
    mix = (alpha.astype(np.float32) / 255)[..., None]
    return (picture * (1 - mix) + over * mix).astype(np.uint8)


def _mounted(plate: Plate, draw: random.Random) -> Plate:
    """On a bumper, a tailboard or a bracket: paint with edges, slots and lamps around the plate."""
    if draw.random() < 0.3:
        return plate
    high, wide = plate.picture.shape[:2]
    top, bottom, left, right = (round(draw.uniform(0.1, s) * high) for s in (1.4, 1.4, 2.0, 2.0))
    shade = draw.choice((draw.randint(0, 70), draw.randint(60, 255)))
    colour = (shade, shade, shade) if draw.random() < 0.6 else tuple(draw.randrange(256) for _ in range(3))
    panel = np.empty((high + top + bottom, wide + left + right, 3), np.uint8)
    panel[:] = colour
    ramp = 1 + draw.uniform(-0.4, 0.4) * np.linspace(-1, 1, panel.shape[0], dtype=np.float32)[:, None, None]
    panel = np.clip(panel * ramp, 0, 255).astype(np.uint8)
    for _ in range(draw.randint(0, 6)):
        _slot(panel, draw)
    for _ in range(draw.choice((0, 0, 1, 2))):
        _clutter(panel, draw)
    panel[top : top + high, left : left + wide] = plate.picture
    return replace(plate, picture=panel, outline=plate.outline + np.array([left, top], np.float32))


def _slot(panel: Picture, draw: random.Random) -> None:
    high, wide = panel.shape[:2]
    shade = draw.choice((draw.randint(0, 60), draw.randint(0, 255)))
    y, x = draw.randrange(high), draw.randrange(wide)
    colour = (shade, shade, shade) if draw.random() < 0.8 else (draw.randrange(80), draw.randrange(120), draw.randrange(120, 256))
    match draw.randrange(4):
        case 0 | 1:
            cv2.line(panel, (0, y), (wide, y + draw.randint(-6, 6)), colour, draw.randint(1, 8), cv2.LINE_AA)
        case 2:
            cv2.rectangle(
                panel, (x, y), (x + draw.randint(8, wide // 2 + 8), y + draw.randint(5, high // 2 + 5)), colour, draw.choice((-1, 2, 4))
            )
        case _:
            for n in range(draw.randint(3, 9)):
                cv2.line(panel, (0, y + 9 * n), (wide, y + 9 * n), colour, draw.randint(1, 5))


def _clutter(picture: Picture, draw: random.Random) -> None:
    """Boxes, stripes, grilles, lamps and rows of lines of a plate's shape, without characters."""
    x, y = draw.randrange(picture.shape[1]), draw.randrange(picture.shape[0])
    wide = draw.randint(15, 160)
    high = round(wide * draw.uniform(0.15, 0.8))
    colour = tuple(draw.randrange(256) for _ in range(3))
    box = cv2.boxPoints(((x, y), (wide, high), draw.gauss(0, 12))).astype(np.int32)
    match draw.randrange(5):
        case 3:
            _lamp(picture, (x, y), wide, draw)
        case 4:  # a grille
            bars = draw.randint(4, 16)
            for n in range(bars):
                at = x + round(n * wide / bars)
                cv2.line(picture, (at, y), (at + draw.choice((0, 0, 3)), y + high), colour, max(1, wide // bars // draw.randint(2, 4)))
        case 0:
            cv2.fillConvexPoly(picture, box, colour, cv2.LINE_AA)
            cv2.polylines(picture, [box], True, tuple(draw.randrange(256) for _ in range(3)), draw.randint(1, 3), cv2.LINE_AA)
        case 1:
            cv2.polylines(picture, [box], True, colour, draw.randint(1, 5), cv2.LINE_AA)
        case _:
            step = draw.randint(3, 12)
            for n in range(draw.randint(3, 10)):
                cv2.line(picture, (x, y + step * n), (x + wide, y + step * n), colour, max(1, step // 3), cv2.LINE_AA)


def _lamp(picture: Picture, middle: tuple[int, int], wide: int, draw: random.Random) -> None:
    """Rings of light and dark, as glass and chrome show them."""
    axes = (wide / 2, wide * draw.uniform(0.2, 0.5))
    slant = draw.gauss(0, 15)
    for _ in range(draw.randint(3, 7)):
        shade = draw.choice((draw.randint(0, 80), draw.randint(120, 255)))
        size = (max(1, round(axes[0])), max(1, round(axes[1])))
        cv2.ellipse(picture, middle, size, slant, 0, 360, (shade, shade, shade), draw.choice((-1, -1, 2)), cv2.LINE_AA)
        axes = (axes[0] * draw.uniform(0.5, 0.9), axes[1] * draw.uniform(0.5, 0.9))
