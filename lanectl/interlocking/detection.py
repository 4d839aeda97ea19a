"""What detectors say becomes readings, passages and the state of sections (D1–D6, R7, R11 b)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import front, may_be_at, released_into
from lanectl.layout import Point
from lanectl.model import DetectorName, DetectorNow, DetectorsReported, PointNow, Reading, SectionName, SectionState

VACANT, OCCUPIED, UNKNOWN = Reading.VACANT, Reading.OCCUPIED, Reading.UNKNOWN


# ---------------------------------------------------------------- readings


def report_readings(d: Draft, report: DetectorsReported) -> None:
    """D1. A reading counts from when it was asked for; an older answer than the one we hold says nothing new."""
    moved: dict[str, None] = {}
    for name, said in report.readings:
        was = d.detectors.get(name)
        if was is None or report.sent_at < was.sent_at:
            continue
        if d.now >= report.sent_at + d.limits.reading_age_s_max:
            continue
        new = _next_reading(was, said, report.sent_at, d.now)
        d.set_detector(name, new)
        if new.reading is not was.reading and name in d.layout.index.point_of:
            moved[d.layout.index.point_of[name]] = None
    for point in moved:
        pass_over(d, d.layout.index.points[point])


def _next_reading(was: DetectorNow, said: Reading, sent_at: float, now: float) -> DetectorNow:
    """D4. After its unit's power-up VACANT is not believed until the detector saw a truck come and go."""
    distrusted = was.distrusted and not (was.reading is OCCUPIED and said is VACANT)
    reading = UNKNOWN if said is VACANT and distrusted else said
    if said is UNKNOWN:
        return replace(was, reading=UNKNOWN, vacant_reads=0, changed_at=now if was.reading is not UNKNOWN else was.changed_at)
    changed_at = was.changed_at if reading is was.reading else now
    reads = 0 if reading is not VACANT else min(2, was.vacant_reads + 1) if sent_at > was.sent_at else was.vacant_reads
    stood_at = was.stood_at if sent_at < was.stood_at else float("-inf")
    return DetectorNow(reading, sent_at, changed_at, reads, silent=False, distrusted=distrusted, stood_at=stood_at)


def lose_readings(d: Draft, detectors: tuple[DetectorName, ...], *, distrusted: bool = False) -> None:
    """D2. A passage stays as it is: a short gap does not break it."""
    for name in detectors:
        was = d.detectors[name]
        changed_at = was.changed_at if was.reading is UNKNOWN else d.now
        d.set_detector(name, replace(was, reading=UNKNOWN, vacant_reads=0, changed_at=changed_at, distrusted=was.distrusted or distrusted))


def age_readings(d: Draft) -> None:
    """D1 and D2. Too old is UNKNOWN; unknown for so long that a truck may have passed makes both sides suspect."""
    now, age, gap = d.now, d.limits.reading_age_s_max, d.limits.passage_gap_s_max
    for name, was in d.detectors.items():
        if now < was.sent_at + age:
            continue
        if was.reading is not UNKNOWN:
            lose_readings(d, (name,))
        if not was.silent and d.due(was.sent_at, gap):
            d.set_detector(name, replace(d.detectors[name], silent=True))
            for section in beside(d, name):
                suspect_by_silence(d, section, why.DETECTOR_SILENT)


def beside(d: Draft, detector: DetectorName) -> tuple[SectionName, ...]:
    point = d.layout.index.point_of.get(detector, "")
    around = (d.layout.index.before.get(point, ""), d.layout.index.after.get(point, ""))
    return tuple(name for name in around if name)


# ---------------------------------------------------------------- groups of a point


def group_reading(d: Draft, group: tuple[DetectorName, ...]) -> Reading:
    """D6. Occupied when any detector says so, vacant only when all do."""
    readings = [d.detectors[name].reading for name in group]
    if OCCUPIED in readings:
        return OCCUPIED
    return UNKNOWN if UNKNOWN in readings else VACANT


def not_vacant(d: Draft, groups: tuple[tuple[DetectorName, ...], ...]) -> DetectorName:
    """The first detector that does not prove vacancy, "" when all do."""
    return next((name for group in groups for name in group if d.detectors[name].reading is not VACANT), "")


# ---------------------------------------------------------------- passages


def pass_over(d: Draft, point: Point) -> None:
    """D5. Groups are reached in order and left in order; anything else is a jump."""
    readings = [group_reading(d, group) for group in point.groups]
    was = d.points[point.name]
    if was.lost:
        d.set_point(point.name, _count_anew(point, readings))
        return
    head, tail = was.head, was.tail
    while True:
        if head < len(readings) and readings[head] is OCCUPIED:
            _reached(d, point, head)
            head += 1
        elif tail < head and readings[tail] is VACANT and (head - tail >= 2 or head == len(readings)):
            tail += 1
        elif tail == len(readings):
            _passed(d, point)
            head = tail = 0
        else:
            break
    if (head, tail) == (1, 0) and readings[0] is VACANT and point.counts_in_at > 0:
        head = 0  # it backed off before the boom: it was never in the lane
    if _jumps(point, readings, head, tail):
        d.set_point(point.name, _count_anew(point, readings))
        for section in (d.layout.index.before[point.name], d.layout.index.after[point.name]):
            suspect(d, section, why.JUMPED)
        return
    if (head, tail) != (was.head, was.tail):
        d.set_point(point.name, PointNow(head, tail))


def _count_anew(point: Point, readings: list[Reading]) -> PointNow:
    """Only from an empty point, but for a truck that waits before a gate's boom."""
    if any(reading is not VACANT for reading in readings[point.counts_in_at :]):
        return PointNow(lost=True)
    return PointNow(head=1 if readings[0] is OCCUPIED else 0)


