"""A plate as a picture, after the standards' layouts: one or two lines, yellow, white or blue. Pure."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]

PX_PER_MM = 1.5  # finer than any camera sees it
FONTS = Path(__file__).parent / "fonts"
LATIN = FONTS / "DejaVuSansCondensed-Bold.subset.ttf"
CHINESE = FONTS / "NotoSansCJKsc-Bold.subset.otf"
CHINESE_FIRST = "\u4e00"
SEPARATORS = ".-·"  # keep their height on the line

_VN = re.compile(r"(\d\d)([A-ZĐ]{1,2})(\d{4,5})")


class Colour(Enum):
    """Of the plate and its characters, BGR."""

    YELLOW = ((40, 180, 235), (25, 25, 25))  # commercial in Vietnam since 2020; trucks in China
    WHITE = ((235, 235, 235), (25, 25, 25))
    BLUE = ((150, 70, 20), (240, 240, 240))


@dataclass(frozen=True, slots=True)
class _Line:
    """`height_mm` of its characters, `width_mm` of the whole line, `middle` of the line down the plate, 0–1."""

    text: str
    height_mm: float
    width_mm: float
    middle: float


@dataclass(frozen=True, slots=True)
class _Layout:
    width_mm: int
    height_mm: int
    lines: tuple[_Line, ...]


@lru_cache(maxsize=64)
def drawn_plate(plate: str, lines: int, colour: Colour) -> Picture:
    """BGR. `plate`: separators stripped, as a manifest has it. Any text is drawn; one that is no plate, in one line as it is."""
    layout = _layout(plate, lines)
    wide, high = round(layout.width_mm * PX_PER_MM), round(layout.height_mm * PX_PER_MM)
    ground, ink = colour.value
    image = Image.new("RGB", (wide, high), ground[::-1])
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((5, 5, wide - 6, high - 6), radius=12, outline=ink[::-1], width=4)
    for line in layout.lines:
        text = _written(line.text, round(line.height_mm * PX_PER_MM)).resize(
            (round(line.width_mm * PX_PER_MM), round(line.height_mm * PX_PER_MM)), Image.Resampling.LANCZOS
        )
        place = ((wide - text.width) // 2, round(line.middle * high) - text.height // 2)
        image.paste(Image.new("RGB", text.size, ink[::-1]), place, text)
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def _layout(plate: str, lines: int) -> _Layout:
    """Sizes in mm: Vietnam 520 x 110 and 330 x 165, China 440 x 140 and 440 x 220 (GA 36: upper characters 80 x 60, lower 65 x 110)."""
    if plate[:1] >= CHINESE_FIRST:
        if lines == 1:
            return _Layout(440, 140, (_Line(f"{plate[:2]}·{plate[2:]}", 90, 400, 0.5),))
        return _Layout(440, 220, (_Line(f"{plate[0]}·{plate[1]}", 60, 260, 0.22), _Line(plate[2:], 105, 385, 0.67)))
    found = _VN.fullmatch(plate)
    if found is None:
        return _Layout(520, 110, (_Line(plate, 63, min(480, 50 * len(plate)), 0.5),))
    area, series, serial = found.groups()
    number = f"{serial[:3]}.{serial[3:]}" if len(serial) == 5 else serial
    if lines == 1:
        return _Layout(520, 110, (_Line(f"{area}{series}-{number}", 68, 460, 0.5),))
    upper = f"{area}{series}"
    return _Layout(330, 165, (_Line(upper, 60, 45 * len(upper), 0.28), _Line(number, 66, 285, 0.72)))


def _written(text: str, height_px: int) -> Image.Image:
    """A mask of the text, exactly that high: on plates every character, J and Q too, stands between the same two lines."""
    gap = height_px // 8
    pieces = [_character(c, height_px) for c in text]
    mask = Image.new("L", (sum(piece.width + gap for piece in pieces) - gap, height_px), 0)
    x = 0
    for piece in pieces:
        mask.paste(piece, (x, 0))
        x += piece.width + gap
    return mask


def _character(c: str, height_px: int) -> Image.Image:
    font = _font(CHINESE if c >= CHINESE_FIRST else LATIN, height_px)
    left, top, right, bottom = (round(side) for side in font.getbbox(c, anchor="ls"))
    small = c in SEPARATORS
    cell = Image.new("L", (max(1, right - left), height_px if small else max(1, bottom - top)), 0)
    ImageDraw.Draw(cell).text((-left, height_px if small else -top), c, fill=255, font=font, anchor="ls")
    return cell.resize((cell.width, height_px), Image.Resampling.LANCZOS)


@lru_cache(maxsize=16)
def _font(path: Path, capitals_px: int) -> ImageFont.FreeTypeFont:
    """So large that a capital is that high: 0.729 of the size in DejaVu; a Chinese character fills about 0.92 of it."""
    return ImageFont.truetype(path, round(capitals_px / (0.92 if path == CHINESE else 0.729)))


def upright_corners(picture: Picture) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)


def put_on(scene: Picture, picture: Picture, corners: NDArray[np.float32]) -> None:
    """Draws the picture onto the scene between these corners, from top left clockwise, as seen at an angle."""
    height, width = scene.shape[:2]
    turn = cv2.getPerspectiveTransform(upright_corners(picture), corners.astype(np.float32))
    small = cv2.GaussianBlur(picture, (0, 0), max(0.3, 0.4 * picture.shape[1] / max(1.0, float(np.linalg.norm(corners[1] - corners[0])))))
    seen = cv2.warpPerspective(small, turn, (width, height), flags=cv2.INTER_LINEAR)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, corners.round().astype(np.int32), (255,))
    scene[mask > 0] = seen[mask > 0]
