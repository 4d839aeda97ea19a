"""From which states the lane comes to rest again: backwards over the edges that the search found."""

from array import array
from dataclasses import dataclass

from tests.prove.kinds import Kind
from tests.prove.search import PLANT, PLANT_BITS, Search

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


def ends(search: Search) -> Ends:
    states = range(len(search.states))
    rest = [n for n in states if search.is_at_rest(search.states[n] >> PLANT_BITS, search.states[n] & PLANT)]
    frontier = list(range(search.expanded, len(search.states)))
    back = _backwards(search, Kind.ACT, [*rest, *frontier])
    proved = _backwards(search, Kind.ACT, rest)
    sound = _from_the_start(search)
    alone = _backwards(search, Kind.FIELD, [*rest, *frontier])
    dead = [n for n in range(search.expanded) if not back[n]]
    waiting = [n for n in range(search.expanded) if sound[n] and not alone[n]]
    return Ends(dead, waiting, search.expanded, sum(1 for n in range(search.expanded) if back[n] and not proved[n]))


def _backwards(search: Search, most: Kind, goals: list[int]) -> bytearray:
    """States with a way to a goal over edges of at most this kind."""
    first, following = _incoming(search, most)
    reached, todo = bytearray(len(search.states)), list(goals)
    for goal in goals:
        reached[goal] = 1
    while todo:
        edge = first[todo.pop()]
        while edge >= 0:
            source = search.source[edge]
            if not reached[source]:
                reached[source] = 1
                todo.append(source)
            edge = following[edge]
    return reached


def _incoming(search: Search, most: Kind) -> "tuple[array[int], array[int]]":
    """Edges into each state as a chain: the first, and the next of each."""
    first = array("l", [-1]) * len(search.states)
    following = array("l", [-1]) * max(1, len(search.source))
    for edge, target in enumerate(search.target):
        if search.kind[edge] <= most:
            following[edge] = first[target]
            first[target] = edge
    return first, following


def _from_the_start(search: Search) -> bytearray:
    """States that the field alone reaches from rest: edges are stored in the order of their sources, which were found in order."""
    reached = bytearray(len(search.states))
    outgoing: dict[int, list[int]] = {}
    for edge, source in enumerate(search.source):
        if search.kind[edge] == Kind.FIELD:
            outgoing.setdefault(source, []).append(search.target[edge])
    reached[0], todo = 1, [0]
    while todo:
        for target in outgoing.get(todo.pop(), ()):
            if not reached[target]:
                reached[target] = 1
                todo.append(target)
    return reached
