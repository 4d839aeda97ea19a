"""One line for each truck: where it is, how old that knowledge is, and why it waits."""

from collections.abc import Mapping

from lanectl.model import Connection, Lane, Refusal, SectionState, TruckMode, TruckName, TruckNow
from lanectl.status.mends import REFUSALS, mend
from lanectl.status.shown import TRUCK_LENGTH_M, Scene, StandingShown, TruckShown, Why, age_s


def trucks_shown(scene: Scene, lane: Lane, waits: Mapping[str, Why], now: float) -> tuple[TruckShown, ...]:
    """In driving order, the one nearest to its exit first; before the gate the one that is spoken of; those away come last."""
    shown = [_truck_shown(scene, lane, name, truck, waits.get(name), now) for name, truck in lane.trucks.items()]
    read = lane.gates[scene.layout.gates[0].name].identity
    first = read.truck if read else ""
    ahead = _way(scene)
    order = sorted(shown, key=lambda t: (_PLACES.index(t.place), -ahead * t.from_m, t.name != first, t.waits is None, t.name))
    return tuple(order)


_PLACES = ("LANE", "APPROACH", "BEYOND", "AWAY")


def first_refusals(refusals: tuple[Refusal, ...]) -> dict[str, Why]:
    """The first refusal of each subject: the condition that an engineer would name first."""
    first: dict[str, Why] = {}
    for refusal in refusals:
        if refusal.subject not in first:
            first[refusal.subject] = why(refusal)
    return first


def why(refusal: Refusal) -> Why:
    params = dict(refusal.params)
    return Why(
        refusal.code, refusal.subject, params, refusal.invariant, mend(REFUSALS, refusal.code, {**params, "subject": refusal.subject})
    )


def _truck_shown(scene: Scene, lane: Lane, name: TruckName, truck: TruckNow, waits: Why | None, now: float) -> TruckShown:
    sections = occupied_by(scene, lane, name)
    place = _place(scene, truck, sections)
    from_m, to_m = _front_m(scene, truck, sections, place)
    consignment = next((c for c, of in lane.consignments.items() if of.truck == name), "")
    declared = lane.consignments.get(consignment)
    stale = now - truck.heard_at > scene.layout.limits.state_age_s_max
    return TruckShown(
        name=name,
        plate=declared.plate if declared else "",
        consignment=consignment,
        standings=tuple(StandingShown(authority, standing) for authority, standing in declared.standing) if declared else (),
        place=place,
        sections=sections,
        from_m=from_m,
        to_m=to_m,
        length_m=scene.truck_lengths_m.get(name, TRUCK_LENGTH_M),
        state=_state(truck, stale=stale, waits=waits is not None and place in {"LANE", "APPROACH"}),
        connection=truck.report.connection,
        age_s=age_s(truck.heard_at, now),
        stale=stale,
        authority=truck.authority,
        sweeping=truck.sweeping,
        stopped_by=truck.stopped_by,
        fatal=truck.report.fatal,
        waits=waits,
        certificate=scene.certificates.get(name, ""),
    )


def occupied_by(scene: Scene, lane: Lane, name: TruckName) -> tuple[str, ...]:
    """The sections that this truck is in, in driving order: locked for it, and occupied or entered before they became suspect."""
    return tuple(
        section.name
        for section in scene.layout.sections
        if (now := lane.sections.get(section.name)) and now.locked_for == name and (now.entered or now.state is SectionState.OCCUPIED)
    )


def _place(scene: Scene, truck: TruckNow, sections: tuple[str, ...]) -> str:
    entry, exit_ = scene.layout.gates
    if sections:
        return "LANE"
    node = truck.report.last_node
    if node and node not in {entry.stop_node, exit_.beyond_node}:
        return "LANE"
    if truck.report.connection is Connection.OFFLINE:
        return "AWAY"
    return "BEYOND" if node == exit_.beyond_node else "APPROACH"


def _front_m(scene: Scene, truck: TruckNow, sections: tuple[str, ...], place: str) -> tuple[float, float]:
    """How far the truck's front has come at least, and at most, as reports leave it possible: in metres, which fall in the lane back."""
    entry, exit_ = scene.layout.gates
    ahead = _way(scene)
    at = {name: ahead * m for name, m in scene.positions_m.items()}
    first_m = at.get(entry.stop_node, 0.0)
    last_m = at.get(exit_.beyond_node, first_m)
    from_m = at.get(truck.report.last_node, first_m)
    if place in {"BEYOND", "AWAY"} or not truck.authority:
        return ahead * from_m, ahead * from_m
    to_m = at.get(scene.layout.points[0].name, first_m)
    for section in scene.layout.sections:
        if section.name in sections:
            from_m = max(from_m, at.get(section.entry, from_m))
            leaves = section.name == scene.layout.sections[-1].name
            to_m = last_m if leaves else at.get(section.exit, from_m)
    to_m = min(to_m, at.get(truck.authority, to_m))
    return ahead * from_m, ahead * max(from_m, to_m)


def _way(scene: Scene) -> int:
    """1 where metres rise in driving order, -1 where they fall."""
    points = scene.layout.points
    return -1 if scene.positions_m.get(points[-1].name, 0.0) < scene.positions_m.get(points[0].name, 0.0) else 1


def _state(truck: TruckNow, *, stale: bool, waits: bool) -> str:
    report = truck.report
    states = (
        (report.connection is Connection.BROKEN, "LINK_BROKEN"),
        (report.connection is Connection.OFFLINE, "OFFLINE"),
        (stale, "SILENT"),
        (report.e_stop, "E_STOP"),
        (bool(report.fatal), "FAILED"),
        (bool(truck.stopped_by), "STOPPED"),
        (report.mode is not TruckMode.AUTOMATIC, "NOT_AUTOMATIC"),
        (truck.paused_by_us or report.paused, "PAUSED"),
        (not report.standing, "DRIVES"),
        (waits, "WAITS"),
    )
    return next((state for holds, state in states if holds), "STANDS")
