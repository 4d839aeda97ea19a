"""What a truck says of itself. Every field that the schema asks for, since the simulated truck sends it; the lane reads few.

What the lane does not need may be missing: an incomplete factsheet still tells how long a truck is and how it brakes.
"""

from functools import cached_property

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
    speed_min: float | None = None
    speed_max: float | None = None
    acceleration_max: float | None = None
    deceleration_max: float | None = None
    height_max: float | None = None
    width: float | None = None
    length: float | None = None


class MaxStringLens(Part, frozen=True):
    id_len: int | None = None
    id_numerical_only: bool | None = None


class MaxArrayLens(Part, frozen=True):
    order_nodes: int | None = field(default=None, name="order.nodes")
    order_edges: int | None = field(default=None, name="order.edges")


class Timing(Part, frozen=True):
    min_order_interval: float | None = None
    min_state_interval: float | None = None
    default_state_interval: float | None = None


class ProtocolLimits(Part, frozen=True):
    max_string_lens: MaxStringLens | None = None
    max_array_lens: MaxArrayLens | None = None
    timing: Timing | None = None


class OptionalParameter(Part, frozen=True):
    """`parameter` is a path as in `order.edges.maxSpeed`. What is not listed is not supported."""

    parameter: Identifier
    support: Identifier
    description: Text | None = None


class ActionParameterOf(Part, frozen=True):
    """A parameter that an action may be given; one that is called not optional is needed."""

    key: Identifier
    value_data_type: Identifier | None = None
    is_optional: bool | None = None


class AgvAction(Part, frozen=True):
    action_type: Identifier
    action_scopes: tuple[Identifier, ...]
    action_parameters: tuple[ActionParameterOf, ...] | None = None
    blocking_types: tuple[Identifier, ...] | None = None


class ProtocolFeatures(Part, frozen=True):
    optional_parameters: tuple[OptionalParameter, ...] | None = None
    agv_actions: tuple[AgvAction, ...] | None = None


class AgvGeometry(Part, frozen=True):
    pass


class LoadSpecification(Part, frozen=True):
    pass


class Factsheet(Part, frozen=True, dict=True):
    version: Identifier
    manufacturer: Identifier
    serial_number: Identifier
    type_specification: TypeSpecification | None = None
    physical_parameters: PhysicalParameters | None = None
    protocol_limits: ProtocolLimits | None = None
    protocol_features: ProtocolFeatures | None = None
    agv_geometry: AgvGeometry | None = None
    load_specification: LoadSpecification | None = None
    header_id: Count | None = None
    timestamp: Timestamp | None = None

    @property
    def physics(self) -> PhysicalParameters:
        return self.physical_parameters or PhysicalParameters()

    @property
    def strings(self) -> MaxStringLens:
        return (self.protocol_limits and self.protocol_limits.max_string_lens) or MaxStringLens()

    @property
    def lists(self) -> MaxArrayLens:
        return (self.protocol_limits and self.protocol_limits.max_array_lens) or MaxArrayLens()

    @property
    def timing(self) -> Timing:
        return (self.protocol_limits and self.protocol_limits.timing) or Timing()

    @property
    def optional_parameters(self) -> tuple[OptionalParameter, ...]:
        return (self.protocol_features and self.protocol_features.optional_parameters) or ()

    @cached_property
    def supported(self) -> frozenset[str]:
        """Paths like `nodes.nodeposition`, of each part that is listed and of what it lies in."""
        listed = [_path(one).split(".") for one in self.optional_parameters]
        return frozenset(".".join(steps[:n]) for steps in listed for n in range(1, len(steps) + 1))

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(_path(one) for one in self.optional_parameters if one.support == "REQUIRED")

    @property
    def actions(self) -> tuple[AgvAction, ...]:
        return (self.protocol_features and self.protocol_features.agv_actions) or ()


def _path(parameter: OptionalParameter) -> str:
    return parameter.parameter.lower().removeprefix("order.")
