"""Conditions of a way that another one nearly always hides: each alone, with all the others fulfilled (R2–R4, S1, S2, D6)."""

import pytest
from msgspec.structs import replace

from lanectl.layout import Layout
from lanectl.model import (
    Act,
    Aspect,
    Authority,
    Boom,
    BoomMove,
    CancelAuthority,
    ClearanceReported,
    Connection,
    DetectorsReported,
    ExtendAuthority,
    PauseTruck,
    Reading,
    SectionNow,
    SectionState,
    SetAspect,
    SetBoom,
    Standing,
    TruckMode,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_started_field,
    a_truck_before_the_exit,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    arrive,
    pass_the_gate,
    restarted,
)
from tests.rules.words import LAYOUT, Field, a_layout

UNKNOWN, OCCUPIED, VACANT = Reading.UNKNOWN, Reading.OCCUPIED, Reading.VACANT


def show(field: Field, unit: str, **changed: Reading) -> None:
    """All that the unit's detectors show, but for these."""
    names = field.layout.index.detectors_of[unit]
    shown = {name: OCCUPIED if name in field.occupied else VACANT for name in names}
    readings = shown | {name.replace("_", "-"): reading for name, reading in changed.items()}
    field.say(DetectorsReported(unit, field.now, tuple(readings.items())))


# ---------------------------------------------------------------- the truck


@pytest.mark.parametrize("mode", [mode for mode in TruckMode if mode is not TruckMode.AUTOMATIC])
def test_r3_only_a_truck_in_automatic_gets_a_way(mode: TruckMode) -> None:
    field = a_lane_in_service()
    field.truck(mode=mode)
    arrive(field)
    assert field.why() == ["truck_not_automatic"]


# ---------------------------------------------------------------- PROCEED, while it is shown


@pytest.mark.parametrize(
    ("overlap", "code"),
    [
        ({"state": SectionState.SUSPECT}, "section_suspect"),
        ({"state": SectionState.OCCUPIED}, "section_occupied"),
        ({"locked_for": "T9"}, "section_locked"),
    ],
)
def test_s2_proceed_and_the_way_go_with_the_overlap(overlap: dict[str, object], code: str) -> None:
    field = a_truck_with_proceed()
    field.lane = replace(field.lane, sections={**field.lane.sections, "K2": replace(field.section("K2"), **overlap)})  # type: ignore[arg-type]
    field.refresh()
    taken = field.take()
    assert SetAspect("vn", Aspect.STOP) in taken
    assert CancelAuthority("T1") in taken


def test_s2_proceed_goes_when_the_approach_is_not_seen_any_more() -> None:
    field = a_truck_with_proceed()
    show(field, "io-vn", vn_approach=UNKNOWN)
    assert SetAspect("vn", Aspect.STOP) in field.take()


def test_s2_a_truck_whose_way_was_taken_back_is_shown_no_proceed_though_the_gate_is_still_its_own() -> None:
    """What stood against it is over, but the gate is not seen to be free: nothing can be given."""
    field = a_truck_with_proceed()
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))
    show(field, "io-vn", vn_curtain=UNKNOWN)
    field.truck(cancelled=True, authority_end="")
    assert (field.lane.trucks["T1"].authority, field.lane.gates["vn"].passing) == ("", "T1")
    field.truck(cancelled=False)
    field.take()
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.CLEARED))
    assert set(field.why()) == {"detector_unknown", "gate_not_vacant"}
    assert field.take() == []
    show(field, "io-vn")
    assert ExtendAuthority("T1", "K1-stop") in field.take()
    assert field.lane.gates["vn"].aspect_asked is Aspect.PROCEED


def test_s2_a_proceed_that_is_not_shown_in_time_is_asked_back_in_that_very_step() -> None:
    field = a_truck_with_proceed()
    field.stuck.add("vn")
    field.lamp("vn", Aspect.STOP)
    field.wait(0.75)
    field.take()
    field.silence(0.25)
    assert field.lane.gates["vn"].fault == "proceed_unproved"
    assert field.take() == [SetAspect("vn", Aspect.STOP)]


