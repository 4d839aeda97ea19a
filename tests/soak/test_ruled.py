"""A rule that is broken is told at the step that breaks it, with the invariant's name."""

import pytest
from msgspec.structs import replace

from lanectl.decide import Core, Decision
from lanectl.model import (
    Act,
    ActRequested,
    Aspect,
    Boom,
    BoomMove,
    BoomReported,
    Command,
    Connection,
    DetectorsReported,
    ExtendAuthority,
    Lane,
    Reading,
    Report,
    ResumeTruck,
    SectionState,
    Service,
    SetBoom,
    SignalReported,
    Started,
    TruckReported,
    Woke,
)
from lanectl.virtual.ruled import Ruled
from sim.virtual_time import VirtualClock
from tests.rules.scenes import a_lane_in_service, a_truck_at_the_gate, a_truck_sent_to_k2
from tests.rules.words import LAYOUT, Field

TRUCK = "T1"


def told(field: Field, before: Lane, event: Report, after: Lane, *commands: Command) -> str:
    """The first that is told of this step, "" when nothing is."""
    ruled = Ruled(LAYOUT)
    ruled.stepped(field.now, before, event, Decision(Core(after), commands, (), field.now))
    return ruled.broken[0].words if ruled.broken else ""


def with_gate(lane: Lane, **what: object) -> Lane:
    return replace(lane, gates={**lane.gates, "vn": replace(lane.gates["vn"], **what)})  # type: ignore[arg-type]  # names are checked by replace


def with_truck(lane: Lane, **what: object) -> Lane:
    return replace(lane, trucks={**lane.trucks, TRUCK: replace(lane.trucks[TRUCK], **what)})  # type: ignore[arg-type]


def with_section(lane: Lane, name: str, **what: object) -> Lane:
    return replace(lane, sections={**lane.sections, name: replace(lane.sections[name], **what)})  # type: ignore[arg-type]


def test_a_step_that_changes_nothing_is_right() -> None:
    field = a_truck_sent_to_k2()
    assert told(field, field.lane, Woke(), field.lane) == ""


@pytest.mark.parametrize(
    ("changes", "invariant"),
    [
        ({"boom": Boom.MOVING}, "B4"),
        ({"local": True}, "T4"),
        ({"fault": "jammed"}, "B5"),
        ({"locked_out": True}, "B7"),
        ({"passing": TRUCK}, "B8"),
        ({"may_lower": False}, "B6"),
    ],
)
def test_a_boom_that_may_not_come_down_is_told(changes: dict[str, object], invariant: str) -> None:
    field = a_lane_in_service()
    before = with_gate(field.lane, boom=Boom.UP, asked=BoomMove.UP, may_lower=True, settled=True)
    after = with_gate(before, asked=BoomMove.DOWN, **changes)
    said = told(field, before, Woke(), after, SetBoom("vn", BoomMove.DOWN))
    assert said.startswith(invariant if invariant != "B4" else "B3")


def test_a_boom_that_comes_down_on_what_is_under_it_is_told() -> None:
    field = a_lane_in_service()
    under = {name: replace(field.lane.detectors[name], reading=Reading.UNKNOWN, vacant_reads=0) for name in LAYOUT.gates[0].under}
    unseen = replace(field.lane, detectors={**field.lane.detectors, **under})
    before = with_gate(unseen, boom=Boom.UP, asked=BoomMove.UP, may_lower=True)
    assert told(field, before, Woke(), with_gate(before, asked=BoomMove.DOWN), SetBoom("vn", BoomMove.DOWN)).startswith("B1")
    falling = with_gate(unseen, boom=Boom.MOVING, asked=BoomMove.DOWN, asked_at=field.now)
    assert told(field, falling, Woke(), falling).startswith("B2")


@pytest.mark.parametrize(
    ("section", "changes", "invariant"),
    [
        ("K2", {"state": SectionState.OCCUPIED}, "R3: sent towards K2, which is occupied"),
        ("K2", {"state": SectionState.SUSPECT}, "R3: sent towards K2, which is suspect"),
        ("K2", {"locked_for": "T2"}, "R2"),
        ("K3", {"locked_for": ""}, "R2"),
    ],
)
def test_a_way_into_what_is_not_proved_is_told(section: str, changes: dict[str, object], invariant: str) -> None:
    field = a_truck_sent_to_k2()
    after = with_section(field.lane, section, **changes)
    assert told(field, after, Woke(), after, ExtendAuthority(TRUCK, "K2-stop")).startswith(invariant)


@pytest.mark.parametrize(
    ("changes", "invariant"),
    [
        ({"stopped_by": "e_stop"}, "T2"),
        ({"cancelling": True}, "R6"),
        ({"heard_at": -10.0}, "T1"),
    ],
)
def test_a_way_for_a_truck_that_may_have_none_is_told(changes: dict[str, object], invariant: str) -> None:
    field = a_truck_sent_to_k2()
    after = with_truck(field.lane, **changes)
    assert told(field, after, Woke(), after, ExtendAuthority(TRUCK, "K2-stop")).startswith(invariant)


def test_what_is_given_without_a_journal_or_in_an_emergency_is_told() -> None:
    field = a_truck_sent_to_k2()
    unwritten = replace(field.lane, journal_writable=False)
    assert told(field, unwritten, Woke(), unwritten, ResumeTruck(TRUCK)).startswith("E1")
    assert told(field, unwritten, Woke(), unwritten, ExtendAuthority(TRUCK, "K2-stop")).startswith("E1")
    stopped = replace(field.lane, service=Service.EMERGENCY_STOP)
    assert told(field, stopped, Woke(), stopped, ExtendAuthority(TRUCK, "K2-stop")).startswith("T3")


