"""One TOML table, asked key by key: each answer has the right type, each mistake is noted with its place and a neutral value goes on.

A number that is missing or wrong goes on as `nan`, which no comparison holds for, and a name as "": later checks stay silent about it.
"""

import difflib
import math
import re
from collections.abc import Sequence
from enum import Enum
from typing import TypeVar

from lanectl.site.problems import Findings, Place, report, report_key
from lanectl.site.toml_source import KeyPath, Source

Choice = TypeVar("Choice", bound=Enum)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
NAME_WORDS = "letters without accents, digits and - _ . : only, beginning with a letter or a digit"


class Table:
    """A table at `path` of a file. Call `done` when all its keys were asked for: what is left over is unknown."""

    def __init__(self, source: Source, path: KeyPath, findings: Findings) -> None:
        self.place = Place(source, path)
        self.findings = findings
        self.asked: dict[str, None] = {}
        self.missing: dict[str, None] = {}
        found: object = source.tree
        for part in path:
            found = _below(found, part)
        self.present = isinstance(found, dict)
        self.values: dict[str, object] = found if isinstance(found, dict) else {}

    def text(self, key: str, default: str | None = None, *, shape: re.Pattern[str] | None = None, shape_words: str = "") -> str:
        value = self._value(key, default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str):
            self._wrong_type(key, "text in quotes")
            return ""
        if not value and default is None:
            self.wrong("C016", key, f"`{key}` is empty")
            return ""
        if shape is not None and not shape.fullmatch(value):
            self.wrong("C016", key, f"`{value}` cannot be `{key}`: {shape_words}")
            return ""
        return value

    def name(self, key: str) -> str:
        return self.text(key, shape=NAME, shape_words=NAME_WORDS)

    def number(self, key: str, default: float | None = None, *, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number from `low` to `high`."""
        value = self._value(key, default is None)
        if value is None:
            return math.nan if default is None else default
        if not isinstance(value, int | float) or isinstance(value, bool):
            self._wrong_type(key, "a number")
            return math.nan
        if not math.isfinite(value) or not low <= value <= high:
            self._out_of_range(key, value, low, high)
            return math.nan
        return float(value)

    def whole(self, key: str, default: int | None = None, *, low: int, high: int) -> int:
        neutral = 0 if default is None else default
        value = self._value(key, default is None)
        if value is None:
            return neutral
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong_type(key, "a whole number")
            return neutral
        if not low <= value <= high:
            self._out_of_range(key, value, low, high)
            return neutral
        return value

    def yes_no(self, key: str, default: bool | None = None) -> bool:
        value = self._value(key, default is None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self._wrong_type(key, "true or false")
            return bool(default)
        return value

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """One word of an enum, by its value."""
        word = self.text(key, None if default is None else str(default.value))
        return self._chosen(word, kind, (key,)) or default or next(iter(kind))

    def choices(self, key: str, kind: type[Choice], default: Sequence[Choice] | None = None) -> tuple[Choice, ...]:
        words = self.texts(key, None if default is None else [str(c.value) for c in default])
        chosen = [self._chosen(word, kind, (key, index)) for index, word in enumerate(words)]
        return tuple(c for c in chosen if c is not None)

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        value = self._value(key, default is None)
        if value is None:
            return tuple(default or ())
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self._wrong_type(key, "a list of texts in quotes")
            return ()
        return tuple(value)

    def table(self, key: str) -> "Table":
        """The table below `key`; a missing one is noted once and then answers neutrally."""
        if not isinstance(self._value(key, True), dict | None):
            self._wrong_type(key, "a table")
        return Table(self.place.source, (*self.place.path, key), self.findings)

    def tables(self, key: str, *, needed: bool = False) -> "list[Table]":
        value = self._value(key, needed)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self._wrong_type(key, f"a list of tables, each begun with [[{key}]]")
            return []
        return [Table(self.place.source, (*self.place.path, key, index), self.findings) for index in range(len(value))]

    def has(self, key: str) -> bool:
        return key in self.values

    def done(self) -> None:
        """Note every key that is missing and every key that nobody asked for; a mistyped key is one mistake, not both."""
        self.findings.asked.update(self.asked)
        for key in self.values:
            if key not in self.asked:
                self._unknown(key)
        for key in self.missing:
            remedy = f"add `{key}`; config/README.md says what it is"
            report_key(self.findings, "C010", self.place, (), f"`{key}` is missing{self._where()}", remedy)

    def _unknown(self, key: str) -> None:
        near = difflib.get_close_matches(key, [k for k in self.asked if k not in self.values], n=1) or difflib.get_close_matches(
            key, self.asked, n=1
        )
        remedy = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(self.asked)}"
        report_key(self.findings, "C012", self.place, (key,), f"unknown key `{key}`", remedy)
        if near:
            self.missing.pop(near[0], None)
            self.findings.excuse(self.place.source.name, self.place.key())

    def wrong(self, code: str, key: str, message: str, remedy: str = "") -> None:
        report(self.findings, code, self.place, (key,), message, remedy)

    def _value(self, key: str, needed: bool) -> object:
        self.asked[key] = None
        value = self.values.get(key)
        if value is None and needed and self.present:
            self.missing[key] = None
            self.findings.excuse(self.place.source.name, self.place.key())
        return value

    def _where(self) -> str:
        names = [str(part) for part in self.place.path if isinstance(part, str)]
        return f" in [{'.'.join(names)}]" if names else ""

    def _wrong_type(self, key: str, wanted: str) -> None:
        self.wrong("C011", key, f"`{key}` must be {wanted}")

    def _out_of_range(self, key: str, value: float, low: float, high: float) -> None:
        if low == -math.inf and high == math.inf:
            self.wrong("C013", key, f"`{key}` = {value} is no finite number")
        else:
            limits = f"at least {low:g}" if high == math.inf else f"at most {high:g}" if low == -math.inf else f"from {low:g} to {high:g}"
            self.wrong("C013", key, f"`{key}` = {value:g} is out of range", f"{limits}{_unit_of(key)}")

    def _chosen(self, word: str, kind: type[Choice], keys: tuple[str | int, ...]) -> Choice | None:
        words = {str(member.value): member for member in kind}
        if word in words or not word:
            return words.get(word)
        near = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
        remedy = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(words)}"
        report(self.findings, "C014", self.place, keys, f"`{word}` is not a `{keys[0]}`", remedy)
        return None


def _below(found: object, part: str | int) -> object:
    if isinstance(found, dict):
        return found.get(part)
    return found[part] if isinstance(found, list) and isinstance(part, int) else None


_UNITS = {"mps2": "m/s²", "mps": "m/s", "m": "metres", "s": "seconds"}


def _unit_of(key: str) -> str:
    """The unit that a key's last part names, for people."""
    return next((f" {_UNITS[part]}" for part in reversed(key.split("_")) if part in _UNITS), "")
