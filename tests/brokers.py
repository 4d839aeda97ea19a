"""Real brokers for tests, on loopback: the embedded one, and mosquitto where it is installed."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.real import program

KINDS = ("embedded", "mosquitto")
START_S_MAX = 15.0


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def serving(kind: str, port: int, folder: Path, settings: str = "allow_anonymous true\n") -> Iterator[subprocess.Popen[bytes]]:
    """A broker that accepts connections; killed at the end. `settings` are mosquitto's."""
    if kind == "mosquitto":
        written = folder / "mosquitto.conf"
        written.write_text(f"listener {port} 127.0.0.1\nset_tcp_nodelay true\n{settings}")
        command = [program("mosquitto"), "-c", str(written)]
    else:
        command = [sys.executable, "-m", "lanectl.embedded_broker", "--port", str(port)]
    broker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_accepts(broker, port)
        yield broker
    finally:
        broker.kill()
        broker.wait()


def _wait_until_it_accepts(broker: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_S_MAX
    while time.monotonic() < deadline:
        assert broker.poll() is None, f"the broker ended with {broker.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"no broker on port {port} within {START_S_MAX} s")
