"""The messages of VDA 5050 that a lane needs, as frozen structs in the words of 2.1.0: the one inner model of all versions.

Strict where a wrong value would mislead the lane, tolerant where the text allows more than its schema (actionStatus PAUSED) and
towards fields that we do not read: those are skipped. Lists are bounded; no honest truck of a lane comes near the bounds.
"""

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct, field

Identifier = Annotated[str, Meta(max_length=256)]
Text = Annotated[str, Meta(max_length=4096)]
Timestamp = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")]
Count = Annotated[int, Meta(ge=0, le=2**32 - 1)]  # uint32 in the text
LIST_MAX = 1000


class ConnectionState(Enum):
    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    CONNECTIONBROKEN = "CONNECTIONBROKEN"


class OperatingMode(Enum):
    AUTOMATIC = "AUTOMATIC"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    MANUAL = "MANUAL"
    SERVICE = "SERVICE"
    TEACHIN = "TEACHIN"


class ActionStatus(Enum):
    WAITING = "WAITING"
    INITIALIZING = "INITIALIZING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"  # in the text, missing in the schema
    FINISHED = "FINISHED"
    FAILED = "FAILED"


class BlockingType(Enum):
    NONE = "NONE"
    SOFT = "SOFT"
    HARD = "HARD"


class ErrorLevel(Enum):
    WARNING = "WARNING"
    FATAL = "FATAL"


class EStop(Enum):
    AUTOACK = "AUTOACK"
    MANUAL = "MANUAL"
    REMOTE = "REMOTE"
    NONE = "NONE"


class Part(Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A part of a message; an optional field that is None is not sent."""


class Header(Part, frozen=True, kw_only=True):
    header_id: Count
    timestamp: Timestamp
    version: Identifier
    manufacturer: Identifier
    serial_number: Identifier


class Connection(Part, frozen=True, kw_only=True):
    """Its header id and timestamp may be old or odd: a last will is written when the link comes up, and is never dropped for that."""

    header_id: int
    timestamp: Text
    version: Identifier
    manufacturer: Identifier
    serial_number: Identifier
    connection_state: ConnectionState


# ---------------------------------------------------------------- order


class ActionParameter(Part, frozen=True):
    key: Identifier
    value: str | float | bool | list[object] | dict[str, object]


class Action(Part, frozen=True):
    action_type: Identifier
    action_id: Identifier
    blocking_type: BlockingType
    action_description: Text | None = None
    action_parameters: Annotated[tuple[ActionParameter, ...], Meta(max_length=LIST_MAX)] | None = None


class NodePosition(Part, frozen=True):
    x: float
    y: float
    map_id: Identifier
    theta: float | None = None
    allowed_deviation_xy: Annotated[float, Meta(ge=0)] | None = field(default=None, name="allowedDeviationXY")
    allowed_deviation_theta: float | None = None


class Node(Part, frozen=True):
    node_id: Identifier
    sequence_id: Count
    released: bool
    actions: Annotated[tuple[Action, ...], Meta(max_length=LIST_MAX)]
    node_position: NodePosition | None = None


class Edge(Part, frozen=True):
    edge_id: Identifier
    sequence_id: Count
    released: bool
    start_node_id: Identifier
    end_node_id: Identifier
    actions: Annotated[tuple[Action, ...], Meta(max_length=LIST_MAX)]
    max_speed: float | None = None
    length: float | None = None


class Order(Header, frozen=True):
    order_id: Identifier
    order_update_id: Count
    nodes: Annotated[tuple[Node, ...], Meta(min_length=1, max_length=LIST_MAX)]
    edges: Annotated[tuple[Edge, ...], Meta(max_length=LIST_MAX)]


class InstantActions(Header, frozen=True):
    actions: Annotated[tuple[Action, ...], Meta(max_length=LIST_MAX)]


# ---------------------------------------------------------------- state


class NodeState(Part, frozen=True):
    node_id: Identifier
    sequence_id: Count
    released: bool
    node_position: NodePosition | None = None


class EdgeState(Part, frozen=True):
    edge_id: Identifier
    sequence_id: Count
    released: bool


class AgvPosition(Part, frozen=True):
    x: float
    y: float
    theta: float
    map_id: Identifier
    position_initialized: bool
    localization_score: float | None = None


class Velocity(Part, frozen=True):
    vx: float | None = None
    vy: float | None = None
    omega: float | None = None


class ActionState(Part, frozen=True):
    action_id: Identifier
    action_status: ActionStatus
    action_type: Identifier | None = None
    result_description: Text | None = None


class BatteryState(Part, frozen=True):
    battery_charge: float
    charging: bool
    reach: float | None = None


class ErrorReference(Part, frozen=True):
    reference_key: Identifier
    reference_value: Text


class Error(Part, frozen=True):
    error_type: Identifier
    error_level: ErrorLevel
    error_references: Annotated[tuple[ErrorReference, ...], Meta(max_length=LIST_MAX)] | None = None
    error_description: Text | None = None
    error_hint: Text | None = None


class SafetyState(Part, frozen=True):
    e_stop: EStop
    field_violation: bool


class State(Header, frozen=True):
    """`information` is not read: the standard forbids logic on it."""

    order_id: Identifier
    order_update_id: Count
    last_node_id: Identifier
    last_node_sequence_id: Count
    driving: bool
    operating_mode: OperatingMode
    node_states: Annotated[tuple[NodeState, ...], Meta(max_length=LIST_MAX)]
    edge_states: Annotated[tuple[EdgeState, ...], Meta(max_length=LIST_MAX)]
    action_states: Annotated[tuple[ActionState, ...], Meta(max_length=LIST_MAX)]
    battery_state: BatteryState
    errors: Annotated[tuple[Error, ...], Meta(max_length=LIST_MAX)]
    safety_state: SafetyState
    paused: bool | None = None
    new_base_request: bool | None = None
    distance_since_last_node: float | None = None
    agv_position: AgvPosition | None = None
    velocity: Velocity | None = None


class Visualization(Part, frozen=True):
    header_id: Count | None = None
    timestamp: Timestamp | None = None
    version: Identifier | None = None
    manufacturer: Identifier | None = None
    serial_number: Identifier | None = None
    agv_position: AgvPosition | None = None
    velocity: Velocity | None = None
