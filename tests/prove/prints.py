"""Fingerprints: the same state has the same in each process, and what is not the same has another one.

128 bits of BLAKE2b of what each part of a state says of itself, added up; each part is looked at once. Of a hundred million states any two
have the same fingerprint with a probability of 10^-23.

Trucks are alike: a state in which they have changed their names is the same, and has the least of the fingerprints that it has under all
names.
"""

import re
from collections.abc import Mapping
from hashlib import blake2b
from itertools import permutations
from typing import Any

from msgspec import Struct

from tests.prove.plant import truck_name

PRINT = 17  # bytes: some dozens of 128-bit numbers added up
SIZE = PRINT + 1  # and under which names it is the least
NAME = re.compile(r"\bT[1-9]\b")
Naming = dict[str, str]
Print = tuple[int, ...]  # one for each naming


def namings(trucks: int) -> list[Naming]:
    names = [truck_name(n) for n in range(trucks)]
    return [dict(zip(names, new, strict=True)) for new in permutations(names)]


def renamed(part: Any, naming: Naming) -> Any:
    match part:
        case str():
            return NAME.sub(lambda found: naming.get(found[0], found[0]), part) if type(part) is str else part
        case tuple():
            return tuple(renamed(one, naming) for one in part)
        case dict():
            return {renamed(key, naming): renamed(value, naming) for key, value in part.items()}
        case Struct():
            return type(part)(*(renamed(getattr(part, name), naming) for name in part.__struct_fields__))
        case _:
            return part


class Prints:
    """Remembered by place and part. The place keeps two parts that are exchanged from adding up to the same."""

    def __init__(self, trucks: int) -> None:
        self.namings = namings(trucks)
        self._known: dict[tuple[str, Any], int] = {}
        self._items: dict[tuple[str, str, int], Print] = {}  # id of an item's value

    def of(self, place: str, part: Any) -> int:
        found = self._known.get((place, part))
        if found is None:
            found = self._known[place, part] = _hashed(place, repr(sorted(part) if isinstance(part, frozenset) else part))
        return found

    def alike(self, place: str, part: Any) -> Print:
        """Of a part that has no names."""
        return (self.of(place, part),) * len(self.namings)

    def of_part(self, place: str, part: Mapping[str, Any]) -> Print:
        """Of a map of the lane, whose values are each one object: what its items say added up, in whatever order they stand."""
        items = [self._of_item(place, name, value) for name, value in part.items()]
        return tuple(map(sum, zip(*items, strict=True))) if items else (0,) * len(self.namings)

    def _of_item(self, place: str, name: str, value: Any) -> Print:
        """Under many namings it says the same: those that agree on the names in it."""
        known = self._items.get((place, name, id(value)))
        if known is None:
            item = (name, value)
            names = sorted(set(NAME.findall(repr(item))))
            under: dict[tuple[str, ...], int] = {}
            for naming in self.namings:
                new = tuple(naming.get(each, each) for each in names)
                if new not in under:
                    under[new] = _hashed(place, repr(renamed(item, naming)))
            known = tuple(under[tuple(naming.get(each, each) for each in names)] for naming in self.namings)
            self._items[place, name, id(value)] = known
        return known


def _hashed(place: str, said: str) -> int:
    return int.from_bytes(blake2b(said.encode(), digest_size=16, key=place.encode()).digest(), "big")
