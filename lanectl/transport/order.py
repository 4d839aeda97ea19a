"""A transport order, what can be asked of it, and where it stands."""

from dataclasses import dataclass
from enum import Enum

from lanectl.model import Direction, TruckName


class OrderState(Enum):
    WAITING = "WAITING"  # accepted, for no truck yet
    HELD = "HELD"  # by whoever sent it, until released
    ASSIGNED = "ASSIGNED"  # to a truck that has not entered yet
    CROSSING = "CROSSING"  # its truck is in the lane
    DONE = "DONE"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"  # its latest time passed before its truck entered


OPEN_STATES = frozenset({OrderState.WAITING, OrderState.HELD, OrderState.ASSIGNED, OrderState.CROSSING})
STOPPABLE_STATES = frozenset({OrderState.WAITING, OrderState.HELD, OrderState.ASSIGNED})  # its truck is not in the lane


class Wish(Enum):
    """What whoever sent an order can ask of it."""

    ADD = "ADD"
    REPLACE = "REPLACE"
    WITHDRAW = "WITHDRAW"
    HOLD = "HOLD"
    RELEASE = "RELEASE"


@dataclass(frozen=True, slots=True)
class TransportOrder:
    """One crossing that somebody wants.

    `truck` is None for any truck. `consignment`: the name under which both authorities clear it. `container`: ISO 6346, "" for none.
    `plates`: what cameras may read on the truck, separators stripped; () where the truck's own are known. `declared_weight_kg`: of the
    whole truck, None where nobody declared it. `priority`: 0 ordinary to 9 most urgent. `earliest`, `latest`: when it may enter the lane.
    `empty_return`: the truck comes back without cargo.
    """

    id: str
    truck: TruckName | None
    direction: Direction
    consignment: str
    container: str
    plates: tuple[str, ...]
    declared_weight_kg: int | None
    priority: int
    earliest: float
    latest: float
    empty_return: bool

    @property
    def cargo(self) -> tuple[object, ...]:
        """What an authority clears: when it is another, it is to be cleared anew."""
        return (self.consignment, self.direction, self.container, self.plates, self.declared_weight_kg, self.empty_return)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked of one order. `order` for ADD and REPLACE alone. `place`: where it stands in what was sent, for people.

    `revision`: counts what its sender asked of this order, so that a message that comes late or twice is known; None from a person.
    """

    wish: Wish
    id: str
    order: TransportOrder | None = None
    revision: int | None = None
    why: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was not taken. `code` is stable; `place` says where it stands in what was sent, `remedy` what to do."""

    code: str
    place: str
    text: str
    remedy: str
