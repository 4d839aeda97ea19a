"""Each limit ends what it is for, and no other does: here no two limits are alike, as some are by default."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from msgspec import structs

from lanectl.layout import Limits
from lanectl.model import (
    Act,
    Aspect,
    Boom,
    BoomMove,
    BoomReported,
    CancelAuthority,
    Candidate,
    DetectorsReported,
    ExtendAuthority,
    IdentityReported,
    JournalReported,
    Match,
    PauseTruck,
    Reading,
    SectionState,
    SetAspect,
    SetBoom,
    SignalReported,
    UnitRestarted,
    Woke,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_with_proceed,
    pass_the_gate,
    restarted,
)
from tests.rules.words import Field, a_layout

LIMITS = Limits(
    boom_travel_s_max=9.1,
    boom_repeat_s=1.3,
    reading_age_s_max=0.7,
    state_age_s_max=3.1,
    passage_gap_s_max=1.9,
    echo_s_max=2.3,
    aspect_proof_s_max=1.6,
    obstructions_max=5,
    plate_wait_s_max=21.0,
    confirm_wait_s_max=77.0,
)
LAYOUT = a_layout(limits=LIMITS)
A_LITTLE_S = 0.02


def ends_after(field: Field, limit_s: float, has_ended: Callable[[], bool]) -> None:
    field.wait(limit_s - A_LITTLE_S)
    field.say(Woke())
    assert not has_ended()
    field.wait(2 * A_LITTLE_S)
    field.say(Woke())
    assert has_ended()


def nothing_is_heard_any_more(field: Field) -> Field:
    field.refresh()
    field.dead |= {unit.name for unit in field.layout.units}
    return field


def at_the_gate_unread() -> Field:
    field = a_lane_in_service(LAYOUT)
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    return field


def test_no_two_limits_are_alike() -> None:
    told = [getattr(LIMITS, name) for name in Limits.__slots__]
    assert len(set(told)) == len(told)


# ---------------------------------------------------------------- readings


@pytest.mark.parametrize(
    "is_unknown",
    [
        lambda field: field.reading("P1-a") is Reading.UNKNOWN,
        lambda field: field.lane.gates["cn"].boom is Boom.UNKNOWN,
        lambda field: field.lane.gates["cn"].shown is Aspect.UNKNOWN,
    ],
    ids=["detector", "boom", "lamp"],
)
def test_d1_what_was_said_is_known_for_as_long_as_a_reading_may_be_old(is_unknown: Callable[[Field], bool]) -> None:
    field = nothing_is_heard_any_more(a_lane_in_service(LAYOUT))
    ends_after(field, LIMITS.reading_age_s_max, lambda: is_unknown(field))


@pytest.mark.parametrize("late_s", [A_LITTLE_S, -A_LITTLE_S])
def test_d1_an_answer_counts_when_it_was_asked_for_no_longer_ago_than_a_reading_may_be_old(late_s: float) -> None:
    field = nothing_is_heard_any_more(a_lane_in_service(LAYOUT))
    field.wait(1.5)
    sent_at = field.now - LIMITS.reading_age_s_max - late_s
    field.say(DetectorsReported("io-bridge", sent_at, (("P1-a", Reading.VACANT),)))
    assert field.reading("P1-a") is (Reading.UNKNOWN if late_s > 0 else Reading.VACANT)
    field.say(BoomReported("vn", Boom.DOWN, sent_at))
    assert field.lane.gates["vn"].boom is (Boom.UNKNOWN if late_s > 0 else Boom.DOWN)
    field.say(SignalReported("vn", Aspect.STOP, sent_at))
    assert field.lane.gates["vn"].shown is (Aspect.UNKNOWN if late_s > 0 else Aspect.STOP)


def test_d2_a_section_is_suspect_when_a_detector_was_silent_for_as_long_as_a_truck_may_pass_in() -> None:
    field = nothing_is_heard_any_more(a_lane_in_service(LAYOUT))
    ends_after(field, LIMITS.passage_gap_s_max, lambda: field.section("K1").state is SectionState.SUSPECT)


@pytest.mark.parametrize(("late_s", "refused"), [(-A_LITTLE_S, []), (A_LITTLE_S, ["detector_unknown"] * 2)])
def test_d4_a_detector_that_was_powered_up_is_vouched_for_while_it_is_heard(late_s: float, refused: list[str]) -> None:
    field = a_lane_in_service(LAYOUT)
    field.say(UnitRestarted("io-bridge"))
    field.refresh()
    field.dead.add("io-bridge")
    field.wait(LIMITS.reading_age_s_max + late_s)
    assert field.declare("K1") == refused


def test_d4_a_detector_that_was_powered_up_keeps_no_sweep_waiting_while_it_is_heard() -> None:
    field = a_restarted_truck_in_k1(LAYOUT)
    field.say(JournalReported(False))
    field.say(UnitRestarted("io-bridge"))
    field.refresh()
    assert field.act(Act.SWEEP, "T1") == []
    field.dead.add("io-bridge")
    ends_after(field, LIMITS.reading_age_s_max, lambda: "detector_unknown" in field.why())


# ---------------------------------------------------------------- booms


def test_b5_a_boom_has_failed_when_it_is_not_up_in_its_travel_time() -> None:
    field = a_truck_at_the_gate(LAYOUT)
    ends_after(field, LIMITS.boom_travel_s_max, lambda: field.lane.gates["vn"].fault == "not_up_in_time")


def test_a_move_that_does_not_begin_is_asked_again_after_its_time() -> None:
    field = a_truck_at_the_gate(LAYOUT)
    field.take()
    ends_after(field, LIMITS.boom_repeat_s, lambda: SetBoom("vn", BoomMove.UP, urgent=True) in field.take())


def test_b5_the_time_of_a_boom_that_is_not_heard_counts_from_its_last_word() -> None:
    """It falls silent just before its time is over, and is unknown only after it."""
    field = a_truck_at_the_gate(LAYOUT)
    field.wait(LIMITS.boom_travel_s_max - LIMITS.reading_age_s_max + 0.1)
    field.dead.add("barrier-vn")
    field.boom("vn", Boom.DOWN)
    field.lane = structs.replace(field.lane, gates={**field.lane.gates, "vn": structs.replace(field.lane.gates["vn"], boom=Boom.UNKNOWN)})
    field.silence(LIMITS.reading_age_s_max + A_LITTLE_S)
    ends_after(field, LIMITS.boom_travel_s_max - LIMITS.reading_age_s_max - A_LITTLE_S, lambda: field.lane.gates["vn"].fault != "")


def a_boom_proved_nowhere() -> Field:
    field = restarted(a_lane_in_service(LAYOUT))
    field.boom("vn", Boom.UNKNOWN)
    return field


def test_b5_a_boom_that_is_heard_and_says_neither_place_has_failed_after_its_travel_time() -> None:
    field = a_boom_proved_nowhere()
    ends_after(field, LIMITS.boom_travel_s_max, lambda: field.lane.gates["vn"].fault == "place_unproved")


def test_b5_a_boom_that_was_not_heard_for_longer_than_a_reading_may_be_old_is_not_where_it_said() -> None:
    field = a_boom_proved_nowhere()
    field.wait(LIMITS.boom_travel_s_max - LIMITS.reading_age_s_max - 0.1)
    field.dead.add("barrier-vn")
    field.wait(LIMITS.reading_age_s_max + 0.2)
    assert field.lane.gates["vn"].fault == ""


def test_b7_a_gate_is_locked_out_by_as_many_obstructions_as_its_limit() -> None:
    field = a_truck_in_k1(LAYOUT)
    pass_the_gate(field)
    for times in range(1, LIMITS.obstructions_max + 1):
        field.boom("vn", Boom.UP)
        field.boom("vn", Boom.MOVING)
        field.boom("vn", Boom.MOVING, obstructed=True)
        assert field.lane.gates["vn"].obstructions == times
        assert field.lane.gates["vn"].locked_out is (times == LIMITS.obstructions_max)


# ---------------------------------------------------------------- signals


def test_s4_a_proceed_that_is_not_shown_in_its_time_is_a_fault() -> None:
    field = a_truck_at_the_gate(LAYOUT)
    field.stuck.add("vn")
    field.boom("vn", Boom.UP)
    ends_after(field, LIMITS.aspect_proof_s_max, lambda: field.lane.gates["vn"].fault == "proceed_unproved")


def a_stop_that_is_not_shown() -> Field:
    field = a_truck_with_proceed(LAYOUT)
    field.stuck.add("vn")
    field.truck(localised=False)
    field.take()
    return field


def test_s4_a_stop_that_is_not_shown_in_its_time_is_asked_again() -> None:
    field = a_stop_that_is_not_shown()
    ends_after(field, LIMITS.aspect_proof_s_max, lambda: SetAspect("vn", Aspect.STOP) in field.take())


def test_s4_a_signal_that_does_not_show_its_stop_in_time_takes_the_way_back() -> None:
    field = a_stop_that_is_not_shown()
    ends_after(field, LIMITS.aspect_proof_s_max, lambda: field.lane.trucks["T1"].cancelling)


# ---------------------------------------------------------------- trucks


def test_t1_a_truck_is_silent_when_its_state_is_too_old() -> None:
    field = a_truck_in_k1(LAYOUT)
    field.truck()
    field.dead.add("T1")
    ends_after(field, LIMITS.state_age_s_max, lambda: "truck_silent" in field.why())
    told = {"limit_s": f"{LIMITS.state_age_s_max:g}"}
    assert dict(field.refusal("truck_silent").params) == told
    field.act(Act.PAUSE, "T1")
    for act, place in ((Act.RESUME, ""), (Act.RESET, ""), (Act.PLACE, "K1-stop")):
        assert "truck_silent" in field.act(act, "T1", place=place)
        assert field.last is not None
        assert [dict(r.params) for r in field.last.refusals if r.code == "truck_silent" and r.subject == act.value] == [told]


def test_r9_a_way_that_is_not_shown_is_sent_again() -> None:
    field = a_truck_at_the_gate(LAYOUT)
    field.boom("vn", Boom.UP)
    field.take()
    ends_after(field, LIMITS.echo_s_max, lambda: ExtendAuthority("T1", "K1-stop") in field.take())


def test_r6_a_way_may_be_on_its_way_to_a_truck_for_as_long_as_it_is_waited_for() -> None:
    """It is not localised, so that nothing is sent again."""
    field = a_truck_at_the_gate(LAYOUT)
    field.boom("vn", Boom.UP)
    field.truck(localised=False)
    ends_after(field, LIMITS.echo_s_max, lambda: field.act(Act.RESET, "T1") == [])


def test_r6_a_cancellation_that_is_not_confirmed_is_sent_again() -> None:
    field = a_truck_with_proceed(LAYOUT)
    field.act(Act.CANCEL, "T1")
    field.take()
    ends_after(field, LIMITS.echo_s_max, lambda: CancelAuthority("T1") in field.take())


def test_t2_a_pause_that_is_not_shown_is_sent_again() -> None:
    field = a_truck_with_proceed(LAYOUT)
    field.act(Act.PAUSE, "T1")
    field.take()
    ends_after(field, LIMITS.echo_s_max, lambda: PauseTruck("T1") in field.take())


# ---------------------------------------------------------------- what is looked at


def test_r3_a_person_is_asked_when_nothing_was_read_in_its_time() -> None:
    field = at_the_gate_unread()
    ends_after(field, LIMITS.plate_wait_s_max, lambda: "identity_late" in field.why())
    assert dict(field.refusal("identity_late").params)["limit_s"] == f"{LIMITS.plate_wait_s_max:g}"


def test_r3_who_is_not_confirmed_in_time_is_held() -> None:
    field = at_the_gate_unread()
    field.say(IdentityReported("vn", Match.UNSURE, "", "14C12345", 0.9, "sha", (Candidate("T1", "14C12345", 0.93),)))
    ends_after(field, LIMITS.confirm_wait_s_max, lambda: "identity_holding" in field.why())
    assert dict(field.refusal("identity_holding").params)["limit_s"] == f"{LIMITS.confirm_wait_s_max:g}"


@pytest.mark.parametrize(("late_s", "refused"), [(-A_LITTLE_S, []), (A_LITTLE_S, ["confirm_late"])])
def test_r3_a_person_confirms_in_time_or_not_at_all(late_s: float, refused: list[str]) -> None:
    field = at_the_gate_unread()
    field.say(IdentityReported("vn", Match.UNSURE, "", "14C12345", 0.9, "sha", (Candidate("T1", "14C12345", 0.93),)))
    field.wait(LIMITS.confirm_wait_s_max + late_s)
    assert field.act(Act.CONFIRM, "vn", reason="I see it", evidence="sha", truck="T1") == refused
    if refused:
        assert dict(field.refusal("confirm_late").params)["limit_s"] == f"{LIMITS.confirm_wait_s_max:g}"


def test_r3_a_truck_whose_container_nobody_reads_in_time_is_held() -> None:
    field = a_lane_in_service(replace(LAYOUT, container_needed=True))
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    ends_after(field, LIMITS.confirm_wait_s_max, lambda: "sight_holding" in field.why())
    assert dict(field.refusal("sight_holding").params)["limit_s"] == f"{LIMITS.confirm_wait_s_max:g}"


@pytest.mark.parametrize(
    ("limit_s", "read", "code"),
    [
        (LIMITS.plate_wait_s_max, False, "identity_late"),
        (LIMITS.confirm_wait_s_max, True, "identity_holding"),
    ],
)
def test_r3_a_calm_lane_sees_in_its_time_what_was_waited_for_too_long(limit_s: float, read: bool, code: str) -> None:
    """The field holds each of its steps against the rules. It grows calm just before the limit ends."""
    field = at_the_gate_unread()
    if read:
        field.say(IdentityReported("vn", Match.UNSURE, "", "14C12345", 0.9, "sha", (Candidate("T1", "14C12345", 0.93),)))
    field.wait(limit_s - 0.5)
    field.silence(0.4)
    assert field.calm is not None
    field.silence(0.11)
    assert code in field.why()
