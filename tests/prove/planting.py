"""A planted bug in the rules that run: the code of each function that it changes is exchanged, and back again."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import lanectl.interlocking
from tests.prove.mutant import Mutant

RULES = Path(lanectl.interlocking.__file__).parent


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Whoever imported a function has the changed one too: it stays the same object. AssertionError when nothing would change."""
    sound = (RULES / mutant.file).read_text()
    assert sound.count(mutant.old) == 1, f"{mutant.file}: {mutant.old!r} stands {sound.count(mutant.old)} times"
    before, after = (dict(_codes(compile(text, mutant.file, "exec"))) for text in (sound, sound.replace(mutant.old, mutant.new)))
    changed = [function for function in _functions(mutant.file) if after[_name(function)] != before[_name(function)]]
    assert changed, f"{mutant.file}: {mutant.what}: no function is another one with it"
    kept = [(function, function.__code__) for function in changed]
    for function in changed:
        function.__code__ = after[_name(function)]
    try:
        yield
    finally:
        for function, code in kept:
            function.__code__ = code


def lines_of(mutant: Mutant) -> range:
    """The lines of its file that it changes."""
    sound = (RULES / mutant.file).read_text()
    first = sound[: sound.index(mutant.old)].count("\n") + 1
    return range(first, first + mutant.old.count("\n") + 1)


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """Every function of a module and of its classes; what a function defines is part of it."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part.co_qualname, part
            yield from _codes(part)


def _name(function: FunctionType) -> str:
    return function.__code__.co_qualname


def _functions(file: str) -> Iterator[FunctionType]:
    name = Path(file).stem
    module = importlib.import_module("lanectl.interlocking" if name == "__init__" else f"lanectl.interlocking.{name}")
    yield from _within(module, module)


def _within(owner: ModuleType | type, module: ModuleType) -> Iterator[FunctionType]:
    for part in list(vars(owner).values()):
        inner: Any = getattr(part, "fget", None) or getattr(part, "__wrapped__", None) or part
        if getattr(inner, "__module__", "") != module.__name__:
            continue
        if isinstance(inner, FunctionType):
            yield inner
        elif isinstance(inner, type):
            yield from _within(inner, module)
