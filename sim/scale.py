"""A weighbridge's terminal: what it sends all the time of what stands on it, and the ways in which it goes wrong."""

from dataclasses import dataclass
from enum import Enum

from drivers.wire.toledo_scale import Indication, Status, encode
from sim.plan import ScalePlan

FRAME_S = 0.1  # ten frames a second
SETTLES_S = 1.0  # a load swings on its springs so long after it stopped
RANGE_KG = 60_000
DRIFT_KG_PER_S = 60.0
NEVER = float("-inf")


class ScaleFault(Enum):
    SILENT = "silent"
    DRIFTING = "drifting"
    UNSTEADY = "unsteady"
    OVER_RANGE = "over-range"
    UNZEROED = "unzeroed"


@dataclass(slots=True)
class Scale:
    """`garbled`: its frames have a wrong checksum."""

    plan: ScalePlan
    fault: ScaleFault | None = None
    garbled: bool = False
    _sent_at: float = NEVER
    _moved_at: float = NEVER
    _fault_at: float = NEVER
    _frames: int = 0

    def break_down(self, now: float, fault: ScaleFault | None) -> None:
        self.fault, self._fault_at = fault, now

    def sends(self, now: float, load_kg: float, moves: bool) -> bytes:
        """The frame that is due, b"" for none."""
        if moves:
            self._moved_at = now
        if now < self._sent_at + FRAME_S - 1e-9 or self.fault is ScaleFault.SILENT:
            return b""
        self._sent_at = now
        self._frames += 1
        frame = encode(self._shows(now, load_kg))
        return frame[:-1] + bytes((frame[-1] ^ 0x55,)) if self.garbled else frame

    def _shows(self, now: float, load_kg: float) -> Indication:
        status = Status.KG
        swings = now < self._moved_at + SETTLES_S
        match self.fault:
            case ScaleFault.DRIFTING:
                load_kg += DRIFT_KG_PER_S * (now - self._fault_at)
            case ScaleFault.UNSTEADY:
                swings = True
            case ScaleFault.OVER_RANGE:
                load_kg = RANGE_KG + 1.0
            case ScaleFault.UNZEROED:
                status |= Status.UNZEROED
        if load_kg > RANGE_KG:
            status |= Status.OUT_OF_RANGE
        if swings and load_kg > 0.0:
            status |= Status.MOTION
            load_kg *= 1.0 + 0.01 * (self._frames % 5 - 2)
        step = Indication(0, 0, status, self.plan.point, self.plan.step)
        counts = round(min(load_kg, RANGE_KG) / step.step_kg) * self.plan.step
        return Indication(counts, 0, status, self.plan.point, self.plan.step)
