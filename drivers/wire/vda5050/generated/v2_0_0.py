"""VDA 5050 2.0.0, every field of every message. Written by tools/vda5050_models.py: change that, not this.

Corrected against the schemas:
state: the text allows PAUSED.
state: theta of a node's position is optional in the text.
instantActions: the text says actionType; every message has a header.
factsheet: its properties stand where no validator looks; LINE is written LINDE.
factsheet: descriptions are texts.
factsheet: descriptions are texts.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

Timestamp = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")]


class Connection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: int = field(name="headerId")
    timestamp: Timestamp
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    connection_state: Literal["ONLINE", "OFFLINE", "CONNECTIONBROKEN"] = field(name="connectionState")


class FactsheetTypeSpecification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    series_name: str = field(name="seriesName")
    series_description: str | UnsetType = field(default=UNSET, name="seriesDescription")
    agv_kinematic: Literal["DIFF", "OMNI", "THREEWHEEL"] = field(name="agvKinematic")
    agv_class: Literal["FORKLIFT", "CONVEYOR", "TUGGER", "CARRIER"] = field(name="agvClass")
    max_load_mass: Annotated[float, Meta(ge=0)] = field(name="maxLoadMass")
    localization_types: tuple[Literal["NATURAL", "REFLECTOR", "RFID", "DMC", "SPOT", "GRID"], ...] = field(name="localizationTypes")
    navigation_types: tuple[Literal["PHYSICAL_LINE_GUIDED", "VIRTUAL_LINE_GUIDED", "AUTONOMOUS"], ...] = field(name="navigationTypes")


class FactsheetPhysicalParameters(Struct, frozen=True, kw_only=True, omit_defaults=True):
    speed_min: float = field(name="speedMin")
    speed_max: float = field(name="speedMax")
    acceleration_max: float = field(name="accelerationMax")
    deceleration_max: float = field(name="decelerationMax")
    height_min: float | UnsetType = field(default=UNSET, name="heightMin")
    height_max: float = field(name="heightMax")
    width: float
    length: float


class FactsheetProtocolLimitsMaxStringLens(Struct, frozen=True, kw_only=True, omit_defaults=True):
    msg_len: int | UnsetType = field(default=UNSET, name="msgLen")
    topic_serial_len: int | UnsetType = field(default=UNSET, name="topicSerialLen")
    topic_elem_len: int | UnsetType = field(default=UNSET, name="topicElemLen")
    id_len: int | UnsetType = field(default=UNSET, name="idLen")
    id_numerical_only: bool | UnsetType = field(default=UNSET, name="idNumericalOnly")
    enum_len: int | UnsetType = field(default=UNSET, name="enumLen")
    load_id_len: int | UnsetType = field(default=UNSET, name="loadIdLen")


class FactsheetProtocolLimitsMaxArrayLens(Struct, frozen=True, kw_only=True, omit_defaults=True):
    order_nodes: int | UnsetType = field(default=UNSET, name="order.nodes")
    order_edges: int | UnsetType = field(default=UNSET, name="order.edges")
    node_actions: int | UnsetType = field(default=UNSET, name="node.actions")
    edge_actions: int | UnsetType = field(default=UNSET, name="edge.actions")
    actions_actions_parameters: int | UnsetType = field(default=UNSET, name="actions.actionsParameters")
    instant_actions: int | UnsetType = field(default=UNSET, name="instantActions")
    trajectory_knot_vector: int | UnsetType = field(default=UNSET, name="trajectory.knotVector")
    trajectory_control_points: int | UnsetType = field(default=UNSET, name="trajectory.controlPoints")
    state_node_states: int | UnsetType = field(default=UNSET, name="state.nodeStates")
    state_edge_states: int | UnsetType = field(default=UNSET, name="state.edgeStates")
    state_loads: int | UnsetType = field(default=UNSET, name="state.loads")
    state_action_states: int | UnsetType = field(default=UNSET, name="state.actionStates")
    state_errors: int | UnsetType = field(default=UNSET, name="state.errors")
    state_information: int | UnsetType = field(default=UNSET, name="state.information")
    error_error_references: int | UnsetType = field(default=UNSET, name="error.errorReferences")
    information_info_references: int | UnsetType = field(default=UNSET, name="information.infoReferences")


class FactsheetProtocolLimitsTiming(Struct, frozen=True, kw_only=True, omit_defaults=True):
    min_order_interval: float = field(name="minOrderInterval")
    min_state_interval: float = field(name="minStateInterval")
    default_state_interval: float | UnsetType = field(default=UNSET, name="defaultStateInterval")
    visualization_interval: float | UnsetType = field(default=UNSET, name="visualizationInterval")


class FactsheetProtocolLimits(Struct, frozen=True, kw_only=True, omit_defaults=True):
    max_string_lens: FactsheetProtocolLimitsMaxStringLens = field(name="maxStringLens")
    max_array_lens: FactsheetProtocolLimitsMaxArrayLens = field(name="maxArrayLens")
    timing: FactsheetProtocolLimitsTiming


class FactsheetProtocolFeaturesOptionalParameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    parameter: str
    support: Literal["SUPPORTED", "REQUIRED"]
    description: str | UnsetType = UNSET


class FactsheetProtocolFeaturesAgvActionActionParameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: str
    value_data_type: Literal["BOOL", "NUMBER", "INTEGER", "FLOAT", "STRING", "OBJECT", "ARRAY"] = field(name="valueDataType")
    description: str | UnsetType = UNSET
    is_optional: bool | UnsetType = field(default=UNSET, name="isOptional")


class FactsheetProtocolFeaturesAgvAction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_type: str = field(name="actionType")
    action_description: str | UnsetType = field(default=UNSET, name="actionDescription")
    action_scopes: tuple[Literal["INSTANT", "NODE", "EDGE"], ...] = field(name="actionScopes")
    action_parameters: tuple[FactsheetProtocolFeaturesAgvActionActionParameter, ...] | UnsetType = field(default=UNSET, name="actionParameters")
    result_description: str | UnsetType = field(default=UNSET, name="resultDescription")


class FactsheetProtocolFeatures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    optional_parameters: tuple[FactsheetProtocolFeaturesOptionalParameter, ...] = field(name="optionalParameters")
    agv_actions: tuple[FactsheetProtocolFeaturesAgvAction, ...] = field(name="agvActions")


class FactsheetAgvGeometryWheelDefinitionPosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: float | UnsetType = UNSET


class FactsheetAgvGeometryWheelDefinition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    type_: Literal["DRIVE", "CASTER", "FIXED", "MECANUM"] = field(name="type")
    is_active_driven: bool = field(name="isActiveDriven")
    is_active_steered: bool = field(name="isActiveSteered")
    position: FactsheetAgvGeometryWheelDefinitionPosition
    diameter: float
    width: float
    center_displacement: float | UnsetType = field(default=UNSET, name="centerDisplacement")
    constraints: str | UnsetType = UNSET


class FactsheetAgvGeometryEnvelopes2dItemPolygonPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float


class FactsheetAgvGeometryEnvelopes2dItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    set_: str = field(name="set")
    polygon_points: tuple[FactsheetAgvGeometryEnvelopes2dItemPolygonPoint, ...] = field(name="polygonPoints")
    description: str | UnsetType = UNSET


class FactsheetAgvGeometryEnvelopes3dItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    set_: str = field(name="set")
    format_: str = field(name="format")
    data: dict[str, object] | UnsetType = UNSET
    url: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class FactsheetAgvGeometry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    wheel_definitions: tuple[FactsheetAgvGeometryWheelDefinition, ...] | UnsetType = field(default=UNSET, name="wheelDefinitions")
    envelopes2d: tuple[FactsheetAgvGeometryEnvelopes2dItem, ...] | UnsetType = UNSET
    envelopes3d: tuple[FactsheetAgvGeometryEnvelopes3dItem, ...] | UnsetType = UNSET


class FactsheetLoadSpecificationLoadSetBoundingBoxReference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    z: float
    theta: int | UnsetType = UNSET


class FactsheetLoadSpecificationLoadSetLoadDimensions(Struct, frozen=True, kw_only=True, omit_defaults=True):
    length: float
    width: float
    height: float | UnsetType = UNSET


class FactsheetLoadSpecificationLoadSet(Struct, frozen=True, kw_only=True, omit_defaults=True):
    set_name: str = field(name="setName")
    load_type: str = field(name="loadType")
    load_positions: tuple[str, ...] | UnsetType = field(default=UNSET, name="loadPositions")
    bounding_box_reference: FactsheetLoadSpecificationLoadSetBoundingBoxReference | UnsetType = field(default=UNSET, name="boundingBoxReference")
    load_dimensions: FactsheetLoadSpecificationLoadSetLoadDimensions | UnsetType = field(default=UNSET, name="loadDimensions")
    max_weigth: float | UnsetType = field(default=UNSET, name="maxWeigth")
    min_loadhandling_height: float | UnsetType = field(default=UNSET, name="minLoadhandlingHeight")
    max_loadhandling_height: float | UnsetType = field(default=UNSET, name="maxLoadhandlingHeight")
    min_loadhandling_depth: float | UnsetType = field(default=UNSET, name="minLoadhandlingDepth")
    max_loadhandling_depth: float | UnsetType = field(default=UNSET, name="maxLoadhandlingDepth")
    min_loadhandling_tilt: float | UnsetType = field(default=UNSET, name="minLoadhandlingTilt")
    max_loadhandling_tilt: float | UnsetType = field(default=UNSET, name="maxLoadhandlingTilt")
    agv_speed_limit: float | UnsetType = field(default=UNSET, name="agvSpeedLimit")
    agv_acceleration_limit: float | UnsetType = field(default=UNSET, name="agvAccelerationLimit")
    agv_deceleration_limit: float | UnsetType = field(default=UNSET, name="agvDecelerationLimit")
    pick_time: float | UnsetType = field(default=UNSET, name="pickTime")
    drop_time: float | UnsetType = field(default=UNSET, name="dropTime")
    description: str | UnsetType = UNSET


class FactsheetLoadSpecification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    load_positions: tuple[str, ...] | UnsetType = field(default=UNSET, name="loadPositions")
    load_sets: tuple[FactsheetLoadSpecificationLoadSet, ...] | UnsetType = field(default=UNSET, name="loadSets")


class Factsheet(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="headerId")
    timestamp: Timestamp | UnsetType = UNSET
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    type_specification: FactsheetTypeSpecification = field(name="typeSpecification")
    physical_parameters: FactsheetPhysicalParameters = field(name="physicalParameters")
    protocol_limits: FactsheetProtocolLimits = field(name="protocolLimits")
    protocol_features: FactsheetProtocolFeatures = field(name="protocolFeatures")
    agv_geometry: FactsheetAgvGeometry = field(name="agvGeometry")
    load_specification: FactsheetLoadSpecification = field(name="loadSpecification")
    localization_parameters: int | UnsetType = field(default=UNSET, name="localizationParameters")


class InstantActionsActionActionParameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: str
    value: list[object] | bool | float | str


class InstantActionsAction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_id: str = field(name="actionId")
    action_description: str | UnsetType = field(default=UNSET, name="actionDescription")
    blocking_type: Literal["NONE", "SOFT", "HARD"] = field(name="blockingType")
    action_parameters: tuple[InstantActionsActionActionParameter, ...] | UnsetType = field(default=UNSET, name="actionParameters")
    action_type: str = field(name="actionType")


class InstantActions(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: int = field(name="headerId")
    timestamp: Timestamp
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    actions: tuple[InstantActionsAction, ...]


class OrderNodeNodePosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)] | UnsetType = UNSET
    allowed_deviation_xy: Annotated[float, Meta(ge=0)] | UnsetType = field(default=UNSET, name="allowedDeviationXy")
    allowed_deviation_theta: Annotated[float, Meta(ge=-3.141592654, le=3.141592654)] | UnsetType = field(default=UNSET, name="allowedDeviationTheta")
    map_id: str = field(name="mapId")
    map_description: str | UnsetType = field(default=UNSET, name="mapDescription")


class MessageActionActionParameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: str
    value: list[object] | bool | float | str


class MessageAction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_type: str = field(name="actionType")
    action_id: str = field(name="actionId")
    action_description: str | UnsetType = field(default=UNSET, name="actionDescription")
    blocking_type: Literal["NONE", "SOFT", "HARD"] = field(name="blockingType")
    action_parameters: tuple[MessageActionActionParameter, ...] | UnsetType = field(default=UNSET, name="actionParameters")


class OrderNode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    node_id: str = field(name="nodeId")
    sequence_id: Annotated[int, Meta(ge=0)] = field(name="sequenceId")
    node_description: str | UnsetType = field(default=UNSET, name="nodeDescription")
    released: bool
    node_position: OrderNodeNodePosition | UnsetType = field(default=UNSET, name="nodePosition")
    actions: tuple[MessageAction, ...]


class OrderEdgeTrajectoryControlPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    weight: float | UnsetType = UNSET


class OrderEdgeTrajectory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    degree: int
    knot_vector: tuple[Annotated[float, Meta(ge=0, le=1)], ...] = field(name="knotVector")
    control_points: tuple[OrderEdgeTrajectoryControlPoint, ...] = field(name="controlPoints")


class OrderEdge(Struct, frozen=True, kw_only=True, omit_defaults=True):
    edge_id: str = field(name="edgeId")
    sequence_id: Annotated[int, Meta(ge=0)] = field(name="sequenceId")
    edge_description: str | UnsetType = field(default=UNSET, name="edgeDescription")
    released: bool
    start_node_id: str = field(name="startNodeId")
    end_node_id: str = field(name="endNodeId")
    max_speed: float | UnsetType = field(default=UNSET, name="maxSpeed")
    max_height: float | UnsetType = field(default=UNSET, name="maxHeight")
    min_height: float | UnsetType = field(default=UNSET, name="minHeight")
    orientation: Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)] | UnsetType = UNSET
    direction: str | UnsetType = UNSET
    rotation_allowed: bool | UnsetType = field(default=UNSET, name="rotationAllowed")
    max_rotation_speed: float | UnsetType = field(default=UNSET, name="maxRotationSpeed")
    length: float | UnsetType = UNSET
    trajectory: OrderEdgeTrajectory | UnsetType = UNSET
    actions: tuple[MessageAction, ...]


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: int = field(name="headerId")
    timestamp: Timestamp
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    order_id: str = field(name="orderId")
    order_update_id: Annotated[int, Meta(ge=0)] = field(name="orderUpdateId")
    zone_set_id: str | UnsetType = field(default=UNSET, name="zoneSetId")
    nodes: tuple[OrderNode, ...]
    edges: tuple[OrderEdge, ...]


class StateNodeStateNodePosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: float | UnsetType = UNSET
    map_id: str = field(name="mapId")


class StateNodeState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    node_id: str = field(name="nodeId")
    sequence_id: int = field(name="sequenceId")
    node_description: str | UnsetType = field(default=UNSET, name="nodeDescription")
    node_position: StateNodeStateNodePosition | UnsetType = field(default=UNSET, name="nodePosition")
    released: bool


class StateEdgeStateTrajectoryControlPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    weight: float


class StateEdgeStateTrajectory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    degree: int
    knot_vector: tuple[Annotated[float, Meta(ge=0.0, le=1.0)], ...] = field(name="knotVector")
    control_points: tuple[StateEdgeStateTrajectoryControlPoint, ...] = field(name="controlPoints")


class StateEdgeState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    edge_id: str = field(name="edgeId")
    sequence_id: int = field(name="sequenceId")
    edge_description: str | UnsetType = field(default=UNSET, name="edgeDescription")
    released: bool
    trajectory: StateEdgeStateTrajectory | UnsetType = UNSET


class StateAgvPosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: float
    map_id: str = field(name="mapId")
    map_description: str | UnsetType = field(default=UNSET, name="mapDescription")
    position_initialized: bool = field(name="positionInitialized")
    localization_score: Annotated[float, Meta(ge=0.0, le=1.0)] | UnsetType = field(default=UNSET, name="localizationScore")
    deviation_range: float | UnsetType = field(default=UNSET, name="deviationRange")


class StateVelocity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    vx: float | UnsetType = UNSET
    vy: float | UnsetType = UNSET
    omega: float | UnsetType = UNSET


class StateLoadBoundingBoxReference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    z: float
    theta: float | UnsetType = UNSET


class StateLoadLoadDimensions(Struct, frozen=True, kw_only=True, omit_defaults=True):
    length: float
    width: float
    height: float | UnsetType = UNSET


class StateLoad(Struct, frozen=True, kw_only=True, omit_defaults=True):
    load_id: str | UnsetType = field(default=UNSET, name="loadId")
    load_type: str | UnsetType = field(default=UNSET, name="loadType")
    load_position: str | UnsetType = field(default=UNSET, name="loadPosition")
    bounding_box_reference: StateLoadBoundingBoxReference | UnsetType = field(default=UNSET, name="boundingBoxReference")
    load_dimensions: StateLoadLoadDimensions | UnsetType = field(default=UNSET, name="loadDimensions")
    weight: float | UnsetType = UNSET


class StateActionState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_id: str = field(name="actionId")
    action_type: str | UnsetType = field(default=UNSET, name="actionType")
    action_description: str | UnsetType = field(default=UNSET, name="actionDescription")
    action_status: Literal["WAITING", "INITIALIZING", "RUNNING", "PAUSED", "FINISHED", "FAILED"] = field(name="actionStatus")
    result_description: str | UnsetType = field(default=UNSET, name="resultDescription")


class StateBatteryState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    battery_charge: float = field(name="batteryCharge")
    battery_voltage: float | UnsetType = field(default=UNSET, name="batteryVoltage")
    battery_health: int | UnsetType = field(default=UNSET, name="batteryHealth")
    charging: bool
    reach: int | UnsetType = UNSET


class StateErrorErrorReference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    reference_key: str = field(name="referenceKey")
    reference_value: str = field(name="referenceValue")


class StateError(Struct, frozen=True, kw_only=True, omit_defaults=True):
    error_type: str = field(name="errorType")
    error_references: tuple[StateErrorErrorReference, ...] | UnsetType = field(default=UNSET, name="errorReferences")
    error_description: str | UnsetType = field(default=UNSET, name="errorDescription")
    error_level: Literal["WARNING", "FATAL"] = field(name="errorLevel")


class StateInformationItemInfoReference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    reference_key: str = field(name="referenceKey")
    reference_value: str = field(name="referenceValue")


class StateInformationItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    info_type: str = field(name="infoType")
    info_references: tuple[StateInformationItemInfoReference, ...] | UnsetType = field(default=UNSET, name="infoReferences")
    info_description: str | UnsetType = field(default=UNSET, name="infoDescription")
    info_level: Literal["INFO", "DEBUG"] = field(name="infoLevel")


class StateSafetyState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    e_stop: Literal["AUTOACK", "MANUAL", "REMOTE", "NONE"] = field(name="eStop")
    field_violation: bool = field(name="fieldViolation")


class State(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: int = field(name="headerId")
    timestamp: Timestamp
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    order_id: str = field(name="orderId")
    order_update_id: int = field(name="orderUpdateId")
    zone_set_id: str | UnsetType = field(default=UNSET, name="zoneSetId")
    last_node_id: str = field(name="lastNodeId")
    last_node_sequence_id: int = field(name="lastNodeSequenceId")
    driving: bool
    paused: bool | UnsetType = UNSET
    new_base_request: bool | UnsetType = field(default=UNSET, name="newBaseRequest")
    distance_since_last_node: float | UnsetType = field(default=UNSET, name="distanceSinceLastNode")
    operating_mode: Literal["AUTOMATIC", "SEMIAUTOMATIC", "MANUAL", "SERVICE", "TEACHIN"] = field(name="operatingMode")
    node_states: tuple[StateNodeState, ...] = field(name="nodeStates")
    edge_states: tuple[StateEdgeState, ...] = field(name="edgeStates")
    agv_position: StateAgvPosition | UnsetType = field(default=UNSET, name="agvPosition")
    velocity: StateVelocity | UnsetType = UNSET
    loads: tuple[StateLoad, ...] | UnsetType = UNSET
    action_states: tuple[StateActionState, ...] = field(name="actionStates")
    battery_state: StateBatteryState = field(name="batteryState")
    errors: tuple[StateError, ...]
    information: tuple[StateInformationItem, ...] | UnsetType = UNSET
    safety_state: StateSafetyState = field(name="safetyState")


class VisualizationAgvPosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: float
    map_id: str = field(name="mapId")
    position_initialized: bool = field(name="positionInitialized")
    localization_score: Annotated[float, Meta(ge=0.0, le=1.0)] | UnsetType = field(default=UNSET, name="localizationScore")
    deviation_range: float | UnsetType = field(default=UNSET, name="deviationRange")


class VisualizationVelocity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    vx: float | UnsetType = UNSET
    vy: float | UnsetType = UNSET
    omega: float | UnsetType = UNSET


class Visualization(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: int | UnsetType = field(default=UNSET, name="headerId")
    timestamp: Timestamp | UnsetType = UNSET
    version: str | UnsetType = UNSET
    manufacturer: str | UnsetType = UNSET
    serial_number: str | UnsetType = field(default=UNSET, name="serialNumber")
    agv_position: VisualizationAgvPosition | UnsetType = field(default=UNSET, name="agvPosition")
    velocity: VisualizationVelocity | UnsetType = UNSET
