"""The one clock that everything is timed by: seconds that never jump and never go back (E4)."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float: ...

    def call_at(self, when: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back once at `when`, soon if that has passed. The returned function cancels it."""
        ...

    def call_soon(self, callback: Callable[[], None]) -> None:
        """Calls back once, after what runs now and what was asked for before."""
        ...


class LoopClock:
    """CLOCK_MONOTONIC since `epoch`, `speed` times as fast. Processes that share an epoch and a speed share this clock."""

    def __init__(self, loop: asyncio.AbstractEventLoop, speed: float = 1.0, epoch: float | None = None) -> None:
        assert speed > 0
        self._loop = loop
        self._speed = speed
        self.epoch = time.monotonic() if epoch is None else epoch

    def now(self) -> float:
        return (time.monotonic() - self.epoch) * self._speed

    def call_at(self, when: float, callback: Callable[[], None]) -> Callable[[], None]:
        wait_s = max(0.0, when - self.now()) / self._speed
        return self._loop.call_later(wait_s, callback).cancel

    def call_soon(self, callback: Callable[[], None]) -> None:
        self._loop.call_soon(callback)
