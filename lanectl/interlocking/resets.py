"""RESET: of the emergency stop, of a gate's fault or lock-out, of a stopped truck (B5, B7, T2, T3)."""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.booms import may_come_down
from lanectl.interlocking.conditions import Reasons
from lanectl.interlocking.declare import send_away
from lanectl.interlocking.detection import not_vacant
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import (
    authority_at,
    front,
    has_left,
    is_behind_its_count,
    on_the_way,
    shows_no_way,
    silent,
    without_way,
)
from lanectl.interlocking.service import rest
from lanectl.layout import Gate
from lanectl.model import ActRequested, Boom, Connection, GateNow, ResetBarrier, SectionState, Service, TruckName, TruckNow

NEVER = float("-inf")


def reset(d: Draft, act: ActRequested) -> Reasons:
    if not act.target:
        return _reset_lane(d)
    if act.target in d.layout.index.gates:
        return _reset_gate(d, d.layout.index.gates[act.target])
    if act.target in d.trucks:
        return _reset_truck(d, act.target)
    return [why.ACT_TARGET_UNKNOWN.of("RESET", act.target)]


def _reset_lane(d: Draft) -> Reasons:
    """T3. Only the first of two acts: nothing moves by it. Trucks go on when the lane is opened, booms come down when each is reset."""
    if d.service is not Service.EMERGENCY_STOP:
        return [why.NOTHING_TO_RESET.of("RESET", "")]
    rest(d)
    for name, now in d.gates.items():
        d.set_gate(name, replace(now, may_lower=False))
    return []


# ---------------------------------------------------------------- a gate


def _reset_gate(d: Draft, gate: Gate) -> Reasons:
    """The fault and the lock-out go; a boom that is not DOWN comes down if nothing forbids it: a person answers for it (B6)."""
    now = d.gates[gate.name]
    if d.service is Service.OUT_OF_SERVICE:
        return [why.SERVICE_OUT.of("RESET")]
    if now.local:
        return [why.GATE_LOCAL.of("RESET", gate.name)]
    mended = bool(now.fault) or now.locked_out
    if mended:
        _mend(d, gate, now)
    if now.boom is Boom.DOWN:
        return [] if mended else [why.NOTHING_TO_RESET.of("RESET", gate.name)]
    if may_come_down(d, gate):
        d.set_gate(gate.name, replace(d.gates[gate.name], may_lower=True))
        return []
    return [] if mended else _reasons_against_lowering(d, gate, now)


def _mend(d: Draft, gate: Gate, now: GateNow) -> None:
    """What was asked before the fault holds no more, but for a boom that stands up over a truck on its way."""
    if now.fault:
        d.say(ResetBarrier(gate.name))
    asked = now.asked if now.passing and now.boom is Boom.UP else None
    d.set_gate(gate.name, replace(now, fault="", locked_out=False, obstructions=0, asked=asked, asked_at=d.now))  # B5: its time begins anew


def _reasons_against_lowering(d: Draft, gate: Gate, now: GateNow) -> Reasons:
    if d.service is Service.EMERGENCY_STOP:
        return [why.SERVICE_IN_EMERGENCY.of("RESET")]
    if now.passing:
        return [why.GATE_TAKEN.of("RESET", gate.name, now.passing)]
    unit = d.units[gate.barrier_unit]
    if not unit.linked:
        return [why.UNIT_LOST.of("RESET", gate.barrier_unit, unit.why_lost)]
    return [why.GATE_NOT_VACANT.of("RESET", gate.name, not_vacant(d, (gate.under,)))]


# ---------------------------------------------------------------- a truck


def _reset_truck(d: Draft, truck: TruckName) -> Reasons:
    """T2. The truck may go on: with the way that it still shows, or with a new one from where it stands."""
    now = d.trucks[truck]
    if has_left(d, truck) and _is_out_of_reach(d, now):
        d.set_truck(truck, without_way(now))  # seen to leave, and never said so
        return []
    if _was_taken_away(d, truck) and _is_out_of_reach(d, now):
        send_away(d, truck)
        return []
    found = _reasons_against(d, now)
    if now.sweeping and (found == [why.NOTHING_TO_RESET.of("RESET", truck)] or _is_out_of_reach(d, now)):
        d.set_truck(truck, replace(now, sweeping=False))  # the sweep is called off: another truck may sweep
        return []
    if found:
        return found
    report = now.report
    mended = replace(now, stopped_by="", pause_at=NEVER, paused_by_us=report.paused, forgiven=report.rejected)
    if shows_no_way(d, now):
        mended = without_way(mended)
    elif report.rejected and not now.echoed and not now.cancelling:
        mended = replace(mended, authority=_shown(d, now), echoed=True)
    d.set_truck(truck, mended)
    return []


def _was_taken_away(d: Draft, truck: TruckName) -> bool:
    """It was seen to leave every section that its way led through, or persons declared them; what is kept for it behind them is vacant.

    So one that stood on its way and was towed off forwards: nothing else would ever take the rest of that way back.
    """
    end = authority_at(d, truck)
    kept = [(d.layout.index.position[name], now) for name, now in d.sections.items() if now.locked_for == truck]
    return end > 0 and all(at > end and not now.entered and now.state is SectionState.VACANT for at, now in kept)


def _is_out_of_reach(d: Draft, now: TruckNow) -> bool:
    return now.report.connection is not Connection.ONLINE or silent(d, now)


def _reasons_against(d: Draft, now: TruckNow) -> Reasons:
    """Not while the cause lasts; a way is taken back only from a truck that says now that it stands without one."""
    report = now.report
    stuck = now.cancelling or (now.authority != "" and not now.echoed and shows_no_way(d, now))
    rejected = report.rejected != now.forgiven
    if not (now.stopped_by or rejected or stuck or report.paused):
        return [why.NOTHING_TO_RESET.of("RESET", report.truck)]
    if report.connection is not Connection.ONLINE:
        return [why.TRUCK_NOT_ONLINE.of("RESET", report.connection.value)]
    found = Reasons()
    if silent(d, now):
        found.append(why.TRUCK_SILENT.of("RESET", f"{d.limits.state_age_s_max:g}"))
    if report.e_stop:
        found.append(why.TRUCK_E_STOP.of("RESET"))
    if d.service is Service.EMERGENCY_STOP:
        found.append(why.SERVICE_IN_EMERGENCY.of("RESET"))
    if not report.standing:
        found.append(why.RESET_TRUCK_MOVING.of("RESET", report.truck))
    elif now.stopped_by == why.PLACE_JUMPED and is_behind_its_count(d, report.truck):
        found.append(why.TRUCK_ELSEWHERE.of("RESET", d.layout.sections[front(d, report.truck) - 1].name, report.last_node))
    elif (report.rejected and on_the_way(d, now)) or (
        now.stopped_by == why.ORDER_LOST and report.authority_end != now.authority and not shows_no_way(d, now)
    ):  # it may yet take what it has not heard
        found.append(why.TRUCK_ECHO_AWAITED.of("RESET", now.authority))
    return found


def _shown(d: Draft, now: TruckNow) -> str:
    end = now.report.authority_end
    return end if end in d.layout.index.node and d.layout.index.node[end] > 0 else ""
