"""Transport orders out of JSON and CSV: everything that is wrong is told, each with its place and what to do, and nothing is taken then."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lanectl.model import Direction, TruckName
from lanectl.transport.fields import Fields, Problems, did_you_mean
from lanectl.transport.order import Asked, TransportOrder, Wish

WEIGHT_KG_MAX = 200_000  # 49 t is the heaviest that either country lets on its roads, four times; as the manifest takes
PRIORITY_MAX = 9
WHY_MAX = 200  # characters; it is journalled and shown
WISHES_MAX = 500  # in one message or file: as many as may be open
REVISION_MAX = 2**31 - 1
FIELDS = (
    *("id", "truck", "direction", "consignment", "container", "plates", "declared_weight_kg"),
    *("priority", "earliest", "latest", "empty_return"),
)
_WISH_FIELDS = ("wish", "id", "revision", "why", "order")


@dataclass(frozen=True, slots=True)
class Known:
    """What an order is held against. `plate`: as plates are compared, "" for what is none. `container`: whether it is a number of one.

    `plates`: what each truck of the fleet is known to wear, () where nobody said.
    """

    directions: frozenset[Direction]
    plates: Mapping[TruckName, tuple[str, ...]]
    plate: Callable[[str], str]
    container: Callable[[str], bool]


def read_wishes(held: object, known: Known, problems: Problems, *, numbered: bool = True) -> tuple[Asked, ...]:
    """What JSON holds under `wishes`. `numbered`: each needs a revision; what a person asks comes once and in turn."""
    if not isinstance(held, list) or not 0 < len(held) <= WISHES_MAX:
        problems.tell("wrong_type", "wishes", f"expected a list of 1 to {WISHES_MAX} wishes", 'like [{"wish": "ADD", …}]')
        return ()
    read = [_wish(each, f"wishes[{n}]", known, problems, numbered=numbered) for n, each in enumerate(held)]
    return tuple(asked for asked in read if asked is not None)


def read_csv(text: str, known: Known, problems: Problems) -> tuple[Asked, ...]:
    """A header line with the names of the fields, then an order a line. Several plates stand in one field, apart by spaces."""
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        problems.tell("not_csv", "", f"is no CSV: {error}", 'fields apart by commas, quoted with " where they hold one')
        return ()
    header = [name.strip() for name in rows[0]] if rows else []
    if not _is_header(header, problems):
        return ()
    if len(rows) - 1 > WISHES_MAX:
        problems.tell("too_many", f"line {WISHES_MAX + 2}", f"more than {WISHES_MAX} orders", "send them in several files")
        return ()
    asked = [_row(row, line, header, known, problems) for line, row in enumerate(rows[1:], start=2) if any(row)]
    return tuple(each for each in asked if each is not None)


# ---------------------------------------------------------------- one wish


def _wish(held: object, place: str, known: Known, problems: Problems, *, numbered: bool) -> Asked | None:
    if not isinstance(held, dict):
        problems.tell("wrong_type", place, "expected an object", 'like {"wish": "HOLD", "id": "A1", "revision": 2}')
        return None
    before = len(problems)
    fields = Fields(held, lambda name: f"{place}.{name}", _WISH_FIELDS, problems)
    wish = fields.choice("wish", Wish)
    revision = fields.whole("revision", 1, REVISION_MAX, needed=numbered)
    why = fields.text("why", WHY_MAX)
    if wish in (Wish.ADD, Wish.REPLACE):
        return _with_order(held, (wish, revision, why), place, known, problems)
    order_id = fields.name("id", needed=True)
    if "order" in held:
        problems.tell("unknown_field", f"{place}.order", f"{held.get('wish')!r:.40} takes no order", "name it with id")
    if wish is None or len(problems) > before:
        return None
    return Asked(wish, order_id, None, revision, why, place)


def _with_order(
    held: Mapping[str, object], wish: tuple[Wish, int | None, str], place: str, known: Known, problems: Problems
) -> Asked | None:
    within = f"{place}.order"
    order = held.get("order")
    if not isinstance(order, dict):
        problems.tell("missing_field", within, "the order is missing", "an object with id, direction, latest …")
        return None
    if "id" in held and held["id"] != order.get("id"):
        problems.tell("order_differs", f"{place}.id", "is not the id of the order in it", "leave it out")
    read = read_order(order, lambda name: f"{within}.{name}", known, problems)
    return Asked(wish[0], read.id, read, wish[1], wish[2], within) if read is not None else None


def _is_header(header: Sequence[str], problems: Problems) -> bool:
    if not header:
        problems.tell("missing_field", "line 1", "there is no header line", f"the names of the fields: {','.join(FIELDS)}")
        return False
    good = True
    for column, name in enumerate(header, start=1):
        if name not in FIELDS or header.index(name) != column - 1:
            good = False
            remedy = did_you_mean(name, FIELDS) if name not in FIELDS else "name each field once"
            problems.tell("unknown_field", f"line 1, column {column}", f"unknown field {name!r:.40}", remedy)
    return good


def _row(row: Sequence[str], line: int, header: Sequence[str], known: Known, problems: Problems) -> Asked | None:
    if len(row) != len(header):
        problems.tell("wrong_length", f"line {line}", f"{len(row)} fields, the header names {len(header)}", "as many fields as in line 1")
        return None
    held = {name: _typed(name, text.strip()) for name, text in zip(header, row, strict=True) if text.strip()}

    def place(name: str) -> str:
        return f"line {line}, column {header.index(name) + 1} ({name})" if name in header else f"line {line} ({name})"

    order = read_order(held, place, known, problems)
    return Asked(Wish.ADD, order.id, order, None, "", f"line {line}") if order is not None else None


def _typed(name: str, text: str) -> object:
    """What CSV cannot say of a field by itself. What does not fit stays text, and is told to be of the wrong type."""
    match name:
        case "plates":
            return text.split()
        case "declared_weight_kg" | "priority" if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        case "empty_return" if text.lower() in ("true", "false"):
            return text.lower() == "true"
        case _:
            return text


# ---------------------------------------------------------------- one order


def read_order(held: Mapping[str, object], place: Callable[[str], str], known: Known, problems: Problems) -> TransportOrder | None:
    """None when anything of it is wrong. `place` says where a field stands."""
    before = len(problems)
    fields = Fields(held, place, FIELDS, problems)
    order_id = fields.name("id", needed=True)
    truck = fields.name("truck") or None
    direction = fields.choice("direction", Direction)
    empty_return = fields.yes_no("empty_return")
    consignment = fields.name("consignment", needed=not empty_return) or order_id
    container = fields.text("container", 11)
    plates = fields.texts("plates")
    weight = fields.whole("declared_weight_kg", 1, WEIGHT_KG_MAX)
    priority = fields.whole("priority", 0, PRIORITY_MAX) or 0
    earliest, latest = fields.time("earliest"), fields.time("latest", needed=True)
    if truck is not None and truck not in known.plates:
        remedy = did_you_mean(truck, known.plates) if known.plates else "name it in the fleet first"
        problems.tell("truck_unknown", place("truck"), f"truck {truck} is not of this lane's fleet", remedy)
    if direction is not None and direction not in known.directions:
        lane = " or ".join(sorted(d.value for d in known.directions))
        problems.tell("wrong_direction", place("direction"), f"this lane is worked {lane}", "send it to the lane that goes this way")
    _check_container(container, place, known, problems, empty_return=empty_return)
    normal = _plates(plates, truck, place, known, problems)
    if earliest is not None and latest is not None and earliest >= latest:
        problems.tell("wrong_time", place("latest"), "is not later than the earliest time", "a time after earliest")
    if len(problems) > before or direction is None or latest is None:
        return None
    return TransportOrder(
        *(order_id, truck, direction, consignment, container, normal, weight, priority), earliest or 0.0, latest, empty_return
    )


def _check_container(container: str, place: Callable[[str], str], known: Known, problems: Problems, *, empty_return: bool) -> None:
    if container and empty_return:
        problems.tell("wrong_container", place("container"), "an empty return carries no container", "leave it out, or empty_return")
    elif container and not known.container(container):
        text = f"{container!r:.40} is no container number (ISO 6346), or its last digit does not check"
        problems.tell("wrong_container", place("container"), text, "four letters, six digits and the check digit, like MSKU1234565")


def _plates(
    given: Sequence[str], truck: TruckName | None, place: Callable[[str], str], known: Known, problems: Problems
) -> tuple[str, ...]:
    normal = [known.plate(plate) for plate in given]
    for plate, read in zip(given, normal, strict=True):
        if not read:
            problems.tell("wrong_plate", place("plates"), f"{plate!r:.40} fits no plate of Vietnam or China", "like 14C12345 or 桂P12345")
    if not given and truck is not None and truck in known.plates and not known.plates[truck]:
        problems.tell("missing_field", place("plates"), f"nobody knows what plate {truck} wears", "give plates, or name them in the fleet")
    return tuple(dict.fromkeys(normal))
