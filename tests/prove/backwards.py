"""From which states the lane comes to rest again: backwards over the edges that the search found."""

from array import array
from dataclasses import dataclass

from tests.prove.graph import Graph
from tests.prove.kinds import Kind

NOT_EXPANDED = -1


@dataclass(frozen=True, slots=True)
class Ends:
    """`dead`: no way back to rest by repairs, persons and the field. `waiting`: nothing ever went wrong, and it takes a person.

    `open`: states that come to rest only through states that were not expanded; nothing is claimed of them.
    """

    dead: list[int]
    waiting: list[int]
    judged: int
    open: int


def ends(graph: Graph) -> Ends:
    states = range(len(graph))
    rest = [n for n in states if graph.at_rest[n]]
    frontier = list(range(graph.expanded, len(graph)))
    back = _backwards(graph, Kind.ACT, [*rest, *frontier])
    proved = _backwards(graph, Kind.ACT, rest)
    sound = _from_the_start(graph)
    alone = _backwards(graph, Kind.FIELD, [*rest, *frontier])
    dead = [n for n in range(graph.expanded) if not back[n]]
    waiting = [n for n in range(graph.expanded) if sound[n] and not alone[n]]
    return Ends(dead, waiting, graph.expanded, sum(1 for n in range(graph.expanded) if back[n] and not proved[n]))


def _backwards(graph: Graph, most: Kind, goals: list[int]) -> bytearray:
    """States with a way to a goal over edges of at most this kind."""
    first, following = _incoming(graph, most)
    reached, todo = bytearray(len(graph)), list(goals)
    for goal in goals:
        reached[goal] = 1
    while todo:
        edge = first[todo.pop()]
        while edge >= 0:
            source = graph.source[edge]
            if not reached[source]:
                reached[source] = 1
                todo.append(source)
            edge = following[edge]
    return reached


def _incoming(graph: Graph, most: Kind) -> "tuple[array[int], array[int]]":
    """Edges into each state as a chain: the first, and the next of each."""
    first = array("l", [-1]) * len(graph)
    following = array("l", [-1]) * max(1, len(graph.source))
    for edge, target in enumerate(graph.target):
        if graph.kind[edge] <= most:
            following[edge] = first[target]
            first[target] = edge
    return first, following


def _from_the_start(graph: Graph) -> bytearray:
    """States that the field alone reaches from rest: edges are stored in the order of their sources, which were found in order."""
    reached = bytearray(len(graph))
    outgoing: dict[int, list[int]] = {}
    for edge, source in enumerate(graph.source):
        if graph.kind[edge] == Kind.FIELD:
            outgoing.setdefault(source, []).append(graph.target[edge])
    reached[0], todo = 1, [0]
    while todo:
        for target in outgoing.get(todo.pop(), ()):
            if not reached[target]:
                reached[target] = 1
                todo.append(target)
    return reached
