"""A camera frame in, the plates in it out. The networks may change; this interface stays.

The lane's own detector finds plates with their corners, and its own reader reads each straightened, in one strip. Where they are unsure
PP-OCR searches the whole picture as a second opinion, and the two are weighed.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from drivers.plate_reader.boxes import SAME_MIN, area, overlap, shared
from drivers.plate_reader.detector import Corners, DetectorSettings, Picture
from drivers.plate_reader.engine import FINDER, READER, own_weights
from drivers.plate_reader.finder import Finder, FinderSettings, Place, evened
from drivers.plate_reader.formats import Fitted, Formats
from drivers.plate_reader.recogniser import SLOT_CHARACTERS_MAX, Recogniser, Slot, straightened
from drivers.plate_reader.strip import PLATE, Shape, strip
from drivers.plate_reader.text_reader import CHINESE, PLATE_CHARACTERS, TEXT_MIN, Text, TextReader, apart

PAD = 0.05  # of the plate's height: training cut plates out with so much around them
PAD_ASIDE = {1: 0.05, 2: 0.017}  # of its width, by the number of lines: the ends of a long line are the first to be cut off
WIDER_ASIDE = {1: 0.12, 2: 0.07}  # where its end may have been cut off
CUT_OUT_PX = 320  # a smaller picture is no camera's: somebody has cut a plate out
ONE_LINE_MIN, TWO_LINES_MAX = 1.7, 2.3  # its width in heights
DISPUTED = 0.8  # the most that a character counts when the two opinions differ: shown to a person, never a vote
FURTHER = ((320, True), (960, False))  # where no plate was read: looked for larger ones in a smaller picture, then for small and dark ones
READS_MAX = 3  # places looked at where the first is a plate; the own look must stay quick
LIKELY = 0.5  # less likely places are read only where no plate was found,
NEARER = 0.3  # or where they are larger than the plates that were
OPINION = 0.6  # a read with a character below this is no opinion that could stand against another
BEYOND_DOUBT = 0.99  # of rendered characters between 0.85 and this one in twelve was wrong, above it one in a thousand
DOUBT = (0.1, 0.9)  # of the chance of two lines: between these both are tried


@dataclass(frozen=True, slots=True)
class PlateRead:
    """`text`: separators stripped. `country`: "" when it fits no plate format. `score` is the mean, `weakest` the least
    character's, 0–1. `corners`: pixels, from top left clockwise. `ms`: what the whole frame took. `slots`: one a character, what else
    may stand there, or none."""

    text: str
    country: str
    lines: int
    score: float
    weakest: float
    characters: tuple[tuple[str, float], ...]
    corners: tuple[tuple[float, float], ...]
    ms: float
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """`sure`: a plate whose weakest character reaches it needs no second opinion. Without `second_opinion` there is none at all."""

    finder: FinderSettings = field(default_factory=FinderSettings)
    detector: DetectorSettings = field(default_factory=DetectorSettings)
    sure: float = 0.85
    second_opinion: bool = True


class PlateReader:
    """Loads its networks once. `patterns`: country to the regular expression of its plates."""

    def __init__(self, patterns: Mapping[str, str], settings: ReaderSettings | None = None) -> None:
        self._settings = settings or ReaderSettings()
        self._formats = Formats(patterns, CHINESE)
        self._finder = Finder(own_weights(FINDER), self._settings.finder)
        self._own = Recogniser(own_weights(READER), PLATE_CHARACTERS)
        self._second = TextReader(self._formats, self._settings.detector) if self._settings.second_opinion else None

    def read(self, frame: Picture) -> tuple[PlateRead, ...]:
        """Plates first, the largest first; without any, the texts that fit no format."""
        started = time.perf_counter()
        found = self._found(frame)
        plates = apart([text for text in found if text.fitted.country])
        if self._second is not None and not self._sure(found):
            plates = weighed(plates, self._second.texts(frame))
        shown = plates or apart([text for text in found if len(text.fitted.text) >= TEXT_MIN])
        ms = (time.perf_counter() - started) * 1000
        return tuple(as_read(text, ms) for text in shown)

    def _found(self, frame: Picture) -> list[Text]:
        """What stands in the places that may be plates, the likeliest first."""
        if max(frame.shape[:2]) <= CUT_OUT_PX and (whole := self._text(frame, _all_of(frame))).fitted.country:
            return [whole]
        found = self._read_all(frame, frame, self._finder.seen(frame), [])
        for long_side_px, as_it_is in FURTHER:
            if not any(text.fitted.country and min(text.fitted.scores) >= OPINION for text in found):
                shown = frame if as_it_is else evened(frame)
                found = self._read_all(frame, shown, self._finder.seen(shown, long_side_px=long_side_px), found)
        return found

    def _read_all(self, frame: Picture, shown: Picture, places: list[Place], found: list[Text]) -> list[Text]:
        """`found`, and what is read in these places besides. `shown`: the frame as the finder sees it."""
        found = list(found)
        for number, place in enumerate(places, 1):
            plates = [text for text in found if text.fitted.country]
            if _worthwhile(number, place, plates):
                closer = self._finder.closer(shown, place)
                likely = closer is not None and (closer.score >= LIKELY or not plates)
                if closer is not None and likely and all(shared(closer.corners, text.box) < SAME_MIN for text in found):
                    found.append(self._text(frame, closer))
        return found

    def _sure(self, found: list[Text]) -> bool:
        """Plates were read, each of their characters is sure, and no larger text may be a nearer truck's plate."""
        plates = [text for text in found if text.fitted.country]
        others = [text for text in found if not text.fitted.country and len(text.fitted.text) >= TEXT_MIN]
        if not plates or any(min(plate.fitted.scores) < self._settings.sure for plate in plates):
            return False
        return max(area(plate.box) for plate in plates) >= max((area(other.box) for other in others), default=0.0)

    def _text(self, frame: Picture, place: Place) -> Text:
        """As one line or two, where that is in doubt the likelier first; the other only if that was no sure plate."""
        best = None
        for lines in line_counts(place):
            text = self._read(frame, place, lines)
            if best is None or _rank(text) > _rank(best):
                best = text
            if best.fitted.country and min(best.fitted.scores) >= self._settings.sure:
                break
        assert best is not None, "there is a line count to read as"
        unsure = best.fitted.country and min(best.fitted.scores) < BEYOND_DOUBT
        return together([best, *self._cut_anew(frame, best)]) if unsure else best

    def _cut_anew(self, frame: Picture, text: Text) -> list[Text]:
        """The same plate, its corners found afresh in the picture as it is and evened, and cut wider."""
        place = Place(text.box, 1.0, text.lines - 1.0)
        places = [self._finder.closer(shown, place) for shown in (frame, evened(frame))]
        cuts = [self._cut(frame, found, text.lines, PAD_ASIDE[text.lines]) for found in places if found is not None]
        return [*cuts, self._cut(frame, place, text.lines, WIDER_ASIDE[text.lines])]

    def _read(self, frame: Picture, place: Place, lines: int) -> Text:
        """Once more, cut wider, if it may be but the beginning of a plate: 30A-339.1 is one, and so is 30A-339.18."""
        text = self._cut(frame, place, lines, PAD_ASIDE[lines])
        if not self._formats.goes_on(text.fitted):
            return text
        wider = self._cut(frame, place, lines, WIDER_ASIDE[lines])
        if wider.fitted.country != text.fitted.country:
            return text
        return wider if len(wider.fitted.text) > len(text.fitted.text) else _agreed(text, wider)

    def _cut(self, frame: Picture, place: Place, lines: int, aside: float) -> Text:
        return Text(place.corners, self._formats.fit(self._own.strip(cut_out(frame, place, lines, aside=aside))), lines)


