"""Which order comes next, from what a truck shows and what it was sent: a new one, an update, the last one again, or why none. Pure."""

from dataclasses import dataclass, replace

from drivers.truck_orders import TrucksPlan, base_end, new_order, order_update, start_of, way_of
from drivers.truck_reports import shown_of
from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.messages import Order, State
from drivers.wire.vda5050.topics import Peer


@dataclass(frozen=True, slots=True)
class Standing:
    """How a truck stands with its orders. `pending`: `sent` was shown by no state yet; `order_id`: for a new order, if it comes to that."""

    plan: TrucksPlan
    peer: Peer
    sheet: Factsheet | None
    state: State
    sent: Order | None
    pending: bool
    cancelled: bool
    order_id: str


def next_order(now: Standing, node: str) -> Order | str:
    """The order that reaches to `node`, or why there is none; "" when the truck shows it already."""
    now = replace(now, plan=now.plan.along(node))
    if now.plan.index(node) is None:
        return f"{node} is no node of this lane"
    if now.pending:
        return _again(now, node)
    if way_of(now.plan, now.state).active and not now.cancelled:  # rule 15: no update to a cancelled order, though its horizon be shown on
        return _update(now, now.sent, node)
    return _new(now, node)


def _again(now: Standing, node: str) -> Order | str:
    """The truck has not shown our last order yet: the same content again (rule 25), unless it can take it no more."""
    sent, state = now.sent, now.state
    assert sent is not None
    lost = sent.order_id != state.order_id and (sent.order_update_id > 0 or sent.nodes[0].node_id != start_of(now.plan, state))
    overtaken = sent.order_id == state.order_id and state.order_update_id > sent.order_update_id
    if lost or overtaken:
        return _update(now, None, node) if way_of(now.plan, state).active else _new(now, node)
    if _place(now, node) < _place(now, base_end(sent)):
        return f"it was sent to {base_end(sent)} already, what is released cannot be taken back"
    return sent


def _new(now: Standing, node: str) -> Order | str:
    start = start_of(now.plan, now.state)
    if start == "" or _place(now, node) <= _place(now, start):
        return f"stands at {start or 'no node of this lane'}, {node} is not before it"
    return new_order(now.plan, now.peer, now.order_id, now.state, node, now.sheet)


def _update(now: Standing, sent: Order | None, node: str) -> Order | str:
    end = way_of(now.plan, now.state).end[0]
    ours = sent if sent is not None and shown_of(sent) == shown_of(now.state) else None
    if ours is not None and base_end(ours) != end:
        return f"shows a base to {end}, it was sent one to {base_end(ours)}"
    if _place(now, node) < _place(now, end):
        return f"is released to {end} already, what is released cannot be taken back"
    return "" if node == end else order_update(now.plan, now.peer, ours, now.state, node, now.sheet)


def _place(now: Standing, node: str) -> int:
    index = now.plan.index(node)
    assert index is not None, node
    return index
