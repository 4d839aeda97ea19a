"""Virtual time: a clock that jumps from one callback to the next, and processes that can be stopped and killed on it.

The same callbacks asked for in the same order run in the same order, on any machine: ties are broken by who asked first.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush

from msgspec import Struct

Callback = Callable[[], None]


class Call(Struct):
    """Something that is to be called once."""

    callback: Callback | None
    process: "Process | None"

    def cancel(self) -> None:
        self.callback = None


class VirtualClock:
    """Seconds since the start of the run. `calls` counts what ran."""

    def __init__(self) -> None:
        self.calls = 0
        self._now = 0.0
        self._asked = 0
        self._due: list[tuple[float, int, Call]] = []
        self._soon: deque[Callback] = deque()

    def now(self) -> float:
        return self._now

    def call_at(self, when: float, callback: Callback, process: "Process | None" = None) -> Callback:
        """`process`: whose callback it is."""
        call = Call(callback, process)
        self._asked += 1
        heappush(self._due, (when, self._asked, call))
        return call.cancel

    def call_soon(self, callback: Callback) -> None:
        self._soon.append(callback)

    def run_until(self, until: float) -> None:
        """Runs what is due by then; afterwards it is `until`."""
        due, soon = self._due, self._soon
        while True:
            while soon:
                self.calls += 1
                soon.popleft()()
            if not due or due[0][0] > until:
                break
            when, _, call = heappop(due)
            if call.callback is not None:
                self._now = max(self._now, when)
                self.calls += 1
                process = call.process
                if process is None:
                    call.callback()
                else:
                    process.run(call.callback)
        self._now = max(self._now, until)


class Process:
    """A program's own view of the clock. What it asked for waits while it hangs, and is forgotten when it is killed."""

    def __init__(self, clock: VirtualClock) -> None:
        self.alive = True
        self._clock = clock
        self._hangs = False
        self._waiting: list[Callback] = []
        self.now = clock.now

    def call_at(self, when: float, callback: Callback) -> Callback:
        return self._clock.call_at(when, callback, self)

    def call_soon(self, callback: Callback) -> None:
        self._clock.call_soon(partial(self.run, callback))

    def hang(self) -> None:
        self._hangs = True

    def go_on(self) -> None:
        self._hangs = False
        waiting, self._waiting = self._waiting, []
        for callback in waiting:
            self.call_soon(callback)

    def kill(self) -> None:
        self.alive = False
        self._waiting.clear()

    def run(self, callback: Callback) -> None:
        if not self.alive:
            return
        if self._hangs:
            self._waiting.append(callback)
        else:
            callback()
