"""Plate reading on photographs and rendered scenes: python -m benchmarks.plates [--all] [--seed 1] [--write]

A picture counts as exact when a plate that was read in it is the labelled one, as wrong when only others were, as empty when nothing
read fits a plate format. "Trusted" are the reads whose weakest character reaches the score that the lane asks for before it counts one.
"""

import argparse
import os
import random
import re
import resource
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.plate_engines import Engine, lane, published, quick_look, with_quick_look
from benchmarks.plate_pictures import ROOT, SHARED, Box, Labelled, labelled, rendered, sample
from drivers.camera import NoFrame, load_picture
from drivers.plate_reader.reader import PlateRead
from lanectl.plates import VoteSettings, neighbours
from training.numbers import any_number

DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- plates: written by benchmarks/plates.py -->", "<!-- end of plates -->"
SCORE_MIN = VoteSettings().score_min
MANIFEST = 500
REFERENCE_MAX = 10  # pictures of each group for the slow references


@dataclass(frozen=True, slots=True)
class Result:
    picture: Labelled
    read: tuple[str, ...]
    trusted: tuple[str, ...]
    found: bool
    cpu_ms: float


def measure(engine: Engine, picture: Labelled) -> Result:
    frame = picture.picture
    if frame is None:
        assert picture.path is not None
        loaded = load_picture(picture.path)
        if isinstance(loaded, NoFrame):
            sys.exit(loaded.reason)
        frame = loaded.picture
    started = time.process_time()
    shown = engine(frame)
    cpu_ms = (time.process_time() - started) * 1000
    reads = [read for read in shown if read.country]
    texts = tuple(read.text for read in reads)
    trusted = tuple(read.text for read in reads if read.weakest >= SCORE_MIN)
    return Result(
        replace(picture, picture=None), texts, trusted, picture.plate in texts or any(_covers(r, picture.box) for r in shown), cpu_ms
    )


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
    groups = {(r.picture.country, r.picture.kind, r.picture.lines): None for r in results}
    ordered = sorted(groups, key=lambda g: (g[1] != "scene", g[1], g[0], g[2]))
    rows += [_row(group, [r for r in results if (r.picture.country, r.picture.kind, r.picture.lines) == group]) for group in ordered]
    return "\n".join(rows)


def _row(group: tuple[str, str, str], results: Sequence[Result]) -> str:
    n = len(results)
    exact = sum(r.picture.plate in r.read for r in results)
    empty = sum(not r.read for r in results)
    sure = sum(r.picture.plate in r.trusted for r in results)
    sure_wrong = sum(bool(r.trusted) and r.picture.plate not in r.trusted for r in results)
    found = sum(r.found for r in results) / n
    ms = sorted(r.cpu_ms for r in results)
    counts = f"{found:.0%} | {exact / n:.1%} ({exact}) | {n - exact - empty} | {empty} | {sure / n:.1%} ({sure}) | {sure_wrong}"
    return f"| {group[0]} | {group[1]} | {group[2]} | {n} | {counts} | {ms[n // 2]:.0f} | {ms[int(n * 0.95)]:.0f} |"


