"""The other end of the controller's local socket: finds a living controller and asks it. For the commands and the page's process."""

import asyncio
import os
import socket
import stat
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import msgspec

from lanectl.operating import LINE_BYTES_MAX, Reply, lives
from lanectl.record import RecordError, decode_json, encode_json

SOCKET = "LANECTL_SOCKET"  # the environment's word for where the socket is
ANSWER_S = 5.0
CROWDED_S = 0.01
_ENDING = ".sock"
CONTROL_ENDING = ".sim"  # a simulator's control socket beside its controller's


class NoControllerError(ConnectionError):
    """Nobody answers. The message says where was looked and what to do."""


class _Status(msgspec.Struct):
    status: msgspec.Raw = msgspec.Raw(b"")
    error: dict[str, str] = {}


def socket_path(name: str) -> Path:
    """Where a controller of this name listens, so that commands find it without being told."""
    named = os.environ.get(SOCKET)
    return Path(named) if named else _run_folder() / f"{name}{_ENDING}"


def living_sockets() -> list[Path]:
    """Controllers that answer, the newest first."""
    return _living(_ENDING)


def living_controls() -> list[Path]:
    """Control sockets of demos' simulators that answer, the newest first."""
    return _living(CONTROL_ENDING)


def _living(ending: str) -> list[Path]:
    found = [path for folder in _folders() if folder.is_dir() for path in folder.glob(f"*{ending}")]
    return sorted((path for path in found if lives(path)), key=lambda path: path.stat().st_mtime, reverse=True)


def find_socket(named: Path | None = None) -> Path:
    """`named`, else the environment's, else the newest that lives."""
    told = named or (Path(os.environ[SOCKET]) if os.environ.get(SOCKET) else None)
    if told is not None:
        return told
    living = living_sockets()
    if not living:
        looked = ", ".join(str(folder) for folder in _folders())
        raise NoControllerError(f"no controller runs here (looked in {looked}); start one, or name its socket with {SOCKET}")
    return living[0]


def ask(path: Path, request: Mapping[str, object], *, answer_s: float = ANSWER_S) -> Iterator[Reply]:
    """Every reply to one request; `answer_s` is the longest wait for each. Raises NoControllerError."""
    line = encode_json(request) + b"\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(answer_s)
        try:
            _connect(connection, path, answer_s)
            connection.sendall(line)
            with closing(connection.makefile("rb")) as lines:
                done = False
                while not done:
                    reply = _reply(path, lines.readline(LINE_BYTES_MAX))
                    done = reply.get("done") is True
                    yield reply
        except TimeoutError as error:
            raise NoControllerError(f"{path}: the controller does not answer within {answer_s:g} s") from error
        except PermissionError as error:
            raise NoControllerError(f"{path}: belongs to another login: {error.strerror}; use the controller's own") from error
        except NoControllerError:
            raise
        except (OSError, RecordError) as error:
            raise NoControllerError(f"{path}: no controller answers there: {error}") from error


def status(path: Path, *, answer_s: float = ANSWER_S) -> bytes:
    """The lane's status once, as JSON."""
    for reply in ask(path, {"kind": "status"}, answer_s=answer_s):
        if "status" in reply:
            return encode_json(reply["status"])
        raise NoControllerError(f"{path}: {reply.get('error', 'gave no status')}")
    raise AssertionError("ask ends with a reply or an error")


async def watch(path: Path, *, answer_s: float = ANSWER_S) -> AsyncIterator[bytes]:
    """Statuses as lines of JSON, until the controller ends. Raises OSError when it cannot be reached, ValueError for what is no reply."""
    reader, writer = await asyncio.open_unix_connection(path, limit=LINE_BYTES_MAX)
    try:
        writer.write(encode_json({"kind": "watch"}) + b"\n")
        while line := await _line(reader, answer_s):
            reply = msgspec.json.decode(line, type=_Status)
            if reply.error:
                raise NoControllerError(f"{path}: {reply.error.get('text', '')}")
            if not reply.status:
                return
            yield bytes(reply.status)
    finally:
        writer.close()


def _connect(connection: socket.socket, path: Path, answer_s: float) -> None:
    """Waits its turn where a crowd is before the door: a Unix socket with a time-out is turned away at once. A stop must get through."""
    deadline = time.monotonic() + answer_s
    while True:
        try:
            connection.connect(os.fspath(path))
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError from None
            time.sleep(CROWDED_S)
        else:
            return


async def _line(reader: asyncio.StreamReader, answer_s: float) -> bytes:
    """Not asyncio.wait_for: before Python 3.12 that can lose a cancellation, and whoever watches would never end."""
    async with asyncio.timeout(answer_s):
        return await reader.readline()


def _reply(path: Path, line: bytes) -> Reply:
    if not line.endswith(b"\n"):
        raise NoControllerError(f"{path}: the controller hung up")
    return decode_json(line)


# ---------------------------------------------------------------- the place


def _folders() -> list[Path]:
    """Where controllers put their sockets: the login's own run folder, the service's, and without both one beside temporary files."""
    own = os.environ.get("XDG_RUNTIME_DIR")
    return [*([Path(own) / "lanectl"] if own else []), Path("/run/lanectl"), Path(tempfile.gettempdir()) / f"lanectl-{os.getuid()}"]


def _run_folder() -> Path:
    *preferred, temporary = _folders()
    for folder in preferred:
        # /run/lanectl is made by the service manager; a login's own run folder is there or is not
        exists = folder.is_dir() if folder == Path("/run/lanectl") else folder.parent.is_dir()
        if exists and os.access(folder if folder.is_dir() else folder.parent, os.W_OK):
            return folder
    temporary.mkdir(mode=0o700, exist_ok=True)
    state = temporary.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o077:
        raise PermissionError(f"{temporary}: must be a folder of yours that nobody else may enter; remove it, or set {SOCKET}")
    return temporary
