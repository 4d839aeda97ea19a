from collections.abc import Callable
from dataclasses import replace

import pytest

from lanectl.interlocking import initial
from lanectl.model import (
    Act,
    Aspect,
    Boom,
    BoomMove,
    Connection,
    ExtendAuthority,
    JournalReported,
    LinkLost,
    Match,
    Service,
    SetBoom,
    Started,
    UnitRestarted,
    WatchdogReported,
)
from tests.rules.test_booms import pass_the_gate
from tests.rules.test_detection import a_truck_sent_to_k2, leave_k1
from tests.rules.words import (
    LAYOUT,
    Field,
    a_lane_in_service,
    a_layout,
    a_started_field,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_with_proceed,
    arrive,
)


def restarted(field: Field, *, proved: bool = True) -> Field:
    """The controller is killed and starts again on its journal; the field stays as it is."""
    field.now += 5
    field.take()
    field.say(Started(armed_before=True, lane=field.lane))
    field.say(JournalReported(True))
    if proved:
        for gate in field.layout.gates:
            field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True))
    return field


# ------------------------------------------------------------ coming into service


def test_a_lane_that_was_never_armed_is_in_commissioning_and_wholly_suspect() -> None:
    field = a_started_field()
    assert field.lane.service is Service.COMMISSIONING
    assert field.states() == "SSS"
    field.wait(10)
    assert field.states() == "SSS"
    assert field.act(Act.OPEN) == ["section_suspect"] * 3
    assert field.act(Act.CLOSE) == []
    assert field.service() is Service.COMMISSIONING


def test_a_journal_that_is_lost_leaves_the_lane_closed_and_suspect() -> None:
    field = a_started_field(armed_before=True)
    assert field.lane.service is Service.CLOSED
    assert field.states() == "SSS"


def test_a_journal_of_another_lane_proves_nothing() -> None:
    field = a_started_field(a_layout(4), armed_before=True, lane=a_lane_in_service().lane)
    assert field.states() == "SSSS"


def test_start_up_proves_watchdogs_lamps_booms_and_detectors_before_opening() -> None:
    field = Field()
    field.say(Started(armed_before=True, lane=None))
    codes = field.act(Act.OPEN)
    assert set(codes) == {"journal_not_writable", "unit_lost", "boom_not_down"}
    field.say(JournalReported(True))
    field.wait(0.25)
    assert set(field.act(Act.OPEN)) == {"watchdog_not_armed"}


@pytest.mark.parametrize(
    ("shown", "boom", "reason", "codes"),
    [
        (Aspect.PROCEED, Boom.DOWN, "", ["stop_unproved"]),
        (Aspect.STOP, Boom.UP, "", ["boom_not_down"]),
        (Aspect.STOP, Boom.UP, "truck under it was towed", []),
    ],
)
def test_opening_needs_stop_proved_and_booms_down_or_a_reason(shown: Aspect, boom: Boom, reason: str, codes: list[str]) -> None:
    field = a_started_field()
    field.declare()
    field.lane = replace(field.lane, gates={**field.lane.gates, "vn": replace(field.lane.gates["vn"], boom=boom, shown=shown)})
    assert [c for c in field.act(Act.OPEN, reason=reason) if c != "signal_unproved"] == codes


def test_opening_names_each_detector_that_is_unknown_and_a_lost_unit_once() -> None:
    field = a_started_field()
    field.declare()
    field.say(LinkLost("io-bridge", "unplugged"))
    assert field.act(Act.OPEN) == ["unit_lost"]
    field.detect("io-bridge")
    field.say(UnitRestarted("io-bridge"))
    field.wait(0.25)
    assert "detector_unknown" in field.act(Act.OPEN)


def test_opening_is_not_kept_back_by_a_truck_that_is_just_passing_a_gate() -> None:
    field = a_truck_in_k1()
    field.act(Act.CLOSE)
    assert field.act(Act.OPEN) == []


def test_every_act_needs_a_name() -> None:
    field = a_lane_in_service()
    assert field.act(Act.CLOSE, by="") == ["act_name_needed"]


# ------------------------------------------------------------ R11 after a restart


