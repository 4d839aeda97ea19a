"""How a simulated vehicle takes an order: the decisions of VDA 5050 2.1.0, figure 8, in its order. Pure."""

from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from drivers.wire.vda5050.messages import Action, Edge, Error, ErrorLevel, ErrorReference, Node, Order
from drivers.wire.vda5050.order_rules import broken_in

AT_NODE_M = 0.5  # this close to a node, the vehicle counts it as reached
FINDS_ITSELF_M = 10.0  # this far from where it is told that it stands


class Held(Struct, frozen=True):
    """The order that the vehicle holds: what is still to be driven of it, base and horizon, and the end of its base."""

    order_id: str = ""
    update_id: int = 0
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    base_end: tuple[str, int] = ("", 0)
    base_end_m: float | None = None
    cancelled: bool = False

    @property
    def active(self) -> bool:
        return bool(self.nodes)


@dataclass(frozen=True, slots=True)
class Able:
    """What the vehicle can do: its map, what it does at nodes. `working`: it is at it."""

    map_id: str
    actions: tuple[str, ...]
    working: bool


class Stand(Struct, frozen=True):
    """Where the vehicle is: its front, and the last node it passed with that node's sequenceId. `heading`: -1 where metres fall."""

    front_m: float
    last_node: str
    last_sequence: int
    heading: int = 1


def taken(held: Held, order: Order, stand: Stand, able: Able) -> Held | Error | None:
    """What the vehicle holds now, or why it refuses; None when it holds this very order already."""
    unfit = _unfit(order, able)
    if unfit is not None:
        return unfit
    if order.order_id != held.order_id:
        return _new(held, order, stand, working=able.working)
    if order.order_update_id == held.update_id:
        return None
    return _updated(held, order, stand)


def misplaced(action: Action, map_id: str, front_m: float) -> str:
    """Why the vehicle cannot find itself where an initPosition puts it, "" when it can."""
    told = {one.key: one.value for one in action.action_parameters or ()}
    x_m = told.get("x")
    if told.get("mapId") != map_id:
        return f"holds no map {told.get('mapId')}"
    if not isinstance(x_m, int | float) or abs(x_m - front_m) > FINDS_ITSELF_M:
        return f"what it sees is not what its map shows at x {x_m}"
    return ""


def passed(held: Held, stand: Stand) -> tuple[Held, Stand]:
    """The same after the vehicle looked which nodes of its base it has reached."""
    while held.nodes and held.nodes[0].released and (node_m(held.nodes[0]) - stand.front_m) * stand.heading <= AT_NODE_M:
        node = held.nodes[0]
        stand = replace(stand, last_node=node.node_id, last_sequence=node.sequence_id)
        edges = tuple(edge for edge in held.edges if edge.sequence_id > node.sequence_id)
        held = replace(held, nodes=held.nodes[1:], edges=edges)
    return held, stand


def refusal(error_type: str, order: Order | None, why: str, **references: str) -> Error:
    """A warning that names what was refused, so that the master control need not guess."""
    named = {"topic": "order"}
    if order is not None:
        named |= {"headerId": str(order.header_id), "orderId": order.order_id, "orderUpdateId": str(order.order_update_id)}
    pairs = tuple(ErrorReference(reference_key=k, reference_value=v) for k, v in (named | references).items())
    return Error(error_type=error_type, error_level=ErrorLevel.WARNING, error_references=pairs, error_description=why)


def action_refusal(error_type: str, action: Action) -> Error:
    reference = ErrorReference(reference_key="actionId", reference_value=action.action_id)
    return Error(error_type=error_type, error_level=ErrorLevel.WARNING, error_references=(reference,), error_description=action.action_type)


def node_m(node: Node) -> float:
    assert node.node_position is not None, "nodes without a position were refused"
    return node.node_position.x


def _unfit(order: Order, able: Able) -> Error | None:
    broken = broken_in(order)
    if broken:
        return refusal("validationError", order, broken[0].what)
    for node in order.nodes:
        if any(action.action_type not in able.actions for action in node.actions):
            return refusal("orderError", order, f"this truck does {' and '.join(able.actions)} at nodes", nodeId=node.node_id)
        if node.node_position is None or node.node_position.map_id != able.map_id:
            return refusal("orderError", order, f"this truck drives by positions on the map {able.map_id}", nodeId=node.node_id)
    for edge in order.edges:
        if edge.actions:
            return refusal("orderError", order, "this truck does nothing on edges", edgeId=edge.edge_id)
    return None


def _new(held: Held, order: Order, stand: Stand, *, working: bool) -> Held | Error:
    if held.active or working:
        return refusal("orderError", order, f"order {held.order_id} is not driven to its end")
    if order.order_update_id != 0:
        return refusal("orderUpdateError", order, f"no order {order.order_id} is held that could be updated")
    first = order.nodes[0]
    assert first.node_position is not None, "nodes without a position were refused"
    near_m = max(AT_NODE_M, first.node_position.allowed_deviation_xy or 0.0)
    if abs(node_m(first) - stand.front_m) > near_m:
        return refusal(
            "noRouteError", order, f"stands {abs(node_m(first) - stand.front_m):.1f} m from its first node", nodeId=first.node_id
        )
    return replace(_with_base_end(Held(), order), order_id=order.order_id, nodes=order.nodes, edges=order.edges)


def _updated(held: Held, order: Order, stand: Stand) -> Held | Error:
    if order.order_update_id < held.update_id:
        return refusal("orderUpdateError", order, f"orderUpdateId {held.update_id} is held already")
    if held.cancelled:
        return refusal("orderUpdateError", order, "this order was cancelled")
    first = order.nodes[0]
    needed = held.base_end if held.active else (stand.last_node, stand.last_sequence)
    if (first.node_id, first.sequence_id) != needed:
        return refusal(
            "orderUpdateError", order, f"starts at {first.node_id} ({first.sequence_id}), the base ends at {needed[0]} ({needed[1]})"
        )
    base = tuple(node for node in held.nodes if node.released)
    edges = tuple(edge for edge in held.edges if edge.released)
    return replace(_with_base_end(held, order), update_id=order.order_update_id, nodes=base + order.nodes[1:], edges=edges + order.edges)


def _with_base_end(held: Held, order: Order) -> Held:
    last = [node for node in order.nodes if node.released][-1]
    return replace(held, base_end=(last.node_id, last.sequence_id), base_end_m=node_m(last))
