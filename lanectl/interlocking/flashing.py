"""T5: a gate's units are written only while nothing can be hurt by it."""

from typing import assert_never

from lanectl.interlocking import refusals as why
from lanectl.layout import Layout
from lanectl.model import Lane, PersonName, Refusal, SectionState, Service

SUBJECT = "FLASH"


def flash_refusals(layout: Layout, lane: Lane, by: PersonName, second: PersonName) -> tuple[Refusal, ...]:
    """T5. Why no unit may be written now; empty when it may: lane closed and proved vacant, or COMMISSIONING with two persons."""
    refusals = [] if by else [why.ACT_NAME_NEEDED.of(SUBJECT)]
    match lane.service:
        case Service.COMMISSIONING:
            if not second or second == by:
                refusals.append(why.ACT_SECOND_NEEDED.of(SUBJECT))
        case Service.CLOSED | Service.OUT_OF_SERVICE:
            refusals += _not_vacant(layout, lane)
        case Service.OPEN:
            refusals.append(why.LANE_NOT_CLOSED.of(SUBJECT))
        case Service.DRAINING:
            refusals.append(why.LANE_DRAINS.of(SUBJECT))
        case Service.EMERGENCY_STOP:
            refusals.append(why.SERVICE_IN_EMERGENCY.of(SUBJECT))
        case _:
            assert_never(lane.service)
    return tuple(refusals)


def _not_vacant(layout: Layout, lane: Lane) -> list[Refusal]:
    found = []
    for section in layout.sections:
        now = lane.sections.get(section.name)
        if now is None:
            found.append(why.SECTION_SUSPECT.of(SUBJECT, section.name, why.NEVER_PROVED))
        elif now.locked_for:
            found.append(why.SECTION_LOCKED.of(SUBJECT, section.name, now.locked_for))
        elif now.state is SectionState.SUSPECT:
            found.append(why.SECTION_SUSPECT.of(SUBJECT, section.name, now.why_suspect))
        elif now.state is SectionState.OCCUPIED:
            found.append(why.SECTION_OCCUPIED.of(SUBJECT, section.name, "?"))
    return found
