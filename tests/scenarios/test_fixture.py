"""The fixture that others' tests use, and the example of it in the documentation."""

from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.site.facts import Site
from lanectl.testing import Lane

pytest_plugins = ["lanectl.testing"]
ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "docs" / "how-to" / "scenarios.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]


@pytest.fixture(scope="session")
def lane_site() -> Site:
    return load(ROOT / "config" / "bac-luan-2")


def test_the_documented_example_passes(simulated_lane: Lane) -> None:
    found: dict[str, object] = {}
    exec(EXAMPLE, found)
    (example,) = (test for name, test in found.items() if name.startswith("test_"))
    assert callable(example)

    example(simulated_lane)


def test_what_is_not_met_fails_the_test_with_the_lanes_own_words(simulated_lane: Lane) -> None:
    simulated_lane.call("T01")
    with pytest.raises(pytest.fail.Exception) as failed:
        simulated_lane.expect("crossed", "T01", within_s=20.0)

    assert "expected: crossed T01" in str(failed.value)
    assert "T01 is called" in str(failed.value)


def test_a_refused_act_says_why(simulated_lane: Lane) -> None:
    (refusal,) = simulated_lane.act("RESET", "vn")

    assert refusal.code == "nothing_to_reset"
