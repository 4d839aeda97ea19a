"""Found by a soak of the whole lane in virtual time, cut down to the rules alone."""

from lanectl.model import Connection, JournalReported, ReadPlate
from tests.rules.scenes import a_lane_in_service, a_restarted_truck_in_k1


def test_a_suspect_section_ahead_stays_locked_for_the_truck_that_may_have_driven_into_it_unseen() -> None:
    """R6, R12. While the controller was dead T1 drove from K1 into K2; then it was switched off, and two persons saw that K1 is empty."""
    field = a_restarted_truck_in_k1()
    assert field.states()[:2] == "SS"
    field.truck(connection=Connection.BROKEN)
    assert field.declare("K1") == ["declare_other_first"]
    assert field.refusal("declare_other_first").params[-1] == ("first", "K2")
    assert field.locks().get("K2") == "T1", "another truck is swept into K2, onto T1"
    assert field.declare("K2") == []
    assert field.locks().get("K2") == "T1"
    assert field.declare("K1") == []
    assert field.locks() == {}
    assert field.lane.trucks["T1"].stopped_by == "declared_away"


def test_a_plate_that_could_not_be_asked_for_is_asked_for_when_the_journal_is_writable_again() -> None:
    """A full disk held the command back for good, and the truck waited for a person who could do nothing."""
    field = a_lane_in_service()
    field.say(JournalReported(False))
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.say(JournalReported(True))
    assert ReadPlate("vn", True) in field.take()
