"""What a reset, a reconnection or another truck's passage does not end, and what closing does not wait for."""

import pytest
from msgspec.structs import replace

from lanectl.interlocking.refusals import LANE_STOPPED
from lanectl.model import COUNT_LOST, Act, Boom, BoomMove, Connection, JournalReported, ResumeTruck, SectionState, Service, SetBoom
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_in_k1,
    a_truck_with_proceed,
    drive_out,
    restarted,
    under_the_exit_boom,
)


@pytest.mark.parametrize("gate", ["vn", "cn"])
def test_b7_the_lanes_reset_leaves_a_gate_locked_out_and_in_fault(gate: str) -> None:
    """What locked it out may still be under its boom: a person looks there, and resets that gate."""
    field = a_lane_in_service()
    held = replace(field.lane.gates[gate], locked_out=True, obstructions=3, fault="not_down_in_time")
    field.lane = replace(field.lane, gates={**field.lane.gates, gate: held})
    field.act(Act.STOP)
    assert field.act(Act.RESET) == []
    now = field.lane.gates[gate]
    assert (now.locked_out, now.obstructions, now.fault) == (True, 3, "not_down_in_time")
    assert field.act(Act.OPEN) == ["gate_fault", "gate_locked_out"]


def test_the_lane_is_closed_while_the_journal_cannot_be_written() -> None:
    field = a_lane_in_service()
    field.say(JournalReported(False))
    assert field.act(Act.CLOSE) == []
    assert field.service() is Service.CLOSED


def test_b6_a_boom_that_a_person_wants_down_comes_down_while_the_journal_cannot_be_written() -> None:
    """It is asked; what writes the journal holds the command back until it is written (E1)."""
    field = a_lane_in_service()
    field.booms["vn"] = Boom.UP
    restarted(field)
    field.wait(0.5)
    field.say(JournalReported(False))
    field.take()
    assert field.act(Act.CLOSE) == []
    assert SetBoom("vn", BoomMove.DOWN, urgent=False) in field.take()


@pytest.mark.parametrize("reset_first", [True, False], ids=["after the reset", "before the reset"])
def test_t3_a_truck_that_comes_back_stays_stopped_with_its_lane_until_that_is_opened(reset_first: bool) -> None:
    field = a_truck_in_k1()
    field.act(Act.STOP)
    field.truck(paused=True, standing=True)
    field.truck(connection=Connection.BROKEN)
    if reset_first:
        assert field.act(Act.RESET) == []
    field.truck(connection=Connection.ONLINE)
    assert field.lane.trucks["T1"].stopped_by == LANE_STOPPED
    if not reset_first:
        assert field.act(Act.RESET) == []
    field.wait(3)
    assert field.lane.trucks["T1"].stopped_by == LANE_STOPPED
    assert ResumeTruck("T1") not in field.take()
    assert field.act(Act.OPEN) == []
    assert ResumeTruck("T1") in field.take()


def test_r6_a_truck_that_drove_its_way_to_the_end_has_not_confirmed_that_it_is_cancelled() -> None:
    """It may have driven to its end before it heard of the cancellation, and an order of ours may still be on its way to it."""
    field = a_truck_with_proceed()
    assert field.act(Act.CANCEL, "T1") == []
    field.truck(standing=True, order_done=True)
    now = field.lane.trucks["T1"]
    assert (now.cancelling, now.authority) == (True, "K1-stop")
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.truck(cancelled=True)
    assert field.lane.trucks["T1"].authority == ""
    assert field.locks() == {}


def test_r8_a_truck_that_leaves_ends_no_other_trucks_sweep_and_begins_no_count() -> None:
    """The other one waits to sweep: what this one drove through it proved for itself alone."""
    field = under_the_exit_boom()
    field.truck("T2", last_node="vn-gate")
    field.occupy("vn-approach")
    assert field.act(Act.SWEEP, "T2") == []
    field.lane = replace(field.lane, count=COUNT_LOST)
    drive_out(field)
    assert [now.state for now in field.lane.sections.values()] == [SectionState.VACANT] * 3
    assert field.locks() == {}
    assert field.lane.trucks["T2"].sweeping
    assert field.lane.count == COUNT_LOST
