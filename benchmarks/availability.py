"""What each kind of fault costs the lane, and what a year of them adds up to. `python -m benchmarks.availability [KIND…]`

Every kind of sim/fault_table.py is let happen alone, some minutes apart, to a lane with trucks and attentive people in virtual time: so
many seconds a fault was the lane not available (lanectl.virtual.figures). Times what happens in a year, summed over all kinds, that is the
time lost; faults that overlap are counted twice, which makes the sum the larger.

The fault table's own rates are for soaks: each kind often enough to be met. A_YEAR is what a lane that is kept well may expect; these are
estimates, each with its arithmetic, to be replaced by a gate's own log.
"""

import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from lanectl.config import load
from lanectl.virtual.lane import Options, VirtualLane
from lanectl.virtual.run import Drill, run
from sim.fault_plan import DAY_S, Planned
from sim.fault_table import KINDS, Kind, targets

SITE = Path("config/bac-luan-2")
TRUCKS = 5
FAULTS = 6
OPENED_S = 120.0  # from then on availability is counted, about
BEGINS_S = 400.0  # a lane is first brought into service
APART_S = 360.0  # long enough for a repair and the persons' walks after it
SEED = 1

WANTED = 0.9995
YEAR_S = 365.0 * DAY_S
A_YEAR = {  # two gates, 12 units, 38 detectors, twenty trucks of which each drives 8,760 h
    "line-noise": 12,  # a thunderstorm or a welder a month
    "late-answers": 4,
    "unplugged": 2,  # a worker at the cabinet
    "frozen": 1,  # 12 units, each once in 12 years
    "power-cut": 2,  # longer than the cabinet's battery bridges
    "unit-restart": 4,
    "garbled": 1,
    "detector-stuck": 4,  # 38 loops and curtains, each once in ten years
    "detector-flickers": 8,  # twice as often before it fails, or in rain
    "boom-obstructed": 24,  # a bird, a tarpaulin: twice a month
    "boom-jammed": 2,  # 870,000 moves a year and gate, one in a million
    "boom-slow": 4,  # cold and wind
    "boom-closes-itself": 0.1,  # a timer that `lanectl flash` looks for
    "something-under-boom": 24,  # a dog, somebody who walks there, as often as what no detector sees; WANTED holds up to 72
    "key-pressed": 12,
    "local-working": 12,  # somebody turns the key once a month
    "lamp-failed": 1,  # four lamps of 50,000 h
    "broker-gone": 6,  # its updates
    "broker-lossy": 12,
    "half-open": 24,
    "truck-dies": 35,  # 20 trucks, each once in 5,000 h
    "truck-e-stop": 24,
    "truck-by-hand": 24,
    "truck-lost": 88,  # once in 2,000 h
    "truck-fatal": 35,  # once in 5,000 h
    "truck-lies": 1,
    "truck-refuses": 12,
    "truck-twice": 0.2,  # enrolment refuses it; it takes a mistake in two places
    "foreign-plate": 52,
    "overweight": 100,
    "scale-breaks": 1,
    "scale-garbled": 1,
    "camera-dark": 6,
    "plates-misread": 200,  # mud and rain
    "controller-killed": 4,
    "controller-hangs": 4,
    "clock-steps": 12,
    "disk-full": 0.5,
    "clearance-withdrawn": 365,
    "wrong-act": 52,
}


def planned(kind: Kind) -> tuple[Planned, ...]:
    """Of a kind that lasts longer than they are apart, only what its repair leaves to do after that is missing."""
    dice = Random(f"{SEED} {kind.name}")
    with TemporaryDirectory() as folder:
        lane = VirtualLane(load(SITE), Options(SEED, TRUCKS, Path(folder)))
        found = targets(lane.bench, kind.target)
        lane.end()
    low, high = kind.lasts_s
    return tuple(
        Planned(BEGINS_S + n * APART_S, kind.name, dice.choice(found), low + (high - low) * dice.random(), dice.random())
        for n in range(FAULTS)
    )


def cost_s(name: str) -> tuple[str, float, dict[str, float]]:
    """Seconds that one fault took from the lane, as a mean; for "" those that a lane without faults loses in the same time. And what was
    missing for how long; several may be at once.
    """
    faults = planned(KINDS[name]) if name else ()
    hours = (BEGINS_S + FAULTS * APART_S) / 3600.0
    result = run(load(SITE), Drill(SEED, TRUCKS, hours, 0.0, faults))
    assert not result.broken, (name, result.broken)
    missing = {what: lost_s / FAULTS for what, lost_s in result.lost_s.items()}
    return name, (1.0 - result.available) * (result.simulated_s - OPENED_S) / FAULTS, missing


def main(chosen: list[str]) -> None:
    assert A_YEAR.keys() == KINDS.keys(), A_YEAR.keys() ^ KINDS.keys()
    console, costs, by_missing = Console(), dict[str, float](), defaultdict[str, float](float)
    with ProcessPoolExecutor(2) as pool:
        for name, seconds, missing in pool.map(cost_s, chosen or ["", *KINDS]):
            costs[name] = seconds
            for what, lost_s in missing.items():
                by_missing[what] += A_YEAR.get(name, 0) * lost_s
            words = ", ".join(f"{what} {lost_s:.1f}" for what, lost_s in missing.items())
            console.print(f"{len(costs)}: {name or 'no fault'} {seconds:.1f} s ({words})", highlight=False)
    table = Table(title=f"{TRUCKS} trucks, {FAULTS} faults of each kind, {APART_S:g} s apart")
    for heading in ("fault", "a year", "s lost each", "s lost a year"):
        table.add_column(heading)
    lost = {name: A_YEAR[name] * seconds for name, seconds in costs.items() if name}
    for name, seconds in sorted(lost.items(), key=lambda one: -one[1]):
        table.add_row(name, f"{A_YEAR[name]:g}", f"{costs[name]:.1f}", f"{seconds:,.0f}")
    console.print(table)
    console.print(
        "s a year by what was missing, several at once counted each: " + ", ".join(f"{w} {s:,.0f}" for w, s in by_missing.items())
    )
    console.print(f"available {1 - sum(lost.values()) / YEAR_S:.5f}; wanted {WANTED}")


if __name__ == "__main__":
    main(sys.argv[1:])
