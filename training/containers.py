"""Container numbers (ISO 6346) as they are painted on a container's wall: owner, serial, check digit, on one line or two."""

import random
from dataclasses import replace

import cv2
import numpy as np

from drivers.plate_reader.container_code import check_digit
from training.drawing import Picture, Plate
from training.glyphs import PLATE_FACES, Glyphs, Ink, place
from training.numbers import Kind, Number

OWNERS = ("MSKU", "MSCU", "CMAU", "COSU", "CSNU", "EGHU", "EISU", "OOLU", "TCLU", "TGHU", "TEMU", "HLXU", "ONEU", "YMLU", "CAIU", "FCIU")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HIGH = 96  # pixels of a character as it is drawn
BELOW = ("45G1", "22G1", "45R1", "22R1", "42G1", "L5G1", "MAX GROSS 30480 KG", "TARE 3890 KG")


def container_number(draw: random.Random) -> Number:
    owner = draw.choice(OWNERS) if draw.random() < 0.3 else "".join(draw.choice(LETTERS) for _ in range(3)) + draw.choice("UUUUUJZ")
    serial = "".join(draw.choice("0123456789") for _ in range(6))
    last = str(check_digit(owner + serial))
    if draw.random() < 0.25:
        return Number(Kind.CONTAINER, (owner, f"{serial} {last}"))
    return Number(Kind.CONTAINER, (f"{owner} {serial} {last}",))


def painted(number: Number, glyphs: Glyphs, draw: random.Random) -> Plate:
    """On corrugated steel; other lettering stands around it."""
    face, wall, paint = draw.choice(PLATE_FACES), _colour(draw), (245, 245, 245)
    if sum(wall) > 330:
        paint = (25, 25, 25)
    width, gap = draw.uniform(0.5, 0.72) * HIGH, draw.uniform(0.08, 0.2) * HIGH
    lines = [_line(line, face, glyphs, draw, width, gap) for line in number.lines]
    margin = round(draw.uniform(0.12, 0.22) * HIGH)
    step = round(draw.uniform(0.15, 0.4) * HIGH)
    wide = max(line.shape[1] for line in lines)
    block = np.zeros((sum(line.shape[0] for line in lines) + step * (len(lines) - 1), wide), np.uint8)
    down = 0
    for line in lines:
        at = draw.choice((0, (wide - line.shape[1]) // 2)) if line.shape[1] < wide else 0
        block[down : down + line.shape[0], at : at + line.shape[1]] = line
        down += line.shape[0] + step
    around = [round(draw.uniform(0.1, 2.0) * HIGH) + margin for _ in range(4)]  # top, bottom, left, right
    ink = np.pad(block, (tuple(around[:2]), tuple(around[2:])))
    if draw.random() < 0.6 and around[1] > HIGH:
        below = _line(draw.choice(BELOW), face, glyphs, draw, width, gap)
        below = below[:, : ink.shape[1] - around[2]]
        top = min(around[0] + block.shape[0] + margin + step, ink.shape[0] - HIGH)
        ink[top : top + below.shape[0], around[2] : around[2] + below.shape[1]] = below[: ink.shape[0] - top]
    left, top = around[2] - margin, around[0] - margin
    right, bottom = around[2] + wide + margin, around[0] + block.shape[0] + margin
    outline = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    alpha = (ink.astype(np.float32) / 255 * draw.uniform(0.7, 1.0))[..., None]
    steel = _steel(wall, ink.shape[0], ink.shape[1], draw)
    picture = (steel * (1 - alpha) + np.array(paint, np.float32) * alpha * draw.uniform(0.75, 1.0)).astype(np.uint8)
    return replace(Plate(number, picture, outline), picture=_worn(picture, steel, draw))


def _line(text: str, face: str, glyphs: Glyphs, draw: random.Random, width: float, gap: float) -> Ink:
    shares = [_share(c, glyphs, face, width) for c in text]
    boxed = text[-2:-1] == " " and draw.random() < 0.7  # the check digit stands in a box
    wide = round(sum(shares) + gap * len(text) + 0.4 * HIGH)
    ink = np.zeros((round(1.2 * HIGH), wide), np.uint8)
    at, top = 0.1 * HIGH, 0.1 * HIGH
    for n, (character, share) in enumerate(zip(text, shares, strict=True)):
        if character != " ":
            last = boxed and n == len(text) - 1
            at += 0.15 * HIGH if last else 0
            place(ink, glyphs.ink(character, face), (at, top, share, HIGH))
            if last:
                edge = round(0.08 * HIGH)
                low = (round(at) - edge, round(top) - edge)
                cv2.rectangle(ink, low, (round(at + share) + edge, round(top + HIGH) + edge), 255, draw.randint(2, 5))
        at += share + gap
    return ink


def _share(character: str, glyphs: Glyphs, face: str, width: float) -> float:
    if character == " ":
        return 0.35 * HIGH
    glyph = glyphs.ink(character, face)
    natural = float(glyph.shape[1] / glyph.shape[0]) * HIGH
    return min(natural, width) if character in "1I" else (natural + width) / 2


def _colour(draw: random.Random) -> tuple[int, int, int]:
    """Blue, red-brown, grey, white, orange, green, or anything."""
    usual = ((120, 60, 20), (40, 40, 130), (120, 120, 120), (225, 225, 225), (30, 100, 210), (70, 110, 40), (150, 110, 60))
    chosen = draw.choice(usual) if draw.random() < 0.8 else (draw.randrange(256), draw.randrange(256), draw.randrange(256))
    blue, green, red = (int(np.clip(c + draw.gauss(0, 15), 0, 255)) for c in chosen)
    return blue, green, red


def _steel(wall: tuple[int, int, int], high: int, wide: int, draw: random.Random) -> Picture:
    steel = np.empty((high, wide, 3), np.float32)
    steel[:] = wall
    if draw.random() < 0.65:  # corrugation: the flanks are lighter or darker than the faces
        period, depth = draw.uniform(0.8, 3.0) * HIGH, draw.uniform(0.05, 0.3)
        wave = np.clip(2 * np.sin(np.arange(wide) * 2 * np.pi / period + draw.uniform(0, 6)), -1, 1)
        steel *= (1 + depth * wave.astype(np.float32))[None, :, None]
    return np.clip(steel, 0, 255).astype(np.uint8)


def _worn(picture: Picture, steel: Picture, draw: random.Random) -> Picture:
    """Corrugation bends the characters' shade with the wall; rust and scratches take paint away."""
    if draw.random() < 0.5:
        return picture
    high, wide = picture.shape[:2]
    rows, columns = max(2, high // 12), max(2, wide // 12)
    grain = np.random.default_rng(draw.getrandbits(32)).random((rows, columns), dtype=np.float32)
    gone = cv2.resize(grain, (wide, high), interpolation=cv2.INTER_CUBIC) > draw.uniform(0.8, 0.95)
    kept = picture.copy()
    rust = np.array((30, 50, 90), np.float32) if draw.random() < 0.5 else None
    kept[gone] = steel[gone] if rust is None else (0.5 * steel[gone] + 0.5 * rust).astype(np.uint8)
    return kept
