"""R3. Who was named from pictures that prove to be old ones was not seen."""

import pytest

from drivers.camera_health import Trouble
from lanectl.model import Boom, CameraNow, CameraReported, ExtendAuthority, ReadPlate, Started, WeightNow, WeightReported
from lanectl.status.alarms import PRIORITIES, alarms
from tests.rules.scenes import a_truck_at_the_gate
from tests.rules.words import Field


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
