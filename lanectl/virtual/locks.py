"""What one step may do to sections: what makes them vacant, who is counted into them, and when a truck's lock is taken from it."""

from collections.abc import Iterator
from dataclasses import dataclass

from lanectl.layout import Layout
from lanectl.model import (
    Act,
    ActRequested,
    Connection,
    DetectorsReported,
    Lane,
    Reading,
    Report,
    SectionNow,
    SectionState,
    TruckName,
    TruckNow,
    TruckReported,
)

Found = Iterator[tuple[str, bool]]  # why, and whether it is so


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken. `layout`: as the lane was driven when it began."""

    layout: Layout
    before: Lane
    event: Report
    after: Lane

    def by(self, *acts: Act) -> bool:
        return isinstance(self.event, ActRequested) and self.event.act in acts

    def by_act_on(self, act: Act, target: str) -> bool:
        return isinstance(self.event, ActRequested) and self.event.act is act and self.event.target == target


def sections_wrongly(step: Taken) -> str:
    """What it did to any section that breaks an invariant; "" when nothing does."""
    passed = [name for name in step.before.sections if _is_passed(step, name)]
    rear = max((step.layout.index.position[name] for name in passed), default=0)
    for name, was in step.before.sections.items():
        if step.after.sections[name] is was:
            continue
        wrong = next((why for why, is_so in _against(step, name, passed=name in passed, rear=rear) if is_so), "")
        if wrong:
            return wrong
    return ""


def _is_passed(step: Taken, name: str) -> bool:
    """Its truck was counted into it, was on the point at its far end, and has left that point's last detectors."""
    point = step.layout.index.points[step.layout.index.sections[name].exit]
    return (
        isinstance(step.event, DetectorsReported)
        and step.before.sections[name].entered
        and step.before.points[point.name].head > 0
        and all(step.after.detectors[detector].reading is Reading.VACANT for detector in point.groups[-1])
    )


def _against(step: Taken, name: str, *, passed: bool, rear: int) -> Found:
    was, now = step.before.sections[name], step.after.sections[name]
    if now.state is SectionState.VACANT and was.state is not SectionState.VACANT:
        yield from _of_declaring(step, name) if step.by(Act.DECLARE) else _of_passing(name, was) if passed else _of_proof(step, name)
    if now.entered and (not was.entered or was.locked_for != now.locked_for):
        yield from _of_entering(step, name, now.locked_for)
    swept = now.swept and not was.swept
    yield (
        f"R11: {name} counts as swept, and nobody sweeps it",
        swept and not (now.locked_for and step.after.trucks[now.locked_for].sweeping),
    )
    kept = now.vacant_before and not was.vacant_before
    yield (
        f"R11: {name} is to prove itself, and {now.locked_for} may come into it",
        kept and (now.entered or reaches(step, step.after, name, now)),
    )
    if was.locked_for and now.locked_for != was.locked_for:
        yield from _of_unlocking(step, name, rear)


# ---------------------------------------------------------------- what makes it vacant


def _of_declaring(step: Taken, name: str) -> Found:
    act, was = step.event, step.before.sections[name]
    assert isinstance(act, ActRequested)
    yield f"R12: {name} is declared vacant by one person", act.second in ("", act.by)
    yield f"R12: {name} is occupied, and is declared vacant with the whole lane", act.target == "" and was.state is SectionState.OCCUPIED
    yield f"R12: {name} is declared vacant without reason or evidence", not (act.reason and act.evidence)


def _of_passing(name: str, was: SectionNow) -> Found:
    proved = was.state is SectionState.OCCUPIED or was.swept
    yield f"D5: {name} was suspect, and a passage that nobody swept makes it vacant", not proved


def _of_proof(step: Taken, name: str) -> Found:
    """R11 (a). It was vacant before, nobody had a way into it, and both its ends read vacant twice."""
    was = step.before.sections[name]
    yield f"D5: {name} becomes vacant without a complete passage", was.state is SectionState.OCCUPIED
    yield f"R11: {name} becomes vacant, and nothing proves it", not was.vacant_before
    yield f"R11: {name} proves itself, and {was.locked_for} has a way into it", was.entered or _keeps_way_to(step, name)
    section = step.layout.index.sections[name]
    entry, exit_ = step.layout.index.points[section.entry], step.layout.index.points[section.exit]
    ends = [detector for group in (*entry.groups[entry.counts_in_at :], *exit_.groups) for detector in group]
    unread = [detector for detector in ends if step.after.detectors[detector].vacant_reads < 2]  # R11 (a) says twice
    yield f"R11: {name} proves itself, and {unread[:1]} at its end was not read vacant twice", bool(unread)
    lost = [point.name for point in (entry, exit_) if step.after.points[point.name].lost]
    yield f"R11: {name} proves itself, and the count at {lost[:1]} is lost", bool(lost)


