"""What people are told of, step by step: only what the field has proved."""

from dataclasses import replace

from msgspec import structs

from lanectl.model import (
    Act,
    ActRequested,
    Aspect,
    Boom,
    BoomMove,
    Lane,
    LinkLost,
    Match,
    Refusal,
    Report,
    SectionNow,
    SectionState,
    Service,
    Woke,
)
from lanectl.status import Moment, News, follow
from tests.fake_lane import NOW, FakeLane, crossing, read, truck

LAYOUT = FakeLane.working().scene.layout


def told(before: Lane, after: Lane, report: Report | None = None, refusals: tuple[Refusal, ...] = (), at: float = 0.0) -> list[str]:
    return [each.code for each in follow(News(), LAYOUT, Moment(at, "Z"), report or Woke(), before, after, refusals).latest]


def test_a_step_that_changes_nothing_tells_nothing() -> None:
    lane = crossing().lane
    assert told(lane, lane) == []


def test_a_boom_is_told_of_when_it_is_proved_with_its_travel_time_not_when_it_is_asked() -> None:
    down = FakeLane.working().with_gate("vn", asked=BoomMove.UP, asked_at=10.0, boom=Boom.DOWN, boom_at=10.0)
    moving = down.with_gate("vn", boom=Boom.MOVING, boom_at=11.0)
    up = moving.with_gate("vn", boom=Boom.UP, boom_at=14.2)
    assert told(down.lane, moving.lane) == []
    (proved,) = follow(News(), LAYOUT, Moment(14.2, "Z"), Woke(), moving.lane, up.lane, ()).latest
    assert (proved.code, proved.params, round(proved.value_s or 0, 1)) == ("BOOM_PROVED", {"gate": "vn", "boom": "UP"}, 4.2)


def test_a_boom_found_up_after_silence_has_no_travel_time() -> None:
    unknown = FakeLane.working().with_gate("vn", asked=BoomMove.UP, boom=Boom.UNKNOWN)
    up = unknown.with_gate("vn", boom=Boom.UP)
    assert follow(News(), LAYOUT, Moment(1.0, "Z"), Woke(), unknown.lane, up.lane, ()).latest[0].value_s is None


def test_a_crossing_is_timed_from_the_first_section_to_the_far_side() -> None:
    at_gate = FakeLane.working().with_truck("T01", truck("vn-gate", "K2-stop"), "14C00001")
    entered = at_gate.with_section("K1", SectionState.OCCUPIED, "T01")
    news = follow(News(), LAYOUT, Moment(100.0, "Z"), Woke(), at_gate.lane, entered.lane, ())
    leaving = at_gate.with_truck("T01", truck("cn-gate", "cn-clear"), "14C00001")
    gone = at_gate.with_truck("T01", truck("cn-clear", "cn-clear"), "14C00001")
    news = follow(news, LAYOUT, Moment(195.0, "Z"), Woke(), leaving.lane, gone.lane, ())
    assert [(each.code, each.value_s) for each in news.latest] == [("TRUCK_CROSSED", 95.0)]
    assert (news.tally.crossings, news.tally.median_crossing_s) == (1, 95.0)


def test_one_that_entered_a_suspect_section_lost_its_way_and_was_driven_off_has_crossed() -> None:
    at_gate = FakeLane.working().with_truck("T01", truck("vn-gate", "K2-stop"), "14C00001").with_section("K1", SectionState.SUSPECT, "T01")
    entered = at_gate.with_section("K1", SectionState.SUSPECT, "T01", entered=True)
    news = follow(News(), LAYOUT, Moment(100.0, "Z"), Woke(), at_gate.lane, entered.lane, ())
    assert [each.code for each in news.latest] == ["TRUCK_ENTERED"]
    stands = at_gate.with_truck("T01", truck("cn-gate", ""), "14C00001").with_section("K1", SectionState.VACANT)
    driven = stands.with_truck("T01", truck("cn-clear", ""), "14C00001")
    news = follow(news, LAYOUT, Moment(250.0, "Z"), Woke(), stands.lane, driven.lane, ())
    assert [(each.code, each.value_s) for each in news.latest] == [("TRUCK_CROSSED", 150.0)]


def test_one_whose_lock_ends_behind_the_exit_without_a_way_has_crossed() -> None:
    """The controller was started again while it drove: when it entered is not known any more."""
    held = (
        FakeLane.working()
        .with_truck("T01", truck("cn-clear", ""), "14C00001")
        .with_section("K4", SectionState.SUSPECT, "T01", entered=True)
    )
    declared = held.with_section("K4", SectionState.VACANT)
    assert told(held.lane, declared.lane) == ["SECTION_PROVED", "TRUCK_CROSSED"]


