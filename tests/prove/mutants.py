"""`python -m tests.prove.mutants`: plants each rule bug alone and says what catches it; exit 1 when one survives.

First the rules' tests run once without any bug, to learn which of them take which lines. Then each bug is planted in a process of its own,
as many at once as there are cores: the tests that take its lines are asked, the quickest first, then the search; --by-search asks that
one alone, --by-soak runs whole lanes in virtual time.
"""

import multiprocessing
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lanectl.config import load
from lanectl.virtual.run import Drill, run
from tests.prove.backwards import ends
from tests.prove.covering import Asked
from tests.prove.crew import cores, explore
from tests.prove.models import MODELS
from tests.prove.mutant import Mutant
from tests.prove.planted import MUTANTS
from tests.prove.planting import planted

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

RULES_TESTS = ("-p", "no:cacheprovider", "-p", "no:xdist", "--ignore=tests/rules/test_invariants.py", "tests/rules")
SEARCHES = ("0", "02p", "D0", "A1-mistakes", "A1-trucks", "A1-gates")  # those that are complete within seconds
SITE = Path(__file__).parents[2] / "config" / "bac-luan-2"
SOAK_SEEDS, SOAK_HOURS, SOAK_FAULTS = (1, 2, 3, 4), 0.5, 40.0
CAUGHT_S_MAX = 600  # a rule that goes in circles is caught too
Fork = multiprocessing.get_context("fork")
Tests = Callable[[Mutant], str]
Running = tuple["Connection[str, str]", Mutant]


def main(arguments: list[str]) -> int:
    asked_for = _command_line().parse_args(arguments)
    chosen = [mutant for mutant in MUTANTS if not asked_for.invariants or mutant.invariant in asked_for.invariants]
    if asked_for.by is not None:
        return _plant(chosen, asked_for.by)
    asked = Asked(lambda tests: _plant(chosen, tests))
    ended = pytest.main(list(RULES_TESTS), plugins=[asked])
    if asked.failed:
        print("The tests fail without any bug planted: nothing that they say counts.", *asked.failed, sep="\n", file=sys.stderr)
        return 2
    return asked.result if ended == pytest.ExitCode.OK else int(ended)


def _command_line() -> ArgumentParser:
    known = list(dict.fromkeys(mutant.invariant for mutant in MUTANTS))
    parser = ArgumentParser("python -m tests.prove.mutants", description="Plants each rule bug alone and says what catches it.")
    parser.add_argument(
        "invariants", nargs="*", metavar="INVARIANT", help=f"only the bugs of these: {' '.join(known)}", type=_one_of(known)
    )
    alone = parser.add_mutually_exclusive_group()
    alone.add_argument("--by-search", dest="by", action="store_const", const=lambda _: "", help="ask the search alone")
    alone.add_argument("--by-soak", dest="by", action="store_const", const=_of_soak, help="ask whole lanes in virtual time alone")
    return parser


def _one_of(known: Sequence[str]) -> Callable[[str], str]:
    def invariant(word: str) -> str:
        if word not in known:
            raise ArgumentTypeError(f"no bug is planted for {word!r}")
        return word

    return invariant


def _plant(chosen: Sequence[Mutant], tests: Tests) -> int:
    found: Counter[str] = Counter()
    for mutant, by in _caught(chosen, tests):
        found[by.split(" ")[0]] += 1
        print(f"{mutant.invariant:4} {mutant.what}: {by}", flush=True)
    print(f"{len(chosen)} planted: " + ", ".join(f"{count} {by}" for by, count in found.most_common()))
    return 1 if found["SURVIVED"] else 0


def _caught(chosen: Sequence[Mutant], tests: Tests) -> Iterator[tuple[Mutant, str]]:
    """As they are caught. One whose process dies says what it died of itself."""
    waiting, running = list(reversed(chosen)), list[Running]()
    while waiting or running:
        while waiting and len(running) < cores():
            running.append(_begun(waiting.pop(), tests))
        said = wait([answer for answer, _ in running])
        for ended in [one for one in running if one[0] in said]:
            running.remove(ended)
            answer, mutant = ended
            try:
                yield mutant, answer.recv()
            except EOFError:
                yield mutant, "died (of what stands above, or of going in circles)"


def _begun(mutant: Mutant, tests: Tests) -> Running:
    ours, theirs = Fork.Pipe(duplex=False)
    Fork.Process(target=_ask, args=(theirs, mutant, tests), daemon=True).start()
    theirs.close()
    return ours, mutant


def _ask(answer: "Connection[str, str]", mutant: Mutant, tests: Tests) -> None:
    signal.alarm(CAUGHT_S_MAX)
    with planted(mutant):
        answer.send(tests(mutant) or _of_search() or "SURVIVED")


def _of_soak(_: Mutant) -> str:
    site = load(SITE)
    for seed in SOAK_SEEDS:
        broken = run(site, Drill(seed, trucks=8, hours=SOAK_HOURS, faults=SOAK_FAULTS)).broken
        if broken:
            at_s, words = min(broken)
            return f"soak ({SOAK_HOURS * (seed - 1) + at_s / 3600:.2f} h: {words})"
    return "SURVIVED"


def _of_search() -> str:
    for name in SEARCHES:
        graph = explore(MODELS[name])
        if graph.broken is not None:
            return f"search (VIOLATION in model {name}: {graph.broken.why})"
        found = ends(graph)
        if found.dead or found.waiting:
            return f"search ({'DEAD END' if found.dead else 'WAITS FOR EVER'} in model {name})"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
