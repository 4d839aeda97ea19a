"""The invariants, on the truth. Each judge says what is broken, "" when nothing is.

`state` looks at every state, `commanded` at every command where it is given. What one step may change at all the soak judges too
(lanectl/virtual/latches.py).
"""

from lanectl.model import (
    Aspect,
    Boom,
    BoomMove,
    Command,
    ExtendAuthority,
    Lane,
    Reading,
    ResumeTruck,
    SectionState,
    Service,
    SetAspect,
    SetBoom,
    TruckMode,
)
from tests.prove.obey import gate_number
from tests.prove.plant import Arm, BoomFault, Plant, PlateFault, Site, TruckP, is_under, reach, released_to, truck_name


def state(site: Site, lane: Lane, plant: Plant) -> str:
    return _booms(site, plant) or _sections(site, lane, plant) or ("" if plant.down else _signals(site, lane))


def _booms(site: Site, plant: Plant) -> str:
    """What moved by itself, by hand or against its limits is hardware's to stop."""
    for g, boom in enumerate(plant.booms):
        ours = not boom.wild and boom.fault is not BoomFault.LOCAL
        if ours and is_under(site, plant, g) and boom.at in {Arm.FALL, Arm.DOWN} and not is_unseen(site, plant, g):
            return f"B1: the {site.layout.gates[g].name} boom is {boom.at.name} on a truck"
    return ""


def is_unseen(site: Site, plant: Plant, gate: int) -> bool:
    """Both technologies under a boom fail to the vacant side at once (D6)."""
    stuck_vacant = {name for name, occupied in plant.stuck if not occupied}
    return all(name in stuck_vacant or name in plant.blind for name in site.layout.gates[gate].under)


def _sections(site: Site, lane: Lane, plant: Plant) -> str:
    ways = {truck.back for truck in plant.trucks if reach(site, truck)}
    if len(ways) > 1:
        return "R1: trucks of both directions are in the lane or have a way into it"
    if ways and not plant.down and (True in ways) is not (lane.direction is not site.layout.direction):
        return f"R8: the lane is set to {lane.direction.value}, and a truck drives the other way"
    taken: dict[int, str] = {}
    for n, truck in enumerate(plant.trucks):
        name = truck_name(n)
        for at in reach(site, truck):
            section = site.layout.sections[at].name
            now = lane.sections[section]
            if at in taken:
                return f"R2: {taken[at]} and {name} may both be in {section}"
            taken[at] = name
            if now.locked_for != name:
                return f"R5: {name} may be in {section}, which is {now.state.value} and locked for {now.locked_for or 'nobody'}"
        if not _is_disturbed(plant):
            for at in site.way(truck).inside[truck.at]:
                if lane.sections[site.layout.sections[at].name].state is SectionState.VACANT:
                    return f"D5: {name} is in {site.layout.sections[at].name}, which is VACANT"
    return ""


def _is_disturbed(plant: Plant) -> bool:
    return bool(plant.stuck or plant.silent or plant.blind or plant.down)


def _signals(site: Site, lane: Lane) -> str:
    """S2 to S6 in the words of the rules, not in their code."""
    for gate in site.layout.gates:
        now, unit = lane.gates[gate.name], lane.units[gate.signal_unit]
        if now.aspect_asked is not Aspect.PROCEED:
            continue
        wrong = {
            "S2: nobody passes": now.passing == "",
            "B4: the boom is not proved UP": now.boom is not Boom.UP,
            "B2: the boom is asked down": now.asked is BoomMove.DOWN,
            "T3: emergency stop": lane.service is Service.EMERGENCY_STOP,
            "E1: the journal cannot be written": not lane.journal_writable,
            "S6: the watchdog has tripped": unit.tripped,
            "S5: the watchdog is not armed": not unit.armed,
            "S7: the watchdog is not proved": not unit.proved,
            "S4: its module is not heard": not unit.linked,
            "D2: its barrier is not heard": not lane.units[gate.barrier_unit].linked,
            "S3: its lamp failed": now.lamp_failed,
            "B5: the gate is in fault": bool(now.fault),
            "B7: the gate is locked out": now.locked_out,
            "T4: the gate is worked by hand": now.local,
            "R1: the direction is not ours": lane.direction is not site.layout.direction and len(site.ways) == 1,
        }
        broken = [why for why, is_broken in wrong.items() if is_broken]
        if broken:
            return f"{broken[0]}, and {gate.name} is asked for PROCEED"
    return ""


# ---------------------------------------------------------------- commands, where they are given


