"""The journal through the same rules: what was recorded of the field goes in, what was decided must come out again.

`replay` compares every step, `replay_some` a part of them; `restore` takes the last lane from the journal for the next start (R11).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path

from msgspec.structs import replace

from lanectl.chain import GAP, GENESIS, LAST, JournalError, Record, last_of, link, read_head, records
from lanectl.decide import Core, Decision, Facts, begin, decide
from lanectl.interlocking.refusals import NEVER_PROVED
from lanectl.model import Lane, Refusal, Report, SectionState, Service
from lanectl.record import RecordError
from lanectl.recorder import CORE_EVERY, START, STEPS, StepRecord, holds_core, read_start, read_step

Stepped = Callable[[float, Lane, Report, Decision], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the rules came to something else than was recorded. `what`: commands, refusals, wake_at, identity or core."""

    seq: int
    at: float
    wall: str
    what: str
    recorded: str
    computed: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """`unchecked`: steps that stand behind a gap and before the next whole core. `core`: after the last step."""

    runs: int
    steps: int
    unchecked: int
    last: int
    core: Core | None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """What the last run left. `exact`: every step since the last whole core was checked; else no section of `lane` is vacant."""

    lane: Lane | None
    seq: int = 0
    exact: bool = True
    why: str = ""

    @property
    def armed_before(self) -> bool:
        return self.lane is not None and self.lane.service is not Service.COMMISSIONING


def replay(journal: Path, *, first: int = 0, last: int = LAST) -> Replayed:
    """From the run that `first` belongs to. Stops at the first difference."""
    start = last_of(journal, START, first)
    return _replay(records(journal, first=start.seq if start else 0, last=last))


def replay_some(journal: Path, one_in: int, first: int = 0) -> Replayed:
    """One stretch in so many, each from a whole core to the next, which it must come to. `first`: which one begins."""
    runs = steps = unchecked = last = 0
    for at, (known, stretch) in enumerate(_stretches(records(journal))):
        last = stretch[-1].seq
        if (at - first) % one_in:
            continue
        found = _replay(stretch, known())
        if found.difference is not None:
            return found
        runs, steps, unchecked = runs + found.runs, steps + found.steps, unchecked + found.unchecked
    return Replayed(runs, steps, unchecked, last, None)


def _stretches(recorded: Iterable[Record]) -> "Iterator[tuple[Callable[[], _Known | None], list[Record]]]":
    """Each with what it goes on from: nothing where it begins with the start of a run."""
    begins: Record | None = None
    start: Record | None = None
    held: list[Record] = []
    for record in recorded:
        if record.kind == START and held:
            yield partial(_known_from, start, begins), held
            held = []
        if record.kind == START:
            start, begins = record, None
        held.append(record)
        if holds_core(record):
            yield partial(_known_from, start, begins), held
            begins, held = record, []
    if held:
        yield partial(_known_from, start, begins), held


def _known_from(start: Record | None, whole: Record | None) -> "_Known | None":
    if start is None or whole is None:
        return None
    step = read_step(whole)
    assert step.core is not None
    return _Known(read_start(start).facts, step.core, step.refusals or ())


@dataclass(frozen=True, slots=True)
class _Known:
    """What the next step goes on from."""

    facts: Facts
    core: Core
    refusals: tuple[Refusal, ...]


class Replaying:
    """The rules again, record by record. `core`: after the last step, None behind a gap; `refusals`: those of the last step.

    `stepped` is told of each step, as an observer of the controller is.
    """

    def __init__(self, known: "_Known | None" = None, stepped: Stepped | None = None) -> None:
        self.runs = self.steps = self.unchecked = self.seq = 0
        self._facts: Facts | None = known.facts if known else None
        self.core: Core | None = known.core if known else None
        self.refusals: tuple[Refusal, ...] = known.refusals if known else ()
        self._stepped = stepped

    def take(self, record: Record) -> Difference | None:
        self.seq = record.seq
        if record.kind == START:
            self._facts = read_start(record).facts
            self.core, self.runs = begin(self._facts), self.runs + 1
        elif record.kind == GAP:
            self.core = None
        elif record.kind in STEPS and self._facts is not None:
            return self._step(self._facts, record, read_step(record))
        return None

    def _step(self, facts: Facts, record: Record, step: StepRecord) -> Difference | None:
        self.refusals = self.refusals if step.refusals is None else step.refusals
        if self.core is None:
            self.core, self.unchecked = step.core, self.unchecked + 1
            return None
        before, decision = self.core.lane, decide(facts, self.core, record.at, step.report)
        self.core, self.steps = decision.core, self.steps + 1
        if self._stepped is not None:
            self._stepped(record.at, before, step.report, decision)
        return _difference(record, step, self.refusals, decision)


def _replay(recorded: Iterable[Record], known: _Known | None = None) -> Replayed:
    again = Replaying(known)
    difference = next((found for record in recorded if (found := again.take(record)) is not None), None)
    return Replayed(again.runs, again.steps, again.unchecked, again.seq, again.core, difference)


