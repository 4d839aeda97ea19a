"""A lane in which the rules found nothing to do: until something is said that was not known, or some limit ends, they find nothing again.

Nearly all reports of a lane only say once more what is known. They make readings younger, and that alone moves no rule: each compares an
age with a limit, and a reading that was young enough stays so. `until` is the first moment at which any comparison of any age with any
limit could come out otherwise. Replays do without all this, so that each journal that replays to the same decisions proves it.
"""

from itertools import compress
from math import inf
from operator import attrgetter, is_not

from msgspec import Struct

from lanectl.interlocking.clearance import consignment_ends
from lanectl.interlocking.draft import Draft
from lanectl.model import DetectorNow, GateNow, Lane, Refusal, TruckNow

CALM_S_MAX = 0.25  # then the rules go over the whole lane, calm or not: as often as the controller's heart beats


class Calm(Struct, frozen=True):
    """`lane` is the very object that the last step left. `wake_at`: of what does not end later when things are said once more.

    `silences_from`: until then each truck was heard lately enough. `refusals`: what stands refused in it.
    """

    lane: Lane
    until: float
    wake_at: float
    silences_from: float
    refusals: tuple[Refusal, ...]


def calm_until(d: Draft) -> float:
    ends = (end for end in (*_detector_ends(d), *_gate_ends(d), *_truck_ends(d), *consignment_ends(d)) if end > d.now)
    return min(d.now + CALM_S_MAX, min(ends, default=inf))


def _detector_ends(d: Draft) -> list[float]:
    age, gap = d.limits.reading_age_s_max, d.limits.passage_gap_s_max
    sent = {now.sent_at for now in d.detectors.values()}
    return [since + limit for since in sent for limit in (age, gap)]


def _gate_ends(d: Draft) -> list[float]:
    limits, ends = d.limits, list[float]()
    for now in d.gates.values():
        ends += (now.boom_at + limits.reading_age_s_max, now.shown_at + limits.reading_age_s_max)
        ends += (since + limits.boom_travel_s_max for since in (now.asked_at, now.boom_at))
        ends += (now.sent_at + limits.boom_repeat_s, now.aspect_asked_at + limits.aspect_proof_s_max)
        ends.append(now.aspect_sent_at + limits.aspect_proof_s_max)
        ends += (now.plate_asked_at + limits.plate_wait_s_max, now.plate_asked_at + limits.confirm_wait_s_max)
    return ends


def _truck_ends(d: Draft) -> list[float]:
    state_age, echo, ends = d.limits.state_age_s_max, d.limits.echo_s_max, list[float]()
    for now in d.trucks.values():
        ends.append(now.heard_at + state_age)
        if now.authority or now.cancelling or now.stopped_by or now.paused_by_us:
            ends += (since + echo for since in (now.authority_at, now.cancel_at, now.pause_at))
    return ends


# ---------------------------------------------------------------- what was said


def says_nothing_new(d: Draft) -> bool:
    """So far this step did nothing but make younger what was young enough before."""
    lane = d.lane
    return (
        not d.commands
        and not d.refusals
        and d.sections is lane.sections
        and d.points is lane.points
        and d.units is lane.units
        and d.consignments is lane.consignments
        and d.cameras is lane.cameras
        and d.weights is lane.weights
        and (d.service, d.direction, d.journal_writable) == (lane.service, lane.direction, lane.journal_writable)
        and (d.armed, d.out, d.count, d.in_hours) == (lane.armed, lane.out, lane.count, lane.in_hours)
        and _detectors_younger(d)
        and _gates_younger(d)
        and _trucks_younger(d)
    )


def _detectors_younger(d: Draft) -> bool:
    before, age = d.lane.detectors, d.limits.reading_age_s_max
    if d.detectors is before:
        return True
    said = map(is_not, before.values(), d.detectors.values())
    pairs = compress(zip(before.values(), d.detectors.values(), strict=True), said)
    return all(_is_younger(was, now) and d.now < was.sent_at + age for was, now in pairs)


def _is_younger(was: DetectorNow, now: DetectorNow) -> bool:
    return (
        now.reading is was.reading
        and now.changed_at == was.changed_at
        and now.vacant_reads == was.vacant_reads
        and now.silent is was.silent
        and now.distrusted is was.distrusted
        and now.stood_at == was.stood_at
    )


def _gates_younger(d: Draft) -> bool:
    before, age = d.lane.gates, d.limits.reading_age_s_max
    return d.gates is before or all(
        now is (was := before[name]) or (d.now < min(was.boom_at, was.shown_at) + age and _gate_younger(was, now))
        for name, now in d.gates.items()
    )


def _gate_younger(was: GateNow, now: GateNow) -> bool:
    return bool(_of_gate(now) == _of_gate(was))


_of_gate = attrgetter(*(name for name in GateNow.__struct_fields__ if name not in ("boom_at", "shown_at")))


def _trucks_younger(d: Draft) -> bool:
    before, age = d.lane.trucks, d.limits.state_age_s_max
    return d.trucks is before or (
        len(d.trucks) == len(before)
        and all(d.now < (was := before[name]).heard_at + age and _truck_younger(was, d.trucks[name]) for name in d.trucks_changed)
    )


def _truck_younger(was: TruckNow, now: TruckNow) -> bool:
    """An order that it has not shown yet may be on its way to it: then it matters when it said so."""
    awaited = now.authority != "" and not now.echoed
    return not awaited and bool(_of_truck(now) == _of_truck(was))


_of_truck = attrgetter(*(name for name in TruckNow.__struct_fields__ if name != "heard_at"))
