"""What an operator sees of a lane, and how old it is."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from lanectl.interlocking import refusals
from lanectl.model import Act, Aspect, Boom, BoomMove, Connection, Reading, SectionState, Service
from lanectl.picture import as_json, from_line
from lanectl.record import encode_json
from lanectl.status import PRIORITIES, LaneStatus, TruckShown
from lanectl.status.mends import ALARMS, REFUSALS
from tests.fake_lane import NOW, FakeLane, crossing, failing, truck, waiting

ACTS = {act.value for act in Act}


def shown(status: LaneStatus, name: str) -> TruckShown:
    return next(each for each in status.trucks if each.name == name)


def alarm_codes(status: LaneStatus) -> list[str]:
    return [alarm.code for alarm in status.alarms]


# ---------------------------------------------------------------- trucks


def test_a_truck_that_waits_says_the_first_reason_it_was_refused() -> None:
    lane = waiting().refusing("section_locked", "T11", section="K3", truck="T07")
    waits = shown(lane.status(), "T11").waits
    assert waits is not None
    assert (waits.code, waits.params) == ("section_locked", {"section": "K2", "truck": "T07"})


def test_a_truck_is_between_what_is_proved_and_its_authority() -> None:
    driving = shown(crossing().status(), "T07")
    assert driving.sections == ("K3",)
    assert (driving.from_m, driving.to_m) == (154.5, 231.75)


def test_a_truck_that_was_not_heard_since_the_start_has_no_age_and_reads_back() -> None:
    """Its order is known from the journal; a number that is none would end every reader."""
    lane = FakeLane.working().with_truck("T01", structs.replace(truck("K1-stop", "K2-stop"), heard_at=float("-inf")), "14C00001")
    read_back = from_line(encode_json(as_json(lane.status())))
    assert shown(read_back, "T01").age_s is None
    assert shown(read_back, "T01").stale
    assert ("TRUCK_SILENT", "T01") in [(alarm.code, alarm.subject) for alarm in read_back.alarms]


def test_a_truck_is_never_drawn_beyond_its_authority() -> None:
    lane = FakeLane.working().with_section("K1", SectionState.OCCUPIED, "T01").with_truck("T01", truck("vn-gate", "K1-stop"), "14C00001")
    assert shown(lane.status(), "T01").to_m == 65.25


def test_a_truck_without_authority_stands_where_it_reported() -> None:
    before_gate = shown(waiting().status(), "T11")
    assert (before_gate.place, before_gate.from_m, before_gate.to_m) == ("APPROACH", -3.0, -3.0)


def test_a_truck_that_has_crossed_stands_behind_the_exit_gate() -> None:
    lane = FakeLane.working().with_truck("T01", truck("cn-clear", "cn-clear"), "14C00001")
    assert shown(lane.status(), "T01").place == "BEYOND"


def test_a_truck_that_signed_off_is_away() -> None:
    lane = FakeLane.working().with_truck("T01", truck("cn-clear", connection=Connection.OFFLINE), "14C00001")
    assert shown(lane.status(), "T01").place == "AWAY"


def test_trucks_stand_in_driving_order() -> None:
    assert [each.name for each in waiting().status().trucks] == ["T03", "T07", "T11", "T12"]


def test_of_those_before_the_gate_the_one_whose_plate_was_read_stands_first() -> None:
    lane = crossing().with_truck("T02", truck("vn-gate"), "14C00002")
    assert [each.name for each in lane.status().trucks if each.place == "APPROACH"] == ["T11", "T02"]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"connection": Connection.BROKEN}, "LINK_BROKEN"),
        ({"e_stop": True}, "E_STOP"),
        ({"fatal": "steering"}, "FAILED"),
        ({"paused": True}, "PAUSED"),
        ({"standing": False}, "DRIVES"),
        ({}, "STANDS"),
    ],
)
def test_a_truck_shows_what_is_worst_about_it(said: dict[str, Any], state: str) -> None:
    lane = FakeLane.working().with_truck("T01", truck("K1-stop", "K2-stop", **said), "14C00001")
    assert shown(lane.status(), "T01").state == state


def test_a_silent_truck_is_stale_and_silent_whatever_it_said_last() -> None:
    silent = shown(failing().status(), "T07")
    assert (silent.state, silent.stale, silent.age_s) == ("SILENT", True, 14.0)


# ---------------------------------------------------------------- ages


def test_a_reading_too_old_to_be_believed_is_shown_as_unknown() -> None:
    lane = crossing().with_detector("P3-a", Reading.VACANT, sent_at=NOW - 0.7)
    detector = next(each for each in lane.status().detectors if each.name == "P3-a")
    assert (detector.reading, detector.stale, detector.age_s) == (Reading.UNKNOWN, True, 0.7)


def test_boom_and_aspect_have_their_own_ages() -> None:
    gate = crossing().with_gate("vn", boom_at=NOW - 3.0).status().gates[0]
    assert (gate.boom_stale, gate.boom_age_s) == (True, 3.0)
    assert (gate.aspect_stale, gate.aspect_age_s) == (False, 0.1)


def test_what_was_never_heard_has_no_age() -> None:
    gate = crossing().with_gate("vn", boom=Boom.UNKNOWN, boom_at=float("-inf")).status().gates[0]
    assert (gate.boom_stale, gate.boom_age_s) == (True, None)


# ---------------------------------------------------------------- alarms


def test_a_normal_lane_has_no_alarm() -> None:
    assert alarm_codes(crossing().status()) == []


def test_a_lost_unit_raises_one_alarm_and_not_one_for_each_thing_on_it() -> None:
    lane = FakeLane.working().with_unit("io-cn", linked=False).with_gate("cn", shown=Aspect.UNKNOWN)
    assert alarm_codes(lane.status()) == ["LINK_LOST"]


def test_suspect_sections_are_one_alarm_with_all_their_names() -> None:
    lane = FakeLane.working()
    for name in ("K1", "K2", "K3"):
        lane = lane.with_section(name, SectionState.SUSPECT, why="started")
    (alarm,) = lane.status().alarms
    assert alarm.params["sections"] == "K1, K2, K3"
    assert alarm.mend == "lanectl declare K1 K2 K3 --second NAME --reason WHY --evidence WHAT"


def test_a_lamp_that_changes_is_no_alarm_until_its_time_is_up() -> None:
    changing = FakeLane.working().with_gate("vn", shown=Aspect.UNKNOWN, aspect_asked_at=NOW - 0.5)
    assert alarm_codes(changing.status()) == []
    assert alarm_codes(changing.with_gate("vn", aspect_asked_at=NOW - 1.5).status()) == ["SIGNAL_UNPROVED"]


@pytest.mark.parametrize("gate", ["vn", "cn"])
def test_a_boom_that_stands_up_for_nobody_is_an_alarm_that_says_what_lets_it_down(gate: str) -> None:
    status = FakeLane.working().with_gate(gate, boom=Boom.UP, asked=BoomMove.UP).status()
    assert [(alarm.code, alarm.subject, alarm.mend) for alarm in status.alarms] == [("BOOM_LEFT_UP", gate, f"lanectl reset {gate}")]


@pytest.mark.parametrize("now", [{"passing": "T01"}, {"may_lower": True}, {"asked": BoomMove.DOWN}, {"boom": Boom.DOWN}])
def test_a_boom_that_is_up_for_a_truck_or_comes_down_by_itself_is_no_alarm(now: dict[str, Any]) -> None:
    lane = FakeLane.working().with_truck("T01", truck("vn-gate", "K1-stop"), "14C00001")
    assert alarm_codes(lane.with_gate("vn", **{"boom": Boom.UP, "asked": BoomMove.UP} | now).status()) == []


def test_a_boom_that_goes_up_for_a_truck_that_waits_is_no_alarm() -> None:
    lane = FakeLane.working().with_section("K1", SectionState.VACANT, "T01").with_truck("T01", truck("vn-gate", ""), "14C00001")
    assert alarm_codes(lane.with_gate("vn", boom=Boom.UP, asked=BoomMove.UP).status()) == []


def test_an_alarm_keeps_its_beginning_while_it_stands() -> None:
    lane = FakeLane.working().with_service(Service.EMERGENCY_STOP)
    first = lane.status()
    later = lane.status(now=NOW + 30, raised=first.alarms)
    assert (later.alarms[0].since, later.alarms[0].age_s) == (NOW, 30.0)


def test_the_most_urgent_alarm_stands_first() -> None:
    priorities = [alarm.priority for alarm in failing().status().alarms]
    assert priorities == sorted(priorities)


def test_a_silent_truck_that_is_away_is_no_alarm() -> None:
    away = truck("cn-clear", heard_at=NOW - 500, connection=Connection.OFFLINE)
    assert alarm_codes(FakeLane.working().with_truck("T01", away, "14C00001").status()) == []


# ---------------------------------------------------------------- what mends it


def test_every_refusal_that_a_person_mends_names_the_act_that_mends_it() -> None:
    for kind in refusals.ALL:
        command = REFUSALS.get(kind.code, "")
        named = {act for act in ACTS if act in kind.mend.split()}
        assert bool(command) == bool(named), kind.code
        words = {word.upper().replace("-", "_") for word in command.split()[1:3]}  # `lanectl plate confirm` names its act second
        assert not command or words & named, kind.code


def test_every_command_that_mends_fills_in_what_the_refusal_tells() -> None:
    for kind in refusals.ALL:
        refusal = kind.of("T01", *kind.params)
        why = replace(waiting(), refusals=(refusal,)).status().refusals[0]
        assert "{" not in why.mend


def test_no_command_answers_an_alarm_that_does_not_exist() -> None:
    assert set(ALARMS) <= set(PRIORITIES)


# ---------------------------------------------------------------- as JSON


def test_a_status_goes_through_the_controllers_socket_unchanged() -> None:
    status = failing().status()
    assert from_line(encode_json(as_json(status))) == status


def test_a_status_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="schema_version"):
        from_line(b"{}")