def test_after_a_restart_every_section_is_suspect_and_the_lane_closed() -> None:
    field = restarted(a_lane_in_service())
    assert field.states() == "SSS"
    assert field.lane.service is Service.CLOSED


def test_a_section_is_proved_again_when_its_boundary_reads_vacant_twice() -> None:
    field = restarted(a_lane_in_service())
    field.refresh()
    assert field.states() == "SSS"
    field.refresh()  # the same answer does not count twice
    assert field.states() == "SSS"
    field.wait(0.25)
    assert field.states() == "VVV"


def test_a_truck_that_waits_at_the_gate_does_not_keep_the_first_section_suspect() -> None:
    field = a_lane_in_service()
    field.occupy("vn-approach")
    restarted(field).wait(0.5)
    assert field.states() == "VVV"


def test_a_section_that_a_released_way_leads_into_is_not_proved_by_itself() -> None:
    field = restarted(a_truck_with_proceed())
    field.wait(5)
    assert field.states() == "SVV"
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    assert field.section("K1").why_suspect == "started"


def test_a_section_whose_unit_lost_power_is_not_proved_by_itself() -> None:
    field = restarted(a_lane_in_service())
    field.say(UnitRestarted("io-bridge"))
    field.wait(5)
    assert field.states() == "SSS"


def test_a_section_that_was_suspect_before_stays_suspect() -> None:
    field = a_lane_in_service()
    field.occupy("P1-b")
    field.vacate("P1-b")
    restarted(field).wait(5)
    assert field.states() == "SSV"


def test_a_boom_that_stands_up_over_an_unknown_detector_at_start_stays_up() -> None:
    field = a_truck_in_k1()
    restarted(field)
    field.dead.add("io-vn")
    field.wait(60)
    assert not [c for c in field.take() if isinstance(c, SetBoom)]


def test_a_boom_at_start_is_lowered_when_its_passage_was_proved_before() -> None:
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.boom("vn", Boom.UP)
    restarted(field).wait(0.5)
    assert SetBoom("vn", BoomMove.DOWN) in field.take()


def test_a_trip_and_a_fault_survive_a_restart() -> None:
    field = a_lane_in_service()
    field.say(WatchdogReported("io-vn", armed=True, tripped=True))
    field.boom("cn", Boom.DOWN, fault="motor hot")
    restarted(field).wait(1)
    assert field.lane.units["io-vn"].tripped
    assert field.lane.gates["cn"].fault == "motor hot"


def test_an_emergency_stop_survives_a_restart() -> None:
    field = a_lane_in_service()
    field.act(Act.STOP)
    restarted(field).wait(1)
    assert field.lane.service is Service.EMERGENCY_STOP


def test_a_truck_on_the_bridge_goes_on_into_proved_sections_after_a_restart() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a", "P1-b")
    field.vacate("P1-a")
    field.vacate("P1-b")
    field.truck(authority_end="cn-gate", standing=True)
    restarted(field).wait(3)
    assert field.states() == "VSS"
    assert field.lane.trucks["T1"].cancelling


# ------------------------------------------------------------ sweep


def a_restarted_truck_in_k1() -> Field:
    """It stands in K1, was cancelled because K2 ahead is suspect, and confirmed that."""
    field = restarted(a_truck_sent_to_k2())
    field.dead.clear()
    field.wait(2.5)
    field.truck(cancelled=True, authority_end="", standing=True)
    field.wait(0.5)
    return field


def test_a_sweep_goes_section_by_section_and_proves_what_it_leaves() -> None:
    field = a_restarted_truck_in_k1()
    assert field.states() == "SSV"
    assert field.act(Act.SWEEP, "T1") == []
    assert ExtendAuthority("T1", "K2-stop") in field.take()
    field.truck(authority_end="K2-stop", cancelled=False)
    leave_k1(field)
    assert field.states() == "VSV"
    field.truck(authority_end="cn-gate", last_node="K1-stop")
    field.occupy("P2-a")
    field.occupy("P2-b")
    field.vacate("P2-a")
    field.vacate("P2-b")
    assert field.states() == "VVO"


