"""One model on many cores, level by level: each process expands what it made and keeps it; fingerprints and edges come here.

Here states get their numbers, in the order of those that they were found from. So what comes out does not depend on how many processes
there are: the same states and transitions, the same verdict, the same shortest path to what is broken.
"""

import gc
import os
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator

from tests.prove.graph import Broken, Graph
from tests.prove.hands import Forked, Hand, Own, Reached
from tests.prove.kinds import Model
from tests.prove.prints import SIZE
from tests.prove.search import BROKEN, Search

FORKED_FROM = 64  # states on a level for each process: below that one is as fast as many
UNEVEN = 8  # so many states more than its share make a process give some away
WORD_S = 10.0
NONE = -1
Progress = Callable[[Graph], None]
Moves = Iterator[tuple[int, int, int]]


def cores() -> int:
    return len(os.sched_getaffinity(0))


def explore(model: Model, processes: int = 1, progress: Progress | None = None) -> Graph:
    """Nearly all that is made is kept, and nothing of it goes in circles: Python's looking for some took an eighth of the time."""
    gc.disable()
    try:
        crew = _Crew(model, processes, progress)
        crew.run()
        return crew.graph
    finally:
        gc.enable()


class _Share:
    """What one process made. `local`: its own number of each state, NONE where it does not know it; `known`: the other way."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.local, self.known = array("l"), array("l")
        self.labels = array("l")
        self.prints, self.rests = bytearray(), bytearray()
        self.why = ""

    def forked(self, hand: Hand) -> "_Share":
        share = _Share(hand)
        share.local, share.known, share.labels = self.local[:], self.known[:], self.labels[:]
        share.prints, share.rests = self.prints[:], self.rests[:]
        return share

    def hears(self, reached: Reached, graph: Graph) -> None:
        self.prints += reached.prints
        self.rests += reached.rests
        self.known.extend([NONE] * len(reached.rests))
        self.labels.extend(map(graph.labels.number, reached.words))
        self.why = reached.why

    def fingerprint(self, local: int) -> bytes:
        return bytes(self.prints[local * SIZE : (local + 1) * SIZE])

    def moves(self, states: "array[int]", graph: Graph) -> Iterator[Moves]:
        """Of each of these states its moves: label, kind and target by its number here."""
        chunks = self.hand.expand(states)
        return (moves for reached in chunks for moves in self._moves(reached, graph))

    def _moves(self, reached: Reached, graph: Graph) -> Iterator[Moves]:
        self.hears(reached, graph)
        labels, at = [self.labels[label] for label in reached.labels], 0
        for count in reached.counts:
            yield zip(labels[at : at + count], reached.kinds[at : at + count], reached.targets[at : at + count], strict=True)
            at += count


class _Crew:
    """`owner`: whose a state is to expand."""

    def __init__(self, model: Model, processes: int, progress: Progress | None) -> None:
        self.graph = Graph(model)
        self.processes, self.progress = processes, progress
        began = time.monotonic()
        self.until, self.next_word = began + model.seconds, began + WORD_S
        search = Search(model)
        search.begin()
        self.own = Own(search)
        self.shares = [_Share(self.own)]
        self.owner = array("b")
        self.shares[0].hears(self.own.take(self.own.give(array("l", [0])))[1], self.graph)
        self._found(0, 0, NONE, NONE)

    def run(self) -> None:
        first, end, goes_on = 0, 1, True
        while first < end and goes_on:
            if len(self.shares) < self.processes and end - first >= FORKED_FROM * self.processes:
                self.shares = [self.shares[0].forked(Forked(self.own)) for _ in range(self.processes)]
            self._even_out(first, end)
            goes_on = self._level(first, end)
            first, end = end, len(self.graph)
        for share in self.shares:
            calls, words = share.hand.end()
            self.graph.calls += calls
            self.graph.words |= words
        if len(self.shares) > 1:
            self.graph.calls += self.own.end()[0]

    def _level(self, first: int, end: int) -> bool:
        """Whether it was expanded to its end and nothing is broken."""
        todo = [array("l") for _ in self.shares]
        for number in range(first, end):
            todo[self.owner[number]].append(self.shares[self.owner[number]].local[number])
        heard = [share.moves(states, self.graph) for share, states in zip(self.shares, todo, strict=True)]
        for number in range(first, end):
            if number % 64 == 0 and self._is_over():
                break
            self._arrive(number, next(heard[self.owner[number]]))
            self.graph.expanded = number + 1
            if self.graph.broken is not None:
                break
        whole = self.graph.expanded == end and self.graph.broken is None
        self.own.stop.value = not whole
        for moves in heard:
            deque(moves, maxlen=0)  # what is not wanted any more is heard to its end
        return whole

    def _arrive(self, number: int, moves: Moves) -> None:
        graph, at = self.graph, self.owner[number]
        share = self.shares[at]
        for label, kind, local in moves:
            graph.transitions += 1
            if local == BROKEN:
                graph.broken = Broken(share.why, number, graph.labels[label])
                return
            target = share.known[local]
            graph.edge(number, self._found(at, local, number, label) if target == NONE else target, kind)

    def _found(self, at: int, local: int, parent: int, label: int) -> int:
        """Who comes first keeps it."""
        share = self.shares[at]
        fingerprint = share.fingerprint(local)
        number = self.graph.known(fingerprint)
        if number is None:
            number = self.graph.found(fingerprint, parent, label, at_rest=bool(share.rests[local]))
            self.owner.append(at)
            for one in self.shares:
                one.local.append(NONE)
        share.known[local] = number
        if self.graph.is_named(number, fingerprint):
            share.local[number] = local
        return number

    def _is_over(self) -> bool:
        now = time.monotonic()
        if self.progress and now > min(self.next_word, self.until):
            self.next_word = now + WORD_S
            self.progress(self.graph)
        return now > self.until

    # ------------------------------------------------------------ who expands what

    def _even_out(self, first: int, end: int) -> None:
        """What two processes made either may expand; only where that is not enough a state travels."""
        shares = range(len(self.shares))
        mine = [[number for number in range(first, end) if self.owner[number] == at] for at in shares]
        while True:
            fewest, most = min(shares, key=lambda at: len(mine[at])), max(shares, key=lambda at: len(mine[at]))
            more = (len(mine[most]) - len(mine[fewest])) // 2
            if more < UNEVEN:
                return
            known = [number for number in mine[most] if self.shares[fewest].local[number] != NONE]
            unknown = [number for number in mine[most] if self.shares[fewest].local[number] == NONE]
            moved = [*known[-more:], *unknown[-more:]][:more]
            self._carry([number for number in moved if self.shares[fewest].local[number] == NONE], most, fewest)
            for number in moved:
                self.owner[number] = fewest
            mine[fewest] += moved
            mine[most] = [number for number in mine[most] if self.owner[number] == most]

    def _carry(self, numbers: list[int], giver: int, taker: int) -> None:
        share = self.shares[taker]
        given = self.shares[giver].hand.give(array("l", [self.shares[giver].local[number] for number in numbers]))
        locals_there, reached = share.hand.take(given)
        share.hears(reached, self.graph)
        for local, number in zip(locals_there, numbers, strict=True):
            share.known[local], share.local[number] = number, local
