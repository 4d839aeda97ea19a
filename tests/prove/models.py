"""What is searched. With one fault at a time the faults may be searched by family.

A1 is one truck, B1 two, D1 one on a lane worked both ways, B3 two on three sections.

A2 is two faults at a time within a family, 0 none, C the controller started anew with late reports, B4 four trucks on five sections.

E is any dispatcher on a lane worked both ways: one truck, two; E2 and E3 the same with trucks called to the wrong gate.

A model that is stopped by its time says so, and claims only what it expanded.
"""

from lanectl.model import Act
from tests.prove.faults import DEVICES, PEOPLE, TRUCKS
from tests.prove.kinds import Called, Model

ACTS = frozenset(Act) - {Act.STOP}  # a stop counts as a fault: persons may undo one, and are not counted for that
LINKS = frozenset({"cut", "lost message", "silent"})
STUCK = frozenset({"stuck occupied", "stuck vacant"})
GATES = frozenset({"boom", "lamp", "local", "plate"})
REST = frozenset({"stop", "held", "journal", "controller"})
MISTAKES = frozenset({"mistake"})
NOTHING: frozenset[str] = frozenset()
NOBODY: frozenset[Act] = frozenset()
SILENT, RESTART, CONTROLLER = frozenset({"silent"}), frozenset({"restart"}), frozenset({"controller"})
FAMILIES = {"restart": RESTART, "silent": SILENT, "stuck": STUCK, "gates": GATES, "trucks": TRUCKS, "rest": REST, "mistakes": MISTAKES}
HALVES = {  # of two trucks the families are larger than a model may be, and are searched in parts
    "restart": RESTART,
    "silent": SILENT,
    "occupied": frozenset({"stuck occupied"}),
    "vacant": frozenset({"stuck vacant"}),
    "gates": GATES,
    "cut": frozenset({"cut", "lost message", "e-stop", "manual"}),
    "lies": TRUCKS - {"cut", "lost message", "e-stop", "manual"},
    "papers": REST - {"controller"},
    "controller": CONTROLLER,
    "mistakes": MISTAKES,
}
BOTH_WAYS = {name: faults for name, faults in FAMILIES.items() if name != "rest"} | {
    name: HALVES[name] for name in ("papers", "controller")
}
UNITS = {  # the largest of these once more by what fails
    "bridge": frozenset({"io-bridge-1"}),
    "vn": frozenset({"io-vn"}),
    "cn": frozenset({"io-cn"}),
    "barriers": frozenset({"barrier-vn", "barrier-cn"}),
}
SEEING = {name: units for name, units in UNITS.items() if name != "barriers"}
ERRORS = {  # or by what is done wrongly
    "halts": frozenset({Act.PAUSE, Act.CANCEL, Act.RESUME}),
    "sweeps": frozenset({Act.SWEEP, Act.DECLARE}),
    "service": ACTS - {Act.PAUSE, Act.CANCEL, Act.RESUME, Act.SWEEP, Act.DECLARE},
}
MOMENTS = {  # or by where the truck ahead is when it happens, on a lane of two sections
    "before": range(2),
    "entering": range(2, 5),
    "off-boom": range(5, 6),
    "entered": range(6, 7),
    "in-k1": range(7, 8),
    "onto-k2": range(8, 9),
    "off-k1": range(9, 10),
    "into-k2": range(10, 11),
    "in-k2": range(11, 13),
    "leaving": range(13, 15),
    "out": range(15, 17),
}
LONG_AGO = {"before": 11, "in-k1": 6, "in-k2": 8}  # of the largest of these: where it was then, or behind that, when the controller died
FOUR = 4
LEGS = {"coming": range(8), "going": range(8, 17)}
FIVE = {  # on a lane of five
    "k1": range(8),
    "k2": range(8, 13),
    "k3": range(13, 18),
    "k4": range(18, 23),
    "k5": range(23, 28),
    "leaving": range(28, 32),
}


def _parts(model: Model) -> list[Model]:
    """One fault is of one unit, one person's mistake or one moment. What it leaves behind at rest meets faults of its own part only."""
    if model.faults in (SILENT, RESTART):
        return [part for unit in _by_unit(model, UNITS) for part in _of_one_unit(unit)]
    if model.faults < STUCK:
        return _by_unit(model, SEEING)
    if model.faults == MISTAKES:
        return [model._replace(name=f"{model.name}-{name}", mistakes=acts) for name, acts in ERRORS.items()]
    if model.faults == CONTROLLER:
        return _by_place(model, MOMENTS) if model.trucks == 1 else _by_restart(model)
    return _by_place(model, FIVE) if model.trucks == FOUR else [model]


