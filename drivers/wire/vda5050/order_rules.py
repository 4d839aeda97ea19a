"""What an order must obey (VDA 5050 section 6.6): checked by the master control before it sends, by the vehicle before it takes.

Each function returns the broken rules as sentences, none when the order is right.
"""

from drivers.wire.vda5050.messages import Order


def broken_in(order: Order) -> list[str]:
    """Rules 7 and 8: what is wrong with this order, whatever came before it."""
    broken = []
    if len(order.edges) != len(order.nodes) - 1:
        broken.append(f"{len(order.nodes)} nodes need {len(order.nodes) - 1} edges, there are {len(order.edges)}")
        return broken
    first = order.nodes[0].sequence_id
    if first % 2:
        broken.append(f"node {order.nodes[0].node_id}: sequenceId {first} is odd, nodes are even")
    if [n.sequence_id for n in order.nodes] != [first + 2 * i for i in range(len(order.nodes))]:
        broken.append("sequenceId of the nodes is not continuous")
    if [e.sequence_id for e in order.edges] != [first + 1 + 2 * i for i in range(len(order.edges))]:
        broken.append("sequenceId of the edges is not continuous")
    for before, edge, after in zip(order.nodes, order.edges, order.nodes[1:], strict=False):
        if (edge.start_node_id, edge.end_node_id) != (before.node_id, after.node_id):
            broken.append(f"edge {edge.edge_id} does not join {before.node_id} and {after.node_id}")
        if edge.released != after.released:
            broken.append(f"edge {edge.edge_id} is released otherwise than its end {after.node_id}")
        if after.released and not before.released:
            broken.append(f"node {after.node_id} is released behind {before.node_id}, which is not")
    if not order.nodes[0].released:
        broken.append(f"the first node {order.nodes[0].node_id} is not released")
    return broken


def broken_by_following(order: Order, before: Order | None) -> list[str]:
    """Rules 9 to 13: what is wrong with this order after the last that was sent of the same orderId, None for a new one."""
    if before is None:
        return [] if order.order_update_id == 0 else [f"a new order has orderUpdateId 0, not {order.order_update_id}"]
    assert order.order_id == before.order_id, "another order follows nothing"
    if order.order_update_id == before.order_update_id:
        same = (order.nodes, order.edges) == (before.nodes, before.edges)
        return [] if same else [f"orderUpdateId {order.order_update_id} again with other content"]
    broken = []
    if order.order_update_id < before.order_update_id:
        broken.append(f"orderUpdateId {order.order_update_id} after {before.order_update_id}")
    base = [node for node in before.nodes if node.released]
    stitch = order.nodes[0]
    if stitch != base[-1]:
        broken.append(f"does not start from the last node of the base, {base[-1].node_id}, as it was sent")
    if any(node.released and node.sequence_id < stitch.sequence_id for node in order.nodes[1:]):
        broken.append("sends a node of the base again")
    return broken
