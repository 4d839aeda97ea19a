"""The demo's programs as command lines, in the order in which they are started."""

import sys

from lanectl.demo.prepared import Prepared

PYTHON = (sys.executable, "-m")


def broker(prepared: Prepared) -> list[str]:
    return [*PYTHON, "lanectl.embedded_broker", "--port", str(prepared.ports["broker"])]


def simulator(prepared: Prepared) -> list[str]:
    return [*PYTHON, "sim", str(prepared.plan)]


def controller(prepared: Prepared, speed: float) -> list[str]:
    clock = ["--speed", str(speed), "--epoch", repr(prepared.epoch), "--metrics-port", str(prepared.ports["metrics"])]
    places = ["--journal", str(prepared.journal), "--evidence", str(prepared.kept / "evidence"), "--socket", str(prepared.socket)]
    return [*PYTHON, "lanectl", "run", str(prepared.site.folder), *places, *clock]


def page(prepared: Prepared) -> list[str]:
    pictures = ["--evidence", str(prepared.kept / "evidence")]
    return [*PYTHON, "lanectl", "web", "--socket", str(prepared.socket), "--port", str(prepared.ports["page"]), *pictures]
