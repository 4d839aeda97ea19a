"""What a passage, a declaration, a reset or a start ends leaves nothing behind: the next truck is judged on what is proved for it alone."""

import pytest
from msgspec.structs import replace

from lanectl.model import (
    Act,
    Aspect,
    Boom,
    BoomMove,
    CancelAuthority,
    Connection,
    GateNow,
    IdentityReported,
    JournalReported,
    Match,
    PauseTruck,
    Reading,
    SectionNow,
    SectionState,
    Started,
    TruckNow,
    UnitNow,
    UnitRestarted,
    WatchdogReported,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    drive_out,
    leave_k1,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import Field

PROVED = SectionNow(SectionState.VACANT)


def way(now: TruckNow) -> tuple[object, ...]:
    return now.authority, now.echoed, now.took, now.cancelling, now.sweeping, now.stopped_by


def by_a_clock_that_began_anew(field: Field) -> Field:
    """The gate's machine was started too: its clock says less than it said before."""
    field.take()
    field.now = 5.0
    field.say(Started(armed_before=True, lane=field.lane))
    field.say(JournalReported(True))
    return field


# ---------------------------------------------------------------- sections


def test_r7_a_section_that_was_left_in_order_keeps_nothing_of_its_truck() -> None:
    field = a_truck_sent_to_k2()
    leave_k1(field)
    assert field.section("K1") == PROVED
    assert field.section("K2") == SectionNow(SectionState.OCCUPIED, locked_for="T1", entered=True)


def test_r11_a_section_that_was_swept_keeps_nothing_of_the_sweep() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    field.truck(authority_end="K2-stop", cancelled=False)
    leave_k1(field)
    assert field.section("K1") == PROVED
    assert field.section("K2").swept


def test_r11_a_section_that_proved_itself_keeps_nothing_of_what_made_it_suspect() -> None:
    field = restarted(a_lane_in_service())
    field.wait(0.5)
    assert set(field.lane.sections.values()) == {PROVED}


def test_r12_a_section_that_was_declared_keeps_nothing_of_before() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    assert field.section("K1").swept
    field.truck(connection=Connection.OFFLINE)
    for name in ("K3", "K2", "K1"):
        field.declare(name)
    assert set(field.lane.sections.values()) == {PROVED}


def test_r11_a_section_that_a_sweep_passed_unseen_is_suspect_and_not_swept() -> None:
    """Its truck was seen again only one section further: what it left behind proves nothing for the next."""
    field = a_restarted_truck_in_k1()
    field.act(Act.SWEEP, "T1")
    field.truck(authority_end="K2-stop", cancelled=False)
    field.truck(last_node="K2-stop", authority_end="cn-gate")
    assert field.section("K2").entered
    for detector in ("P2-a", "P2-b"):
        field.occupy(detector)
    for detector in ("P2-a", "P2-b"):
        field.vacate(detector)
    left = field.section("K1")
    assert (left.state, left.locked_for, left.entered, left.swept) == (SectionState.SUSPECT, "", False, False)


@pytest.mark.parametrize("section", ["K1", "K2"])
def test_d5_what_the_field_contradicts_is_not_swept_and_was_not_vacant(section: str) -> None:
    field = a_lane_in_service()
    was = replace(field.section(section), state=SectionState.SUSPECT, why_suspect="started", vacant_before=True, swept=True)
    field.lane = replace(field.lane, sections={**field.lane.sections, section: was})
    field.occupy("P1-b")
    now = field.section(section)
    assert (now.state, now.why_suspect, now.vacant_before, now.swept) == (SectionState.SUSPECT, "jumped", False, False)


# ---------------------------------------------------------------- trucks


def test_t2_a_truck_that_was_declared_away_has_nothing_left_but_its_stop() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    field.truck(authority_end="K2-stop", cancelled=False)
    field.act(Act.CANCEL, "T1")
    field.truck(connection=Connection.OFFLINE)
    assert field.lane.trucks["T1"].sweeping
    for name in ("K3", "K2", "K1"):
        field.declare(name)
    assert way(field.lane.trucks["T1"]) == ("", False, False, False, False, "declared_away")


def test_r6_a_truck_that_confirmed_its_cancellation_has_no_way_of_ours_left() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.truck(cancelled=True, authority_end="", standing=True)
    assert way(field.lane.trucks["T1"]) == ("", False, False, False, False, "")


@pytest.mark.parametrize(("node", "end"), [("cn-clear", "cn-clear"), ("cn-gate", ""), ("cn-clear", "")])
def test_a_truck_that_is_out_and_says_so_has_no_way_of_ours_left(node: str, end: str) -> None:
    field = under_the_exit_boom()
    drive_out(field)
    field.truck(last_node="cn-gate", authority_end="cn-clear", standing=False)
    assert field.lane.trucks["T1"].authority == "cn-clear"
    field.truck(last_node=node, authority_end=end)
    assert way(field.lane.trucks["T1"]) == ("", False, False, False, False, "")
    assert [gate.passing for gate in field.lane.gates.values()] == ["", ""]


def test_t2_a_truck_that_was_reset_is_told_at_once_and_has_nothing_to_be_reset_any_more() -> None:
    field = a_truck_sent_to_k2()
    field.truck(rejected="no such map", paused=True, standing=True)
    field.wait(2.25)
    field.take()
    assert field.act(Act.RESET, "T1") == []
    now = field.lane.trucks["T1"]
    assert (now.stopped_by, now.forgiven, now.paused_by_us) == ("", "no such map", True)


# ---------------------------------------------------------------- the start (R11, S7)


def test_r11_what_a_start_keeps_of_a_gate_and_what_it_forgets() -> None:
    field = a_truck_with_proceed()
    identity = IdentityReported("vn", Match.MATCHED, "T1", "14C12345", 0.97, "sha")
    was = replace(
        field.lane.gates["cn"],
        fault="motor hot",
        obstructions=2,
        locked_out=True,
        identity=identity,
        identity_at=99.0,
        passing="T1",
        may_lower=True,
        boom=Boom.UP,
        asked=BoomMove.UP,
        shown=Aspect.PROCEED,
        aspect_asked=Aspect.PROCEED,
        reading_plate=True,
        settled=True,
    )
    field.lane = replace(field.lane, gates={**field.lane.gates, "cn": was})
    field.say(Started(armed_before=True, lane=field.lane))
    now = field.lane.gates["cn"]
    kept = GateNow(
        fault="motor hot",
        obstructions=2,
        locked_out=True,
        passing="T1",
        may_lower=True,
    )
    assert replace(now, aspect_sent_at=kept.aspect_sent_at) == kept


def test_s7_a_start_keeps_a_trip_and_forgets_every_proof() -> None:
    field = a_lane_in_service()
    field.say(WatchdogReported("io-vn", armed=True, tripped=True, proved=True))
    field.act(Act.REARM, "io-vn")
    field.say(Started(armed_before=True, lane=field.lane))
    assert field.lane.units["io-vn"] == UnitNow(tripped=True)
    assert field.lane.units["io-cn"] == UnitNow()


def test_s7_a_unit_that_was_powered_up_is_neither_armed_nor_proved() -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-vn"))
    assert (field.lane.units["io-vn"].armed, field.lane.units["io-vn"].proved) == (False, False)


def test_d4_a_start_forgets_every_reading_but_not_that_a_detector_is_distrusted() -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-bridge"))
    field.say(Started(armed_before=True, lane=field.lane))
    assert {now.reading for now in field.lane.detectors.values()} == {Reading.UNKNOWN}
    assert {name for name, now in field.lane.detectors.items() if now.distrusted} == {"P1-a", "P1-b", "P2-a", "P2-b"}


def test_t1_after_a_start_no_truck_is_taken_for_heard() -> None:
    assert "truck_silent" in by_a_clock_that_began_anew(a_truck_sent_to_k2()).why()


def test_t2_after_a_start_a_truck_is_paused_and_cancelled_at_once_again() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    by_a_clock_that_began_anew(field)
    field.truck()
    assert {PauseTruck("T1"), CancelAuthority("T1")} <= set(field.take())


def test_r11_after_a_start_no_truck_sweeps_any_more() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    assert not by_a_clock_that_began_anew(field).lane.trucks["T1"].sweeping


def test_r6_what_a_start_keeps_of_a_truck_and_what_it_forgets() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    kept = replace(
        field.lane.trucks["T1"],
        authority="K1-stop",
        cancelling=True,
        paused_by_us=True,
        stopped_by="e_stop",
        echoed=True,
        took=True,
        forgiven="busy",
        short_of="K2-stop",
    )
    field.lane = replace(field.lane, trucks={"T1": replace(kept, sweeping=True, cancel_at=99.0, pause_at=99.0)})
    by_a_clock_that_began_anew(field)
    never = float("-inf")
    assert field.lane.trucks["T1"] == replace(kept, heard_at=never, cancel_at=never, pause_at=never, authority_at=5.0)


def test_r6_by_a_clock_that_began_anew_a_detector_is_not_awaited_for_what_stood_there_before() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    field.now += 0.2
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.lane.detectors["P1-a"].stood_at == field.now
    by_a_clock_that_began_anew(field)
    assert {now.stood_at for now in field.lane.detectors.values()} == {float("-inf")}
