import pytest
from msgspec.structs import replace

from lanectl.interlocking.conditions import reasons_of_truck
from lanectl.interlocking.draft import Draft
from lanectl.model import (
    Act,
    Aspect,
    Authority,
    Boom,
    CancelAuthority,
    ClearanceReported,
    Connection,
    ExtendAuthority,
    LinkLost,
    PauseTruck,
    Reading,
    ResumeTruck,
    SectionNow,
    SectionState,
    SetAspect,
    Standing,
    TruckReported,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    leave_k1,
)
from tests.rules.words import LAYOUT, a_layout_both_ways


def test_a_broken_truck_keeps_its_locks_and_gets_nothing_more() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    locks, states = field.locks(), field.states()
    field.take()
    field.wait(60)
    assert (field.locks(), field.states()) == (locks, states)
    assert not [c for c in field.take() if isinstance(c, ExtendAuthority)]
    assert field.why() == ["truck_broken"]


def test_a_silent_truck_keeps_its_locks_and_gets_nothing_more() -> None:
    field = a_truck_sent_to_k2()
    field.dead.add("T1")
    field.wait(2)
    assert field.why() == ["truck_silent"]
    field.take()
    field.occupy("P1-a")
    assert not [c for c in field.take() if isinstance(c, ExtendAuthority)]


def test_a_truck_that_falls_silent_at_the_gate_loses_proceed_and_keeps_its_way() -> None:
    field = a_truck_with_proceed()
    field.dead.add("T1")
    field.wait(2)
    assert field.take() == [SetAspect("vn", Aspect.STOP)]
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.dead.clear()
    field.wait(0.25)
    assert field.take() == [SetAspect("vn", Aspect.PROCEED)]


def test_a_truck_that_comes_back_with_its_order_goes_on() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    field.take()
    field.occupy("P1-a")
    field.truck(connection=Connection.ONLINE)
    assert ExtendAuthority("T1", "cn-gate") in field.take()


def test_a_truck_that_signed_off_gets_nothing() -> None:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.OFFLINE)
    field.occupy("P1-a")
    assert field.why() == ["truck_not_online"]


def test_a_truck_is_paused_after_an_e_stop_until_a_person_resets_it() -> None:
    field = a_truck_sent_to_k2()
    field.truck(e_stop=True, standing=True)
    assert PauseTruck("T1") in field.take()
    assert field.act(Act.RESET, "T1") == ["truck_e_stop"]
    field.truck(e_stop=False, paused=True)
    field.take()
    field.occupy("P1-a")
    assert not [c for c in field.take() if isinstance(c, ExtendAuthority)]
    assert field.why() == ["truck_stopped"]
    assert field.act(Act.RESET, "T1") == []
    assert field.take() == [ResumeTruck("T1")]
    field.truck(paused=False)
    assert ExtendAuthority("T1", "cn-gate") in field.take()
    field.wait(3)
    assert not field.lane.trucks["T1"].paused_by_us


def test_pausing_and_resuming_are_repeated_until_the_truck_shows_it() -> None:
    field = a_truck_sent_to_k2()
    field.truck(e_stop=True, standing=True)
    field.wait(4)
    assert field.take().count(PauseTruck("T1")) == 3
    field.truck(e_stop=False, paused=True)
    field.wait(4)
    assert PauseTruck("T1") not in field.take()
    field.act(Act.RESET, "T1")
    field.wait(4)
    assert field.take().count(ResumeTruck("T1")) == 3


def test_a_reset_truck_whose_way_is_gone_is_cancelled_and_not_resumed() -> None:
    field = a_truck_sent_to_k2()
    field.truck(e_stop=True, standing=True)
    field.truck(e_stop=False, paused=True)
    field.occupy("P2-b")
    field.take()
    field.act(Act.RESET, "T1")
    assert ResumeTruck("T1") not in field.take()
    assert field.lane.trucks["T1"].cancelling


def test_a_truck_paused_by_somebody_else_is_resumed_by_a_reset() -> None:
    field = a_truck_sent_to_k2()
    field.truck(paused=True, standing=True)
    assert field.why() == ["truck_paused"]
    field.take()
    assert field.act(Act.RESET, "T1") == []
    assert ResumeTruck("T1") in field.take()


def test_a_truck_that_restarted_without_its_order_waits_for_a_person() -> None:
    field = a_truck_sent_to_k2()
    field.truck(authority_end="", standing=True)
    assert field.lane.trucks["T1"].stopped_by == "order_lost"
    field.take()
    field.wait(10)
    assert not [c for c in field.take() if isinstance(c, ExtendAuthority)]
    assert field.act(Act.RESET, "T1") == []
    assert ExtendAuthority("T1", "K2-stop") in field.take()


def test_a_truck_that_restarted_while_its_next_way_was_on_the_way_waits_for_a_person_too() -> None:
    field = a_truck_in_k1()
    assert not field.lane.trucks["T1"].echoed
    field.truck(authority_end="", standing=True)
    assert field.lane.trucks["T1"].stopped_by == "order_lost"
    assert field.act(Act.RESET, "T1") == ["truck_echo_awaited"]
    field.wait(2)
    assert field.act(Act.RESET, "T1") == []


