"""The words of the lane: what the field reports, what we ask, and what we hold to be true.

Frozen, no logic beyond looking a name up. All times are seconds of one monotonic clock; wall time is for people only.
"""

from dataclasses import dataclass, field
from enum import Enum

SectionName = str
GateName = str
DetectorName = str
UnitName = str  # one device on a bus: a barrier board or an input/output module
TruckName = str  # the VDA 5050 serial number
PersonName = str


class Boom(Enum):
    """Where a boom is proved to be."""

    DOWN = "DOWN"
    UP = "UP"
    MOVING = "MOVING"
    UNKNOWN = "UNKNOWN"


class BoomMove(Enum):
    """What a boom can be asked to do."""

    UP = "UP"
    DOWN = "DOWN"
    STOP = "STOP"


class Reading(Enum):
    """What a detector says."""

    VACANT = "VACANT"
    OCCUPIED = "OCCUPIED"
    UNKNOWN = "UNKNOWN"


class Aspect(Enum):
    """What a signal shows. UNKNOWN is dark or unproved, and counts as STOP that cannot be trusted."""

    STOP = "STOP"
    PROCEED = "PROCEED"
    UNKNOWN = "UNKNOWN"


class SectionState(Enum):
    VACANT = "VACANT"
    OCCUPIED = "OCCUPIED"
    SUSPECT = "SUSPECT"


class Direction(Enum):
    VN_TO_CN = "VN_TO_CN"
    CN_TO_VN = "CN_TO_VN"


class Service(Enum):
    """How the lane stands as a whole."""

    COMMISSIONING = "COMMISSIONING"  # never armed: nothing is proved, gates may be flashed by two persons
    CLOSED = "CLOSED"  # no new truck enters; trucks on the bridge are brought off
    OPEN = "OPEN"
    EMERGENCY_STOP = "EMERGENCY_STOP"  # STOP everywhere until a person resets, then CLOSED


class Connection(Enum):
    """VDA 5050 connectionState; BROKEN is CONNECTIONBROKEN (the broker's last will)."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    BROKEN = "BROKEN"


class TruckMode(Enum):
    """VDA 5050 operatingMode."""

    AUTOMATIC = "AUTOMATIC"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    MANUAL = "MANUAL"
    SERVICE = "SERVICE"
    TEACHIN = "TEACHIN"


class Match(Enum):
    """What came of reading a truck's plate at a gate."""

    MATCHED = "MATCHED"
    UNSURE = "UNSURE"
    NOT_LISTED = "NOT_LISTED"
    UNREADABLE = "UNREADABLE"


class Authority(Enum):
    """Who clears a consignment."""

    VN = "VN"
    CN = "CN"


class Standing(Enum):
    CLEARED = "CLEARED"
    HELD = "HELD"


class Act(Enum):
    """What a person can do to the lane."""

    OPEN = "OPEN"
    CLOSE = "CLOSE"
    STOP = "STOP"  # emergency stop
    RESET = "RESET"  # of an emergency stop, a gate fault or a truck, by target
    REARM = "REARM"  # a unit's watchdog
    SWEEP = "SWEEP"  # a truck alone, section by section, proves what it drives through
    DECLARE = "DECLARE"  # a section vacant, with a second person


# ---------------------------------------------------------------- reports: what the field and people say


@dataclass(frozen=True, slots=True)
class DetectorsReported:
    """One poll of one unit's inputs. `sent_at`: when the request went out, the age of a reading counts from there (D1)."""

    unit: UnitName
    sent_at: float
    readings: tuple[tuple[DetectorName, Reading], ...]


@dataclass(frozen=True, slots=True)
class BoomReported:
    """The barrier's own word. `fault` is its error in words, empty when there is none; `local` is local or manual working."""

    gate: GateName
    boom: Boom
    sent_at: float
    obstructed: bool = False
    fault: str = ""
    local: bool = False


@dataclass(frozen=True, slots=True)
class SignalReported:
    """What lamp proof shows. `lamp_failed`: the asked lamp takes no current."""

    gate: GateName
    shown: Aspect
    sent_at: float
    lamp_failed: bool = False


@dataclass(frozen=True, slots=True)
class WatchdogReported:
    """Read back from the unit. `proved`: seen to drop its outputs since this controller started (S7)."""

    unit: UnitName
    armed: bool
    tripped: bool
    proved: bool = False


@dataclass(frozen=True, slots=True)
class LinkLost:
    """A unit did not answer in time: everything it last said is UNKNOWN."""

    unit: UnitName
    reason: str


@dataclass(frozen=True, slots=True)
class UnitRestarted:
    """A unit lost power or was restarted: its detectors prove nothing yet (D4)."""

    unit: UnitName


