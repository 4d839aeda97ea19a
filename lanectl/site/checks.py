"""What must fit together in a site, in the order in which a person would look: names, wires, metres, trucks and people."""

import difflib
from collections.abc import Sequence
from typing import Protocol

from lanectl.layout import Limits
from lanectl.site.checks_goods import check_goods, check_mqtt
from lanectl.site.checks_lane import check_lane
from lanectl.site.checks_scales import check_scales
from lanectl.site.checks_sights import check_sights
from lanectl.site.checks_trucks import check_certificates, check_load, check_markers, check_yards
from lanectl.site.checks_wiring import check_wiring
from lanectl.site.described import At, Described, LaneTable
from lanectl.site.facts import Mqtt
from lanectl.site.problems import Findings, Place, report

Named = tuple[str, Place, tuple[str | int, ...]]
"""A name, the table that gives it, and the key in it."""


class HasName(Protocol):
    @property
    def name(self) -> str: ...


def check(found: Described, about: tuple[LaneTable, Place, Limits], mqtt: At[Mqtt], findings: Findings, *, complete: bool) -> None:
    """Note everything that does not fit. Not `complete`: a file could not be read, so nobody asks for what it may hold."""
    check_names(found, findings)
    check_mqtt(mqtt, findings)
    if complete:
        check_references(found, findings)
        check_wiring(found, findings)
        check_lane(found, about, findings)
        check_yards(found, about[0], findings)
        check_load(found, about[0], findings)
        check_scales(found, about[0], about[1], findings)
        check_sights(found, about[0], about[1], findings)
    check_goods(found, findings)


def check_names(found: Described, findings: Findings) -> None:
    units = [_named(m) for m in found.modules] + [(b.thing.unit, b.place, ("unit",)) for b in found.barriers]
    _once("port", [_named(p) for p in found.ports], findings)
    _once("unit", units, findings)
    _once("gate", [_named(g) for g in found.gates], findings)
    _once("detection point", [*_gate_points(found), *(_named(p) for p in found.points)], findings)
    _once("section", [_named(s) for s in found.sections], findings)
    _once("detector", list(found.detectors()), findings)
    _once("camera", [_named(c) for c in found.cameras], findings)
    _once("truck", [(t.thing.serial, t.place, ("serial",)) for t in found.fleet], findings)
    check_certificates(found, findings)
    check_markers(found, findings)
    _once("consignment", [(c.thing.consignment, c.place, ("id",)) for c in found.manifest], findings)
    _once("person", [_named(p) for p in found.persons], findings)


def check_references(found: Described, findings: Findings) -> None:
    ports = [p.thing.name for p in found.ports]
    modules = [m.thing.name for m in found.modules]
    trucks = [t.thing.serial for t in found.fleet]
    seen_by = [name for name, _, _ in found.detectors()]
    for module in found.modules:
        _known("C021", "port", (module.thing.port, module.place, ("port",)), ports, findings)
        for index, detector in enumerate(module.thing.inputs):
            _known("C021", "detector", (detector, module.place, ("inputs", index)), seen_by, findings)
    for barrier in found.barriers:
        _known("C021", "port", (barrier.thing.port, barrier.place, ("port",)), ports, findings)
    for scale in found.scales:
        _known("C021", "port", (scale.thing.port, scale.place, ("port",)), ports, findings)
    for signal in found.signals:
        _known("C021", "unit", (signal.thing.unit, signal.place, ("unit",)), modules, findings)
    for line in found.manifest:
        _known("C052", "truck", (line.thing.truck, line.place, ("truck",)), trucks, findings)


def _gate_points(found: Described) -> list[Named]:
    return [(point.thing.name, gate.place, ("point",)) for gate, point in zip(found.gates, found.gate_points, strict=True)]


def _named(described: At[HasName]) -> Named:
    return described.thing.name, described.place, ("name",)


def _once(what: str, names: Sequence[Named], findings: Findings) -> None:
    first: dict[str, Named] = {}
    for named in names:
        name, place, keys = named
        if name in first:
            _, other, other_keys = first[name]
            where = f"{other.source.name}:{other.value(*other_keys).line}"
            report(
                findings, "C020", place, keys, f"{what} `{name}` is described twice", f"the other stands at {where}: give each its own name"
            )
        elif name:
            first[name] = named


def _known(code: str, what: str, named: Named, known: Sequence[str], findings: Findings) -> None:
    """Silent where a name is missing on either side: that was noted already."""
    name, place, keys = named
    if name and name not in known and "" not in known:
        near = difflib.get_close_matches(name, known, n=1)
        remedy = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(known) or 'none'}"
        report(findings, code, place, keys, f"there is no {what} `{name}`", remedy)
