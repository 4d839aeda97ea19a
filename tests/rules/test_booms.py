import pytest

from lanectl.model import Act, Boom, BoomMove, JournalReported, LinkLost, ResetBarrier, Service, SetBoom
from tests.rules.scenes import (
    a_lane_in_service,
    a_started_field,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_with_proceed,
    arrive,
    pass_the_gate,
)
from tests.rules.words import Field

UP, DOWN, STOP = BoomMove.UP, BoomMove.DOWN, BoomMove.STOP


def a_boom_coming_down() -> Field:
    field = a_truck_in_k1()
    pass_the_gate(field)
    assert SetBoom("vn", DOWN) in field.take()
    field.boom("vn", Boom.MOVING)
    return field


def moves(field: Field) -> list[BoomMove]:
    return [c.move for c in field.take() if isinstance(c, SetBoom)]


def test_boom_is_asked_up_for_an_identified_cleared_truck() -> None:
    field = a_truck_at_the_gate()
    assert moves(field) == [UP]
    assert field.why() == ["boom_not_up"]


def test_boom_stays_up_while_a_truck_is_under_it() -> None:
    field = a_truck_in_k1()
    field.wait(30)
    assert moves(field) == []


def test_boom_comes_down_when_a_passage_is_proved_complete() -> None:
    assert a_boom_coming_down().lane.gates["vn"].asked is DOWN


@pytest.mark.parametrize("detector", ["vn-loop", "vn-curtain"])
def test_boom_goes_up_at_once_when_something_comes_under_it(detector: str) -> None:
    field = a_boom_coming_down()
    field.occupy(detector)
    assert field.take()[0] == SetBoom("vn", UP, urgent=True)


def test_boom_goes_up_at_once_when_a_detector_under_it_is_not_seen_any_more() -> None:
    field = a_boom_coming_down()
    field.say(LinkLost("io-vn", "no answer"))
    assert SetBoom("vn", UP, urgent=True) in field.take()


def test_boom_goes_up_when_readings_grow_too_old_while_it_comes_down() -> None:
    field = a_boom_coming_down()
    field.silence(0.6)
    assert SetBoom("vn", UP, urgent=True) in field.take()


def test_boom_is_never_asked_down_over_an_unknown_detector() -> None:
    field = a_truck_in_k1()
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.vacate("vn-loop", "vn-curtain")
    field.occupied.discard("vn-clear")
    field.say(LinkLost("io-vn", "no answer"))
    field.dead.add("io-vn")
    field.wait(20)
    assert moves(field) == []


def test_boom_comes_down_after_an_obstruction_has_gone() -> None:
    field = a_boom_coming_down()
    field.occupy("vn-curtain")
    field.boom("vn", Boom.UP)
    field.take()
    field.vacate("vn-curtain")
    assert moves(field) == [DOWN]


def test_boom_is_locked_out_after_three_obstructions_until_a_person_resets_it() -> None:
    field = a_boom_coming_down()
    for _ in range(3):
        field.boom("vn", Boom.MOVING)
        field.occupy("vn-curtain")
        field.boom("vn", Boom.UP)
        field.vacate("vn-curtain")
    assert field.lane.gates["vn"].locked_out
    field.take()
    field.wait(10)
    assert moves(field) == []
    assert field.act(Act.RESET, "vn") == []
    assert moves(field) == [DOWN]


def test_an_obstruction_that_the_barrier_feels_counts_too() -> None:
    field = a_boom_coming_down()
    field.boom("vn", Boom.MOVING, obstructed=True)
    assert field.lane.gates["vn"].obstructions == 1
    assert moves(field) == [UP]


def test_boom_that_met_something_comes_down_again_only_when_it_was_up() -> None:
    field = a_boom_coming_down()
    field.boom("vn", Boom.MOVING, obstructed=True)
    field.take()
    field.boom("vn", Boom.MOVING)
    assert moves(field) == []
    field.boom("vn", Boom.UP)
    assert moves(field) == [DOWN]


def test_obstructions_are_forgotten_when_the_boom_is_proved_down() -> None:
    field = a_boom_coming_down()
    field.occupy("vn-curtain")
    field.boom("vn", Boom.UP)
    field.vacate("vn-curtain")
    field.boom("vn", Boom.DOWN)
    assert field.lane.gates["vn"].obstructions == 0
    assert not field.lane.gates["vn"].may_lower


