from lanectl.model import Act, Aspect, CancelAuthority, ExtendAuthority, SetAspect
from tests.rules.scenes import a_truck_sent_to_k2, a_truck_with_proceed
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
