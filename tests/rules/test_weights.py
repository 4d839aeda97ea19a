"""R3. What a truck weighs before the boom agrees with what is declared for it, or it stays there and both numbers are said."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from lanectl.interlocking.refusals import NO_WEIGHT
from lanectl.layout import Layout, LayoutError
from lanectl.model import (
    Aspect,
    Authority,
    Boom,
    ClearanceReported,
    Connection,
    ConsignmentReported,
    Sight,
    SightReported,
    Standing,
    Started,
    Weighed,
    WeightReported,
)
from lanectl.status.alarms import PRIORITIES, alarms
from tests.rules.scenes import a_lane_in_service
from tests.rules.words import LAYOUT, Field

DECLARED_KG = 23_450


def weighed(*, needed: bool = True) -> Layout:
    vn, cn = LAYOUT.gates
    return replace(LAYOUT, weight_needed=needed, gates=(replace(vn, weight_tolerance_kg=500), cn))


def a_truck_on_the_scale(weight_kg: int | None, why: str = "", *, declared_kg: int | None = DECLARED_KG, needed: bool = True) -> Field:
    """Read, cleared, and weighed at last."""
    field = a_lane_in_service(weighed(needed=needed))
    declare(field, declared_kg)
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    if weight_kg is not None or why:
        field.say(WeightReported("vn", weight_kg, why))
    return field


def declare(field: Field, declared_kg: int | None) -> None:
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", declared_weight_kg=declared_kg))
    for authority in Authority:
        field.say(ClearanceReported("C-T1", authority, Standing.CLEARED))


def let_in(field: Field) -> bool:
    field.boom("vn", Boom.UP)
    return field.lane.trucks["T1"].authority != ""


@pytest.mark.parametrize("weight_kg", [DECLARED_KG, DECLARED_KG - 500, DECLARED_KG + 500])
def test_a_truck_that_weighs_what_is_declared_is_let_in(weight_kg: int) -> None:
    assert let_in(a_truck_on_the_scale(weight_kg))


@pytest.mark.parametrize("weight_kg", [DECLARED_KG - 501, DECLARED_KG + 501])
@pytest.mark.parametrize("needed", [True, False])
def test_a_truck_that_weighs_something_else_stays_and_both_numbers_are_said(weight_kg: int, needed: bool) -> None:
    field = a_truck_on_the_scale(weight_kg, needed=needed)
    assert field.why() == ["weight_other"]
    said = {"gate": "vn", "weight_kg": str(weight_kg), "declared_kg": "23450", "tolerance_kg": "500"}
    assert dict(field.refusal("weight_other").params) == said
    assert field.locks() == {}
    assert not let_in(field)


@pytest.mark.parametrize("why", NO_WEIGHT)
def test_a_truck_without_a_weight_stays_and_it_is_said_why(why: str) -> None:
    field = a_truck_on_the_scale(None, why)
    assert field.why() == ["weight_missing"]
    assert dict(field.refusal("weight_missing").params) == {"gate": "vn", "no_weight": why, "declared_kg": "23450"}
    assert not let_in(field)


def test_a_scale_that_was_never_heard_is_silent() -> None:
    assert dict(a_truck_on_the_scale(None).refusal("weight_missing").params)["no_weight"] == "silent"


def test_a_truck_of_which_no_weight_is_declared_stays() -> None:
    field = a_truck_on_the_scale(DECLARED_KG, declared_kg=None)
    assert field.why() == ["weight_undeclared"]
    assert not let_in(field)


@pytest.mark.parametrize(("weight_kg", "why", "declared_kg"), [(None, "silent", DECLARED_KG), (DECLARED_KG, "", None)])
def test_a_site_that_needs_no_weight_lets_in_what_is_not_weighed(weight_kg: int | None, why: str, declared_kg: int | None) -> None:
    assert let_in(a_truck_on_the_scale(weight_kg, why, declared_kg=declared_kg, needed=False))


def test_a_weight_that_goes_before_the_boom_is_up_keeps_the_truck() -> None:
    field = a_truck_on_the_scale(DECLARED_KG)
    field.say(WeightReported("vn", None, "unsteady"))
    assert not let_in(field)
    assert "weight_missing" in field.why()


def test_a_truck_that_drives_off_the_scale_keeps_its_way_and_its_signal() -> None:
    field = a_truck_on_the_scale(DECLARED_KG)
    assert let_in(field)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop", standing=False)
    field.say(WeightReported("vn", None, "unsteady"))
    assert field.why() == []
    assert field.lane.gates["vn"].aspect_asked is Aspect.PROCEED


def test_a_declaration_that_is_corrected_has_to_be_cleared_anew() -> None:
    field = a_truck_on_the_scale(30_000)
    field.say(ConsignmentReported("C-T1", "T1", "14C12345", declared_weight_kg=30_000))
    assert field.why() == ["consignment_not_cleared", "consignment_not_cleared"]
    declare(field, 30_000)
    assert let_in(field)


def test_a_lane_that_needs_the_weight_and_has_no_scale_cannot_be() -> None:
    with pytest.raises(LayoutError, match="no weighbridge"):
        replace(LAYOUT, weight_needed=True)


def test_a_scale_without_a_weight_is_an_alarm_but_an_empty_one_is_none() -> None:
    field = a_truck_on_the_scale(None)
    for why in NO_WEIGHT:
        field.say(WeightReported("vn", None, why))
        assert scale_alarms(field) == ([] if why in {"empty", "unsteady"} else [f"SCALE_{why.upper()}"])
    assert {f"SCALE_{why.upper()}" for why in NO_WEIGHT if why != "empty"} <= set(PRIORITIES)


def test_a_load_that_does_not_come_to_rest_is_an_alarm_after_a_time() -> None:
    field = a_truck_on_the_scale(None, "unsteady")
    field.wait(29)
    assert scale_alarms(field) == []
    field.wait(1)
    assert scale_alarms(field) == ["SCALE_UNSTEADY"]


def test_a_weight_that_contradicts_is_an_alarm_with_both_numbers() -> None:
    field = a_truck_on_the_scale(30_000)
    assert scale_alarms(field) == ["WEIGHT_OTHER"]
    field.say(WeightReported("vn", DECLARED_KG))
    assert scale_alarms(field) == []


def scale_alarms(field: Field) -> list[str]:
    return [a.code for a in alarms(field.layout, field.lane, field.now) if a.code.startswith(("SCALE", "WEIGHT"))]


def test_a_truck_is_weighed_against_what_is_declared_for_it_and_not_for_another() -> None:
    field = a_lane_in_service(weighed())
    field.say(ConsignmentReported("C-T9", "T9", "14C99999", declared_weight_kg=40_000))
    declare(field, DECLARED_KG)
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    field.say(WeightReported("vn", 40_000))
    assert field.why() == ["weight_other"]
    field.say(WeightReported("vn", DECLARED_KG))
    assert let_in(field)


def off_the_scale_in_part() -> Field:
    """It was let in, pulled off, lost its way before the boom (a lamp failed) and stands there, its front beyond the scale's end."""
    field = a_truck_on_the_scale(DECLARED_KG)
    assert let_in(field)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop", standing=False)
    field.say(WeightReported("vn", None, "unsteady"))
    field.lamp("vn", Aspect.PROCEED, failed=True)
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.lane.trucks["T1"].authority == ""
    field.lamp("vn", Aspect.STOP)
    return field


