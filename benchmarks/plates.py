"""Plate reading on real photographs: python -m benchmarks.plates [--all] [--seed 1] [--write]

A picture counts as exact when a plate that was read in it is the labelled one, as wrong when only others were, as empty when nothing
read fits a plate format. "Trusted" are the reads whose weakest character reaches the score that the lane asks for before it counts one.
"""

import argparse
import csv
import os
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track

from drivers.camera import NoFrame, load_picture
from drivers.plate_reader.reader import PlateReader
from lanectl.plates import FORMATS, VoteSettings

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("LANECTL_SHARED", ROOT.parent / "shared"))
CORRECTIONS = Path(__file__).with_name("plates_corrections.csv")
DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- plates: written by benchmarks/plates.py -->", "<!-- end of plates -->"
SCORE_MIN = VoteSettings().score_min


@dataclass(frozen=True, slots=True)
class Labelled:
    country: str
    kind: str
    lines: str
    plate: str
    path: Path


@dataclass(frozen=True, slots=True)
class Result:
    picture: Labelled
    read: tuple[str, ...]
    trusted: tuple[str, ...]
    cpu_ms: float


def labelled(dev: Path) -> Iterator[Labelled]:
    """Every picture with its plate, the labels that a look at the picture showed to be wrong corrected."""
    with CORRECTIONS.open(encoding="utf-8", newline="") as file:
        corrected = {(row["file"], row["old"]): row["new"] for row in csv.DictReader(file)}
    for country in ("vn", "cn"):
        with (dev / country / "labels.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                name = f"{country}/{row['file']}"
                plate = corrected.get((name, row["plate"]), row["plate"])
                yield Labelled(country.upper(), row["kind"], row["lines"], plate, dev / name)


def sample(pictures: Sequence[Labelled], limit: int, seed: int) -> list[Labelled]:
    """At most `limit` of each country and kind, drawn by the seed."""
    groups: dict[tuple[str, str], list[Labelled]] = {}
    for picture in pictures:
        groups.setdefault((picture.country, picture.kind), []).append(picture)
    draw = random.Random(seed)
    return [picture for group in groups.values() for picture in draw.sample(group, min(limit, len(group)))]


def measure(reader: PlateReader, picture: Labelled) -> Result:
    frame = load_picture(picture.path)
    if isinstance(frame, NoFrame):
        sys.exit(frame.reason)
    started = time.process_time()
    reads = [read for read in reader.read(frame.picture) if read.country]
    cpu_ms = (time.process_time() - started) * 1000
    return Result(picture, tuple(r.text for r in reads), tuple(r.text for r in reads if r.weakest >= SCORE_MIN), cpu_ms)


def table(results: Sequence[Result]) -> str:
    rows = [
        "| country | pictures | lines | n | exact | wrong | empty | trusted, exact | trusted, wrong | CPU ms p50 | p95 |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    groups = sorted({(r.picture.country, r.picture.kind, r.picture.lines) for r in results}, key=lambda g: (g[1] != "scene", g[0], g[1:]))
    rows += [_row(group, [r for r in results if (r.picture.country, r.picture.kind, r.picture.lines) == group]) for group in groups]
    return "\n".join(rows)


def _row(group: tuple[str, str, str], results: Sequence[Result]) -> str:
    n = len(results)
    exact = sum(r.picture.plate in r.read for r in results)
    empty = sum(not r.read for r in results)
    sure = sum(r.picture.plate in r.trusted for r in results)
    sure_wrong = sum(bool(r.trusted) and r.picture.plate not in r.trusted for r in results)
    ms = sorted(r.cpu_ms for r in results)
    counts = f"{exact / n:.1%} ({exact}) | {n - exact - empty} | {empty} | {sure / n:.1%} ({sure}) | {sure_wrong}"
    return f"| {group[0]} | {group[1]} | {group[2]} | {n} | {counts} | {ms[n // 2]:.0f} | {ms[int(n * 0.95)]:.0f} |"


def write(section: str) -> None:
    """Replaces the section between its marks, or adds it at the end."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else "# Benchmarks\n"
    block = f"{BEGIN}\n{section}\n{END}"
    found = re.search(f"{re.escape(BEGIN)}.*?{re.escape(END)}", text, re.DOTALL)
    text = text[: found.start()] + block + text[found.end() :] if found else f"{text.rstrip()}\n\n{block}\n"
    DOCUMENT.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plates", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--limit", type=int, default=60, help="pictures of each country and kind (default 60)")
    parser.add_argument("--scenes", action="store_true", help="whole photographs only, as a camera takes them")
    parser.add_argument("--all", action="store_true", help="every picture")
    parser.add_argument("--seed", type=int, default=1, help="draws the sample (default 1)")
    parser.add_argument("--wrong", action="store_true", help="list what was not read exactly")
    parser.add_argument("--write", action="store_true", help=f"write the table to {DOCUMENT.relative_to(ROOT)}")
    asked = parser.parse_args()
    dev = SHARED / "plates" / "dev"
    if not dev.is_dir():
        sys.exit(f"{dev}: the photographs are not there; say where they are with LANECTL_SHARED=/path/to/shared")
    pictures = [picture for picture in labelled(dev) if picture.kind == "scene" or not asked.scenes]
    chosen = pictures if asked.all else sample(pictures, asked.limit, asked.seed)
    reader = PlateReader(FORMATS)
    screen = Console(stderr=True)
    results = [measure(reader, picture) for picture in track(chosen, "reading plates", console=screen)]
    drawn = f"all {len(results)}" if asked.all else f"{len(results)} of {len(pictures)}, seed {asked.seed}"
    section = f"Pictures: {drawn}; trusted: weakest character at least {SCORE_MIN}; one thread.\n\n{table(results)}"
    print(section)
    for result in results if asked.wrong else []:
        if result.picture.plate not in result.read:
            screen.print(f"{result.picture.path.name}: {result.picture.plate}, read {' '.join(result.read) or 'nothing'}", highlight=False)
    if asked.write:
        write(section)


if __name__ == "__main__":
    main()
