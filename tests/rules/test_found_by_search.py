"""Paths that the search over all states found (`make prove`); each led a truck or a boom where it must not be."""

from msgspec.structs import replace

from lanectl.model import (
    Act,
    Aspect,
    Boom,
    BoomMove,
    Connection,
    ConsignmentReported,
    ExtendAuthority,
    LinkLost,
    PointNow,
    SectionState,
    SetBoom,
    UnitRestarted,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    arrive,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import Field, set_state


def given(field: Field) -> list[str]:
    return [command.node for command in field.take() if isinstance(command, ExtendAuthority)]


def test_a_claim_beyond_its_way_does_not_lead_a_truck_past_the_entry_boom() -> None:
    field = a_truck_at_the_gate()
    field.truck(last_node="K1-stop")
    assert given(field) == []
    assert not field.section("K1").entered


def test_a_detector_that_sticks_ahead_does_not_lead_a_truck_past_the_entry_boom() -> None:
    field = a_truck_at_the_gate()
    field.occupy("P1-a")
    assert given(field) == []
    assert not field.section("K2").entered
    assert field.section("K2").why_suspect == "entered_unlocked"


def test_a_truck_on_an_approach_that_was_powered_up_is_not_adopted_behind_the_boom() -> None:
    field = a_lane_in_service()
    arrive(field)
    field.say(UnitRestarted("io-vn"))
    field.vacate("vn-approach")  # a loop may not see what stood on it at power-up
    field.wait(0.5)
    assert field.act(Act.SWEEP, "T1") == ["detector_unknown"]
    assert given(field) == []


def test_a_truck_whose_order_is_on_its_way_is_not_declared_away() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    assert field.lane.trucks["T1"].authority == "K1-stop"
    field.occupy("P1-a")
    field.vacate("P1-a")
    field.lane = replace(field.lane, sections={**field.lane.sections, "K2": replace(field.section("K2"), entered=True)})
    assert field.declare("K2") == ["declare_truck_inside"]
    assert field.locks()["K1"] == "T1"
    assert field.lane.gates["vn"].passing == "T1"


def test_an_order_is_lost_only_by_a_word_later_than_it_can_be_on_its_way() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.act(Act.CLOSE)
    field.wait(1)
    field.trucks.clear()  # it says nothing any more
    field.wait(1.25)
    assert field.act(Act.RESET, "T1") == []
    assert (field.lane.gates["vn"].passing, field.lane.trucks["T1"].authority) == ("T1", "K1-stop")


def test_a_boom_that_was_closed_by_a_person_and_meets_something_is_not_asked_both_ways() -> None:
    field = a_truck_with_proceed()
    field.truck(authority_end="", cancelled=True)
    field.take()
    field.boom("vn", Boom.MOVING, obstructed=True)
    moves = [command.move for command in field.take() if isinstance(command, SetBoom)]
    assert not {BoomMove.UP, BoomMove.DOWN} <= set(moves)


def test_a_truck_that_drove_in_while_the_controller_was_down_keeps_the_section_that_it_may_be_in() -> None:
    field = a_truck_with_proceed()
    restarted(field)
    field.occupied.clear()  # it is between the gate and the first stop, where nothing sees it
    field.truck(authority_end="K1-stop", standing=False)
    field.wait(0.5)
    field.truck(authority_end="", cancelled=True, standing=True)
    field.wait(0.5)
    assert field.section("K1").state is SectionState.SUSPECT
    assert field.locks()["K1"] == "T1"


def test_a_truck_that_stopped_unseen_under_the_entry_boom_is_swept_on() -> None:
    field = a_truck_with_proceed()
    field.dead.add("io-vn")
    field.say(LinkLost("io-vn", "no answer"))
    field.wait(2)
    field.truck(authority_end="", cancelled=True, standing=True)
    field.dead.clear()
    field.occupy("vn-loop", "vn-curtain")
    field.wait(0.5)
    assert field.section("K1").entered
    assert field.act(Act.SWEEP, "T1") == []
    assert given(field)[-1:] == ["K2-stop"]


def test_a_claim_is_not_believed_of_a_truck_that_is_seen_before_the_entry_boom() -> None:
    field = a_truck_with_proceed()
    field.truck(last_node="K1-stop", standing=False)
    assert not field.section("K1").entered
    assert field.section("K1").why_suspect == "claimed"
    field.truck(authority_end="", cancelled=True, standing=True)
    assert given(field) == []


def test_a_boom_stays_up_for_a_truck_that_a_sticking_loop_counted_in() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.occupy("vn-loop")
    field.vacate("vn-loop")
    field.truck(authority_end="", cancelled=True, standing=True)
    field.truck(cancelled=False)
    field.take()
    field.act(Act.RESET, "vn")
    field.act(Act.CLOSE)
    assert SetBoom("vn", BoomMove.DOWN) not in field.take()
    assert field.lane.gates["vn"].passing == "T1"


def test_a_truck_that_lost_its_order_and_shows_it_again_may_be_reset() -> None:
    field = a_truck_sent_to_k2()
    field.truck(authority_end="", standing=True, paused=True)
    field.truck(authority_end="K2-stop")
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].stopped_by == ""
    assert field.lane.trucks["T1"].authority == "K2-stop"


