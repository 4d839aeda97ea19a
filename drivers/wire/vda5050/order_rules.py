"""What an order must obey by itself and as an update (VDA 5050 section 6.6): rules 7 to 13.

Checked by the master control before it sends, by the vehicle before it takes, and by whoever judges recorded traffic.
Nothing found means right.
"""

from drivers.wire.vda5050.messages import Edge, Node, Order
from drivers.wire.vda5050.rules import Breach


def broken_in(order: Order) -> list[Breach]:
    """Rules 7 and 8: what is wrong with this order, whatever came before it."""
    nodes, edges = order.nodes, order.edges
    if len(edges) != len(nodes) - 1:
        return [Breach(7, "$.edges", f"{len(nodes)} nodes need {len(nodes) - 1} edges, there are {len(edges)}")]
    found = _sequence(order)
    for i, edge in enumerate(edges):
        found += _joint(i, nodes[i], edge, nodes[i + 1])
    if not nodes[0].released:
        found.append(Breach(8, "$.nodes[0].released", f"the first node {nodes[0].node_id} is not released"))
    return found


def _sequence(order: Order) -> list[Breach]:
    first, found = order.nodes[0].sequence_id, []
    if first % 2:
        found.append(Breach(7, "$.nodes[0].sequenceId", f"node {order.nodes[0].node_id}: sequenceId {first} is odd, nodes are even"))
    if [n.sequence_id for n in order.nodes] != [first + 2 * i for i in range(len(order.nodes))]:
        found.append(Breach(7, "$.nodes", "sequenceId of the nodes is not continuous"))
    if [e.sequence_id for e in order.edges] != [first + 1 + 2 * i for i in range(len(order.edges))]:
        found.append(Breach(7, "$.edges", "sequenceId of the edges is not continuous"))
    return found


def _joint(at: int, before: Node, edge: Edge, after: Node) -> list[Breach]:
    found, place = [], f"$.edges[{at}]"
    if (edge.start_node_id, edge.end_node_id) != (before.node_id, after.node_id):
        found.append(Breach(7, place, f"edge {edge.edge_id} does not join {before.node_id} and {after.node_id}"))
    if edge.released != after.released:
        found.append(Breach(8, f"{place}.released", f"edge {edge.edge_id} is released otherwise than its end {after.node_id}"))
    if after.released and not before.released:
        what = f"node {after.node_id} is released behind {before.node_id}, which is not"
        found.append(Breach(8, f"$.nodes[{at + 1}].released", what))
    return found


def broken_by_following(order: Order, before: Order | None) -> list[Breach]:
    """Rules 9 to 13: what is wrong with this order after the last that was taken of the same orderId, None for a new one."""
    if before is None:
        what = f"a new order has orderUpdateId 0, not {order.order_update_id}"
        return [] if order.order_update_id == 0 else [Breach(9, "$.orderUpdateId", what)]
    assert order.order_id == before.order_id, "another order follows nothing"
    if order.order_update_id == before.order_update_id:
        same = (order.nodes, order.edges) == (before.nodes, before.edges)
        return [] if same else [Breach(13, "$", f"orderUpdateId {order.order_update_id} again with other content")]
    found = []
    if order.order_update_id < before.order_update_id:
        found.append(Breach(10, "$.orderUpdateId", f"orderUpdateId {order.order_update_id} after {before.order_update_id}"))
    return found + _stitched(order, before)


def _stitched(order: Order, before: Order) -> list[Breach]:
    base = [node for node in before.nodes if node.released]
    stitch, end = order.nodes[0], base[-1]
    if (stitch.node_id, stitch.sequence_id) != (end.node_id, end.sequence_id):
        earlier = any((stitch.node_id, stitch.sequence_id) == (node.node_id, node.sequence_id) for node in base)
        if earlier and not _repeats(order, base):
            return [Breach(12, "$.nodes", f"changes the base that was sent, which ends at {end.node_id}")]
        what = f"does not start from the last node of the base, {end.node_id} ({end.sequence_id})"
        return [Breach(10, "$.nodes[0]", what)]
    if stitch != end:
        return [Breach(11, "$.nodes[0]", f"node {end.node_id} is not as it was sent")]
    return []


def _repeats(order: Order, base: list[Node]) -> bool:
    """The base from some node on is sent again as it was: superfluous (rule 10), but no change of it (rule 12)."""
    at = [node.sequence_id for node in base].index(order.nodes[0].sequence_id)
    return tuple(base[at:]) == order.nodes[: len(base) - at]


def base_of(order: Order) -> list[Node]:
    return [node for node in order.nodes if node.released]
