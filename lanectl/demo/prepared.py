"""Everything that a demo needs before its first program starts: free ports, folders, the site's runnable copy, the simulator's plan."""

import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from lanectl.config import load
from lanectl.demo_site import DemoParts, demo_fleet, demo_manifest, demo_plates, make_demo_site, write_manifest
from lanectl.model import Authority, Direction
from lanectl.operating import lives
from lanectl.operating_client import CONTROL_ENDING, socket_path
from lanectl.persons import hash_pin
from lanectl.simulated import Setting, sim_plan
from lanectl.site.facts import Person, Role, Site
from sim.plan import to_json

LOOPBACK = "127.0.0.1"
PORTS = ("broker", "page", "metrics", "camera")  # in this order from the first port on


class InTheWayError(Exception):
    """Something stops the demo from starting. The message says what, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Options:
    """`crossings` 0: until stopped. `first_port`: the first of four in a row on loopback. `customs`: a temper of sim/customs.py.

    `orders_first`: every other truck's first trip comes as a transport order already, the others stand in the manifest.
    """

    site: Path
    seed: int
    trucks: int
    crossings: int
    speed: float
    headless: bool
    first_port: int
    folder: Path
    lang: str
    customs: str = "prompt"
    orders_first: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """`run` is short-lived (sockets, pseudo-terminals), `kept` holds the journal, the logs and the pictures of the plates.

    `site`: with a line for every truck's first trip; `listed`: trucks whose line the manifest that was written has. `ways`: in which
    direction each truck crosses first.
    """

    site: Site
    epoch: float
    run: Path
    kept: Path
    ports: dict[str, int]
    pins: dict[str, str]
    listed: frozenset[str] = frozenset()
    ways: Mapping[str, Direction] = field(default_factory=dict)

    @property
    def socket(self) -> Path:
        """Where the operators' commands look by themselves."""
        return socket_path(f"demo-{self.ports['broker']}")

    @property
    def control(self) -> Path:
        return self.socket.with_suffix(CONTROL_ENDING)

    @property
    def plan(self) -> Path:
        return self.run / "plan.json"

    @property
    def journal(self) -> Path:
        return self.kept / "journal.db"

    def remove(self) -> None:
        shutil.rmtree(self.run, ignore_errors=True)


def prepare(options: Options) -> Prepared:
    """Raises InTheWayError, or ConfigError for the site."""
    ports = dict(zip(PORTS, range(options.first_port, options.first_port + len(PORTS)), strict=True))
    for what, port in ports.items():
        _check_free(what, port)
    source = load(options.site)
    _check_nobody(socket_path(f"demo-{ports['broker']}"))
    kept = _kept_folder(options.folder)
    run = Path(tempfile.mkdtemp(prefix="lanectl-"))  # short: a socket's path may have 107 bytes
    with ExitStack() as undo:  # an interrupt, too, leaves nothing behind
        undo.callback(shutil.rmtree, run, ignore_errors=True)
        prepared = _prepared(options, source, ports, run, kept)
        undo.pop_all()
    return prepared


def _prepared(options: Options, source: Site, ports: dict[str, int], run: Path, kept: Path) -> Prepared:
    fleet = demo_fleet(source, options.trucks)
    pins = {name: f"{secrets.randbelow(10_000):04d}" for name in ("lan", "minh")}
    parts = DemoParts(
        devices={port.name: str(run / "tty" / port.name) for port in source.ports},
        cameras={camera.name: f"http://{LOOPBACK}:{ports['camera']}/{camera.name}.mjpg" for camera in source.cameras},
        mqtt_port=ports["broker"],
        fleet=fleet,
        manifest=demo_manifest(demo_plates(fleet, options.seed), crossings_each=1),
        persons=[Person(name, tuple(Role), hash_pin(pin)) for name, pin in pins.items()],
    )
    site = make_demo_site(options.site, kept / "site", parts)
    prepared = Prepared(site, time.monotonic(), run, kept, ports, pins)
    setting = Setting(
        options.seed, options.speed, prepared.epoch, prepared.control, return_s=30.0, customs=dict.fromkeys(Authority, options.customs)
    )
    plan = sim_plan(site, setting)
    prepared.plan.write_bytes(to_json(plan))
    lines = site.manifest[:: 2 if options.orders_first else 1]
    if len(lines) < len(site.manifest):
        write_manifest(site.folder, lines)
    other = next(way for way in Direction if way is not site.layout.direction)
    ways = {truck.serial: site.layout.direction if truck.heading > 0 else other for truck in plan.trucks}
    return replace(prepared, listed=frozenset(line.truck for line in lines), ways=ways)


def _check_nobody(socket: Path) -> None:
    """The demo acts on the controller that it finds there: it must be its own."""
    if lives(socket):
        raise InTheWayError(
            f"a controller answers at {socket} already, and the demo would act on it. Unset LANECTL_SOCKET, or end that controller first"
        )


def _check_free(what: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise InTheWayError(
                f"port {port}, for the {what}, cannot be used: {error.strerror}. "
                "Is another demo running? End it with Ctrl-C in its terminal, or give this one other ports: --first-port "
                f"{port + 100 - port % 10}"
            ) from error


def _kept_folder(folder: Path) -> Path:
    kept = folder / time.strftime("%Y-%m-%dT%H-%M-%S")
    try:
        kept.mkdir(parents=True)
    except OSError as error:
        raise InTheWayError(f"{kept} cannot be made: {error.strerror}. Choose another place with --folder") from error
    return kept