@dataclass(frozen=True, slots=True)
class TruckReported:
    """A truck's state, as VDA 5050 tells it, in words of the lane.

    `last_node`: name of the last node it passed ("" before any). `authority_end`: the last released node of the order it
    shows to have taken, "" when it has no order of ours. `order_done`: that order's released way is driven to its end.
    `rejected`: why it refused our last order or action, "" if it did not. `standing`: it says that it does not drive.
    `cancelled`: it has confirmed our cancellation and shows no released way any more.
    """

    truck: TruckName
    connection: Connection
    mode: TruckMode = TruckMode.AUTOMATIC
    localised: bool = False
    e_stop: bool = False
    fatal: str = ""
    last_node: str = ""
    authority_end: str = ""
    order_done: bool = False
    standing: bool = True
    paused: bool = False
    cancelled: bool = False
    rejected: str = ""


@dataclass(frozen=True, slots=True)
class PlateSeen:
    """One frame's read at a gate. `plate`: separators stripped; `score`: least character, 0–1; `evidence`: sha256 of the frame."""

    camera: str
    gate: GateName
    plate: str
    score: float
    evidence: str


@dataclass(frozen=True, slots=True)
class IdentityReported:
    """What voting over frames concluded of the truck that stands at a gate. `truck` is "" unless MATCHED."""

    gate: GateName
    match: Match
    truck: TruckName
    plate: str
    score: float
    evidence: str


@dataclass(frozen=True, slots=True)
class ConsignmentReported:
    """A line of the manifest: this truck, under this plate, carries this consignment over the bridge."""

    consignment: str
    truck: TruckName
    plate: str


@dataclass(frozen=True, slots=True)
class ClearanceReported:
    consignment: str
    authority: Authority
    standing: Standing


@dataclass(frozen=True, slots=True)
class ActRequested:
    """A person's act. `target`: a gate, unit, truck or section, "" for the lane. `second`: the second person, proved at the edge."""

    act: Act
    by: PersonName
    target: str = ""
    reason: str = ""
    evidence: str = ""
    second: PersonName = ""


@dataclass(frozen=True, slots=True)
class JournalReported:
    """Whether the journal can be written (E1)."""

    writable: bool


@dataclass(frozen=True, slots=True)
class Started:
    """The controller starts. `armed_before`: this lane was in service once (else COMMISSIONING).

    `lane`: what the journal's last step held, None without a journal: locks stay, vacancy is suspect until proved (R11).
    """

    armed_before: bool
    lane: "Lane | None"


@dataclass(frozen=True, slots=True)
class Woke:
    """The time asked for has come."""


Report = (
    DetectorsReported
    | BoomReported
    | SignalReported
    | WatchdogReported
    | LinkLost
    | UnitRestarted
    | TruckReported
    | PlateSeen
    | IdentityReported
    | ConsignmentReported
    | ClearanceReported
    | ActRequested
    | JournalReported
    | Started
    | Woke
)


# ---------------------------------------------------------------- commands: what we ask of the field


@dataclass(frozen=True, slots=True)
class SetBoom:
    """`urgent`: it makes the lane safer, goes out next and waits for no journal."""

    gate: GateName
    move: BoomMove
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class SetAspect:
    gate: GateName
    aspect: Aspect


@dataclass(frozen=True, slots=True)
class ExtendAuthority:
    """The truck may drive to the end of `section` (its stop node), or to the far yard's node. Sent again until echoed."""

    truck: TruckName
    node: str


@dataclass(frozen=True, slots=True)
class CancelAuthority:
    truck: TruckName


@dataclass(frozen=True, slots=True)
class PauseTruck:
    truck: TruckName


@dataclass(frozen=True, slots=True)
class ResumeTruck:
    truck: TruckName


@dataclass(frozen=True, slots=True)
class ResetBarrier:
    gate: GateName


@dataclass(frozen=True, slots=True)
class RearmWatchdog:
    """Clear a latched trip, arm, prove that it drops the outputs, arm again, read back (S6, S7)."""

    unit: UnitName


@dataclass(frozen=True, slots=True)
class ReadPlate:
    """Look at the truck that stands at this gate and report plates until told otherwise."""

    gate: GateName
    wanted: bool


Command = SetBoom | SetAspect | ExtendAuthority | CancelAuthority | PauseTruck | ResumeTruck | ResetBarrier | RearmWatchdog | ReadPlate


def is_urgent(command: Command) -> bool:
    """True for what only makes the lane safer: it never waits, neither for the journal nor behind another request."""
    match command:
        case SetBoom(urgent=urgent):
            return urgent
        case SetAspect(aspect=aspect):
            return aspect is not Aspect.PROCEED
        case CancelAuthority() | PauseTruck():
            return True
        case _:
            return False


