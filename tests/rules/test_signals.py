from collections.abc import Callable
from dataclasses import replace as with_part

import pytest
from msgspec.structs import replace

from lanectl.layout import Unit
from lanectl.model import (
    Act,
    Aspect,
    Boom,
    CancelAuthority,
    LinkLost,
    Reading,
    RearmWatchdog,
    Report,
    Service,
    SetAspect,
    UnitRestarted,
    WatchdogReported,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_started_field,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_with_proceed,
    arrive,
    under_the_exit_boom,
)
from tests.rules.words import Field, a_layout

STOP, PROCEED = Aspect.STOP, Aspect.PROCEED


def aspects(field: Field) -> list[Aspect]:
    return [c.aspect for c in field.take() if isinstance(c, SetAspect) and c.gate == "vn"]


def test_stop_is_shown_behind_the_trucks_front() -> None:
    field = a_truck_with_proceed()
    field.occupy("vn-loop")
    assert aspects(field) == [STOP]


def test_proceed_is_withdrawn_in_the_step_that_loses_a_condition() -> None:
    field = a_truck_with_proceed()
    field.truck(localised=False)
    assert aspects(field) == [STOP]


def test_a_truck_that_lacks_something_itself_keeps_its_way_and_gets_proceed_again() -> None:
    field = a_truck_with_proceed()
    field.truck(localised=False)
    field.lamp("vn", STOP)
    field.take()
    field.truck(localised=True)
    assert field.take() == [SetAspect("vn", PROCEED)]


def test_stop_is_repeated_until_it_is_read_back() -> None:
    field = a_truck_with_proceed()
    field.stuck.add("vn")
    field.truck(localised=False)
    field.take()
    field.wait(2)
    assert aspects(field) == [STOP, STOP]
    assert field.lane.trucks["T1"].cancelling
    field.lamp("vn", STOP)
    field.wait(5)
    assert aspects(field) == []


def test_a_proceed_that_is_never_proved_is_a_fault() -> None:
    field = a_truck_at_the_gate()
    field.stuck.add("vn")
    field.boom("vn", Boom.UP)
    assert aspects(field) == [PROCEED]
    field.wait(1)
    assert field.lane.gates["vn"].fault == "proceed_unproved"
    assert aspects(field) == [STOP]


def test_no_proceed_towards_a_failed_stop_lamp() -> None:
    field = a_lane_in_service()
    field.lamp("vn", STOP, failed=True)
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    assert "lamp_failed" in field.why()


def test_a_second_failed_lamp_closes_the_lane() -> None:
    field = a_lane_in_service()
    field.lamp("vn", STOP, failed=True)
    assert field.service().value == "OPEN"
    field.lamp("cn", STOP, failed=True)
    assert field.service() is Service.CLOSED


def test_a_dark_signal_gives_no_authority() -> None:
    field = a_lane_in_service()
    field.lamp("vn", Aspect.UNKNOWN)
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    assert field.why() == ["signal_unproved"]


def test_a_signal_that_is_not_heard_any_more_is_unproved() -> None:
    field = a_lane_in_service()
    field.silence(0.6)
    assert field.lane.gates["vn"].shown is Aspect.UNKNOWN


def test_an_older_answer_of_the_lamps_says_nothing_new() -> None:
    field = a_lane_in_service()
    field.now -= 0.2
    field.lamp("vn", PROCEED)
    assert field.lane.gates["vn"].shown is STOP


def test_a_lost_signal_unit_stops_and_cancels() -> None:
    field = a_truck_with_proceed()
    field.say(LinkLost("io-vn", "no answer"))
    assert {CancelAuthority("T1"), SetAspect("vn", STOP)} <= set(field.take())
    assert "unit_lost" in field.why() or field.lane.trucks["T1"].cancelling


def test_a_lost_barrier_stops_and_cancels() -> None:
    field = a_truck_with_proceed()
    field.say(LinkLost("barrier-vn", "unplugged"))
    assert {CancelAuthority("T1"), SetAspect("vn", STOP)} <= set(field.take())
    assert field.lane.gates["vn"].boom is Boom.UNKNOWN
    assert field.lane.units["barrier-vn"].why_lost == "unplugged"


