"""R4: an act that is refused changes nothing, says nothing to the field and is kept nowhere, whatever it is and however the lane stands."""

from collections.abc import Callable

import pytest

from lanectl.model import Act, Service, Woke
from tests.rules.scenes import (
    a_lane_in_service,
    a_restarted_truck_in_k1,
    a_started_field,
    a_truck_before_the_exit,
    a_truck_sent_to_k2,
    a_truck_standing_in_k2,
    a_truck_with_proceed,
    restarted,
    under_the_exit_boom,
)
from tests.rules.words import Field

TARGETS = ("", "nowhere", "vn", "cn", "io-vn", "io-bridge", "K1", "K2", "T1", "T9", "VN_TO_CN", "CN_TO_VN")
PLACES = ("", "nowhere", "vn", "K1", "K2", "K1-stop", "vn-gate")


def stopped() -> Field:
    field = a_truck_sent_to_k2()
    field.act(Act.STOP)
    return field


def out_of_service() -> Field:
    field = a_lane_in_service()
    field.act(Act.CLOSE)
    field.act(Act.TAKE_OUT, reason="works")
    assert field.service() is Service.OUT_OF_SERVICE
    return field


def started_again() -> Field:
    field = restarted(a_truck_with_proceed(), proved=False)
    field.wait(0.5)
    return field


SCENES: tuple[Callable[[], Field], ...] = (
    a_started_field,
    a_lane_in_service,
    out_of_service,
    stopped,
    started_again,
    a_truck_with_proceed,
    a_truck_standing_in_k2,
    a_truck_before_the_exit,
    under_the_exit_boom,
    a_restarted_truck_in_k1,
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_r4_what_is_refused_changes_nothing(scene: Callable[[], Field]) -> None:
    field = scene()
    field.truck()
    field.say(Woke())
    settled, refusals = field.lane, 0
    for act in Act:
        for target in TARGETS:
            for place in PLACES if act in (Act.SWEEP, Act.PLACE) else ("",):
                field.lane, field.calm = settled, None
                field.take()
                if field.act(act, target, reason="because", evidence="sha", second="Minh", place=place, truck="T1"):
                    refusals += 1
                    assert field.lane == settled, f"{act} {target} {place}"
                    assert field.take() == []
    assert refusals > 100


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.STOP])
def test_e1_no_act_but_a_stop_is_taken_without_a_name(act: Act) -> None:
    for scene in (a_lane_in_service, a_truck_sent_to_k2):
        field = scene()
        before = field.lane
        found = field.act(act, "T1", reason="because", evidence="sha", second="Minh", by="")
        assert found == ["act_name_needed"]
        assert field.lane == before


@pytest.mark.parametrize(
    ("act", "needed"),
    [
        (Act.DECLARE, ["act_reason_needed", "act_evidence_needed", "act_second_needed"]),
        (Act.CONFIRM, ["act_reason_needed", "act_evidence_needed"]),
        (Act.TAKE_OUT, ["act_reason_needed"]),
        (Act.PUT_BACK, ["act_reason_needed"]),
    ],
)
def test_r12_what_each_act_takes_besides_a_name(act: Act, needed: list[str]) -> None:
    assert a_lane_in_service().act(act) == needed


@pytest.mark.parametrize("said", ["reason", "evidence", "second"])
def test_r12_none_of_what_an_act_takes_stands_for_another(said: str) -> None:
    told = {"reason": "", "evidence": "", "second": "", said: "Minh"}
    found = a_lane_in_service().act(Act.DECLARE, reason=told["reason"], evidence=told["evidence"], second=told["second"])
    assert found == [f"act_{each}_needed" for each in ("reason", "evidence", "second") if each != said]


def test_an_act_on_what_does_not_exist_is_refused_by_the_name_that_was_said() -> None:
    field = a_lane_in_service()
    for act in (Act.RESET, Act.REARM, Act.PAUSE, Act.CANCEL, Act.RESUME):
        assert field.act(act, "nobody", truck="T1") == ["act_target_unknown"]
        assert dict(field.refusal("act_target_unknown").params) == {"target": "nobody"}
