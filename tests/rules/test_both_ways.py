"""One lane, worked in one direction at a time: turned only when it is proved empty, and then every rule reads the other way round."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from lanectl.interlocking import step
from lanectl.layout import Layout, LayoutError
from lanectl.model import (
    COUNT_LOST,
    Act,
    Aspect,
    Authority,
    Boom,
    ClearanceReported,
    Connection,
    DetectorsReported,
    Direction,
    ExtendAuthority,
    JournalReported,
    LinkLost,
    Reading,
    ReadPlate,
    Service,
    SetBoom,
    Sight,
    SightReported,
    SignalReported,
    Standing,
    Started,
    UnitRestarted,
)
from tests.rules import scenes
from tests.rules.mirror import Mirror
from tests.rules.plant import Plant
from tests.rules.scenes import a_lane_in_service, a_truck_with_proceed, arrive, drive_through, restarted
from tests.rules.words import Field, a_layout, a_layout_both_ways

BOTH = a_layout_both_ways()
BACK = Direction.CN_TO_VN


def turned() -> Field:
    field = a_lane_in_service(BOTH)
    assert field.act(Act.TURN, BACK.value) == []
    return field


# ---------------------------------------------------------------- the mirror


@pytest.mark.parametrize(
    "scene",
    [scenes.a_truck_at_the_gate, scenes.a_truck_with_proceed, scenes.a_truck_in_k1],
    ids=lambda scene: scene.__name__,
)
def test_the_other_way_round_everything_is_the_same_but_the_names(mirror: Mirror, scene: Callable[[Layout], Field]) -> None:
    field = scene(BOTH)
    field.wait(3)
    field.occupy("P2-a")
    field.say(LinkLost("io-bridge", "cable"))
    field.wait(2)
    field.act(Act.STOP)
    field.act(Act.RESET)
    restarted(field)
    field.wait(2)
    field.declare()
    assert mirror.steps > 50


def test_a_sweep_and_what_contradicts_it_are_the_same_the_other_way_round(mirror: Mirror) -> None:
    field = scenes.a_restarted_truck_in_k1(BOTH)
    assert field.act(Act.SWEEP, "T1") == []
    field.truck(authority_end="K2-stop", cancelled=False)
    field.truck("T7", last_node="K2-stop")
    assert field.lane.trucks["T1"].cancelling
    field.truck(authority_end="", cancelled=True)
    field.truck("T7", last_node="cn-gate")
    assert field.states() == "SSS"
    field.truck(authority_end="K2-stop", cancelled=False)
    scenes.leave_k1(field)
    field.say(UnitRestarted("io-bridge"))
    field.truck(connection=Connection.BROKEN)
    field.declare("K2")
    assert mirror.steps > 50


def test_what_is_seen_at_the_gate_and_what_a_person_mends_is_the_same_the_other_way_round(mirror: Mirror) -> None:
    field = scenes.a_truck_at_the_gate(BOTH)
    field.say(SightReported("vn", Sight.REAR, "14C12345", 0.9, "sha"))
    assert field.lane.gates["vn"].sights != ()
    field = scenes.a_truck_in_k1(BOTH)
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))
    field.truck(standing=True, rejected="no such node", authority_end="K1-stop")
    field.wait(2.25)
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].authority == "K1-stop"
    field = scenes.a_truck_before_the_exit(BOTH)
    field.truck(last_node="vn-gate", standing=True)
    assert field.act(Act.RESET, "T1") == ["truck_elsewhere"]
    assert mirror.steps > 50


def test_whole_crossings_are_the_same_the_other_way_round(mirror: Mirror) -> None:
    plant = Plant(a_lane_in_service(BOTH), ["T1"])
    plant.run(240, until=1)
    assert plant.crossed == ["T1"]
    assert plant.lane.lane.count == 0
    assert mirror.steps > 500


def test_it_makes_no_difference_which_direction_is_listed() -> None:
    field = a_truck_with_proceed(BOTH)
    assert BOTH.mirrored is not None
    assert BOTH.mirrored.mirrored is BOTH
    for report in (SignalReported("vn", Aspect.STOP, field.now), LinkLost("io-vn", "cable")):
        assert step(BOTH, field.lane, field.now, report) == step(BOTH.mirrored, field.lane, field.now, report)


# ---------------------------------------------------------------- the turn


def test_an_empty_lane_is_turned_and_a_truck_enters_from_the_other_end() -> None:
    field = turned()
    assert field.lane.direction is BACK
    assert list(field.lane.sections) == ["K3", "K2", "K1"]
    field.clear()
    field.truck(last_node="cn-wait")
    field.occupy("cn-clear")
    assert field.take()[-1] == ReadPlate("cn", True)
    field.identify(gate="cn")
    assert field.locks() == {"K3": "T1", "K2": "T1"}
    field.boom("cn", Boom.UP)
    assert ExtendAuthority("T1", "K3-back") in field.take()


def test_a_truck_that_waits_before_the_old_entry_gets_nothing_and_keeps_the_lane_from_being_turned() -> None:
    field = a_lane_in_service(BOTH)
    field.act(Act.CLOSE)
    arrive(field)
    assert set(field.act(Act.TURN, BACK.value)) == {"detector_occupied", "point_not_clear"}
    field.vacate("vn-approach")
    assert field.act(Act.TURN, BACK.value) == []
    field.act(Act.OPEN)
    field.occupy("vn-approach")
    assert field.locks() == {}
    assert field.why("T1") == []


def test_what_was_read_at_the_old_entry_ends_with_the_turn() -> None:
    field = a_lane_in_service(BOTH)
    field.occupy("vn-approach")
    field.identify("T1")
    field.vacate("vn-approach")
    field.act(Act.TURN, BACK.value)
    assert field.lane.gates["vn"].identity is None
    assert not field.lane.gates["vn"].reading_plate


def test_a_truck_that_was_to_sweep_does_not_once_the_lane_is_turned() -> None:
    field = a_lane_in_service(BOTH)
    field.truck("T0")
    field.truck(last_node="vn-gate")
    trucks = {**field.lane.trucks, "T1": structs.replace(field.lane.trucks["T1"], sweeping=True)}
    field.lane = structs.replace(field.lane, trucks=trucks)
    assert field.act(Act.TURN, BACK.value) == []
    assert not field.lane.trucks["T1"].sweeping


def test_b6_what_a_person_asked_of_a_boom_before_the_turn_lowers_none_after_it() -> None:
    """The barrier was not heard when the lane was closed."""
    field = a_lane_in_service(BOTH)
    field.say(LinkLost("barrier-cn", "cable"))
    field.act(Act.CLOSE)
    field.boom("cn", Boom.DOWN)
    assert field.act(Act.TURN, BACK.value) == []
    field.take()
    field.dead.add("barrier-cn")
    field.wait(1)
    assert field.lane.gates["cn"].boom is Boom.UNKNOWN
    assert not [command for command in field.take() if isinstance(command, SetBoom)]


def spoil(change: Callable[[Field], object]) -> Callable[[], Field]:
    def made() -> Field:
        field = a_lane_in_service(BOTH)
        change(field)
        return field

    return made


@pytest.mark.parametrize(
    ("made", "codes"),
    [
        (spoil(lambda f: f.act(Act.STOP)), {"service_in_emergency"}),
        (spoil(lambda f: (f.act(Act.CLOSE), f.act(Act.TAKE_OUT, reason="paint"))), {"service_out"}),
        (spoil(lambda f: f.say(JournalReported(False))), {"journal_not_writable"}),
        (spoil(lambda f: (f.occupy("P1-b"), f.vacate("P1-b"))), {"section_suspect"}),
        (spoil(lambda f: (f.occupy("P1-a"), f.wait(1))), {"section_suspect", "detector_occupied", "point_not_clear"}),
        (spoil(arrive), {"section_locked", "boom_not_down", "detector_occupied", "point_not_clear"}),
        (spoil(lambda f: f.boom("cn", Boom.UNKNOWN)), {"boom_not_down"}),
        (spoil(lambda f: f.lamp("cn", Aspect.UNKNOWN)), {"stop_unproved"}),
        (spoil(lambda f: f.boom("cn", Boom.DOWN, local=True)), {"gate_local"}),
        (spoil(lambda f: f.occupy("cn-clear")), {"section_suspect", "detector_occupied", "point_not_clear"}),
        (spoil(lambda f: f.say(LinkLost("io-bridge", "cable"))), {"detector_unknown"}),
        (spoil(lambda f: f.say(DetectorsReported("io-cn", f.now, (("cn-curtain", Reading.UNKNOWN),)))), {"detector_unknown"}),
        (spoil(lambda f: setattr(f, "lane", structs.replace(f.lane, count=1))), {"count_unequal"}),
        (spoil(lambda f: setattr(f, "lane", structs.replace(f.lane, count=COUNT_LOST))), {"count_unequal"}),
        (spoil(lambda f: f.truck("T9", last_node="vn-gate", authority_end="K1-stop")), {"truck_has_way"}),
    ],
)
def test_the_lane_is_not_turned_while_anything_is_not_proved(made: Callable[[], Field], codes: set[str]) -> None:
    field = made()
    assert set(field.act(Act.TURN, BACK.value)) == codes
    assert field.lane.direction is Direction.VN_TO_CN


def test_no_lane_is_turned_to_where_it_stands_nor_to_nowhere() -> None:
    field = a_lane_in_service(BOTH)
    assert field.act(Act.TURN, "VN_TO_CN") == ["nothing_to_turn"]
    assert field.act(Act.TURN, "UPHILL") == ["act_target_unknown"]
    assert a_lane_in_service().act(Act.TURN, BACK.value) == ["turn_one_way"]


def test_no_lane_is_turned_while_a_truck_is_in_it_or_may_still_come() -> None:
    field = a_truck_with_proceed(BOTH)
    assert {"truck_has_way", "section_locked", "gate_taken"} <= set(field.act(Act.TURN, BACK.value))
    drive_through(field)
    assert field.lane.count == 0
    assert "truck_has_way" in field.act(Act.TURN, BACK.value)
    field.truck(last_node="cn-clear", authority_end="", standing=True)
    for gate in ("vn", "cn"):
        field.boom(gate, Boom.DOWN)
        field.lamp(gate, Aspect.STOP)
    assert field.act(Act.TURN, BACK.value) == []


def test_a_truck_that_says_it_stands_in_the_lane_the_other_way_round_makes_its_section_suspect() -> None:
    field = turned()
    field.truck(last_node="K2-stop")
    assert field.section("K2").state.value == "SUSPECT"


def test_a_truck_that_shows_a_released_way_of_the_other_direction_is_stopped() -> None:
    field = turned()
    field.truck(last_node="vn-gate", authority_end="K1-stop", standing=False)
    assert field.lane.trucks["T1"].stopped_by == "foreign_order"


# ---------------------------------------------------------------- count in, count out (R8)


def test_a_count_that_cannot_be_stays_lost_until_the_whole_lane_is_declared_vacant() -> None:
    field = a_lane_in_service(BOTH)
    assert field.declare() == ["nothing_to_declare"]
    field.occupy("cn-approach")
    field.occupy("cn-loop", "cn-curtain")
    field.occupy("cn-clear")
    for detectors in (("cn-approach",), ("cn-loop", "cn-curtain"), ("cn-clear",)):
        field.vacate(*detectors)
    assert field.lane.count == COUNT_LOST
    field.lane = structs.replace(
        field.lane, sections={name: structs.replace(now, state=scenes.VACANT) for name, now in field.lane.sections.items()}
    )
    assert field.act(Act.TURN, BACK.value) == ["count_unequal"]
    assert field.declare() == []
    assert field.act(Act.TURN, BACK.value) == []


def test_a_truck_that_sweeps_the_whole_lane_begins_the_count_anew() -> None:
    field = a_lane_in_service(BOTH)
    field.lane = structs.replace(field.lane, count=COUNT_LOST)
    arrive(field)
    assert field.act(Act.SWEEP, "T1") == []
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop")
    drive_through(field)
    assert field.lane.count == 0


# ---------------------------------------------------------------- restart, conflict, shape


def test_the_direction_survives_a_restart() -> None:
    field = restarted(turned())
    assert field.lane.direction is BACK
    assert list(field.lane.sections) == ["K3", "K2", "K1"]
    assert "never_proved" not in {now.why_suspect for now in field.lane.sections.values()}


def test_a_one_way_lane_takes_up_no_journal_of_the_other_direction() -> None:
    other = structs.replace(turned().lane, sections=dict(reversed(list(turned().lane.sections.items()))))
    field = Field(a_layout())
    field.say(Started(armed_before=True, lane=other))
    assert field.lane.direction is Direction.VN_TO_CN
    assert {now.why_suspect for now in field.lane.sections.values()} == {"never_proved"}


@pytest.mark.parametrize("node", ["K9-stop", "K2-back"])
def test_a_journal_with_a_way_to_nowhere_is_not_taken_up(node: str) -> None:
    field = a_truck_with_proceed(BOTH)
    field.truck("T2")
    trucks = {**field.lane.trucks, "T2": structs.replace(field.lane.trucks["T2"], authority=node)}
    other = Field(BOTH)
    other.say(Started(armed_before=True, lane=structs.replace(field.lane, trucks=trucks)))
    assert other.lane.trucks == {}


def test_a_lane_that_is_set_against_its_only_way_gives_nothing() -> None:
    field = a_lane_in_service()
    field.lane = structs.replace(field.lane, direction=BACK)
    arrive(field)
    assert "direction_not_ours" in field.why()


def test_no_proceed_is_shown_or_given_against_a_proceed_of_nobody_at_the_other_gate() -> None:
    field = a_truck_with_proceed(BOTH)
    assert field.shown["vn"] is Aspect.PROCEED
    field.stuck.add("cn")
    field.lamp("cn", Aspect.PROCEED)
    assert field.lane.gates["vn"].aspect_asked is Aspect.STOP
    assert field.lane.trucks["T1"].cancelling
    waits = a_lane_in_service(BOTH)
    waits.stuck.add("cn")
    waits.lamp("cn", Aspect.PROCEED)
    arrive(waits)
    assert "conflicting_proceed" in waits.why()
    assert waits.locks() == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sections": a_layout().sections}, "section K1: a lane worked both ways needs its stop place"),
        ({"gates": a_layout().gates}, "gate vn: a lane worked both ways needs its stop place"),
        ({"places_beyond_back": 0}, "places_beyond_back"),
        ({"sections": tuple(replace(s, node_back=f"{s.name}-back") for s in BOTH.sections)}, "its node back is K1-back"),
        ({"sections": tuple(replace(s, node_back="vn-exit") for s in BOTH.sections)}, "node vn-exit is described twice"),
    ],
)
def test_a_lane_worked_both_ways_is_described_both_ways(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(LayoutError, match=words):
        replace(BOTH, **changes)


def test_a_truck_out_of_reach_is_let_go_before_the_turn_by_a_person() -> None:
    field = a_truck_with_proceed(BOTH)
    drive_through(field)
    for gate in ("vn", "cn"):
        field.boom(gate, Boom.DOWN)
        field.lamp(gate, Aspect.STOP)
    field.truck(connection=Connection.BROKEN)
    assert field.act(Act.TURN, BACK.value) == ["truck_has_way"]
    assert field.act(Act.RESET, "T1") == []
    assert field.act(Act.TURN, BACK.value) == []
    assert field.service() is Service.OPEN
