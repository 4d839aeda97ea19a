"""The small print of the rules: conditions of which each one alone has to hold, found by leaving them out one at a time."""

from collections.abc import Callable

import pytest
from msgspec import structs

from lanectl.model import (
    COUNT_LOST,
    Act,
    Aspect,
    Authority,
    Boom,
    BoomMove,
    ClearanceReported,
    Connection,
    DetectorsReported,
    Direction,
    GateNow,
    Lane,
    LinkLost,
    PointNow,
    Reading,
    Service,
    SetAspect,
    SetBoom,
    Standing,
    Started,
    UnitNow,
    UnitRestarted,
    WatchdogReported,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_started_field,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    arrive,
    drive_out,
    leave_k1,
    pass_the_gate,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import a_layout_both_ways

# ---------------------------------------------------------------- the start (R11, S7)


def test_after_a_start_no_boom_and_no_lamp_is_known_before_it_is_heard() -> None:
    field = a_lane_in_service()
    field.say(Started(armed_before=True, lane=field.lane))
    assert {now.boom.value for now in field.lane.gates.values()} == {"UNKNOWN"}
    assert {now.shown.value for now in field.lane.gates.values()} == {"UNKNOWN"}


@pytest.mark.parametrize("silent", ["P1-a", "P1-b"])
def test_a_section_proves_itself_only_when_all_of_its_far_end_is_seen(silent: str) -> None:
    field = restarted(a_lane_in_service())
    for _ in range(4):
        field.now += 0.25
        field.detect("io-vn")
        readings = dict.fromkeys(field.layout.index.detectors_of["io-bridge"], Reading.VACANT)
        field.say(DetectorsReported("io-bridge", field.now, tuple((readings | {silent: Reading.UNKNOWN}).items())))
    assert field.section("K1").why_suspect == "started"


def other_order(lane: Lane) -> Lane:
    return structs.replace(lane, sections=dict(reversed(lane.sections.items())))


@pytest.mark.parametrize(
    "changed",
    [
        other_order,
        lambda lane: structs.replace(lane, points={**lane.points, "P9": PointNow()}),
        lambda lane: structs.replace(lane, detectors={name: now for name, now in lane.detectors.items() if name != "P1-a"}),
        lambda lane: structs.replace(lane, gates={**lane.gates, "third": GateNow()}),
        lambda lane: structs.replace(lane, units={**lane.units, "io-new": UnitNow()}),
        lambda lane: structs.replace(lane, direction=Direction.CN_TO_VN),
        lambda lane: structs.replace(lane, trucks={"T1": structs.replace(lane.trucks["T1"], authority="K9-stop")}),
    ],
)
def test_a_journal_of_a_lane_of_any_other_shape_proves_nothing(changed: Callable[[Lane], Lane]) -> None:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate")
    field.say(Started(armed_before=True, lane=changed(field.lane)))
    assert {now.why_suspect for now in field.lane.sections.values()} == {"never_proved"}
    assert field.lane.trucks == {}
    assert list(field.lane.units) == [unit.name for unit in field.layout.units]


def test_what_proved_a_section_once_does_not_prove_it_again_after_a_truck_was_lost_in_it() -> None:
    field = restarted(a_lane_in_service())
    field.wait(0.5)
    assert field.states() == "VVV"
    assert not any(now.vacant_before for now in field.lane.sections.values())
    field = restarted(a_lane_in_service())
    field.refresh()
    assert field.section("K2").vacant_before
    assert field.declare("K2") == []
    assert not field.section("K2").vacant_before


def test_a_vacant_read_before_and_one_after_an_unknown_are_not_two() -> None:
    field = restarted(a_lane_in_service())
    vacant = dict.fromkeys(field.layout.index.detectors_of["io-bridge"], Reading.VACANT)
    for said in (vacant, vacant | {"P1-a": Reading.UNKNOWN}, vacant):
        field.now += 0.25
        field.detect("io-vn")
        field.say(DetectorsReported("io-bridge", field.now, tuple(said.items())))
    assert field.states()[0] == "S"


# ---------------------------------------------------------------- booms


def test_a_boom_that_stands_up_already_is_not_asked_up() -> None:
    field = a_lane_in_service()
    field.boom("vn", Boom.MOVING, local=True)
    field.boom("vn", Boom.UP, local=True)
    field.boom("vn", Boom.UP)
    field.take()
    arrive(field)
    assert field.lane.gates["vn"].passing == "T1"
    assert SetBoom("vn", BoomMove.UP) not in field.take()


# ---------------------------------------------------------------- the lane as a whole


def test_a_lane_that_was_put_back_into_service_is_not_taken_out_by_an_emergency_stop() -> None:
    field = a_lane_in_service()
    field.act(Act.CLOSE)
    assert field.act(Act.TAKE_OUT, reason="works") == []
    assert field.act(Act.PUT_BACK, reason="done") == []
    field.act(Act.STOP)
    assert field.act(Act.RESET) == []
    assert field.service() is Service.CLOSED


def test_nothing_is_refused_in_an_empty_lane() -> None:
    field = a_lane_in_service()
    field.wait(0.25)
    assert field.last is not None
    assert field.last.refusals == ()


# ---------------------------------------------------------------- sweeping, declaring, resetting


def test_what_was_swept_while_we_did_not_look_is_not_proved() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    assert field.section("K1").swept
    field.truck(authority_end="K2-stop", cancelled=False)
    field.dead.add("io-bridge")
    field.wait(1.5)
    assert not field.section("K1").swept
    field.dead.clear()
    field.wait(0.5)
    leave_k1(field)
    assert field.states()[0] == "S"


def test_a_truck_that_stands_nowhere_does_not_sweep_because_another_one_is_in_the_first_section() -> None:
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.truck("T2", last_node="vn-gate")
    assert field.section("K1").state.value == "OCCUPIED"
    assert field.act(Act.SWEEP, "T2") == ["sweep_not_placed"]


@pytest.mark.parametrize("node", ["cn-clear", ""])
def test_a_truck_that_says_it_is_out_of_the_lane_does_not_sweep(node: str) -> None:
    field = a_started_field(armed_before=True)
    field.truck(last_node=node)
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]


