"""R3. Who was named from pictures that prove to be old ones was not seen."""

from dataclasses import replace as changed

import pytest

from drivers.camera_health import Trouble
from lanectl.decide import Core, Facts, decide
from lanectl.layout import Layout
from lanectl.model import (
    Boom,
    CameraNow,
    CameraReported,
    ExtendAuthority,
    JournalReported,
    Match,
    PlateSeen,
    ReadPlate,
    Sight,
    Started,
    WeightNow,
    WeightReported,
)
from lanectl.plates import Votes, VoteSettings
from lanectl.status.alarms import PRIORITIES, alarms
from tests.rules.scenes import a_lane_in_service, a_truck_at_the_gate
from tests.rules.words import LAYOUT, Field


def named_from(field: Field, trouble: str) -> bool:
    """Whether the truck is still named after its camera proved to have this trouble."""
    field.say(CameraReported("vn-front", "vn", trouble))
    return field.lane.gates["vn"].identity is not None


@pytest.mark.parametrize("trouble", ["frozen", "replayed"])
def test_a_truck_named_from_old_pictures_is_looked_at_again_and_gets_no_way(trouble: str) -> None:
    field = a_truck_at_the_gate()
    field.take()
    assert not named_from(field, trouble)
    assert ReadPlate("vn", True) in field.take()
    field.boom("vn", Boom.UP)
    assert not [c for c in field.take() if isinstance(c, ExtendAuthority)]
    assert "identity_unread" in field.why()


def test_a_truck_named_long_before_its_camera_froze_was_seen() -> None:
    field = a_truck_at_the_gate()
    field.wait(6)
    assert named_from(field, "frozen")


def a_doubtful_truck_at_the_gate(layout: Layout = LAYOUT) -> Field:
    field = a_lane_in_service(layout)
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    field.identify(match=Match.UNSURE)
    field.take()
    return field


@pytest.mark.parametrize("trouble", ["frozen", "replayed"])
def test_a_doubt_from_old_pictures_ends_and_the_truck_is_looked_at_anew_with_all_of_a_persons_time(trouble: str) -> None:
    field = a_doubtful_truck_at_the_gate()
    field.wait(3)
    field.take()
    assert not named_from(field, trouble)
    assert [c for c in field.take() if isinstance(c, ReadPlate)] == [ReadPlate("vn", False), ReadPlate("vn", True)]
    now = field.lane.gates["vn"]
    assert (now.reading_plate, now.plate_asked_at) == (True, field.now)


def test_a_doubt_from_old_pictures_ends_where_nothing_may_be_asked_and_is_looked_for_again_later() -> None:
    field = a_doubtful_truck_at_the_gate()
    field.say(JournalReported(False))
    field.take()
    assert not named_from(field, "frozen")
    assert field.take() == []
    field.say(JournalReported(True))
    assert field.take() == [ReadPlate("vn", True)]


def test_a_doubt_from_old_pictures_ends_the_look_at_what_is_not_seen_to_stand_there_any_more() -> None:
    field = a_doubtful_truck_at_the_gate()
    field.now += field.layout.limits.reading_age_s_max + 0.1
    assert not named_from(field, "frozen")
    assert [c for c in field.take() if isinstance(c, ReadPlate)] == [ReadPlate("vn", False)]
    assert not field.lane.gates["vn"].reading_plate


def test_after_a_camera_beside_a_doubt_froze_the_truck_is_named_by_what_is_seen_then() -> None:
    """Its plate in front was concluded already, and a vote says nothing twice."""
    field = a_doubtful_truck_at_the_gate(changed(LAYOUT, rear_plate_needed=True))
    facts = Facts(field.layout, {"vn": VoteSettings()}, {"vn-rear": Sight.REAR})
    front, rear = PlateSeen("vn-front", "vn", "14C12345", 0.99, "e1"), PlateSeen("vn-rear", "vn", "", 0.0, "e2")
    core = Core(field.lane, {"vn": Votes()})
    for read in [front, rear] * 12:
        core = decide(facts, core, field.now, read).core
    core = decide(facts, core, field.now, CameraReported("vn-rear", "vn", "frozen")).core
    assert core.lane.gates["vn"].identity is None
    for read in [front, rear] * 12:
        core = decide(facts, core, field.now, read).core
    now = core.lane.gates["vn"]
    assert now.identity is not None
    assert (now.identity.match, [seen.sight for seen in now.sights]) == (Match.MATCHED, [Sight.REAR])


def test_old_pictures_of_what_nobody_was_named_from_begin_no_look_anew() -> None:
    field = a_lane_in_service()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    began_at = field.now
    field.wait(3)
    field.take()
    field.say(CameraReported("vn-front", "vn", "frozen"))
    assert field.take() == []
    assert field.lane.gates["vn"].plate_asked_at == began_at


def test_a_camera_that_looks_at_no_gate_of_this_lane_takes_nothing_back() -> None:
    field = a_truck_at_the_gate()
    field.say(CameraReported("yard", "yard", "frozen"))
    assert field.lane.cameras["yard"] == CameraNow("yard", "frozen")
    assert field.lane.gates["vn"].identity is not None


@pytest.mark.parametrize("trouble", ["covered", "defocused", "dead", ""])
def test_pictures_that_show_nothing_have_shown_nothing_wrong(trouble: str) -> None:
    assert named_from(a_truck_at_the_gate(), trouble)


def test_a_way_that_runs_is_not_taken_back_by_a_camera() -> None:
    field = a_truck_at_the_gate()
    field.boom("vn", Boom.UP)
    assert field.lane.trucks["T1"].authority == "K1-stop"
    assert named_from(field, "replayed")


def test_a_camera_with_trouble_is_an_alarm_until_it_is_over() -> None:
    field = a_truck_at_the_gate()
    field.say(CameraReported("vn-front", "vn", "moved"))
    (alarm,) = (alarm for alarm in alarms(field.layout, field.lane, field.now) if alarm.code.startswith("CAMERA_"))
    assert (alarm.code, alarm.subject, alarm.params) == ("CAMERA_MOVED", "vn-front", {"camera": "vn-front", "gate": "vn"})
    field.say(CameraReported("vn-front", "vn", ""))
    assert not [alarm for alarm in alarms(field.layout, field.lane, field.now) if alarm.code.startswith("CAMERA_")]


def test_every_trouble_of_a_camera_has_an_alarm() -> None:
    assert {f"CAMERA_{trouble.value.upper()}" for trouble in Trouble} <= set(PRIORITIES)


def test_a_controller_that_starts_knows_nothing_of_cameras_and_weights() -> None:
    field = a_truck_at_the_gate()
    field.say(CameraReported("vn-front", "vn", "dark"))
    field.say(WeightReported("vn", 23_450))
    assert (field.lane.cameras, field.lane.weights) == ({"vn-front": CameraNow("vn", "dark")}, {"vn": WeightNow(23_450, "", field.now)})
    field.say(Started(armed_before=True, lane=field.lane))
    assert (field.lane.cameras, field.lane.weights) == ({}, {})