def together(cuts: list[Text]) -> Text:
    """What several cuts of one plate say: the plate that most of them show, its characters as sure as all cuts are of them on average."""
    plates = [text for text in cuts if text.fitted.country]
    weight: dict[str, float] = {}
    for text in plates:
        weight[text.fitted.text] = weight.get(text.fitted.text, 0.0) + min(text.fitted.scores)
    read = max(weight, key=lambda plate: weight[plate])
    first = next(text for text in plates if text.fitted.text == read)
    slots = [text.fitted.slots for text in plates if len(text.fitted.slots) == len(read)]
    shares = [len(slots) / len(plates) * likely(character, [held[n] for held in slots]) for n, character in enumerate(read)]
    return replace(first, fitted=replace(first.fitted, scores=tuple(shares), slots=tuple(mixed(held) for held in zip(*slots, strict=True))))


def likely(character: str, slots: Sequence[Slot]) -> float:
    """On average, 0-1."""
    return sum(math.exp(log) for slot in slots for held, log in slot if held == character) / max(1, len(slots))


def _rank(text: Text) -> tuple[bool, float]:
    return bool(text.fitted.country), min(text.fitted.scores, default=0.0)


def _all_of(frame: Picture) -> Place:
    """The picture is the plate."""
    high, wide = frame.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    two_lines = 1.0 if wide < ONE_LINE_MIN * high else 0.0 if wide > TWO_LINES_MAX * high else 0.5
    return Place(corners, 1.0, two_lines)