def test_d2_a_detector_ahead_that_is_not_heard_for_a_moment_takes_no_way_back() -> None:
    field = a_truck_with_proceed()
    field.dead.add("io-bridge")
    field.wait(1)
    assert field.reading("P1-a").value == "UNKNOWN"
    assert field.take() == []
    field.wait(0.25)
    assert SetAspect("vn", Aspect.STOP) in field.take()


@pytest.mark.parametrize("detector", ["vn-loop", "vn-curtain", "vn-clear"])
def test_d2_a_detector_behind_the_boom_that_is_not_heard_for_a_moment_takes_no_way_back(detector: str) -> None:
    field = a_truck_with_proceed()
    seen = dict.fromkeys(field.layout.index.detectors_of["io-vn"], Reading.VACANT) | {"vn-approach": Reading.OCCUPIED}
    field.say(DetectorsReported("io-vn", field.now, tuple((seen | {detector: Reading.UNKNOWN}).items())))
    assert field.reading(detector) is Reading.UNKNOWN
    assert field.take() == []


# ---------------------------------------------------------------- the exit gate


@pytest.mark.parametrize("detector", ["cn_loop", "cn_curtain", "cn_clear"])
def test_r3_a_truck_on_the_exit_approach_gets_no_way_under_a_boom_that_is_not_seen_to_be_free(detector: str) -> None:
    field = a_truck_before_the_exit()
    field.occupy("cn-approach")
    show(field, "io-cn", **{detector: UNKNOWN})
    field.boom("cn", Boom.UP)
    assert field.why() == ["gate_not_vacant"]
    show(field, "io-cn")
    assert ExtendAuthority("T1", "cn-clear") in field.take()


def test_d5_a_truck_gets_no_way_over_an_exit_that_lost_count() -> None:
    field = a_truck_before_the_exit()
    field.occupy("cn-clear")
    field.occupy("cn-approach")
    field.vacate("cn-clear")
    assert field.lane.points["P3"].lost
    assert field.why() == ["gate_not_vacant"]
    field.boom("cn", Boom.UP)
    assert field.lane.trucks["T1"].authority == "cn-gate"


@pytest.mark.parametrize("connection", [Connection.ONLINE, Connection.BROKEN])
def test_r3_a_truck_that_stands_behind_the_exit_takes_a_place_whether_it_is_heard_or_not(connection: Connection) -> None:
    field = a_lane_in_service(a_layout(places_beyond=1))
    field.truck("T9", last_node="cn-clear", connection=connection)
    arrive(field)
    assert field.why() == ["no_room_beyond"]
    field.truck("T9", connection=Connection.OFFLINE)
    assert field.why() == ["boom_not_up"]


def test_r3_a_truck_that_still_drives_out_takes_a_place_too() -> None:
    """A third came to the yard behind the exit by another road."""
    field = a_truck_before_the_exit(a_layout(places_beyond=2))
    field.truck("T8", last_node="cn-clear")
    field.truck("T9")
    ahead = replace(field.lane.trucks["T9"], authority="cn-clear", echoed=True)
    field.lane = replace(field.lane, trucks={**field.lane.trucks, "T9": ahead})
    field.truck("T9", authority_end="cn-clear")
    field.truck()
    assert field.why() == ["no_room_beyond"]
    field.truck("T8", last_node="", connection=Connection.OFFLINE)
    assert field.why() == ["boom_not_up"]


# ---------------------------------------------------------------- two trucks


