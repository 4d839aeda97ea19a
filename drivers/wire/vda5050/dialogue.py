"""What one vehicle and its master control have said to each other, and which rules the next message would break.

The master control asks before each send and refuses itself what breaks one; whoever judges recorded traffic asks of every message. Asking
changes nothing; `sent_…` and `heard_…` take a message up. In a `complete` dialogue, what was not heard was not said; in a recording that
begins somewhere it may have been said before.
"""

from collections.abc import Collection, Mapping
from typing import TypeVar

from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.messages import (
    ActionStatus,
    Connection,
    ConnectionState,
    Edge,
    ErrorLevel,
    EStop,
    InstantActions,
    Node,
    OperatingMode,
    Order,
    State,
)
from drivers.wire.vda5050.order_rules import base_of, broken_by_following, broken_in
from drivers.wire.vda5050.rules import Breach
from drivers.wire.vda5050.supported import unsupported_in
from drivers.wire.vda5050.topics import Topic

AT_NODE_M = 0.5  # a vehicle this close to a node stands at it
BY_HAND = (OperatingMode.MANUAL, OperatingMode.SERVICE, OperatingMode.TEACHIN)
ENDED = (ActionStatus.FINISHED, ActionStatus.FAILED)
FORGOTTEN_AFTER = 3  # states: a vehicle that was started anew answers nothing
KEPT_MAX = 5000  # orders and ids that are remembered

UPDATE_DIGITS_MAX = 10  # of a uint32

K = TypeVar("K")
V = TypeVar("V")
Shown = tuple[str, int]


