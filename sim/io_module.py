"""A Moxa ioLogik R1214 as its manual describes it; where the manual is silent, what is assumed stands here.

Assumed: settings are stored at once and survive a restart; baud and parity take effect with the next start; the trip of the
watchdog does not survive one. While it is tripped, writes to relays are echoed and have no effect. Relays are off during the boot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TypeVar
from zlib import crc32

from drivers.wire import r1214_io as r1214
from drivers.wire.modbus_rtu import (
    Function,
    Read,
    ReadBits,
    ReadRegisters,
    Refused,
    Request,
    Response,
    WriteCoil,
    WriteCoils,
    WriteRegister,
    Written,
)
from drivers.wire.r1214_io import INPUTS, RELAYS, Register, Safe
from sim.plan import ModulePlan
from sim.unit import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE, Unit, read_bits, read_registers, text_registers

T = TypeVar("T")

MODEL = 0x1214
FIRMWARE = (0x0103, 0x0000)
BOOT_S = 2.0
FILTER_UNIT_S = 0.0002  # the larger of the manual's two
ALL_OFF = (False,) * RELAYS


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be written and stays. `baud`, `parity`: the register's codes."""

    filters: tuple[int, ...] = (2,) * INPUTS
    safe: tuple[int, ...] = (int(Safe.OFF),) * RELAYS
    power_on: tuple[bool, ...] = ALL_OFF
    watchdog_on: bool = False
    watchdog_s: int = r1214.WATCHDOG_TIMEOUT_S_DELIVERED
    baud: int = r1214.BAUD_CODES[9600]
    parity: int = r1214.PARITY_CODES["N"]


class Module(Unit):
    """`forgetful`: what is written stays in memory only (a fault). `settings` are in force, `stored` survive a restart."""

    def __init__(self, plan: ModulePlan, baud: int, now: float = 0.0) -> None:
        super().__init__(plan.unit, plan.address, baud, BOOT_S)
        self.plan = plan
        self.stored = _as_planned(plan, baud)
        self.settings = self.stored
        self.forgetful = False
        self.relays = self.settings.power_on
        self.tripped = False
        self._heard_at = now
        self._inputs = [False] * INPUTS
        self._raw_since: list[tuple[bool, float]] = [(False, -inf)] * INPUTS
        self._answers: dict[Request, Response] = {}
        self._answers_of: tuple[object, ...] = ()
        self.contacts: Sequence[bool] = ()
        self.rests_until = -inf  # with the same contacts nothing in it changes by itself before

    # ------------------------------------------------------------ physics

    def observe(self, now: float, raw: Sequence[bool]) -> None:
        """The contacts at the inputs, every tick while it does not rest; the watchdog counts on."""
        self.contacts = raw
        for place, contact in enumerate(raw):
            was, since = self._raw_since[place]
            if contact != was:
                since = now
                self._raw_since[place] = (contact, now)
            if now - since >= self.settings.filters[place] * FILTER_UNIT_S:
                self._inputs[place] = contact
        self._count_on(now)
        filtered = all(contact == seen for contact, seen in zip(raw, self._inputs, strict=False))
        self.rests_until = self._acts_at if filtered else -inf

    @property
    def _acts_at(self) -> float:
        """When it next does something by itself, at the earliest: a word from the master puts its watchdog off."""
        if not self.powered:
            return inf
        if self._heard_at < self.booted_at:
            return self.booted_at
        return self._heard_at + self.settings.watchdog_s if self.settings.watchdog_on and not self.tripped else inf

    def _count_on(self, now: float) -> None:
        if not self.powered or now < self.booted_at:
            return
        if self._heard_at < self.booted_at:
            self._heard_at = self.booted_at
            self.relays = self.settings.power_on
        if self.settings.watchdog_on and not self.tripped and now - self._heard_at >= self.settings.watchdog_s:
            self.tripped = True
            self.relays = tuple(_safe(on, mode) for on, mode in zip(self.relays, self.settings.safe, strict=True))

    def lost_power(self, now: float) -> None:  # noqa: ARG002 - a unit's power is lost at a time
        self.rests_until = -inf
        self.relays = ALL_OFF
        self.tripped = False
        self.settings = self.stored
        self.baud = _baud(self.stored.baud)

    # ------------------------------------------------------------ registers

    def execute(self, now: float, request: Request) -> Response:
        self._count_on(now)
        self._heard_at = now
        if isinstance(request, Read):
            return self._read_known(request)
        match request:
            case WriteCoil(address=address, on=on):
                return self._write_relays(address, (on,))
            case WriteCoils(address=address, values=values):
                return self._write_relays(address, values)
            case WriteRegister(address=address, value=value):
                return self._write(now, address, value)
            case _:
                return Refused(ILLEGAL_FUNCTION)

    def _read_known(self, request: Read) -> Response:
        """The same questions come ten times a second, and their answers seldom change."""
        state = (tuple(self._inputs), self.relays, self.settings, self.tripped)
        if state != self._answers_of:
            self._answers_of = state
            self._answers.clear()
        answer = self._answers.get(request)
        if answer is None:
            answer = self._answers[request] = self._read(request)
        return answer

    def _read(self, request: Read) -> Response:
        match request:
            case ReadBits(function=Function.READ_INPUTS):
                return read_bits(request, dict(enumerate(self._inputs)))
            case ReadBits():
                return read_bits(request, _places({r1214.RELAY_BASE: self.relays, r1214.POWER_ON_BASE: self.settings.power_on}))
            case ReadRegisters(function=Function.READ_HOLDING):
                return read_registers(request, self._holding())
            case ReadRegisters():
                return read_registers(request, self._identity())

    def _holding(self) -> Mapping[int, int]:
        s = self.settings
        return _places({Register.INPUT_FILTER: s.filters, Register.SAFE_MODE: s.safe}) | {
            Register.WATCHDOG_ENABLE: int(s.watchdog_on),
            Register.WATCHDOG_TIMEOUT_S: s.watchdog_s,
            Register.WATCHDOG_STATUS: r1214.WATCHDOG_TRIPPED if self.tripped else r1214.WATCHDOG_CLEARED,
            Register.RESTART: 0,
            Register.FACTORY_DEFAULTS: 0,
            Register.BAUD: s.baud,
            Register.PARITY: s.parity,
        }

    def _identity(self) -> Mapping[int, int]:
        serial = f"TA{crc32(self.name.encode()):010d}"
        return _places(
            {
                Register.MODEL: (MODEL,),
                Register.FIRMWARE: FIRMWARE,
                Register.UNIT_ID: (self.address,),
                Register.SERIAL: text_registers(serial, 6),
            }
        )

    def _write_relays(self, address: int, values: Sequence[bool]) -> Response:
        first = address - r1214.RELAY_BASE
        if first < 0 or first + len(values) > RELAYS:
            return Refused(ILLEGAL_ADDRESS)
        if not self.tripped:
            self.relays = (*self.relays[:first], *values, *self.relays[first + len(values) :])
        return Written()

    def _write(self, now: float, address: int, value: int) -> Response:
        self.rests_until = -inf
        if address not in self._holding():
            return Refused(ILLEGAL_ADDRESS)
        if address in (Register.RESTART, Register.FACTORY_DEFAULTS):
            return self._start_again(now, address, value)
        if address == Register.WATCHDOG_STATUS:
            if value != r1214.WATCHDOG_CLEARED:
                return Refused(ILLEGAL_VALUE)
            self.tripped = False
            return Written()
        settings = _written(self.settings, address, value)
        if settings is None:
            return Refused(ILLEGAL_VALUE)
        self.settings = settings
        if not self.forgetful:
            self.stored = settings
        return Written()

    def _start_again(self, now: float, address: int, value: int) -> Response:
        if value != r1214.RESTART_KEY:
            return Refused(ILLEGAL_VALUE)
        if address == Register.FACTORY_DEFAULTS:
            self.stored = Settings()
        self.restart(now)
        return Written()


