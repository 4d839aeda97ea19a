"""R3: a crossing ends once, and takes the papers that it was on: never those of the truck's next one, which may be declared by then."""

from msgspec.structs import replace

from lanectl.model import Act, Boom, Consignment, ConsignmentReported
from tests.rules.scenes import a_truck_at_the_gate, a_truck_before_the_exit, a_truck_standing_in_k2, drive_out
from tests.rules.words import Field

CROSSED, NEXT = "C-T1", "C-next"


def papers(field: Field) -> list[str]:
    return list(field.lane.consignments)


def driven_on_unseen() -> Field:
    """The truck stands in K2 with a way to the exit, and drove on while nothing was heard of it, nor of the module between K2 and K3."""
    field = a_truck_standing_in_k2()
    field.truck(authority_end="cn-gate")
    field.dead |= {"io-bridge", "T1"}
    field.wait(2.0)
    return field


def out_by_the_exit(field: Field) -> None:
    """Under a boom that people raised by hand."""
    field.boom("cn", Boom.UP, local=True)
    field.occupy("cn-approach")
    drive_out(field)
    field.boom("cn", Boom.DOWN, local=True)
    field.boom("cn", Boom.DOWN)


def test_a_truck_that_was_seen_to_leave_keeps_its_next_papers_when_persons_declare_what_it_was_last_counted_into() -> None:
    field = driven_on_unseen()
    out_by_the_exit(field)
    assert papers(field) == []
    assert field.section("K2").entered
    field.clear(consignment=NEXT)
    field.dead.clear()
    field.truck(authority_end="", last_node="cn-clear", standing=True)
    field.wait(0.5)
    field.dead.add("io-bridge")
    field.wait(1.0)
    field.dead.clear()
    field.wait(0.5)
    assert [field.declare("K3"), field.declare("K2")] == [[], []]
    assert field.states() == "VVV"
    assert papers(field) == [NEXT]


def test_what_is_declared_for_a_trucks_next_crossing_before_it_is_out_outlives_this_one() -> None:
    field = a_truck_before_the_exit()
    field.clear(consignment=NEXT)
    field.truck(authority_end="cn-clear", standing=False)
    out_by_the_exit(field)
    assert papers(field) == [NEXT]


def test_who_leaves_takes_no_papers_of_one_that_is_inside_still() -> None:
    field = a_truck_before_the_exit()
    inside = Consignment("T2", "14C22222", under_way=True)
    field.lane = replace(field.lane, consignments={"C-T2": inside, **field.lane.consignments})
    out_by_the_exit(field)
    assert papers(field) == ["C-T2"]


def test_papers_that_are_declared_again_for_a_truck_inside_still_end_with_its_crossing() -> None:
    field = a_truck_before_the_exit()
    field.say(ConsignmentReported(CROSSED, "T1", "14C12345", container="MSKU1234565"))
    field.clear(consignment=CROSSED)
    out_by_the_exit(field)
    assert papers(field) == []


def test_papers_that_are_declared_again_for_another_truck_are_that_ones() -> None:
    field = a_truck_before_the_exit()
    field.clear("T2", consignment=CROSSED)
    assert not field.lane.consignments[CROSSED].under_way
    out_by_the_exit(field)
    assert papers(field) == [CROSSED]


def test_a_truck_that_was_found_inside_by_a_sweep_leaves_on_the_papers_that_it_has() -> None:
    field = a_truck_found_inside()
    assert papers(field) == [CROSSED]
    out_by_the_exit(field)
    assert papers(field) == []


def a_truck_found_inside() -> Field:
    """The controller was started without its journal; the truck says that it stands before the exit, and may sweep from there."""
    field = a_truck_at_the_gate()
    field.vacate("vn-approach")
    field.truck(last_node="cn-gate")
    field.wait(0.5)
    assert field.act(Act.SWEEP, "T1", reason="inside") == []
    assert field.section("K3").entered
    return field
