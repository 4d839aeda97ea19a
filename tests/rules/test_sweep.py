from collections.abc import Callable

import pytest
from msgspec.structs import replace

from lanectl.model import Act, Boom, Connection, ExtendAuthority, LinkLost, SectionNow, SectionState, UnitRestarted
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_started_field,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    arrive,
    drive_out,
    leave_k1,
    pass_the_gate,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import Field, set_state


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


def test_a_sweep_stops_before_a_far_end_that_is_not_heard_though_the_near_one_is() -> None:
    field = a_restarted_truck_in_k1()
    set_state(field, "K3", SectionState.SUSPECT)
    field.act(Act.SWEEP, "T1")
    field.truck(authority_end="K2-stop", cancelled=False)
    field.dead.add("io-cn")
    field.say(LinkLost("io-cn", "unplugged"))
    field.take()
    leave_k1(field)
    field.truck(last_node="K1-stop")
    assert not [command for command in field.take() if isinstance(command, ExtendAuthority)]
    assert "detector_unknown" in field.why()


def test_a_sweep_does_not_go_where_another_truck_says_it_is() -> None:
    field = a_restarted_truck_in_k1()
    field.truck("T7", last_node="K2-stop")
    field.act(Act.SWEEP, "T1")
    assert "section_claimed" in field.why()


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"last_node": "K2-stop", "connection": Connection.OFFLINE},  # switched off: its last word is of no time
        {"last_node": "K1-stop"},
        {"last_node": "vn-gate"},
        {"last_node": "cn-clear"},
    ],
)
def test_a_sweep_goes_on_past_a_truck_that_says_it_is_elsewhere(elsewhere: dict[str, object]) -> None:
    field = a_restarted_truck_in_k1()
    field.truck("T7", **elsewhere)
    assert field.act(Act.SWEEP, "T1") == []
    assert ExtendAuthority("T1", "K2-stop") in field.take()


def test_a_sweep_does_not_enter_the_first_section_while_another_truck_may_just_have_driven_in() -> None:
    """Who passed the entry gate's node last and does not stand there may be in the section behind it."""
    field = a_lane_in_service()
    set_state(field, "K1", SectionState.SUSPECT)
    field.truck("T2", last_node="vn-gate")
    field.truck("T1", last_node="vn-gate")
    field.occupy("vn-approach")
    field.act(Act.SWEEP, "T1")
    field.identify()
    field.boom("vn", Boom.UP)
    assert not [command for command in field.take() if isinstance(command, ExtendAuthority)]
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


@pytest.mark.parametrize("place", ["", "vn", "K1"])
@pytest.mark.parametrize("node", ["", "yard-7"])
def test_r11_what_stands_before_the_boom_is_not_a_truck_that_says_a_node_of_another_place(node: str, place: str) -> None:
    field = restarted(a_lane_in_service())
    field.truck(last_node=node)
    field.occupy("vn-approach")
    assert field.act(Act.SWEEP, "T1", place=place) == ["sweep_not_placed"]
    assert not field.lane.trucks["T1"].sweeping


def test_no_truck_sweeps_into_a_lane_that_drains() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CLOSE)
    field.truck("T2", last_node="vn-gate")
    field.occupy("vn-approach")
    assert field.act(Act.SWEEP, "T2") == ["service_draining"]


def test_r11_a_truck_is_not_seen_in_a_section_that_is_proved_vacant() -> None:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate")
    assert field.act(Act.SWEEP, "T1", place="K1") == ["sweep_not_placed"]
    assert (field.section("K1").locked_for, field.section("K1").entered) == ("", False)


