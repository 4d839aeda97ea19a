"""What a truck says of its order and its place, and what it keeps while it is stopped (T2, T3, R5, R6, B8)."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from lanectl.interlocking.refusals import FOREIGN_ORDER
from lanectl.model import Act, Aspect, CancelAuthority, DetectorsReported, PauseTruck, Reading, SectionState
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    drive_out,
    under_the_exit_boom,
)
from tests.rules.words import Field, a_layout, set_state

# ---------------------------------------------------------------- its order


def test_r6_a_cancellation_counts_only_when_the_truck_shows_its_way_no_more() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, standing=True, authority_end="K2-stop")
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].cancelling) == ("K2-stop", True)
    field.truck(authority_end="")
    assert field.lane.trucks["T1"].authority == ""


def test_an_order_to_where_the_truck_stands_already_is_no_foreign_one() -> None:
    field = a_lane_in_service()
    field.truck(last_node="K2-stop", authority_end="K2-stop")
    assert field.lane.trucks["T1"].stopped_by == ""
    field.truck(authority_end="cn-gate")
    assert field.lane.trucks["T1"].stopped_by == "foreign_order"


def test_t2_a_truck_that_jumped_back_is_not_let_go_on_because_it_lost_its_order_too() -> None:
    field = a_truck_standing_in_k2()
    field.truck(last_node="vn-gate", standing=True)
    assert field.lane.trucks["T1"].stopped_by == "place_jumped"
    field.truck(authority_end="", cancelled=True)
    field.truck(cancelled=False)
    assert field.lane.trucks["T1"].stopped_by == "place_jumped"
    assert field.act(Act.RESET, "T1") == ["truck_elsewhere"]


def test_t2_what_stopped_a_truck_first_stays_when_its_order_is_lost() -> None:
    field = a_truck_sent_to_k2()
    field.truck(e_stop=True)
    field.truck(e_stop=False, authority_end="")
    assert field.lane.trucks["T1"].stopped_by == "e_stop"


def test_r5_a_way_is_not_taken_back_for_what_lies_beyond_it() -> None:
    """The overlap was proved when the way was given; no more is given until it is proved again."""
    field = a_truck_sent_to_k2()
    field.take()
    set_state(field, "K3", SectionState.SUSPECT)
    field.wait(0.25)
    assert CancelAuthority("T1") not in field.take()


# ---------------------------------------------------------------- stopping it


def test_t2_a_truck_that_somebody_else_paused_is_paused_by_us_too() -> None:
    """Whoever it was may let it go on; we do not."""
    field = a_truck_sent_to_k2()
    field.truck(paused=True)
    field.take()
    field.act(Act.PAUSE, "T1")
    assert PauseTruck("T1") in field.take()


def test_t3_an_emergency_stop_pauses_a_truck_that_stands_in_the_lane_without_a_way() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, standing=True, authority_end="")
    field.truck(localised=False)
    assert field.act(Act.RESUME, "T1") == []
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].stopped_by) == ("", "")
    field.act(Act.STOP)
    assert field.lane.trucks["T1"].stopped_by == "emergency_stop"
    assert PauseTruck("T1") in field.take()


def test_t3_an_emergency_stop_pauses_a_truck_that_still_drives_out_of_the_lane() -> None:
    field = under_the_exit_boom()
    drive_out(field)
    assert field.locks() == {}
    field.take()
    field.act(Act.STOP)
    assert PauseTruck("T1") in field.take()


# ---------------------------------------------------------------- what it keeps at a gate


@pytest.mark.parametrize("unheard", ["vn-loop", "vn-curtain"])
def test_b8_the_way_through_a_gate_is_not_given_back_while_both_technologies_do_not_show_it_empty(unheard: str) -> None:
    field = a_truck_with_proceed()
    field.act(Act.CANCEL, "T1")
    seen = dict.fromkeys(field.layout.index.detectors_of["io-vn"], Reading.VACANT) | {"vn-approach": Reading.OCCUPIED}
    field.say(DetectorsReported("io-vn", field.now, tuple((seen | {unheard: Reading.UNKNOWN}).items())))
    field.truck(cancelled=True, authority_end="")
    assert field.lane.trucks["T1"].authority == ""
    assert field.lane.gates["vn"].passing == "T1"
    field.detect("io-vn")
    assert field.lane.gates["vn"].passing == ""


def test_b8_a_truck_that_stands_half_out_of_the_lane_keeps_its_gate() -> None:
    field = under_the_exit_boom()
    field.lamp("cn", Aspect.PROCEED)
    field.occupy("cn-loop", "cn-curtain")
    field.occupy("cn-clear")
    field.vacate("cn-approach")
    field.vacate("cn-loop", "cn-curtain")
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, standing=True, authority_end="")
    assert field.lane.trucks["T1"].authority == ""
    assert field.lane.gates["cn"].passing == "T1"


def test_t3_an_emergency_stop_leaves_a_truck_in_the_yard_alone() -> None:
    field = a_truck_sent_to_k2()
    field.truck("T2", last_node="vn-gate")
    field.act(Act.STOP)
    assert field.lane.trucks["T2"].stopped_by == ""


# ---------------------------------------------------------------- its place


@pytest.mark.parametrize("cancel", [lambda f: f.act(Act.CANCEL, "T1"), lambda f: f.occupy("P2-b")], ids=["by a person", "way lost"])
def test_r6_a_truck_that_jumps_back_while_its_way_is_taken_back_is_still_to_confirm_that(cancel: Callable[[Field], object]) -> None:
    field = a_truck_standing_in_k2()
    cancel(field)
    assert CancelAuthority("T1") in field.take()
    field.now += 0.1
    field.truck(last_node="vn-gate")
    assert field.lane.trucks["T1"].stopped_by == "place_jumped"
    assert field.lane.trucks["T1"].cancelling
    assert CancelAuthority("T1") not in field.take()


def test_r11_a_truck_that_says_it_is_in_a_section_does_not_lessen_why_that_is_suspect() -> None:
    """What only silence made suspect may be swept from where the truck stands; what was contradicted may not."""
    field = a_truck_sent_to_k2()
    field.occupy("P2-a")
    field.vacate("P2-a")
    assert field.section("K2").why_suspect == "jumped"
    assert field.lane.trucks["T1"].authority == "K2-stop"
    field.truck(last_node="K2-stop")
    assert (field.section("K2").entered, field.section("K2").why_suspect) == (True, "jumped")


def test_r2_a_truck_that_says_it_is_in_another_ones_section_is_not_counted_into_it() -> None:
    field = a_truck_sent_to_k2()
    field.lane = replace(field.lane, sections={**field.lane.sections, "K2": replace(field.section("K2"), locked_for="T9")})
    field.truck(last_node="K2-stop")
    now = field.section("K2")
    assert (now.locked_for, now.entered, now.state) == ("T9", False, SectionState.SUSPECT)


def test_t1_what_a_truck_said_before_it_fell_silent_does_not_show_where_it_is_not() -> None:
    """It stood and had lost its order; since then it may have been sent on by somebody, into K2."""
    field = a_truck_sent_to_k2()
    set_state(field, "K2", SectionState.SUSPECT)
    field.truck(authority_end="", standing=True)
    field.dead.add("T1")
    field.wait(2.25)
    assert field.declare("K1") == ["declare_other_first"]


def test_a_truck_that_left_and_still_shows_its_way_is_not_what_stands_before_the_boom() -> None:
    field = under_the_exit_boom()
    drive_out(field)
    field.truck(last_node="vn-gate")
    assert field.lane.trucks["T1"].authority == "cn-clear"
    field.occupy("vn-approach")
    assert field.why("vn") == ["something_at_gate"]


@pytest.mark.parametrize("says", ["vn-gate", "yard-7"])
def test_r11_a_sweep_ends_when_its_truck_says_that_it_came_round_again(says: str) -> None:
    field = a_restarted_truck_in_k1()
    field.truck(last_node="K1-stop")
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].sweeping
    field.truck(last_node=says)
    assert not field.lane.trucks["T1"].sweeping


@pytest.mark.parametrize("shows", [{"authority_end": ""}, {"last_node": "cn-clear"}])
def test_a_truck_that_was_seen_to_leave_and_says_so_is_free_of_its_way_and_nothing_stops_it(shows: dict[str, str]) -> None:
    field = under_the_exit_boom()
    drive_out(field)
    assert field.lane.trucks["T1"].authority == "cn-clear"
    field.truck(**shows)
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].stopped_by) == ("", "")


@pytest.mark.parametrize("at", ["vn-gate", "yard-1"])
@pytest.mark.parametrize(("end", "cause"), [("yard-7", ""), ("vn-gate", ""), ("K1-stop", FOREIGN_ORDER), ("K3-stop", FOREIGN_ORDER)])
def test_r2_a_truck_without_a_way_that_shows_one_into_the_lane_is_stopped(at: str, end: str, cause: str) -> None:
    field = a_lane_in_service(a_layout(4))
    field.truck(last_node=at, authority_end=end)
    assert (field.lane.trucks["T1"].stopped_by, field.lane.trucks["T1"].cancelling) == (cause, cause != "")


def test_r6_a_foreign_order_is_cancelled_until_its_truck_confirms_also_once_the_truck_was_reset() -> None:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate", authority_end="K1-stop")
    assert field.act(Act.RESET, "T1") == []
    field.wait(4.5)
    now = field.lane.trucks["T1"]
    assert (now.authority, now.stopped_by, now.paused_by_us) == ("", "", False)
    field.take()
    field.wait(2.25)
    assert CancelAuthority("T1") in field.take()
