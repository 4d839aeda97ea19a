"""`python -m tests.prove.branches`: which branches of the rules the search does not take within its time; tests/rules takes every one."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import coverage

from tests.prove.crew import explore
from tests.prove.models import MODELS

RULES = Path(__file__).parents[2] / "lanectl" / "interlocking"
LOOKED_AT = ("D0", "A1-trucks", "A1-gates", "A1-mistakes", "D1-trucks", "A1-silent", "A1-restart", "A1-stuck", "A1-rest")
SECONDS = 60.0  # tracing is slow; what a model reaches in this time it reaches breadth first


def main() -> int:
    found = coverage.Coverage(branch=True, include=[f"{RULES}/*"], data_file=None)
    with found.collect():
        for name in LOOKED_AT:
            graph = explore(MODELS[name]._replace(seconds=SECONDS))
            print(f"  {name}: {graph.expanded:,} states", file=sys.stderr, flush=True)
    missed = list(_missed(found))
    print(f"branches of the rules that {len(LOOKED_AT)} models did not take within {SECONDS:g} s each: {len(missed)}")
    print(*missed, sep="\n")
    return 0


def _missed(found: coverage.Coverage) -> Iterator[str]:
    """Each branch by the line that it leaves from and the one that it never came to."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "branches.json"
        found.json_report(outfile=str(report))
        files = json.loads(report.read_text())["files"]
    for path, said in sorted(files.items()):
        lines = ["", *Path(path).read_text().splitlines()]
        name = Path(path).name
        for at, to in said["missing_branches"]:
            began, never = lines[at].strip(), lines[to].strip() if to > 0 else "the end"
            yield f"  {name}:{at} {began} -> {never}"


if __name__ == "__main__":
    sys.exit(main())
