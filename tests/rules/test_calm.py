"""A calm lane: what only says again what is known is stepped without the rules. `Field.say` holds each such step against the rules."""

from collections.abc import Callable
from dataclasses import replace as replaced

import pytest
from msgspec.structs import replace

from lanectl.interlocking import Calm, calm_step
from lanectl.interlocking.calm import CALM_S_MAX
from lanectl.model import Act, Boom, BoomMove, DetectorsReported, HoursReported, JournalReported, LinkLost, PlaceTruck, Reading, Woke
from tests.rules.scenes import a_lane_in_service, a_truck_sent_to_k2
from tests.rules.words import LAYOUT, Field


def a_calm_field() -> Field:
    field = a_lane_in_service()
    field.now += 0.01
    field.detect("io-bridge")
    assert field.calm is not None
    return field


def test_most_of_what_a_lane_hears_brings_nothing_new() -> None:
    field = a_truck_sent_to_k2()
    steps_before = field.calm_steps
    for _ in range(20):
        field.now += 0.02
        field.detect("io-bridge")
    assert field.calm_steps - steps_before >= 15


def test_a_detector_that_changes_is_the_rules_matter() -> None:
    field = a_calm_field()
    field.now += 0.05
    field.occupy("P1-a")
    assert field.calm is None


def test_a_lost_unit_is_the_rules_matter() -> None:
    field = a_calm_field()
    field.say(LinkLost("io-bridge", "no answer"))
    assert field.calm is None


def test_the_rules_go_over_a_calm_lane_at_each_heartbeat() -> None:
    field = a_calm_field()
    assert calm_step(LAYOUT, field.lane, field.now + CALM_S_MAX, Woke(), field.calm) is None


def test_a_lane_whose_boom_waits_for_the_journal_is_not_calm() -> None:
    """Found by a soak: its time to come down began anew with each step but the calm ones, and the journal replayed to another lane."""
    field = a_calm_field()
    waits = replace(field.lane.gates["vn"], boom=Boom.UNKNOWN, asked=BoomMove.DOWN, asked_at=field.now, sent_at=field.now)
    field.lane = replace(field.lane, gates={**field.lane.gates, "vn": waits})
    for _ in range(2):
        field.say(JournalReported(False))  # twice in one turn of the controller
    assert field.calm is None


def test_calm_ends_when_a_reading_gets_too_old() -> None:
    field = a_calm_field()
    field.now += LAYOUT.limits.reading_age_s_max - 0.1
    field.say(Woke())
    assert field.calm is not None
    assert field.calm.until <= field.now + 0.1 + 1e-9


def test_a_reading_that_was_too_old_is_news() -> None:
    field = a_calm_field()
    was = field.lane.detectors["P1-a"]
    aged = replace(field.lane, detectors={**field.lane.detectors, "P1-a": replace(was, sent_at=field.now - 1.0)})
    again, soon = DetectorsReported("io-bridge", field.now, (("P1-a", Reading.VACANT),)), field.now + 1.0
    assert calm_step(LAYOUT, aged, field.now, again, Calm(aged, soon, soon, soon, ())) is None


def test_another_lane_is_not_calm_because_this_one_was() -> None:
    field = a_calm_field()
    assert calm_step(LAYOUT, replace(field.lane), field.now, Woke(), field.calm) is None


def test_what_is_asked_a_second_time_is_the_rules_matter_though_nothing_is_changed_by_it() -> None:
    field = a_calm_field()
    field.truck(localised=False, standing=True, places=True)
    for _ in range(2):
        field.take()
        assert field.act(Act.PLACE, "T1", place="vn-gate") == []
        assert field.take() == [PlaceTruck("T1", "vn-gate", None)]
        field.trucks["T1"] = field.lane.trucks["T1"].report
        field.now += 0.01
        field.detect("io-bridge")
        assert field.calm is not None


def a_calm_field_with_a_truck_before_the_boom() -> Field:
    """It is refused for want of a plate."""
    field = a_lane_in_service(replaced(LAYOUT, has_hours=True))
    field.say(HoursReported(within=True))
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.now += 0.01
    field.detect("io-bridge")
    assert field.calm is not None
    assert field.why() == ["identity_unread"]
    return field


@pytest.mark.parametrize(
    ("news", "code"),
    [
        (lambda f: f.act(Act.CLOSE), "service_closed"),
        (lambda f: f.say(HoursReported(within=False)), "outside_hours"),
        (lambda f: f.say(JournalReported(False)), "journal_not_writable"),
    ],
    ids=["closed", "hours", "journal"],
)
def test_what_the_lane_as_a_whole_is_told_is_the_rules_matter(news: Callable[[Field], object], code: str) -> None:
    field = a_calm_field_with_a_truck_before_the_boom()
    news(field)
    assert code in field.why()
