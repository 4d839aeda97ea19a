"""A mistake in a scenario file is named with its file, line and key, and with what to do."""

import tomllib
from pathlib import Path

import pytest

from lanectl.config import ConfigError, load
from lanectl.scenario.facts import What
from lanectl.scenario.files import load_asked, load_scenario
from lanectl.site.problems import Problem

ROOT = Path(__file__).parents[2]
SITE = load(ROOT / "config" / "bac-luan-2")
DOCUMENT = (ROOT / "docs" / "how-to" / "scenarios.md").read_text(encoding="utf-8")
RIGHT = DOCUMENT.split("```toml\n")[1].split("```")[0]


def problems_of(folder: Path, text: str) -> tuple[Problem, ...]:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_scenario(path, SITE)
    return caught.value.problems


@pytest.mark.parametrize(
    ("there", "instead", "code", "message", "remedy"),
    [
        ("within_s = 60.0", "withn_s = 60.0", "C012", "unknown key `withn_s`", "did you mean `within_s`?"),
        ("within_s = 60.0", "", "C010", "`within_s` is missing", "add `within_s`"),
        ("within_s = 60.0", "within_s = -1", "C013", "`within_s` = -1 is out of range", "from 0 to 7200 seconds"),
        ('what = "crossed"', 'what = "crosed"', "C014", "`crosed` is not a `what`", "did you mean `crossed`?"),
        ('is = "unit_lost"', 'is = "unit_lots"', "C070", "`unit_lots` is nothing that `is` can name", "did you mean `unit_lost`?"),
        ('of = "T01"\nis', 'of = "T02"\nis', "C070", "`T02` is nothing that `of` can name", "did you mean `T01`?"),
        ("unplug vn-barrier", "unplug vn-barier", "C071", "'vn-barier' is none of", "python -m sim faults"),
        ("unplug vn-barrier", "unplugg vn-barrier", "C071", "there is no fault 'unplugg'", "python -m sim faults"),
        ('fault = "unplug vn-barrier"', 'fault = "frozen io-vn"', "C071", "there is no fault 'frozen'", "it needs `lasts_s`"),
        ("at_s = 20.0", "at_s = 20.0\nlasts_s = 5", "C071", "no kind `replug` ends by itself", "without lasts_s"),
        ('after = "refused"            #', 'after = "refusal"  #', "C072", "no expectation is named `refusal`", "did you mean `refused`?"),
        ('name = "refused"', 'name = "refused"\nafter = "refused"', "C072", "stands not above", "move it down"),
    ],
)
def test_a_mistake_is_named_at_its_place_with_a_remedy(
    there: str, instead: str, code: str, message: str, remedy: str, tmp_path: Path
) -> None:
    text = RIGHT.replace(there, instead, 1)
    assert text != RIGHT

    (problem,) = problems_of(tmp_path, text)

    assert (problem.code, problem.file) == (code, "mine.toml")
    assert message in problem.message
    assert remedy in problem.remedy
    assert problem.line > 1


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    found = problems_of(tmp_path, RIGHT.replace("vn-barrier", "vn-bar").replace('"crossed"', '"cross"'))

    assert [problem.code for problem in found] == ["C071", "C071", "C014"]


def test_a_truck_is_described_once_and_a_name_is_given_once(tmp_path: Path) -> None:
    twice = '[[truck]]\nname = "T01"\n' + '[[expect]]\nname = "refused"\nwhat = "crossed"\nof = "T01"\nwithin_s = 1\n'

    assert {problem.code for problem in problems_of(tmp_path, f"{RIGHT}\n{twice}")} == {"C070", "C072"}


def test_the_documented_file_can_be_read_and_every_key_and_word_is_documented(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RIGHT + '[[act]]\nact = "OPEN"\n[[clearance]]\nof = "T01"\nby = "CN"\n', encoding="utf-8")

    _, asked = load_asked(path, SITE)

    assert [key for key in sorted(asked) if f"`{key}`" not in DOCUMENT and f"[{key}]" not in DOCUMENT] == []
    assert [what.value for what in What if f"`{what.value}`" not in DOCUMENT] == []
    assert tomllib.loads(RIGHT)["scenario"]["words"]
