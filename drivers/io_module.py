"""The session of a Moxa ioLogik R1214: detectors and lamp proof in, signal relay out, and the watchdog that drops it.

A round reads inputs and relays, each second the watchdog too; each read is the fence of the one before. After any silence nothing is told
before two reads agree (D2) and it is known whether the module lost power (D4), so that `UnitRestarted` comes before what it makes doubtful.
"""

from dataclasses import dataclass

from drivers.power import RESTART_S_MIN, PowerWitness
from drivers.session import POLL_S, REFRESH_S, Agreement, Session, put_in_place
from drivers.signals import Lamps, SignalWiring, look
from drivers.watchdog import ModuleRead, Phase, Rearming, WatchdogWiring
from drivers.wire import r1214_io as io
from drivers.wire.modbus_rtu import Read, Request, Response, Shape, answer_shape
from drivers.wire.r1214_io import Safe, Watchdog
from lanectl.model import (
    Aspect,
    Command,
    DetectorName,
    DetectorsReported,
    Reading,
    RearmWatchdog,
    Report,
    SetAspect,
    SignalReported,
    UnitName,
    UnitRestarted,
    WatchdogReported,
)

Readings = tuple[tuple[DetectorName, Reading], ...]

WATCHDOG_READ_S = 1.0  # house: a trip shows in the lamps at once, this only names it


@dataclass(frozen=True, slots=True)
class IoModuleConfig:
    """`inputs`: detector by input, "" where none. `vacant_when`: what an input reads while vacant (a fail-safe loop: 1).

    `marker_relay`: a relay with nothing wired to it, by which a restart is told (drivers.power); None where none is free.
    """

    unit: UnitName
    address: int
    inputs: tuple[DetectorName, ...]
    signal: SignalWiring | None = None
    vacant_when: int = 1
    watchdog_s: int = 2
    safe_relays: tuple[Safe, ...] = (Safe.OFF,) * io.RELAYS
    marker_relay: int | None = None

    def readings(self, inputs: tuple[bool, ...]) -> Readings:
        vacant = bool(self.vacant_when)
        return tuple(
            (name, Reading.VACANT if value == vacant else Reading.OCCUPIED)
            for name, value in zip(self.inputs, inputs, strict=False)
            if name
        )


