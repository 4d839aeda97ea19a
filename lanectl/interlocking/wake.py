"""When to step again if nothing is reported: the first limit that ends."""

from operator import attrgetter

from lanectl.interlocking.clearance import consignment_ends
from lanectl.interlocking.draft import Draft
from lanectl.model import Aspect, Boom, BoomMove, GateNow, Reading

NEVER = float("inf")
_heard_at, _reading, _sent_at = attrgetter("heard_at"), attrgetter("reading"), attrgetter("sent_at")


def wake_at(d: Draft) -> float:
    return min(of_news(d), of_waits(d))


def of_news(d: Draft, silences_from: float = -NEVER) -> float:
    """Of limits that end later whenever somebody says once more what is known. No truck counts as silent before `silences_from`."""
    first = min(d.now + d.limits.state_age_s_max, _detectors(d), _gates(d))
    return first if first <= silences_from else min(first, of_silences(d))


def of_waits(d: Draft) -> float:
    """Of limits that end when they end, whoever says once more what is known."""
    return min(_trucks(d), *(end for end in consignment_ends(d) if end > d.now), NEVER)


def _detectors(d: Draft) -> float:
    if Reading.UNKNOWN not in map(_reading, d.detectors.values()):  # nearly always
        return min(map(_sent_at, d.detectors.values()), default=NEVER) + d.limits.reading_age_s_max
    known = unknown = float("inf")
    nothing = Reading.UNKNOWN
    for now in d.detectors.values():
        if now.reading is not nothing:
            known = now.sent_at if now.sent_at < known else known
        elif not now.silent and now.sent_at < unknown:
            unknown = now.sent_at
    return min(known + d.limits.reading_age_s_max, unknown + d.limits.passage_gap_s_max)


def _gates(d: Draft) -> float:
    limits, ends = d.limits, [float("inf")]
    for now in d.gates.values():
        if now.boom is not Boom.UNKNOWN:
            ends.append(now.boom_at + limits.reading_age_s_max)
        if now.shown is not Aspect.UNKNOWN:
            ends.append(now.shown_at + limits.reading_age_s_max)
        if now.asked is None and now.boom in (Boom.UNKNOWN, Boom.MOVING):
            ends.append(now.asked_at + limits.boom_travel_s_max)
        if now.asked is not None and not _is_where_asked(now):
            ends.append(now.sent_at + limits.boom_repeat_s)
            ends.append(now.asked_at + limits.boom_travel_s_max)
            ends.append(now.boom_at + limits.boom_travel_s_max)
        if now.shown is not now.aspect_asked:
            ends.append(now.aspect_asked_at + limits.aspect_proof_s_max)
            ends.append(now.aspect_sent_at + limits.aspect_proof_s_max)
        if now.reading_plate:
            ends.append(now.plate_asked_at + limits.plate_wait_s_max)
            ends.append(now.plate_asked_at + limits.confirm_wait_s_max)
    return min(filter(d.now.__lt__, ends))  # infinity is among them


def _is_where_asked(now: GateNow) -> bool:
    return now.boom is Boom.UP if now.asked is BoomMove.UP else now.boom is Boom.DOWN and now.asked is BoomMove.DOWN


def of_silences(d: Draft) -> float:
    """Of a fleet most only stand, and say so in turn."""
    limit = d.limits.state_age_s_max
    first = min(map(_heard_at, d.trucks.values()), default=NEVER) + limit
    return first if first > d.now else min((end for truck in d.trucks.values() if (end := truck.heard_at + limit) > d.now), default=NEVER)


def _trucks(d: Draft) -> float:
    now, echo, first = d.now, d.limits.echo_s_max, NEVER
    for truck in [one for one in d.trucks.values() if one.authority or one.cancelling or one.stopped_by or one.paused_by_us]:
        if truck.authority and not truck.echoed and now < (end := truck.authority_at + echo) < first:
            first = end
        if truck.cancelling and now < (end := truck.cancel_at + echo) < first:
            first = end
        if (truck.stopped_by or truck.paused_by_us) and now < (end := truck.pause_at + echo) < first:
            first = end
    return first
