"""What a run costs the journal."""

from lanectl.decide import Facts, begin, decide
from lanectl.model import Report, TruckReported, Woke
from lanectl.model.words import Connection
from lanectl.recorder import CORE_EVERY, Recorder
from tests.rules.words import LAYOUT

FLEET = 60


class Kept:
    """A journal in memory."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    @property
    def kept(self) -> int:
        return len(self.bodies)

    def append(self, kind: str, at: float, wall: str, body: bytes) -> int:
        self.bodies.append(body)
        return self.kept


def test_the_lane_of_a_large_fleet_takes_no_more_of_the_journal_than_its_steps() -> None:
    facts, kept = Facts(LAYOUT, {}), Kept()
    recorder, core = Recorder(kept, lambda: ""), begin(facts)
    fleet: list[Report] = [TruckReported(f"T{number}", Connection.ONLINE) for number in range(FLEET)]
    for at, report in enumerate([*fleet, *[Woke()] * (20 * CORE_EVERY)]):
        now = 0.001 * at
        decision = decide(facts, core, now, report)
        recorder.append_step(now, report, decision)
        core = decision.core
    of_steps = kept.bodies[FLEET:]  # who is new to the lane is a change that is kept whole
    cores = [len(body) for body in of_steps if b'"core":' in body]
    assert 1 <= len(cores) < len(of_steps) / CORE_EVERY - 1
    assert sum(cores) <= sum(map(len, of_steps)) / 2
