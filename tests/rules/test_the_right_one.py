"""Of two things that look alike the rules ask the one that is meant: two masses, scales, orders, modules, ends of a lane."""

from dataclasses import replace

from msgspec import structs

from lanectl.model import (
    Act,
    Authority,
    Boom,
    Candidate,
    ClearanceReported,
    Connection,
    ConsignmentReported,
    Direction,
    ExtendAuthority,
    IdentityReported,
    Lane,
    Match,
    Sight,
    SightReported,
    Standing,
    TruckMode,
    TruckReported,
    WatchdogReported,
    WeightReported,
)
from tests.rules.scenes import a_lane_in_service, a_truck_at_the_gate, a_truck_in_k1, arrive
from tests.rules.words import LAYOUT, Field, a_layout, a_layout_both_ways


def test_r3_a_truck_is_too_heavy_by_its_own_mass_though_another_may_be_heavier() -> None:
    layout = replace(a_layout(5), load_kg_max=90_000, masses_kg=(("T1", 30_000), ("T2", 40_000)))
    field = a_truck_at_the_gate(layout)
    field.say(WeightReported("vn", 35_000))
    assert field.why() == ["truck_overweight"]


def test_r3_a_scale_at_the_exit_weighs_nobody_at_the_entry() -> None:
    gates = tuple(replace(gate, weight_tolerance_kg=500) for gate in LAYOUT.gates)
    field = a_lane_in_service(replace(LAYOUT, weight_needed=True, gates=gates))
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", declared_weight_kg=20_000))
    for authority in Authority:
        field.say(ClearanceReported("C-T1", authority, Standing.CLEARED))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    field.say(WeightReported("cn", 20_000))
    assert field.why() == ["weight_missing"]


def with_a_next_order(field: Field) -> Field:
    """T1 is to cross with C-T1 first, and with C-next later."""
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", "CSQU3054383"))
    field.say(ConsignmentReported("C-next", "T1", "14C12345", "MSKU0000001"))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    return field


def test_r3_a_truck_does_not_cross_on_the_clearance_of_its_next_order() -> None:
    field = with_a_next_order(a_lane_in_service())
    for authority in Authority:
        field.say(ClearanceReported("C-next", authority, Standing.CLEARED))
    assert set(field.why()) == {"consignment_not_cleared"}


def test_r3_a_truck_does_not_cross_with_the_container_of_its_next_order() -> None:
    field = with_a_next_order(a_lane_in_service())
    for authority in Authority:
        field.say(ClearanceReported("C-T1", authority, Standing.CLEARED))
    field.say(SightReported("vn", Sight.CONTAINER, "MSKU0000001", 0.9, "sha"))
    assert field.why() == ["sight_other"]


def test_r3_a_person_has_the_time_since_the_truck_came_and_not_since_its_last_read() -> None:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    doubt = IdentityReported("vn", Match.UNSURE, "", "14C12345", 0.9, "sha", (Candidate("T1", "14C12345", 0.93),))
    field.say(doubt)
    field.wait(119)
    field.say(doubt)
    field.wait(2)
    assert field.act(Act.CONFIRM, "vn", reason="I see it", evidence="sha", truck="T1") == ["confirm_late"]


def test_r3_a_lane_that_is_turned_has_the_room_that_is_behind_the_other_gate() -> None:
    """One place behind the vn gate, six behind the cn gate."""
    field = a_lane_in_service(replace(a_layout_both_ways(), places_beyond_back=1))
    field.say(TruckReported("T9", Connection.ONLINE, localised=True, last_node="vn-clear"))
    assert field.act(Act.TURN, Direction.CN_TO_VN.value) == []
    field.clear()
    field.truck(last_node="cn-wait")
    field.occupy("cn-clear")
    field.identify(gate="cn")
    assert field.why() == ["no_room_beyond"]


def test_r11_in_a_lane_that_is_turned_a_truck_is_seen_in_the_section_that_is_named() -> None:
    """K3 is the first one there: two sections further than it said last a truck is not taken for seen."""
    field = a_lane_in_service(a_layout_both_ways())
    assert field.act(Act.TURN, Direction.CN_TO_VN.value) == []
    field.truck(last_node="K3-back")
    assert field.section("K3").why_suspect == "claimed"
    assert field.act(Act.SWEEP, "T1", place="K1") == ["sweep_not_placed"]
    assert field.act(Act.SWEEP, "T1", place="K3") == []
    assert field.locks() == {"K3": "T1"}


def test_s7_after_works_neither_gates_watchdog_is_proved() -> None:
    field = a_lane_in_service()
    field.act(Act.CLOSE)
    assert field.act(Act.TAKE_OUT, reason="new loops") == []
    assert field.act(Act.PUT_BACK, reason="done") == []
    assert [(field.lane.units[unit].proved, field.lane.units[unit].doubted) for unit in ("io-vn", "io-cn")] == [(False, True)] * 2


def test_s7_after_works_a_watchdog_that_was_not_armed_then_is_not_taken_for_proved_by_what_proved_it_before() -> None:
    field = a_lane_in_service()
    field.act(Act.CLOSE)
    assert field.act(Act.TAKE_OUT, reason="new loops") == []
    field.say(WatchdogReported("io-vn", armed=False, tripped=False, proved=True))
    assert field.act(Act.PUT_BACK, reason="done") == []
    field.say(WatchdogReported("io-vn", armed=True, tripped=False, proved=True))
    assert not field.lane.units["io-vn"].proved
    assert "watchdog_unproved" in field.act(Act.OPEN)


def test_s6_a_module_with_both_gates_lamps_is_not_proved_while_a_truck_passes_the_second() -> None:
    vn, cn = LAYOUT.gates
    layout = replace(LAYOUT, gates=(replace(vn, signal_unit="io-cn"), cn))
    turned_round = replace(LAYOUT, gates=(vn, replace(cn, signal_unit="io-vn")))
    for of_both, unit in ((layout, "io-cn"), (turned_round, "io-vn")):
        field = a_lane_in_service(of_both)
        field.truck()
        field.lane = with_a_truck_in_the_exit(field)
        assert field.act(Act.REARM, unit) == ["rearm_truck_passing"]


def with_a_truck_in_the_exit(field: Field) -> Lane:
    truck = structs.replace(field.lane.trucks["T1"], authority="cn-clear")
    gates = {**field.lane.gates, "cn": structs.replace(field.lane.gates["cn"], passing="T1")}
    return structs.replace(field.lane, gates=gates, trucks={**field.lane.trucks, "T1": truck})


def test_r6_an_order_that_was_withheld_counts_from_when_it_was_sent_again() -> None:
    """It may be on its way as long as any other."""
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.truck(mode=TruckMode.MANUAL)
    field.wait(10)
    field.take()
    field.truck(mode=TruckMode.AUTOMATIC)
    assert ExtendAuthority("T1", "K1-stop") in field.take()
    assert field.lane.trucks["T1"].authority_at == field.now


def test_r3_a_sweep_that_has_not_begun_does_not_begin_once_the_lane_drains() -> None:
    field = a_truck_in_k1()
    arrive(field, "T2")
    assert field.act(Act.SWEEP, "T2") == []
    assert "service_draining" not in field.why("T2")
    assert field.act(Act.CLOSE) == []
    assert "service_draining" in field.why("T2")