def test_a_sweep_stops_before_a_far_end_that_shows_something() -> None:
    field = a_restarted_truck_in_k1()
    field.occupy("P2-a")
    field.act(Act.SWEEP, "T1")
    assert "detector_occupied" in field.why()
    field.dead.add("io-bridge")
    field.say(LinkLost("io-bridge", "unplugged"))
    assert "detector_unknown" in field.why()


def test_a_sweep_does_not_go_where_another_truck_says_it_is() -> None:
    field = a_restarted_truck_in_k1()
    field.truck("T7", last_node="K2-stop")
    field.act(Act.SWEEP, "T1")
    assert "section_claimed" in field.why()


def test_only_one_truck_sweeps_at_a_time() -> None:
    field = a_restarted_truck_in_k1()
    field.act(Act.SWEEP, "T1")
    field.truck("T2", last_node="vn-gate")
    assert field.act(Act.SWEEP, "T2") == ["sweep_not_alone"]


def test_a_sweep_is_refused_for_a_truck_that_cannot_drive() -> None:
    field = a_lane_in_service()
    field.truck("T2", last_node="vn-gate", localised=False)
    assert field.act(Act.SWEEP, "T9") == ["act_target_unknown"]
    assert field.act(Act.SWEEP, "T2") == ["truck_not_localised"]
    field.truck("T2", localised=True, last_node="")
    assert field.act(Act.SWEEP, "T2") == ["sweep_not_placed"]
    field.act(Act.STOP)
    assert "service_in_emergency" in field.act(Act.SWEEP, "T2")


def test_a_sweep_starts_from_the_gate_in_a_closed_lane() -> None:
    field = restarted(a_lane_in_service())
    field.say(UnitRestarted("io-bridge"))
    field.wait(1)
    arrive(field)
    assert "service_closed" in field.why()
    assert field.act(Act.SWEEP, "T1") == []
    assert field.why() == ["boom_not_up"]
    field.boom("vn", Boom.UP)
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    field.truck(authority_end="K2-stop")
    for near, far in (("P1-a", "P1-b"), ("P2-a", "P2-b")):
        field.occupy(near)
        field.occupy(far)
        field.vacate(near)
        field.vacate(far)
        field.truck(authority_end="cn-gate")
    assert field.states() == "VVS"
    field.boom("cn", Boom.UP)
    field.truck(authority_end="cn-clear")
    field.occupy("cn-approach")
    field.occupy("cn-loop", "cn-curtain")
    field.occupy("cn-clear")
    field.vacate("cn-approach")
    field.vacate("cn-loop", "cn-curtain")
    field.vacate("cn-clear")
    assert field.states() == "VVV"
    assert not field.lane.trucks["T1"].sweeping


def test_a_sweep_adopts_a_truck_whose_locks_are_lost_with_the_journal() -> None:
    field = a_started_field(armed_before=True)
    field.truck(last_node="K1-stop")
    field.clear()
    assert field.act(Act.SWEEP, "T1") == []
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}
    assert field.lane.trucks["T1"].authority == "K2-stop"


def test_a_sweep_adopts_a_truck_just_inside_the_entry_gate() -> None:
    field = a_started_field(armed_before=True)
    field.truck(last_node="vn-gate")
    assert field.act(Act.SWEEP, "T1") == []
    assert field.section("K1").entered


def test_a_sweep_cannot_adopt_into_a_section_that_is_anothers_or_vacant() -> None:
    field = a_truck_sent_to_k2()
    field.truck("T2", last_node="K1-stop")
    assert field.act(Act.SWEEP, "T2") == ["section_locked"]
    other = a_lane_in_service()
    other.truck(last_node="vn-gate")
    assert other.act(Act.SWEEP, "T1") == ["sweep_not_placed"]


def test_a_sweeping_truck_that_we_missed_is_found_by_its_own_word() -> None:
    field = a_restarted_truck_in_k1()
    field.act(Act.SWEEP, "T1")
    field.truck(authority_end="K2-stop", cancelled=False)
    field.truck(last_node="K2-stop")
    assert field.section("K2").entered
    assert field.lane.trucks["T1"].authority == "cn-gate"