def test_a_move_that_is_not_proved_in_time_is_a_fault() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.MOVING)
    field.wait(8)
    assert field.lane.gates["vn"].fault == "not_up_in_time"
    assert field.why() == ["gate_fault"]


def test_a_raised_boom_that_is_not_heard_for_a_moment_has_not_failed() -> None:
    field = a_truck_in_k1()
    field.wait(30)
    field.silence(0.7)
    assert field.lane.gates["vn"].boom.value == "UNKNOWN"
    assert field.lane.gates["vn"].fault == ""
    field.wait(0.25)
    assert field.lane.gates["vn"].boom.value == "UP"


def test_a_lowered_boom_stays_down_when_nothing_is_heard_for_a_moment() -> None:
    field = a_boom_coming_down()
    field.boom("vn", Boom.DOWN)
    field.wait(5)
    field.take()
    field.silence(0.7)
    assert moves(field) == []
    assert field.lane.gates["vn"].fault == ""


def test_a_raised_boom_that_is_not_heard_again_is_a_fault_in_the_end() -> None:
    field = a_truck_in_k1()
    field.wait(30)
    field.say(LinkLost("barrier-vn", "no answer"))
    field.dead.add("barrier-vn")
    field.wait(7.75)
    assert field.lane.gates["vn"].fault == ""
    field.wait(0.25)
    assert field.lane.gates["vn"].fault == "not_up_in_time"


def test_a_raised_boom_that_is_found_elsewhere_after_a_silence_is_a_fault() -> None:
    field = a_truck_in_k1()
    field.wait(30)
    field.silence(0.7)
    field.boom("vn", Boom.MOVING)
    assert field.lane.gates["vn"].fault == "moved_unasked"


def test_a_boom_that_stays_up_because_the_journal_cannot_be_written_has_not_failed() -> None:
    field = a_truck_in_k1()
    field.say(JournalReported(writable=False))
    pass_the_gate(field)
    field.wait(20)
    assert field.lane.gates["vn"].fault == ""
    field.take()
    field.say(JournalReported(writable=True))
    field.wait(1)
    assert moves(field) == [DOWN]


def test_a_boom_that_does_not_come_down_in_time_is_a_fault() -> None:
    field = a_boom_coming_down()
    field.wait(8.25)
    assert field.lane.gates["vn"].fault == "not_down_in_time"


def test_a_move_that_does_not_begin_is_asked_again() -> None:
    field = a_truck_at_the_gate()
    field.take()
    field.wait(1)
    assert moves(field) == [UP]


def test_a_fault_is_reset_by_a_person_and_the_truck_goes_on() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.MOVING)
    field.wait(8)
    field.boom("vn", Boom.DOWN)
    field.take()
    assert field.act(Act.RESET, "vn") == []
    assert ResetBarrier("vn") in field.commands
    field.wait(0.25)
    assert moves(field) == [UP]


def test_a_barriers_own_fault_takes_the_gate_out_of_service_until_reset() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.DOWN, fault="motor hot")
    field.boom("vn", Boom.DOWN)
    assert field.lane.gates["vn"].fault == "motor hot"
    assert "gate_fault" in field.why()


def test_a_boom_that_falls_by_itself_is_raised_and_faulted() -> None:
    field = a_truck_with_proceed()
    field.boom("vn", Boom.MOVING)
    assert SetBoom("vn", UP, urgent=True) in field.take()
    assert field.lane.gates["vn"].fault == "moved_unasked"


def test_a_boom_that_rises_by_itself_is_a_fault() -> None:
    field = a_lane_in_service()
    field.boom("vn", Boom.UP)
    assert field.lane.gates["vn"].fault == "moved_unasked"
    assert moves(field) == []


def test_an_unproved_boom_gives_no_authority() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UNKNOWN)
    assert field.why() == ["boom_not_up"]
    assert field.lane.trucks["T1"].authority == ""


def test_a_boom_that_is_not_heard_any_more_is_unknown() -> None:
    field = a_lane_in_service()
    field.silence(0.6)
    assert field.lane.gates["vn"].boom is Boom.UNKNOWN


