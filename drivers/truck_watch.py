"""What is odd about a truck over several messages: no single state shows it. No I/O, time passed in.

Each trouble is a code with its figures; people get its sentence, the lane its rule. A truck that jumps, or of which there are two, counts
as not localised until it has told a plain story for some states: so it gets no order (rule 26, R3). The others only call a person.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from math import hypot

from drivers.truck_orders import TrucksPlan, Way
from drivers.wire.vda5050.messages import OperatingMode, State

Trouble = tuple[str, str]
"""Code and figures."""

JUMP_SLACK_M = 10.0  # localisation corrects itself; and states may come late in a bunch
JUMP_SPEED_TIMES = 1.5
PLAIN_STATES = 5  # of a plain story, then a place is believed again
TWICE_WITHIN_S = 10.0
TWICE_TIMES = 3  # its count went back so often, or it signed on so often: two use one serial
STALLED_S = 30.0
BATTERY_LOW_PERCENT = 15.0
CLOCK_OFF_S = 30.0
CLOCK_EVERY_S = 5.0
FLOOD_PER_S = 50.0  # the standard thinks of one a second and one at each change
FLOOD_OVER_S = 2.0
GARBLED_WITHIN_S = 10.0

JUMPED, TWICE, WRONG_MAP, STALLED = "jumped", "twice", "wrong_map", "stalled"
BATTERY_LOW, CLOCK_OFF, FLOODS, GARBLED, UNSIGNED = "battery_low", "clock_off", "floods", "garbled", "unsigned"
NO_FACTSHEET, CHECKER, ACTION_FAILED, PLACE_REFUSED = "no_factsheet", "checker", "action_failed", "place_refused"
TROUBLES = (
    JUMPED, TWICE, WRONG_MAP, STALLED, BATTERY_LOW, CLOCK_OFF, FLOODS, GARBLED, UNSIGNED, NO_FACTSHEET, CHECKER, ACTION_FAILED,
    PLACE_REFUSED,
)  # fmt: skip


@dataclass(slots=True)
class TruckWatch:
    plan: TrucksPlan
    _last: State | None = None
    _last_at: float = float("-inf")
    _jumped: str = ""
    _plain: int = PLAIN_STATES
    _signed_on: deque[float] = field(default_factory=lambda: deque(maxlen=TWICE_TIMES))
    _went_back: deque[float] = field(default_factory=lambda: deque(maxlen=TWICE_TIMES))
    _stands_since: float = float("inf")
    _clock_off_s: float = 0.0
    _clock_seen_at: float = float("-inf")
    _counted_from: tuple[float, int] = (float("-inf"), 0)
    _rate_per_s: float = 0.0
    _garbled_at: float = float("-inf")
    _garbled_why: str = ""

    def signed_on(self, now: float) -> None:
        """It may have been moved or started anew meanwhile."""
        self._signed_on.append(now)
        self.moved()

    def moved(self) -> None:
        """Its place may be another than before, and no jump: it signed on, or was told where it stands."""
        self._last = None

    def dropped(self, now: float, why: str) -> None:
        self._garbled_at, self._garbled_why = now, why[:120]

    def heard(self, now: float, wall_utc: str, state: State, way: Way) -> None:
        if self._last is not None:
            self._compare(now, self._last, state)
        self._plain += 1
        if self._plain >= PLAIN_STATES:
            self._jumped = ""
        if wall_utc and now - self._clock_seen_at >= CLOCK_EVERY_S:
            self._clock_seen_at, self._clock_off_s = now, _seconds_between(wall_utc, state.timestamp)
        self._stands_since = min(self._stands_since, now) if _should_drive(state, way) else float("inf")
        self._count(now, state.header_id)
        self._last, self._last_at = state, now

    def _compare(self, now: float, last: State, state: State) -> None:
        if state.header_id < last.header_id:
            self._went_back.append(now)
        here, there = state.agv_position, last.agv_position
        if here is None or there is None or here.map_id != there.map_id:
            return
        moved_m = hypot(here.x - there.x, here.y - there.y)
        if moved_m <= JUMP_SLACK_M:
            return
        between_s = max(now - self._last_at, _seconds_between(last.timestamp, state.timestamp), 1.0)
        if moved_m > self.plan.speed_mps_max * JUMP_SPEED_TIMES * between_s + JUMP_SLACK_M:
            self._jumped, self._plain = f"{moved_m:.0f} m in {between_s:.1f} s", 0

    def _count(self, now: float, header_id: int) -> None:
        since, counted = self._counted_from
        if header_id < counted or now - since > 2 * FLOOD_OVER_S:
            self._counted_from, self._rate_per_s = (now, header_id), 0.0
        elif now - since >= FLOOD_OVER_S:
            self._rate_per_s = (header_id - counted) / (now - since)
            self._counted_from = (now, header_id)

    def is_plain(self, now: float) -> bool:
        """Its place may be believed."""
        return not self._jumped and not self._is_twice(now)

    def _is_twice(self, now: float) -> bool:
        return _so_often(self._signed_on, now) or _so_often(self._went_back, now)

    def troubles(self, now: float) -> tuple[Trouble, ...]:
        state = self._last
        found = [(JUMPED, self._jumped)] if self._jumped else []
        if self._is_twice(now):
            found.append((TWICE, ""))
        if state is not None and state.agv_position is not None and state.agv_position.map_id != self.plan.map_id:
            found.append((WRONG_MAP, f"{state.agv_position.map_id[:60]}, {self.plan.map_id}"))
        if now - self._stands_since >= STALLED_S:
            found.append((STALLED, f"{now - self._stands_since:.0f} s"))
        if state is not None and state.battery_state.battery_charge < BATTERY_LOW_PERCENT and not state.battery_state.charging:
            found.append((BATTERY_LOW, f"{state.battery_state.battery_charge:.0f} %"))
        if abs(self._clock_off_s) > CLOCK_OFF_S:
            found.append((CLOCK_OFF, f"{self._clock_off_s:.0f} s"))
        if self._rate_per_s > FLOOD_PER_S:
            found.append((FLOODS, f"{self._rate_per_s:.0f}/s"))
        if now - self._garbled_at <= GARBLED_WITHIN_S:
            found.append((GARBLED, self._garbled_why))
        return tuple(found)


def _so_often(seen: deque[float], now: float) -> bool:
    return len(seen) == TWICE_TIMES and now - seen[0] <= TWICE_WITHIN_S


def _should_drive(state: State, way: Way) -> bool:
    """A released way lies before it and nothing is said that would hold it."""
    if state.driving or not way.active or way.driven or way.foreign:
        return False
    return not (state.paused or state.errors) and state.operating_mode is OperatingMode.AUTOMATIC


def _seconds_between(earlier: str, later: str) -> float:
    """0 where one of them is no time: then nothing can be said of a clock."""
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
