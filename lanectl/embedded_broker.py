"""The embedded MQTT broker, for demo and tests: `python -m lanectl.embedded_broker --port N`. Loopback only.

It has no access control and checks no client certificate, so it refuses any other address. Its own process: it cannot be stopped but
with its process, and malformed connections can leave it alive but serving nobody. So it probes itself, and ends when it serves no more;
whoever started it starts it anew. It ends by itself when its parent does. Prints one line, `ready HOST:PORT`, once it serves.
"""

import argparse
import asyncio
import logging
import os
import socket
import sys

import aiomqtt
from iotcore import IotCoreBroker

from drivers.mqtt import NODELAY, is_loopback

log = logging.getLogger("lanectl.embedded_broker")

PROBE_EVERY_S = 2.0
PROBE_S_MAX = 2.0
PROBES_FAILED_MAX = 2  # a machine that was stopped for a moment fails one
START_S_MAX = 10.0
PARENT_EVERY_S = 0.5
PAYLOAD_BYTES_MAX = 256 * 1024
CONNECTIONS_MAX = 200


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m lanectl.embedded_broker", description="An MQTT broker on loopback, for demo and tests."
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="0: any free port (default)")
    given = parser.parse_args(arguments)
    parent = os.getppid()
    if not is_loopback(given.host):
        print(f"{given.host}: the embedded broker serves loopback only, it has no access control; use mosquitto", file=sys.stderr)
        return 2
    port = given.port or _free_port(given.host)
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)  # it marks each routed message as an error
    broker = IotCoreBroker(listen=given.host, port=port, max_payload_size=PAYLOAD_BYTES_MAX, max_connections=CONNECTIONS_MAX)
    try:
        broker.check_ports()
        broker.start()
    except OSError as error:
        print(f"{given.host}:{port}: the broker cannot start, {error}; choose another port or end what holds it", file=sys.stderr)
        return 1
    try:
        return asyncio.run(_watch(given.host, port, parent))
    except KeyboardInterrupt:
        return 130


async def _watch(host: str, port: int, parent: int) -> int:
    """Returns when the broker is not needed any more (0) or does not serve any more (1)."""
    orphaned = asyncio.create_task(_orphaned(parent))
    served = asyncio.create_task(_served(host, port))
    await asyncio.wait((orphaned, served), return_when=asyncio.FIRST_COMPLETED)
    return 0 if orphaned.done() else served.result()


async def _orphaned(parent: int) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110 - no event tells that a parent ended
        await asyncio.sleep(PARENT_EVERY_S)


async def _served(host: str, port: int) -> int:
    failed, ready = 0, False
    deadline = asyncio.get_running_loop().time() + START_S_MAX
    while failed < PROBES_FAILED_MAX:
        serves = await probe(host, port)
        if serves and not ready:
            print(f"ready {host}:{port}", flush=True)
            ready = True
        starting = not ready and asyncio.get_running_loop().time() < deadline
        failed = 0 if serves or starting else failed + 1
        await asyncio.sleep(0.05 if starting else PROBE_EVERY_S)
    print(f"{host}:{port}: the broker does not serve any more, it ends", file=sys.stderr)
    return 1


async def probe(host: str, port: int) -> bool:
    """A new client subscribes, publishes and gets its own message back."""
    topic = f"lanectl/probe/{os.getpid()}"
    try:
        async with asyncio.timeout(PROBE_S_MAX), aiomqtt.Client(host, port, timeout=PROBE_S_MAX, socket_options=NODELAY) as client:
            await client.subscribe(topic, qos=1)
            await client.publish(topic, b"?", qos=1)
            await anext(client.messages)
    except (aiomqtt.MqttError, TimeoutError) as error:
        log.debug("probe failed: %s", error)
        return False
    return True


def _free_port(host: str) -> int:
    with socket.socket() as held:
        held.bind((host, 0))
        return int(held.getsockname()[1])


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the broker's threads would keep the process
