"""Where the characters come from: GA 36 glyph pictures (MIT) and free condensed faces from Debian packages. Ink is 255.

`GLYPHS_CN` is the folder of pictures named `140_A.jpg`, `220_down_A.jpg`, `green_A.jpg`. docs/reference/plate-networks.md lists every
source with its licence.
"""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Ink = NDArray[np.uint8]
Place = tuple[float, float, float, float]  # left, top, width, height

DRAWN_PX = 120
FONTS = Path("/usr/share/fonts")
PLATE_FACES = (
    "truetype/opendin/OSP-DIN.ttf",
    "truetype/opendin/OSP-DIN.ttf",
    "truetype/roadgeek/RG2014B.ttf",
    "truetype/roadgeek/RG2014C.ttf",
    "truetype/liberation/LiberationSansNarrow-Bold.ttf",
    "truetype/roboto/unhinted/RobotoCondensed-Bold.ttf",
    "truetype/roboto/unhinted/RobotoCondensed-Regular.ttf",
    "opentype/urw-base35/NimbusSansNarrow-Bold.otf",
    "truetype/dejavu/DejaVuSansCondensed-Bold.ttf",
    "truetype/open-sans/OpenSans-CondBold.ttf",
)
CHINESE_FACES = ("opentype/noto/NotoSansCJK-Bold.ttc", "truetype/wqy/wqy-zenhei.ttc")
GA36 = ("140", "220_up", "220_down", "green")
CHINESE_FIRST = "\u4e00"


class Glyphs:
    """`ga36`: the folder of GA 36 glyph pictures."""

    def __init__(self, ga36: Path, fonts: Path = FONTS) -> None:
        self._ga36 = ga36
        self._fonts = fonts
        missing = [name for name in (*PLATE_FACES, *CHINESE_FACES) if not (fonts / name).is_file()]
        if missing:
            raise FileNotFoundError(f"{fonts}: {', '.join(missing)} missing; training/README.md names the Debian packages")
        if not (ga36 / "140_A.jpg").is_file():
            raise FileNotFoundError(f"{ga36}: no GA 36 glyph pictures (140_A.jpg …); name their folder with --glyphs")

    @lru_cache(maxsize=4096)  # noqa: B019 - one Glyphs lives as long as the training
    def ink(self, character: str, face: str) -> Ink:
        """The character cut out tightly. `face`: a member of GA36 or a font file; falls back where a face lacks the character."""
        if character == "Đ":  # most faces lack it, and draw nothing or a box
            return _barred(self.ink("D", face))
        if face in GA36:
            character = "0" if character == "O" else character  # one shape in GA 36
            for name in (f"{face}_{character}", f"{face.partition('_')[0]}_{character}", f"140_{character}"):
                path = self._ga36 / f"{name}.jpg"
                if path.is_file():
                    picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
                    assert picture is not None, f"{path}: no picture"
                    return _tight((255 - picture).astype(np.uint8))
            return self.ink(character, PLATE_FACES[0] if character < CHINESE_FIRST else CHINESE_FACES[0])
        if character >= CHINESE_FIRST and face in PLATE_FACES:
            face = CHINESE_FACES[0]
        return self._drawn(character, face)

    def _drawn(self, character: str, face: str) -> Ink:
        font = ImageFont.truetype(str(self._fonts / face), DRAWN_PX, index=2 if face.endswith("CJK-Bold.ttc") else 0)
        image = Image.new("L", (DRAWN_PX * 2, DRAWN_PX * 2))
        ImageDraw.Draw(image).text((DRAWN_PX // 2, DRAWN_PX // 4), character, fill=255, font=font)
        return _tight(np.asarray(image))


def _barred(letter: Ink) -> Ink:
    """Đ: a D with a short bar through its stem."""
    high, wide = letter.shape
    out, thick = max(1, round(0.16 * wide)), max(2, round(0.09 * high))
    barred = cv2.copyMakeBorder(letter, 0, 0, out, 0, cv2.BORDER_CONSTANT, value=(0,)).astype(np.uint8, copy=False)
    barred[(high - thick) // 2 : (high + thick) // 2, : out + round(0.45 * wide)] = 255
    return barred


def place(canvas: Ink, glyph: Ink, where: Place) -> None:
    left, top, wide, high = (round(v) for v in where)
    wide, high = max(1, wide), max(1, high)
    fitted = cv2.resize(glyph, (wide, high), interpolation=cv2.INTER_AREA)
    top0, left0 = max(0, top), max(0, left)
    part = canvas[top0 : top + high, left0 : left + wide]
    if part.size:
        np.maximum(part, fitted[top0 - top : top0 - top + part.shape[0], left0 - left : left0 - left + part.shape[1]], out=part)


def _tight(ink: Ink) -> Ink:
    x, y, wide, high = cv2.boundingRect((ink > 60).astype(np.uint8))
    return np.ascontiguousarray(ink[y : y + high, x : x + wide]) if wide and high else np.zeros((DRAWN_PX, 8), np.uint8)