class IoModule(Session):
    def __init__(self, config: IoModuleConfig) -> None:
        super().__init__(config.unit, config.address)
        assert config.signal is None or config.signal.proceed_relay != config.marker_relay, "a marker is a relay with nothing wired to it"
        self._config = config
        self._wiring = WatchdogWiring(config.watchdog_s, config.safe_relays, config.signal, config.marker_relay)
        self._power = PowerWitness(config.marker_relay)
        self._rearming: Rearming | None = None
        self._rearm_asked = False
        self._readings: dict[tuple[bool, ...], Readings] = {}  # what six inputs can say, as it is met
        self._proved = False
        self._why_unproved = ""
        self._asked = Aspect.STOP
        self._asked_at = 0.0
        self._polled_at = float("-inf")
        self._heard_at = float("-inf")
        self._round_at = 0.0
        self.forget()

    def forget(self) -> None:
        if self._asked is Aspect.PROCEED:
            self._stop(self._heard_at)
        self._agreed: Agreement[tuple[bool, ...]] = Agreement()
        self._round: list[Read] = []
        self._watchdog_due_at = float("-inf")
        self._inputs: tuple[tuple[bool, ...], float] | None = None
        self._relays: tuple[tuple[bool, ...], float] | None = None
        self._watchdog: tuple[Watchdog, float] | None = None
        self._told_detectors: DetectorsReported | None = None
        self._told_signal: SignalReported | None = None
        self._told_watchdog: WatchdogReported | None = None

    # ------------------------------------------------------------ what it is asked

    def begin(self, now: float) -> None:
        """The first thing on the wire is STOP: a signal shows PROCEED only when it was asked to since."""
        self.forget()
        self._stop(now)
        self.due_at = now

    def lost(self, reason: str) -> list[Report]:
        self._rearm_asked = False
        if self._rearming is not None:
            self._rearmed(False, reason)
        return super().lost(reason)

    def ask(self, now: float, command: Command) -> bool:
        signal = self._config.signal
        match command:
            case SetAspect(gate=gate, aspect=aspect) if signal is not None and gate == signal.gate:
                if aspect is not Aspect.PROCEED:
                    self._stop(now)
                elif self._believed and self._rearming is None:
                    put_in_place(self.ordinary, [signal.write(Aspect.PROCEED)], [signal.write(Aspect.STOP)])
                    self._asked_at = self._asked_at if self._asked is aspect else now
                    self._asked = aspect
                return True
            case RearmWatchdog(unit=self.unit):
                self._rearm_asked = self._rearming is None
                self._begin_rearming(now)
                return True
            case _:
                return False

    def _stop(self, now: float) -> None:
        signal = self._config.signal
        if signal is None:
            return
        self._asked_at = self._asked_at if self._asked is Aspect.STOP else now
        self._asked = Aspect.STOP
        put_in_place(self.ordinary, [], [signal.write(Aspect.PROCEED)])
        proving = self._rearming is not None and self._rearming.phase is Phase.SILENT
        if not proving:  # its relay was read back released, and a word to the module would keep the watchdog from tripping
            put_in_place(self.urgent, [signal.write(Aspect.STOP)], [])

    def poll(self, now: float, unlike: Shape | None) -> Read:
        if now - self._polled_at >= RESTART_S_MIN:
            self.forget()
        self._polled_at = now
        if not self._round:
            self._round_at = now
            self._round = [io.READ_INPUTS, io.READ_RELAYS]
            if now >= self._watchdog_due_at:
                self._watchdog_due_at = now + WATCHDOG_READ_S
                self._round.append(io.READ_WATCHDOG)
        if answer_shape(self._round[0]) == unlike:
            return io.READ_RELAYS if self._round[0] is io.READ_INPUTS else io.READ_INPUTS
        poll = self._round.pop(0)
        self.due_at = now if self._round else max(now, self._round_at + POLL_S)
        return poll

    # ------------------------------------------------------------ what it answers

    def answered(self, request: Request, response: Response, sent_at: float) -> list[Report]:
        self._heard_at = sent_at
        self._power.heard(sent_at)
        if request == io.READ_INPUTS:
            self._inputs = io.bits(response, io.INPUTS), sent_at
            self._agreed.offer(self._inputs[0])
            reports = self._detector_reports() + self._signal_reports()
        elif request == io.READ_RELAYS:
            self._relays = io.bits(response, io.RELAYS), sent_at
            self._correct_relays(self._relays[0], sent_at)
            reports = self._signal_reports()
        else:
            self._watchdog = io.decode_watchdog(response), sent_at
            reports = self._watchdog_reports(self._watchdog[0])
        if self._rearming is not None:
            self._go_on_rearming()
        self._begin_rearming(sent_at)
        return reports

    @property
    def _believed(self) -> bool:
        return self._agreed.reached and self._relays is not None and self._watchdog is not None

    def _detector_reports(self) -> list[Report]:
        if not self._believed or self._inputs is None:
            return []
        self.found()
        inputs, sent_at = self._inputs
        readings = self._readings.get(inputs)
        if readings is None:
            readings = self._readings[inputs] = self._config.readings(inputs)
        told = self._told_detectors
        if told is not None and told.readings == readings and sent_at < told.sent_at + REFRESH_S:
            return []
        self._told_detectors = DetectorsReported(self.unit, sent_at, readings)
        return [self._told_detectors]

    def _signal_reports(self) -> list[Report]:
        signal = self._config.signal
        if signal is None or not self._believed or self._inputs is None or self._relays is None:
            return []
        lamps: Lamps = look(signal, self._relays[0], self._inputs[0])
        sent_at = self._inputs[1]
        newly_green = lamps.proceed_proof and not lamps.stop_proof and not lamps.relay
        if newly_green and self._relays[1] < sent_at:
            return []  # the relay was read before the lamp: its next read comes at once
        shown, failed = lamps.shown, lamps.failed(self._asked, sent_at - self._asked_at)
        told = self._told_signal
        if told is not None and (told.shown, told.lamp_failed) == (shown, failed) and sent_at < told.sent_at + REFRESH_S:
            return []
        self._told_signal = SignalReported(signal.gate, shown, sent_at, failed)
        return [self._told_signal]

    def _correct_relays(self, relays: tuple[bool, ...], sent_at: float) -> None:
        """A signal that shows PROCEED unasked is put to STOP. A marker that is off is switched on after the verdict."""
        signal, marker = self._config.signal, self._config.marker_relay
        if signal is not None and relays[signal.proceed_relay] and self._asked is Aspect.STOP and sent_at > self._asked_at:
            put_in_place(self.urgent, [signal.write(Aspect.STOP)], [])
        if (
            marker is not None
            and not relays[marker]
            and self._watchdog is not None
            and not self._watchdog[0].tripped
            and self._rearming is None
        ):
            put_in_place(self.ordinary, [io.set_relay(marker, True)], [])

    def _watchdog_reports(self, watchdog: Watchdog) -> list[Report]:
        if self._relays is None:
            return []
        restarted: list[Report] = []
        if self._power.restarted(self._relays[0], watchdog):
            restarted = [UnitRestarted(self.unit)]
            self._proved = False
        armed = watchdog.enabled and 0 < watchdog.timeout_s <= self._config.watchdog_s
        if self._rearming is not None:
            report = WatchdogReported(self.unit, armed=False, tripped=False)
        else:
            self._proved = self._proved and armed and not watchdog.tripped
            report = WatchdogReported(self.unit, armed and not watchdog.tripped, watchdog.tripped, self._proved, self._why_unproved)
        if report == self._told_watchdog and not restarted:
            return []
        self._told_watchdog = report
        return [*restarted, report]

    # ------------------------------------------------------------ proving the watchdog

    def _begin_rearming(self, now: float) -> None:
        """As soon as the unit is believed: it may have been asked just after a pause in which nobody polled it."""
        if not self._rearm_asked or not self._believed:
            return
        self._rearm_asked = False
        self._rearming = Rearming(self._wiring, now)
        self._proved = False
        self._why_unproved = ""
        self.ordinary.extend(self._rearming.writes)
        self._watchdog_due_at = now

    def _go_on_rearming(self) -> None:
        rearming = self._rearming
        if rearming is None or self._inputs is None or self._relays is None or self._watchdog is None:
            return
        if self.ordinary:  # its writes are not out yet: only what is asked for after them counts
            rearming.since = self._polled_at
            return
        asked_at = self._inputs[1], self._relays[1], self._watchdog[1]
        since = min(asked_at)
        if since <= rearming.since or max(asked_at) - since >= RESTART_S_MIN:  # what was read before a pause and after it is no one state
            return
        rearming.saw(ModuleRead(self._inputs[0], self._relays[0], self._watchdog[0], since), self._polled_at)
        self.ordinary.extend(rearming.writes)
        self._watchdog_due_at = self._polled_at
        if rearming.phase is Phase.SILENT:
            self.silent_until = self._polled_at + rearming.silent_s
        elif rearming.phase in (Phase.PROVED, Phase.FAILED):
            self._rearmed(rearming.phase is Phase.PROVED, rearming.why_failed)

    def _rearmed(self, proved: bool, why_not: str) -> None:
        self._rearming = None
        self.silent_until = float("-inf")
        self._proved = proved
        self._why_unproved = why_not
