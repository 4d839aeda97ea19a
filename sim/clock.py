"""The scaled clock that the simulator shares with the controller: seconds since an epoch of CLOCK_MONOTONIC, `speed` times as fast."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class ScaledClock:
    speed: float
    epoch: float

    def now(self) -> float:
        return (time.monotonic() - self.epoch) * self.speed

    def wait_s(self, until: float) -> float:
        """Real seconds until then, 0 when it has passed."""
        return max(0.0, (until - self.now()) / self.speed)


def wall_utc() -> str:
    """For the time stamps in messages only: nothing is timed by it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
