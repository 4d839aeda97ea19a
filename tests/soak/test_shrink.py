"""What a soak found is cut down to what is needed."""

from pathlib import Path
from typing import Any

import pytest

from lanectl.virtual.run import Drill
from lanectl.virtual.shrink import read, shrunk, write
from sim.fault_plan import Planned

SITE = Path("config/bac-luan-2")


def faults(count: int) -> list[Planned]:
    return [Planned(float(number), "unit-restart", f"io-{number}", 0.0, 0.5) for number in range(count)]


def test_only_the_two_faults_that_break_it_together_remain() -> None:
    drawn = faults(40)
    needed = {drawn[7], drawn[31]}
    assert set(shrunk(drawn, lambda some: needed <= set(some))) == needed


def test_a_run_that_breaks_without_any_fault_needs_none() -> None:
    assert shrunk(faults(5), lambda _: True) == ()


def a_drill(planned: tuple[Planned, ...]) -> Drill:
    return Drill(7, 2, 0.25, 20.0, planned)


def test_a_list_of_faults_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    write(tmp_path / "faults.json", a_drill(tuple(faults(3))), SITE, "T01 drove into T02")
    assert read(tmp_path / "faults.json") == tuple(faults(3))


def test_a_find_is_written_as_a_test_that_runs_those_faults_again(tmp_path: Path) -> None:
    write(tmp_path / "test_found.py", a_drill(tuple(faults(2))), SITE, 'T01 says "no"')
    namespace: dict[str, Any] = {}
    exec(compile((tmp_path / "test_found.py").read_text(), "test_found.py", "exec"), namespace)
    assert namespace["FAULTS"] == tuple(faults(2))
    assert callable(namespace["test_what_the_soak_of_seed_7_broke_holds"])
    assert namespace["FOUND"] == 'A soak found: T01 says "no"'


def test_what_is_no_list_of_faults_is_said_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "faults.json").write_text('[{"at_s": "soon"}]')
    with pytest.raises(ValueError, match=r"faults\.json: is no list of faults"):
        read(tmp_path / "faults.json")
