"""What trucks say, and stopping them: pause, cancel, and what a silent or restarted truck keeps (T1–T3, R5, R6)."""

from collections.abc import Iterator

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import reasons_of_boom, reasons_of_way
from lanectl.interlocking.detection import group_reading, suspect
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import (
    authority_at,
    beyond,
    claimed,
    claimed_ahead,
    front,
    has_left,
    holds,
    is_behind_its_count,
    stands_proved,
    without_way,
)
from lanectl.interlocking.section_conditions import reasons_of_section
from lanectl.interlocking.signals import front_is_under
from lanectl.layout import Section
from lanectl.model import (
    CancelAuthority,
    Connection,
    DetectorName,
    PauseTruck,
    Reading,
    Refusal,
    ResumeTruck,
    SectionState,
    TruckName,
    TruckNow,
    TruckReported,
)

NEVER = float("-inf")
LIGHTER = ("", why.LANE_STOPPED, *why.BY_PERSON)  # what ends without a reset of the truck

# ---------------------------------------------------------------- reports


def report_truck(d: Draft, report: TruckReported) -> None:
    was = d.trucks.get(report.truck, TruckNow(report, d.now))
    ours = was.authority != "" and report.authority_end != ""
    echoed = was.echoed or (ours and report.authority_end == was.authority)
    forgiven = was.forgiven if report.rejected else ""
    now = replace(was, report=report, heard_at=d.now, echoed=echoed, took=was.took or ours, forgiven=forgiven)
    if _node(d, report) < _node(d, was.report):  # it came round again: who ordered the sweep saw it elsewhere
        now = replace(now, sweeping=False)
    if report.connection is Connection.ONLINE:
        now = _judge_order(d, now)
    if report.e_stop:  # T2: also of one that has not signed on yet, which may have acknowledged it by then
        now = _stopped(now, why.E_STOP)
    d.set_truck(report.truck, now)
    if report.connection is Connection.ONLINE:
        _believe_claim(d, report.truck)
        _look_back(d, report.truck)
    if _came_to_stand(d, was, d.trucks[report.truck]):
        _look_where_it_stands(d, report.truck)
    d.set_truck(report.truck, replace(d.trucks[report.truck], beyond=_beyond_exit(d, report)))
    if has_left(d, report.truck) and (report.last_node == d.layout.gates[1].beyond_node or report.authority_end == ""):
        d.set_truck(report.truck, without_way(d.trucks[report.truck]))


def _beyond_exit(d: Draft, report: TruckReported) -> str:
    """R3. Where it takes the room behind the exit: also one that was seen to leave, and lost its place or its order there."""
    exit_, was = d.layout.gates[1], d.trucks[report.truck].beyond
    if report.connection is Connection.OFFLINE:
        return ""
    if report.last_node in [gate.beyond_node for gate in d.layout.gates]:
        return report.last_node
    if report.last_node not in ("", exit_.stop_node):
        return ""
    return exit_.beyond_node if has_left(d, report.truck) else was


def _came_to_stand(d: Draft, was: TruckNow, now: TruckNow) -> bool:
    """Without a released way; or it was not heard for a while, in which it may have come from where it stood."""
    return not now.authority and stands_proved(d, now) and (was.authority != "" or not stands_proved(d, was))


def _look_where_it_stands(d: Draft, truck: TruckName) -> None:
    """R6. What was read until now may be older than where it stands."""
    for name in _ahead(d, truck):
        now = d.detectors[name]
        if now.sent_at < d.now:
            d.set_detector(name, replace(now, stood_at=d.now))


def _ahead(d: Draft, truck: TruckName) -> Iterator[DetectorName]:
    """What it has to come over first to get on, on what is held for it."""
    for section in d.layout.sections:
        now = d.sections[section.name]
        if now.locked_for == truck and not now.entered:
            yield from _near_end(d, section)
    yield from (name for gate in d.layout.gates if d.gates[gate.name].passing == truck for name in gate.under)


