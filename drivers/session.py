"""What a bus and the session of one unit on it agree on. A barrier or module of another make is another class of this shape."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Generic, TypeVar

from drivers.wire.modbus_rtu import Read, Request, Response, Shape, Write
from lanectl.model import Command, LinkLost, Report, UnitName

POLL_S = 0.1  # house: a scan of 200 ms (B2) holds two polls
REFRESH_S = 0.25  # an unchanged value is told this often: reading_age_s_max is two refreshes and one scan

Value = TypeVar("Value")


class Agreement(Generic[Value]):
    """After a silence nothing is believed until two reads in a row agree (D2)."""

    def __init__(self) -> None:
        self.reached = False
        self._last: Value | None = None

    def offer(self, value: Value) -> bool:
        self.reached = self.reached or value == self._last
        self._last = value
        return self.reached

    def forget(self) -> None:
        self.reached = False
        self._last = None


class Session(ABC):
    """One unit: what it is to be asked next, and what its answers mean. It is told the time and does no I/O.

    `urgent` writes only make the lane safer; `ordinary` ones wait for a quiet line and are dropped when the unit is lost.
    `due_at`: when the next poll is wanted; `silent_until`: nothing but an urgent write may go to the unit before.
    """

    def __init__(self, unit: UnitName, address: int) -> None:
        self.unit = unit
        self.address = address
        self.urgent: list[Write] = []
        self.ordinary: list[Write] = []
        self.due_at = 0.0
        self.silent_until = float("-inf")
        self._lost_for: str | None = None

    @abstractmethod
    def ask(self, now: float, command: Command) -> bool:
        """Queues what this command needs. False: it is not for this unit."""

    @abstractmethod
    def begin(self, now: float) -> None:
        """The port is open, for the first time or again: nothing is known of the unit."""

    @abstractmethod
    def poll(self, now: float, unlike: Shape | None) -> Read:
        """The next poll; its answer must not have this shape."""

    @abstractmethod
    def answered(self, request: Request, response: Response, sent_at: float) -> list[Report]:
        """A believed answer to a poll. Raises WireError when its content cannot be."""

    @abstractmethod
    def forget(self) -> None:
        """Whatever the unit said is not known any more."""

    def lost(self, reason: str) -> list[Report]:
        """The unit did not answer properly: what waits for it is dropped. Told once a loss, and again only for another reason."""
        self.ordinary.clear()
        self.forget()
        if self._lost_for == reason:
            return []
        self._lost_for = reason
        return [LinkLost(self.unit, reason)]

    def found(self) -> None:
        """The unit reports again."""
        self._lost_for = None


def put_in_place(queue: list[Write], writes: Iterable[Write], replaced: Iterable[Write]) -> None:
    """Queues writes, once each, in place of those they overrule. So a queue is never longer than a unit has outputs."""
    wanted = tuple(writes)
    gone = {*wanted, *replaced}
    queue[:] = [write for write in queue if write not in gone]
    queue.extend(wanted)
