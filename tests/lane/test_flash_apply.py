"""Flashing does what the plan says and proves it twice, or puts the module back as it was."""

import asyncio
from dataclasses import replace

import pytest
from msgspec import structs

from drivers.wire.r1214_io import RESTART_KEY, Register
from lanectl.flash_apply import Outcome, Progress, Result, read_image
from lanectl.interlocking.flashing import flash_refusals
from lanectl.model import Lane, Refusal, SectionNow, SectionState, Service
from tests.flash_bench import SITE, Bench, applied, as_configured, as_delivered, breaks_at, planned_for

VACANT = SectionNow(SectionState.VACANT)
CLOSED = Lane(service=Service.CLOSED, sections={section.name: VACANT for section in SITE.layout.sections})


def flash(bench: Bench) -> tuple[list[Progress], Outcome]:
    async def both() -> tuple[list[Progress], Outcome]:
        return await applied(bench, await planned_for(bench))

    return asyncio.run(both())


def test_a_module_is_written_restarted_and_proved_in_five_steps() -> None:
    bench = as_delivered()

    progress, outcome = flash(bench)

    assert outcome == Outcome(Result.APPLIED)
    assert [line.step for line in progress] == [1, 2, 3, 4, 5]
    assert (bench.module.stored.watchdog_on, bench.module.stored.watchdog_s) == (True, 2)
    assert bench.writes == [(Register.WATCHDOG_TIMEOUT_S, 2), (Register.WATCHDOG_ENABLE, 1), (Register.RESTART, RESTART_KEY)]


def test_no_change_means_no_writes_and_no_restart() -> None:
    bench = as_configured()

    _, outcome = flash(bench)

    assert (outcome.result, bench.writes) == (Result.NO_CHANGE, [])


def test_nothing_is_written_while_the_interlocking_refuses() -> None:
    bench, why = as_delivered(), Refusal("lane_not_closed", "FLASH", "T5")
    saved = asyncio.run(planned_for(bench))

    _, outcome = asyncio.run(applied(bench, saved, refusals=lambda: (why,)))

    assert (outcome.result, outcome.refusals, bench.writes) == (Result.REFUSED, (why,), [])


def test_nothing_is_written_when_the_lane_opens_while_the_module_is_read() -> None:
    bench, answers = as_delivered(), iter([(), (Refusal("lane_not_closed", "FLASH", "T5"),)])
    saved = asyncio.run(planned_for(bench))

    _, outcome = asyncio.run(applied(bench, saved, refusals=lambda: next(answers)))

    assert (outcome.result, bench.writes) == (Result.REFUSED, [])


def test_a_plan_from_another_configuration_is_stale() -> None:
    bench = as_delivered()
    saved = asyncio.run(planned_for(bench))

    _, outcome = asyncio.run(applied(bench, saved, site=replace(SITE, sha256="changed")))

    assert (outcome.result, bench.writes) == (Result.STALE, [])


def test_a_module_that_was_changed_or_exchanged_since_the_plan_is_left_alone() -> None:
    bench = as_delivered()
    saved = asyncio.run(planned_for(bench))
    bench.module.settings = replace(bench.module.settings, watchdog_s=5)

    _, outcome = asyncio.run(applied(bench, saved))

    assert (outcome.result, bench.writes) == (Result.STALE, [])


def test_a_module_that_does_not_answer_is_unreachable_and_left_alone() -> None:
    bench = as_delivered()
    saved = asyncio.run(planned_for(bench))
    bench.unplugged = True

    _, outcome = asyncio.run(applied(bench, saved))

    assert (outcome.result, bench.writes) == (Result.UNREACHABLE, [])


def test_a_module_that_forgets_at_its_restart_is_found_out_and_back_as_it_was() -> None:
    bench = as_delivered()
    bench.module.forgetful = True
    before = asyncio.run(read_image(bench))

    progress, outcome = flash(bench)

    assert outcome.result is Result.ROLLED_BACK
    assert "watchdog_s = 10 instead of 2" in outcome.reason
    assert [line.step for line in progress] == [1, 2, 3, 4, 5]
    assert progress[-1].ok is False
    assert asyncio.run(read_image(bench)) == before


def test_a_write_that_the_module_refuses_puts_the_old_image_back() -> None:
    bench = as_delivered()
    before = asyncio.run(read_image(bench))
    bench.refuses = {(Register.WATCHDOG_ENABLE, 1)}

    _, outcome = flash(bench)

    assert outcome.result is Result.ROLLED_BACK
    assert "illegal data value" in outcome.reason
    assert asyncio.run(read_image(bench)) == before


@pytest.mark.parametrize("address", [Register.WATCHDOG_TIMEOUT_S, Register.WATCHDOG_ENABLE, Register.RESTART])
def test_a_link_that_is_lost_for_a_moment_ends_in_the_old_image(address: int) -> None:
    bench = as_delivered()
    before = asyncio.run(read_image(bench))

    def lost_until_asked_whether_it_answers() -> None:
        bench.module.frozen = True
        real = bench.answers_again

        async def answers_again() -> float:
            bench.module.frozen = False
            return await real()

        bench.answers_again = answers_again  # type: ignore[method-assign]

    breaks_at(bench, 1, address, lost_until_asked_whether_it_answers)
    _, outcome = flash(bench)

    assert outcome.result is Result.ROLLED_BACK
    assert asyncio.run(read_image(bench)) == before


def test_a_module_that_dies_while_it_is_written_is_said_to_be_lost() -> None:
    bench = as_delivered()
    breaks_at(bench, 1, Register.WATCHDOG_ENABLE, lambda: setattr(bench, "unplugged", True))

    _, outcome = flash(bench)

    assert outcome.result is Result.FAILED
    assert "could not be put back" in outcome.reason


# ---------------------------------------------------------------- T5


def codes(lane: Lane, by: str = "lan", second: str = "") -> list[str]:
    return [refusal.code for refusal in flash_refusals(SITE.layout, lane, by, second)]


def test_a_closed_lane_that_is_proved_vacant_may_be_flashed() -> None:
    assert codes(CLOSED) == []


def test_a_lane_in_commissioning_may_be_flashed_by_two_persons() -> None:
    lane = Lane(service=Service.COMMISSIONING)

    assert codes(lane, second="minh") == []
    assert codes(lane) == codes(lane, second="lan") == ["act_second_needed"]


@pytest.mark.parametrize(
    ("section", "code"),
    [
        (SectionNow(SectionState.OCCUPIED), "section_occupied"),
        (SectionNow(SectionState.SUSPECT, why_suspect="started"), "section_suspect"),
        (SectionNow(SectionState.VACANT, locked_for="T01"), "section_locked"),
    ],
)
def test_a_section_that_is_not_vacant_and_free_forbids_flashing(section: SectionNow, code: str) -> None:
    assert codes(structs.replace(CLOSED, sections={**CLOSED.sections, "K3": section})) == [code]


@pytest.mark.parametrize(("service", "code"), [(Service.OPEN, "lane_not_closed"), (Service.EMERGENCY_STOP, "service_in_emergency")])
def test_an_open_or_stopped_lane_forbids_flashing(service: Service, code: str) -> None:
    assert codes(structs.replace(CLOSED, service=service)) == [code]


def test_a_lane_that_knows_nothing_of_its_sections_forbids_flashing() -> None:
    assert codes(Lane(service=Service.CLOSED)) == ["section_suspect"] * 8


def test_nobody_flashes_without_a_name() -> None:
    assert codes(CLOSED, by="") == ["act_name_needed"]
