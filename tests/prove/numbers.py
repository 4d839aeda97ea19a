"""Lanes by number: equal lanes are one object, and a lane whose trucks have other names is found from it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lanectl.layout import Layout
from lanectl.model import Direction, Lane, Service
from tests.prove import forms
from tests.prove.prints import Print, Prints, renamed

UNORDERED = ("trucks", "consignments")
Rest = tuple[Service, bool, bool, bool, Direction, int]
Key = tuple[int, int, int, int, int, int, int, Rest]  # parts by number, in the order of a lane


class Part(NamedTuple):
    """One map of a lane; equal ones are one object."""

    place: str
    whole: dict[str, Any]
    prints: Print


class Numbers:
    """`lanes` by number, and of each the `prints` of its parts. `back`: of each naming the one that undoes it."""

    def __init__(self, layout: Layout, prints: Prints) -> None:
        self.layout = layout
        self.lanes: list[Lane] = []
        self.prints: list[tuple[Print, ...]] = []
        self.back = prints.back
        self._prints = prints
        self._number: dict[Key, int] = {}
        self._keys: list[Key] = []
        self._parts: list[Part] = []
        self._part_number: dict[tuple[Any, ...], int] = {}
        self._known: dict[int, tuple[Any, int]] = {}  # id of a canonical part -> itself (kept alive) and its number
        self._values: dict[Any, Any] = {}
        self._least: dict[int, int] = {}
        self._named: dict[tuple[int, int], int] = {}
        self._named_parts: dict[tuple[int, int], int] = {}

    def number(self, lane: Lane) -> int:
        count = lane.count if self.layout.mirrored is not None else 0  # only a turn asks for it
        detectors, points = self._part("detectors", lane.detectors, forms.detector), self._part("points", lane.points, None)
        sections, gates = self._part("sections", lane.sections, forms.section), self._part("gates", lane.gates, forms.gate)
        units, trucks = self._part("units", lane.units, None), self._part("trucks", lane.trucks, forms.truck)
        consignments = self._part("consignments", lane.consignments, None)
        rest = (lane.service, lane.journal_writable, lane.armed, lane.out, lane.direction, count)
        key = (detectors, points, sections, gates, units, trucks, consignments, rest)
        found = self._number.get(key)
        return self._new(key) if found is None else found

    def _new(self, key: Key) -> int:
        *parts, rest = key
        service, journal_writable, armed, out, direction, count = rest
        detectors, points, sections, gates, units, trucks, consignments = (self._parts[part].whole for part in parts)
        self.lanes.append(
            Lane(
                service=service,
                direction=direction,
                journal_writable=journal_writable,
                detectors=detectors,
                points=points,
                sections=sections,
                gates=gates,
                units=units,
                trucks=trucks,
                consignments=consignments,
                armed=armed,
                out=out,
                count=count,
            )
        )
        self.prints.append((self._prints.alike("rest", rest), *(self._parts[part].prints for part in parts)))
        self._keys.append(key)
        found = self._number[key] = len(self._keys) - 1
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

    # ------------------------------------------------------------ the same lane under other names

    def least(self, lane: int) -> int:
        """The naming under which it has the least fingerprint: there all lanes that differ in names are one."""
        found = self._least.get(lane)
        if found is None:
            under: list[int] = [sum(parts) for parts in zip(*self.prints[lane], strict=True)]
            found = self._least[lane] = under.index(min(under))
        return found

    def named(self, lane: int, naming: int) -> int:
        found = self._named.get((lane, naming))
        if found is None:
            *parts, rest = self._keys[lane]
            detectors, points, sections, gates, units, trucks, consignments = (self._named_part(part, naming) for part in parts)
            key = (detectors, points, sections, gates, units, trucks, consignments, rest)
            found = self._number.get(key)
            found = self._named[lane, naming] = self._new(key) if found is None else found
        return found

    def _named_part(self, part: int, naming: int) -> int:
        found = self._named_parts.get((part, naming))
        if found is None:
            was = self._parts[part]
            found = self._named_parts[part, naming] = self._part(was.place, renamed(was.whole, self._prints.namings[naming]), None)
        return found

    def forget_names(self) -> None:
        self._least.clear()
        self._named.clear()