def two_trucks_at_both_gates() -> Field:
    """T1 stands before the exit gate with PROCEED, T2 before the entry gate."""
    field = a_truck_sent_to_k2(a_layout(4))
    for number in (1, 2, 3):
        field.truck(authority_end=field.lane.trucks["T1"].authority, last_node=f"K{number}-stop")
        for act in (field.occupy, field.vacate):
            for group in "ab":
                act(f"P{number}-{group}")
    field.boom("vn", Boom.DOWN)
    field.truck(authority_end="cn-gate")
    field.boom("cn", Boom.UP)
    field.truck(authority_end="cn-clear")
    field.lamp("cn", Aspect.PROCEED)
    arrive(field, "T2")
    return field


def test_s1_proceed_out_of_the_lane_and_into_it_is_for_two_trucks_one_behind_the_other() -> None:
    field = two_trucks_at_both_gates()
    field.boom("vn", Boom.UP)
    assert field.lane.trucks["T2"].authority == "K1-stop"
    assert {name: gate.aspect_asked for name, gate in field.lane.gates.items()} == {"vn": Aspect.PROCEED, "cn": Aspect.PROCEED}


def test_r5_the_way_of_a_truck_behind_does_not_hang_on_the_gate_that_the_first_leaves_through() -> None:
    field = two_trucks_at_both_gates()
    field.boom("vn", Boom.UP)
    field.truck("T2", authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    assert CancelAuthority("T2") not in field.take()


def test_s2_proceed_out_of_the_lane_stays_though_another_trucks_front_is_under_the_entry_boom() -> None:
    field = two_trucks_at_both_gates()
    field.boom("vn", Boom.UP)
    field.truck("T2", authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    assert {name: gate.aspect_asked for name, gate in field.lane.gates.items()} == {"vn": Aspect.STOP, "cn": Aspect.PROCEED}


def test_t3_an_emergency_stop_pauses_every_truck_that_is_in_the_lane_or_has_a_way() -> None:
    field = two_trucks_at_both_gates()
    field.truck("T0", last_node="")
    field.boom("vn", Boom.UP)
    assert field.lane.trucks["T2"].authority == "K1-stop"
    field.take()
    field.act(Act.STOP)
    assert [c.truck for c in field.take() if isinstance(c, PauseTruck)] == ["T1", "T2"]


def test_t2_a_truck_is_paused_though_others_that_nothing_is_asked_of_are_named_before_it() -> None:
    field = a_lane_in_service()
    field.truck("A1")
    arrive(field)
    field.act(Act.PAUSE, "T1")
    assert PauseTruck("T1") in field.take()


# ---------------------------------------------------------------- a sweep


def a_sweep_before_k2(layout: Layout = LAYOUT) -> Field:
    """T1 stands in K1; K1 and K2 are suspect."""
    field = a_restarted_truck_in_k1(layout)
    assert field.states()[:2] == "SS"
    return field


@pytest.mark.parametrize("detector", ["P1_a", "P1_b"])
def test_r11_a_sweep_goes_into_no_section_whose_near_end_is_not_heard(detector: str) -> None:
    field = a_sweep_before_k2()
    show(field, "io-bridge", **{detector: UNKNOWN})
    field.act(Act.SWEEP, "T1")
    assert field.why() == ["detector_unknown"]
    show(field, "io-bridge")
    assert field.lane.trucks["T1"].authority == "K2-stop"


@pytest.mark.parametrize("connection", [Connection.ONLINE, Connection.BROKEN])
def test_r11_a_sweep_goes_into_no_section_that_another_truck_says_it_is_in(connection: Connection) -> None:
    field = a_sweep_before_k2()
    field.truck("T2", last_node="K2-stop", connection=connection)
    field.act(Act.SWEEP, "T1")
    assert field.why() == ["section_claimed"]
    field.truck("T2", connection=Connection.OFFLINE)
    assert field.lane.trucks["T1"].authority == "K2-stop"


def test_r11_a_sweep_goes_into_a_vacant_section_only_when_all_that_bounds_it_is_heard() -> None:
    field = a_sweep_before_k2()
    show(field, "io-cn", cn_clear=UNKNOWN)
    field.act(Act.SWEEP, "T1")
    assert field.why() == ["detector_unknown"], "of K3, the overlap"
    show(field, "io-cn")
    assert field.lane.trucks["T1"].authority == "K2-stop"


@pytest.mark.parametrize("detector", ["vn-loop", "vn-curtain", "vn-clear"])
def test_r11_a_sweep_goes_under_no_entry_boom_where_something_stands(detector: str) -> None:
    field = a_started_field()
    arrive(field)
    field.occupy(detector)
    field.identify()
    assert field.act(Act.SWEEP, "T1") == []
    assert "detector_occupied" in field.why()
    assert SetBoom("vn", BoomMove.UP) not in field.take()


def test_r11_an_old_word_of_a_truck_that_was_counted_further_on_stops_no_sweep() -> None:
    """It may stand there for long, and nobody would be brought off behind it."""
    field = a_sweep_before_k2(a_layout(4))
    field.lane = replace(field.lane, sections={**field.lane.sections, "K4": SectionNow(SectionState.OCCUPIED, "T7", entered=True)})
    field.truck("T7", last_node="K2-stop", connection=Connection.BROKEN)
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].authority == "K2-stop"


def test_r11_an_old_word_of_a_truck_that_has_left_stops_no_sweep() -> None:
    field = a_sweep_before_k2()
    field.truck("T7")
    left = replace(field.lane.trucks["T7"], authority="cn-clear", echoed=True)
    field.lane = replace(field.lane, trucks={**field.lane.trucks, "T7": left})
    field.truck("T7", last_node="K2-stop", authority_end="cn-clear", connection=Connection.BROKEN)
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].authority == "K2-stop"


