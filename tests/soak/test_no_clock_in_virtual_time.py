"""What runs in virtual time reads no clock, no dice but its own and starts no thread: else one seed would not give one run."""

import ast
import os
import random
import threading
import time
from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.virtual.lane import Options, VirtualLane

ROOT = Path(__file__).parents[2]
SITE = ROOT / "config" / "bac-luan-2"
REAL_TIME = {"__main__", "program", "vehicles", "talker_links", "clock", "cameras", "camera", "control", "pty_port", "mjpeg", "drawn_plate"}
REAL_TIME |= {"soak"}  # runs many runs at once, each in a process of its own
VIRTUAL = [path for folder in ("sim", "lanectl/virtual") for path in sorted((ROOT / folder).glob("*.py")) if path.stem not in REAL_TIME]
FOREIGN = {"time", "threading", "asyncio", "uuid", "secrets", "socket", "multiprocessing"}
NOW = {"now", "utcnow", "today"}


def read_by(tree: ast.Module) -> list[str]:
    """What this module reads that is not its own."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names if name.name.split(".")[0] in FOREIGN | {"random"}]
        elif isinstance(node, ast.ImportFrom) and node.module:
            top = node.module.split(".")[0]
            found += [node.module] if top in FOREIGN else []
            found += [f"random.{name.name}" for name in node.names if top == "random" and name.name != "Random"]
        elif isinstance(node, ast.Attribute) and node.attr in NOW and isinstance(node.value, ast.Name):
            found += [f"{node.value.id}.{node.attr}"] if node.value.id in ("datetime", "date") else []
    return found


@pytest.mark.parametrize("path", VIRTUAL, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_module_of_the_bench_reads_neither_clock_nor_foreign_dice(path: Path) -> None:
    assert read_by(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_a_minute_of_virtual_time_asks_the_machine_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = VirtualLane(load(SITE), Options(1, 3, tmp_path))

    def asked(*_: object) -> object:
        raise AssertionError("the machine was asked")

    for module, names in (
        (time, ("time", "monotonic", "perf_counter", "time_ns", "monotonic_ns", "sleep")),
        (os, ("urandom",)),
        (random, ("random", "randint", "choice", "uniform", "seed")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, asked)
    monkeypatch.setattr(threading.Thread, "start", asked)
    lane.run_for(60.0)
    assert lane.people.acts > 0
