"""Each invariant has one place in the code that carries its name, and the safety argument names it."""

import importlib
import re
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "safety-argument.md"
ROW = re.compile(r"^\| ([BDRSTE]\d+) \| `([\w.]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
COUNTS = {"B": 8, "D": 6, "R": 12, "S": 7, "T": 5, "E": 4}
ALL = {f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)}
OF_THE_PEER = {"R9", "R10"}


def table() -> dict[str, tuple[str, str]]:
    return {name: (function, proof) for name, function, proof, _ in ROW.findall(DOCUMENT.read_text(encoding="utf-8"))}


def found(path: str) -> object:
    """A function or a class by its dotted name, wherever its module ends."""
    parts = path.split(".")
    for end in range(len(parts) - 1, 0, -1):
        try:
            here: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for name in parts[end:]:
            here = getattr(here, name)
        return here
    raise LookupError(path)


def test_no_invariant_that_one_controller_can_hold_is_missing() -> None:
    assert set(table()) == ALL - OF_THE_PEER


def test_what_waits_for_the_peer_is_said() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(re.search(rf"\b{name}\b", text) for name in OF_THE_PEER)
    assert "lanectl.interlocking.turn.sides_agree" in text


@pytest.mark.parametrize("invariant", sorted(table()))
def test_the_function_exists_and_carries_the_name(invariant: str) -> None:
    path, _ = table()[invariant]
    words = getattr(found(path), "__doc__", None) or importlib.import_module(path.rsplit(".", 1)[0]).__doc__ or ""
    module = importlib.import_module(".".join(path.split(".")[:2])).__doc__ or ""
    assert re.search(rf"\b{invariant}\b", words) or (path.startswith("drivers.clock") and invariant in module), f"{path}: {words}"


@pytest.mark.parametrize("invariant", sorted(table()))
def test_the_tests_that_it_names_exist(invariant: str) -> None:
    _, proof = table()[invariant]
    for name in re.findall(r"\btest_\w+", proof):
        assert (Path(__file__).parent / f"{name}.py").exists(), name
    for folder in re.findall(r"\b(?:tests|benchmarks)/[\w.]+", proof):
        assert (DOCUMENT.parents[1] / folder.rstrip(".")).exists(), folder
