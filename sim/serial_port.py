"""Serial ports in memory: what a master writes reaches the simulated line, its answers come back when a wire would have carried them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from sim.lane import SimLane
from sim.virtual_time import VirtualClock

FOREIGN = bytes.fromhex("07 03 02 00 11 F0 48")  # a proper answer of a unit that nobody asked


@dataclass(slots=True)
class LineFaults:
    """The part of the frames to which it happens. `late_s`: how late a late answer is."""

    lost: float = 0.0
    late: float = 0.0
    late_s: float = 0.2
    twice: float = 0.0
    garbled: float = 0.0
    foreign: float = 0.0

    def any(self) -> bool:
        return (self.lost or self.late or self.twice or self.garbled or self.foreign) > 0


class Wire:
    """One port's cable. `heard` is told of all bytes, for the trace."""

    def __init__(self, name: str, lane: SimLane, clock: VirtualClock, dice: Random, heard: Callable[[str, bytes], None]) -> None:
        self.name = name
        self.faults = LineFaults()
        self.unplugged = lane.unplugged  # all ports that are
        self._lane = lane
        self._down, self._up = f"{name}<", f"{name}>"
        self._clock = clock
        self._dice = dice
        self._heard = heard
        self._port: MasterPort | None = None

    @property
    def plugged(self) -> bool:
        return self.name not in self.unplugged

    def open(self, readable: Callable[[], None]) -> "MasterPort":
        """Raises OSError while there is no such port."""
        if not self.plugged:
            raise FileNotFoundError(f"{self.name}: there is no such device")
        self._port = MasterPort(self, readable)
        return self._port

    def pulled(self) -> None:
        """Whoever holds the port finds out by reading."""
        if self._port is not None:
            self._clock.call_soon(self._port.tell)

    def wrote(self, data: bytes) -> None:
        self._heard(self._down, data)
        faults = self.faults
        if faults.any():
            if self._happens(faults.lost):
                return
            if self._happens(faults.garbled):
                data = self._flipped(data)
        for answer in self._lane.write(self.name, self._clock.now(), data):
            self._carry(answer.due, answer.frame)

    def spoke(self, frame: bytes) -> None:
        """What comes without being asked for."""
        self._carry(self._clock.now(), frame)

    def _carry(self, due: float, frame: bytes) -> None:
        faults = self.faults
        if faults.any():
            if self._happens(faults.lost):
                return
            if self._happens(faults.garbled):
                frame = self._flipped(frame)
            if self._happens(faults.foreign):
                frame = FOREIGN
            if self._happens(faults.late):
                due += faults.late_s * (0.5 + self._dice.random())
            if self._happens(faults.twice):
                self._clock.call_at(due + 0.002 + 0.3 * self._dice.random(), lambda: self._arrived(frame))
        self._clock.call_at(due, partial(self._arrived, frame))

    def _arrived(self, frame: bytes) -> None:
        self._heard(self._up, frame)
        if self._port is not None:
            self._port.take(frame)

    def _happens(self, part: float) -> bool:
        return part > 0.0 and self._dice.random() < part

    def _flipped(self, data: bytes) -> bytes:
        place = self._dice.randrange(len(data))
        return data[:place] + bytes((data[place] ^ 1 << self._dice.randrange(8),)) + data[place + 1 :]


class MasterPort:
    """The end that the master holds."""

    def __init__(self, wire: Wire, readable: Callable[[], None]) -> None:
        self._wire = wire
        self._readable = readable
        self._received = b""
        self.open = True

    def read(self) -> bytes:
        self._check()
        received, self._received = self._received, b""
        return received

    def write(self, data: bytes) -> int:
        self._check()
        self._wire.wrote(data)
        return len(data)

    def close(self) -> None:
        self.open = False

    def take(self, data: bytes) -> None:
        if self.open and self._wire.name not in self._wire.unplugged:
            self._received += data
            self._readable()

    def tell(self) -> None:
        if self.open:
            self._readable()

    def _check(self) -> None:
        wire = self._wire
        if wire.name in wire.unplugged:
            raise OSError(5, f"{wire.name}: was unplugged")