def test_an_older_answer_of_the_barrier_says_nothing_new() -> None:
    field = a_lane_in_service()
    late = field.lane.gates["vn"]
    field.now -= 0.2
    field.boom("vn", Boom.UP)
    assert field.lane.gates["vn"] == late


def test_no_boom_moves_down_in_an_emergency_stop() -> None:
    field = a_boom_coming_down()
    field.act(Act.STOP)
    assert SetBoom("vn", STOP, urgent=True) in field.take()
    field.wait(5)
    assert set(moves(field)) <= {STOP}
    field.wait(10)
    field.take()
    field.wait(10)
    assert moves(field) == []


def test_a_person_lowers_a_boom_that_an_emergency_stop_left_half_way() -> None:
    field = a_boom_coming_down()
    field.act(Act.STOP)
    field.act(Act.RESET)
    field.take()
    assert field.act(Act.RESET, "vn") == []
    assert moves(field) == [DOWN]


def test_no_remote_command_moves_a_boom_that_is_worked_at_the_gate() -> None:
    field = a_boom_coming_down()
    field.boom("vn", Boom.MOVING, local=True)
    field.take()
    field.occupy("vn-curtain")
    field.boom("vn", Boom.UP, local=True)
    field.vacate("vn-curtain")
    for _ in range(40):
        field.now += 0.25
        field.detect("io-vn")
        field.boom("vn", Boom.UP, local=True)
    assert moves(field) == []
    assert field.act(Act.RESET, "vn") == ["gate_local"]
    field.boom("vn", Boom.UP)
    field.wait(10)
    assert moves(field) == []


def test_boom_stays_up_for_a_truck_whose_released_way_leads_through() -> None:
    field = a_truck_with_proceed()
    field.wait(60)
    assert field.act(Act.RESET, "vn") == ["gate_taken"]
    assert moves(field) == []


def test_no_timer_lowers_a_boom() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.truck(fatal="motor")
    field.truck(authority_end="K1-stop")
    field.take()
    field.wait(120)
    assert moves(field) == []


def test_closing_lowers_a_boom_that_stands_up_for_nobody() -> None:
    field = a_truck_at_the_gate()
    field.truck(localised=False)
    field.boom("vn", Boom.UP)
    field.take()
    assert field.act(Act.CLOSE) == []
    assert moves(field) == [DOWN]
    assert field.lane.service is Service.CLOSED


def test_a_person_cannot_lower_a_boom_over_something() -> None:
    field = a_started_field()
    field.occupy("vn-loop")
    field.boom("vn", Boom.UP)
    field.take()
    assert field.act(Act.RESET, "vn") == []
    assert field.lane.gates["vn"].fault == ""
    assert field.act(Act.RESET, "vn") == ["gate_not_vacant"]
    assert moves(field) == []


def test_a_reset_says_why_the_boom_does_not_come_down() -> None:
    field = a_truck_at_the_gate()
    field.truck(localised=False)
    field.boom("vn", Boom.UP)
    field.act(Act.STOP)
    assert field.act(Act.RESET, "vn") == ["service_in_emergency"]
    field.act(Act.RESET)
    field.say(LinkLost("barrier-vn", "unplugged"))
    assert field.act(Act.RESET, "vn") == ["unit_lost"]
    field.boom("vn", Boom.UP)
    assert field.act(Act.RESET, "vn") == []
    field.boom("vn", Boom.DOWN)
    assert field.act(Act.RESET, "vn") == ["nothing_to_reset"]


def test_the_next_truck_waits_until_a_boom_on_its_way_down_is_down() -> None:
    field = a_boom_coming_down()
    field.truck("T1", connection=field.trucks["T1"].connection, last_node="K1-stop")
    field.occupy("P1-a", "P1-b")
    field.vacate("P1-a")
    field.vacate("P1-b")
    assert field.lane.gates["vn"].asked is DOWN
    assert moves(field) == []


def test_a_boom_found_moving_at_start_goes_up_when_something_is_under_it() -> None:
    field = a_started_field()
    field.boom("vn", Boom.MOVING)
    field.take()
    field.occupy("vn-curtain")
    assert field.take() == [SetBoom("vn", UP, urgent=True)]


def test_a_reset_of_a_boom_that_is_coming_down_lets_it_come_down() -> None:
    field = a_boom_coming_down()
    assert field.act(Act.RESET, "vn") == []
    assert field.lane.gates["vn"].asked is DOWN
    assert moves(field) == []


