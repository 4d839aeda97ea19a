"""What a search found: states by number in the order in which one process alone would find them, and the edges between them."""

from array import array
from dataclasses import dataclass

from tests.prove.kinds import Model
from tests.prove.labels import Labels
from tests.prove.prints import PRINT


@dataclass(frozen=True, slots=True)
class Broken:
    """What must not be, in which state it began and by which move."""

    why: str
    before: int
    label: str


class Graph:
    """Edges lie in three arrays, in the order of their sources. What the states are is known to whoever made them."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.labels = Labels()
        self.parent, self.by, self.depth = array("l"), array("l"), array("l")
        self.at_rest = bytearray()
        self.source, self.target, self.kind = array("l"), array("l"), array("b")
        self.transitions = 0
        self.expanded = 0
        self.broken: Broken | None = None
        self.calls = 0
        self.words: set[str] = set()
        self._number: dict[bytes, int] = {}
        self._naming = bytearray()

    def __len__(self) -> int:
        return len(self.parent)

    def known(self, fingerprint: bytes) -> int | None:
        return self._number.get(fingerprint[:PRINT])

    def is_named(self, number: int, fingerprint: bytes) -> bool:
        """Its trucks have the names that they had when it was found."""
        return self._naming[number] == fingerprint[PRINT]

    def found(self, fingerprint: bytes, parent: int, label: int, *, at_rest: bool) -> int:
        number = self._number[fingerprint[:PRINT]] = len(self.parent)
        self._naming.append(fingerprint[PRINT])
        self.parent.append(parent)
        self.by.append(label)
        self.depth.append(self.depth[parent] + 1 if parent >= 0 else 0)
        self.at_rest.append(at_rest)
        return number

    def edge(self, source: int, target: int, kind: int) -> None:
        if source != target:
            self.source.append(source)
            self.target.append(target)
            self.kind.append(kind)

    def path(self, state: int | None = None) -> list[str]:
        """What happened, from the start to a state; with none given, to what is broken."""
        at = state if state is not None else self.broken.before if self.broken else 0
        labels = [self.broken.label] if state is None and self.broken else []
        while at > 0:
            labels.append(self.labels[self.by[at]])
            at = self.parent[at]
        return labels[::-1]
