"""What several frames together leave possible: the likelihood of a plate, summed over frames, character by character.

Frames of one truck err alike, so a sum is read as what one frame says on average: a hundred alike are not a hundred witnesses.
A read may have a character too many or too few: then the rest is moved along by one place.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lanectl.model import Slot

FLOOR = -7.0  # natural logarithm: nothing a frame says makes a character less likely than one in a thousand
MISSED = -4.5  # a character that the frame does not show at all
UNTOLD_MAX = 0.99  # the most that a character counts of which nothing else is told: too little to tell look-alikes apart


@dataclass(frozen=True, slots=True)
class Profile:
    """Reads of one length, summed. `places`: character to what `frames` together say of it; `others`: of one that none of them named."""

    frames: int
    places: tuple[dict[str, float], ...]
    others: tuple[float, ...]

    def of(self, plate: str) -> float:
        """The logarithm of this plate's likelihood; lower than any that could match where the lengths are too far apart."""
        found = [places.get(c, other) for c, places, other in zip(plate, self.places, self.others, strict=False)]
        match len(plate) - len(self.places):
            case 0:
                return sum(found)
            case 1:
                return self._moved(found, plate, 1) + MISSED * self.frames
            case -1:
                return self._moved(found, plate, -1)
            case _:
                return FLOOR * self.frames * max(len(plate), len(self.places))

    def _moved(self, found: Sequence[float], plate: str, by: int) -> float:
        """The best place at which a character is missed (`by` 1) or too many (-1): before it plate and read stand together."""
        after = [self._at(plate[n + by], n) if by > 0 else self._at(plate[n], n + 1) for n in range(len(found))]
        behind, best = sum(after), float("-inf")
        for n in range(len(found) + 1):
            best = max(best, sum(found[:n]) + behind + (self._at("", n) if by < 0 else 0.0))
            behind -= after[n] if n < len(found) else 0.0
        return best

    def _at(self, character: str, place: int) -> float:
        return self.places[place].get(character, self.others[place])


def profiles(reads: Iterable[tuple[str, float, tuple[Slot, ...]]]) -> tuple[Profile, ...]:
    """Of text, least score and slots of each frame: one for each length that occurs, the most frequent first."""
    by_length: dict[int, list[tuple[list[dict[str, float]], float]]] = {}
    for text, score, slots in reads:
        if text:
            by_length.setdefault(len(text), []).append(_read(text, score, slots))
    summed = [_summed(length, held) for length, held in by_length.items()]
    return tuple(sorted(summed, key=lambda p: -p.frames))


def _read(text: str, score: float, slots: tuple[Slot, ...]) -> tuple[list[dict[str, float]], float]:
    """A reader that tells no slots may have taken any character for any other: all that it is not sure of is the other's."""
    if len(slots) == len(text):
        return [{c: max(log, FLOOR) for c, log in slot} for slot in slots], FLOOR
    sure = min(max(score, 1 - UNTOLD_MAX), UNTOLD_MAX)
    return [{c: math.log(sure)} for c in text], math.log(1 - sure)


def _summed(length: int, held: Sequence[tuple[list[dict[str, float]], float]]) -> Profile:
    places, others = [], []
    for n in range(length):
        named = {c for slots, _ in held for c in slots[n]}
        places.append({c: sum(slots[n].get(c, other) for slots, other in held) for c in named})
        others.append(sum(other for _, other in held))
    return Profile(len(held), tuple(places), tuple(others))


def likelihood(profiles: Sequence[Profile], plate: str) -> float:
    """The logarithm of what all frames say of this plate, for one frame on average."""
    return sum(profile.of(plate) for profile in profiles) / sum(profile.frames for profile in profiles)
