"""The demo from its first program to its last: started in order, the lane opened as two persons would, shown, ended, nothing left."""

import signal
import time
from pathlib import Path
from types import FrameType

from rich.console import Console

from lanectl.demo import programs
from lanectl.demo.children import Children
from lanectl.demo.opening import OpeningError, open_lane
from lanectl.demo.prepared import LOOPBACK, Options, Prepared, prepare
from lanectl.demo.shown import show
from lanectl.demo.summary import summary
from lanectl.operating import lives
from lanectl.operating_client import NoControllerError

START_S_MAX = 30.0
RESTART_S = 3.0  # longer than the modules' watchdogs take: a dead controller is seen to put the signals to STOP
INTERRUPTED = 130


def run(options: Options) -> int:
    """Returns the exit code. Raises InTheWayError or ConfigError before anything was started."""
    console = Console(stderr=True, highlight=False)
    prepared = prepare(options)
    children = Children()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _start(console, children, options, prepared)
        crossings = show(children, options, prepared)
        if options.crossings and crossings >= options.crossings:
            summary(console, prepared)
            return 0
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED if options.crossings else 0
    except (OpeningError, NoControllerError) as error:
        console.print(f"The demo ends: {error}. The programs' own words are in {prepared.kept}")
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave a program behind
        children.end()
        prepared.remove()
        console.print(f"Everything has ended. Journal, logs and pictures: {prepared.kept}")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _start(console: Console, children: Children, options: Options, prepared: Prepared) -> None:
    began = time.monotonic()
    logs, ports = prepared.kept, prepared.ports
    children.start("broker", programs.broker(prepared), logs / "broker.log", restart_after_s=1.0)
    children.start("simulator", programs.simulator(prepared), logs / "simulator.log")
    wait_until_lives(children, prepared.control, "the simulator")
    children.start("controller", programs.controller(prepared, options.speed), logs / "controller.log", restart_after_s=RESTART_S)
    children.start("page", programs.page(prepared), logs / "page.log", restart_after_s=1.0)
    wait_until_lives(children, prepared.socket, "the controller")
    console.print(f"The lane's programs run ({time.monotonic() - began:.1f} s). Page: http://{LOOPBACK}:{ports['page']}/", soft_wrap=True)
    console.print(f"Metrics: http://{LOOPBACK}:{ports['metrics']}/metrics   MQTT: {LOOPBACK}:{ports['broker']}", soft_wrap=True)
    persons = ", ".join(f"{name} (PIN {pin})" for name, pin in prepared.pins.items())
    console.print(f"Persons: {persons}. Make something go wrong: lanectl fault", soft_wrap=True)
    if options.speed > 1:
        console.print(_wire_words(prepared, options.speed), soft_wrap=True)
    open_lane(console, prepared)


def wait_until_lives(children: Children, path: Path, what: str) -> None:
    deadline = time.monotonic() + START_S_MAX
    while not lives(path):  # what a killed demo left behind does not count
        children.watch()
        if children.notices:
            raise OpeningError(f"{children.notices[0]} while starting")
        if time.monotonic() > deadline:
            raise OpeningError(f"{what} was not ready within {START_S_MAX:g} s")
        time.sleep(0.02)


def _wire_words(prepared: Prepared, speed: float) -> str:
    """What a real wire would say to this clock: a poll of six inputs is 19 bytes and a turnaround of 5 ms."""
    slowest = min(prepared.site.ports, key=lambda port: port.baud)
    poll_s = 19 * 10 / slowest.baud + 0.005
    return (
        f"Speed {speed:g}: polls ten times a simulated second are {10 * speed:g} a second here. A wire of {slowest.baud} baud carries "
        f"{1 / poll_s:.0f} a second, so {slowest.name} could follow up to speed {0.1 / poll_s:.1f}; the pseudo-terminals carry more."
    )
