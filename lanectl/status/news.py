"""What just happened, for people: one step's change of the lane as a few happenings, and the last of them kept with a tally.

Pure: told by the difference between the lane before and after a step, never by what was asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from statistics import median

from lanectl.layout import Layout, driven
from lanectl.model import (
    ActRequested,
    Aspect,
    Boom,
    BoomMove,
    IdentityReported,
    Lane,
    LinkLost,
    Refusal,
    Report,
    SectionName,
    SectionState,
    TruckName,
    UnitRestarted,
)
from lanectl.status.shown import Happening, Moment, Tally
from lanectl.status.trucks import why

EVENTS_MAX = 40
DURATIONS_MAX = 100  # crossings that the median is taken of


@dataclass(frozen=True, slots=True)
class News:
    """`latest` came of the last step alone; `events` are the newest first. `reads`: each gate's last plate, and when."""

    latest: tuple[Happening, ...] = ()
    events: tuple[Happening, ...] = ()
    entered_at: tuple[tuple[TruckName, float], ...] = ()
    durations_s: tuple[float, ...] = ()
    reads: tuple[tuple[IdentityReported, float], ...] = ()
    tally: Tally = field(default_factory=Tally)


def follow(news: News, layout: Layout, moment: Moment, report: Report, before: Lane, after: Lane, refusals: tuple[Refusal, ...]) -> News:
    """`report` as it reached the rules: a plate's frames count once their vote made an `IdentityReported` of them."""
    entered_at = dict(news.entered_at)
    layout = driven(layout, after)
    changes = (
        *_of_report(report, refusals),
        *_of_lane(before, after),
        *_of_gates(before, after),
        *_of_sections(before, after),
        *_of_trucks(layout, before, after, moment.at, entered_at),
    )
    latest = [replace(happening, at=moment.at, wall_utc=moment.wall_utc) for happening in changes]
    if not latest:
        return replace(news, latest=()) if news.latest else news
    kept = _kept(news, tuple(latest), entered_at)
    return replace(kept, reads=_reads(news.reads, report, moment.at)) if isinstance(report, IdentityReported) else kept


def _reads(
    reads: tuple[tuple[IdentityReported, float], ...], read: IdentityReported, at: float
) -> tuple[tuple[IdentityReported, float], ...]:
    return (*(old for old in reads if old[0].gate != read.gate), (read, at))


def _kept(news: News, latest: tuple[Happening, ...], entered_at: dict[TruckName, float]) -> News:
    durations_s = news.durations_s
    tally = news.tally
    for happening in latest:
        match happening.code:
            case "TRUCK_CROSSED":
                tally = replace(tally, crossings=tally.crossings + 1)
                if happening.value_s is not None:
                    durations_s = (*durations_s, happening.value_s)[-DURATIONS_MAX:]
                    tally = replace(tally, last_crossing_s=round(happening.value_s, 1), median_crossing_s=round(median(durations_s), 1))
            case "PLATE_MATCHED":
                tally = replace(tally, plates_matched=tally.plates_matched + 1)
            case "PLATE_UNSURE" | "PLATE_NOT_LISTED" | "PLATE_UNREADABLE":
                tally = replace(tally, plates_other=tally.plates_other + 1)
            case "ACT_REFUSED":
                tally = replace(tally, refused_acts=tally.refused_acts + 1)
    events = (*reversed(latest), *news.events)[:EVENTS_MAX]
    return replace(news, latest=latest, events=events, entered_at=tuple(entered_at.items()), durations_s=durations_s, tally=tally)


def _happening(code: str, value_s: float | None = None, **params: str) -> Happening:
    return Happening(0.0, "", code, params, value_s)


def _of_report(report: Report, refusals: tuple[Refusal, ...]) -> Iterator[Happening]:
    match report:
        case ActRequested(act=act, by=by, target=target):
            refused = next((refusal for refusal in refusals if refusal.subject == act.value), None)
            taken = _happening("ACT_TAKEN", act=act.value, at=target, by=by)
            yield taken if refused is None else replace(taken, code="ACT_REFUSED", why=why(refused))
        case IdentityReported(gate=gate, match=match, truck=truck, plate=plate):
            yield _happening(f"PLATE_{match.value}", gate=gate, plate=plate, truck=truck)
        case LinkLost(unit=unit, reason=reason):
            yield _happening("LINK_LOST", unit=unit, reason=reason)
        case UnitRestarted(unit=unit):
            yield _happening("UNIT_RESTARTED", unit=unit)
        case _:
            return