def listed(results: Sequence[Result], seed: int) -> str:
    """One frame against a manifest of MANIFEST plates, a tenth of which have a neighbour one character away."""
    draw = random.Random(seed)
    plates = sorted({r.picture.plate for r in results})
    accepted = wrong = asked = strangers = 0
    for result in results:
        others = [p for p in plates if p != result.picture.plate][: MANIFEST // 2]
        others += [any_number(draw, 1).text for _ in range(MANIFEST - MANIFEST // 10 - 1 - len(others))]
        manifest = [*others, *(_changed(plate, draw) for plate in draw.sample(others, MANIFEST // 10))]
        if draw.random() < 0.1:
            manifest[0] = _changed(result.picture.plate, draw)
        full = dict.fromkeys([*manifest, result.picture.plate], "")
        matched = [text for text in result.trusted if text in full]
        sure = [text for text in matched if not neighbours(text, full)]
        accepted += result.picture.plate in sure
        wrong += any(text != result.picture.plate for text in sure)
        asked += bool(matched) and not sure
        strangers += any(text in manifest and not neighbours(text, dict.fromkeys(manifest, "")) for text in result.trusted)
    n = len(results)
    return (
        f"One frame of each against a manifest of {MANIFEST} plates, a tenth of them with a neighbour one character away: "
        f"{accepted / n:.1%} accepted and right, {wrong} accepted and wrong, {asked / n:.1%} left to a person because of a neighbour; "
        f"{strangers} of {n} accepted when the truck's own plate is not listed."
    )


def _changed(plate: str, draw: random.Random) -> str:
    """One digit of it another one."""
    at = draw.choice([i for i, c in enumerate(plate) if c.isdigit()] or [len(plate) - 1])
    return plate[:at] + draw.choice([c for c in "0123456789" if c != plate[at]]) + plate[at + 1 :]


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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plates", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--limit", type=int, default=40, help="pictures of each country, kind and line count (default 40)")
    parser.add_argument("--scenes", action="store_true", help="whole photographs only, as a camera takes them")
    parser.add_argument("--all", action="store_true", help="every picture")
    parser.add_argument("--rendered", type=int, default=40, help="rendered scenes of each condition, 0 for none (default 40)")
    parser.add_argument("--glyphs", type=Path, default=SHARED / "plates" / "glyphs-cn", help="GA 36 glyph pictures for the rendered scenes")
    parser.add_argument("--references", action="store_true", help="also the engines that it is compared with")
    parser.add_argument("--seed", type=int, default=1, help="draws the sample (default 1)")
    parser.add_argument("--wrong", action="store_true", help="list what was not read exactly")
    parser.add_argument("--write", action="store_true", help=f"write the tables to {DOCUMENT.relative_to(ROOT)}")
    asked = parser.parse_args()
    dev = SHARED / "plates" / "dev"
    if not dev.is_dir():
        sys.exit(f"{dev}: the photographs are not there; say where they are with LANECTL_SHARED=/path/to/shared")
    screen = Console(stderr=True)
    photographs = [picture for picture in labelled(dev) if picture.kind == "scene" or not asked.scenes]
    chosen = photographs if asked.all else sample(photographs, asked.limit, asked.seed)
    core = pinned()
    sections = []
    results = _run("the lane's reader", lane(), chosen, screen)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    drawn = f"all {len(results)}" if asked.all else f"{len(results)} of {len(photographs)}, seed {asked.seed}"
    how = f"trusted: weakest character at least {SCORE_MIN}; one thread on {core}; {memory:.0f} MB at most"
    sections.append(f"**The lane's reader**, photographs: {drawn}; {how}.\n\n{table(results)}")
    scenes = [r for r in results if r.picture.kind == "scene"]
    sections.append(listed(results, asked.seed))
    if asked.rendered:
        made = rendered(asked.rendered, asked.glyphs)
        tried = table(_run("rendered scenes", lane(), made, screen))
        sections.append(f"**The lane's reader**, rendered scenes of 1280 x 720 ({asked.rendered} each).\n\n{tried}")
    if asked.references:
        few = [r.picture for r in scenes]
        sections += _compared(few, sample(few, REFERENCE_MAX, asked.seed), screen)
    section = "\n\n".join(sections)
    print(section)
    for result in results if asked.wrong else []:
        if result.picture.plate not in result.read and result.picture.path is not None:
            screen.print(f"{result.picture.path.name}: {result.picture.plate}, read {' '.join(result.read) or 'nothing'}", highlight=False)
    if asked.write:
        write(section)


def _compared(scenes: Sequence[Labelled], few: Sequence[Labelled], screen: Console) -> list[str]:
    parts = []
    for name, engine, pictures in (
        ("With the quick look first", with_quick_look(), scenes),
        ("The quick look alone", quick_look(), scenes),
        ("rapidocr, its defaults", published("rapidocr"), few),
        ("rapidocr-onnxruntime, its defaults", published("rapidocr_onnxruntime"), few),
    ):
        if engine is None:
            screen.print(f"{name}: not installed, left out")
        else:
            note = " (a sample)" if pictures is few else ""
            parts.append(f"**{name}**, the same scenes{note}.\n\n{table(_run(name, engine, pictures, screen))}")
    return parts


def _run(name: str, engine: Engine, pictures: Iterable[Labelled], screen: Console) -> list[Result]:
    return [measure(engine, picture) for picture in track(pictures, name, console=screen)]


if __name__ == "__main__":
    main()
