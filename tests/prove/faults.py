"""What goes wrong, each by its name, and how it is mended. What lasts is in the plant; what does not is a moment."""

from collections.abc import Iterator

from lanectl.model import (
    Act,
    ActRequested,
    Authority,
    BoomReported,
    ClearanceReported,
    JournalReported,
    Report,
    Standing,
    UnitRestarted,
)
from tests.prove.kinds import Kind, Model, Move, with_boom, with_one, with_truck
from tests.prove.ladder import GATE
from tests.prove.plant import (
    Arm,
    BoomFault,
    Dog,
    LampFault,
    Plant,
    PlateFault,
    Site,
    TruckP,
    boom_of,
    by_place,
    detectors_of,
    is_under,
    lamp_of,
    link_lost,
    truck_name,
    truck_of,
    unit_says,
)

DEVICES = frozenset({"silent", "restart", "stuck occupied", "stuck vacant", "boom", "lamp"})
TRUCKS = frozenset({"cut", "lost message", "e-stop", "truck restart", "lie", "rejects", "manual", "wrong gate"})
PEOPLE = frozenset({"stop", "held", "plate", "local", "mistake"})
CONTROLLER = frozenset({"journal", "controller"})
ALL = DEVICES | TRUCKS | PEOPLE | CONTROLLER


def faults(site: Site, model: Model, plant: Plant) -> Iterator[Move]:
    for name, made in (
        ("silent", _silent), ("restart", _restarts), ("stuck occupied", _stuck_occupied), ("stuck vacant", _stuck_vacant),
        ("boom", _boom), ("local", _local), ("lamp", _lamp), ("cut", _cut), ("lost message", _lost), ("e-stop", _e_stop),
        ("truck restart", _truck_restarts), ("lie", _lie), ("rejects", _rejects), ("manual", _manual), ("wrong gate", _wrong_gate),
        ("stop", _stop), ("held", _held), ("plate", _plate), ("journal", _journal), ("controller", _controller),
    ):  # fmt: skip
        if name in model.faults:
            yield from made(site, plant)


def mended(site: Site, plant: Plant) -> Iterator[Move]:
    yield from _devices_mended(site, plant)
    yield from _gates_mended(site, plant)
    yield from _trucks_mended(site, plant)
    if not plant.journal:
        yield Move("the journal is writable again", Kind.MEND, plant._replace(journal=True), (JournalReported(True),))
    if plant.plate is not PlateFault.NONE:
        yield Move("the plate can be read again", Kind.MEND, plant._replace(plate=PlateFault.NONE))
    if plant.held:
        yield Move("CN clears the consignments", Kind.MEND, plant._replace(held=False), _standing(plant, Standing.CLEARED))


# ---------------------------------------------------------------- devices


def _silent(site: Site, plant: Plant) -> Iterator[Move]:
    """Noticed at once: a truck does not come a metre in the time of a poll. A module that hears nothing lets its lamps fall to STOP."""
    for unit in site.failing:
        if unit.name in plant.silent:
            continue
        asked = plant.asked
        for gate, named in enumerate(site.layout.gates):
            if named.signal_unit == unit.name:
                asked = with_one(asked, gate, False)
        after = plant._replace(silent=plant.silent | {unit.name}, asked=asked)
        yield Move(f"{unit.name} falls silent", Kind.FAULT, after, (link_lost(unit.name),))


def _restarts(site: Site, plant: Plant) -> Iterator[Move]:
    """Its loops do not see what stands on them; its watchdog is off."""
    for unit in site.failing:
        if unit.name in plant.silent:
            continue
        covered = {name for truck in plant.trucks for name in site.way(truck).covers[truck.at]}
        loops = {name for name in unit.detectors if name in covered and not name.endswith("curtain")}
        after, asked, dogs = plant._replace(blind=plant.blind | loops), plant.asked, plant.dogs
        for gate, named in enumerate(site.layout.gates):
            if named.signal_unit == unit.name:
                asked, dogs = with_one(asked, gate, False), with_one(dogs, gate, Dog.OFF)
        after = after._replace(asked=asked, dogs=dogs)
        said: list[Report] = [UnitRestarted(unit.name), *unit_says(site, after, unit.name)]
        yield Move(f"{unit.name} loses power for a moment", Kind.FAULT, after, tuple(said))


def _stuck_occupied(site: Site, plant: Plant) -> Iterator[Move]:
    return _stuck(site, plant, "occupied")


def _stuck_vacant(site: Site, plant: Plant) -> Iterator[Move]:
    return _stuck(site, plant, "vacant")


def _stuck(site: Site, plant: Plant, word: str) -> Iterator[Move]:
    stuck = {name for name, _ in plant.stuck}
    for unit in site.failing:
        for name in unit.detectors:
            if name not in stuck:
                after = plant._replace(stuck=plant.stuck | {(name, word == "occupied")})
                yield Move(f"{name} sticks at {word}", Kind.FAULT, after, _says(site, after, unit.name))