@pytest.mark.parametrize("shown", ["K1-stop", ""])
def test_r6_a_truck_before_the_boom_that_may_still_drive_on_its_way_keeps_its_locks(shown: str) -> None:
    """Its way was sent, and it shows it or may be about to."""
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.truck(authority_end=shown)
    assert field.lane.trucks["T1"].authority == "K1-stop"
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    assert field.lane.gates["vn"].passing == "T1"


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
    for near, far, node in (("P1-a", "P1-b", "K1-stop"), ("P2-a", "P2-b", "K2-stop")):
        field.truck(last_node=node)
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
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]  # nothing shows on which side of the boom it stands
    assert field.act(Act.SWEEP, "T1", place="K2") == ["sweep_not_placed"]
    assert field.act(Act.SWEEP, "T1", place="K9") == ["act_target_unknown"]
    assert field.act(Act.SWEEP, "T1", place="K1") == []
    assert field.section("K1").entered


def test_a_truck_that_came_round_again_is_not_taken_for_inside() -> None:
    """Its passage out was not seen; K1 is still held for it when it waits at the entry gate again."""
    field = restarted(a_truck_sent_to_k2())
    field.truck(last_node="vn-gate", authority_end="", cancelled=True, standing=True)
    assert field.section("K1").entered
    assert "truck_elsewhere" in field.why()
    field.occupy("vn-approach")
    assert field.lane.trucks["T1"].authority == ""
    assert field.act(Act.SWEEP, "T1") == []
    assert not field.section("K1").entered


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


def test_a_sweep_is_called_off_by_a_reset_and_its_way_into_the_suspect_is_taken_back() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].authority == "K2-stop"
    field.truck("T2", last_node="cn-clear")
    assert field.act(Act.SWEEP, "T2") == ["sweep_not_alone"]
    assert field.act(Act.RESET, "T1") == []
    assert not field.lane.trucks["T1"].sweeping
    assert field.lane.trucks["T1"].cancelling


def test_a_sweep_by_a_truck_that_fell_silent_is_called_off() -> None:
    field = a_restarted_truck_in_k1()
    field.act(Act.SWEEP, "T1")
    field.truck(connection=Connection.BROKEN)
    assert field.act(Act.RESET, "T1") == []
    assert not field.lane.trucks["T1"].sweeping


def test_a_truck_that_stands_over_a_point_is_swept_from_where_it_is_seen() -> None:
    """It was counted into K2 with its front, and is seen in K1."""
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.say(UnitRestarted("io-cn"))
    field.truck(authority_end="", cancelled=True, standing=True)
    assert field.section("K2").entered
    assert field.act(Act.SWEEP, "T1", place="K1") == []
    assert field.lane.trucks["T1"].sweeping


def a_sweep_into_a_section_that_was_vacant_before() -> Field:
    """The exit's detectors are heard one read at a time: enough to sweep on, never enough for K3 to prove itself (R11 a)."""
    field = restarted(a_truck_sent_to_k2())
    field.dead |= {"io-cn", "barrier-cn"}
    field.wait(2.5)
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.act(Act.SWEEP, "T1") == []
    field.detect("io-cn")
    field.truck(authority_end="K2-stop", cancelled=False)
    field.wait(1.5)
    leave_k1(field)
    field.truck(last_node="K1-stop")
    field.detect("io-cn")
    field.truck(authority_end="cn-gate")
    field.wait(0.25)
    assert (field.section("K3").state.value, field.section("K3").vacant_before) == ("SUSPECT", True)
    return field


def test_r11_a_section_that_a_truck_drove_through_unproved_does_not_prove_itself_by_what_was_before() -> None:
    """K3 was not looked at while the truck was in it: what came in behind it may stand there still."""
    field = a_sweep_into_a_section_that_was_vacant_before()
    for detector in ("P2-a", "P2-b"):
        field.occupy(detector)
    for detector in ("P2-a", "P2-b"):
        field.vacate(detector)
    field.truck(last_node="K2-stop")
    field.wait(1.5)
    field.dead.clear()
    field.wait(0.5)
    field.boom("cn", Boom.UP)
    field.truck(authority_end="cn-clear")
    field.occupy("cn-approach")
    field.truck(last_node="cn-gate")
    drive_out(field)
    field.wait(1)
    assert field.states() == "VVS"


