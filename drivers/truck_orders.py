"""Orders for one crossing: from a truck's last node to the lane's far end, base up to its authority, horizon beyond. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import pi

import msgspec

from drivers.wire import WireError
from drivers.wire.vda5050.dialogue import AT_NODE_M
from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.messages import Action, ActionParameter, BlockingType, Edge, Node, NodePosition, Order, State
from drivers.wire.vda5050.supported import requires, supports
from drivers.wire.vda5050.topics import VERSION, Peer
from drivers.wire.vda5050.versions import ENROLLED, codec_of

UPDATE_ID_MAX = 2**32 - 1
UPDATES_MAX = 10_000  # of one order; room that an adopted order needs above its shown orderUpdateId


@dataclass(frozen=True, slots=True)
class TruckPlan:
    """A truck that may be sent over the lane. `version`: the VDA 5050 version that it speaks.

    `length_m`, `braking_mps2`: what the lane was laid out for, 0 where nobody said; its factsheet may not say worse.
    """

    serial: str
    manufacturer: str
    version: str = VERSION
    length_m: float = 0.0
    braking_mps2: float = 0.0


@dataclass(frozen=True, slots=True)
class NodeAction:
    """What every truck does at a node of a yard, like drop. `parameters`: key and value, as its factsheet describes them."""

    node: str
    action_type: str
    blocking: BlockingType = BlockingType.HARD
    parameters: tuple[tuple[str, str | float | bool], ...] = ()


@dataclass(frozen=True, slots=True)
class TrucksPlan:
    """`nodes`: name and metre of each stop place in driving order; a truck goes from each to the next. `back`: the same for the other
    direction of a lane that is worked both ways; no node is in both, so a node tells the direction.

    `run`: when this controller started, in whole seconds since 1970; orders and updates of a later run never look like an earlier one's.
    """

    interface: str
    map_id: str
    nodes: tuple[tuple[str, float], ...]
    speed_mps_max: float
    trucks: tuple[TruckPlan, ...]
    run: int
    actions: tuple[NodeAction, ...] = ()
    back: "TrucksPlan | None" = None
    _index: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {name: i for i, (name, _) in enumerate(self.nodes)})
        if not 0 < self.run < UPDATE_ID_MAX:
            raise ValueError(f"run {self.run}: seconds since 1970, from 1 to {UPDATE_ID_MAX}")
        if len(self.nodes) < 2 or any(self.ahead * b[1] <= self.ahead * a[1] for a, b in pairwise(self.nodes)):
            raise ValueError("a lane has at least two nodes, their metres rise in driving order, or all fall")
        both = {name for name, _ in self.nodes} & {name for name, _ in (self.back.nodes if self.back else ())}
        if both:
            raise ValueError(f"{min(both)} is a node of both directions")
        for truck in self.trucks:
            if not is_spoken(truck.version):
                raise ValueError(f"truck {truck.serial}: speaks VDA 5050 {truck.version}, the lane speaks {' and '.join(ENROLLED)}")
        for action in self.actions:
            if self.index(action.node) is None:
                raise ValueError(f"action {action.action_type}: {action.node} is no node of this lane")

    def peer(self, truck: TruckPlan) -> Peer:
        return Peer(self.interface, truck.manufacturer, truck.serial, truck.version)

    @property
    def ahead(self) -> int:
        """1 where metres rise in driving order, -1 where they fall."""
        return 1 if self.nodes[-1][1] > self.nodes[0][1] else -1

    @property
    def theta(self) -> float:
        """Radians: x runs along the lane."""
        return 0.0 if self.ahead > 0 else pi

    @property
    def all_actions(self) -> tuple[NodeAction, ...]:
        """Of both directions."""
        return self.actions + (self.back.actions if self.back is not None else ())

    def along(self, node: str) -> "TrucksPlan":
        """The direction that this node belongs to; this one if it belongs to none."""
        return self.back if self.back is not None and self.back.index(node) is not None else self

    def index(self, node: str) -> int | None:
        return self._index.get(node)


def is_spoken(version: str) -> bool:
    try:
        return ".".join(codec_of(version).version.split(".")[:2]) in ENROLLED
    except WireError:
        return False


def longest_id(plan: TrucksPlan, truck: TruckPlan) -> str:
    """Of all that an order to this truck can hold."""
    order_id = f"{plan.run}-{truck.serial}-9999"
    ways = [plan.nodes, plan.back.nodes if plan.back else ()]
    edges = [_edge_id(a, b) for way in ways for (a, _), (b, _) in pairwise(way)]
    actions = [action_id(order_id, action) for action in plan.all_actions]
    return max((order_id, *(name for way in ways for name, _ in way), *edges, *actions), key=len)


@dataclass(frozen=True, slots=True)
class Way:
    """What a state shows of an order. `foreign`: it leads over nodes that are not this lane's, or not in its order.

    `end`: the last released node and its sequenceId, ("", 0) without an order; `active`: something of it is still to be driven or released.
    """

    end: tuple[str, int] = ("", 0)
    driven: bool = False
    active: bool = False
    foreign: bool = False


def way_of(plan: TrucksPlan, state: State) -> Way:
    last = (state.last_node_id, state.last_node_sequence_id)
    plan = plan.along(state.node_states[0].node_id if state.node_states else last[0])
    if state.order_id == "":
        return Way()
    if not state.node_states:
        return Way(last, driven=True) if plan.index(last[0]) is not None else Way()
    if not _is_of_this_lane(plan, state):
        return Way(active=True, foreign=True)
    released = [node for node in state.node_states if node.released]
    if released:
        return Way((released[-1].node_id, released[-1].sequence_id), active=True)
    return Way(last, driven=True, active=True)


def start_of(plan: TrucksPlan, state: State) -> str:
    """The node a new order starts from: the last that the truck passed, by its own word or else by its position; "" if neither tells."""
    if plan.index(state.last_node_id) is not None:
        return state.last_node_id
    if state.agv_position is None or not state.agv_position.position_initialized:
        return ""
    behind = [name for name, at_m in plan.nodes if plan.ahead * at_m <= plan.ahead * state.agv_position.x + AT_NODE_M]
    return behind[-1] if behind else ""


def new_order(plan: TrucksPlan, peer: Peer, order_id: str, state: State, node: str, sheet: Factsheet | None) -> Order:
    """From where the truck is to `node` and, as horizon, beyond. `sheet`: its factsheet, None while unknown."""
    start = plan.index(start_of(plan, state))
    assert start is not None, "a truck without a place gets no order"
    first = _node(plan, order_id, start, 0, sheet, released=True)
    away_m = abs(state.agv_position.x - plan.nodes[start][1]) if state.agv_position is not None else 0.0
    deviates = supports(sheet, "nodes.nodePosition.allowedDeviationXY")
    if away_m > AT_NODE_M and first.node_position is not None and deviates is not False:
        position = msgspec.structs.replace(first.node_position, allowed_deviation_xy=float(round(away_m + 1)))
        first = msgspec.structs.replace(first, node_position=position)
    return _order(plan, peer, (order_id, 0), first, node, sheet)


def order_update(plan: TrucksPlan, peer: Peer, before: Order | None, state: State, node: str, sheet: Factsheet | None) -> Order:
    """Stitched to the end of the base that the truck shows, to `node`. `before`: our last order, None when an earlier run sent it."""
    way = way_of(plan, state)
    index = plan.index(way.end[0])
    assert way.active, "only an active order is updated"
    assert index is not None, "another's order is not updated"
    if before is None:
        update_id = max(state.order_update_id + 2, plan.run)  # an earlier run may have sent the next id, with other content
        stitch = _node(plan, state.order_id, index, way.end[1], sheet, released=True)
    else:
        update_id = before.order_update_id + 1
        stitch = [n for n in before.nodes if n.released][-1]
    assert (stitch.node_id, stitch.sequence_id) == way.end, "our base ends where the truck's does not"
    return _order(plan, peer, (state.order_id, update_id), stitch, node, sheet)


def base_end(order: Order) -> str:
    return [node for node in order.nodes if node.released][-1].node_id


def _is_of_this_lane(plan: TrucksPlan, state: State) -> bool:
    """The nodes still to come are this lane's, one behind the other, and follow the last node where the base is driven out."""
    shown = state.node_states
    first, sequence_id = plan.index(shown[0].node_id), shown[0].sequence_id
    if first is None or sequence_id % 2 or state.order_update_id >= UPDATE_ID_MAX - UPDATES_MAX:
        return False
    released = True
    for at, node in enumerate(shown):
        if plan.index(node.node_id) != first + at or node.sequence_id != sequence_id + 2 * at or (node.released and not released):
            return False
        released = node.released
    return shown[0].released or (plan.index(state.last_node_id), state.last_node_sequence_id) == (first - 1, sequence_id - 2)