def test_nobody_enters_where_a_start_takes_up_a_truck_from_the_journal() -> None:
    held = (
        FakeLane.working()
        .with_truck("T01", truck("vn-gate", "K2-stop"), "14C00001")
        .with_section("K1", SectionState.SUSPECT, "T01", entered=True)
    )
    assert "TRUCK_ENTERED" not in told(structs.replace(held.lane, trucks={}, sections={}), held.lane)


def test_a_truck_that_only_says_that_it_is_over_has_not_crossed() -> None:
    in_k1 = FakeLane.working().with_truck("T01", truck("vn-gate", "K2-stop"), "14C00001").with_section("K1", SectionState.OCCUPIED, "T01")
    lying = in_k1.with_truck("T01", truck("cn-clear", "K2-stop"), "14C00001")
    yard = FakeLane.working().with_truck("T02", truck("vn-gate", ""), "14C00002")
    dreaming = yard.with_truck("T02", truck("cn-clear", ""), "14C00002")
    for before, after in ((in_k1, lying), (yard, dreaming)):
        assert follow(News(), LAYOUT, Moment(1.0, "Z"), Woke(), before.lane, after.lane, ()).latest == ()


def test_a_refused_act_is_told_with_its_reason_and_counted() -> None:
    lane = FakeLane.working().with_service(Service.EMERGENCY_STOP).lane
    refusal = Refusal("service_in_emergency", "OPEN", "T3")
    news = follow(News(), LAYOUT, Moment(1.0, "Z"), ActRequested(Act.OPEN, "Lan"), lane, lane, (refusal,))
    assert news.latest[0].code == "ACT_REFUSED"
    assert news.latest[0].why is not None
    assert news.latest[0].why.code == "service_in_emergency"
    assert news.tally.refused_acts == 1


def test_an_act_is_not_refused_by_what_keeps_a_truck_waiting() -> None:
    closed, opened = FakeLane.working().with_service(Service.CLOSED).lane, FakeLane.working().lane
    waits = Refusal("section_locked", "T11", "R2", (("section", "K2"), ("truck", "T07")))
    assert told(closed, opened, ActRequested(Act.OPEN, "Lan"), (waits,)) == ["ACT_TAKEN", "SERVICE_NOW"]


def test_plates_are_counted_by_what_came_of_them() -> None:
    lane = FakeLane.working().lane
    news = follow(News(), LAYOUT, Moment(1.0, "Z"), read("vn", Match.MATCHED, "14C12345", "T11"), lane, lane, ())
    news = follow(news, LAYOUT, Moment(2.0, "Z"), read("vn", Match.NOT_LISTED, "29H99999"), lane, lane, ())
    assert (news.tally.plates_matched, news.tally.plates_other) == (1, 1)


def test_the_last_plate_stays_in_sight_with_its_age_after_its_truck_has_gone() -> None:
    lane = FakeLane.working()
    news = follow(News(), LAYOUT, Moment(NOW - 20, "Z"), read("vn", Match.MATCHED, "14C12345", "T11"), lane.lane, lane.lane, ())
    plate = replace(lane, news=news).status().gates[0].plate
    assert plate is not None
    assert (plate.plate, plate.current, plate.age_s) == ("14C12345", False, 20.0)
    assert replace(lane, news=news).status().gates[1].plate is None


def test_a_lost_unit_is_told_once_lost_and_once_back() -> None:
    lost, back = FakeLane.working().with_unit("io-vn", linked=False).lane, FakeLane.working().lane
    assert told(back, lost, LinkLost("io-vn", "no answer")) == ["LINK_LOST"]
    assert told(lost, back) == ["LINK_BACK"]


def test_a_section_that_became_suspect_and_was_proved_is_told() -> None:
    vacant = FakeLane.working().lane
    suspect = structs.replace(vacant, sections={**vacant.sections, "K2": SectionNow(SectionState.SUSPECT, why_suspect="jumped")})
    assert told(vacant, suspect) == ["SECTION_SUSPECT"]
    assert told(suspect, vacant) == ["SECTION_PROVED"]


def test_a_signal_gone_dark_is_no_news_of_an_aspect() -> None:
    lit, dark = FakeLane.working().lane, FakeLane.working().with_gate("vn", shown=Aspect.UNKNOWN).lane
    assert told(lit, dark) == []


def test_only_the_last_events_are_kept_the_newest_first() -> None:
    opened, closed = FakeLane.working().lane, FakeLane.working().with_service(Service.CLOSED).lane
    news = News()
    for at in range(50):
        before, after = (opened, closed) if at % 2 else (closed, opened)
        news = follow(news, LAYOUT, Moment(float(at), "Z"), Woke(), before, after, ())
    assert len(news.events) == 40
    assert news.events[0].at == 49.0
