"""What one scenario file says."""

from dataclasses import dataclass
from enum import Enum

from lanectl.model import ActRequested, Authority


class Begins(Enum):
    """How the lane stands at 0 s."""

    OPEN = "OPEN"  # people have proved and opened it
    NEVER_IN_SERVICE = "NEVER_IN_SERVICE"  # the controller has just been started for the first time


class What(Enum):
    """What can be expected of a lane. Beside each: what `of` names, and what `is` says."""

    CROSSED = "crossed"  # a truck
    REFUSED = "refused"  # whatever was refused, a refusal's code
    SERVICE = "service"  # the lane's service
    BOOM = "boom"  # a gate, where its boom is proved
    SIGNAL = "signal"  # a gate, what its lamps really show
    ALARM = "alarm"  # its subject or nothing, its code
    ALARM_GONE = "alarm-gone"
    SECTION = "section"  # a section, its state
    PLACE = "place"  # a truck, where its front really is
    STANDS = "stands"  # likewise, and it stands


@dataclass(frozen=True, slots=True)
class When:
    """`at_s` counts from the beginning, or from when the expectation named `after` was met."""

    at_s: float
    after: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A truck comes to the entry gate's queue."""

    when: When
    truck: str


@dataclass(frozen=True, slots=True)
class FaultAt:
    """`lasts_s` None: it lasts until undone."""

    when: When
    words: str
    lasts_s: float | None
    draw: float


@dataclass(frozen=True, slots=True)
class ActAt:
    """`refused`: the code with which the lane is expected to refuse it, "" when it is expected to be done."""

    when: When
    request: ActRequested
    refused: str


@dataclass(frozen=True, slots=True)
class ClearedAt:
    when: When
    truck: str
    by: Authority


@dataclass(frozen=True, slots=True)
class Expected:
    """`never`: it must not come true within the time, where else it must. `name`: for others to come after it."""

    when: When
    what: What
    of: str
    is_: str
    within_s: float
    never: bool = False
    name: str = ""

    @property
    def words(self) -> str:
        said = " ".join(word for word in (self.what.value, self.of, self.is_) if word)
        since = f" after `{self.when.after}`" if self.when.after else ""
        return f"{'never ' if self.never else ''}{said} from {self.when.at_s:g} s{since}, within {self.within_s:g} s"


Happening = Call | FaultAt | ActAt | ClearedAt


@dataclass(frozen=True, slots=True)
class Scenario:
    """`words`: what it shows, in a line. `faults_break`: truths that its faults themselves break, whatever the controller does."""

    name: str
    file: str
    words: str
    seed: int
    begins: Begins
    attended: bool
    cleared_by: dict[str, tuple[Authority, ...]]
    happenings: tuple[Happening, ...]
    expected: tuple[Expected, ...]
    faults_break: tuple[str, ...] = ()
