from msgspec.structs import replace

from lanectl.model import Act, Aspect, Authority, Boom, ClearanceReported, ExtendAuthority, LinkLost, SectionState, Standing
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_before_the_exit,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    arrive,
    drive_out,
    leave_k1,
    pass_the_gate,
    under_the_exit_boom,
)
from tests.rules.words import Field, a_layout, set_state


def extended(field: Field) -> list[tuple[str, str]]:
    return [(c.truck, c.node) for c in field.take() if isinstance(c, ExtendAuthority)]


def test_the_exit_boom_rises_when_the_truck_is_in_the_last_section() -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate", last_node="K2-stop")
    field.take()
    field.occupy("P2-a")
    assert field.lane.gates["cn"].asked is not None
    field.boom("cn", Boom.UP)
    assert extended(field) == [("T1", "cn-clear")]
    assert field.lane.gates["cn"].aspect_asked is Aspect.PROCEED


def test_a_truck_leaves_another_s_consignment_where_it_is_though_it_was_declared_before() -> None:
    field = a_truck_before_the_exit()
    field.clear("T2")
    field.lane = replace(field.lane, consignments={name: field.lane.consignments[name] for name in ("C-T2", "C-T1")})
    field.boom("cn", Boom.UP)
    field.truck(authority_end="cn-clear")
    field.occupy("cn-approach")
    field.truck(last_node="cn-gate")
    drive_out(field)
    assert list(field.lane.consignments) == ["C-T2"]


def test_a_truck_leaves_and_its_consignment_with_it() -> None:
    field = a_truck_before_the_exit()
    field.boom("cn", Boom.UP)
    field.lamp("cn", Aspect.PROCEED)
    field.truck(authority_end="cn-clear")
    field.occupy("cn-approach")
    field.truck(last_node="cn-gate")
    field.occupy("cn-loop", "cn-curtain")
    assert field.lane.gates["cn"].aspect_asked is Aspect.STOP
    field.lamp("cn", Aspect.STOP)
    field.occupy("cn-clear")
    field.vacate("cn-approach")
    field.vacate("cn-loop", "cn-curtain")
    field.vacate("cn-clear")
    assert field.states() == "VVV"
    assert field.locks() == {}
    assert field.lane.consignments == {}
    assert field.lane.trucks["T1"].authority == "cn-clear"
    field.wait(1)
    assert field.states() == "VVV"
    field.truck(last_node="cn-clear", order_done=True)
    assert field.lane.trucks["T1"].authority == ""
    assert field.why() == []


def test_a_truck_does_not_leave_when_the_place_behind_the_gate_is_taken() -> None:
    field = a_lane_in_service(a_layout(places_beyond=1))
    arrive(field)
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop")
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    field.lamp("vn", Aspect.STOP)
    field.truck(authority_end="K2-stop", last_node="K1-stop")
    field.occupy("P1-a", "P1-b")
    field.truck(authority_end="cn-gate", last_node="K2-stop")
    field.truck("T9", last_node="cn-clear")
    field.occupy("P2-a")
    assert field.why() == ["no_room_beyond"]


def test_a_held_consignment_keeps_its_truck_where_it_is() -> None:
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate", last_node="K2-stop")
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))
    field.occupy("P2-a")
    assert field.why() == ["consignment_held"]


def test_a_truck_that_was_cancelled_under_the_exit_boom_gets_a_new_way() -> None:
    field = under_the_exit_boom()
    field.say(LinkLost("io-cn", "no answer"))
    field.truck(cancelled=True, authority_end="", standing=True)
    field.occupy("cn-loop", "cn-curtain")
    field.wait(0.25)
    field.take()
    field.truck(cancelled=False)
    assert field.lane.trucks["T1"].authority == "cn-clear"


def test_a_truck_whose_passage_was_lost_under_the_exit_boom_sweeps_out() -> None:
    field = under_the_exit_boom()
    field.occupy("cn-clear")
    assert field.lane.points["P3"].lost
    assert field.lane.gates["cn"].aspect_asked is Aspect.STOP
    field.say(LinkLost("barrier-cn", "unplugged"))
    field.truck(cancelled=True, authority_end="", standing=True)
    field.occupy("cn-loop", "cn-curtain")
    field.boom("cn", Boom.UP)
    field.wait(0.25)
    assert "gate_not_vacant" in field.why()
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].authority == "cn-clear"


def test_a_truck_whose_passage_was_lost_under_the_entry_boom_sweeps_on() -> None:
    field = a_truck_with_proceed()
    field.truck(standing=False)
    field.occupy("vn-clear")
    field.occupy("vn-loop", "vn-curtain")
    assert field.lane.points["P0"].lost
    field.truck(cancelled=True, authority_end="", standing=True)
    field.wait(0.25)
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].authority == "K1-stop"


def test_an_occupied_section_gives_no_way_whoever_holds_it() -> None:
    field = a_lane_in_service()
    set_state(field, "K2", SectionState.OCCUPIED)
    arrive(field)
    assert field.why() == ["section_occupied"]


def test_a_truck_that_stands_at_the_end_of_its_way_keeps_its_overlap() -> None:
    field = a_truck_sent_to_k2()
    field.truck(order_done=True, standing=True, localised=False)
    field.occupy("P1-a")
    field.wait(1)
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}


def test_a_truck_that_rolled_into_a_suspect_section_proves_nothing_by_leaving_it() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P2-b")
    field.vacate("P2-b")
    leave_k1(field)
    assert field.section("K2").entered
    field.occupy("P2-a")
    field.occupy("P2-b")
    field.vacate("P2-a")
    field.vacate("P2-b")
    assert field.states() == "VSS"


def test_states_of_sections_are_what_the_detectors_proved() -> None:
    field = a_truck_in_k1()
    assert field.section("K1").state is SectionState.OCCUPIED
