"""PAUSE, CANCEL, RESUME: a person halts one truck and lets it go on (T2, R5, R6).

A halted truck gets nothing more until a person resumes or resets it. Neither act takes a section back: what it may still come into stays
locked until the truck itself confirms that it has no way there, and what it was counted into until its passage is proved.
"""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import Reasons
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.positions import has_left, silent
from lanectl.model import ActRequested, Connection, Service, TruckName

NEVER = float("-inf")


def pause(d: Draft, act: ActRequested) -> Reasons:
    """Its way stays its own. Also one that is not heard now: it is paused when it is. An opened lane does not let it go on."""
    if act.target not in d.trucks:
        return [why.ACT_TARGET_UNKNOWN.of("PAUSE", act.target)]
    now = d.trucks[act.target]
    if now.stopped_by not in ("", why.LANE_STOPPED):
        return [why.NOTHING_TO_PAUSE.of("PAUSE", act.target)]
    d.set_truck(act.target, replace(now, stopped_by=why.PAUSED_BY_PERSON, pause_at=NEVER))
    return []


def cancel(d: Draft, act: ActRequested) -> Reasons:
    """Its way is taken back, and it is paused: else it would be given the same way again as soon as it has confirmed."""
    if act.target not in d.trucks:
        return [why.ACT_TARGET_UNKNOWN.of("CANCEL", act.target)]
    now = d.trucks[act.target]
    if now.authority == "" or now.cancelling or has_left(d, act.target):
        return [why.NOTHING_TO_CANCEL.of("CANCEL", act.target)]
    lighter = now.stopped_by in ("", why.LANE_STOPPED, why.PAUSED_BY_PERSON)
    stopped_by = why.CANCELLED_BY_PERSON if lighter else now.stopped_by
    d.set_truck(act.target, replace(now, stopped_by=stopped_by, pause_at=NEVER, cancelling=True, cancel_at=NEVER))
    return []


def resume(d: Draft, act: ActRequested) -> Reasons:
    """Only what a person halted: a truck that was stopped for another cause needs a reset. It goes on with the way that it still has, or
    with a new one from where it stands, as far as every condition holds.
    """
    if act.target not in d.trucks:
        return [why.ACT_TARGET_UNKNOWN.of("RESUME", act.target)]
    now = d.trucks[act.target]
    if now.stopped_by not in why.BY_PERSON:
        return [why.NOTHING_TO_RESUME.of("RESUME", act.target)]
    found = _reasons_against(d, act.target)
    if not found:
        d.set_truck(act.target, replace(now, stopped_by="", pause_at=NEVER))
    return found


def _reasons_against(d: Draft, truck: TruckName) -> Reasons:
    """It is heard, it stands, and the lane is not stopped."""
    now, found = d.trucks[truck], Reasons()
    if now.report.connection is not Connection.ONLINE:
        found.append(why.TRUCK_NOT_ONLINE.of("RESUME", now.report.connection.value))
    elif silent(d, now):
        found.append(why.TRUCK_SILENT.of("RESUME", f"{d.limits.state_age_s_max:g}"))
    elif not now.report.standing:
        found.append(why.RESET_TRUCK_MOVING.of("RESUME", truck))
    if d.service is Service.EMERGENCY_STOP:
        found.append(why.SERVICE_IN_EMERGENCY.of("RESUME"))
    return found