@pytest.mark.parametrize("enter", [lambda f: f.truck(last_node="cn-gate"), lambda f: f.occupy("P2-a")], ids=["it says so", "counted in"])
def test_r11_a_truck_that_is_in_a_section_ends_what_was_vacant_before(enter: Callable[[Field], object]) -> None:
    field = a_sweep_into_a_section_that_was_vacant_before()
    enter(field)
    assert (field.section("K3").entered, field.section("K3").vacant_before) == (True, False)


@pytest.mark.parametrize("unseen", [lambda field: field.wait(1.5), restarted], ids=["nothing is heard", "the controller is started anew"])
def test_r11_a_section_that_a_truck_may_have_entered_unseen_does_not_prove_itself_by_what_was_before(
    unseen: Callable[[Field], object],
) -> None:
    """It had a way into K3 while nobody looked, and stands there when its way is taken back."""
    field = a_sweep_into_a_section_that_was_vacant_before()
    field.dead.add("io-bridge")
    unseen(field)
    field.act(Act.CANCEL, "T1")
    field.truck(last_node="K2-stop", authority_end="", cancelled=True, standing=True)
    assert field.lane.trucks["T1"].authority == ""
    field.dead.clear()
    field.wait(2)
    assert field.section("K3").state.value == "SUSPECT"
    assert field.locks()["K3"] == "T1"


def test_r11_what_another_truck_stands_in_is_not_swept_by_this_ones_sweep() -> None:
    field = a_restarted_truck_in_k1()
    field.truck("T2", last_node="K2-stop", localised=True)
    theirs = SectionNow(SectionState.SUSPECT, locked_for="T2", why_suspect="started", entered=True)
    field.lane = replace(field.lane, sections={**field.lane.sections, "K3": theirs})
    assert field.act(Act.SWEEP, "T1") == []
    assert [now.swept for now in field.lane.sections.values()] == [True, False, False], "K2 is only locked for it"


def test_r11_where_two_trucks_may_be_the_one_before_the_boom_a_person_who_sees_it_says_which_sweeps() -> None:
    field = restarted(a_truck_sent_to_k2())
    field.truck(last_node="vn-gate", authority_end="", cancelled=True, standing=True)
    field.occupy("vn-approach")
    field.wait(0.5)
    field.truck("T2", last_node="vn-gate")
    field.wait(2)
    assert field.lane.trucks["T1"].authority == ""
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]
    assert field.act(Act.SWEEP, "T1", place="vn") == []
    assert not field.section("K1").entered


def behind_the_boom() -> Field:
    """It says the gate's node until it comes to K1's."""
    field = a_truck_in_k1()
    pass_the_gate(field)
    return field


@pytest.mark.parametrize(
    ("scene", "place"), [(a_truck_sent_to_k2, ""), (a_truck_sent_to_k2, "K1"), (behind_the_boom, ""), (a_truck_in_k1, "")]
)
def test_a_truck_sweeps_on_from_a_section_that_is_proved_to_hold_it(scene: Callable[[], Field], place: str) -> None:
    field = scene()
    assert field.section("K1").state.value == "OCCUPIED"
    assert field.act(Act.SWEEP, "T1", place=place) == []


def test_a_truck_that_holds_nothing_sweeps_from_the_gate_though_another_says_that_it_stands_there_too() -> None:
    """What it is given leads in through the gate: the plate that is read there says which of the two it is."""
    field = a_lane_in_service()
    field.truck(last_node="vn-gate")
    field.truck("T2", last_node="vn-gate")
    field.occupy("vn-approach")
    assert field.act(Act.SWEEP, "T1") == []
    assert field.why() == ["identity_unread", "consignment_missing"]


def test_r11_a_truck_that_has_left_is_not_adopted_in_the_last_section_though_it_says_the_exit() -> None:
    field = under_the_exit_boom()
    drive_out(field)
    set_state(field, "K3", SectionState.SUSPECT)
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]
    assert not field.section("K3").entered


