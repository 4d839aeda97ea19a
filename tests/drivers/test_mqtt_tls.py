"""The trucks' link over TLS with client certificates, as production has it, against mosquitto."""

import asyncio
import random
import subprocess
from pathlib import Path

import pytest

from drivers.clock import LoopClock
from drivers.mqtt import MqttConfig, MqttLink, Tls
from drivers.trucks import Trucks
from tests.brokers import free_port, serving
from tests.real import program
from tests.truck_bench import trucks_plan

WAIT_S_MAX = 15.0


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, a broker's and our certificate signed by it, and one that a stranger signed himself."""
    openssl = program("openssl")
    folder = tmp_path_factory.mktemp("certificates")
    for authority in ("ca", "stranger-ca"):
        request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        _openssl(openssl, folder, *request, "-subj", f"/CN={authority}", "-keyout", f"{authority}.key", "-out", f"{authority}.pem")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
    for name, authority in (("broker", "ca"), ("lane", "ca"), ("stranger", "stranger-ca")):
        request = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}"]
        _openssl(openssl, folder, *request, "-keyout", f"{name}.key", "-out", f"{name}.csr")
        signed = ["x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial"]
        _openssl(openssl, folder, *signed, "-days", "2", "-extfile", "names", "-out", f"{name}.pem")
    for key in folder.glob("*.key"):
        key.chmod(0o644)  # mosquitto gives up root before it reads its key
    folder.chmod(0o755)
    return folder


def _openssl(openssl: str, folder: Path, *arguments: str) -> None:
    subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)


def settings(certificates: Path) -> str:
    files = f"cafile {certificates}/ca.pem\ncertfile {certificates}/broker.pem\nkeyfile {certificates}/broker.key\n"
    return f"user root\nallow_anonymous true\n{files}require_certificate true\nuse_identity_as_username true\n"


def links(port: int, tls: Tls) -> bool:
    """Whether a link with these files comes up; False when the broker or we refuse."""

    async def attempt() -> bool:
        clock = LoopClock(asyncio.get_running_loop())
        config = MqttConfig("localhost", port, "lane", tls)
        link = MqttLink(config, Trucks(trucks_plan("T01")), clock, lambda _: None, random.Random(1))
        running = asyncio.create_task(link.run())
        try:
            async with asyncio.timeout(WAIT_S_MAX):
                while not link.connected and link.failures == 0:  # noqa: ASYNC110 - the broker is another process
                    await asyncio.sleep(0.01)
            return link.connected
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    return asyncio.run(attempt())


@pytest.mark.parametrize(
    ("authority", "identity", "comes_up"),
    [("ca", "lane", True), ("ca", "stranger", False), ("stranger-ca", "lane", False)],
    ids=["both right", "stranger's certificate", "stranger's broker"],
)
def test_link_comes_up_only_when_both_sides_are_known(
    certificates: Path, tmp_path: Path, authority: str, identity: str, comes_up: bool
) -> None:
    port = free_port()
    tls = Tls(certificates / f"{authority}.pem", certificates / f"{identity}.pem", certificates / f"{identity}.key")
    with serving("mosquitto", port, tmp_path, settings(certificates)):
        assert links(port, tls) is comes_up
