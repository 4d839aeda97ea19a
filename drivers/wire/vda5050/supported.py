"""Rule 19: which optional fields and actions a factsheet allows. A vehicle without a factsheet is judged by nobody."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.messages import BlockingType, Edge, Node, Order
from drivers.wire.vda5050.rules import Breach

NEEDED = {
    "nodes": {"nodeId", "sequenceId", "released", "actions"},
    "nodes.nodePosition": {"x", "y", "mapId"},
    "edges": {"edgeId", "sequenceId", "released", "startNodeId", "endNodeId", "actions"},
}
NESTED = ("nodes.nodePosition",)


def supports(sheet: Factsheet | None, path: str) -> bool | None:
    """`path` like `nodes.nodePosition.allowedDeviationXY`; None without a factsheet. A part that is listed allows what it lies in."""
    if sheet is None:
        return None
    return path.lower() in sheet.supported


def requires(sheet: Factsheet | None, path: str) -> bool:
    """Whether its factsheet calls this optional field REQUIRED."""
    return sheet is not None and path.lower() in sheet.required


def allows_action(sheet: Factsheet | None, action_type: str, scope: str) -> bool | None:
    """`scope`: NODE, EDGE or INSTANT; None without a factsheet."""
    if sheet is None:
        return None
    return any(one.action_type == action_type and scope in one.action_scopes for one in sheet.actions)


def blocking_of(sheet: Factsheet | None, action_type: str) -> BlockingType:
    """For an instant action: HARD, unless its factsheet takes that one only otherwise."""
    described = (one for one in (sheet.actions if sheet is not None else ()) if one.action_type == action_type)
    taken = next((one.blocking_types for one in described if "INSTANT" in one.action_scopes), None) or ()
    known = [kind for kind in BlockingType if kind.value in taken]
    return BlockingType.HARD if BlockingType.HARD in known or not known else known[-1]


def unsupported_in(order: Order, sheet: Factsheet | None, plain: Mapping[str, object] | None = None) -> list[Breach]:
    """`plain`: the message as it stands on the wire, where it may hold fields that we do not know."""
    if sheet is None:
        return []
    held = plain if plain is not None else msgspec.to_builtins(order)
    found = [
        Breach(19, place, f"{path} is not among the optionalParameters of its factsheet")
        for part in ("nodes", "edges")
        for place, path in _optional_used(part, held.get(part))
        if not supports(sheet, path)
    ]
    scoped: tuple[tuple[str, str, Sequence[Node | Edge]], ...] = (("nodes", "NODE", order.nodes), ("edges", "EDGE", order.edges))
    for kind, scope, parts in scoped:
        for at, part in enumerate(parts):
            for action in part.actions:
                if not allows_action(sheet, action.action_type, scope):
                    what = f"{action.action_type} is not among the agvActions of its factsheet with scope {scope}"
                    found.append(Breach(19, f"$.{kind}[{at}].actions", what))
    return found + _too_long(order, sheet)


def _optional_used(part: str, items: object) -> Iterator[tuple[str, str]]:
    if not isinstance(items, (list, tuple)):
        return
    for at, item in enumerate(items):
        if isinstance(item, Mapping):
            yield from _of_part(part, f"$.{part}[{at}]", item)


def _of_part(path: str, place: str, item: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in item.items():
        if key not in NEEDED[path]:
            yield f"{place}.{key}", f"{path}.{key}"
        if f"{path}.{key}" in NESTED and isinstance(value, Mapping):
            yield from _of_part(f"{path}.{key}", f"{place}.{key}", value)


def _too_long(order: Order, sheet: Factsheet) -> list[Breach]:
    """A limit of 0 or none is no limit."""
    lists, texts = sheet.lists, sheet.strings
    found = [
        Breach(19, f"$.{name}", f"{length} {name}, its factsheet takes {limit}")
        for name, length, limit in (("nodes", len(order.nodes), lists.order_nodes), ("edges", len(order.edges), lists.order_edges))
        if limit and length > limit
    ]
    ids = [order.order_id, *(node.node_id for node in order.nodes), *(edge.edge_id for edge in order.edges)]
    longest = max(ids, key=len)
    if texts.id_len and len(longest) > texts.id_len:
        found.append(Breach(19, "$", f"the id {longest} has {len(longest)} characters, its factsheet takes {texts.id_len}"))
    return found
