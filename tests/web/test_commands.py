"""`lanectl status`, `watch` and `web` against a controller's real socket."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path

import pytest

from lanectl.operating import Reply, serve
from lanectl.picture import as_json
from tests.fake_lane import waiting
from tests.web.test_server import Stream

LANECTL = [sys.executable, "-m", "lanectl"]
ENDS_S_MAX = 20.0


async def _status(_request: Mapping[str, object], _uid: int) -> AsyncGenerator[Reply, None]:
    yield {"status": as_json(waiting().status(seq=5)), "done": True}


async def _watch(_request: Mapping[str, object], _uid: int) -> AsyncGenerator[Reply, None]:
    while True:
        yield {"status": as_json(waiting().status(seq=5))}
        await asyncio.sleep(0.25)


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Path]:
    """Only the desk of one: it shows a lane that waits."""
    path = tmp_path / "lanectl.sock"
    loop = asyncio.new_event_loop()
    desk = loop.run_until_complete(serve(path, {"status": _status, "watch": _watch}))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield path
    asyncio.run_coroutine_threadsafe(desk.close(), loop).result(ENDS_S_MAX)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LANECTL, *arguments], capture_output=True, text=True, timeout=ENDS_S_MAX, check=False)


def test_status_says_why_a_truck_waits_in_the_language_asked_for(controller: Path) -> None:
    shown = run("status", "--socket", str(controller), "--lang", "vi")
    assert shown.returncode == 0
    assert "T11 chờ: phân khu K2 đang khóa cho T07" in shown.stdout


def test_status_as_json_is_one_object(controller: Path) -> None:
    assert json.loads(run("status", "--socket", str(controller), "--json").stdout)["seq"] == 5


def test_without_a_controller_status_and_watch_end_with_5(tmp_path: Path) -> None:
    for command in ("status", "watch"):
        ended = run(command, "--socket", str(tmp_path / "nobody.sock"))
        assert (ended.returncode, ended.stdout) == (5, "")
        assert "nobody.sock" in ended.stderr


def test_a_language_that_nobody_speaks_here_is_a_usage_error(controller: Path) -> None:
    assert run("status", "--socket", str(controller), "--lang", "fr").returncode == 2


def test_watch_as_json_is_a_line_for_each_status(controller: Path) -> None:
    with subprocess.Popen([*LANECTL, "watch", "--socket", str(controller), "--json"], stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        lines = [json.loads(watching.stdout.readline()) for _ in range(2)]
        watching.send_signal(signal.SIGINT)
        assert watching.wait(ENDS_S_MAX) == 130
    assert [line["seq"] for line in lines] == [5, 5]


def test_the_pages_process_ends_at_sigterm_while_a_browser_listens(controller: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [*LANECTL, "web", "--socket", str(controller), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        browser = _listening(serving, port)
        assert browser.next("status")[0] == "5"
        serving.send_signal(signal.SIGTERM)
        serving.wait(ENDS_S_MAX)
        browser.close()
        assert "Traceback" not in serving.stderr.read()


def test_a_port_that_is_taken_is_said_to_be(controller: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run("web", "--socket", str(controller), "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert "choose another with --port" in ended.stderr


def _listening(serving: subprocess.Popen[str], port: int) -> Stream:
    """The server says its address before it listens: ask until it does, or has died."""
    while serving.poll() is None:
        try:
            return Stream(f"http://127.0.0.1:{port}")
        except ConnectionRefusedError:
            threading.Event().wait(0.05)
    raise AssertionError("the page's process ended")
