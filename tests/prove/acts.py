"""What persons may do at any time. They vouch only for what is true (R12); all else is the rules' business."""

from collections.abc import Iterator

from lanectl.model import Act, ActRequested
from tests.prove.kinds import Kind, Model, Move
from tests.prove.plant import Plant, Site, reach, truck_name


def acts(site: Site, model: Model, plant: Plant) -> Iterator[Move]:
    for act, target in _wishes(site, plant):
        if act in model.acts:
            asked = ActRequested(act, "Lan", target, "looked", "photo", "Minh")
            yield Move(f"Lan: {act.value} {target}".rstrip(), Kind.ACT, plant, (asked,))


def _wishes(site: Site, plant: Plant) -> Iterator[tuple[Act, str]]:
    yield Act.OPEN, ""
    yield Act.CLOSE, ""
    yield Act.RESET, ""
    for gate in site.layout.gates:
        yield Act.RESET, gate.name
        yield Act.REARM, gate.signal_unit
    for n, truck in enumerate(plant.trucks):
        if truck.at > 0:
            yield Act.RESET, truck_name(n)
            if truck.lie < 0:  # whoever orders a sweep looks where the truck stands
                yield Act.SWEEP, truck_name(n)
    taken = {section for truck in plant.trucks for section in reach(site, truck)}
    for at, section in enumerate(site.layout.sections):
        ends = {site.layout.index.points[name] for name in (section.entry, section.exit)}
        unseen = any(name in plant.blind for point in ends for group in point.groups for name in group)
        if at not in taken and not unseen:
            yield Act.DECLARE, section.name
