"""The module's watchdog: armed, seen to drop the signal, and what is said where it is not."""

from itertools import pairwise

import pytest

from drivers.wire import r1214_io as io
from drivers.wire.modbus_rtu import Request, Response
from drivers.wire.r1214_io import Register
from lanectl.model import Aspect, Reading, UnitRestarted, WatchdogReported
from tests.drivers.gate_bench import PROCEED, REARM, STOP, armed_module, module_that_reports


def test_a_watchdog_as_delivered_is_told_as_not_armed() -> None:
    bench = module_that_reports()
    assert bench.watchdog == WatchdogReported("io-vn", armed=False, tripped=False)


def test_rearming_proves_that_the_watchdog_drops_the_outputs() -> None:
    bench = armed_module()
    silences = [later - earlier for (earlier, _, _), (later, _, _) in pairwise(bench.line.sent)]
    assert 2.99 <= max(silences) < 3.3
    assert bench.module.settings.watchdog_on
    assert (bench.module.settings.watchdog_s, bench.module.tripped) == (2, False)
    assert bench.shown() is Aspect.STOP
    assert bench.reading("approach") is Reading.VACANT
    assert UnitRestarted not in bench.kinds(since=1.5)


def test_its_own_trip_is_not_told_as_a_trip() -> None:
    bench = armed_module()
    assert not any(report.tripped for report in bench.told(WatchdogReported))


def test_stop_commands_do_not_keep_the_watchdog_from_its_proof() -> None:
    bench = module_that_reports()
    bench.line.ask(REARM)
    for tick in range(65):
        bench.line.on(1.5 + 0.1 * tick)
        bench.line.ask(STOP)
    assert bench.watchdog.proved


def test_a_watchdog_that_does_not_trip_is_not_proved() -> None:
    bench = module_that_reports()
    bench.line.ask(REARM)
    bench.line.on(2.5)
    bench.module.frozen = True  # its clock stands still
    bench.module.settings = type(bench.module.settings)(watchdog_on=True, watchdog_s=60)
    bench.module.frozen = False
    bench.line.on(8.0)
    assert (bench.watchdog.proved, bench.watchdog.why_unproved) == (False, "the watchdog did not trip")
    assert bench.module.tripped is False


def test_outputs_that_do_not_drop_are_not_proved() -> None:
    bench = module_that_reports()
    bench.module.settings = type(bench.module.settings)(safe=(io.Safe.HOLD,) * io.RELAYS)
    bench.line.ask(REARM)
    bench.line.on(9.0)
    assert (bench.watchdog.proved, bench.watchdog.why_unproved) == (False, "relay 5 is not in its safe state")


def test_what_failed_is_forgotten_with_the_next_proof() -> None:
    bench = module_that_reports()
    settings = bench.module.settings
    bench.module.settings = type(settings)(safe=(io.Safe.HOLD,) * io.RELAYS)
    bench.line.ask(REARM)
    bench.line.on(9.0)
    bench.module.settings = settings
    bench.line.ask(REARM)
    bench.line.on(16.0)
    assert bench.watchdog == WatchdogReported("io-vn", armed=True, tripped=False, proved=True)


def test_a_proof_that_is_asked_for_just_after_we_hung_is_not_lost() -> None:
    bench = armed_module()
    bench.line.now += 5.0
    bench.line.on(bench.line.now + 0.05)
    assert bench.module.tripped
    bench.line.ask(REARM)
    bench.line.on(bench.line.now + 8.0)
    assert bench.watchdog == WatchdogReported("io-vn", armed=True, tripped=False, proved=True)


def test_a_proof_that_was_asked_for_ends_with_the_unit() -> None:
    bench = armed_module()
    bench.line.now += 5.0
    bench.line.on(bench.line.now + 0.05)
    bench.line.ask(REARM)
    bench.module.frozen = True
    bench.line.on(bench.line.now + 2.0)
    bench.module.frozen = False
    bench.line.on(bench.line.now + 8.0)
    assert not bench.watchdog.proved


@pytest.mark.parametrize("after_s", [0.1, 0.15, 0.2, 3.4, 3.5])
def test_a_proof_outlives_a_moment_in_which_we_hung(after_s: float) -> None:
    """The watchdog trips once more: while it is being armed, or while its trip is being cleared."""
    bench = module_that_reports()
    bench.line.ask(REARM)
    bench.line.on(1.5 + after_s)
    bench.line.now += 2.5
    bench.line.on(20.0)
    assert bench.watchdog == WatchdogReported("io-vn", armed=True, tripped=False, proved=True)


def test_a_trip_that_cannot_be_cleared_is_told() -> None:
    bench = module_that_reports()
    answer = bench.line.answer

    def stuck(now: float, request: Request) -> Response | None:
        found = answer(now, request)
        bench.module.tripped = True
        return found

    bench.line.answer = stuck
    bench.line.ask(REARM)
    bench.line.on(12.0)
    assert (bench.watchdog.tripped, bench.watchdog.why_unproved) == (True, "the trip cannot be cleared")


def test_proceed_is_not_taken_while_the_watchdog_is_being_proved() -> None:
    bench = module_that_reports()
    bench.line.ask(REARM)
    bench.line.on(2.0)
    bench.line.ask(PROCEED)
    bench.line.on(8.0)
    assert bench.watchdog.proved
    assert bench.shown() is Aspect.STOP


def test_a_controller_that_falls_silent_lets_the_signal_drop_to_stop() -> None:
    bench = armed_module()
    bench.line.ask(PROCEED)
    bench.line.on(9.0)
    assert bench.shown() is Aspect.PROCEED
    bench.line.permits = False
    bench.line.on(9.0 + 2.0 + 1.0)  # S5: its register and one second more
    assert bench.module.relays[0] is False
    bench.line.permits = True
    bench.line.on(15.0)
    assert bench.watchdog == WatchdogReported("io-vn", armed=False, tripped=True)


def test_a_session_that_starts_is_passive_towards_the_watchdog() -> None:
    bench = module_that_reports(watchdog_s=2)
    written = [
        request for _, _, request in bench.line.sent if getattr(request, "address", 0) in set(Register) and hasattr(request, "value")
    ]
    assert written == []
    assert bench.watchdog == WatchdogReported("io-vn", armed=True, tripped=False, proved=False)
