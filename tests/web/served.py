"""The page served on loopback by its real server, fed by a controller that says what a test tells it to."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import uvicorn

from lanectl.picture import as_json
from lanectl.status import LaneStatus
from lanectl.web.app import application

START_S_MAX = 10.0


@dataclass
class SaidByController:
    """`say` a status, `hang_up`, then `say` again after the page has come back."""

    _loop: asyncio.AbstractEventLoop | None = None
    _lines: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    _listening: threading.Event = field(default_factory=threading.Event)
    connections: int = 0

    async def source(self) -> AsyncIterator[bytes]:
        self._loop = asyncio.get_running_loop()
        self.connections += 1
        self._listening.set()
        while (line := await self._lines.get()) is not None:
            yield line

    def say(self, status: LaneStatus) -> None:
        self._put(msgspec.json.encode(as_json(status)))

    def hang_up(self) -> None:
        self._put(None)
        self._listening.clear()

    def _put(self, line: bytes | None) -> None:
        assert self._listening.wait(START_S_MAX), "the page's server does not listen to the controller"
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


@contextmanager
def served_page(evidence: Path | None = None) -> Iterator[tuple[str, SaidByController]]:
    """Yields the page's address and its controller."""
    controller = SaidByController()
    listening = socket.create_server(("127.0.0.1", 0))
    app = application(controller.source, ["127.0.0.1"], lambda: server.should_exit, evidence)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=3))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", controller
    finally:
        server.should_exit = True
        thread.join(START_S_MAX)
        listening.close()
        assert not thread.is_alive(), "the page's server does not end"
