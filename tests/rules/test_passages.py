"""What proves a passage and what does not: each reading by its age, each group by all its detectors, each truck alone."""

import pytest
from msgspec.structs import replace

from lanectl.model import (
    Act,
    Aspect,
    Boom,
    BoomMove,
    BoomReported,
    Connection,
    DetectorsReported,
    LinkLost,
    PointNow,
    Reading,
    SectionState,
    SetBoom,
    SignalReported,
    UnitRestarted,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_before_the_exit,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    arrive,
    drive_out,
    leave_k1,
    pass_the_gate,
)
from tests.rules.words import Field, a_layout, a_layout_both_ways


def say(field: Field, unit: str, **changed: Reading) -> None:
    """All that the unit's detectors show, but for these."""
    names = field.layout.index.detectors_of[unit]
    shown = {name: Reading.OCCUPIED if name in field.occupied else Reading.VACANT for name in names}
    readings = shown | {name.replace("_", "-"): reading for name, reading in changed.items()}
    field.say(DetectorsReported(unit, field.now, tuple(readings.items())))


# ---------------------------------------------------------------- readings


def test_d1_a_late_answer_counts_no_longer_than_from_when_it_was_asked_for() -> None:
    field = a_lane_in_service()
    field.now += 0.5
    asked_at = field.now - 0.4
    field.say(DetectorsReported("io-bridge", asked_at, (("P1-a", Reading.VACANT),)))
    field.say(BoomReported("vn", Boom.DOWN, asked_at, False, "", False))
    field.say(SignalReported("vn", field.shown["vn"], asked_at, False))
    field.silence(0.19)
    gate = field.lane.gates["vn"]
    assert (field.reading("P1-a").value, gate.boom.value, gate.shown.value) == ("VACANT", "DOWN", "STOP")
    field.silence(0.02)
    gate = field.lane.gates["vn"]
    assert (field.reading("P1-a").value, gate.boom.value, gate.shown.value) == ("UNKNOWN", "UNKNOWN", "UNKNOWN")


def test_d4_a_detector_that_was_powered_up_and_saw_a_truck_come_is_not_trusted_when_it_did_not_see_it_go() -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-bridge"))
    field.occupy("P1-a")
    field.detect("io-bridge")
    field.say(LinkLost("io-bridge", "cable"))
    field.now += 0.1
    field.vacate("P1-a")
    assert field.reading("P1-a").value == "UNKNOWN"


# ---------------------------------------------------------------- the groups of a point


@pytest.mark.parametrize("unheard", ["vn_loop", "vn_curtain"])
def test_d6_a_truck_has_not_left_the_boom_while_one_of_the_two_technologies_does_not_say_so(unheard: str) -> None:
    field = a_truck_in_k1()
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.occupied -= {"vn-loop", "vn-curtain"}
    say(field, "io-vn", **{unheard: Reading.UNKNOWN})
    assert field.lane.points["P0"].tail == 1
    assert (field.lane.gates["vn"].passing, field.lane.gates["vn"].may_lower) == ("T1", False)


def test_d5_a_group_that_is_not_heard_was_not_left() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.occupy("P1-b")
    field.occupied -= {"P1-a", "P1-b"}
    say(field, "io-bridge", P1_a=Reading.UNKNOWN, P1_b=Reading.UNKNOWN)
    assert field.states() == "OOV"
    field.now += 0.1
    field.detect("io-bridge")
    assert field.states() == "VOV"


def test_d5_an_entry_that_lost_count_counts_again_from_the_truck_that_waits_before_its_boom() -> None:
    field = a_lane_in_service()
    field.occupy("vn-clear")
    field.occupy("vn-approach")
    assert field.lane.points["P0"].lost
    field.vacate("vn-clear")
    assert field.lane.points["P0"] == PointNow(head=1)


def test_d5_what_vanished_under_a_boom_is_not_driven_through_by_what_walks_behind_it() -> None:
    """The truck rolled back unseen: whoever passes the last detector does not prove that it came through (B6, B8)."""
    field = a_truck_in_k1()
    field.vacate("vn-approach", "vn-loop", "vn-curtain")
    assert field.section("K1").why_suspect == "jumped"
    field.occupy("vn-clear")
    field.vacate("vn-clear")
    assert (field.lane.gates["vn"].passing, field.lane.gates["vn"].may_lower) == ("T1", False)


def test_d5_what_follows_under_a_boom_before_the_first_is_clear_of_it_makes_the_section_suspect() -> None:
    field = a_truck_in_k1()
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.vacate("vn-loop", "vn-curtain")
    field.occupy("vn-loop")
    assert (field.section("K1").state, field.lane.points["P0"].lost) == (SectionState.SUSPECT, True)


