"""The shipped site with a mistake or two in it, as tests ask for it."""

import shutil
from pathlib import Path

from lanectl.config import load
from lanectl.site.problems import ConfigError, Problem

SHIPPED = Path(__file__).parent.parent / "config" / "bac-luan-2"
Edit = tuple[str, str, str]
"""File, text in it (once is enough), what stands there instead."""


def site_with(folder: Path, *edits: Edit) -> Path:
    """A copy of the shipped site with the first of each text replaced."""
    target = folder / "site"
    shutil.copytree(SHIPPED, target)
    for name, old, new in edits:
        text = (target / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        (target / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return target


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """What is wrong with it, nothing when it loads."""
    try:
        load(folder)
    except ConfigError as error:
        return error.problems
    return ()


def codes_of(folder: Path) -> list[str]:
    return [problem.code for problem in problems_of(folder)]
