"""What is still to be said of the plant, and which limits may end.

A limit ends only when everything faster has happened: what lives has said what it sees, what is on the way to a truck has been heard.
"""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from lanectl.model import (
    Boom,
    BoomMove,
    BoomReported,
    Connection,
    DetectorName,
    DetectorsReported,
    GateName,
    GateNow,
    Lane,
    Reading,
    Report,
    SignalReported,
    TruckName,
    TruckReported,
    UnitName,
)
from tests.prove.forms import FRESH, OLD, with_gate_old, with_truck_old, with_unit_aged
from tests.prove.ladder import GATE
from tests.prove.plant import (
    Arm,
    BoomFault,
    Dog,
    LampFault,
    Plant,
    PlateFault,
    Site,
    boom_of,
    by_place,
    detectors_of,
    lamp_of,
    link_lost,
    papers_of,
    truck_name,
    truck_of,
)


class Truth(NamedTuple):
    """What everything that is heard would say now: by gate, by unit (with its detectors), by truck."""

    booms: tuple[tuple[GateName, BoomReported], ...]
    lamps: tuple[tuple[GateName, SignalReported], ...]
    units: tuple[tuple[UnitName, tuple[DetectorName, ...], DetectorsReported], ...]
    trucks: tuple[tuple[TruckName, TruckReported], ...]


def truth(site: Site, plant: Plant) -> Truth:
    gates = tuple(enumerate(site.layout.gates))
    return Truth(
        tuple((gate.name, boom_of(site, plant, g)) for g, gate in gates if gate.barrier_unit not in plant.silent),
        tuple((gate.name, lamp_of(site, plant, g)) for g, gate in gates if gate.signal_unit not in plant.silent),
        tuple(
            (unit.name, unit.detectors, detectors_of(site, plant, unit.name)) for unit in site.layout.units if unit.name not in plant.silent
        ),
        tuple((truck_name(n), truck_of(site, plant, n)) for n, truck in by_place(plant) if truck.at > 0 and not truck.cut),
    )


def unsaid(lane: Lane, plant: Plant, said: Truth) -> Iterator[tuple[str, Report]]:
    """Reports that will come within a moment."""
    for name, boom in said.booms:
        now = lane.gates[name]
        halted = now.asked is BoomMove.STOP and now.asked_at == OLD and now.boom in (Boom.UP, Boom.DOWN)
        if halted or (now.boom, now.local) != (boom.boom, boom.local) or (boom.boom is not Boom.UNKNOWN and now.boom_at < FRESH):
            yield f"the {name} barrier says {boom.boom.value}", boom
    for name, lamp in said.lamps:
        now = lane.gates[name]
        if (now.shown, now.lamp_failed) != (lamp.shown, lamp.lamp_failed):
            yield f"the {name} signal shows {lamp.shown.value}", lamp
    for unit, detectors, seen in said.units:
        for name in detectors:
            known = lane.detectors[name]
            if known.vacant_reads == 1 or known.stood_at > OLD or (known.reading is Reading.UNKNOWN and not known.distrusted):
                yield f"{unit} says again what it sees", seen
                break
    for n, truck in by_place(plant):
        if truck.at == GATE and truck.base <= 0:
            yield from _papers(lane, plant, truck_name(n))
    for name, report in said.trucks:
        last = lane.trucks.get(name)
        if last is None or last.report != report or last.heard_at < FRESH:
            end = f", way to {report.authority_end}" if report.authority_end else ""
            yield f"{name} says it is at {report.last_node}{end}{', standing' if report.standing else ''}", report


def _papers(lane: Lane, plant: Plant, truck: str) -> Iterator[tuple[str, Report]]:
    """Those of a crossing that ended without being seen are gone with it: the next one's are declared."""
    declared, *cleared = papers_of(plant, truck)
    name = declared.consignment
    if name not in lane.consignments:
        yield f"{name} is declared", declared
        return
    said = dict(lane.consignments[name].standing)
    for paper in cleared:
        if paper.authority not in said:
            yield f"{paper.authority.value} says of {name}: {paper.standing.value}", paper


