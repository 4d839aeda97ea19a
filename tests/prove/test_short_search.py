"""A few seconds of what `make prove` does at length."""

import pytest

from tests.prove.backwards import ends
from tests.prove.faults import ALL
from tests.prove.models import FAMILIES, HALVES, MODELS
from tests.prove.planted import MUTANTS
from tests.prove.search import Search
from tests.prove.transcript import transcript, walk


@pytest.mark.parametrize("model", ["0", "02p"])
def test_trucks_cross_when_nothing_is_wrong_and_nothing_waits_for_ever(model: str) -> None:
    search = Search(MODELS[model])
    search.run()
    assert search.broken is None, transcript(search)
    found = ends(search)
    assert (search.expanded, found.open) == (len(search.states), 0)
    assert not found.dead
    assert not found.waiting


def test_one_fault_breaks_nothing_as_far_as_a_few_seconds_reach() -> None:
    search = Search(MODELS["short"])
    search.run()
    assert search.broken is None, transcript(search)


def test_a_path_that_was_found_can_be_walked_again() -> None:
    path = ["T1 arrives at the entry gate", "the plate is read: MATCHED T1", "the vn boom is up", "T1 hears its order to K1-stop"]
    assert walk(MODELS["0"], path) == ""


def test_every_fault_is_searched_with_one_truck_and_with_two() -> None:
    for trucks, families in ((1, FAMILIES), (2, HALVES)):
        assert frozenset[str]().union(*families.values()) == ALL, trucks


def test_every_planted_bug_is_another_one() -> None:
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS) >= 30
