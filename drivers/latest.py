"""The newest thing that one thread makes and another takes; older ones are forgotten, so a slow taker never works through a queue."""

import threading
import time
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: tuple[float, T] | None = None
        self._newest: tuple[float, T] | None = None  # also when it was taken
        self._puts = 0
        self._put_at = time.monotonic()  # nothing yet: silence counts from the start

    @property
    def silent_s(self) -> float:
        """How long nothing was put."""
        return time.monotonic() - self._put_at

    def put(self, thing: T) -> None:
        with self._changed:
            self._put_at = time.monotonic()
            self._held = self._newest = (self._put_at, thing)
            self._puts += 1
            self._changed.notify_all()

    @property
    def puts(self) -> int:
        """How many things were put so far."""
        return self._puts

    def look(self, after: float, wait_s: float) -> tuple[float, T] | None:
        """Something made after that moment, and when; it stays there for who takes it. None when none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None and self._newest[0] > after, wait_s)
            return self._newest if self._newest is not None and self._newest[0] > after else None

    def take(self, after: float, wait_s: float) -> T | None:
        """Something made after that moment of time.monotonic() and not taken before; None when none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._held is not None and self._held[0] > after, wait_s)
            held, self._held = self._held, None
        return held[1] if held is not None and held[0] > after else None
