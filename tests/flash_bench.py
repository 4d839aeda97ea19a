"""A module on the bench for flashing: the simulated R1214 behind the protocol that flashing speaks, with the ways in which it can fail."""

from collections.abc import Callable
from dataclasses import replace

from drivers.errors import LinkError
from drivers.wire.modbus_rtu import Refused, Request, Response, WriteRegister
from lanectl.config import load
from lanectl.flash import FlashPlan, NoPlan, plan
from lanectl.flash_apply import Device, Outcome, Progress, Refusals, apply, read_image
from lanectl.site.facts import Site
from sim.io_module import Module, Settings
from sim.plan import ModulePlan
from tests.site_files import SHIPPED

SITE = load(SHIPPED)
UNIT = "io-vn"


class Bench:
    """One module in virtual time. `unplugged`: it answers nothing; `refuses`: these writes.

    `before`: called with each request, may break something.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.module = Module(ModulePlan(UNIT, "vn-io", 1, ("",) * 6), 9600)
        self.module.stored = self.module.settings = settings or Settings()
        self.now = 100.0
        self.unplugged = False
        self.refuses: set[tuple[int, int]] = set()
        self.asked: list[Request] = []
        self.before: Callable[[Request], None] = lambda _: None

    @property
    def writes(self) -> list[tuple[int, int]]:
        return [(request.address, request.value) for request in self.asked if isinstance(request, WriteRegister)]

    async def ask(self, request: Request) -> Response:
        self.before(request)
        self.asked.append(request)
        self.now += 0.03
        if self.unplugged or not self.module.answers(self.now):
            raise LinkError(f"{UNIT}: no answer within 0.15 s")
        if isinstance(request, WriteRegister) and (request.address, request.value) in self.refuses:
            return Refused(3)
        return self.module.execute(self.now, request)

    async def answers_again(self) -> float:
        if self.unplugged:
            raise LinkError(f"{UNIT} does not answer after 20 s")
        self.now += 2.3
        return 2.3


def as_delivered() -> Bench:
    return Bench()


def as_configured() -> Bench:
    return Bench(replace(Settings(), watchdog_on=True, watchdog_s=2))


async def planned_for(bench: Device, site: Site = SITE) -> FlashPlan:
    found = plan(site, UNIT, await read_image(bench))
    assert not isinstance(found, NoPlan), found
    return found


async def applied(bench: Bench, saved: FlashPlan, *, site: Site = SITE, refusals: Refusals = tuple) -> tuple[list[Progress], Outcome]:
    """Every line of progress, and how it ended."""
    progress: list[Progress] = []
    async for item in apply(bench, site, saved, refusals):
        if isinstance(item, Outcome):
            return progress, item
        progress.append(item)
    raise AssertionError("apply ended without an outcome")


def breaks_at(bench: Bench, place: int, address: int, what: Callable[[], None]) -> None:
    """`what` happens before the write number `place` (from 1) to this register."""
    seen = 0

    def before(request: Request) -> None:
        nonlocal seen
        if isinstance(request, WriteRegister) and request.address == address:
            seen += 1
            if seen == place:
                what()

    bench.before = before
