"""Whether a truck is what the fleet says it is, and whether it can do what a lane asks of it. Pure.

The fleet's figures are what the lane was laid out for: where a truck stops, how long it is, how it brakes. A truck whose factsheet says
worse is not enrolled; one that says nothing is taken by the fleet's word.
"""

from collections.abc import Iterator

from drivers.truck_orders import NodeAction, TruckPlan, TrucksPlan, longest_id
from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.supported import allows_action

STATE_INTERVAL_S_MAX = 1.0  # T1
SLACK = 0.01  # of a rounded figure
POSITION = "nodes.nodeposition"
STOPPING = ("cancelOrder", "startPause", "stopPause")  # without these a lane can neither take a way back nor halt a truck (R6, T2, T3)
SENT = (POSITION, f"{POSITION}.alloweddeviationxy", f"{POSITION}.theta", "edges.maxspeed", "edges.length")


def why_not_enrolled(plan: TrucksPlan, truck: TruckPlan, sheet: Factsheet) -> str:
    """The first reason, "" when it is enrolled."""
    return next(_reasons(plan, truck, sheet), "")


def _reasons(plan: TrucksPlan, truck: TruckPlan, sheet: Factsheet) -> Iterator[str]:
    physics = sheet.physics
    interval_s = sheet.timing.default_state_interval
    if interval_s is not None and interval_s > STATE_INTERVAL_S_MAX:
        yield f"its factsheet says a state every {interval_s} s, the lane needs one a second"
    least_s = sheet.timing.min_state_interval
    if least_s is not None and least_s > STATE_INTERVAL_S_MAX:
        yield f"its factsheet says at most a state every {least_s} s, the lane needs one a second"
    if truck.length_m and physics.length is not None and physics.length > truck.length_m + SLACK:
        yield f"its factsheet says that it is {physics.length:g} m long, the fleet says {truck.length_m:g} m"
    if truck.braking_mps2 and physics.deceleration_max is not None and abs(physics.deceleration_max) < truck.braking_mps2 - SLACK:
        brakes = f"{abs(physics.deceleration_max):g} m/s²"
        yield f"its factsheet says that it brakes with {brakes}, the fleet says {truck.braking_mps2:g} at least"
    yield from _of_protocol(plan, truck, sheet)


def _of_protocol(plan: TrucksPlan, truck: TruckPlan, sheet: Factsheet) -> Iterator[str]:
    longest = longest_id(plan, truck)
    if sheet.strings.id_len and len(longest) > sheet.strings.id_len:
        yield f"its factsheet takes ids of {sheet.strings.id_len} characters, {longest} is longer"
    if sheet.strings.id_numerical_only:
        yield "its factsheet takes numbers as ids only, a lane's nodes have names"
    if sheet.lists.order_nodes == 1:
        yield "its factsheet takes orders of one node, a way has two"
    for parameter in sheet.optional_parameters:
        path = parameter.parameter.lower().removeprefix("order.")
        if parameter.support == "REQUIRED" and not any(sent == path or sent.startswith(f"{path}.") for sent in SENT):
            yield f"its factsheet requires {parameter.parameter}, which a lane does not send"
    for action_type in STOPPING if sheet.actions else ():
        if not allows_action(sheet, action_type, "INSTANT"):
            yield f"its factsheet has no instant action {action_type}, the lane could not stop it"
    for action in plan.all_actions:
        yield from _of_action(action, sheet)


def _of_action(action: NodeAction, sheet: Factsheet) -> Iterator[str]:
    if not allows_action(sheet, action.action_type, "NODE"):
        yield f"its factsheet has no action {action.action_type} at nodes, {action.node} asks for it"
        return
    described = next(one for one in sheet.actions if one.action_type == action.action_type and "NODE" in one.action_scopes)
    if described.blocking_types and action.blocking.value not in described.blocking_types:
        kinds = " or ".join(described.blocking_types)
        yield f"its factsheet takes {action.action_type} as {kinds}, {action.node} asks for {action.blocking.value}"
    given, known = {key for key, _ in action.parameters}, described.action_parameters or ()
    missing = [one.key for one in known if one.is_optional is False and one.key not in given]
    strange = sorted(given - {one.key for one in known})
    if missing:
        yield f"its factsheet needs {missing[0]} for {action.action_type}, {action.node} does not give it"
    if strange:
        yield f"its factsheet knows no {strange[0]} of {action.action_type}, {action.node} gives it"
