"""Judges traffic between vehicles and their master control, message by message, whoever sent it: against the schemas and the rules.

For recorded files and for a live broker. What was not recorded (QoS, retain flag, time) is not judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from drivers.wire import WireError
from drivers.wire.vda5050.dialogue import Dialogue
from drivers.wire.vda5050.messages import ConnectionState, Order
from drivers.wire.vda5050.rules import RULES, Breach
from drivers.wire.vda5050.topics import Topic, is_serial, major, parse
from drivers.wire.vda5050.versions import Codec, codec_of

SILENT_S_MAX = 30.0
DIALOGUES_MAX = 10_000
OURS = (Topic.ORDER, Topic.INSTANT_ACTIONS)


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as it was recorded. `at`: seconds, any beginning; `stored`: the broker had kept it, it was not sent now.

    None: not recorded.
    """

    number: int
    topic: str
    payload: bytes
    at: float | None = None
    qos: int | None = None
    retain: bool | None = None
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    number: int
    topic: str
    breach: Breach
    at: float | None = None

    @property
    def remedy(self) -> str:
        return RULES[self.breach.rule].remedy

    @property
    def house(self) -> bool:
        return RULES[self.breach.rule].house


class Traffic:
    """`shared`: nodes where more than one vehicle may be, like a yard; the last node of an order's whole way is taken for one."""

    def __init__(self, shared: frozenset[str] = frozenset()) -> None:
        self.messages = 0
        self._shared = shared
        self._dialogues: dict[str, Dialogue] = {}
        self._state_at: dict[str, float] = {}
        self._told_silent: set[str] = set()

    @property
    def vehicles(self) -> tuple[str, ...]:
        return tuple(sorted(self._dialogues))

    def judge(self, seen: Seen) -> list[Finding]:
        self.messages += 1
        return [Finding(seen.number, seen.topic, breach, seen.at) for breach in self._breaches(seen)] + self._silent(seen)

    def _breaches(self, seen: Seen) -> Iterator[Breach]:
        try:
            _, level, manufacturer, serial, topic = parse(seen.topic)
        except WireError as error:
            yield Breach(1, "topic", str(error))
            return
        vehicle = f"{manufacturer}/{serial}"
        if not level.startswith("v") or not level[1:].isdigit():
            yield Breach(1, "topic", f"{level} is no version like v2")
        if not is_serial(serial):
            yield Breach(1, "topic", f"serial {serial!r} has other characters than A-Z a-z 0-9 _ . : -")
        yield from _of_carriage(seen, topic)
        if not seen.payload and seen.retain:
            return  # clears what was retained
        plain = _plain(seen.payload)
        if isinstance(plain, Breach):
            yield plain
            return
        yield from _of_header(plain, level, manufacturer, serial)
        codec = _codec_of(plain, level)
        if codec is None:
            yield Breach(4, "$.version", f"version {plain.get('version')!r} has no codec here")
            return
        fault = codec.fault(topic, seen.payload)
        if fault:
            place = fault.rsplit(" - at `", 1)[-1].rstrip("`") if " - at `" in fault else "$"
            yield Breach(4 if place == "$.timestamp" else 2, place, fault.split(" - at `")[0])
        if len(self._dialogues) < DIALOGUES_MAX:
            yield from self._of_story(seen, codec, topic, vehicle, plain)

    def _of_story(self, seen: Seen, codec: Codec, topic: Topic, vehicle: str, plain: Mapping[str, object]) -> Iterator[Breach]:
        """What came before decides. A message that cannot even be read has no story; that was said already."""
        dialogue = self._dialogues.setdefault(vehicle, Dialogue(complete=False))
        try:
            match topic:
                case Topic.ORDER:
                    order = codec.order(seen.payload)
                    yield from dialogue.broken_by_order(order, plain)
                    yield from self._shared_out(vehicle, order)
                    dialogue.sent_order(order)
                case Topic.INSTANT_ACTIONS:
                    actions = codec.instant_actions(seen.payload)
                    yield from dialogue.broken_by_actions(actions)
                    dialogue.sent_actions(actions)
                case Topic.STATE:
                    state = codec.state(seen.payload)
                    if not seen.stored:
                        yield from dialogue.broken_by_state(state)
                        dialogue.heard_state(state)
                        self._heard(vehicle, seen.at)
                case Topic.CONNECTION:
                    dialogue.heard_connection(codec.connection(seen.payload))
                    self._heard(vehicle, seen.at)
                case Topic.FACTSHEET:
                    dialogue.heard_factsheet(codec.factsheet(seen.payload))
                case Topic.VISUALIZATION:
                    pass
        except WireError:
            if topic is Topic.ORDER and plain.get("nodes") == []:
                yield Breach(7, "$.nodes", "an order has at least one node")

    def _heard(self, vehicle: str, at: float | None) -> None:
        self._told_silent.discard(vehicle)
        if at is not None:
            self._state_at[vehicle] = at

    def _shared_out(self, vehicle: str, order: Order) -> Iterator[Breach]:
        """Rules 16 and 27, between vehicles."""
        for other, dialogue in self._dialogues.items():
            if other == vehicle:
                continue
            held = set(dialogue.released_ahead) - self._shared - {order.nodes[-1].node_id}
            for at, node in enumerate(order.nodes):
                if at > 0 and node.released and node.node_id in held:
                    lives = dialogue.connection in (ConnectionState.ONLINE, None)
                    what = f"{node.node_id} is released to {other}" + ("" if lives else ", whose link is dead")
                    yield Breach(27 if lives else 16, f"$.nodes[{at}]", what)

    def _silent(self, seen: Seen) -> list[Finding]:
        """Rule 21, told once with the first message that shows that so much time has gone."""
        if seen.at is None:
            return []
        found = []
        for vehicle, at in self._state_at.items():
            online = self._dialogues[vehicle].connection is ConnectionState.ONLINE
            if online and seen.at - at > SILENT_S_MAX and vehicle not in self._told_silent:
                self._told_silent.add(vehicle)
                what = f"{vehicle} is ONLINE and has sent no state for {seen.at - at:.0f} s"
                found.append(Finding(seen.number, seen.topic, Breach(21, "sequence", what), seen.at))
        return found


