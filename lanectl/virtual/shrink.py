"""From all faults of a run that broke a truth to those that are needed for it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from lanectl.site.facts import Site
from lanectl.virtual.run import Drill, run
from sim.fault_plan import Planned


def shrunk(faults: Sequence[Planned], breaks: Callable[[Sequence[Planned]], bool]) -> tuple[Planned, ...]:
    """Leaves out halves, then quarters, down to single faults, as long as it still breaks. None of what remains can be left out alone."""
    needed, size = tuple(faults), max(1, len(faults) // 2)
    while True:
        before = needed
        at = 0
        while at < len(needed):
            without = needed[:at] + needed[at + size :]
            if breaks(without):
                needed = without
            else:
                at += size
        if size == 1 and needed == before:
            return needed
        size = max(1, size // 2)


def shrink_run(site: Site, drill: Drill, faults: Sequence[Planned], until_s: float) -> tuple[Planned, ...]:
    """`until_s`: when the truth was broken; a shorter list may break it a little later."""
    hours = (until_s + 300.0) / 3600.0

    def breaks(some: Sequence[Planned]) -> bool:
        return bool(run(site, Drill(drill.seed, drill.trucks, hours, drill.faults, tuple(some))).broken)

    return shrunk([fault for fault in faults if fault.at_s <= until_s], breaks)


def write(path: Path, faults: Sequence[Planned]) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(faults), indent=1))


def read(path: Path) -> tuple[Planned, ...]:
    """Raises ValueError that says what is wrong with it."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Planned, ...])
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: is no list of faults: {error}") from error