def test_d5_an_entry_that_counts_again_with_nothing_before_its_boom_counts_from_there() -> None:
    """What comes under the boom from aside was not seen to wait before it."""
    field = a_lane_in_service()
    field.occupy("vn-clear")
    field.vacate("vn-clear")
    assert field.declare() == []
    field.occupy("vn-loop", "vn-curtain")
    assert field.section("K1").why_suspect == "jumped"


# ---------------------------------------------------------------- whose passage it is


def test_r3_a_truck_that_rolls_on_into_its_overlap_entered_it_without_a_way() -> None:
    """The overlap is locked for it, but no authority leads there."""
    field = a_truck_with_proceed()
    field.act(Act.PAUSE, "T1")
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    assert field.lane.trucks["T1"].authority == "K1-stop"
    field.occupy("P1-a")
    assert (field.section("K2").state, field.section("K2").why_suspect) == (SectionState.SUSPECT, "entered_unlocked")


def test_b6_a_truck_that_drives_out_without_a_way_is_out_of_the_lane_and_the_boom_comes_down_behind_it() -> None:
    """Somebody worked the boom by hand."""
    field = a_truck_before_the_exit()
    field.boom("cn", Boom.MOVING, local=True)
    field.boom("cn", Boom.UP, local=True)
    field.act(Act.PAUSE, "T1")
    field.boom("cn", Boom.UP)
    assert field.lane.gates["cn"].passing == ""
    field.take()
    field.occupy("cn-approach")
    drive_out(field)
    assert field.states() == "VVV"
    assert field.locks() == {}
    assert SetBoom("cn", BoomMove.DOWN) in field.take()


def test_r5_what_passes_the_far_end_of_a_section_that_its_truck_has_not_reached_takes_no_lock_from_it() -> None:
    field = a_truck_sent_to_k2()
    for detector in ("P2-a", "P2-b"):
        field.occupy(detector)
    for detector in ("P2-a", "P2-b"):
        field.vacate(detector)
    assert field.section("K1").state is SectionState.OCCUPIED
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}


def test_d5_what_is_seen_at_the_far_end_of_a_section_that_its_truck_has_not_reached_makes_it_suspect() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P2-a")
    assert (field.section("K2").state, field.section("K2").why_suspect) == (SectionState.SUSPECT, "appeared")
    assert field.section("K2").locked_for == "T1"


def test_r7_a_lock_behind_its_rear_is_given_back_also_where_the_truck_was_never_counted() -> None:
    field = a_truck_sent_to_k2()
    leave_k1(field)
    left = replace(field.section("K1"), state=SectionState.SUSPECT, locked_for="T1")
    field.lane = replace(field.lane, sections={**field.lane.sections, "K1": left})
    for detectors in ({"P2-a"}, {"P2-a", "P2-b"}, {"P2-b"}, set[str]()):
        field.occupied = detectors
        field.detect("io-bridge")
    assert field.locks() == {"K3": "T1"}
    assert field.section("K1").state is SectionState.SUSPECT


def test_d5_what_comes_in_behind_a_truck_whose_rear_nobody_saw_leave_the_gate_is_not_that_truck() -> None:
    """The gate is still its own, but two persons found the first section vacant."""
    field = a_truck_in_k1()
    field.vacate("vn-approach", "vn-loop", "vn-curtain")
    field.occupy("P1-a")
    field.occupy("P1-b")
    field.vacate("P1-b")
    field.vacate("P1-a")
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K1") == []
    assert (field.lane.gates["vn"].passing, field.section("K1").locked_for) == ("T1", "")
    field.occupy("vn-approach")
    field.occupy("vn-loop", "vn-curtain")
    assert field.section("K1").why_suspect == "entered_unlocked"
    pass_the_gate(field)
    assert field.lane.gates["vn"].passing == "T1"


def two_trucks_in_the_lane() -> Field:
    """T1 is in K4 and leaves K3 behind it, T2 is sent into K1."""
    field = a_truck_sent_to_k2(a_layout(6))
    for number in (1, 2, 3):
        field.truck(authority_end=field.lane.trucks["T1"].authority, last_node=f"K{number}-stop")
        for group in "ab":
            field.occupy(f"P{number}-{group}")
        if number < 3:
            for group in "ab":
                field.vacate(f"P{number}-{group}")
    field.boom("vn", Boom.DOWN)
    arrive(field, "T2")
    field.boom("vn", Boom.UP)
    assert field.lane.trucks["T2"].authority == "K1-stop"
    return field