def test_a_truck_that_stands_without_a_way_in_a_section_is_not_declared_out_of_it() -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="", standing=True, last_node="K1-stop")
    field.wait(3)
    assert field.declare("K2") == ["declare_truck_inside"]
    assert field.section("K2").state.value == "OCCUPIED"


def test_a_rejection_is_reset_once() -> None:
    field = a_truck_in_k1()
    field.truck(rejected="no such node", standing=True)
    field.wait(2)
    assert field.act(Act.RESET, "T1") == []
    assert field.act(Act.RESET, "T1") == ["nothing_to_reset"]


def test_a_truck_that_refused_its_next_way_is_reset_to_the_way_that_it_shows() -> None:
    field = a_truck_sent_to_k2()
    field.truck(standing=True)
    field.occupy("P1-a")
    assert field.lane.trucks["T1"].authority == "cn-gate"
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))
    field.truck(rejected="no such node", authority_end="K2-stop")
    field.wait(2)
    assert field.act(Act.RESET, "T1") == []
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].echoed) == ("K2-stop", True)


def test_a_truck_that_is_declared_away_is_not_cancelled_any_more() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    assert field.lane.trucks["T1"].cancelling
    field.vacate("vn-approach")
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K1") == []
    assert not field.lane.trucks["T1"].cancelling


# ---------------------------------------------------------------- passages


def test_a_truck_that_vanishes_between_the_boom_and_the_detector_behind_it_is_a_jump() -> None:
    field = a_truck_in_k1()
    field.vacate("vn-approach")
    field.vacate("vn-loop", "vn-curtain")
    assert field.section("K1").why_suspect == "jumped"
    assert field.lane.gates["vn"].passing == "T1"
    leave_k1(field)
    assert field.lane.gates["vn"].passing == "", "its rear is proved beyond a later point"


