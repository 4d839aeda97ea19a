"""Consignments, plates, persons and the broker."""

import ipaddress
import re

from drivers.plate_reader.container_code import checks
from lanectl.plates import country
from lanectl.site.described import At, Described
from lanectl.site.facts import Mqtt
from lanectl.site.problems import Findings, report, report_key

_SCRYPT = re.compile(r"scrypt[$:].+")


def check_goods(found: Described, findings: Findings) -> None:
    _plates(found, findings)
    _persons(found, findings)


def check_mqtt(mqtt: At[Mqtt], findings: Findings) -> None:
    if mqtt.thing.host and not is_loopback(mqtt.thing.host) and mqtt.thing.tls is None:
        message = f"the broker at `{mqtt.thing.host}` is off loopback: every link there needs TLS with certificates on both ends"
        report(findings, "C054", mqtt.place, ("host",), message, "`tls = { authority = …, certificate = …, key = … }`")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _plates(found: Described, findings: Findings) -> None:
    for listed in found.fleet:
        for index, plate in enumerate(listed.thing.plates):
            if not country(plate):
                message = f"`{plate}` fits no plate format of Vietnam or China"
                report(findings, "C050", listed.place, ("plates", index), message, "like 14C12345 or 桂P12345")
    worn_by: dict[str, str] = {}
    for line in found.manifest:
        plate, truck = line.thing.plate, line.thing.truck
        if not plate:
            continue
        if not country(plate):
            message = f"`{plate}` fits no plate format of Vietnam or China"
            report(findings, "C050", line.place, ("plate",), message, "like 14C12345 or 桂P12345")
        for index, other in enumerate(line.thing.other_plates):
            if not country(other):
                message = f"`{other}` fits no plate format of Vietnam or China"
                report(findings, "C050", line.place, ("other_plates", index), message, "like 14R01234 or 桂P1234挂")
        if line.thing.container and not checks(line.thing.container):
            message = f"`{line.thing.container}` is no container number, or its last digit does not check"
            report(findings, "C059", line.place, ("container",), message, "four letters and seven digits, like CSQU3054383")
        if worn_by.setdefault(plate, truck) != truck and truck:
            message = f"plate `{plate}` is declared for trucks `{worn_by[plate]}` and `{truck}`"
            report(findings, "C051", line.place, ("plate",), message, "a plate belongs to one truck")


def _persons(found: Described, findings: Findings) -> None:
    for person in found.persons:
        if not person.thing.roles:
            message = f"`{person.thing.name}` has no role"
            report(findings, "C055", person.place, ("roles",), message, "viewer, operator, supervisor or technician")
        if person.thing.pin and not _SCRYPT.fullmatch(person.thing.pin):
            report_key(findings, "C056", person.place, ("pin",), "the pin is not as scrypt makes it", "make it with: lanectl person pin")