class Dialogue:
    def __init__(self, *, complete: bool) -> None:
        self.state: State | None = None
        self.connection: ConnectionState | None = None
        self.factsheet: Factsheet | None = None
        self._complete = complete
        self._orders: dict[Shown, Order] = {}
        self._last: Order | None = None  # that was sent
        self._echoed: dict[Shown, None] = {}  # of the orders that were sent
        self._refused: dict[Shown, None] = {}
        self._over: dict[str, str] = {}  # orderId -> why it takes no update
        self._cancels: dict[str, str] = {}  # actionId -> orderId, until one of them is answered
        self._idle = 0  # states without an active order since the last cancelOrder
        self._actions: dict[str, str] = {}  # actionId -> where it was used
        self._headers: dict[Topic, int] = {}
        self._base: dict[int, str] = {}  # sequenceId -> node, released and not seen driven

    # ------------------------------------------------------------ may it be sent?

    def broken_by_order(self, order: Order, plain: Mapping[str, object] | None = None) -> list[Breach]:
        again = self._orders.get(_shown(order))
        found = self._header(Topic.ORDER, order.header_id) + self._by_hand("an order") + broken_in(order)
        if again is not None:
            return found + self._repeated(order, again) + self._unfit()
        return found + self._next(order) + self._unfit() + self._ids(order) + unsupported_in(order, self.factsheet, plain)

    def broken_by_actions(self, message: InstantActions) -> list[Breach]:
        found = self._header(Topic.INSTANT_ACTIONS, message.header_id) + self._by_hand("an instant action")
        seen: set[str] = set()
        for at, action in enumerate(message.actions):
            place = f"$.actions[{at}].actionId"
            if action.action_id in self._actions or action.action_id in seen:
                found.append(
                    Breach(18, place, f"actionId {action.action_id} was used before, {self._actions.get(action.action_id, 'here')}")
                )
            seen.add(action.action_id)
            if action.action_type == "cancelOrder" and not self._has_something_to_cancel():
                found.append(Breach(26, f"$.actions[{at}]", "cancelOrder, and no order is active"))
        return found

    def broken_by_state(self, state: State) -> list[Breach]:
        """What a vehicle may say wrong about itself: its count (rule 3)."""
        return self._header(Topic.STATE, state.header_id)

    def _header(self, topic: Topic, header_id: int) -> list[Breach]:
        last = self._headers.get(topic)
        if last is None or header_id == last + 1:
            return []
        return [Breach(3, "$.headerId", f"headerId {header_id} after {last}")]

    def _by_hand(self, what: str) -> list[Breach]:
        if self.state is None or self.state.operating_mode not in BY_HAND:
            return []
        return [Breach(17, "sequence", f"{what} to a vehicle in {self.state.operating_mode.value}")]

    def _unfit(self) -> list[Breach]:
        """Rule 26, as far as anything was heard."""
        if self._complete and (self.state is None or self.connection is None):
            return [Breach(26, "sequence", "nothing was heard of the vehicle yet")]
        found = []
        if self.connection not in (ConnectionState.ONLINE, None):
            found.append(f"its connection is {self.connection.value}")
        if self.state is not None:
            found += unfit(self.state)
        return [Breach(26, "sequence", f"an order though {why}") for why in found]

    def _repeated(self, order: Order, before: Order) -> list[Breach]:
        found = broken_by_following(order, before)
        if order.order_id in self._over and _shown(order) in self._echoed:
            found.append(Breach(26, "$.orderId", f"order {order.order_id} again, it {self._over[order.order_id]}"))
        if order.timestamp == before.timestamp and not found:
            found.append(Breach(25, "$.timestamp", "sent again under the same timestamp"))
        return found

    def _next(self, order: Order) -> list[Breach]:
        if order.order_id in self._over:
            over = self._over[order.order_id]
            rule = 15 if "cancelled" in over else 26
            return [Breach(rule, "$.orderId", f"orderUpdateId {order.order_update_id} of order {order.order_id}, which {over}")]
        if self._continues(order.order_id):
            return self._update(order)
        known = self._complete or self._last is not None or order.order_update_id == 0
        found = broken_by_following(order, None) if known else []
        return found + self._new(order)

    def _continues(self, order_id: str) -> bool:
        shown = self.state is not None and self.state.order_id == order_id
        return shown or (self._last is not None and self._last.order_id == order_id)

    def _update(self, order: Order) -> list[Breach]:
        """Rules 10 to 13, 24 and 25, against what the vehicle shows, or else against what was sent last."""
        state, last = self.state, self._last
        found = []
        if last is not None and last.order_id == order.order_id and _shown(last) not in self._echoed and self._complete_or_heard():
            if _shown(last) in self._refused:
                found.append(Breach(24, "sequence", f"builds on orderUpdateId {last.order_update_id}, which the vehicle has refused"))
            else:
                found.append(Breach(25, "sequence", f"orderUpdateId {last.order_update_id} was not shown by any state yet"))
        shown = self._orders.get((state.order_id, state.order_update_id)) if state is not None else None
        before = shown or (last if last is not None and last.order_id == order.order_id else None)
        if before is not None:
            highest = max(update_id for order_id, update_id in self._orders if order_id == order.order_id)
            if order.order_update_id <= highest and order.order_update_id > before.order_update_id:
                found.append(Breach(10, "$.orderUpdateId", f"orderUpdateId {order.order_update_id} after {highest}"))
            return found + broken_by_following(order, before)
        return found + (_adopted(order, state) if state is not None else [])

    def _complete_or_heard(self) -> bool:
        return self._complete or self.state is not None

    def _new(self, order: Order) -> list[Breach]:
        found = []
        if self._cancels:
            found.append(Breach(14, "sequence", "a cancellation is not FINISHED yet"))
        if self.state is not None and self._holds_another(self.state, order):
            found.append(Breach(14, "$.orderId", f"order {self.state.order_id} is still active"))
        if self.state is not None and not _reaches(order, self.state):
            what = f"first node {order.nodes[0].node_id}, the vehicle is at {self.state.last_node_id or 'no node'}"
            found.append(Breach(8, "$.nodes[0]", what))
        return found

    def _holds_another(self, state: State, order: Order) -> bool:
        """What it confirmed to have cancelled it holds no more, though it shows a horizon on."""
        cancelled = state.order_id in self._over and not any(node.released for node in state.node_states)
        return self.is_active(state) and state.order_id != order.order_id and not cancelled

    def _ids(self, order: Order) -> list[Breach]:
        found, seen = [], set[str]()
        for action_id, where in _actions_of(order):
            used = self._actions.get(action_id, where)
            if used != where or action_id in seen:
                found.append(Breach(18, "$", f"actionId {action_id} was used before, {used}"))
            seen.add(action_id)
        return found

    def _has_something_to_cancel(self) -> bool:
        return self.state is None or self.is_active(self.state) or self._is_pending()

    def _is_pending(self) -> bool:
        """The last order was neither shown nor refused yet."""
        return self._last is not None and (shown := _shown(self._last)) not in self._echoed and shown not in self._refused

    # ------------------------------------------------------------ what was said

    def sent_order(self, order: Order) -> None:
        self._headers[Topic.ORDER] = order.header_id
        self._last = self._orders[_shown(order)] = order
        self._actions.update(_actions_of(order))
        if self._base and self.state is not None and self.state.order_id != order.order_id and not self.is_active(self.state):
            self._base = {}
        self._base.update({node.sequence_id: node.node_id for node in base_of(order)})
        _limit(self._orders)
        _limit(self._actions)

    def sent_actions(self, message: InstantActions) -> None:
        self._headers[Topic.INSTANT_ACTIONS] = message.header_id
        for action in message.actions:
            self._actions[action.action_id] = f"as {action.action_type}"
            if action.action_type == "cancelOrder":
                self._cancel(action.action_id)

    def _cancel(self, action_id: str) -> None:
        ids = {self.state.order_id} if self.state is not None and self.is_active(self.state) else set()
        if self._last is not None and _shown(self._last) not in self._echoed:
            ids.add(self._last.order_id)
        for order_id in ids - {""}:
            self._over[order_id] = "was cancelled"
            self._cancels[action_id] = order_id
        self._idle = 0

    def heard_connection(self, message: Connection) -> None:
        """Rule 20: taken whatever its header says. A vehicle that signs on may have begun to count anew."""
        self.connection = message.connection_state
        if self.connection is ConnectionState.ONLINE:
            self._headers.pop(Topic.STATE, None)

    def heard_factsheet(self, sheet: Factsheet) -> None:
        self.factsheet = sheet

    def heard_state(self, state: State) -> None:
        self._headers[Topic.STATE] = state.header_id
        was, self.state = self.state, state
        if _shown(state) in self._orders:
            self._echoed[_shown(state)] = None
        for error in state.errors:
            refers = {one.reference_key: one.reference_value for one in error.error_references or ()}
            if error.error_type != "noOrderToCancel" and refers.get("orderId") and refers.get("orderUpdateId", "").isdigit():
                self._refuse((refers["orderId"], int(refers["orderUpdateId"][:UPDATE_DIGITS_MAX])))
        self._refused.pop(_shown(state), None)
        self._answer_cancels(state)
        if was is not None and was.order_id not in ("", state.order_id) and self._over.get(was.order_id) is None:
            self._over[was.order_id] = "is over"
        for kept in (self._echoed, self._refused):
            _limit(kept)
        _limit(self._over)
        self._drive(state)

    def _refuse(self, shown: Shown) -> None:
        if shown in self._orders:
            self._refused[shown] = None

    def _answer_cancels(self, state: State) -> None:
        """One answer serves all that were sent for the same order; a vehicle that shows none any more has forgotten them."""
        self._idle = 0 if self.is_active(state) else self._idle + 1
        if not self._cancels:
            return
        ended = {one.action_id for one in state.action_states if one.action_status in ENDED}
        answered = {order_id for action_id, order_id in self._cancels.items() if action_id in ended}
        if self._idle >= FORGOTTEN_AFTER:
            self._cancels = {}
        self._cancels = {action_id: order_id for action_id, order_id in self._cancels.items() if order_id not in answered}

    def is_active(self, state: State) -> bool:
        """An order is active until its nodes are driven and the actions at them have ended."""
        if state.order_id == "" or state.node_states or state.edge_states:
            return state.order_id != ""
        known = f"order {state.order_id}, "
        return any(one.action_status not in ENDED and self._actions.get(one.action_id, "").startswith(known) for one in state.action_states)

    def _drive(self, state: State) -> None:
        last = self._last
        pending = self._is_pending()
        if last is None or (state.order_id != last.order_id and not pending):
            self._base = {}
        if state.order_id == (last.order_id if last is not None else state.order_id):
            if not self.is_active(state) and not pending:
                self._base = {}
            self._base = {at: node for at, node in self._base.items() if at > state.last_node_sequence_id}
        self._base.update({node.sequence_id: node.node_id for node in state.node_states if node.released})

    @property
    def released_ahead(self) -> Collection[str]:
        """Rules 16 and 27: nodes that are released to it and that it was not seen to have driven, whatever became of its link."""
        return self._base.values()