def noticed(site: Site, lane: Lane, plant: Plant) -> Iterator[tuple[str, Report]]:
    """That something is not heard any more."""
    for unit in sorted(plant.silent):
        if lane.units[unit].linked:
            yield f"{unit} does not answer", link_lost(unit)
    for n, truck in enumerate(plant.trucks):
        known = lane.trucks.get(truck_name(n))
        if truck.cut and known is not None and known.report.connection is Connection.ONLINE:
            said = replace(known.report, connection=Connection.BROKEN, localised=False, standing=False)
            yield f"the broker says that T{n + 1} is gone", said


def is_quick(plant: Plant) -> bool:
    """Something is on its way that arrives before any limit ends."""
    on_the_way = any(truck.inbox and not truck.cut for truck in plant.trucks)
    return on_the_way or any(dog is Dog.PROVING for dog in plant.dogs)


def ended(site: Site, lane: Lane, plant: Plant) -> Iterator[tuple[str, Lane]]:
    """Each limit that can end now, with the lane as it then is; the step that follows is Woke."""
    for unit in sorted(plant.silent):
        old = with_unit_aged(lane, site.layout, unit)
        if old is not None:
            yield f"{unit} has not been heard for longer", old
    for g in range(2):
        yield from _of_gate(site, lane, plant, g)
    for n, truck in enumerate(plant.trucks):
        yield from _of_truck(lane, n, cut=truck.cut)


def _of_gate(site: Site, lane: Lane, plant: Plant, g: int) -> Iterator[tuple[str, Lane]]:
    gate = site.layout.gates[g]
    now, arm = lane.gates[gate.name], plant.booms[g]
    deaf = gate.barrier_unit in plant.silent
    arriving = arm.at in {Arm.RISE, Arm.FALL} and arm.fault in {BoomFault.NONE, BoomFault.OBSTACLE, BoomFault.LOCAL} and not deaf
    rises = now.asked is BoomMove.UP and any(lane.detectors[name].reading is not Reading.VACANT for name in gate.under)
    waits = now.asked is BoomMove.STOP or now.boom is not Boom.MOVING or rises
    limits = (
        ("asked_at", _is_asked(now) and not arriving, "boom has not arrived in time"),
        (
            "sent_at",
            _is_asked(now) and not now.settled and waits and not arriving,
            "boom has not begun to move",
        ),
        ("aspect_asked_at", now.shown is not now.aspect_asked, "signal does not show what was asked"),
        ("aspect_sent_at", now.shown is not now.aspect_asked, "signal is asked again to show it"),
        ("plate_asked_at", now.reading_plate and plant.plate is not PlateFault.NONE, "plate is not read in time"),
    )
    for name, may_end, label in limits:
        old = with_gate_old(lane, gate.name, name) if may_end else None
        if old is not None:
            yield f"the {gate.name} {label}", old


def _is_asked(now: GateNow) -> bool:
    """It was asked to go where it is not, or to halt, and how long ago that was still matters."""
    if now.asked is BoomMove.STOP:
        return now.boom is not Boom.UNKNOWN
    return now.asked is not None and now.boom.value != now.asked.value


def _of_truck(lane: Lane, n: int, *, cut: bool) -> Iterator[tuple[str, Lane]]:
    name = truck_name(n)
    now = lane.trucks.get(name)
    if now is None:
        return
    limits = (
        ("heard_at", cut, "has been silent for too long"),
        ("authority_at", now.authority != "" and not now.echoed and not (cut and now.heard_at > OLD), "has not echoed its order in time"),
        ("cancel_at", now.cancelling, "has not confirmed its cancellation in time"),
        ("pause_at", bool(now.stopped_by) or now.paused_by_us, "has had time to pause or to go on"),
    )
    for field, may_end, label in limits:
        old = with_truck_old(lane, name, field) if may_end else None
        if old is not None:
            yield f"{name} {label}", old


def is_disturbed(plant: Plant) -> bool:
    """Some fault lasts."""
    devices = plant.silent or plant.blind or plant.stuck or not plant.journal or plant.down or plant.held
    gates = any(boom.fault is not BoomFault.NONE or boom.wild for boom in plant.booms) or any(
        lamp is not LampFault.NONE for lamp in plant.lamps
    )
    trucks = any(truck.cut or truck.e_stop or truck.lie >= 0 or truck.rejects or truck.manual for truck in plant.trucks)
    return bool(devices) or gates or trucks or plant.plate is not PlateFault.NONE
