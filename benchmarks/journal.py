"""How long a record takes to be durable, at rates a lane sees, against a bare write and fsync of the same bytes on the same disk.

    python -m benchmarks.journal [--seconds 10] [--folder DIR]      DIR on the disk to be measured
Both are measured in one run, turn about, so that the ratio holds on any machine.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Condition

from lanectl.journal import Journal
from lanectl.model import DetectorsReported, Reading
from lanectl.record import codec, encode_json
from lanectl.recorder import StepRecord

RATES_HZ = (50, 200, 500, 1000)
WALL = "2026-03-01T07:02:00.000Z"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for rate in RATES_HZ:
            durable, call = journal_delays(Path(folder) / f"{rate}.journal", rate, asked.seconds)
            bare = fsync_delays(Path(folder) / f"{rate}.bare", rate, min(asked.seconds, 5.0))
            rows.append((rate, durable, call, bare))
    if asked.json:
        print(
            json.dumps(
                {
                    "schema_version": 1,
                    "rows": [dict(zip(("rate", "durable_ms", "append_ms", "fsync_ms"), each, strict=True)) for each in map(summed, rows)],
                }
            )
        )
        return
    print(
        f"{'records/s':>9}  {'durable p50':>11} {'p99':>8} {'max':>8}   {'append p99':>10}   {'fsync p50':>9} {'p99':>8}   ratio p50    p99"
    )
    for rate, durable, call, bare in rows:
        ratio = [quantile(durable, q) / quantile(bare, q) for q in (0.5, 0.99)]
        print(
            f"{rate:>9}  {ms(durable, 0.5):>11} {ms(durable, 0.99):>8} {ms(durable, 1):>8}   {ms(call, 0.99):>10}   "
            f"{ms(bare, 0.5):>9} {ms(bare, 0.99):>8}   {ratio[0]:>9.2f} {ratio[1]:>6.2f}"
        )


def record_body(n: int) -> bytes:
    """A step such as a lane writes most: a poll that changed nothing."""
    report = DetectorsReported("io-vn", n / 10, tuple((f"vn-{name}", Reading.VACANT) for name in ("approach", "loop", "curtain", "clear")))
    return encode_json({"v": 1, **codec(StepRecord).pack(StepRecord(report, (), n / 10 + 0.25))})


def journal_delays(path: Path, rate_hz: int, seconds: float) -> tuple[list[float], list[float]]:
    """Seconds from `append` to the word that it is durable; and seconds that `append` itself took."""
    sent: dict[int, float] = {}
    delays: list[float] = []
    calls: list[float] = []
    changed = Condition()
    told = 0

    def durable(seq: int) -> None:
        nonlocal told
        now = time.perf_counter()
        with changed:
            delays.extend(now - sent.pop(n) for n in range(told + 1, seq + 1))
            told = seq
            changed.notify()

    journal = Journal(path, deliver=lambda callback: callback(), on_durable=durable, on_writable=lambda _: None)
    count = int(rate_hz * seconds)
    bodies = [record_body(n) for n in range(100)]
    begin = time.perf_counter()
    for n in range(count):
        wait_until(begin + n / rate_hz)
        with changed:
            sent[n + 1] = before = time.perf_counter()
        journal.append("step", n / 10, WALL, bodies[n % 100])
        calls.append(time.perf_counter() - before)
    with changed:
        changed.wait_for(lambda: told == count, 30.0)
    journal.close()
    return delays, calls


def fsync_delays(path: Path, rate_hz: int, seconds: float) -> list[float]:
    """The same bytes appended to a plain file, each with its own fsync, as fast as the rate asks and the disk allows."""
    delays = []
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    begin = time.perf_counter()
    for n in range(int(rate_hz * seconds)):
        wait_until(begin + n / rate_hz)
        if time.perf_counter() - begin > 2 * seconds:
            break
        before = time.perf_counter()
        os.write(descriptor, record_body(n % 100))
        os.fsync(descriptor)
        delays.append(time.perf_counter() - before)
    os.close(descriptor)
    return delays


def wait_until(moment: float) -> None:
    remaining = moment - time.perf_counter()
    if remaining > 0:
        time.sleep(remaining)


def quantile(values: Sequence[float], q: float) -> float:
    if q >= 1:
        return max(values)
    return statistics.quantiles(values, n=1000, method="inclusive")[int(q * 1000) - 1]


def ms(values: Sequence[float], q: float) -> str:
    return f"{quantile(values, q) * 1000:.2f} ms"


def summed(row: tuple[int, list[float], list[float], list[float]]) -> tuple[int, dict[str, float], dict[str, float], dict[str, float]]:
    rate, *measured = row
    durable, call, bare = ({f"p{int(q * 100)}": round(quantile(values, q) * 1000, 3) for q in (0.5, 0.99)} for values in measured)
    return rate, durable, call, bare


if __name__ == "__main__":
    main()