def _limit(kept: dict[K, V]) -> None:
    """The oldest goes first: what a vehicle makes up must not fill the memory."""
    while len(kept) > KEPT_MAX:
        kept.pop(next(iter(kept)))


def unfit(state: State) -> list[str]:
    """Rule 26: why no order may go to a vehicle that says this."""
    conditions = (
        (state.operating_mode in (OperatingMode.AUTOMATIC, *BY_HAND), f"its mode is {state.operating_mode.value}"),  # by hand: rule 17
        (state.agv_position is not None and state.agv_position.position_initialized, "it is not localised"),
        (state.safety_state.e_stop is EStop.NONE, "it is emergency-stopped"),
        (not any(error.error_level is ErrorLevel.FATAL for error in state.errors), "it reports a FATAL error"),
    )
    return [why for holds, why in conditions if not holds]


def _shown(message: Order | State) -> Shown:
    return message.order_id, message.order_update_id


def _actions_of(order: Order) -> list[tuple[str, str]]:
    parts: tuple[Node | Edge, ...] = (*order.nodes, *order.edges)
    return [(action.action_id, f"order {order.order_id}, {part.sequence_id}") for part in parts for action in part.actions]


def _adopted(order: Order, state: State) -> list[Breach]:
    """An update to an order that the vehicle shows and that was not seen being sent: its base ends where the vehicle says."""
    released = [node for node in state.node_states if node.released]
    end = (released[-1].node_id, released[-1].sequence_id) if released else (state.last_node_id, state.last_node_sequence_id)
    stitch, found = order.nodes[0], []
    if (stitch.node_id, stitch.sequence_id) != end:
        found.append(Breach(10, "$.nodes[0]", f"does not start from the last node of the base, {end[0]} ({end[1]})"))
    if order.order_update_id <= state.order_update_id:
        found.append(Breach(10, "$.orderUpdateId", f"orderUpdateId {order.order_update_id} after {state.order_update_id}"))
    return found


def _reaches(order: Order, state: State) -> bool:
    """Rule 8: it is at the first node, by name or within the deviation that the node allows. Who drives by names alone has no position."""
    first, position = order.nodes[0], state.agv_position
    if first.node_id == state.last_node_id:
        return True
    if first.node_position is None or position is None:
        return False
    near_m = max(AT_NODE_M, first.node_position.allowed_deviation_xy or 0.0)
    away_m = max(abs(first.node_position.x - position.x), abs(first.node_position.y - position.y))
    return away_m <= near_m and first.node_position.map_id == position.map_id