def test_only_a_gate_or_a_truck_of_this_lane_can_be_reset() -> None:
    assert a_lane_in_service().act(Act.RESET, "T9") == ["act_target_unknown"]


def test_no_authority_under_a_boom_that_was_just_asked_down() -> None:
    field = a_truck_at_the_gate()
    field.truck(localised=False)
    field.boom("vn", Boom.UP)
    assert field.act(Act.RESET, "vn") == []
    assert field.lane.gates["vn"].asked is DOWN
    field.truck(localised=True)
    assert field.why() == ["boom_not_up"]
    assert field.lane.trucks["T1"].authority == ""
    field.boom("vn", Boom.DOWN)
    assert moves(field)[-1] is UP


def test_no_truck_enters_at_a_gate_that_is_locked_out_or_worked_locally() -> None:
    field = a_boom_coming_down()
    for _ in range(3):
        field.boom("vn", Boom.MOVING, obstructed=True)
        field.boom("vn", Boom.UP)
    field.boom("vn", Boom.UP, local=True)
    arrive(field, "T2")
    assert {"gate_local", "gate_locked_out"} <= set(field.why("T2"))


def test_up_and_down_are_never_asked_in_one_step() -> None:
    field = a_boom_coming_down()
    field.occupy("vn-loop")
    assert len([c for c in field.take() if isinstance(c, SetBoom) and c.gate == "vn"]) == 1


def test_boom_that_is_worked_by_hand_is_not_lowered_behind_a_truck() -> None:
    field = a_truck_in_k1()
    field.boom("vn", Boom.UP, local=True)
    field.take()
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.vacate("vn-loop", "vn-curtain")
    field.vacate("vn-clear")
    assert moves(field) == []


def test_what_was_asked_before_somebody_took_the_key_counts_no_more() -> None:
    field = a_boom_coming_down()
    field.boom("vn", Boom.MOVING, local=True)
    field.boom("vn", Boom.UP, local=True)
    field.boom("vn", Boom.UP)
    field.take()
    field.wait(10)
    assert moves(field) == []
    assert field.lane.gates["vn"].fault == ""


def test_a_boom_that_is_moved_by_hand_is_not_one_that_moves_unasked() -> None:
    field = a_lane_in_service()
    field.boom("vn", Boom.UP, local=True)
    assert field.lane.gates["vn"].fault == ""
    field.boom("vn", Boom.DOWN)  # the key is back as it is heard to be down
    assert field.lane.gates["vn"].fault == ""


def test_an_obstruction_counts_only_on_the_way_down_and_not_by_hand() -> None:
    field = a_truck_in_k1()
    field.take()
    field.boom("vn", Boom.UP, obstructed=True)
    assert field.lane.gates["vn"].obstructions == 0
    assert moves(field) == []
    by_hand = a_boom_coming_down()
    by_hand.boom("vn", Boom.MOVING, obstructed=True, local=True)
    assert by_hand.lane.gates["vn"].obstructions == 0


def test_a_halted_boom_is_told_to_halt_until_it_does_and_that_is_no_fault() -> None:
    field = a_boom_coming_down()
    field.act(Act.STOP)
    field.take()
    field.wait(3)
    assert {c for c in field.take() if isinstance(c, SetBoom)} == {SetBoom("vn", STOP, urgent=True)}
    field.wait(20)
    assert field.lane.gates["vn"].fault == ""


@pytest.mark.parametrize(("asked", "urgent"), [(UP, True), (DOWN, False)])
def test_only_what_makes_it_safer_is_urgent_when_it_is_asked_again(asked: BoomMove, urgent: bool) -> None:
    field = a_truck_at_the_gate()
    if asked is DOWN:
        field = a_boom_coming_down()
        field.boom("vn", Boom.UP)
    field.take()
    field.wait(1)
    assert SetBoom("vn", asked, urgent=urgent) in field.take()


def test_a_barrier_that_is_heard_again_is_linked_again() -> None:
    field = a_lane_in_service()
    field.say(LinkLost("barrier-vn", "no answer"))
    field.boom("vn", Boom.DOWN)
    assert field.lane.units["barrier-vn"].linked
    assert field.lane.units["barrier-vn"].why_lost == ""
