"""For how long what was read of a truck counts, and for how long the cameras look at what stands before the boom (R3)."""

from dataclasses import replace

import pytest

from lanectl.layout import Layout
from lanectl.model import Boom, Connection, DetectorsReported, IdentityReported, Match, Reading, ReadPlate, TruckMode
from tests.rules.scenes import a_lane_in_service, a_truck_at_the_gate, a_truck_in_k1, a_truck_with_proceed
from tests.rules.words import LAYOUT, Field

APPROACH = ("vn-approach", "vn-approach-2")


def named(field: Field) -> str:
    identity = field.lane.gates["vn"].identity
    return identity.truck if identity is not None else ""


@pytest.mark.parametrize(("unseen_s", "who"), [(1.0, "T1"), (1.25, "")])
def test_r3_a_truck_is_not_the_one_that_was_named_when_the_approach_was_not_seen_for_long(unseen_s: float, who: str) -> None:
    """Another may have come in its place meanwhile."""
    field = a_truck_at_the_gate()
    field.dead.add("io-vn")
    field.wait(unseen_s)
    assert field.reading("vn-approach").value == "UNKNOWN"
    assert named(field) == who


def a_layout_with_a_long_approach() -> Layout:
    """Two detectors look at what stands before the boom."""
    entry, gate_unit = LAYOUT.points[0], LAYOUT.units[0]
    return replace(
        LAYOUT,
        points=(replace(entry, groups=(APPROACH, *entry.groups[1:])), *LAYOUT.points[1:]),
        units=(replace(gate_unit, detectors=(*APPROACH, *gate_unit.detectors[1:])), *LAYOUT.units[1:]),
    )


@pytest.mark.parametrize("unseen", APPROACH)
def test_r3_a_truck_of_which_half_was_not_seen_for_long_is_not_the_one_that_was_named(unseen: str) -> None:
    field = a_lane_in_service(a_layout_with_a_long_approach())
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy(*APPROACH)
    field.identify()
    assert named(field) == "T1"
    for _ in range(5):
        field.now += 0.25
        seen = tuple((name, Reading.UNKNOWN if name == unseen else Reading.OCCUPIED) for name in APPROACH)
        field.say(DetectorsReported("io-vn", field.now, seen))
    assert named(field) == ""


def test_r3_a_truck_driven_off_with_its_way_is_not_taken_for_the_one_that_comes_in_its_place() -> None:
    """Its way ends only where it stands and says so, and by then another stands before the boom."""
    field = a_truck_with_proceed()
    field.truck(mode=TruckMode.MANUAL, standing=False)
    field.vacate("vn-approach")
    assert field.lane.gates["vn"].passing == "T1"
    field.occupy("vn-approach")
    field.truck(standing=True, cancelled=True, authority_end="")
    field.truck(mode=TruckMode.AUTOMATIC)
    assert field.lane.gates["vn"].passing == ""
    assert field.why() == ["identity_unread"]
    assert ReadPlate("vn", True) in field.take()


def test_a_follower_is_read_while_the_first_truck_still_leaves_the_boom() -> None:
    field = a_truck_in_k1()
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.take()
    field.occupy("vn-approach")
    assert ReadPlate("vn", True) in field.take()
    assert field.booms["vn"] is Boom.UP


@pytest.mark.parametrize("match", [Match.UNSURE, Match.NOT_LISTED, Match.UNREADABLE])
def test_a_truck_that_is_not_named_for_sure_is_looked_at_on(match: Match) -> None:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.take()
    field.identify(match=match)
    assert field.lane.gates["vn"].reading_plate
    assert field.take() == []


def test_a_truck_that_was_named_and_is_not_the_one_that_says_it_waits_is_looked_at_on() -> None:
    field = a_lane_in_service()
    field.truck("T1")
    field.truck("T2", last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify("T1")
    assert field.lane.gates["vn"].reading_plate
    field.identify("T2")
    assert not field.lane.gates["vn"].reading_plate


@pytest.mark.parametrize("match", [Match.UNSURE, Match.NOT_LISTED, Match.UNREADABLE])
def test_what_no_truck_accounts_for_is_looked_at_on_until_it_is_named_for_sure(match: Match) -> None:
    field = a_lane_in_service()
    field.occupy("vn-approach")
    field.say(IdentityReported("vn", match, "", "36R99999", 0.5, "sha"))
    assert field.lane.gates["vn"].reading_plate


def test_a_truck_that_says_that_it_waits_accounts_for_what_stands_there() -> None:
    assert a_truck_at_the_gate().why("vn") == []


def test_a_truck_that_has_its_way_accounts_for_what_stands_there_also_when_it_signs_off() -> None:
    field = a_truck_with_proceed()
    field.truck(connection=Connection.OFFLINE)
    assert field.lane.gates["vn"].passing == "T1"
    assert field.why("vn") == []


def test_r3_a_doubt_takes_back_a_name_that_no_person_said() -> None:
    field = a_truck_at_the_gate()
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.identify(match=Match.UNSURE)
    assert field.why() == ["identity_unsure"]
    field.boom("vn", Boom.UP)
    assert field.lane.trucks["T1"].authority == ""
