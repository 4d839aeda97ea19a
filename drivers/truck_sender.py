"""The last look before a message goes to a truck: a checker of all rules that an order or an action can break. What breaks one is not sent.

The session decides what to say; this counts, writes and refuses. A refusal here is a fault of ours: it is said to people, and counted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from drivers.truck_headers import CountedFromZero, HeaderIds
from drivers.wire.vda5050.dialogue import Dialogue
from drivers.wire.vda5050.messages import Action, ActionParameter, InstantActions, Order
from drivers.wire.vda5050.rules import Breach
from drivers.wire.vda5050.supported import blocking_of
from drivers.wire.vda5050.topics import Peer, Publish, Topic
from drivers.wire.vda5050.versions import codec_of

Held = Callable[[], Mapping[str, str]]
"""Nodes between stop places that are released to other trucks, each with whom."""


@dataclass(slots=True)
class Sender:
    """`run`: seconds since 1970 at the controller's start; no action id of an earlier run looks like one of this."""

    peer: Peer
    run: int
    held_by_others: Held = dict
    headers: HeaderIds = field(default_factory=CountedFromZero)
    refused: int = 0
    why_refused: str = ""
    dialogue: Dialogue = field(default_factory=lambda: Dialogue(complete=True))
    _actions: int = 0
    _sent_at: float = float("-inf")

    def order(self, now: float, wall_utc: str, order: Order) -> tuple[int, list[Publish]]:
        """Its header id, and what to publish: nothing where a rule would be broken, `why_refused` says which."""
        header_id = self.headers.next_id(self.peer.serial, Topic.ORDER)
        message = msgspec.structs.replace(order, header_id=header_id, timestamp=wall_utc, version=self._version)
        breaches = self.dialogue.broken_by_order(message) + self._too_soon(now) + self._taken_by_others(message)
        sent = self._checked(Topic.ORDER, message, breaches)
        if sent:
            self.dialogue.sent_order(message)
            self._sent_at = now
        return header_id, sent

    def action(
        self, wall_utc: str, action_type: str, parameters: Mapping[str, str | float | bool] | None = None
    ) -> tuple[str, list[Publish]]:
        """Its action id, and what to publish."""
        action_id = f"{self.run}-{self.peer.serial}-a{self._actions + 1}"
        action = Action(
            action_type=action_type,
            action_id=action_id,
            blocking_type=blocking_of(self.dialogue.factsheet, action_type),
            action_parameters=tuple(ActionParameter(key=key, value=value) for key, value in parameters.items()) if parameters else None,
        )
        message = InstantActions(
            header_id=self.headers.next_id(self.peer.serial, Topic.INSTANT_ACTIONS),
            timestamp=wall_utc,
            version=self._version,
            manufacturer=self.peer.manufacturer,
            serial_number=self.peer.serial,
            actions=(action,),
        )
        sent = self._checked(Topic.INSTANT_ACTIONS, message, self.dialogue.broken_by_actions(message))
        if sent:
            self._actions += 1
            self.dialogue.sent_actions(message)
        return action_id, sent

    @property
    def _version(self) -> str:
        return codec_of(self.peer.version).version

    def _checked(self, topic: Topic, message: Order | InstantActions, breaches: list[Breach]) -> list[Publish]:
        codec = codec_of(self.peer.version)
        payload = codec.encode(message)
        fault = codec.fault(topic, payload)
        if fault:
            breaches = [*breaches, Breach(2, "$", fault)]
        self.why_refused = "; ".join(str(breach) for breach in breaches)
        if breaches:
            self.refused += 1
            return []
        self.headers.used(self.peer.serial, topic)
        return [Publish(self.peer.topic(topic), payload)]

    def _too_soon(self, now: float) -> list[Breach]:
        sheet = self.dialogue.factsheet
        least_s = (sheet.timing.min_order_interval if sheet is not None else None) or 0.0
        if now - self._sent_at >= least_s:
            return []
        return [Breach(19, "sequence", f"its factsheet takes an order every {least_s:g} s")]

    def _taken_by_others(self, order: Order) -> list[Breach]:
        """Rules 16 and 27. Where an update starts is the truck's own place."""
        held = self.held_by_others()
        return [
            Breach(27, f"$.nodes[{at}]", f"{node.node_id} is released to {held[node.node_id]}")
            for at, node in enumerate(order.nodes)
            if at > 0 and node.released and node.node_id in held
        ]
