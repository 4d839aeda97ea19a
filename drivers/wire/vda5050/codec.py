"""Bytes to messages and back. Bad bytes are a WireError that names the place in the JSON, and nothing else."""

from typing import Final, TypeVar

import msgspec

from drivers.wire import WireError
from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.messages import Connection, InstantActions, Order, State, Visualization

MESSAGE_BYTES_MAX: Final = 65_536  # a state with a whole lane's nodes is about 5 kB

Message = Order | InstantActions | State | Connection | Factsheet | Visualization

_order = msgspec.json.Decoder(Order)
_instant_actions = msgspec.json.Decoder(InstantActions)
_state = msgspec.json.Decoder(State)
_connection = msgspec.json.Decoder(Connection)
_factsheet = msgspec.json.Decoder(Factsheet)
_visualization = msgspec.json.Decoder(Visualization)
_encoder = msgspec.json.Encoder()

M = TypeVar("M")


def encode(message: Message) -> bytes:
    return _encoder.encode(message)


def decode_order(payload: bytes) -> Order:
    return _decoded(_order, payload)


def decode_instant_actions(payload: bytes) -> InstantActions:
    return _decoded(_instant_actions, payload)


def decode_state(payload: bytes) -> State:
    return _decoded(_state, payload)


def decode_connection(payload: bytes) -> Connection:
    return _decoded(_connection, payload)


def decode_factsheet(payload: bytes) -> Factsheet:
    return _decoded(_factsheet, payload)


def decode_visualization(payload: bytes) -> Visualization:
    return _decoded(_visualization, payload)


def check_size(payload: bytes) -> None:
    if len(payload) > MESSAGE_BYTES_MAX:
        raise WireError(f"{len(payload)} bytes, at most {MESSAGE_BYTES_MAX} are read")


def _decoded(decoder: msgspec.json.Decoder[M], payload: bytes) -> M:
    check_size(payload)
    try:
        return decoder.decode(payload)
    except RecursionError:
        raise WireError("nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError(str(error)) from None
