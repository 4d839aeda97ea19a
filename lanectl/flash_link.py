"""One unit for flashing, over the link that owns its bus. What the bus could not bring over at once is asked again, but never a restart."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.errors import LinkError
from drivers.wire import r1214_io as r1214
from drivers.wire.modbus_rtu import Request, Response
from lanectl.model import UnitName

TRIES = 4
PAUSE_S = 0.5  # longer than a bus keeps quiet after a violation
SETTLE_S = 1.0  # a module that was told to restart may still answer at first
RESTART_S_MAX = 20.0  # the manual gives no time


class Link(Protocol):
    def request(self, unit: UnitName, request: Request) -> Awaitable[Response]:
        """Raises LinkError when no believed answer came."""
        ...


@dataclass(frozen=True, slots=True)
class UnitOnLink:
    link: Link
    unit: UnitName
    now: Callable[[], float]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def ask(self, request: Request) -> Response:
        for _ in range(TRIES - 1 if request != r1214.RESTART else 0):
            try:
                return await self.link.request(self.unit, request)
            except LinkError:
                await self.pause(PAUSE_S)
        return await self.link.request(self.unit, request)

    async def answers_again(self) -> float:
        began = self.now()
        await self.pause(SETTLE_S)
        while True:
            try:
                await self.link.request(self.unit, r1214.READ_WATCHDOG)
            except LinkError as error:
                if self.now() - began > RESTART_S_MAX:
                    raise LinkError(f"{self.unit} does not answer after {RESTART_S_MAX:g} s: {error}") from error
                await self.pause(PAUSE_S)
            else:
                return self.now() - began
