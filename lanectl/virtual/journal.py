"""The journal in virtual time: the production queue and file, durable after a drawn delay; the file itself is written in large batches."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from drivers.clock import Clock
from lanectl.chain import Record
from lanectl.journal_file import JournalFile
from lanectl.journal_queue import JournalQueue
from sim.bench import Disk

RETRY_S = 0.5  # as the production writer
COMMIT_S = (0.0015, 0.010)  # reliability.md: durable p50 1.2 to 4.9 ms, p99 7 to 14 ms
TAIL_S = (0.020, 0.550)  # its sync tails
TAIL_PART = 0.002
FLUSH_AT = 2_000  # records on "disk" before they go to the file


class VirtualJournal:
    """What is durable at a kill is what `restore` finds; the rest never was."""

    def __init__(
        self, path: Path, clock: Clock, disk: Disk, dice: Random, on_durable: Callable[[int], None], on_writable: Callable[[bool], None]
    ) -> None:
        self.path = path
        self.why = ""
        self._clock = clock
        self._disk = disk
        self._dice = dice
        self._on_durable, self._on_writable = on_durable, on_writable
        self._file = JournalFile(path)
        self.damage = self._file.damage
        self._queue = JournalQueue(self._file.last.seq)
        self._durable: list[Record] = []
        self._writing: list[Record] = []
        self._writable: bool | None = None

    @property
    def kept(self) -> int:
        return self._queue.kept

    def append(self, kind: str, at: float, wall: str, body: bytes) -> int:
        seq = self._queue.append(Record(0, at, wall, kind, body, b""), self.why)
        if not self._writing:
            self._begin()
        return seq

    def close(self) -> None:
        """The process is dead: what was durable lies in the file."""
        self._flush()
        self._file.close()

    def _begin(self) -> None:
        self._writing = self._queue.batch()
        if self._writing:
            low, high = TAIL_S if self._dice.random() < TAIL_PART else COMMIT_S
            self._clock.call_at(self._clock.now() + low + (high - low) * self._dice.random(), self._commit)

    def _commit(self) -> None:
        if self._disk.full:
            self._tell(False, f"{self.path.name}: cannot be written: the disk is full")
            self._clock.call_at(self._clock.now() + RETRY_S, self._commit)
            return
        self._tell(True, "")
        batch, self._writing = self._writing, []
        self._queue.written(len(batch))
        self._durable += batch
        if len(self._durable) >= FLUSH_AT:
            self._flush()
        self._on_durable(batch[-1].seq)
        if not self._writing:
            self._begin()

    def _flush(self) -> None:
        if self._durable:
            why = self._file.take(self._durable)
            assert not why, why
            self._durable = []

    def _tell(self, writable: bool, why: str) -> None:
        self.why = why
        if self._writable is not writable:
            self._writable = writable
            self._on_writable(writable)