def test_something_that_follows_a_truck_which_we_missed_makes_its_section_suspect() -> None:
    field = a_restarted_truck_in_k1()
    field.act(Act.SWEEP, "T1")
    field.truck(authority_end="K2-stop", cancelled=False)
    field.truck(last_node="K2-stop")
    field.occupy("P1-a")
    assert field.section("K2").why_suspect == "entered_twice"


def test_no_truck_enters_a_lane_in_commissioning_but_to_sweep() -> None:
    field = a_started_field()
    field.declare()
    arrive(field)
    assert field.why() == ["service_commissioning"]
    assert field.act(Act.SWEEP, "T1") == []
    assert field.why() == ["boom_not_up"]


def test_a_passage_does_not_prove_a_section_in_which_something_else_may_be() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("vn-approach")
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    field.act(Act.SWEEP, "T1")
    leave_k1(field)
    assert field.section("K1").why_suspect == "entered_unlocked"


def test_a_section_swept_past_another_trucks_claim_is_not_proved() -> None:
    field = a_restarted_truck_in_k1()
    field.truck("T7", last_node="K1-stop")
    field.truck("T8", last_node="K1-stop", connection=Connection.OFFLINE)
    field.act(Act.SWEEP, "T1")
    assert not field.section("K1").swept


# ------------------------------------------------------------ declare


def test_nobody_declares_a_section_vacant_alone() -> None:
    field = a_started_field()
    assert field.act(Act.DECLARE, "K1") == ["act_reason_needed", "act_evidence_needed", "act_second_needed"]
    assert field.act(Act.DECLARE, "K1", reason="looked", evidence="photo", by="Lan", second="Lan") == ["act_second_needed"]
    assert field.states() == "SSS"


def test_two_persons_declare_a_section() -> None:
    field = a_started_field()
    assert field.declare("K2") == []
    assert field.states() == "SVS"
    assert field.declare("K9") == ["act_target_unknown"]
    assert field.declare("K2") == ["nothing_to_declare"]


def test_a_section_is_not_declared_against_its_detectors() -> None:
    field = a_started_field()
    field.occupy("P1-a")
    assert field.declare("K1") == ["detector_occupied"]
    field.say(LinkLost("io-bridge", "unplugged"))
    assert field.declare("K1") == ["detector_unknown"] * 2
    assert field.declare() == ["detector_unknown"] * 8


def test_a_section_is_not_declared_while_its_truck_may_be_in_it() -> None:
    field = a_truck_sent_to_k2()
    assert field.declare("K1") == ["declare_truck_inside"]
    assert field.declare("K2") == ["declare_truck_inside"]


def test_a_truck_that_was_towed_away_is_declared_out_of_the_lane() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K2") == ["declare_rear_first"]
    assert field.declare("K1") == []
    assert field.states() == "VVV"
    assert field.locks() == {}
    assert field.lane.trucks["T1"].stopped_by == "declared_away"


def test_a_truck_that_was_towed_from_the_gate_gives_its_way_back() -> None:
    field = a_truck_with_proceed()
    field.vacate("vn-approach")
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K1") == []
    assert field.locks() == {}
    assert field.lane.gates["vn"].passing == ""
    field.take()
    assert field.act(Act.RESET, "vn") == []
    assert SetBoom("vn", BoomMove.DOWN) in field.take()


def test_a_truck_declared_away_needs_a_reset_when_it_comes_back() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.OFFLINE)
    field.declare("K1")
    field.truck(connection=Connection.ONLINE, authority_end="", last_node="vn-gate")
    field.occupy("vn-approach")
    assert "truck_stopped" in field.why()


def test_a_truck_that_stands_in_two_sections_is_declared_out_of_both() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.truck(connection=Connection.BROKEN)
    field.vacate("P1-a")
    assert field.declare("K1") == []
    assert field.locks() == {"K2": "T1", "K3": "T1"}
    assert field.declare("K2") == []
    assert field.locks() == {}


def test_a_truck_that_says_it_is_beyond_the_gate_frees_the_section_it_left_unseen() -> None:
    field = a_truck_sent_to_k2()
    leave_k1(field)
    field.truck(last_node="cn-clear", authority_end="cn-gate", order_done=True, standing=True)
    assert field.declare("K2") == []
    assert field.locks() == {}


