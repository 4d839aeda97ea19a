"""What the dispatcher makes of a lane that more trucks want to cross than it can carry: batches, waits, turns over hours."""

from dataclasses import dataclass, field

import pytest

from lanectl.dispatch import AtGate, LanePicture, Settings, Waiting, decide
from lanectl.model import Direction

OUT, BACK = Direction
ENTRY_S, LANE_S, MOVE_UP_S, YARD_S = (
    37.0,
    111.0,
    15.0,
    60.0,
)  # as bac-luan-2-both: apart at the boom, boom to boom, to the line, to the place
TURN_S = 2 * ENTRY_S + LANE_S + MOVE_UP_S
SETTINGS = Settings()
LOOK_S = 2.0
HOURS = 3


@dataclass
class Saturated:
    """Every truck wants to go back as soon as it stands in the yard. `ready_at`: since when it waits, or when it will stand there."""

    side: dict[str, Direction]
    ready_at: dict[str, float]
    direction: Direction = OUT
    moved_at: float = 0.0
    entered: int = 0
    entered_at: float = -ENTRY_S
    gate: list[tuple[str, float]] = field(default_factory=list)
    lane: dict[str, float] = field(default_factory=dict)
    waits_s: list[float] = field(default_factory=list)
    turns: int = 0

    def move(self, now: float) -> None:
        for truck in [truck for truck, at in self.lane.items() if now >= at + LANE_S]:
            del self.lane[truck]
            self.side[truck], self.ready_at[truck] = self.side[truck].other, now + YARD_S
        if self.gate and now >= self.gate[0][1] + MOVE_UP_S and now >= self.entered_at + ENTRY_S:
            truck, _ = self.gate.pop(0)
            self.lane[truck] = self.entered_at = self.moved_at = now
            self.entered += 1
            self.waits_s.append(now - self.ready_at[truck])
        self.look(now)

    def look(self, now: float) -> None:
        away = self.lane.keys() | {truck for truck, _ in self.gate}
        waiting = [Waiting(t, self.side[t], at) for t, at in self.ready_at.items() if t not in away and at <= now]
        at_gate = tuple(AtGate(truck, at) for truck, at in self.gate)
        room = ((OUT, 99), (BACK, 99))
        picture = LanePicture(self.direction, True, True, not self.lane, at_gate, room, self.moved_at, self.entered, TURN_S)
        found = decide(waiting, picture, now, SETTINGS)
        self.gate += [(truck, now) for truck in found.call]
        if found.turn is not None:
            self.direction, self.moved_at, self.entered, self.turns = found.turn, now, 0, self.turns + 1


def after_hours(trucks: int) -> Saturated:
    """Half of them on either side to begin with. The first hour's waits are forgotten."""
    names = [f"T{n:02d}" for n in range(trucks)]
    lane = Saturated({name: (OUT, BACK)[n % 2] for n, name in enumerate(names)}, dict.fromkeys(names, 0.0))
    for look in range(int((HOURS + 1) * 3600 / LOOK_S)):
        if look * LOOK_S == 3600:
            lane.waits_s, lane.turns = [], 0
        lane.move(look * LOOK_S)
    return lane


@pytest.mark.parametrize("trucks", [8, 12, 20])
def test_a_fleet_that_the_lane_can_carry_in_time_waits_no_longer_than_it_may_and_fills_the_lane(trucks: int) -> None:
    lane = after_hours(trucks)
    batch = min(trucks, SETTINGS.batch_max)
    most = HOURS * 3600 * batch / ((batch - 1) * ENTRY_S + LANE_S + MOVE_UP_S)
    assert max(lane.waits_s) <= SETTINGS.wait_s_max
    assert len(lane.waits_s) >= 0.95 * most


@pytest.mark.parametrize("trucks", [30, 40, 60])
def test_a_fleet_that_is_too_large_for_any_longest_wait_is_still_carried_in_full_batches_turn_about(trucks: int) -> None:
    """Whoever comes first is overdue there, on both sides: to turn for that would be to turn after each truck."""
    lane = after_hours(trucks)
    most = HOURS * 3600 * SETTINGS.batch_max / ((SETTINGS.batch_max - 1) * ENTRY_S + LANE_S + MOVE_UP_S)
    assert len(lane.waits_s) >= 0.9 * most
    assert len(lane.waits_s) / lane.turns >= 0.75 * SETTINGS.batch_max
    apart_s = 3600 * HOURS / len(lane.waits_s)
    assert max(lane.waits_s) <= 1.8 * trucks * apart_s  # all others once, and those again that go before one who was left behind
