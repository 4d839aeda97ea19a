"""Out of service, for people to work on the lane, and back (S7)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import Reasons
from lanectl.interlocking.detection import suspect
from lanectl.interlocking.draft import Draft
from lanectl.model import Boom, BoomMove, SectionState, Service


def take_out(d: Draft) -> Reasons:
    """Only a closed lane that nobody is in and no boom stands open to: then nothing moves there until it is put back."""
    if d.service is Service.EMERGENCY_STOP:
        return [why.SERVICE_IN_EMERGENCY.of("TAKE_OUT")]
    if d.service is Service.OUT_OF_SERVICE:
        return [why.SERVICE_OUT.of("TAKE_OUT")]
    if d.service is Service.DRAINING:
        return [why.LANE_DRAINS.of("TAKE_OUT")]
    if d.service is not Service.CLOSED:
        return [why.LANE_NOT_CLOSED.of("TAKE_OUT")]
    found = reasons_of_emptiness(d, "TAKE_OUT")
    if found:
        return found
    d.service, d.out = Service.OUT_OF_SERVICE, True
    for truck, knows in d.trucks.items():
        if knows.sweeping:
            d.set_truck(truck, replace(knows, sweeping=False))
    return []


def put_back(d: Draft) -> Reasons:
    """S7. People and machines were everywhere: no section is vacant, no watchdog proved until it is so again."""
    if d.service is Service.EMERGENCY_STOP:
        return [why.SERVICE_IN_EMERGENCY.of("PUT_BACK")]
    if d.service is not Service.OUT_OF_SERVICE:
        return [why.LANE_NOT_OUT.of("PUT_BACK")]
    if not d.journal_writable:
        return [why.JOURNAL_NOT_WRITABLE.of("PUT_BACK")]
    d.service, d.out = Service.CLOSED, False
    for section in d.layout.sections:
        suspect(d, section.name, why.WAS_OUT)
    for unit in d.layout.units:
        if unit.signals:
            d.set_unit(unit.name, replace(d.units[unit.name], proved=False, doubted=True, rearming=False))
    return []


def reasons_of_emptiness(d: Draft, subject: str) -> Reasons:
    """Every section proved vacant and nobody's, no truck with a way, nobody in a gate, both booms proved DOWN and not asked up."""
    found = Reasons()
    for name, now in d.sections.items():
        if now.locked_for:
            found.append(why.SECTION_LOCKED.of(subject, name, now.locked_for))
        elif now.state is not SectionState.VACANT:
            found.append(why.SECTION_SUSPECT.of(subject, name, now.why_suspect))
    found += [why.TRUCK_HAS_WAY.of(subject, truck) for truck, now in d.trucks.items() if now.authority or now.cancelling]
    for name, gate in d.gates.items():
        if gate.passing:
            found.append(why.GATE_TAKEN.of(subject, name, gate.passing))
        elif gate.boom is not Boom.DOWN or gate.asked is BoomMove.UP:
            found.append(why.BOOM_NOT_DOWN.of(subject, name, gate.boom.value))
    return found
