"""What happens by itself at the lane: trucks drive and hear, booms and lamps arrive, devices say so."""

from collections.abc import Iterator

from lanectl.model import (
    Candidate,
    IdentityReported,
    JournalReported,
    Match,
    Report,
    Started,
)
from tests.prove.acts import acts
from tests.prove.dispatched import proposed
from tests.prove.faults import faults, mended
from tests.prove.kinds import Kind, Model, Move, with_boom, with_one, with_truck
from tests.prove.ladder import GATE
from tests.prove.plant import (
    CANCEL,
    PAUSE,
    PICTURE,
    PLATE,
    STUB,
    Arm,
    BoomFault,
    BoomP,
    Dog,
    Plant,
    PlateFault,
    Site,
    TruckP,
    boom_of,
    by_place,
    detectors_of,
    dog_of,
    is_free_to_drive,
    is_under,
    newly_seen,
    papers_of,
    truck_name,
    truck_of,
    unit_says,
)


def moves(site: Site, model: Model, plant: Plant) -> list[Move]:
    """While the controller is down the field goes on, and nobody hears it."""
    found = [*_trucks(site, plant), *_booms(site, plant), *_devices(site, plant)]
    if plant.down:
        return [move._replace(said=()) for move in found] + (list(_start(site, plant)) if starts_here(site, model, plant) else [])
    found += [*mended(site, plant), *acts(site, model, plant), *proposed(site, model, plant)]
    if plant.spent < model.most and _furthest(site, plant) in model.ahead:
        found += [move._replace(kind=Kind.FAULT, plant=move.plant._replace(spent=plant.spent + 1)) for move in faults(site, model, plant)]
    return found


def starts_here(site: Site, model: Model, plant: Plant) -> bool:
    return _furthest(site, plant) in model.again


def _furthest(site: Site, plant: Plant) -> int:
    return max(0 if truck.at >= site.way(truck).clear else truck.at for truck in plant.trucks)


# ---------------------------------------------------------------- trucks


def _trucks(site: Site, plant: Plant) -> Iterator[Move]:
    for n, truck in enumerate(plant.trucks):
        if truck.at == 0 and not plant.down:
            yield from _arrives(site, plant, n)
        if is_free_to_drive(site, truck):
            yield _drives(site, plant, n)
        if truck.inbox and not truck.cut:
            yield Move(f"T{n + 1} hears {_words(site, truck, truck.inbox[0])}", Kind.FIELD, with_truck(plant, n, hear(site, truck)))
        wrong = truck.back is not plant.back
        if truck.at == GATE and (plant.blind or wrong) and not truck.inbox and truck.base <= 0:
            away = with_truck(plant, n, TruckP())._replace(blind=frozenset())
            said = (truck_of(site, away, n), *newly_seen(site, plant, away))
            yield Move(f"T{n + 1} is driven back from the gate by hand", Kind.ACT, away, said)
        if truck.at == len(site.way(truck).front_m) - 2 and not is_free_to_drive(site, truck):  # the yard's people see to it
            away = with_truck(plant, n, TruckP())
            yield Move(f"T{n + 1} is driven into the yard by hand", Kind.ACT, away, (truck_of(site, away, n),))
        if truck.at == len(site.way(truck).front_m) - 1 and not truck.inbox and not truck.cut:
            gone = with_truck(plant, n, TruckP())
            yield Move(f"T{n + 1} signs off behind the far gate", Kind.FIELD, gone, (truck_of(site, gone, n),))


def _arrives(site: Site, plant: Plant, n: int) -> Iterator[Move]:
    room = all(other.at == 0 or (other.at >= site.way(other).behind_entry and other.back is plant.back) for other in plant.trucks)
    if not room:
        return
    here = with_truck(plant, n, TruckP(at=GATE, back=plant.back))
    name = truck_name(n)
    said: list[Report] = [*papers_of(plant, name), truck_of(site, here, n), *newly_seen(site, plant, here)]
    yield Move(f"{name} arrives at the entry gate", Kind.FIELD, here, tuple(said))


def _drives(site: Site, plant: Plant, n: int) -> Move:
    truck = plant.trucks[n]
    driven = with_truck(plant, n, truck._replace(at=truck.at + 1))
    if plant.blind:
        covered = {name for other in driven.trucks for name in site.way(other).covers[other.at]}
        driven = driven._replace(blind=plant.blind & covered)
    at = site.way(truck).front_m[truck.at + 1]
    unseen = tuple(unit for unit in sorted(plant.silent) if detectors_of(site, plant, unit) != detectors_of(site, driven, unit))
    return Move(f"T{n + 1} drives to {at:g} m", Kind.FIELD, driven, tuple(newly_seen(site, plant, driven)), () if plant.down else unseen)


