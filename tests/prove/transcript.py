"""The shortest path to a state as people read it, and as a test that can be pasted."""

from tests.prove.graph import Graph
from tests.prove.kinds import Model
from tests.prove.search import PLANT, PLANT_BITS, Heard, Search


def transcript(graph: Graph, state: int | None = None) -> str:
    lines = []
    for at, (label, heard) in enumerate(_walked(graph.model, graph.path(state))[0], start=1):
        lines.append(f"{at:3}. {label}")
        for report, commands in heard:
            lines.append(f"       {report}")
            lines += [f"         -> {command}" for command in commands]
    return "\n".join(lines)


def paste(graph: Graph) -> str:
    labels = "".join(f"        {label!r},\n" for label in graph.path()).replace("'", '"')
    return f'def test_what_prove_found() -> None:\n    path = [\n{labels}    ]\n    assert walk(MODELS["{graph.model.name}"], path) == ""\n'


def walk(model: Model, labels: list[str]) -> str:
    """What is broken at the end of this path, "" if nothing is, or where it cannot be followed any more: then the rules prevent it."""
    return _walked(model, labels)[1]


def _walked(model: Model, labels: list[str]) -> tuple[list[tuple[str, Heard]], str]:
    search = Search(model)
    search.begin()
    lane, plant = search.states[0] >> PLANT_BITS, search.states[0] & PLANT
    done: list[tuple[str, Heard]] = []
    for label in labels:
        option = next((o for o in search.options(lane, plant) if search.labels[o[0]] == label), None)
        if option is None:
            return done, ""
        heard: Heard = []
        lane, plant, broken = search.follow(option[2], option[3], option[4], heard)
        done.append((label, heard))
        broken = broken or search.judged(lane, plant)
        if broken:
            return done, broken
    return done, ""