def _as_planned(plan: ModulePlan, baud: int) -> Settings:
    watchdog_s = plan.watchdog_s or r1214.WATCHDOG_TIMEOUT_S_DELIVERED
    return Settings(
        filters=(plan.input_filter,) * INPUTS,
        watchdog_on=plan.watchdog_s > 0,
        watchdog_s=watchdog_s,
        baud=r1214.BAUD_CODES[baud],
    )


def _written(settings: Settings, address: int, value: int) -> Settings | None:
    """The settings after a write; None when the register does not take this value."""
    filter_at, safe_at = address - Register.INPUT_FILTER, address - Register.SAFE_MODE
    if 0 <= filter_at < INPUTS and value > 0:
        return replace(settings, filters=_with(settings.filters, filter_at, value))
    if 0 <= safe_at < RELAYS and value in set(Safe):
        return replace(settings, safe=_with(settings.safe, safe_at, value))
    single: dict[int, tuple[bool, Settings]] = {
        Register.WATCHDOG_ENABLE: (value in (0, 1), replace(settings, watchdog_on=value == 1)),
        Register.WATCHDOG_TIMEOUT_S: (value > 0, replace(settings, watchdog_s=value)),
        Register.BAUD: (value in r1214.BAUD_CODES.values(), replace(settings, baud=value)),
        Register.PARITY: (value in r1214.PARITY_CODES.values(), replace(settings, parity=value)),
    }
    possible, after = single.get(address, (False, settings))
    return after if possible else None


def _with(values: tuple[int, ...], place: int, value: int) -> tuple[int, ...]:
    return (*values[:place], value, *values[place + 1 :])


def _safe(on: bool, mode: int) -> bool:
    return on if mode == Safe.HOLD else mode == Safe.ON


def _baud(code: int) -> int:
    return next(baud for baud, known in r1214.BAUD_CODES.items() if known == code)


def _places(blocks: Mapping[int, Sequence[T]]) -> dict[int, T]:
    return {base + place: value for base, values in blocks.items() for place, value in enumerate(values)}
