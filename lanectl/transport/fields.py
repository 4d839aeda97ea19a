"""Fields of one object that somebody sent: each of its type, and everything that is wrong told with its place and what to do."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

from lanectl.transport.order import Problem

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
NAME_REMEDY = "1 to 64 of A-Z a-z 0-9 . _ / -, a letter or digit first"
PLATES_MAX = 4  # a tractor's and a trailer's, of both countries
TIME_UTC_S = (0.0, 4_102_444_800.0)  # 1970 to 2100: in any zone such a time can be shown
PROBLEMS_MAX = 100  # that are told of one message or file

Choice = TypeVar("Choice", bound=Enum)


class Problems(list[Problem]):
    def tell(self, code: str, place: str, text: str, remedy: str) -> None:
        if len(self) < PROBLEMS_MAX:
            self.append(Problem(code, place, text, remedy))


class Fields:
    """Values of one object, each of its type; what is wrong is told, and stands for nothing."""

    def __init__(self, held: Mapping[str, object], place: Callable[[str], str], allowed: Iterable[str], problems: Problems) -> None:
        self._held = held
        self._place = place
        self._problems = problems
        for name in held:
            if name not in allowed:
                problems.tell("unknown_field", place(str(name)[:40]), f"unknown field {name!r:.40}", did_you_mean(str(name), allowed))

    def _value(self, name: str, *, needed: bool) -> object:
        value = self._held.get(name)
        if value is None and needed:
            self._problems.tell("missing_field", self._place(name), f"{name} is missing", f"give {name}")
        return value

    def _wrong(self, name: str, value: object, expected: str, code: str = "wrong_type") -> None:
        self._problems.tell(code, self._place(name), f"expected {expected}, found {value!r:.40}", f"{name}: {expected}")

    def name(self, name: str, *, needed: bool = False) -> str:
        value = self._value(name, needed=needed)
        if value is None:
            return ""
        if not isinstance(value, str) or not NAME.fullmatch(value):
            self._wrong(name, value, NAME_REMEDY, "wrong_name")
            return ""
        return value

    def text(self, name: str, longest: int) -> str:
        value = self._value(name, needed=False)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            self._wrong(name, value, f"text of at most {longest} characters")
            return ""
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value(name, needed=False)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > PLATES_MAX or not all(isinstance(each, str) and len(each) <= 20 for each in value):
            self._wrong(name, value, f"at most {PLATES_MAX} plates, each as text")
            return ()
        return tuple(value)

    def whole(self, name: str, low: int, high: int, *, needed: bool = False) -> int | None:
        value = self._value(name, needed=needed)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self._wrong(name, value, f"a whole number from {low} to {high}")
            return None
        return value

    def yes_no(self, name: str) -> bool:
        value = self._value(name, needed=False)
        if value is not None and not isinstance(value, bool):
            self._wrong(name, value, "true or false")
        return value is True

    def choice(self, name: str, of: type[Choice]) -> Choice | None:
        value = self._value(name, needed=True)
        if value is None:
            return None
        found = next((member for member in of if member.value == value), None)
        if found is None:
            self._wrong(name, value, f"one of {', '.join(member.value for member in of)}", "wrong_choice")
        return found

    def time(self, name: str, *, needed: bool = False) -> float | None:
        """Seconds since 1970. Without its zone a time means one hour here and another over there."""
        value = self._value(name, needed=needed)
        if value is None:
            return None
        try:
            read = datetime.fromisoformat(value) if isinstance(value, str) else None
            if read is not None and read.tzinfo is not None and TIME_UTC_S[0] <= read.timestamp() <= TIME_UTC_S[1]:
                return read.timestamp()
        except (ValueError, OverflowError):
            pass
        self._wrong(name, value, "a time with its zone, like 2026-11-22T14:00:00+07:00", "wrong_time")
        return None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(name, names, 1)
    return f"did you mean {close[0]}?" if close else f"one of: {', '.join(names[:20])}"
