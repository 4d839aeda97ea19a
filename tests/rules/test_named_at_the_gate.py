"""For how long what was read of a truck counts, and for how long the cameras look at what stands before the boom (R3)."""

import pytest

from lanectl.model import Boom, Match, ReadPlate
from tests.rules.scenes import a_lane_in_service, a_truck_at_the_gate, a_truck_in_k1
from tests.rules.words import Field


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
