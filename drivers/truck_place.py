"""Telling a truck where it stands: whether it can be told, and the parameters of its initPosition. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.truck_orders import TrucksPlan, Way
from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.messages import ActionStatus, State
from lanectl.model import PlaceTruck, Placing

INIT_POSITION = "initPosition"
GIVEN = frozenset({"x", "y", "theta", "mapId", "lastNodeId"})  # by the standard, all of them


@dataclass(slots=True)
class PlaceTold:
    """What came of it. Sent once: by the time that it were sent again the truck might stand elsewhere."""

    placing: Placing = Placing.NONE
    action_id: str = ""
    why: str = ""
    failed_at: float = float("-inf")

    @classmethod
    def asked(cls, action_id: str) -> "PlaceTold":
        return cls(Placing.ASKED, action_id)

    @classmethod
    def not_sent(cls, now: float, why: str) -> "PlaceTold":
        return cls(Placing.FAILED, "", why, now)

    @property
    def is_awaited(self) -> bool:
        return self.placing is Placing.ASKED

    def heard(self, now: float, state: State) -> None:
        if not self.is_awaited:
            return
        shown = next((one for one in state.action_states if one.action_id == self.action_id), None)
        if shown is not None and shown.action_status is ActionStatus.FINISHED:
            self.placing = Placing.TAKEN
        elif shown is not None and shown.action_status is ActionStatus.FAILED:
            self.placing, self.failed_at = Placing.FAILED, now
            self.why = shown.result_description or "no reason given"


@dataclass(frozen=True, slots=True)
class NotPlaced:
    why: str


def can_be_placed(sheet: Factsheet | None) -> bool:
    """Its factsheet has initPosition as an instant action, and asks for nothing that the standard does not name."""
    actions = sheet.actions if sheet is not None else ()
    told = next((one for one in actions if one.action_type == INIT_POSITION and "INSTANT" in one.action_scopes), None)
    return told is not None and all(one.key in GIVEN or one.is_optional for one in told.action_parameters or ())


def place_of(
    plan: TrucksPlan, sheet: Factsheet | None, state: State | None, way: Way, told: PlaceTruck
) -> Mapping[str, str | float | bool] | NotPlaced:
    """`state`: its last, None while none is fresh."""
    along = plan.along(told.node)
    index = along.index(told.node)
    if index is None:
        return NotPlaced(f"{told.node} is no node of this lane")
    if not can_be_placed(sheet):
        return NotPlaced("its factsheet has no initPosition that a lane can fill")
    if state is None or state.driving:
        return NotPlaced("it is not proved standing")
    if way.active:
        return NotPlaced("it has an order")
    at_m = along.nodes[index][1] if told.x_m is None else told.x_m
    outside = _outside(along, index, at_m)
    if outside:
        return NotPlaced(outside)
    return {"x": at_m, "y": 0.0, "theta": along.theta, "mapId": plan.map_id, "lastNodeId": told.node}


def _outside(plan: TrucksPlan, index: int, x_m: float) -> str:
    """A truck that passed a node last stands between it and the next."""
    name, from_m = plan.nodes[index]
    if index + 1 == len(plan.nodes):
        return "" if plan.ahead * x_m >= plan.ahead * from_m else f"x {x_m:g} is not beyond {name} ({from_m:g})"
    after, to_m = plan.nodes[index + 1]
    if plan.ahead * from_m <= plan.ahead * x_m <= plan.ahead * to_m:
        return ""
    return f"x {x_m:g} is not between {name} ({from_m:g}) and {after} ({to_m:g})"
