"""Lanes in the middle of something: each says what has happened so far."""

from lanectl.layout import Layout
from lanectl.model import (
    Act,
    Aspect,
    Authority,
    Boom,
    ClearanceReported,
    ConsignmentReported,
    JournalReported,
    Lane,
    SectionState,
    Service,
    Standing,
    Started,
    WatchdogReported,
)
from tests.rules.words import LAYOUT, Field

VACANT = SectionState.VACANT


def a_started_field(layout: Layout = LAYOUT, *, armed_before: bool = False, lane: Lane | None = None) -> Field:
    """The controller starts, every device is heard and proved; nothing is declared yet."""
    field = Field(layout)
    field.say(Started(armed_before, lane))
    field.say(JournalReported(True))
    for unit in layout.units:
        if unit.signals:
            field.say(WatchdogReported(unit.name, armed=True, tripped=False, proved=True))
    field.wait(0.5)
    return field


def a_lane_in_service(layout: Layout = LAYOUT) -> Field:
    field = a_started_field(layout)
    assert field.declare() == []
    assert field.act(Act.OPEN) == []
    assert field.lane.service is Service.OPEN
    field.take()
    return field


def a_truck_at_the_gate(layout: Layout = LAYOUT, name: str = "T1") -> Field:
    """Identified and cleared: the boom is asked up."""
    field = a_lane_in_service(layout)
    arrive(field, name)
    return field


def arrive(field: Field, name: str = "T1") -> None:
    field.clear(name)
    field.truck(name, last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify(name)


def a_truck_with_proceed(layout: Layout = LAYOUT) -> Field:
    field = a_truck_at_the_gate(layout)
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    field.truck(authority_end="K1-stop")
    field.take()
    return field


def a_truck_in_k1(layout: Layout = LAYOUT) -> Field:
    """Under the boom, which stays up over it."""
    field = a_truck_with_proceed(layout)
    field.truck(standing=False)
    field.occupy("vn-loop", "vn-curtain")
    field.lamp("vn", Aspect.STOP)
    field.take()
    return field


def pass_the_gate(field: Field) -> None:
    """The truck's rear leaves the gate: its passage is proved."""
    field.occupy("vn-clear")
    field.vacate("vn-approach")
    field.vacate("vn-loop", "vn-curtain")
    field.vacate("vn-clear")


def a_truck_sent_to_k2(layout: Layout = LAYOUT) -> Field:
    field = a_truck_in_k1(layout)
    pass_the_gate(field)
    field.boom("vn", field.booms["vn"])
    assert field.lane.trucks["T1"].authority == "K2-stop"
    field.truck(authority_end="K2-stop", last_node="K1-stop")
    return field


def leave_k1(field: Field) -> None:
    field.occupy("P1-a")
    field.occupy("P1-b")
    field.vacate("P1-a")
    field.vacate("P1-b")


def a_truck_standing_in_k2(layout: Layout = LAYOUT) -> Field:
    """At the end of its authority, a second truck waits at the gate."""
    field = a_truck_sent_to_k2(layout)
    leave_k1(field)
    field.boom("vn", Boom.DOWN)
    field.take()
    return field


def a_truck_before_the_exit(layout: Layout = LAYOUT) -> Field:
    field = a_truck_standing_in_k2(layout)
    field.truck(authority_end="cn-gate")
    field.occupy("P2-a")
    field.truck(last_node="K2-stop")
    field.occupy("P2-b")
    field.vacate("P2-a")
    field.vacate("P2-b")
    return field


def under_the_exit_boom(layout: Layout = LAYOUT) -> Field:
    field = a_truck_before_the_exit(layout)
    field.boom("cn", Boom.UP)
    field.truck(authority_end="cn-clear")
    field.occupy("cn-approach")
    field.truck(last_node="cn-gate", standing=False)
    return field


def drive_out(field: Field) -> None:
    """From before the exit boom to the yard behind it: its passage is proved."""
    field.occupy("cn-loop", "cn-curtain")
    field.occupy("cn-clear")
    field.vacate("cn-approach")
    field.vacate("cn-loop", "cn-curtain")
    field.vacate("cn-clear")


def towed_out_forwards(field: Field) -> None:
    """From K2, over every detector, by people who raise the exit boom and lower both by hand."""
    for detectors in ("P2-a", "P2-b"):
        field.occupy(detectors)
    for detectors in ("P2-a", "P2-b"):
        field.vacate(detectors)
    field.occupy("cn-approach")
    field.boom("cn", Boom.UP, local=True)
    drive_out(field)
    for gate in ("cn", "vn"):
        field.boom(gate, Boom.DOWN, local=True)
        field.boom(gate, Boom.DOWN)


def drive_through(field: Field) -> None:
    """A truck that has its first way drives through the whole lane, getting each next way as it comes."""
    field.occupy("vn-loop", "vn-curtain")
    field.lamp("vn", Aspect.STOP)
    pass_the_gate(field)
    for number in range(1, len(field.layout.sections)):
        field.truck(authority_end=field.lane.trucks["T1"].authority, last_node=f"K{number}-stop", standing=False)
        for detectors in (f"P{number}-a", f"P{number}-b"):
            field.occupy(detectors)
        for detectors in (f"P{number}-a", f"P{number}-b"):
            field.vacate(detectors)
    field.truck(authority_end=field.lane.trucks["T1"].authority, last_node=f"K{len(field.layout.sections) - 1}-stop")
    field.boom("cn", Boom.UP)
    field.truck(authority_end="cn-clear", last_node="cn-gate")
    field.occupy("cn-approach")
    drive_out(field)


def restarted(field: Field, *, proved: bool = True) -> Field:
    """The controller is killed and starts again on its journal; the field stays as it is."""
    field.now += 5
    field.take()
    field.say(Started(armed_before=True, lane=field.lane))
    field.say(JournalReported(True))
    if proved:
        for gate in field.layout.gates:
            field.say(WatchdogReported(gate.signal_unit, armed=True, tripped=False, proved=True))
    return field


def a_restarted_truck_in_k1(layout: Layout = LAYOUT) -> Field:
    """It stands in K1, was cancelled because K2 ahead is suspect, and confirmed that."""
    field = restarted(a_truck_sent_to_k2(layout))
    field.dead.clear()
    field.wait(2.5)
    field.truck(cancelled=True, authority_end="", standing=True)
    field.wait(0.5)
    return field


def a_truck_that_only_lacks_clearance() -> Field:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify()
    field.say(ConsignmentReported("C1", "T1", "14C12345"))
    return field


def cleared(field: Field, authority: Authority, until_s: float | None = None, standing: Standing = Standing.CLEARED) -> None:
    until = float("inf") if until_s is None else field.now + until_s
    field.say(ClearanceReported("C1", authority, standing, until))
