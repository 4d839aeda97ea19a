"""What an inspector who trusts nothing tried, invariant by invariant, and found open once."""

from collections.abc import Callable

import pytest

from lanectl.interlocking.refusals import PLACE_UNPROVED
from lanectl.model import (
    Act,
    Aspect,
    Boom,
    BoomMove,
    BoomReported,
    DetectorsReported,
    ExtendAuthority,
    JournalReported,
    LinkLost,
    Reading,
    SetBoom,
    SignalReported,
    UnitRestarted,
    Woke,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    pass_the_gate,
    restarted,
)
from tests.rules.words import Field, a_layout_both_ways


def a_falling_boom() -> Field:
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.boom("vn", Boom.MOVING)
    field.take()
    return field


def unknown_under_it(field: Field) -> None:
    field.say(DetectorsReported("io-vn", field.now, (("vn-curtain", Reading.UNKNOWN),)))


def grown_old(field: Field) -> None:
    field.now += 0.6
    field.say(BoomReported("vn", Boom.MOVING, field.now))


@pytest.mark.parametrize(
    "blinded",
    [
        unknown_under_it,
        lambda field: field.say(LinkLost("io-vn", "cable")),
        lambda field: field.say(UnitRestarted("io-vn")),
        grown_old,
        lambda field: field.occupy("vn-loop"),
        lambda field: field.occupy("vn-curtain"),
    ],
)
def test_b2_whatever_is_not_seen_under_a_falling_boom_turns_it_in_the_same_step(blinded: Callable[[Field], object]) -> None:
    field = a_falling_boom()
    blinded(field)
    assert SetBoom("vn", BoomMove.UP, urgent=True) in field.take()


def test_d1_a_boom_that_was_up_too_long_ago_is_not_up() -> None:
    field = a_truck_at_the_gate()
    field.dead.add("barrier-vn")
    field.wait(1)
    field.take()
    field.say(BoomReported("vn", Boom.UP, field.now - 0.6))
    assert field.lane.gates["vn"].boom is Boom.UNKNOWN
    assert not [command for command in field.take() if isinstance(command, ExtendAuthority)]


def test_d1_what_an_old_report_says_against_a_boom_still_counts() -> None:
    field = a_lane_in_service()
    field.now += 1
    field.say(BoomReported("cn", Boom.DOWN, field.now - 0.6, fault="motor hot"))
    assert field.lane.gates["cn"].fault == "motor hot"


def test_d1_a_lamp_that_showed_stop_too_long_ago_shows_nothing() -> None:
    field = a_lane_in_service()
    field.now += 1
    field.say(SignalReported("vn", Aspect.STOP, field.now - 0.6))
    assert field.lane.gates["vn"].shown is Aspect.UNKNOWN


def test_b5_a_boom_of_which_nothing_was_asked_and_that_is_proved_nowhere_is_in_fault() -> None:
    field = restarted(a_lane_in_service())
    field.boom("vn", Boom.UNKNOWN)
    field.wait(7.5)
    assert field.lane.gates["vn"].fault == ""
    field.wait(1)
    assert field.lane.gates["vn"].fault == PLACE_UNPROVED


def test_b5_a_boom_that_is_silent_or_comes_back_to_its_place_is_in_no_such_fault() -> None:
    field = restarted(a_lane_in_service())
    field.boom("vn", Boom.UNKNOWN)
    field.wait(4)
    field.boom("vn", Boom.DOWN)
    field.wait(6)
    field.boom("vn", Boom.UNKNOWN)
    field.wait(4)
    assert field.lane.gates["vn"].fault == ""
    field.dead.add("barrier-vn")
    field.say(LinkLost("barrier-vn", "cable"))
    field.wait(20)
    assert field.lane.gates["vn"].fault == ""


def test_b5_a_boom_halted_by_a_stop_whose_limits_contradict_each_other_is_in_fault() -> None:
    field = a_falling_boom()
    field.act(Act.STOP)
    assert SetBoom("vn", BoomMove.STOP, urgent=True) in field.take()
    field.boom("vn", Boom.UNKNOWN)
    field.wait(9)
    assert field.lane.gates["vn"].fault == PLACE_UNPROVED


def test_b5_somebody_who_works_the_boom_by_hand_may_leave_it_anywhere() -> None:
    field = restarted(a_lane_in_service())
    field.boom("vn", Boom.UNKNOWN, local=True)
    for _ in range(12):
        field.now += 1
        field.boom("vn", Boom.UNKNOWN, local=True)
    assert field.lane.gates["vn"].fault == ""
    field.boom("vn", Boom.UNKNOWN)
    assert field.lane.gates["vn"].fault == ""


def test_r12_nothing_is_declared_that_cannot_be_written_to_the_journal() -> None:
    field = a_lane_in_service()
    field.occupy("P1-b")
    field.vacate("P1-b")
    field.say(JournalReported(False))
    assert field.declare("K2") == ["journal_not_writable"]
    field.say(JournalReported(True))
    assert field.declare("K2") == []


def test_the_lane_wakes_when_the_limit_of_an_unproved_boom_ends() -> None:
    field = restarted(a_lane_in_service())
    field.boom("vn", Boom.UNKNOWN)
    began = field.now
    while field.lane.gates["vn"].fault == "" and field.now < began + 10:
        assert field.last is not None
        field.now = field.last.wake_at
        field.say(BoomReported("vn", Boom.UNKNOWN, field.now))
        field.say(Woke())
    assert began + 8 <= field.now <= began + 8.6


# ---------------------------------------------------------------- who sweeps, and from where (R11 b)


def test_a_truck_that_shows_its_way_is_not_taken_for_one_that_waits_before_the_boom() -> None:
    field = a_truck_with_proceed()
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]


def test_a_truck_before_the_boom_that_was_counted_in_by_mistake_sweeps_from_there() -> None:
    field = a_truck_with_proceed()
    field.occupy("vn-loop", "vn-curtain")
    field.vacate("vn-loop", "vn-curtain")
    assert field.section("K1").entered
    field.truck(authority_end="", cancelled=True, standing=True)
    field.wait(3)
    field.act(Act.RESET, "T1")
    assert field.lane.gates["vn"].passing == "T1"
    assert field.act(Act.SWEEP, "T1") == []
    assert not field.section("K1").entered


def test_no_truck_is_adopted_in_a_section_that_is_another_ones() -> None:
    field = a_truck_sent_to_k2()
    field.truck("T2", last_node="K2-stop", standing=True)
    assert field.act(Act.SWEEP, "T2") == ["section_locked"]


def test_a_sweeping_truck_that_says_an_earlier_place_sweeps_no_more() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    field.truck(last_node="vn-gate")
    assert not field.lane.trucks["T1"].sweeping


def test_no_truck_that_stands_the_other_way_round_is_adopted() -> None:
    field = a_lane_in_service(a_layout_both_ways())
    field.truck(last_node="K2-back", standing=True)
    assert field.section("K2").state.value == "SUSPECT"
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]


def test_no_truck_is_adopted_in_a_section_that_is_proved_vacant_whoever_sees_it_there() -> None:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate", standing=True)
    assert field.act(Act.SWEEP, "T1", place="K1") == ["sweep_not_placed"]
    assert field.locks() == {}