def _keeps_way_to(step: Taken, name: str) -> bool:
    """All the step long: one that its truck gave back and one that it was given in the same step do not count."""
    section, truck = step.before.sections[name], step.before.sections[name].locked_for
    if not reaches(step, step.before, name, section) or _gives_back(step, truck):
        return False
    was, now = step.before.trucks[truck], step.after.trucks[truck]
    return (was.authority, was.authority_at) == (now.authority, now.authority_at)


def _gives_back(step: Taken, truck: TruckName) -> bool:
    """R6: its own word, or a person's who resets it where it says so."""
    said = isinstance(step.event, TruckReported) and step.event.truck == truck and step.event.cancelled
    return (said or step.by_act_on(Act.RESET, truck)) and stands_without_way(step.after.trucks[truck])


# ---------------------------------------------------------------- who is counted into it


def _of_entering(step: Taken, name: str, truck: TruckName) -> Found:
    yield f"R5: somebody is counted into {name}, which is locked for nobody", not truck
    if step.by_act_on(Act.SWEEP, truck):
        return
    event, entry = step.event, step.layout.gates[0]
    yield f"D5: {truck} is counted into {name}", not isinstance(event, DetectorsReported | TruckReported)
    yield f"R5: {truck} is counted into {name} by another's word", isinstance(event, TruckReported) and event.truck != truck
    through_gate = step.layout.index.sections[name].entry == entry.point and step.before.gates[entry.name].passing == truck
    back = step.layout.index.place.get(step.before.trucks[truck].short_of, 0) if truck in step.before.trucks else 0  # and not seen since
    sent = through_gate or reaches(step, step.before, name, step.after.sections[name]) or back >= step.layout.index.position[name]
    yield f"R3: {truck} is counted into {name} without a way there", not sent


def reaches(step: Taken, lane: Lane, name: str, section: SectionNow) -> bool:
    """Whether who it is locked for has a released way into it."""
    truck = section.locked_for
    return truck != "" and _end(step, lane.trucks[truck]) >= step.layout.index.position[name]


def _end(step: Taken, truck: TruckNow) -> int:
    return step.layout.index.place.get(truck.authority, 0) if truck.authority else 0


# ---------------------------------------------------------------- when its lock is taken away


def _of_unlocking(step: Taken, name: str, rear: int) -> Found:
    """Behind the rear of its truck, by persons, or short of where the truck can still come (R5, R6, R7)."""
    was, now, at = step.before.sections[name], step.after.sections[name], step.layout.index.position[name]
    truck = was.locked_for
    if step.by(Act.DECLARE) or step.by_act_on(Act.SWEEP, truck) or at <= rear:
        return
    yield f"R7: {name} is taken from {truck}, which was counted into it and did not leave it", was.entered
    knows = step.after.trucks[truck]
    end = _end(step, knows)
    yield f"R5: {name} is taken from {truck}, whose way and overlap reach there", end > 0 and at <= end + step.layout.overlap_sections
    inside = any(one.locked_for == truck and one.entered for one in step.after.sections.values())
    yield f"R6: {name} is taken from {truck}, which is not proved to stand", end == 0 and inside and not stands_without_way(knows)
    doubtful = now.state is not SectionState.VACANT and was.state is not SectionState.VACANT
    yield f"R6: {name} is taken from {truck}, which may stand in it unseen", doubtful and now.locked_for == ""
    point = step.layout.index.points[step.layout.index.sections[name].entry]
    near = [detector for group in point.groups[point.counts_in_at :] for detector in group]
    seen = [detector for detector in near if step.after.detectors[detector].reading is not Reading.VACANT]
    yield f"R6: {name} is taken from {truck}, and {seen[:1]} at its near end is not vacant", bool(seen)
    older = [detector for detector in near if step.after.detectors[detector].sent_at < step.after.detectors[detector].stood_at]
    yield f"R6: {name} is taken from {truck}, and {older[:1]} at its near end was last read before that stood", end == 0 and bool(older)


def stands_without_way(truck: TruckNow) -> bool:
    """It says so itself."""
    report = truck.report
    return report.connection is Connection.ONLINE and report.standing and (report.authority_end == "" or report.order_done)
