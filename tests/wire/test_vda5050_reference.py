"""The table of rules in docs/reference/vda5050.md says what is true: every rule, code that is there, tests that are there."""

import re
from pathlib import Path

import pytest

from drivers.wire.vda5050.rules import RULES

ROOT = Path(__file__).parents[2]
TABLE = re.findall(
    r"^\| (\d+) \| (.+?) \| .+? \| (.+?) \| (.+?) \|$", (ROOT / "docs/reference/vda5050.md").read_text(encoding="utf-8"), re.M
)


def test_table_holds_every_rule_in_its_own_words() -> None:
    assert {int(number): says for number, says, _, _ in TABLE} == {rule.number: rule.says for rule in RULES.values()}


@pytest.mark.parametrize(("number", "code"), [(number, code) for number, _, code, _ in TABLE])
def test_code_that_keeps_a_rule_is_there(number: str, code: str) -> None:
    for path, name in re.findall(r"`([^`]+)` (\w+)", code):
        assert re.search(rf"\b(def|class) {name}\b|\b{name}: ", (ROOT / path).read_text(encoding="utf-8")), (
            f"rule {number}: {path} has no {name}"
        )


@pytest.mark.parametrize(("number", "tests"), [(number, tests) for number, _, _, tests in TABLE])
def test_test_that_proves_a_rule_is_there(number: str, tests: str) -> None:
    named = re.findall(r"`([^`]+)::(\w+)`", tests)
    assert named, f"rule {number} has no test"
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"rule {number}: {path} has no {name}"


def test_each_way_to_go_wrong_is_told_and_tested() -> None:
    """Its alarm or refusal has a sentence, and the test that is named is there."""
    page = (ROOT / "docs/reference/vda5050.md").read_text(encoding="utf-8")
    table = page.partition("## When a truck")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .+? \| `([^`]+)::(\w+)` \|$", table, re.M)
    wording = (ROOT / "lanectl/wording/en.toml").read_text(encoding="utf-8")
    assert len(rows) >= 16
    for what, seen, path, name in rows:
        codes = re.findall(r"`(\w+)`", seen)
        assert all(f"[alarm.{code}]" in wording or f"\n{code} = " in wording for code in codes), what
        assert codes, what
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{what}: {path} has no {name}"