@pytest.mark.parametrize(("weight_kg", "why"), [(DECLARED_KG - 2_000, ""), (None, "empty")])
def test_a_truck_that_lost_its_way_off_the_scale_in_part_is_sent_on_as_it_was_weighed(weight_kg: int | None, why: str) -> None:
    field = off_the_scale_in_part()
    assert "weight_missing" in field.why()
    field.say(WeightReported("vn", weight_kg, why))
    assert field.why() == []
    assert field.lane.trucks["T1"].authority == "K1-stop"
    assert scale_alarms(field) == []


@pytest.mark.parametrize(("weight_kg", "why"), [(DECLARED_KG + 501, ""), (None, "silent"), (None, "unsteady"), (None, "over_range")])
def test_a_truck_that_was_weighed_and_shows_more_or_nothing_certain_stays(weight_kg: int | None, why: str) -> None:
    field = off_the_scale_in_part()
    field.say(WeightReported("vn", weight_kg, why))
    assert field.why() == ["weight_missing" if weight_kg is None else "weight_other"]
    assert field.lane.trucks["T1"].authority == ""


def test_what_a_truck_weighed_is_compared_with_what_is_declared_now() -> None:
    field = off_the_scale_in_part()
    declare(field, 20_000)
    field.say(WeightReported("vn", 20_000))
    assert dict(field.refusal("weight_other").params)["weight_kg"] == str(DECLARED_KG)


def test_what_a_truck_weighed_survives_a_restart_while_it_has_its_way() -> None:
    field = a_truck_on_the_scale(DECLARED_KG)
    assert let_in(field)
    field.truck(authority_end="K1-stop", standing=False)
    field.say(Started(armed_before=True, lane=field.lane))
    field.truck(cancelled=True, authority_end="", standing=True)
    field.wait(2)
    assert field.lane.gates["vn"].passing == ""
    assert field.lane.gates["vn"].weighed == Weighed("T1", DECLARED_KG)


