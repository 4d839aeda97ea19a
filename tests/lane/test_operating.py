"""The controller's local socket: who may connect, what is answered, and what a bad asker can do to it."""

import asyncio
import os
import socket
import stat
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from lanectl import operating
from lanectl.operating import Operating, Reply, serve
from lanectl.operating_client import NoControllerError, ask, find_socket, socket_path, status, watch

DEADLINE_S = 10.0


async def greet(request: Mapping[str, object], uid: int) -> AsyncGenerator[Reply, None]:
    yield {"hello": request.get("by", ""), "uid": uid}


async def count(request: Mapping[str, object], uid: int) -> AsyncGenerator[Reply, None]:
    for n in range(3):
        yield {"status": {"seq": n}}


async def endless(request: Mapping[str, object], uid: int) -> AsyncGenerator[Reply, None]:
    yield {"status": {"seq": 1}}
    await asyncio.Event().wait()


HANDLERS = {"greet": greet, "watch": count, "status": count, "endless": endless}


@asynccontextmanager
async def served(path: Path) -> AsyncIterator[Operating]:
    opened = await serve(path, HANDLERS, streams=frozenset({"watch", "endless"}))
    try:
        yield opened
    finally:
        await opened.close()


def with_controller(path: Path, act: Callable[[], Awaitable[None]]) -> None:
    """Runs `act` while a controller serves `path`."""

    async def run() -> None:
        async with served(path), asyncio.timeout(DEADLINE_S):
            await act()

    asyncio.run(run())


def asked(path: Path, request: Mapping[str, object]) -> Callable[[], Awaitable[list[Reply]]]:
    return lambda: asyncio.to_thread(lambda: list(ask(path, request)))


async def raw(path: Path, line: bytes) -> Reply:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(line)
    answer: Reply = msgspec.json.decode(await reader.readline())
    writer.close()
    return answer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "lane.sock"


def test_a_request_is_answered_with_who_asked(path: Path) -> None:
    async def act() -> None:
        replies = await asked(path, {"kind": "greet", "by": "Lan"})()
        assert replies == [{"schema_version": 1, "hello": "Lan", "uid": os.getuid()}, {"schema_version": 1, "done": True}]

    with_controller(path, act)


def test_replies_stream_until_the_last(path: Path) -> None:
    async def act() -> None:
        replies = await asked(path, {"kind": "watch"})()
        assert [reply.get("status") for reply in replies] == [{"seq": 0}, {"seq": 1}, {"seq": 2}, None]

    with_controller(path, act)


def test_a_status_comes_as_it_was_written(path: Path) -> None:
    async def act() -> None:
        assert await asyncio.to_thread(status, path) == b'{"seq":0}'

    with_controller(path, act)


def test_watching_yields_each_status_as_a_line(path: Path) -> None:
    async def act() -> None:
        assert [line async for line in watch(path)] == [b'{"seq":0}', b'{"seq":1}', b'{"seq":2}']

    with_controller(path, act)


def test_nobody_but_the_controllers_login_may_connect(path: Path) -> None:
    modes = []

    async def act() -> None:
        modes.extend(await asyncio.to_thread(lambda: [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)]))

    with_controller(path, act)
    assert modes == [0o600, 0o700]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"close the lane please\n", "malformed"),
        (b"[1]\n", "malformed"),
        (b"[" * 100_000 + b"\n", "malformed"),
        (b"\xff\xfe\n", "malformed"),
        (b'{"kind": "teleport"}\n', "unknown_kind"),
        (b'{"kind": ["greet"]}\n', "unknown_kind"),
        (b"{}\n", "unknown_kind"),
        (b"x" * (operating.LINE_BYTES_MAX + 2) + b"\n", "line_too_long"),
    ],
)
def test_what_is_no_request_is_answered_with_an_error_and_the_next_asker_served(path: Path, line: bytes, code: str) -> None:
    async def act() -> None:
        fault = (await raw(path, line))["error"]
        assert isinstance(fault, dict)
        assert fault["code"] == code
        assert (await raw(path, b'{"kind":"greet"}\n'))["hello"] == ""

    with_controller(path, act)


