from collections.abc import Callable
from dataclasses import replace

import pytest

from lanectl.model import Act, DetectorsReported, LinkLost, Reading, SectionState, UnitRestarted, WatchdogReported
from tests.rules.scenes import a_lane_in_service, a_truck_in_k1, a_truck_sent_to_k2, leave_k1, restarted
from tests.rules.words import LAYOUT, Field

VACANT, OCCUPIED, SUSPECT = SectionState.VACANT, SectionState.OCCUPIED, SectionState.SUSPECT


def test_a_reading_is_unknown_when_it_is_older_than_its_limit() -> None:
    field = a_lane_in_service()
    field.silence(0.59)
    assert field.reading("P1-a").value == "VACANT"
    field.silence(0.02)
    assert field.reading("P1-a").value == "UNKNOWN"


def test_a_reading_ages_from_when_it_was_asked_for() -> None:
    field = a_lane_in_service()
    field.now += 0.7
    field.say(DetectorsReported("io-bridge", field.now - 0.6, (("P1-a", Reading.VACANT),)))
    assert field.reading("P1-a").value == "UNKNOWN"


def test_an_older_answer_never_replaces_a_newer_one() -> None:
    field = a_lane_in_service()
    field.now += 0.2
    field.occupy("P1-a")
    field.say(DetectorsReported("io-bridge", field.now - 0.1, (("P1-a", Reading.VACANT),)))
    assert field.reading("P1-a").value == "OCCUPIED"


def test_an_input_that_is_no_detector_of_this_lane_says_nothing() -> None:
    field = a_lane_in_service()
    field.say(DetectorsReported("io-bridge", field.now, (("spare", Reading.OCCUPIED),)))
    assert "spare" not in field.lane.detectors


def test_a_lost_unit_makes_all_it_said_unknown() -> None:
    field = a_lane_in_service()
    field.say(LinkLost("io-bridge", "no answer"))
    assert {field.lane.detectors[d].reading for d in ("P1-a", "P1-b", "P2-a", "P2-b")} == {Reading.UNKNOWN}


def test_a_detector_may_say_itself_that_it_does_not_know() -> None:
    field = a_lane_in_service()
    field.now += 0.1
    field.say(DetectorsReported("io-bridge", field.now, (("P1-a", Reading.UNKNOWN),)))
    field.now += 0.1
    field.say(DetectorsReported("io-bridge", field.now, (("P1-a", Reading.UNKNOWN),)))
    assert field.reading("P1-a").value == "UNKNOWN"


def test_a_section_is_occupied_from_count_in_until_the_passage_out_of_it_is_complete() -> None:
    field = a_truck_sent_to_k2()
    assert field.states() == "OVV"
    field.occupy("P1-a")
    assert field.states() == "OOV"
    field.occupy("P1-b")
    field.vacate("P1-a")
    assert field.states() == "OOV"
    field.vacate("P1-b")
    assert field.states() == "VOV"


def test_a_short_gap_does_not_break_a_passage() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.say(LinkLost("io-bridge", "no answer"))
    field.silence(1.0)
    field.occupy("P1-b")
    field.vacate("P1-a")
    field.vacate("P1-b")
    assert field.states() == "VOV"


def test_a_truck_that_reached_two_groups_in_a_short_gap_is_counted() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a", "P1-b")
    assert field.states() == "OOV"


def test_a_long_gap_makes_both_sides_suspect() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.dead.add("io-bridge")
    field.wait(1.25)
    assert field.states() == "SSS"
    assert field.section("K2").why_suspect == "detector_silent"


def test_after_a_long_gap_a_passage_proves_nothing_without_a_sweep() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a", "P1-b")
    field.dead.add("io-bridge")
    field.wait(2)
    field.dead.clear()
    field.vacate("P1-a")
    field.vacate("P1-b")
    assert field.section("K1").state is SUSPECT
    assert field.section("K1").locked_for == ""


def test_what_was_vacant_and_nobodys_is_proved_again_after_a_gap() -> None:
    field = a_lane_in_service()
    field.dead.add("io-bridge")
    field.wait(5)
    assert field.states() == "SSS"
    field.dead.clear()
    field.detect("io-bridge")
    assert field.states() == "SSS"
    field.now += 0.1
    field.refresh()
    assert field.states() == "VVV"


@pytest.mark.parametrize("jumps", [("P1-b",), ("P1-a", "P1-b")])
def test_a_detector_reached_out_of_order_makes_both_sides_suspect(jumps: tuple[str, ...]) -> None:
    field = a_lane_in_service()
    field.occupy(*reversed(jumps[-1:]))
    for detector in jumps[:-1]:
        field.occupy(detector)
    assert field.states() == "SSV"
    assert field.section("K1").why_suspect == "jumped"


