"""PAUSE, CANCEL and RESUME: what a person halts stays halted, and keeps what it may still come into."""

from collections.abc import Callable

import pytest

from lanectl.model import (
    Act,
    Aspect,
    CancelAuthority,
    Connection,
    ExtendAuthority,
    PauseTruck,
    ResumeTruck,
    SectionState,
    Service,
    SetAspect,
)
from lanectl.status.alarms import alarms
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    drive_out,
    leave_k1,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import Field


def given(field: Field) -> list[ExtendAuthority]:
    return [command for command in field.take() if isinstance(command, ExtendAuthority)]


def a_cancelled_truck_in_k1() -> Field:
    """It has confirmed, and stands."""
    field = a_truck_sent_to_k2()
    assert field.act(Act.CANCEL, "T1") == []
    field.truck(cancelled=True, authority_end="", standing=True, paused=True)
    return field


# ---------------------------------------------------------------- pause


def test_a_paused_truck_is_told_so_at_once_and_keeps_its_way_and_its_sections() -> None:
    field = a_truck_sent_to_k2()
    field.take()
    locks, states = field.locks(), field.states()
    assert field.act(Act.PAUSE, "T1") == []
    assert field.take() == [PauseTruck("T1")]
    field.truck(paused=True, standing=True)
    field.wait(60)
    assert (field.locks(), field.states(), field.lane.trucks["T1"].authority) == (locks, states, "K2-stop")
    assert field.why() == ["truck_stopped"]
    assert not [c for c in field.take() if isinstance(c, (CancelAuthority, ExtendAuthority))]


def test_a_paused_truck_gets_no_further_way_though_it_rolls_on() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.PAUSE, "T1")
    field.take()
    leave_k1(field)
    assert given(field) == []


def test_a_pause_puts_the_signal_to_stop() -> None:
    field = a_truck_with_proceed()
    field.act(Act.PAUSE, "T1")
    assert SetAspect("vn", Aspect.STOP) in field.take()
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_pausing_is_repeated_until_the_truck_shows_it() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.PAUSE, "T1")
    field.wait(4)
    assert field.take().count(PauseTruck("T1")) == 3
    field.truck(paused=True, standing=True)
    field.wait(4)
    assert PauseTruck("T1") not in field.take()


def test_a_truck_that_cannot_be_reached_is_paused_when_it_is_heard_again() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    field.take()
    assert field.act(Act.PAUSE, "T1") == []
    assert field.take() == []
    field.truck(connection=Connection.ONLINE)
    assert PauseTruck("T1") in field.take()


def test_a_truck_that_is_stopped_for_another_cause_is_not_paused_besides() -> None:
    field = a_truck_sent_to_k2()
    field.truck(e_stop=True, standing=True)
    assert field.act(Act.PAUSE, "T1") == ["nothing_to_pause"]
    field = a_truck_sent_to_k2()
    field.act(Act.PAUSE, "T1")
    assert field.act(Act.PAUSE, "T1") == ["nothing_to_pause"]
    assert field.act(Act.PAUSE, "T9") == ["act_target_unknown"]


def test_a_truck_paused_in_an_emergency_stop_does_not_go_on_when_the_lane_is_opened() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.STOP)
    field.truck(paused=True, standing=True)
    assert field.act(Act.PAUSE, "T1") == []
    assert field.act(Act.RESUME, "T1") == ["service_in_emergency"]
    field.act(Act.RESET)
    assert field.act(Act.OPEN, reason="the truck stands clear of the boom") == []
    assert field.service() is Service.OPEN
    field.take()
    field.wait(5)
    assert ResumeTruck("T1") not in field.take()
    assert field.why() == ["truck_stopped"]
    assert field.act(Act.RESUME, "T1") == []
    assert ResumeTruck("T1") in field.take()


def test_a_pause_outlives_the_controller() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.PAUSE, "T1")
    field.truck(paused=True, standing=True)
    restarted(field)
    field.wait(5)
    assert field.lane.trucks["T1"].stopped_by == "paused_by_person"
    assert given(field) == []


# ---------------------------------------------------------------- cancel


