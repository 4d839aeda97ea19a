"""The journal's records on their way to disk: numbered, limited, and honest about what did not fit. No thread and no clock."""

from collections import deque
from itertools import islice

from lanectl.chain import GAP, Record
from lanectl.record import VERSION, encode_json

QUEUE_MAX = 20_000  # some minutes of a lane's steps; beyond that a gap is recorded instead
BATCH_MAX = 1_000  # records a commit


class JournalQueue:
    """`kept`: the newest record that is queued or written: one beyond it was lost to a full queue."""

    def __init__(self, last_seq: int, queue_max: int = QUEUE_MAX) -> None:
        self.kept = 0
        self._next = last_seq + 1
        self._queue_max = queue_max
        self._queue: deque[Record] = deque()
        self._lost: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self._queue)

    def append(self, record: Record, why_full: str) -> int:
        """Queues it under the next seq, which is returned. With a full queue it is lost, and the gap recorded when there is room again."""
        assert "\n" not in record.wall + record.kind, "a newline would let two records have one hash"
        room = self._queue_max if self._lost is None else self._queue_max // 2
        if len(self._queue) >= room:
            self._lost = (self._lost[0] if self._lost else self._next, self._next)
            self._next += 1
            return self._lost[1]
        if self._lost is not None:
            lost = {"v": VERSION, "from": self._lost[0], "to": self._lost[1], "why": why_full or "the queue was full"}
            self._lost = None
            self._queue_up(Record(0, record.at, record.wall, GAP, encode_json(lost), b""))
        return self._queue_up(record)

    def batch(self) -> list[Record]:
        """What waits, at most BATCH_MAX; it stays queued until it is on disk."""
        return list(islice(self._queue, BATCH_MAX))

    def written(self, count: int) -> None:
        for _ in range(count):
            self._queue.popleft()

    def _queue_up(self, record: Record) -> int:
        seq = self._next
        self._next += 1
        # + 0.0: SQLite would give -0.0 back as 0.0
        self._queue.append(Record(seq, record.at + 0.0, record.wall, record.kind, record.body, b""))
        self.kept = seq
        return seq
