"""What we ask of the field."""

from msgspec import Struct

from lanectl.model.words import Aspect, BoomMove, GateName, TruckName, UnitName


class SetBoom(Struct, frozen=True):
    """`urgent`: it makes the lane safer, goes out next and waits for no journal."""

    gate: GateName
    move: BoomMove
    urgent: bool = False


class SetAspect(Struct, frozen=True):
    gate: GateName
    aspect: Aspect


class ExtendAuthority(Struct, frozen=True):
    """The truck may drive to the end of `section` (its stop node), or to the far yard's node. Sent again until echoed."""

    truck: TruckName
    node: str


class CancelAuthority(Struct, frozen=True):
    truck: TruckName


class PauseTruck(Struct, frozen=True):
    truck: TruckName


class ResumeTruck(Struct, frozen=True):
    truck: TruckName


class PlaceTruck(Struct, frozen=True):
    """Tell a truck that stands that it passed `node` last. `x_m`: where on the site's map, which runs along the lane; None: at the node."""

    truck: TruckName
    node: str
    x_m: float | None = None


class ResetBarrier(Struct, frozen=True):
    gate: GateName


class RearmWatchdog(Struct, frozen=True):
    """Clear a latched trip, arm, prove that it drops the outputs, arm again, read back (S6, S7)."""

    unit: UnitName


class ReadPlate(Struct, frozen=True):
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
