"""What goes to the field when: stops at once, authority only after its journal record is durable (E1).

A held command that a later step contradicts never goes out, nor one that waited too long: the rules ask again where it still holds (R4).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from lanectl.model import (
    CancelAuthority,
    Command,
    ExtendAuthority,
    PauseTruck,
    PlaceTruck,
    ReadPlate,
    RearmWatchdog,
    ResetBarrier,
    ResumeTruck,
    SetAspect,
    SetBoom,
    is_urgent,
)

HELD_S_MAX = 2.0  # as long as an order's echo is awaited; a disk that hangs longer gives nothing late


@dataclass(slots=True)
class Outbox:
    """`journal_writable` False: nothing is held, for what could not be written must not go out when it can."""

    journal_writable: bool = True
    _held: deque[tuple[int, float, Command]] = field(default_factory=deque)

    @property
    def holds(self) -> bool:
        return bool(self._held)

    def put(self, seq: int, now: float, commands: Iterable[Command]) -> list[Command]:
        """Takes the commands of journal record `seq`; returns those that go at once."""
        urgent = []
        for command in commands:
            if self._held:
                self._held = deque(held for held in self._held if held[0] == seq or not _replaces(command, held[2]))
            if is_urgent(command):
                urgent.append(command)
            elif self.journal_writable:
                self._held.append((seq, now, command))
        return urgent

    def durable(self, seq: int, now: float) -> list[Command]:
        """Everything up to record `seq` is on disk; returns what may go now, in order."""
        ready = []
        while self._held and self._held[0][0] <= seq:
            _, held_since, command = self._held.popleft()
            if now - held_since <= HELD_S_MAX:
                ready.append(command)
        return ready

    def writable(self, writable: bool) -> None:
        """What waited for a journal that cannot be written is withdrawn."""
        self.journal_writable = writable
        if not writable:
            self._held.clear()


def _replaces(new: Command, held: Command) -> bool:
    """A stop withdraws all that its target waits for; anything else only its own older kind."""
    return _target(new) == _target(held) and (is_urgent(new) or type(new) is type(held))


def _target(command: Command) -> tuple[str, str]:
    match command:
        case SetBoom(gate=gate) | ResetBarrier(gate=gate):
            return ("boom", gate)
        case SetAspect(gate=gate):
            return ("signal", gate)
        case ReadPlate(gate=gate):
            return ("camera", gate)
        case RearmWatchdog(unit=unit):
            return ("unit", unit)
        case ExtendAuthority() | CancelAuthority() | PauseTruck() | ResumeTruck() | PlaceTruck():
            return ("truck", command.truck)
