"""Where each key and value of a TOML text stands. `tomllib` reads the values but forgets the places; errors need both.

The scanner trusts that `tomllib` has accepted the text: it only finds places, it judges nothing.
"""

import re
import tomllib
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")


@dataclass(frozen=True, slots=True)
class Span:
    """Line and column from 1, width in characters, on one line."""

    line: int
    column: int
    width: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a key stands, and its value; a table's header is both."""

    key: Span
    value: Span


@dataclass(frozen=True, slots=True)
class Source:
    """One TOML file: its text with `\\n` line ends, its values, and the place of every key path in them."""

    name: str
    text: str
    tree: dict[str, object]
    spots: dict[KeyPath, Spot]

    def line(self, number: int) -> str:
        """The text of a line counted from 1, "" beyond the end."""
        lines = self.text.split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else ""


def read(name: str, text: str) -> Source:
    """Parse one file. Raises tomllib.TOMLDecodeError, or RecursionError where brackets are nested beyond reason."""
    text = text.replace("\r\n", "\n")
    tree = tomllib.loads(text)
    return Source(name, text, tree, _Scanner(text).scan())


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spots: dict[KeyPath, Spot] = {}
        self.last_of: dict[KeyPath, int] = {}  # index of the newest table of each array of tables

    def scan(self) -> dict[KeyPath, Spot]:
        table: KeyPath = ()
        while self._skip_blank() < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._key_and_value(table)
        return self.spots

    def _skip_blank(self) -> int:
        blank = _BLANK.match(self.text, self.at)
        assert blank is not None
        self.at = blank.end()
        return self.at

    def _header(self) -> KeyPath:
        start, is_array = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        parts = self._key()
        self.at = self.text.index("]", self.at) + (2 if is_array else 1)
        span = self._span(start, self.at)
        path: KeyPath = ()
        for name, _ in parts[:-1]:
            path = self._newest((*path, name), span)
        path = (*path, parts[-1][0])
        if is_array:
            self.spots.setdefault(path, Spot(span, span))
            self.last_of[path] = self.last_of.get(path, -1) + 1
        path = self._newest(path, span)
        self.spots[path] = Spot(span, span)  # a header says more of a table than a longer header that only went through it
        return path

    def _newest(self, path: KeyPath, span: Span) -> KeyPath:
        """The path itself, or its newest table where it is an array of tables; noted if it is first met here."""
        if path in self.last_of:
            path = (*path, self.last_of[path])
        self.spots.setdefault(path, Spot(span, span))
        return path

    def _key(self) -> list[tuple[str, Span]]:
        """A dotted key; leaves the scanner behind it, blanks included."""
        parts = []
        while True:
            self._skip_blank()
            start = self.at
            match = _STRING.match(self.text, start) or _BARE_KEY.match(self.text, start)
            assert match is not None, f"no key at {self._span(start, start)}"
            self.at = match.end()
            parts.append((_plain(match.group()), self._span(start, self.at)))
            self._skip_blank()
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _key_and_value(self, table: KeyPath) -> None:
        parts = self._key()
        assert self.text[self.at] == "=", f"no value at {self._span(self.at, self.at)}"
        self.at += 1
        path = table
        for name, span in parts[:-1]:
            path = (*path, name)
            self.spots.setdefault(path, Spot(span, span))
        path = (*path, parts[-1][0])
        self.spots[path] = Spot(parts[-1][1], self._value(path))

    def _value(self, path: KeyPath) -> Span:
        self._skip_blank()
        start = self.at
        opening = self.text[start]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            match = _STRING.match(self.text, start) or _SCALAR.match(self.text, start)
            assert match is not None
            self.at = start + len(match.group().rstrip())
        return self._span(start, self.at)

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        index = 0
        while self._skip_blank() < len(self.text) and self.text[self.at] != "]":
            element = (*path, index)
            span = self._value(element)
            self.spots[element] = Spot(span, span)
            index += 1
            self._skip_comma()
        self.at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while self._skip_blank() < len(self.text) and self.text[self.at] != "}":
            self._key_and_value(path)
            self._skip_comma()
        self.at += 1

    def _skip_comma(self) -> None:
        if self._skip_blank() < len(self.text) and self.text[self.at] == ",":
            self.at += 1

    def _span(self, start: int, end: int) -> Span:
        """From `start` to `end`, cut at the end of its first line."""
        line_start = self.text.rfind("\n", 0, start) + 1
        line_end = self.text.find("\n", start)
        end = min(end, line_end if line_end >= 0 else len(self.text))
        return Span(self.text.count("\n", 0, start) + 1, start - line_start + 1, max(1, end - start))


def _plain(key: str) -> str:
    """A key as `tomllib` names it: quotes and escapes resolved."""
    if key[0] not in "\"'":
        return key
    name = tomllib.loads(f"key = {key}")["key"]
    assert isinstance(name, str)
    return name
