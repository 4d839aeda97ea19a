import pytest
from msgspec.structs import replace

from lanectl.model import Act, Aspect, Boom, BoomMove, JournalReported, LinkLost, Service, SetBoom, Started, UnitRestarted, WatchdogReported
from tests.rules.scenes import (
    a_lane_in_service,
    a_started_field,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    pass_the_gate,
    restarted,
)
from tests.rules.words import Field, a_layout


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


@pytest.mark.parametrize("unit", ["io-vn", "io-cn", "io-bridge", "barrier-vn", "barrier-cn"])
def test_opening_says_once_which_unit_is_lost(unit: str) -> None:
    field = a_started_field()
    field.declare()
    field.say(LinkLost(unit, "unplugged"))
    found = field.act(Act.OPEN)
    assert found.count("unit_lost") == 1
    assert "detector_unknown" not in found
    assert dict(field.refusal("unit_lost").params) == {"unit": unit, "why": "unplugged"}


@pytest.mark.parametrize("unit", ["io-vn", "io-bridge", "io-cn"])
def test_d4_a_lane_is_not_opened_over_a_detector_that_was_powered_up_and_each_is_named(unit: str) -> None:
    field = a_started_field()
    field.say(UnitRestarted(unit))
    field.wait(0.25)
    field.act(Act.OPEN)
    assert field.last is not None
    named = [dict(r.params)["detector"] for r in field.last.refusals if (r.subject, r.code) == ("OPEN", "detector_unknown")]
    assert named == list(field.layout.index.detectors_of[unit])


def test_opening_is_not_kept_back_by_a_truck_that_is_just_passing_a_gate() -> None:
    field = a_truck_in_k1()
    field.act(Act.CLOSE)
    assert field.act(Act.OPEN) == []


def test_every_act_needs_a_name() -> None:
    field = a_lane_in_service()
    assert field.act(Act.CLOSE, by="") == ["act_name_needed"]


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


def test_a_way_that_was_never_taken_can_be_taken_back_after_the_machine_and_its_clock_began_anew() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].echoed) == ("K1-stop", False)
    field.now = 5.0
    field.say(Started(armed_before=True, lane=field.lane))
    field.say(JournalReported(True))
    field.wait(1)
    assert field.lane.trucks["T1"].cancelling
    field.act(Act.RESET, "T1")
    assert field.lane.trucks["T1"].authority == "K1-stop", "the order that was sent last may still be on its way"
    field.wait(1.25)
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].authority == ""
    assert field.lane.gates["vn"].passing == ""


@pytest.mark.parametrize(("mark", "journal"), [(True, False), (False, True), (True, True)])
def test_r11_a_lane_that_was_armed_once_is_never_in_commissioning_again(mark: bool, journal: bool) -> None:
    """In COMMISSIONING two persons may write a gate's units without a proof that nobody is in the lane (T5)."""
    field = Field()
    known = a_lane_in_service().lane if journal else None
    field.say(Started(armed_before=mark, lane=known))
    assert (field.service(), field.lane.armed) == (Service.CLOSED, True)


def test_t3_an_emergency_stop_of_a_lane_that_was_never_armed_leads_back_to_commissioning() -> None:
    field = a_started_field()
    field.act(Act.STOP)
    assert field.act(Act.RESET) == []
    assert field.service() is Service.COMMISSIONING


def test_e1_a_journal_that_could_be_written_before_a_start_is_not_taken_to_be_so_after_it() -> None:
    field = a_lane_in_service()
    assert field.lane.journal_writable
    field.say(Started(armed_before=True, lane=field.lane))
    assert not field.lane.journal_writable


def test_t2_after_a_start_a_truck_that_was_outside_the_lane_still_needs_its_reset() -> None:
    """Nothing is locked for it and nothing released to it: what stopped it is all that is known of it."""
    field = a_lane_in_service()
    field.truck(e_stop=True)
    field.truck(e_stop=False)
    field.say(Started(armed_before=True, lane=field.lane))
    assert field.lane.trucks["T1"].stopped_by == "e_stop"
