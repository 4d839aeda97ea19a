"""Transport orders and clearances over MQTT: topics and JSON, for the lane, for who orders, and for both customs systems.

Every topic is below `lanectl/v1/SITE`. Messages go with QoS 1 and are not retained; each is an object with `schema_version`. What the
fields mean stands in docs/reference/orders.md.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from drivers.wire import WireError

SCHEMA_VERSION = 1
MESSAGE_BYTES_MAX = 256 * 1024  # what the embedded broker takes; 500 orders are some 150 kB
AUTHORITIES = ("VN", "CN")
ROOT = "lanectl"  # of every topic here


@dataclass(frozen=True, slots=True)
class Topics:
    site: str

    @property
    def base(self) -> str:
        return f"{ROOT}/v1/{self.site}"

    @property
    def requests(self) -> str:
        """From who orders."""
        return f"{self.base}/orders/request"

    @property
    def acks(self) -> str:
        """What came of each request, once it cannot be lost any more."""
        return f"{self.base}/orders/ack"

    @property
    def states(self) -> str:
        """Each change of an order."""
        return f"{self.base}/orders/state"

    def clearances(self, authority: str) -> str:
        """From this authority, and from nobody else."""
        return f"{self.base}/clearance/{authority}"

    def clearance_acks(self, authority: str) -> str:
        return f"{self.base}/clearance/{authority}/ack"

    def declared(self, authority: str) -> str:
        """What this authority is asked to clear; said again until it answers."""
        return f"{self.base}/clearance/{authority}/declared"


def decode(payload: bytes) -> dict[str, Any]:
    """Raises WireError for what is too long, no JSON, no object, or of another version."""
    if len(payload) > MESSAGE_BYTES_MAX:
        raise WireError(f"{len(payload)} bytes are more than a message may have, {MESSAGE_BYTES_MAX}; send it in several")
    try:
        held = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError(f"is not JSON: {error}") from error
    except RecursionError:
        raise WireError("is nested too deeply") from None
    if not isinstance(held, dict):
        raise WireError("is no JSON object")
    if held.get("schema_version") != SCHEMA_VERSION or isinstance(held.get("schema_version"), bool):
        raise WireError(f"schema_version is {held.get('schema_version')!r:.20}, expected {SCHEMA_VERSION}")
    return held


def encode(**fields: object) -> bytes:
    return msgspec.json.encode({"schema_version": SCHEMA_VERSION, **fields})


def clearance(consignment: str, standing: str, number: int, valid_until: str | None = None, why: str = "") -> dict[str, object]:
    """One entry of an authority's message, which holds them under `clearances`."""
    entry: dict[str, object] = {"consignment": consignment, "standing": standing, "number": number}
    if valid_until is not None:
        entry["valid_until"] = valid_until
    return {**entry, "why": why} if why else entry
