"""One codec for each version of VDA 5050, all of one inner model (messages.py, factsheet.py): bytes in, inner messages out, and back.

`fault` holds a message against the generated models of its version, every field of them; the inner model reads only what the lane needs, so
that a vendor's slip in a field that nobody reads does not silence a truck.
"""

from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import TypeVar

import msgspec

from drivers.wire import WireError
from drivers.wire.vda5050 import codec, version_3
from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.generated import v2_0_0, v2_1_0, v3_0_0
from drivers.wire.vda5050.messages import Connection, InstantActions, Order, State
from drivers.wire.vda5050.topics import Topic

M = TypeVar("M")

CLASSES = MappingProxyType(
    {
        Topic.ORDER: "Order",
        Topic.INSTANT_ACTIONS: "InstantActions",
        Topic.STATE: "State",
        Topic.CONNECTION: "Connection",
        Topic.FACTSHEET: "Factsheet",
        Topic.VISUALIZATION: "Visualization",
    }
)


class Codec:
    """2.1.0, whose words the inner model uses."""

    def __init__(self, version: str, models: ModuleType) -> None:
        self.version = version
        self._strict = {topic: msgspec.json.Decoder(getattr(models, name)) for topic, name in CLASSES.items()}

    def fault(self, topic: Topic, payload: bytes) -> str:
        """What the schema of this version finds wrong, with its place; "" when nothing."""
        try:
            self._strict[topic].decode(payload)
        except RecursionError:
            return "nested too deeply"
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return str(error)
        return ""

    def encode(self, message: codec.Message) -> bytes:
        return codec.encode(message)

    def order(self, payload: bytes) -> Order:
        return codec.decode_order(payload)

    def instant_actions(self, payload: bytes) -> InstantActions:
        return codec.decode_instant_actions(payload)

    def state(self, payload: bytes) -> State:
        return codec.decode_state(payload)

    def connection(self, payload: bytes) -> Connection:
        return codec.decode_connection(payload)

    def factsheet(self, payload: bytes) -> Factsheet:
        return codec.decode_factsheet(payload)


class Codec20(Codec):
    """2.0.0 writes allowedDeviationXy; its text says actionType, its schema asks for actionName: both are written."""

    def encode(self, message: codec.Message) -> bytes:
        plain = msgspec.to_builtins(message)
        if isinstance(message, Order):
            for node in plain["nodes"]:
                position = node.get("nodePosition", {})
                if "allowedDeviationXY" in position:
                    position["allowedDeviationXy"] = position.pop("allowedDeviationXY")
        elif isinstance(message, InstantActions):
            plain["actions"] = [{**action, "actionName": action["actionType"]} for action in plain["actions"]]
        elif isinstance(message, State):
            for node in plain["nodeStates"]:
                if "nodePosition" in node:
                    node["nodePosition"].setdefault("theta", 0.0)
        return msgspec.json.encode(plain)

    def order(self, payload: bytes) -> Order:
        return codec.decode_order(payload.replace(b'"allowedDeviationXy"', b'"allowedDeviationXY"'))

    def instant_actions(self, payload: bytes) -> InstantActions:
        plain = _plain(payload)
        actions = plain.get("actions")
        for action in actions if isinstance(actions, list) else []:
            if isinstance(action, dict) and "actionName" in action:
                action.setdefault("actionType", action["actionName"])
        return _inner(InstantActions, plain)


class Codec30(Codec):
    """3.0.0 says the same in other words (version_3)."""

    def encode(self, message: codec.Message) -> bytes:
        return msgspec.json.encode(version_3.outward(message))

    def order(self, payload: bytes) -> Order:
        return _inner(Order, version_3.order(_plain(payload)))

    def state(self, payload: bytes) -> State:
        return _inner(State, version_3.state(_plain(payload)))

    def connection(self, payload: bytes) -> Connection:
        return _inner(Connection, version_3.connection(_plain(payload)))

    def factsheet(self, payload: bytes) -> Factsheet:
        return _inner(Factsheet, version_3.factsheet(_plain(payload)))


CODECS: Mapping[str, Codec] = MappingProxyType(
    {"2.0": Codec20("2.0.0", v2_0_0), "2.1": Codec("2.1.0", v2_1_0), "3.0": Codec30("3.0.0", v3_0_0)}
)
ENROLLED = ("2.0", "2.1")  # 3.0 is read and written, but no lane has been proved with it


def codec_of(version: str) -> Codec:
    """The codec of a version like 2.1.0, whatever its patch."""
    found = CODECS.get(".".join(version.split(".")[:2]))
    if found is None:
        raise WireError(f"VDA 5050 {version[:20]} is not spoken here")
    return found


def _plain(payload: bytes) -> dict[str, object]:
    codec.check_size(payload)
    try:
        plain = msgspec.json.decode(payload)
    except RecursionError:
        raise WireError("nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError(str(error)) from None
    if not isinstance(plain, dict):
        raise WireError("a message is a JSON object")
    return plain


def _inner(type_: type[M], plain: Mapping[str, object]) -> M:
    try:
        return msgspec.convert(plain, type_)
    except msgspec.ValidationError as error:
        raise WireError(str(error)) from None
