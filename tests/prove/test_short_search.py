"""A few seconds of what `make prove` does at length."""

from itertools import product
from multiprocessing import parent_process

import pytest

from lanectl.interlocking import booms, turn
from tests.prove import crew, search
from tests.prove.backwards import ends
from tests.prove.crew import explore
from tests.prove.faults import ALL
from tests.prove.kinds import Model
from tests.prove.models import FAMILIES, HALVES, MODELS, STUCK
from tests.prove.plant import a_site
from tests.prove.planted import MUTANTS
from tests.prove.prints import PRINT
from tests.prove.search import BROKEN, Search
from tests.prove.sites import cut
from tests.prove.transcript import transcript, walk


@pytest.mark.parametrize("model", ["0", "02p", "E0", pytest.param("E1", marks=pytest.mark.campaign)])
def test_trucks_cross_when_nothing_is_wrong_and_nothing_waits_for_ever(model: str) -> None:
    graph = explore(MODELS[model])
    assert graph.broken is None, transcript(graph)
    found = ends(graph)
    assert (graph.expanded, found.open) == (len(graph), 0)
    assert not found.dead
    assert not found.waiting


def test_one_fault_breaks_nothing_as_far_as_a_few_seconds_reach() -> None:
    graph = explore(MODELS["short"])
    assert graph.broken is None, transcript(graph)


def parts_of(searched: str) -> list[Model]:
    return [model for name, model in MODELS.items() if name.startswith(f"{searched}-")]


def test_wherever_it_is_killed_and_started_again_is_in_one_of_the_parts_that_are_searched() -> None:
    parts = parts_of("B1-controller")
    rungs = range(Search(parts[0]).site.ways[0].ladder.clear)
    assert sorted((ahead, again) for part in parts for ahead in part.ahead for again in part.again) == list(product(rungs, rungs))


@pytest.mark.parametrize("searched", ["D1-controller", "B4-cut", "B1-restart-cn", "B1-silent-cn"])
def test_every_place_on_the_lane_is_in_one_of_the_parts_that_are_searched(searched: str) -> None:
    parts = parts_of(searched)
    site = Search(parts[0]).site
    rungs = sorted(rung for part in parts for rung in part.ahead)
    assert rungs == list(range(site.ways[0].ladder.clear))


@pytest.mark.parametrize("searched", ["B1-restart", "B1-silent", "B1-occupied", "B1-vacant", "D1-restart", "D1-silent"])
def test_every_unit_fails_in_one_of_the_parts_that_are_searched(searched: str) -> None:
    parts = parts_of(searched)
    units = [unit for unit in a_site(cut(2, both_ways=False)).layout.units if unit.detectors or not parts[0].faults < STUCK]
    assert {name for part in parts for name in part.units} == {unit.name for unit in units}


def test_the_same_is_found_by_however_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "FORKED_FROM", 8)
    monkeypatch.setattr(crew, "UNEVEN", 2)
    alone, *together = [explore(MODELS["D0"], processes) for processes in (1, 2, 3)]
    assert alone.expanded == len(alone) > 200
    for graph in together:
        assert [graph.path(state) for state in range(len(graph))] == [alone.path(state) for state in range(len(alone))]
        assert (graph.transitions, graph.source, graph.target, graph.kind) == (alone.transitions, alone.source, alone.target, alone.kind)
        assert (graph.expanded, graph.at_rest, graph.words) == (alone.expanded, alone.at_rest, alone.words)


def test_a_lane_whose_trucks_have_other_names_is_the_same_lane_and_no_other_is() -> None:
    """Held against states that are told apart by what they are, names and all."""
    for model, alike in ((MODELS["D0"], 1), (MODELS["02p"]._replace(sections=2), 2)):
        search = Search(model)
        search.begin()
        at = 0
        while at < len(search.states):
            assert BROKEN not in {target for _, _, target in search.expand(at)}
            at += 1
        classes = {search.fingerprint(number)[:PRINT] for number in range(at)}
        assert len(explore(model)) == len(classes)
        assert (len(classes) == at) is (alike == 1)


def test_the_same_violation_is_found_first_by_however_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "FORKED_FROM", 8)
    monkeypatch.setattr(booms, "not_vacant", lambda *_: [])
    alone, *together = [explore(MODELS["A1-stuck"], processes) for processes in (1, 2, 3)]
    assert alone.broken is not None
    for graph in together:
        assert (graph.broken, graph.path(), graph.expanded, graph.transitions) == (
            alone.broken,
            alone.path(),
            alone.expanded,
            alone.transitions,
        )


def test_a_path_that_was_found_can_be_walked_again() -> None:
    path = ["T1 arrives at the entry gate", "the plate is read: MATCHED T1", "the vn boom is up", "T1 hears its order to K1-stop"]
    assert walk(MODELS["0"], path) == ""


def test_every_fault_is_searched_with_one_truck_and_with_two() -> None:
    for trucks, families in ((1, FAMILIES), (2, HALVES)):
        assert frozenset[str]().union(*families.values()) == ALL, trucks


def test_every_planted_bug_is_another_one() -> None:
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS) >= 30


def test_a_process_that_dies_ends_the_search(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(crew, "FORKED_FROM", 1)
    monkeypatch.setattr(search, "changed_wrongly", lambda *_: "" if parent_process() is None else 1 / 0)
    with pytest.raises(ChildProcessError, match="what it said stands above"):
        explore(MODELS["02p"], 2)
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_turn_that_was_done_whenever_a_dispatcher_asks_for_it_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for condition in ("reasons_of_emptiness", "_of_gates", "_of_count"):
        monkeypatch.setattr(turn, condition, lambda *_: [])
    broken = explore(MODELS["E0"]).broken
    assert broken is not None
    assert "the lane is turned" in broken.why
