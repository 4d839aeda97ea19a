"""What we ask of the field."""

from dataclasses import dataclass

from lanectl.model.words import Aspect, BoomMove, GateName, TruckName, UnitName


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
class PlaceTruck:
    """Tell a truck that stands that it passed `node` last. `x_m`: where on the site's map, which runs along the lane; None: at the node."""

    truck: TruckName
    node: str
    x_m: float | None = None


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


Command = (
    SetBoom
    | SetAspect
    | ExtendAuthority
    | CancelAuthority
    | PauseTruck
    | ResumeTruck
    | PlaceTruck
    | ResetBarrier
    | RearmWatchdog
    | ReadPlate
)


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
