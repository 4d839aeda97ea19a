"""A plate as it leaves the workshop: layout, colours, frame, screws; seen from the front, `PX_PER_MM` fine."""

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.glyphs import CHINESE_FACES, CHINESE_FIRST, PLATE_FACES, Glyphs, Ink, place
from training.numbers import Kind, Number

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]  # BGR

PX_PER_MM = 0.75
BLACK, WHITE, RED = (25, 25, 25), (240, 240, 240), (40, 40, 190)


@dataclass(frozen=True, slots=True)
class Plate:
    """`outline`: the plate's four corners within `picture`, which may have a frame or a carrier around it."""

    number: Number
    picture: Picture
    outline: NDArray[np.float32]


def drawn(number: Number, glyphs: Glyphs, draw: random.Random) -> Plate:
    wide_mm, high_mm = _size(number, draw)
    wide, high = round(wide_mm * PX_PER_MM), round(high_mm * PX_PER_MM)
    ink = np.zeros((high, wide), np.uint8)
    _write(ink, number, glyphs, draw)
    ground, colour = _colours(number.kind, draw)
    picture = _ground(number.kind, ground, wide, high)
    ink = _weighty(ink, draw)
    if draw.random() < 0.8:
        _edge(ink, draw)
    if draw.random() < 0.3:  # embossed strokes catch the light on one side
        picture = _embossed(picture, ink, draw)
    worn = draw.uniform(0.3, 0.75) if draw.random() < 0.12 else draw.uniform(0.75, 1.0)
    alpha = (ink.astype(np.float32) / 255 * worn)[..., None]
    picture = (picture * (1 - alpha) + np.array(colour, np.float32) * alpha).astype(np.uint8)
    if number.kind is Kind.CN_WHITE:  # the last character of a police plate is red
        _redden(picture, ink, draw)
    _screws(picture, number, draw)
    return _framed(number, picture, draw)


def _size(number: Number, draw: random.Random) -> tuple[float, float]:
    match number.kind:
        case Kind.VN_CAR | Kind.VN_MOTORCYCLE if len(number.lines) == 2:
            return draw.choice(((330, 165), (280, 200), (270, 200), (190, 140)))
        case Kind.VN_CAR | Kind.VN_MOTORCYCLE:
            return draw.choice(((470, 110), (520, 110)))
        case Kind.CN_YELLOW_TWO:
            return 440, 220
        case Kind.CN_GREEN_SMALL | Kind.CN_GREEN_LARGE:
            return 480, 140
        case Kind.TEXT:
            return max(160.0, len(number.lines[0]) * draw.uniform(48, 75)), draw.uniform(110, 150)
        case _:
            return 440, 140


def _write(ink: Ink, number: Number, glyphs: Glyphs, draw: random.Random) -> None:
    high, wide = ink.shape
    if number.kind in (Kind.VN_CAR, Kind.VN_MOTORCYCLE, Kind.TEXT):
        face = draw.choice(("140", "140", "140", "220_down", *PLATE_FACES))
        if number.kind is Kind.TEXT:
            face = draw.choice(PLATE_FACES)
        if len(number.lines) == 1:
            _line(ink, number.lines[0], face, glyphs, draw, (0.04 * wide, draw.uniform(0.12, 0.2) * high, 0.92 * wide, 0.68 * high))
            return
        top, gap = draw.uniform(0.07, 0.11), draw.uniform(0.04, 0.1)
        upper = draw.uniform(0.34, 0.41)
        lower = 1 - 2 * top - gap - upper
        inset = draw.uniform(0.12, 0.26)
        _line(ink, number.lines[0], face, glyphs, draw, (inset * wide, top * high, (1 - 2 * inset) * wide, upper * high))
        inset = draw.uniform(0.04, 0.09)
        _line(ink, number.lines[1], face, glyphs, draw, (inset * wide, (top + upper + gap) * high, (1 - 2 * inset) * wide, lower * high))
        return
    if number.kind is Kind.CN_YELLOW_TWO:  # GA 36: 60 mm over 110 mm
        _line(
            ink, "·".join(number.lines[0]), "220_up", glyphs, draw, (110 / 440 * wide, 15 / 220 * high, 220 / 440 * wide, 60 / 220 * high)
        )
        _line(ink, number.lines[1], "220_down", glyphs, draw, (27 / 440 * wide, 90 / 220 * high, 386 / 440 * wide, 110 / 220 * high))
        return
    face = "green" if "GREEN" in number.kind.name else "140"
    if draw.random() < 0.12:
        face = draw.choice(CHINESE_FACES)
    _line(ink, number.lines[0], face, glyphs, draw, (0.035 * wide, 25 / 140 * high, 0.93 * wide, 90 / 140 * high))


