"""When a boom moves, and what its silence or its own will means (B1–B8, T3, T4)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.detection import not_vacant
from lanectl.interlocking.draft import Draft
from lanectl.layout import Gate
from lanectl.model import Boom, BoomMove, BoomReported, GateNow, SetBoom

NEVER = float("-inf")


def report_boom(d: Draft, report: BoomReported) -> None:
    gate, was = d.layout.index.gates[report.gate], d.gates[report.gate]
    if report.sent_at < was.boom_at:
        return
    if d.due(report.sent_at, d.limits.reading_age_s_max):  # D1: what it says against the boom still counts
        report = replace(report, boom=Boom.UNKNOWN)
    unit = d.units[gate.barrier_unit]
    if not unit.linked:
        d.set_unit(gate.barrier_unit, replace(unit, linked=True, why_lost=""))
    now = replace(was, boom=report.boom, boom_at=report.sent_at, local=report.local, fault=report.fault or was.fault)
    if report.local and not was.local:  # T4: what we asked before does not hold any more
        now = replace(now, asked=None, may_lower=False)
    elif _moved_unasked(was, report):
        now = replace(now, fault=now.fault or why.MOVED_UNASKED)
        if _proved_last(was) is Boom.UP:
            now = _ask(d, gate, now, BoomMove.UP, urgent=True)
    elif report.boom is Boom.DOWN and was.asked is BoomMove.DOWN and not report.obstructed:
        now = replace(now, obstructions=0)
    if _halt_is_over(d, was, report):
        now = replace(now, asked=None, asked_at=NEVER)
    if now.asked is None:
        now = replace(now, asked_at=_unproved_since(d, was, now))
    if now.asked is not None and now.boom.value == now.asked.value and not now.settled:
        now = replace(now, settled=True)
    if report.obstructed and was.asked in (BoomMove.DOWN, None) and not report.local:
        now = _obstructed(d, gate, now)
    if now != was:
        d.set_gate(gate.name, now)


def _halt_is_over(d: Draft, was: GateNow, report: BoomReported) -> bool:
    """B2, B4. It stands at an end, seen later than the STOP took to come to it: from here on nobody asked it to move."""
    return was.asked is BoomMove.STOP and report.boom in (Boom.UP, Boom.DOWN) and report.sent_at >= was.asked_at + d.limits.boom_repeat_s


def _moved_unasked(was: GateNow, report: BoomReported) -> bool:
    """B4. A boom that leaves its proved place although nobody asked it to."""
    place = _proved_last(was)
    if report.local or was.local or report.boom in (place, Boom.UNKNOWN):
        return False
    if place is Boom.UP:
        return was.asked not in (BoomMove.DOWN, BoomMove.STOP)
    return place is Boom.DOWN and was.asked is not BoomMove.UP


def _proved_last(was: GateNow) -> Boom:
    """Where it was proved, also when it was not heard since: what it did meanwhile nobody asked of it."""
    if was.boom is not Boom.UNKNOWN or was.asked is None or not was.settled:
        return was.boom
    return Boom.UP if was.asked is BoomMove.UP else Boom.DOWN


def _unproved_since(d: Draft, was: GateNow, now: GateNow) -> float:
    """B5. While nothing is asked of a boom: since when it says that it is neither UP nor DOWN, -inf when it is, or is worked by hand."""
    if now.local or now.boom in (Boom.UP, Boom.DOWN):
        return NEVER
    return was.asked_at if was.asked is None and was.asked_at > NEVER else d.now


def age_booms(d: Draft) -> None:
    for name, now in d.gates.items():
        if now.boom is not Boom.UNKNOWN and d.due(now.boom_at, d.limits.reading_age_s_max):
            d.set_gate(name, replace(now, boom=Boom.UNKNOWN))


def lose_boom(d: Draft, name: str) -> None:
    d.set_gate(name, replace(d.gates[name], boom=Boom.UNKNOWN))


# ---------------------------------------------------------------- what makes the lane safer


def protect(d: Draft) -> None:
    """B2, B5, and T4: a gate that is worked by hand gets no command at all."""
    for gate in d.layout.gates:
        now = d.gates[gate.name]
        if now.local:
            continue
        if _may_be_coming_down(now):
            _watch_lowering(d, gate, now)
        _watch_time(d, gate)


def _may_be_coming_down(now: GateNow) -> bool:
    """After a start or a reset nobody knows what a moving boom was asked. One that was proved DOWN and is not heard is not coming down."""
    if now.boom is Boom.MOVING:
        return now.asked in (BoomMove.DOWN, None)
    return now.asked is BoomMove.DOWN and now.boom is not Boom.DOWN and not now.settled


def _watch_lowering(d: Draft, gate: Gate, now: GateNow) -> None:
    """B2 and T3. Something came under it, or we do not see any more whether it did."""
    if not_vacant(d, (gate.under,)):
        d.set_gate(gate.name, _obstructed(d, gate, now))
    elif d.halted:
        d.set_gate(gate.name, _ask(d, gate, now, BoomMove.STOP, urgent=True))


def _obstructed(d: Draft, gate: Gate, now: GateNow) -> GateNow:
    """B7. It goes up again; after too many in a row a person must look."""
    times = now.obstructions + 1
    return replace(_ask(d, gate, now, BoomMove.UP, urgent=True), obstructions=times, locked_out=times >= d.limits.obstructions_max)


def _watch_time(d: Draft, gate: Gate) -> None:
    """B5. A move that is not proved in time is a fault; one that has not begun is asked again until then.

    A boom that was proved there and is not heard for a moment has not failed: its time counts from its last word.
    """
    now = d.gates[gate.name]
    if _must_rise(d, gate, now) and d.due(now.sent_at, d.limits.boom_repeat_s):
        d.say(SetBoom(gate.name, BoomMove.UP, urgent=True))
        now = replace(now, sent_at=d.now)
        d.set_gate(gate.name, now)
    if now.fault:
        return
    if _place_unproved(d, now):
        d.set_gate(gate.name, replace(now, fault=why.PLACE_UNPROVED))
        return
    if not _pending(now):
        return
    if now.asked is BoomMove.DOWN and now.boom is not Boom.MOVING and not d.journal_writable:
        d.set_gate(gate.name, replace(now, asked_at=d.now, sent_at=d.now))  # E1: it was not sent, and is asked again when it can be
        return
    unheard = now.boom is Boom.UNKNOWN and (not d.units[gate.barrier_unit].linked or d.due(now.boom_at, d.limits.reading_age_s_max))
    if d.due(max(now.asked_at, now.boom_at) if unheard else now.asked_at, d.limits.boom_travel_s_max):
        if now.asked is not BoomMove.STOP:
            fault = why.NOT_UP_IN_TIME if now.asked is BoomMove.UP else why.NOT_DOWN_IN_TIME
            d.set_gate(gate.name, replace(now, fault=fault))
    elif now.asked and not now.settled and d.due(now.sent_at, d.limits.boom_repeat_s) and _still(now) and d.units[gate.barrier_unit].linked:
        d.say(SetBoom(gate.name, now.asked, urgent=now.asked is not BoomMove.DOWN))
        d.set_gate(gate.name, replace(now, sent_at=d.now))


def _must_rise(d: Draft, gate: Gate, now: GateNow) -> bool:
    """B2. It was told to rise from what is under it, and is not up: it may not have heard that, or be stuck on its way."""
    below = now.asked is BoomMove.UP and now.boom in (Boom.MOVING, Boom.DOWN)
    return below and d.units[gate.barrier_unit].linked and not_vacant(d, (gate.under,)) != ""


def _place_unproved(d: Draft, now: GateNow) -> bool:
    """B5. It is heard and says neither place, though nothing, or only to halt, was asked: a halted boom says that it is between."""
    if now.asked is None:
        lost = now.boom in (Boom.UNKNOWN, Boom.MOVING) and now.asked_at > NEVER
    else:
        lost = now.asked is BoomMove.STOP and now.boom is Boom.UNKNOWN
    heard = not d.due(now.boom_at, d.limits.reading_age_s_max)
    return lost and heard and d.due(now.asked_at, d.limits.boom_travel_s_max)


def _pending(now: GateNow) -> bool:
    match now.asked:
        case BoomMove.UP:
            return now.boom is not Boom.UP
        case BoomMove.DOWN:
            return now.boom is not Boom.DOWN
        case BoomMove.STOP:  # a halted boom still shows MOVING
            return now.boom is Boom.MOVING
        case _:
            return False


def _still(now: GateNow) -> bool:
    return now.asked is BoomMove.STOP or now.boom is not Boom.MOVING


# ---------------------------------------------------------------- what lets a truck through


def raise_boom(d: Draft, gate: Gate) -> None:
    """Asked once; a boom on its way down is let come down first, unless B2 turns it."""
    now = d.gates[gate.name]
    coming_down = now.asked is BoomMove.DOWN and now.boom is not Boom.DOWN
    if now.boom is Boom.UP or now.asked is BoomMove.UP or coming_down:
        if now.may_lower and now.boom is Boom.UP:
            d.set_gate(gate.name, replace(now, may_lower=False))
        return
    d.set_gate(gate.name, replace(_ask(d, gate, now, BoomMove.UP, urgent=False), may_lower=False))


def lower_booms(d: Draft) -> None:
    """A boom on its way up is let come up first: what turned it may still be there (B2, B3).

    Of one that is down what allowed that is used up, whoever lowered it (B6): it does not come down again by it.
    """
    for gate in d.layout.gates:
        now = d.gates[gate.name]
        if now.asked is BoomMove.UP and not (now.boom is Boom.UP and now.settled):
            continue
        if now.may_lower and now.boom is Boom.DOWN:
            d.set_gate(gate.name, replace(now, may_lower=False))
        elif now.may_lower and now.asked is not BoomMove.DOWN and may_come_down(d, gate):
            d.set_gate(gate.name, _ask(d, gate, now, BoomMove.DOWN, urgent=False))


def may_come_down(d: Draft, gate: Gate) -> bool:
    """B1, B6, B8 and D6, and nothing that forbids any move (B5, B7, T3, T4)."""
    now = d.gates[gate.name]
    usable = not now.fault and not now.locked_out and not now.local and d.units[gate.barrier_unit].linked
    return usable and not d.halted and now.passing == "" and not not_vacant(d, (gate.under,))


def _ask(d: Draft, gate: Gate, now: GateNow, move: BoomMove, *, urgent: bool) -> GateNow:
    """B3. One move at a time: the last one asked is the one that holds."""
    d.say(SetBoom(gate.name, move, urgent))
    return replace(now, asked=move, asked_at=d.now, sent_at=d.now, settled=False)
