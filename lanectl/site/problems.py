"""What is wrong with a configuration: each problem with its place, a stable code and what to do about it."""

import unicodedata
from dataclasses import dataclass

from lanectl.printable import printable
from lanectl.site.toml_source import KeyPath, Source, Span

SITE_FILE = "site.toml"
VALUE_CODES = frozenset(f"C{number:03d}" for number in range(10, 20))  # a key or value that is wrong by itself


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `line` and `column` from 1, `width` in characters; `source_line` is "" where there is no line to show."""

    code: str
    file: str
    line: int
    column: int
    width: int
    message: str
    remedy: str = ""
    source_line: str = ""


class ConfigError(Exception):
    """The configuration cannot be used. Holds every problem found, in the order of the files."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{p.file}:{p.line}:{p.column}: {p.code} {p.message}" for p in problems))


class Findings:
    """Collects problems while a site is read and checked; the same mistake at the same place is kept once."""

    def __init__(self) -> None:
        self._problems: dict[tuple[str, str, int, int, str], Problem] = {}
        self._excused: set[tuple[str, int, int]] = set()
        self.asked: set[str] = set()  # every key that was looked for, wherever

    def add(self, problem: Problem) -> None:
        self._problems.setdefault((problem.code, problem.file, problem.line, problem.column, problem.message), problem)

    def at_file(self, code: str, file: str, message: str, remedy: str = "") -> None:
        """A mistake of a whole file, or of none of its lines."""
        self.add(Problem(code, file, 1, 1, 1, message, remedy))

    def at_line(self, code: str, file: str, span: Span, message: str, *, remedy: str = "", source_line: str = "") -> None:
        self.add(Problem(code, file, span.line, span.column, span.width, message, remedy, source_line))

    def excuse(self, file: str, span: Span) -> None:
        """What stands here is wrong by itself: nothing that would follow from it is noted at this place."""
        self._excused.add((file, span.line, span.column))

    def is_excused(self, file: str, span: Span) -> bool:
        return (file, span.line, span.column) in self._excused

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._problems.values(), key=lambda p: (p.file != SITE_FILE, p.file, p.line, p.column, p.code)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a read thing stands, so that a later check can point at it."""

    source: Source
    path: KeyPath

    def key(self, *more: str | int) -> Span:
        """The place of a key below this one, or of the nearest table that holds it."""
        return self._spot((*self.path, *more))[0]

    def value(self, *more: str | int) -> Span:
        return self._spot((*self.path, *more))[1]

    def _spot(self, path: KeyPath) -> tuple[Span, Span]:
        while path and path not in self.source.spots:
            path = path[:-1]
        if not path:
            return Span(1, 1, 1), Span(1, 1, 1)
        spot = self.source.spots[path]
        return spot.key, spot.value


def report(findings: Findings, code: str, place: Place, keys: tuple[str | int, ...], message: str, remedy: str = "") -> None:
    """A mistake in the value of the key at `keys` below `place`."""
    _report_at(findings, code, place, place.value(*keys), (message, remedy))


def report_key(findings: Findings, code: str, place: Place, keys: tuple[str | int, ...], message: str, remedy: str = "") -> None:
    """A mistake in the key itself."""
    _report_at(findings, code, place, place.key(*keys), (message, remedy))


def _report_at(findings: Findings, code: str, place: Place, span: Span, words: tuple[str, str]) -> None:
    """A value that is wrong by itself is not also blamed for what would follow from the neutral one put in its place."""
    message, remedy = words
    if code in VALUE_CODES:
        findings.excuse(place.source.name, span)
    elif findings.is_excused(place.source.name, span):
        return
    findings.at_line(code, place.source.name, span, message, remedy=remedy, source_line=place.source.line(span.line))


def in_words(problems: tuple[Problem, ...], *, colour: bool = False) -> str:
    """All problems as a person reads them, each with its source line and a caret, and how many there are."""
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}. Nothing was changed."
    return "\n".join([*(_one_in_words(p, colour) for p in problems), count])


def _one_in_words(problem: Problem, colour: bool) -> str:
    code, red, plain = problem.code, *(("\x1b[31m", "\x1b[0m") if colour else ("", ""))
    head = f"{printable(problem.file)}:{problem.line}:{problem.column}: {red}{code}{plain} {printable(problem.message)}"
    explain = f"(lanectl explain {code})"
    remedy = f"help: {printable(problem.remedy)}        {explain}" if problem.remedy else explain
    if not problem.source_line:
        return f"{head}\n   {remedy}"
    number = str(problem.line)
    before = problem.source_line[: problem.column - 1]
    marked = problem.source_line[problem.column - 1 : problem.column - 1 + problem.width]
    pad = "".join("\t" if c == "\t" else " " * columns(c) for c in before)
    carets = red + "^" * max(1, columns(marked)) + plain
    return f"{head}\n{number} | {printable(problem.source_line)}\n{' ' * len(number)} | {pad}{carets} {remedy}"


def columns(text: str) -> int:
    """How many columns a terminal gives this text: Chinese characters take two, combining marks none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
