"""Lanes by number: equal lanes are one object."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lanectl.layout import Layout
from lanectl.model import Lane
from tests.prove import forms
from tests.prove.prints import Print, Prints

UNORDERED = ("trucks", "consignments")
Key = tuple[int, int, int, int, int, int, int, tuple[bool, bool, bool, int, int, int]]  # parts by number, in the order of a lane


class Part(NamedTuple):
    """One map of a lane; equal ones are one object."""

    place: str
    whole: dict[str, Any]
    prints: Print


class Numbers:
    """`lanes` by number, and of each the `prints` of its parts."""

    def __init__(self, layout: Layout, prints: Prints) -> None:
        self.layout = layout
        self.lanes: list[Lane] = []
        self.prints: list[tuple[Print, ...]] = []
        self._prints = prints
        self._number: dict[Key, int] = {}
        self._parts: list[Part] = []
        self._part_number: dict[tuple[Any, ...], int] = {}
        self._known: dict[int, tuple[Any, int]] = {}  # id of a canonical part -> itself (kept alive) and its number
        self._values: dict[Any, Any] = {}

    def number(self, lane: Lane) -> int:
        count = lane.count if self.layout.mirrored is not None else 0  # only a turn asks for it
        key = (
            self._part("detectors", lane.detectors, forms.detector),
            self._part("points", lane.points, None),
            self._part("sections", lane.sections, forms.section),
            self._part("gates", lane.gates, forms.gate),
            self._part("units", lane.units, None),
            self._part("trucks", lane.trucks, forms.truck),
            self._part("consignments", lane.consignments, None),
            (lane.journal_writable, lane.armed, lane.out, count, id(lane.service), id(lane.direction)),  # an enum's hash is slow
        )
        found = self._number.get(key)
        return self._new(key, lane, count) if found is None else found

    def _new(self, key: Key, lane: Lane, count: int) -> int:
        *numbers, _ = key
        rest = (lane.service, lane.journal_writable, lane.armed, lane.out, lane.direction, count)
        parts = [self._parts[number] for number in numbers]
        self.prints.append((self._prints.alike("rest", rest), *(part.prints for part in parts)))
        self.lanes.append(
            Lane(
                service=lane.service,
                direction=lane.direction,
                journal_writable=lane.journal_writable,
                armed=lane.armed,
                out=lane.out,
                count=count,
                **{part.place: part.whole for part in parts},  # type: ignore[arg-type]  # places are names of a lane's parts
            )
        )
        found = self._number[key] = len(self.lanes) - 1
        return found

    def _part(self, place: str, part: Mapping[str, Any], canonical: Callable[[Any], Any] | None) -> int:
        known = self._known.get(id(part))
        if known is not None and known[0] is part:
            return known[1]
        values, seen = [], self._known
        for value in part.values():
            known = seen.get(id(value))
            values.append(value if known is not None and known[0] is value else self._value(value, canonical))
        key = (place, *part, *map(id, values))
        found = self._part_number.get(key)
        if found is None:
            found = self._part_number[key] = self._new_part(place, dict(zip(part, values, strict=True)))
        return found

    def _new_part(self, place: str, whole: dict[str, Any]) -> int:
        """Who was heard first makes no difference."""
        in_order = dict(sorted(whole.items())) if place in UNORDERED else whole
        key = (place, *in_order, *map(id, in_order.values()))
        found = self._part_number.get(key)
        if found is None:
            found = self._part_number[key] = len(self._parts)
            self._parts.append(Part(place, in_order, self._prints.of_part(place, in_order)))
            self._known[id(in_order)] = (in_order, found)
        return found

    def _value(self, value: Any, canonical: Callable[[Any], Any] | None) -> Any:
        """`_values` holds the canonical form of everything that was met, and each of those itself."""
        found = self._values.get(value)
        if found is None:
            plain = canonical(value) if canonical else value
            found = self._values[value] = self._values.setdefault(plain, plain)
            self._known[id(found)] = (found, 0)
        return found
