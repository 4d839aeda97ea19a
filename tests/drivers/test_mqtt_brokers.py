"""What the lane needs of a broker, held against each that it works with; and the embedded one's own duties."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path

import aiomqtt
import pytest

from lanectl import embedded_broker
from tests.brokers import KINDS, free_port, serving

WAIT_S_MAX = 15.0


@pytest.fixture(params=KINDS, scope="module")
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> object:
    free = free_port()
    with serving(request.param, free, tmp_path_factory.mktemp("broker")):
        yield free


def client(port: int, name: str, **given: object) -> aiomqtt.Client:
    return aiomqtt.Client("127.0.0.1", port, identifier=name, timeout=2, keepalive=5, **given)  # type: ignore[arg-type]


async def next_of(listener: aiomqtt.Client, within_s: float = WAIT_S_MAX) -> tuple[str, object, bool]:
    async with asyncio.timeout(within_s):
        message = await anext(listener.messages)
    return message.topic.value, message.payload, message.retain


def run(test: Coroutine[None, None, None]) -> None:
    asyncio.run(test)


# ---------------------------------------------------------------- every broker


def test_will_of_a_broken_link_is_sent_and_retained(port: int) -> None:
    async def broken() -> None:
        async with client(port, "watcher") as watcher:
            await watcher.subscribe("will/#", 1)
            truck = client(port, "truck", will=aiomqtt.Will("will/T01", b"BROKEN", 1, True))
            await truck.__aenter__()
            link = truck._client.socket()
            assert isinstance(link, socket.socket)
            link.shutdown(socket.SHUT_RDWR)
            assert (await next_of(watcher))[:2] == ("will/T01", b"BROKEN")
        async with client(port, "later") as later:
            await later.subscribe("will/#", 1)
            assert await next_of(later) == ("will/T01", b"BROKEN", True)

    run(broken())


def test_will_of_a_truck_that_falls_silent_is_sent_after_its_keepalive(port: int) -> None:
    async def silent() -> None:
        async with client(port, "watcher") as watcher:
            await watcher.subscribe("silent/#", 1)
            truck = aiomqtt.Client("127.0.0.1", port, identifier="mute", keepalive=1, will=aiomqtt.Will("silent/T01", b"BROKEN", 1))
            await truck.__aenter__()
            assert truck._misc_task is not None
            truck._misc_task.cancel()  # no ping goes out any more, the socket stays open
            assert (await next_of(watcher))[1] == b"BROKEN"

    run(silent())


def test_will_of_a_truck_that_signs_off_is_not_sent(port: int) -> None:
    async def sign_off() -> None:
        async with client(port, "watcher") as watcher:
            await watcher.subscribe("off/#", 1)
            async with client(port, "truck-off", will=aiomqtt.Will("off/T01", b"BROKEN", 1)) as truck:
                await truck.publish("off/T01", b"OFFLINE", 1)
            async with client(port, "other") as other:
                await other.publish("off/end", b"end", 1)
            assert [(await next_of(watcher))[1] for _ in range(2)] == [b"OFFLINE", b"end"]

    run(sign_off())


def test_retained_message_reaches_a_later_subscriber_marked_as_such(port: int) -> None:
    async def late() -> None:
        async with client(port, "teller") as teller:
            await teller.publish("kept/T01", b"ONLINE", 1, retain=True)
        async with client(port, "late") as listener:
            await listener.subscribe("kept/#", 1)
            assert await next_of(listener) == ("kept/T01", b"ONLINE", True)

    run(late())


def test_session_keeps_connection_messages_over_an_outage(port: int) -> None:
    async def outage() -> None:
        async with client(port, "keeper", clean_session=False) as keeper:
            await keeper.subscribe("session/#", 1)
        async with client(port, "teller") as teller:
            for number in range(50):
                await teller.publish("session/T01", str(number).encode(), 1)
        async with client(port, "keeper", clean_session=False) as keeper:
            assert [(await next_of(keeper))[1] for _ in range(50)] == [str(number).encode() for number in range(50)]

    run(outage())


def test_older_client_of_the_same_name_is_dropped(port: int) -> None:
    async def takeover() -> None:
        older = client(port, "same")
        await older.__aenter__()
        async with client(port, "same"):
            async with asyncio.timeout(WAIT_S_MAX):
                with pytest.raises(aiomqtt.MqttError):
                    await anext(older.messages)

    run(takeover())


def test_order_of_messages_is_kept(port: int) -> None:
    async def ordered() -> None:
        async with client(port, "listener") as listener, client(port, "teller") as teller:
            await listener.subscribe("order/#", 0)
            for number in range(200):
                await teller.publish(f"order/{number % 2}", str(number).encode(), 0)
            assert [(await next_of(listener))[1] for _ in range(200)] == [str(number).encode() for number in range(200)]

    run(ordered())


# ---------------------------------------------------------------- the embedded one


def start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "lanectl.embedded_broker", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "example.org", "::"])
def test_embedded_broker_refuses_any_address_but_loopback(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert embedded_broker.main(["--host", host]) == 2
    assert "loopback only" in capsys.readouterr().err


def test_embedded_broker_says_once_that_it_is_ready() -> None:
    free = free_port()
    with start("--port", str(free)) as broker:
        assert broker.stdout is not None
        assert broker.stdout.readline() == f"ready 127.0.0.1:{free}\n"
        broker.kill()
        assert broker.stdout.read() == ""


def test_embedded_broker_takes_any_free_port_and_names_it() -> None:
    with start() as broker:
        assert broker.stdout is not None
        named = int(broker.stdout.readline().rsplit(":", 1)[1])
        assert asyncio.run(embedded_broker.probe("127.0.0.1", named))
        broker.kill()


def test_embedded_broker_on_a_taken_port_says_so_and_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder, start("--port", str(holder.getsockname()[1])) as broker:
        _, said = broker.communicate(timeout=WAIT_S_MAX)
        assert broker.returncode == 1
        assert "cannot start" in said


def test_embedded_broker_ends_with_its_parent() -> None:
    program = (
        "import subprocess, sys; b = subprocess.Popen([sys.executable, '-m', 'lanectl.embedded_broker'], stdout=subprocess.PIPE);"
        "b.stdout.readline(); print(b.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert _lives(pid)
        parent.kill()
    deadline = time.monotonic() + WAIT_S_MAX
    while _lives(pid):
        assert time.monotonic() < deadline, "the broker outlived its parent"
        time.sleep(0.02)


def test_broker_that_accepts_but_never_answers_fails_the_probe_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PROBE_S_MAX", "PROBE_EVERY_S", "START_S_MAX"):
        monkeypatch.setattr(embedded_broker, name, 0.1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        held: list[socket.socket] = []
        threading.Thread(target=_accept, args=(mute, held), daemon=True).start()
        assert asyncio.run(embedded_broker._served("127.0.0.1", mute.getsockname()[1])) == 1
        assert held
        for link in held:
            link.close()


def test_malformed_connections_leave_the_embedded_broker_serving_or_ended(tmp_path: Path) -> None:
    free = free_port()
    with serving("embedded", free, tmp_path) as broker:
        for garbage in (b"\x00" * 50, b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff", b"\x10\x00", os.urandom(2000)):
            with socket.create_connection(("127.0.0.1", free)) as link:
                link.sendall(garbage)
        assert asyncio.run(embedded_broker.probe("127.0.0.1", free)) or broker.wait(timeout=WAIT_S_MAX) == 1


def _accept(mute: socket.socket, held: list[socket.socket]) -> None:
    while True:
        try:
            held.append(mute.accept()[0])
        except OSError:
            return


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
