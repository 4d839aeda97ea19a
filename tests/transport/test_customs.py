"""The simulated customs systems do what they are there for, and the same seed does the same."""

import json
from dataclasses import replace

import pytest

from drivers.wire.transport import Topics, encode
from sim.customs import AGAIN_S, TEMPERS, Customs, Temper
from sim.plan import CustomsPlan, PlanError
from sim.yard_system import YardSystem

TOPICS = Topics("test")
WALL = "2026-09-21T12:00:00+00:00"
QUICK = Temper(answers_s=(1.0, 1.0), inspects_s=(10.0, 10.0), thinks_s=(5.0, 5.0))


def customs(temper: Temper = QUICK) -> Customs:
    return Customs("test", "CN", temper, seed=7)


def ask(system: Customs, name: str = "C1", now: float = 0.0) -> None:
    system.receive(now, TOPICS.declared("CN"), encode(consignment=name))


def said(system: Customs, until: float) -> list[tuple[float, str, str, int]]:
    """Time, consignment, standing and number of all that it says, each acknowledged at once."""
    found = []
    for tick in range(int(until * 4)):
        for publish in system.due(tick / 4, WALL):
            held = json.loads(publish.payload)
            found += [(tick / 4, c["consignment"], c["standing"], c["number"]) for c in held["clearances"]]
            system.receive(tick / 4, TOPICS.clearance_acks("CN"), encode(request=held["request"], outcome="accepted"))
    return found


def test_it_clears_what_it_is_asked_to_clear() -> None:
    system = customs()
    ask(system)
    assert said(system, 20.0) == [(1.0, "C1", "CLEARED", 1)]


def test_it_holds_for_inspection_and_clears_after_it() -> None:
    system = customs(replace(QUICK, held=1.0))
    ask(system)
    assert said(system, 20.0) == [(1.0, "C1", "HELD", 1), (11.0, "C1", "CLEARED", 2)]


def test_it_withdraws_answers_twice_late_and_for_what_nobody_asked() -> None:
    system = customs(replace(QUICK, withdrawn=1.0, twice=1.0, other=1.0, late=1.0, late_s=4.0))
    ask(system)
    words = said(system, 30.0)
    assert {name for _, name, _, _ in words} == {"C1", "C1-not-asked-for"}
    assert [word[2:] for word in words if word[1] == "C1"] == [
        *[("CLEARED", 1)] * 2,
        *[("WITHDRAWN", 2)] * 2,
        *[("CLEARED", 3)] * 2,
    ]
    assert words[0][0] == 5.0


def test_it_renews_a_clearance_before_it_ends() -> None:
    system = customs(replace(QUICK, expires_s=8.0))
    ask(system)
    assert [word[0] for word in said(system, 10.0)] == [1.0, 5.0, 9.0]


def test_what_is_not_acknowledged_is_said_again() -> None:
    system = customs()
    ask(system)
    times = [tick / 4 for tick in range(60) if system.due(tick / 4, WALL)]
    assert times == [1.0, 1.0 + AGAIN_S, 1.0 + 2 * AGAIN_S]


def test_asked_again_it_says_what_it_said() -> None:
    system = customs()
    ask(system)
    said(system, 4.0)
    ask(system, now=10.0)
    assert [json.loads(p.payload)["clearances"][0]["number"] for p in system.due(10.0, WALL)] == [1]


def test_one_seed_does_one_thing_whatever_comes_first() -> None:
    first, second = customs(TEMPERS["lively"]), customs(TEMPERS["lively"])
    for name in ("C1", "C2", "C3"):
        ask(first, name)
    for name in ("C3", "C1", "C2"):
        ask(second, name)
    assert sorted(said(first, 150.0)) == sorted(said(second, 150.0))


def test_nonsense_is_not_answered() -> None:
    system = customs()
    system.receive(0.0, TOPICS.declared("CN"), b"\xff")
    system.receive(0.0, TOPICS.clearance_acks("CN"), encode(request="C9 4", outcome="accepted"))
    assert said(system, 10.0) == []


def test_a_temper_that_does_not_exist_is_told() -> None:
    with pytest.raises(PlanError, match="one of: prompt, lively"):
        Customs.of(CustomsPlan("test", "VN", "angry", 1))


def test_the_yard_sends_an_order_until_it_is_acknowledged() -> None:
    yard = YardSystem("test")
    yard.add(id="A1")
    assert len(yard.due(0.0, WALL)) == 1
    assert yard.due(1.0, WALL) == []
    assert len(yard.due(AGAIN_S, WALL)) == 1
    yard.receive(6.0, TOPICS.acks, encode(request="add A1", outcome="refused", problems=[1]))
    assert (yard.due(60.0, WALL), yard.refused) == ([], {"add A1": [1]})
