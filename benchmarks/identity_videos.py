"""Who is let through, from videos: python -m benchmarks.identity_videos [--trucks 40] [--seed 1] [--reads FILE] [--write]

Each photographed truck drives up in a recording of its own, which goes through the real chain: a camera's worker process takes its
frames from the file, reads them and keeps its evidence; the lane's vote decides against manifests of 500 full of plates that are one
character from its own.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from benchmarks.approaches import FRAMES_PER_S, approach, recorded
from benchmarks.identity import DIGITS, DOCUMENT, HEAD, LETTERS, MANIFEST, Shown, named, random_plates, row
from benchmarks.identity_frames import Waiting, photographed_trucks
from benchmarks.plate_pictures import ROOT
from drivers.plate_worker import CameraPlan, CameraWorker
from lanectl.model import CameraReported, IdentityReported, Match, PlateSeen
from lanectl.plates import FORMATS, Votes, VoteSettings, country, vote

BEGIN, END = "<!-- videos: written by benchmarks/identity_videos.py -->", "<!-- end of videos -->"
TAKEN = {
    "0": "ODQ",
    "1": "7",
    "2": "Z7",
    "3": "89",
    "5": "S6",
    "6": "58",
    "7": "1",
    "8": "B3",
    "9": "83",
    "B": "8",
    "D": "0",
    "Q": "0",
    "S": "5",
}
WITHIN_S = 120.0
ON, ABSENT = "on the list, all its neighbours too", "only its neighbours on the list"


@dataclass(slots=True)
class Ear:
    seen: list[PlateSeen] = field(default_factory=list)
    ended: bool = False

    def take(self, reports: Iterable[PlateSeen | CameraReported]) -> None:
        for report in reports:
            if isinstance(report, PlateSeen):
                self.seen.append(report)
            else:
                self.ended = self.ended or report.trouble == "dead"


def main() -> None:
    asked = _asked()
    shown = msgspec.json.decode(asked.reads.read_bytes(), type=list[Shown]) if asked.reads and asked.reads.exists() else []
    shown = asyncio.run(_all_read(shown, asked))[: asked.trucks]
    section = table(shown, asked.seed)
    print(section)
    if asked.write:
        _write(section)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity_videos", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trucks", type=int, default=40, help="photographed trucks, a video each (default 40)")
    parser.add_argument("--seed", type=int, default=20_261_124, help="draws trucks, videos and manifests")
    parser.add_argument("--reads", type=Path, help="keeps what was read in this file, and goes on from there the next time")
    parser.add_argument("--write", action="store_true", help=f"writes the table to {DOCUMENT.relative_to(ROOT)}")
    return parser.parse_args()


# ---------------------------------------------------------------- from the video to the reads


async def _all_read(kept: Sequence[Shown], asked: argparse.Namespace) -> list[Shown]:
    """Those that are kept are not read again; what is read is kept at once."""
    shown = list(kept)
    with tempfile.TemporaryDirectory(prefix="lanectl-") as folder:
        for number, truck in enumerate(photographed_trucks(asked.trucks, asked.seed), start=1):
            if number <= len(kept):
                continue
            shown.append(Shown(truck.plate, await reads_of(truck, Path(folder), asked.seed + number)))
            if asked.reads:
                asked.reads.write_bytes(msgspec.json.encode(shown))
            print(f"\r{number} videos", end="", file=sys.stderr)
    print(file=sys.stderr)
    return shown


async def reads_of(truck: Waiting, folder: Path, seed: int) -> tuple[PlateSeen, ...]:
    """What the camera's own process says of each frame."""
    video = recorded(approach(truck, seed), folder / "approach.mp4")
    ear = Ear()
    worker = CameraWorker(CameraPlan("vn-front", "vn", str(video), folder / "evidence", FORMATS, pause_s=0.0, once=True), ear.take)
    try:
        worker.want(True)
        async with asyncio.timeout(WITHIN_S):
            while not ear.ended:  # noqa: ASYNC110 - another process brings it about
                await asyncio.sleep(0.05)
    finally:
        await worker.close()
    return tuple(ear.seen)


# ---------------------------------------------------------------- from the reads to the decision


def decided(reads: Sequence[PlateSeen], listed: dict[str, str]) -> tuple[IdentityReported | None, int]:
    """As the gate goes on: it opens at the first match. What was said last otherwise. And after how many frames."""
    votes, said = Votes(), None
    for number, seen in enumerate(reads, start=1):
        votes, identity = vote(votes, number / FRAMES_PER_S, seen, listed, VoteSettings())
        said = identity or said
        if identity is not None and identity.match is Match.MATCHED:
            return identity, number
    return said, 0


def table(shown: Sequence[Shown], seed: int) -> str:
    dice = random.Random(seed)
    found: dict[str, Counter[str]] = {ON: Counter(), ABSENT: Counter()}
    after, alike = [], []
    for truck in shown:
        near = neighbours(truck.plate)
        alike.append(len(near))
        others = random_plates(MANIFEST - len(near) - 1, truck.plate, dice)
        for of, listed in ((ON, [truck.plate, *near, *others]), (ABSENT, [*near, *others])):
            outcome, frames = decided(truck.reads, {plate: plate for plate in listed})
            found[of][named(outcome, truck.plate)] += 1
            after += [frames] if of == ON and frames else []
    last = sorted(after)
    matched = f"Matched after {last[len(last) // 2]} frames of the approach (p50), {last[int(0.95 * len(last))]} (p95)." if last else ""
    told = (
        f"{len(shown)} videos of {len(shown[0].reads)} frames, {sum(alike) // len(alike)} neighbours each on average" if shown else "none"
    )
    return f"**Photographs that drive up**, {told}. {matched}\n\n{HEAD}\n" + "\n".join(row(of, counted) for of, counted in found.items())


def neighbours(plate: str) -> list[str]:
    """Every plate one character of the serial away within its kind, and those that are two of the usual mistakes away."""
    found = set[str]()
    for n in range(2, len(plate)):
        kind = next((kind for kind in (DIGITS, LETTERS) if plate[n] in kind), "")
        found |= {plate[:n] + other + plate[n + 1 :] for other in kind + TAKEN.get(plate[n], "")}
    for once in list(found):
        for n in range(2, len(once)):
            found |= {once[:n] + other + once[n + 1 :] for other in TAKEN.get(plate[n], "") if once[n] == plate[n]}
    near = sorted(other for other in found if other != plate and country(other))
    return random.Random(plate).sample(near, min(len(near), MANIFEST // 2))


def _write(section: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(f"{re.escape(BEGIN)}.*?{re.escape(END)}", text, re.DOTALL)
    assert found is not None, f"{DOCUMENT} has no place for the table: {BEGIN} … {END}"
    DOCUMENT.write_text(f"{text[: found.start()]}{BEGIN}\n{section}\n{END}{text[found.end() :]}", encoding="utf-8")


if __name__ == "__main__":
    main()
