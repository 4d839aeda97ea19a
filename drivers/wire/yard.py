"""What the lane asks of a yard: which trucks are to stand before a gate, in which order. One retained message, said again when it changes.

It says how things are to be and not what to do next, so a message that is lost, comes twice or late does no harm: the newest one holds.
Topic `INTERFACE/yard/SITE`, QoS 1, retained, JSON: {"timestamp", "gate", "trucks": [serial, …]}; trucks that are not named stay in
the yard, or go back to it if they stand before a gate without a way.
"""

from dataclasses import dataclass

import msgspec

from drivers.wire import WireError
from drivers.wire.vda5050.topics import Publish

TRUCKS_MAX = 20


class _Message(msgspec.Struct):
    timestamp: str
    gate: str
    trucks: list[str]


@dataclass(frozen=True, slots=True)
class YardCall:
    """`trucks` in the order in which they come to `gate`, the first to its stop line."""

    gate: str
    trucks: tuple[str, ...]


def topic(interface: str, site: str) -> str:
    return f"{interface}/yard/{site}"


def encode(topic_: str, call: YardCall, wall_utc: str) -> Publish:
    return Publish(topic_, msgspec.json.encode(_Message(wall_utc, call.gate, list(call.trucks))), qos=1, retain=True)


def decode(payload: bytes) -> YardCall:
    """Raises WireError."""
    try:
        message = msgspec.json.decode(payload, type=_Message)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError(f"is no call of a yard: {error}") from error
    if len(message.trucks) > TRUCKS_MAX or len(set(message.trucks)) < len(message.trucks):
        raise WireError(f"calls {len(message.trucks)} trucks: each once, {TRUCKS_MAX} at most")
    return YardCall(message.gate, tuple(message.trucks))
