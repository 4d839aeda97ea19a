"""From a report to the command on its way to the wire: our own time, journal and wire aside. `python -m benchmarks.reaction [HOURS]`

A whole lane with twenty trucks, polls at 10 Hz and everything that goes wrong in a soak runs in virtual time, where nothing passes but
what is computed. Each turn of the controller (all reports that came together, the rules, the records made for the journal, the commands
handed to their sessions) is timed in CPU time of its thread, so that other programs on the machine do not count. A report waits for the
turn before it at most, and takes its own.
"""

import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from lanectl.config import load
from lanectl.controller import Controller
from lanectl.decide import Decision
from lanectl.model import Lane, Report
from lanectl.virtual.lane import Options, VirtualLane

HOURS = 0.5
TRUCKS = 20
FAULTS = 20.0
STRETCH_S = 300.0
OURS_MS_MAX = 10.0  # at p99


class Turns:
    """An observer that also stands round the controller's turns: how long each took, and whether it commanded anything."""

    def __init__(self) -> None:
        self.took_ms: list[float] = []
        self.commanded: list[bool] = []
        self._commands = 0

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:  # noqa: ARG002 - an observer is told more
        self._commands += len(decision.commands)

    def stand_round(self) -> None:
        turn = Controller._turn

        def timed(controller: Controller) -> None:
            self._commands, began = 0, time.thread_time()
            turn(controller)
            self.took_ms.append((time.thread_time() - began) * 1000)
            self.commanded.append(self._commands > 0)

        Controller._turn = timed  # type: ignore[assignment, method-assign]


def main(hours: float) -> None:
    turns, console = Turns(), Console()
    turns.stand_round()
    with tempfile.TemporaryDirectory() as folder:
        options = Options(1, TRUCKS, Path(folder), FAULTS, hours * 3600.0, observers=(turns,))
        lane = VirtualLane(load(Path("config/bac-luan-2")), options)
        while lane.bench.now < hours * 3600.0:
            lane.run_for(STRETCH_S)
            console.print(f"{lane.bench.now / 60:.0f} min, {len(turns.took_ms):,} turns", end="\r", highlight=False)
        crossings, broken = lane.crossings, lane.broken
        lane.end()
    assert not broken, broken
    alone = np.array(turns.took_ms)
    waited = np.array([before + own for before, own in pairwise(turns.took_ms)])
    commanding = waited[np.array(turns.commanded[1:])]
    table = Table(title=f"{hours:g} h, {TRUCKS} trucks, faults {FAULTS:g}, {crossings} crossings, {len(alone):,} turns")
    for heading in ("CPU ms", "p50", "p99", "p99.9", "most", f"p99 of {OURS_MS_MAX:g} ms"):
        table.add_column(heading)
    rows = {"a turn": alone, "the turn before and its own": waited, "the same, where it commanded something": commanding}
    for name, took in rows.items():
        p50, p99, p999 = np.percentile(took, (50, 99, 99.9))
        table.add_row(name, f"{p50:.2f}", f"{p99:.2f}", f"{p999:.2f}", f"{took.max():.1f}", f"{p99 / OURS_MS_MAX:.2f}")
    console.print(table)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HOURS)