def _difference(record: Record, step: StepRecord, refusals: tuple[Refusal, ...], decision: Decision) -> Difference | None:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("commands", step.commands, decision.commands),
        ("refusals", refusals, decision.refusals),
        ("wake_at", step.wake_at, decision.wake_at),
        ("identity", step.identity, decision.identity),
    )
    if step.core is not None:
        pairs += _core_pairs(step.core, decision.core)
    for what, recorded, computed in pairs:
        if recorded != computed:
            return Difference(record.seq, record.at, record.wall, what, repr(recorded), repr(computed))
    return None


def _core_pairs(recorded: Core, computed: Core) -> tuple[tuple[str, object, object], ...]:
    """Part by part, so that a difference is short enough to read."""
    pairs: list[tuple[str, object, object]] = [("core.votes", dict(recorded.votes), dict(computed.votes))]
    for name in Lane.__struct_fields__:
        before, after = getattr(recorded.lane, name), getattr(computed.lane, name)
        if isinstance(before, dict) and isinstance(after, dict):
            keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
            pairs += [(f"core.lane.{name}.{key}", before.get(key), after.get(key)) for key in keys]
        else:
            pairs.append((f"core.lane.{name}", before, after))
    return tuple(pairs)


def check_lane(journal: Path, name: str) -> None:
    """Raises JournalError where another lane wrote this journal: what it proved vacant may be of the same shape, and is elsewhere.

    A journal that cannot be read is no matter of this: `restore` then takes nothing to be vacant.
    """
    try:
        start = last_of(journal, START) if journal.exists() else None
        wrote = read_start(start).facts.layout.name if start else name
    except RecordError:
        return
    if wrote != name:
        raise JournalError(f"{journal}: is the journal of {wrote}, not of {name}; give this lane one of its own with --journal")


def restore(journal: Path) -> Restored:
    """The lane as the last run left it. To be called before the journal is opened for writing, which takes up its head."""
    if not journal.exists():
        return Restored(None)
    before, tail = _tail(journal)
    if not tail:
        return Restored(None)
    kept = read_step(tail[0])
    assert kept.core is not None
    why = _doubt(journal, before, tail) or _not_replayable(journal, tail[0])
    if why:
        return Restored(_unproved(kept.core.lane), tail[-1].seq, exact=False, why=why)
    start = last_of(journal, START, tail[0].seq)
    assert start is not None
    replayed = _replay(_of_one_run(tail[1:]), _Known(read_start(start).facts, kept.core, kept.refusals or ()))
    if replayed.difference is not None:
        why = f"record {replayed.difference.seq}: these rules come to other {replayed.difference.what} than were recorded"
    elif replayed.core is None:
        why = "records were lost while the journal could not be written"
    if replayed.core is None or why:
        return Restored(_unproved(kept.core.lane), tail[-1].seq, exact=False, why=why)
    return Restored(replayed.core.lane, tail[-1].seq)


def _tail(journal: Path) -> tuple[Record | None, list[Record]]:
    """The records from the last whole core on, and the one before them."""
    count = CORE_EVERY
    while True:
        count *= 2
        found = list(records(journal, newest=count))
        cores = [n for n, record in enumerate(found) if holds_core(record)]
        if cores and (cores[-1] > 0 or len(found) < count):
            return (found[cores[-1] - 1] if cores[-1] > 0 else None), found[cores[-1] :]
        if len(found) < count:
            return None, []


def _of_one_run(tail: Iterable[Record]) -> Iterable[Record]:
    """A run that only began left nothing to take up."""
    return takewhile(lambda record: record.kind != START, tail)


def _doubt(journal: Path, before: Record | None, tail: list[Record]) -> str:
    """Why the end of this journal cannot be trusted, "" when it can."""
    last_hash, last_seq = (before.hash, before.seq) if before else (GENESIS, 0)
    for record in tail:
        if link(last_hash, record.seq, record.at, record.wall, record.kind, record.body) != record.hash:
            return f"record {record.seq} does not match its hash"
        if record.seq != last_seq + 1 and record.kind != GAP:
            return f"record {last_seq + 1} is missing"
        last_hash, last_seq = record.hash, record.seq
    try:
        head = read_head(journal)
    except JournalError as error:
        return str(error)
    if head is None:
        return "the head is missing: a cut-off end cannot be excluded"
    if head.seq > last_seq:
        return f"the end was cut off: {head.seq} was the last record"
    return "" if head.seq < last_seq or head.hash == last_hash else "the head does not match the last record"


def _not_replayable(journal: Path, first: Record) -> str:
    start = last_of(journal, START, first.seq)
    if start is None:
        return "no start of a run is recorded"
    try:
        read_start(start)
    except RecordError as error:
        return str(error)
    return ""


def _unproved(lane: Lane) -> Lane:
    """Locks and authorities stay as they were; that a section is vacant is not believed."""
    suspect = {
        name: section
        if section.state is SectionState.OCCUPIED
        else replace(section, state=SectionState.SUSPECT, why_suspect=NEVER_PROVED, vacant_before=False)
        for name, section in lane.sections.items()
    }
    return replace(lane, sections=suspect)
