"""Who is let through by mistake? python -m benchmarks.identity [--rendered 500] [--photographs 140] [--seed 1] [--reads FILE] [--write]

Each truck shows some frames to the lane's own reader; the vote of the lane itself decides against manifests of 500 random plates: with
the truck on it, with three look-alikes of it besides (one character changed to another of its kind), without it, and without it but
with three look-alikes.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import cv2
import msgspec

from benchmarks.identity_frames import photographed_trucks, rendered_trucks
from benchmarks.identity_reads import Reading
from benchmarks.plate_pictures import ROOT
from lanectl.model import IdentityReported, Match, PlateSeen
from lanectl.plates import Votes, VoteSettings, country, vote
from training.numbers import any_number

DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- identity: written by benchmarks/identity.py -->", "<!-- end of identity -->"
MANIFEST = 500
ALIKE = 3
FRAMES = 8
EVERY_S = 0.1
DIGITS, LETTERS = "0123456789", "ABCDEFGHKLMNPRSTUVXYZ"
HEAD = (
    "| manifest | trucks | accepted and right | accepted and wrong | to a person | not on the list | unreadable or no word |\n"
    + 7 * "|---"
    + "|"
)
SETS = ("on the list", "with look-alikes", "not on the list", "only look-alikes on the list")


@dataclass(frozen=True, slots=True)
class Shown:
    """One truck's frames as they were read."""

    plate: str
    reads: tuple[PlateSeen, ...]


def main() -> None:
    asked = _asked()
    kept = _kept(asked.reads) if asked.reads and asked.reads.exists() else None
    groups = kept or dict(_read(asked))
    if asked.reads and kept is None:
        asked.reads.write_bytes(msgspec.json.encode(groups))
    section = "\n\n".join(_table(name, shown, asked.seed) for name, shown in groups.items() if shown)
    print(section)
    if asked.write:
        _write(section)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rendered", type=int, default=500, help="rendered trucks (default 500)")
    parser.add_argument("--photographs", type=int, default=140, help="photographed trucks (default 140)")
    parser.add_argument("--seed", type=int, default=20_261_123, help="draws trucks and manifests; training never uses it")
    parser.add_argument("--reads", type=Path, help="keeps what was read in this file, and takes it from there the next time")
    parser.add_argument("--write", action="store_true", help=f"writes the tables to {DOCUMENT.relative_to(ROOT)}")
    return parser.parse_args()


def _read(asked: argparse.Namespace) -> Iterator[tuple[str, list[Shown]]]:
    cv2.setNumThreads(1)
    reading = Reading()
    for name, trucks in (
        ("Rendered plates", rendered_trucks(asked.rendered, asked.seed)),
        ("Photographs", photographed_trucks(asked.photographs, asked.seed)),
    ):
        shown = []
        for number, truck in enumerate(trucks, start=1):
            shown.append(Shown(truck.plate, tuple(reading.of(truck, FRAMES, asked.seed + number))))
            print(f"\r{name}: {number} trucks", end="", file=sys.stderr)
        print(file=sys.stderr)
        yield name, shown


def _kept(file: Path) -> dict[str, list[Shown]]:
    return msgspec.json.decode(file.read_bytes(), type=dict[str, list[Shown]])


# ---------------------------------------------------------------- deciding


def _table(name: str, shown: Sequence[Shown], seed: int) -> str:
    dice = random.Random(seed)
    found: dict[str, Counter[str]] = {of: Counter() for of in SETS}
    frames, cpu_s, votes = Counter[int](), 0.0, 0
    for truck in shown:
        alike = _alike(truck.plate, dice)
        others = random_plates(MANIFEST - 1, truck.plate, dice)
        for of, listed in (
            (SETS[0], [truck.plate, *others]),
            (SETS[1], [truck.plate, *alike, *others[ALIKE:]]),
            (SETS[2], [*others, *random_plates(1, truck.plate, dice)]),
            (SETS[3], [*alike, *others[ALIKE - 1 :]]),
        ):
            began = process_time()
            outcome, after = decided(truck.reads, {plate: plate for plate in listed})
            cpu_s, votes = cpu_s + process_time() - began, votes + len(truck.reads)
            found[of][named(outcome, truck.plate)] += 1
            if of == SETS[0] and after:
                frames[after] += 1
    rows = "\n".join(row(of, counted) for of, counted in found.items())
    middle = sorted(frames.elements())
    told = f"Matched after {middle[len(middle) // 2]} frames (p50), {middle[int(len(middle) * 0.95)]} (p95); " if middle else ""
    return f"**{name}**, {len(shown)} trucks of {FRAMES} frames. {told}a vote takes {1000 * cpu_s / votes:.1f} ms of CPU.\n\n{HEAD}\n{rows}"


def decided(reads: Sequence[PlateSeen], listed: dict[str, str]) -> tuple[IdentityReported | None, int]:
    """As the gate goes on: it opens at the first match. What was said last otherwise. And after how many frames."""
    settings = VoteSettings(frames_max=len(reads))
    votes, said = Votes(), None
    for number, seen in enumerate(reads, start=1):
        votes, identity = vote(votes, number * EVERY_S, seen, listed, settings)
        said = identity or said
        if identity is not None and identity.match is Match.MATCHED:
            return identity, number
    return said, 0


def named(outcome: IdentityReported | None, plate: str) -> str:
    if outcome is None or outcome.match is Match.UNREADABLE:
        return "none"
    if outcome.match is Match.MATCHED:
        return "right" if outcome.plate == plate else "wrong"
    return str(outcome.match.value)


def row(of: str, counted: Counter[str]) -> str:
    whole = counted.total()
    cells = [f"{100 * counted[kind] / whole:.1f} % ({counted[kind]})" for kind in ("right", "wrong", "UNSURE", "NOT_LISTED", "none")]
    return f"| {of} | {whole} | " + " | ".join(cells) + " |"


def _alike(plate: str, dice: random.Random) -> list[str]:
    """One character of the serial changed to another of its kind."""
    found: set[str] = set()
    while len(found) < ALIKE:
        n = dice.randrange(2, len(plate))
        kind = next((kind for kind in (DIGITS, LETTERS) if plate[n] in kind), "")
        other = plate[:n] + dice.choice(kind) + plate[n + 1 :] if kind else plate
        if other != plate and country(other):
            found.add(other)
    return sorted(found)


def random_plates(count: int, but: str, dice: random.Random) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        plate = any_number(dice, 1).text
        if plate != but and country(plate):
            found.add(plate)
    return sorted(found)


def _write(section: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    block = f"{BEGIN}\n{section}\n{END}"
    found = re.search(f"{re.escape(BEGIN)}.*?{re.escape(END)}", text, re.DOTALL)
    assert found is not None, f"{DOCUMENT} has no place for the tables: {BEGIN} … {END}"
    DOCUMENT.write_text(text[: found.start()] + block + text[found.end() :], encoding="utf-8")


if __name__ == "__main__":
    main()
