"""CAME GARD PTX with the ZLB30B board: register map and meanings, used by the session and by the simulated board.

The quoted manual leaves three things open. Each stands here once, marked "assumed", to be read off the real board when it is commissioned:
the wire address of a number, what the inputs' bits are, and which last errors mean an obstruction.
"""

from enum import IntEnum, IntFlag
from functools import lru_cache

from msgspec import Struct

from drivers.wire.errors import WireError
from drivers.wire.modbus_rtu import KNOWN_MAX, Function, ReadRegisters, Registers, Response, WriteCoil

NUMBER_TO_WIRE = 1  # assumed: wire address = number - 1, as the maker's OPEN and CLOSE frames have it for coils
HOLDING = 40000


def _wire(number: int) -> int:
    return number - HOLDING - NUMBER_TO_WIRE


class Place(IntEnum):
    """Holding registers by wire address, function 03."""

    BOARD_ID = _wire(40001)
    FIRMWARE = _wire(40002)  # three
    SERIAL = _wire(40005)  # seven: 14 characters
    STATE = _wire(40101)
    POSITION = _wire(40102)
    FLAGS = _wire(40103)
    LAST_ERROR = _wire(40104)
    OPERATIONS = _wire(40105)  # two, least significant word first
    PARTIAL_OPERATIONS = _wire(40107)  # two, least significant word first
    INPUTS = _wire(40109)
    BOARD_CELSIUS = _wire(40110)  # signed


class Coil(IntEnum):
    """Command coils by wire address. Each is a pulse: a write of ON is one press of that key; OFF is never written."""

    STOP = 1 - NUMBER_TO_WIRE
    OPEN = 2 - NUMBER_TO_WIRE
    PARTIAL = 3 - NUMBER_TO_WIRE
    CLOSE = 4 - NUMBER_TO_WIRE
    STEP = 5 - NUMBER_TO_WIRE
    SEQUENTIAL = 6 - NUMBER_TO_WIRE
    RESET = 8 - NUMBER_TO_WIRE


class State(IntEnum):
    UNKNOWN = 0
    CALIBRATING = 3
    OPEN = 16
    CLOSED = 17
    PARTIAL = 18
    STOPPED = 19
    OPENING = 32
    CLOSING = 33
    PARTIAL_OPENING = 34


class Flag(IntFlag):
    NEEDS_CALIBRATION = 1 << 0
    FA_INPUT = 1 << 1


class Input(IntFlag):
    """40109. Assumed: the manual names the mask, not its bits."""

    PHOTOCELL = 1 << 0  # something in the boom's way
    STOP_KEY = 1 << 1  # the stop button at the gate
    MANUAL = 1 << 2  # released by hand, or its door open: local working


class Fault(IntEnum):
    """40104. Assumed numbers; every other number but 0 is a fault of the machine."""

    NONE = 0
    OBSTRUCTED = 1  # the arm met something while closing; stays until RESET or the next travel that ends


POSITION_UNKNOWN = 255

READ_STATUS = ReadRegisters(Function.READ_HOLDING, Place.STATE, 9)
READ_STATE = ReadRegisters(Function.READ_HOLDING, Place.STATE, 4)
READ_IDENTITY = ReadRegisters(Function.READ_HOLDING, Place.BOARD_ID, 11)
STOP = WriteCoil(Coil.STOP, True)
OPEN = WriteCoil(Coil.OPEN, True)
CLOSE = WriteCoil(Coil.CLOSE, True)
RESET = WriteCoil(Coil.RESET, True)


class Status(Struct, frozen=True):
    """READ_STATUS's answer. `position`: 0-100 %, None unknown."""

    state: State
    position: int | None
    flags: Flag
    last_error: int
    operations: int
    partial_operations: int
    inputs: Input


@lru_cache(KNOWN_MAX)
def decode_status(response: Response) -> Status:
    """Raises WireError for a state, position or bit that the board's map does not have."""
    if not isinstance(response, Registers) or len(response.values) != READ_STATUS.count:
        raise WireError("content", f"{READ_STATUS.count} registers were due, not {response}")
    state, position, flags, error, low, high, partial_low, partial_high, inputs = response.values
    if state not in _STATES:
        raise WireError("state", f"40101 is {state}, which is no state of this board")
    if position > 100 and position != POSITION_UNKNOWN:
        raise WireError("position", f"40102 is {position}, neither a percentage nor 255")
    return Status(
        state=State(state),
        position=None if position == POSITION_UNKNOWN else position,
        flags=Flag(flags & 3),
        last_error=error,
        operations=low | high << 16,
        partial_operations=partial_low | partial_high << 16,
        inputs=Input(inputs & 7),
    )


def encode_status(status: Status) -> Registers:
    return Registers(
        (
            status.state,
            POSITION_UNKNOWN if status.position is None else status.position,
            status.flags,
            status.last_error,
            status.operations & 0xFFFF,
            status.operations >> 16,
            status.partial_operations & 0xFFFF,
            status.partial_operations >> 16,
            status.inputs,
        )
    )


_STATES = frozenset(State)
_CLOSING_OR_HALTED = frozenset({State.CLOSING, State.STOPPED, State.PARTIAL})


def is_obstructed(status: Status) -> bool:
    """There is no such state in 40101: the last error says so, or the photocell is broken while the arm comes down or was halted."""
    return status.last_error == Fault.OBSTRUCTED or (Input.PHOTOCELL in status.inputs and status.state in _CLOSING_OR_HALTED)


def fault_in_words(status: Status) -> str:
    """What the machine complains of, "" when nothing: calibration, or an error that is no obstruction."""
    if status.state is State.CALIBRATING:
        return "calibrating"
    if Flag.NEEDS_CALIBRATION in status.flags:
        return "needs calibration"
    if status.last_error not in (Fault.NONE, Fault.OBSTRUCTED):
        return f"error {status.last_error}"
    return ""


def is_local(status: Status) -> bool:
    """Local or manual working at the machine (T4): a hand release or the stop key."""
    return bool(status.inputs & (Input.MANUAL | Input.STOP_KEY))