def _devices_mended(site: Site, plant: Plant) -> Iterator[Move]:
    for unit in sorted(plant.silent):
        heard = plant._replace(silent=plant.silent - {unit})
        yield Move(f"{unit} answers again", Kind.MEND, heard, tuple(unit_says(site, heard, unit)))
        gates = [g for g, named in enumerate(site.layout.gates) if named.signal_unit == unit]
        if gates and plant.dogs[gates[0]] is not Dog.TRIPPED:
            tripped = heard._replace(dogs=with_one(heard.dogs, gates[0], Dog.TRIPPED))
            yield Move(f"{unit} answers again, tripped", Kind.MEND, tripped, tuple(unit_says(site, tripped, unit)))
    for name, occupied in sorted(plant.stuck):
        free = plant._replace(stuck=plant.stuck - {(name, occupied)})
        yield Move(f"{name} is mended", Kind.MEND, free, _says(site, free, site.layout.index.unit_of[name]))


def _says(site: Site, plant: Plant, unit: str) -> tuple[Report, ...]:
    return () if unit in plant.silent else (detectors_of(site, plant, unit),) * 2


# ---------------------------------------------------------------- gates


def _boom(site: Site, plant: Plant) -> Iterator[Move]:
    for gate, boom in enumerate(plant.booms):
        name = site.layout.gates[gate].name
        if boom.fault is BoomFault.NONE:
            for fault in (BoomFault.STUCK, BoomFault.OBSTACLE, BoomFault.UNSURE):
                after = with_boom(plant, gate, boom._replace(fault=fault))
                yield Move(f"the {name} boom: {fault.name}", Kind.FAULT, after, _boom_says(site, after, gate))
            yield Move(f"the {name} barrier reports a fault", Kind.FAULT, plant, _boom_says(site, plant, gate, "motor hot"))
        if boom.at in {Arm.DOWN, Arm.UP} and boom.fault is BoomFault.NONE:
            at = Arm.RISE if boom.at is Arm.DOWN else Arm.FALL
            after = with_boom(plant, gate, boom._replace(at=at, wild=True))
            yield Move(f"the {name} boom moves unasked: {at.name}", Kind.FAULT, after, _boom_says(site, after, gate))


def _local(site: Site, plant: Plant) -> Iterator[Move]:
    for gate, boom in enumerate(plant.booms):
        if boom.fault is BoomFault.NONE:
            after = with_boom(plant, gate, boom._replace(fault=BoomFault.LOCAL))
            yield Move(f"the {site.layout.gates[gate].name} gate is worked by hand", Kind.FAULT, after, _boom_says(site, after, gate))


def _boom_says(site: Site, plant: Plant, gate: int, fault: str = "") -> tuple[BoomReported, ...]:
    silent = site.layout.gates[gate].barrier_unit in plant.silent
    return () if silent else (boom_of(site, plant, gate, fault=fault),)


def _lamp(site: Site, plant: Plant) -> Iterator[Move]:
    for gate, fault in enumerate(plant.lamps):
        if fault is LampFault.NONE:
            for new in (LampFault.NO_STOP, LampFault.NO_PROCEED, LampFault.WELDED):
                after = plant._replace(lamps=with_one(plant.lamps, gate, new))
                yield Move(f"the {site.layout.gates[gate].name} signal: {new.name}", Kind.FAULT, after, _lamp_says(site, after, gate))


def _lamp_says(site: Site, plant: Plant, gate: int) -> tuple[Report, ...]:
    return () if site.layout.gates[gate].signal_unit in plant.silent else (lamp_of(site, plant, gate),)


def _gates_mended(site: Site, plant: Plant) -> Iterator[Move]:
    for gate, boom in enumerate(plant.booms):
        name = site.layout.gates[gate].name
        if boom.fault is not BoomFault.NONE:
            after = with_boom(plant, gate, boom._replace(fault=BoomFault.NONE))
            yield Move(f"the {name} boom is mended", Kind.MEND, after, _boom_says(site, after, gate))
        if boom.fault is BoomFault.LOCAL and not is_under(site, plant, gate):
            for at in (Arm.UP, Arm.DOWN):
                if at is not boom.at:
                    after = with_boom(plant, gate, boom._replace(at=at, wild=at is Arm.DOWN))
                    yield Move(f"a person at {name} moves the boom: {at.name}", Kind.MEND, after, _boom_says(site, after, gate))
        if plant.lamps[gate] is not LampFault.NONE:
            after = plant._replace(lamps=with_one(plant.lamps, gate, LampFault.NONE))
            yield Move(f"the {name} signal is mended", Kind.MEND, after, _lamp_says(site, after, gate))


