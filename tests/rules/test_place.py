"""PLACE: a truck that does not know where it is is told where it stands, by a person, where nothing says otherwise."""

import pytest

from lanectl.model import Act, Boom, Connection, ExtendAuthority, JournalReported, PlaceTruck, Placing, SectionState, TruckMode
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_before_the_exit,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    drive_out,
    under_the_exit_boom,
)
from tests.rules.words import Field, set_state


def a_lost_truck(**changes: object) -> Field:
    """It stands, takes initPosition and does not know where it is."""
    field = a_lane_in_service()
    field.truck("T1", **{"localised": False, "standing": True, "places": True, **changes})
    field.take()
    return field


def a_lost_truck_in_k2() -> Field:
    """Counted in there; its way was taken back, and it confirmed."""
    field = a_truck_standing_in_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(localised=False, standing=True, places=True, cancelled=True, authority_end="", last_node="K1-stop")
    assert field.lane.trucks["T1"].authority == ""
    field.take()
    return field


def test_a_truck_that_stands_outside_is_told_where_it_stands() -> None:
    field = a_lost_truck()
    assert field.act(Act.PLACE, "T1", place="vn-gate", x_m=-4.5) == []
    assert field.take() == [PlaceTruck("T1", "vn-gate", -4.5)]
    assert field.act(Act.PLACE, "T1", place="cn-clear") == []


def test_what_came_of_an_earlier_place_does_not_answer_the_next() -> None:
    field = a_lost_truck(placing=Placing.TAKEN)
    field.act(Act.PLACE, "T1", place="vn-gate")
    assert field.lane.trucks["T1"].report.placing is Placing.ASKED


def test_a_placed_truck_gets_its_way_like_any_other() -> None:
    field = a_truck_at_the_gate()
    field.truck(localised=False, places=True, standing=True)
    assert "truck_not_localised" in field.why()
    assert field.act(Act.PLACE, "T1", place="vn-gate") == []
    field.truck(localised=True, placing=Placing.TAKEN)
    assert "truck_not_localised" not in field.why()
    assert not [command for command in field.take() if isinstance(command, ExtendAuthority)]


@pytest.mark.parametrize("node", ["K1-stop", "K2-stop"])
def test_a_truck_in_the_lane_is_placed_where_it_was_counted_to(node: str) -> None:
    field = a_lost_truck_in_k2()
    assert field.act(Act.PLACE, "T1", place=node) == []
    assert field.take()[-1] == PlaceTruck("T1", node)


@pytest.mark.parametrize("node", ["vn-gate", "cn-gate", "cn-clear"])
def test_a_truck_in_the_lane_is_not_placed_where_it_cannot_be(node: str) -> None:
    field = a_lost_truck_in_k2()
    assert field.act(Act.PLACE, "T1", place=node) == ["place_contradicted"]
    assert not [command for command in field.take() if isinstance(command, PlaceTruck)]


def test_a_truck_that_was_never_counted_is_placed_only_in_a_suspect_section_that_is_nobodys() -> None:
    field = a_lost_truck()
    assert field.act(Act.PLACE, "T1", place="K2-stop") == ["place_contradicted"]
    set_state(field, "K2", SectionState.SUSPECT)
    assert field.act(Act.PLACE, "T1", place="K2-stop") == []


def test_a_truck_is_not_placed_in_a_suspect_section_that_is_anothers() -> None:
    field = a_truck_sent_to_k2()
    set_state(field, "K2", SectionState.SUSPECT)
    field.truck("T2", localised=False, standing=True, places=True)
    assert field.act(Act.PLACE, "T2", place="K2-stop") == ["place_contradicted"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"places": False}, "place_not_taken"),
        ({"standing": False}, "reset_truck_moving"),
        ({"mode": TruckMode.MANUAL}, "truck_not_automatic"),
        ({"connection": Connection.BROKEN}, "truck_not_online"),
        ({"authority_end": "K1-stop"}, "place_has_way"),
    ],
)
def test_a_truck_that_may_not_be_told_is_sent_nothing(changes: dict[str, object], code: str) -> None:
    field = a_lost_truck(**changes)
    assert field.act(Act.PLACE, "T1", place="vn-gate") == [code]
    assert field.take() == []


