"""What a bus could not bring over is asked again; a restart never is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from drivers.errors import LinkError
from drivers.wire import r1214_io as r1214
from drivers.wire.modbus_rtu import Request, Response, Written
from lanectl.flash_link import RESTART_S_MAX, TRIES, UnitOnLink


class Wire:
    """A link that fails so many times and then answers; time passes only while somebody waits."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.asked: list[Request] = []
        self.now = 0.0

    def request(self, unit: str, request: Request) -> Awaitable[Response]:
        return self._answer(request)

    async def _answer(self, request: Request) -> Response:
        self.asked.append(request)
        if len(self.asked) <= self.failures:
            raise LinkError("no answer within 0.15 s")
        return Written()

    async def pause(self, seconds: float) -> None:
        self.now += seconds


def outcome(wire: Wire, act: Callable[[UnitOnLink], Awaitable[object]]) -> object:
    async def run() -> object:
        return await act(UnitOnLink(wire, "io-vn", lambda: wire.now, wire.pause))

    return asyncio.run(run())


def test_a_request_that_was_lost_is_asked_again_a_limited_number_of_times() -> None:
    wire, dead = Wire(failures=TRIES - 1), Wire(failures=1000)

    assert outcome(wire, lambda unit: unit.ask(r1214.READ_MODEL)) == Written()
    with pytest.raises(LinkError):
        outcome(dead, lambda unit: unit.ask(r1214.READ_MODEL))
    assert len(dead.asked) == TRIES


def test_a_restart_is_asked_for_once() -> None:
    wire = Wire(failures=1)

    with pytest.raises(LinkError):
        outcome(wire, lambda unit: unit.ask(r1214.RESTART))
    assert len(wire.asked) == 1


def test_a_module_that_restarts_is_waited_for_and_not_for_ever() -> None:
    back, dead = Wire(failures=4), Wire(failures=1000)

    assert outcome(back, lambda unit: unit.answers_again()) == back.now
    with pytest.raises(LinkError, match=f"does not answer after {RESTART_S_MAX:g} s"):
        outcome(dead, lambda unit: unit.answers_again())
