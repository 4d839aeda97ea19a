"""What a soak found is cut down to what is needed."""

from pathlib import Path

import pytest

from lanectl.virtual.shrink import read, shrunk, write
from sim.fault_plan import Planned


def faults(count: int) -> list[Planned]:
    return [Planned(float(number), "unit-restart", f"io-{number}", 0.0, 0.5) for number in range(count)]


def test_only_the_two_faults_that_break_it_together_remain() -> None:
    drawn = faults(40)
    needed = {drawn[7], drawn[31]}
    assert set(shrunk(drawn, lambda some: needed <= set(some))) == needed


def test_a_run_that_breaks_without_any_fault_needs_none() -> None:
    assert shrunk(faults(5), lambda _: True) == ()


def test_a_list_of_faults_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    write(tmp_path / "faults.json", faults(3))
    assert read(tmp_path / "faults.json") == tuple(faults(3))


def test_what_is_no_list_of_faults_is_said_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "faults.json").write_text('[{"at_s": "soon"}]')
    with pytest.raises(ValueError, match=r"faults\.json: is no list of faults"):
        read(tmp_path / "faults.json")
