"""A camera frame in, the container numbers in it out: the same two networks as for plates, on longer strips."""

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.plate_reader.boxes import SAME_MIN, shared
from drivers.plate_reader.container_code import BODY, PATTERN, checks
from drivers.plate_reader.detector import Picture
from drivers.plate_reader.engine import FINDER, READER, own_weights
from drivers.plate_reader.finder import Finder, FinderSettings, Place, Region
from drivers.plate_reader.reader import cut_out, line_counts
from drivers.plate_reader.recogniser import Line, Recogniser
from drivers.plate_reader.strip import CODE

CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
OWNER = 4  # letters, then digits: what stands where leaves no doubt
AS_LETTER: Mapping[str, str] = {"0": "OQD", "1": "IL", "2": "Z", "4": "A", "5": "S", "6": "G", "7": "T", "8": "B"}
AS_DIGIT: Mapping[str, str] = {
    "O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "A": "4", "S": "5", "G": "6", "T": "7", "B": "8",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContainerRead:
    """`number`: as read, look-alikes put right. `checked`: the check digit is what the others make it. Scores as of a plate."""

    number: str
    checked: bool
    lines: int
    score: float
    weakest: float
    characters: tuple[tuple[str, float], ...]
    corners: tuple[tuple[float, float], ...]
    ms: float


class ContainerReader:
    """Loads its networks once."""

    def __init__(self, settings: FinderSettings | None = None) -> None:
        self._finder = Finder(own_weights(FINDER), settings or FinderSettings())
        self._reader = Recogniser(own_weights(READER), CHARACTERS)

    def read(self, frame: Picture) -> tuple[ContainerRead, ...]:
        """Numbers that check first, then those that only look like one."""
        started = time.perf_counter()
        closer = [self._finder.closer(frame, place, Region.CODE) for place in self._finder.seen(frame, Region.CODE)]
        seen = [self._seen(frame, place) for place in _apart([place for place in closer if place is not None])]
        ms = (time.perf_counter() - started) * 1000
        reads = [_as_read(place, line, lines, ms) for place, line, lines in seen if PATTERN.fullmatch(line.text)]
        return tuple(sorted(reads, key=lambda r: (not r.checked, -r.weakest)))

    def _seen(self, frame: Picture, place: Place) -> tuple[Place, Line, int]:
        tried = [(repaired(self._reader.strip(cut_out(frame, place, lines, CODE))), lines) for lines in line_counts(place)]
        line, lines = max(tried, key=lambda t: (checks(t[0].text), min(t[0].scores, default=0.0)))
        return place, line, lines


def _apart(places: list[Place]) -> list[Place]:
    """One for each number, the surest."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda p: -p.score):
        if all(shared(place.corners, other.corners) < SAME_MIN for other in kept):
            kept.append(place)
    return kept


def repaired(line: Line) -> Line:
    """Letters where only digits stand and digits where only letters do, put right if exactly one number comes of it that checks."""
    if len(line.text) != BODY + 1 or checks(line.text):
        return line
    ways = [_ways(character, letter=n < OWNER) for n, character in enumerate(line.text)]
    right = [text for text in map("".join, itertools.product(*ways)) if checks(text)]
    return Line(right[0], line.scores, line.lead, line.slots) if len(right) == 1 else line


def _ways(character: str, *, letter: bool) -> str:
    if character.isdigit() == (not letter):
        return character
    return (AS_LETTER if letter else AS_DIGIT).get(character, character)


def _as_read(place: Place, line: Line, lines: int, ms: float) -> ContainerRead:
    scores = tuple(round(score, 4) for score in line.scores)
    return ContainerRead(
        number=line.text,
        checked=checks(line.text),
        lines=lines,
        score=round(sum(scores) / len(scores), 4),
        weakest=min(scores),
        characters=tuple(zip(line.text, scores, strict=True)),
        corners=tuple((round(float(x), 1), round(float(y), 1)) for x, y in place.corners),
        ms=round(ms, 1),
    )
