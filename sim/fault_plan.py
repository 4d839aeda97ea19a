"""Which faults a run meets: drawn from its seed before it begins, as a list that can be read, cut and replayed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from sim.fault_table import KINDS, TABLE, Kind, targets
from sim.moments import LOOK_S, WAITS_S, has_come
from sim.scene import Broken

if TYPE_CHECKING:
    from sim.bench import Bench

DAY_S = 86_400.0
BURST_PART = 0.2  # of the faults bring others with them
BURST_MAX = 3
BURST_S = 30.0
CALM_S = 240.0  # a lane is first brought into service
AT_EASE = 5.0  # times as often as the table says, until then people take their time
LONG_S = 20.0  # by then every limit of the rules but a boom's repeated ones has ended
AFTERWARDS_S = 30.0  # what a fault did shows this long after its repair


@dataclass(frozen=True, slots=True)
class Planned:
    """`draw` in [0, 1) decides what the kind leaves open. `moment`: what it waits for from `at_s` on (sim/moments.py), "" nothing."""

    at_s: float
    kind: str
    target: str
    lasts_s: float
    draw: float
    moment: str = ""


def haste(times: float) -> float:
    """Where everything goes wrong all the time, who mends it has learned to hurry; else the lane stood still nearly all of it."""
    return max(1.0, times / AT_EASE)


def drawn(bench: "Bench", seed: int, until_s: float, times: float) -> tuple[Planned, ...]:
    """`times`: how many times as often as the table says; what lasts longer than `LONG_S` is mended the sooner for it."""
    dice = Random(f"{seed} faults")
    kinds = [kind for kind in TABLE if targets(bench, kind.target)]
    rate = times * sum(kind.per_day for kind in kinds) / DAY_S
    if rate <= 0:
        return ()
    planned: list[Planned] = []
    at_s = CALM_S
    while True:
        at_s += (dice.random() + dice.random()) / rate
        if at_s >= until_s:
            return tuple(sorted(planned, key=lambda fault: fault.at_s))
        planned.append(_one(bench, kinds, dice, at_s, haste(times)))
        if dice.random() < BURST_PART:
            planned += [_one(bench, kinds, dice, at_s + BURST_S * dice.random(), haste(times)) for _ in range(dice.randint(1, BURST_MAX))]


def _one(bench: "Bench", kinds: Sequence[Kind], dice: Random, at_s: float, hurry: float) -> Planned:
    kind = dice.choices(kinds, [kind.per_day for kind in kinds])[0]
    found = targets(bench, kind.target)
    low, high = kind.lasts_s
    lasts_s, draw = low + (high - low) * dice.random(), round(dice.random(), 6)
    if kind.hurried:
        lasts_s = min(lasts_s, LONG_S + (lasts_s - LONG_S) / hurry)
    return Planned(round(at_s, 3), kind.name, dice.choice(found), round(lasts_s, 3), draw, dice.choice(kind.moments))


@dataclass(slots=True)
class Storm:
    """Lets the planned faults happen on a bench, and knows which of what was broken a fault itself committed."""

    bench: "Bench"
    planned: Sequence[Planned]
    happened: Counter[str] = field(default_factory=Counter)
    _active: dict[tuple[str, str], int] = field(default_factory=dict)
    _ended: list[tuple[float, Planned]] = field(default_factory=list)

    def begin(self) -> None:
        for fault in self.planned:
            self._plan(fault)

    def add(self, fault: Planned) -> None:
        """One more, while the run goes on."""
        self.planned = (*self.planned, fault)
        self._plan(fault)

    def _plan(self, fault: Planned) -> None:
        self.bench.clock.call_at(fault.at_s, lambda: self._await(fault))

    def excused(self, broken: Broken) -> bool:
        """Whether a fault that may commit this was at work there."""
        subjects = broken.offence.subjects
        return any(
            broken.offence.name in KINDS[fault.kind].excuses and fault.target in subjects
            for fault in self.planned
            if fault.at_s <= broken.at <= fault.at_s + fault.lasts_s + AFTERWARDS_S + (WAITS_S if fault.moment else 0.0)
        )

    def _await(self, fault: Planned) -> None:
        late = self.bench.now >= fault.at_s + WAITS_S
        if not fault.moment or late or has_come(self.bench, fault.moment, fault.target, KINDS[fault.kind].target):
            self._begin(fault)
        else:
            self.bench.clock.call_at(self.bench.now + LOOK_S, lambda: self._await(fault))

    def _begin(self, fault: Planned) -> None:
        kind = KINDS[fault.kind]
        key = (fault.kind, fault.target)
        self.happened[fault.kind] += 1
        self._active[key] = self._active.get(key, 0) + 1
        self.bench.note(f"fault {fault.kind} {fault.target} {fault.lasts_s} {fault.draw}")
        if self._active[key] == 1:
            kind.begin(self.bench, fault.target, fault.draw)
        self.bench.clock.call_at(self.bench.now + fault.lasts_s, lambda: self._end(kind, fault))

    def _end(self, kind: Kind, fault: Planned) -> None:
        key = (fault.kind, fault.target)
        self._active[key] -= 1
        if self._active[key] == 0:
            self.bench.note(f"mended {fault.kind} {fault.target}")
            kind.end(self.bench, fault.target, fault.draw)