def hear(site: Site, truck: TruckP) -> TruckP:
    message, inbox = truck.inbox[0], truck.inbox[1:]
    if message == CANCEL:
        return truck._replace(inbox=inbox, base=STUB if truck.base else 0, cancelled=True)
    if message >= PAUSE:
        return truck._replace(inbox=inbox, paused=message == PAUSE)
    if truck.rejects or truck.manual:
        return truck._replace(inbox=inbox)
    return truck._replace(inbox=inbox, base=max(message, truck.base), cancelled=False)


def _words(site: Site, truck: TruckP, message: int) -> str:
    return {CANCEL: "cancel", PAUSE: "pause"}.get(message) or (
        "resume" if message > PAUSE else f"its order to {site.way(truck).nodes[message]}"
    )


# ---------------------------------------------------------------- booms, watchdogs, plates


def _booms(site: Site, plant: Plant) -> Iterator[Move]:
    for gate, boom in enumerate(plant.booms):
        name = site.layout.gates[gate].name
        if boom.fault in {BoomFault.STUCK, BoomFault.UNSURE}:
            continue
        if boom.at is Arm.RISE:
            yield _boom_moves(site, plant, gate, boom._replace(at=Arm.UP, wild=False), f"the {name} boom is up")
        if boom.at is Arm.FALL and boom.fault is BoomFault.OBSTACLE:
            met = with_boom(plant, gate, boom._replace(at=Arm.HALT))
            yield Move(f"the {name} boom meets something", Kind.FIELD, met, _unless_silent(site, met, gate, obstructed=True))
        elif boom.at is Arm.FALL:
            yield _boom_moves(site, plant, gate, boom._replace(at=Arm.DOWN, wild=False), f"the {name} boom is down")


def _boom_moves(site: Site, plant: Plant, gate: int, boom: BoomP, label: str) -> Move:
    moved = with_boom(plant, gate, boom)
    return Move(label, Kind.FIELD, moved, _unless_silent(site, moved, gate))


def _unless_silent(site: Site, plant: Plant, gate: int, *, obstructed: bool = False) -> tuple[Report, ...]:
    silent = site.layout.gates[gate].barrier_unit in plant.silent
    return () if silent else (boom_of(site, plant, gate, obstructed=obstructed),)


def _devices(site: Site, plant: Plant) -> Iterator[Move]:
    for gate, dog in enumerate(plant.dogs):
        named = site.layout.gates[gate]
        if dog is Dog.PROVING and named.signal_unit not in plant.silent:
            proved = plant._replace(dogs=with_one(plant.dogs, gate, Dog.ARMED))
            said = (dog_of(site, plant, gate), dog_of(site, proved, gate))
            yield Move(f"the watchdog of {named.signal_unit} is armed and proved", Kind.FIELD, proved, said)
    if plant.reading:
        yield from (_plate(site, plant, n) for n, truck in enumerate(plant.trucks) if truck.at == GATE)


def _plate(site: Site, plant: Plant, n: int) -> Move:
    name, match = truck_name(n), Match.MATCHED
    if plant.plate is PlateFault.OTHER:
        name = truck_name(1 - n if len(plant.trucks) > 1 else 8)
    elif plant.plate is not PlateFault.NONE:
        name, match = "", Match[plant.plate.name]
    likely = [truck_name(k) for k in range(len(plant.trucks))] if match is Match.UNSURE else []  # a doubt leaves every truck possible
    candidates = tuple(Candidate(truck, PLATE, 0.5) for truck in likely)
    said = IdentityReported(site.ways[plant.trucks[n].back].layout.gates[0].name, match, name, PLATE, 0.97, PICTURE, candidates)
    return Move(f"the plate is read: {match.value} {name}", Kind.FIELD, plant, (said,))


# ---------------------------------------------------------------- the controller starts again


def _start(site: Site, plant: Plant) -> Iterator[Move]:
    """Its journal is whole; everything that lives is heard within a second. The modules' watchdogs may have tripped meanwhile."""
    for tripped in (True, False):
        dogs = (Dog.TRIPPED, Dog.TRIPPED) if tripped else tuple(Dog.UNPROVED if d is Dog.ARMED else d for d in plant.dogs)
        up = plant._replace(down=False, dogs=(dogs[0], dogs[1]), asked=(False, False), reading=False)
        said: list[Report] = [Started(armed_before=True, lane=None), JournalReported(plant.journal)]
        for unit in site.layout.units:
            said += unit_says(site, up, unit.name)
        said += [truck_of(site, up, n) for n, truck in by_place(up) if truck.at > 0 and not truck.cut]
        yield Move(f"the controller starts again{', watchdogs tripped' if tripped else ''}", Kind.FIELD, up, tuple(said))


def is_moving(plant: Plant) -> bool:
    """A boom that will arrive long before any limit ends."""
    return any(boom.at in {Arm.RISE, Arm.FALL} and boom.fault is BoomFault.NONE for boom in plant.booms)


__all__ = ["is_moving", "is_under", "moves"]