# ---------------------------------------------------------------- decisions


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something does not happen. `code` is stable (catalogue in lanectl/refusals), `params` fill its sentence in each language.

    `subject` is the truck, gate, section or act that was refused; `invariant` is the name in the safety rules (B1, R3 …).
    """

    code: str
    subject: str
    invariant: str
    params: tuple[tuple[str, str], ...] = ()


# ---------------------------------------------------------------- the lane: what we hold to be true


@dataclass(frozen=True, slots=True)
class DetectorNow:
    """`reading` is UNKNOWN as soon as it is too old (D1).

    `silent`: unknown for so long that a truck may have passed (D2). `distrusted`: its unit was powered up, and it has neither
    seen a truck come and go nor been declared since (D4). `vacant_reads`: VACANT in a row, counted to two (R11 a).
    """

    reading: Reading = Reading.UNKNOWN
    sent_at: float = float("-inf")
    changed_at: float = float("-inf")
    vacant_reads: int = 0
    silent: bool = True
    distrusted: bool = False


@dataclass(frozen=True, slots=True)
class PointNow:
    """A passage over a detection point: `head` groups reached, `tail` groups left; both 0 when nothing passes.

    `lost`: the order was broken; nothing is counted until every group reads vacant (D5).
    """

    head: int = 0
    tail: int = 0
    lost: bool = False


@dataclass(frozen=True, slots=True)
class SectionNow:
    """`entered`: the truck that it is locked for has been counted in. `why_suspect`: see lanectl/interlocking/refusals.py.

    `vacant_before`: vacant, and no released way led into it, when silence alone made it suspect (R11 a).
    `swept`: since it became suspect nothing but its sweeping truck can have been in it (R11 b).
    """

    state: SectionState = SectionState.SUSPECT
    locked_for: TruckName = ""
    why_suspect: str = ""
    entered: bool = False
    vacant_before: bool = False
    swept: bool = False


@dataclass(frozen=True, slots=True)
class GateNow:
    """`asked` is the last move commanded and `asked_at` when (`sent_at`: when last repeated); a command is not a fact, `boom` is.

    `passing`: the truck whose released way runs through the gate until its passage or its stop short is proved (B8).
    `settled`: the asked move was proved once. `may_lower`: a proved complete passage, or a person, allows lowering (B6).
    `fault` and `locked_out` stay until reset.
    """

    boom: Boom = Boom.UNKNOWN
    boom_at: float = float("-inf")
    asked: BoomMove | None = None
    asked_at: float = float("-inf")
    fault: str = ""
    local: bool = False
    obstructions: int = 0
    locked_out: bool = False
    shown: Aspect = Aspect.UNKNOWN
    shown_at: float = float("-inf")
    aspect_asked: Aspect = Aspect.STOP
    aspect_asked_at: float = float("-inf")
    lamp_failed: bool = False
    identity: IdentityReported | None = None
    identity_at: float = float("-inf")
    reading_plate: bool = False
    plate_asked_at: float = float("-inf")
    sent_at: float = float("-inf")
    passing: TruckName = ""
    may_lower: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class UnitNow:
    """`tripped` is latched until a person re-arms (`rearming`) and the unit reads back armed and proved (S6)."""

    linked: bool = False
    armed: bool = False
    tripped: bool = False
    proved: bool = False
    why_lost: str = "not heard since start"
    rearming: bool = False


@dataclass(frozen=True, slots=True)
class TruckNow:
    """`authority` is the last node we released to it ("" none): it counts as given until driven or confirmed cancelled (R5, R6).

    `echoed`: it has shown that it took it. `took`: it has shown a way of ours since it last had none.
    `forgiven`: the rejection that a person has reset.
    """

    report: TruckReported
    heard_at: float
    authority: str = ""
    authority_at: float = float("-inf")
    cancelling: bool = False
    paused_by_us: bool = False
    stopped_by: str = ""  # why it needs a person's reset (T2), "" when it does not
    sweeping: bool = False
    echoed: bool = False
    took: bool = False
    cancel_at: float = float("-inf")
    pause_at: float = float("-inf")
    forgiven: str = ""


@dataclass(frozen=True, slots=True)
class Consignment:
    truck: TruckName
    plate: str
    standing: tuple[tuple[Authority, Standing], ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane's whole state. The maps are never changed in place: a step makes new ones.

    `armed`: it has been in service once, so a reset leads to CLOSED and not back to COMMISSIONING.
    """

    service: Service = Service.COMMISSIONING
    direction: Direction = Direction.VN_TO_CN
    journal_writable: bool = False
    detectors: dict[DetectorName, DetectorNow] = field(default_factory=dict)
    points: dict[str, PointNow] = field(default_factory=dict)
    sections: dict[SectionName, SectionNow] = field(default_factory=dict)
    gates: dict[GateName, GateNow] = field(default_factory=dict)
    units: dict[UnitName, UnitNow] = field(default_factory=dict)
    trucks: dict[TruckName, TruckNow] = field(default_factory=dict)
    consignments: dict[str, Consignment] = field(default_factory=dict)
    armed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What one event led to. `wake_at`: when to step again if nothing is reported, never later than a limit's end."""

    lane: Lane
    commands: tuple[Command, ...]
    refusals: tuple[Refusal, ...]
    wake_at: float
