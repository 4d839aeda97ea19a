"""DECLARE: two persons vouch that a section is vacant (R12)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import Reasons
from lanectl.interlocking.detection import beside, group_reading
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import authority_at, claimed_ahead, holds, leave_gates, shows_no_way, silent, without_way
from lanectl.layout import Point, Section
from lanectl.model import ActRequested, Connection, PointNow, Reading, SectionNow, SectionState, TruckName


def declare(d: Draft, act: ActRequested) -> Reasons:
    """R12. A section, or with no target every suspect one: then all of them or none."""
    if not d.journal_writable:
        return [why.JOURNAL_NOT_WRITABLE.of("DECLARE")]
    if act.target and act.target not in d.layout.index.sections:
        return [why.ACT_TARGET_UNKNOWN.of("DECLARE", act.target)]
    named = [section for section in d.layout.sections if act.target in ("", section.name)]
    meant = [section for section in named if _doubtful(d, section, by_name=act.target != "")]
    if not act.target and d.layout.both_ways and d.count != 0 and all(map(_is_free, d.sections.values())):
        meant = named  # R8: nothing is doubtful but the count
    if not meant:  # D4: nothing is doubtful but what was powered up between sections that were proved since
        meant = [section for section in named if _is_free(d.sections[section.name]) and _is_distrusted(d, section)]
    if not meant:
        return [why.NOTHING_TO_DECLARE.of("DECLARE", act.target)]
    found = [reason for section in meant for reason in _reasons_against(d, section)]
    if found:
        return found
    for section in meant:
        _declare(d, section)
    d.count_anew()
    return []


def _is_free(now: SectionNow) -> bool:
    return now.state is SectionState.VACANT and now.locked_for == ""


def _is_distrusted(d: Draft, section: Section) -> bool:
    points = (d.layout.index.points[section.entry], d.layout.index.points[section.exit])
    return any(d.detectors[name].distrusted for point in points for group in point.groups for name in group)


def _doubtful(d: Draft, section: Section, *, by_name: bool) -> bool:
    now = d.sections[section.name]
    return now.state is SectionState.SUSPECT or (by_name and (now.state is SectionState.OCCUPIED or now.locked_for != ""))


def _reasons_against(d: Draft, section: Section) -> Reasons:
    entry, exit_ = d.layout.index.points[section.entry], d.layout.index.points[section.exit]
    found = _of_point(d, entry, entry.counts_in_at) + _of_point(d, exit_, 0)
    truck = d.sections[section.name].locked_for
    claiming = [name for name in d.trucks if name != truck and _claims(d, name, section)]
    found += [why.DECLARE_TRUCK_INSIDE.of("DECLARE", section.name, name) for name in claiming]
    return found + _of_truck(d, section, truck) if truck else found


def _claims(d: Draft, truck: TruckName, section: Section) -> bool:
    """It is heard to say that it is there, and its next word would say so again (see trucks): it is looked for, or switched off."""
    now = d.trucks[truck]
    heard = now.report.connection is Connection.ONLINE and not silent(d, now)
    return heard and section in claimed_ahead(d, truck)


def _of_point(d: Draft, point: Point, first: int) -> Reasons:
    """A detector that was powered up and shows nothing is what the persons vouch for; a silent one is not (D4)."""
    found = Reasons()
    for name in (name for group in point.groups[first:] for name in group):
        now = d.detectors[name]
        if now.reading is Reading.OCCUPIED:
            found.append(why.DETECTOR_OCCUPIED.of("DECLARE", name))
        elif now.reading is Reading.UNKNOWN and (not now.distrusted or d.due(now.sent_at, d.limits.reading_age_s_max)):
            found.append(why.DETECTOR_UNKNOWN.of("DECLARE", name))
    return found


def _of_truck(d: Draft, section: Section, truck: TruckName) -> Reasons:
    """Its lock may be taken when it is switched off, out of reach, or says itself that it stands elsewhere without a way."""
    now, at = d.sections[section.name], d.layout.index.position[section.name]
    if not now.entered and authority_at(d, truck) < at:
        return []
    if not _is_elsewhere(d, truck, at):
        return [why.DECLARE_TRUCK_INSIDE.of("DECLARE", section.name, truck)]
    if _keeps(d, section) or shows_no_way(d, d.trucks[truck]):
        return []
    behind = [other.name for other in d.layout.sections[: at - 1] if _has_entered(d, truck, other)]
    ahead = [other.name for other in d.layout.sections[at:] if _may_have_entered(d, truck, other)]
    doubtful = [*behind, *ahead]  # it may be there: behind with a way into this one, ahead unseen
    return [why.DECLARE_OTHER_FIRST.of("DECLARE", section.name, truck, doubtful[0])] if doubtful else []


def _keeps(d: Draft, section: Section) -> bool:
    """The lock stays: its truck was not counted into this one, and was counted into another or has no way to it."""
    now = d.sections[section.name]
    inside = any(_has_entered(d, now.locked_for, other) for other in d.layout.sections)
    return now.locked_for != "" and not now.entered and (inside or authority_at(d, now.locked_for) < d.layout.index.position[section.name])


def _may_have_entered(d: Draft, truck: TruckName, section: Section) -> bool:
    now = d.sections[section.name]
    return now.locked_for == truck and not now.entered and now.state is not SectionState.VACANT


def _has_entered(d: Draft, truck: TruckName, section: Section) -> bool:
    now = d.sections[section.name]
    return now.locked_for == truck and now.entered


def _is_elsewhere(d: Draft, truck: TruckName, at: int) -> bool:
    now = d.trucks[truck]
    if now.report.connection is not Connection.ONLINE or silent(d, now):
        return True
    entry, exit_ = d.layout.gates
    outside = now.report.last_node == exit_.beyond_node or (now.report.last_node == entry.stop_node and at > 1)
    return outside and shows_no_way(d, now)


def _declare(d: Draft, section: Section) -> None:
    now = d.sections[section.name]
    truck, keeps = now.locked_for, _keeps(d, section)
    d.set_section(
        section.name,
        replace(
            now,
            state=SectionState.VACANT,
            why_suspect="",
            vacant_before=False,
            swept=False,
            entered=False,
            locked_for=truck if keeps else "",
        ),
    )
    _trust(d, section)
    _count_again(d, section)
    if truck and not keeps:
        if now.entered and not d.trucks[truck].crossed and not any(_has_entered(d, truck, other) for other in d.layout.sections):
            d.drop_consignments(truck)  # that crossing is over, however it ended: the next one has papers of its own
        if shows_no_way(d, d.trucks[truck]):
            d.set_truck(truck, without_way(d.trucks[truck]))
        send_away(d, truck)


def _trust(d: Draft, section: Section) -> None:
    """D4: what was powered up at its boundary is trusted again, where the section beyond is proved too or the lane ends."""
    for point in (section.entry, section.exit):
        for name in (name for group in d.layout.index.points[point].groups for name in group):
            proved = all(d.sections[other].state is SectionState.VACANT for other in beside(d, name))
            if d.detectors[name].distrusted and proved:
                d.set_detector(name, replace(d.detectors[name], distrusted=False))


def _count_again(d: Draft, section: Section) -> None:
    """D5. Nothing stands on its ends, the persons say: a point that lost count there counts whatever comes next."""
    for point in (d.layout.index.points[section.entry], d.layout.index.points[section.exit]):
        occupied = [at for at, group in enumerate(point.groups) if group_reading(d, group) is Reading.OCCUPIED]
        waits = point.counts_in_at > 0 and occupied == [0]  # before the entry boom
        if d.points[point.name].lost and (waits or not occupied):
            d.set_point(point.name, PointNow(head=1 if waits else 0))


def send_away(d: Draft, truck: TruckName) -> None:
    """Out of the last section that it may be in, it is out of the lane: if it comes back with a way, a person must reset it.

    A suspect one ahead that is locked for it is such a section: it may have driven there unseen.
    """
    if any(now.locked_for == truck and (now.entered or now.state is not SectionState.VACANT) for now in d.sections.values()):
        return
    for name, now in d.sections.items():
        if now.locked_for == truck:
            d.set_section(name, replace(now, locked_for=""))
    leave_gates(d, truck)
    assert not holds(d, truck), f"{truck} was declared away and still holds a section"
    d.set_truck(truck, replace(without_way(d.trucks[truck]), sweeping=False, stopped_by=why.DECLARED_AWAY))
