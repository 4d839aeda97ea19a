"""The barrier at a gate: what proves where its boom is, and which keys are pressed."""

from itertools import pairwise

import pytest
from msgspec.structs import replace

from drivers.barrier import report_of
from drivers.wire import ptx_barrier as ptx
from drivers.wire.modbus_rtu import WriteCoil
from drivers.wire.ptx_barrier import Fault, Flag, Input, State, Status
from lanectl.model import Boom, BoomMove, BoomReported, LinkLost, ResetBarrier, SetBoom
from tests.drivers.gate_bench import TRAVEL_S, BarrierBench

UP = SetBoom("vn", BoomMove.UP)
DOWN = SetBoom("vn", BoomMove.DOWN)
STOP = SetBoom("vn", BoomMove.STOP, urgent=True)
RESTING_DOWN = Status(State.CLOSED, 0, Flag(0), Fault.NONE, 0, 0, Input(0))


def barrier_that_reports() -> BarrierBench:
    bench = BarrierBench()
    bench.line.on(1.0)
    return bench


def keys(bench: BarrierBench) -> list[WriteCoil]:
    return [request for _, _, request in bench.line.sent if isinstance(request, WriteCoil)]


def test_a_boom_goes_up_by_way_of_moving_and_each_is_told_once_it_is_so() -> None:
    bench = barrier_that_reports()
    assert bench.boom() is Boom.DOWN
    bench.line.ask(UP)
    assert bench.boom() is Boom.DOWN
    bench.line.on(1.3)
    assert bench.boom() is Boom.MOVING
    bench.line.on(1.3 + TRAVEL_S)
    assert bench.boom() is Boom.UP
    assert keys(bench) == [ptx.OPEN]


def test_an_unchanged_boom_is_told_again_before_it_is_too_old() -> None:
    bench = barrier_that_reports()
    bench.line.on(10.0)
    told = bench.told(BoomReported)
    assert max(later.sent_at - earlier.sent_at for earlier, later in pairwise(told)) < 0.45
    assert len(told) < 60


def test_a_falling_boom_is_reversed_at_once() -> None:
    bench = barrier_that_reports()
    bench.line.ask(UP)
    bench.line.on(6.0)
    bench.line.ask(DOWN)
    bench.line.on(7.0)
    bench.line.ask(SetBoom("vn", BoomMove.UP, urgent=True))
    bench.line.on(7.1)
    assert keys(bench) == [ptx.OPEN, ptx.CLOSE, ptx.OPEN]
    assert bench.board.state is State.OPENING


def test_a_rising_boom_is_stopped_before_it_is_sent_down() -> None:
    bench = barrier_that_reports()
    bench.line.ask(UP)
    bench.line.on(2.0)
    bench.line.ask(DOWN)
    bench.line.on(2.5)
    assert keys(bench) == [ptx.OPEN, ptx.STOP, ptx.CLOSE]


def test_stop_overrules_what_has_not_gone_out_yet() -> None:
    bench = barrier_that_reports()
    bench.line.ask(DOWN)
    bench.line.ask(STOP)
    bench.line.ask(STOP)
    bench.line.on(1.3)
    assert keys(bench)[-1] == ptx.STOP
    assert ptx.CLOSE not in keys(bench)[1:]


def test_a_boom_halted_halfway_is_proved_nowhere() -> None:
    bench = barrier_that_reports()
    bench.line.ask(UP)
    bench.line.on(3.0)
    bench.line.ask(STOP)
    bench.line.on(3.3)
    assert bench.board.state is State.STOPPED
    assert bench.boom() is Boom.MOVING


def test_down_is_not_asked_of_a_barrier_that_is_lost_but_stop_is() -> None:
    bench = barrier_that_reports()
    bench.board.frozen = True
    bench.line.on(2.0)
    assert bench.kinds()[-1] is LinkLost
    bench.line.ask(DOWN)
    bench.line.on(2.1)
    bench.line.ask(STOP)
    bench.board.frozen = False
    bench.line.on(6.0)
    assert keys(bench) == [ptx.STOP]


def test_an_obstruction_is_told_and_reset_clears_it() -> None:
    bench = barrier_that_reports()
    bench.line.ask(UP)
    bench.line.on(6.0)
    bench.line.ask(DOWN)
    bench.line.on(7.0)
    bench.under = True
    bench.line.on(8.0)
    assert bench.last(BoomReported).obstructed
    bench.under = False
    bench.line.ask(ResetBarrier("vn"))
    bench.line.on(12.0)
    assert not bench.last(BoomReported).obstructed


def test_a_hand_release_is_told_as_local() -> None:
    bench = barrier_that_reports()
    bench.board.local = True
    bench.line.on(1.5)
    assert bench.last(BoomReported).local


def test_a_barrier_that_calibrates_after_a_power_cut_is_unknown() -> None:
    bench = barrier_that_reports()
    bench.board.cut_power(1.0)
    bench.line.on(1.5)
    bench.board.restore_power(1.5)
    bench.line.on(3.2)
    assert bench.boom() is Boom.UNKNOWN
    bench.line.on(8.0)
    assert bench.boom() is Boom.DOWN


@pytest.mark.parametrize(
    ("status", "boom"),
    [
        (replace(RESTING_DOWN, state=State.OPEN, position=3), Boom.UNKNOWN),
        (replace(RESTING_DOWN, state=State.CLOSED, position=90), Boom.UNKNOWN),
        (replace(RESTING_DOWN, state=State.OPEN, position=None), Boom.UP),
        (replace(RESTING_DOWN, state=State.CLOSED, position=4), Boom.DOWN),
    ],
)
def test_an_arm_that_contradicts_itself_is_proved_nowhere(status: Status, boom: Boom) -> None:
    report = report_of("vn", status, 0.0)
    assert report.boom is boom
    assert bool(report.fault) == (boom is Boom.UNKNOWN)