def test_a_truck_that_has_a_way_is_not_placed_until_it_is_taken_back() -> None:
    field = a_truck_with_proceed()
    field.truck(localised=False, standing=True, places=True)
    assert field.act(Act.PLACE, "T1", place="vn-gate") == ["place_has_way"]
    field.act(Act.CANCEL, "T1")
    assert field.act(Act.PLACE, "T1", place="vn-gate") == ["place_has_way"]
    field.truck(cancelled=True, authority_end="")
    assert field.act(Act.PLACE, "T1", place="vn-gate") == []


def test_a_truck_that_was_just_sent_a_way_is_not_placed_though_it_shows_none_yet() -> None:
    field = a_truck_at_the_gate()
    field.truck(standing=True, places=True)
    field.boom("vn", Boom.UP)
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].report.authority_end) == ("K1-stop", "")
    assert field.act(Act.PLACE, "T1", place="vn-gate") == ["place_has_way"]


def test_a_truck_is_not_placed_in_a_suspect_section_far_behind_its_count() -> None:
    """It was counted on since: what is suspect behind it holds somebody else's trace."""
    field = a_truck_before_the_exit()
    set_state(field, "K1", SectionState.SUSPECT)
    field.act(Act.CANCEL, "T1")
    field.truck(localised=False, standing=True, places=True, cancelled=True, authority_end="")
    assert field.act(Act.PLACE, "T1", place="K1-stop") == ["place_contradicted"]
    assert field.act(Act.PLACE, "T1", place="K2-stop") == []


def test_a_truck_that_has_left_and_driven_its_order_is_placed_behind_the_far_gate() -> None:
    field = under_the_exit_boom()
    drive_out(field)
    field.truck(last_node="cn-clear", authority_end="cn-clear", order_done=True, standing=True, localised=False, places=True)
    assert field.act(Act.PLACE, "T1", place="cn-clear") == []


def test_a_silent_truck_is_not_placed() -> None:
    field = a_lost_truck()
    field.silence(5.0)
    assert field.act(Act.PLACE, "T1", place="vn-gate") == ["truck_silent"]


def test_what_is_not_known_here_is_refused() -> None:
    field = a_lost_truck()
    assert field.act(Act.PLACE, "T9", place="vn-gate") == ["act_target_unknown"]
    assert field.act(Act.PLACE, "T1", place="moon") == ["act_target_unknown"]


def test_no_place_is_told_that_cannot_be_written_down() -> None:
    field = a_lost_truck()
    field.say(JournalReported(False))
    assert field.act(Act.PLACE, "T1", place="vn-gate") == ["journal_not_writable"]


@pytest.mark.parametrize("mode", [mode for mode in TruckMode if mode is not TruckMode.AUTOMATIC])
def test_only_a_truck_in_automatic_is_told_where_it_stands(mode: TruckMode) -> None:
    assert a_lost_truck(mode=mode).act(Act.PLACE, "T1", place="vn-gate") == ["truck_not_automatic"]


def test_a_truck_that_shows_somebody_elses_order_is_not_told_where_it_stands_until_that_is_done() -> None:
    field = a_lost_truck(authority_end="yard-7")
    assert field.act(Act.PLACE, "T1", place="vn-gate") == ["place_has_way"]
    field.truck(order_done=True)
    assert field.act(Act.PLACE, "T1", place="vn-gate") == []


def test_a_truck_whose_foreign_order_is_being_taken_back_is_not_told_where_it_stands() -> None:
    field = a_lost_truck(authority_end="K2-stop")
    field.truck(authority_end="")
    assert (field.lane.trucks["T1"].authority, field.lane.trucks["T1"].cancelling) == ("", True)
    assert "place_has_way" in field.act(Act.PLACE, "T1", place="vn-gate")
