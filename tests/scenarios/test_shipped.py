"""Each scenario that is shipped is met, and says in a line what it shows."""

from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.scenario.files import load_scenario
from lanectl.scenario.play import Verdict, play

ROOT = Path(__file__).parents[2]
SITE = load(ROOT / "config" / "bac-luan-2")
SHIPPED = sorted((ROOT / "config" / "scenarios").glob("*.toml"))


QUICK = ("one-crossing", "emergency-stop")
PLAYED = [pytest.param(path, id=path.stem, marks=() if path.stem in QUICK else pytest.mark.campaign) for path in SHIPPED]


@pytest.mark.parametrize("path", PLAYED)
def test_a_shipped_scenario_comes_out_as_it_says(path: Path) -> None:
    played = play(SITE, load_scenario(path, SITE))

    assert [check for check in played.checks if check.verdict is not Verdict.MET] == [], "\n".join(played.transcript)
    assert played.transcript == ()


def test_at_least_twelve_are_shipped_each_with_words_of_its_own() -> None:
    words = {load_scenario(path, SITE).words for path in SHIPPED}

    assert len(words) == len(SHIPPED) >= 12
    assert all("\n" not in text and len(text) > 40 for text in words)