def commanded(site: Site, lane: Lane, plant: Plant, commands: tuple[Command, ...]) -> str:
    for command in commands:
        match command:
            case SetBoom():
                broken = _of_boom(site, lane, plant, command)
            case ExtendAuthority():
                broken = _of_authority(site, lane, plant, command)
            case SetAspect(gate=gate, aspect=Aspect.PROCEED):
                boom = plant.booms[gate_number(site, gate)]
                broken = f"S2: PROCEED at {gate} under a boom that is {boom.at.name}" if boom.at is not Arm.UP and not boom.wild else ""
            case ResumeTruck(truck=truck) if lane.trucks[truck].stopped_by or not lane.journal_writable:
                broken = f"T2: {truck} is resumed, stopped by {lane.trucks[truck].stopped_by}"
            case ResumeTruck(truck=truck) if lane.service is Service.EMERGENCY_STOP:
                broken = f"T3: {truck} is resumed in an emergency stop"
            case _:
                broken = ""
        if broken:
            return broken
    moves = [(c.gate, c.move) for c in commands if isinstance(c, SetBoom)]
    twice = next((gate for gate, move in moves if move is BoomMove.DOWN and (gate, BoomMove.UP) in moves), "")
    return f"B3: {twice} is asked UP and DOWN in one step" if twice else ""


def _of_boom(site: Site, lane: Lane, plant: Plant, command: SetBoom) -> str:
    g, now = gate_number(site, command.gate), lane.gates[command.gate]
    if now.local:
        return f"T4: {command.gate} is worked by hand, and is asked {command.move.value}"
    if command.move is not BoomMove.DOWN:
        return ""
    not_vacant = [name for name in site.layout.gates[g].under if lane.detectors[name].reading is not Reading.VACANT]
    for wrong, why in (
        (is_under(site, plant, g) and not is_unseen(site, plant, g), "B1: with a truck under it"),
        (bool(not_vacant), f"B1: {not_vacant} is not vacant"),
        (lane.service is Service.EMERGENCY_STOP, "T3: in an emergency stop"),
        (bool(now.fault) or now.locked_out, "B5, B7: the gate is in fault or locked out"),
        (any(_leads_through(site, truck, g) for truck in plant.trucks), "B8: a released way leads through it"),
    ):
        if wrong:
            return f"{command.gate} is asked DOWN. {why}"
    return ""


def _leads_through(site: Site, truck: TruckP, gate: int) -> bool:
    way = site.way(truck)
    last = max((rung for rung, under in enumerate(way.under) if under == gate), default=0)
    target = 1 if gate == way.entry else len(way.nodes) - 1
    return 0 < truck.at <= last and released_to(truck) >= target


def _of_authority(site: Site, lane: Lane, plant: Plant, command: ExtendAuthority) -> str:
    n = int(command.truck[1:]) - 1
    way = site.way(plant.trucks[n] if n < len(plant.trucks) else TruckP())
    if command.node not in way.nodes:
        return f"R1: {command.truck} is sent to {command.node}, which is a node of the other direction"
    k = way.nodes.index(command.node)
    now, report = lane.trucks[command.truck], lane.trucks[command.truck].report
    last = len(way.nodes) - 1
    gate = way.entry if k == 1 else 1 - way.entry
    if k in {1, last} and plant.booms[gate].at is not Arm.UP and not plant.booms[gate].wild:
        return f"B4: {command.truck} is sent through {site.layout.gates[gate].name}, whose boom is {plant.booms[gate].at.name}"
    fit = report.connection.value == "ONLINE" and report.localised and report.mode is TruckMode.AUTOMATIC and not report.e_stop
    for wrong, why in (
        (lane.service is Service.EMERGENCY_STOP, "T3: in an emergency stop"),
        (not lane.journal_writable, "E1: no journal"),
        (not fit or bool(report.fatal) or report.paused, "R3: the truck is not fit"),
        (now.heard_at < 0, "T1: the truck is silent"),
        (bool(now.stopped_by) or now.cancelling, "T2, R6: the truck is stopped or being cancelled"),
        (k == 1 and not now.sweeping and lane.service is not Service.OPEN, "R3: the lane is not open"),
        (plant.held and k in {1, last}, "R3: its consignment is held"),
        (k == 1 and not _is_at_entry(site, plant, n), "R3: another truck stands at the gate"),
    ):
        if wrong:
            return f"{command.truck} is sent to {command.node}. {why}"
    return _of_ahead(site, plant, n, k)


def _is_at_entry(site: Site, plant: Plant, n: int) -> bool:
    truck = plant.trucks[n] if n < len(plant.trucks) else TruckP()
    return 0 < truck.at < site.way(truck).behind_entry + 4 or plant.plate is PlateFault.OTHER


def _of_ahead(site: Site, plant: Plant, n: int, k: int) -> str:
    """Neither the section nor its overlap may hold another truck."""
    way = site.way(plant.trucks[n])
    ahead = set(way.sections[k - 1 : k + site.layout.overlap_sections])
    for other, truck in enumerate(plant.trucks):
        if other != n and ahead & set(reach(site, truck)):
            return f"R3: {truck_name(n)} is sent to {way.nodes[k]}, and {truck_name(other)} may be there"
    return ""