def test_authority_is_not_sent_again_while_a_consignment_is_held() -> None:
    field = a_truck_in_k1()
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.HELD))
    field.take()
    field.wait(5)
    assert not [c for c in field.take() if isinstance(c, ExtendAuthority)]
    assert field.why() == ["consignment_held"]


def test_a_truck_with_a_way_that_we_did_not_give_is_stopped_and_cancelled() -> None:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate", authority_end="K3-stop")
    field.truck(authority_end="cn-gate", standing=False)
    assert {PauseTruck("T1"), CancelAuthority("T1")} <= set(field.take())
    assert field.act(Act.RESET, "T1") == ["reset_truck_moving"]
    field.truck(standing=True, paused=True, cancelled=True, authority_end="")
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].stopped_by == ""


def test_a_person_ends_a_cancellation_that_a_standing_truck_cannot_confirm() -> None:
    field = a_truck_with_proceed()
    field.act(Act.CLOSE)
    field.truck(authority_end="")
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.wait(3)
    assert field.act(Act.RESET, "T1") == []
    assert field.locks() == {}


def test_a_person_takes_back_a_way_that_was_never_taken() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    field.wait(1)
    assert field.act(Act.RESET, "T1") == ["nothing_to_reset"]
    field.truck(localised=False)
    field.wait(2)
    assert field.act(Act.RESET, "T1") == []
    assert field.lane.trucks["T1"].authority == ""
    assert field.locks() == {}


def test_a_reset_is_refused_while_the_truck_cannot_answer() -> None:
    field = a_truck_sent_to_k2()
    assert field.act(Act.RESET, "T1") == ["nothing_to_reset"]
    field.truck(e_stop=True, standing=True)
    field.truck(e_stop=False, connection=Connection.BROKEN)
    assert field.act(Act.RESET, "T1") == ["truck_not_online"]
    field.truck(connection=Connection.ONLINE)
    field.dead.add("T1")
    field.wait(2)
    assert field.act(Act.RESET, "T1") == ["truck_silent"]


def test_a_claim_contradicts_vacancy() -> None:
    field = a_lane_in_service()
    field.truck("T5", last_node="K1-stop")
    assert field.states() == "SSV"
    assert field.section("K1").why_suspect == "claimed"


def test_a_claim_of_the_far_end_makes_only_the_last_section_suspect() -> None:
    field = a_lane_in_service()
    field.truck("T5", last_node="cn-gate")
    assert field.states() == "VVS"


def test_a_claim_never_proves_vacancy() -> None:
    field = a_truck_sent_to_k2()
    field.truck(last_node="K2-stop")
    assert field.states() == "OSV"
    assert field.section("K2").entered


def test_a_truck_that_is_seen_further_on_claims_nothing() -> None:
    field = a_truck_sent_to_k2()
    leave_k1(field)
    field.truck(last_node="K1-stop")
    assert field.states() == "VOV"


def test_an_offline_truck_claims_nothing() -> None:
    field = a_lane_in_service()
    field.truck("T5", last_node="K1-stop", connection=Connection.OFFLINE)
    assert field.states() == "VVV"


def test_a_rejection_that_is_gone_counts_anew() -> None:
    field = a_truck_with_proceed()
    field.truck(rejected="busy")
    field.act(Act.RESET, "T1")
    field.truck(rejected="")
    assert field.lane.trucks["T1"].forgiven == ""


def test_t1_a_truck_that_breaks_off_without_a_word_of_its_order_goes_on_when_it_is_heard_again() -> None:
    """A broker's last will says that the link broke and nothing else."""
    field = a_truck_sent_to_k2()
    field.say(TruckReported("T1", Connection.BROKEN))
    assert (field.lane.trucks["T1"].stopped_by, field.lane.trucks["T1"].authority) == ("", "K2-stop")
    field.truck(connection=Connection.ONLINE)
    assert field.why() == []


def test_a_truck_that_ends_its_order_of_the_yard_while_the_boom_rises_has_lost_none_of_ours() -> None:
    field = a_lane_in_service()
    field.clear()
    field.truck(last_node="vn-gate", authority_end="yard-7")
    field.occupy("vn-approach")
    field.identify()
    assert field.locks() == {"K1": "T1", "K2": "T1"}
    field.truck(authority_end="")
    now = field.lane.trucks["T1"]
    assert (now.stopped_by, now.took, now.echoed) == ("", False, False)


IN_K1, IN_K2 = ("K1", SectionState.OCCUPIED), ("K2", SectionState.OCCUPIED)
MAYBE_IN_K1, MAYBE_IN_K2 = ("K1", SectionState.SUSPECT), ("K2", SectionState.SUSPECT)


