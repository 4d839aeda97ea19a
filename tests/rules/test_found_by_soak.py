"""Found by a soak of the whole lane in virtual time, cut down to the rules alone."""

from lanectl.model import Act, Boom, Connection, ExtendAuthority, JournalReported, ReadPlate
from tests.rules.scenes import a_lane_in_service, a_restarted_truck_in_k1, a_started_field, a_truck_sent_to_k2, arrive, restarted
from tests.rules.words import Field


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


def two_that_say_they_wait() -> Field:
    """T1 was counted into K1 and cancelled there, before it came to K1's node; T2 stands before the boom. Both passed vn-gate last."""
    field = restarted(a_truck_sent_to_k2())
    field.dead.clear()
    field.truck(last_node="vn-gate", cancelled=True, authority_end="", standing=True)
    field.wait(3)
    field.truck("T2", last_node="vn-gate")
    field.occupy("vn-approach")
    return field


def test_a_truck_in_the_lane_is_not_taken_for_the_one_that_stands_before_the_boom() -> None:
    """R2. T1 was swept as if it stood where T2 does: nothing held its section any more, and T2 was swept into it."""
    field = two_that_say_they_wait()
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]
    assert field.section("K1").locked_for == "T1"
    assert field.act(Act.SWEEP, "T1", place="K1") == []
    assert field.section("K1").locked_for == "T1"


def test_a_truck_that_was_counted_in_by_mistake_is_swept_from_where_a_person_sees_it() -> None:
    field = two_that_say_they_wait()
    assert field.act(Act.SWEEP, "T1", place="vn") == []
    assert field.section("K1").locked_for == ""
    assert field.act(Act.SWEEP, "T2", place="cn") == ["act_target_unknown"]


def test_no_truck_is_swept_into_the_first_section_while_another_may_be_the_one_in_it() -> None:
    field = a_started_field(armed_before=True)
    field.truck("T2", last_node="vn-gate")
    arrive(field)
    assert field.act(Act.SWEEP, "T1") == []
    field.wait(1)
    assert "section_claimed" in field.why()
    field.truck("T2", connection=Connection.OFFLINE)
    field.wait(1)
    assert field.why() == ["boom_not_up"]
    assert not [c for c in field.take() if isinstance(c, ExtendAuthority)]


def something_under_a_lowered_boom() -> Field:
    """T1 stands before the boom, its approach's detector is stuck, the first section is suspect, and something lies under the boom."""
    field = a_started_field(armed_before=True)
    field.truck(last_node="vn-gate")
    field.occupy("vn-loop", "vn-curtain")
    assert field.lane.gates["vn"].boom is Boom.DOWN
    return field


def test_what_lies_under_a_lowered_boom_is_not_taken_for_the_truck_that_is_swept() -> None:
    """R11, B4. It was taken for T1, which then had its way into K2 and drove through the boom."""
    field = something_under_a_lowered_boom()
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]
    assert field.act(Act.SWEEP, "T1", place="vn") == []
    field.wait(5)
    assert field.locks() == {}
    assert field.lane.trucks["T1"].authority == ""


def test_a_truck_that_a_person_sees_behind_a_lowered_boom_is_swept_from_there() -> None:
    field = something_under_a_lowered_boom()
    assert field.act(Act.SWEEP, "T1", place="K1") == []
    assert field.section("K1").entered


def test_what_lies_under_a_raised_boom_is_the_truck_that_is_swept_when_nothing_stands_before_it() -> None:
    field = something_under_a_lowered_boom()
    field.boom("vn", Boom.UP)
    assert field.act(Act.SWEEP, "T1") == []
    assert field.section("K1").entered


def test_a_truck_that_was_counted_in_is_not_swept_on_under_a_lowered_boom_unless_a_person_says_where_it_is() -> None:
    field = a_restarted_truck_in_k1()
    field.truck(last_node="vn-gate", authority_end="", cancelled=True, standing=True)
    field.boom("vn", Boom.DOWN)
    field.occupy("vn-loop", "vn-curtain")
    assert field.act(Act.SWEEP, "T1") == ["sweep_not_placed"]
    assert field.act(Act.SWEEP, "T1", place="K1") == []
    assert field.section("K1").entered
