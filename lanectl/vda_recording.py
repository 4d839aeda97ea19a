"""Recorded MQTT traffic, read line by line for judging. Three forms, told apart by each line:

    {"topic": "uagv/v2/maker/T01/state", "payload": {…}, "qos": 0, "retain": false, "at": 12.5}     JSON lines; mosquitto_sub -F %J too
    {"tst": "2026-01-31T12:00:00Z", "topic": …, "payload": "{…}"}                                    mosquitto_sub -F %j
    uagv/v2/maker/T01/state {…}                                                                      mosquitto_sub -v

A whole file may also be one JSON array of such objects. `at` (or ts, time, timestamp, tst): seconds, or an ISO 8601 time.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from drivers.wire.vda5050.traffic import Seen, seconds_of

TIMES = ("at", "ts", "time", "timestamp", "tst")
PAYLOADS = ("payload", "message", "msg", "data")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no recorded message."""

    number: int
    why: str


def read(lines: Iterable[bytes]) -> Iterator[Seen | Unreadable]:
    """Messages are counted from 1; an empty line is none."""
    number = 0
    for line in lines:
        text = line.strip().removeprefix(b"\xef\xbb\xbf")
        if not text:
            continue
        entries = _entries(text)
        for entry in entries if isinstance(entries, list) else [entries]:
            number += 1
            yield _message(number, entry, text)


def _entries(text: bytes) -> object:
    """What JSON the line holds; None for a line that is none."""
    try:
        return msgspec.json.decode(text) if text[:1] in b"{[" else None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _message(number: int, entry: object, line: bytes) -> Seen | Unreadable:
    if isinstance(entry, Mapping):
        return _of_object(number, entry)
    topic, _, payload = line.partition(b" ")
    if entry is None and b"/" in topic and line[:1] not in b"{[":
        return Seen(number, topic.decode(errors="replace"), payload)
    return Unreadable(number, 'is neither {"topic": …, "payload": …} nor "topic payload"')


def _of_object(number: int, entry: Mapping[str, object]) -> Seen | Unreadable:
    topic, payload = entry.get("topic"), _payload(entry)
    if not isinstance(topic, str):
        return Unreadable(number, "has no `topic`")
    if payload is None:
        return Unreadable(number, f"has none of {', '.join(PAYLOADS)}, payload_base64")
    qos, retain = entry.get("qos"), entry.get("retain")
    return Seen(
        number,
        topic,
        payload,
        at=_at(entry),
        qos=qos if isinstance(qos, int) and not isinstance(qos, bool) else None,
        retain=bool(retain) if isinstance(retain, (bool, int)) else None,
        stored=entry.get("stored") is True,
    )


def _payload(entry: Mapping[str, object]) -> bytes | None:
    coded = entry.get("payload_base64")
    if isinstance(coded, str):
        try:
            return base64.b64decode(coded, validate=True)
        except binascii.Error:
            return None
    held = next((entry[name] for name in PAYLOADS if name in entry), None)
    if held is None:
        return None
    return held.encode() if isinstance(held, str) else msgspec.json.encode(held)


def _at(entry: Mapping[str, object]) -> float | None:
    held = next((entry[name] for name in TIMES if name in entry), None)
    if isinstance(held, str):
        return seconds_of(held)
    return float(held) if isinstance(held, (int, float)) and not isinstance(held, bool) else None


def written(seen: Seen, wall_utc: str) -> bytes:
    """One line of the first form; bytes that are no text as payload_base64."""
    line: dict[str, object] = {"at": wall_utc, "topic": seen.topic, "qos": seen.qos, "retain": seen.retain, "stored": seen.stored}
    try:
        line["payload"] = seen.payload.decode()
    except UnicodeDecodeError:
        line["payload_base64"] = base64.b64encode(seen.payload).decode()
    return msgspec.json.encode({key: value for key, value in line.items() if value is not None}) + b"\n"