@pytest.mark.parametrize(("authority", "end"), [("", ""), ("K1-stop", ""), ("", "yard-7")])
def test_r11_a_truck_before_the_boom_gives_back_every_trace_of_it_that_is_in_the_lane_and_nothing_of_others(
    authority: str, end: str
) -> None:
    """It was counted in by mistake. What is held for it holds somebody's trace: suspect, and nobody's."""
    field = a_truck_with_proceed()
    field.occupy("vn-loop", "vn-curtain")
    field.vacate("vn-loop", "vn-curtain")
    field.truck(authority_end="", cancelled=True, standing=True)
    field.wait(3)
    field.act(Act.RESET, "T1")
    field.truck("T2")
    ahead = SectionNow(SectionState.VACANT, locked_for="T1")
    theirs = SectionNow(SectionState.OCCUPIED, locked_for="T2", entered=True)
    truck = replace(field.lane.trucks["T1"], authority=authority, echoed=authority != "")
    field.lane = replace(field.lane, sections={**field.lane.sections, "K2": ahead, "K3": theirs}, trucks={**field.lane.trucks, "T1": truck})
    assert field.lane.gates["vn"].passing == "T1"
    field.truck(authority_end=end)
    assert field.act(Act.SWEEP, "T1") == []
    assert field.section("K1") == SectionNow(SectionState.SUSPECT, why_suspect="jumped")
    assert field.section("K2") == SectionNow(SectionState.VACANT)
    assert field.section("K3") == theirs
    assert (field.lane.gates["vn"].passing, field.lane.trucks["T1"].authority) == ("", "")


def test_r11_a_section_that_a_truck_before_the_boom_was_counted_into_says_why_it_is_suspect() -> None:
    field = a_truck_sent_to_k2()
    set_state(field, "K2", SectionState.SUSPECT)
    field.refresh()
    field.truck(last_node="vn-gate", authority_end="", cancelled=True, standing=True)
    field.occupy("vn-approach")
    assert field.section("K1").state is SectionState.OCCUPIED
    assert field.act(Act.SWEEP, "T1", place="vn") == []
    assert field.section("K1") == SectionNow(SectionState.SUSPECT, why_suspect="jumped")


def test_r11_a_truck_that_is_seen_in_a_section_ends_what_was_vacant_before() -> None:
    field = restarted(a_lane_in_service())
    field.truck(last_node="vn-gate")
    field.refresh()
    assert field.section("K1").vacant_before
    assert field.act(Act.SWEEP, "T1", place="K1") == []
    assert (field.section("K1").entered, field.section("K1").vacant_before) == (True, False)


K2_OF_T7 = {"K2": SectionNow(SectionState.OCCUPIED, locked_for="T7", entered=True)}


@pytest.mark.parametrize(
    ("says", "connection", "authority", "counted", "alone"),
    [
        ("K1-stop", Connection.ONLINE, "", {}, False),
        ("K1-stop", Connection.BROKEN, "", {}, False),
        ("K1-stop", Connection.OFFLINE, "", {}, True),
        ("K2-stop", Connection.ONLINE, "", {}, True),
        ("vn-gate", Connection.ONLINE, "", {}, True),
        ("K1-stop", Connection.ONLINE, "K2-stop", K2_OF_T7, True),
        ("K1-stop", Connection.ONLINE, "cn-clear", {}, True),
    ],
    ids=["says it", "is cut off there", "is switched off", "says another", "is before the gate", "is counted further on", "is out"],
)
def test_r11_a_section_is_swept_only_by_a_truck_that_is_alone_in_it(
    says: str, connection: Connection, authority: str, counted: dict[str, SectionNow], alone: bool
) -> None:
    field = a_restarted_truck_in_k1()
    field.truck("T7", last_node=says)
    field.truck("T7", connection=connection)
    theirs = replace(field.lane.trucks["T7"], authority=authority)
    field.lane = replace(field.lane, sections={**field.lane.sections, **counted}, trucks={**field.lane.trucks, "T7": theirs})
    field.act(Act.SWEEP, "T1")
    assert field.section("K1").swept is alone
