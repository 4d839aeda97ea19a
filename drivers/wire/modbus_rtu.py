"""Modbus RTU frames, both ends: requests and responses to bytes and back, strictly.

A response is decoded against the request that asked for it: unit, function, byte count and, for writes, the echo must match (D3).
RTU carries no transaction id and user space cannot time t3.5, so a frame ends where its length says and its CRC proves it.
"""

from enum import IntEnum
from functools import lru_cache

from msgspec import Struct

from drivers.wire.errors import WireError

FRAME_BYTES_MAX = 256  # Modbus over serial line 1.02, 2.5.1
EXCEPTION_BYTES = 5
HEADER_BYTES = 7  # enough of any request to know its length
BITS_MAX = 2000  # Modbus application protocol 1.1b3, 6.1
REGISTERS_MAX = 125  # 6.3
COIL_ON, COIL_OFF = 0xFF00, 0x0000
EXCEPTION_FLAG = 0x80
UNITS = range(1, 248)
KNOWN_MAX = 2048  # frames that are remembered: polls and their answers repeat ten times a second, for years


class Function(IntEnum):
    __hash__ = int.__hash__  # an enum's own goes through its name, in Python, several times a frame

    READ_COILS = 1
    READ_INPUTS = 2
    READ_HOLDING = 3
    READ_REGISTERS = 4  # "input registers": read only
    WRITE_COIL = 5
    WRITE_REGISTER = 6
    WRITE_COILS = 15
    WRITE_REGISTERS = 16


EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledged, still working",
    6: "device busy",
    8: "memory parity error",
}


class ReadBits(Struct, frozen=True):
    """`function`: READ_COILS or READ_INPUTS."""

    function: Function
    address: int
    count: int


class ReadRegisters(Struct, frozen=True):
    """`function`: READ_HOLDING or READ_REGISTERS."""

    function: Function
    address: int
    count: int


class WriteCoil(Struct, frozen=True):
    address: int
    on: bool


class WriteRegister(Struct, frozen=True):
    address: int
    value: int


class WriteCoils(Struct, frozen=True):
    address: int
    values: tuple[bool, ...]


class WriteRegisters(Struct, frozen=True):
    address: int
    values: tuple[int, ...]


class Bits(Struct, frozen=True):
    values: tuple[bool, ...]


class Registers(Struct, frozen=True):
    values: tuple[int, ...]


class Written(Struct, frozen=True):
    """The echo of a write. It proves that the unit heard it, never that anything moved."""


class Refused(Struct, frozen=True):
    """A Modbus exception."""

    code: int

    @property
    def words(self) -> str:
        return f"exception {self.code}, {EXCEPTIONS.get(self.code, 'not in the standard')}"


Read = ReadBits | ReadRegisters
Write = WriteCoil | WriteRegister | WriteCoils | WriteRegisters
Request = Read | Write
Response = Bits | Registers | Written | Refused


@lru_cache(KNOWN_MAX)
def crc(data: bytes) -> bytes:
    """CRC-16/MODBUS, low byte first as on the wire."""
    value = 0xFFFF
    for byte in data:
        value = (value >> 8) ^ _CRC_TABLE[(value ^ byte) & 0xFF]
    return value.to_bytes(2, "little")


def _crc_entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE = tuple(_crc_entry(byte) for byte in range(256))


def function_of(request: Request) -> Function:
    match request:
        case ReadBits(function=function) | ReadRegisters(function=function):
            return function
        case WriteCoil():
            return Function.WRITE_COIL
        case WriteRegister():
            return Function.WRITE_REGISTER
        case WriteCoils():
            return Function.WRITE_COILS
        case WriteRegisters():
            return Function.WRITE_REGISTERS


# ---------------------------------------------------------------- master's end: ask, then hold the answer against the question


@lru_cache(KNOWN_MAX)
def encode_request(unit: int, request: Request) -> bytes:
    head = bytes((unit, function_of(request)))
    match request:
        case ReadBits(address=address, count=count) | ReadRegisters(address=address, count=count):
            body = _words(address, count)
        case WriteCoil(address=address, on=on):
            body = _words(address, COIL_ON if on else COIL_OFF)
        case WriteRegister(address=address, value=value):
            body = _words(address, value)
        case WriteCoils(address=address, values=bits):
            packed = pack_bits(bits)
            body = _words(address, len(bits)) + bytes((len(packed),)) + packed
        case WriteRegisters(address=address, values=registers):
            body = _words(address, len(registers)) + bytes((2 * len(registers),)) + _words(*registers)
    frame = head + body
    return frame + crc(frame)


def response_bytes(request: Request) -> int:
    """How long the answer to this request is, unless it is an exception."""
    match request:
        case ReadBits(count=count):
            return 5 + (count + 7) // 8
        case ReadRegisters(count=count):
            return 5 + 2 * count
        case _:
            return 8


Shape = tuple[Function, int, int]


@lru_cache(KNOWN_MAX)
def answer_shape(request: Request) -> Shape:
    """Requests to one unit with the same shape have answers that nothing tells apart."""
    match request:
        case ReadBits() | ReadRegisters():
            return function_of(request), response_bytes(request), 0
        case WriteCoil(address=address, on=value) | WriteRegister(address=address, value=value):
            return function_of(request), address, int(value)
        case WriteCoils(address=address, values=values) | WriteRegisters(address=address, values=values):
            return function_of(request), address, len(values)


