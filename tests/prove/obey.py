"""What the field makes of a command: drivers, devices and trucks as they are built, and deaf where they are cut off."""

from lanectl.model import (
    Aspect,
    BoomMove,
    CancelAuthority,
    Command,
    ExtendAuthority,
    PauseTruck,
    PlaceTruck,
    ReadPlate,
    RearmWatchdog,
    ResetBarrier,
    ResumeTruck,
    SetAspect,
    SetBoom,
)
from tests.prove.kinds import with_boom, with_one, with_truck
from tests.prove.plant import CANCEL, PAUSE, RESUME, Arm, BoomFault, Dog, Plant, Site, TruckP

INBOX_MAX = 5  # a truck hears within a second, the rules repeat after two


def obey(site: Site, plant: Plant, commands: tuple[Command, ...]) -> Plant:
    for command in commands:
        plant = _obey(site, plant, command)
    return plant


def _obey(site: Site, plant: Plant, command: Command) -> Plant:  # noqa: PLR0911 - one a command; the set is closed
    match command:
        case SetBoom(gate=gate, move=move):
            return _move_boom(site, plant, gate_number(site, gate), move)
        case SetAspect(gate=gate, aspect=aspect):
            g = gate_number(site, gate)
            deaf = site.layout.gates[g].signal_unit in plant.silent or plant.dogs[g] not in {Dog.ARMED, Dog.UNPROVED}
            return plant._replace(asked=with_one(plant.asked, g, aspect is Aspect.PROCEED and not deaf))
        case RearmWatchdog(unit=unit):
            g = next(g for g, gate_ in enumerate(site.layout.gates) if gate_.signal_unit == unit)
            if unit in plant.silent:
                return plant
            return plant._replace(dogs=with_one(plant.dogs, g, Dog.PROVING), asked=with_one(plant.asked, g, False))
        case ReadPlate(wanted=wanted):
            return plant._replace(reading=wanted)
        case ResetBarrier() | PlaceTruck():  # what a truck says of its place, a lie of the plant says
            return plant
        case ExtendAuthority() | CancelAuthority() | PauseTruck() | ResumeTruck():
            n = int(command.truck[1:]) - 1
            truck = plant.trucks[n] if n < len(plant.trucks) else TruckP(cut=True)
            if truck.cut or truck.at == 0:
                return plant
            return with_truck(plant, n, _tell(site, truck, command))


def gate_number(site: Site, gate: str) -> int:
    return 0 if site.layout.gates[0].name == gate else 1


def _move_boom(site: Site, plant: Plant, g: int, move: BoomMove) -> Plant:
    boom = plant.booms[g]
    at: Arm
    if site.layout.gates[g].barrier_unit in plant.silent or boom.fault in {BoomFault.STUCK, BoomFault.LOCAL}:
        return plant
    match move:
        case BoomMove.UP:
            at = boom.at if boom.at in {Arm.UP, Arm.RISE} else Arm.RISE
            return with_boom(plant, g, boom._replace(at=at, wild=boom.wild and at is not Arm.UP))
        case BoomMove.DOWN:
            at = boom.at if boom.at in {Arm.DOWN, Arm.FALL} else Arm.FALL
            return with_boom(plant, g, boom._replace(at=at))
        case BoomMove.STOP:
            at = Arm.HALT if boom.at in {Arm.RISE, Arm.FALL} else boom.at
            return with_boom(plant, g, boom._replace(at=at))


def _tell(site: Site, truck: TruckP, command: ExtendAuthority | CancelAuthority | PauseTruck | ResumeTruck) -> TruckP:
    """The session: nothing twice, no order while a cancellation is not confirmed."""
    match command:
        case ExtendAuthority(node=node):
            message = site.way(truck).nodes.index(node)
            if CANCEL in truck.inbox or (message == truck.base and not truck.cancelled):
                return truck
            truck = truck._replace(cancelled=False)
        case CancelAuthority():
            message = CANCEL
            if truck.cancelled and truck.base <= 0:
                return truck
        case PauseTruck():
            message = PAUSE
        case ResumeTruck():
            message = RESUME
    if message in truck.inbox:
        return truck
    assert len(truck.inbox) < INBOX_MAX, f"too much on the way to one truck: {truck.inbox} and {message}"
    return truck._replace(inbox=(*truck.inbox, message))
