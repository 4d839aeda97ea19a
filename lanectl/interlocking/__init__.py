"""The safety rules of the lane, and nowhere else: step(layout, lane, now, event) -> Step. Pure."""

from typing import assert_never

from lanectl.interlocking import booms, cameras, clearance, detection, identity, operators, routes, service, signals, trucks, weights
from lanectl.interlocking.calm import Calm, calm_until, says_nothing_new
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.service import initial
from lanectl.interlocking.wake import of_news, of_silences, of_waits, wake_at
from lanectl.layout import Layout
from lanectl.model import (
    ActRequested,
    BoomReported,
    CameraReported,
    ClearanceReported,
    ConsignmentReported,
    ConsignmentWithdrawn,
    DetectorsReported,
    HoursReported,
    IdentityReported,
    JournalReported,
    Lane,
    LinkLost,
    PlateSeen,
    Report,
    SightReported,
    SignalReported,
    Started,
    Step,
    TruckReported,
    UnitRestarted,
    WatchdogReported,
    WeightReported,
    Woke,
)

__all__ = ["Calm", "Draft", "age", "calm_after", "calm_step", "hear", "initial", "settle", "step", "wake_at"]


def step(layout: Layout, lane: Lane, now: float, event: Report) -> Step:
    """What is still known, what is said now, and what follows from both."""
    d = Draft(layout, lane, now)
    age(d)
    hear(d, event)
    settle(d)
    return Step(d.done(), tuple(d.commands), tuple(d.refusals), wake_at(d))


def calm_step(layout: Layout, lane: Lane, now: float, event: Report, calm: Calm | None) -> Step | None:
    """The same step in a tenth of the time, where the lane is calm and nothing new is said; else None, and `step` has to be asked."""
    if calm is None or calm.lane is not lane or now >= calm.until:
        return None
    d = Draft(layout, lane, now)
    hear(d, event)
    return Step(d.done(), (), calm.refusals, min(of_news(d, calm.silences_from), calm.wake_at)) if says_nothing_new(d) else None


def calm_after(layout: Layout, lane: Lane, now: float, event: Report, step: Step) -> Calm | None:
    """Whether `step`, which led from `lane` to what it holds, found nothing to do.

    Without a journal a boom that was asked down waits, and its time begins anew with every step (B5, E1).
    """
    if step.commands or not step.lane.journal_writable:
        return None
    d = Draft(layout, lane, now)
    hear(d, event)
    if not says_nothing_new(d) or step.lane != d.done():
        return None
    return Calm(step.lane, calm_until(d), of_waits(d), of_silences(d), step.refusals)


def age(d: Draft) -> None:
    """D1, E3: what was not said lately is not known."""
    detection.age_readings(d)
    booms.age_booms(d)
    signals.age_signals(d)


def hear(d: Draft, event: Report) -> None:  # noqa: PLR0912 - one line a report; the set is closed
    match event:
        case DetectorsReported():
            signals.linked(d, event.unit)
            detection.report_readings(d, event)
        case BoomReported():
            booms.report_boom(d, event)
        case SignalReported():
            signals.report_signal(d, event)
        case WatchdogReported():
            signals.report_watchdog(d, event)
        case LinkLost():
            signals.lose_unit(d, event)
        case UnitRestarted():
            signals.restart_unit(d, event)
        case TruckReported():
            trucks.report_truck(d, event)
        case IdentityReported():
            identity.report_identity(d, event)
        case SightReported():
            identity.report_sight(d, event)
        case CameraReported():
            cameras.report_camera(d, event)
        case WeightReported():
            weights.report_weight(d, event)
        case ConsignmentReported():
            clearance.report_consignment(d, event)
        case ConsignmentWithdrawn():
            clearance.withdraw_consignment(d, event)
        case ClearanceReported():
            clearance.report_clearance(d, event)
        case ActRequested():
            operators.perform(d, event)
        case JournalReported():
            d.journal_writable = event.writable
        case HoursReported():
            d.in_hours = event.within
        case Started():
            service.start(d, event)
        case PlateSeen() | Woke():
            pass
        case _:
            assert_never(event)


def settle(d: Draft) -> None:
    """What makes the lane safer is always decided before what gives a truck a way."""
    _protect(d)
    _progress(d)


def _protect(d: Draft) -> None:
    booms.protect(d)
    trucks.protect(d)
    trucks.release(d)


def _progress(d: Draft) -> None:
    service.prove_sections(d)
    routes.progress(d)
    service.end_draining(d)
    booms.lower_booms(d)
    signals.show_signals(d)
    identity.read_plates(d)