def test_a_suspect_section_that_becomes_vacant_for_no_reason_is_told() -> None:
    field = a_lane_in_service()
    before = with_section(field.lane, "K3", state=SectionState.SUSPECT, why_suspect="jumped")
    assert told(field, before, DetectorsReported("io-bridge", field.now, ()), field.lane).startswith("R11")
    alone = ActRequested(Act.DECLARE, "lan", "K3", "looked", "photo", "lan")
    assert told(field, before, alone, field.lane).startswith("R12")
    both = ActRequested(Act.DECLARE, "lan", "K3", "looked", "photo", "minh")
    assert told(field, before, both, field.lane) == ""


def test_a_lock_that_is_taken_from_a_truck_on_its_way_is_told() -> None:
    field = a_truck_sent_to_k2()
    after = with_section(field.lane, "K2", locked_for="")
    assert told(field, field.lane, Woke(), after).startswith("R5")


def test_a_way_that_is_taken_back_without_the_truck_s_word_is_told() -> None:
    field = a_truck_sent_to_k2()
    after = with_truck(field.lane, authority="", cancelling=False)
    assert told(field, field.lane, ActRequested(Act.CANCEL, "lan", TRUCK), after).startswith("R6")


def test_an_e_stop_that_stops_nobody_is_told() -> None:
    field = a_truck_sent_to_k2()
    report = replace(field.lane.trucks[TRUCK].report, e_stop=True)
    after = with_truck(field.lane, report=report)
    event = TruckReported(TRUCK, Connection.ONLINE, e_stop=True)
    assert told(field, field.lane, event, after).startswith("T2")


def test_an_emergency_stop_that_ends_by_itself_is_told() -> None:
    field = a_lane_in_service()
    before = replace(field.lane, service=Service.EMERGENCY_STOP)
    assert told(field, before, Woke(), field.lane).startswith("T3")


def test_a_proceed_that_stays_when_its_boom_goes_is_told() -> None:
    field = a_lane_in_service()
    lane = with_gate(field.lane, aspect_asked=Aspect.PROCEED, boom=Boom.MOVING)
    assert "asked for PROCEED" in told(field, lane, Woke(), lane)


def test_what_is_taken_for_granted_after_a_start_is_told() -> None:
    field = a_lane_in_service()
    assert told(field, field.lane, Started(True, field.lane), field.lane).startswith("R11")


def test_a_reading_that_never_grows_old_is_told() -> None:
    field = a_lane_in_service()
    field.now += 100.0
    assert told(field, field.lane, Woke(), field.lane).startswith("D1")


def test_a_section_at_whose_end_nobody_looked_is_told_while_it_is_not_suspect() -> None:
    field = a_lane_in_service()
    unseen = {"P2-a": replace(field.lane.detectors["P2-a"], reading=Reading.UNKNOWN, vacant_reads=0, sent_at=field.now - 1.3)}
    lane = replace(field.lane, detectors={**field.lane.detectors, **unseen})
    assert told(field, lane, Woke(), lane).startswith("D2: K2 is VACANT, and P2-a")


def proceeding(field: Field) -> Lane:
    """Its truck has its way through the entry, and PROCEED is asked for it."""
    gate = {"aspect_asked": Aspect.PROCEED, "boom": Boom.UP, "boom_at": field.now, "passing": TRUCK, "asked": BoomMove.UP}
    return with_truck(with_gate(field.lane, **gate), authority="K1-stop")


@pytest.mark.parametrize(
    ("changes", "words"),
    [({}, ""), ({"heard_at": -10.0}, "T1: T1 is silent"), ({"cancelling": True}, "R6"), ({"authority": ""}, "S2: T1 has no way")],
)
def test_a_proceed_that_stays_for_a_truck_that_may_not_drive_is_told(changes: dict[str, object], words: str) -> None:
    field = a_truck_at_the_gate()
    lane = with_truck(proceeding(field), **changes)
    assert told(field, lane, Woke(), lane).startswith(words)
    assert (told(field, lane, Woke(), lane) == "") is (words == "")


def test_a_proceed_that_stays_for_a_truck_whose_link_is_broken_is_told() -> None:
    field = a_truck_at_the_gate()
    lane = with_truck(proceeding(field), report=replace(field.lane.trucks[TRUCK].report, connection=Connection.BROKEN))
    assert told(field, lane, Woke(), lane).startswith("T1: T1 is BROKEN")


@pytest.mark.parametrize(("before_at", "after_at", "wrong"), [(9.0, 9.5, False), (9.0, 10.0, True), (9.8, 9.5, True), (9.8, 9.8, False)])
def test_what_an_answer_counts_from_is_when_it_was_asked_for(before_at: float, after_at: float, wrong: bool) -> None:
    """Asked for at 9.5 s and heard at 10 s. One that another answer has overtaken changes nothing."""
    field = a_lane_in_service()
    field.now = 10.0
    events = (
        DetectorsReported("io-bridge", 9.5, (("P2-a", Reading.VACANT),)),
        BoomReported("vn", Boom.DOWN, 9.5),
        SignalReported("vn", Aspect.STOP, 9.5),
    )

    def lane(at: float) -> Lane:
        detectors = {name: replace(now, sent_at=at) for name, now in field.lane.detectors.items()}
        return with_gate(replace(field.lane, detectors=detectors), boom_at=at, shown_at=at)

    for event in events:
        assert told(field, lane(before_at), event, lane(after_at)).startswith("D1: what") is wrong


def test_somebody_who_always_asks_to_be_woken_at_once_is_told() -> None:
    clock = VirtualClock()

    def again() -> None:
        clock.call_at(clock.now() - 1.0, again)

    clock.call_at(1.0, again)
    with pytest.raises(AssertionError, match="again and again"):
        clock.run_until(2.0)