def test_a_cancelled_way_is_taken_back_only_when_the_truck_has_confirmed_and_stands() -> None:
    field = a_truck_sent_to_k2()
    field.take()
    assert field.act(Act.CANCEL, "T1") == []
    assert set(field.take()) == {CancelAuthority("T1"), PauseTruck("T1")}
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}
    field.truck(cancelled=True, authority_end="", standing=False)
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}
    field.truck(standing=True)
    assert field.locks() == {"K1": "T1"}
    assert field.lane.trucks["T1"].authority == ""


def test_a_cancelled_truck_keeps_the_section_that_it_stands_in() -> None:
    field = a_cancelled_truck_in_k1()
    field.wait(60)
    assert (field.locks(), field.states()) == ({"K1": "T1"}, "OVV")
    assert field.declare("K1") == ["declare_truck_inside"]


def test_a_cancelled_truck_is_given_nothing_by_itself() -> None:
    field = a_cancelled_truck_in_k1()
    field.take()
    field.wait(60)
    assert given(field) == []
    assert field.why() == ["truck_stopped"]


def test_a_cancelled_truck_that_is_resumed_gets_a_new_way_from_where_it_stands() -> None:
    field = a_cancelled_truck_in_k1()
    field.take()
    assert field.act(Act.RESUME, "T1") == []
    assert ResumeTruck("T1") in field.take()
    field.truck(paused=False, cancelled=False)
    assert given(field) == [ExtendAuthority("T1", "K2-stop")]


def test_a_cancelled_truck_goes_on_by_a_sweep_where_its_section_is_suspect() -> None:
    field = restarted(a_cancelled_truck_in_k1())
    field.wait(3)
    assert field.section("K1").state is SectionState.SUSPECT
    assert field.act(Act.RESUME, "T1") == []
    field.truck(paused=False, cancelled=False)
    assert field.act(Act.SWEEP, "T1") == []
    field.take()
    field.wait(3)
    assert ExtendAuthority("T1", "K2-stop") in field.take() or field.lane.trucks["T1"].authority == "K2-stop"


def test_a_truck_cancelled_before_the_gate_gives_the_gate_back() -> None:
    field = a_truck_with_proceed()
    assert field.act(Act.CANCEL, "T1") == []
    assert SetAspect("vn", Aspect.STOP) in field.take()
    field.truck(cancelled=True, authority_end="", standing=True, paused=True)
    assert (field.locks(), field.lane.gates["vn"].passing) == ({}, "")
    field.lamp("vn", Aspect.STOP)
    assert field.act(Act.RESUME, "T1") == []
    field.truck(paused=False, cancelled=False)
    assert given(field) == [ExtendAuthority("T1", "K1-stop")]


def test_a_cancellation_that_is_not_confirmed_is_repeated_and_holds_everything() -> None:
    field = a_truck_sent_to_k2()
    locks = field.locks()
    field.act(Act.CANCEL, "T1")
    field.take()
    field.wait(30)
    assert field.take().count(CancelAuthority("T1")) >= 10
    assert field.locks() == locks
    assert field.act(Act.CANCEL, "T1") == ["nothing_to_cancel"]


def test_a_resumed_truck_whose_cancellation_is_not_confirmed_waits_for_that() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(standing=True, paused=True)
    field.take()
    assert field.act(Act.RESUME, "T1") == []
    assert field.why() == ["truck_cancelling", "truck_paused"]
    assert ResumeTruck("T1") not in field.take()
    field.truck(cancelled=True, authority_end="")
    assert ResumeTruck("T1") in field.take()


def test_a_truck_without_a_way_has_nothing_to_cancel() -> None:
    assert a_truck_at_the_gate().act(Act.CANCEL, "T1") == ["nothing_to_cancel"]
    assert a_lane_in_service().act(Act.CANCEL, "T9") == ["act_target_unknown"]


def test_a_truck_that_is_out_of_the_lane_is_not_cancelled() -> None:
    field = under_the_exit_boom()
    drive_out(field)
    assert field.act(Act.CANCEL, "T1") == ["nothing_to_cancel"]


