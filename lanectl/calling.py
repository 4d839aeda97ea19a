"""The dispatcher's call as a message to the yards, said when it changes and now and then."""

from dataclasses import dataclass

from drivers.wire.vda5050.topics import Publish
from drivers.wire.yard import YardCall, encode
from lanectl.dispatching import Wish

SAID_AGAIN_S = 10.0


@dataclass(slots=True)
class Called:
    topic: str
    _last: YardCall | None = None
    _said_at: float = float("-inf")

    def publishes(self, now: float, wish: Wish, wall_utc: str) -> list[Publish]:
        call = YardCall(wish.gate, wish.trucks)
        if call == self._last and now < self._said_at + SAID_AGAIN_S:
            return []
        self._last, self._said_at = call, now
        return [encode(self.topic, call, wall_utc)]
