"""Of several that are due in one step every one is done in it: both gates, each section, each truck."""

from msgspec.structs import replace

from lanectl.layout import Layout
from lanectl.model import (
    Act,
    Aspect,
    Authority,
    Boom,
    BoomMove,
    ClearanceReported,
    Connection,
    ConsignmentReported,
    ExtendAuthority,
    JournalReported,
    Reading,
    SectionState,
    SetAspect,
    SetBoom,
    Standing,
    UnitRestarted,
)
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    arrive,
    leave_k1,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import LAYOUT, Field, a_layout

# ---------------------------------------------------------------- both gates


def both_booms_up(layout: Layout = LAYOUT) -> Field:
    """Over nobody, after a restart: nothing was asked of either."""
    field = a_lane_in_service(layout)
    field.booms = {"vn": Boom.UP, "cn": Boom.UP}
    restarted(field)
    field.wait(0.5)
    field.take()
    return field


def test_b6_both_booms_come_down_in_the_step_in_which_a_person_closes_the_lane() -> None:
    field = both_booms_up()
    field.act(Act.CLOSE)
    assert [c for c in field.take() if isinstance(c, SetBoom)] == [SetBoom(g, BoomMove.DOWN, urgent=False) for g in ("vn", "cn")]


def test_t3_both_booms_that_come_down_are_halted_in_the_step_of_the_stop() -> None:
    field = both_booms_up()
    field.act(Act.CLOSE)
    for gate in ("vn", "cn"):
        field.boom(gate, Boom.MOVING)
    field.take()
    field.act(Act.STOP)
    assert [c for c in field.take() if isinstance(c, SetBoom)] == [SetBoom(g, BoomMove.STOP, urgent=True) for g in ("vn", "cn")]


def test_t3_what_was_to_bring_the_booms_down_ends_at_both_gates_with_the_lanes_reset() -> None:
    field = both_booms_up()
    field.occupy("vn-loop", "cn-loop")
    field.act(Act.CLOSE)
    assert [now.may_lower for now in field.lane.gates.values()] == [True, True]
    field.act(Act.STOP)
    assert field.act(Act.RESET) == []
    assert [now.may_lower for now in field.lane.gates.values()] == [False, False]


def two_with_proceed() -> Field:
    """One before each gate's boom."""
    field = under_the_exit_boom()
    arrive(field, "T2")
    field.boom("vn", Boom.UP)
    for gate in ("vn", "cn"):
        field.lamp(gate, Aspect.PROCEED)
    field.truck("T2", authority_end="K1-stop")
    field.take()
    return field


def test_s2_both_signals_show_stop_in_the_step_of_the_stop() -> None:
    field = two_with_proceed()
    assert [now.aspect_asked for now in field.lane.gates.values()] == [Aspect.PROCEED] * 2
    field.act(Act.STOP)
    assert [c for c in field.take() if isinstance(c, SetAspect)] == [SetAspect(gate, Aspect.STOP) for gate in ("vn", "cn")]


def test_d1_what_is_too_old_is_forgotten_of_everything_in_one_step() -> None:
    field = a_lane_in_service()
    field.refresh()
    field.silence(0.6)
    assert {now.reading for now in field.lane.detectors.values()} == {Reading.UNKNOWN}
    assert [now.boom for now in field.lane.gates.values()] == [Boom.UNKNOWN] * 2
    assert [now.shown for now in field.lane.gates.values()] == [Aspect.UNKNOWN] * 2


def test_b8_a_truck_that_is_declared_out_of_the_lane_gives_back_both_gates() -> None:
    """In a lane of one section it may be on its way through both. What was powered up shows nothing, and holds the gate for it."""
    field = a_truck_in_k1(a_layout(1))
    field.truck(authority_end="cn-gate")
    field.boom("cn", Boom.UP)
    assert [now.passing for now in field.lane.gates.values()] == ["T1", "T1"]
    field.vacate("vn-approach", "vn-loop", "vn-curtain")
    field.truck(connection=Connection.BROKEN)
    field.say(UnitRestarted("io-cn"))
    field.detect("io-cn")
    assert [now.passing for now in field.lane.gates.values()] == ["T1", "T1"]
    assert field.declare("K1") == []
    assert [now.passing for now in field.lane.gates.values()] == ["", ""]


# ---------------------------------------------------------------- each section, each end of one


def test_r11_every_section_is_proved_in_the_step_in_which_the_last_detectors_read_vacant_twice() -> None:
    field = restarted(a_lane_in_service())
    for _ in range(2):
        field.now += 0.1
        field.detect("io-vn")
        field.detect("io-cn")
    field.detect("io-bridge")
    assert field.states() == "SSS"
    field.now += 0.1
    field.detect("io-bridge")
    assert field.states() == "VVV"


def test_d5_a_section_that_is_declared_counts_anew_at_both_its_ends() -> None:
    """Each end lost count, and one detector of each was powered up: it does not read vacant until a truck passed it."""
    field = a_lane_in_service()
    field.say(UnitRestarted("io-bridge"))
    field.wait(0.5)
    for far in ("P1-b", "P2-b"):
        field.occupy(far)
        field.vacate(far)
    assert [field.lane.points[point].lost for point in ("P1", "P2")] == [True, True]
    assert field.declare("K2") == []
    assert [field.lane.points[point].lost for point in ("P1", "P2")] == [False, False]


def test_r11_a_truck_that_is_seen_before_the_boom_gives_back_every_section() -> None:
    """It was counted into K1, and K2 is doubtful since."""
    field = restarted(a_truck_sent_to_k2())
    field.truck(last_node="vn-gate", authority_end="", cancelled=True, standing=True)
    field.occupy("vn-approach")
    field.wait(2.5)
    for name in ("K2", "K3"):
        doubtful = replace(field.section(name), state=SectionState.SUSPECT, locked_for="T1", why_suspect="started")
        field.lane = replace(field.lane, sections={**field.lane.sections, name: doubtful})
    assert field.locks() == {"K1": "T1", "K2": "T1", "K3": "T1"}
    assert field.act(Act.SWEEP, "T1", place="vn") == []
    assert "T1" not in field.locks().values()


# ---------------------------------------------------------------- each truck, each consignment


def test_r3_after_a_restart_every_clearance_that_ends_has_to_be_told_again() -> None:
    field = a_lane_in_service()
    for name in ("C1", "C2"):
        field.say(ConsignmentReported(name, f"T-{name}", "14C12345"))
        for authority in Authority:
            field.say(ClearanceReported(name, authority, Standing.CLEARED, until=field.now + 900))
    restarted(field)
    assert [field.standing(name) for name in ("C1", "C2")] == [{}, {}]


def test_r3_every_truck_that_waits_for_the_journal_gets_its_way_when_it_is_written_again() -> None:
    field = a_truck_sent_to_k2(a_layout(6))
    leave_k1(field)
    field.boom("vn", Boom.DOWN)
    field.truck(authority_end="K3-stop", last_node="K2-stop")
    field.say(JournalReported(False))
    for group in ("P2-a", "P2-b"):
        field.occupy(group)
    for group in ("P2-a", "P2-b"):
        field.vacate(group)
    arrive(field, "T2")
    field.take()
    field.say(JournalReported(True))
    taken = field.take()
    assert ExtendAuthority("T1", "K4-stop") in taken
    assert SetBoom("vn", BoomMove.UP, urgent=False) in taken
    assert {name: truck for name, truck in field.locks().items() if truck == "T2"} == {"K1": "T2", "K2": "T2"}
