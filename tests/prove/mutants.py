"""`python -m tests.prove.mutants [--by-search] [WORD…]`: plants each bug in a copy and says what catches it; exit 1 when one survives.

On every core. The rules' tests are asked first, then the search; --by-search asks the search alone. WORDs choose mutants by invariant.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path
from queue import SimpleQueue

from tests.prove.planted import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("lanectl", "tests", "drivers", "config", "docs", "pyproject.toml")
RULES_TESTS = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--ignore=tests/rules/test_invariants.py", "tests/rules")
SEARCHES = ("0", "02p", "D0", "A1-mistakes", "A1-trucks", "A1-gates")  # those that are complete within seconds


def main(arguments: list[str]) -> int:
    tests = "--by-search" not in arguments
    words = [word for word in arguments if not word.startswith("--")]
    chosen = [mutant for mutant in MUTANTS if not words or mutant.invariant in words]
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [Path(folder) / str(n) for n in range(min(os.cpu_count() or 1, len(chosen)))]
        for copy in copies:
            _copy_to(copy)
        broken = _run(copies[0], *RULES_TESTS) if tests else ""
        if broken:
            print(f"The tests fail without any bug planted: nothing that they say counts.\n{broken}", file=sys.stderr)
            return 2
        free: SimpleQueue[Path] = SimpleQueue()
        for copy in copies:
            free.put(copy)
        with ThreadPool(len(copies)) as pool:
            for mutant, by in pool.imap(partial(_in_a_free_copy, free, tests), chosen):
                found[by.split(" ")[0]] += 1
                print(f"{mutant.invariant:4} {mutant.what}: {by}", flush=True)
    print(f"{len(chosen)} planted: " + ", ".join(f"{count} {by}" for by, count in found.most_common()))
    return 1 if found["SURVIVED"] else 0


def _copy_to(copy: Path) -> None:
    copy.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)


def _in_a_free_copy(free: SimpleQueue[Path], tests: bool, mutant: Mutant) -> tuple[Mutant, str]:
    copy = free.get()
    try:
        return mutant, _caught(copy, mutant, tests=tests)
    finally:
        free.put(copy)


def _caught(copy: Path, mutant: Mutant, *, tests: bool) -> str:
    file = copy / "lanectl" / "interlocking" / mutant.file
    sound = file.read_text()
    assert sound.count(mutant.old) == 1, f"{mutant.file}: {mutant.old!r} stands {sound.count(mutant.old)} times"
    file.write_text(sound.replace(mutant.old, mutant.new))
    try:
        if tests:
            broken = _run(copy, *RULES_TESTS)
            failed = [line for line in broken.splitlines() if line.startswith(("FAILED", "ERROR"))]
            if failed:
                return f"tests ({failed[0].split('::')[-1].split(' - ')[0]})"
        broken = _run(copy, "-m", "tests.prove", "--cores", "1", *SEARCHES)
        lines = [line for line in broken.splitlines() if line.startswith(("VIOLATION", "DEAD END", "WAITS", "AssertionError"))]
        return f"search ({lines[0]})" if lines else f"search ({broken.strip().splitlines()[-1]})" if broken else "SURVIVED"
    finally:
        file.write_text(sound)


def _run(copy: Path, *arguments: str) -> str:
    """What a failing run said, "" when it did not fail."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
    done = subprocess.run([sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
