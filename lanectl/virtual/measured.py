"""What a stretch of demand came to: how much was carried, how long consignments waited, and how long either side was kept. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from lanectl.model import Direction


@dataclass(frozen=True, slots=True)
class Level:
    """`per_hour`: of all directions together. `from_s`: when it began, counted from when the lane was opened."""

    per_hour: float
    seconds: float
    trucks: int
    seed: int
    from_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Entered:
    """`wait_s`: from when its consignment came, None for an empty return. `ready_s`: from when its truck could have been called."""

    at: float
    way: Direction
    wait_s: float | None
    ready_s: float


@dataclass(frozen=True, slots=True)
class Side:
    """One direction. `waits_s`: in rising order. `returns`: empty ones that entered. `left`: consignments that still wait.

    `longest_ready_s`: how long any truck waited that stood in the yard with its papers complete; one that waits still counts too.
    """

    way: Direction
    waits_s: tuple[float, ...]
    returns: int
    left: int
    longest_ready_s: float

    def wait_s(self, part: float) -> float:
        return quantile(self.waits_s, part)


@dataclass(frozen=True, slots=True)
class Measured:
    """`waits_s`: of each that entered, from its coming to its entering, in rising order. `left`: how many still waited at the end."""

    level: Level
    crossings: int
    per_hour: float
    waits_s: tuple[float, ...]
    left: int
    turns: int
    broken: tuple[str, ...]
    sides: tuple[Side, ...] = ()
    breakdowns: int = 0

    def wait_s(self, part: float) -> float:
        return quantile(self.waits_s, part)


def side(way: Direction, entered: Sequence[Entered], left: int, still_ready_s: Sequence[float]) -> Side:
    ours = [one for one in entered if one.way is way]
    waits = tuple(sorted(one.wait_s for one in ours if one.wait_s is not None))
    longest = max([*(one.ready_s for one in ours), *still_ready_s], default=0.0)
    return Side(way, waits, len(ours) - len(waits), left, longest)


def quantile(rising: Sequence[float], part: float) -> float:
    return rising[min(len(rising) - 1, int(part * len(rising)))] if rising else 0.0


def over_whole_rounds(ends: Sequence[tuple[float, int]], turns: Sequence[tuple[float, int]]) -> float:
    """Crossings an hour, over whole rounds of both directions where there are some: a window that cuts through a batch says little of the
    others. Each mark is a time and how many had crossed by then.
    """
    last = len(turns) - 1 - (len(turns) - 1) % 2
    (began, before), (ended, after) = (turns[0], turns[last]) if last >= 2 else ends
    return 3600.0 * (after - before) / (ended - began)