def _order(plan: TrucksPlan, peer: Peer, identity: tuple[str, int], first: Node, node: str, sheet: Factsheet | None) -> Order:
    """Header id and timestamp are left open: they are set each time that the order is sent. Its horizon is as long as the truck takes."""
    start, end = plan.index(first.node_id), plan.index(node)
    assert start is not None, first.node_id
    assert end is not None, node
    assert end > start, f"authority from {first.node_id} cannot reach {node}"
    places = range(start + 1, min(len(plan.nodes), max(start + _nodes_max(plan, sheet), end + 1)))
    nodes = [_node(plan, identity[0], i, first.sequence_id + 2 * (i - start), sheet, released=i <= end) for i in places]
    edges = [_edge(plan, i, first.sequence_id + 2 * (i - start) - 1, i <= end, sheet) for i in places]
    return Order(
        header_id=0,
        timestamp="",
        version=peer.version,
        manufacturer=peer.manufacturer,
        serial_number=peer.serial,
        order_id=identity[0],
        order_update_id=identity[1],
        nodes=(first, *nodes),
        edges=tuple(edges),
    )


def _nodes_max(plan: TrucksPlan, sheet: Factsheet | None) -> int:
    nodes = (sheet.lists.order_nodes if sheet is not None else None) or len(plan.nodes)
    edges = (sheet.lists.order_edges if sheet is not None else None) or len(plan.nodes)
    return min(nodes, edges + 1)


