"""Fingerprints: the same state has the same in each process, and what is not the same has another one.

128 bits of BLAKE2b of what each part of a state says of itself, added up; each part is looked at once. Of a hundred million states any two
have the same fingerprint with a probability of 10^-23.
"""

from hashlib import blake2b
from typing import Any

SIZE = 16
MASK = (1 << 8 * SIZE) - 1


def fingerprint(place: str, part: object) -> int:
    """`place`: which part of a state it is, so that two parts that are exchanged do not add up to the same."""
    said = repr(sorted(part) if isinstance(part, frozenset) else part)
    return int.from_bytes(blake2b(said.encode(), digest_size=SIZE, key=place.encode()).digest(), "big")


class Prints:
    """Remembered by place and part."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Any], int] = {}

    def of(self, place: str, part: Any) -> int:
        found = self._known.get((place, part))
        if found is None:
            found = self._known[place, part] = fingerprint(place, part)
        return found
