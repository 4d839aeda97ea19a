"""Transport orders for tests, in words."""

from dataclasses import replace

from lanectl.model import Direction
from lanectl.transport.book import OrderBook, Refused, Taken
from lanectl.transport.order import Asked, OrderState, TransportOrder, Wish

NOW = 1_790_000_000.0  # an afternoon; seconds since 1970
HOUR = 3600.0


def an_order(order_id: str = "A1", **other: object) -> TransportOrder:
    order = TransportOrder(
        id=order_id,
        truck=None,
        direction=Direction.VN_TO_CN,
        consignment=f"C-{order_id}",
        container="MSKU1234565",
        plates=("14C12345",),
        declared_weight_kg=32_000,
        priority=0,
        earliest=NOW - HOUR,
        latest=NOW + 6 * HOUR,
        empty_return=False,
    )
    return replace(order, **other)  # type: ignore[arg-type]  # names are checked by replace


def add(order: TransportOrder, revision: int | None = 1) -> Asked:
    return Asked(Wish.ADD, order.id, order, revision)


def replaced(order: TransportOrder, revision: int | None = 2) -> Asked:
    return Asked(Wish.REPLACE, order.id, order, revision)


def wish(what: Wish, order_id: str = "A1", revision: int | None = None) -> Asked:
    return Asked(what, order_id, None, revision)


def taken(result: Taken | Refused) -> OrderBook:
    assert isinstance(result, Taken), result
    return result.book


def codes(result: Taken | Refused) -> list[str]:
    return [problem.code for problem in result.problems] if isinstance(result, Refused) else []


def book_with(*orders: TransportOrder) -> OrderBook:
    return taken(OrderBook().ask(NOW, [add(order) for order in orders or (an_order(),)]))


def state(book: OrderBook, order_id: str = "A1") -> OrderState:
    return book.entries[order_id].state
