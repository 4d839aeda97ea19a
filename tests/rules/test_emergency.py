from typing import Any

import pytest

from lanectl.interlocking.refusals import LANE_STOPPED
from lanectl.model import Act, Aspect, Boom, CancelAuthority, JournalReported, PauseTruck, ResumeTruck, SetAspect
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_before_the_exit,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    arrive,
)
from tests.rules.words import Field


def stopped_lane() -> Field:
    field = a_truck_sent_to_k2()
    field.act(Act.STOP, by="")
    return field


def test_an_emergency_stop_pauses_every_truck_with_a_way_at_once() -> None:
    field = stopped_lane()
    assert PauseTruck("T1") in field.take()
    assert "emergency_stop" not in field.why()
    assert field.why() == ["truck_stopped"]


def test_an_emergency_stop_shows_stop_everywhere() -> None:
    field = a_truck_with_proceed()
    field.act(Act.STOP)
    assert SetAspect("vn", Aspect.STOP) in field.take()


def test_reset_and_restart_are_two_acts() -> None:
    field = stopped_lane()
    field.truck(paused=True, standing=True)
    assert field.act(Act.OPEN) == ["service_in_emergency"]
    assert field.act(Act.CLOSE) == ["service_in_emergency"]
    assert field.act(Act.RESET, "T1") == ["service_in_emergency"]
    field.take()
    assert field.act(Act.RESET) == []
    field.wait(10)
    assert ResumeTruck("T1") not in field.take()
    assert field.act(Act.OPEN, reason="boom stands up") == []
    assert ResumeTruck("T1") in field.take()


def test_after_an_emergency_stop_each_truck_can_be_reset_to_leave_a_closed_lane() -> None:
    field = stopped_lane()
    field.truck(paused=True, standing=True)
    field.act(Act.RESET)
    assert field.act(Act.RESET, "T1") == []
    assert ResumeTruck("T1") in field.commands


def test_a_truck_that_was_stopped_before_it_entered_is_cancelled_after_the_reset() -> None:
    field = a_truck_with_proceed()
    field.act(Act.STOP)
    field.truck(paused=True)
    field.take()
    field.act(Act.RESET)
    assert CancelAuthority("T1") in field.take()


def test_there_is_nothing_to_reset_without_an_emergency_stop() -> None:
    assert a_lane_in_service().act(Act.RESET) == ["nothing_to_reset"]


def test_no_authority_is_given_when_the_journal_cannot_be_written() -> None:
    field = a_truck_at_the_gate()
    field.say(JournalReported(False))
    assert field.why() == ["journal_not_writable"]
    assert field.locks() == {}


def test_proceed_is_withdrawn_when_the_journal_cannot_be_written() -> None:
    field = a_truck_with_proceed()
    field.say(JournalReported(False))
    assert SetAspect("vn", Aspect.STOP) in field.take()


def test_no_truck_is_resumed_while_the_journal_cannot_be_written() -> None:
    field = a_truck_sent_to_k2()
    field.truck(e_stop=True, paused=True, standing=True)
    field.truck(e_stop=False)
    field.say(JournalReported(False))
    assert field.act(Act.RESET, "T1") == []
    field.take()
    field.wait(5)
    assert not [c for c in field.take() if isinstance(c, ResumeTruck)]


@pytest.mark.parametrize(("cause", "stays"), [({"e_stop": True}, "e_stop"), ({"authority_end": ""}, "order_lost"), ({}, "")])
def test_t2_opening_lets_go_on_what_the_lanes_stop_halted_and_nothing_else(cause: dict[str, Any], stays: str) -> None:
    field = a_truck_sent_to_k2()
    field.truck(standing=True, **cause)
    field.act(Act.STOP)
    field.truck(paused=True, e_stop=False)
    assert field.act(Act.RESET) == []
    assert field.act(Act.OPEN, reason="boom stands up") == []
    assert field.lane.trucks["T1"].stopped_by == stays
    assert (ResumeTruck("T1") in field.take()) is (stays == "")


def test_t2_opening_lets_every_truck_go_on_that_the_lanes_stop_halted() -> None:
    field = a_truck_before_the_exit()
    arrive(field, "T2")
    field.boom("vn", Boom.UP)
    assert field.lane.trucks["T2"].authority == "K1-stop"
    field.act(Act.STOP)
    assert [field.lane.trucks[name].stopped_by for name in ("T1", "T2")] == [LANE_STOPPED, LANE_STOPPED]
    assert field.act(Act.RESET) == []
    assert field.act(Act.OPEN, reason="boom stands up") == []
    assert [field.lane.trucks[name].stopped_by for name in ("T1", "T2")] == ["", ""]


@pytest.mark.parametrize(("cause", "stays"), [({"e_stop": True}, "e_stop"), ({}, "")])
def test_t2_what_happens_to_a_truck_that_the_lanes_stop_halted_is_not_undone_by_opening(cause: dict[str, Any], stays: str) -> None:
    """Its own e-stop takes a reset of its own, also where the lane's came first."""
    field = stopped_lane()
    field.truck(standing=True, paused=True, **cause)
    field.truck(e_stop=False)
    assert field.act(Act.RESET) == []
    assert field.act(Act.OPEN, reason="boom stands up") == []
    assert field.lane.trucks["T1"].stopped_by == stays


@pytest.mark.parametrize(("act", "stays"), [(Act.PAUSE, "paused_by_person"), (Act.CANCEL, "cancelled_by_person")])
def test_t2_whom_a_person_halted_before_the_lanes_stop_goes_on_by_no_opening(act: Act, stays: str) -> None:
    field = a_truck_sent_to_k2()
    field.truck(standing=True)
    assert field.act(act, "T1") == []
    field.act(Act.STOP)
    field.truck(paused=True)
    assert field.act(Act.RESET) == []
    assert field.act(Act.OPEN, reason="boom stands up") == []
    assert field.lane.trucks["T1"].stopped_by == stays
    assert ResumeTruck("T1") not in field.take()


def test_t3_a_truck_that_waits_for_its_boom_with_its_sections_locked_is_stopped_too() -> None:
    field = a_truck_at_the_gate()
    assert (field.lane.trucks["T1"].authority, field.locks()) == ("", {"K1": "T1", "K2": "T1"})
    field.act(Act.STOP)
    assert field.lane.trucks["T1"].stopped_by == LANE_STOPPED
    assert PauseTruck("T1") in field.take()
