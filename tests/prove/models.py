"""What is searched. A model that is stopped by its time says so, and claims only what it expanded."""

from lanectl.model import Act
from tests.prove.faults import ALL, CONTROLLER, DEVICES, PEOPLE, TRUCKS
from tests.prove.kinds import Model

ACTS = frozenset(Act) - {Act.STOP}  # a stop counts as a fault: persons may undo one, and are not counted for that
MENDING = ACTS - {Act.CLOSE}
LINKS = frozenset({"cut", "lost message", "silent"})
NOTHING: frozenset[str] = frozenset()
NOBODY: frozenset[Act] = frozenset()

_ALL = (
    Model("0", 2, 1, NOTHING, 0, NOBODY),
    Model("02", 3, 2, NOTHING, 0, NOBODY),
    Model("02p", 3, 2, NOTHING, 0, NOBODY, prompt=True),
    Model("A1", 2, 1, ALL, 1, MENDING, prompt=True),
    Model("A2", 2, 1, ALL, 2, MENDING, prompt=True),
    Model("A1-lag", 2, 1, TRUCKS | {"boom", "lamp", "stop"}, 1, MENDING),
    Model("A-close", 2, 1, ALL, 1, ACTS, prompt=True),
    Model("B", 3, 2, LINKS, 1, MENDING, prompt=True),
    Model("C", 2, 1, frozenset({"controller"}), 1, MENDING),
    Model("C2", 3, 2, CONTROLLER, 1, MENDING, prompt=True),
    Model("mutants", 2, 1, ALL, 1, MENDING, seconds=30, prompt=True),
    Model("short", 2, 1, DEVICES | TRUCKS | PEOPLE, 1, NOBODY, seconds=4, prompt=True),
)
MODELS = {model.name: model for model in _ALL}
WHOLE = ("0", "02", "02p", "A1", "A2", "A1-lag", "A-close", "B", "C", "C2")