def answer_bytes(unit: int, request: Request, received: bytes) -> int:
    """How long the answer that begins with `received` must become. Raises WireError as soon as it cannot be ours."""
    function = function_of(request)
    if received[:1] and received[0] != unit:
        raise WireError("unit", f"unit {received[0]} answered, {unit} was asked")
    if len(received) >= 2 and received[1] == function | EXCEPTION_FLAG:
        return EXCEPTION_BYTES
    if len(received) >= 2 and received[1] != function:
        raise WireError("function", f"answer to function {received[1]}, {int(function)} was asked")
    expected = response_bytes(request)
    if isinstance(request, Read) and len(received) >= 3 and received[2] != expected - 5:
        raise WireError("byte count", f"answer with {received[2]} bytes, {expected - 5} were asked")
    return expected


@lru_cache(KNOWN_MAX)
def answer_in(unit: int, request: Request, received: bytes) -> Response | None:
    """The answer to exactly this request, None while it is not whole. Raises WireError as soon as it cannot be ours."""
    return None if len(received) < answer_bytes(unit, request, received) else decode_response(unit, request, received)


def decode_response(unit: int, request: Request, frame: bytes) -> Response:
    """The answer to exactly this request. Raises WireError for anything else, however well formed."""
    expected = answer_bytes(unit, request, frame)
    if len(frame) != expected:
        raise WireError("length", f"answer of {len(frame)} bytes, {expected} were due")
    _check_crc(frame)
    if frame[1] & EXCEPTION_FLAG:
        return Refused(frame[2])
    match request:
        case ReadBits(count=count):
            return Bits(_unpack_bits(frame[3:-2], count))
        case ReadRegisters():
            return Registers(_unpack_words(frame[3:-2]))
        case _:
            if frame[2:6] != encode_request(unit, request)[2:6]:
                raise WireError("echo", f"echo {frame[2:6].hex(' ')} is not of the write in flight")
            return Written()


# ---------------------------------------------------------------- unit's end: understand the question, answer it


def request_bytes(received: bytes) -> int | None:
    """How long the request that begins with `received` is, None while that cannot be told."""
    if len(received) < 2:
        return None
    if received[1] not in _FUNCTIONS:
        raise WireError("function", f"function {received[1]} is none of ours")
    if received[1] not in (Function.WRITE_COILS, Function.WRITE_REGISTERS):
        return 8
    return 9 + received[6] if len(received) >= HEADER_BYTES else None


@lru_cache(KNOWN_MAX)
def decode_request(frame: bytes) -> tuple[int, Request]:
    """Unit address and request. Raises WireError on a bad length, CRC or content."""
    expected = request_bytes(frame)
    if expected is None or len(frame) != expected:
        raise WireError("length", f"request of {len(frame)} bytes, {expected} were due")
    _check_crc(frame)
    function = Function(frame[1])
    address, second = _unpack_words(frame[2:6])
    match function:
        case Function.READ_COILS | Function.READ_INPUTS:
            _check_count(second, BITS_MAX)
            return frame[0], ReadBits(function, address, second)
        case Function.READ_HOLDING | Function.READ_REGISTERS:
            _check_count(second, REGISTERS_MAX)
            return frame[0], ReadRegisters(function, address, second)
        case Function.WRITE_COIL:
            if second not in (COIL_ON, COIL_OFF):
                raise WireError("value", f"a coil is written FF00 or 0000, not {second:04X}")
            return frame[0], WriteCoil(address, second == COIL_ON)
        case Function.WRITE_REGISTER:
            return frame[0], WriteRegister(address, second)
        case Function.WRITE_COILS:
            _check_count(second, 8 * frame[6])
            return frame[0], WriteCoils(address, _unpack_bits(frame[7:-2], second))
        case Function.WRITE_REGISTERS:
            if frame[6] != 2 * second:
                raise WireError("byte count", f"{second} registers in {frame[6]} bytes")
            return frame[0], WriteRegisters(address, _unpack_words(frame[7:-2]))


@lru_cache(KNOWN_MAX)
def encode_response(unit: int, request: Request, response: Response) -> bytes:
    function = function_of(request)
    match response:
        case Bits(values=bits):
            packed = pack_bits(bits)
            frame = bytes((unit, function, len(packed))) + packed
        case Registers(values=registers):
            frame = bytes((unit, function, 2 * len(registers))) + _words(*registers)
        case Written():
            frame = encode_request(unit, request)[:6]
        case Refused(code=code):
            frame = bytes((unit, function | EXCEPTION_FLAG, code))
    return frame + crc(frame)


# ---------------------------------------------------------------- pieces


_FUNCTIONS = frozenset(Function)


def pack_bits(bits: tuple[bool, ...]) -> bytes:
    """First bit in the lowest place of the first byte."""
    packed = bytearray((len(bits) + 7) // 8)
    for place, bit in enumerate(bits):
        packed[place // 8] |= bit << (place % 8)
    return bytes(packed)


def _unpack_bits(packed: bytes, count: int) -> tuple[bool, ...]:
    padding = packed[-1] >> (count % 8) if count % 8 else 0
    if padding:
        raise WireError("padding", f"bits are set beyond the {count} that were asked")
    return tuple(bool(packed[place // 8] >> (place % 8) & 1) for place in range(count))


def _words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)


def _unpack_words(data: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))


def _check_crc(frame: bytes) -> None:
    if crc(frame[:-2]) != frame[-2:]:
        raise WireError("crc", f"CRC of {frame.hex(' ')} is wrong")


def _check_count(count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise WireError("count", f"{count} values asked, 1 to {most} are possible")
