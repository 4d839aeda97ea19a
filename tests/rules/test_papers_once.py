"""R3: a crossing ends once and takes the papers that it was on: nobody crosses on them again, and those of the next crossing stay."""

from collections.abc import Callable

import pytest

from lanectl.model import Act, Aspect, Boom, ExtendAuthority
from tests.rules.scenes import (
    a_truck_at_the_gate,
    a_truck_before_the_exit,
    a_truck_in_k1,
    a_truck_standing_in_k2,
    arrive,
    drive_out,
    pass_the_gate,
)
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


def heard_behind_the_exit(field: Field) -> None:
    field.dead.clear()
    field.truck(authority_end="", last_node="cn-clear", standing=True)


def heard_on_its_way_there(field: Field) -> None:
    """The node behind the exit is further on than the last detector."""
    field.dead.clear()
    field.truck(authority_end="cn-gate", last_node="cn-gate", standing=False)
    field.wait(1.0)
    heard_behind_the_exit(field)


def enter_again(field: Field) -> None:
    """On the papers that it has."""
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    for gate in ("vn", "cn"):
        field.act(Act.RESET, gate)
    field.act(Act.RESET, "T1")
    field.act(Act.OPEN)
    field.wait(0.5)
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    pass_the_gate(field)


@pytest.mark.parametrize("heard", [heard_behind_the_exit, heard_on_its_way_there])
def test_a_truck_that_left_unseen_by_what_it_was_counted_into_keeps_its_next_papers_when_persons_declare_that(
    heard: Callable[[Field], None],
) -> None:
    field = driven_on_unseen()
    out_by_the_exit(field)
    assert papers(field) == []
    field.clear(consignment=NEXT)
    heard(field)
    field.wait(0.5)
    field.declare("K3")
    field.declare()
    assert field.states() == "VVV"
    assert papers(field) == [NEXT]


def test_its_next_crossing_ends_with_its_papers_also_where_persons_declare_it() -> None:
    field = driven_on_unseen()
    out_by_the_exit(field)
    field.clear(consignment=NEXT)
    heard_behind_the_exit(field)
    field.wait(0.5)
    field.declare("K3")
    field.declare()
    enter_again(field)
    assert field.section("K1").entered
    assert papers(field) == [NEXT]
    field.dead.add("T1")
    field.wait(3.0)
    assert field.declare("K1") == []
    assert field.states() == "VVV"
    assert papers(field) == []


def test_a_sweep_that_begins_before_the_entry_boom_gives_no_second_crossing_on_the_papers_of_the_first() -> None:
    """It left unseen by what it was counted into, and came round."""
    field = a_truck_in_k1()
    pass_the_gate(field)
    field.boom("vn", Boom.DOWN)
    field.truck(authority_end="K2-stop", last_node="vn-gate", standing=False)
    field.dead |= {"io-bridge", "T1"}
    field.wait(2.0)
    out_by_the_exit(field)
    heard_behind_the_exit(field)
    field.wait(1.0)
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.wait(0.5)
    field.identify()
    field.act(Act.RESET, "T1")
    field.truck()
    assert field.act(Act.SWEEP, "T1", reason="inside") == []
    field.identify()
    field.wait(0.5)
    assert field.why() == ["consignment_missing"]


def test_such_a_truck_is_given_no_way_before() -> None:
    field = driven_on_unseen()
    out_by_the_exit(field)
    heard_behind_the_exit(field)
    field.take()
    arrive(field)
    field.boom("vn", Boom.UP)
    field.wait(0.5)
    assert [command for command in field.take() if isinstance(command, ExtendAuthority)] == []
    assert field.locks() == {"K2": "T1", "K3": "T1"}


def test_a_truck_that_leaves_what_it_was_last_counted_into_ends_its_crossing() -> None:
    field = a_truck_before_the_exit()
    field.clear(consignment=NEXT)
    field.truck(authority_end="cn-clear", standing=False)
    out_by_the_exit(field)
    assert papers(field) == [NEXT]
    assert field.declare() == ["nothing_to_declare"]
    assert papers(field) == [NEXT]


def test_a_truck_that_was_found_inside_by_a_sweep_leaves_on_the_papers_that_come_for_it() -> None:
    """The controller was started without its journal; the truck says that it stands before the exit, and sweeps from there."""
    field = a_truck_at_the_gate()
    field.vacate("vn-approach")
    field.truck(last_node="cn-gate")
    field.wait(0.5)
    assert field.act(Act.SWEEP, "T1", reason="inside") == []
    assert field.section("K3").entered
    assert papers(field) == [CROSSED]
    out_by_the_exit(field)
    assert papers(field) == []
