"""What the field and people say."""

from msgspec import Struct

from lanectl.model.words import (
    Act,
    Aspect,
    Authority,
    Boom,
    Connection,
    DetectorName,
    Direction,
    GateName,
    Match,
    PersonName,
    Placing,
    Reading,
    Sight,
    Standing,
    TruckMode,
    TruckName,
    UnitName,
)


class DetectorsReported(Struct, frozen=True):
    """One poll of one unit's inputs. `sent_at`: when the request went out, the age of a reading counts from there (D1)."""

    unit: UnitName
    sent_at: float
    readings: tuple[tuple[DetectorName, Reading], ...]


class BoomReported(Struct, frozen=True):
    """The barrier's own word. `fault` is its error in words, empty when there is none; `local` is local or manual working."""

    gate: GateName
    boom: Boom
    sent_at: float
    obstructed: bool = False
    fault: str = ""
    local: bool = False


class SignalReported(Struct, frozen=True):
    """What lamp proof shows. `lamp_failed`: the asked lamp takes no current."""

    gate: GateName
    shown: Aspect
    sent_at: float
    lamp_failed: bool = False


class WatchdogReported(Struct, frozen=True):
    """Read back from the unit. `proved`: seen to drop its outputs since this controller started (S7).

    `why_unproved`: how its last proof failed, "" while there is nothing to say.
    """

    unit: UnitName
    armed: bool
    tripped: bool
    proved: bool = False
    why_unproved: str = ""


class LinkLost(Struct, frozen=True):
    """A unit did not answer in time: everything it last said is UNKNOWN."""

    unit: UnitName
    reason: str


class UnitRestarted(Struct, frozen=True):
    """A unit lost power or was restarted: its detectors prove nothing yet (D4)."""

    unit: UnitName


class TruckReported(Struct, frozen=True):
    """A truck's state, as VDA 5050 tells it, in words of the lane.

    `last_node`: name of the last node it passed ("" before any). `authority_end`: the last released node of the order it
    shows to have taken, "" when it has no order of ours. `order_done`: that order's released way is driven to its end.
    `rejected`: why it refused our last order or action, "" if it did not. `standing`: it says that it does not drive.
    `cancelled`: it has confirmed our cancellation and shows no released way any more.
    `troubles`: codes with their figures of what its session found odd over several messages (drivers/truck_watch.py): for people.
    `places`: by its factsheet it can be told where it stands; `placing`: what came of it when it was told last.
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
    troubles: tuple[tuple[str, str], ...] = ()
    places: bool = False
    placing: Placing = Placing.NONE


Slot = tuple[tuple[str, float], ...]
"""One place of a read text: the characters that may stand there with the logarithm of their likelihood, "" for none at all."""


class PlateSeen(Struct, frozen=True):
    """One frame's read at a gate. `plate`: separators stripped; `score`: least character, 0–1; `evidence`: sha256 of the frame.

    `slots`: one a character, () from a reader that tells none. `box`: left, top, right, bottom in parts of the picture, () unknown.
    `markers`: numbers of the AprilTags in the picture.
    """

    camera: str
    gate: GateName
    plate: str
    score: float
    evidence: str
    slots: tuple[Slot, ...] = ()
    box: tuple[float, ...] = ()
    markers: tuple[int, ...] = ()


class Candidate(Struct, frozen=True):
    """Who it may be. `score`: how likely it is among all that the reads leave possible, 0–1."""

    truck: TruckName
    plate: str
    score: float


class CameraReported(Struct, frozen=True):
    """Whether a camera's pictures can be believed. `trouble`: a code (drivers/camera_health.py), "" while nothing is wrong."""

    camera: str
    gate: GateName
    trouble: str


class WeightReported(Struct, frozen=True):
    """What stands on a gate's weighbridge. `weight_kg` is None while nothing steady was weighed, and `why` is then its code."""

    gate: GateName
    weight_kg: int | None
    why: str = ""


class IdentityReported(Struct, frozen=True):
    """What voting over frames concluded of the truck that stands at a gate. `truck` is "" unless MATCHED.

    `candidates`: the likeliest of the manifest first, for the person who is asked. `confirmed_by`: the person who said who it is.
    `marked`: the truck whose marker it carries, "" where none was seen often enough.
    """

    gate: GateName
    match: Match
    truck: TruckName
    plate: str
    score: float
    evidence: str
    candidates: tuple[Candidate, ...] = ()
    confirmed_by: PersonName = ""
    marked: TruckName = ""


class SightReported(Struct, frozen=True):
    """What several frames agreed on of the truck at a gate, besides its plate in front. `text` is "" where they agree on nothing.

    Then `read` is what they came nearest to, "" where that is nothing, and `candidates` who of the manifest it may be, the likeliest first.
    `confirmed_by`: the person who read it in the picture.
    """

    gate: GateName
    sight: Sight
    text: str
    score: float
    evidence: str
    read: str = ""
    candidates: tuple[Candidate, ...] = ()
    confirmed_by: PersonName = ""


class ConsignmentReported(Struct, frozen=True):
    """A line of the manifest: this truck, under this plate, carries this consignment over the bridge.

    `container` (ISO 6346) and `declared_weight_kg` (of the whole truck) as declared, "" and None where nobody did. `other_plates`: what
    else may be read on it, a trailer's. `until`: it must have entered by then, on the monotonic clock.
    `direction`: the one in which it is carried, None for either. `priority`: 0 ordinary to 9 most urgent; the rules do not look at it.
    """

    consignment: str
    truck: TruckName
    plate: str
    container: str = ""
    declared_weight_kg: int | None = None
    other_plates: tuple[str, ...] = ()
    until: float = float("inf")
    direction: Direction | None = None
    priority: int = 0


class ConsignmentWithdrawn(Struct, frozen=True):
    """It is not to be carried any more. Nothing happens to one whose truck is in the lane: that comes too late."""

    consignment: str


class ClearanceReported(Struct, frozen=True):
    """`until`: when a CLEARED ends by itself, on the monotonic clock."""

    consignment: str
    authority: Authority
    standing: Standing
    until: float = float("inf")


class ActRequested(Struct, frozen=True):
    """A person's act. `target`: a gate, unit, truck or section, "" for the lane. `second`: the second person, proved at the edge.

    `place`: for SWEEP, the section in which the person sees the truck; for PLACE, the node that it passed last, and `x_m` where on the
    site's map it stands, None at the node. `truck`: for CONFIRM, the one that stands at the target; its `evidence` is the sha256 of the
    picture that the person looked at. `sight`: what besides its plate in front is confirmed, and `text` what the person
    read there.
    """

    act: Act
    by: PersonName
    target: str = ""
    reason: str = ""
    evidence: str = ""
    second: PersonName = ""
    place: str = ""
    truck: TruckName = ""
    x_m: float | None = None
    sight: Sight | None = None
    text: str = ""


class JournalReported(Struct, frozen=True):
    """Whether the journal can be written (E1)."""

    writable: bool


class HoursReported(Struct, frozen=True):
    """Whether it is within the site's opening hours, by the time of day, which only the edge knows (E4)."""

    within: bool


class Woke(Struct, frozen=True):
    """The time asked for has come."""
