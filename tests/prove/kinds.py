"""The words of a search: what a move is and what a model allows."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple, TypeVar

from lanectl.model import Act, Report
from tests.prove.plant import BoomP, Plant, TruckP

Value = TypeVar("Value")
ANYWHERE = range(99)  # every rung of every ladder


class Kind(IntEnum):
    """FIELD: happens by itself. MEND: a fault goes. ACT: a person's. FAULT: something goes wrong."""

    FIELD = 0
    MEND = 1
    ACT = 2
    FAULT = 3


class Called(IntEnum):
    """To which gate a dispatcher calls trucks."""

    NOBODY = 0
    OURS = 1
    EITHER = 2


class Move(NamedTuple):
    """`said`: what is reported of it at once, in order. `unseen`: silent units that it passed, which takes longer than D2 allows.

    `act`: what a person does; a mistake, and so a fault, when nothing tells them to.
    """

    label: str
    kind: Kind
    plant: Plant
    said: tuple[Report, ...] = ()
    unseen: tuple[str, ...] = ()
    act: tuple[Act, str] | None = None


class Model(NamedTuple):
    """What is searched. `faults`: which may happen, at most `most` between two rests of the lane. `seconds`: then it is cut.

    `units`: those that devices' faults happen to, all where none is named. `mistakes`: the acts that are done though nothing tells to.

    `ahead`: the rungs on which the truck that is furthest is when a fault happens (tests/prove/ladder.py), all where none are named. One
    that is behind the exit and clear of it counts as away: what happens then is a matter of the others. `again`: likewise, when a
    controller that was killed starts again; where that is not told, what then happens is another part's.

    `prompt`: what lives says what it sees before anything else happens; else it may lag behind, in any order. `dispatched`: a dispatcher
    proposes anything (tests/prove/dispatched.py); it calls trucks to the gate from which the lane is worked, or to either.
    """

    name: str
    sections: int
    trucks: int
    faults: frozenset[str]
    most: int
    acts: frozenset[Act]
    seconds: float = 180.0
    prompt: bool = False
    both_ways: bool = False
    dispatched: Called = Called.NOBODY
    units: frozenset[str] = frozenset()
    mistakes: frozenset[Act] = frozenset(Act)
    ahead: Sequence[int] = ANYWHERE
    again: Sequence[int] = ANYWHERE


def with_truck(plant: Plant, n: int, truck: TruckP) -> Plant:
    return plant._replace(trucks=(*plant.trucks[:n], truck, *plant.trucks[n + 1 :]))


def with_boom(plant: Plant, gate: int, boom: BoomP) -> Plant:
    return plant._replace(booms=with_one(plant.booms, gate, boom))


def with_one(pair: tuple[Value, Value], gate: int, value: Value) -> tuple[Value, Value]:
    return (value, pair[1]) if gate == 0 else (pair[0], value)
