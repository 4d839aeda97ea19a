"""What an operator sees of a lane, as data: codes, names, values and their ages. Sentences are made from it in `lanectl.wording`.

Every value has its age in seconds and whether it is too old to be believed (E3); an age of None means never heard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lanectl.layout import Layout
from lanectl.model import (
    Aspect,
    Authority,
    Boom,
    BoomMove,
    Candidate,
    Connection,
    Direction,
    GateName,
    Match,
    PersonName,
    Reading,
    SectionState,
    Service,
    Sight,
    Standing,
    TruckName,
)

SCHEMA_VERSION = 1
NEVER_S = 1e9  # an age beyond this was never
TRUCK_LENGTH_M = 17.0  # of a truck that the fleet does not describe

Titles = Mapping[str, str]  # language -> name
Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """What never changes of a site: the lane's shape, its names for people, and where its parts lie.

    `positions_m` holds every node and detection point by name, in metres from the entry boom. `sha256` is the configuration's.
    `certificates`: by which name the broker knows each truck, empty where it asks for none.
    """

    layout: Layout
    name: str
    title: Titles
    gate_titles: Mapping[GateName, Titles]
    time_zones: Mapping[GateName, str]
    positions_m: Mapping[str, float]
    border_m: float
    speed_mps_max: float
    truck_lengths_m: Mapping[TruckName, float] = field(default_factory=dict)
    certificates: Mapping[TruckName, str] = field(default_factory=dict)
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """A refusal: its code, what was refused, its parameters; `invariant` is its name in the safety rules.

    `mend`: the command line that removes the cause, "" when it passes by itself or needs hands first.
    """

    code: str
    subject: str
    params: Params
    invariant: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class PlateShown:
    """`current`: it is of the truck that stands at the gate now. `candidates`: who it may be, the likeliest first, where it is not sure."""

    match: Match
    plate: str
    truck: TruckName
    score: float
    evidence: str
    age_s: float | None
    current: bool
    candidates: tuple[Candidate, ...] = ()
    confirmed_by: PersonName = ""


@dataclass(frozen=True, slots=True)
class SightShown:
    """What else was read of the truck that stands at the gate now; `text` is "" where frames agree on nothing.

    Then `read` is what they came nearest to, and `candidates` who it may be. `waits`: the lane needs it, and a person may read it.
    """

    sight: Sight
    text: str
    score: float
    evidence: str
    read: str = ""
    candidates: tuple[Candidate, ...] = ()
    confirmed_by: PersonName = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class GateShown:
    name: GateName
    title: Titles
    time_zone: str
    at_m: float
    boom: Boom
    boom_age_s: float | None
    boom_stale: bool
    boom_asked: BoomMove | None
    aspect: Aspect
    aspect_age_s: float | None
    aspect_stale: bool
    aspect_asked: Aspect
    lamp_failed: bool
    fault: str
    local: bool
    locked_out: bool
    obstructions: int
    reading_plate: bool
    plate: PlateShown | None
    sights: tuple[SightShown, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionShown:
    name: str
    from_m: float
    to_m: float
    state: SectionState
    locked_for: TruckName
    why_suspect: str


@dataclass(frozen=True, slots=True)
class DetectorShown:
    name: str
    unit: str
    reading: Reading
    age_s: float | None
    stale: bool


@dataclass(frozen=True, slots=True)
class UnitShown:
    name: str
    signals: bool
    linked: bool
    armed: bool
    tripped: bool
    proved: bool
    age_s: float | None
    why_lost: str


@dataclass(frozen=True, slots=True)
class StandingShown:
    authority: Authority
    standing: Standing


@dataclass(frozen=True, slots=True)
class TruckShown:
    """`place`: AWAY, APPROACH, LANE or BEYOND. `state`: a key of the words (DRIVES, STANDS, WAITS, SILENT …).

    The front of a truck is proved to be between `from_m` and `to_m`; a picture may glide between them, never beyond.
    """

    name: TruckName
    plate: str
    consignment: str
    standings: tuple[StandingShown, ...]
    place: str
    sections: tuple[str, ...]
    from_m: float
    to_m: float
    length_m: float
    state: str
    connection: Connection
    age_s: float | None
    stale: bool
    authority: str
    sweeping: bool
    stopped_by: str
    fatal: str
    waits: Why | None
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class CameraShown:
    """`trouble`: a code, "" while its pictures can be believed."""

    name: str
    gate: GateName
    trouble: str


@dataclass(frozen=True, slots=True)
class WeightShown:
    """`weight_kg` is None while nothing steady is weighed, `why` is then its code. `age_s`: for how long this has been so."""

    gate: GateName
    weight_kg: int | None
    why: str
    age_s: float | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """`priority` 1 is the most urgent of 3. `mend`: the command line that answers it, "" when hands are needed first."""

    code: str
    subject: str
    params: Params
    priority: int
    mend: str
    since: float
    age_s: float


@dataclass(frozen=True, slots=True)
class Moment:
    """When: `at` in seconds of the controller's clock, `wall_utc` in ISO 8601 for people; `seq` is the last journal record.

    `speed` is the clock's pace, 1 in the field.
    """

    at: float
    wall_utc: str
    seq: int = 0
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that people want to know of. `value_s`: a duration where one was measured; `why`: of a refused act."""

    at: float
    wall_utc: str
    code: str
    params: Params
    value_s: float | None = None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Since this controller started. `crossing_s`: of the last crossing; `median_s`: of the last ones kept."""

    crossings: int = 0
    refused_acts: int = 0
    plates_matched: int = 0
    plates_other: int = 0
    last_crossing_s: float | None = None
    median_crossing_s: float | None = None


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """One picture of the whole lane; `at`, `wall_utc`, `seq` and `speed` as in `Moment`."""

    schema_version: int
    at: float
    wall_utc: str
    seq: int
    speed: float
    name: str
    title: Titles
    configuration: str
    direction: Direction
    listed_direction: Direction
    service: Service
    journal_writable: bool
    clearance_needed: bool
    weight_needed: bool
    container_needed: bool
    border_m: float
    speed_mps_max: float
    gates: tuple[GateShown, ...]
    sections: tuple[SectionShown, ...]
    detectors: tuple[DetectorShown, ...]
    units: tuple[UnitShown, ...]
    trucks: tuple[TruckShown, ...]
    alarms: tuple[Alarm, ...]
    refusals: tuple[Why, ...]
    events: tuple[Happening, ...]
    tally: Tally
    cameras: tuple[CameraShown, ...] = ()
    weights: tuple[WeightShown, ...] = ()


def age_s(at: float, now: float) -> float | None:
    """E3. None: never. The model counts from minus infinity."""
    since_s = now - at
    return round(since_s, 2) if since_s < NEVER_S else None