def _node(plan: TrucksPlan, order_id: str, index: int, sequence_id: int, sheet: Factsheet | None, *, released: bool) -> Node:
    """Its actions have ids that follow from the order and the node, so that another run writes the same node (rule 11)."""
    name, at_m = plan.nodes[index]
    position = NodePosition(
        x=at_m,
        y=0.0,
        map_id=plan.map_id,
        theta=plan.theta if requires(sheet, "nodes.nodePosition.theta") else None,
        allowed_deviation_xy=AT_NODE_M if requires(sheet, "nodes.nodePosition.allowedDeviationXY") else None,
    )
    actions = tuple(
        Action(
            action_type=action.action_type,
            action_id=action_id(order_id, action),
            blocking_type=action.blocking,
            action_parameters=tuple(ActionParameter(key=key, value=value) for key, value in action.parameters) or None,
        )
        for action in plan.actions
        if action.node == name
    )
    positioned = supports(sheet, "nodes.nodePosition") is not False
    return Node(node_id=name, sequence_id=sequence_id, released=released, actions=actions, node_position=position if positioned else None)


def action_id(order_id: str, action: NodeAction) -> str:
    return f"{order_id}-{action.node}-{action.action_type}"


def _edge_id(start: str, end: str) -> str:
    return f"{start}--{end}"


def _edge(plan: TrucksPlan, index: int, sequence_id: int, released: bool, sheet: Factsheet | None) -> Edge:
    """The edge that ends at this node. Optional fields only as the factsheet supports them."""
    (start, from_m), (end, to_m) = plan.nodes[index - 1], plan.nodes[index]
    return Edge(
        edge_id=_edge_id(start, end),
        sequence_id=sequence_id,
        released=released,
        start_node_id=start,
        end_node_id=end,
        actions=(),
        max_speed=plan.speed_mps_max if supports(sheet, "edges.maxSpeed") else None,
        length=abs(to_m - from_m) if supports(sheet, "edges.length") else None,
    )