def test_a_detector_that_is_reached_again_behind_the_rear_on_the_bridge_is_a_jump() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.occupy("P1-b")
    field.vacate("P1-a")
    field.occupy("P1-a")
    assert (field.section("K1").why_suspect, field.section("K2").why_suspect) == ("jumped", "jumped")


def test_a_truck_that_was_counted_in_is_believed_further_on_although_something_waits_behind_it() -> None:
    field = a_truck_in_k1()
    field.truck(authority_end="K2-stop")
    field.vacate("vn-approach")
    field.vacate("vn-loop", "vn-curtain")
    field.occupy("vn-approach")
    assert field.lane.gates["vn"].passing == "T1"
    field.truck(last_node="K2-stop")
    assert field.section("K2").entered


# ---------------------------------------------------------------- ways taken back


def test_a_truck_that_is_proved_stopped_short_of_the_exit_boom_frees_it() -> None:
    field = under_the_exit_boom()
    assert field.lane.gates["cn"].passing == "T1"
    field.lamp("cn", Aspect.STOP, failed=True)
    assert field.lane.trucks["T1"].cancelling
    field.truck(authority_end="", cancelled=True, standing=True)
    assert field.lane.gates["cn"].passing == ""
    field.take()
    field.act(Act.CLOSE)
    assert SetBoom("cn", BoomMove.DOWN) in field.take()


def test_a_truck_whose_lost_order_was_reset_is_not_stopped_again_before_the_next_order_can_have_come() -> None:
    field = a_truck_sent_to_k2()
    field.truck(authority_end="", standing=True)
    assert field.act(Act.RESET, "T1") == []
    field.truck(authority_end="")
    assert field.lane.trucks["T1"].stopped_by == ""


def test_a_truck_that_left_and_was_reset_starts_with_nothing() -> None:
    field = under_the_exit_boom()
    drive_out(field)
    field.truck(connection=Connection.BROKEN)
    assert field.act(Act.RESET, "T1") == []
    now = field.lane.trucks["T1"]
    assert (now.authority, now.echoed, now.took, now.cancelling) == ("", False, False, False)


# ---------------------------------------------------------------- the count (R8)


def test_the_count_begins_anew_only_when_the_whole_lane_is_vacant_and_nobodys() -> None:
    field = a_started_field(a_layout_both_ways())
    assert field.declare("K1") == []
    assert field.lane.count == COUNT_LOST
    field = a_truck_with_proceed(a_layout_both_ways())
    field.lane = structs.replace(field.lane, count=COUNT_LOST)
    field.occupy("cn-loop")
    field.vacate("cn-loop")
    assert field.declare("K3") == []
    assert field.states() == "VVV"
    assert field.lane.count == COUNT_LOST, "K1 and K2 are locked for a truck on its way"


# ---------------------------------------------------------------- units that lost power, people at work


def test_a_truck_that_was_on_a_point_whose_unit_lost_power_is_not_counted_further_there() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    assert field.lane.points["P1"] != PointNow()
    field.say(UnitRestarted("io-bridge"))
    assert field.lane.points["P1"] == PointNow()


def test_every_point_of_a_unit_that_lost_power_is_counted_from_the_start() -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.occupy("P2-a")
    assert field.lane.points["P2"] != PointNow()
    field.say(UnitRestarted("io-bridge"))
    assert field.lane.points["P2"] == PointNow()
    assert field.states()[1:] == "SS"


def test_a_proof_that_was_asked_for_before_the_lane_was_put_back_does_not_count() -> None:
    field = a_lane_in_service()
    field.act(Act.CLOSE)
    assert field.act(Act.TAKE_OUT, reason="works") == []
    assert field.act(Act.REARM, "io-vn") == []
    assert field.act(Act.PUT_BACK, reason="done") == []
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=False))
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))
    assert not field.lane.units["io-vn"].proved


