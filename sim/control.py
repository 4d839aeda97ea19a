"""The simulator's control socket: JSON lines to ask for the truth and to make something go wrong. And its client."""

import asyncio
import json
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.faults import FAULTS, FaultError

LINE_BYTES_MAX = 64 * 1024
ANSWER_BYTES_MAX = 4 * 1024 * 1024
ANSWER_S_MAX = 5.0

Answer = dict[str, Any]


class ControlError(OSError):
    """The simulator does not answer, or refused. The message says why."""


class Control:
    """Serves `truth` and `cause`; a request is `{"do": "truth"}` or `{"do": "fault", "name": …, "arguments": […]}`."""

    def __init__(self, path: Path, truth: Callable[[], Answer], cause: Callable[[str, Sequence[str]], None]) -> None:
        self._path = path
        self._truth = truth
        self._cause = cause
        self._server: asyncio.Server | None = None

    def claim(self) -> None:
        """Before anything else is opened: raises ControlError when another simulator has this place."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.is_socket() and _lives(self._path):
            raise ControlError(f"{self._path}: another simulator answers there; end it, or choose another folder")
        self._path.unlink(missing_ok=True)

    async def open(self) -> None:
        before = os.umask(0o077)
        try:
            self._server = await asyncio.start_unix_server(self._serve, self._path, limit=LINE_BYTES_MAX)
        finally:
            os.umask(before)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(self._answer(line)).encode() + b"\n")
                await writer.drain()
        except (ValueError, ConnectionError):
            pass  # too long a line, or the client left: its connection ends
        finally:
            writer.close()

    def _answer(self, line: bytes) -> Answer:
        try:
            request = json.loads(line)
            match request:
                case {"do": "truth"}:
                    return {"ok": True, **self._truth()}
                case {"do": "fault", "name": str(name), "arguments": [*arguments]}:
                    self._cause(name, [str(argument) for argument in arguments])
                    return {"ok": True}
                case _:
                    return {"ok": False, "error": "ask {do: truth} or {do: fault, name, arguments}"}
        except (json.JSONDecodeError, UnicodeDecodeError, FaultError) as error:
            return {"ok": False, "error": str(error)}


def ask(path: Path, request: Answer) -> Answer:
    """One request, its answer. Raises ControlError."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(ANSWER_S_MAX)
            link.connect(str(path))
            link.sendall(json.dumps(request).encode() + b"\n")
            data = b""
            while not data.endswith(b"\n") and len(data) < ANSWER_BYTES_MAX and (chunk := link.recv(LINE_BYTES_MAX)):
                data += chunk
    except OSError as error:
        raise ControlError(f"no simulator answers at {path}: {error.strerror or error}") from error
    answer: Answer = json.loads(data) if data else {"ok": False, "error": f"the simulator at {path} ended"}
    if not answer["ok"]:
        raise ControlError(answer["error"])
    return answer


def truth(path: Path) -> Answer:
    return ask(path, {"do": "truth"})


def cause(path: Path, name: str, arguments: Sequence[str]) -> None:
    ask(path, {"do": "fault", "name": name, "arguments": list(arguments)})


def catalogue() -> str:
    """Every fault with its usage, one a line, for people."""
    rows = [(f"{name} {fault.usage}", fault.words) for name, fault in FAULTS.items()]
    width = max(len(usage) for usage, _ in rows)
    return "\n".join(f"  {usage:<{width}}  {words}" for usage, words in rows)


def _lives(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1.0)
        return link.connect_ex(str(path)) == 0