def test_watchers_leave_room_for_acts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating, "STREAMS_MAX", 2)

    async def act() -> None:
        watching = [await asyncio.open_unix_connection(path) for _ in range(2)]
        for reader, writer in watching:
            writer.write(b'{"kind":"endless"}\n')
            await reader.readline()
        fault = (await raw(path, b'{"kind":"endless"}\n'))["error"]
        assert isinstance(fault, dict)
        assert fault["code"] == "busy"
        assert (await raw(path, b'{"kind":"greet"}\n'))["hello"] == ""
        for _, writer in watching:
            writer.close()

    with_controller(path, act)


def test_more_connections_than_the_limit_are_told_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating, "CONNECTIONS_MAX", 1)

    async def act() -> None:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b'{"kind":"greet"}\n')
        await reader.readline()
        reader2, writer2 = await asyncio.open_unix_connection(path)
        assert b'"busy"' in await reader2.readline()
        writer.close()
        writer2.close()

    with_controller(path, act)


def test_who_finds_a_crowd_before_the_door_waits_his_turn(path: Path) -> None:
    """A Unix socket whose queue is full turns a client with a time-out away at once."""
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as door, ExitStack() as crowd:
        door.settimeout(DEADLINE_S)
        door.bind(str(path))
        door.listen(0)
        for _ in range(4):
            waiting = crowd.enter_context(socket.socket(socket.AF_UNIX))
            waiting.setblocking(False)
            waiting.connect_ex(str(path))
        with ThreadPoolExecutor(1) as asking:
            asked = asking.submit(lambda: list(ask(path, {"kind": "status"})))
            answered = False
            while not answered:
                came, _ = door.accept()
                with came:
                    came.settimeout(0.2)
                    with suppress(TimeoutError):
                        came.recv(100)
                        came.sendall(b'{"done":true}\n')
                        answered = True
        assert asked.result() == [{"done": True}]


def test_a_second_controller_is_refused_with_words(path: Path) -> None:
    async def act() -> None:
        with pytest.raises(OSError, match="another controller answers there"):
            await serve(path, HANDLERS)
        assert (await raw(path, b'{"kind":"greet"}\n'))["hello"] == ""

    with_controller(path, act)


def test_a_dead_controllers_socket_is_taken_over(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    dead.bind(str(path))
    dead.close()

    async def act() -> None:
        assert (await raw(path, b'{"kind":"greet"}\n'))["hello"] == ""

    with_controller(path, act)
    assert not path.exists()


def test_what_is_no_socket_is_left_alone(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_text("a note")
    with pytest.raises(OSError, match="is no socket"):
        asyncio.run(serve(path, HANDLERS))
    assert path.read_text() == "a note"


def test_a_path_too_long_for_a_socket_is_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="choose a shorter one"):
        asyncio.run(serve(tmp_path / ("x" * 120), HANDLERS))


def test_a_controller_is_found_without_being_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.delenv("LANECTL_SOCKET", raising=False)
    path = socket_path("bac-luan-2")
    assert path == tmp_path / "lanectl" / "bac-luan-2.sock"

    async def act() -> None:
        assert await asyncio.to_thread(find_socket) == path

    with pytest.raises(NoControllerError, match=r"no controller runs here .* LANECTL_SOCKET"):
        find_socket()
    with_controller(path, act)


def test_a_named_socket_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANECTL_SOCKET", str(tmp_path / "mine.sock"))
    assert socket_path("bac-luan-2") == tmp_path / "mine.sock"
    assert find_socket() == tmp_path / "mine.sock"
    assert find_socket(tmp_path / "other.sock") == tmp_path / "other.sock"


def test_asking_where_no_controller_is_says_so(path: Path) -> None:
    with pytest.raises(NoControllerError, match="no controller answers there"):
        list(ask(path, {"kind": "greet"}))


def test_a_controller_that_hangs_is_told_as_such(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as hung:
        hung.bind(str(path))
        hung.listen()
        with pytest.raises(NoControllerError, match=r"does not answer within 0\.05 s"):
            list(ask(path, {"kind": "greet"}, answer_s=0.05))
