"""A demand profile: what is asked of a lane over a day, how both customs systems behave, and which trucks break down where. Facts only.

How it is written: docs/reference/profiles.md. Hours count from when the lane was opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lanectl.model import Authority, Direction


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `from_s` on, until the next one: consignments an hour, by direction."""

    from_s: float
    per_hour: Mapping[Direction, float]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`kind`, a fault of sim/fault_table.py, meets the first truck that is in `section` at `at_s` or later; mended `repair_s` later."""

    at_s: float
    section: str
    kind: str
    repair_s: float


@dataclass(frozen=True, slots=True)
class Profile:
    """`customs`: the temper of each side's customs system (sim/customs.py); none: consignments come cleared, and not as orders.

    `trucks` 0: as many as the site has. `seconds`: when it ends.
    """

    name: str
    words: str
    seconds: float
    seed: int
    stretches: tuple[Stretch, ...]
    customs: Mapping[Authority, str] = field(default_factory=dict)
    breakdowns: tuple[Breakdown, ...] = ()
    trucks: int = 0

    def cut(self, seconds: float, *, trucks: int, seed: int) -> "Profile":
        """The same, but that it ends then at the latest, with so many trucks and another seed."""
        ends = min(seconds, self.seconds)
        stretches = tuple(stretch for stretch in self.stretches if stretch.from_s < ends)
        return replace(self, seconds=ends, stretches=stretches, trucks=trucks, seed=seed)

    def ends_s(self, index: int) -> float:
        """When the stretch at `index` ends."""
        return self.stretches[index + 1].from_s if index + 1 < len(self.stretches) else self.seconds

    def rate_at(self, at_s: float, way: Direction) -> tuple[float, float]:
        """What is asked an hour then, and until when."""
        index = max(i for i, stretch in enumerate(self.stretches) if stretch.from_s <= at_s)
        return self.stretches[index].per_hour.get(way, 0.0), self.ends_s(index)
