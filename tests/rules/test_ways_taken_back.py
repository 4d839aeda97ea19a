from collections.abc import Callable

import pytest

from lanectl.model import Act, Aspect, Boom, CancelAuthority, Connection, ExtendAuthority, LinkLost, SetAspect, UnitRestarted
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    arrive,
    restarted,
)
from tests.rules.words import Field


def extended(field: Field) -> list[tuple[str, str]]:
    return [(c.truck, c.node) for c in field.take() if isinstance(c, ExtendAuthority)]


def test_closing_the_lane_cancels_a_truck_that_has_not_entered() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    assert field.take() == [CancelAuthority("T1"), SetAspect("vn", Aspect.STOP)]
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_a_cancelled_way_stays_locked_until_the_truck_is_proved_stopped_short() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.wait(60)
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.truck(cancelled=True, authority_end="", standing=False)
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.truck(standing=True)
    assert field.locks() == {}
    assert field.lane.gates["vn"].passing == ""
    assert field.lane.trucks["T1"].authority == ""


def test_a_cancellation_is_repeated_until_it_is_confirmed() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.take()
    field.wait(4.25)
    assert field.take().count(CancelAuthority("T1")) == 2
    field.truck(cancelled=True, authority_end="")
    field.take()
    field.wait(10)
    assert CancelAuthority("T1") not in field.take()


def test_a_truck_cancelled_under_the_boom_keeps_the_gate() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.occupy("vn-loop", "vn-curtain")
    field.truck(cancelled=True, authority_end="")
    assert field.lane.gates["vn"].passing == "T1"
    assert field.section("K1").entered


def test_a_truck_with_an_unseen_section_ahead_keeps_its_lock_although_it_stands() -> None:
    field = a_truck_with_proceed()
    field.dead.add("io-vn")
    field.wait(1)
    field.truck(cancelled=True, authority_end="")
    field.wait(1)
    assert field.lane.gates["vn"].passing == "T1"
    assert field.locks()["K1"] == "T1"


def test_a_way_ahead_that_turns_suspect_is_cancelled() -> None:
    field = a_truck_sent_to_k2()
    field.take()
    field.occupy("P2-b")
    assert CancelAuthority("T1") in field.take()
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}
    field.vacate("P2-b")
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}, "suspect: it may be in them"


def test_a_truck_that_rolls_keeps_all_its_locks() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P2-b")
    field.truck(cancelled=True, authority_end="", standing=False)
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}


def test_a_cancelled_truck_gets_a_new_way_when_the_cause_is_gone() -> None:
    field = a_truck_with_proceed()
    field.lamp("vn", Aspect.PROCEED, failed=True)
    assert CancelAuthority("T1") in field.take()
    field.lamp("vn", Aspect.STOP)
    field.truck(cancelled=True, authority_end="")
    assert extended(field) == [("T1", "K1-stop")]


def test_authority_is_withheld_from_a_truck_that_is_being_cancelled() -> None:
    field = a_truck_sent_to_k2()
    field.occupy("P2-b")
    field.take()
    field.wait(5)
    assert extended(field) == []
    assert "truck_cancelling" in field.why() or field.lane.trucks["T1"].cancelling


# ---------------------------------------------------------------- a sweep that is contradicted (S2, R11 b)


def a_sweep_into_k1() -> Field:
    """T1 stands before the entry boom with PROCEED; every section is suspect."""
    field = restarted(a_lane_in_service())
    field.say(UnitRestarted("io-bridge"))
    field.wait(1)
    arrive(field)
    assert field.act(Act.SWEEP, "T1") == []
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop")
    assert (field.states(), field.lane.gates["vn"].aspect_asked) == ("SSS", Aspect.PROCEED)
    field.take()
    return field


def a_sweep_into_k2() -> Field:
    """T1 stands in K1 and was given K2; both are suspect."""
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    field.truck(authority_end="K2-stop", cancelled=False)
    assert (field.states(), field.lane.trucks["T1"].authority) == ("SSV", "K2-stop")
    field.take()
    return field


INTO = pytest.mark.parametrize(("scene", "stop", "far_end"), [(a_sweep_into_k1, "K1-stop", "P1-a"), (a_sweep_into_k2, "K2-stop", "P2-a")])
Scene = Callable[[], Field]


@INTO
@pytest.mark.parametrize("connection", [Connection.ONLINE, Connection.BROKEN])
def test_s2_a_sweep_is_taken_back_when_another_truck_says_that_it_is_there(
    scene: Scene, stop: str, far_end: str, connection: Connection
) -> None:
    field = scene()
    field.truck("T7", last_node=stop, connection=connection)
    assert CancelAuthority("T1") in field.take()
    assert field.lane.gates["vn"].aspect_asked is Aspect.STOP


@INTO
@pytest.mark.parametrize("half", ["a", "b"])
def test_s2_a_sweep_is_taken_back_when_its_far_end_shows_something(scene: Scene, stop: str, far_end: str, half: str) -> None:
    field = scene()
    field.occupy(far_end[:-1] + half)
    assert CancelAuthority("T1") in field.take()
    assert field.lane.gates["vn"].aspect_asked is Aspect.STOP


@INTO
def test_s2_a_sweep_is_taken_back_when_a_truck_may_have_passed_its_far_end_unseen(scene: Scene, stop: str, far_end: str) -> None:
    field = scene()
    field.dead.add("io-bridge")
    field.say(LinkLost("io-bridge", "cable"))
    field.wait(1)
    assert CancelAuthority("T1") not in field.take(), "no truck passes in that time (D2)"
    field.wait(0.25)
    assert CancelAuthority("T1") in field.take()
    assert field.lane.gates["vn"].aspect_asked is Aspect.STOP


def test_s2_proceed_of_a_sweep_goes_when_another_truck_may_be_the_one_that_drives_in() -> None:
    field = a_sweep_into_k1()
    field.truck("T7", last_node="vn-gate")
    assert {CancelAuthority("T1"), SetAspect("vn", Aspect.STOP)} <= set(field.take())
