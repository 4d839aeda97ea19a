"""Re-arming a module's watchdog, and seeing it drop the outputs before it is trusted (S6, S7)."""

from dataclasses import dataclass
from enum import Enum

from drivers.signals import SignalWiring, look
from drivers.wire import r1214_io as io
from drivers.wire.modbus_rtu import Write
from drivers.wire.r1214_io import Safe, Watchdog
from lanectl.model import Aspect

TRIP_MARGIN_S = 1.0  # S5: its register, in whole seconds, and one more
CLEARS_MAX = 3  # a trip is cleared so often: it comes again when we do not speak for its time-out


@dataclass(frozen=True, slots=True)
class ModuleRead:
    """All that is read of a module; `since`: when the oldest part was asked for."""

    inputs: tuple[bool, ...]
    relays: tuple[bool, ...]
    watchdog: Watchdog
    since: float


class Phase(Enum):
    ARMING = "ARMING"  # cleared, set, switched on: read back
    SILENT = "SILENT"  # nobody talks to the module: it must trip
    CONFIRMING = "CONFIRMING"  # the trip was seen and cleared: read back that it is armed again
    PROVED = "PROVED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class WatchdogWiring:
    """`safe_relays`: what each relay does on a trip. `marker_relay`: see drivers.power; it is what is seen to drop."""

    timeout_s: int
    safe_relays: tuple[Safe, ...]
    signal: SignalWiring | None
    marker_relay: int | None


class Rearming:
    """One run. `saw` takes a read that was asked for after the last writes; `writes` are to go out before the next."""

    def __init__(self, wiring: WatchdogWiring, now: float) -> None:
        self._wiring = wiring
        self.phase = Phase.ARMING
        self.since = now
        self.silent_s = 0.0
        self.why_failed = ""
        self._clears = 1
        stop = [wiring.signal.write(Aspect.STOP)] if wiring.signal else []
        self.writes: list[Write] = [*stop, io.CLEAR_WATCHDOG, io.set_watchdog_timeout(wiring.timeout_s), io.ENABLE_WATCHDOG, *self._mark()]

    def saw(self, read: ModuleRead, now: float) -> None:
        self.writes, self.since = [], now
        if self.phase in (Phase.ARMING, Phase.CONFIRMING) and read.watchdog.tripped and self._clears < CLEARS_MAX:
            self._clears += 1
            self.writes = self._clear()
            return
        match self.phase:
            case Phase.ARMING:
                self._armed(read)
            case Phase.SILENT:
                self._dropped(read)
            case Phase.CONFIRMING:
                self._go(Phase.PROVED, self._not_armed(read))
            case Phase.PROVED | Phase.FAILED:
                return

    def _armed(self, read: ModuleRead) -> None:
        signal, marker = self._wiring.signal, self._wiring.marker_relay
        why_not = self._not_armed(read)
        if signal and read.relays[signal.proceed_relay]:
            why_not = "the signal's relay does not release"
        if marker is not None and not read.relays[marker]:
            why_not = "the marker relay does not switch on"
        self._go(Phase.SILENT, why_not)
        self.silent_s = self._wiring.timeout_s + TRIP_MARGIN_S

    def _dropped(self, read: ModuleRead) -> None:
        self.silent_s = 0.0
        signal = self._wiring.signal
        unsafe = [n for n, safe in enumerate(self._wiring.safe_relays) if safe is not Safe.HOLD and read.relays[n] != (safe is Safe.ON)]
        why_not = f"relay {unsafe[0]} is not in its safe state" if unsafe else ""
        if signal and look(signal, read.relays, read.inputs).shown is not Aspect.STOP:
            why_not = "the signal does not show STOP"
        if not read.watchdog.tripped:
            why_not = "the watchdog did not trip"
        self._go(Phase.CONFIRMING, why_not)
        if not why_not:
            self._clears = 1
            self.writes = self._clear()

    def _not_armed(self, read: ModuleRead) -> str:
        watchdog = read.watchdog
        if watchdog.tripped:
            return "the trip cannot be cleared"
        if not watchdog.enabled or watchdog.timeout_s != self._wiring.timeout_s:
            return f"reads back {'on' if watchdog.enabled else 'off'}, {watchdog.timeout_s} s"
        return ""

    def _go(self, phase: Phase, why_not: str) -> None:
        self.phase = Phase.FAILED if why_not else phase
        self.why_failed = why_not

    def _clear(self) -> list[Write]:
        return [io.CLEAR_WATCHDOG, io.ENABLE_WATCHDOG, *self._mark()]

    def _mark(self) -> list[Write]:
        return [] if self._wiring.marker_relay is None else [io.set_relay(self._wiring.marker_relay, True)]
