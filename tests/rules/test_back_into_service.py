"""Each state of docs/degraded-working.md, and the walk back into service that its row promises: by reports and persons' acts alone."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lanectl.interlocking import initial
from lanectl.layout import Layout
from lanectl.model import (
    COUNT_LOST,
    Act,
    Aspect,
    Boom,
    BoomMove,
    Connection,
    Direction,
    ExtendAuthority,
    JournalReported,
    LinkLost,
    Match,
    SectionState,
    Service,
    Sight,
    SightReported,
    UnitRestarted,
    WatchdogReported,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_started_field,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    arrive,
    drive_out,
    pass_the_gate,
    restarted,
    towed_out_forwards,
    under_the_exit_boom,
)
from tests.rules.words import LAYOUT, Field, a_layout_both_ways

DOCUMENT = Path(__file__).parents[2] / "docs" / "degraded-working.md"
Walk = Callable[[Layout], Field]
WALKS: dict[str, Walk] = {}
ONLY_BOTH_WAYS = ("set the other way", "count lost")


def walk(made: Walk) -> Walk:
    """Named as the row is."""
    WALKS[made.__name__.replace("_", " ")] = made
    return made


# ---------------------------------------------------------------- what the walks have in common


def towed_away(field: Field) -> Field:
    """Nothing stands in the lane any more, and no truck says anything."""
    field.occupied.clear()
    field.stuck.clear()
    for name in list(field.trucks):
        field.truck(name, connection=Connection.OFFLINE)
    field.wait(1)
    return field


def proved(field: Field) -> Field:
    """Watchdogs re-armed, every section that is not vacant declared, booms brought down: what a start takes (S7, R12)."""
    for gate in field.layout.gates:
        assert field.act(Act.REARM, gate.signal_unit) == []
        field.say(WatchdogReported(gate.signal_unit, armed=False, tripped=False))
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True))
    for name in reversed(list(field.lane.sections)):  # what is ahead of a truck before what is behind it, as `declare --all` does
        if field.section(name).state is not SectionState.VACANT or field.section(name).locked_for:
            assert field.declare(name) == []
    for gate in field.layout.gates:
        if field.booms[gate.name] is not Boom.DOWN or field.lane.gates[gate.name].fault:
            assert field.act(Act.RESET, gate.name) == []
            field.boom(gate.name, Boom.MOVING)
            field.boom(gate.name, Boom.DOWN)
    field.wait(1)
    return field


def opened(field: Field) -> Field:
    assert field.act(Act.OPEN) == []
    return field


def crossed(field: Field) -> Field:
    """The truck under the exit boom is through it and has said so."""
    drive_out(field)
    field.truck(last_node="cn-clear", authority_end="", standing=True)
    field.boom("cn", Boom.DOWN)
    field.truck(connection=Connection.OFFLINE)
    field.boom("vn", Boom.DOWN)
    return field


# ---------------------------------------------------------------- the lane as a whole


@walk
def commissioning(layout: Layout) -> Field:
    field = a_started_field(layout)
    assert field.service() is Service.COMMISSIONING
    return opened(proved(field))


@walk
def closed(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.act(Act.CLOSE)
    assert field.service() is Service.CLOSED
    return opened(field)


@walk
def draining(layout: Layout) -> Field:
    field = under_the_exit_boom(layout)
    field.act(Act.CLOSE)
    assert field.service() is Service.DRAINING
    crossed(field)
    assert field.service() is Service.CLOSED
    field.wait(1)
    return opened(field)


@walk
def emergency_stop(layout: Layout) -> Field:
    field = a_truck_sent_to_k2(layout)
    field.act(Act.STOP)
    field.truck(paused=True, standing=True)
    towed_away(field)
    assert field.act(Act.OPEN) == ["service_in_emergency"]
    assert field.act(Act.RESET) == []
    assert field.service() is Service.DRAINING
    return opened(proved(field))


@walk
def out_of_service(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.act(Act.CLOSE)
    assert field.act(Act.TAKE_OUT, reason="new loops") == []
    assert field.act(Act.OPEN) == ["service_out"]
    assert field.act(Act.PUT_BACK, reason="done") == []
    assert field.states() == "SSS"
    return opened(proved(field))


@walk
def set_the_other_way(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    assert field.act(Act.TURN, "CN_TO_VN") == []
    field.truck(last_node="vn-gate")
    assert field.locks() == {}
    assert field.act(Act.TURN, "VN_TO_CN") == []
    assert field.lane.direction is Direction.VN_TO_CN
    return towed_away(field)


@walk
def count_lost(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.lane = initial(field.layout)
    field = a_started_field(field.layout, lane=field.lane)
    for name in field.lane.sections:
        assert field.declare(name) == []
    assert field.lane.count == 0
    for detectors in (("cn-approach",), ("cn-loop", "cn-curtain"), ("cn-clear",)):
        field.occupy(*detectors)
    for detectors in (("cn-approach",), ("cn-loop", "cn-curtain"), ("cn-clear",)):
        field.vacate(*detectors)
    assert field.lane.count == COUNT_LOST
    assert "count_unequal" in field.act(Act.TURN, "CN_TO_VN")
    assert field.declare() == []
    assert field.lane.count == 0
    return opened(proved(field))


@walk
def controller_started(layout: Layout) -> Field:
    field = restarted(a_lane_in_service(layout), proved=False)
    assert (field.service(), field.states()) == (Service.CLOSED, "SSS")
    field.wait(1)
    assert field.states() == "VVV"
    return opened(proved(field))


@walk
def controller_started_with_a_truck_inside(layout: Layout) -> Field:
    field = restarted(a_truck_sent_to_k2(layout), proved=False)
    assert field.service() is Service.DRAINING
    return opened(proved(towed_away(field)))


@walk
def journal_not_writable(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.say(JournalReported(False))
    arrive(field)
    assert "journal_not_writable" in field.why()
    field.say(JournalReported(True))
    assert "journal_not_writable" not in field.why()
    return towed_away(field)


# ---------------------------------------------------------------- detectors and sections


@walk
def detector_unknown(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.say(LinkLost("io-bridge", "cable"))
    assert field.reading("P1-a").value == "UNKNOWN"
    field.wait(0.5)
    assert field.states() == "VVV"
    return field


@walk
def detector_silent(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.silence(1.3)
    assert field.states() == "SSS"
    field.wait(1)
    return field


@walk
def detector_powered_up(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.say(UnitRestarted("io-bridge"))
    field.wait(5)
    assert field.states() == "SSS"
    for name in ("K2", "K1", "K3"):
        assert field.declare(name) == []
    field.wait(1)
    return field


@walk
def section_suspect_but_vacant_before(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.silence(1.3)
    assert all(now.vacant_before for now in field.lane.sections.values())
    field.wait(1)
    return field


@walk
def section_suspect(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.occupy("P1-b", "P2-b")
    field.vacate("P1-b", "P2-b")
    field.wait(5)
    assert field.states() == "SSS"
    assert field.declare() == []
    return field


@walk
def point_lost(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.occupy("P1-b")
    assert field.lane.points["P1"].lost
    field.vacate("P1-b")
    assert not field.lane.points["P1"].lost
    assert field.declare() == []
    return field


@walk
def approach_unknown(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.truck(last_node="vn-gate")
    field.say(LinkLost("io-vn", "cable"))
    assert field.act(Act.SWEEP, "T1") == ["detector_unknown"]
    field.wait(1)
    return towed_away(field)


# ---------------------------------------------------------------- gates


@walk
def boom_fault(layout: Layout) -> Field:
    field = a_truck_with_proceed(layout)
    field.boom("vn", Boom.UP, fault="motor hot")
    assert "gate_fault" in field.act(Act.OPEN)
    field.truck(cancelled=True, authority_end="")
    return opened(proved(towed_away(field)))


@walk
def boom_proved_nowhere(layout: Layout) -> Field:
    field = a_truck_at_the_gate(layout)
    field.boom("vn", Boom.UNKNOWN)
    field.wait(9)
    assert field.lane.gates["vn"].fault == "not_up_in_time"
    towed_away(field)
    assert field.act(Act.RESET, "vn") == []
    field.boom("vn", Boom.DOWN)
    return field


@walk
def boom_met_something(layout: Layout) -> Field:
    field = crossed(under_the_exit_boom(layout))
    field.boom("cn", Boom.UP)
    assert field.act(Act.RESET, "cn") == []
    field.boom("cn", Boom.MOVING, obstructed=True)
    field.boom("cn", Boom.UP)
    field.boom("cn", Boom.MOVING)
    field.boom("cn", Boom.DOWN)
    assert field.lane.gates["cn"].obstructions == 0
    return opened(proved(field))


@walk
def boom_locked_out(layout: Layout) -> Field:
    field = a_truck_in_k1(layout)
    pass_the_gate(field)
    for _ in range(3):
        field.boom("vn", Boom.MOVING, obstructed=True)
        field.boom("vn", Boom.UP)
    assert field.lane.gates["vn"].locked_out
    field.truck(authority_end="K2-stop", standing=True)
    towed_away(field)
    assert field.declare("K1") == []
    return proved(field)


@walk
def gate_worked_by_hand(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.boom("vn", Boom.UP, local=True)
    assert field.act(Act.RESET, "vn") == ["gate_local"]
    field.boom("vn", Boom.DOWN, local=True)
    field.boom("vn", Boom.DOWN)
    return field


@walk
def lamp_failed_the_first(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.lamp("vn", Aspect.STOP, failed=True)
    arrive(field)
    assert "lamp_failed" in field.why()
    assert field.service() is Service.OPEN
    field.lamp("vn", Aspect.STOP)
    return towed_away(field)


@walk
def lamp_failed_the_second(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    for gate in ("vn", "cn"):
        field.lamp(gate, Aspect.STOP, failed=True)
    assert field.service() is Service.CLOSED
    assert "lamp_failed" in field.act(Act.OPEN)
    for gate in ("vn", "cn"):
        field.lamp(gate, Aspect.STOP)
    return opened(field)


@walk
def signal_unproved(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.lamp("vn", Aspect.UNKNOWN)
    arrive(field)
    assert "signal_unproved" in field.why()
    field.lamp("vn", Aspect.STOP)
    assert field.locks()
    return towed_away(field)


@walk
def proceed_not_shown_in_time(layout: Layout) -> Field:
    field = a_truck_at_the_gate(layout)
    field.stuck.add("vn")
    field.boom("vn", Boom.UP)
    field.wait(2)
    assert field.lane.gates["vn"].fault == "proceed_unproved"
    field.truck(cancelled=True, authority_end="")
    return opened(proved(towed_away(field)))


@walk
def proceed_of_nobody_at_the_other_gate(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.stuck.add("cn")
    field.lamp("cn", Aspect.PROCEED)
    arrive(field)
    assert "conflicting_proceed" in field.why()
    field.stuck.clear()
    field.lamp("cn", Aspect.STOP)
    assert "conflicting_proceed" not in field.why()
    return towed_away(field)


@walk
def watchdog_tripped(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    for gate in layout.gates:
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=True, proved=True))
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True))
        assert field.lane.units[gate.signal_unit].tripped
    return proved(field)


@walk
def link_lost(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    for unit in ("barrier-vn", "io-cn"):
        field.say(LinkLost(unit, "cable"))
    assert "unit_lost" in field.act(Act.OPEN)
    field.wait(0.5)
    return field


# ---------------------------------------------------------------- trucks


@walk
def truck_silent(layout: Layout) -> Field:
    field = a_truck_sent_to_k2(layout)
    field.dead.add("T1")
    field.wait(5)
    assert "truck_silent" in field.why()
    field.dead.clear()
    return opened(proved(towed_away(field)))


@walk
def truck_broken(layout: Layout) -> Field:
    field = a_truck_sent_to_k2(layout)
    field.truck(connection=Connection.BROKEN)
    assert field.locks()
    field.occupied.clear()
    field.wait(1)
    return opened(proved(field))


@walk
def truck_e_stop(layout: Layout) -> Field:
    field = under_the_exit_boom(layout)
    field.truck(e_stop=True, standing=True)
    assert field.act(Act.RESET, "T1") == ["truck_e_stop"]
    field.truck(e_stop=False, paused=True)
    assert field.act(Act.RESET, "T1") == []
    field.truck(paused=False, standing=False)
    return proved(crossed(field))


@walk
def truck_lost_its_order(layout: Layout) -> Field:
    field = a_truck_sent_to_k2(layout)
    field.truck(authority_end="", standing=True)
    assert field.lane.trucks["T1"].stopped_by == "order_lost"
    field.wait(3)
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].stopped_by == ""
    return opened(proved(towed_away(field)))


@walk
def truck_follows_another_order(layout: Layout) -> Field:
    field = a_lane_in_service(layout)
    field.truck(last_node="vn-gate", authority_end="K2-stop", standing=True)
    assert field.lane.trucks["T1"].stopped_by == "foreign_order"
    field.truck(authority_end="", cancelled=True, paused=True)
    assert field.act(Act.RESET, "T1") == []
    return towed_away(field)


@walk
def truck_refuses_its_order(layout: Layout) -> Field:
    field = a_truck_at_the_gate(layout)
    field.boom("vn", Boom.UP)
    field.truck(rejected="noRoute", authority_end="", standing=True)
    assert "truck_rejected" in field.why()
    field.vacate("vn-approach")
    field.wait(3)
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].authority == ""
    field.truck(rejected="", connection=Connection.OFFLINE)
    return opened(proved(towed_away(field)))


@walk
def truck_being_cancelled(layout: Layout) -> Field:
    field = a_truck_with_proceed(layout)
    field.act(Act.CLOSE)
    assert field.lane.trucks["T1"].cancelling
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.locks() == {}
    return opened(proved(towed_away(field)))


@walk
def truck_paused_by_a_person(layout: Layout) -> Field:
    field = under_the_exit_boom(layout)
    assert field.act(Act.PAUSE, "T1") == []
    field.truck(paused=True, standing=True)
    assert field.act(Act.RESUME, "T1") == []
    field.truck(paused=False, standing=False)
    return proved(crossed(field))


@walk
def truck_cancelled_by_a_person(layout: Layout) -> Field:
    field = under_the_exit_boom(layout)
    assert field.act(Act.CANCEL, "T1") == []
    field.truck(cancelled=True, authority_end="", standing=True, paused=True)
    field.take()
    assert (field.locks(), field.act(Act.SWEEP, "T1")) == ({"K3": "T1"}, ["truck_stopped"])
    assert field.act(Act.RESUME, "T1") == []
    field.truck(cancelled=False, paused=False)
    assert ExtendAuthority("T1", "cn-clear") in field.take()
    field.truck(authority_end="cn-clear", standing=False)
    return proved(crossed(field))


@walk
def truck_declared_away(layout: Layout) -> Field:
    field = a_truck_sent_to_k2(layout)
    field.truck(connection=Connection.BROKEN)
    field.occupied.clear()
    field.wait(1)
    assert field.declare("K1") == []
    field.truck(connection=Connection.ONLINE, last_node="vn-gate", authority_end="", standing=True, paused=True)
    assert "truck_stopped" in field.act(Act.SWEEP, "T1")
    assert field.act(Act.RESET, "T1") == []
    return opened(proved(towed_away(field)))


@walk
def truck_left_and_never_said_so(layout: Layout) -> Field:
    field = under_the_exit_boom(layout)
    drive_out(field)
    field.truck(connection=Connection.BROKEN)
    assert field.lane.trucks["T1"].authority == "cn-clear"
    assert field.act(Act.RESET, "T1") == []
    field.boom("vn", Boom.DOWN)
    field.boom("cn", Boom.DOWN)
    return towed_away(field)


@walk
def truck_towed_off_forwards(layout: Layout) -> Field:
    field = a_truck_standing_in_k2(layout)
    field.truck(connection=Connection.BROKEN)
    towed_out_forwards(field)
    field.wait(1)
    assert field.act(Act.CLOSE) == []
    assert field.service() is Service.DRAINING
    assert field.act(Act.RESET, "T1") == []
    assert field.service() is Service.CLOSED
    return opened(towed_away(field))


@walk
def truck_says_it_is_elsewhere(layout: Layout) -> Field:
    field = restarted(a_truck_sent_to_k2(layout))
    field.truck(last_node="vn-gate", authority_end="", cancelled=True, standing=True)
    assert "truck_elsewhere" in field.why()
    field.wait(0.5)
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]
    assert field.act(Act.SWEEP, "T1", place="K1") == []
    assert "truck_elsewhere" not in field.why()
    return opened(proved(towed_away(field)))


@walk
def truck_jumped_back(layout: Layout) -> Field:
    field = a_truck_standing_in_k2(layout)
    field.truck(last_node="vn-gate", standing=True)
    assert field.lane.trucks["T1"].stopped_by == "place_jumped"
    assert field.act(Act.RESET, "T1") == ["truck_elsewhere"]
    field.truck(last_node="K1-stop", authority_end="", cancelled=True, paused=True)
    assert field.act(Act.RESET, "T1") == []
    return opened(proved(towed_away(field)))


@walk
def plate_not_known(layout: Layout) -> Field:
    field = a_truck_at_the_gate(layout)
    field.identify(match=Match.NOT_LISTED)
    assert "identity_not_listed" in field.why()
    assert field.locks() == {}
    return proved(towed_away(field))


@walk
def rear_or_container_not_read(layout: Layout) -> Field:
    """A person reads the plate at the rear; the truck goes in, and another one is read there again."""
    field = a_truck_at_the_gate(replace(layout, rear_plate_needed=True))
    field.say(SightReported("vn", Sight.REAR, "", 0.4, "sha"))
    assert "sight_unreadable" in field.why()
    assert field.locks() == {}
    assert field.act(Act.CONFIRM, "vn", reason="mud", evidence="sha", truck="T1", sight=Sight.REAR, text="14C12345") == []
    assert field.why() == ["boom_not_up"]
    return proved(towed_away(field))


# ---------------------------------------------------------------- each row has its walk


@pytest.mark.parametrize("state", [state for state in WALKS if state not in ONLY_BOTH_WAYS])
def test_the_lane_comes_back_into_service(state: str) -> None:
    comes_back(WALKS[state](LAYOUT))


@pytest.mark.parametrize("state", WALKS)
def test_a_lane_worked_both_ways_comes_back_into_service(state: str) -> None:
    """And can be turned."""
    field = WALKS[state](a_layout_both_ways())
    field.wait(1)
    for gate, now in field.lane.gates.items():
        if now.asked is BoomMove.UP:  # for the truck that was towed away
            field.boom(gate, Boom.UP)
            assert field.act(Act.RESET, gate) == []
            field.boom(gate, Boom.MOVING)
            field.boom(gate, Boom.DOWN)
    for direction in ("CN_TO_VN", "VN_TO_CN"):
        assert field.act(Act.TURN, direction) == []
    comes_back(field)


def comes_back(field: Field) -> None:
    field.wait(1)
    assert (field.states(), field.locks(), field.service()) == ("VVV", {}, Service.OPEN)
    arrive(field, "T9")
    if field.layout.rear_plate_needed:
        field.say(SightReported("vn", Sight.REAR, "14C12345", 0.9, "sha"))
    assert field.why("T9") == ["boom_not_up"]


def test_each_row_of_degraded_working_has_a_walk_of_its_name() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\*", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == list(WALKS)


def test_the_first_lane_knows_nothing() -> None:
    assert initial(LAYOUT).service is Service.COMMISSIONING