def test_r7_a_truck_gives_back_what_lies_behind_its_own_rear_and_nothing_of_the_truck_behind_it() -> None:
    field = two_trucks_in_the_lane()
    for group in "ab":
        field.vacate(f"P3-{group}")
    assert field.locks() == {"K1": "T2", "K2": "T2", "K4": "T1", "K5": "T1", "K6": "T1"}


def test_b8_a_passage_further_on_does_not_end_the_way_of_the_next_truck_through_the_entry_gate() -> None:
    field = two_trucks_in_the_lane()
    for group in "ab":
        field.vacate(f"P3-{group}")
    assert field.lane.gates["vn"].passing == "T2"


def test_b8_a_truck_that_is_declared_away_further_on_does_not_end_the_way_of_the_next_through_the_entry_gate() -> None:
    field = two_trucks_in_the_lane()
    for group in "ab":
        field.vacate(f"P3-{group}")
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K4") == []
    assert field.lane.trucks["T1"].stopped_by == "declared_away"
    assert field.lane.gates["vn"].passing == "T2"


def test_r7_what_a_swept_truck_left_unseen_is_given_back_and_proves_nothing() -> None:
    """Its unit started anew under it: nobody saw it leave K1."""
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.truck(last_node="K1-stop")
    field.say(UnitRestarted("io-bridge"))
    field.truck(authority_end="K2-stop")
    field.occupied -= {"P1-a"}
    field.now += 0.1
    field.refresh()
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.act(Act.SWEEP, "T1", place="K2") == []
    assert field.section("K2").swept
    for detector in ("P2-a", "P2-b"):
        field.occupy(detector)
    for detector in ("P2-a", "P2-b"):
        field.vacate(detector)
    assert (field.section("K1").state, field.section("K1").locked_for) == (SectionState.SUSPECT, "")


@pytest.mark.parametrize("silent", [("P1_a", "P1_b"), ("P1_a",), ("P1_b",)])
def test_d2_a_swept_section_whose_near_end_is_silent_is_not_vacant_before_that_is_seen_again(silent: tuple[str, ...]) -> None:
    unheard = dict.fromkeys(silent, Reading.UNKNOWN)
    field = a_truck_sent_to_k2()
    leave_k1(field)
    field.truck(last_node="K1-stop", authority_end="cn-gate")
    field.dead.add("io-bridge")  # but for P2, that is
    for _ in range(8):
        field.now += 0.25
        field.refresh()
        say(field, "io-bridge", **unheard)
    assert field.section("K2").why_suspect == "detector_silent"
    assert field.act(Act.SWEEP, "T1", place="K2") == []
    assert field.section("K2").swept
    for occupied in ({"P2-a"}, {"P2-a", "P2-b"}, {"P2-b"}, set[str]()):
        field.occupied = occupied
        say(field, "io-bridge", **unheard)
    assert (field.section("K2").state, field.section("K2").locked_for) == (SectionState.SUSPECT, "")
    field.dead.clear()
    field.wait(0.5)
    assert field.states() == "VVO"


# ---------------------------------------------------------------- the count (R8)


def test_r8_a_truck_that_leaves_does_not_begin_the_count_anew() -> None:
    """Something came in behind it and was declared away while it was inside: it may have driven off with it, or never have been there."""
    field = a_truck_sent_to_k2(a_layout_both_ways())
    field.occupy("vn-approach")
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    leave_k1(field)
    assert field.declare("K1") == []
    assert field.lane.count == 2
    for detectors in ({"P2-a"}, {"P2-a", "P2-b"}, {"P2-b"}, set[str]()):
        field.occupied = detectors
        field.detect("io-bridge")
    field.occupy("cn-approach")
    drive_out(field)
    assert (field.states(), field.locks()) == ("VVV", {})
    assert field.lane.count == 1


@pytest.mark.parametrize(("sees", "unheard"), [("vn-loop", "vn-curtain"), ("vn-curtain", "vn-loop")])
def test_d6_a_truck_that_one_of_two_technologies_sees_is_counted_in_though_the_other_is_not_heard(sees: str, unheard: str) -> None:
    field = a_truck_with_proceed()
    field.say(DetectorsReported("io-vn", field.now + 0.01, ((sees, Reading.OCCUPIED), (unheard, Reading.UNKNOWN))))
    assert (field.section("K1").state, field.section("K1").entered) == (SectionState.OCCUPIED, True)
    assert field.lane.gates["vn"].aspect_asked is Aspect.STOP
