"""Where a message goes: `interface/vN/manufacturer/serial/topic`."""

import re
from dataclasses import dataclass
from enum import Enum

from msgspec import Struct

from drivers.wire import WireError

VERSION = "2.1.0"
_SERIAL = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_LEVEL = re.compile(r"[^/+#\x00]{1,64}")


class Topic(Enum):
    __hash__ = object.__hash__  # an enum's own goes through its name, in Python

    ORDER = "order"
    INSTANT_ACTIONS = "instantActions"
    STATE = "state"
    CONNECTION = "connection"
    FACTSHEET = "factsheet"
    VISUALIZATION = "visualization"


class Publish(Struct, frozen=True):
    """One message for the broker."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """One truck's place among the topics."""

    interface: str
    manufacturer: str
    serial: str
    version: str = VERSION

    def __post_init__(self) -> None:
        if not _SERIAL.fullmatch(self.serial):
            raise ValueError(f"serial {self.serial!r}: only A-Z a-z 0-9 _ . : - (VDA 5050 section 6.3)")
        for level in (self.interface, self.manufacturer):
            if not _LEVEL.fullmatch(level):
                raise ValueError(f"{level!r} cannot be a level of an MQTT topic")

    def topic(self, topic: Topic) -> str:
        return f"{self.interface}/v{major(self.version)}/{self.manufacturer}/{self.serial}/{topic.value}"


def parse(topic: str) -> tuple[str, str, str, str, Topic]:
    """Interface, vN, manufacturer, serial and which topic."""
    levels = topic.split("/")
    if len(levels) != 5:
        raise WireError(f"{topic[:100]!r} is no VDA 5050 topic")
    try:
        return levels[0], levels[1], levels[2], levels[3], Topic(levels[4])
    except ValueError:
        raise WireError(f"{topic[:100]!r} ends in no VDA 5050 topic") from None


def is_serial(serial: str) -> bool:
    return _SERIAL.fullmatch(serial) is not None


def major(version: str) -> str:
    return version.split(".", 1)[0]
