"""What one event must not wipe out that another brought: a power-up, a start, a hand at the gate, a refused act."""

from msgspec import structs

from lanectl.model import Act, Boom, Connection, SectionState, Started, UnitRestarted, WatchdogReported
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    restarted,
)


def test_s6_a_module_that_is_powered_up_again_has_still_tripped() -> None:
    field = a_lane_in_service()
    field.say(WatchdogReported("io-vn", armed=False, tripped=True, proved=True))
    field.say(UnitRestarted("io-vn"))
    assert field.lane.units["io-vn"].tripped


def test_r11_a_section_whose_module_lost_power_after_a_start_does_not_prove_itself_by_what_was_before() -> None:
    field = restarted(a_lane_in_service())
    assert field.section("K2").vacant_before
    field.say(UnitRestarted("io-bridge"))
    now = field.section("K2")
    assert (now.state, now.vacant_before) == (SectionState.SUSPECT, False)


def test_t4_a_hand_at_the_gate_ends_what_was_asked_of_its_boom_also_for_a_truck_on_its_way() -> None:
    field = a_truck_with_proceed()
    field.boom("vn", Boom.UP, local=True)
    assert (field.lane.gates["vn"].asked, field.lane.gates["vn"].passing) == (None, "T1")


def test_b8_a_truck_that_is_not_heard_any_more_keeps_its_way_through_the_gate() -> None:
    """It drives to the end of its base, heard or not."""
    for connection in (Connection.BROKEN, Connection.OFFLINE):
        field = a_truck_with_proceed()
        field.truck(connection=connection)
        field.wait(3)
        assert field.lane.gates["vn"].passing == "T1"


def test_r5_a_way_that_was_lost_for_a_moment_is_taken_back_from_a_truck_that_was_not_heard_then() -> None:
    field = a_truck_with_proceed()
    field.truck(connection=Connection.BROKEN)
    field.boom("vn", Boom.UP, fault="motor hot")
    assert field.lane.trucks["T1"].cancelling


def test_r11_a_start_keeps_what_is_passing_a_point() -> None:
    field = a_truck_in_k1()
    was = field.lane.points
    assert was["P0"].head == 2
    field.say(Started(armed_before=True, lane=field.lane))
    assert field.lane.points == was


def test_t2_what_a_start_keeps_of_a_truck_and_what_it_forgets() -> None:
    never = float("-inf")
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    was = structs.replace(field.lane.trucks["T1"], forgiven="no such map", paused_by_us=True, stopped_by="e_stop", took=True, echoed=True)
    field.lane = structs.replace(field.lane, trucks={"T1": structs.replace(was, sweeping=True)})
    field.now += 5
    field.say(Started(armed_before=True, lane=field.lane))
    now = field.lane.trucks["T1"]
    assert now == structs.replace(was, heard_at=never, authority_at=field.now, cancelling=now.cancelling)


def test_r4_a_reset_that_is_refused_does_not_call_the_sweep_off() -> None:
    field = a_restarted_truck_in_k1()
    assert field.act(Act.SWEEP, "T1") == []
    field.truck(e_stop=True)
    assert field.act(Act.RESET, "T1") == ["truck_e_stop"]
    assert field.lane.trucks["T1"].sweeping


def test_r6_a_truck_that_lost_its_order_is_not_reset_while_it_shows_another_one() -> None:
    field = a_truck_sent_to_k2()
    field.truck(authority_end="", standing=False)
    assert field.lane.trucks["T1"].stopped_by == "order_lost"
    field.truck(authority_end="K1-stop", standing=True)
    assert field.act(Act.RESET, "T1") == ["truck_echo_awaited"]
    assert field.lane.trucks["T1"].stopped_by == "order_lost"
