"""What goes to the field when: stops at once, authority only after its journal record is durable (E1).

A held command that a later step contradicts never goes out.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from lanectl.model import (
    CancelAuthority,
    Command,
    ExtendAuthority,
    PauseTruck,
    ReadPlate,
    RearmWatchdog,
    ResetBarrier,
    ResumeTruck,
    SetAspect,
    SetBoom,
    is_urgent,
)


@dataclass(slots=True)
class Outbox:
    _held: deque[tuple[int, Command]] = field(default_factory=deque)

    def put(self, seq: int, commands: Iterable[Command]) -> list[Command]:
        """Takes the commands of journal record `seq`; returns those that go at once."""
        urgent = []
        for command in commands:
            if self._held:
                self._held = deque((s, held) for s, held in self._held if s == seq or not _replaces(command, held))
            if is_urgent(command):
                urgent.append(command)
            else:
                self._held.append((seq, command))
        return urgent

    def durable(self, seq: int) -> list[Command]:
        """Everything up to record `seq` is on disk; returns what may go now, in order."""
        ready = []
        while self._held and self._held[0][0] <= seq:
            ready.append(self._held.popleft()[1])
        return ready

    def withdraw(self) -> None:
        """The journal cannot be written: nothing that waited for it goes out later by itself (R4)."""
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
        case ExtendAuthority(truck=truck) | CancelAuthority(truck=truck) | PauseTruck(truck=truck) | ResumeTruck(truck=truck):
            return ("truck", truck)
