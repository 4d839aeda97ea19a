"""`python -m tests.prove [MODEL…]`: searches the models and prints what was found; exit 1 when something is broken."""

import sys
import time
from multiprocessing import Pool

from tests.prove.backwards import Ends, ends
from tests.prove.models import MODELS, WHOLE
from tests.prove.search import Search
from tests.prove.seen import never_seen
from tests.prove.transcript import paste, transcript


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        print(f"no such model: {unknown[0]}; there are {', '.join(MODELS)}", file=sys.stderr)
        return 2
    chosen = names or list(WHOLE)
    with Pool(min(2, len(chosen)), maxtasksperchild=1) as pool:
        outcomes = list(pool.imap_unordered(prove, chosen, chunksize=1))
    seen: set[str] = set().union(*(words for _, words in outcomes))
    if not names:
        print(*never_seen(seen), sep="\n")
    return 0 if all(sound for sound, _ in outcomes) else 1


def prove(name: str) -> tuple[bool, set[str]]:
    began = time.monotonic()
    search = Search(MODELS[name])
    search.run(progress)
    took = time.monotonic() - began
    print(_summary(name, search, took), flush=True)
    if search.broken is not None:
        print(f"VIOLATION in model {name}: {search.broken.why}\n{transcript(search)}\n\nAs a test:\n\n{paste(search)}", flush=True)
        return False, set()
    found = ends(search)
    print(_of_ends(name, search, found), flush=True)
    return not (found.dead or found.waiting), search.lanes.words()


def progress(search: Search) -> None:
    states = f"{search.expanded:,} of {len(search.states):,} states, {search.transitions:,} transitions"
    print(f"  {search.model.name}: {states}", flush=True)


def _summary(name: str, search: Search, took: float) -> str:
    whole = search.expanded == len(search.states)
    extent = "complete" if whole else "stopped by a violation" if search.broken else f"CUT after {search.model.seconds:g} s"
    depth = search.depth[search.expanded - 1]
    return (
        f"model {name} ({search.model.sections} sections, {search.model.trucks} trucks, {search.model.most} faults, "
        f"{'prompt' if search.model.prompt else 'lagging'} reports): {extent}. {len(search.states):,} states"
        f"{'' if whole else f', {search.expanded:,} of them expanded'}, {search.transitions:,} transitions in {took:.0f} s "
        f"({search.transitions / took:,.0f}/s; the production step ran {search.lanes.calls:,} times), deepest {depth}"
    )


def _of_ends(name: str, search: Search, found: Ends) -> str:
    lines = [f"model {name}: {found.judged:,} states judged for a way out, {found.open:,} lead into what was not expanded"]
    for title, states in (("DEAD END", found.dead), ("WAITS FOR EVER with nothing wrong", found.waiting)):
        if states:
            lines.append(f"{title}: {len(states):,} states, the first:\n{transcript(search, states[0])}")
    if not (found.dead or found.waiting):
        lines.append(f"model {name}: no dead end, nothing waits for ever")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
