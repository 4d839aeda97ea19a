"""What a dispatcher may propose, the worst one included: any truck to either gate at any moment and in any order, back again, and a turn.

It has no other way to the field than these: the call that the yards hear, and the act TURN. So what holds with all of them open in every
state holds with any dispatcher.
"""

from collections.abc import Iterator

from lanectl.model import Act, ActRequested, Direction
from tests.prove.kinds import Called, Kind, Model, Move, with_truck
from tests.prove.ladder import GATE
from tests.prove.plant import Plant, Site, TruckP, newly_seen, papers_of, truck_name, truck_of

NAME = "dispatcher"


def proposed(site: Site, model: Model, plant: Plant) -> Iterator[Move]:
    if model.dispatched is Called.NOBODY or plant.down:
        return
    for n, truck in enumerate(plant.trucks):
        if truck.at == 0:
            yield from _called(site, plant, n, int(plant.back))
            if model.dispatched is Called.EITHER and plant.spent < model.most:
                yield from map(_a_mistake, _called(site, plant, n, int(not plant.back)))
        elif truck.at == GATE and truck.base <= 0:
            yield _sent_back(site, plant, n)
    for direction in Direction:
        turn = ActRequested(Act.TURN, NAME, direction.value, "the other side's batch is due")
        yield Move(f"the dispatcher asks for {direction.value}", Kind.FIELD, plant, (turn,))


def _called(site: Site, plant: Plant, n: int, to: int) -> Iterator[Move]:
    """Two trucks do not stand in one place."""
    taken = {name for other in plant.trucks for name in site.way(other).covers[other.at]}
    here = with_truck(plant, n, TruckP(at=GATE, back=bool(to)))
    if taken.isdisjoint(site.way(here.trucks[n]).covers[GATE]):
        said = (*papers_of(plant, truck_name(n)), truck_of(site, here, n), *newly_seen(site, plant, here))
        yield Move(f"{truck_name(n)} is called to {site.ways[to].layout.gates[0].name}", Kind.FIELD, here, said)


def _a_mistake(move: Move) -> Move:
    """Where trucks leave none is expected: what is seen there puts the last section in doubt (D5), and persons have to look."""
    return move._replace(kind=Kind.FAULT, plant=move.plant._replace(spent=move.plant.spent + 1))


def _sent_back(site: Site, plant: Plant, n: int) -> Move:
    """Nothing that it has heard lets it into the lane; an order that is on its way to it is lost on it."""
    away = with_truck(plant, n, TruckP())
    return Move(f"{truck_name(n)} is sent back", Kind.FIELD, away, (truck_of(site, away, n), *newly_seen(site, plant, away)))