def test_a_truck_sweeps_into_a_declared_section_over_detectors_that_were_powered_up() -> None:
    field = a_truck_sent_to_k2()
    field.say(UnitRestarted("io-bridge"))
    field.truck(authority_end="", cancelled=True, standing=True)
    field.wait(0.5)
    assert field.declare("K3") == []
    assert field.declare("K2") == []
    field.wait(0.5)
    assert field.why() == ["detector_unknown"]
    assert field.act(Act.SWEEP, "T1") == []
    assert given(field) == ["K2-stop"]


def test_a_lock_is_not_declared_away_from_a_truck_that_may_still_have_a_way_into_it() -> None:
    """It stands in K1, was cut off, and may hold an order to K2."""
    field = a_truck_sent_to_k2()
    set_state(field, "K2", SectionState.SUSPECT)
    field.lane = replace(field.lane, sections={**field.lane.sections, "K2": replace(field.section("K2"), entered=True)})
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K2") == ["declare_other_first"]
    assert field.locks()["K2"] == "T1"


def test_a_truck_whose_word_jumped_back_needs_a_person() -> None:
    """What is held for it in K2 may be an old trace; a second wrong word must not lead it on from there."""
    field = a_truck_standing_in_k2()
    field.truck(last_node="vn-gate", standing=True)
    assert field.lane.trucks["T1"].stopped_by == "place_jumped"
    assert field.act(Act.RESET, "T1") == ["truck_elsewhere"]
    field.truck(last_node="K1-stop")
    assert "truck_stopped" in field.why()
    assert field.act(Act.RESET, "T1") == []
    assert "truck_stopped" not in field.why()


def test_a_watchdog_is_proved_while_a_truck_stands_under_its_boom_without_a_way() -> None:
    """Else nothing would ever bring it off: its way needs the watchdog proved."""
    field = restarted(under_the_exit_boom(), proved=False)
    field.refresh()
    field.truck(authority_end="", cancelled=True, standing=False)
    assert field.act(Act.REARM, "io-cn") == ["rearm_truck_passing"]
    field.truck(standing=True)
    assert field.act(Act.REARM, "io-cn") == []


def test_a_section_that_is_declared_counts_again_at_its_ends() -> None:
    """A point that lost count while its unit was powered up would let the next truck in uncounted."""
    field = a_lane_in_service()
    field.occupy("P1-b")
    field.say(UnitRestarted("io-bridge"))
    field.occupy("P1-b")
    field.vacate("P1-b")
    assert field.lane.points["P1"].lost
    assert field.declare("K2") == []
    assert not field.lane.points["P1"].lost


def test_a_truck_that_sweeps_over_an_entry_that_counts_nothing_is_swept_on_from_where_it_is_seen() -> None:
    """The point lost count, so nothing shows that it drove in: its way is taken back under the boom, where it must not stand for ever."""
    field = a_truck_at_the_gate()
    set_state(field, "K1", SectionState.SUSPECT)
    field.lane = replace(field.lane, points={**field.lane.points, "P0": PointNow(lost=True)})
    assert field.act(Act.SWEEP, "T1") == []
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    assert not field.section("K1").entered
    field.vacate("vn-approach")
    field.truck(authority_end="", cancelled=True, standing=True)
    assert field.why()[0] == "sweep_uncounted"
    assert field.act(Act.SWEEP, "T1") == []
    assert (field.section("K1").entered, field.locks()["K1"]) == (True, "T1")


def test_a_crossing_that_persons_declare_over_takes_its_papers_with_it() -> None:
    """Else the truck's next crossing would go under the clearance of the last one."""
    field = a_truck_sent_to_k2()
    field.say(ConsignmentReported("next", "T1", "14C12345"))
    field.truck(connection=Connection.BROKEN)
    set_state(field, "K1", SectionState.SUSPECT)
    assert field.declare("K1") == []
    assert list(field.lane.consignments) == ["next"]


def test_a_way_that_was_never_entered_keeps_its_papers() -> None:
    field = a_truck_with_proceed()
    field.truck(connection=Connection.BROKEN)
    set_state(field, "K1", SectionState.SUSPECT)
    assert field.declare("K1") == []
    assert list(field.lane.consignments) == ["C-T1"]
