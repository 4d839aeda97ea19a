"""What is searched. With one fault at a time the faults may be searched by family: A1 is the four together.

A model that is stopped by its time says so, and claims only what it expanded.
"""

from lanectl.model import Act
from tests.prove.faults import ALL, CONTROLLER, DEVICES, PEOPLE, TRUCKS
from tests.prove.kinds import Model

# A stop counts as a fault: persons may undo one, and are not counted for that. Works on the lane and turning are in tests/rules.
ACTS = frozenset(Act) - {Act.STOP, Act.TAKE_OUT, Act.PUT_BACK, Act.TURN}
MENDING = ACTS - {Act.CLOSE}
LINKS = frozenset({"cut", "lost message", "silent"})
MODULES = frozenset({"silent", "restart", "stuck"})
GATES = frozenset({"boom", "lamp", "local", "plate"})
REST = ALL - MODULES - GATES - TRUCKS
NOTHING: frozenset[str] = frozenset()
NOBODY: frozenset[Act] = frozenset()

_ALL = (
    Model("0", 2, 1, NOTHING, 0, NOBODY),
    Model("02", 3, 2, NOTHING, 0, NOBODY),
    Model("02p", 3, 2, NOTHING, 0, NOBODY, prompt=True),
    Model("A1-modules", 2, 1, MODULES, 1, MENDING, prompt=True),
    Model("A1-gates", 2, 1, GATES, 1, MENDING, prompt=True),
    Model("A1-trucks", 2, 1, TRUCKS, 1, MENDING, prompt=True),
    Model("A1-people", 2, 1, REST, 1, MENDING, prompt=True),
    Model("A1-lag", 2, 1, frozenset({"cut", "lost message", "e-stop", "truck restart"}), 1, MENDING),
    Model("A1-close", 2, 1, frozenset({"stop", "lost message"}), 1, ACTS, prompt=True),
    Model("A2", 2, 1, ALL, 2, MENDING, prompt=True),
    Model("B", 3, 2, LINKS, 1, MENDING, prompt=True),
    Model("C", 2, 1, frozenset({"controller"}), 1, MENDING),
    Model("C2", 3, 2, CONTROLLER, 1, MENDING, prompt=True),
    Model("mutants", 2, 1, ALL, 1, MENDING, seconds=30, prompt=True),
    Model("short", 2, 1, DEVICES | TRUCKS | PEOPLE, 1, NOBODY, seconds=4, prompt=True),
)
MODELS = {model.name: model for model in _ALL}
WHOLE = tuple(name for name in MODELS if name not in {"mutants", "short"})
