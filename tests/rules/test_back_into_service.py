from collections.abc import Callable

import pytest

from lanectl.interlocking import initial
from lanectl.model import Act, Boom, Connection, Match, Service, UnitRestarted, WatchdogReported
from tests.rules.scenes import (
    a_lane_in_service,
    a_started_field,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    arrive,
    pass_the_gate,
    restarted,
)
from tests.rules.words import LAYOUT, Field


def commissioning() -> Field:
    return a_started_field()


def closed_after_restart() -> Field:
    return restarted(a_lane_in_service(), proved=False)


def emergency_with_trucks() -> Field:
    field = a_truck_sent_to_k2()
    field.act(Act.STOP)
    field.truck(paused=True, standing=True)
    return field


def gate_fault_with_boom_up() -> Field:
    field = a_truck_with_proceed()
    field.boom("vn", Boom.UP, fault="motor hot")
    field.truck(cancelled=True, authority_end="")
    return field


def locked_out() -> Field:
    field = a_truck_in_k1()
    pass_the_gate(field)
    for _ in range(3):
        field.boom("vn", Boom.MOVING, obstructed=True)
        field.boom("vn", Boom.UP)
    field.truck(authority_end="K2-stop", standing=True)
    return field


def watchdogs_tripped() -> Field:
    field = a_lane_in_service()
    for gate in LAYOUT.gates:
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=True, proved=True))
    return field


def everything_lost_power() -> Field:
    field = a_lane_in_service()
    for unit in LAYOUT.units:
        field.say(UnitRestarted(unit.name))
    return field


def broken_truck_in_the_middle() -> Field:
    field = a_truck_sent_to_k2()
    field.truck(connection=Connection.BROKEN)
    return field


def order_lost_in_the_middle() -> Field:
    field = a_truck_sent_to_k2()
    field.truck(authority_end="", standing=True)
    return field


def restarted_with_a_truck_in_the_middle() -> Field:
    return restarted(a_truck_sent_to_k2(), proved=False)


def unidentified_truck_at_the_gate() -> Field:
    field = a_truck_at_the_gate()
    field.identify(match=Match.NOT_LISTED)
    return field


def jumped_everywhere() -> Field:
    field = a_lane_in_service()
    field.occupy("P1-b", "P2-b")
    field.vacate("P1-b", "P2-b")
    return field


@pytest.mark.parametrize(
    "state",
    [
        commissioning,
        closed_after_restart,
        emergency_with_trucks,
        gate_fault_with_boom_up,
        locked_out,
        watchdogs_tripped,
        everything_lost_power,
        broken_truck_in_the_middle,
        order_lost_in_the_middle,
        restarted_with_a_truck_in_the_middle,
        unidentified_truck_at_the_gate,
        jumped_everywhere,
    ],
    ids=lambda made: made.__name__,
)
def test_the_lane_comes_back_into_service_by_acts_alone(state: Callable[[], Field]) -> None:
    """The field is mended and the truck towed away; then only persons act."""
    field = state()
    field.occupied.clear()
    field.stuck.clear()
    for name in list(field.trucks):
        field.truck(name, connection=Connection.OFFLINE)
    field.wait(1)
    if field.service() is Service.EMERGENCY_STOP:
        assert field.act(Act.RESET) == []
    for gate in LAYOUT.gates:
        assert field.act(Act.REARM, gate.signal_unit) == []
        field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True))
    for section in LAYOUT.sections:
        if field.section(section.name).state.value != "VACANT" or field.locks().get(section.name):
            assert field.declare(section.name) == []
    for gate in LAYOUT.gates:
        if field.booms[gate.name] is not Boom.DOWN or field.lane.gates[gate.name].fault:
            assert field.act(Act.RESET, gate.name) == []
            field.boom(gate.name, Boom.MOVING)
            field.boom(gate.name, Boom.DOWN)
    field.wait(1)
    assert field.act(Act.OPEN) == []
    assert (field.states(), field.locks(), field.service()) == ("VVV", {}, Service.OPEN)
    arrive(field, "T9")
    assert field.why("T9") == ["boom_not_up"]


def test_the_first_lane_knows_nothing() -> None:
    assert initial(LAYOUT).service is Service.COMMISSIONING
