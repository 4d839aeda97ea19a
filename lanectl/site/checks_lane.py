"""Metres and seconds: where trucks stop, whether they fit, how far they run on."""

from collections.abc import Sequence
from itertools import pairwise

from lanectl.layout import Limits
from lanectl.site.build import point_metres
from lanectl.site.checks_ways import STOP, STOP_BACK, check_ways, seen_back
from lanectl.site.described import At, Described, GatePoint, LaneTable, LoopPoint
from lanectl.site.facts import GateSite, Truck
from lanectl.site.problems import Findings, Place, report, report_key


def check_lane(found: Described, about: tuple[LaneTable, Place, Limits], findings: Findings) -> None:
    lane, lane_place, limits = about
    for gate, point in zip(found.gates, found.gate_points, strict=True):
        _gate_detectors(gate, point, findings, STOP)
    for truck in found.fleet:
        _gap(truck, found, lane, limits, findings)
    both = check_ways(found, lane, lane_place, findings)
    if len(found.gates) != 2:
        report(findings, "C041", lane_place, (), f"a lane has two gates, {len(found.gates)} are described", "name two gate files in [site]")
        return
    if not _in_order(found, lane, lane_place, findings):
        return
    if len(found.sections) != len(found.points) + 1:
        message = f"{len(found.points)} points between the gates make {len(found.points) + 1} sections, {len(found.sections)} are described"
        last = found.sections[-1].place if found.sections else lane_place
        report_key(findings, "C041", last, (), message, "a [[section]] for each stretch between two points")
        return
    _stops(found, lane, findings, STOP)
    for section in (found.sections[-1], *(found.sections[:1] if both else ())):
        if section.thing.standing_harms:
            message = f"trucks stand in `{section.thing.name}` before the exit boom, so standing there cannot harm"
            report(findings, "C041", section.place, ("standing_harms",), message, "leave it out here")
    if both:
        back = seen_back(found)
        for gate, point in zip(back.gates, back.gate_points, strict=True):
            _gate_detectors(gate, point, findings, STOP_BACK)
        _stops(back, lane, findings, STOP_BACK)


def _stops(found: Described, lane: LaneTable, findings: Findings, key: str) -> None:
    _section_stops(found, findings, key)
    for truck in found.fleet:
        _fits(truck, found, findings)
        _runs_on(truck, found, lane, findings)
        _clears(truck, found, findings)


def _in_order(found: Described, lane: LaneTable, lane_place: Place, findings: Findings) -> bool:
    """False where points are not in driving order: then no section has a length that could be looked at."""
    in_order = True
    places = [found.gates[0].place, *(p.place for p in found.points), found.gates[1].place]
    for place, ((before, before_m), (name, at_m)) in zip(places[1:], pairwise(point_metres(found)), strict=True):
        if at_m <= before_m:
            in_order = False
            message = f"`{name}` at {at_m:g} m does not lie behind `{before}` at {before_m:g} m"
            report(findings, "C040", place, ("at_m",), message, "points stand in driving order, metres rise")
    if lane.border_m < found.gates[0].thing.at_m or lane.border_m > found.gates[1].thing.at_m:
        report(findings, "C040", lane_place, ("border_m",), f"the border at {lane.border_m:g} m does not lie between the gates")
    return in_order


def _gate_detectors(gate: At[GateSite], point: At[GatePoint], findings: Findings, key: str) -> None:
    """A waiting truck stands on the approach detector and not yet under the boom."""
    (approach,), under, (clear,) = point.thing.groups
    stop_m = -gate.thing.stop_short_m
    if stop_m <= approach[1].at_m - approach[1].length_m / 2:
        message = f"a truck waiting {gate.thing.stop_short_m:g} m before the boom does not reach `{approach[0]}`"
        report(findings, "C046", gate.place, (key,), message, "the stop line lies behind the approach detector's beginning")
    for name, at in under:
        if stop_m > at.at_m - at.length_m / 2:
            message = f"a truck waiting {gate.thing.stop_short_m:g} m before the boom stands on `{name}`"
            report(findings, "C046", gate.place, (key,), message, "the stop line lies before every detector under the boom")
        if not approach[1].at_m <= at.at_m <= clear[1].at_m and at.at_m == at.at_m:
            message = f"`{name}` does not lie between `{approach[0]}` and `{clear[0]}`"
            report_key(findings, "C046", point.place, ("under",), message, "a truck meets approach, under, clear in this order")


