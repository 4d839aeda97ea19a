"""In a lane that is turned the gate that is listed last is the entry, for each rule that asks what stands before it."""

from dataclasses import replace

from msgspec import structs

from lanectl.layout import Layout
from lanectl.model import (
    Act,
    Authority,
    Boom,
    Candidate,
    ClearanceReported,
    ConsignmentReported,
    Direction,
    IdentityReported,
    Match,
    SectionState,
    Sight,
    SightReported,
    Standing,
    Weighed,
    WeightReported,
)
from tests.rules.scenes import a_lane_in_service
from tests.rules.words import Field, a_layout_both_ways

BOTH = a_layout_both_ways()


def at_the_other_gate(layout: Layout = BOTH) -> Field:
    """T1 stands before the cn gate, cleared and not named yet."""
    field = a_lane_in_service(layout)
    assert field.act(Act.TURN, Direction.CN_TO_VN.value) == []
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", "CSQU3054383"))
    for authority in Authority:
        field.say(ClearanceReported("C-T1", authority, Standing.CLEARED))
    field.truck(last_node="cn-wait")
    field.occupy("cn-clear")
    return field


def test_r3_what_is_read_at_the_other_gate_counts_there() -> None:
    field = at_the_other_gate()
    field.identify(gate="cn")
    field.say(SightReported("cn", Sight.CONTAINER, "MSKU0000001", 0.9, "sha"))
    assert field.why() == ["sight_other"]


def test_r3_a_person_confirms_at_the_other_gate() -> None:
    field = at_the_other_gate()
    field.say(IdentityReported("cn", Match.UNSURE, "", "14C12345", 0.9, "sha", (Candidate("T1", "14C12345", 0.93),)))
    assert field.act(Act.CONFIRM, "cn", reason="I see it", evidence="sha", truck="T1") == []
    assert field.locks() == {"K3": "T1", "K2": "T1"}


def test_r3_what_a_truck_weighed_at_the_other_gate_stays_known() -> None:
    field = at_the_other_gate(replace(BOTH, gates=tuple(replace(gate, weight_tolerance_kg=500) for gate in BOTH.gates)))
    field.identify(gate="cn")
    field.say(WeightReported("cn", 20_000))
    field.boom("cn", Boom.UP)
    assert field.lane.gates["cn"].weighed == Weighed("T1", 20_000)


def test_r3_the_bridge_is_asked_for_what_the_other_gate_weighs() -> None:
    field = at_the_other_gate(replace(BOTH, load_kg_max=90_000, masses_kg=(("T1", 30_000),)))
    field.identify(gate="cn")
    field.say(WeightReported("cn", 35_000))
    assert field.why() == ["truck_overweight"]


def test_d5_a_truck_that_is_seen_before_the_other_gate_is_not_where_it_says() -> None:
    field = at_the_other_gate()
    field.identify(gate="cn")
    field.boom("cn", Boom.UP)
    assert field.lane.gates["cn"].passing == "T1"
    field.truck(last_node="K3-back", authority_end="K3-back")
    now = field.section("K3")
    assert (now.state, now.entered) == (SectionState.SUSPECT, False)


def test_r11_a_truck_sweeps_from_the_other_gate() -> None:
    assert at_the_other_gate().act(Act.SWEEP, "T1") == []


def test_r12_a_truck_behind_the_other_gate_is_elsewhere() -> None:
    field = at_the_other_gate()
    held = structs.replace(field.section("K1"), state=SectionState.SUSPECT, locked_for="T1", entered=True)
    field.lane = structs.replace(field.lane, sections={**field.lane.sections, "K1": held})
    field.truck(last_node="vn-clear")
    assert field.declare("K1") == []
