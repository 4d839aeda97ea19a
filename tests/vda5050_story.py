"""Traffic between a master control and its vehicles, told message by message to the judge of traffic."""

import json
from itertools import pairwise
from typing import Any

from drivers.wire.vda5050.traffic import Finding, Seen, Traffic

RETAINED = ("connection", "factsheet")


def wall(at: float) -> str:
    return f"2026-01-01T00:{int(at // 60):02}:{at % 60:06.3f}Z"


def nodes_of(names: str, released: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "nodeId": name,
            "sequenceId": first + 2 * i,
            "released": i < released,
            "actions": [],
            "nodePosition": {"x": 100.0 * "abcdefgh".index(name), "y": 0.0, "mapId": "lane"},
        }
        for i, name in enumerate(names)
    ]


def edges_of(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "edgeId": a["nodeId"] + b["nodeId"],
            "sequenceId": a["sequenceId"] + 1,
            "released": b["released"],
            "startNodeId": a["nodeId"],
            "endNodeId": b["nodeId"],
            "actions": [],
        }
        for a, b in pairwise(nodes)
    ]


class Story:
    """Each message gets the next second and the next headerId of its topic, unless it is said otherwise.

    `last`: what the judge found in the last message.
    """

    def __init__(self, version: str = "2.1.0") -> None:
        self.traffic = Traffic()
        self.version = version
        self.at = 0.0
        self.last: list[Finding] = []
        self._number = 0
        self._headers: dict[str, int] = {}
        self._actions = 0

    @property
    def rules(self) -> set[int]:
        """Those that the last message has broken."""
        return {finding.breach.rule for finding in self.last}

    def say(self, kind: str, serial: str = "T01", **fields: Any) -> "Story":
        self.at += fields.pop("after_s", 1.0)
        topic = fields.pop("topic", f"uagv/v{self.version[0]}/maker/{serial}/{kind}")
        seen = {"qos": int(kind == "connection"), "retain": kind in RETAINED, "stored": False} | fields.pop("seen", {})
        header_id = self._headers.get(f"{serial} {kind}", -1) + 1
        header = {
            "headerId": header_id,
            "timestamp": wall(self.at),
            "version": self.version,
            "manufacturer": "maker",
            "serialNumber": serial,
        }
        message: dict[str, Any] = {key: value for key, value in (header | fields).items() if value is not ...}
        self._headers[f"{serial} {kind}"] = message.get("headerId", header_id)
        return self.carry(topic, json.dumps(message).encode(), **seen)

    def carry(self, topic: str, payload: bytes, **seen: Any) -> "Story":
        self._number += 1
        self.last = self.traffic.judge(Seen(self._number, topic, payload, self.at, **seen))
        return self

    # ------------------------------------------------------------ a vehicle

    def online(self, serial: str = "T01", said: str = "ONLINE", **fields: Any) -> "Story":
        return self.say("connection", serial, connectionState=said, **fields)

    def state(self, order: str = "", update: int = 0, at: str = "a", left: list[dict[str, Any]] | None = None, **fields: Any) -> "Story":
        """`at`: its last node; `left`: the nodes still to be driven or released."""
        left = left or []
        node_states = [{key: node[key] for key in ("nodeId", "sequenceId", "released")} for node in left]
        edge_states = [{"edgeId": "e", "sequenceId": node["sequenceId"] - 1, "released": node["released"]} for node in left]
        told: dict[str, Any] = {
            "orderId": order,
            "orderUpdateId": update,
            "lastNodeId": at,
            "lastNodeSequenceId": left[0]["sequenceId"] - 2 if left else 0,
            "driving": False,
            "operatingMode": "AUTOMATIC",
            "nodeStates": node_states,
            "edgeStates": edge_states,
            "actionStates": [],
            "batteryState": {"batteryCharge": 80.0, "charging": False},
            "errors": [],
            "safetyState": {"eStop": "NONE", "fieldViolation": False},
            "agvPosition": {"x": 100.0 * "abcdefgh".index(at), "y": 0.0, "theta": 0.0, "mapId": "lane", "positionInitialized": True},
        }
        return self.say("state", fields.pop("serial", "T01"), **(told | fields))

    def factsheet(self, *supported: str, actions: tuple[str, ...] = (), serial: str = "T01") -> "Story":
        return self.say(
            "factsheet",
            serial,
            typeSpecification={
                "seriesName": "s",
                "agvKinematic": "DIFF",
                "agvClass": "CARRIER",
                "maxLoadMass": 1,
                "localizationTypes": [],
                "navigationTypes": [],
            },
            physicalParameters={
                "speedMin": 0,
                "speedMax": 7,
                "accelerationMax": 1,
                "decelerationMax": 2,
                "heightMax": 4,
                "width": 2.5,
                "length": 17,
            },
            protocolLimits={"maxStringLens": {}, "maxArrayLens": {}, "timing": {"minOrderInterval": 0, "minStateInterval": 0.1}},
            protocolFeatures={
                "optionalParameters": [{"parameter": name, "support": "SUPPORTED"} for name in supported],
                "agvActions": [{"actionType": name, "actionScopes": ["NODE"]} for name in actions],
            },
            agvGeometry={},
            loadSpecification={},
        )

    # ------------------------------------------------------------ its master control

    def order(self, names: str, released: int, order: str = "o1", update: int = 0, first: int = 0, **fields: Any) -> "Story":
        nodes = fields.pop("nodes", None) or nodes_of(names, released, first)
        edges = fields.pop("edges", None) or edges_of(nodes)
        return self.say("order", fields.pop("serial", "T01"), orderId=order, orderUpdateId=update, nodes=nodes, edges=edges, **fields)

    def act(self, kind: str, action_id: str = "", **fields: Any) -> "Story":
        self._actions += 1
        action = {"actionType": kind, "actionId": action_id or f"x{self._actions}", "blockingType": "HARD"}
        return self.say("instantActions", fields.pop("serial", "T01"), actions=[action], **fields)


def standing(*serials: str, version: str = "2.1.0") -> Story:
    """Vehicles that are online and stand at node a without an order."""
    story = Story(version)
    for serial in serials or ("T01",):
        story.online(serial).state(serial=serial)
    return story


def under_way(version: str = "2.1.0") -> Story:
    """One that has taken order o1 over a b c d, released to b, and drives."""
    story = standing(version=version).order("abcd", 2)
    return story.state("o1", 0, "a", nodes_of("bcd", 1, 2))
