"""What a text line says: PP-OCRv6's recogniser, its answers held to the characters that plates have."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.plate_reader.detector import Corners, Picture
from drivers.plate_reader.engine import load

HEIGHT_PX = 48  # the network's line height
WIDTH_PX_MIN = 160
WIDTH_PX_MAX = 640
BLANK = 0
CHINESE_FIRST = "\u4e00"
SLOT_CHARACTERS_MAX = 4  # of each place in a text the likeliest characters are told,
SLOT_LIKELY_MIN = 1e-4  # those less likely than this are as good as none

Slot = tuple[tuple[str, float], ...]
"""What may stand in one place: characters and the natural logarithm of their likelihood, the likeliest first; "" is none at all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line's characters with the network's confidence in each, 0–1.

    `lead`: for each Chinese character, the most that the network saw of it before the second character; often it sees a blurred
    province, but trusts a blank or a Latin letter more. `slots`: one a character, what else it may be; none where the network tells none.
    """

    text: str
    scores: tuple[float, ...]
    lead: Mapping[str, float]
    slots: tuple[Slot, ...] = ()

    def __add__(self, right: "Line") -> "Line":
        return Line(self.text + right.text, self.scores + right.scores, self.lead, self.slots + right.slots)


class Recogniser:
    """`alphabet`: what of the network's characters may be answered."""

    def __init__(self, model: Path, alphabet: str) -> None:
        self._session = load(model)
        names = ["", *self._session.get_modelmeta().custom_metadata_map["character"].splitlines(), " "]
        self._kept = np.array([BLANK, *(i for i, name in enumerate(names) if i and name in alphabet)])
        self._characters = [names[i] for i in self._kept]
        self._chinese = [(n, c) for n, c in enumerate(self._characters) if c >= CHINESE_FIRST]

    def line(self, picture: Picture, stretch: float = 1.0) -> Line:
        """Read one upright line; `stretch` makes it that much wider than it is."""
        height, width = picture.shape[:2]
        wide = int(np.clip(round(HEIGHT_PX * width / height * stretch), HEIGHT_PX // 2, WIDTH_PX_MAX))
        fitted = cv2.resize(picture, (wide, HEIGHT_PX), interpolation=cv2.INTER_CUBIC if height < HEIGHT_PX else cv2.INTER_AREA)
        blob = np.zeros((1, 3, HEIGHT_PX, max(wide, WIDTH_PX_MIN)), np.float32)
        blob[0, :, :, :wide] = (fitted.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)
        return self._decoded(self._session.run(None, {"x": blob})[0][0])

    def strip(self, picture: Picture) -> Line:
        """Read a strip (drivers/plate_reader/strip.py) as it is."""
        return self._decoded(self._session.run(None, {"x": blob_of(picture)})[0][0])

    def _decoded(self, steps: NDArray[np.float32]) -> Line:
        """Greedy CTC over the plate characters only. A score stays the network's own: what the alphabet rules out is not added to it."""
        kept = steps[:, self._kept]
        best = kept.argmax(axis=1)
        text: list[str] = []
        steps_of: list[list[int]] = []
        for i, index in enumerate(best):
            if index == BLANK:
                continue
            if i and best[i - 1] == index:
                steps_of[-1].append(i)
                continue
            text.append(self._characters[index])
            steps_of.append([i])
        seen = [kept[of].max(axis=0) for of in steps_of]
        scores = tuple(float(kept[of, best[of[0]]].max()) for of in steps_of)
        second = steps_of[1][0] if len(steps_of) > 1 else len(best)
        lead = {character: float(kept[:second, n].max(initial=0.0)) for n, character in self._chinese}
        return Line("".join(text), scores, lead, tuple(self._slot(likely) for likely in seen))

    def _slot(self, likely: NDArray[np.float32]) -> Slot:
        order = np.argsort(-likely, kind="stable")[:SLOT_CHARACTERS_MAX]
        return tuple((self._characters[n], round(math.log(likely[n]), 2)) for n in order if likely[n] >= SLOT_LIKELY_MIN)


def blob_of(picture: Picture) -> NDArray[np.float32]:
    """As all the networks here want a picture: BGR from -1 to 1, channels first."""
    return np.ascontiguousarray((picture.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[np.newaxis])


def straightened(picture: Picture, box: Corners) -> Picture:
    """The box's inside, seen from the front."""
    wide = max(2, round(float(max(np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[3] - box[2])))))
    high = max(2, round(float(max(np.linalg.norm(box[0] - box[3]), np.linalg.norm(box[1] - box[2])))))
    to = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    turned = cv2.warpPerspective(
        picture, cv2.getPerspectiveTransform(box, to), (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return turned.astype(np.uint8, copy=False)