def test_a_detector_left_out_of_order_makes_both_sides_suspect() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.occupy("P1-b")
    field.vacate("P1-b")
    assert field.states() == "SSV"
    assert field.lane.points["P1"].lost


def test_a_truck_that_vanishes_from_a_detector_makes_both_sides_suspect() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.vacate("P1-a")
    assert field.states() == "SSV"


def test_a_truck_that_rolls_back_makes_both_sides_suspect() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    field.occupy("P1-b")
    field.vacate("P1-a")
    field.occupy("P1-a")
    assert field.states() == "SSV"


def test_a_lost_point_counts_again_when_it_is_wholly_vacant() -> None:
    field = a_lane_in_service()
    field.occupy("P1-b")
    field.occupy("P1-a")
    assert field.lane.points["P1"].lost
    field.vacate("P1-a", "P1-b")
    assert not field.lane.points["P1"].lost


def test_a_truck_that_backs_off_before_the_gate_was_never_in_the_lane() -> None:
    field = a_lane_in_service()
    field.occupy("vn-approach")
    field.vacate("vn-approach")
    assert field.states() == "VVV"


def test_a_follower_may_stand_before_the_boom_while_the_first_truck_leaves_it() -> None:
    field = a_truck_in_k1()
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.occupy("vn-approach")
    field.vacate("vn-loop", "vn-curtain")
    field.vacate("vn-clear")
    assert field.states() == "OVV"
    assert (field.lane.points["P0"].head, field.lane.points["P0"].tail) == (1, 0)
    assert field.lane.gates["vn"].passing == ""


def test_something_that_enters_without_a_lock_makes_the_section_suspect() -> None:
    field = a_lane_in_service()
    field.occupy("vn-approach")
    field.occupy("vn-loop", "vn-curtain")
    assert field.section("K1").why_suspect == "entered_unlocked"


def test_a_truck_that_enters_before_it_has_authority_makes_the_section_suspect() -> None:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.occupy("vn-loop", "vn-curtain")
    assert field.section("K1").state is SUSPECT


def test_a_second_thing_that_follows_into_an_occupied_section_makes_it_suspect() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("vn-approach")
    field.occupy("vn-loop", "vn-curtain")
    assert field.section("K1").state is SUSPECT
    leave_k1(field)
    assert field.section("K1").state is SUSPECT


def test_a_second_count_in_of_a_locked_section_makes_it_suspect() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P1-a")
    assert field.section("K2").state is OCCUPIED
    field.occupy("P1-b")
    field.vacate("P1-a")
    field.vacate("P1-b")
    assert field.lane.points["P1"].head == 0
    field.occupy("P1-a")
    assert field.section("K2").state is SUSPECT
    assert field.section("K1").state is SUSPECT


def test_something_seen_at_the_far_end_of_a_vacant_section_makes_it_suspect() -> None:
    field = a_lane_in_service()
    field.occupy("cn-approach")
    assert field.section("K3").why_suspect == "appeared"
    field.occupy("cn-loop", "cn-curtain")
    field.occupy("cn-clear")
    field.vacate("cn-approach")
    field.vacate("cn-loop", "cn-curtain")
    field.vacate("cn-clear")
    assert field.section("K3").state is SUSPECT


def test_both_technologies_must_be_vacant_under_the_boom() -> None:
    field = a_truck_in_k1()
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.vacate("vn-loop")
    assert field.lane.points["P0"].tail == 1
    field.vacate("vn-curtain")
    assert field.lane.points["P0"].tail == 2


def test_after_power_up_a_detector_is_unknown_until_it_saw_a_truck_come_and_go() -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-bridge"))
    field.wait(1)
    assert field.states() == "SSS"
    assert field.section("K1").why_suspect == "unit_restarted"
    assert field.reading("P1-a").value == "UNKNOWN"
    field.occupy("P1-a")
    assert field.reading("P1-a").value == "OCCUPIED"
    field.vacate("P1-a")
    assert field.reading("P1-a").value == "VACANT"


def test_power_up_is_not_proved_by_vacant_readings() -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-bridge"))
    field.wait(5)
    assert field.states() == "SSS"


def test_two_persons_vouch_for_a_section_and_its_detectors_after_power_up() -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-bridge"))
    field.wait(1)
    assert field.declare() == []
    field.wait(0.5)
    assert field.states() == "VVV"
    assert all(field.lane.detectors[d].reading is Reading.VACANT for unit in LAYOUT.units for d in unit.detectors)


