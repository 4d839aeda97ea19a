"""`python -m tests.prove.branches [MODEL…]`: branches of the rules that the search never takes, and why; exit 1 where one has no reason.

Each model is searched to its end in a process of its own, as many at once as there are cores.
"""

import json
import multiprocessing
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import coverage

from tests.prove.crew import cores, explore
from tests.prove.models import MODELS
from tests.prove.planting import RULES
from tests.prove.untaken import Branch, explained

LOOKED_AT = (
    "A1-rest",
    "B1-mistakes-halts",
    "A1-restart",
    "A1-silent",
    "A1-mistakes",
    "A1-gates",
    "A1-trucks",
    "A2-lamps",
    "A2-journal",
    "D0",
)  # the longest first
NO_END_S = 3600.0  # tracing takes three times as long as the search


def main(arguments: list[str]) -> int:
    names = arguments or LOOKED_AT
    missed: set[Branch] | None = None
    with multiprocessing.get_context("fork").Pool(cores(), maxtasksperchild=1) as pool:
        for name, states, untaken in pool.imap_unordered(_untaken, names, chunksize=1):
            print(f"  {name}: {states:,} states, {len(untaken)} branches not taken", file=sys.stderr, flush=True)
            missed = untaken if missed is None else missed & untaken
    by_reason = defaultdict[str, list[str]](list)
    for words, reason in explained(missed or set()):
        by_reason[reason].append(words)
    print(f"branches of the rules that {len(names)} models never take: {len(missed or ())}, {len(by_reason[''])} of them not explained")
    for reason, several in sorted(by_reason.items()):
        print(*([reason or "NOT EXPLAINED", *(f"  {words}" for words in several)] if several else []), sep="\n")
    return 1 if by_reason[""] else 0


def _untaken(name: str) -> tuple[str, int, set[Branch]]:
    found = coverage.Coverage(branch=True, include=[f"{RULES}/*"], data_file=None)
    with found.collect():
        graph = explore(MODELS[name]._replace(seconds=NO_END_S))
    assert graph.broken is None, f"model {name}: {graph.broken.why}"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "branches.json"
        found.json_report(outfile=str(report))
        files = json.loads(report.read_text())["files"]
    missed = {Branch(Path(path).name, at, to) for path, said in files.items() for at, to in said["missing_branches"]}
    return name, graph.expanded, missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
