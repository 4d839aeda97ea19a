"""Coming into service: the start, and what proves a section again by itself (R11 a, S7)."""

from msgspec.structs import replace

from lanectl.interlocking import clearance
from lanectl.interlocking import refusals as why
from lanectl.interlocking.detection import suspect_by_silence
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import released_into
from lanectl.layout import Layout, Point, Section, driven
from lanectl.model import (
    DetectorNow,
    GateNow,
    Lane,
    PointNow,
    SectionNow,
    SectionState,
    Service,
    Started,
    TruckNow,
    UnitNow,
)


def initial(layout: Layout) -> Lane:
    """A lane of which nothing is known: every section suspect, every device unheard."""
    return Lane(
        service=Service.COMMISSIONING,
        direction=layout.direction,
        detectors={name: DetectorNow() for unit in layout.units for name in unit.detectors},
        points={point.name: PointNow() for point in layout.points},
        sections={section.name: SectionNow(why_suspect=why.NEVER_PROVED) for section in layout.sections},
        gates={gate.name: GateNow() for gate in layout.gates},
        units={unit.name: UnitNow() for unit in layout.units},
    )


def start(d: Draft, started: Started) -> None:
    """Locks and authorities stay; who stands at the gate, vacancy, links and lamps must be proved anew (R3, R11, S7)."""
    known = started.lane
    d.begin(known if known is not None and _fits(known, driven(d.listed, known)) else initial(d.listed))
    d.armed = d.armed or started.armed_before
    d.journal_writable = d.in_hours = False
    if not d.halted:
        rest(d)
    for section in d.layout.sections:
        suspect_by_silence(d, section.name, why.STARTED)
    clearance.start(d)
    d.cameras, d.weights = {}, {}  # who looks and weighs starts too
    for detector, was in d.detectors.items():
        d.set_detector(detector, DetectorNow(distrusted=was.distrusted))
    for unit in d.layout.units:
        d.set_unit(unit.name, UnitNow(tripped=d.units[unit.name].tripped))  # what drives it starts too, and proves anew (S7)
    for gate, now in d.gates.items():
        d.set_gate(gate, _gate_at_start(now))
    for truck, knows in d.trucks.items():
        d.set_truck(truck, _truck_at_start(knows, d.now))


def rest(d: Draft) -> None:
    """What the lane comes back to when it is neither open nor stopped: nothing in it that was taken for granted."""
    if d.out:
        d.service = Service.OUT_OF_SERVICE
    elif d.armed:
        close(d)
    else:
        d.service = Service.COMMISSIONING


def close(d: Draft) -> None:
    """No new truck enters; while one is inside, it is brought off."""
    d.service = Service.DRAINING if _somebody_inside(d) else Service.CLOSED


def end_draining(d: Draft) -> None:
    """Never by a timer: by the last truck's proved passage, or by persons who answer for what it leaves behind."""
    if d.service is Service.DRAINING and not _somebody_inside(d):
        d.service = Service.CLOSED


def _somebody_inside(d: Draft) -> bool:
    held = any(section.locked_for for section in d.sections.values()) or any(gate.passing for gate in d.gates.values())
    return held or any(truck.authority for truck in d.trucks.values())


def _fits(known: Lane, layout: Layout) -> bool:
    """A journal of a lane of another shape, or of a direction that this one is not worked in, proves nothing of it."""
    fresh = initial(layout)
    return (
        list(known.sections) == list(fresh.sections)
        and list(known.points) == list(fresh.points)
        and known.detectors.keys() == fresh.detectors.keys()
        and known.gates.keys() == fresh.gates.keys()
        and known.units.keys() == fresh.units.keys()
        and known.direction is fresh.direction
        and all(truck.authority in ("", *layout.index.node) for truck in known.trucks.values())
    )


def _gate_at_start(was: GateNow) -> GateNow:
    """A boom that stands UP stays UP: nothing is asked of it, and B1 holds it while a detector is UNKNOWN.

    One that was worked by hand is taken to be so until its barrier says otherwise (T4).
    """
    return GateNow(
        local=was.local,
        fault=was.fault,
        obstructions=was.obstructions,
        locked_out=was.locked_out,
        weighed=was.weighed,
        passing=was.passing,
        may_lower=was.may_lower and not was.local,
    )


def _truck_at_start(was: TruckNow, now: float) -> TruckNow:
    """Nothing is heard of it yet, and the clock may have begun anew: what was sent last may have been sent just now."""
    never = float("-inf")
    return replace(was, sweeping=False, heard_at=never, cancel_at=never, pause_at=never, authority_at=now)


def prove_sections(d: Draft) -> None:
    """R11 (a): vacant before, no released way into it, no power lost, and its boundary read vacant twice."""
    for section in d.layout.sections:
        now = d.sections[section.name]
        if now.state is not SectionState.SUSPECT or not now.vacant_before or released_into(d, section.name):
            continue
        if _boundary_vacant_twice(d, section):
            d.set_section(section.name, replace(now, state=SectionState.VACANT, why_suspect="", vacant_before=False))


def _boundary_vacant_twice(d: Draft, section: Section) -> bool:
    """A truck that waits before the entry gate says nothing about the section behind it."""
    entry, exit_ = d.layout.index.points[section.entry], d.layout.index.points[section.exit]
    return _vacant_twice(d, entry, entry.counts_in_at) and _vacant_twice(d, exit_, 0)


def _vacant_twice(d: Draft, point: Point, first: int) -> bool:
    seen = (d.detectors[name] for group in point.groups[first:] for name in group)
    return not d.points[point.name].lost and all(now.vacant_reads >= 2 for now in seen)
