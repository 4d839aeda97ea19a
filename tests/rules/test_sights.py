"""R3. What is read at the rear and on the container agrees with the plate in front and what is declared under it, or the truck stays."""

from dataclasses import replace

import pytest

from lanectl.model import (
    Authority,
    Boom,
    CameraReported,
    ClearanceReported,
    ConsignmentReported,
    ReadPlate,
    Sight,
    SightReported,
    Standing,
)
from lanectl.status.alarms import alarms
from tests.rules.scenes import a_lane_in_service, a_truck_in_k1, pass_the_gate
from tests.rules.words import LAYOUT, Field

TRAILER, CONTAINER = "14R01234", "CSQU3054383"
READ = {Sight.REAR: TRAILER, Sight.CONTAINER: CONTAINER}


def a_truck_at_the_gate(*needed: Sight, trailer: str = TRAILER, container: str = CONTAINER) -> Field:
    """Its plate in front is read, it is cleared; nothing else is read yet."""
    field = a_lane_in_service(replace(LAYOUT, rear_plate_needed=Sight.REAR in needed, container_needed=Sight.CONTAINER in needed))
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", container, other_plates=(trailer,) if trailer else ()))
    for authority in Authority:
        field.say(ClearanceReported("C-T1", authority, Standing.CLEARED))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    return field


def see(field: Field, sight: Sight, text: str, gate: str = "vn") -> None:
    field.say(SightReported(gate, sight, text, 0.9, "sha"))


def let_in(field: Field) -> bool:
    field.boom("vn", Boom.UP)
    return field.lane.trucks["T1"].authority != ""


@pytest.mark.parametrize("sight", READ)
def test_what_is_needed_is_waited_for_and_read_until_it_is_there(sight: Sight) -> None:
    field = a_truck_at_the_gate(sight)
    assert field.why() == ["sight_unread"]
    assert ReadPlate("vn", False) not in field.take()
    see(field, sight, READ[sight])
    assert ReadPlate("vn", False) in field.take()
    assert let_in(field)


@pytest.mark.parametrize("sight", READ)
def test_what_is_not_needed_is_not_waited_for(sight: Sight) -> None:
    field = a_truck_at_the_gate()
    see(field, sight, "")
    assert let_in(field)


@pytest.mark.parametrize("sight", READ)
@pytest.mark.parametrize("needed", [True, False])
def test_what_contradicts_the_plate_in_front_keeps_the_truck_and_both_are_said(sight: Sight, needed: bool) -> None:
    field = a_truck_at_the_gate(*((sight,) if needed else ()))
    see(field, sight, "36R99999")
    assert field.why() == ["sight_other"]
    said = {"gate": "vn", "sight": sight.value, "text": "36R99999", "plate": "14C12345", "declared": READ[sight]}
    assert dict(field.refusal("sight_other").params) == said
    assert field.locks() == {}
    assert not let_in(field)
    assert [a.params["text"] for a in alarms(field.layout, field.lane, field.now) if a.code == "SIGHT_OTHER"] == ["36R99999"]


@pytest.mark.parametrize(("first", "second"), [(Sight.REAR, Sight.CONTAINER), (Sight.CONTAINER, Sight.REAR)])
def test_what_contradicts_keeps_the_truck_whatever_was_read_before_it(first: Sight, second: Sight) -> None:
    field = a_truck_at_the_gate()
    see(field, first, READ[first])
    see(field, second, "36R99999")
    assert field.why() == ["sight_other"]
    assert not let_in(field)


def test_without_a_trailer_the_truck_wears_its_own_plate_at_the_rear() -> None:
    field = a_truck_at_the_gate(Sight.REAR, trailer="")
    see(field, Sight.REAR, "14C12345")
    assert let_in(field)


def test_a_truck_that_lost_its_trailer_is_kept() -> None:
    field = a_truck_at_the_gate(Sight.REAR)
    see(field, Sight.REAR, "14C12345")
    assert field.why() == ["sight_other"]


def test_a_container_that_nobody_declared_is_no_cargo_of_this_truck() -> None:
    field = a_truck_at_the_gate(container="")
    see(field, Sight.CONTAINER, CONTAINER)
    assert field.why() == ["sight_undeclared"]
    assert dict(field.refusal("sight_undeclared").params) == {"gate": "vn", "sight": "container", "text": CONTAINER}
    assert [a.params["declared"] for a in alarms(field.layout, field.lane, field.now) if a.code == "SIGHT_OTHER"] == ["–"]