def _jumps(point: Point, readings: list[Reading], head: int, tail: int) -> bool:
    """A follower may stand before a gate's boom while the first truck is still on the groups behind it."""
    for at, reading in enumerate(readings):
        covered = tail <= at < head
        follower = at == 0 and point.counts_in_at > 0
        if (reading is OCCUPIED and not covered and not follower) or (reading is VACANT and covered):
            return True
    return False


def _reached(d: Draft, point: Point, at: int) -> None:
    before, after = d.layout.index.before[point.name], d.layout.index.after[point.name]
    if at == 0 and before:
        _seen_at_far_end(d, before)
    if at == point.counts_in_at and after:
        _count_in(d, point, before, after)


def _seen_at_far_end(d: Draft, name: SectionName) -> None:
    if not d.sections[name].entered:
        suspect(d, name, why.APPEARED)


def _count_in(d: Draft, point: Point, before: SectionName, after: SectionName) -> None:
    now = d.sections[after]
    gate = d.layout.index.gate_of_point.get(point.name)
    comes = d.gates[gate].passing if gate else d.sections[before].locked_for
    sent = comes != "" and (gate is not None or may_be_at(d, comes) >= d.layout.index.position[after])
    if not sent or comes != now.locked_for:
        suspect(d, after, why.ENTERED_UNLOCKED)
    elif now.entered:
        suspect(d, after, why.ENTERED_TWICE)
    elif now.state is SectionState.VACANT:
        d.set_section(after, replace(now, state=SectionState.OCCUPIED, entered=True))
    else:
        d.set_section(after, replace(now, entered=True, vacant_before=False, swept=d.trucks[now.locked_for].sweeping))
    if gate:
        d.counted(1)
        d.set_gate(gate, replace(d.gates[gate], identity=None, sights=(), weighed=None))


def _passed(d: Draft, point: Point) -> None:
    """A proved complete passage: the section behind is vacant (R7), and at a gate the boom may come down (B6)."""
    index = d.layout.index
    before = index.before[point.name]
    truck = d.sections[before].locked_for if before else ""
    if before:
        _vacate(d, before, truck)
    gate = index.gate_of_point.get(point.name)
    if gate is None:
        return
    now = d.gates[gate]
    inside = index.after[point.name]
    through = (d.sections[inside].entered and d.sections[inside].locked_for == now.passing) if inside else truck == now.passing
    d.set_gate(gate, replace(now, may_lower=True, passing="" if through else now.passing))
    if not inside:
        d.counted(-1)
    if truck and not inside:
        leave(d, truck)


def _vacate(d: Draft, name: SectionName, truck: str) -> None:
    """R7. Whatever the truck held behind its rear is given back; only what was driven in order is vacant (D5, R11 b)."""
    now = d.sections[name]
    if not now.entered:
        suspect(d, name, why.APPEARED)
        return
    proved = now.state is SectionState.OCCUPIED or now.swept
    for behind in d.layout.sections[: d.layout.index.position[name]]:
        held = d.sections[behind.name]
        if held.locked_for == truck:
            state = SectionState.VACANT if behind.name == name and proved else SectionState.SUSPECT
            unlock(d, behind.name, state)
    if _near_end_silent(d, name):  # a sweep proved it, but what may have come in behind that truck nobody saw (D2)
        suspect_by_silence(d, name, why.DETECTOR_SILENT)
    entry = d.layout.gates[0]
    if d.gates[entry.name].passing == truck:  # its rear is proved beyond a later point (B8)
        d.set_gate(entry.name, replace(d.gates[entry.name], passing=""))


def _near_end_silent(d: Draft, name: SectionName) -> bool:
    near = d.layout.index.points[d.layout.index.sections[name].entry]
    return any(d.detectors[detector].silent for group in near.groups for detector in group)


def leave(d: Draft, truck: str) -> None:
    """The truck is out of the lane. Its authority lasts until it reports that it reached the node behind the gate.

    Its papers end with its crossing (R3), also where it was not seen to come out of a section that it was counted into.
    """
    if d.trucks[truck].sweeping:
        d.set_truck(truck, replace(d.trucks[truck], sweeping=False))
        d.count_anew()
    if front(d, truck) > 0:
        d.set_truck(truck, replace(d.trucks[truck], crossed=True))
    d.drop_consignments(truck)


# ---------------------------------------------------------------- sections


def unlock(d: Draft, name: SectionName, state: SectionState) -> None:
    now = d.sections[name]
    reason = (now.why_suspect or why.JUMPED) if state is SectionState.SUSPECT else ""
    d.set_section(name, replace(now, state=state, locked_for="", entered=False, swept=False, why_suspect=reason))


def suspect(d: Draft, name: SectionName, reason: str) -> None:
    """The field contradicts what we hold: only a sweep or two persons prove this section again."""
    if name:
        now = d.sections[name]
        d.set_section(name, replace(now, state=SectionState.SUSPECT, why_suspect=reason, vacant_before=False, swept=False))


def suspect_by_silence(d: Draft, name: SectionName, reason: str) -> None:
    """We did not look for a while. What was vacant, with no released way into it all that time, may be proved by R11 (a)."""
    now = d.sections[name]
    vacant = (now.state is SectionState.VACANT or now.vacant_before) and not released_into(d, name)
    reason = now.why_suspect if now.state is SectionState.SUSPECT else reason
    d.set_section(name, replace(now, state=SectionState.SUSPECT, why_suspect=reason, vacant_before=vacant, swept=False))
