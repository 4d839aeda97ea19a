"""kill -9 in the middle of writing, 200 times over one journal: no acknowledged record may be lost, the chain must stay whole.

    python -m benchmarks.journal_kills [--rounds 200] [--seed 1] [--folder DIR]
Exits with 1 at the first loss and prints the round and the seed.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from lanectl.chain import records, verify

VERIFY_EVERY = 20  # rounds: the whole chain; in between only the end is looked at
WRITER = """
import os, sys
from pathlib import Path
from threading import Semaphore
from lanectl.journal import Journal
UNDER_WAY = 50
room = Semaphore(UNDER_WAY)
def durable(seq):
    os.write(1, b"%d\\n" % seq)
    while room._value < UNDER_WAY:
        room.release()
journal = Journal(Path(sys.argv[1]), deliver=lambda callback: callback(), on_durable=durable, on_writable=lambda writable: None)
while True:
    room.acquire()
    journal.append("step", 1.0, "2026-03-01T07:02:00.000Z", b'{"v":1}')
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        path = Path(folder) / "lane.journal"
        for round_ in range(1, asked.rounds + 1):
            acknowledged = killed_after(path, rng.randint(0, 60))
            verdict = verify(path) if round_ % VERIFY_EVERY == 0 or round_ == asked.rounds else None
            last = verdict.last if verdict else newest(path)
            if last < acknowledged or (verdict and verdict.bad is not None):
                sys.exit(f"round {round_}, seed {asked.seed}: {acknowledged} was acknowledged, the journal ends at {last}; {verdict}")
        print(f"{asked.rounds} kills, {newest(path)} records, none lost that was acknowledged, the chain is whole (seed {asked.seed})")


def killed_after(path: Path, acknowledgements: int) -> int:
    """Runs a writer, kills it after so many acknowledgements and returns the last one it gave."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        last = 0
        for _ in range(acknowledgements):
            last = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read().split(b"\n")[:-1]
        return int(rest[-1]) if rest else last


def newest(path: Path) -> int:
    return next((record.seq for record in records(path, newest=1)), 0) if path.exists() else 0


if __name__ == "__main__":
    main()
