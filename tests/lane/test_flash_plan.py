"""A plan says what flashing would change, and nothing else; saved, it comes back exactly or not at all."""

import asyncio
import json
from dataclasses import replace

import pytest

from drivers.wire.r1214_io import Register
from lanectl.flash import NoPlan, PlanError, from_text, in_words, plan, target, to_json
from lanectl.flash_apply import read_image
from lanectl.site.facts import SafeState, Site
from sim.io_module import Settings
from tests.flash_bench import SITE, UNIT, Bench, as_configured, as_delivered, planned_for


def site_where(**changes: object) -> Site:
    """The shipped site with the module configured otherwise."""
    units = tuple(replace(unit, **changes) if unit.name == UNIT else unit for unit in SITE.units)  # type: ignore[arg-type]
    return replace(SITE, units=units, sha256="other")


def test_a_module_as_delivered_gets_its_watchdog() -> None:
    bench = as_delivered()

    saved = asyncio.run(planned_for(bench))

    assert [(c.key, c.old, c.new) for c in saved.changes] == [("watchdog_s", 10, 2), ("watchdog_enabled", 0, 1)]
    assert bench.writes == []


def test_a_module_as_configured_has_nothing_to_change() -> None:
    saved = asyncio.run(planned_for(as_configured()))

    assert saved.changes == ()
    assert "no change" in in_words(saved)


def test_safe_states_and_watchdog_are_written_before_filters() -> None:
    unit = next(unit for unit in SITE.units if unit.name == UNIT)

    addresses = [address for address, _ in target(unit)]

    assert addresses == [
        *range(Register.SAFE_MODE, Register.SAFE_MODE + 6),
        Register.WATCHDOG_TIMEOUT_S,
        Register.WATCHDOG_ENABLE,
        *range(Register.INPUT_FILTER, Register.INPUT_FILTER + 6),
    ]


def test_every_kind_of_setting_is_planned() -> None:
    site = site_where(safe_relays=(SafeState.OFF, SafeState.ON, SafeState.HOLD, *(SafeState.OFF,) * 3), input_filter=9)

    saved = asyncio.run(planned_for(as_configured(), site))

    assert [(c.key, c.new) for c in saved.changes] == [
        ("safe_relays[1]", 1),
        ("safe_relays[2]", 2),
        *((f"input_filter[{n}]", 9) for n in range(6)),
    ]


def test_a_watchdog_that_the_site_wants_off_is_switched_off_and_keeps_its_time_out() -> None:
    saved = asyncio.run(planned_for(as_configured(), site_where(watchdog_s=0)))

    assert [(c.key, c.new) for c in saved.changes] == [("watchdog_enabled", 0)]


@pytest.mark.parametrize(
    ("unit", "code"), [("io-nowhere", "flash_unit_unknown"), ("barrier-vn", "flash_unit_unknown"), ("", "flash_unit_unknown")]
)
def test_a_unit_that_cannot_be_flashed_is_refused_with_those_that_can(unit: str, code: str) -> None:
    found = plan(SITE, unit, asyncio.run(read_image(as_delivered())))

    assert isinstance(found, NoPlan)
    assert (found.code, "io-vn, io-cn" in found.words) == (code, True)


def test_another_model_on_the_address_is_refused() -> None:
    live = replace(asyncio.run(read_image(as_delivered())), model=0x1240)

    found = plan(SITE, UNIT, live)

    assert isinstance(found, NoPlan)
    assert found.code == "flash_wrong_model"


def test_a_module_that_its_restart_would_lose_is_refused() -> None:
    live = asyncio.run(read_image(Bench(replace(Settings(), baud=6))))

    found = plan(SITE, UNIT, live)

    assert isinstance(found, NoPlan)
    assert found.code == "flash_line_differs"


def test_a_module_that_would_start_with_proceed_is_refused() -> None:
    live = asyncio.run(read_image(Bench(replace(Settings(), power_on=(True, *(False,) * 5)))))

    found = plan(SITE, UNIT, live)

    assert isinstance(found, NoPlan)
    assert found.code == "flash_power_on"


def test_a_saved_plan_comes_back_exactly() -> None:
    saved = asyncio.run(planned_for(as_delivered()))

    assert from_text(json.dumps(to_json(saved))) == saved


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "7", '{"schema_version": 1}', '{"schema_version": 2, "plan": {}}', "[" * 100_000, "\x00"]
)
def test_what_is_no_plan_is_refused_in_words(text: str) -> None:
    with pytest.raises(PlanError, match=r"plan"):
        from_text(text)


def test_a_plan_that_was_changed_by_hand_is_refused() -> None:
    text = json.dumps(to_json(asyncio.run(planned_for(as_delivered()))))

    with pytest.raises(PlanError, match="changed since it was saved"):
        from_text(text.replace('"new": 2', '"new": 60'))


def test_the_plan_in_words_names_module_registers_and_what_must_hold() -> None:
    head, *lines = in_words(asyncio.run(planned_for(as_delivered()))).split("\n")

    assert head.startswith("PLAN ONLY — nothing changed.  unit io-vn, serial TA")
    assert lines == [
        "~ io-vn.watchdog_s        10 → 2   device register 0x7565",
        "~ io-vn.watchdog_enabled  0 → 1   device register 0x7564",
        "! lane must be CLOSED and vacant, or in COMMISSIONING with a second person",
    ]
