"""What leaves the controller when: stops at once, authority only after its record is durable, nothing late."""

from lanectl.model import Aspect, BoomMove, CancelAuthority, ExtendAuthority, PauseTruck, ResumeTruck, SetAspect, SetBoom
from lanectl.outbox import HELD_S_MAX, Outbox

PROCEED = SetAspect("vn", Aspect.PROCEED)
STOP = SetAspect("vn", Aspect.STOP)
EXTEND = ExtendAuthority("T01", "K1-stop")


def test_authority_waits_until_its_record_is_durable() -> None:
    outbox = Outbox()
    assert outbox.put(7, 0.0, [PROCEED, EXTEND]) == []
    assert outbox.durable(6, 0.1) == []
    assert outbox.durable(7, 0.1) == [PROCEED, EXTEND]
    assert outbox.durable(8, 0.2) == [], "nothing goes out twice"


def test_a_stop_goes_at_once_and_takes_the_waiting_proceed_with_it() -> None:
    outbox = Outbox()
    outbox.put(7, 0.0, [PROCEED])
    assert outbox.put(8, 0.0, [STOP]) == [STOP]
    assert outbox.durable(8, 0.1) == []


def test_an_urgent_boom_goes_at_once_and_withdraws_the_waiting_one() -> None:
    outbox = Outbox()
    outbox.put(7, 0.0, [SetBoom("vn", BoomMove.DOWN)])
    urgent = SetBoom("vn", BoomMove.UP, urgent=True)
    assert outbox.put(8, 0.0, [urgent]) == [urgent]
    assert outbox.durable(9, 0.1) == []


def test_a_truck_that_is_paused_or_cancelled_gets_no_waiting_authority() -> None:
    for stop in (PauseTruck("T01"), CancelAuthority("T01")):
        outbox = Outbox()
        outbox.put(7, 0.0, [EXTEND])
        assert outbox.put(8, 0.0, [stop]) == [stop]
        assert outbox.durable(8, 0.1) == []


def test_commands_of_one_step_do_not_withdraw_each_other() -> None:
    outbox = Outbox()
    outbox.put(7, 0.0, [ResumeTruck("T01"), EXTEND])
    assert outbox.durable(7, 0.1) == [ResumeTruck("T01"), EXTEND]


def test_another_gate_and_another_truck_keep_what_they_wait_for() -> None:
    outbox = Outbox()
    outbox.put(7, 0.0, [SetAspect("cn", Aspect.PROCEED), ExtendAuthority("T02", "K3-stop")])
    outbox.put(8, 0.0, [STOP, PauseTruck("T01")])
    assert outbox.durable(8, 0.1) == [SetAspect("cn", Aspect.PROCEED), ExtendAuthority("T02", "K3-stop")]


def test_nothing_that_waited_for_an_unwritable_journal_goes_out_later() -> None:
    outbox = Outbox()
    outbox.put(7, 0.0, [PROCEED])
    outbox.writable(False)
    outbox.put(8, 0.0, [EXTEND])
    outbox.writable(True)
    assert outbox.durable(8, 0.1) == []


def test_authority_that_a_hanging_disk_held_too_long_is_dropped() -> None:
    outbox = Outbox()
    outbox.put(7, 0.0, [EXTEND])
    assert outbox.durable(7, HELD_S_MAX + 0.1) == []
