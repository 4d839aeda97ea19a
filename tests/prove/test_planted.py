import re
from pathlib import Path

import pytest

from lanectl.interlocking import booms
from tests.prove.planted import MUTANTS
from tests.prove.planting import RULES, planted

ROOT = Path(__file__).parents[2]
LIST = ROOT / "docs" / "reference" / "planted-bugs.md"


def test_every_planted_bug_finds_its_text() -> None:
    """A rule that was reworded takes its planted bug with it, else nobody learns whether it would still be caught."""
    lost = [f"{m.file}: {m.what}" for m in MUTANTS if (RULES / m.file).read_text().count(m.old) != 1]
    assert lost == []


def test_every_planted_bug_changes_a_rule_while_it_is_planted_and_no_longer() -> None:
    lower = next(mutant for mutant in MUTANTS if mutant.what == "a boom is lowered before a truck on its way")
    sound = booms.may_come_down.__code__
    with planted(lower):
        assert booms.may_come_down.__code__ != sound
    assert booms.may_come_down.__code__ == sound
    for mutant in MUTANTS:
        with planted(mutant):
            pass


def test_every_planted_bug_is_listed_with_what_catches_it() -> None:
    listed = re.findall(r"^\| (\w+) \| (.+) \| `(\w+\.py)` \| `(\w+)` \|$", LIST.read_text(), re.MULTILINE)
    assert [row[:3] for row in listed] == [(m.invariant, m.what, m.file) for m in MUTANTS]
    tests = "".join(path.read_text() for path in (ROOT / "tests" / "rules").glob("*.py"))
    assert [name for *_, name in listed if f"def {name}(" not in tests] == []


def test_a_bug_that_changes_nothing_cannot_be_planted() -> None:
    same = next(mutant for mutant in MUTANTS if mutant.file == "booms.py")
    with pytest.raises(AssertionError, match="no function is another one"), planted(same._replace(new=same.old)):
        pass
