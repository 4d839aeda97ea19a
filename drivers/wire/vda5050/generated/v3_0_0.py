"""VDA 5050 3.0.0, every field of every message. Written by tools/vda5050_models.py: change that, not this.

The schemas are taken as they are.
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
    connection_state: Literal["ONLINE", "OFFLINE", "HIBERNATING", "CONNECTION_BROKEN"] = field(name="connectionState")


class FactsheetTypeSpecification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    series_name: str = field(name="seriesName")
    series_description: str | UnsetType = field(default=UNSET, name="seriesDescription")
    mobile_robot_kinematics: str = field(name="mobileRobotKinematics")
    mobile_robot_class: str = field(name="mobileRobotClass")
    maximum_load_mass: Annotated[float, Meta(ge=0)] = field(name="maximumLoadMass")
    localization_types: tuple[str, ...] = field(name="localizationTypes")
    navigation_types: tuple[str, ...] = field(name="navigationTypes")
    supported_zones: tuple[Literal["BLOCKED", "LINE_GUIDED", "RELEASE", "COORDINATED_REPLANNING", "SPEED_LIMIT", "ACTION", "PRIORITY", "PENALTY", "DIRECTED", "BIDIRECTED"], ...] | UnsetType = field(default=UNSET, name="supportedZones")


class FactsheetPhysicalParameters(Struct, frozen=True, kw_only=True, omit_defaults=True):
    minimum_speed: Annotated[float, Meta(ge=0.0)] = field(name="minimumSpeed")
    maximum_speed: Annotated[float, Meta(ge=0.0)] = field(name="maximumSpeed")
    minimum_angular_speed: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="minimumAngularSpeed")
    maximum_angular_speed: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="maximumAngularSpeed")
    maximum_acceleration: Annotated[float, Meta(ge=0.0)] = field(name="maximumAcceleration")
    maximum_deceleration: float = field(name="maximumDeceleration")
    minimum_height: float = field(name="minimumHeight")
    maximum_height: float = field(name="maximumHeight")
    width: float
    length: float


class FactsheetProtocolLimitsMaximumStringLengths(Struct, frozen=True, kw_only=True, omit_defaults=True):
    maximum_message_length: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="maximumMessageLength")
    maximum_topic_serial_length: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="maximumTopicSerialLength")
    maximum_topic_element_length: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="maximumTopicElementLength")
    maximum_id_length: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="maximumIdLength")
    id_numerical_only: bool | UnsetType = field(default=UNSET, name="idNumericalOnly")
    maximum_load_id_length: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="maximumLoadIdLength")


class FactsheetProtocolLimitsMaximumArrayLengths(Struct, frozen=True, kw_only=True, omit_defaults=True):
    order_nodes: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="order.nodes")
    order_edges: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="order.edges")
    node_actions: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="node.actions")
    edge_actions: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="edge.actions")
    actions_actions_parameters: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="actions.actionsParameters")
    instant_actions: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="instantActions")
    trajectory_knot_vector: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="trajectory.knotVector")
    trajectory_control_points: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="trajectory.controlPoints")
    zone_set_zones: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="zoneSet.zones")
    state_node_states: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="state.nodeStates")
    state_edge_states: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="state.edgeStates")
    state_loads: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="state.loads")
    state_action_states: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="state.actionStates")
    state_instant_action_states: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="state.instantActionStates")
    state_zone_action_states: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="state.zoneActionStates")
    state_errors: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="state.errors")
    state_information: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="state.information")
    error_error_references: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="error.errorReferences")
    information_info_references: Annotated[int, Meta(ge=0)] | UnsetType = field(default=UNSET, name="information.infoReferences")


class FactsheetProtocolLimitsTiming(Struct, frozen=True, kw_only=True, omit_defaults=True):
    minimum_order_interval: Annotated[float, Meta(ge=0.0)] = field(name="minimumOrderInterval")
    minimum_state_interval: Annotated[float, Meta(ge=0.0)] = field(name="minimumStateInterval")
    default_state_interval: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="defaultStateInterval")
    visualization_interval: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="visualizationInterval")


class FactsheetProtocolLimits(Struct, frozen=True, kw_only=True, omit_defaults=True):
    maximum_string_lengths: FactsheetProtocolLimitsMaximumStringLengths = field(name="maximumStringLengths")
    maximum_array_lengths: FactsheetProtocolLimitsMaximumArrayLengths = field(name="maximumArrayLengths")
    timing: FactsheetProtocolLimitsTiming


class FactsheetProtocolFeaturesOptionalParameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    parameter: str
    support: Literal["SUPPORTED", "REQUIRED"]
    description: str | UnsetType = UNSET


class FactsheetProtocolFeaturesMobileRobotActionActionParameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: str
    value_data_type: Literal["BOOL", "NUMBER", "INTEGER", "STRING", "OBJECT", "ARRAY"] = field(name="valueDataType")
    description: str | UnsetType = UNSET
    is_optional: bool | UnsetType = field(default=UNSET, name="isOptional")


class FactsheetProtocolFeaturesMobileRobotAction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_type: str = field(name="actionType")
    action_description: str | UnsetType = field(default=UNSET, name="actionDescription")
    action_scopes: tuple[Literal["INSTANT", "NODE", "EDGE", "ZONE"], ...] = field(name="actionScopes")
    action_parameters: tuple[FactsheetProtocolFeaturesMobileRobotActionActionParameter, ...] | UnsetType = field(default=UNSET, name="actionParameters")
    action_result: str | UnsetType = field(default=UNSET, name="actionResult")
    blocking_types: tuple[Literal["NONE", "SOFT", "SINGLE", "HARD"], ...] | UnsetType = field(default=UNSET, name="blockingTypes")
    pause_allowed: bool = field(name="pauseAllowed")
    cancel_allowed: bool = field(name="cancelAllowed")


class FactsheetProtocolFeatures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    optional_parameters: tuple[FactsheetProtocolFeaturesOptionalParameter, ...] = field(name="optionalParameters")
    mobile_robot_actions: tuple[FactsheetProtocolFeaturesMobileRobotAction, ...] = field(name="mobileRobotActions")


class FactsheetMobileRobotGeometryWheelDefinitionPosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: float | UnsetType = UNSET


class FactsheetMobileRobotGeometryWheelDefinition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    type_: str = field(name="type")
    is_active_driven: bool = field(name="isActiveDriven")
    is_active_steered: bool = field(name="isActiveSteered")
    position: FactsheetMobileRobotGeometryWheelDefinitionPosition
    diameter: float
    width: float
    center_displacement: float | UnsetType = field(default=UNSET, name="centerDisplacement")
    constraints: str | UnsetType = UNSET


class FactsheetMobileRobotGeometryEnvelopes2dItemVertice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float


class FactsheetMobileRobotGeometryEnvelopes2dItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    envelope2d_id: str = field(name="envelope2dId")
    vertices: tuple[FactsheetMobileRobotGeometryEnvelopes2dItemVertice, ...]
    description: str | UnsetType = UNSET


class FactsheetMobileRobotGeometryEnvelopes3dItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    envelope3d_id: str = field(name="envelope3dId")
    format_: str = field(name="format")
    data: dict[str, object] | UnsetType = UNSET
    url: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class FactsheetMobileRobotGeometry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    wheel_definitions: tuple[FactsheetMobileRobotGeometryWheelDefinition, ...] | UnsetType = field(default=UNSET, name="wheelDefinitions")
    envelopes2d: tuple[FactsheetMobileRobotGeometryEnvelopes2dItem, ...] | UnsetType = UNSET
    envelopes3d: tuple[FactsheetMobileRobotGeometryEnvelopes3dItem, ...] | UnsetType = UNSET


class FactsheetLoadSpecificationLoadSetBoundingBoxReference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    z: float
    theta: float | UnsetType = UNSET


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
    maximum_weight: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="maximumWeight")
    minimum_loadhandling_height: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="minimumLoadhandlingHeight")
    maximum_loadhandling_height: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="maximumLoadhandlingHeight")
    minimum_loadhandling_depth: float | UnsetType = field(default=UNSET, name="minimumLoadhandlingDepth")
    maximum_loadhandling_depth: float | UnsetType = field(default=UNSET, name="maximumLoadhandlingDepth")
    minimum_loadhandling_tilt: float | UnsetType = field(default=UNSET, name="minimumLoadhandlingTilt")
    maximum_loadhandling_tilt: float | UnsetType = field(default=UNSET, name="maximumLoadhandlingTilt")
    maximum_speed: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="maximumSpeed")
    maximum_acceleration: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="maximumAcceleration")
    maximum_deceleration: float | UnsetType = field(default=UNSET, name="maximumDeceleration")
    pick_time: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="pickTime")
    drop_time: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="dropTime")
    description: str | UnsetType = UNSET


class FactsheetLoadSpecification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    load_positions: tuple[str, ...] | UnsetType = field(default=UNSET, name="loadPositions")
    load_sets: tuple[FactsheetLoadSpecificationLoadSet, ...] | UnsetType = field(default=UNSET, name="loadSets")


class FactsheetMobileRobotConfigurationVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: str
    value: str


class FactsheetMobileRobotConfigurationNetwork(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dns_servers: tuple[str, ...] | UnsetType = field(default=UNSET, name="dnsServers")
    ntp_servers: tuple[str, ...] | UnsetType = field(default=UNSET, name="ntpServers")
    local_ip_address: str | UnsetType = field(default=UNSET, name="localIpAddress")
    netmask: str | UnsetType = UNSET
    default_gateway: str | UnsetType = field(default=UNSET, name="defaultGateway")


class FactsheetMobileRobotConfigurationBatteryCharging(Struct, frozen=True, kw_only=True, omit_defaults=True):
    critical_low_charging_level: Annotated[float, Meta(ge=0.0, le=100.0)] | UnsetType = field(default=UNSET, name="criticalLowChargingLevel")
    minimum_desired_charging_level: Annotated[float, Meta(ge=0.0, le=100.0)] | UnsetType = field(default=UNSET, name="minimumDesiredChargingLevel")
    maximum_desired_charging_level: Annotated[float, Meta(ge=0.0, le=100.0)] | UnsetType = field(default=UNSET, name="maximumDesiredChargingLevel")
    minimum_charging_time: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="minimumChargingTime")


class FactsheetMobileRobotConfiguration(Struct, frozen=True, kw_only=True, omit_defaults=True):
    versions: tuple[FactsheetMobileRobotConfigurationVersion, ...] | UnsetType = UNSET
    network: FactsheetMobileRobotConfigurationNetwork | UnsetType = UNSET
    battery_charging: FactsheetMobileRobotConfigurationBatteryCharging | UnsetType = field(default=UNSET, name="batteryCharging")


class Factsheet(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: Annotated[int, Meta(ge=0)] = field(name="headerId")
    timestamp: Timestamp
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    type_specification: FactsheetTypeSpecification = field(name="typeSpecification")
    physical_parameters: FactsheetPhysicalParameters = field(name="physicalParameters")
    protocol_limits: FactsheetProtocolLimits = field(name="protocolLimits")
    protocol_features: FactsheetProtocolFeatures = field(name="protocolFeatures")
    mobile_robot_geometry: FactsheetMobileRobotGeometry = field(name="mobileRobotGeometry")
    load_specification: FactsheetLoadSpecification = field(name="loadSpecification")
    mobile_robot_configuration: FactsheetMobileRobotConfiguration | UnsetType = field(default=UNSET, name="mobileRobotConfiguration")


class InstantActionsActionActionParameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: str
    value: list[object] | bool | float | int | str | dict[str, object]


class InstantActionsAction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_type: str = field(name="actionType")
    action_id: str = field(name="actionId")
    action_descriptor: str | UnsetType = field(default=UNSET, name="actionDescriptor")
    blocking_type: Literal["NONE"] = field(name="blockingType")
    action_parameters: tuple[InstantActionsActionActionParameter, ...] | UnsetType = field(default=UNSET, name="actionParameters")


class InstantActions(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: int = field(name="headerId")
    timestamp: Timestamp
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    actions: tuple[InstantActionsAction, ...]


class MessageNodeNodePositionAllowedDeviationXY(Struct, frozen=True, kw_only=True, omit_defaults=True):
    a: Annotated[float, Meta(ge=0)]
    b: Annotated[float, Meta(ge=0)]
    theta: Annotated[float, Meta(ge=-1.570796327, le=1.570796327)]


class MessageNodeNodePosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)] | UnsetType = UNSET
    allowed_deviation_xy: MessageNodeNodePositionAllowedDeviationXY | UnsetType = field(default=UNSET, name="allowedDeviationXY")
    allowed_deviation_theta: Annotated[float, Meta(ge=0, le=3.141592654)] | UnsetType = field(default=UNSET, name="allowedDeviationTheta")
    map_id: str = field(name="mapId")


class MessageActionActionParameter(Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: str
    value: list[object] | bool | float | int | str | dict[str, object]


class MessageAction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_type: str = field(name="actionType")
    action_id: str = field(name="actionId")
    action_descriptor: str | UnsetType = field(default=UNSET, name="actionDescriptor")
    blocking_type: Literal["NONE", "SOFT", "SINGLE", "HARD"] = field(name="blockingType")
    action_parameters: tuple[MessageActionActionParameter, ...] | UnsetType = field(default=UNSET, name="actionParameters")
    retriable: bool | UnsetType = UNSET


class MessageNode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    node_id: str = field(name="nodeId")
    sequence_id: Annotated[int, Meta(ge=0)] = field(name="sequenceId")
    node_descriptor: str | UnsetType = field(default=UNSET, name="nodeDescriptor")
    released: bool
    node_position: MessageNodeNodePosition | UnsetType = field(default=UNSET, name="nodePosition")
    actions: tuple[MessageAction, ...]


class MessageTrajectoryControlPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    weight: float | UnsetType = UNSET


class MessageTrajectory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    degree: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    knot_vector: tuple[Annotated[float, Meta(ge=0.0, le=1.0)], ...] | UnsetType = field(default=UNSET, name="knotVector")
    control_points: tuple[MessageTrajectoryControlPoint, ...] = field(name="controlPoints")


class MessageCorridor(Struct, frozen=True, kw_only=True, omit_defaults=True):
    left_width: Annotated[float, Meta(ge=0.0)] = field(name="leftWidth")
    right_width: Annotated[float, Meta(ge=0.0)] = field(name="rightWidth")
    corridor_reference_point: Literal["KINEMATIC_CENTER", "CONTOUR"] | UnsetType = field(default=UNSET, name="corridorReferencePoint")
    release_required: bool | UnsetType = field(default=UNSET, name="releaseRequired")
    release_loss_behavior: Literal["STOP", "RETURN"] | UnsetType = field(default=UNSET, name="releaseLossBehavior")


class MessageEdge(Struct, frozen=True, kw_only=True, omit_defaults=True):
    edge_id: str = field(name="edgeId")
    sequence_id: Annotated[int, Meta(ge=0)] = field(name="sequenceId")
    edge_descriptor: str | UnsetType = field(default=UNSET, name="edgeDescriptor")
    released: bool
    maximum_speed: float | UnsetType = field(default=UNSET, name="maximumSpeed")
    maximum_mobile_robot_height: float | UnsetType = field(default=UNSET, name="maximumMobileRobotHeight")
    minimum_load_handling_device_height: float | UnsetType = field(default=UNSET, name="minimumLoadHandlingDeviceHeight")
    orientation: Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)] | UnsetType = UNSET
    orientation_type: Literal["GLOBAL", "TANGENTIAL"] | UnsetType = field(default=UNSET, name="orientationType")
    direction: str | UnsetType = UNSET
    reach_orientation_before_entering: bool | UnsetType = field(default=UNSET, name="reachOrientationBeforeEntering")
    max_rotation_speed: float | UnsetType = field(default=UNSET, name="maxRotationSpeed")
    trajectory: MessageTrajectory | UnsetType = UNSET
    length: float | UnsetType = UNSET
    corridor: MessageCorridor | UnsetType = UNSET
    actions: tuple[MessageAction, ...]


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: int = field(name="headerId")
    timestamp: Timestamp
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    order_id: str = field(name="orderId")
    order_update_id: Annotated[int, Meta(ge=0)] = field(name="orderUpdateId")
    order_description: str | UnsetType = field(default=UNSET, name="orderDescription")
    nodes: tuple[MessageNode, ...]
    edges: tuple[MessageEdge, ...]


class StateMap(Struct, frozen=True, kw_only=True, omit_defaults=True):
    map_id: str = field(name="mapId")
    map_version: str = field(name="mapVersion")
    map_descriptor: str | UnsetType = field(default=UNSET, name="mapDescriptor")
    map_status: Literal["ENABLED", "DISABLED"] = field(name="mapStatus")


class StateZoneSet(Struct, frozen=True, kw_only=True, omit_defaults=True):
    zone_set_id: str = field(name="zoneSetId")
    map_id: str = field(name="mapId")
    zone_set_status: Literal["ENABLED", "DISABLED"] = field(name="zoneSetStatus")


class StateNodeStateNodePosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)] | UnsetType = UNSET
    map_id: str = field(name="mapId")


class StateNodeState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    node_id: str = field(name="nodeId")
    sequence_id: int = field(name="sequenceId")
    node_descriptor: str | UnsetType = field(default=UNSET, name="nodeDescriptor")
    released: bool
    node_position: StateNodeStateNodePosition | UnsetType = field(default=UNSET, name="nodePosition")


class StateTrajectoryControlPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    weight: float | UnsetType = UNSET


class StateTrajectory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    degree: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    knot_vector: tuple[Annotated[float, Meta(ge=0.0, le=1.0)], ...] | UnsetType = field(default=UNSET, name="knotVector")
    control_points: tuple[StateTrajectoryControlPoint, ...] = field(name="controlPoints")


class StateEdgeState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    edge_id: str = field(name="edgeId")
    sequence_id: int = field(name="sequenceId")
    edge_descriptor: str | UnsetType = field(default=UNSET, name="edgeDescriptor")
    released: bool
    trajectory: StateTrajectory | UnsetType = UNSET


class StatePlannedPath(Struct, frozen=True, kw_only=True, omit_defaults=True):
    trajectory: StateTrajectory
    traversed_nodes: tuple[str, ...] | UnsetType = field(default=UNSET, name="traversedNodes")


class StateIntermediatePathPolylineItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)] | UnsetType = UNSET
    eta: str


class StateIntermediatePath(Struct, frozen=True, kw_only=True, omit_defaults=True):
    polyline: tuple[StateIntermediatePathPolylineItem, ...]


class StateMobileRobotPosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)]
    map_id: str = field(name="mapId")
    localized: bool
    localization_score: Annotated[float, Meta(ge=0.0, le=1.0)] | UnsetType = field(default=UNSET, name="localizationScore")
    deviation_range: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="deviationRange")


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
    length: Annotated[float, Meta(ge=0.0)]
    width: Annotated[float, Meta(ge=0.0)]
    height: Annotated[float, Meta(ge=0.0)] | UnsetType = UNSET


class StateLoad(Struct, frozen=True, kw_only=True, omit_defaults=True):
    load_id: str | UnsetType = field(default=UNSET, name="loadId")
    load_type: str | UnsetType = field(default=UNSET, name="loadType")
    load_position: str | UnsetType = field(default=UNSET, name="loadPosition")
    bounding_box_reference: StateLoadBoundingBoxReference | UnsetType = field(default=UNSET, name="boundingBoxReference")
    load_dimensions: StateLoadLoadDimensions | UnsetType = field(default=UNSET, name="loadDimensions")
    weight: Annotated[float, Meta(ge=0.0)] | UnsetType = UNSET


class StateZoneRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    request_id: str = field(name="requestId")
    request_type: Literal["ACCESS", "REPLANNING"] = field(name="requestType")
    zone_id: str = field(name="zoneId")
    zone_set_id: str = field(name="zoneSetId")
    request_status: Literal["REQUESTED", "GRANTED", "REVOKED", "EXPIRED"] = field(name="requestStatus")
    trajectory: StateTrajectory | UnsetType = UNSET


class StateEdgeRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    request_id: str = field(name="requestId")
    request_type: Literal["CORRIDOR"] = field(name="requestType")
    edge_id: str = field(name="edgeId")
    sequence_id: int = field(name="sequenceId")
    request_status: Literal["REQUESTED", "GRANTED", "REVOKED", "EXPIRED"] = field(name="requestStatus")


class StateActionState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    action_id: str = field(name="actionId")
    action_type: str | UnsetType = field(default=UNSET, name="actionType")
    action_descriptor: str | UnsetType = field(default=UNSET, name="actionDescriptor")
    action_status: Literal["WAITING", "INITIALIZING", "RUNNING", "PAUSED", "RETRIABLE", "FINISHED", "FAILED"] = field(name="actionStatus")
    action_result: str | UnsetType = field(default=UNSET, name="actionResult")


class StatePowerSupply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    state_of_charge: Annotated[float, Meta(ge=0, le=100)] = field(name="stateOfCharge")
    battery_voltage: float | UnsetType = field(default=UNSET, name="batteryVoltage")
    battery_current: float | UnsetType = field(default=UNSET, name="batteryCurrent")
    battery_health: Annotated[float, Meta(ge=0, le=100)] | UnsetType = field(default=UNSET, name="batteryHealth")
    charging: bool
    range_: Annotated[float, Meta(ge=0)] | UnsetType = field(default=UNSET, name="range")


class StateErrorErrorReference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    reference_key: str = field(name="referenceKey")
    reference_value: str = field(name="referenceValue")


class StateTranslation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    translation_key: str = field(name="translationKey")
    translation_value: str = field(name="translationValue")


class StateError(Struct, frozen=True, kw_only=True, omit_defaults=True):
    error_type: str = field(name="errorType")
    error_references: tuple[StateErrorErrorReference, ...] | UnsetType = field(default=UNSET, name="errorReferences")
    error_description: str | UnsetType = field(default=UNSET, name="errorDescription")
    error_description_translations: tuple[StateTranslation, ...] | UnsetType = field(default=UNSET, name="errorDescriptionTranslations")
    error_hint: str | UnsetType = field(default=UNSET, name="errorHint")
    error_hint_translations: tuple[StateTranslation, ...] | UnsetType = field(default=UNSET, name="errorHintTranslations")
    error_level: Literal["WARNING", "URGENT", "CRITICAL", "FATAL"] = field(name="errorLevel")


class StateInfoInfoReference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    reference_key: str = field(name="referenceKey")
    reference_value: str = field(name="referenceValue")


class StateInfo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    info_type: str = field(name="infoType")
    info_references: tuple[StateInfoInfoReference, ...] | UnsetType = field(default=UNSET, name="infoReferences")
    info_descriptor: str | UnsetType = field(default=UNSET, name="infoDescriptor")
    info_level: Literal["INFO", "DEBUG"] = field(name="infoLevel")


class StateSafetyState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    active_emergency_stop: Literal["MANUAL", "REMOTE", "NONE"] = field(name="activeEmergencyStop")
    field_violation: bool = field(name="fieldViolation")


class State(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: int = field(name="headerId")
    timestamp: Timestamp
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    maps: tuple[StateMap, ...] | UnsetType = UNSET
    zone_sets: tuple[StateZoneSet, ...] | UnsetType = field(default=UNSET, name="zoneSets")
    order_id: str = field(name="orderId")
    order_update_id: int = field(name="orderUpdateId")
    last_node_id: str = field(name="lastNodeId")
    last_node_sequence_id: int = field(name="lastNodeSequenceId")
    node_states: tuple[StateNodeState, ...] = field(name="nodeStates")
    edge_states: tuple[StateEdgeState, ...] = field(name="edgeStates")
    planned_path: StatePlannedPath | UnsetType = field(default=UNSET, name="plannedPath")
    intermediate_path: StateIntermediatePath | UnsetType = field(default=UNSET, name="intermediatePath")
    mobile_robot_position: StateMobileRobotPosition | UnsetType = field(default=UNSET, name="mobileRobotPosition")
    velocity: StateVelocity | UnsetType = UNSET
    loads: tuple[StateLoad, ...] | UnsetType = UNSET
    driving: bool
    paused: bool | UnsetType = UNSET
    new_base_request: bool | UnsetType = field(default=UNSET, name="newBaseRequest")
    zone_requests: tuple[StateZoneRequest, ...] | UnsetType = field(default=UNSET, name="zoneRequests")
    edge_requests: tuple[StateEdgeRequest, ...] | UnsetType = field(default=UNSET, name="edgeRequests")
    distance_since_last_node: float | UnsetType = field(default=UNSET, name="distanceSinceLastNode")
    action_states: tuple[StateActionState, ...] = field(name="actionStates")
    instant_action_states: tuple[StateActionState, ...] = field(name="instantActionStates")
    zone_action_states: tuple[StateActionState, ...] | UnsetType = field(default=UNSET, name="zoneActionStates")
    power_supply: StatePowerSupply = field(name="powerSupply")
    operating_mode: Literal["STARTUP", "AUTOMATIC", "SEMIAUTOMATIC", "INTERVENED", "MANUAL", "SERVICE", "TEACH_IN"] = field(name="operatingMode")
    errors: tuple[StateError, ...]
    information: tuple[StateInfo, ...] | UnsetType = UNSET
    safety_state: StateSafetyState = field(name="safetyState")


class VisualizationTrajectoryControlPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    weight: float | UnsetType = UNSET


class VisualizationTrajectory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    degree: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    knot_vector: tuple[Annotated[float, Meta(ge=0.0, le=1.0)], ...] | UnsetType = field(default=UNSET, name="knotVector")
    control_points: tuple[VisualizationTrajectoryControlPoint, ...] = field(name="controlPoints")


class VisualizationPlannedPath(Struct, frozen=True, kw_only=True, omit_defaults=True):
    trajectory: VisualizationTrajectory
    traversed_nodes: tuple[str, ...] | UnsetType = field(default=UNSET, name="traversedNodes")


class VisualizationIntermediatePathPolylineItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)] | UnsetType = UNSET
    eta: str


class VisualizationIntermediatePath(Struct, frozen=True, kw_only=True, omit_defaults=True):
    polyline: tuple[VisualizationIntermediatePathPolylineItem, ...]


class VisualizationMobileRobotPosition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    x: float
    y: float
    theta: Annotated[float, Meta(ge=-3.14159265359, le=3.14159265359)]
    map_id: str = field(name="mapId")
    localized: bool
    localization_score: Annotated[float, Meta(ge=0.0, le=1.0)] | UnsetType = field(default=UNSET, name="localizationScore")
    deviation_range: Annotated[float, Meta(ge=0.0)] | UnsetType = field(default=UNSET, name="deviationRange")


class VisualizationVelocity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    vx: float | UnsetType = UNSET
    vy: float | UnsetType = UNSET
    omega: float | UnsetType = UNSET


class Visualization(Struct, frozen=True, kw_only=True, omit_defaults=True):
    header_id: int = field(name="headerId")
    timestamp: Timestamp
    version: str
    manufacturer: str
    serial_number: str = field(name="serialNumber")
    reference_state_header_id: int = field(name="referenceStateHeaderId")
    planned_path: VisualizationPlannedPath | UnsetType = field(default=UNSET, name="plannedPath")
    intermediate_path: VisualizationIntermediatePath | UnsetType = field(default=UNSET, name="intermediatePath")
    mobile_robot_position: VisualizationMobileRobotPosition | UnsetType = field(default=UNSET, name="mobileRobotPosition")
    velocity: VisualizationVelocity | UnsetType = UNSET
