"""What a truck says of itself. Every field that the schema asks for, since the simulated truck sends it; the lane reads few."""

from msgspec import field

from drivers.wire.vda5050.messages import Count, Identifier, Part, Text, Timestamp


class TypeSpecification(Part, frozen=True):
    series_name: Text
    agv_kinematic: Identifier
    agv_class: Identifier
    max_load_mass: float
    localization_types: tuple[Identifier, ...]
    navigation_types: tuple[Identifier, ...]


class PhysicalParameters(Part, frozen=True):
    speed_min: float
    speed_max: float
    acceleration_max: float
    deceleration_max: float
    height_max: float
    width: float
    length: float


class MaxStringLens(Part, frozen=True):
    id_len: int | None = None


class MaxArrayLens(Part, frozen=True):
    order_nodes: int | None = field(default=None, name="order.nodes")
    order_edges: int | None = field(default=None, name="order.edges")


class Timing(Part, frozen=True):
    min_order_interval: float
    min_state_interval: float
    default_state_interval: float | None = None


class ProtocolLimits(Part, frozen=True):
    max_string_lens: MaxStringLens
    max_array_lens: MaxArrayLens
    timing: Timing


class OptionalParameter(Part, frozen=True):
    """`parameter` is a path as in `order.edges.maxSpeed`. What is not listed is not supported."""

    parameter: Identifier
    support: Identifier
    description: Text | None = None


class AgvAction(Part, frozen=True):
    action_type: Identifier
    action_scopes: tuple[Identifier, ...]


class ProtocolFeatures(Part, frozen=True):
    optional_parameters: tuple[OptionalParameter, ...]
    agv_actions: tuple[AgvAction, ...]


class AgvGeometry(Part, frozen=True):
    pass


class LoadSpecification(Part, frozen=True):
    pass


class Factsheet(Part, frozen=True):
    version: Identifier
    manufacturer: Identifier
    serial_number: Identifier
    type_specification: TypeSpecification
    physical_parameters: PhysicalParameters
    protocol_limits: ProtocolLimits
    protocol_features: ProtocolFeatures
    agv_geometry: AgvGeometry
    load_specification: LoadSpecification
    header_id: Count | None = None
    timestamp: Timestamp | None = None
