"""Container numbers on rendered walls: how many are read exactly, and how many that are not would be believed."""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.plate_pictures import SEED, Picture
from drivers.plate_reader.containers import ContainerReader

HEAD = "| lines | n | exact | none read | check digit right, number wrong | CPU ms p50 | p95 |\n|---|---|---|---|---|---|---|"
Row = tuple[bool, bool, bool, float]  # exact, none read, believed though wrong, CPU ms


def codes(count: int, glyphs: Path, screen: Console) -> str:
    """`count` scenes of 1280 x 720 for each number of lines. Needs the training's fonts."""
    reader = ContainerReader()
    rows: dict[int, list[Row]] = {1: [], 2: []}
    for scene, number, lines in track(_scenes(count, glyphs), "container numbers", total=2 * count, console=screen):
        started = time.process_time()
        reads = reader.read(scene)
        ms = (time.process_time() - started) * 1000
        believed = [read.number for read in reads if read.checked]
        rows[lines].append((number in believed, not reads, any(text != number for text in believed), ms))
    return "\n".join([HEAD, *(_told(lines, held) for lines, held in rows.items())])


def _told(lines: int, rows: list[Row]) -> str:
    n = len(rows)
    exact, none, wrong = (sum(bool(row[i]) for row in rows) for i in range(3))
    ms = sorted(row[3] for row in rows)
    return f"| {lines} | {n} | {exact / n:.1%} ({exact}) | {none} | {wrong} | {ms[n // 2]:.0f} | {ms[int(n * 0.95)]:.0f} |"


def _scenes(count: int, glyphs: Path) -> Iterator[tuple[Picture, str, int]]:
    from sim.camera import CameraView, render  # noqa: PLC0415 - only these scenes need the renderer and its fonts
    from training.glyphs import Glyphs  # noqa: PLC0415
    from training.scenes import Shot, scenes  # noqa: PLC0415
    from training.weather import Sky  # noqa: PLC0415

    lane = [render(CameraView("", frame=number)) for number in range(8)]
    sky = Sky(night=0.1, glare=0.05, rain=0.1, defocus=0.2, motion=0.1, grey=0.1)
    shot = Shot(1280, 720, (140, 320), (8, 5, 3), (0, 1), sky, codes=1.0)
    left = {1: count, 2: count}
    for scene in scenes(Glyphs(glyphs), lane, SEED, shot):
        if len(scene.plates) == 1 and scene.plates[0].counted and left[scene.plates[0].lines]:
            left[scene.plates[0].lines] -= 1
            yield scene.picture, scene.plates[0].number.text, scene.plates[0].lines
        if not any(left.values()):
            return
