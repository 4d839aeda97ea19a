"""For tests of the journal: what it said, a small lane with small rules, and a run of them that is recorded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition

from msgspec.structs import replace

from lanectl.decide import Facts, begin, decide
from lanectl.journal import Journal
from lanectl.layout import Gate, Layout, Limits, Point, Section, Unit
from lanectl.model import (
    Act,
    ActRequested,
    Aspect,
    Direction,
    JournalReported,
    Lane,
    Refusal,
    Report,
    SectionNow,
    SectionState,
    Service,
    SetAspect,
    Started,
    Step,
)
from lanectl.plates import VoteSettings
from lanectl.recorder import Recorder, StartRecord
from lanectl.replay import restore

DEADLINE_S = 15.0
WALL = "2026-03-01T07:02:00.000Z"
OPEN, CLOSE = ActRequested(Act.OPEN, "lan"), ActRequested(Act.CLOSE, "lan")
LAYOUT = Layout(
    name="test",
    direction=Direction.VN_TO_CN,
    points=(
        Point("P0", (("v-a",), ("v-l", "v-c"), ("v-o",)), 1),
        Point("P1", (("1-a",), ("1-b",))),
        Point("P2", (("c-a",), ("c-l", "c-c"), ("c-o",))),
    ),
    sections=(Section("K1", "P0", "P1", "K1-stop", 100.0), Section("K2", "P1", "P2", "cn-gate", 100.0)),
    gates=(
        Gate("vn", "P0", "b-vn", "io-vn", "vn-gate", "vn-clear", ("v-l", "v-c")),
        Gate("cn", "P2", "b-cn", "io-cn", "cn-gate", "cn-clear", ("c-l", "c-c")),
    ),
    units=(
        Unit("io-vn", ("v-a", "v-l", "v-c", "v-o", "1-a", "1-b"), signals=True),
        Unit("io-cn", ("c-a", "c-l", "c-c", "c-o"), signals=True),
        Unit("b-vn", (), signals=False),
        Unit("b-cn", (), signals=False),
    ),
    overlap_sections=1,
    clearance_needed=True,
    places_beyond=6,
    limits=Limits(),
)
FACTS = Facts(LAYOUT, {"vn": VoteSettings()})


@dataclass
class Told:
    """What the journal said, in its order; `until` waits for it, bounded."""

    said: list[bool | int] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def deliver(self, callback: Callable[[], None]) -> None:
        with self.changed:
            callback()
            self.changed.notify_all()

    def until(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, DEADLINE_S), f"the journal said only {self.said}"

    def until_durable(self, seq: int) -> None:
        self.until(lambda: any(type(said) is int and said >= seq for said in self.said))

    def until_not_writable(self) -> None:
        self.until(lambda: any(said is False for said in self.said))


def journal_at(path: Path, told: Told, queue_max: int = 20_000) -> Journal:
    """Looks again soon after it could not write."""
    return Journal(path, deliver=told.deliver, on_durable=told.said.append, on_writable=told.said.append, queue_max=queue_max, retry_s=0.02)


def small_initial(layout: Layout) -> Lane:
    return Lane(sections={section.name: SectionNow() for section in layout.sections})


def small_step(layout: Layout, lane: Lane, now: float, event: Report) -> Step:
    """Opens and closes, remembers what it restored, and always says why it waits."""
    commands: tuple[SetAspect, ...] = ()
    match event:
        case Started(lane=before) if before is not None:
            lane = before
        case ActRequested(act=Act.OPEN):
            vacant = {name: SectionNow(SectionState.VACANT) for name in lane.sections}
            lane = replace(lane, service=Service.OPEN, sections=vacant)
        case ActRequested(act=Act.CLOSE):
            lane, commands = replace(lane, service=Service.CLOSED), (SetAspect("vn", Aspect.STOP),)
        case JournalReported(writable=writable):
            lane = replace(lane, journal_writable=writable)
        case _:
            pass
    return Step(lane, commands, (Refusal("service_closed", "T01", "R3", (("is", lane.service.value),)),), now + 1.5)


class Run:
    """A controller's run, as far as the journal sees it."""

    def __init__(self, path: Path, facts: Facts = FACTS, queue_max: int = 20_000) -> None:
        self.facts = facts
        self.restored = restore(path)
        self.journal = journal_at(path, Told(), queue_max)
        self.recorder = Recorder(self.journal, lambda: WALL)
        self.core = begin(facts)
        self.now = 10.0
        self.recorder.start(self.now, StartRecord(facts, {"site.toml": "[site]\n"}, "ab" * 32, "lanectl 0.1.0"))
        self.report(Started(self.restored.armed_before, self.restored.lane))

    def report(self, *reports: Report) -> int:
        seq = 0
        for report in reports:
            self.now += 0.1
            decision = decide(self.facts, self.core, self.now, report)
            self.core = decision.core
            seq = self.recorder.append_step(self.now, report, decision)
        return seq

    def end(self) -> None:
        assert self.journal.close() == 0


def a_run(path: Path, *reports: Report) -> Run:
    run = Run(path)
    run.report(*reports)
    run.end()
    return run