def test_what_stopped_a_truck_before_it_was_cancelled_still_takes_a_reset() -> None:
    field = a_truck_sent_to_k2()
    field.truck(e_stop=True, standing=True)
    field.truck(e_stop=False)
    assert field.act(Act.CANCEL, "T1") == []
    assert field.lane.trucks["T1"].stopped_by == "e_stop"
    field.truck(cancelled=True, authority_end="", paused=True)
    assert field.act(Act.RESUME, "T1") == ["nothing_to_resume"]
    assert field.act(Act.RESET, "T1") == []


# ---------------------------------------------------------------- resume


def test_a_resumed_truck_goes_on_with_the_way_that_it_had() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.PAUSE, "T1")
    field.truck(paused=True, standing=True)
    field.take()
    assert field.act(Act.RESUME, "T1") == []
    assert field.take() == [ResumeTruck("T1")]
    field.truck(paused=False, standing=False)
    leave_k1(field)
    assert ExtendAuthority("T1", "cn-gate") in field.take()


def test_a_paused_truck_whose_way_is_lost_meanwhile_is_cancelled_and_not_resumed() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.PAUSE, "T1")
    field.truck(paused=True, standing=True)
    field.occupy("P2-b")
    field.take()
    assert field.act(Act.RESUME, "T1") == []
    assert ResumeTruck("T1") not in field.take()
    assert field.lane.trucks["T1"].cancelling


def test_only_what_a_person_halted_is_resumed() -> None:
    field = a_truck_sent_to_k2()
    assert field.act(Act.RESUME, "T1") == ["nothing_to_resume"]
    field.truck(e_stop=True, standing=True)
    assert field.act(Act.RESUME, "T1") == ["nothing_to_resume"]
    assert field.act(Act.RESUME, "T9") == ["act_target_unknown"]


def test_a_truck_that_moves_is_out_of_reach_or_silent_is_not_resumed() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.PAUSE, "T1")
    field.truck(standing=False)
    assert field.act(Act.RESUME, "T1") == ["reset_truck_moving"]
    field.truck(connection=Connection.BROKEN)
    assert field.act(Act.RESUME, "T1") == ["truck_not_online"]
    field.truck(connection=Connection.ONLINE, standing=True)
    field.dead.add("T1")
    field.wait(3)
    assert field.act(Act.RESUME, "T1") == ["truck_silent"]
    assert field.refusal("truck_silent").params == (("limit_s", "2"),)


def test_a_reset_lets_a_paused_truck_go_on_too() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.PAUSE, "T1")
    field.truck(paused=True, standing=True)
    field.take()
    assert field.act(Act.RESET, "T1") == []
    assert field.take() == [ResumeTruck("T1")]


def test_what_happens_to_a_paused_truck_is_not_resumed_over() -> None:
    """An e-stop, a lost order, an order of somebody else's and a jump back each take a reset, whoever paused it before."""
    for changes, cause in (
        ({"e_stop": True}, "e_stop"),
        ({"authority_end": ""}, "order_lost"),
        ({"authority_end": "cn-clear", "order_done": False}, "foreign_order"),
    ):
        field = a_truck_sent_to_k2()
        field.act(Act.PAUSE, "T1")
        field.truck(paused=True, standing=True)
        field.truck(**changes)
        assert field.lane.trucks["T1"].stopped_by == cause
        assert field.act(Act.RESUME, "T1") == ["nothing_to_resume"]


def test_a_paused_truck_that_jumps_back_is_cancelled_as_any_other() -> None:
    field = a_truck_standing_in_k2()
    field.act(Act.PAUSE, "T1")
    field.truck(last_node="vn-gate", standing=True, paused=True)
    assert (field.lane.trucks["T1"].stopped_by, field.lane.trucks["T1"].cancelling) == ("place_jumped", True)


# ---------------------------------------------------------------- at once


def a_truck_that_was_just_told_to_go_on() -> Field:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.act(Act.PAUSE, "T1")
    field.truck(paused=True, standing=True)
    assert field.act(Act.RESUME, "T1") == []
    assert ResumeTruck("T1") in field.take()
    return field