def _of_carriage(seen: Seen, topic: Topic) -> Iterator[Breach]:
    wanted = 1 if topic is Topic.CONNECTION else 0
    if seen.qos is not None and seen.qos != wanted and not seen.stored:
        yield Breach(5, "qos", f"{topic.value} with QoS {seen.qos}, not {wanted}")
    kept = topic in (Topic.CONNECTION, Topic.FACTSHEET)
    if seen.retain is not None and seen.retain != kept and (seen.payload or not seen.retain):
        yield Breach(6, "retain", f"{topic.value} is {'' if seen.retain else 'not '}retained")


def _plain(payload: bytes) -> dict[str, object] | Breach:
    try:
        plain = msgspec.json.decode(payload)
    except RecursionError:
        return Breach(2, "$", "nested too deeply")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Breach(2, "$", f"is no JSON: {error}")
    return plain if isinstance(plain, dict) else Breach(2, "$", "is no JSON object")


def _of_header(plain: Mapping[str, object], level: str, manufacturer: str, serial: str) -> Iterator[Breach]:
    for key, wanted in (("manufacturer", manufacturer), ("serialNumber", serial)):
        if key in plain and plain[key] != wanted:
            yield Breach(4, f"$.{key}", f"{key} is {plain[key]!r}, its topic says {wanted!r}")
    version = plain.get("version")
    if isinstance(version, str) and f"v{major(version)}" != level:
        yield Breach(4, "$.version", f"version {version} on a topic of {level}")


def _codec_of(plain: Mapping[str, object], level: str) -> Codec | None:
    """By the message's own word, or else the newest that its topic allows."""
    version = plain.get("version")
    for named in (version if isinstance(version, str) else "", {"v2": "2.1.0", "v3": "3.0.0"}.get(level, "")):
        try:
            return codec_of(named)
        except WireError:
            continue
    return None


def seconds_of(timestamp: str) -> float | None:
    """An ISO 8601 time as seconds, None for what is no time."""
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return None