def test_a_declared_section_does_not_vouch_for_the_detector_at_a_suspect_neighbour() -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-bridge"))
    field.wait(1)
    assert field.declare("K1") == []
    assert field.lane.detectors["P1-a"].distrusted
    assert field.declare("K2") == []
    assert not field.lane.detectors["P1-a"].distrusted


def test_d4_a_detector_that_is_silent_since_its_power_up_is_vouched_for_by_nobody_and_swept_by_nobody() -> None:
    field = restarted(a_truck_sent_to_k2())
    field.wait(0.5)
    field.truck(cancelled=True, authority_end="", standing=True)
    field.say(UnitRestarted("io-bridge"))
    field.dead.add("io-bridge")
    field.wait(1)
    assert set(field.declare("K2")) == {"detector_unknown"}
    assert field.act(Act.SWEEP, "T1") == []
    assert set(field.why()) == {"detector_unknown"}
    field.dead.clear()
    field.wait(0.25)
    assert field.lane.trucks["T1"].authority == "K2-stop"


@pytest.mark.parametrize(
    ("detector", "locks"), [("P1-a", {"K1", "K2"}), ("P1-b", {"K1", "K2"}), ("P2-a", {"K1", "K3"}), ("P2-b", {"K1", "K3"})]
)
def test_r6_a_lock_ahead_is_not_given_back_while_its_sections_near_end_is_not_seen(detector: str, locks: set[str]) -> None:
    """The truck has confirmed that it has no way any more, but it may stand over the point."""
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    readings = dict.fromkeys(field.layout.index.detectors_of["io-bridge"], Reading.VACANT) | {detector: Reading.UNKNOWN}
    field.say(DetectorsReported("io-bridge", field.now, tuple(readings.items())))
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.lane.trucks["T1"].authority == ""
    assert set(field.locks()) == locks


def test_a_detector_at_no_point_moves_nothing_and_keeps_no_lane_from_being_opened() -> None:
    """A weighbridge's beam, say: it hangs on the gate's unit and bounds no section."""
    units = tuple(replace(unit, detectors=(*unit.detectors, "beam")) if unit.name == "io-vn" else unit for unit in LAYOUT.units)
    field = a_lane_in_service(replace(LAYOUT, units=units))
    field.occupy("beam")
    field.vacate("beam")
    assert field.states() == "VVV"
    field.say(UnitRestarted("io-vn"))
    assert field.states() == "SVV"
    assert field.declare("K1") == []
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))
    field.wait(0.5)
    field.act(Act.CLOSE)
    field.say(DetectorsReported("io-vn", field.now, (("beam", Reading.UNKNOWN),)))
    assert field.act(Act.OPEN) == []


def test_d1_a_reading_says_since_when_it_is_so_and_vacant_is_counted_from_the_last_that_was_not() -> None:
    field = a_lane_in_service()
    field.now += 0.1
    field.occupy("P1-a")
    since = field.now
    assert (field.lane.detectors["P1-a"].changed_at, field.lane.detectors["P1-a"].vacant_reads) == (since, 0)
    field.wait(0.25)
    assert field.lane.detectors["P1-a"].changed_at == since
    field.now += 0.1
    field.vacate("P1-a")
    for reads in (1, 2, 2):
        assert field.lane.detectors["P1-a"].vacant_reads == reads
        field.now += 0.1
        field.detect("io-bridge")


def say_unknown(field: Field) -> None:
    field.say(DetectorsReported("io-bridge", field.now, (("P1-a", Reading.UNKNOWN),)))


@pytest.mark.parametrize(
    "lost", [lambda f: f.say(LinkLost("io-bridge", "cable")), lambda f: f.silence(0.7), say_unknown], ids=["lost", "too old", "said"]
)
def test_d2_a_reading_that_is_lost_is_unknown_since_then_and_was_vacant_never(lost: Callable[[Field], object]) -> None:
    field = a_lane_in_service()
    field.now += 0.1
    lost(field)
    now, since = field.lane.detectors["P1-a"], field.now
    assert (now.reading, now.changed_at, now.vacant_reads) == (Reading.UNKNOWN, since, 0)
    field.now += 0.1
    lost(field)
    assert field.lane.detectors["P1-a"].changed_at == since


@pytest.mark.parametrize("lost", [lambda f: f.say(LinkLost("io-bridge", "cable")), lambda f: f.silence(0.7)], ids=["lost", "too old"])
def test_d4_a_detector_that_was_powered_up_is_not_trusted_again_because_it_was_not_heard_meanwhile(lost: Callable[[Field], object]) -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-bridge"))
    lost(field)
    field.wait(1)
    assert {field.reading(name) for name in field.layout.index.detectors_of["io-bridge"]} == {Reading.UNKNOWN}