def test_a_watchdog_trip_stays_until_a_person_rearms_and_it_is_read_back() -> None:
    field = a_lane_in_service()
    field.say(WatchdogReported("io-vn", armed=True, tripped=True, proved=True))
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))
    assert field.lane.units["io-vn"].tripped
    assert field.act(Act.REARM, "io-vn") == []
    assert RearmWatchdog("io-vn") in field.take()
    field.say(WatchdogReported("io-vn", armed=True, tripped=True, proved=False))
    assert field.lane.units["io-vn"].tripped
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))
    assert not field.lane.units["io-vn"].tripped
    field.say(WatchdogReported("io-vn", armed=True, tripped=True, proved=True))
    assert field.lane.units["io-vn"].tripped


def test_how_a_proof_failed_is_kept_until_the_next_is_asked_for() -> None:
    field = a_lane_in_service()
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=False, why_unproved="relay 5 is not in its safe state"))
    assert field.lane.units["io-vn"].why_unproved == "relay 5 is not in its safe state"
    assert field.act(Act.REARM, "io-vn") == []
    assert field.lane.units["io-vn"].why_unproved == ""


def test_no_way_through_a_gate_whose_watchdog_does_not_stand_guard() -> None:
    for report, code in (
        (WatchdogReported("io-vn", armed=True, tripped=True, proved=True), "watchdog_tripped"),
        (WatchdogReported("io-vn", armed=False, tripped=False, proved=True), "watchdog_not_armed"),
        (WatchdogReported("io-vn", armed=True, tripped=False, proved=False), "watchdog_unproved"),
    ):
        field = a_lane_in_service()
        field.say(report)
        field.clear()
        field.truck(last_node="vn-gate")
        field.occupy("vn-approach")
        field.identify()
        assert field.why() == [code]


def test_a_restarted_unit_must_be_rearmed() -> None:
    field = a_lane_in_service()
    field.say(UnitRestarted("io-vn"))
    assert not field.lane.units["io-vn"].armed
    assert field.lane.gates["vn"].shown is Aspect.UNKNOWN


def test_rearming_is_refused_while_a_truck_passes() -> None:
    field = a_truck_in_k1()
    assert field.act(Act.REARM, "io-vn") == ["rearm_truck_passing"]
    field.say(WatchdogReported("io-vn", armed=True, tripped=True, proved=True))
    assert field.act(Act.REARM, "io-vn") == []


def test_only_a_heard_signal_unit_can_be_rearmed() -> None:
    field = a_lane_in_service()
    assert field.act(Act.REARM, "io-bridge") == ["act_target_unknown"]
    field.say(LinkLost("io-vn", "no answer"))
    assert field.act(Act.REARM, "io-vn") == ["unit_lost"]


def test_what_keeps_a_watchdog_from_being_rearmed_is_said_by_name() -> None:
    field = a_truck_in_k1()
    field.act(Act.REARM, "io-vn")
    assert dict(field.refusal("rearm_truck_passing").params) == {"unit": "io-vn", "truck": "T1"}
    field.say(LinkLost("io-cn", "no answer"))
    field.act(Act.REARM, "io-cn")
    assert dict(field.refusal("unit_lost").params) == {"unit": "io-cn", "why": "no answer"}


@pytest.mark.parametrize("gate", ["vn", "cn"])
def test_s6_a_unit_that_works_the_signals_of_both_gates_is_rearmed_beside_no_truck_that_passes_either(gate: str) -> None:
    layout = a_layout()
    one = Unit("io-vn", (*layout.units[0].detectors, *layout.units[1].detectors), signals=True)
    gates = tuple(with_part(each, signal_unit="io-vn") for each in layout.gates)
    field = {"vn": a_truck_in_k1, "cn": under_the_exit_boom}[gate](with_part(layout, units=(one, *layout.units[2:]), gates=gates))
    assert field.lane.gates[gate].passing == "T1"
    assert field.act(Act.REARM, "io-vn") == ["rearm_truck_passing"]


def emergency_stop(field: Field) -> None:
    field.act(Act.STOP)


def out_of_service(field: Field) -> None:
    field.act(Act.CLOSE)
    assert field.act(Act.TAKE_OUT, reason="new lamps") == []


