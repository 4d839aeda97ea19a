"""R3: what both authorities say of a consignment, and until when."""

from dataclasses import replace

import pytest

from lanectl.layout import Layout, LayoutError
from lanectl.model import (
    Aspect,
    Authority,
    Boom,
    CancelAuthority,
    ClearanceReported,
    ConsignmentReported,
    ConsignmentWithdrawn,
    Direction,
    ExtendAuthority,
    SectionState,
    Standing,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_before_the_exit,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_that_only_lacks_clearance,
    a_truck_with_proceed,
    cleared,
    leave_k1,
    pass_the_gate,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import Field, a_layout, a_layout_both_ways


def standing_harms(name: str, layout: Layout) -> Layout:
    return replace(layout, sections=tuple(replace(s, standing_harms=s.name == name) for s in layout.sections))


# ---------------------------------------------------------------- at the gate


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (Standing.HELD, "consignment_held"),
        (Standing.EXPIRED, "clearance_expired"),
        (Standing.WITHDRAWN, "clearance_withdrawn"),
    ],
)
@pytest.mark.parametrize("authority", list(Authority))
def test_no_truck_enters_that_either_authority_does_not_clear(authority: Authority, standing: Standing, code: str) -> None:
    field = a_truck_that_only_lacks_clearance()
    for each in Authority:
        cleared(field, each, standing=standing if each is authority else Standing.CLEARED)
    assert field.why() == [code]
    assert dict(field.refusal(code).params) == {"consignment": "C1", "authority": authority.value}
    assert not [c for c in field.take() if isinstance(c, ExtendAuthority)]


@pytest.mark.parametrize("section", ["K1", "K2"])
def test_no_place_on_the_bridge_where_standing_harms_lets_a_truck_enter_uncleared(section: str) -> None:
    field = a_lane_in_service(standing_harms(section, a_layout()))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    field.say(ConsignmentReported("C1", "T1", "14C12345"))
    assert field.why() == ["consignment_not_cleared", "consignment_not_cleared"]


def test_a_clearance_ends_by_itself_before_the_gate() -> None:
    field = a_truck_that_only_lacks_clearance()
    cleared(field, Authority.VN)
    cleared(field, Authority.CN, until_s=3.0)
    assert field.why() == ["boom_not_up"]
    field.wait(2.75)
    assert "clearance_expired" not in field.why()
    field.wait(0.25)
    assert field.why() == ["clearance_expired"]


def test_the_lane_wakes_when_a_clearance_ends() -> None:
    field = a_truck_that_only_lacks_clearance()
    cleared(field, Authority.CN, until_s=0.125)
    assert field.last is not None
    assert field.last.wake_at == field.now + 0.125


def test_a_clearance_that_is_given_anew_holds_as_long_as_the_new_one() -> None:
    field = a_truck_that_only_lacks_clearance()
    cleared(field, Authority.VN)
    cleared(field, Authority.CN, until_s=1.0)
    cleared(field, Authority.CN)
    field.wait(2.0)
    assert field.why() == ["boom_not_up"]


def test_a_clearance_that_ends_while_the_truck_still_stands_before_the_boom_takes_its_way_back() -> None:
    field = a_truck_that_only_lacks_clearance()
    cleared(field, Authority.VN)
    cleared(field, Authority.CN, until_s=3.0)
    field.boom("vn", Boom.UP)
    assert field.lane.trucks["T1"].authority == "K1-stop"
    field.wait(3.0)
    assert CancelAuthority("T1") in field.take()


def test_an_order_whose_latest_time_has_passed_gives_no_way() -> None:
    field = a_truck_that_only_lacks_clearance()
    field.say(ConsignmentReported("C1", "T1", "14C12345", until=field.now + 1.0))
    field.wait(1.0)
    for authority in Authority:
        cleared(field, authority)
    assert field.why() == ["order_expired"]
    assert field.lane.trucks["T1"].authority == ""


def test_in_the_lane_it_does_not_matter_when_it_had_to_have_entered() -> None:
    field = a_truck_sent_to_k2()
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", until=field.now))
    leave_k1(field)
    field.truck(last_node="K2-stop", authority_end="K2-stop")
    field.occupy("P2-a")
    assert field.lane.trucks["T1"].authority == "cn-gate"


def test_what_is_declared_with_another_container_has_to_be_cleared_again() -> None:
    field = a_lane_in_service()
    field.clear()
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", until=field.now + 60))
    assert len(field.standing("C-T1")) == 2
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", container="MSKU1234565", declared_weight_kg=30_000))
    assert field.standing("C-T1") == {}
    assert field.lane.consignments["C-T1"].declared_weight_kg == 30_000


# ---------------------------------------------------------------- withdrawn


def test_a_consignment_that_is_withdrawn_before_the_truck_enters_takes_its_way_back() -> None:
    field = a_truck_with_proceed()
    field.say(ConsignmentWithdrawn("C-T1"))
    assert CancelAuthority("T1") in field.take()
    assert field.shown["vn"] is Aspect.STOP
    assert field.lane.consignments == {}


def test_a_withdrawal_while_the_truck_is_in_the_lane_comes_too_late() -> None:
    field = a_truck_sent_to_k2()
    field.say(ConsignmentWithdrawn("C-T1"))
    assert field.why("C-T1") == ["withdrawal_late"]
    assert list(field.lane.consignments) == ["C-T1"]


def test_what_nobody_knows_can_be_withdrawn_twice() -> None:
    field = a_lane_in_service()
    assert field.say(ConsignmentWithdrawn("C9")).refusals == ()


# ---------------------------------------------------------------- a hold that comes late


def hold(field: Field) -> None:
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))