def test_an_overlap_that_is_declared_stays_locked() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("cn-loop")
    field.vacate("cn-loop")
    assert field.section("K3").state.value == "SUSPECT"
    field.truck(localised=False)
    assert field.declare("K3") == []
    assert field.locks()["K3"] == "T1"


# ------------------------------------------------------------ back into service from every state


def commissioning() -> Field:
    return a_started_field()


def closed_after_restart() -> Field:
    return restarted(a_lane_in_service(), proved=False)


def emergency_with_trucks() -> Field:
    field = a_truck_sent_to_k2()
    field.act(Act.STOP)
    field.truck(paused=True, standing=True)
    return field


def gate_fault_with_boom_up() -> Field:
    field = a_truck_with_proceed()
    field.boom("vn", Boom.UP, fault="motor hot")
    field.truck(cancelled=True, authority_end="")
    return field


def locked_out() -> Field:
    field = a_truck_in_k1()
    pass_the_gate(field)
    for _ in range(3):
        field.boom("vn", Boom.MOVING, obstructed=True)
        field.boom("vn", Boom.UP)
    field.truck(authority_end="K2-stop", standing=True)
    return field


def watchdogs_tripped() -> Field:
    field = a_lane_in_service()
    for gate in LAYOUT.gates:
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=True, proved=True))
    return field


def everything_lost_power() -> Field:
    field = a_lane_in_service()
    for unit in LAYOUT.units:
        field.say(UnitRestarted(unit.name))
    return field


def broken_truck_in_the_middle() -> Field:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    return field


def order_lost_in_the_middle() -> Field:
    field = a_truck_sent_to_k2()
    field.truck(authority_end="", standing=True)
    return field


def restarted_with_a_truck_in_the_middle() -> Field:
    return restarted(a_truck_sent_to_k2(), proved=False)


def unidentified_truck_at_the_gate() -> Field:
    field = a_truck_at_the_gate()
    field.identify(match=Match.NOT_LISTED)
    return field


def jumped_everywhere() -> Field:
    field = a_lane_in_service()
    field.occupy("P1-b", "P2-b")
    field.vacate("P1-b", "P2-b")
    return field


@pytest.mark.parametrize(
    "state",
    [
        commissioning,
        closed_after_restart,
        emergency_with_trucks,
        gate_fault_with_boom_up,
        locked_out,
        watchdogs_tripped,
        everything_lost_power,
        broken_truck_in_the_middle,
        order_lost_in_the_middle,
        restarted_with_a_truck_in_the_middle,
        unidentified_truck_at_the_gate,
        jumped_everywhere,
    ],
    ids=lambda made: made.__name__,
)
def test_the_lane_comes_back_into_service_by_acts_alone(state: Callable[[], Field]) -> None:
    """The field is mended and the truck towed away; then only persons act."""
    field = state()
    field.occupied.clear()
    field.stuck.clear()
    for name in list(field.trucks):
        field.truck(name, connection=Connection.OFFLINE)
    field.wait(1)
    if field.service() is Service.EMERGENCY_STOP:
        assert field.act(Act.RESET) == []
    for gate in LAYOUT.gates:
        assert field.act(Act.REARM, gate.signal_unit) == []
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True))
    for section in LAYOUT.sections:
        if field.section(section.name).state.value != "VACANT" or field.locks().get(section.name):
            assert field.declare(section.name) == []
    for gate in LAYOUT.gates:
        if field.booms[gate.name] is not Boom.DOWN or field.lane.gates[gate.name].fault:
            assert field.act(Act.RESET, gate.name) == []
            field.boom(gate.name, Boom.MOVING)
            field.boom(gate.name, Boom.DOWN)
    field.wait(1)
    assert field.act(Act.OPEN) == []
    assert (field.states(), field.locks(), field.service()) == ("VVV", {}, Service.OPEN)
    arrive(field, "T9")
    assert field.why("T9") == ["boom_not_up"]


def test_the_first_lane_knows_nothing() -> None:
    assert initial(LAYOUT).service is Service.COMMISSIONING
