"""Moxa ioLogik R1214: 6 inputs, 6 relays, a watchdog. Register map and meanings, used by the session and by the simulated module.

Names are the ones that configuration and flashing show to people.
"""

from enum import IntEnum

from msgspec import Struct

from drivers.wire.errors import WireError
from drivers.wire.modbus_rtu import Bits, Function, ReadBits, ReadRegisters, Registers, Response, WriteCoil, WriteRegister

INPUTS = 6
RELAYS = 6

# 1-bit places. Inputs by function 02; relays by 01, 05 and 0F; their power-on state by 01.
INPUT_BASE = 0x0000
RELAY_BASE = 0x0140
POWER_ON_BASE = 0x0160


class Safe(IntEnum):
    """What a relay does when the watchdog trips."""

    OFF = 0
    ON = 1
    HOLD = 2


class Register(IntEnum):
    """16-bit places, functions 03 and 06; those from MODEL to SERIAL by 04."""

    INPUT_FILTER = 0x0020  # six; the manual contradicts itself: 100 µs or 0.2 ms a unit
    SAFE_MODE = 0x01E0  # six
    MODEL = 0x7530
    FIRMWARE = 0x7545  # two
    UNIT_ID = 0x754A
    SERIAL = 0x754B  # six
    WATCHDOG_ENABLE = 0x7564
    WATCHDOG_TIMEOUT_S = 0x7565  # whole seconds
    WATCHDOG_STATUS = 0x7566
    RESTART = 0x7568
    FACTORY_DEFAULTS = 0x7569
    BAUD = 0x756C
    PARITY = 0x7572


WATCHDOG_TIMEOUT_S_DELIVERED = 10
WATCHDOG_TRIPPED = 1
WATCHDOG_CLEARED = 0  # assumed: the manual says "until the status is cleared", not with which value
RESTART_KEY = 404  # written to RESTART or FACTORY_DEFAULTS

BAUD_CODES = {9600: 4, 19200: 5, 38400: 6}
PARITY_CODES = {"N": 0, "E": 1, "O": 2}

READ_INPUTS = ReadBits(Function.READ_INPUTS, INPUT_BASE, INPUTS)
READ_RELAYS = ReadBits(Function.READ_COILS, RELAY_BASE, RELAYS)
READ_POWER_ON = ReadBits(Function.READ_COILS, POWER_ON_BASE, RELAYS)
READ_SAFE_MODE = ReadRegisters(Function.READ_HOLDING, Register.SAFE_MODE, RELAYS)
READ_INPUT_FILTER = ReadRegisters(Function.READ_HOLDING, Register.INPUT_FILTER, INPUTS)
READ_WATCHDOG = ReadRegisters(Function.READ_HOLDING, Register.WATCHDOG_ENABLE, 3)
READ_MODEL = ReadRegisters(Function.READ_REGISTERS, Register.MODEL, 1)
READ_FIRMWARE = ReadRegisters(Function.READ_REGISTERS, Register.FIRMWARE, 2)
READ_UNIT_ID = ReadRegisters(Function.READ_REGISTERS, Register.UNIT_ID, 1)
READ_SERIAL = ReadRegisters(Function.READ_REGISTERS, Register.SERIAL, 6)
ENABLE_WATCHDOG = WriteRegister(Register.WATCHDOG_ENABLE, 1)
CLEAR_WATCHDOG = WriteRegister(Register.WATCHDOG_STATUS, WATCHDOG_CLEARED)
RESTART = WriteRegister(Register.RESTART, RESTART_KEY)


def set_relay(relay: int, on: bool) -> WriteCoil:
    assert 0 <= relay < RELAYS
    return WriteCoil(RELAY_BASE + relay, on)


def set_watchdog_timeout(timeout_s: int) -> WriteRegister:
    return WriteRegister(Register.WATCHDOG_TIMEOUT_S, timeout_s)


class Watchdog(Struct, frozen=True):
    """READ_WATCHDOG's answer."""

    enabled: bool
    timeout_s: int
    tripped: bool


def decode_watchdog(response: Response) -> Watchdog:
    enable, timeout_s, status = registers(response, 3)
    return Watchdog(enable == 1, timeout_s, status == WATCHDOG_TRIPPED)


def encode_watchdog(watchdog: Watchdog) -> Registers:
    return Registers((int(watchdog.enabled), watchdog.timeout_s, int(watchdog.tripped)))


def bits(response: Response, count: int) -> tuple[bool, ...]:
    if not isinstance(response, Bits) or len(response.values) != count:
        raise WireError("content", f"{count} bits were due, not {response}")
    return response.values


def registers(response: Response, count: int) -> tuple[int, ...]:
    if not isinstance(response, Registers) or len(response.values) != count:
        raise WireError("content", f"{count} registers were due, not {response}")
    return response.values


# ---------------------------------------------------------------- names for people

NAMES: dict[int, str] = (
    {Register.SAFE_MODE + n: f"safe_relays[{n}]" for n in range(RELAYS)}
    | {Register.INPUT_FILTER + n: f"input_filter[{n}]" for n in range(INPUTS)}
    | {
        Register.MODEL: "model",
        Register.UNIT_ID: "unit_id",
        Register.WATCHDOG_ENABLE: "watchdog_enabled",
        Register.WATCHDOG_TIMEOUT_S: "watchdog_s",
        Register.WATCHDOG_STATUS: "watchdog_status",
        Register.BAUD: "baud",
        Register.PARITY: "parity",
    }
)
