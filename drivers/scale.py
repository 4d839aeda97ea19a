"""A weighbridge's session: its continuous frames -> what stands on it, once it stands still. It is told the time and does no I/O.

A weight counts when all frames of the site's time agree on it, so a single wrong frame that its checksum lets through is never one.
"""

from collections import Counter
from functools import lru_cache

from msgspec import Struct

from drivers.exchange import Done
from drivers.wire.errors import WireError
from drivers.wire.modbus_rtu import Request
from drivers.wire.toledo_scale import KNOWN_MAX, Indication, Status, take
from lanectl.model import Command, GateName, Report, UnitName, WeightReported

SILENT_S = 1.0  # a terminal sends 7 to 20 frames a second
PACE_MAX = 3.0  # as a bus stretches its time-outs
EMPTY_KG = 500.0  # less is no truck: wind, a person, mud
SPREAD_STEPS = 3  # steps of the display: so far apart readings of one standing load may lie

# Why there is no weight
SILENT = "silent"
EMPTY = "empty"
UNSTEADY = "unsteady"
OVER_RANGE = "over_range"
UNDER_ZERO = "under_zero"
UNZEROED = "unzeroed"
NOT_KG = "not_kg"


class Standing(Struct, frozen=True):
    """Readings since `since` that agree: the least and the most of them."""

    since: float
    low_kg: float
    high_kg: float


class ToledoScale:
    """One weighbridge on a line of its own. `steady_s`: so long all frames must agree. `pace`: as of a bus."""

    def __init__(self, name: str, gate: GateName, steady_s: float, *, pace: float = 1.0) -> None:
        self.name = name
        self.errors: Counter[str] = Counter()
        self._gate = gate
        self._steady_s = steady_s
        self._silent_s = SILENT_S * min(max(pace, 1.0), PACE_MAX)
        self._received = b""
        self._heard_at = float("-inf")
        self._standing: Standing | None = None
        self._told: WeightReported | None = None

    def receive(self, now: float, data: bytes) -> list[Report]:
        found, self._received = take(self._received + data)
        reports: list[Report] = []
        for shown in found:
            if isinstance(shown, WireError):
                self.errors[shown.kind] += 1
            else:
                reports += self._weigh(now, shown)
        return reports

    def wake(self, now: float) -> list[Report]:
        if now < self._heard_at + self._silent_s:
            return []
        self._standing = None
        return self._tell(None, SILENT)

    @property
    def wake_at(self) -> float:
        silent = self._told is not None and self._told.why == SILENT
        return float("inf") if silent else self._heard_at + self._silent_s

    def back(self, now: float) -> None:
        """The port is open; it is given its time to be heard."""
        self._received = b""
        self._heard_at = now
        self._standing = None

    def gone(self, now: float, reason: str) -> list[Report]:
        del now, reason
        self._received = b""
        self._standing = None
        return self._tell(None, SILENT)

    # ------------------------------------------------------------ a scale only speaks

    def ask(self, now: float, command: Command) -> bool:
        del now, command
        return False

    def permit(self, now: float) -> bool:
        del now
        return False

    def output(self) -> bytes:
        return b""

    def request(self, now: float, unit: UnitName, request: Request, done: Done) -> None:
        del now, request
        done(f"{unit} is no unit on {self.name}: a scale speaks and is not asked")

    # ------------------------------------------------------------ what it shows

    def _weigh(self, now: float, shown: Indication) -> list[Report]:
        if now - self._heard_at > self._silent_s:
            self._standing = None
        self._heard_at = now
        why = _no_weight(shown)
        if why:
            self._standing = None
            return self._tell(None, why)
        kg, spread_kg = shown.gross_kg, SPREAD_STEPS * shown.step_kg
        self._standing = standing = _stands(now, self._standing, kg, spread_kg)
        if self._told is not None and self._told.weight_kg is not None and abs(self._told.weight_kg - kg) <= spread_kg:
            return []
        steady = now - standing.since >= self._steady_s
        return self._tell(round(kg), "") if steady else self._tell(None, UNSTEADY)

    def _tell(self, weight_kg: int | None, why: str) -> list[Report]:
        """Once, while it stays so."""
        told = WeightReported(self._gate, weight_kg, why)
        if told == self._told:
            return []
        self._told = told
        return [told]


@lru_cache(KNOWN_MAX)
def _no_weight(shown: Indication) -> str:
    """Why what is shown is no weight of a truck that stands still; "" when it may be one."""
    status = shown.status
    if not shown.plain or Status.KG not in status:
        return NOT_KG
    if Status.UNZEROED in status:
        return UNZEROED
    if Status.OUT_OF_RANGE in status:
        return OVER_RANGE
    if shown.gross_kg < -EMPTY_KG:
        return UNDER_ZERO
    if shown.gross_kg < EMPTY_KG:
        return EMPTY
    return UNSTEADY if Status.MOTION in status else ""


def _stands(now: float, before: Standing | None, kg: float, spread_kg: float) -> Standing:
    if before is not None:
        low, high = min(before.low_kg, kg), max(before.high_kg, kg)
        if high - low <= spread_kg:
            return Standing(before.since, low, high)
    return Standing(now, kg, kg)
