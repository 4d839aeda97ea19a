"""TOML tables of trucks, what they do and carry, and of persons -> described things, key by key."""

import re
from dataclasses import replace

from lanectl.model import Authority
from lanectl.plates import normalise
from lanectl.site.described import At
from lanectl.site.facts import (
    Blocking,
    Declared,
    Person,
    Role,
    Truck,
    YardAction,
)
from lanectl.site.kinds import VDA5050
from lanectl.site.table import Table


def yard_action(table: Table) -> At[YardAction]:
    found = YardAction(
        behind=table.text("behind"),
        action_type=table.name("type"),
        blocking=table.choice("blocking", Blocking, Blocking.HARD),
        parameters=_parameters(table),
    )
    table.done()
    return At(found, table.place)


def _parameters(table: Table) -> tuple[tuple[str, str | float | bool], ...]:
    if not table.has("parameters"):
        table.asked["parameters"] = None
        return ()
    given = table.table("parameters")
    found = []
    for key, value in given.values.items():
        if isinstance(value, str | int | float | bool):
            found.append((key, value))
        else:
            given.wrong("C011", key, f"`{key}` must be text in quotes, a number, true or false")
    return tuple(found)


def trucks(table: Table) -> list[At[Truck]]:
    """`count` of them are numbered onwards: T01, T02 …"""
    first, count = _truck(table), table.whole("count", 1, low=1, high=1000)
    number = _NUMBERED.fullmatch(first.serial)
    if count > 1 and (number is None or first.marker is not None or table.has("certificate")):
        table.wrong("C013", "count", "only trucks without marker and certificate, whose serial ends in a number, can be counted onwards")
        count = 1
    table.done()
    if number is None or count == 1:
        return [At(first, table.place)]
    serials = [f"{number[1]}{int(number[2]) + more:0{len(number[2])}d}" for more in range(count)]
    return [At(replace(first, serial=serial, certificate=serial), table.place) for serial in serials]


_NUMBERED = re.compile(r"(.*?)(\d+)")


def _truck(table: Table) -> Truck:
    serial = table.name("serial")
    marker = table.whole("marker", -1, low=0, high=586)
    found = Truck(
        serial=serial,
        manufacturer=table.name("manufacturer"),
        vda5050=table.text("vda5050", "2.1.0"),
        length_m=table.number("length_m", low=1.0, high=60.0),
        braking_mps2=table.number("braking_mps2", low=0.1, high=10.0),
        state_interval_s=table.number("state_interval_s", 1.0, low=0.1, high=1.0),
        certificate=table.text("certificate", serial),
        marker=None if marker < 0 else marker,
        mass_kg_max=table.whole("mass_kg_max", 0, low=0, high=1_000_000),
        plates=tuple(normalise(plate) for plate in table.texts("plates", ())),
    )
    if found.vda5050 not in (*VDA5050, ""):
        table.wrong("C014", "vda5050", f"`{found.vda5050}` is not spoken here", f"one of: {', '.join(VDA5050)}")
    return found


def consignment(table: Table) -> At[Declared]:
    weight_kg = table.whole("declared_weight_kg", 0, low=1, high=200_000)
    found = Declared(
        consignment=table.name("id"),
        truck=table.text("truck"),
        plate=normalise(table.text("plate")),
        cleared_by=table.choices("cleared_by", Authority, ()),
        declared_weight_kg=weight_kg or None,
        container=table.text("container", "").upper().replace(" ", "").replace("-", ""),
        other_plates=tuple(normalise(plate) for plate in table.texts("other_plates", ())),
    )
    table.done()
    return At(found, table.place)


def person(table: Table) -> At[Person]:
    found = Person(table.text("name"), table.choices("roles", Role), table.text("pin", ""))
    table.done()
    return At(found, table.place)