def test_r11_a_truck_that_sweeps_the_last_section_is_not_yet_what_stands_under_the_exit_boom() -> None:
    field = restarted(a_truck_before_the_exit())
    field.wait(0.5)
    assert field.lane.trucks["T1"].report.last_node == "K2-stop"
    field.occupy("cn-loop")
    assert field.act(Act.SWEEP, "T1") == []
    assert field.why() == ["detector_occupied"]


def test_r11_a_section_that_a_sweep_has_a_way_into_does_not_prove_itself() -> None:
    field = a_truck_with_proceed()
    field.act(Act.PAUSE, "T1")
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    field.truck(last_node="K1-stop", standing=True)
    restarted(field)
    field.refresh()
    assert field.section("K2").vacant_before
    assert field.act(Act.RESUME, "T1") == []
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].authority == "K2-stop"
    field.wait(1)
    assert field.states() == "SSV"


def test_r3_a_sweep_goes_into_no_section_that_is_occupied() -> None:
    field = a_sweep_before_k2()
    field.lane = replace(field.lane, sections={**field.lane.sections, "K2": SectionNow(SectionState.OCCUPIED)})
    field.act(Act.SWEEP, "T1")
    assert field.why() == ["section_occupied"]


def test_r3_a_truck_that_sweeps_and_says_that_it_is_far_from_where_it_was_counted_gets_nothing() -> None:
    field = a_sweep_before_k2()
    assert field.act(Act.SWEEP, "T1") == []
    field.truck(last_node="cn-gate")
    assert "truck_elsewhere" in field.why()


def test_r3_a_truck_halted_under_the_exit_boom_goes_on_though_it_has_not_said_the_last_node_yet() -> None:
    """What is under the boom is that truck: it came there in order, whatever it said last."""
    field = a_truck_before_the_exit()
    field.boom("cn", Boom.UP)
    field.truck(authority_end="cn-clear")
    field.occupy("cn-approach")
    field.occupy("cn-loop", "cn-curtain")
    assert field.act(Act.CANCEL, "T1") == []
    field.truck(cancelled=True, authority_end="", standing=True, paused=True)
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].report.last_node) == ("", "K2-stop")
    field.take()
    assert field.act(Act.RESUME, "T1") == []
    field.truck(paused=False, cancelled=False)
    assert ExtendAuthority("T1", "cn-clear") in field.take()
