"""For the tests of others: a simulated lane in virtual time as a pytest fixture.

Put `pytest_plugins = ["lanectl.testing"]` into your conftest.py; docs/how-to/scenarios.md has an example.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.model import Act, ActRequested, Authority, Refusal
from lanectl.scenario.facts import Expected, What, When
from lanectl.scenario.play import so
from lanectl.scenario.stage import LOOK_S
from lanectl.site.facts import Site
from lanectl.virtual.simulated_lane import SimulatedLane

__all__ = ["Lane", "lane_site", "simulated_lane"]

TRUCKS = ("T01", "T02", "T03", "T04")


class Lane:
    """A lane that is open and has no truck: call some, let things go wrong, act as its people, and expect what must come of it."""

    def __init__(self, lane: SimulatedLane) -> None:
        self.simulated = lane
        """All that can be seen of it: what the controller holds, its alarms and refusals, where trucks really are."""

    @property
    def now(self) -> float:
        """Seconds since it was opened, of its own time."""
        return self.simulated.now

    def run_for(self, seconds: float) -> None:
        self.simulated.run_for(seconds)

    def call(self, truck: str) -> None:
        """T01 to T04 come to the entry gate, each once."""
        self.simulated.call(truck)

    def fault(self, words: str, lasts_s: float | None = None, draw: float = 0.5) -> None:
        """As a scenario's fault: `unplug vn-barrier`, or a kind of sim/fault_table.py with `lasts_s`."""
        self.simulated.fault(words, lasts_s, draw)

    def attend(self) -> None:
        """From now on people do what the screen says."""
        self.simulated.attend()

    def act(
        self, act: str, of: str = "", *, by: str = "lan", reason: str = "", evidence: str = "", second: str = ""
    ) -> tuple[Refusal, ...]:
        """A person's act; what refused it, nothing when it was done. Fails when no controller answers."""
        refusals = self.simulated.act(ActRequested(Act(act), by, of, reason, evidence, second))
        assert refusals is not None, f"{act}: no controller answers"
        return refusals

    def expect(self, what: str, of: str = "", is_: str = "", *, within_s: float) -> None:
        """Runs on until it is so, in the words of a scenario's expectation. Fails with what was there instead and the lane's transcript."""
        since = self.now
        expected = Expected(When(0.0), What(what), of, is_, within_s)
        while True:
            is_so, seen = so(self.simulated, expected, since)
            self._judge()
            if is_so:
                return
            if self.now >= since + within_s:
                pytest.fail("\n".join([f"expected: {expected.words}", f"there was: {seen}", *self.simulated.transcript()]), pytrace=False)
            self.run_for(LOOK_S)

    def _judge(self) -> None:
        if self.simulated.broken:
            words = "; ".join(broken.words for broken in self.simulated.broken)
            pytest.fail("\n".join([f"a truth of the lane is broken: {words}", *self.simulated.transcript()]), pytrace=False)


@pytest.fixture(scope="session")
def lane_site() -> Site:
    """The site whose lane is simulated; override it in your conftest.py with `lanectl.config.load(FOLDER)`."""
    return load(Path("config/bac-luan-2"))


@pytest.fixture
def simulated_lane(lane_site: Site, tmp_path: Path) -> Iterator[Lane]:
    """An open lane without trucks. At the end no truth of it may be broken, and its journal replays to the same decisions."""
    simulated = SimulatedLane(lane_site, dict.fromkeys(TRUCKS, tuple(Authority)), tmp_path)
    simulated.open()
    lane = Lane(simulated)
    yield lane
    lane._judge()
    simulated.end()
    assert simulated.not_replayed() == ""
