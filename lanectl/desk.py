"""What the controller answers on its local socket: the picture, people's acts, flashing."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from functools import partial

import msgspec

from lanectl.acting import Acting
from lanectl.flash_link import UnitOnLink
from lanectl.flashing import Flashing, permitted_by
from lanectl.goods_desk import GoodsDesk
from lanectl.operating import Handler, Reply, serve
from lanectl.site.facts import Site
from lanectl.station import Running, Station
from lanectl.status import LaneStatus

WATCH_S = 0.25  # how often a watcher gets a new picture, in real seconds


class StoppedError(Exception):
    """Something that cannot happen did. The message says what; the log says where."""


def handlers(station: Station) -> dict[str, Handler]:
    site = station.site
    note = partial(_noted, station)
    acting = Acting(site.persons, site.layout, station.controller.act, lambda: station.controller.core.lane, note, station.clock.now)
    flashing = Flashing(
        site,
        device=lambda unit: UnitOnLink(station.links[unit], unit, station.clock.now),
        lane=lambda: station.controller.core.lane,
        note=note,
        permitted=partial(permitted_by, site),
    )
    goods = GoodsDesk(station.goods, partial(permitted_by, site), note, station.clock.now)
    picture = partial(_watch, station.pictured)
    return {"status": partial(_status, station.pictured), "watch": picture, "act": acting.handle, **flashing.handlers(), **goods.handlers()}


def _noted(station: Station, what: Mapping[str, object]) -> int:
    return station.recorder.note(station.clock.now(), what)


async def _status(pictured: Callable[[], LaneStatus], _request: Mapping[str, object], _uid: int) -> AsyncGenerator[Reply, None]:
    yield {"status": msgspec.to_builtins(pictured()), "done": True}


async def _watch(pictured: Callable[[], LaneStatus], _request: Mapping[str, object], _uid: int) -> AsyncGenerator[Reply, None]:
    while True:
        yield {"status": msgspec.to_builtins(pictured())}
        await asyncio.sleep(WATCH_S)


async def run_station(site: Site, running: Running) -> None:
    """The controller with everything around it, until SIGTERM or Ctrl-C. Raises JournalError or SocketTakenError when it cannot start,
    StoppedError when an invariant broke: it then steps no more, and the field falls to STOP by itself.
    """
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    failures: list[str] = []

    def failed(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        loop.default_exception_handler(context)
        if "transport" in context:  # one connection to the local socket broke: it is closed, the lane is not its business
            return
        failures.append(str(context.get("exception") or context.get("message")))
        ended.set()

    loop.set_exception_handler(failed)
    station = Station(site, running)
    try:
        desk = await serve(running.socket, handlers(station))
        station.start()
        serving = asyncio.create_task(station.serve())
        stopping = asyncio.create_task(ended.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        serving.cancel()
        await desk.close()
        with suppress(asyncio.CancelledError):
            await serving
    finally:
        await station.close()
    if failures:
        raise StoppedError(f"the controller stopped itself: {failures[0]}")
