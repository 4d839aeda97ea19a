"""TURN: the lane is set to the other direction, when it is proved empty and both sides agree (R1, R8)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import Reasons
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.works import reasons_of_emptiness
from lanectl.model import ActRequested, Aspect, Direction, PointNow, Reading, Service

SUBJECT = "TURN"


def turn(d: Draft, act: ActRequested) -> Reasons:
    """R8. One person suffices: nothing is believed that is not proved."""
    if act.target not in Direction.__members__:
        return [why.ACT_TARGET_UNKNOWN.of(SUBJECT, act.target)]
    wanted = Direction(act.target)
    if wanted is d.direction:
        return [why.NOTHING_TO_TURN.of(SUBJECT, wanted.value)]
    if d.layout.mirrored is None:
        return [why.TURN_ONE_WAY.of(SUBJECT)]
    found = _of_service(d) + reasons_of_emptiness(d, SUBJECT) + _of_gates(d) + _of_points(d) + _of_count(d)
    found = found or sides_agree(d, wanted)
    if not found:
        _set(d, wanted)
    return found


def sides_agree(d: Draft, wanted: Direction) -> Reasons:  # noqa: ARG001 - both are what the other side has to be asked about
    """R8, R9, R10: why the other side does not agree that the lane is set to `wanted`.

    This controller holds both gates, so both sides are one and nothing is to be asked. With a controller a side this is where the peer's
    answer counts: proved vacant and locked on its half, count in = count out, for this direction, with an id and not expired. No answer,
    a late one or one to another question is a no.
    """
    return []


def _of_service(d: Draft) -> Reasons:
    found = Reasons()
    if d.service is Service.EMERGENCY_STOP:
        found.append(why.SERVICE_IN_EMERGENCY.of(SUBJECT))
    elif d.service is Service.OUT_OF_SERVICE:
        found.append(why.SERVICE_OUT.of(SUBJECT))
    if not d.journal_writable:
        found.append(why.JOURNAL_NOT_WRITABLE.of(SUBJECT))
    return found


def _of_gates(d: Draft) -> Reasons:
    found = Reasons()
    for name, now in d.gates.items():
        if now.local:
            found.append(why.GATE_LOCAL.of(SUBJECT, name))
        if now.shown is not Aspect.STOP or now.aspect_asked is not Aspect.STOP:
            found.append(why.STOP_UNPROVED.of(SUBJECT, name))
    return found


def _of_points(d: Draft) -> Reasons:
    """Nothing passes a point, and nothing stands on one: also not before the gate that becomes the exit."""
    found = Reasons()
    for point in d.layout.points:
        for name in (name for group in point.groups for name in group):
            reading = d.detectors[name].reading
            if reading is Reading.OCCUPIED:
                found.append(why.DETECTOR_OCCUPIED.of(SUBJECT, name))
            elif reading is Reading.UNKNOWN:
                found.append(why.DETECTOR_UNKNOWN.of(SUBJECT, name))
        if d.points[point.name] != PointNow():
            found.append(why.POINT_NOT_CLEAR.of(SUBJECT, point.name))
    return found


def _of_count(d: Draft) -> Reasons:
    return [why.COUNT_UNEQUAL.of(SUBJECT)] if d.count != 0 else []


def _set(d: Draft, wanted: Direction) -> None:
    """R1. The one place where the direction changes. What was known of the old entry gate's truck ends with it."""
    assert d.layout.mirrored is not None, "only a lane worked both ways is turned"
    d.layout, d.direction = d.layout.mirrored, wanted
    d.sections = {section.name: d.sections[section.name] for section in d.layout.sections}
    d.points = {point.name: d.points[point.name] for point in d.layout.points}
    assert not any(now.reading_plate for now in d.gates.values()), "plates are read only while something stands at the entry"
    d.gates = {gate.name: replace(d.gates[gate.name], identity=None, sights=(), weighed=None) for gate in d.layout.gates}
    for truck, knows in d.trucks.items():
        if knows.sweeping:
            d.set_truck(truck, replace(knows, sweeping=False))
