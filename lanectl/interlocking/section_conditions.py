"""R3, of one section: why a truck may not come into it, or not go on into it. Empty reasons mean that it may."""

from lanectl.interlocking import refusals as why
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import at_entry, claimed, front, has_left
from lanectl.layout import Section
from lanectl.model import Connection, DetectorName, Reading, Refusal, SectionState, TruckName


def reasons_of_section(d: Draft, truck: TruckName, section: Section, *, given: bool) -> list[Refusal]:
    """R2, R3, R11: vacant and nobody else's; a sweep may go into a suspect one that nothing contradicts."""
    now = d.sections[section.name]
    if now.locked_for not in ("", truck):
        return [why.SECTION_LOCKED.of(truck, section.name, now.locked_for)]
    if now.state is SectionState.OCCUPIED:
        return [why.SECTION_OCCUPIED.of(truck, section.name, now.locked_for)]
    if now.state is SectionState.SUSPECT:
        if not d.trucks[truck].sweeping:
            return [why.SECTION_SUSPECT.of(truck, section.name, now.why_suspect)]
        return _of_suspect(d, truck, section, given=given)
    return [] if given else _of_detectors(d, truck, section)


def _of_suspect(d: Draft, truck: TruckName, section: Section, *, given: bool) -> list[Refusal]:
    """R11 (b): alone, its far end shows nothing, and its near end is heard: unseen it could not be counted in."""
    others = [name for name in d.trucks if name != truck and _says_inside(d, name, section)]
    if others:
        return [why.SECTION_CLAIMED.of(truck, section.name, others[0])]
    entry, exit_ = d.layout.index.points[section.entry], d.layout.index.points[section.exit]
    return _unheard(d, truck, entry.groups, given=given) + contradictions(d, truck, exit_.groups, given=given)


def _unheard(d: Draft, truck: TruckName, groups: tuple[tuple[DetectorName, ...], ...], *, given: bool) -> list[Refusal]:
    unknown = [name for group in groups for name in group if _is_unseen(d, name, given=given)]
    return [why.DETECTOR_UNKNOWN.of(truck, unknown[0])] if unknown else []


def contradictions(d: Draft, truck: TruckName, groups: tuple[tuple[DetectorName, ...], ...], *, given: bool) -> list[Refusal]:
    found = list[Refusal]()
    for name in (name for group in groups for name in group):
        if d.detectors[name].reading is Reading.OCCUPIED:
            found.append(why.DETECTOR_OCCUPIED.of(truck, name))
        elif _is_unseen(d, name, given=given):
            found.append(why.DETECTOR_UNKNOWN.of(truck, name))
    return found


def _is_unseen(d: Draft, detector: DetectorName, *, given: bool) -> bool:
    """One that was powered up shows UNKNOWN until a truck passed it. A gap that no truck can pass in takes no way back (D2)."""
    now = d.detectors[detector]
    return now.reading is Reading.UNKNOWN and (now.silent if given else not _only_distrusted(d, detector))


def _only_distrusted(d: Draft, detector: DetectorName) -> bool:
    """It is heard and shows nothing, but was powered up since a truck passed it."""
    now = d.detectors[detector]
    return now.distrusted and not d.due(now.sent_at, d.limits.reading_age_s_max)


def _says_inside(d: Draft, truck: TruckName, section: Section) -> bool:
    """Who says that it passed the entry gate's node last, and is not the one that stands there, may be in the first section."""
    if section is d.layout.sections[0] and at_entry(d, truck):
        return True
    online = d.trucks[truck].report.connection is not Connection.OFFLINE
    return (
        online
        and claimed(d, truck) == d.layout.index.position[section.name]
        and not has_left(d, truck)
        and front(d, truck) <= claimed(d, truck)
    )


def _of_detectors(d: Draft, truck: TruckName, section: Section) -> list[Refusal]:
    """D1: what bounds the section must be seen now; a sweep is what proves a detector that was powered up (D4)."""
    points = (d.layout.index.points[section.entry], d.layout.index.points[section.exit])
    names = [name for p in points for group in p.groups for name in group]
    sweeping = d.trucks[truck].sweeping
    unknown = [name for name in names if d.detectors[name].reading is Reading.UNKNOWN and not (sweeping and _only_distrusted(d, name))]
    return [why.DETECTOR_UNKNOWN.of(truck, unknown[0])] if unknown else []