def test_a_boom_that_a_person_wanted_down_before_the_works_is_not_lowered_after_them() -> None:
    """B6. It came down while it was not heard, and people raised it where they worked: what was wanted of it is done."""
    field = a_lane_in_service()
    field.boom("cn", Boom.UNKNOWN)
    field.act(Act.CLOSE)
    field.say(LinkLost("barrier-cn", "cable"))
    field.boom("cn", Boom.DOWN)
    field.wait(0.5)
    assert field.act(Act.TAKE_OUT, reason="works") == []
    assert field.act(Act.PUT_BACK, reason="done") == []
    assert not field.lane.gates["cn"].may_lower


def test_b6_a_passage_before_a_restart_lowers_no_boom_that_came_down_and_was_raised_by_persons() -> None:
    """It was falling when the controller died: it came down without being asked anew, and what allowed that is used up."""
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.boom("vn", Boom.MOVING)
    restarted(field)
    field.boom("vn", Boom.DOWN)
    field.wait(0.5)
    field.dead.add("barrier-vn")
    field.say(LinkLost("barrier-vn", "cable"))
    field.wait(0.5)
    field.take()
    field.dead.clear()
    field.boom("vn", Boom.UP)
    field.wait(0.5)
    assert field.reading("vn-loop") is Reading.VACANT
    assert [command for command in field.take() if isinstance(command, SetBoom)] == []


def test_a_sweeping_truck_loses_proceed_when_the_count_at_its_gate_is_lost() -> None:
    field = a_started_field()
    arrive(field)
    assert field.act(Act.SWEEP, "T1") == []
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop")
    field.take()
    field.occupy("vn-clear")
    assert SetAspect("vn", Aspect.STOP) in field.take()


def test_a_boom_in_fault_is_not_lowered() -> None:
    field = a_lane_in_service()
    field.boom("cn", Boom.UP, local=True)
    field.boom("cn", Boom.UP, fault="motor hot")
    field.take()
    field.act(Act.CLOSE)
    assert SetBoom("cn", BoomMove.DOWN) not in field.take()


def test_a_truck_that_comes_to_a_stopped_lane_is_told_so_and_gets_nothing() -> None:
    field = a_lane_in_service()
    field.act(Act.STOP)
    arrive(field)
    field.boom("vn", Boom.UP, local=True)
    field.boom("vn", Boom.UP)
    assert field.why() == ["emergency_stop"]
    assert field.locks() == {}


def test_a_second_trip_after_a_rearm_stays_until_a_person_asks_again() -> None:
    field = a_lane_in_service()
    field.say(WatchdogReported("io-vn", armed=True, tripped=True))
    field.act(Act.REARM, "io-vn")
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))
    assert not field.lane.units["io-vn"].tripped
    field.say(WatchdogReported("io-vn", armed=True, tripped=True, proved=True))
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))
    assert field.lane.units["io-vn"].tripped


def test_a_detector_that_only_says_that_it_does_not_know_is_silent() -> None:
    field = a_lane_in_service()
    readings = dict.fromkeys(field.layout.index.detectors_of["io-bridge"], Reading.VACANT) | {"P1-a": Reading.UNKNOWN}
    for _ in range(6):
        field.now += 0.25
        field.detect("io-vn")
        field.say(DetectorsReported("io-bridge", field.now, tuple(readings.items())))
    assert (field.section("K1").why_suspect, field.section("K2").why_suspect) == ("detector_silent", "detector_silent")


def test_a_truck_counted_into_a_suspect_section_that_says_the_gate_does_not_sweep_unseen() -> None:
    field = restarted(a_truck_sent_to_k2())
    field.wait(0.5)
    field.truck(last_node="vn-gate", authority_end="", cancelled=True, standing=True)
    assert "sweep_not_placed" in field.act(Act.SWEEP, "T1")