@pytest.mark.parametrize(
    "halt",
    [
        lambda f: f.act(Act.PAUSE, "T1"),
        lambda f: f.act(Act.CANCEL, "T1"),
        lambda f: f.act(Act.STOP),
        lambda f: f.truck(paused=False, e_stop=True),
        lambda f: f.truck(paused=False, authority_end=""),
        lambda f: f.truck(paused=False, authority_end="cn-clear"),
        lambda f: f.truck(paused=False, last_node="vn-gate"),
    ],
    ids=["pause", "cancel", "stop", "e-stop", "order lost", "foreign order", "jump back"],
)
def test_t2_a_truck_is_halted_at_once_though_it_was_told_to_go_on_just_before(halt: Callable[[Field], object]) -> None:
    field = a_truck_that_was_just_told_to_go_on()
    field.truck(paused=False)
    field.take()
    halt(field)
    assert field.take().count(PauseTruck("T1")) == 1
    field.truck()
    assert PauseTruck("T1") not in field.take(), "it has its time to show that it is paused"


@pytest.mark.parametrize(
    "cancel",
    [
        lambda f: f.act(Act.CANCEL, "T1"),
        lambda f: f.occupy("P2-b"),
        lambda f: f.truck(authority_end="cn-clear"),
        lambda f: f.truck(last_node="vn-gate"),
    ],
    ids=["by a person", "way lost", "foreign order", "jump back"],
)
def test_r6_a_way_is_taken_back_at_once_though_another_was_taken_back_just_before(cancel: Callable[[Field], object]) -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, authority_end="", standing=True, paused=True)
    assert field.act(Act.RESUME, "T1") == []
    field.truck(cancelled=False, paused=False)
    assert field.lane.trucks["T1"].authority == "cn-gate"
    field.take()
    cancel(field)
    assert field.take().count(CancelAuthority("T1")) == 1


@pytest.mark.parametrize(("act", "target", "halted"), [(Act.PAUSE, "T1", "paused_by_person"), (Act.STOP, "", "emergency_stop")])
def test_a_way_that_a_person_takes_back_says_so_whatever_halted_its_truck_before(act: Act, target: str, halted: str) -> None:
    """Else opening the lane would let it go on, or its halt would be told as a pause that leaves it its way."""
    field = a_truck_sent_to_k2()
    field.act(act, target)
    assert field.lane.trucks["T1"].stopped_by == halted
    assert field.act(Act.CANCEL, "T1") == []
    assert field.lane.trucks["T1"].stopped_by == "cancelled_by_person"


@pytest.mark.parametrize(
    ("trouble", "code"),
    [({"connection": Connection.BROKEN}, "TRUCK_LINK_BROKEN"), ({"e_stop": True}, "TRUCK_E_STOP"), ({"fatal": "engine"}, "TRUCK_FAILED")],
)
def test_a_truck_in_the_lane_whose_way_was_taken_back_is_missed_like_any_other(trouble: dict[str, object], code: str) -> None:
    """It stands in the lane, with or without a way: that nobody hears it is an alarm."""
    field = a_cancelled_truck_in_k1()
    assert field.lane.trucks["T1"].authority == ""
    field.truck("T1", **trouble)
    assert (code, "T1") in [(alarm.code, alarm.subject) for alarm in alarms(field.layout, field.lane, field.now)]


# ---------------------------------------------------------------- what a refusal tells


@pytest.mark.parametrize("act", [Act.PAUSE, Act.CANCEL, Act.RESUME])
@pytest.mark.parametrize(("target", "code"), [("T1", "nothing_to_"), ("T9", "act_target_unknown")])
def test_a_refused_halt_names_its_truck(act: Act, target: str, code: str) -> None:
    field = a_lane_in_service()
    field.truck(e_stop=True)
    code = code if target == "T9" else code + act.value.lower()
    assert field.act(act, target) == [code]
    assert field.refusal(code).params == (("target", target),)


def test_t2_a_pause_that_reaches_the_truck_after_it_was_told_to_go_on_is_taken_back_too() -> None:
    """It was sent again just before, and came late."""
    field = a_truck_that_was_just_told_to_go_on()
    field.truck(paused=False)
    field.now += 0.5
    field.truck(paused=True)
    field.take()
    field.wait(1.5)
    assert ResumeTruck("T1") in field.take()
