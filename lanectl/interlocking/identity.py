"""Who stands at the entry gate: when plates are read, whose identity holds (R3)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import waits_at_entry
from lanectl.interlocking.detection import group_reading
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import at_entry, silent
from lanectl.interlocking.sights import is_declared, reasons_of_sights, with_sight
from lanectl.model import Connection, IdentityReported, Match, Reading, ReadPlate, SightReported, TruckName


def report_identity(d: Draft, report: IdentityReported) -> None:
    """Counts only while something stands there: a read of an empty approach is nobody's. A doubt does not undo what a person ended."""
    entry = d.layout.gates[0]
    held = d.gates[entry.name].identity
    ended = held is not None and held.confirmed_by != "" and is_declared(d, held.truck, held.plate)
    doubted = ended and report.match in (Match.UNSURE, Match.UNREADABLE)
    if report.gate == entry.name and _waits(d) and not doubted:
        d.set_gate(entry.name, replace(d.gates[entry.name], identity=report, identity_at=d.now))


def report_sight(d: Draft, report: SightReported) -> None:
    entry = d.layout.gates[0]
    if report.gate == entry.name and _waits(d):
        d.set_gate(entry.name, with_sight(d.gates[entry.name], report, d.now))


def read_plates(d: Draft) -> None:
    """A new identity for each arrival: it ends when the approach is vacant, or was not seen for long.

    Also while a way runs through the gate: its truck may be driven off by hand, and another come in its place before the way has ended.
    """
    entry = d.layout.gates[0]
    now = d.gates[entry.name]
    if (now.identity is not None or now.sights) and _approach_left(d):
        now = replace(now, identity=None, sights=())
        d.set_gate(entry.name, now)
    if now.weighed is not None and (_approach_vacant(d) or not (now.passing or _stays(d, now.weighed.truck))):
        now = replace(now, weighed=None)
        d.set_gate(entry.name, now)
    wanted = _waits(d) and not _identified(d) and d.journal_writable  # E1: what is asked meanwhile is not sent, and is asked again
    if wanted is not now.reading_plate:
        d.say(ReadPlate(entry.name, wanted))
        d.set_gate(entry.name, replace(now, reading_plate=wanted, plate_asked_at=d.now))
    if _waits(d) and not waits_at_entry(d) and not now.passing:
        d.refuse(why.SOMETHING_AT_GATE, entry.name, entry.name)


def _approach(d: Draft) -> tuple[str, ...]:
    return d.layout.points[0].groups[0]


def _waits(d: Draft) -> bool:
    """Something is on the approach that is not the truck just passing."""
    point = d.points[d.layout.points[0].name]
    standing = point.lost or point.head <= 1 or point.tail >= 1
    return standing and group_reading(d, _approach(d)) is Reading.OCCUPIED


def _approach_vacant(d: Draft) -> bool:
    return group_reading(d, _approach(d)) is Reading.VACANT


def _approach_left(d: Draft) -> bool:
    return _approach_vacant(d) or any(d.detectors[name].silent for name in _approach(d))


def _stays(d: Draft, truck: TruckName) -> bool:
    """By its own word, or where that is not heard, by the approach: while a watchdog is proved nobody sees that."""
    heard = truck in d.trucks and d.trucks[truck].report.connection is Connection.ONLINE and not silent(d, d.trucks[truck])
    return at_entry(d, truck) if heard else not _approach_left(d)


def _identified(d: Draft) -> bool:
    """Nothing is still to be read, and nothing that was read contradicts: a misread may be put right, and so may a trailer."""
    gate = d.layout.gates[0]
    identity = d.gates[gate.name].identity
    if identity is None or identity.match is not Match.MATCHED or not is_declared(d, identity.truck, identity.plate):
        return False
    if reasons_of_sights(d, identity.truck, gate):
        return False
    waiting = waits_at_entry(d)
    return not waiting or identity.truck in waiting