def test_a_truck_that_left_the_approach_is_weighed_anew() -> None:
    field = off_the_scale_in_part()
    field.vacate("vn-approach")
    field.occupy("vn-approach")
    field.identify()
    field.say(WeightReported("vn", DECLARED_KG - 2_000))
    assert field.why() == ["weight_other"]


def test_a_truck_that_left_the_approach_with_its_way_is_weighed_anew() -> None:
    """It may have been unloaded before it stood and said that it has no way any more."""
    field = a_truck_on_the_scale(DECLARED_KG)
    assert let_in(field)
    field.vacate("vn-approach")
    field.occupy("vn-approach")
    assert field.lane.gates["vn"].passing == "T1"
    assert field.lane.gates["vn"].weighed is None


def unseen_for_long(field: Field) -> Field:
    """As while a module's watchdog is proved: nobody sees the approach, and its truck speaks on."""
    return unseen(field, 3)


def unseen(field: Field, seconds: float) -> Field:
    field.dead.add("io-vn")
    field.wait(seconds)
    field.dead.clear()
    field.wait(1)
    return field


def test_what_a_truck_weighed_outlives_that_its_approach_was_not_seen() -> None:
    field = unseen_for_long(off_the_scale_in_part())
    assert field.lane.gates["vn"].identity is None
    field.identify()
    field.say(WeightReported("vn", DECLARED_KG - 2_000))
    assert "weight_other" not in field.why()
    assert field.lane.gates["vn"].weighed == Weighed("T1", DECLARED_KG)


def test_what_a_truck_weighed_ends_where_it_says_that_it_is_elsewhere() -> None:
    field = off_the_scale_in_part()
    field.truck(last_node="")
    assert field.lane.gates["vn"].weighed is None


def unheard(field: Field) -> Field:
    field.dead.add("T1")
    field.wait(3)
    return field


def broken(field: Field) -> Field:
    field.truck(connection=Connection.BROKEN)
    return field


@pytest.mark.parametrize("falls_silent", [unheard, broken])
def test_what_a_truck_weighed_outlives_its_silence_while_the_approach_is_seen_to_be_taken(falls_silent: Callable[[Field], Field]) -> None:
    """Its link may fail for a moment, and it stands off the scale in part: nobody could weigh it again."""
    field = falls_silent(off_the_scale_in_part())
    assert field.lane.gates["vn"].weighed == Weighed("T1", DECLARED_KG)
    field.vacate("vn-approach")
    assert field.lane.gates["vn"].weighed is None


@pytest.mark.parametrize("falls_silent", [unheard, broken])
def test_what_a_truck_weighed_ends_where_nobody_hears_or_sees_it(falls_silent: Callable[[Field], Field]) -> None:
    assert unseen_for_long(falls_silent(off_the_scale_in_part())).lane.gates["vn"].weighed is None


def test_what_a_truck_weighed_outlives_a_moment_in_which_nobody_hears_or_sees_it() -> None:
    """Too short for a truck to leave the approach (D2), as when the controller itself was held up."""
    field = unseen(unheard(off_the_scale_in_part()), LAYOUT.limits.passage_gap_s_max - 0.2)
    assert field.lane.gates["vn"].weighed == Weighed("T1", DECLARED_KG)


def another_is_read(field: Field, plate: str) -> None:
    """T2 says that it is at the gate, and the scale shows less than it has declared."""
    field.say(ConsignmentReported("C-T2", "T2", plate, declared_weight_kg=DECLARED_KG))
    for authority in Authority:
        field.say(ClearanceReported("C-T2", authority, Standing.CLEARED))
    field.truck("T2", last_node="vn-gate")
    field.identify("T2")
    field.say(WeightReported("vn", DECLARED_KG - 2_000))


def test_what_one_truck_weighed_is_no_weight_of_another() -> None:
    field = off_the_scale_in_part()
    field.truck("T1", last_node="")
    another_is_read(field, "14C12345")
    assert field.why("T2") == ["weight_other"]


def test_what_one_truck_weighed_is_no_weight_of_another_that_is_read_while_the_first_says_that_it_stays() -> None:
    field = off_the_scale_in_part()
    another_is_read(field, "14C99999")
    assert field.lane.gates["vn"].weighed == Weighed("T1", DECLARED_KG)
    assert "weight_other" in field.why("T2")


def test_what_was_known_of_a_truck_at_the_gate_ends_where_it_is_counted_in() -> None:
    field = a_truck_on_the_scale(DECLARED_KG)
    field.say(SightReported("vn", Sight.CONTAINER, "", 0.4, "sha"))
    assert let_in(field)
    field.lamp("vn", Aspect.PROCEED)
    assert field.lane.gates["vn"].weighed == Weighed("T1", DECLARED_KG)
    field.occupy("vn-loop", "vn-curtain")
    gate = field.lane.gates["vn"]
    assert (gate.identity, gate.sights, gate.weighed) == (None, (), None)
