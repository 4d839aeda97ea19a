"""Who expands states: this process itself, or one that was forked off it. States have the numbers of whoever made them."""

import multiprocessing
import pickle
import signal
from array import array
from collections.abc import Iterator
from contextlib import suppress
from ctypes import c_bool
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Protocol

from tests.prove.search import Search

TOGETHER = 64  # states whose moves are told at once

Fork = multiprocessing.get_context("fork")


class Reached(NamedTuple):
    """The moves from a few states: how many from each, then label, kind and target of each; a target of BROKEN is the last.

    `prints` and `rests`: of each state that was made since the last time, its fingerprint, and whether the lane is at rest.
    `words`: of each label that is new. `why`: what is broken.
    """

    counts: "array[int]"
    labels: "array[int]"
    kinds: "array[int]"
    targets: "array[int]"
    prints: bytes
    rests: bytes
    words: list[str]
    why: str


class Hand(Protocol):
    def expand(self, states: "array[int]") -> Iterator[Reached]:
        """Begun at once, heard as it is asked for; it ends early at what is broken and when all are told to stop."""
        ...

    def give(self, states: "array[int]") -> bytes:
        """What they are, for another process."""
        ...

    def take(self, given: bytes) -> tuple["array[int]", Reached]:
        """Their numbers here."""
        ...

    def end(self) -> tuple[int, set[str]]:
        """How often the production step ran, and everything that occurred."""
        ...


class Own:
    """`stop`: one for all, also after a fork."""

    def __init__(self, search: Search) -> None:
        self.stop = Fork.RawValue(c_bool, False)
        self._search = search
        self._told = self._worded = 0

    def expand(self, states: "array[int]") -> Iterator[Reached]:
        self._search.forget()
        for at in range(0, len(states), TOGETHER):
            if self._search.broken or self.stop.value:
                return
            yield self._expanded(states[at : at + TOGETHER])

    def _expanded(self, states: "array[int]") -> Reached:
        counts, labels, kinds, targets = array("l"), array("l"), array("b"), array("l")
        for state in states:
            before = len(targets)
            for label, kind, target in self._search.expand(state):
                labels.append(label)
                kinds.append(kind)
                targets.append(target)
            counts.append(len(targets) - before)
            if self._search.broken:
                break
        return Reached(counts, labels, kinds, targets, *self._news())

    def _news(self) -> tuple[bytes, bytes, list[str], str]:
        search = self._search
        made = range(self._told, len(search.states))
        words = search.labels[self._worded :]
        self._told, self._worded = len(search.states), len(search.labels)
        return b"".join(map(search.fingerprint, made)), bytes(map(search.rests, made)), words, search.broken

    def give(self, states: "array[int]") -> bytes:
        return pickle.dumps([self._search.given(state) for state in states], pickle.HIGHEST_PROTOCOL)

    def take(self, given: bytes) -> tuple["array[int]", Reached]:
        mine = array("l", (self._search.taken(*one) for one in pickle.loads(given)))
        return mine, Reached(array("l"), array("l"), array("b"), array("l"), *self._news())

    def end(self) -> tuple[int, set[str]]:
        calls, self._search.lanes.calls = self._search.lanes.calls, 0  # so none counts twice after a fork
        return calls, self._search.lanes.words()


class Forked:
    """Begins with everything that was found before the fork. What it dies of it says itself."""

    def __init__(self, own: Own) -> None:
        self._pipe, there = Fork.Pipe()
        self._process = Fork.Process(target=_serve, args=(there, self._pipe, own), daemon=True)
        self._process.start()
        there.close()

    def expand(self, states: "array[int]") -> Iterator[Reached]:
        self._pipe.send(("expand", states))
        return iter(self._hear, None)

    def give(self, states: "array[int]") -> bytes:
        self._pipe.send(("give", states))
        given: bytes = self._hear()
        return given

    def take(self, given: bytes) -> tuple["array[int]", Reached]:
        self._pipe.send(("take", given))
        taken: tuple[array[int], Reached] = self._hear()
        return taken

    def end(self) -> tuple[int, set[str]]:
        self._pipe.send(("end", None))
        ended: tuple[int, set[str]] = self._hear()
        self._process.join()
        return ended

    def _hear(self) -> Any:
        try:
            return self._pipe.recv()
        except EOFError:
            raise ChildProcessError("a process of the search died; what it said stands above") from None


def _serve(pipe: "Connection[Any, Any]", asks: "Connection[Any, Any]", own: Own) -> None:
    """Until nobody asks any more. Who interrupts the search interrupts the one that asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asks.close()
    with suppress(EOFError, BrokenPipeError):
        _answer(pipe, own)


def _answer(pipe: "Connection[Any, Any]", own: Own) -> None:
    while True:
        word, given = pipe.recv()
        match word:
            case "expand":
                for reached in own.expand(given):
                    pipe.send(reached)
                pipe.send(None)
            case "give":
                pipe.send(own.give(given))
            case "take":
                pipe.send(own.take(given))
            case "end":
                pipe.send(own.end())
                return
