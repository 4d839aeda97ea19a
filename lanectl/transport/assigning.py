"""Which waiting order goes to which truck, as long as nothing better decides it: most urgent first, then whose time ends first."""

from collections.abc import Callable, Iterable, Sequence

from lanectl.model import Direction, TruckName
from lanectl.transport.book import Waiting


def first_come(
    waiting: Sequence[Waiting], free: Iterable[TruckName], at_gate: TruckName, direction: Direction, cleared: Callable[[str], bool]
) -> list[tuple[str, TruckName]]:
    """Pairs of order and truck. An order for any truck goes to the one that stands before the gate without one.

    What both authorities have cleared comes before what would only stand there and wait for them.
    """
    left = sorted(
        (each for each in waiting if each.order.direction is direction),
        key=lambda each: (not cleared(each.order.consignment), -each.order.priority, each.order.latest, each.number),
    )
    pairs: list[tuple[str, TruckName]] = []
    for truck in free:
        mine = next((each for each in left if each.order.truck == truck or (each.order.truck is None and truck == at_gate)), None)
        if mine is not None:
            left.remove(mine)
            pairs.append((mine.order.id, truck))
    return pairs
