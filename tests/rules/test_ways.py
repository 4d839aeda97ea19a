import pytest

from lanectl.model import Act, Aspect, Boom, Connection, ExtendAuthority, SetAspect
from tests.rules.scenes import (
    a_truck_at_the_gate,
    a_truck_before_the_exit,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    arrive,
    leave_k1,
)
from tests.rules.words import Field


def extended(field: Field) -> list[tuple[str, str]]:
    return [(c.truck, c.node) for c in field.take() if isinstance(c, ExtendAuthority)]


def test_authority_and_proceed_come_with_the_proved_boom() -> None:
    field = a_truck_at_the_gate()
    field.take()
    field.boom("vn", Boom.UP)
    assert field.take() == [ExtendAuthority("T1", "K1-stop"), SetAspect("vn", Aspect.PROCEED)]


def test_a_way_locks_the_section_and_its_overlap() -> None:
    assert a_truck_at_the_gate().locks() == {"K1": "T1", "K2": "T1"}


def test_authority_reaches_one_section_ahead() -> None:
    field = a_truck_sent_to_k2()
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}
    field.take()
    field.occupy("P1-a")
    assert extended(field) == [("T1", "cn-gate")]


def test_authority_is_not_extended_before_the_last_is_echoed() -> None:
    field = a_truck_in_k1()
    field.truck(authority_end="K1-stop", last_node="K1-stop")
    assert field.lane.trucks["T1"].authority == "K2-stop"
    field.occupy("P1-a")
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert field.why() == ["truck_echo_awaited"]
    field.truck(authority_end="K2-stop")
    assert field.lane.trucks["T1"].authority == "cn-gate"


def test_authority_is_sent_again_until_it_is_echoed() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.take()
    field.wait(2)
    assert extended(field) == [("T1", "K1-stop")]
    assert field.why() == ["truck_echo_awaited"]
    field.truck(authority_end="K1-stop")
    field.wait(10)
    assert extended(field) == []


def test_authority_is_not_sent_again_when_a_condition_is_lost() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.take()
    field.truck(localised=False)
    field.wait(5)
    assert extended(field) == []
    assert "truck_not_localised" in field.why()
    assert field.locks() == {"K1": "T1", "K2": "T1"}


def test_a_rejected_order_withholds_authority_and_says_why() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.take()
    field.truck(rejected="no such map")
    field.wait(5)
    assert field.why() == ["truck_rejected"]
    assert extended(field) == []
    assert field.act(Act.RESET, "T1") == []
    assert ("T1", "K1-stop") in extended(field)
    assert field.why() == []
    field.wait(0.5)
    assert field.why() == ["truck_rejected"]


def test_a_rejected_update_is_reset_to_what_the_truck_shows() -> None:
    field = a_truck_in_k1()
    field.truck(rejected="no such node", standing=True)
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert field.act(Act.RESET, "T1") == ["truck_echo_awaited"]  # the order that it refused may not be the one on its way
    field.wait(2)
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].authority == "K2-stop"
    assert not field.lane.trucks["T1"].echoed
    field.truck(rejected="")
    field.truck(authority_end="K2-stop")
    assert field.why() == []


def test_a_follower_waits_until_its_section_and_overlap_are_nobodys() -> None:
    field = a_truck_standing_in_k2()
    arrive(field, "T2")
    assert field.why("T2") == ["section_locked"]
    field.occupy("P2-a")
    field.occupy("P2-b")
    field.vacate("P2-a")
    field.vacate("P2-b")
    assert field.locks() == {"K1": "T2", "K2": "T2", "K3": "T1"}


def test_two_trucks_never_hold_one_section() -> None:
    field = a_truck_standing_in_k2()
    arrive(field, "T2")
    field.wait(5)
    assert field.locks() == {"K2": "T1", "K3": "T1"}
    assert "T2" not in [truck for truck, _ in extended(field)]


def test_sections_are_given_back_in_order_behind_the_rear() -> None:
    field = a_truck_sent_to_k2()
    assert "K1" in field.locks()
    leave_k1(field)
    assert field.locks() == {"K2": "T1", "K3": "T1"}


def test_b4_a_way_out_that_was_not_echoed_is_not_sent_again_under_a_boom_that_comes_down() -> None:
    """The loop under it sticks, or the truck rolled on: its way is not taken back there, but it is not told to drive either."""
    field = a_truck_before_the_exit()
    field.boom("cn", Boom.UP)
    assert field.lane.trucks["T1"].authority == "cn-clear"
    field.occupy("cn-approach")
    field.occupy("cn-loop", "cn-curtain")
    field.boom("cn", Boom.MOVING)
    field.take()
    for _ in range(12):
        field.now += 0.25
        field.detect("io-cn")
        field.boom("cn", Boom.MOVING)
        field.lamp("cn", field.shown["cn"])
        field.truck()
    assert not field.lane.trucks["T1"].cancelling
    assert extended(field) == []


def test_b4_a_way_out_that_was_not_echoed_is_not_sent_again_under_a_boom_that_is_not_heard() -> None:
    field = a_truck_before_the_exit()
    field.boom("cn", Boom.UP)
    field.occupy("cn-approach")
    field.occupy("cn-loop", "cn-curtain")
    field.take()
    field.dead.add("barrier-cn")
    field.wait(3)
    assert field.lane.units["barrier-cn"].linked
    assert field.lane.gates["cn"].fault == ""
    assert field.why() == ["boom_not_up"]
    assert extended(field) == []


def test_a_way_that_was_not_echoed_is_sent_again_though_the_truck_rolls() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(standing=False)
    field.take()
    assert field.why() == [], "it drives on a way that it has: nobody has to wait for anything"
    field.wait(2)
    assert extended(field) == [("T1", "K1-stop")]


@pytest.mark.parametrize(("gone", "comes"), [("T1", "T2"), ("T2", "T1")])
def test_what_a_truck_gives_back_the_next_one_gets_in_the_same_step_whatever_their_names_are(gone: str, comes: str) -> None:
    field = a_truck_at_the_gate(name=gone)
    field.occupy("P1-b")
    field.vacate("P1-b")
    field.truck(gone, connection=Connection.OFFLINE)
    field.vacate("vn-approach")
    arrive(field, comes)
    assert field.declare("K1") == []
    assert field.locks() == {"K2": gone}
    assert field.declare("K2") == []
    assert field.locks() == {"K1": comes, "K2": comes}
