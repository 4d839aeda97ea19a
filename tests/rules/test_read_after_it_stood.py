"""R6, B8. What proves that a truck stopped short is read after it was heard to stand: an older reading may be of before."""

import pytest
from msgspec.structs import replace

from lanectl.model import Act, Connection, DetectorsReported, LinkLost, Reading, Woke
from tests.rules.scenes import a_truck_sent_to_k2, a_truck_with_proceed, under_the_exit_boom
from tests.rules.words import Field


def reads(field: Field, unit: str, sent_at: float, *occupied: str) -> None:
    """What the unit was asked then is heard now."""
    seen = {name: Reading.OCCUPIED if name in occupied else Reading.VACANT for name in field.layout.index.detectors_of[unit]}
    field.say(DetectorsReported(unit, sent_at, tuple(seen.items())))


def stands_later(field: Field) -> Field:
    """A moment after the last readings it stands and confirms that it has no way any more."""
    field.act(Act.CANCEL, "T1")
    field.now += 0.2
    field.truck(cancelled=True, authority_end="", order_done=False, standing=True)
    assert field.lane.trucks["T1"].authority == ""
    return field


def test_r6_a_truck_that_came_to_stand_over_a_point_since_it_was_last_read_keeps_its_lock_beyond() -> None:
    field = stands_later(a_truck_sent_to_k2())
    assert set(field.locks()) == {"K1", "K2", "K3"}
    field.now += 0.1
    field.occupy("P1-a")
    assert field.lane.sections["K2"].locked_for == "T1"
    assert field.states() == "OOV"
    assert field.lane.trucks["T1"].short_of == ""


def test_r6_a_reading_that_was_asked_for_before_the_truck_was_heard_proves_nothing() -> None:
    field = stands_later(a_truck_sent_to_k2())
    field.now += 0.1
    reads(field, "io-bridge", field.now - 0.15)
    assert set(field.locks()) == {"K1", "K2", "K3"}
    assert field.lane.trucks["T1"].short_of == "K2-stop"
    reads(field, "io-bridge", field.now - 0.05)
    assert (set(field.locks()), field.lane.trucks["T1"].short_of) == ({"K1"}, "")


def test_b8_a_truck_that_came_to_stand_under_the_boom_since_it_was_last_read_keeps_its_way_through() -> None:
    field = stands_later(a_truck_with_proceed())
    assert field.lane.gates["vn"].passing == "T1"
    field.now += 0.1
    reads(field, "io-vn", field.now, "vn-approach", "vn-loop")
    assert field.lane.gates["vn"].passing == "T1"
    assert field.lane.sections["K1"].locked_for == "T1"
    assert field.lane.sections["K1"].entered


def test_b8_a_truck_that_is_seen_to_have_stopped_before_the_boom_gives_its_way_through_back() -> None:
    field = stands_later(a_truck_with_proceed())
    field.now += 0.1
    field.refresh()
    assert field.lane.gates["vn"].passing == ""
    assert field.locks() == {}


def test_r6_a_truck_that_was_not_heard_may_have_driven_until_it_is_heard_to_stand() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, authority_end="", standing=False)
    field.dead.add("T1")
    field.wait(3)
    field.dead.clear()
    field.now += 0.2
    field.truck(standing=True)
    assert set(field.locks()) == {"K1", "K2", "K3"}
    field.wait(0.25)
    assert set(field.locks()) == {"K1"}


def test_r6_a_truck_whose_link_broke_is_looked_for_anew_when_it_is_back() -> None:
    """It stood and had given its way back, and what it holds beyond was not seen to be vacant."""
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    field.say(DetectorsReported("io-bridge", field.now, (("P2-a", Reading.UNKNOWN),)))
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.lane.sections["K3"].locked_for == "T1"
    field.truck(connection=Connection.BROKEN)
    field.now += 0.2
    field.truck(connection=Connection.ONLINE)
    reads(field, "io-bridge", field.now - 0.1)
    assert field.lane.sections["K3"].locked_for == "T1"
    field.refresh()
    assert set(field.locks()) == {"K1"}


def test_a_way_that_was_given_back_before_the_lane_turned_is_no_way_any_more() -> None:
    field = a_truck_sent_to_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, authority_end="", standing=True)
    field.lane = replace(field.lane, trucks={"T1": replace(field.lane.trucks["T1"], short_of="K2-back")})
    field.now += 0.1
    field.occupy("P1-a")
    assert field.lane.sections["K2"].why_suspect == "entered_unlocked"
    field.refresh()
    assert field.lane.trucks["T1"].short_of == ""


def test_what_is_awaited_of_a_reading_is_not_passed_over_in_a_calm_lane() -> None:
    """Nothing else is said anew by it."""
    field = stands_later(a_truck_sent_to_k2())
    field.now += 0.05
    field.say(Woke())
    field.now += 0.05
    field.refresh()
    assert set(field.locks()) == {"K1"}


def test_b8_a_truck_that_came_to_stand_under_the_exit_boom_since_it_was_last_read_keeps_its_way_through() -> None:
    field = stands_later(under_the_exit_boom())
    assert field.lane.gates["cn"].passing == "T1"
    field.now += 0.1
    field.occupy("cn-loop", "cn-curtain")
    assert field.lane.gates["cn"].passing == "T1"


def test_r6_a_truck_that_took_a_way_and_gave_it_back_between_two_words_is_looked_for() -> None:
    """It stood at the end of its way before, and stands without one now."""
    field = a_truck_sent_to_k2()
    field.truck(standing=True, authority_end="K1-stop", order_done=True)
    field = stands_later(field)
    assert set(field.locks()) == {"K1", "K2", "K3"}


@pytest.mark.parametrize("unheard", ["said", "lost"])
def test_r6_a_detector_that_was_not_known_meanwhile_has_still_to_be_read_after_the_truck_stood(unheard: str) -> None:
    field = stands_later(a_truck_sent_to_k2())
    if unheard == "said":
        field.say(DetectorsReported("io-bridge", field.now - 0.1, (("P1-a", Reading.UNKNOWN), ("P1-b", Reading.UNKNOWN))))
    else:
        field.say(LinkLost("io-bridge", "no answer"))
    field.now += 0.1
    reads(field, "io-bridge", field.now - 0.15)
    assert field.reading("P1-a") is Reading.VACANT
    assert set(field.locks()) == {"K1", "K2", "K3"}
    reads(field, "io-bridge", field.now - 0.05)
    assert set(field.locks()) == {"K1"}


def test_r6_a_way_that_was_given_back_is_not_cancelled_again_while_its_gate_is_not_seen_to_be_free() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.act(Act.PAUSE, "T1")
    field = stands_later(field)
    assert field.lane.gates["vn"].passing == "T1"
    now = field.lane.trucks["T1"]
    assert (now.cancelling, now.short_of) == (False, "K1-stop")
