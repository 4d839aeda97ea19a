"""A way for each truck, section by section: claim, lock, boom up, proved, PROCEED, authority (R1–R7, B8)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.booms import raise_boom
from lanectl.interlocking.conditions import reasons_of_boom, reasons_of_truck, reasons_of_way
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import at_entry, authority_at, beyond, front
from lanectl.interlocking.trucks import give_back, needs_to
from lanectl.interlocking.weights import weighed_by
from lanectl.layout import Gate, nodes
from lanectl.model import ExtendAuthority, TruckName


def progress(d: Draft) -> None:
    """The truck ahead first: what it gives back, the next one may claim in the same step, whatever their names are."""
    held = d.held()
    ours = [truck for truck in d.trucks if truck in held or at_entry(d, truck)]
    for truck in sorted(ours, key=lambda name: (-front(d, name), name not in held, name)):
        _advance(d, truck)


def _advance(d: Draft, truck: TruckName) -> None:
    """Every section boundary is a virtual signal: it gets the next node when it is in the section before."""
    target = front(d, truck) + 1
    if authority_at(d, truck) >= target:
        _send_again(d, truck)
        return
    reasons = reasons_of_truck(d, truck, truck) + reasons_of_way(d, truck, target, given=False)
    if not reasons and not _echoed(d, truck):
        reasons = [why.TRUCK_ECHO_AWAITED.of(truck, d.trucks[truck].authority)]
    if reasons:
        d.refusals += reasons
        give_back(d, truck, needs_to(d, truck))
        return
    _lock(d, truck, target)
    gate = gate_before(d, target)
    if gate is not None:
        raise_boom(d, gate)
        missing = reasons_of_boom(d, truck, gate)
        if missing:
            d.refusals += missing
            return
        d.set_gate(gate.name, replace(d.gates[gate.name], passing=truck, weighed=weighed_by(d, truck, gate)))
    _give(d, truck, nodes(d.layout)[target])


def _echoed(d: Draft, truck: TruckName) -> bool:
    return d.trucks[truck].echoed or not d.trucks[truck].authority


def gate_before(d: Draft, target: int) -> Gate | None:
    if target == 1:
        return d.layout.gates[0]
    return d.layout.gates[1] if target == beyond(d) else None


def _lock(d: Draft, truck: TruckName, target: int) -> None:
    """R2. The section and its overlap, all in one step, only for this truck."""
    for section in d.layout.sections[target - 1 : target + d.layout.overlap_sections]:
        now = d.sections[section.name]
        assert now.locked_for in ("", truck), f"{section.name} is locked for {now.locked_for}, {truck} wants it"
        d.set_section(section.name, replace(now, locked_for=truck))


def _give(d: Draft, truck: TruckName, node: str) -> None:
    d.say(ExtendAuthority(truck, node))
    d.set_truck(truck, replace(d.trucks[truck], authority=node, authority_at=d.now, echoed=False, short_of=""))


def _send_again(d: Draft, truck: TruckName) -> None:
    """Rule 25: until it is echoed, and only while every condition holds."""
    now = d.trucks[truck]
    reasons = reasons_of_truck(d, truck, truck)
    if now.echoed or reasons:
        d.refusals += reasons
        return
    target = authority_at(d, truck)
    reasons = reasons_of_way(d, truck, target, given=True)
    gate = gate_before(d, target)
    if gate is not None:
        reasons += reasons_of_boom(d, truck, gate)
    if reasons:
        d.refusals += reasons
        return
    if now.report.rejected:
        d.refuse(why.TRUCK_REJECTED, truck, now.report.rejected)
    elif now.report.standing:
        d.refuse(why.TRUCK_ECHO_AWAITED, truck, now.authority)
    if d.due(now.authority_at, d.limits.echo_s_max):
        d.say(ExtendAuthority(truck, now.authority))
        d.set_truck(truck, replace(now, authority_at=d.now))
