"""R3: what is told of a consignment a second time, or by the other authority, takes back nothing else that was told."""

from dataclasses import replace

import pytest

from lanectl.interlocking.clearance import reasons_of_consignment
from lanectl.interlocking.draft import Draft
from lanectl.model import Act, Authority, ClearanceReported, ConsignmentReported, Direction, Standing
from tests.rules.scenes import a_lane_in_service, a_truck_that_only_lacks_clearance, a_truck_with_proceed, cleared, restarted
from tests.rules.words import a_layout, a_layout_both_ways


def test_a_consignment_that_is_declared_again_as_it_was_stays_cleared_for_as_long_as_it_was() -> None:
    field = a_truck_that_only_lacks_clearance()
    cleared(field, Authority.VN)
    cleared(field, Authority.CN, until_s=60.0)
    was = field.lane.consignments["C1"]
    field.say(ConsignmentReported("C1", "T1", "14C12345", until=field.now + 900, priority=3))
    told = field.lane.consignments["C1"]
    assert (told.standing, told.ends) == (was.standing, was.ends)
    assert (told.until, told.priority) == (field.now + 900, 3)
    field.say(ConsignmentReported("C1", "T1", "14C12345", priority=3))
    assert field.lane.consignments["C1"].ends == was.ends


@pytest.mark.parametrize(("ends", "other"), [(Authority.VN, Authority.CN), (Authority.CN, Authority.VN)])
def test_a_clearance_ends_though_the_other_authority_cleared_after_it(ends: Authority, other: Authority) -> None:
    field = a_truck_that_only_lacks_clearance()
    cleared(field, ends, until_s=3.0)
    cleared(field, other, until_s=60.0)
    cleared(field, other)
    assert field.why() == ["boom_not_up"]
    field.wait(3.0)
    assert field.why() == ["clearance_expired"]


@pytest.mark.parametrize("last", list(Standing))
def test_of_what_one_authority_said_only_the_last_is_kept(last: Standing) -> None:
    field = a_truck_that_only_lacks_clearance()
    for standing in (*Standing, last):
        field.say(ClearanceReported("C1", Authority.VN, standing, field.now + 60))
    assert field.lane.consignments["C1"].standing == ((Authority.VN, last),)
    assert field.lane.consignments["C1"].ends == ((Authority.VN, field.now + 60),)


def test_what_one_authority_says_again_leaves_what_the_other_said() -> None:
    field = a_truck_that_only_lacks_clearance()
    for authority in (Authority.VN, Authority.CN, Authority.VN):
        cleared(field, authority, until_s=60.0)
    assert field.standing("C1") == {Authority.VN: Standing.CLEARED, Authority.CN: Standing.CLEARED}
    assert dict(field.lane.consignments["C1"].ends) == {Authority.VN: field.now + 60, Authority.CN: field.now + 60}


@pytest.mark.parametrize("consignment", ["C1", "C2"])
def test_after_a_restart_no_clearance_that_ends_at_a_time_is_kept(consignment: str) -> None:
    """It was told on a clock that may have begun anew."""
    field = a_truck_that_only_lacks_clearance()
    field.say(ConsignmentReported("C2", "T2", "14C54321"))
    for authority in Authority:
        field.say(ClearanceReported(consignment, authority, Standing.CLEARED, field.now + 60))
    told = restarted(field).lane.consignments[consignment]
    assert (told.standing, told.ends) == ((), ())


def test_the_lane_wakes_when_the_time_has_passed_by_which_a_truck_must_have_entered() -> None:
    field = a_truck_that_only_lacks_clearance()
    field.say(ConsignmentReported("C1", "T1", "14C12345", until=field.now + 0.125))
    assert field.last is not None
    assert field.last.wake_at == field.now + 0.125


def test_the_lane_wakes_when_the_first_of_all_clearances_ends() -> None:
    field = a_truck_that_only_lacks_clearance()
    field.say(ConsignmentReported("C2", "T2", "14C54321"))
    field.say(ClearanceReported("C2", Authority.VN, Standing.CLEARED, field.now + 0.2))
    field.say(ClearanceReported("C2", Authority.CN, Standing.CLEARED, field.now + 0.125))
    assert field.last is not None
    assert field.last.wake_at == field.now + 0.125


@pytest.mark.parametrize(("harms", "way"), [(True, "K2-stop"), (False, "K1-stop")])
def test_a_hold_does_not_stop_a_truck_in_a_first_section_where_standing_does_harm(harms: bool, way: str) -> None:
    """It lost its place for a moment as it came in, so it was given nothing further before the hold."""
    layout = a_layout(4)
    field = a_truck_with_proceed(replace(layout, sections=(replace(layout.sections[0], standing_harms=harms), *layout.sections[1:])))
    field.truck(standing=False, localised=False)
    field.occupy("vn-loop", "vn-curtain")
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))
    assert field.lane.trucks["T1"].authority == "K1-stop"
    field.truck(localised=True)
    assert field.lane.trucks["T1"].authority == way


@pytest.mark.parametrize("turned", [False, True])
def test_it_is_the_section_in_which_a_held_truck_would_stand_that_counts_whichever_way_it_drives(turned: bool) -> None:
    both = a_layout_both_ways(4)
    layout = replace(both, sections=tuple(replace(each, standing_harms=each.name == "K2") for each in both.sections))
    field = a_lane_in_service(layout)
    if turned:
        assert field.act(Act.TURN, Direction.CN_TO_VN.value) == []
    field.truck()
    d = Draft(layout, field.lane, field.now)
    forgiven = [target for target in range(1, 6) if not reasons_of_consignment(d, "T1", target)]
    assert forgiven == [4 if turned else 3]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("direction", list(Direction))
def test_an_order_enters_only_the_way_that_it_is_carried_whichever_way_the_lane_is_set(turned: bool, direction: Direction) -> None:
    layout = a_layout_both_ways()
    field = a_lane_in_service(layout)
    if turned:
        assert field.act(Act.TURN, Direction.CN_TO_VN.value) == []
    field.truck()
    field.clear()
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", direction=direction, until=field.now))
    found = {each.code: dict(each.params) for each in reasons_of_consignment(Draft(layout, field.lane, field.now), "T1", 1)}
    assert ("consignment_other_way" in found) is ((direction is Direction.CN_TO_VN) is not turned)
    assert found.get("consignment_other_way", {}).get("consignment", "C-T1") == "C-T1"
    assert found["order_expired"] == {"consignment": "C-T1"}
