"""Which header id comes next: each topic of each truck counts for itself, and goes on counting over a restart (rule 3)."""

from collections import Counter
from typing import Protocol

from drivers.wire.vda5050.topics import Topic


class HeaderIds(Protocol):
    def next_id(self, serial: str, topic: Topic) -> int: ...

    def used(self, serial: str, topic: Topic) -> None:
        """Called before the message is sent, so that no id is ever sent twice; never raises."""
        ...


class CountedFromZero:
    """Kept nowhere: for one run."""

    def __init__(self) -> None:
        self._next: Counter[tuple[str, Topic]] = Counter()

    def next_id(self, serial: str, topic: Topic) -> int:
        return self._next[serial, topic]

    def used(self, serial: str, topic: Topic) -> None:
        self._next[serial, topic] += 1
