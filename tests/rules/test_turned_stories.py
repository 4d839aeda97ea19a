"""In a turned lane every rule goes by the lane as it is driven: also where a truck is lost, cancelled or told where it stands."""

from collections.abc import Callable

import pytest

from lanectl.model import Act, Boom, PointNow, SectionState, UnitRestarted
from tests.rules import scenes
from tests.rules.mirror import Mirror
from tests.rules.scenes import a_lane_in_service, restarted
from tests.rules.words import Field, a_layout_both_ways, set_state

BOTH = a_layout_both_ways()


def declared_with_a_truck_before_the_boom(field: Field) -> None:
    """The approach says nothing about the section behind it, and a point that lost count begins anew with who waits there."""
    field.say(UnitRestarted("io-vn"))
    field.wait(0.5)
    field.occupy("vn-clear")
    field.vacate("vn-clear")
    assert field.lane.points["P0"].lost
    field.occupy("vn-approach")
    assert field.declare("K1") == []
    assert field.lane.points["P0"] == PointNow(head=1)


def swept_from_section_to_section(field: Field) -> None:
    """It is adopted where it says that it stands, and its sweep goes on as it comes to the next node."""
    restarted(field)
    field.say(UnitRestarted("io-bridge"))
    field.wait(0.5)
    field.truck(last_node="K1-stop", standing=True)
    assert field.act(Act.SWEEP, "T1") == []
    assert field.lane.trucks["T1"].authority == "K2-stop"
    field.truck(authority_end="K2-stop")
    scenes.leave_k1(field)
    field.truck(last_node="K2-stop")
    assert field.lane.trucks["T1"].sweeping


def came_round_again_while_it_was_to_sweep(field: Field) -> None:
    restarted(field)
    field.truck(last_node="K2-stop", standing=True)
    assert field.act(Act.SWEEP, "T1") == []
    field.truck(last_node="K1-stop")
    assert not field.lane.trucks["T1"].sweeping


def cancelled_half_under_the_entry_boom(field: Field) -> None:
    """It was counted in there: only its passage ends that (B8)."""
    scenes.arrive(field)
    field.boom("vn", Boom.UP)
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    field.vacate("vn-loop", "vn-curtain")
    field.act(Act.CANCEL, "T1")
    field.truck(authority_end="", cancelled=True, standing=True)
    assert field.lane.trucks["T1"].authority == ""
    assert field.lane.gates["vn"].passing == "T1"


def driven_on_from_under_the_entry_boom(field: Field) -> None:
    """A detector behind the boom sticks: what proves its rear beyond the gate is the next point (B8)."""
    scenes.arrive(field)
    field.boom("vn", Boom.UP)
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.vacate("vn-loop", "vn-curtain")
    field.truck(authority_end="K2-stop")
    assert field.lane.gates["vn"].passing == "T1"
    scenes.leave_k1(field)
    assert field.lane.gates["vn"].passing == ""


def cancelled_under_the_entry_boom_and_swept_on(field: Field) -> None:
    """It came before the boom to sweep and stands in the gate: it gets its way again."""
    field.say(UnitRestarted("io-bridge"))
    scenes.arrive(field)
    assert field.act(Act.SWEEP, "T1") == []
    field.boom("vn", Boom.UP)
    field.truck(authority_end="K1-stop")
    field.occupy("vn-loop")
    field.act(Act.CANCEL, "T1")
    field.truck(authority_end="", cancelled=True, standing=True)
    field.act(Act.RESET, "T1")
    field.act(Act.SWEEP, "T1")
    field.wait(0.5)


def swept_while_another_truck_may_have_driven_in(field: Field) -> None:
    """Who says that it waits at the entry and does not stand there may be in the section behind it."""
    set_state(field, "K1", SectionState.SUSPECT)
    field.truck("T2", last_node="vn-gate")
    field.truck("T1", last_node="vn-gate")
    field.occupy("vn-approach")
    field.act(Act.SWEEP, "T1")
    assert "section_claimed" in field.why()


def swept_where_another_truck_says_that_it_is(field: Field) -> None:
    restarted(field)
    field.say(UnitRestarted("io-vn"))
    field.wait(0.5)
    field.truck("T2", last_node="K1-stop")
    field.truck("T1", last_node="K1-stop", standing=True)
    assert field.act(Act.SWEEP, "T1", place="K1") == []
    assert (field.section("K1").entered, field.section("K1").swept) == (True, False)


STORIES = (
    swept_while_another_truck_may_have_driven_in,
    swept_where_another_truck_says_that_it_is,
    declared_with_a_truck_before_the_boom,
    swept_from_section_to_section,
    came_round_again_while_it_was_to_sweep,
    cancelled_half_under_the_entry_boom,
    driven_on_from_under_the_entry_boom,
    cancelled_under_the_entry_boom_and_swept_on,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_whatever_goes_by_what_lies_before_or_behind_is_the_same_the_other_way_round(
    mirror: Mirror, story: Callable[[Field], None]
) -> None:
    field = a_lane_in_service(BOTH)
    field.clear()
    story(field)
    assert mirror.steps > 20


def test_a_truck_cancelled_under_the_exit_boom_goes_on_from_there_whichever_way_it_came(mirror: Mirror) -> None:
    field = scenes.under_the_exit_boom(BOTH)
    field.occupy("cn-loop", "cn-curtain")
    field.act(Act.CANCEL, "T1")
    field.truck(authority_end="", cancelled=True, standing=True)
    assert field.lane.trucks["T1"].authority == ""
    assert field.act(Act.RESUME, "T1") == []
    assert field.lane.trucks["T1"].authority == "cn-clear"
    assert mirror.steps > 20


def test_a_truck_is_told_where_it_stands_whichever_way_it_came(mirror: Mirror) -> None:
    field = scenes.a_truck_standing_in_k2(BOTH)
    field.act(Act.CANCEL, "T1")
    field.truck(localised=False, standing=True, places=True, cancelled=True, authority_end="", last_node="K1-stop")
    for place in ("K1-stop", "K2-stop"):
        assert field.act(Act.PLACE, "T1", place=place) == []
    for place in ("vn-gate", "cn-gate", "cn-clear"):
        assert field.act(Act.PLACE, "T1", place=place) == ["place_contradicted"]
    assert mirror.steps > 20
