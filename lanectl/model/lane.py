"""What we hold to be true, and what one event leads to."""

from msgspec import Struct, field

from lanectl.model.commands import Command
from lanectl.model.reports import (
    ActRequested,
    BoomReported,
    CameraReported,
    ClearanceReported,
    ConsignmentReported,
    ConsignmentWithdrawn,
    DetectorsReported,
    HoursReported,
    IdentityReported,
    JournalReported,
    LinkLost,
    PlateSeen,
    SightReported,
    SignalReported,
    TruckReported,
    UnitRestarted,
    WatchdogReported,
    WeightReported,
    Woke,
)
from lanectl.model.words import (
    Aspect,
    Authority,
    Boom,
    BoomMove,
    DetectorName,
    Direction,
    GateName,
    Reading,
    SectionName,
    SectionState,
    Service,
    Standing,
    TruckName,
    UnitName,
)


class Refusal(Struct, frozen=True):
    """Why something does not happen. `code` is stable (catalogue in lanectl/refusals), `params` fill its sentence in each language.

    `subject` is the truck, gate, section or act that was refused; `invariant` is the name in the safety rules (B1, R3 …).
    """

    code: str
    subject: str
    invariant: str
    params: tuple[tuple[str, str], ...] = ()


class DetectorNow(Struct, frozen=True):
    """`reading` is UNKNOWN as soon as it is too old (D1).

    `silent`: unknown for so long that a truck may have passed (D2). `distrusted`: its unit was powered up, and it has neither
    seen a truck come and go nor been declared since (D4). `vacant_reads`: VACANT in a row, counted to two (R11 a).
    `stood_at`: when a truck came to stand that may be over it, until it was asked and read since (R6).
    """

    reading: Reading = Reading.UNKNOWN
    sent_at: float = float("-inf")
    changed_at: float = float("-inf")
    vacant_reads: int = 0
    silent: bool = True
    distrusted: bool = False
    stood_at: float = float("-inf")


class PointNow(Struct, frozen=True):
    """A passage over a detection point: `head` groups reached, `tail` groups left; both 0 when nothing passes.

    `lost`: the order was broken; nothing is counted until every group reads vacant (D5).
    """

    head: int = 0
    tail: int = 0
    lost: bool = False


class SectionNow(Struct, frozen=True):
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


class WeightNow(Struct, frozen=True):
    """What was weighed at a gate since `at`; None while nothing steady is, and `why` is then its code."""

    weight_kg: int | None
    why: str
    at: float


class Weighed(Struct, frozen=True):
    truck: TruckName
    weight_kg: int

    def outweighs(self, now: WeightNow) -> bool:
        """A truck that stands on the scale in part shows less, beside it nothing; never more."""
        return now.why == "empty" if now.weight_kg is None else now.weight_kg < self.weight_kg


class GateNow(Struct, frozen=True):
    """`asked` is the last move commanded and `asked_at` when (`sent_at`: when last repeated); a command is not a fact, `boom` is.

    `passing`: the truck whose released way runs through the gate until its passage or its stop short is proved (B8).
    `settled`: the asked move was proved once. `may_lower`: a proved complete passage, or a person, allows lowering (B6).
    While nothing is asked, `asked_at` is since when the boom says that it is neither UP nor DOWN (B5).
    `fault` and `locked_out` stay until reset. `sights`: what else was read of the truck that stands there, each thing once.
    `weighed`: what the one that was given its way from there weighed then, as long as it is known all the time to be there.
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
    aspect_sent_at: float = float("-inf")
    passing: TruckName = ""
    may_lower: bool = False
    settled: bool = False
    sights: tuple[SightReported, ...] = ()
    sighted_at: float = float("-inf")
    weighed: Weighed | None = None


class UnitNow(Struct, frozen=True):
    """`tripped` is latched until a person re-arms (`rearming`) and the unit reads back armed and proved (S6).

    `doubted`: people worked on the lane; a proof counts only if the unit was seen unproved since it was asked for (S7).
    `why_unproved`: how the proof that a person asked for failed, for whoever asked.
    """

    linked: bool = False
    armed: bool = False
    tripped: bool = False
    proved: bool = False
    why_lost: str = "not heard since start"
    rearming: bool = False
    doubted: bool = False
    why_unproved: str = ""


class TruckNow(Struct, frozen=True):
    """`authority` is the last node we released to it ("" none): it counts as given until driven or confirmed cancelled (R5, R6).

    `echoed`: it has shown that it took it. `took`: it has shown a way of ours since it last had none.
    `forgiven`: the rejection that a person has reset. `short_of`: the end of the way that it gave back,
    until readings tell how far it came on it. `beyond`: the node behind an exit where it was seen or said to
    be, until it says another place or signs off. `crossed`: it was seen to leave while it is counted into a section of that
    crossing still; so the crossing has ended, whatever is proved of that section later.
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
    short_of: str = ""
    beyond: str = ""
    crossed: bool = False


class Consignment(Struct, frozen=True):
    """As it was declared, and how it stands with each authority. `ends`: when a CLEARED of theirs ends, where it does."""

    truck: TruckName
    plate: str
    standing: tuple[tuple[Authority, Standing], ...] = ()
    container: str = ""
    declared_weight_kg: int | None = None
    other_plates: tuple[str, ...] = ()
    until: float = float("inf")
    ends: tuple[tuple[Authority, float], ...] = ()
    direction: Direction | None = None
    priority: int = 0

    @property
    def is_cleared(self) -> bool:
        """By every authority, as each said last."""
        standing = dict(self.standing)
        return all(standing.get(authority) is Standing.CLEARED for authority in Authority)


class CameraNow(Struct, frozen=True):
    """`trouble`: why its pictures cannot be believed, "" while they can."""

    gate: GateName
    trouble: str = ""


COUNT_LOST = -1  # until persons declare or a truck sweeps the whole lane vacant


class Lane(Struct, frozen=True):
    """One lane's whole state. The maps are never changed in place: a step makes new ones.

    `armed`: it has been in service once, so a reset leads to CLOSED and not back to COMMISSIONING. `out`: taken out of service
    and not put back, which an emergency stop does not end. `count`: trucks counted into the lane less those counted out (R8),
    COUNT_LOST when that cannot be. `in_hours`: said to be within the site's opening hours. The maps of sections, points and gates are
    in driving order.
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
    out: bool = False
    count: int = COUNT_LOST
    cameras: dict[str, CameraNow] = field(default_factory=dict)
    weights: dict[GateName, WeightNow] = field(default_factory=dict)
    in_hours: bool = False


class Started(Struct, frozen=True):
    """The controller starts. `armed_before`: this lane was in service once (else COMMISSIONING).

    `lane`: what the journal's last step held, None without a journal: locks stay, vacancy is suspect until proved (R11).
    """

    armed_before: bool
    lane: Lane | None


Report = (
    DetectorsReported
    | BoomReported
    | SignalReported
    | WatchdogReported
    | LinkLost
    | UnitRestarted
    | TruckReported
    | PlateSeen
    | CameraReported
    | WeightReported
    | IdentityReported
    | SightReported
    | ConsignmentReported
    | ConsignmentWithdrawn
    | ClearanceReported
    | ActRequested
    | JournalReported
    | HoursReported
    | Started
    | Woke
)


class Step(Struct, frozen=True):
    """What one event led to. `wake_at`: when to step again if nothing is reported, never later than a limit's end."""

    lane: Lane
    commands: tuple[Command, ...]
    refusals: tuple[Refusal, ...]
    wake_at: float
