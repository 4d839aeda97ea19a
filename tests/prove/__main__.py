"""`python -m tests.prove [--cores N] [--seconds N] [MODEL…]`: searches the models, says what was found; exit 1 when something is broken."""

import argparse
import sys
import time

from tests.prove.backwards import Ends, ends
from tests.prove.crew import cores, explore
from tests.prove.graph import Graph
from tests.prove.kinds import Model
from tests.prove.models import MODELS, WHOLE
from tests.prove.seen import never_seen
from tests.prove.transcript import paste, transcript


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    unknown = [name for name in asked.models if name not in MODELS]
    if unknown:
        print(f"no such model: {unknown[0]}; there are {', '.join(MODELS)}", file=sys.stderr)
        return 2
    sound, seen = True, set[str]()
    for name in asked.models or WHOLE:
        model = MODELS[name] if asked.seconds is None else MODELS[name]._replace(seconds=asked.seconds)
        one_sound, words = prove(model, asked.cores)
        sound, seen = sound and one_sound, seen | words
    if not asked.models:
        print(*never_seen(seen), sep="\n")
    return 0 if sound else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description="Searches models of the lane for what must not be.")
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"one of {', '.join(MODELS)}; without any, all")
    parser.add_argument("--cores", type=int, default=cores(), help="how many processes share one model (%(default)s)")
    parser.add_argument("--seconds", type=float, help="when a model is cut; without it, the model's own limit")
    return parser


def prove(model: Model, processes: int) -> tuple[bool, set[str]]:
    began = time.monotonic()
    graph = explore(model, processes, progress)
    print(_summary(graph, time.monotonic() - began), flush=True)
    if graph.broken is not None:
        print(f"VIOLATION in model {model.name}: {graph.broken.why}\n{transcript(graph)}\n\nAs a test:\n\n{paste(graph)}", flush=True)
        return False, set()
    found = ends(graph)
    print(_of_ends(graph, found), flush=True)
    return not (found.dead or found.waiting), graph.words


def progress(graph: Graph) -> None:
    print(f"  {graph.model.name}: {graph.expanded:,} of {len(graph):,} states, {graph.transitions:,} transitions", flush=True)


def _summary(graph: Graph, took: float) -> str:
    model, whole = graph.model, graph.expanded == len(graph)
    extent = "complete" if whole else "stopped by a violation" if graph.broken else f"CUT after {model.seconds:g} s"
    depth = graph.depth[graph.expanded - 1]
    return (
        f"model {model.name} ({model.sections} sections, {model.trucks} trucks, {model.most} faults, "
        f"{'prompt' if model.prompt else 'lagging'} reports): {extent}. {len(graph):,} states"
        f"{'' if whole else f', {graph.expanded:,} of them expanded'}, {graph.transitions:,} transitions in {took:.0f} s "
        f"({graph.transitions / took:,.0f}/s; the production step ran {graph.calls:,} times), deepest {depth}"
    )


def _of_ends(graph: Graph, found: Ends) -> str:
    name = graph.model.name
    lines = [f"model {name}: {found.judged:,} states judged for a way out, {found.open:,} lead into what was not expanded"]
    for title, states in (("DEAD END", found.dead), ("WAITS FOR EVER with nothing wrong", found.waiting)):
        if states:
            lines.append(f"{title}: {len(states):,} states, the first:\n{transcript(graph, states[0])}")
    if not (found.dead or found.waiting):
        lines.append(f"model {name}: no dead end, nothing waits for ever")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
