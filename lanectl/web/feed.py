"""One connection to the controller, shared by all browsers: the newest status, how old it is, and whether more is coming."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

RETRY_S = 0.5
RETRY_S_MAX = 5.0
HEARTBEAT_S = 1.0  # a browser hears something this often, so that it can tell a dead server from a quiet lane

Source = Callable[[], AsyncIterator[bytes]]  # statuses as lines of JSON until the connection is lost; raises OSError


@dataclass(frozen=True, slots=True)
class Kept:
    """`number` counts what was heard, so that a browser never sees the same status twice."""

    number: int
    line: bytes
    heard_at: float
    seq: int


class Feed:
    """`listening` for as long as the page is served; `after` waits for what a browser has not seen."""

    def __init__(self, source: Source, seq_of: Callable[[bytes], int]) -> None:
        self.connected = False
        self.newest: Kept | None = None
        self._source = source
        self._seq_of = seq_of
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen(self) -> None:
        wait_s = RETRY_S
        while True:
            with suppress(OSError, ValueError):  # gone, or not ours: the page says so and goes on trying
                async for line in self._source():
                    await self._heard(line)
                    wait_s = RETRY_S
            await self._tell(connected=False)
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, RETRY_S_MAX)

    async def after(self, number: int, *, connected: bool) -> None:
        """Returns when there is a status newer than `number`, when the connection came or went, or after a heartbeat."""

        def news() -> bool:
            return self.connected is not connected or (self.newest is not None and self.newest.number > number)

        async with self._changed:
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_S):
                    await self._changed.wait_for(news)

    def held_s(self) -> float:
        """How long ago the newest status came from the controller."""
        return time.monotonic() - self.newest.heard_at if self.newest else 0.0

    async def _heard(self, line: bytes) -> None:
        number = self.newest.number + 1 if self.newest else 1
        self.newest = Kept(number, line, time.monotonic(), self._seq_of(line))
        await self._tell(connected=True)

    async def _tell(self, *, connected: bool) -> None:
        async with self._changed:
            self.connected = connected
            self._changed.notify_all()
