from pathlib import Path

import lanectl.interlocking
from tests.prove.planted import MUTANTS

RULES = Path(lanectl.interlocking.__file__).parent


def test_every_planted_bug_finds_its_text() -> None:
    """A rule that was reworded takes its planted bug with it, else nobody learns whether it would still be caught."""
    lost = [f"{m.file}: {m.what}" for m in MUTANTS if (RULES / m.file).read_text().count(m.old) != 1]
    assert lost == []
