"""What begins and what ends each kind of fault of `sim/fault_table.py`. `draw`, a number in [0, 1), decides what the kind leaves open."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.wire.vda5050.messages import OperatingMode
from sim import faults
from sim.lane import Stuck, vehicle_of
from sim.plate_reads import PlateReads
from sim.scale import ScaleFault
from sim.truck_plan import Seen
from sim.twin import Twin
from sim.world import change

if TYPE_CHECKING:
    from sim.bench import Bench

OVERWEIGHT = (1.02, 1.3)  # of what is declared: from a little more than a site tolerates, which is often, to far beyond it
PULLED = 0.75  # draws from here on
FOREIGN_PLATE = "36C99999"  # fits the format, is on no manifest

Act = Callable[["Bench", str, float], None]


class ByHand:
    """A fault that a person can cause too (sim.faults), on this target."""

    def __init__(self, name: str, *more: str) -> None:
        self.name, self._more = name, more

    def arguments(self, target: str) -> tuple[str, ...]:
        return (target, *self._more)

    def __call__(self, bench: "Bench", target: str, _: float) -> None:
        faults.cause(bench.lane, bench.now, self.name, self.arguments(target))


def nothing(_bench: "Bench", _target: str, _draw: float) -> None:
    """It is over by itself."""


# ---------------------------------------------------------------- lines and units


def noise(bench: "Bench", port: str, draw: float) -> None:
    line = bench.wires[port].faults
    line.lost, line.garbled, line.late, line.twice, line.foreign = (part * (0.5 + draw) for part in (0.02, 0.02, 0.01, 0.01, 0.005))


def quiet(bench: "Bench", port: str, _: float) -> None:
    line = bench.wires[port].faults
    line.lost = line.garbled = line.late = line.twice = line.foreign = 0.0


def late(bench: "Bench", unit: str, draw: float) -> None:
    bench.lane.units[unit].late_s = 0.05 + 0.4 * draw


def in_time(bench: "Bench", unit: str, _: float) -> None:
    bench.lane.units[unit].late_s = 0.0


def unplug(bench: "Bench", port: str, _: float) -> None:
    bench.lane.unplugged.add(port)
    bench.wires[port].pulled()


# ---------------------------------------------------------------- detectors, booms


def stick(bench: "Bench", detector: str, draw: float) -> None:
    bench.lane.stuck[detector] = tuple(Stuck)[int(draw * len(Stuck))]


def flicker(bench: "Bench", detector: str, draw: float) -> None:
    def turn() -> None:
        if detector in bench.flickering:
            stuck = Stuck.VACANT if bench.lane.stuck.get(detector) is Stuck.OCCUPIED else Stuck.OCCUPIED
            bench.lane.stuck[detector] = stuck
            bench.clock.call_at(bench.now + 0.05 + 1.5 * bench.dice.random() * (0.2 + draw), turn)

    bench.flickering.add(detector)
    turn()


def steady(bench: "Bench", detector: str, _: float) -> None:
    bench.flickering.discard(detector)
    bench.lane.stuck.pop(detector, None)


def slow(bench: "Bench", gate: str, draw: float) -> None:
    arm = replace(bench.lane.world.arms[gate], slowness=1.2 + 2.0 * draw)
    bench.lane.world = replace(bench.lane.world, arms={**bench.lane.world.arms, gate: arm})


def brisk(bench: "Bench", gate: str, _: float) -> None:
    arm = replace(bench.lane.world.arms[gate], slowness=1.0)
    bench.lane.world = replace(bench.lane.world, arms={**bench.lane.world.arms, gate: arm})


def lamp(bench: "Bench", gate: str, draw: float) -> None:
    """Two in five of both gates: what feeds them failed."""
    for name in _of_lamps(bench, gate, draw):
        faults.cause(bench.lane, bench.now, "lamp-fail", [name, "STOP" if draw < 0.5 else "PROCEED"])


def mend_lamp(bench: "Bench", gate: str, draw: float) -> None:
    for name in _of_lamps(bench, gate, draw):
        faults.cause(bench.lane, bench.now, "lamp-mend", [name])


def _of_lamps(bench: "Bench", gate: str, draw: float) -> list[str]:
    return [one.name for one in bench.lane.plan.gates if one.name == gate or 0.3 <= draw < 0.7]


def auto_close(bench: "Bench", gate: str, draw: float) -> None:
    faults.cause(bench.lane, bench.now, "auto-close", [gate, f"{5 + 15 * draw:.1f}"])


def come_under(bench: "Bench", gate: str, draw: float) -> None:
    """Somebody, or something that fell off: the loop sees only metal, the curtain sees both."""
    under = next(one.under for one in bench.lane.plan.gates if one.name == gate)
    for detector in under if draw < 0.6 else under[-1:]:  # most of what falls off a truck is metal
        bench.lane.stuck.setdefault(detector, Stuck.OCCUPIED)


def go_away(bench: "Bench", gate: str, _: float) -> None:
    for detector in next(one.under for one in bench.lane.plan.gates if one.name == gate):
        if detector not in bench.flickering and bench.lane.stuck.get(detector) is Stuck.OCCUPIED:
            del bench.lane.stuck[detector]


def press(bench: "Bench", gate: str, draw: float) -> None:
    faults.cause(bench.lane, bench.now, "key", [gate, tuple(faults.KEYS)[int(draw * len(faults.KEYS))]])


def press_back(bench: "Bench", gate: str, draw: float) -> None:
    """Who sees what that did may try to undo it."""
    if draw * 10.0 % 1.0 < 0.5:
        press(bench, gate, (1.0 - draw) % 1.0)


def take_over(bench: "Bench", gate: str, draw: float) -> None:
    """Somebody turns the key at the barrier, and works it."""
    faults.cause(bench.lane, bench.now, "local", [gate, "on"])
    press(bench, gate, draw)


def hand_over(bench: "Bench", gate: str, draw: float) -> None:
    """The last that was pressed may not have ended."""
    press(bench, gate, 1.0 - draw if draw else 0.0)
    faults.cause(bench.lane, bench.now, "local", [gate, "off"])


# ---------------------------------------------------------------- broker


def broker_gone(bench: "Bench", _: str, draw: float) -> None:
    bench.broker.gone(forgets=draw < 0.3)


def broker_back(bench: "Bench", _: str, _draw: float) -> None:
    bench.broker.back()


def lossy(bench: "Bench", _: str, draw: float) -> None:
    bench.broker.lossy, bench.broker.doubling, bench.broker.slow_s = 0.1 * draw, 0.1 * (1 - draw), 0.3 * draw


def clean(bench: "Bench", _: str, _draw: float) -> None:
    bench.broker.lossy = bench.broker.doubling = bench.broker.slow_s = 0.0


def half_open(bench: "Bench", _: str, draw: float) -> None:
    clients = bench.broker.clients
    if clients:
        bench.broker.half_open(clients[int(draw * len(clients))])


# ---------------------------------------------------------------- trucks, cameras


def by_mode(bench: "Bench", truck: str, draw: float) -> None:
    modes = (OperatingMode.MANUAL, OperatingMode.SEMIAUTOMATIC, OperatingMode.SERVICE)
    bench.lane.drivers[truck].vehicle.mode = modes[int(draw * len(modes))]


def lies(bench: "Bench", truck: str, draw: float) -> None:
    bench.lane.drivers[truck].lies_m = 240.0 * (draw - 0.5)


def honest(bench: "Bench", truck: str, _: float) -> None:
    bench.lane.drivers[truck].lies_m = 0.0


def refuses(refuses: bool) -> Act:
    def act(bench: "Bench", truck: str, _: float) -> None:
        bench.lane.drivers[truck].vehicle.refuses = refuses

    return act


def twin(bench: "Bench", truck: str, draw: float) -> None:
    plan = bench.lane.plan
    stands_m = plan.gates[0].stop_m - 100.0 + draw * (plan.gates[1].clear_m - plan.gates[0].stop_m + 100.0)
    vehicle = vehicle_of(plan, next(t for t in plan.trucks if t.serial == truck), Seen(stands_m, 0.0))
    bench.twins[truck] = Twin(vehicle, truck, stands_m, bench.broker, bench.clock)
    bench.twins[truck].begin(bench.wall())


def twin_leaves(bench: "Bench", truck: str, _: float) -> None:
    bench.twins.pop(truck).end()


def foreign_plate(bench: "Bench", truck: str, draw: float) -> None:
    """Only far from the gate: what changes after it was read no camera can see. One that nobody listed, or that of another truck."""
    others = [one.plan.plate for serial, one in bench.lane.world.trucks.items() if serial != truck]
    plate = FOREIGN_PLATE if draw < 0.5 or not others else others[int((draw - 0.5) * 2.0 * len(others))]
    if bench.lane.world.trucks[truck].front_m < bench.lane.plan.gates[0].stop_m - 5.0:
        bench.lane.world = change(bench.lane.world, truck, plate=plate)


def overweight(bench: "Bench", truck: str, draw: float) -> None:
    """Loaded far from the gate, as above."""
    seen = bench.lane.world.trucks[truck]
    if seen.front_m < bench.lane.plan.gates[0].stop_m - 5.0:
        low, high = OVERWEIGHT
        bench.lane.world = change(bench.lane.world, truck, weight_kg=round((low + (high - low) * draw**3) * seen.plan.weight_kg))


def scale_breaks(bench: "Bench", gate: str, draw: float) -> None:
    bench.lane.scales[gate].break_down(bench.now, tuple(ScaleFault)[int(draw * len(ScaleFault))])


def dark(dark: bool) -> Act:
    def act(bench: "Bench", gate: str, _: float) -> None:
        for camera in _cameras_at(bench, gate):
            camera.dark = dark

    return act


def misreads(bench: "Bench", gate: str, draw: float) -> None:
    """From rain on the glass to a plate full of mud, of which hardly two frames say the same."""
    for camera in _cameras_at(bench, gate):
        camera.misread = 0.3 + 0.65 * draw


def reads_well(bench: "Bench", gate: str, _: float) -> None:
    for camera in _cameras_at(bench, gate):
        camera.misread = 0.0


def _cameras_at(bench: "Bench", gate: str) -> list[PlateReads]:
    return [camera for camera in bench.cameras.values() if camera.plan.gate == gate]


# ---------------------------------------------------------------- the controller, people


def kill(bench: "Bench", _: str, _draw: float) -> None:
    bench.kill_controller()


def start(bench: "Bench", _: str, _draw: float) -> None:
    if not bench.running:
        bench.start_controller()


def hang(bench: "Bench", _: str, draw: float) -> None:
    """Who finds the lane dead for so long may pull the plug of a module, whose watchdog has tripped by then."""
    hangs_s = 0.3 + 4.0 * draw
    bench.hang_controller(hangs_s)
    if draw > PULLED:
        units = [module.unit for module in bench.lane.plan.modules]
        unit = units[int((draw - PULLED) / (1.0 - PULLED) * len(units))]
        bench.clock.call_at(bench.now + hangs_s + 1.0, lambda: faults.cause(bench.lane, bench.now, "restart", [unit]))


def step_clock(bench: "Bench", _: str, draw: float) -> None:
    """By a tenth of a second up to a day, forwards or back."""
    far = abs(2.0 * draw - 1.0)
    bench.off_s = (1.0 if draw < 0.5 else -1.0) * 0.1 * 864_000.0**far


def set_clock(bench: "Bench", _: str, _draw: float) -> None:
    bench.off_s = 0.0


def disk(full: bool) -> Act:
    def act(bench: "Bench", _: str, _draw: float) -> None:
        bench.disk.full = full

    return act


def meddle(bench: "Bench", _: str, draw: float) -> None:
    bench.meddle(draw)


def withhold(held: bool) -> Act:
    def act(bench: "Bench", truck: str, _: float) -> None:
        bench.withhold(truck, held)

    return act
