"""What a lane in real time needs before its first program starts: free ports, a copy of the site with a scenario's trucks and people."""

import contextlib
import socket
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from lanectl.demo.prepared import LOOPBACK, Prepared
from lanectl.demo_site import DemoParts, demo_line, demo_plates, make_demo_site
from lanectl.persons import hash_pin
from lanectl.scenario.facts import ActAt, Scenario
from lanectl.simulated import Setting, sim_plan
from lanectl.site.facts import Person, Role, Site
from lanectl.virtual.people import BY, SECOND
from sim.plan import SimPlan, to_json

PIN = "1357"  # of every person of a played lane
NEVER_S = 1e9  # a truck of a scenario does not come back by itself


def prepare(site: Site, scenario: Scenario, run: Path, kept: Path, speed: float) -> tuple[Prepared, SimPlan]:
    """`run` is short-lived (sockets, pseudo-terminals), `kept` holds journal and logs."""
    ports = dict(zip(("broker", "page", "metrics", "camera"), _free_ports(4), strict=True))
    fleet = tuple(replace(site.fleet[0], serial=name, certificate=name) for name in scenario.cleared_by)
    plates = demo_plates(fleet, scenario.seed)
    names = _persons(scenario)
    secret = hash_pin(PIN)
    parts = DemoParts(
        devices={port.name: str(run / "tty" / port.name) for port in site.ports},
        cameras={camera.name: f"http://{LOOPBACK}:{ports['camera']}/{camera.name}.mjpg" for camera in site.cameras},
        mqtt_port=ports["broker"],
        fleet=fleet,
        manifest=[replace(demo_line(f"{name}-1", name, plates[name]), cleared_by=by) for name, by in scenario.cleared_by.items()],
        persons=[Person(name, tuple(Role), secret) for name in names],
    )
    copied = make_demo_site(site.folder, kept / "site", parts)
    prepared = Prepared(copied, time.monotonic(), run, kept, ports, dict.fromkeys(names, PIN))
    plan = sim_plan(copied, Setting(scenario.seed, speed, prepared.epoch, prepared.control, return_s=NEVER_S))
    plan = replace(plan, arrivals=replace(plan.arrivals, begin_away=True))
    prepared.plan.write_bytes(to_json(plan))
    return prepared, plan


def _persons(scenario: Scenario) -> Collection[str]:
    requests = [happening.request for happening in scenario.happenings if isinstance(happening, ActAt)]
    named = [name for request in requests for name in (request.by, request.second) if name]
    return dict.fromkeys((BY, SECOND, *named))


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_:
        probes = [open_.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
