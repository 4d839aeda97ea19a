"""A boom's move, from when it is asked to when it is proved, has failed, or something was in its way (B2–B7, T3, T4)."""

import pytest

from lanectl.model import Act, Boom, BoomMove, JournalReported, LinkLost, SetBoom
from tests.rules.scenes import a_lane_in_service, a_started_field, a_truck_at_the_gate, a_truck_in_k1, arrive, leave_k1, pass_the_gate
from tests.rules.words import Field

UP, DOWN, STOP = BoomMove.UP, BoomMove.DOWN, BoomMove.STOP


def a_boom_asked_down() -> Field:
    """It has not begun to move yet."""
    field = a_truck_in_k1()
    pass_the_gate(field)
    assert SetBoom("vn", DOWN) in field.take()
    return field


def moves(field: Field) -> list[BoomMove]:
    return [c.move for c in field.take() if isinstance(c, SetBoom)]


def test_b7_a_gate_is_locked_out_by_as_many_obstructions_as_its_limit_and_by_no_fewer() -> None:
    field = a_boom_asked_down()
    for times in (1, 2, 3):
        field.boom("vn", Boom.MOVING)
        field.occupy("vn-curtain")
        assert (field.lane.gates["vn"].obstructions, field.lane.gates["vn"].locked_out) == (times, times == 3)
        field.boom("vn", Boom.UP)
        field.vacate("vn-curtain")


def test_b7_a_boom_that_meets_something_at_its_very_end_has_not_come_down_freely() -> None:
    """It would come down on it again with every truck, and no person would ever look."""
    field = a_boom_asked_down()
    for times in (1, 2, 3):
        field.boom("vn", Boom.MOVING)
        field.boom("vn", Boom.DOWN, obstructed=True)
        assert (field.lane.gates["vn"].obstructions, field.lane.gates["vn"].locked_out) == (times, times == 3)
        field.boom("vn", Boom.UP)


def a_boom_found_moving() -> Field:
    """Nothing was asked of it, and nothing known of it before."""
    field = a_started_field()
    field.say(LinkLost("barrier-vn", "no answer"))
    field.boom("vn", Boom.MOVING)
    field.take()
    return field


def test_b7_a_boom_found_moving_goes_up_when_the_barrier_feels_something() -> None:
    field = a_boom_found_moving()
    field.boom("vn", Boom.MOVING, obstructed=True)
    assert field.take() == [SetBoom("vn", UP, urgent=True)]
    assert field.lane.gates["vn"].obstructions == 1


def test_t3_a_boom_that_begins_to_come_down_as_it_is_told_to_halt_did_not_move_unasked() -> None:
    field = a_boom_asked_down()
    field.act(Act.STOP)
    assert moves(field) == [STOP]
    field.boom("vn", Boom.MOVING)
    assert field.lane.gates["vn"].fault == ""
    assert UP not in moves(field)


@pytest.mark.parametrize("move", [UP, DOWN])
def test_a_boom_that_is_seen_to_move_is_not_asked_again(move: BoomMove) -> None:
    field = a_truck_at_the_gate() if move is UP else a_boom_asked_down()
    field.boom("vn", Boom.MOVING)
    field.take()
    field.wait(3)
    assert moves(field) == []


def test_b5_a_boom_asked_up_has_failed_in_time_whether_the_journal_can_be_written_or_not() -> None:
    field = a_truck_at_the_gate()
    field.say(JournalReported(writable=False))
    field.wait(8)
    assert field.lane.gates["vn"].fault == "not_up_in_time"


def test_b5_a_boom_found_between_its_places_is_a_fault_when_it_does_not_come_to_one_in_time() -> None:
    field = a_boom_found_moving()
    field.wait(7.75)
    assert field.lane.gates["vn"].fault == ""
    field.wait(0.25)
    assert field.lane.gates["vn"].fault == "place_unproved"


def test_b3_a_boom_on_its_way_down_comes_down_before_it_is_raised_for_a_truck() -> None:
    field = a_truck_at_the_gate()
    field.truck(localised=False)
    field.boom("vn", Boom.UP)
    assert field.act(Act.RESET, "vn") == []
    assert field.lane.gates["vn"].asked is DOWN
    field.boom("vn", Boom.MOVING)
    field.take()
    field.truck(localised=True)
    assert moves(field) == []
    field.boom("vn", Boom.DOWN)
    assert moves(field) == [UP]


def test_b6_what_a_person_asked_before_a_truck_came_lowers_no_boom_behind_its_back() -> None:
    """What is under the boom was not seen when the lane was closed, and nobody closes it again."""
    field = a_lane_in_service()
    field.boom("vn", Boom.UNKNOWN)
    field.say(LinkLost("io-vn", "no answer"))
    assert field.act(Act.CLOSE) == []
    field.boom("vn", Boom.DOWN)
    field.wait(0.5)
    assert moves(field) == []
    assert field.act(Act.OPEN) == []
    arrive(field)
    assert moves(field)[-1] is UP
    field.truck(localised=False)
    field.boom("vn", Boom.UP)
    field.wait(5)
    assert moves(field) == []


def test_b6_a_reset_that_lets_a_boom_rise_for_a_truck_lowers_it_not_behind_that_trucks_back() -> None:
    """It stood somewhere: the person let it come down, and the lane had it raised at once for the truck that waited."""
    field = a_lane_in_service()
    field.boom("vn", Boom.UNKNOWN, fault="motor hot")
    arrive(field)
    field.take()
    assert field.act(Act.RESET, "vn") == []
    assert moves(field) == [UP]
    field.truck(localised=False)
    field.boom("vn", Boom.UP)
    field.wait(5)
    assert moves(field) == []


