"""From all faults of a run that broke a truth to those that are needed for it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from lanectl.site.facts import Site
from lanectl.virtual.run import Drill, run
from sim.fault_plan import Planned

AFTER_S = 300.0  # a shorter list of faults may break the truth a little later
TEST = """\
from pathlib import Path

from lanectl.config import load
from lanectl.virtual.run import Drill, run
from sim.fault_plan import Planned

FOUND = {words}
FAULTS: tuple[Planned, ...] = (
{faults})


def test_what_the_soak_of_seed_{seed}_broke_holds() -> None:
    result = run(load(Path({site!r})), Drill(seed={seed}, trucks={trucks}, hours={hours}, faults={times}, planned=FAULTS))
    assert result.broken == (), FOUND
"""


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


def shrink_run(site: Site, drill: Drill, faults: Sequence[Planned], until_s: float) -> Drill:
    """The same drill with no more faults than it takes, as short as it may be. `until_s`: when the truth was broken."""
    hours = round((until_s + AFTER_S) / 3600.0, 3)

    def with_these(some: Sequence[Planned]) -> Drill:
        return Drill(drill.seed, drill.trucks, hours, drill.faults, tuple(some))

    def breaks(some: Sequence[Planned]) -> bool:
        return bool(run(site, with_these(some)).broken)

    return with_these(shrunk([fault for fault in faults if fault.at_s <= until_s], breaks))


def write(path: Path, drill: Drill, site: Path, words: str) -> None:
    """A list of faults for --faults-from; or a test, where the path ends in .py."""
    if path.suffix == ".py":
        path.write_text(_as_test(drill, site, words), encoding="utf-8")
    else:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(drill.planned), indent=1))


def _as_test(drill: Drill, site: Path, words: str) -> str:
    faults = "".join(f"    {fault!r},\n" for fault in drill.planned or ())
    of_drill = {"seed": drill.seed, "trucks": drill.trucks, "hours": drill.hours, "times": drill.faults}
    return TEST.format(words=repr(f"A soak found: {words}"), faults=faults, site=str(site), **of_drill)


def read(path: Path) -> tuple[Planned, ...]:
    """Raises ValueError that says what is wrong with it."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Planned, ...])
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: is no list of faults: {error}") from error
