"""What a simulated truck says of its link and of itself."""

from drivers.wire.vda5050.factsheet import (
    ActionParameterOf,
    AgvAction,
    AgvGeometry,
    Factsheet,
    LoadSpecification,
    MaxArrayLens,
    MaxStringLens,
    OptionalParameter,
    PhysicalParameters,
    ProtocolFeatures,
    ProtocolLimits,
    Timing,
    TypeSpecification,
)
from drivers.wire.vda5050.messages import Connection, ConnectionState
from drivers.wire.vda5050.topics import Peer, Publish, Topic
from drivers.wire.vda5050.versions import codec_of
from sim.plan import PICK_AND_DROP, Actions

ACTIONS = ("cancelOrder", "startPause", "stopPause", "stateRequest", "factsheetRequest", "initPosition")
OPTIONAL = ("order.nodes.nodePosition", "order.nodes.nodePosition.allowedDeviationXY", "order.edges.maxSpeed", "order.edges.length")


def connection(peer: Peer, header_id: int, wall_utc: str, said: ConnectionState) -> Publish:
    message = Connection(
        header_id=header_id,
        timestamp=wall_utc,
        version=peer.version,
        manufacturer=peer.manufacturer,
        serial_number=peer.serial,
        connection_state=said,
    )
    return Publish(peer.topic(Topic.CONNECTION), codec_of(peer.version).encode(message), qos=1, retain=True)


Limits = tuple[float, float, float, float, float]
"""Greatest speed, acceleration, braking, length in metres, seconds between states."""


def _parameters(keys: tuple[str, ...]) -> tuple[ActionParameterOf, ...] | None:
    return tuple(ActionParameterOf(key=key, value_data_type="STRING", is_optional=True) for key in keys) or None


def factsheet(peer: Peer, header_id: int, wall_utc: str, limits: Limits, actions: Actions = PICK_AND_DROP) -> Publish:
    speed_mps_max, accel_mps2, braking_mps2, length_m, state_interval_s = limits
    sheet = Factsheet(
        header_id=header_id,
        timestamp=wall_utc,
        version=peer.version,
        manufacturer=peer.manufacturer,
        serial_number=peer.serial,
        type_specification=TypeSpecification(
            series_name="lane truck",
            agv_kinematic="THREEWHEEL",
            agv_class="CARRIER",
            max_load_mass=30_000.0,
            localization_types=("NATURAL",),
            navigation_types=("AUTONOMOUS",),
        ),
        physical_parameters=PhysicalParameters(
            speed_min=0.0,
            speed_max=speed_mps_max,
            acceleration_max=accel_mps2,
            deceleration_max=braking_mps2,
            height_max=4.0,
            width=2.5,
            length=length_m,
        ),
        protocol_limits=ProtocolLimits(
            max_string_lens=MaxStringLens(id_len=256),
            max_array_lens=MaxArrayLens(order_nodes=1000, order_edges=1000),
            timing=Timing(min_order_interval=0.0, min_state_interval=0.1, default_state_interval=state_interval_s),
        ),
        protocol_features=ProtocolFeatures(
            optional_parameters=tuple(OptionalParameter(parameter=name, support="SUPPORTED") for name in OPTIONAL),
            agv_actions=(
                *(AgvAction(action_type=name, action_scopes=("INSTANT",)) for name in ACTIONS),
                *(AgvAction(action_type=name, action_scopes=("NODE",), action_parameters=_parameters(keys)) for name, keys in actions),
            ),
        ),
        agv_geometry=AgvGeometry(),
        load_specification=LoadSpecification(),
    )
    return Publish(peer.topic(Topic.FACTSHEET), codec_of(peer.version).encode(sheet), retain=True)
