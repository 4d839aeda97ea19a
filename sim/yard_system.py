"""The yard's own system: it orders what is to be carried, and sends each order until the lane has acknowledged it. Pure."""

from dataclasses import dataclass, field

from drivers.wire import WireError
from drivers.wire.transport import Topics, decode, encode
from drivers.wire.vda5050.topics import Publish

AGAIN_S = 5.0


@dataclass(slots=True)
class YardSystem:
    """`states`: where each order stands, as the lane says; `refused`: what the lane did not take, with its problems."""

    site: str
    states: dict[str, str] = field(default_factory=dict)
    refused: dict[str, object] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    _open: dict[str, tuple[bytes, float]] = field(default_factory=dict)  # by request: the message, and when it was said last

    @property
    def client_id(self) -> str:
        return "orders"

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]:
        topics = Topics(self.site)
        return ((topics.acks, 1), (topics.states, 1))

    def add(self, **order: object) -> None:
        """One order with the fields of docs/reference/orders.md."""
        self.ask(f"add {order['id']}", {"wish": "ADD", "revision": 1, "order": order})

    def ask(self, request: str, *wishes: dict[str, object]) -> None:
        """`request`: a name of its own for this message."""
        self._open[request] = (encode(request=request, wishes=list(wishes)), float("-inf"))

    def receive(self, now: float, topic: str, payload: bytes) -> None:  # noqa: ARG002 - as every such system
        try:
            held = decode(payload)
        except WireError:
            return
        if topic == Topics(self.site).states:
            self.states[str(held.get("id"))] = str(held.get("state"))
            return
        request = str(held.get("request"))
        if self._open.pop(request, None) is not None:
            self.acknowledged.add(request)
            if held.get("outcome") == "refused":
                self.refused[request] = held.get("problems")

    def due(self, now: float, wall_utc: str) -> list[Publish]:  # noqa: ARG002 - as every such system
        publishes = []
        for request, (message, said_at) in self._open.items():
            if said_at + AGAIN_S <= now:
                self._open[request] = (message, now)
                publishes.append(Publish(Topics(self.site).requests, message, qos=1))
        return publishes
