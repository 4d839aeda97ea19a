"""Plate reading on photographs and rendered scenes: python -m benchmarks.plates [--all] [--references] [--seed 1] [--write]

A picture counts as exact when a plate that was read in it is the labelled one, as wrong when only others were, as empty when nothing
read fits a plate format. "Trusted" are the reads whose weakest character reaches the score that the lane asks for before it counts one.
"""

import argparse
import os
import re
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.plate_codes import codes
from benchmarks.plate_engines import alone, lane, published, searched
from benchmarks.plate_pictures import ROOT, SHARED, labelled, rendered, sample
from benchmarks.plate_sheets import SHADES, Point, chart, errors
from benchmarks.plate_tables import LISTED_HEAD, MANIFEST, SCORE_MIN, Result, listed, measured, percentiles, table

DOCUMENT = ROOT / "docs" / "benchmarks.md"
CHART = ROOT / "docs" / "images" / "plates.svg"
SHEET = ROOT / "docs" / "images" / "plates-errors.jpg"
REFERENCE_MAX = 10  # scenes of each group for the slow ones
BEGIN, END = "<!-- plates: written by benchmarks/plates.py -->", "<!-- end of plates -->"


def main() -> None:
    asked = _asked()
    dev = SHARED / "plates" / "dev"
    if not dev.is_dir():
        sys.exit(f"{dev}: the photographs are not there; say where they are with LANECTL_SHARED=/path/to/shared")
    screen = Console(stderr=True)
    photographs = [picture for picture in labelled(dev) if picture.kind == "scene" or not asked.scenes]
    chosen = photographs if asked.all else sample(photographs, asked.limit, asked.seed)
    core = pinned()
    results = measured("the lane's reader", lane(), chosen, screen)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    drawn = f"all {len(results)}" if asked.all else f"{len(results)} of {len(photographs)}, seed {asked.seed}"
    how = f"trusted: weakest character at least {SCORE_MIN}; one thread on {core}; {memory:.0f} MB at most"
    sections = [f"**The lane's reader**, photographs: {drawn}; {how}.\n\n{table(results)}"]
    if asked.errors:
        screen.print(f"{errors(results, asked.errors)} photographs not read exactly: {asked.errors}", highlight=False)
    if asked.rendered:
        tried = measured("rendered scenes", lane(), rendered(asked.rendered, asked.glyphs), screen)
        sections.append(f"**The lane's reader**, rendered scenes of 1280 x 720 ({asked.rendered} each).\n\n{table(tried)}")
        sections.append(f"**Container numbers**, rendered scenes of 1280 x 720.\n\n{codes(asked.rendered, asked.glyphs, screen)}")
        if asked.write:
            errors(tried, SHEET)
    scenes = [r for r in results if r.picture.kind == "scene"]
    compared = [("the lane's reader", scenes), *(_references(scenes, asked.seed, screen) if asked.references else [])]
    sections += [
        f"**{name}**, {'the same scenes' if len(held) == len(scenes) else 'a sample of the same scenes'}.\n\n{table(held)}"
        for name, held in compared[1:]
    ]
    rows = "\n".join(listed(name, held, asked.seed) for name, held in compared)
    sections.append(
        f"One frame of each scene against a manifest of {MANIFEST} plates, a tenth of them with a neighbour one character away:"
        f"\n\n{LISTED_HEAD}\n{rows}"
    )
    section = "\n\n".join(sections)
    print(section)
    if asked.write and asked.references:
        CHART.write_text(chart([point for name, held in compared for point in _points(name, held)]), encoding="utf-8")
    if asked.write:
        write(section)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plates", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--limit", type=int, default=40, help="pictures of each country, kind and line count (default 40)")
    parser.add_argument("--scenes", action="store_true", help="whole photographs only, as a camera takes them")
    parser.add_argument("--all", action="store_true", help="every picture")
    parser.add_argument("--rendered", type=int, default=40, help="rendered scenes of each condition, 0 for none (default 40)")
    parser.add_argument("--glyphs", type=Path, default=SHARED / "plates" / "glyphs-cn", help="GA 36 glyph pictures for the rendered scenes")
    parser.add_argument("--references", action="store_true", help="also the engines that it is compared with")
    parser.add_argument("--seed", type=int, default=1, help="draws the sample (default 1)")
    parser.add_argument("--errors", type=Path, metavar="FILE.jpg", help="a sheet of the photographs that were not read exactly")
    parser.add_argument(
        "--write", action="store_true", help=f"write the tables to {DOCUMENT.relative_to(ROOT)}, the chart and the rendered scenes' errors"
    )
    return parser.parse_args()


def _references(scenes: Sequence[Result], seed: int, screen: Console) -> list[tuple[str, list[Result]]]:
    held = []
    pictures = [result.picture for result in scenes]
    few = sample(pictures, REFERENCE_MAX, seed)
    for name, engine, shown in (
        ("the lane's own networks alone", alone(), pictures),
        ("PP-OCRv6 over the whole picture, the lane's formats", searched(), few),
        ("rapidocr, its defaults", published("rapidocr"), few),
        ("rapidocr-onnxruntime, its defaults", published("rapidocr_onnxruntime"), few),
    ):
        if engine is None:
            screen.print(f"{name}: not installed, left out")
        else:
            held.append((name, measured(name, engine, shown, screen)))
    return held


def _points(name: str, results: Sequence[Result]) -> list[Point]:
    points = []
    for group in SHADES:
        country, lines = group.split()
        held = [r for r in results if (r.picture.country, r.picture.lines) == (country, lines)]
        if held:
            short = name.removesuffix(", its defaults").removesuffix(" over the whole picture, the lane's formats")
            points.append(Point(short, group, sum(r.exact for r in held) / len(held), percentiles(held)[0]))
    return points


def write(section: str) -> None:
    """Replaces the section between its marks, or adds it at the end."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else "# Benchmarks\n"
    block = f"{BEGIN}\n{section}\n{END}"
    found = re.search(f"{re.escape(BEGIN)}.*?{re.escape(END)}", text, re.DOTALL)
    text = text[: found.start()] + block + text[found.end() :] if found else f"{text.rstrip()}\n\n{block}\n"
    DOCUMENT.write_text(text, encoding="utf-8")


def pinned() -> str:
    """One core for everything, as a gate's worker has beside the control loop."""
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"core {core}"


if __name__ == "__main__":
    main()
