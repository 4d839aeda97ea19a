"""What is asked of trucks besides driving: what they do in the yards, and by what the broker and the cameras know them."""

from lanectl.site.described import Described, LaneTable
from lanectl.site.problems import Findings, report, report_key


def check_load(found: Described, lane: LaneTable, findings: Findings) -> None:
    """Every truck's greatest mass is known and the bridge bears it, where the site says what it bears."""
    for truck in found.fleet if lane.load_kg_max else ():
        mass_kg = truck.thing.mass_kg_max
        if not 0 < mass_kg <= lane.load_kg_max:
            said = f"weighs up to {mass_kg} kg" if mass_kg else "says no mass_kg_max"
            message = f"truck `{truck.thing.serial}` {said}, and the bridge bears {lane.load_kg_max} kg"
            report(findings, "C066", truck.place, ("mass_kg_max",), message, "its greatest mass, which the bridge bears")


def check_yards(found: Described, lane: LaneTable, findings: Findings) -> None:
    """Only where a truck ends its way: anywhere else it would hold the lane, or the entry gate with its boom up, while it works."""
    gates = [gate.thing.name for gate in found.gates]
    ends = gates if lane.both_ways else gates[-1:]
    done: set[tuple[str, str]] = set()
    for action in found.yard_actions:
        behind, what = action.thing.behind, action.thing.action_type
        if behind and "" not in gates and behind not in ends:
            remedy = f"one of: {', '.join(ends)}"
            report(findings, "C063", action.place, ("behind",), f"no truck ends its way behind a gate `{behind}`", remedy)
        if behind and what and (behind, what) in done:
            message = f"`{what}` is asked for behind gate `{behind}` twice"
            report(findings, "C064", action.place, ("type",), message, "once each: an action's id is made of its place and its type")
        done.add((behind, what))


def check_certificates(found: Described, findings: Findings) -> None:
    """One name, one truck: who shows it may speak for the truck of that name. A serial that stands twice is noted already."""
    known_as: dict[str, str] = {}
    for truck in found.fleet:
        serial, name = truck.thing.serial, truck.thing.certificate
        other = known_as.setdefault(name, serial)
        if name and serial and other != serial:
            message = f"trucks `{other}` and `{serial}` have one certificate name, `{name}`"
            report_key(findings, "C065", truck.place, ("certificate",), message, "each truck its own; left out, it is the serial")


def check_markers(found: Described, findings: Findings) -> None:
    """One number, one truck: a marker that two carry says of neither who it is."""
    carried_by: dict[int, str] = {}
    for truck in found.fleet:
        serial, marker = truck.thing.serial, truck.thing.marker
        if marker is None or not serial:
            continue
        other = carried_by.setdefault(marker, serial)
        if other != serial:
            message = f"trucks `{other}` and `{serial}` both carry marker {marker}"
            report(findings, "C057", truck.place, ("marker",), message, "each truck a number of its own, 0 to 586")
