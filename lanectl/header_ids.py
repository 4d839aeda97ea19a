"""Header ids and the run's number, kept beside the journal: a restarted controller goes on counting where it stopped, and never goes back.

    FILE.headers   "reserved run" and, a sector further, what was sent: "length crc32 json"
What was sent is written before each send and not synced: the operating system keeps it over the end of a process, not over a power cut.
`reserved` is synced, and no id reaches it: after a cut every topic goes on from there. A gap is what a lost message leaves, and QoS 0 may
lose one; an id twice is never right.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock, Thread
from uuid import uuid4
from zlib import crc32

import msgspec

from drivers.wire.vda5050.topics import Topic
from lanectl.chain import JournalError

log = logging.getLogger(__name__)

BLOCK = 1000  # ids of one topic that are reserved at once; the next block while half of them are left
SECTOR = 512  # bytes that a disk writes whole or not at all
SENT_BYTES_MAX = 2**20
BOOT = Path("/proc/sys/kernel/random/boot_id")

Aside = Callable[[Callable[[], None]], None]


class _Sent(msgspec.Struct, frozen=True):
    """`boot`: of the machine that wrote it, "" once it is synced: then it is true after any boot. `next`: by "serial topic"; `floor`: of
    a topic that is not in it.
    """

    boot: str
    next: dict[str, int]
    floor: int


def headers_path(journal: Path) -> Path:
    return journal.with_name(journal.name + ".headers")


def this_boot() -> str:
    """Where that is unknown it is another one each time: then nothing counts as kept by the operating system."""
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return uuid4().hex


def in_a_thread(work: Callable[[], None]) -> None:
    Thread(target=work, name="headers", daemon=True).start()


class KeptHeaderIds:
    """`run`: as wanted, or more if an earlier run had that: a clock that went back makes no order id twice. JournalError: no file there.

    `ran_before`: this lane has a past, by its journal. `aside` does what waits for the disk.
    """

    def __init__(self, journal: Path, run: int, boot: str, *, ran_before: bool, aside: Aside = in_a_thread) -> None:
        self._path = headers_path(journal)
        self._boot, self._aside = boot, aside
        self._reserving = self._failed = self._closed = False
        self._lock = Lock()  # the file must not be closed under a thread that writes it
        try:
            ran_before = ran_before or self._path.exists()
            self._descriptor = _opened(self._path)
            reserved, last_run = self._read_reserved()
            self.run = max(run, last_run + 1)
            if ran_before and not reserved:
                log.error("%s: is missing or does not read; header ids go on from %d", self._path, self.run)
                reserved = self.run  # no earlier run sent so many messages as seconds have gone since 1970
            self._floor, self._next = _go_on(self._read_sent(), reserved, boot)
            self._reserved = max([reserved, self._floor, *self._next.values()]) + BLOCK
            self._write_sent(boot)
            self._write_reserved(self._reserved)  # syncs both: what an earlier run left as synced holds no more
        except OSError as error:
            raise JournalError(f"{self._path}: cannot be written: {error}") from error

    def next_id(self, serial: str, topic: Topic) -> int:
        return self._next.get(f"{serial} {topic.value}", self._floor)

    def used(self, serial: str, topic: Topic) -> None:
        used = self.next_id(serial, topic)
        self._next[f"{serial} {topic.value}"] = used + 1
        if not self._closed:
            self._told(partial(self._write_sent, self._boot))
        if used + BLOCK // 2 >= self._reserved and not self._reserving:
            self._reserving = True
            self._aside(partial(self._reserve, used + BLOCK))

    def close(self, *, synced: bool = True) -> None:
        """After the last message. Once it is synced, what was sent is known over a power cut too."""
        with self._lock, suppress(OSError):
            self._closed = True
            if synced:
                self._write_sent("")
                os.fsync(self._descriptor)
            os.close(self._descriptor)

    def _reserve(self, wanted: int) -> None:
        """Sending goes on meanwhile, beyond the reserve too if the disk takes nothing: a stop waits for no disk."""
        with self._lock:
            if not self._closed and self._told(partial(self._write_reserved, wanted)):
                self._reserved = wanted
        self._reserving = False

    def _told(self, write: Callable[[], None]) -> bool:
        try:
            write()
        except OSError as error:
            if not self._failed:
                log.error("%s: cannot be written: %s. After a power cut header ids may repeat", self._path, error)
            self._failed = True
            return False
        self._failed = False
        return True

    # ------------------------------------------------------------ the file

    def _read_reserved(self) -> tuple[int, int]:
        words = os.pread(self._descriptor, SECTOR, 0).split()
        try:
            return int(words[0]), int(words[1])
        except (ValueError, IndexError):
            return 0, 0

    def _write_reserved(self, reserved: int) -> None:
        os.pwrite(self._descriptor, f"{reserved:020d} {self.run:020d}\n".encode(), 0)
        os.fsync(self._descriptor)

    def _read_sent(self) -> _Sent | None:
        head, _, rest = os.pread(self._descriptor, SENT_BYTES_MAX, SECTOR).partition(b"\n")
        try:
            length, crc = int(head.split()[0]), int(head.split()[1])
            body = rest[:length]
            return msgspec.json.decode(body, type=_Sent) if crc32(body) == crc else None
        except (ValueError, IndexError, msgspec.DecodeError):
            return None

    def _write_sent(self, boot: str) -> None:
        body = msgspec.json.encode(_Sent(boot, self._next, self._floor))
        os.pwrite(self._descriptor, f"{len(body)} {crc32(body)}\n".encode() + body, SECTOR)


def _opened(path: Path) -> int:
    """So that its name outlives a power cut too."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    os.fsync(folder)
    os.close(folder)
    return descriptor


def _go_on(sent: _Sent | None, reserved: int, boot: str) -> tuple[int, dict[str, int]]:
    """Where a topic begins that was never counted, and where the others go on."""
    return (sent.floor, dict(sent.next)) if sent is not None and sent.boot in ("", boot) else (reserved, {})
