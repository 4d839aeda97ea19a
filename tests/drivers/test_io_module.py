"""The module at a gate: what it says of detectors, lamps, its watchdog and its power, over everything that happens to it."""

from itertools import pairwise

import pytest

from drivers.wire import r1214_io as io
from lanectl.model import (
    Aspect,
    DetectorsReported,
    LinkLost,
    Reading,
    SignalReported,
    UnitRestarted,
)
from tests.drivers.gate_bench import MARKER, PROCEED, SIGNAL, STOP, ModuleBench, armed_module, module_that_reports

# ---------------------------------------------------------------- detectors


def test_a_truck_over_a_loop_is_told_within_a_scan() -> None:
    bench = module_that_reports()
    assert bench.reading("under-loop") is Reading.VACANT
    bench.occupied.add("under-loop")
    bench.line.on(1.7)
    assert bench.reading("under-loop") is Reading.OCCUPIED
    assert bench.reading("under-curtain") is Reading.VACANT


def test_an_unchanged_value_is_told_again_before_it_is_too_old() -> None:
    bench = module_that_reports()
    bench.line.on(10.0)
    told = [(at, report.sent_at) for at, report in bench.line.reports if isinstance(report, DetectorsReported)]
    assert max(later[0] - earlier[1] for earlier, later in pairwise(told)) < 0.6
    assert len(told) < 60


def test_only_inputs_with_a_detector_are_told() -> None:
    bench = module_that_reports()
    assert [name for name, _ in bench.last(DetectorsReported).readings] == ["approach", "under-loop", "under-curtain", "clear"]


def test_after_a_silence_two_reads_must_agree() -> None:
    bench = module_that_reports()
    bench.module.frozen = True
    bench.line.on(2.0)
    assert bench.kinds()[-1] is LinkLost
    bench.module.frozen = False
    lost_at = bench.line.now
    bench.line.on(4.0)
    reads = [at for at, _, request in bench.line.sent if request == io.READ_INPUTS and at > lost_at]
    first_told = next(at for at, report in bench.line.reports if isinstance(report, DetectorsReported) and at > lost_at)
    assert first_told > reads[1]


def test_a_loss_is_told_once() -> None:
    bench = module_that_reports()
    bench.module.frozen = True
    bench.line.on(20.0)
    assert bench.kinds().count(LinkLost) == 1


# ---------------------------------------------------------------- signal


def test_the_first_word_on_the_wire_is_stop() -> None:
    bench = ModuleBench()
    bench.line.on(1.0)
    assert bench.line.sent[0][2] == SIGNAL.write(Aspect.STOP)


def test_proceed_is_told_when_relay_and_lamp_prove_it() -> None:
    bench = module_that_reports()
    assert bench.shown() is Aspect.STOP
    bench.line.ask(PROCEED)
    bench.line.on(1.9)
    assert [report.shown for report in bench.told(SignalReported)][-1] is Aspect.PROCEED
    assert Aspect.UNKNOWN not in {report.shown for report in bench.told(SignalReported)}
    bench.line.ask(STOP)
    bench.line.on(2.3)
    assert bench.shown() is Aspect.STOP


def test_a_dark_proceed_lamp_is_unknown_and_failed() -> None:
    bench = module_that_reports()
    bench.dark.add(Aspect.PROCEED)
    bench.line.ask(PROCEED)
    bench.line.on(3.0)
    assert (bench.shown(), bench.last(SignalReported).lamp_failed) == (Aspect.UNKNOWN, True)


def test_a_dark_stop_lamp_is_unknown_and_failed() -> None:
    bench = module_that_reports()
    bench.dark.add(Aspect.STOP)
    bench.line.on(3.0)
    assert (bench.shown(), bench.last(SignalReported).lamp_failed) == (Aspect.UNKNOWN, True)


def test_a_signal_that_shows_proceed_unasked_is_put_to_stop() -> None:
    bench = module_that_reports()
    bench.module.relays = (True, *bench.module.relays[1:])
    bench.line.on(2.5)
    assert bench.module.relays[0] is False
    assert bench.shown() is Aspect.STOP


def test_proceed_is_taken_back_when_the_unit_is_lost() -> None:
    bench = module_that_reports()
    bench.line.ask(PROCEED)
    bench.line.on(2.0)
    bench.module.late_s = 1.0  # answers too late, but still hears
    bench.line.way = lambda at, answer, line: iter([(at + 1.0, answer)])
    bench.line.on(3.0)
    assert bench.module.relays[0] is False


def test_proceed_is_not_asked_of_a_unit_that_is_lost() -> None:
    bench = module_that_reports()
    bench.module.frozen = True
    bench.line.on(2.0)
    bench.line.ask(PROCEED)
    bench.module.frozen = False
    bench.line.on(6.0)
    assert SIGNAL.write(Aspect.PROCEED) not in [request for _, _, request in bench.line.sent]


# ---------------------------------------------------------------- power


@pytest.mark.parametrize("marker", [True, False])
def test_a_power_cut_is_told_before_the_detectors_are(marker: bool) -> None:
    bench = module_that_reports(marker=marker)
    cut_at = bench.line.now
    bench.module.cut_power(cut_at)
    bench.line.on(2.0)
    bench.module.restore_power(2.0)
    bench.line.on(8.0)
    kinds = [kind for kind in bench.kinds(since=cut_at) if kind in (LinkLost, UnitRestarted, DetectorsReported)]
    assert kinds[:3] == [LinkLost, UnitRestarted, DetectorsReported]
    assert kinds.count(UnitRestarted) == 1


def test_a_marker_tells_a_cut_cable_from_a_power_cut() -> None:
    bench = module_that_reports(marker=True)
    assert bench.module.relays[MARKER] is True
    bench.module.frozen = True
    bench.line.on(5.0)
    bench.module.frozen = False
    bench.line.on(9.0)
    assert UnitRestarted not in bench.kinds(since=1.5)
    assert bench.kinds()[-1] is not LinkLost


def test_without_a_marker_a_long_silence_counts_as_a_power_cut() -> None:
    bench = module_that_reports(marker=False)
    bench.module.frozen = True
    bench.line.on(5.0)
    bench.module.frozen = False
    bench.line.on(9.0)
    assert bench.kinds(since=1.5).count(UnitRestarted) == 1


def test_a_new_controller_finds_the_marker_that_the_last_one_left() -> None:
    bench = module_that_reports()
    bench.start_again()
    bench.line.on(4.0)
    assert UnitRestarted not in bench.kinds()
    assert DetectorsReported in bench.kinds()


def test_a_new_controller_takes_a_trip_as_proof_of_power() -> None:
    bench = armed_module()
    bench.line.permits = False
    bench.line.on(12.0)
    bench.line.permits = True
    bench.start_again()
    bench.line.on(14.0)
    assert bench.watchdog.tripped
    assert UnitRestarted not in bench.kinds()


def test_a_module_never_heard_before_may_have_just_lost_power() -> None:
    bench = module_that_reports()
    assert bench.kinds()[0] is UnitRestarted