def _of_one_unit(model: Model) -> list[Model]:
    """What fails at the exit meets every story that there was before it."""
    return _by_place(model, LEGS) if model.trucks > 1 and model.units == UNITS["cn"] else [model]


def _by_unit(model: Model, units: dict[str, frozenset[str]]) -> list[Model]:
    return [model._replace(name=f"{model.name}-{name}", units=failing) for name, failing in units.items()]


def _by_place(model: Model, places: dict[str, range]) -> list[Model]:
    return [model._replace(name=f"{model.name}-{name}", ahead=rungs) for name, rungs in places.items()]


def _by_restart(model: Model) -> list[Model]:
    """Killed and started again while the truck ahead is in one place; or killed while it was elsewhere, long ago or not."""
    there = [part._replace(again=part.ahead) for part in _by_place(model, MOMENTS)]
    return there + [other for place, part in zip(MOMENTS, there, strict=True) for other in _driven_meanwhile(part, LONG_AGO.get(place))]


def _driven_meanwhile(part: Model, long_ago: int | None) -> list[Model]:
    elsewhere = [rung for killed in MOMENTS.values() for rung in killed if rung not in part.again]
    if long_ago is None:
        return [part._replace(name=f"{part.name}-meanwhile", ahead=elsewhere)]
    return [
        part._replace(name=f"{part.name}-long", ahead=[rung for rung in elsewhere if rung < long_ago]),
        part._replace(name=f"{part.name}-short", ahead=[rung for rung in elsewhere if rung >= long_ago]),
    ]


_ALL = (
    Model("0", 2, 1, NOTHING, 0, NOBODY),
    Model("02", 3, 2, NOTHING, 0, NOBODY),
    Model("02p", 3, 2, NOTHING, 0, NOBODY, prompt=True),
    *(Model(f"A1-{name}", 2, 1, faults, 1, ACTS, prompt=True) for name, faults in FAMILIES.items()),
    *(Model(f"A2-{name}", 2, 1, faults, 2, ACTS, prompt=True) for name, faults in FAMILIES.items()),
    Model("A2-lamps", 2, 1, frozenset({"lamp"}), 2, ACTS, prompt=True),
    Model("A2-journal", 2, 1, frozenset({"journal", "mistake"}), 2, ACTS, prompt=True, mistakes=ERRORS["service"]),
    Model("A1-lag", 2, 1, frozenset({"cut", "lost message", "e-stop", "truck restart"}), 1, ACTS),
    *(part for name, faults in HALVES.items() for part in _parts(Model(f"B1-{name}", 2, 2, faults, 1, ACTS, prompt=True))),
    Model("B3-links", 3, 2, LINKS, 1, ACTS, prompt=True),
    Model("D0", 2, 1, NOTHING, 0, frozenset({Act.TURN}), prompt=True, both_ways=True),
    *(
        part
        for name, faults in BOTH_WAYS.items()
        for part in _parts(Model(f"D1-{name}", 2, 1, faults, 1, ACTS, prompt=True, both_ways=True))
    ),
    Model("D2-links", 3, 2, LINKS | {"wrong gate"}, 1, ACTS, prompt=True, both_ways=True),
    Model("E0", 2, 1, NOTHING, 0, NOBODY, prompt=True, both_ways=True, dispatched=Called.OURS),
    Model("E1", 2, 2, NOTHING, 0, NOBODY, prompt=True, both_ways=True, dispatched=Called.OURS),
    Model("E2", 2, 1, NOTHING, 1, ACTS, prompt=True, both_ways=True, dispatched=Called.EITHER),
    Model("E3", 2, 2, NOTHING, 1, ACTS, prompt=True, both_ways=True, dispatched=Called.EITHER),
    *_parts(Model("B4-cut", 5, FOUR, frozenset({"cut"}), 1, ACTS, prompt=True)),
    Model("B4-lost", 5, 4, frozenset({"lost message"}), 1, ACTS, prompt=True),
    Model("C", 2, 1, frozenset({"controller"}), 1, ACTS),
    Model("short", 2, 1, DEVICES | TRUCKS | PEOPLE, 1, NOBODY, seconds=4, prompt=True),
)
MODELS = {model.name: model for model in _ALL}
WHOLE = tuple(name for name in MODELS if name != "short")
