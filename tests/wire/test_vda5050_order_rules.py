"""The rules of orders and their updates (VDA 5050 section 6.6), broken one by one."""

from itertools import pairwise

import msgspec
import pytest

from drivers.wire.vda5050.messages import Edge, Node, NodePosition, Order
from drivers.wire.vda5050.order_rules import broken_by_following, broken_in


def order(names: str, released: int, *, first: int = 0, update_id: int = 0, order_id: str = "o1") -> Order:
    """Nodes a, b, c … of which so many are released; sequence ids from `first`."""
    nodes = tuple(
        Node(
            node_id=name,
            sequence_id=first + 2 * i,
            released=i < released,
            actions=(),
            node_position=NodePosition(x=float(ord(name)), y=0.0, map_id="lane"),
        )
        for i, name in enumerate(names)
    )
    edges = tuple(
        Edge(
            edge_id=a.node_id + b.node_id,
            sequence_id=a.sequence_id + 1,
            released=b.released,
            start_node_id=a.node_id,
            end_node_id=b.node_id,
            actions=(),
        )
        for a, b in pairwise(nodes)
    )
    return Order(
        header_id=0,
        timestamp="2026-01-01T00:00:00Z",
        version="2.1.0",
        manufacturer="m",
        serial_number="T01",
        order_id=order_id,
        order_update_id=update_id,
        nodes=nodes,
        edges=edges,
    )


def changed(given: Order, part: str, index: int, **values: object) -> Order:
    parts = list(getattr(given, part))
    parts[index] = msgspec.structs.replace(parts[index], **values)
    return msgspec.structs.replace(given, **{part: tuple(parts)})  # type: ignore[arg-type]


def test_right_orders_break_no_rule() -> None:
    first = order("abcd", 2)
    update = order("bcd", 2, first=2, update_id=1)
    assert broken_in(first) + broken_in(update) + broken_by_following(first, None) + broken_by_following(update, first) == []


def test_single_node_is_an_order() -> None:
    assert broken_in(order("a", 1)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (msgspec.structs.replace(order("abc", 1), edges=()), "3 nodes need 2 edges"),
        (changed(order("abc", 1), "nodes", 0, released=False), "first node a is not released"),
        (changed(order("abc", 1), "nodes", 2, released=True), "node c is released behind b"),
        (changed(order("abc", 3), "edges", 0, released=False), "edge ab is released otherwise"),
        (changed(order("abc", 1), "edges", 1, released=True), "edge bc is released otherwise"),
        (changed(order("abc", 1), "nodes", 1, sequence_id=3), "sequenceId of the nodes"),
        (changed(order("abc", 1), "edges", 1, sequence_id=5), "sequenceId of the edges"),
        (order("abc", 1, first=1), "is odd"),
        (changed(order("abc", 1), "edges", 0, end_node_id="c"), "edge ab does not join a and b"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_order_that_breaks_a_rule_is_told_which(wrong: Order, said: str) -> None:
    assert any(said in breach.what for breach in broken_in(wrong))


def test_new_order_begins_with_update_0() -> None:
    assert [breach.what for breach in broken_by_following(order("ab", 1, update_id=1), None)] == ["a new order has orderUpdateId 0, not 1"]


def test_same_update_again_needs_the_same_content() -> None:
    first = order("abc", 2)
    assert broken_by_following(msgspec.structs.replace(first, header_id=9, timestamp="2026-01-02T00:00:00Z"), first) == []
    assert [breach.what for breach in broken_by_following(order("abc", 3), first)] == ["orderUpdateId 0 again with other content"]


@pytest.mark.parametrize(
    ("update", "said"),
    [
        (order("bcd", 2, first=2, update_id=1), "orderUpdateId 1 after 3"),
        (order("cd", 2, first=4, update_id=4), "does not start from the last node of the base, b"),
        (order("abcd", 3, update_id=4), "does not start from the last node of the base, b"),
        (order("bcd", 2, first=6, update_id=4), "does not start from the last node of the base, b"),
        (changed(order("bcd", 2, first=2, update_id=4), "nodes", 0, node_position=None), "as it was sent"),
    ],
    ids=["lower id", "gap", "base again", "other sequenceId", "other content"],
)
def test_update_that_breaks_a_rule_is_told_which(update: Order, said: str) -> None:
    before = order("abcd", 2, update_id=3)
    assert any(said in breach.what for breach in broken_by_following(update, before))


def test_horizon_may_change_freely() -> None:
    assert broken_by_following(order("bxyz", 3, first=2, update_id=1), order("abcd", 2)) == []
