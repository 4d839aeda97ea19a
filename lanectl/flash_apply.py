"""Flashing a unit, step by step, over its bus: nothing is written that the plan does not say, everything is read back twice."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from drivers.errors import LinkError
from drivers.wire import r1214_io as r1214
from drivers.wire.errors import WireError
from drivers.wire.modbus_rtu import Function, ReadRegisters, Refused, Request, Response, WriteRegister
from lanectl.flash import FlashPlan, Image, NoPlan, plan
from lanectl.model import Refusal
from lanectl.site.facts import Site

Refusals = Callable[[], tuple[Refusal, ...]]

STEPS = 5
_READ_LINE = (ReadRegisters(Function.READ_HOLDING, r1214.Register.BAUD, 1), ReadRegisters(Function.READ_HOLDING, r1214.Register.PARITY, 1))


class Device(Protocol):
    """One unit on its bus, through the controller that owns the bus."""

    async def ask(self, request: Request) -> Response:
        """One transaction. Raises LinkError where there is no answer that can be believed."""
        ...

    async def answers_again(self) -> float:
        """Waits until the unit answers, and returns after how many seconds. Raises LinkError when it does not in time."""
        ...


class Result(Enum):
    APPLIED = "APPLIED"
    NO_CHANGE = "NO_CHANGE"
    REFUSED = "REFUSED"  # T5 does not hold; nothing was written
    STALE = "STALE"  # configuration or module are not as they were planned with; nothing was written
    UNREACHABLE = "UNREACHABLE"  # the module cannot be read; nothing was written
    ROLLED_BACK = "ROLLED_BACK"  # something failed, the old image is in place and verified
    FAILED = "FAILED"  # something failed, and so did putting the old image back


@dataclass(frozen=True, slots=True)
class Progress:
    """One line for people: [step/5] what  detail  ok."""

    step: int
    what: str
    detail: str
    ok: bool = True

    def in_words(self) -> str:
        return f"[{self.step}/{STEPS}] {self.what:<13} {self.detail:<34} {'ok' if self.ok else 'FAILED'}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended, and why if not well. `refusals`: the interlocking's own words."""

    result: Result
    reason: str = ""
    refusals: tuple[Refusal, ...] = ()


async def read_image(device: Device) -> Image:
    """The whole old image. Raises LinkError or WireError."""

    async def registers(request: ReadRegisters) -> tuple[int, ...]:
        return r1214.registers(await _answer(device, request), request.count)

    model = await registers(r1214.READ_MODEL)
    firmware = await registers(r1214.READ_FIRMWARE)
    serial = await registers(r1214.READ_SERIAL)
    values: list[tuple[int, int]] = []
    for request in (r1214.READ_SAFE_MODE, r1214.READ_INPUT_FILTER, _watchdog_settings(), *_READ_LINE):
        values += [(int(request.address) + place, value) for place, value in enumerate(await registers(request))]
    power_on = r1214.bits(await _answer(device, r1214.READ_POWER_ON), r1214.RELAYS)
    return Image(model[0], firmware, serial, tuple(values), power_on)


async def apply(
    device: Device, site: Site, saved: FlashPlan, refusals: Callable[[], tuple[Refusal, ...]]
) -> AsyncIterator[Progress | Outcome]:
    """Does exactly what the saved plan says, or nothing. The last item is the Outcome. `refusals`: why T5 does not hold now."""
    if why := refusals():
        yield Outcome(Result.REFUSED, "the interlocking refuses", why)
        return
    yield Progress(1, "interlocking", "T5 holds")
    try:
        stale = await _stale(device, site, saved)
    except (LinkError, WireError) as error:
        yield Outcome(Result.UNREACHABLE, f"{saved.unit} cannot be read: {error}")
        return
    if stale or not saved.changes:
        yield Outcome(Result.STALE, stale) if stale else Outcome(Result.NO_CHANGE)
        return
    if why := refusals():  # reading took its time
        yield Outcome(Result.REFUSED, "the interlocking refuses", why)
        return
    try:
        async for progress in _write_and_prove(device, saved):
            yield progress
    except (LinkError, WireError) as error:
        yield Progress(STEPS, "failed", str(error), ok=False)
        yield await _restore(device, saved, str(error))
        return
    yield Outcome(Result.APPLIED)


async def _stale(device: Device, site: Site, saved: FlashPlan) -> str:
    """Why the saved plan does not fit what is here now, "" when it does."""
    if (saved.site, saved.config_sha256) != (site.name, site.sha256):
        return "the configuration is not the one that was planned with: plan again"
    now = plan(site, saved.unit, await read_image(device))
    if isinstance(now, NoPlan):
        return now.words
    return "" if now == saved else f"{saved.unit} is not as it was when the plan was made: plan again"


async def _write_and_prove(device: Device, saved: FlashPlan) -> AsyncIterator[Progress]:
    await _write(device, [(change.address, change.new) for change in saved.changes])
    yield Progress(2, "write", f"{len(saved.changes)} registers")
    await _prove(device, saved.new)
    yield Progress(3, "read back", f"sha256 {saved.new.sha256()[:4]}… = plan")
    await _answer(device, r1214.RESTART)
    seconds = await device.answers_again()
    yield Progress(4, "restart", f"answers again after {seconds:.1f} s")
    await _prove(device, saved.new)
    yield Progress(5, "read again", f"sha256 {saved.new.sha256()[:4]}… = plan, it is stored")


async def _write(device: Device, values: list[tuple[int, int]]) -> None:
    for address, value in values:
        await _answer(device, WriteRegister(address, value))


async def _prove(device: Device, due: Image) -> None:
    """Reads everything back. Raises WireError where it is not what is due."""
    live = await read_image(device)
    wrong = [a for a, value in due.registers if live.value(a) != value]
    if wrong:
        names = ", ".join(f"{r1214.NAMES[a]} = {live.value(a)} instead of {due.value(a)}" for a in wrong)
        raise WireError("read back", f"read back differs: {names}")
    if live != due:
        raise WireError("read back", "another module answers, or its power-on states changed")


async def _restore(device: Device, saved: FlashPlan, why: str) -> Outcome:
    """Puts the old image back, last written first, and proves it."""
    try:
        await device.answers_again()
        live = await read_image(device)
        await _write(device, [(c.address, c.old) for c in reversed(saved.changes) if live.value(c.address) != c.old])
        await _prove(device, saved.old)
    except (LinkError, WireError) as error:
        return Outcome(Result.FAILED, f"{why}; the old image could not be put back: {error}. The lane stays closed")
    return Outcome(Result.ROLLED_BACK, f"{why}; the old image is back and verified. The lane stays closed")


async def _answer(device: Device, request: Request) -> Response:
    """Raises WireError where the unit refuses: it is healthy, what was asked is not for it."""
    response = await device.ask(request)
    if isinstance(response, Refused):
        raise WireError("refused", f"the module refused {request}: {response.words}")
    return response


def _watchdog_settings() -> ReadRegisters:
    """Enable and time-out; the status beside them is no setting."""
    return ReadRegisters(Function.READ_HOLDING, r1214.Register.WATCHDOG_ENABLE, 2)
