"""What persons do, and when they are told to. They vouch only for what is true (R12); all else is the rules' business."""

from collections.abc import Iterator

from lanectl.interlocking.refusals import BY_PERSON
from lanectl.model import Act, ActRequested, Boom, Direction, GateNow, Lane, Match, SectionState, Service, TruckNow
from tests.prove.kinds import Kind, Model, Move
from tests.prove.ladder import GATE
from tests.prove.plant import PICTURE, Plant, Site, reach, truck_name

Told = tuple[Act, str]


def acts(site: Site, model: Model, plant: Plant) -> Iterator[Move]:
    """Everything that a person may truthfully ask for now, wanted or not."""
    for act, target in _wishes(site, plant):
        if act in model.acts:
            place = _seen_in(site, plant, target) if act is Act.SWEEP else ""
            truck = _seen_at(site, plant, target) if act is Act.CONFIRM else ""
            asked = ActRequested(act, "Lan", target, "looked", PICTURE if truck else "photo", "Minh", place, truck)
            yield Move(
                f"Lan: {act.value} {target}{place and f' in {place}'}{truck and f': {truck}'}".rstrip(),
                Kind.ACT,
                plant,
                (asked,),
                act=(act, target),
            )


def _wishes(site: Site, plant: Plant) -> Iterator[Told]:
    yield Act.OPEN, ""
    yield Act.CLOSE, ""
    yield Act.RESET, ""
    for gate in site.layout.gates:
        yield Act.RESET, gate.name
        yield Act.REARM, gate.signal_unit
        if _seen_at(site, plant, gate.name):
            yield Act.CONFIRM, gate.name
    for n, truck in enumerate(plant.trucks):
        yield Act.RESET, truck_name(n)  # also of one that went home in the middle of a sweep
        if truck.at > 0:
            yield Act.PAUSE, truck_name(n)
            yield Act.CANCEL, truck_name(n)
            yield Act.RESUME, truck_name(n)
            if truck.lie < 0 and truck.at < site.way(truck).rung_of_node[-1] - 1:  # whoever orders a sweep looks where the truck stands
                yield Act.SWEEP, truck_name(n)
    if len(site.ways) > 1:
        for direction in Direction:
            yield Act.TURN, direction.value
    if not any(reach(site, truck) for truck in plant.trucks):
        yield Act.TAKE_OUT, ""
        yield Act.PUT_BACK, ""
    taken = {section for truck in plant.trucks for section in reach(site, truck)}
    for at, section in enumerate(site.layout.sections):
        ends = {site.layout.index.points[name] for name in (section.entry, section.exit)}
        unseen = any(name in plant.blind for point in ends for group in point.groups for name in group)
        if at not in taken and not unseen:
            yield Act.DECLARE, section.name


def _seen_at(site: Site, plant: Plant, gate: str) -> str:
    """The truck that stands before this gate, whatever was read of it; a person looks at the picture, and sees which it is."""
    there = (n for n, truck in enumerate(plant.trucks) if truck.at == GATE and site.ways[truck.back].layout.gates[0].name == gate)
    return next((truck_name(n) for n in there), "")


def _seen_in(site: Site, plant: Plant, truck: str) -> str:
    """The section with its front; before the entry gate that gate where another truck says so too, else ""."""
    n = int(truck[1:]) - 1
    seen = plant.trucks[n]
    if seen.at == GATE and any(k != n and other.at > 0 and site.way(other).node[other.at] == 0 for k, other in enumerate(plant.trucks)):
        return site.layout.gates[site.way(seen).entry].name
    inside = [n for n in site.way(seen).sections if n in site.way(seen).inside[seen.at]]
    return site.layout.sections[inside[-1]].name if inside else ""


def told(lane: Lane) -> frozenset[Told]:
    """What the operators' page asks for: something stands there that this act mends. All else is a mistake of theirs."""
    found: list[Told] = []
    if lane.service is Service.EMERGENCY_STOP:
        found.append((Act.RESET, ""))
    elif lane.service is Service.OUT_OF_SERVICE:
        found.append((Act.PUT_BACK, ""))
    elif lane.service is not Service.OPEN:
        found.append((Act.OPEN, ""))
    if not any(now.locked_for for now in lane.sections.values()):  # the yards want it turned now and then
        found += [(Act.TURN, direction.value) for direction in Direction if direction is not lane.direction]
    found += [(Act.RESET, name) for name, gate in lane.gates.items() if _is_to_reset(gate)]
    found += [(Act.REARM, name) for name, unit in lane.units.items() if unit.tripped or not unit.armed or not unit.proved]
    found += [(Act.RESET, name) for name, truck in lane.trucks.items() if _is_stuck(truck)]
    doubtful = {name for name, gate in lane.gates.items() if gate.identity is not None and gate.identity.match is Match.UNSURE}
    found += [(Act.CONFIRM, name) for name in doubtful]
    found += [(Act.RESUME, name) for name, truck in lane.trucks.items() if truck.stopped_by in BY_PERSON]
    suspect = any(now.state is SectionState.SUSPECT for now in lane.sections.values())
    if suspect or any(now.distrusted for now in lane.detectors.values()):
        found += [(Act.SWEEP, name) for name, truck in lane.trucks.items() if not (truck.sweeping and truck.authority)]
    found += [(Act.DECLARE, name) for name, now in lane.sections.items() if now.state is SectionState.SUSPECT or now.locked_for]
    return frozenset(found)


def _is_to_reset(gate: GateNow) -> bool:
    return bool(gate.fault) or gate.locked_out or (gate.boom is not Boom.DOWN and not gate.passing)


def _is_stuck(truck: TruckNow) -> bool:
    waits = bool(truck.authority) and not truck.echoed
    halted = bool(truck.stopped_by) or truck.cancelling or bool(truck.report.rejected) or truck.report.paused
    return halted or waits or (truck.sweeping and not truck.authority)  # another may be the one to sweep
