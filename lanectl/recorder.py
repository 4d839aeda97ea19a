"""What the journal holds of a run, so that it alone can be replayed: the facts at its start, then every step.

    start   the facts that decisions rest on, the configuration's text and sha256, the program's version
    step    the report and what followed from it; `act` is a step that a person asked for
    note    anything else worth keeping: an act not permitted, a flash, damage found in the journal itself
A step's refusals are left out while they stay as they were. Now and then, and whenever locks, authority or service change, a step
also holds the whole core after it, so that a restart reads a few records and a replay can be checked on more than commands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from msgspec import Struct

from lanectl.chain import Record
from lanectl.decide import Core, Decision, Facts
from lanectl.model import ActRequested, Command, IdentityReported, Lane, Refusal, Report
from lanectl.record import FLOAT, REPORT, VERSION, Codec, RecordError, check_version, codec, decode_json, encode_json

START, STEP, ACT, NOTE = "start", "step", "act", "note"
STEPS = (STEP, ACT)
CORE_EVERY = 200  # steps at least: some seconds of a lane, replayed in well under one; and as many bytes as the core takes itself


@dataclass(frozen=True, slots=True)
class StartRecord:
    """`config`: file name to its text."""

    facts: Facts
    config: Mapping[str, str]
    site_sha256: str
    program: str


class StepRecord(Struct, frozen=True):
    """`refusals` None: as after the step before. `core`: all that the next decision rests on, where it was kept."""

    report: Report
    commands: tuple[Command, ...]
    wake_at: float
    refusals: tuple[Refusal, ...] | None = None
    identity: IdentityReported | None = None
    core: Core | None = None


class Appending(Protocol):
    """The journal, as the recorder sees it."""

    @property
    def kept(self) -> int: ...

    def append(self, kind: str, at: float, wall: str, body: bytes) -> int: ...


class Recorder:
    """Writes one run. `wall`: the time of day in UTC, for people."""

    def __init__(self, journal: Appending, wall: Callable[[], str]) -> None:
        self._journal = journal
        self._wall = wall
        self._steps_without_core = 0
        self._bytes_without_core = 0
        self._core_bytes = 0
        self._kept_in_core: object = None
        self._refusals: tuple[Refusal, ...] | None = None
        self._last_locks: object = None

    def start(self, now: float, start: StartRecord) -> int:
        """First of all; the steps of the run follow."""
        self._kept_in_core, self._refusals, self._last_locks = None, None, None
        return self._journal.append(START, now, self._wall(), _encode(_start_codec(), start))

    def append_step(self, now: float, report: Report, decision: Decision) -> int:
        if decision.calm is None or self._last_locks is None:  # a step that left the lane calm changed none
            self._last_locks = _locks(decision.core.lane)
        locks = self._last_locks
        whole = locks != self._kept_in_core or self._is_core_due()
        kind = ACT if isinstance(report, ActRequested) else STEP
        body = self._step_body(report, decision, whole=whole)
        seq = self._journal.append(kind, now, self._wall(), body)
        if self._journal.kept != seq:  # lost to a full queue: the next that is kept must stand for itself
            locks, self._refusals = None, None
        else:
            self._refusals = decision.refusals
        self._kept_in_core = locks
        self._steps_without_core = 0 if whole else self._steps_without_core + 1
        self._bytes_without_core = 0 if whole else self._bytes_without_core + len(body)
        self._core_bytes = len(body) if whole else self._core_bytes
        return seq

    def _is_core_due(self) -> bool:
        """The lane of a large fleet is large: it never takes more of the journal than the steps do."""
        return self._steps_without_core >= CORE_EVERY and self._bytes_without_core >= self._core_bytes

    def _step_body(self, report: Report, decision: Decision, *, whole: bool) -> bytes:
        refusals = decision.refusals if whole or decision.refusals != self._refusals else None
        if refusals is None and decision.identity is None and not decision.commands:  # as nearly all are
            return encode_json({"v": VERSION, "report": REPORT.pack(report), "commands": (), "wake_at": FLOAT.pack(decision.wake_at)})
        step = StepRecord(report, decision.commands, decision.wake_at, refusals, decision.identity, decision.core if whole else None)
        return _encode(_step_codec(), step)

    @property
    def kept(self) -> int:
        """The newest record that is queued or written: one beyond it was lost to a full queue."""
        return self._journal.kept

    def note(self, now: float, what: Mapping[str, object], kind: str = NOTE) -> int:
        """`what`: anything that JSON holds."""
        return self._journal.append(kind, now, self._wall(), encode_json({"v": VERSION, **what}))


def read_start(record: Record) -> StartRecord:
    start: StartRecord = _decode(_start_codec(), record)
    return start


def read_step(record: Record) -> StepRecord:
    step: StepRecord = _decode(_step_codec(), record)
    return step


def holds_core(record: Record) -> bool:
    return record.kind in STEPS and b'"core":' in record.body and "core" in decode_json(record.body)


def _encode(form: Codec[Any], value: object) -> bytes:
    return encode_json({"v": VERSION, **{name: held for name, held in form.pack(value).items() if held is not None}})


def _decode(form: Codec[Any], record: Record) -> Any:
    try:
        held = decode_json(record.body)
        check_version(held)
        del held["v"]
        return form.unpack(held)
    except RecordError as error:
        raise RecordError(f"record {record.seq}: {error}") from error


@cache
def _start_codec() -> Codec[StartRecord]:
    return codec(StartRecord)


@cache
def _step_codec() -> Codec[StepRecord]:
    return codec(StepRecord)


def _locks(lane: Lane) -> object:
    """What a restart must not lose: a change of it is written down whole."""
    return (
        lane.service,
        lane.direction,
        [(section.state, section.locked_for) for section in lane.sections.values()],
        [(name, truck.authority, truck.cancelling, truck.stopped_by, truck.sweeping) for name, truck in lane.trucks.items()],
    )
