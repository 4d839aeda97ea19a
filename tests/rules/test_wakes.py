"""The lane wakes in time: nothing that the rules do by themselves, for a limit that ends, waits for the next report (B2, T1, D1)."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from lanectl.interlocking import calm_after, step
from lanectl.layout import Layout
from lanectl.model import Act, Aspect, Authority, Boom, ClearanceReported, LinkLost, Standing, Step, Woke
from tests.rules.scenes import (
    a_lane_in_service,
    a_truck_at_the_gate,
    a_truck_in_k1,
    a_truck_sent_to_k2,
    a_truck_with_proceed,
    pass_the_gate,
    restarted,
)
from tests.rules.test_limits import LAYOUT as UNLIKE
from tests.rules.words import LAYOUT, Field

JUST_BEFORE_S = 1e-6
LATER = 1e6
BETWEEN_S = 0.037  # a lane of which nothing else is to be waited for wakes each 2 s: no limit ends just then


def an_unread_truck(layout: Layout = LAYOUT) -> Field:
    field = a_lane_in_service(layout)
    field.clear()
    field.truck(last_node="vn-gate")
    field.occupy("vn-approach")
    return field


def a_way_on_the_way(layout: Layout = LAYOUT) -> Field:
    field = a_truck_at_the_gate(layout)
    field.boom("vn", Boom.UP)
    field.lamp("vn", Aspect.PROCEED)
    return field


def a_stop_that_is_not_shown(layout: Layout = LAYOUT) -> Field:
    field = a_truck_with_proceed(layout)
    field.stuck.add("vn")
    field.truck(localised=False)
    return field


def a_truck_to_be_paused(layout: Layout = LAYOUT) -> Field:
    field = a_truck_sent_to_k2(layout)
    field.truck(e_stop=True, standing=True)
    return field


def a_truck_to_be_resumed(layout: Layout = LAYOUT) -> Field:
    field = a_truck_sent_to_k2(layout)
    field.act(Act.PAUSE, "T1")
    field.truck(paused=True, standing=True)
    field.act(Act.RESUME, "T1")
    return field


def a_truck_to_be_cancelled(layout: Layout = LAYOUT) -> Field:
    field = a_truck_with_proceed(layout)
    field.act(Act.CLOSE)
    return field


def a_boom_on_its_way_down(layout: Layout = LAYOUT) -> Field:
    field = a_truck_in_k1(layout)
    pass_the_gate(field)
    field.boom("vn", Boom.MOVING)
    return field


def a_boom_that_does_not_begin(layout: Layout = LAYOUT) -> Field:
    field = a_truck_in_k1(layout)
    pass_the_gate(field)
    field.boom("vn", Boom.UP)
    return field


def a_boom_proved_nowhere(layout: Layout = LAYOUT) -> Field:
    field = restarted(a_lane_in_service(layout))
    field.boom("vn", Boom.UNKNOWN)
    return field


def a_clearance_that_ends(layout: Layout = LAYOUT) -> Field:
    field = a_truck_with_proceed(layout)
    field.say(ClearanceReported("C-T1", Authority.CN, Standing.CLEARED, until=field.now + 0.4))
    return field


def a_lost_unit(layout: Layout = LAYOUT) -> Field:
    field = a_truck_sent_to_k2(layout)
    field.say(LinkLost("io-bridge", "cable"))
    return field


SCENES: tuple[Callable[[Layout], Field], ...] = (
    a_lane_in_service,
    an_unread_truck,
    a_truck_at_the_gate,
    a_way_on_the_way,
    a_truck_sent_to_k2,
    a_stop_that_is_not_shown,
    a_truck_to_be_paused,
    a_truck_to_be_resumed,
    a_truck_to_be_cancelled,
    a_boom_on_its_way_down,
    a_boom_that_does_not_begin,
    a_boom_proved_nowhere,
    a_clearance_that_ends,
    a_lost_unit,
)


Heard = Callable[[Field], Field]


def nothing(field: Field) -> Field:
    """Everything fell silent at once."""
    return field


def all_but(silent: str) -> Heard:
    """As if each device but these said again and again what it said; these said it last at different times."""

    def heard(field: Field) -> Field:
        lane, now = field.lane, field.now

        def last(devices: str, number: int) -> float:
            return now - 0.2 + 0.03 * (number * 7 % 5) if devices == silent else LATER

        field.lane = replace(
            lane,
            detectors={n: replace(was, sent_at=last("detectors", i)) for i, (n, was) in enumerate(lane.detectors.items())},
            gates={n: replace(was, boom_at=last("booms", i), shown_at=last("lamps", i)) for i, (n, was) in enumerate(lane.gates.items())},
            trucks={n: replace(was, heard_at=last("trucks", i)) for i, (n, was) in enumerate(lane.trucks.items())},
        )
        return field

    heard.__name__ = f"all_but_{silent}"
    return heard


CASES = [
    *((scene, heard) for scene in SCENES for heard in (nothing, all_but("none"))),
    *(
        (scene, all_but(silent))
        for scene in (a_lane_in_service, a_truck_with_proceed, a_truck_sent_to_k2)
        for silent in ("detectors", "booms", "lamps", "trucks")
    ),
]
IN_EACH = pytest.mark.parametrize(("scene", "heard"), CASES, ids=lambda made: made.__name__)


OF_EACH = pytest.mark.parametrize("layout", [LAYOUT, UNLIKE], ids=["limits alike", "limits unlike"])


def woken(field: Field, now: float) -> Step:
    return step(field.layout, field.lane, now, Woke())


@IN_EACH
@OF_EACH
def test_nothing_changes_by_itself_before_the_lane_wakes(scene: Callable[[Layout], Field], heard: Heard, layout: Layout) -> None:
    field = heard(scene(layout))
    field.silence(BETWEEN_S)
    for _ in range(24):
        assert field.last is not None
        early = woken(field, field.last.wake_at - JUST_BEFORE_S)
        assert (early.lane, early.commands, early.refusals) == (field.lane, (), woken(field, field.now).refusals)
        field.now = field.last.wake_at
        field.say(Woke())


@IN_EACH
@OF_EACH
def test_no_limit_ends_while_the_lane_is_calm(scene: Callable[[Layout], Field], heard: Heard, layout: Layout) -> None:
    field = heard(scene(layout))
    field.say(Woke())
    for _ in range(120):
        done = woken(field, field.now)
        field.lane = done.lane
        calm = calm_after(field.layout, field.lane, field.now, Woke(), woken(field, field.now))
        if calm is not None:
            assert calm.until > field.now
            early = woken(field, calm.until - JUST_BEFORE_S)
            assert (early.lane, early.commands, early.refusals) == (field.lane, (), calm.refusals)
        field.now += 0.07