def _line(ink: Ink, text: str, face: str, glyphs: Glyphs, draw: random.Random, where: tuple[float, float, float, float]) -> None:
    """Characters of one height, spread over the line; a 1 keeps its width, separators keep theirs."""
    left, top, wide, high = where
    other = draw.choice(CHINESE_FACES) if draw.random() < 0.15 else face
    shown = [(c, glyphs.ink(c, other if c >= CHINESE_FIRST else face)) for c in text if c != " "]
    cell = draw.uniform(0.44, 0.56) * high
    if face == "220_up":
        cell = 80 / 60 * high
    shares = [_share(c, g, high, cell) for c, g in shown]
    gaps = max(1, len(shown) - 1)
    gap = (wide - sum(shares)) / gaps
    gap = min(gap, draw.uniform(0.3, 0.6) * high if face != "220_up" else high)
    if gap < 0.06 * high:  # too many characters for the line: narrower ones
        squeeze = (wide - gaps * 0.08 * high) / sum(shares)
        shares, gap = [s * squeeze for s in shares], 0.08 * high
    used = sum(shares) + gap * gaps
    at = left + (wide - used) * draw.uniform(0.4, 0.6)
    tilt = draw.gauss(0, 0.006)
    for n, ((character, glyph), share) in enumerate(zip(shown, shares, strict=True)):
        down = top + tilt * high * n
        if character in ".·-":
            middle = {".": 0.92 if draw.random() < 0.3 else 0.5, "·": 0.5, "-": 0.5}[character]
            size = (share, share * 0.4) if character == "-" else (share, share)
            place(ink, np.full((8, 8), 255, np.uint8), (at, down + middle * high - size[1] / 2, *size))
        else:
            place(ink, glyph, (at, down, share, high))
        at += share + gap


def _share(character: str, glyph: Ink, high: float, cell: float) -> float:
    if character in ".·":
        return 0.12 * high
    if character == "-":
        return 0.22 * high
    if character in "1I":
        return min(cell, float(glyph.shape[1] / glyph.shape[0]) * high)
    natural = glyph.shape[1] / glyph.shape[0] * high
    return cell if character >= CHINESE_FIRST or natural > cell else float(natural + cell) / 2


def _colours(kind: Kind, draw: random.Random) -> tuple[Colour, Colour]:
    match kind:
        case Kind.VN_CAR:
            pairs = [(WHITE, BLACK)] * 6 + [((40, 190, 240), BLACK)] * 4 + [((150, 70, 20), WHITE), (RED, WHITE), (WHITE, RED)]
            ground, ink = draw.choice(pairs)
        case Kind.VN_MOTORCYCLE:
            ground, ink = WHITE, draw.choice((BLACK, BLACK, (90, 50, 40)))
        case Kind.CN_BLUE:
            ground, ink = draw.choice(((160, 70, 15), (190, 90, 20), (140, 50, 30))), WHITE
        case Kind.CN_YELLOW | Kind.CN_YELLOW_TWO:
            ground, ink = (30, 175, 235), BLACK
        case Kind.CN_BLACK:
            ground, ink = (30, 28, 28), WHITE
        case Kind.TEXT:
            ground = (draw.randrange(256), draw.randrange(256), draw.randrange(256))
            ink = WHITE if sum(ground) < 380 else BLACK
        case _:
            ground, ink = WHITE, BLACK
    return _shaken(ground, draw), _shaken(ink, draw)


