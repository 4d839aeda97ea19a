"""What a run is summed up by: how long each refusal stood, and how much of the time the lane was there for its trucks."""

from collections import Counter, defaultdict

from lanectl.decide import Decision
from lanectl.model import Lane, Report, SectionState, Service


class Refusals:
    """Observer: for how many seconds some refusal of each code stood, and how often one began."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.begun: Counter[str] = Counter()
        self._last_at = 0.0
        self._standing: dict[str, None] = {}

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:  # noqa: ARG002 - an observer is told more
        for code in self._standing:
            self.seconds[code] += now - self._last_at
        self._last_at = now
        if decision.stepped:
            standing = {refusal.code: None for refusal in decision.refusals}
            for code in standing:
                self.begun[code] += code not in self._standing
            self._standing = standing


class Availability:
    """The part of the time, since it was first in service, in which the lane was open, its devices answered and no section was in doubt."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.available_s = 0.0
        self._last_at: float | None = None

    def seen(self, now: float, lane: Lane | None) -> None:
        there = lane is not None and is_available(lane)
        if self._last_at is not None:
            self.seconds += now - self._last_at
            self.available_s += now - self._last_at if there else 0.0
        if self._last_at is not None or there:
            self._last_at = now

    @property
    def part(self) -> float:
        return self.available_s / self.seconds if self.seconds else 0.0


def is_available(lane: Lane) -> bool:
    return (
        lane.service is Service.OPEN
        and lane.journal_writable
        and all(unit.linked for unit in lane.units.values())
        and not any(gate.fault or gate.locked_out or gate.local for gate in lane.gates.values())
        and not any(section.state is SectionState.SUSPECT for section in lane.sections.values())
    )
