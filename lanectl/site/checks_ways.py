"""A lane worked both ways: what it needs besides, and the same lane as it is seen by a truck that drives the other way."""

from collections.abc import Iterator
from dataclasses import replace

from lanectl.model import Sight
from lanectl.site.described import At, Described, GatePoint, LaneTable
from lanectl.site.problems import Findings, Place, report_key

STOP, STOP_BACK = "stop_short_m", "back_stop_short_m"


def check_ways(found: Described, lane: LaneTable, lane_place: Place, findings: Findings) -> bool:
    """Whether it is worked both ways and everything for that is there."""
    given = [(place, STOP_BACK) for place, stop_m in _stops_back(found) if stop_m is not None]
    given += [(lane_place, "places_beyond_back")] if lane.places_beyond_back else []
    if not lane.both_ways:
        for place, key in given:
            report_key(
                findings,
                "C062",
                place,
                (key,),
                f"`{key}` is given, but the lane is worked one way",
                "`both_ways = true` in [lane], or leave it out",
            )
        return False
    missing = [place for place, stop_m in _stops_back(found) if stop_m is None]
    for place in missing:
        report_key(
            findings, "C061", place, (), f"`{STOP_BACK}` is missing: the lane is worked both ways", "metres before the end that is met last"
        )
    if not lane.places_beyond_back:
        message = "`places_beyond_back` is missing: the lane is worked both ways"
        report_key(findings, "C061", lane_place, (), message, "room for trucks behind the near gate, at least 1")
    elif lane.places_beyond + lane.places_beyond_back <= len(found.fleet):
        message = (
            f"{len(found.fleet)} trucks and {lane.places_beyond + lane.places_beyond_back} places: with both yards full nobody can cross"
        )
        report_key(findings, "C061", lane_place, ("places_beyond_back",), message, "more places on both sides together than trucks")
    blind = [
        gate
        for gate in found.gates
        if gate.thing.name not in {camera.thing.gate for camera in found.cameras if camera.thing.sees is Sight.FRONT}
    ]
    for gate in blind:
        message = f"gate `{gate.thing.name}` has no camera: the lane is worked both ways, so trucks enter there too"
        report_key(findings, "C061", gate.place, (), message, "a [[camera]] in its file")
    return not (missing or blind) and lane.places_beyond_back > 0


def _stops_back(found: Described) -> Iterator[tuple[Place, float | None]]:
    yield from ((gate.place, gate.thing.back_stop_short_m) for gate in found.gates)
    yield from ((section.place, section.thing.back_stop_short_m) for section in found.sections)


def seen_back(found: Described) -> Described:
    """Metres count from the far gate's boom; the places in the files stay, so that a mistake is shown where it stands."""
    far_m = found.gates[-1].thing.at_m
    gates = [At(replace(g.thing, at_m=far_m - g.thing.at_m, stop_short_m=g.thing.back_stop_short_m or 0.0), g.place) for g in found.gates]
    points = [At(replace(p.thing, at_m=far_m - p.thing.at_m, a=p.thing.b, b=p.thing.a), p.place) for p in found.points]
    sections = [At(replace(s.thing, stop_short_m=s.thing.back_stop_short_m or 0.0), s.place) for s in found.sections]
    return replace(
        found,
        gates=gates[::-1],
        gate_points=[_gate_point_back(p) for p in reversed(found.gate_points)],
        points=points[::-1],
        sections=sections[::-1],
    )


def _gate_point_back(point: At[GatePoint]) -> At[GatePoint]:
    groups = tuple(tuple((name, replace(at, at_m=-at.at_m)) for name, at in group) for group in reversed(point.thing.groups))
    return At(replace(point.thing, groups=groups), point.place)