def _shaken(colour: Colour, draw: random.Random) -> Colour:
    shift = draw.gauss(0, 10)
    return tuple(int(np.clip(c + shift + draw.gauss(0, 10), 0, 255)) for c in colour)  # type: ignore[return-value]


def _ground(kind: Kind, ground: Colour, wide: int, high: int) -> Picture:
    picture = np.empty((high, wide, 3), np.uint8)
    picture[:] = ground
    if kind is Kind.CN_GREEN_SMALL:
        mix = np.linspace(0, 1, high, dtype=np.float32)[:, None, None]
        picture[:] = (np.array(ground, np.float32) * (1 - mix) + np.array((110, 190, 70), np.float32) * mix).astype(np.uint8)
    if kind is Kind.CN_GREEN_LARGE:
        picture[:, :] = (100, 185, 70)
        picture[:, : wide // 4] = (35, 190, 235)
    return picture


def _weighty(ink: Ink, draw: random.Random) -> Ink:
    """Strokes thicker or thinner than drawn: white ones flow together in bright light, dark ones are eaten by it; paint does the rest."""
    if draw.random() < 0.45:
        return ink
    size = draw.choice((2, 3, 3, 4, 5))
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    changed = cv2.dilate(ink, brush) if draw.random() < 0.65 else cv2.erode(ink, brush[: min(size, 3), : min(size, 3)])
    return changed.astype(np.uint8, copy=False)


def _edge(ink: Ink, draw: random.Random) -> None:
    high, wide = ink.shape
    inset, thick = draw.randint(1, 4), draw.randint(1, 3)
    cv2.rectangle(ink, (inset, inset), (wide - 1 - inset, high - 1 - inset), 255, thick)


def _embossed(picture: Picture, ink: Ink, draw: random.Random) -> Picture:
    soft = cv2.GaussianBlur(ink, (0, 0), 1.2).astype(np.int16)
    light = soft - np.roll(soft, (draw.choice((-2, 2)), draw.choice((-2, 0, 2))), (0, 1))
    return np.clip(picture + (light[..., None] * draw.uniform(0.1, 0.4)), 0, 255).astype(np.uint8)


def _redden(picture: Picture, ink: Ink, draw: random.Random) -> None:
    start = round(picture.shape[1] * 0.86)
    part = picture[:, start:-4]
    part[ink[:, start:-4] > 128] = _shaken(RED, draw)


def _screws(picture: Picture, number: Number, draw: random.Random) -> None:
    if draw.random() < 0.35:
        return
    high, wide = picture.shape[:2]
    heights = draw.choice(((0.1,), (0.1, 0.9), (0.5,))) if len(number.lines) == 1 else draw.choice(((0.1,), (0.1, 0.9), (0.45,)))
    for down in heights:
        for along in draw.choice(((0.25, 0.75), (0.2, 0.8), (0.04, 0.96))):
            grey = draw.randint(30, 220)
            cv2.circle(picture, (round(along * wide), round(down * high)), draw.randint(2, 5), (grey, grey, grey), -1, cv2.LINE_AA)


def _framed(number: Number, picture: Picture, draw: random.Random) -> Plate:
    """With or without a carrier around it; what lies behind is the truck's paint."""
    high, wide = picture.shape[:2]
    margin = [round(draw.uniform(0, 0.12) * high) if draw.random() < 0.5 else 0 for _ in range(4)]
    shade = draw.choice((draw.randint(5, 60), draw.randint(100, 220)))
    around = cv2.copyMakeBorder(picture, margin[0], margin[1], margin[2], margin[3], cv2.BORDER_CONSTANT, value=(shade, shade, shade))
    outline = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32) + np.array([margin[2], margin[0]], np.float32)
    return Plate(number, around.astype(np.uint8, copy=False), outline)
