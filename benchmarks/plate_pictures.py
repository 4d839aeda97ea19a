"""What the plate benchmark reads: labelled photographs, and scenes rendered for one trouble each."""

import csv
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("LANECTL_SHARED", ROOT.parent / "shared"))
CORRECTIONS = Path(__file__).with_name("plates_corrections.csv")
SEED = 20_261_123  # training never uses it

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Labelled:
    """`path` or `picture` holds it; `box` where the label tells one."""

    country: str
    kind: str
    lines: str
    plate: str
    path: Path | None = None
    picture: Picture | None = None
    box: Box | None = None


def labelled(dev: Path) -> Iterator[Labelled]:
    """Every photograph with its plate, the labels and boxes that a look at the picture showed to be wrong corrected."""
    with CORRECTIONS.open(encoding="utf-8", newline="") as file:
        corrected = {(row["file"], row["old"]): row for row in csv.DictReader(file)}
    for country in ("vn", "cn"):
        with (dev / country / "labels.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                name = f"{country}/{row['file']}"
                right = corrected.get((name, row["plate"]), {})
                plate, box = right.get("new", row["plate"]), _box(right) or _box(row)
                yield Labelled(country.upper(), row["kind"], row["lines"], plate, dev / name, None, box)


def _box(row: Mapping[str, str]) -> Box | None:
    corners = [row.get(side, "") for side in ("x0", "y0", "x1", "y1")]
    return (float(corners[0]), float(corners[1]), float(corners[2]), float(corners[3])) if all(corners) else None


def sample(pictures: Sequence[Labelled], limit: int, seed: int) -> list[Labelled]:
    """At most `limit` of each country, kind and line count, drawn by the seed."""
    groups: dict[tuple[str, str, str], list[Labelled]] = {}
    for picture in pictures:
        groups.setdefault((picture.country, picture.kind, picture.lines), []).append(picture)
    draw = random.Random(seed)
    return [picture for group in groups.values() for picture in draw.sample(group, min(limit, len(group)))]


def rendered(count: int, glyphs: Path) -> Iterator[Labelled]:
    """`count` scenes of 1280 x 720 with one plate each, for day, night, rain, tilt and small plates. Needs the training's fonts."""
    from sim.camera import CameraView, render  # noqa: PLC0415 - only these sets need the renderer and its fonts
    from training.glyphs import Glyphs  # noqa: PLC0415
    from training.scenes import Shot, scenes  # noqa: PLC0415
    from training.weather import Sky  # noqa: PLC0415

    usual, gentle = (110.0, 260.0), (8.0, 5.0, 3.0)
    clear = Sky(night=0, glare=0, rain=0, defocus=0.2, motion=0.1, grey=0.1)
    shots = {
        "day": (usual, gentle, clear),
        "night": (usual, gentle, Sky(night=1, glare=0.6, rain=0, noise=1)),
        "rain": (usual, gentle, Sky(night=0.2, rain=1)),
        "tilt": (usual, (30.0, 20.0, 12.0), clear),
        "small": ((60.0, 80.0), gentle, clear),  # characters of 12 pixels
    }
    truck = [render(CameraView("", frame=number)) for number in range(8)]
    for name, (plate_px, askew_deg, sky) in shots.items():
        made = scenes(Glyphs(glyphs), truck, SEED, Shot(1280, 720, plate_px, askew_deg, (0, 1), sky, codes=0.0))
        kept = 0
        while kept < count:
            scene = next(made)
            if len(scene.plates) == 1 and scene.plates[0].counted:
                kept += 1
                (mark,) = scene.plates
                country = mark.number.kind.value[:2]
                (left, top), (right, bottom) = mark.corners.min(axis=0), mark.corners.max(axis=0)
                box = (float(left), float(top), float(right), float(bottom))
                yield Labelled(country, name, str(mark.lines), mark.number.text, None, scene.picture, box)
