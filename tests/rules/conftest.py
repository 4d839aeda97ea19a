import pytest

from lanectl.model import Report, Step
from tests.rules.mirror import Mirror
from tests.rules.words import Field, a_layout_both_ways


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Mirror:
    """Everything that a field says is said to the mirrored lane too."""
    found = Mirror(a_layout_both_ways())
    said = Field.say

    def say(self: Field, report: Report) -> Step:
        before, now = self.lane, self.now
        done = said(self, report)
        found.check(before, now, report, done)
        return done

    monkeypatch.setattr(Field, "say", say)
    return found