def test_what_is_read_of_a_truck_without_a_consignment_is_declared_for_nobody() -> None:
    field = a_truck_at_the_gate()
    field.truck("T2", last_node="vn-gate")
    see(field, Sight.CONTAINER, CONTAINER)
    assert "sight_undeclared" in field.why("T2")
    field.identify("T2")
    assert not [a for a in alarms(field.layout, field.lane, field.now) if a.code == "SIGHT_OTHER"]


def test_what_frames_agree_on_nothing_of_is_unreadable_but_takes_nothing_back() -> None:
    field = a_truck_at_the_gate(Sight.REAR)
    see(field, Sight.REAR, "")
    assert field.why() == ["sight_unreadable"]
    see(field, Sight.REAR, TRAILER)
    see(field, Sight.REAR, "")
    assert let_in(field)


def test_a_later_read_takes_the_place_of_the_one_before() -> None:
    field = a_truck_at_the_gate()
    see(field, Sight.REAR, "36R99999")
    see(field, Sight.CONTAINER, CONTAINER)
    see(field, Sight.REAR, TRAILER)
    assert let_in(field)


@pytest.mark.parametrize("gate", ["vn", "cn"])
def test_what_is_seen_where_nothing_waits_is_nobodys(gate: str) -> None:
    field = a_lane_in_service()
    see(field, Sight.REAR, TRAILER, gate)
    assert field.lane.gates[gate].sights == ()


def test_what_is_seen_at_the_other_gate_is_not_of_the_truck_that_waits_here() -> None:
    field = a_truck_at_the_gate(Sight.REAR)
    see(field, Sight.REAR, TRAILER, gate="cn")
    assert (field.lane.gates["vn"].sights, field.lane.gates["cn"].sights) == ((), ())
    assert field.why() == ["sight_unread"]


def test_what_is_seen_of_the_truck_that_passes_is_not_kept_for_the_next() -> None:
    field = a_truck_in_k1()
    see(field, Sight.REAR, TRAILER)
    assert field.lane.gates["vn"].sights == ()


def test_the_next_truck_is_looked_at_afresh() -> None:
    field = a_truck_at_the_gate(Sight.REAR)
    see(field, Sight.REAR, TRAILER)
    assert let_in(field)
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)
    field.boom("vn", Boom.DOWN)
    assert field.lane.gates["vn"].sights == ()


@pytest.mark.parametrize("named", [True, False])
def test_what_was_seen_of_a_truck_that_backed_off_is_not_of_the_one_that_comes_in_its_place(named: bool) -> None:
    """Also where nobody has read its plate yet."""
    field = a_lane_in_service(replace(LAYOUT, rear_plate_needed=True))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    see(field, Sight.REAR, TRAILER)
    if named:
        field.identify()
    field.vacate("vn-approach")
    assert (field.lane.gates["vn"].identity, field.lane.gates["vn"].sights) == (None, ())


@pytest.mark.parametrize(("after_s", "kept"), [(1.0, False), (6.0, True)])
def test_what_was_read_from_pictures_that_prove_to_be_old_was_not_read(after_s: float, kept: bool) -> None:
    field = a_truck_at_the_gate()
    field.wait(6)
    see(field, Sight.REAR, TRAILER)
    field.wait(after_s)
    field.say(CameraReported("vn-rear", "vn", "replayed"))
    assert (field.lane.gates["vn"].sights != ()) is kept
    assert field.lane.gates["vn"].identity is not None


def test_what_was_read_at_the_rear_stays_when_the_container_is_read() -> None:
    field = a_truck_at_the_gate(Sight.REAR, Sight.CONTAINER)
    for sight, text in READ.items():
        see(field, sight, text)
    assert [seen.text for seen in field.lane.gates["vn"].sights] == [TRAILER, CONTAINER]
    see(field, Sight.REAR, "14R99999")
    assert [seen.text for seen in field.lane.gates["vn"].sights] == [CONTAINER, "14R99999"]
    assert not let_in(field)


def test_r3_a_plate_is_not_the_trucks_any_more_when_another_line_names_another_truck_first() -> None:
    field = a_lane_in_service()
    field.clear("T2")
    field.say(ConsignmentReported("C-T2", "T2", "36R99999"))
    field.say(ConsignmentReported("C-T1", "T1", "14C55555"))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    assert "identity_not_listed" in field.why()
