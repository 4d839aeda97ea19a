"""A line's characters held against the plate formats: separators dropped, look-alike letters and digits put right."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drivers.plate_reader.recogniser import Line, Slot

SAME = str.maketrans("0", "O")  # drawn alike on Chinese plates: where no digit can stand (the police's O after the province) a 0 is an O
SEPARATORS = frozenset(" .-·:•")
REPAIRS_MAX = 2  # more look-alikes than this in one plate is a guess
TRUSTED = 0.8  # a first letter surer than this is no misread province
# What a network takes for what, only across letter and digit: the format decides which one a position can hold.
LOOK_ALIKES: Mapping[str, str] = {
    "O": "0", "D": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "A": "4", "S": "5", "G": "6", "T": "7", "B": "8",
    "0": "DOQ", "1": "LT", "2": "Z", "4": "A", "5": "S", "6": "G", "7": "TZ", "8": "B",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as plates are written, its country ("" when it fits no format), and how many characters were put right.

    `slots`: one a character, as the network told them, or none.
    """

    line: Line
    text: str
    scores: tuple[float, ...]
    country: str
    repairs: int = 0
    slots: tuple[Slot, ...] = ()


class Formats:
    """`patterns`: country to the regular expression of its plates, as the lane's own rules hold them."""

    def __init__(self, patterns: Mapping[str, str], chinese: str) -> None:
        self._patterns = {country: re.compile(pattern) for country, pattern in patterns.items()}
        self._chinese = chinese

    def fit(self, line: Line) -> Fitted:
        text, scores, slots = _plain(line)
        for repairs in range(REPAIRS_MAX + 1):
            fits = self._fits(text, repairs)
            if len(fits) == 1:
                return Fitted(line, fits[0][0], scores, fits[0][1], repairs, _put_right(slots, text, fits[0][0]))
            same = [fit for fit in fits if fit[0].translate(SAME) == text.translate(SAME)]
            if len(same) == 1:
                return Fitted(line, same[0][0], scores, same[0][1], repairs, _put_right(slots, text, same[0][0]))
            if fits:  # two plates are equally near: that is doubt, and doubt is shown as it was read
                break
        return Fitted(line, text, scores, "", slots=slots)

    def goes_on(self, fitted: Fitted) -> bool:
        """With one more character it would be a plate of the same country too: its end may have been cut off."""
        pattern = self._patterns.get(fitted.country)
        return pattern is not None and pattern.fullmatch(fitted.text + "0") is not None

    def with_lead(self, looks: Sequence[Line]) -> Fitted:
        """A Chinese plate whose province no look read for sure: the likeliest one, with its own low score, so that it is shown but
        never trusted. `looks`: the same line, cut out in different ways."""
        seen = {c: sum(look.lead[c] for look in looks) / len(looks) for c in self._chinese}
        lead = max(seen, key=lambda c: seen[c])
        for look in looks:
            text, scores, _ = _plain(look)  # what was guessed has no slots: it is shown, never weighed
            starts = 1 if scores and scores[0] < TRUSTED else 0
            for start in sorted({starts, 0}, reverse=True):
                line = Line(lead + text[start:], (seen[lead], *scores[start:]), look.lead)
                fitted = self.fit(line)
                if fitted.country:
                    return fitted
        return self.fit(looks[0])

    def _fits(self, text: str, repairs: int) -> list[tuple[str, str]]:
        places = [i for i, c in enumerate(text) if c in LOOK_ALIKES]
        if repairs and text.isdigit():
            return []  # a telephone number is no plate with a misread letter
        fits = []
        for chosen in itertools.combinations(places, repairs):
            if len({text[i].isdigit() for i in chosen}) > 1:
                continue  # a letter for a digit here and a digit for a letter there: that is another text, not a misread one
            for replaced in itertools.product(*(LOOK_ALIKES[text[i]] for i in chosen)):
                characters = list(text)
                for i, c in zip(chosen, replaced, strict=True):
                    characters[i] = c
                candidate = "".join(characters)
                fits += [(candidate, country) for country, pattern in self._patterns.items() if pattern.fullmatch(candidate)]
        return fits


def _plain(line: Line) -> tuple[str, tuple[float, ...], tuple[Slot, ...]]:
    kept = [n for n, c in enumerate(line.text) if c not in SEPARATORS]
    slots = tuple(line.slots[n] for n in kept) if line.slots else ()
    return "".join(line.text[n] for n in kept), tuple(line.scores[n] for n in kept), slots


def _put_right(slots: tuple[Slot, ...], read: str, written: str) -> tuple[Slot, ...]:
    """What was seen of a character that cannot stand there was seen of the one that can."""
    return tuple(
        slot if was == now else ((now, slot[0][1]), *(held for held in slot[1:] if held[0] != now))
        for slot, was, now in zip(slots, read, written, strict=bool(slots))
    )
