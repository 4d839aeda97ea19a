"""Cameras as motion JPEG over loopback HTTP. A frame is only made while somebody watches."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

HOST = "127.0.0.1"
BOUNDARY = "frame"
HEAD_BYTES_MAX = 8 * 1024
HEAD_S_MAX = 5.0
WATCHERS_MAX = 16

Jpeg = Callable[[], Awaitable[bytes]]


class CameraServer:
    """`cameras`: by path, e.g. "/vn-front.mjpg". Another path gets 404 and the list."""

    def __init__(self, port: int, cameras: Mapping[str, Jpeg], frame_s: float) -> None:
        self.port = port
        self._cameras = cameras
        self._frame_s = frame_s
        self._server: asyncio.Server | None = None
        self._watchers: set[asyncio.Task[None]] = set()

    @property
    def addresses(self) -> list[str]:
        return [f"http://{HOST}:{self.port}{path}" for path in self._cameras]

    async def open(self) -> None:
        """`port` is the real one afterwards. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(self._accept, HOST, self.port, limit=HEAD_BYTES_MAX)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._watchers) >= WATCHERS_MAX:
            writer.close()
            return
        watcher = asyncio.create_task(self._serve(reader, writer))
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_S_MAX):
                head = await reader.readuntil(b"\r\n\r\n")
            jpeg = self._cameras.get(_path(head))
            if jpeg is None:
                writer.write(_not_found(sorted(self._cameras)))
                await writer.drain()
            else:
                await self._stream(writer, jpeg)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the watcher left, or never asked properly
        finally:
            writer.close()

    async def _stream(self, writer: asyncio.StreamWriter, jpeg: Jpeg) -> None:
        writer.write(
            f"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary={BOUNDARY}\r\nCache-Control: no-store\r\n\r\n".encode()
        )
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not writer.is_closing():
            data = await jpeg()
            writer.write(f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data + b"\r\n")
            await writer.drain()
            due = max(due + self._frame_s, loop.time())
            await asyncio.sleep(due - loop.time())


def _path(head: bytes) -> str:
    parts = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    return parts[1] if len(parts) == 3 and parts[0] == "GET" else ""


def _not_found(paths: list[str]) -> bytes:
    body = "cameras: " + " ".join(paths) + "\n"
    return f"HTTP/1.0 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
