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
SCENE_PX = (640, 400)  # of a rendered truck's picture,
PLATE_PX, ASKEW_DEG = (110.0, 380.0), (8.0, 5.0, 3.0)  # and how wide and how far turned its plate is: lines of 26 pixels and more


@dataclass(frozen=True, slots=True)
class Waiting:
    """A truck at the gate. `picture`: as the camera sees it."""

    plate: str
    picture: Picture


def photographed_trucks(count: int, seed: int) -> Iterator[Waiting]:
    scenes = [p for p in labelled(SHARED / "plates" / "dev") if p.kind == "scene" and p.box is not None]
    for scene in random.Random(seed).sample(scenes, min(count, len(scenes))):
        yield Waiting(scene.plate, region(scene))


def rendered_trucks(count: int, seed: int) -> Iterator[Waiting]:
    """Plates drawn by the training's renderer from a seed that training does not use, in front of the simulated lane, by day, night and
    rain, seen a little askew; each plate once."""
    from sim.camera import CameraView, render  # noqa: PLC0415 - only these need the renderers and their fonts
    from training.glyphs import Glyphs  # noqa: PLC0415
    from training.scenes import Shot, scenes  # noqa: PLC0415

    lane = [render(CameraView("", frame=number)) for number in range(8)]
    made = scenes(Glyphs(SHARED / "plates" / "glyphs-cn"), lane, seed, Shot(*SCENE_PX, PLATE_PX, ASKEW_DEG, (0, 1), codes=0.0))
    shown = set[str]()
    while len(shown) < count:
        scene = next(made)
        plate = scene.plates[0].number.text if scene.plates and scene.plates[0].counted else ""
        if plate and plate not in shown:
            shown.add(plate)
            yield Waiting(plate, scene.picture)


def region(scene: Labelled) -> Picture:
    """What a camera that looks at the plate sees of the photograph."""
    assert scene.box is not None
    picture = _loaded(scene.path)
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
