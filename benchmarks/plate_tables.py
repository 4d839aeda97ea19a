"""What a plate engine made of a set of pictures, counted and told as tables."""

import random
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.progress import track

from benchmarks.plate_engines import Engine
from benchmarks.plate_pictures import Box, Labelled, Picture
from drivers.frames import NoFrame, load_picture
from drivers.plate_reader.reader import PlateRead
from lanectl.plates import VoteSettings, neighbours
from training.numbers import any_number

SCORE_MIN = VoteSettings().score_min
MANIFEST = 500
Group = tuple[str, str, str]  # country, kind of picture, lines


@dataclass(frozen=True, slots=True)
class Result:
    picture: Labelled
    reads: tuple[PlateRead, ...]
    found: bool
    cpu_ms: float

    @property
    def texts(self) -> tuple[str, ...]:
        """Those that fit a plate format."""
        return tuple(read.text for read in self.reads if read.country)

    @property
    def trusted(self) -> tuple[str, ...]:
        return tuple(read.text for read in self.reads if read.country and read.weakest >= SCORE_MIN)

    @property
    def exact(self) -> bool:
        return self.picture.plate in self.texts

    @property
    def group(self) -> Group:
        return self.picture.country, self.picture.kind, self.picture.lines


def measured(name: str, engine: Engine, pictures: Iterable[Labelled], screen: Console) -> list[Result]:
    return [_measured(engine, picture) for picture in track(pictures, name, console=screen)]


def opened(picture: Labelled) -> Picture:
    if picture.picture is not None:
        return picture.picture
    assert picture.path is not None
    loaded = load_picture(picture.path)
    if isinstance(loaded, NoFrame):
        sys.exit(loaded.reason)
    return loaded.picture


def _measured(engine: Engine, picture: Labelled) -> Result:
    frame = opened(picture)
    started = time.process_time()
    reads = engine(frame)
    cpu_ms = (time.process_time() - started) * 1000
    found = any(read.text == picture.plate or _covers(read, picture.box) for read in reads)
    result = Result(picture, reads, found, cpu_ms)
    return replace(result, picture=replace(picture, picture=None)) if result.exact else result  # only errors are shown again


def _covers(read: PlateRead, box: Box | None) -> bool:
    """The read's middle lies in the labelled box."""
    if box is None:
        return False
    x, y = (sum(corner[i] for corner in read.corners) / 4 for i in (0, 1))
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def table(results: Sequence[Result]) -> str:
    rows = [
        "| country | pictures | lines | n | found | exact | wrong | empty | trusted, exact | trusted, wrong | CPU ms p50 | p95 |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    groups = {r.group: None for r in results}
    ordered = sorted(groups, key=lambda g: (g[1] != "scene", g[1], g[0], g[2]))
    return "\n".join(rows + [_row(group, [r for r in results if r.group == group]) for group in ordered])


def _row(group: Group, results: Sequence[Result]) -> str:
    n = len(results)
    exact = sum(r.exact for r in results)
    empty = sum(not r.texts for r in results)
    sure = sum(r.picture.plate in r.trusted for r in results)
    sure_wrong = sum(bool(r.trusted) and r.picture.plate not in r.trusted for r in results)
    found = sum(r.found for r in results) / n
    p50, p95 = percentiles(results)
    counts = f"{found:.0%} | {exact / n:.1%} ({exact}) | {n - exact - empty} | {empty} | {sure / n:.1%} ({sure}) | {sure_wrong}"
    return f"| {group[0]} | {group[1]} | {group[2]} | {n} | {counts} | {p50:.0f} | {p95:.0f} |"


def percentiles(results: Sequence[Result]) -> tuple[float, float]:
    """Of the CPU milliseconds: half of the frames and nineteen of twenty take no more."""
    ms = sorted(r.cpu_ms for r in results)
    return ms[len(ms) // 2], ms[int(len(ms) * 0.95)]


LISTED_HEAD = (
    "| engine | n | accepted and right | accepted and wrong | to a person | accepted though not on the list |\n|---|---|---|---|---|---|"
)


def listed(name: str, results: Sequence[Result], seed: int) -> str:
    """A row: one frame of each against a manifest of MANIFEST plates, a tenth of which have a neighbour one character away.

    What is accepted is what `lanectl.plates` would accept of one frame: trusted, on the list, and no neighbour there.
    """
    draw = random.Random(seed)
    plates = sorted({r.picture.plate for r in results})
    right = wrong = strangers = 0
    for result in results:
        others = [p for p in plates if p != result.picture.plate][: MANIFEST // 2]
        others += [any_number(draw, 1).text for _ in range(MANIFEST - MANIFEST // 10 - 1 - len(others))]
        manifest = [*others, *(_changed(plate, draw) for plate in draw.sample(others, MANIFEST // 10))]
        if draw.random() < 0.1:
            manifest[0] = _changed(result.picture.plate, draw)
        accepted = _accepted(result, [*manifest, result.picture.plate])
        right += accepted == [result.picture.plate]
        wrong += bool(accepted) and accepted != [result.picture.plate]
        strangers += bool(_accepted(result, [plate for plate in manifest if plate != result.picture.plate]))
    n = len(results)
    return f"| {name} | {n} | {right / n:.1%} | {wrong} | {(n - right - wrong) / n:.1%} | {strangers} |"


def _accepted(result: Result, manifest: Sequence[str]) -> list[str]:
    full = dict.fromkeys(manifest, "")
    return [text for text in result.trusted if text in full and not neighbours(text, full)]


def _changed(plate: str, draw: random.Random) -> str:
    """One digit of it another one."""
    at = draw.choice([i for i, c in enumerate(plate) if c.isdigit()] or [len(plate) - 1])
    return plate[:at] + draw.choice([c for c in "0123456789" if c != plate[at]]) + plate[at + 1 :]