# ---------------------------------------------------------------- trucks


def _changed(plant: Plant, n: int, label: str, **changes: object) -> Move:
    return Move(f"T{n + 1} {label}", Kind.FAULT, with_truck(plant, n, plant.trucks[n]._replace(**changes)))  # type: ignore[arg-type]


def _there(plant: Plant) -> Iterator[tuple[int, TruckP]]:
    return ((n, truck) for n, truck in enumerate(plant.trucks) if truck.at > 0)


def _cut(site: Site, plant: Plant) -> Iterator[Move]:
    for n, truck in _there(plant):
        if not truck.cut:
            yield _changed(plant, n, "loses its link", cut=True)


def _lost(site: Site, plant: Plant) -> Iterator[Move]:
    for n, truck in _there(plant):
        if truck.inbox:
            yield _changed(plant, n, "does not get a message", inbox=truck.inbox[1:])


def _e_stop(site: Site, plant: Plant) -> Iterator[Move]:
    for n, truck in _there(plant):
        if not truck.e_stop:
            yield _changed(plant, n, "is emergency-stopped", e_stop=True)


def _truck_restarts(site: Site, plant: Plant) -> Iterator[Move]:
    for n, truck in _there(plant):
        if truck.base or truck.paused:
            yield _changed(plant, n, "restarts and knows no order", base=0, paused=False)


def _lie(site: Site, plant: Plant) -> Iterator[Move]:
    for n, truck in _there(plant):
        way = site.way(truck)
        for node in range(len(way.nodes)):
            if truck.lie < 0 and node != way.node[truck.at]:
                yield _changed(plant, n, f"claims to be at {way.nodes[node]}", lie=node)


def _rejects(site: Site, plant: Plant) -> Iterator[Move]:
    for n, truck in _there(plant):
        if not truck.rejects:
            yield _changed(plant, n, "takes no orders", rejects=True)


def _manual(site: Site, plant: Plant) -> Iterator[Move]:
    for n, truck in _there(plant):
        if not truck.manual:
            yield _changed(plant, n, "is put in manual", manual=True)


def _wrong_gate(site: Site, plant: Plant) -> Iterator[Move]:
    """A truck comes to the gate at which the lane is set to end."""
    if len(site.ways) < 2 or any(truck.at for truck in plant.trucks):
        return
    for n in range(len(plant.trucks)):
        here = with_truck(plant, n, TruckP(at=GATE, back=not plant.back))
        said: list[Report] = [truck_of(site, here, n)]
        said += [detectors_of(site, here, unit.name) for unit in site.layout.units if unit.name not in plant.silent]
        yield Move(f"T{n + 1} comes to the wrong gate", Kind.FAULT, here, tuple(said))


def _trucks_mended(site: Site, plant: Plant) -> Iterator[Move]:
    for n, truck in enumerate(plant.trucks):
        for wrong, label, right in (
            (truck.cut, "has its link again", {"cut": False, "inbox": ()}),
            (truck.e_stop, "is released from its emergency stop", {"e_stop": False}),
            (truck.lie >= 0, "says where it is again", {"lie": -1}),
            (truck.rejects, "takes orders again", {"rejects": False}),
            (truck.manual, "is automatic again", {"manual": False}),
        ):
            if wrong:
                yield _changed(plant, n, label, **right)._replace(kind=Kind.MEND)


# ---------------------------------------------------------------- people, papers, the controller


def _stop(site: Site, plant: Plant) -> Iterator[Move]:
    yield Move("somebody: STOP", Kind.FAULT, plant, (ActRequested(Act.STOP, ""),))


def _standing(plant: Plant, standing: Standing) -> tuple[Report, ...]:
    return tuple(ClearanceReported(f"C-{truck_name(n)}", Authority.CN, standing) for n, truck in by_place(plant) if truck.at > 0)


def _held(site: Site, plant: Plant) -> Iterator[Move]:
    if not plant.held:
        yield Move("CN holds the consignments", Kind.FAULT, plant._replace(held=True), _standing(plant, Standing.HELD))


def _plate(site: Site, plant: Plant) -> Iterator[Move]:
    if plant.plate is PlateFault.NONE:
        for fault in list(PlateFault)[1:]:
            yield Move(f"plates are read wrongly: {fault.name}", Kind.FAULT, plant._replace(plate=fault))


def _journal(site: Site, plant: Plant) -> Iterator[Move]:
    if plant.journal:
        yield Move("the journal cannot be written", Kind.FAULT, plant._replace(journal=False), (JournalReported(False),))


def _controller(site: Site, plant: Plant) -> Iterator[Move]:
    """The modules' watchdogs put the signals to STOP."""
    yield Move("the controller dies", Kind.FAULT, plant._replace(down=True, asked=(False, False)))
