"""Flashing over the real bus and session, with the simulated module on the line, in virtual time."""

import asyncio
from collections.abc import Awaitable

from drivers.errors import LinkError
from drivers.wire.modbus_rtu import Request, Response
from lanectl.flash_apply import Outcome, Progress, Result, apply, read_image
from lanectl.flash_link import UnitOnLink
from lanectl.model import LinkLost, UnitRestarted, WatchdogReported
from tests.drivers.gate_bench import ModuleBench
from tests.flash_bench import SITE, planned_for


class LineLink:
    """The serial link's `request` on a line whose time passes only while somebody waits."""

    def __init__(self, bench: ModuleBench) -> None:
        self.bench = bench

    def request(self, unit: str, request: Request) -> Awaitable[Response]:
        return self._request(unit, request)

    async def _request(self, unit: str, request: Request) -> Response:
        line, answers = self.bench.line, list[Response | str]()
        line.bus.request(line.now, unit, request, answers.append)
        line.carry()
        while not answers:
            line.on(line.now + 0.05)
        if isinstance(answers[0], str):
            raise LinkError(answers[0])
        return answers[0]

    async def pause(self, seconds: float) -> None:
        self.bench.line.on(self.bench.line.now + seconds)


def device_on(bench: ModuleBench) -> UnitOnLink:
    link = LineLink(bench)
    return UnitOnLink(link, "io-vn", lambda: bench.line.now, link.pause)


def flash(bench: ModuleBench) -> tuple[list[Progress], Outcome]:
    device = device_on(bench)

    async def run() -> list[Progress | Outcome]:
        saved = await planned_for(device)
        return [item async for item in apply(device, SITE, saved, tuple)]

    items = asyncio.run(run())
    assert isinstance(items[-1], Outcome)
    return [item for item in items if isinstance(item, Progress)], items[-1]


def test_a_module_as_delivered_is_flashed_between_the_polls_of_its_session() -> None:
    bench = ModuleBench()
    bench.line.on(2.0)

    progress, outcome = flash(bench)

    assert outcome == Outcome(Result.APPLIED)
    assert len(progress) == 5
    assert (bench.module.stored.watchdog_on, bench.module.stored.watchdog_s) == (True, 2)
    assert bench.line.now < 15.0


def test_the_restart_is_seen_by_the_session_as_a_lost_and_restarted_unit() -> None:
    bench = ModuleBench()
    bench.line.on(2.0)

    flash(bench)
    bench.line.on(bench.line.now + 2.0)

    assert {LinkLost, UnitRestarted} <= set(bench.kinds(since=2.0))
    assert bench.last(WatchdogReported).armed


def test_a_module_that_forgets_is_rolled_back_over_the_bus_too() -> None:
    bench = ModuleBench()
    bench.module.forgetful = True
    bench.line.on(2.0)
    before = asyncio.run(read_image(device_on(bench)))

    _, outcome = flash(bench)

    assert outcome.result is Result.ROLLED_BACK
    assert asyncio.run(read_image(device_on(bench))) == before
