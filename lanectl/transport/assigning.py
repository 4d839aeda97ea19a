"""Which waiting order goes to which truck: most urgent first, then whose time ends first. When it crosses is the dispatcher's matter."""

from collections.abc import Callable, Mapping, Sequence

from lanectl.model import Direction, TruckName
from lanectl.transport.book import Waiting


def first_come(
    waiting: Sequence[Waiting], free: Mapping[TruckName, Direction | None], at_gate: TruckName, cleared: Callable[[str], bool]
) -> list[tuple[str, TruckName]]:
    """Pairs of order and truck. `free`: trucks without an order, and the direction in which each can cross next, None for either.

    An order for any truck goes to the one that stands before the gate without one. What both authorities have cleared comes before what
    would only stand there and wait for them.
    """
    left = sorted(waiting, key=lambda each: (not cleared(each.order.consignment), -each.order.priority, each.order.latest, each.number))
    pairs: list[tuple[str, TruckName]] = []
    for truck, heading in free.items():
        mine = next((each for each in left if _suits(each, truck, heading, at_gate)), None)
        if mine is not None:
            left.remove(mine)
            pairs.append((mine.order.id, truck))
    return pairs


def _suits(waiting: Waiting, truck: TruckName, heading: Direction | None, at_gate: TruckName) -> bool:
    order = waiting.order
    return heading in (None, order.direction) and (order.truck == truck or (order.truck is None and truck == at_gate))