@pytest.mark.parametrize(
    ("counted", "says", "under", "sweeping", "elsewhere"),
    [
        (("", SectionState.SUSPECT), "vn-gate", Reading.VACANT, False, False),
        (IN_K1, "vn-gate", Reading.VACANT, False, False),
        (IN_K1, "K1-stop", Reading.VACANT, False, False),
        (IN_K1, "K2-stop", Reading.VACANT, False, True),
        (MAYBE_IN_K1, "vn-gate", Reading.VACANT, False, True),
        (MAYBE_IN_K1, "vn-gate", Reading.OCCUPIED, False, False),
        (MAYBE_IN_K1, "vn-gate", Reading.VACANT, True, False),
        (MAYBE_IN_K1, "K1-stop", Reading.VACANT, False, False),
        (IN_K2, "vn-gate", Reading.VACANT, False, True),
        (MAYBE_IN_K2, "vn-gate", Reading.OCCUPIED, False, True),
        (IN_K2, "K1-stop", Reading.VACANT, False, False),
        (IN_K2, "K2-stop", Reading.VACANT, False, False),
        (MAYBE_IN_K2, "K1-stop", Reading.VACANT, False, False),
        (IN_K2, "cn-gate", Reading.VACANT, False, True),
        (IN_K2, "cn-clear", Reading.VACANT, False, True),
    ],
)
def test_d5_a_truck_that_says_another_place_than_it_was_counted_into_gets_nothing(
    counted: tuple[str, SectionState], says: str, under: Reading, sweeping: bool, elsewhere: bool
) -> None:
    """Before the section that it was counted into it may say to be: its nodes lie at the sections' far ends."""
    section, state = counted
    field = a_lane_in_service()
    field.truck(last_node=says)
    sections = {name: replace(now, state=state if name == "K1" else now.state) for name, now in field.lane.sections.items()}
    if section:
        sections[section] = SectionNow(state, locked_for="T1", entered=True)
    loop = replace(field.lane.detectors["vn-loop"], reading=under)
    truck = replace(field.lane.trucks["T1"], sweeping=sweeping)
    field.lane = replace(field.lane, sections=sections, detectors={**field.lane.detectors, "vn-loop": loop}, trucks={"T1": truck})
    assert ("truck_elsewhere" in [code.code for code in reasons_of_truck(Draft(LAYOUT, field.lane, field.now), "T1", "T1")]) is elsewhere


def test_a_rejection_that_was_reset_does_not_count_again_while_the_truck_still_shows_it() -> None:
    field = a_truck_sent_to_k2()
    field.truck(rejected="no such action", standing=True)
    assert field.act(Act.RESET, "T1") == []
    field.truck()
    assert field.why() == []
    field.truck(rejected="another one")
    assert field.why() == ["truck_rejected"]


def test_d5_a_truck_without_a_way_that_jumps_back_is_stopped_and_has_nothing_to_cancel() -> None:
    field = a_truck_standing_in_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, authority_end="", standing=True)
    field.truck(last_node="vn-gate", cancelled=False)
    assert (field.lane.trucks["T1"].stopped_by, field.lane.trucks["T1"].cancelling) == ("place_jumped", False)


def test_a_claim_is_believed_of_a_truck_that_nothing_was_seen_of_on_its_way() -> None:
    """Nothing stands before the boom any more: it has driven in, and the detectors under the boom missed it."""
    field = a_truck_with_proceed()
    field.vacate("vn-approach")
    field.truck(last_node="K1-stop", standing=False)
    assert field.section("K1").entered
    assert field.section("K1").why_suspect == "claimed"


def test_an_order_of_the_other_direction_is_foreign_only_while_it_is_driven() -> None:
    """Behind its crossing a truck still shows the order that brought it over."""
    for done, stopped_by in ((True, ""), (False, "foreign_order")):
        field = a_lane_in_service(a_layout_both_ways())
        yard = field.layout.gates[0].beyond_node
        field.truck("T5", last_node=yard if done else "K1-back", authority_end=yard, order_done=done, standing=True)
        assert field.lane.trucks["T5"].stopped_by == stopped_by


def test_a_truck_before_the_boom_that_does_not_show_its_way_any_more_waits_for_a_person() -> None:
    field = a_truck_with_proceed()
    field.truck(authority_end="", standing=True)
    assert field.lane.trucks["T1"].stopped_by == "order_lost"
    assert PauseTruck("T1") in field.take()


def test_a_way_that_we_did_not_give_is_foreign_also_where_the_truck_was_counted_already() -> None:
    field = a_truck_standing_in_k2()
    field.act(Act.CANCEL, "T1")
    field.truck(cancelled=True, authority_end="", standing=True)
    assert field.lane.trucks["T1"].authority == ""
    field.truck(cancelled=False, authority_end="K2-stop", standing=False)
    assert field.lane.trucks["T1"].stopped_by == "foreign_order"
    assert field.lane.trucks["T1"].cancelling


def test_a_claim_is_believed_of_a_truck_on_its_way_though_the_approach_is_not_heard() -> None:
    """Nothing shows that it still stands before the boom."""
    field = a_truck_with_proceed()
    field.say(LinkLost("io-vn", "cable"))
    field.truck(last_node="K1-stop", standing=False)
    assert (field.section("K1").entered, field.section("K1").locked_for) == (True, "T1")
