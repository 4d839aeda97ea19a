"""Virtual time: a clock that jumps from one callback to the next, and processes that can be stopped and killed on it.

The same callbacks asked for in the same order run in the same order, on any machine: ties are broken by who asked first.
"""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush

from msgspec import Struct

Callback = Callable[[], None]
STILL_MAX = 10_000  # callbacks in a row without time moving on; a whole lane has some tens


class Call(Struct):
    """Something that is to be called once."""

    callback: Callback | None
    process: "Process | None"

    def cancel(self) -> None:
        self.callback = None


class VirtualClock:
    """Seconds since the start of the run."""

    def __init__(self) -> None:
        self._now = 0.0
        self._asked = 0
        self._due: list[tuple[float, int, Call]] = []
        self._soon: deque[tuple[Callback, Process | None]] = deque()

    def now(self) -> float:
        return self._now

    def call_at(self, when: float, callback: Callback, process: "Process | None" = None) -> Callback:
        """`process`: whose callback it is."""
        call = Call(callback, process)
        self._asked += 1
        heappush(self._due, (when, self._asked, call))
        return call.cancel

    def call_soon(self, callback: Callback, process: "Process | None" = None) -> None:
        self._soon.append((callback, process))

    def run_until(self, until: float) -> None:
        """Runs what is due by then; afterwards it is `until`. AssertionError when time does not get there."""
        due, soon, still = self._due, self._soon, 0
        while True:
            if soon:
                callback, process = soon.popleft()
            elif due and due[0][0] <= until:
                when, _, call = heappop(due)
                if call.callback is None:
                    continue
                callback, process = call.callback, call.process
                if when > self._now:
                    self._now, still = when, 0
                else:
                    still += 1
                    assert still < STILL_MAX, f"at {self._now:.3f} s somebody asks again and again to be woken at once"
            else:
                break
            if process is None or process.runs:
                callback()
            else:
                process.missed(callback)
        self._now = max(self._now, until)


class Process:
    """A program's own view of the clock. What it asked for waits while it hangs, and is forgotten when it is killed."""

    def __init__(self, clock: VirtualClock) -> None:
        self.runs = True
        self._alive = True
        self._waiting: list[Callback] = []
        self._clock = clock
        self.now = clock.now

    def call_at(self, when: float, callback: Callback) -> Callback:
        return self._clock.call_at(when, callback, self)

    def call_soon(self, callback: Callback) -> None:
        self._clock.call_soon(callback, self)

    def call_now(self, callback: Callback) -> None:
        """What comes from outside, and does nothing after it."""
        if self.runs:
            callback()
        else:
            self.missed(callback)

    def hang(self) -> None:
        self.runs = False

    def go_on(self) -> None:
        self.runs = self._alive
        waiting, self._waiting = self._waiting, []
        for callback in waiting:
            self.call_soon(callback)

    def kill(self) -> None:
        self.runs = self._alive = False
        self._waiting.clear()

    def missed(self, callback: Callback) -> None:
        """It came while nothing of this program runs."""
        if self._alive:
            self._waiting.append(callback)
