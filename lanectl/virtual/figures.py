"""What a run is summed up by: how long each refusal stood, and how much of the time the lane was there for its trucks."""

from collections import Counter, defaultdict

from lanectl.decide import Decision
from lanectl.model import Lane, Refusal, Report, SectionState, Service


class Refusals:
    """Observer: how often a refusal of each code began."""

    def __init__(self) -> None:
        self.begun: Counter[str] = Counter()
        self._told: tuple[Refusal, ...] = ()
        self._standing: dict[str, None] = {}

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:  # noqa: ARG002 - an observer is told more
        if decision.stepped and decision.refusals is not self._told:
            self._told = decision.refusals
            standing = {refusal.code: None for refusal in decision.refusals}
            for code in standing:
                self.begun[code] += code not in self._standing
            self._standing = standing


class Availability:
    """The part of the time, since it was first in service, in which the lane was open, its devices answered and no section was in doubt.

    `lost_s`: for how long each of these was missing; several may be at once.
    """

    def __init__(self) -> None:
        self.lost_s: defaultdict[str, float] = defaultdict(float)
        self.seconds = 0.0
        self.available_s = 0.0
        self._last_at: float | None = None

    def seen(self, now: float, lane: Lane | None) -> None:
        gone = missing(lane)
        if self._last_at is not None:
            self.seconds += now - self._last_at
            self.available_s += 0.0 if gone else now - self._last_at
            for what in gone:
                self.lost_s[what] += now - self._last_at
        if self._last_at is not None or not gone:
            self._last_at = now

    @property
    def part(self) -> float:
        return self.available_s / self.seconds if self.seconds else 0.0


def missing(lane: Lane | None) -> tuple[str, ...]:
    """What keeps the lane from carrying trucks; `lane` None: no controller runs."""
    if lane is None:
        return ("no controller",)
    wanted = (
        ("not open", lane.service is Service.OPEN),
        ("journal not written", lane.journal_writable),
        ("unit silent", all(unit.linked for unit in lane.units.values())),
        ("gate out of service", not any(gate.fault or gate.locked_out or gate.local for gate in lane.gates.values())),
        ("section suspect", all(section.state is not SectionState.SUSPECT for section in lane.sections.values())),
    )
    return tuple([what for what, there in wanted if not there])


def is_available(lane: Lane) -> bool:
    return not missing(lane)
