"""One RS-485 line: the bytes a master sends, the units that hear them, and when their answers come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf

from msgspec import Struct

from drivers.wire.errors import WireError
from drivers.wire.modbus_rtu import EXCEPTION_FLAG, KNOWN_MAX, Request, crc, decode_request, encode_response, request_bytes
from sim.plan import PortPlan
from sim.unit import ILLEGAL_FUNCTION, ILLEGAL_VALUE, TURNAROUND_S, Unit

SILENCE_S = 0.05  # a frame that stays incomplete this long is over; t3.5 with a computer's scheduling added
BITS_A_CHARACTER = 10
BROADCAST = 0
NO_SUCH_LENGTH = -1
MALFORMED = frozenset({"count", "value", "byte count", "padding"})  # right CRC, impossible content: exception 3


class Answer(Struct, frozen=True):
    """Bytes that the line carries to the master at `due`."""

    due: float
    frame: bytes


class Frame(Struct, frozen=True):
    """What a master sent. `asks`: the exception for a frame that asks nothing that can be; None where the CRC is wrong: nobody heard it."""

    bytes: bytes
    address: int
    asks: Request | int | None


@dataclass(slots=True)
class Line:
    """Feed it what the master wrote; it returns what comes back."""

    plan: PortPlan
    units: Sequence[Unit]
    _buffer: bytes = b""
    _last_at: float = field(default=-inf)
    _character_s: float = field(init=False)
    _between_s: float = field(init=False)
    _by_address: dict[int, Sequence[Unit]] = field(init=False)

    def __post_init__(self) -> None:
        addresses = {unit.address for unit in self.units}
        self._by_address = {address: [unit for unit in self.units if unit.address == address] for address in addresses}
        self._by_address[BROADCAST] = self.units
        self._character_s = BITS_A_CHARACTER / self.plan.baud
        characters_s = 3.5 * self._character_s
        self._between_s = max(0.00175, characters_s) if self.plan.baud > 19200 else characters_s

    def receive(self, now: float, data: bytes, baud: int | None = None) -> list[Answer]:
        """`baud`: what the master's port is set to, None when that cannot be known. A unit set to another one hears noise."""
        answers = self._after_silence(now, baud) if self._buffer else []
        self._last_at = now
        frames, self._buffer = _frames(self._buffer + data)
        for frame in frames:
            answers += self._heard(now, frame, baud)
        return answers

    def wake(self, now: float) -> list[Answer]:
        """A frame of unknown length ends with the silence after it."""
        return self._after_silence(now, None)

    def _after_silence(self, now: float, baud: int | None) -> list[Answer]:
        if not self._buffer or now - self._last_at < SILENCE_S:
            return []
        frame, self._buffer = self._buffer, b""
        unknown_function = _length(frame) == NO_SUCH_LENGTH and len(frame) >= 4
        return self._heard(now, _frame(frame), baud) if unknown_function else []

    def _heard(self, now: float, frame: Frame, baud: int | None) -> list[Answer]:
        answers, asks = list[Answer](), frame.asks
        if asks is None:
            return answers
        for unit in self._by_address.get(frame.address, ()):
            if unit.answers(now) and (baud is None or baud == unit.baud):
                if isinstance(asks, int):
                    answer = _refused(unit, frame, asks)
                else:
                    answer = encode_response(unit.address, asks, unit.execute(now, asks))
                if frame.address != BROADCAST:
                    due = now + self._wire_s(frame.bytes, answer) + unit.late_s
                    answers.append(Answer(due, _garbled(answer) if unit.garbled else answer))
        return answers

    def _wire_s(self, request: bytes, answer: bytes) -> float:
        """Both frames at the line's speed, the silence between them, and the unit's turnaround."""
        if not self.plan.wire_time:
            return TURNAROUND_S
        return (len(request) + len(answer)) * self._character_s + self._between_s + TURNAROUND_S


def _length(buffer: bytes) -> int | None:
    try:
        return request_bytes(buffer)
    except WireError:
        return NO_SUCH_LENGTH


@lru_cache(KNOWN_MAX)
def _frames(buffer: bytes) -> tuple[tuple[Frame, ...], bytes]:
    """The whole frames that it begins with, and what is left."""
    frames = list[Frame]()
    while (length := _length(buffer)) and length != NO_SUCH_LENGTH and len(buffer) >= length:
        frames.append(_frame(buffer[:length]))
        buffer = buffer[length:]
    return tuple(frames), buffer


def _frame(frame: bytes) -> Frame:
    if crc(frame[:-2]) != frame[-2:]:
        return Frame(frame, frame[0], None)
    try:
        return Frame(frame, frame[0], decode_request(frame)[1])
    except WireError as error:
        return Frame(frame, frame[0], ILLEGAL_VALUE if error.kind in MALFORMED else ILLEGAL_FUNCTION)


def _refused(unit: Unit, frame: Frame, code: int) -> bytes:
    head = bytes((unit.address, frame.bytes[1] | EXCEPTION_FLAG, code))
    return head + crc(head)


def _garbled(frame: bytes) -> bytes:
    return frame[:-1] + bytes((frame[-1] ^ 0xFF,))
