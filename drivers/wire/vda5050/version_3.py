"""VDA 5050 3.0.0 in the inner model's words, which are those of 2.1.0, and back. On plain JSON values; both ends are checked elsewhere.

What 3.0 knows and 2.1 does not is read so that it only ever withholds: STARTUP and INTERVENED count as worked by hand, CRITICAL as FATAL,
HIBERNATING as OFFLINE, an action that waits for a retry as RUNNING.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

Plain = dict[str, Any]

MODES = {"STARTUP": "SERVICE", "INTERVENED": "MANUAL", "TEACH_IN": "TEACHIN"}
LEVELS = {"URGENT": "WARNING", "CRITICAL": "FATAL"}
CONNECTIONS = {"CONNECTION_BROKEN": "CONNECTIONBROKEN", "HIBERNATING": "OFFLINE"}
STATUSES = {"RETRIABLE": "RUNNING"}


def state(plain: Plain) -> Plain:
    """A state of 3.0 as one of 2.1. Actions of nodes and of instantActions stand in two lists there, in one here."""
    moved = dict(plain)
    _move(moved, "mobileRobotPosition", "agvPosition", {"localized": "positionInitialized"})
    _move(moved, "powerSupply", "batteryState", {"stateOfCharge": "batteryCharge", "range": "reach"})
    _move(moved, "safetyState", "safetyState", {"activeEmergencyStop": "eStop"})
    moved["operatingMode"] = _word(MODES, moved.get("operatingMode"))
    moved["errors"] = _each(moved.get("errors"), errorLevel=LEVELS)
    actions = [moved.get(name) or [] for name in ("actionStates", "instantActionStates", "zoneActionStates")]
    if all(isinstance(one, list) for one in actions):
        moved["actionStates"] = _each([action for one in actions for action in one], actionStatus=STATUSES)
    return moved


def connection(plain: Plain) -> Plain:
    return {**plain, "connectionState": _word(CONNECTIONS, plain.get("connectionState"))}


def factsheet(plain: Plain) -> Plain:
    """What the lane reads of it: dimensions, braking, limits, optional parameters, actions."""
    moved: Plain = {name: plain[name] for name in ("headerId", "timestamp", "version", "manufacturer", "serialNumber") if name in plain}
    physics = {"maximumSpeed": "speedMax", "maximumDeceleration": "decelerationMax", "maximumAcceleration": "accelerationMax"}
    moved["physicalParameters"] = _renamed(plain.get("physicalParameters"), physics)
    limits = _mapping(plain.get("protocolLimits"))
    timing = {"minimumOrderInterval": "minOrderInterval", "minimumStateInterval": "minStateInterval"}
    moved["protocolLimits"] = {
        "maxStringLens": _renamed(limits.get("maximumStringLengths"), {"maximumIdLength": "idLen"}),
        "maxArrayLens": limits.get("maximumArrayLengths") or {},
        "timing": _renamed(limits.get("timing"), timing),
    }
    moved["protocolFeatures"] = _renamed(plain.get("protocolFeatures"), {"mobileRobotActions": "agvActions"})
    return moved


def order(plain: Plain) -> Plain:
    """An order of 3.0 as one of 2.1: its ellipse of deviation by its longer axis."""
    moved = dict(plain)
    moved["edges"] = [_renamed(edge, {"maximumSpeed": "maxSpeed"}) for edge in _list(moved.get("edges"))]
    moved["nodes"] = [dict(_mapping(node)) for node in _list(moved.get("nodes"))]
    for node in moved["nodes"]:
        position = node.get("nodePosition")
        if isinstance(position, Mapping) and isinstance(position.get("allowedDeviationXY"), Mapping):
            node["nodePosition"] = {**position, "allowedDeviationXY": position["allowedDeviationXY"].get("a")}
    return moved


def outward(message: object) -> Plain:
    """An inner order or instantActions as 3.0 writes it."""
    plain: Plain = msgspec.to_builtins(message)
    for node in plain.get("nodes", ()):
        position = node.get("nodePosition", {})
        if "allowedDeviationXY" in position:
            position["allowedDeviationXY"] = {"a": position["allowedDeviationXY"], "b": position["allowedDeviationXY"], "theta": 0.0}
    if "edges" in plain:
        plain["edges"] = [_renamed(edge, {"maxSpeed": "maximumSpeed"}) for edge in plain["edges"]]
    if "actions" in plain:
        plain["actions"] = [{**action, "blockingType": "NONE"} for action in plain["actions"]]
    return plain


def _move(plain: Plain, old: str, new: str, names: Mapping[str, str]) -> None:
    if isinstance(plain.get(old), Mapping):
        plain[new] = _renamed(plain[old], names)


def _renamed(held: object, names: Mapping[str, str]) -> Plain:
    return {names.get(key, key): value for key, value in _mapping(held).items()}


def _mapping(held: object) -> Mapping[str, Any]:
    return held if isinstance(held, Mapping) else {}


def _list(held: object) -> list[Any]:
    return held if isinstance(held, list) else []


def _each(items: object, **words: Mapping[str, str]) -> list[object]:
    return [_reworded(item, words) if isinstance(item, dict) else item for item in _list(items)]


def _reworded(item: Plain, words: Mapping[str, Mapping[str, str]]) -> Plain:
    return {key: _word(words[key], value) if key in words else value for key, value in item.items()}


def _word(words: Mapping[str, str], said: object) -> object:
    return words.get(said, said) if isinstance(said, str) else said
