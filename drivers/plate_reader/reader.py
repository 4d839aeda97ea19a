"""A camera frame in, the plates in it out. The networks may change; this interface stays.

The whole picture is searched for text. On demand a quick look comes first: the lane's own detector finds plates with their corners, and
each is read straightened, in one strip. A Vietnamese plate of which that look is sure is done; otherwise the two opinions are weighed.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from drivers.plate_reader.boxes import overlap
from drivers.plate_reader.detector import Corners, DetectorSettings, Picture
from drivers.plate_reader.engine import FINDER, own_weights
from drivers.plate_reader.finder import Finder, FinderSettings, Place
from drivers.plate_reader.formats import Formats
from drivers.plate_reader.recogniser import straightened
from drivers.plate_reader.strip import strip
from drivers.plate_reader.text_reader import CHINESE, Text, TextReader, apart

PAD = 0.05  # of the plate's height and of a third of its width: training cut plates out with so much around them
DISPUTED = 0.8  # the most that a character counts when the two opinions differ: shown to a person, never a vote
QUICK = frozenset({"VN"})  # countries whose plates the quick look reads as well as the slow one; Chinese provinces it often misses
READS_MAX = 2  # strips a frame; the quick look must stay quick
LIKELY = 0.5  # less likely places are read only where no plate was found
OPINION = 0.6  # a read with a character below this is no opinion that could stand against another
DOUBT = (0.1, 0.9)  # of the chance of two lines: between these both are tried


@dataclass(frozen=True, slots=True)
class PlateRead:
    """`text`: separators stripped. `country`: "" when it fits no plate format. `score` is the mean, `weakest` the least
    character's, 0–1. `corners`: pixels, from top left clockwise. `ms`: what the whole frame took."""

    text: str
    country: str
    lines: int
    score: float
    weakest: float
    characters: tuple[tuple[str, float], ...]
    corners: tuple[tuple[float, float], ...]
    ms: float


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """`sure`: a plate whose weakest character reaches it is done after the quick look, if there is one."""

    finder: FinderSettings = field(default_factory=FinderSettings)
    detector: DetectorSettings = field(default_factory=DetectorSettings)
    sure: float = 0.85
    quick_look: bool = False


class PlateReader:
    """Loads its networks once. `patterns`: country to the regular expression of its plates."""

    def __init__(self, patterns: Mapping[str, str], settings: ReaderSettings | None = None) -> None:
        self._settings = settings or ReaderSettings()
        self._formats = Formats(patterns, CHINESE)
        self._finder = Finder(own_weights(FINDER), self._settings.finder) if self._settings.quick_look else None
        self._slow = TextReader(self._formats, self._settings.detector)

    def read(self, frame: Picture) -> tuple[PlateRead, ...]:
        """Plates first, the largest first; without any, the texts that fit no format."""
        started = time.perf_counter()
        shown = self.quick(frame) if self._finder else []
        if not (shown and all(self._done(plate) for plate in shown)):
            shown = weighed(shown, self._slow.texts(frame))
        ms = (time.perf_counter() - started) * 1000
        return tuple(as_read(text, ms) for text in shown)

    def quick(self, frame: Picture) -> list[Text]:
        """The plates that the detector finds, each read once, the largest first. Only a reader with the quick look has it."""
        assert self._finder is not None, "the settings ask for the quick look"
        plates: list[Text] = []
        for place in self._finder.places(frame)[:READS_MAX]:
            if place.score >= LIKELY or not plates:
                text = self._text(frame, place)
                plates += [text] if text.fitted.country else []
        return apart(plates)

    def _done(self, plate: Text) -> bool:
        return plate.fitted.country in QUICK and min(plate.fitted.scores) >= self._settings.sure

    def _text(self, frame: Picture, place: Place) -> Text:
        plate = straightened(frame, padded(place.corners))
        counts = (1, 2) if DOUBT[0] < place.two_lines < DOUBT[1] else (2 if place.two_lines >= DOUBT[1] else 1,)
        tried = [Text(place.corners, self._formats.fit(self._slow.recogniser.strip(strip(plate, lines))), lines) for lines in counts]
        return max(tried, key=lambda t: (bool(t.fitted.country), min(t.fitted.scores, default=0.0)))


def padded(corners: Corners) -> Corners:
    """Grown along its own sides."""
    across, down = corners[1] - corners[0] + corners[2] - corners[3], corners[3] - corners[0] + corners[2] - corners[1]
    wide, high = (max(1e-3, float(np.linalg.norm(side))) / 2 for side in (across, down))
    step_x, step_y = across / 2 / wide * PAD * min(wide / 3, high), down / 2 / high * PAD * high
    return np.asarray(corners + np.stack([-step_x - step_y, step_x - step_y, step_x + step_y, -step_x + step_y]), np.float32)


def weighed(own: list[Text], second: list[Text]) -> list[Text]:
    """Two opinions of one frame. Where they agree each character has its better score; where not, the surer one is shown, in doubt."""
    plates = [text for text in second if text.fitted.country]
    if not own:
        return second
    kept = []
    for text in own:
        other = next((o for o in plates if overlap(o.box, text.box)), None)
        kept.append(text if other is None else _agreed(text, other))
    return apart(kept + [o for o in plates if not any(overlap(o.box, text.box) for text in own)])


def _agreed(own: Text, other: Text) -> Text:
    a, b = own.fitted, other.fitted
    if a.text == b.text:
        return replace(own, fitted=replace(a, scores=tuple(map(max, a.scores, b.scores))))
    less, surer = sorted((own, other), key=lambda t: min(t.fitted.scores))
    if min(less.fitted.scores) < OPINION:
        return surer
    return replace(surer, fitted=replace(surer.fitted, scores=tuple(min(s, DISPUTED) for s in surer.fitted.scores)))


def as_read(text: Text, ms: float) -> PlateRead:
    scores = tuple(round(score, 4) for score in text.fitted.scores)
    return PlateRead(
        text=text.fitted.text,
        country=text.fitted.country,
        lines=text.lines,
        score=round(sum(scores) / len(scores), 4),
        weakest=min(scores),
        characters=tuple(zip(text.fitted.text, scores, strict=True)),
        corners=tuple((round(float(x), 1), round(float(y), 1)) for x, y in text.box),
        ms=round(ms, 1),
    )