def _section_stops(found: Described, findings: Findings, key: str) -> None:
    exit_gate = found.gates[1].thing
    for section, length_m, (entry_reach, exit_reach) in zip(found.sections, _lengths(found), _reaches(found), strict=True):
        stop = section.thing.stop_short_m
        if stop >= length_m - entry_reach:
            report(
                findings,
                "C042",
                section.place,
                (key,),
                f"section `{section.thing.name}` is {length_m:g} m long, a stop {stop:g} m before its end lies outside it",
            )
        elif stop <= exit_reach and section is not found.sections[-1]:
            message = f"a truck stopping {stop:g} m before the end of `{section.thing.name}` stands on the next point's detectors"
            report(findings, "C042", section.place, (key,), message, f"more than {exit_reach:g} metres")
    last = found.sections[-1]
    if abs(last.thing.stop_short_m - exit_gate.stop_short_m) > 0:
        stops_m = f"{last.thing.stop_short_m:g} m before its end, gate `{exit_gate.name}` says {exit_gate.stop_short_m:g} m"
        message = f"the last section stops {stops_m}"
        report(findings, "C045", last.place, (key,), message, "both are the same stop line")


def _lengths(found: Described) -> list[float]:
    return [exit_m - entry_m for (_, entry_m), (_, exit_m) in pairwise(point_metres(found))]


def _reaches(found: Described) -> list[tuple[float, float]]:
    """For each section: how far its entry point's detectors reach into it, and its exit point's."""
    entry, exit_ = (p.thing for p in found.gate_points)
    _, clear = entry.groups[0][0][1], entry.groups[2][0][1]
    approach = exit_.groups[0][0][1]
    inner = [_reach(p.thing) for p in found.points]
    return list(pairwise([clear.at_m + clear.length_m / 2, *inner, approach.length_m / 2 - approach.at_m]))


def _reach(point: LoopPoint) -> float:
    return point.spacing_m / 2 + point.length_m / 2


def _fits(truck: At[Truck], found: Described, findings: Findings) -> None:
    """A truck at a section's stop place leaves the section behind it: its rear is past the entry point's detectors (R7)."""
    room = {
        s.thing.name: length - s.thing.stop_short_m - reach
        for s, length, (reach, _) in zip(found.sections, _lengths(found), _reaches(found), strict=True)
    }
    tightest = min(room, key=lambda name: room[name])
    if truck.thing.length_m > room[tightest]:
        room_words = f"section `{tightest}` has room for {room[tightest]:g} m before its stop place"
        message = f"{_long(truck)}, {room_words}"
        report(findings, "C043", truck.place, ("length_m",), message, "longer sections, or a shorter truck")


def _runs_on(truck: At[Truck], found: Described, lane: LaneTable, findings: Findings) -> None:
    """A truck that brakes only at its stop place comes to stand within what is kept vacant for it."""
    braking_m = lane.speed_mps_max**2 / (2 * truck.thing.braking_mps2)
    kept = _kept_vacant(found, lane.overlap_sections)
    shortest = min(kept, key=lambda name: kept[name])
    if braking_m > kept[shortest]:
        vacant_words = f"beyond the stop place of `{shortest}` {kept[shortest]:.1f} m are kept vacant"
        message = f"truck `{truck.thing.serial}` needs {braking_m:.1f} m to stand, {vacant_words}"
        remedy = "more overlap_sections, a longer stop_short_m, or a lower speed_mps_max"
        report(findings, "C044", truck.place, ("braking_mps2",), message, remedy)


def _kept_vacant(found: Described, overlap: int) -> dict[str, float]:
    """Metres beyond each section's stop place; behind the exit gate its clear stretch counts."""
    lengths: Sequence[float] = _lengths(found)
    exit_gate = found.gates[1].thing
    kept = {s.thing.name: s.thing.stop_short_m + sum(lengths[i + 1 : i + 1 + overlap]) for i, s in enumerate(found.sections)}
    kept[found.sections[-1].thing.name] = exit_gate.stop_short_m + exit_gate.clear_m
    return kept


def _clears(truck: At[Truck], found: Described, findings: Findings) -> None:
    exit_gate, clear = found.gates[1], found.gate_points[1].thing.groups[2][0][1]
    if truck.thing.length_m > exit_gate.thing.clear_m - clear.at_m - clear.length_m / 2:
        message = f"{_long(truck)}, at {exit_gate.thing.clear_m:g} m behind the boom it is not clear of the exit gate's detectors"
        report(findings, "C047", exit_gate.place, ("clear_m",), message, "a longer clear_m")


def _gap(truck: At[Truck], found: Described, lane: LaneTable, limits: Limits, findings: Findings) -> None:
    """D2: a gap in readings that breaks no passage is shorter than half the time in which the truck crosses a detector."""
    lengths = [p.thing.length_m for p in found.points]
    crossing_s = (truck.thing.length_m + min(lengths, default=0.0)) / lane.speed_mps_max
    if limits.passage_gap_s_max > crossing_s / 2:
        gap_words = f"passage_gap_s_max = {limits.passage_gap_s_max:g} is more than half of it (D2)"
        message = f"truck `{truck.thing.serial}` crosses a detector in {crossing_s:.2f} s, {gap_words}"
        report(
            findings, "C048", truck.place, ("length_m",), message, f"passage_gap_s_max of at most {crossing_s / 2:.2f} seconds in [limits]"
        )


def _long(truck: At[Truck]) -> str:
    return f"truck `{truck.thing.serial}` is {truck.thing.length_m:g} m long"