def _worthwhile(number: int, place: Place, plates: list[Text]) -> bool:
    """Before a plate is found every place is; after that only a likely one, and a larger one, which may be the nearer truck's."""
    if not plates:
        return True
    if number <= READS_MAX and place.score >= LIKELY:
        return True
    return place.score >= NEARER and area(place.corners) > max(area(plate.box) for plate in plates)


def line_counts(place: Place) -> tuple[int, ...]:
    """How many lines it is read as; both where the detector is in doubt, the likelier first."""
    likelier, other = (2, 1) if place.two_lines > 0.5 else (1, 2)
    return (likelier, other) if DOUBT[0] < place.two_lines < DOUBT[1] else (likelier,)


def cut_out(frame: Picture, place: Place, lines: int, shape: Shape = PLATE, aside: float | None = None) -> Picture:
    """The place as the strip that the reader reads."""
    grown = padded(place.corners, PAD_ASIDE[lines] if aside is None else aside)
    return strip(straightened(frame, grown), lines, shape)


def padded(corners: Corners, aside: float) -> Corners:
    """Grown along its own sides."""
    across, down = (corners[1] - corners[0] + corners[2] - corners[3]) / 2, (corners[3] - corners[0] + corners[2] - corners[1]) / 2
    x, y = across * aside, down * PAD
    return np.asarray(corners + np.stack([-x - y, x - y, x + y, -x + y]), np.float32)


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
        return replace(own, fitted=replace(a, scores=tuple(map(max, a.scores, b.scores)), slots=_both(a, b)))
    less, surer = sorted((own, other), key=lambda t: min(t.fitted.scores))
    if min(less.fitted.scores) < OPINION:
        return surer
    scores = tuple(min(s, DISPUTED) for s in surer.fitted.scores)
    return replace(surer, fitted=replace(surer.fitted, scores=scores, slots=_both(a, b)))


def _both(a: Fitted, b: Fitted) -> tuple[Slot, ...]:
    """What two opinions leave possible: each counts for half. None where they do not stand character by character."""
    if len(a.slots) != len(b.slots):
        return ()
    return tuple(mixed(pair) for pair in zip(a.slots, b.slots, strict=True))


def mixed(slots: Sequence[Slot]) -> Slot:
    """What several reads of one character leave possible, each counting alike."""
    characters = {character for slot in slots for character, _ in slot}
    shares = sorted(((likely(character, slots), character) for character in characters), reverse=True)[:SLOT_CHARACTERS_MAX]
    return tuple((character, round(math.log(share), 2)) for share, character in shares)


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
        slots=text.fitted.slots,
    )
