"""What every simulated device on a serial line has: power, a boot time, registers, and the ways in which it can fall silent."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from math import inf

from drivers.wire.modbus_rtu import Bits, ReadBits, ReadRegisters, Refused, Registers, Request, Response

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
TURNAROUND_S = 0.005  # from the end of a request to the first byte of its answer


class Unit(ABC):
    """`frozen`: hears and does nothing; `late_s`: answers so much later; `garbled`: its answers have a wrong CRC."""

    def __init__(self, name: str, address: int, baud: int, boot_s: float) -> None:
        self.name = name
        self.address = address
        self.baud = baud
        self.boot_s = boot_s
        self.powered = True
        self.frozen = False
        self.late_s = 0.0
        self.garbled = False
        self.booted_at = -inf

    def answers(self, now: float) -> bool:
        return self.powered and not self.frozen and now >= self.booted_at

    def cut_power(self, now: float) -> None:
        self.powered = False
        self.lost_power(now)

    def restore_power(self, now: float) -> None:
        if not self.powered:
            self.powered = True
            self.restart(now)

    def restart(self, now: float) -> None:
        """Everything that is only in memory is gone; the unit answers again after its boot time."""
        self.booted_at = now + self.boot_s
        self.lost_power(now)

    @abstractmethod
    def lost_power(self, now: float) -> None: ...

    @abstractmethod
    def execute(self, now: float, request: Request) -> Response:
        """A well-formed request that is addressed to this unit, while it answers."""


def read_bits(request: ReadBits, places: Mapping[int, bool]) -> Response:
    """All asked places or, when one of them does not exist, exception 2."""
    try:
        return Bits(tuple([places[place] for place in range(request.address, request.address + request.count)]))
    except KeyError:
        return Refused(ILLEGAL_ADDRESS)


def read_registers(request: ReadRegisters, places: Mapping[int, int]) -> Response:
    try:
        return Registers(tuple([places[place] & 0xFFFF for place in range(request.address, request.address + request.count)]))
    except KeyError:
        return Refused(ILLEGAL_ADDRESS)


def text_registers(text: str, registers: int) -> tuple[int, ...]:
    """Two characters a register, the first in the high byte, filled up with zeros."""
    data = text.encode("ascii").ljust(2 * registers, b"\0")[: 2 * registers]
    return tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
