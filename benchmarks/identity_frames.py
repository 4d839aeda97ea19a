"""What a camera sees of one truck that waits: several frames, made of one photograph or one rendered scene, each a little different.

The truck stands, the mast sways, light and lens change: frames of one truck are much alike, and so are the reader's errors in them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.plate_pictures import SHARED, Labelled, Picture, labelled

SWAY = 0.06  # of the mast, in parts of the plate's height
TURN_DEG = 0.6
NEARER = 0.04  # how much nearer or further the truck may be
JPEG = (55, 92)
AROUND = 1.5  # of a photograph is kept so many plate widths on each side: a camera's region of interest
LINE_PX = (26.0, 90.0)  # how high a line of a plate is in a gate's picture


@dataclass(frozen=True, slots=True)
class Waiting:
    """A truck at the gate. `picture`: as the camera sees it; `lines` 0 where the plate is still to be found in it."""

    plate: str
    picture: Picture
    lines: int = 0


def photographed_trucks(count: int, seed: int) -> Iterator[Waiting]:
    scenes = [p for p in labelled(SHARED / "plates" / "dev") if p.kind == "scene" and p.box is not None]
    for scene in random.Random(seed).sample(scenes, min(count, len(scenes))):
        yield Waiting(scene.plate, _region(_loaded(scene.path), scene))


def rendered_trucks(count: int, seed: int) -> Iterator[Waiting]:
    """Plates drawn by the training's renderer from a seed that training does not use, by day, night and rain, seen a little askew."""
    from training.drawing import drawn  # noqa: PLC0415 - only these need the renderer and its fonts
    from training.glyphs import Glyphs  # noqa: PLC0415
    from training.numbers import any_number  # noqa: PLC0415
    from training.weather import MIXED, photographed, soiled  # noqa: PLC0415

    glyphs, dice = Glyphs(SHARED / "plates" / "glyphs-cn"), random.Random(seed)
    for _ in range(count):
        plate = drawn(any_number(dice, 2 if dice.random() < 0.3 else 1), glyphs, dice)
        lines = len(plate.number.lines)
        outline = plate.outline
        size = outline[2] - outline[0]
        line_px = dice.uniform(*LINE_PX)
        high = round(line_px * lines)
        wide = round(high * float(size[0] / size[1]) * dice.uniform(0.8, 1.1))
        cut = outline + np.array([(dice.gauss(0, 0.03), dice.gauss(0, 0.03)) for _ in range(4)], np.float32) * float(size[1])
        cut += np.array([[-0.05, -0.05], [0.05, -0.05], [0.05, 0.05], [-0.05, 0.05]], np.float32) * float(size[1])
        to = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
        face = soiled(plate.picture, dice)
        shrink = float(size[1]) / high
        if shrink > 1.2:
            face = cv2.GaussianBlur(face, (0, 0), 0.35 * shrink).astype(np.uint8, copy=False)
        turn = cv2.getPerspectiveTransform(cut.astype(np.float32), to)
        front = cv2.warpPerspective(face, turn, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        yield Waiting(plate.number.text, photographed(front.astype(np.uint8, copy=False), 0.65 * line_px, dice, MIXED), lines)


def _region(picture: Picture, scene: Labelled) -> Picture:
    assert scene.box is not None
    left, top, right, bottom = scene.box
    aside = AROUND * (right - left)
    found = picture[max(0, round(top - aside)) : round(bottom + aside), max(0, round(left - aside)) : round(right + aside)]
    return np.ascontiguousarray(found)


def frames(truck: Waiting, count: int, seed: int) -> Iterator[Picture]:
    dice = random.Random(seed)
    for _ in range(count):
        yield _taken(truck.picture, dice)


def _loaded(path: Path | None) -> Picture:
    assert path is not None, "a photograph has a path"
    found = cv2.imread(str(path))
    assert found is not None, f"{path} is no picture"
    return found.astype(np.uint8, copy=False)


def _taken(picture: Picture, dice: random.Random) -> Picture:
    high, wide = picture.shape[:2]
    sway = SWAY * min(high, 90)
    turned = cv2.getRotationMatrix2D((wide / 2, high / 2), dice.uniform(-TURN_DEG, TURN_DEG), 1 + dice.uniform(-NEARER, NEARER))
    turned[:, 2] += np.array((dice.uniform(-sway, sway), dice.uniform(-sway, sway)))
    seen = cv2.warpAffine(picture, turned, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.convertScaleAbs(seen, alpha=dice.uniform(0.8, 1.2), beta=dice.uniform(-20, 20))
    if dice.random() < 0.5:
        seen = cv2.GaussianBlur(seen, (0, 0), dice.uniform(0.3, 1.0))
    noise = np.random.default_rng(dice.randrange(2**32)).normal(0, dice.uniform(0, 6), seen.shape)
    noisy = np.clip(seen.astype(np.float32) + noise, 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, dice.randint(*JPEG)])
    unpacked = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert unpacked is not None, "what was just packed can be unpacked"
    return unpacked.astype(np.uint8, copy=False)