def test_a_held_truck_that_has_not_come_under_the_boom_stays_before_it() -> None:
    field = a_truck_with_proceed()
    hold(field)
    assert CancelAuthority("T1") in field.take()
    assert field.shown["vn"] is Aspect.STOP


def test_a_held_truck_under_the_entry_boom_does_not_stop_there() -> None:
    field = a_truck_in_k1()
    hold(field)
    field.wait(1.0)
    assert not [c for c in field.take() if isinstance(c, CancelAuthority)]
    assert field.booms["vn"] is Boom.UP


def test_a_held_truck_in_the_lane_stops_where_its_way_ends() -> None:
    field = a_truck_sent_to_k2()
    hold(field)
    leave_k1(field)
    field.truck(authority_end="K2-stop", last_node="K2-stop")
    assert field.why() == ["consignment_held"]
    assert field.lane.trucks["T1"].authority == "K2-stop"


@pytest.mark.parametrize(("layout", "stops_at"), [(a_layout(4), "K2-stop"), (standing_harms("K2", a_layout(4)), "K3-stop")])
def test_a_held_truck_goes_on_from_where_standing_does_harm_to_where_it_does_none(layout: Layout, stops_at: str) -> None:
    field = a_truck_in_k1(layout)
    pass_the_gate(field)
    field.boom("vn", Boom.DOWN)
    field.truck(authority_end="K2-stop", last_node="K1-stop")
    hold(field)
    leave_k1(field)
    field.truck(authority_end=field.lane.trucks["T1"].authority)
    assert field.lane.trucks["T1"].authority == stops_at
    assert ("consignment_held" in field.why()) is (stops_at == "K2-stop")


def test_a_held_truck_does_not_enter_a_lane_in_whose_first_section_standing_does_harm() -> None:
    field = a_truck_with_proceed(standing_harms("K1", a_layout()))
    hold(field)
    assert CancelAuthority("T1") in field.take()


def test_a_held_truck_never_leaves_by_the_exit_boom() -> None:
    field = a_truck_before_the_exit()
    hold(field)
    field.boom("cn", Boom.UP)
    field.occupy("cn-approach")
    assert field.why() == ["consignment_held"]
    assert field.lane.trucks["T1"].authority == "cn-gate"


def test_a_held_truck_under_the_exit_boom_does_not_stop_there() -> None:
    field = under_the_exit_boom()
    field.occupy("cn-loop", "cn-curtain")
    field.take()
    hold(field)
    field.wait(1.0)
    assert not [c for c in field.take() if isinstance(c, CancelAuthority)]


def test_a_truck_goes_on_when_its_hold_ends() -> None:
    field = a_truck_in_k1()
    hold(field)
    pass_the_gate(field)
    field.boom("vn", Boom.DOWN)
    leave_k1(field)
    field.truck(authority_end="K2-stop", last_node="K2-stop")
    assert field.lane.trucks["T1"].authority == "K2-stop"
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.CLEARED))
    assert field.lane.trucks["T1"].authority == "cn-gate"


@pytest.mark.parametrize(("layout", "at"), [(a_layout(), 2), (a_layout_both_ways(), 0)])
def test_before_an_exit_boom_trucks_may_stand(layout: Layout, at: int) -> None:
    sections = tuple(replace(s, standing_harms=n == at) for n, s in enumerate(layout.sections))
    with pytest.raises(LayoutError, match="trucks stand in it before the exit boom"):
        replace(layout, sections=sections)


# ---------------------------------------------------------------- after a restart


def test_after_a_restart_what_ends_at_a_time_counts_only_when_it_is_told_again() -> None:
    field = a_truck_that_only_lacks_clearance()
    field.say(ConsignmentReported("C1", "T1", "14C12345", until=field.now + 600))
    cleared(field, Authority.VN)
    cleared(field, Authority.CN, until_s=600.0)
    field.say(ConsignmentReported("C2", "T2", "14C54321"))
    again = restarted(field)
    assert again.standing("C1") == {Authority.VN: Standing.CLEARED}
    assert again.lane.consignments["C1"].until == again.now
    assert again.lane.consignments["C2"].until == float("inf")


def test_after_a_restart_a_hold_still_holds() -> None:
    field = a_truck_that_only_lacks_clearance()
    cleared(field, Authority.CN, until_s=600.0, standing=Standing.HELD)
    assert restarted(field).standing("C1") == {Authority.CN: Standing.HELD}


def test_a_section_that_was_left_behind_tells_nothing_of_a_hold() -> None:
    field = a_truck_sent_to_k2()
    leave_k1(field)
    hold(field)
    assert field.section("K1").state is SectionState.VACANT


@pytest.mark.parametrize("direction", [Direction.VN_TO_CN, Direction.CN_TO_VN])
def test_what_is_to_be_carried_the_other_way_does_not_enter(direction: Direction) -> None:
    field = a_truck_that_only_lacks_clearance()
    field.say(ConsignmentReported("C1", "T1", "14C12345", direction=direction))
    for authority in Authority:
        cleared(field, authority)
    assert field.why() == (["boom_not_up"] if direction is Direction.VN_TO_CN else ["consignment_other_way"])


@pytest.mark.parametrize(
    ("direction", "until", "code"),
    [
        (Direction.VN_TO_CN, 1e9, "boom_not_up"),
        (Direction.CN_TO_VN, 1e9, "consignment_other_way"),
        (Direction.VN_TO_CN, 0.0, "order_expired"),
    ],
)
def test_where_nobody_has_to_clear_it_its_order_still_says_which_way_and_until_when(direction: Direction, until: float, code: str) -> None:
    field = a_lane_in_service(a_layout(clearance_needed=False))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    field.say(ConsignmentReported("C1", "T1", "14C12345", until=until, direction=direction))
    assert field.why() == [code]
