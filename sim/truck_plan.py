"""What a simulated vehicle is, what it sees of itself, and how far it may drive."""

from dataclasses import dataclass

from msgspec import Struct

from drivers.wire.vda5050.topics import Peer
from sim.plan import PICK_AND_DROP, Actions


@dataclass(frozen=True, slots=True)
class VehiclePlan:
    """`nodes`: the lane's nodes by name and metre in driving order, the vehicle's own map.

    `nodes_back`: those that it meets when it drives the other way. `actions`: what it does at nodes, each for `work_s`.
    """

    peer: Peer
    map_id: str
    nodes: tuple[tuple[str, float], ...]
    length_m: float = 17.0
    speed_mps_max: float = 6.9
    accel_mps2: float = 0.5
    braking_mps2: float = 1.5
    state_interval_s: float = 1.0
    work_s: float = 20.0
    actions: Actions = PICK_AND_DROP
    nodes_back: tuple[tuple[str, float], ...] = ()


class Seen(Struct, frozen=True):
    """What the world's truck does. `e_stop`: its button is pressed and not yet released. `heading`: -1 where metres fall."""

    front_m: float
    speed_mps: float
    e_stop: bool = False
    heading: int = 1


class Way(Struct, frozen=True):
    """How far the front may go: None without an order (stand still). `halted`: brake now, whatever is released."""

    released_to_m: float | None
    halted: bool