@pytest.mark.parametrize(
    ("made", "leads", "service"),
    [
        (a_lane_in_service, emergency_stop, Service.EMERGENCY_STOP),
        (a_lane_in_service, out_of_service, Service.OUT_OF_SERVICE),
        (a_started_field, lambda _: None, Service.COMMISSIONING),
    ],
)
def test_s3_two_failed_lamps_close_a_lane_that_is_open_and_lead_out_of_nothing(
    made: Callable[[], Field], leads: Callable[[Field], None], service: Service
) -> None:
    field = made()
    leads(field)
    for gate in ("vn", "cn"):
        field.lamp(gate, STOP, failed=True)
    assert field.service() is service


@pytest.mark.parametrize(
    "read_back",
    [
        WatchdogReported("io-vn", armed=False, tripped=False, proved=True),
        WatchdogReported("io-vn", armed=True, tripped=False, proved=False),
        WatchdogReported("io-vn", armed=True, tripped=True, proved=True),
    ],
    ids=["not armed", "not proved", "tripped again"],
)
def test_s6_a_trip_is_not_mended_by_a_read_back_that_lacks_anything(read_back: WatchdogReported) -> None:
    field = a_lane_in_service()
    field.say(WatchdogReported("io-vn", armed=True, tripped=True, proved=True))
    assert field.act(Act.REARM, "io-vn") == []
    field.say(read_back)
    assert (field.lane.units["io-vn"].tripped, field.lane.units["io-vn"].rearming) == (True, True)
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))
    assert (field.lane.units["io-vn"].tripped, field.lane.units["io-vn"].rearming) == (False, False)


def test_a_unit_that_answers_for_its_lamps_is_linked_again() -> None:
    field = a_lane_in_service()
    field.say(LinkLost("io-cn", "no answer"))
    field.lamp("cn", STOP)
    assert (field.lane.units["io-cn"].linked, field.lane.units["io-cn"].why_lost) == (True, "")


@pytest.mark.parametrize(
    ("unit", "dark", "unheard"),
    [
        ("io-vn", {"vn"}, set()),
        ("io-cn", {"cn"}, set()),
        ("barrier-vn", set(), {"vn"}),
        ("barrier-cn", set(), {"cn"}),
        ("io-bridge", set(), set()),
    ],
)
@pytest.mark.parametrize("lose", [lambda unit: LinkLost(unit, "cable"), UnitRestarted], ids=["lost", "powered up"])
def test_d2_a_unit_that_is_lost_takes_with_it_what_it_said_and_nothing_else(
    lose: Callable[[str], Report], unit: str, dark: set[str], unheard: set[str]
) -> None:
    field = a_lane_in_service()
    field.say(lose(unit))
    gates = field.lane.gates
    assert {name for name, now in gates.items() if now.shown is Aspect.UNKNOWN} == dark
    assert {name for name, now in gates.items() if now.boom is Boom.UNKNOWN} == unheard
    unknown = {name for name, now in field.lane.detectors.items() if now.reading is Reading.UNKNOWN}
    assert unknown == set(field.layout.index.detectors_of[unit])


def test_a_proceed_has_its_time_to_be_proved_however_long_stop_was_shown_before() -> None:
    field = a_lane_in_service()
    field.wait(1.5)
    arrive(field)
    field.take()
    field.boom("vn", Boom.UP)
    assert (aspects(field), field.lane.gates["vn"].fault) == ([PROCEED], "")


def test_s6_a_proof_that_was_asked_for_before_a_truck_came_may_be_asked_for_again() -> None:
    field = a_lane_in_service()
    assert field.act(Act.REARM, "io-vn") == []
    field.lane = replace(field.lane, gates={**field.lane.gates, "vn": replace(field.lane.gates["vn"], passing="T1")})
    field.truck()
    assert field.act(Act.REARM, "io-vn") == []


def test_s4_a_signal_that_was_asked_to_show_stop_and_does_not_gives_no_authority_once_its_time_is_over() -> None:
    """However often it is asked again."""
    field = a_lane_in_service()
    field.stuck.add("vn")
    field.lamp("vn", PROCEED)
    field.wait(3)
    assert aspects(field).count(STOP) >= 2
    arrive(field)
    for _ in range(12):
        assert field.why() == ["signal_unproved"]
        assert field.locks() == {}
        field.wait(0.25)
    field.lamp("vn", STOP)
    assert field.locks() == {"K1": "T1", "K2": "T1"}
