"""The rules that master control and vehicle owe each other, by number, and what a broken one looks like.

Numbers 1 to 27 are this project's; `section` is the place in the text of 2.1 (and, behind the stroke, of 3.0). A `house` rule is
no "shall" of the standard: the lane asks more than it does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Rule:
    number: int
    says: str
    section: str
    remedy: str
    house: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule broken at one place of one message. `place`: a path in its JSON, or `topic`, `qos`, `retain`, `sequence`."""

    rule: int
    place: str
    what: str

    def __str__(self) -> str:
        return f"rule {self.rule}, {self.place}: {self.what}"


_TABLE = (
    Rule(
        1,
        "topic interface/vN/manufacturer/serial/topic; a serial of A-Z a-z 0-9 _ . : -",
        "6.3 / 4.2",
        "build the topic from the five levels, and give the vehicle a serial of these characters",
    ),
    Rule(
        2,
        "UTF-8 JSON, valid against the schema, no NaN or Infinity",
        "6.1.4 / 7.1.4",
        "leave an unknown value out; check what you send against the schema of its version",
    ),
    Rule(3, "headerId rises by 1 for each topic of each vehicle", "6.4 / 7.2", "count each topic of each vehicle on its own"),
    Rule(
        4,
        "timestamp is ISO 8601 in UTC with Z; manufacturer and serial are the topic's; the version's major is vN",
        "6.4 / 7.2",
        "write the header from the vehicle's own topic, the time as 2026-01-31T12:00:00.00Z",
    ),
    Rule(5, "QoS 0, but connection 1", "6.2 / 4.1", "publish connection (and its last will) with QoS 1, everything else with 0"),
    Rule(
        6,
        "connection and factsheet are retained; order and instantActions are not (house)",
        "6.14-15 / 6.5, 6.10",
        "set the retain flag of connection and factsheet only; clear a retained order with an empty message",
    ),
    Rule(
        7,
        "at least one node; edges = nodes - 1; sequenceId continuous, nodes even, edges odd",
        "6.6.1-2 / 6.1.1",
        "number node, edge, node … without a gap over the whole order, also over its updates",
    ),
    Rule(
        8,
        "the first node is released and reachable; what is released is a prefix; an edge is released only if both its ends are",
        "6.6.1 / 6.1.1",
        "begin at the vehicle's last node, release from there without a gap",
    ),
    Rule(9, "a new order has orderUpdateId 0", "6.6.2 / 6.1.2", "count updates of each order from 0"),
    Rule(
        10,
        "an update has the same orderId and a higher orderUpdateId, starts with the base's last node, and sends no other base node again",
        "6.6.2 / 6.1.2",
        "stitch to the last released node, with its sequenceId",
    ),
    Rule(11, "the stitching node's content is unchanged", "6.6.2 / 6.1.2", "repeat the node as it was sent, its actions and their ids too"),
    Rule(12, "the base never changes; only the horizon does", "6.6.2 / 6.1.2", "what is released stays; to take it back, cancel the order"),
    Rule(
        13,
        "the same orderId and orderUpdateId again only with the same content",
        "6.6.4.3 / 6.1.4.5",
        "raise orderUpdateId for other content",
    ),
    Rule(
        14,
        "no new orderId while one is active; cancel, then wait for FINISHED",
        "6.6.3-4 / 6.1.4.6",
        "send cancelOrder and wait for its FINISHED",
    ),
    Rule(15, "after cancelOrder no update to that orderId", "6.6.3.1 / 6.1.3.1", "send a new order once the cancellation is FINISHED"),
    Rule(
        16,
        "a released base counts as driven, even when the link is dead",
        "6.2, 6.6.2 / 4.1",
        "keep what is released to a vehicle that you cannot hear",
    ),
    Rule(
        17,
        "no order or instantAction to a vehicle in MANUAL, SERVICE or TEACHIN",
        "6.10.6",
        "wait for AUTOMATIC; whoever drives by hand answers",
    ),
    Rule(18, "actionId is unique", "6.6.6, 6.9 / 7.3", "never use an actionId again, not even for the same action sent once more"),
    Rule(
        19,
        "only those optional fields that the factsheet supports",
        "6.1.1 / 7.1.1",
        "leave out what optionalParameters and agvActions do not list",
    ),
    Rule(
        20,
        "connection tells of the link, not of the vehicle's health; a last will's header is old and never drops it",
        "6.5, 6.14 / 4.3",
        "take every connection message, whatever its headerId and timestamp",
    ),
    Rule(
        21, "a state at least every 30 s; silent though ONLINE is a fault", "6.10 / 6.6", "send the state on a timer as well as on change"
    ),
    Rule(22, "information is never used for logic", "6.10.4 / 6.6.4", "decide by states and errors only"),
    Rule(
        23, "newBaseRequest: extend if it is safe, before the decision point", "6.10.3 / 6.6.3", "extend the base while the vehicle drives"
    ),
    Rule(
        24,
        "a rejection is read from errors and their errorReferences, never assumed",
        "6.6.4 / 6.1.4",
        "do not build on an order that the vehicle refused: read why, cancel or repeat",
    ),
    Rule(
        25,
        "an order counts as taken when a state shows its orderId and orderUpdateId; until then it goes again unchanged, under a new header",
        "house",
        "wait for the echo before the next update; repeat with new headerId and timestamp",
        house=True,
    ),
    Rule(
        26,
        "no order unless ONLINE, localised, AUTOMATIC, no e-stop, no FATAL; no orderId twice; cancelOrder only on an active order",
        "house",
        "look at the vehicle's last state before each order",
        house=True,
    ),
    Rule(
        27,
        "a node or an edge between two stop places is released to one vehicle at most",
        "house",
        "wait until the other vehicle has driven over it, or has confirmed the cancellation",
        house=True,
    ),
)

RULES: Mapping[int, Rule] = MappingProxyType({rule.number: rule for rule in _TABLE})
