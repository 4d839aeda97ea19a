"""The controller's local socket: one JSON object a line in, one or more out, the last of them with `done`.

    {"kind": "act", "act": "CLOSE", "by": "lan"}   ->   {"accepted": true, "seq": 812, "done": true}
    {"kind": "watch"}                              ->   {"status": …}  {"status": …}  …
An error is {"error": {"code": …, "text": …}, "done": true}. Every reply carries `schema_version`. Only the controller's own login
may connect (mode 0600); a living controller's socket is never taken over, a dead one's is.
"""

import asyncio
import os
import socket
import stat
import struct
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path

from lanectl.record import RecordError, decode_json, encode_json

SCHEMA_VERSION = 1
LINE_BYTES_MAX = 1 << 20  # a flash plan with its images is the longest
CONNECTIONS_MAX = 32
ACCEPTED_AT_ONCE = 16  # a crowd at the door keeps the loop from the field no longer than these take
STREAMS_MAX = 16  # watchers leave room for acts
IDLE_S_MAX = 30.0  # a connection that asks nothing is closed
SEND_S_MAX = 5.0  # one that does not read what it asked for, too
_PATH_BYTES_MAX = 107  # sun_path

Reply = dict[str, object]
Handler = Callable[[Mapping[str, object], int], AsyncGenerator[Reply, None]]  # the request and the asker's user id


class SocketTakenError(OSError):
    """Another controller lives on this socket, or something else lies there."""


@dataclass(slots=True)
class Operating:
    """The open socket. `close` ends its connections and removes it."""

    path: Path
    _server: asyncio.Server
    _inode: int
    _tasks: set[asyncio.Task[None]]

    async def close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        _remove_own(self.path, self._inode)


async def serve(path: Path, handlers: Mapping[str, Handler], streams: frozenset[str] = frozenset({"watch"})) -> Operating:
    """Answers on `path`, whose folder is made where it is missing. `streams`: kinds of which only STREAMS_MAX run at once."""
    bound, inode = _bind(path)
    served = _Served(handlers, streams)
    server = await asyncio.start_unix_server(served.connected, sock=bound, limit=LINE_BYTES_MAX, backlog=ACCEPTED_AT_ONCE)
    return Operating(path, server, inode, served.tasks)


class _Served:
    def __init__(self, handlers: Mapping[str, Handler], streams: frozenset[str]) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self._handlers = handlers
        self._streams = streams
        self._streaming = 0

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            if len(self.tasks) > CONNECTIONS_MAX:
                await _send(writer, error("busy", f"more than {CONNECTIONS_MAX} connections"))
            else:
                await self._converse(reader, writer)
        except (TimeoutError, ConnectionError, asyncio.CancelledError):
            pass  # whoever asked has gone, or the controller ends: nobody is left to answer
        finally:
            self.tasks.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        uid = _peer_uid(writer)
        while True:
            try:
                async with asyncio.timeout(IDLE_S_MAX):
                    line = await reader.readline()
            except ValueError:
                await _send(writer, error("line_too_long", f"a request may have {LINE_BYTES_MAX} bytes"))
                return
            if not line:
                return
            await self._answer(line, uid, writer)

    async def _answer(self, line: bytes, uid: int, writer: asyncio.StreamWriter) -> None:
        try:
            request = decode_json(line)
        except RecordError as fault:
            await _send(writer, error("malformed", str(fault)))
            return
        kind = request.get("kind")
        handler = self._handlers.get(kind) if isinstance(kind, str) else None
        if handler is None or not isinstance(kind, str):
            await _send(writer, error("unknown_kind", f"{kind!r:.100} is none of {', '.join(sorted(self._handlers))}"))
        elif kind in self._streams and self._streaming >= STREAMS_MAX:
            await _send(writer, error("busy", f"more than {STREAMS_MAX} watch already"))
        else:
            self._streaming += kind in self._streams
            try:
                await _stream(handler(request, uid), writer)
            finally:
                self._streaming -= kind in self._streams


async def _stream(replies: AsyncGenerator[Reply, None], writer: asyncio.StreamWriter) -> None:
    """Sends each reply; the one that ends them carries `done` in any case."""
    async with aclosing(replies):
        async for reply in replies:
            await _send(writer, reply)
            if reply.get("done") is True:
                return
    await _send(writer, {"done": True})


async def _send(writer: asyncio.StreamWriter, reply: Reply) -> None:
    writer.write(encode_json({"schema_version": SCHEMA_VERSION, **reply}) + b"\n")
    async with asyncio.timeout(SEND_S_MAX):
        await writer.drain()


def error(code: str, text: str) -> Reply:
    return {"error": {"code": code, "text": text}, "done": True}


def _peer_uid(writer: asyncio.StreamWriter) -> int:
    peer: socket.socket = writer.get_extra_info("socket")
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", credentials)
    return int(uid)


# ---------------------------------------------------------------- the place


def _bind(path: Path) -> tuple[socket.socket, int]:
    if len(os.fsencode(path)) > _PATH_BYTES_MAX:
        raise SocketTakenError(f"{path}: a socket's path may have {_PATH_BYTES_MAX} bytes; choose a shorter one with LANECTL_SOCKET")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() or path.is_symlink():
        _remove_dead(path)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        bound.bind(os.fspath(path))
    except OSError:
        bound.close()
        raise
    finally:
        os.umask(before)
    return bound, path.stat().st_ino


def _remove_dead(path: Path) -> None:
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise SocketTakenError(f"{path}: is no socket; choose another path with LANECTL_SOCKET")
    if lives(path):
        raise SocketTakenError(f"{path}: another controller answers there; stop it, or choose another path with LANECTL_SOCKET")
    path.unlink()


def _remove_own(path: Path, inode: int) -> None:
    with suppress(FileNotFoundError):
        if path.stat().st_ino == inode:
            path.unlink()


def lives(path: Path) -> bool:
    """Whether somebody accepts connections there. A socket that is full lives."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True