def _look_back(d: Draft, truck: TruckName) -> None:
    """It says that it is further back than it was counted: nobody knows what its way leads through."""
    now = d.trucks[truck]
    if is_behind_its_count(d, truck) and now.stopped_by in LIGHTER:
        way = now.authority != "" and not now.cancelling
        cancel_at = float("-inf") if way else now.cancel_at
        d.set_truck(truck, replace(_stopped(now, why.PLACE_JUMPED), cancelling=now.cancelling or way, cancel_at=cancel_at))


def _node(d: Draft, report: TruckReported) -> int:
    return d.layout.index.place.get(report.last_node, 0)


def _judge_order(d: Draft, now: TruckNow) -> TruckNow:
    report = now.report
    if now.cancelling:
        if report.cancelled and stands_proved(d, now):  # R6
            return replace(without_way(now), short_of=now.authority)
        return now
    if now.took and report.authority_end == "" and holds(d, report.truck):
        return _stopped(now, _graver(now, why.ORDER_LOST))
    shown = d.layout.index.node.get(report.authority_end, 0)
    ours = d.layout.index.node[now.authority] if now.authority else 0
    driven = d.layout.index.node.get(report.last_node, 0)
    contrary = report.authority_end in d.layout.index.contrary
    if (shown > max(ours, driven) or contrary) and not report.order_done:
        return replace(_stopped(now, _graver(now, why.FOREIGN_ORDER)), cancelling=True, cancel_at=float("-inf"))
    return now


def _stopped(now: TruckNow, cause: str) -> TruckNow:
    """One that was not stopped is paused at once, however lately it was told to go on."""
    return replace(now, stopped_by=cause, pause_at=now.pause_at if now.stopped_by else float("-inf"))


def _graver(now: TruckNow, cause: str) -> str:
    """Who halted a truck, or all of them, may not let it go on over what has happened since: that takes a reset."""
    return cause if now.stopped_by in LIGHTER else now.stopped_by


def _believe_claim(d: Draft, truck: TruckName) -> None:
    """A claim may contradict vacancy, and shows where on its released way an unseen truck is; it never proves vacancy."""
    ahead, at = claimed_ahead(d, truck), claimed(d, truck)
    if not ahead:
        return
    section = ahead[0].name
    now = d.sections[section]
    if now.locked_for == truck and at <= authority_at(d, truck) and not _seen_before_entry(d, truck):
        if now.state is SectionState.VACANT:
            suspect(d, section, why.CLAIMED)
        d.set_section(section, replace(d.sections[section], entered=True, vacant_before=False))
        return
    for claim in ahead:
        suspect(d, claim.name, why.CLAIMED)


def _seen_before_entry(d: Draft, truck: TruckName) -> bool:
    """Its way leads through the entry gate, nothing was seen to pass there, and something stands before the boom: it may be this truck."""
    entry = d.layout.gates[0]
    waits = group_reading(d, d.layout.points[0].groups[0]) is Reading.OCCUPIED and not front_is_under(d, entry)
    return waits and front(d, truck) == 0 and d.gates[entry.name].passing == truck


# ---------------------------------------------------------------- what makes the lane safer


def protect(d: Draft) -> None:
    for truck in list(d.trucks):
        now = d.trucks[truck]
        if now.crossed and not holds(d, truck):
            now = replace(now, crossed=False)
            d.set_truck(truck, now)
        if not (now.authority or now.cancelling or now.stopped_by or now.paused_by_us):
            continue  # most of a fleet has nothing of ours that could be taken back
        if now.authority and not now.cancelling and not d.halted and _way_lost(d, truck):
            d.set_truck(truck, replace(now, cancelling=True, cancel_at=float("-inf")))
        if d.trucks[truck].report.connection is Connection.ONLINE:
            _cancel(d, truck)
            _pause(d, truck)


def _way_lost(d: Draft, truck: TruckName) -> bool:
    """R5. What lies ahead is not proved any more, or not locked for it (R2): cancel. What the truck itself lacks only withholds more."""
    at, end = front(d, truck), authority_at(d, truck)
    if has_left(d, truck):
        return False
    lost: list[Refusal] = []
    for gate, target in ((d.layout.gates[0], 1), (d.layout.gates[1], beyond(d))):
        if d.gates[gate.name].passing == truck and (at == 0 if target == 1 else not front_is_under(d, gate)):
            lost += reasons_of_way(d, truck, target, given=True) + reasons_of_boom(d, truck, gate)
    for section in d.layout.sections[at:end]:
        if d.sections[section.name].locked_for != truck:
            return True  # it was seen to leave otherwise than it was sent
        lost += reasons_of_section(d, truck, section, given=True)
    return bool(lost)


