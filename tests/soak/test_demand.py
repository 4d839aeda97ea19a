"""A lane under demand in virtual time: what is asked is carried, both ways, and each wait is told."""

from pathlib import Path

import pytest

from lanectl.capacity import dispatched
from lanectl.config import load
from lanectl.virtual import demand
from lanectl.virtual.demand import measure
from lanectl.virtual.measured import Level

SITE = Path(__file__).parents[2] / "config" / "bac-luan-1"


def test_what_is_asked_of_a_lane_worked_both_ways_is_carried_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demand, "WARM_S", 60.0)
    parts: list[float] = []
    found = measure(dispatched(load(SITE)), Level(80.0, 300.0, 4, 1), parts.append)
    assert found.broken == ()
    assert found.crossings >= 4
    assert found.turns >= 1
    assert found.waits_s == tuple(sorted(found.waits_s))
    assert 0.0 < found.wait_s(0.5) <= found.wait_s(0.95) < 400.0
    assert parts[-1] == pytest.approx(1.0)