def _of_lane(before: Lane, after: Lane) -> Iterator[Happening]:
    if before.service is not after.service:
        yield _happening("SERVICE_NOW", service=after.service.value)
    if before.direction is not after.direction:
        yield _happening("DIRECTION_NOW", direction=after.direction.value)
    if before.units is not after.units:
        for name, unit in after.units.items():
            old = before.units.get(name)
            if unit.linked and (old is None or not old.linked):
                yield _happening("LINK_BACK", unit=name)
            if unit.tripped and (old is None or not old.tripped):
                yield _happening("WATCHDOG_TRIPPED", unit=name)


def _of_gates(before: Lane, after: Lane) -> Iterator[Happening]:
    if before.gates is after.gates:
        return
    for name, gate in after.gates.items():
        old = before.gates.get(name)
        if old is None or old is gate:
            continue
        if gate.boom is not old.boom and gate.boom in {Boom.UP, Boom.DOWN}:
            asked = gate.asked is not None and gate.asked is not BoomMove.STOP and gate.asked.value == gate.boom.value
            moved = asked and old.boom is not Boom.UNKNOWN
            yield _happening("BOOM_PROVED", gate.boom_at - gate.asked_at if moved else None, gate=name, boom=gate.boom.value)
        if gate.fault and gate.fault != old.fault:
            yield _happening("BOOM_FAULT", gate=name, fault=gate.fault)
        if gate.shown is not old.shown and gate.shown is not Aspect.UNKNOWN:
            yield _happening("ASPECT_PROVED", gate=name, aspect=gate.shown.value)


def _of_sections(before: Lane, after: Lane) -> Iterator[Happening]:
    if before.sections is after.sections:
        return
    for name, section in after.sections.items():
        old = before.sections.get(name)
        if old is None or section.state is old.state:
            continue
        if section.state is SectionState.SUSPECT:
            yield _happening("SECTION_SUSPECT", section=name, why=section.why_suspect)
        elif old.state is SectionState.SUSPECT:
            yield _happening("SECTION_PROVED", section=name, state=section.state.value)


def _of_trucks(layout: Layout, before: Lane, after: Lane, now: float, entered_at: dict[TruckName, float]) -> Iterator[Happening]:
    """A crossing lasts from the first section's count-in until the truck, which holds no section any more, says that it is at the far
    side's node. `entered_at` is brought up to date.
    """
    first = layout.sections[0].name
    inside = _inside(after, first)
    if inside in before.trucks and inside != _inside(before, first):
        entered_at[inside] = now
        yield _happening("TRUCK_ENTERED", truck=inside)
    if before.trucks is after.trucks and before.sections is after.sections:
        return
    for name, truck in after.trucks.items():
        was = before.trucks.get(name)
        if was is None:
            continue
        drove = (
            name in entered_at or was.authority == layout.gates[1].beyond_node or any(_inside(before, at) == name for at in before.sections)
        )
        if drove and _is_over(layout, after, name) and not _is_over(layout, before, name):
            began = entered_at.pop(name, None)
            yield _happening("TRUCK_CROSSED", None if began is None else now - began, truck=name)
        if truck.stopped_by and not was.stopped_by:
            yield _happening("TRUCK_STOPPED", truck=name, why=truck.stopped_by)


def _inside(lane: Lane, section: SectionName) -> TruckName:
    """Who was counted into it and not yet out; it may have turned suspect around that truck."""
    now = lane.sections.get(section)
    return now.locked_for if now is not None and (now.entered or now.state is SectionState.OCCUPIED) else ""


def _is_over(layout: Layout, lane: Lane, truck: TruckName) -> bool:
    """Its own word counts only where the detectors agree: its passage out of every section is proved."""
    says_so = lane.trucks[truck].report.last_node == layout.gates[1].beyond_node
    return says_so and not any(section.locked_for == truck for section in lane.sections.values())