def test_b5_a_boom_that_comes_down_while_the_journal_cannot_be_written_has_failed_in_time() -> None:
    field = a_boom_asked_down()
    field.boom("vn", Boom.MOVING)
    field.say(JournalReported(writable=False))
    field.wait(8)
    assert field.lane.gates["vn"].fault == "not_down_in_time"


@pytest.mark.parametrize("place", [Boom.UP, Boom.DOWN])
def test_b4_a_boom_that_does_not_know_for_a_moment_where_it_is_has_not_moved(place: Boom) -> None:
    """It was moved by hand long ago, and nothing was asked of it since."""
    field = a_lane_in_service()
    field.boom("vn", place, local=True)
    field.boom("vn", place)
    field.wait(10)
    field.boom("vn", Boom.UNKNOWN)
    field.wait(5)
    assert field.lane.gates["vn"].fault == ""
    field.wait(3)
    assert field.lane.gates["vn"].fault == "place_unproved"


def test_b5_a_barriers_own_fault_is_not_covered_by_what_it_does_then() -> None:
    field = a_lane_in_service()
    field.boom("vn", Boom.DOWN, fault="motor hot")
    field.boom("vn", Boom.UP)
    assert field.lane.gates["vn"].fault == "motor hot"


def test_t4_a_boom_that_was_worked_by_hand_for_one_report_is_not_asked_what_it_was_asked_before() -> None:
    field = a_boom_asked_down()
    field.boom("vn", Boom.UP, local=True)
    field.boom("vn", Boom.UP)
    assert field.lane.gates["vn"].asked is None
    field.wait(3)
    assert moves(field) == []


def test_b6_a_boom_that_was_worked_by_hand_comes_down_behind_a_truck_that_passed_meanwhile() -> None:
    field = a_truck_in_k1()
    field.boom("vn", Boom.UP, local=True)
    pass_the_gate(field)
    field.boom("vn", Boom.UP, local=True)
    assert moves(field) == []
    field.boom("vn", Boom.UP)
    assert moves(field) == [DOWN]


def test_a_barrier_that_is_not_heard_is_not_asked_again() -> None:
    field = a_truck_at_the_gate()
    field.say(LinkLost("barrier-vn", "no answer"))
    field.dead.add("barrier-vn")
    field.take()
    field.wait(3)
    assert moves(field) == []


def test_b5_a_reset_leaves_a_boom_that_stands_up_over_a_truck_as_it_was_asked_and_forgets_what_another_was_asked() -> None:
    field = a_truck_in_k1()
    field.boom("vn", Boom.UP, fault="motor hot")
    field.boom("vn", Boom.UP)
    assert field.act(Act.RESET, "vn") == []
    assert (field.lane.gates["vn"].asked, field.lane.gates["vn"].passing) == (UP, "T1")
    field = a_truck_at_the_gate()
    field.truck(localised=False)
    field.boom("vn", Boom.UP, fault="motor hot")
    field.occupy("vn-curtain")
    assert field.act(Act.RESET, "vn") == []
    assert field.lane.gates["vn"].asked is None


@pytest.mark.parametrize("place", [Boom.UP, Boom.DOWN, Boom.MOVING])
def test_d1_a_boom_that_is_not_heard_is_unknown_wherever_it_was(place: Boom) -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", place)
    field.silence(0.59)
    assert field.lane.gates["vn"].boom is place
    field.silence(0.02)
    assert field.lane.gates["vn"].boom is Boom.UNKNOWN


def drive_on_to_k3(field: Field) -> None:
    field.truck(authority_end="K2-stop", last_node="K1-stop")
    leave_k1(field)
    field.truck(authority_end="cn-gate", last_node="K2-stop")
    for detectors in ("P2-a", "P2-b"):
        field.occupy(detectors)
    for detectors in ("P2-a", "P2-b"):
        field.vacate(detectors)


def test_b6_a_passage_lowers_no_boom_on_the_truck_that_it_stands_up_for_since() -> None:
    """It was raised by hand, again worked by hand behind T1, and stood UP already when T2 was given its way."""
    field = a_lane_in_service()
    field.boom("vn", Boom.UP, local=True)
    field.boom("vn", Boom.UP)
    arrive(field)
    field.truck(authority_end="K1-stop", standing=False)
    field.occupy("vn-loop", "vn-curtain")
    field.boom("vn", Boom.UP, local=True)
    pass_the_gate(field)
    drive_on_to_k3(field)
    arrive(field, "T2")
    field.boom("vn", Boom.UP)
    assert field.lane.gates["vn"].passing == "T2"
    field.act(Act.CANCEL, "T2")
    field.truck("T2", cancelled=True, standing=True)
    assert (field.lane.gates["vn"].passing, field.lane.gates["vn"].boom) == ("", Boom.UP)
    field.wait(5)
    assert DOWN not in moves(field)


def test_b3_a_boom_that_was_halted_half_way_is_raised_for_the_next_truck() -> None:
    field = a_boom_asked_down()
    field.boom("vn", Boom.MOVING)
    field.act(Act.STOP)
    assert field.act(Act.RESET) == []
    assert field.act(Act.OPEN, reason="nobody is under it") == []
    drive_on_to_k3(field)
    field.boom("vn", Boom.MOVING)
    field.take()
    arrive(field, "T2")
    assert SetBoom("vn", UP) in field.take()


def test_b5_what_failed_first_is_told_until_it_is_reset() -> None:
    """The boom does not come up in time either; but it is the motor that a person has to look at."""
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.DOWN, fault="motor hot")
    field.take()
    field.wait(9)
    assert field.lane.gates["vn"].fault == "motor hot"
    assert moves(field) == []
