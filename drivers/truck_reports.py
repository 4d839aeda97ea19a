"""A truck's state in words of the lane. Pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from drivers.truck_orders import TrucksPlan, Way, action_id, base_end, way_of
from drivers.wire.vda5050.messages import ActionStatus, Error, ErrorLevel, EStop, OperatingMode, Order, State
from lanectl.model import Connection, Placing, TruckMode, TruckReported

DRIVING_ACTIONS = ("startPause", "stopPause")
MODES = {mode: TruckMode(mode.value) for mode in OperatingMode}
STANDS_BELOW_MPS = 0.05  # what a truck that stands may still measure


class Asked(Struct, frozen=True):
    """What we asked of the truck, against which its state is read.

    `header_ids`: under which `order` went out; `action_id`: the last instant action's. `ends`: where the base of each order ends that was
    sent to it, by orderId and orderUpdateId; `over`: orders whose cancellation it has confirmed. `plain`: its place may be believed.
    """

    order: Order | None
    taken: bool
    header_ids: tuple[int, ...]
    action_id: str
    cancelled: bool
    not_enrolled: str
    ends: Mapping[tuple[str, int], str]
    over: AbstractSet[str]
    plain: bool = True
    troubles: tuple[tuple[str, str], ...] = ()
    places: bool = False
    placing: Placing = Placing.NONE


def reported(
    plan: TrucksPlan, serial: str, connection: Connection, last: tuple[State, Way] | None, asked: Asked, *, fresh: bool
) -> TruckReported:
    """Not `fresh` while no state has come since the connection changed: the truck is then neither localised nor proved standing."""
    if last is None:
        return TruckReported(serial, connection, standing=False, fatal=asked.not_enrolled, troubles=asked.troubles)
    state, way = last
    end = "" if asked.cancelled or way.foreign else _authority_end(state, way, asked)
    return TruckReported(
        truck=serial,
        connection=connection,
        mode=MODES[state.operating_mode],
        localised=fresh and asked.plain and is_localised(plan, state),
        e_stop=state.safety_state.e_stop is not EStop.NONE,
        fatal=_fatal(state, way, asked),
        last_node=state.last_node_id,
        authority_end=end,
        order_done=end != "" and way.driven and state.last_node_id == end,
        standing=fresh and _stands(state) and not _shows_again(state, asked),
        paused=bool(state.paused),
        cancelled=asked.cancelled and not any(node.released for node in state.node_states),
        rejected=_rejected(plan, state, asked),
        troubles=asked.troubles,
        places=asked.places,
        placing=asked.placing,
    )


def _authority_end(state: State, way: Way, asked: Asked) -> str:
    """The end of the order that it shows, by our own record where we sent it: a truck that lies about its place could otherwise look as
    if it had taken an order that it has not heard (rule 25).
    """
    shown, end = shown_of(state), way.end[0]
    if state.order_id in asked.over:
        return ""
    known = asked.ends.get(shown)
    if known is not None and (way.driven or known == end):
        return known if state.node_states or state.last_node_id == known else ""
    pending = None if asked.taken else asked.order
    if pending is not None and shown != shown_of(pending) and end == base_end(pending):
        return known or ""
    return end


def _shows_again(state: State, asked: Asked) -> bool:
    """A released way of an order that it had confirmed to be cancelled: where it will stop nobody knows."""
    return not asked.cancelled and state.order_id in asked.over and any(node.released for node in state.node_states)


def unfit_for_order(plan: TrucksPlan, connection: Connection, state: State | None, not_enrolled: str, *, plain: bool = True) -> str:
    """Why no order may go to this truck now (rules 17 and 26), "" when one may."""
    if connection is not Connection.ONLINE:
        return f"its connection is {connection.value}"
    if state is None:
        return "no state has come since it signed on"
    way = way_of(plan, state)
    conditions = (
        (state.operating_mode is OperatingMode.AUTOMATIC, f"its mode is {state.operating_mode.value}"),
        (is_localised(plan, state), f"it is not localised on the map {plan.map_id}"),
        (plain, "its place is not believed: it jumped, or two trucks use its serial"),
        (state.safety_state.e_stop is EStop.NONE, "it is emergency-stopped"),
        (not any(error.error_level is ErrorLevel.FATAL for error in state.errors), "it reports a fatal error"),
        (not way.foreign, f"its order {state.order_id} is not of this lane"),
        (not not_enrolled, not_enrolled),
    )
    return next((why for holds, why in conditions if not holds), "")


def is_localised(plan: TrucksPlan, state: State) -> bool:
    position = state.agv_position
    return position is not None and position.position_initialized and position.map_id == plan.map_id


def shown_of(message: State | Order) -> tuple[str, int]:
    """Which order, in which update: the echo of rule 25."""
    return message.order_id, message.order_update_id


def _stands(state: State) -> bool:
    vx = state.velocity.vx if state.velocity is not None else None
    return not state.driving and (vx is None or abs(vx) < STANDS_BELOW_MPS)


def _fatal(state: State, way: Way, asked: Asked) -> str:
    why = [_in_words(error) for error in state.errors if error.error_level is ErrorLevel.FATAL]
    if way.foreign:
        why.append(f"order {state.order_id} is not of this lane")
    if _shows_again(state, asked):
        why.append(f"shows order {state.order_id} again, which it had confirmed to be cancelled")
    sent_to = asked.ends.get(shown_of(state))
    released = [node.node_id for node in state.node_states if node.released]
    if sent_to is not None and released and released[-1] != sent_to:
        why.append(f"drives to {released[-1]}, was sent to {sent_to}")
    if sent_to is not None and state.node_states and not released and state.last_node_id != sent_to and state.order_id not in asked.over:
        why.append(f"says that it has driven to {state.last_node_id}, was sent to {sent_to}")
    if asked.not_enrolled:
        why.append(asked.not_enrolled)
    return "; ".join(why)


def failed_actions(plan: TrucksPlan, state: State, over: AbstractSet[str]) -> list[str]:
    """What it failed to do at the node that it has come to. What a cancellation has ended is no failure, nor what it never came to."""
    if not state.action_states or not plan.all_actions or state.order_id in over:
        return []
    here = {action_id(state.order_id, action): action for action in plan.all_actions if action.node == state.last_node_id}
    return [
        f"{here[shown.action_id].action_type} at {state.last_node_id} failed: {shown.result_description or 'no reason given'}"
        for shown in state.action_states
        if shown.action_id in here and shown.action_status is ActionStatus.FAILED
    ]


def _rejected(plan: TrucksPlan, state: State, asked: Asked) -> str:
    """Read from the errors and what they refer to, never assumed (rule 24)."""
    why = [_in_words(error) for error in state.errors if error.error_type != "noOrderToCancel" and _is_of_order(error, asked)]
    why += [
        f"{action.action_type} failed: {action.result_description or 'no reason given'}"
        for action in state.action_states
        if action.action_id == asked.action_id and action.action_status is ActionStatus.FAILED and action.action_type in DRIVING_ACTIONS
    ]
    return "; ".join(why + failed_actions(plan, state, asked.over))


def _is_of_order(error: Error, asked: Asked) -> bool:
    if asked.order is None or asked.taken:
        return False
    refers = {reference.reference_key: reference.reference_value for reference in error.error_references or ()}
    if "orderId" in refers:
        return refers["orderId"] == asked.order.order_id and refers.get("orderUpdateId") in (None, str(asked.order.order_update_id))
    return refers.get("topic") == "order" and refers.get("headerId", "") in [str(header_id) for header_id in asked.header_ids]


def _in_words(error: Error) -> str:
    return f"{error.error_type}: {error.error_description}" if error.error_description else error.error_type
