"""A truck's state in words of the lane. Pure."""

from dataclasses import dataclass

from drivers.truck_orders import TrucksPlan, base_end, way_of
from drivers.wire.vda5050.messages import ActionStatus, Error, ErrorLevel, EStop, OperatingMode, Order, State
from lanectl.model import Connection, TruckMode, TruckReported

DRIVING_ACTIONS = ("startPause", "stopPause")
STANDS_BELOW_MPS = 0.05  # what a truck that stands may still measure


@dataclass(frozen=True, slots=True)
class Asked:
    """What we asked of the truck, against which its state is read.

    `header_ids`: under which `order` went out; `action_id`: the last instant action's.
    """

    order: Order | None
    taken: bool
    header_ids: tuple[int, ...]
    action_id: str
    cancelled: bool
    slow: str


def reported(plan: TrucksPlan, serial: str, connection: Connection, fresh: State | None, last: State | None, asked: Asked) -> TruckReported:
    """`fresh` is None while no state has come since the connection changed: the truck is then neither localised nor proved standing."""
    if last is None:
        return TruckReported(serial, connection, standing=False, fatal=asked.slow)
    way = way_of(plan, last)
    end = "" if asked.cancelled or way.foreign else way.end[0]
    return TruckReported(
        truck=serial,
        connection=connection,
        mode=TruckMode(last.operating_mode.value),
        localised=fresh is not None and is_localised(plan, fresh),
        e_stop=last.safety_state.e_stop is not EStop.NONE,
        fatal=_fatal(last, asked, foreign=way.foreign),
        last_node=last.last_node_id,
        authority_end=end,
        order_done=end != "" and way.driven,
        standing=fresh is not None and _stands(fresh),
        paused=bool(last.paused),
        cancelled=asked.cancelled and not any(node.released for node in last.node_states),
        rejected=_rejected(last, asked),
    )


def unfit_for_order(plan: TrucksPlan, connection: Connection, state: State | None, slow: str) -> str:
    """Why no order may go to this truck now (rules 17 and 26), "" when one may."""
    if connection is not Connection.ONLINE:
        return f"its connection is {connection.value}"
    if state is None:
        return "no state has come since it signed on"
    way = way_of(plan, state)
    conditions = (
        (state.operating_mode is OperatingMode.AUTOMATIC, f"its mode is {state.operating_mode.value}"),
        (is_localised(plan, state), f"it is not localised on the map {plan.map_id}"),
        (state.safety_state.e_stop is EStop.NONE, "it is emergency-stopped"),
        (not any(error.error_level is ErrorLevel.FATAL for error in state.errors), "it reports a fatal error"),
        (not way.foreign, f"its order {state.order_id} is not of this lane"),
        (not slow, slow),
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


def _fatal(state: State, asked: Asked, *, foreign: bool) -> str:
    why = [_in_words(error) for error in state.errors if error.error_level is ErrorLevel.FATAL]
    if foreign:
        why.append(f"order {state.order_id} is not of this lane")
    if asked.taken and asked.order is not None and shown_of(state) == shown_of(asked.order):
        released = [node.node_id for node in state.node_states if node.released]
        if released and released[-1] != base_end(asked.order):
            why.append(f"drives to {released[-1]}, was sent to {base_end(asked.order)}")
    if asked.slow:
        why.append(asked.slow)
    return "; ".join(why)


def _rejected(state: State, asked: Asked) -> str:
    """Read from the errors and what they refer to, never assumed (rule 24)."""
    why = [_in_words(error) for error in state.errors if error.error_type != "noOrderToCancel" and _is_of_order(error, asked)]
    why += [
        f"{action.action_type} failed: {action.result_description or 'no reason given'}"
        for action in state.action_states
        if action.action_id == asked.action_id and action.action_status is ActionStatus.FAILED and action.action_type in DRIVING_ACTIONS
    ]
    return "; ".join(why)


def _is_of_order(error: Error, asked: Asked) -> bool:
    if asked.order is None or asked.taken:
        return False
    refers = {reference.reference_key: reference.reference_value for reference in error.error_references or ()}
    if "orderId" in refers:
        return refers["orderId"] == asked.order.order_id and refers.get("orderUpdateId") in (None, str(asked.order.order_update_id))
    return refers.get("topic") == "order" and refers.get("headerId", "") in [str(header_id) for header_id in asked.header_ids]


def _in_words(error: Error) -> str:
    return f"{error.error_type}: {error.error_description}" if error.error_description else error.error_type
