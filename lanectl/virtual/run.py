"""One seed's run from beginning to end, or to the first broken truth, and what came of it."""

import gc
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lanectl.replay import replay_some
from lanectl.site.facts import Site
from lanectl.virtual.lane import Options, VirtualLane
from sim.fault_plan import Planned

SLICE_S = 60.0  # of simulated time between two looks at what was broken
REPLAYED_ONE_IN = 8  # stretches of the journal; which ones is the seed's matter, so that many runs see all kinds


@dataclass(frozen=True, slots=True)
class Drill:
    """What one run is: the same drill of the same program gives the same run. `planned` None: drawn from the seed."""

    seed: int
    trucks: int
    hours: float
    faults: float
    planned: tuple[Planned, ...] | None = None

    @property
    def until_s(self) -> float:
        return 3600.0 * self.hours


@dataclass(frozen=True, slots=True)
class Result:
    """`broken`: each broken truth in words with its time; `refused`: how often a refusal began, by code.

    `lost_s`: for how long the lane was not available, by what was missing.
    """

    drill: Drill
    simulated_s: float
    crossings: int
    acts: int
    starts: int
    available: float
    lost_s: dict[str, float]
    refused: dict[str, int]
    faults: dict[str, int]
    broken: tuple[tuple[float, str], ...]
    planned: tuple[Planned, ...]
    trace: str


def run(site: Site, drill: Drill, progress: Callable[[float], None] = lambda _: None) -> Result:
    """Stops at the first broken truth. A part of the journal is replayed through the rules at its end: that must come out the same."""
    with tempfile.TemporaryDirectory(prefix="lanectl-sim-") as folder, seldom_collecting():
        options = Options(drill.seed, drill.trucks, Path(folder), drill.faults, drill.until_s, drill.planned)
        lane = VirtualLane(site, options)
        stopped = ""
        try:
            while lane.bench.now < drill.until_s and not lane.broken:
                lane.run_for(min(SLICE_S, drill.until_s - lane.bench.now))
                progress(lane.bench.now)
        except AssertionError as error:
            stopped = f"the controller stopped itself: {error}"
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            stopped = f"the controller died: {type(error).__name__}: {error} ({Path(at.filename).name}:{at.lineno})"
        lane.end()
        broken = [(found.at, found.words) for found in lane.broken]
        broken += [(lane.bench.now, stopped)] if stopped else []
        broken += [(lane.bench.now, why) for why in (_not_replayed(lane, drill.seed),) if why]
    return Result(
        drill=drill,
        simulated_s=lane.bench.now,
        crossings=lane.crossings,
        acts=lane.people.acts,
        starts=lane.bench.starts,
        available=lane.availability.part,
        lost_s=dict(lane.availability.lost_s),
        refused=dict(lane.refusals.begun),
        faults=dict(lane.storm.happened),
        broken=tuple(broken),
        planned=tuple(lane.storm.planned),
        trace=lane.bench.trace,
    )


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Frozen data makes no cycles: looking for them as often as Python does costs a run a tenth of its time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _not_replayed(lane: VirtualLane, first: int) -> str:
    """Why the journal does not show what was decided, "" when it does."""
    found = replay_some(lane.journal, REPLAYED_ONE_IN, first).difference
    return f"record {found.seq} replays to other {found.what}" if found else ""