def _cancel(d: Draft, truck: TruckName) -> None:
    now = d.trucks[truck]
    if now.cancelling and d.due(now.cancel_at, d.limits.echo_s_max):
        d.say(CancelAuthority(truck))
        d.set_truck(truck, replace(now, cancel_at=d.now))


def _pause(d: Draft, truck: TruckName) -> None:
    """T2, T3. Paused until a person resets it; then it goes on only on a way that still holds."""
    now = d.trucks[truck]
    due = d.due(now.pause_at, d.limits.echo_s_max)
    if now.stopped_by:
        if due and not (now.report.paused and now.paused_by_us):
            d.say(PauseTruck(truck))
            d.set_truck(truck, replace(now, paused_by_us=True, pause_at=d.now))
    elif now.paused_by_us and not now.report.paused and due:
        d.set_truck(truck, replace(now, paused_by_us=False))
    elif now.paused_by_us and due and not d.halted and d.journal_writable and not now.cancelling:
        d.say(ResumeTruck(truck))
        d.set_truck(truck, replace(now, pause_at=d.now))


def stop_all(d: Draft) -> None:
    """T3. Every truck that is in the lane or has a way."""
    for truck, now in d.trucks.items():
        if now.authority or holds(d, truck):
            d.set_truck(truck, replace(now, stopped_by=now.stopped_by or why.LANE_STOPPED, pause_at=float("-inf")))


# ---------------------------------------------------------------- what it does not need any more


def release(d: Draft) -> None:
    """R6. A truck without a released way, which it confirmed, gives back what it never entered.

    Once it was counted in at the entry only its passage ends it (B8): what counted it may have been a detector's fault.
    """
    for gate in d.layout.gates:
        truck = d.gates[gate.name].passing
        if gate is d.layout.gates[0] and truck and front(d, truck) > 0:
            continue
        if truck and not d.trucks[truck].authority and not front_is_under(d, gate) and _unreached(d, gate.under):
            d.set_gate(gate.name, replace(d.gates[gate.name], passing=""))


def _near_end(d: Draft, section: Section) -> tuple[DetectorName, ...]:
    point = d.layout.index.points[section.entry]
    return tuple(name for group in point.groups[point.counts_in_at :] for name in group)


def _unreached(d: Draft, detectors: tuple[DetectorName, ...]) -> bool:
    seen = (d.detectors[name] for name in detectors)
    return all(now.reading is Reading.VACANT and now.stood_at == NEVER for now in seen)


def give_back(d: Draft, truck: TruckName, keep_to: int) -> None:
    """Locks beyond the position `keep_to` of sections that are vacant and whose entry shows nothing (R6).

    In a suspect one it may stand unseen: its last node tells only where it came from.
    """
    for at, section in enumerate(d.layout.sections, start=1):
        now = d.sections[section.name]
        if at <= keep_to or now.locked_for != truck or now.entered or now.state is not SectionState.VACANT:
            continue
        if _unreached(d, _near_end(d, section)):
            d.set_section(section.name, replace(now, locked_for=""))
    if d.trucks[truck].short_of and not _awaits_reading(d, truck):
        d.set_truck(truck, replace(d.trucks[truck], short_of=""))


def _awaits_reading(d: Draft, truck: TruckName) -> bool:
    """Nobody has seen yet how far it came on the way that it gave back, which was of this direction."""
    last = [d.sections[section.name] for section in d.layout.sections if section.node == d.trucks[truck].short_of]
    return any(now.locked_for == truck and not now.entered for now in last)


def needs_to(d: Draft, truck: TruckName) -> int:
    """How far it must keep its locks when it gets nothing new: its released way and overlap, all while it may still roll."""
    now = d.trucks[truck]
    if now.authority:
        return authority_at(d, truck) + d.layout.overlap_sections
    if front(d, truck) == 0 or stands_proved(d, now):
        return 0
    return beyond(d)
