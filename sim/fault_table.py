"""What goes wrong with a lane by itself: each kind with how often, for how long until it is repaired, and what begins and ends it.

`per_day` counts over one whole lane. The numbers are this project's own estimates for two gates and twenty trucks, on the high side; a soak
multiplies them. A burst brings several at once, as a thunderstorm or a worker with a spade does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from drivers.wire.vda5050.messages import OperatingMode
from sim import faults
from sim.lane import Stuck, vehicle_of
from sim.moments import MOMENTS
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
ANY_TIME = ("", *MOMENTS)  # at any time, or when it meets a rule at work
BY_A_BOOM = ("boom-on-truck", "truck-past-boom")


@dataclass(frozen=True, slots=True)
class Kind:
    """`target`: what is drawn for it. `begin` and `end` get the target and a number in [0, 1) that decides the rest.

    `excuses`: offences that it may itself commit on the world, against every rule of the controller. `moments`: when it likes to happen.
    `hurried`: it keeps the lane from working, so who mends it hurries where much goes wrong (sim.fault_plan).
    """

    name: str
    target: str
    per_day: float
    lasts_s: tuple[float, float]
    begin: Act
    end: Act
    excuses: tuple[str, ...] = ()
    moments: tuple[str, ...] = ANY_TIME
    hurried: bool = True


def targets(bench: "Bench", kind: str) -> tuple[str, ...]:
    return tuple(faults.names(bench.lane.plan, kind) or ())


class ByHand:
    """A fault that a person can cause too (sim.faults), on this target."""

    def __init__(self, name: str, *more: str) -> None:
        self.name, self._more = name, more

    def arguments(self, target: str) -> tuple[str, ...]:
        return (target, *self._more)

    def __call__(self, bench: "Bench", target: str, _: float) -> None:
        faults.cause(bench.lane, bench.now, self.name, self.arguments(target))


def _nothing(_bench: "Bench", _target: str, _draw: float) -> None:
    """It is over by itself."""


# ---------------------------------------------------------------- lines and units


def _noise(bench: "Bench", port: str, draw: float) -> None:
    line = bench.wires[port].faults
    line.lost, line.garbled, line.late, line.twice, line.foreign = (part * (0.5 + draw) for part in (0.02, 0.02, 0.01, 0.01, 0.005))


def _quiet(bench: "Bench", port: str, _: float) -> None:
    line = bench.wires[port].faults
    line.lost = line.garbled = line.late = line.twice = line.foreign = 0.0


def _late(bench: "Bench", unit: str, draw: float) -> None:
    bench.lane.units[unit].late_s = 0.05 + 0.4 * draw


def _in_time(bench: "Bench", unit: str, _: float) -> None:
    bench.lane.units[unit].late_s = 0.0


def _unplug(bench: "Bench", port: str, _: float) -> None:
    bench.lane.unplugged.add(port)
    bench.wires[port].pulled()


# ---------------------------------------------------------------- detectors, booms


def _stick(bench: "Bench", detector: str, draw: float) -> None:
    bench.lane.stuck[detector] = tuple(Stuck)[int(draw * len(Stuck))]


def _flicker(bench: "Bench", detector: str, draw: float) -> None:
    def turn() -> None:
        if detector in bench.flickering:
            stuck = Stuck.VACANT if bench.lane.stuck.get(detector) is Stuck.OCCUPIED else Stuck.OCCUPIED
            bench.lane.stuck[detector] = stuck
            bench.clock.call_at(bench.now + 0.05 + 1.5 * bench.dice.random() * (0.2 + draw), turn)

    bench.flickering.add(detector)
    turn()


def _steady(bench: "Bench", detector: str, _: float) -> None:
    bench.flickering.discard(detector)
    bench.lane.stuck.pop(detector, None)


def _slow(bench: "Bench", gate: str, draw: float) -> None:
    arm = replace(bench.lane.world.arms[gate], slowness=1.2 + 2.0 * draw)
    bench.lane.world = replace(bench.lane.world, arms={**bench.lane.world.arms, gate: arm})


def _brisk(bench: "Bench", gate: str, _: float) -> None:
    arm = replace(bench.lane.world.arms[gate], slowness=1.0)
    bench.lane.world = replace(bench.lane.world, arms={**bench.lane.world.arms, gate: arm})


def _lamp(bench: "Bench", gate: str, draw: float) -> None:
    """Two in five of both gates: what feeds them failed."""
    for name in _of_lamps(bench, gate, draw):
        faults.cause(bench.lane, bench.now, "lamp-fail", [name, "STOP" if draw < 0.5 else "PROCEED"])


def _mend_lamp(bench: "Bench", gate: str, draw: float) -> None:
    for name in _of_lamps(bench, gate, draw):
        faults.cause(bench.lane, bench.now, "lamp-mend", [name])


def _of_lamps(bench: "Bench", gate: str, draw: float) -> list[str]:
    return [one.name for one in bench.lane.plan.gates if one.name == gate or 0.3 <= draw < 0.7]


def _auto_close(bench: "Bench", gate: str, draw: float) -> None:
    faults.cause(bench.lane, bench.now, "auto-close", [gate, f"{5 + 15 * draw:.1f}"])


def _come_under(bench: "Bench", gate: str, draw: float) -> None:
    """Somebody, or something that fell off: the loop sees only metal, the curtain sees both."""
    under = next(one.under for one in bench.lane.plan.gates if one.name == gate)
    for detector in under if draw < 0.6 else under[-1:]:  # most of what falls off a truck is metal
        bench.lane.stuck.setdefault(detector, Stuck.OCCUPIED)


def _go_away(bench: "Bench", gate: str, _: float) -> None:
    for detector in next(one.under for one in bench.lane.plan.gates if one.name == gate):
        if detector not in bench.flickering and bench.lane.stuck.get(detector) is Stuck.OCCUPIED:
            del bench.lane.stuck[detector]


def _press(bench: "Bench", gate: str, draw: float) -> None:
    faults.cause(bench.lane, bench.now, "key", [gate, tuple(faults.KEYS)[int(draw * len(faults.KEYS))]])


def _press_back(bench: "Bench", gate: str, draw: float) -> None:
    """Who sees what that did may try to undo it."""
    if draw * 10.0 % 1.0 < 0.5:
        _press(bench, gate, (1.0 - draw) % 1.0)


def _take_over(bench: "Bench", gate: str, draw: float) -> None:
    """Somebody turns the key at the barrier, and works it."""
    faults.cause(bench.lane, bench.now, "local", [gate, "on"])
    _press(bench, gate, draw)


def _hand_over(bench: "Bench", gate: str, draw: float) -> None:
    """The last that was pressed may not have ended."""
    _press(bench, gate, 1.0 - draw if draw else 0.0)
    faults.cause(bench.lane, bench.now, "local", [gate, "off"])


# ---------------------------------------------------------------- broker


def _broker_gone(bench: "Bench", _: str, draw: float) -> None:
    bench.broker.gone(forgets=draw < 0.3)


def _broker_back(bench: "Bench", _: str, _draw: float) -> None:
    bench.broker.back()


def _lossy(bench: "Bench", _: str, draw: float) -> None:
    bench.broker.lossy, bench.broker.doubling, bench.broker.slow_s = 0.1 * draw, 0.1 * (1 - draw), 0.3 * draw


def _clean(bench: "Bench", _: str, _draw: float) -> None:
    bench.broker.lossy = bench.broker.doubling = bench.broker.slow_s = 0.0


def _half_open(bench: "Bench", _: str, draw: float) -> None:
    clients = bench.broker.clients
    if clients:
        bench.broker.half_open(clients[int(draw * len(clients))])


# ---------------------------------------------------------------- trucks, cameras


def _by_mode(bench: "Bench", truck: str, draw: float) -> None:
    modes = (OperatingMode.MANUAL, OperatingMode.SEMIAUTOMATIC, OperatingMode.SERVICE)
    bench.lane.drivers[truck].vehicle.mode = modes[int(draw * len(modes))]


def _lies(bench: "Bench", truck: str, draw: float) -> None:
    bench.lane.drivers[truck].lies_m = 240.0 * (draw - 0.5)


def _honest(bench: "Bench", truck: str, _: float) -> None:
    bench.lane.drivers[truck].lies_m = 0.0


def _refuses(refuses: bool) -> Act:
    def act(bench: "Bench", truck: str, _: float) -> None:
        bench.lane.drivers[truck].vehicle.refuses = refuses

    return act


def _twin(bench: "Bench", truck: str, draw: float) -> None:
    plan = bench.lane.plan
    stands_m = plan.gates[0].stop_m - 100.0 + draw * (plan.gates[1].clear_m - plan.gates[0].stop_m + 100.0)
    vehicle = vehicle_of(plan, next(t for t in plan.trucks if t.serial == truck), Seen(stands_m, 0.0))
    bench.twins[truck] = Twin(vehicle, truck, stands_m, bench.broker, bench.clock)
    bench.twins[truck].begin(bench.wall())


def _twin_leaves(bench: "Bench", truck: str, _: float) -> None:
    bench.twins.pop(truck).end()


def _foreign_plate(bench: "Bench", truck: str, draw: float) -> None:
    """Only far from the gate: what changes after it was read no camera can see. One that nobody listed, or that of another truck."""
    others = [one.plan.plate for serial, one in bench.lane.world.trucks.items() if serial != truck]
    plate = FOREIGN_PLATE if draw < 0.5 or not others else others[int((draw - 0.5) * 2.0 * len(others))]
    if bench.lane.world.trucks[truck].front_m < bench.lane.plan.gates[0].stop_m - 5.0:
        bench.lane.world = change(bench.lane.world, truck, plate=plate)


def _overweight(bench: "Bench", truck: str, draw: float) -> None:
    """Loaded far from the gate, as above."""
    seen = bench.lane.world.trucks[truck]
    if seen.front_m < bench.lane.plan.gates[0].stop_m - 5.0:
        low, high = OVERWEIGHT
        bench.lane.world = change(bench.lane.world, truck, weight_kg=round((low + (high - low) * draw**3) * seen.plan.weight_kg))


def _scale_breaks(bench: "Bench", gate: str, draw: float) -> None:
    bench.lane.scales[gate].break_down(bench.now, tuple(ScaleFault)[int(draw * len(ScaleFault))])


def _dark(dark: bool) -> Act:
    def act(bench: "Bench", gate: str, _: float) -> None:
        for camera in _cameras_at(bench, gate):
            camera.dark = dark

    return act


def _misreads(bench: "Bench", gate: str, draw: float) -> None:
    """From rain on the glass to a plate full of mud, of which hardly two frames say the same."""
    for camera in _cameras_at(bench, gate):
        camera.misread = 0.3 + 0.65 * draw


def _reads_well(bench: "Bench", gate: str, _: float) -> None:
    for camera in _cameras_at(bench, gate):
        camera.misread = 0.0


def _cameras_at(bench: "Bench", gate: str) -> list[PlateReads]:
    return [camera for camera in bench.cameras.values() if camera.plan.gate == gate]


# ---------------------------------------------------------------- the controller, people


def _kill(bench: "Bench", _: str, _draw: float) -> None:
    bench.kill_controller()


def _start(bench: "Bench", _: str, _draw: float) -> None:
    if not bench.running:
        bench.start_controller()


def _hang(bench: "Bench", _: str, draw: float) -> None:
    """Who finds the lane dead for so long may pull the plug of a module, whose watchdog has tripped by then."""
    hangs_s = 0.3 + 4.0 * draw
    bench.hang_controller(hangs_s)
    if draw > PULLED:
        units = [module.unit for module in bench.lane.plan.modules]
        unit = units[int((draw - PULLED) / (1.0 - PULLED) * len(units))]
        bench.clock.call_at(bench.now + hangs_s + 1.0, lambda: faults.cause(bench.lane, bench.now, "restart", [unit]))


def _step_clock(bench: "Bench", _: str, draw: float) -> None:
    """By a tenth of a second up to a day, forwards or back."""
    far = abs(2.0 * draw - 1.0)
    bench.off_s = (1.0 if draw < 0.5 else -1.0) * 0.1 * 864_000.0**far


def _set_clock(bench: "Bench", _: str, _draw: float) -> None:
    bench.off_s = 0.0


def _disk(full: bool) -> Act:
    def act(bench: "Bench", _: str, _draw: float) -> None:
        bench.disk.full = full

    return act


def _meddle(bench: "Bench", _: str, draw: float) -> None:
    bench.meddle(draw)


def _withhold(held: bool) -> Act:
    def act(bench: "Bench", truck: str, _: float) -> None:
        bench.withhold(truck, held)

    return act


TABLE: tuple[Kind, ...] = (
    Kind("line-noise", "PORT", 6.0, (20, 120), _noise, _quiet),
    Kind("late-answers", "UNIT", 4.0, (10, 60), _late, _in_time),
    Kind("unplugged", "PORT", 0.5, (60, 300), _unplug, ByHand("replug")),
    Kind("frozen", "UNIT", 1.0, (5, 30), ByHand("freeze"), ByHand("unfreeze")),
    Kind("power-cut", "UNIT", 0.5, (5, 60), ByHand("power-cut"), ByHand("power-on")),
    Kind("unit-restart", "UNIT", 1.0, (0, 0), ByHand("restart"), _nothing),
    Kind("garbled", "UNIT", 1.0, (5, 30), ByHand("garble", "on"), ByHand("garble", "off")),
    Kind("detector-stuck", "DETECTOR", 1.0, (60, 600), _stick, ByHand("unstick")),
    Kind("detector-flickers", "DETECTOR", 1.0, (10, 90), _flicker, _steady),
    Kind("boom-obstructed", "GATE", 2.0, (10, 60), ByHand("obstruct"), ByHand("clear")),
    Kind("boom-jammed", "GATE", 0.3, (30, 300), ByHand("jam", "on"), ByHand("jam", "off")),
    Kind("boom-slow", "GATE", 1.0, (60, 600), _slow, _brisk, hurried=False),
    Kind("boom-closes-itself", "GATE", 0.2, (60, 300), _auto_close, ByHand("auto-close", "0"), BY_A_BOOM),
    Kind("something-under-boom", "GATE", 6.0, (0.6, 12), _come_under, _go_away, moments=("lowering", "lowering", "raised", "left")),
    Kind("key-pressed", "GATE", 3.0, (2, 10), _press, _press_back, BY_A_BOOM),
    Kind("local-working", "GATE", 2.0, (20, 120), _take_over, _hand_over, BY_A_BOOM),
    Kind("lamp-failed", "GATE", 1.0, (120, 600), _lamp, _mend_lamp),
    Kind("broker-gone", "", 0.5, (3, 60), _broker_gone, _broker_back),
    Kind("broker-lossy", "", 4.0, (30, 300), _lossy, _clean),
    Kind("half-open", "", 4.0, (0, 0), _half_open, _nothing),
    Kind("truck-dies", "TRUCK", 4.0, (20, 120), ByHand("kill-truck"), ByHand("start-truck")),
    Kind("truck-e-stop", "TRUCK", 4.0, (10, 60), ByHand("e-stop"), ByHand("clear-e-stop")),
    Kind("truck-by-hand", "TRUCK", 2.0, (20, 120), _by_mode, ByHand("mode", "AUTOMATIC")),
    Kind("truck-lost", "TRUCK", 3.0, (5, 60), ByHand("lost", "on"), ByHand("lost", "off")),
    Kind("truck-fatal", "TRUCK", 1.0, (30, 180), ByHand("fatal", "engine"), ByHand("fatal", "off")),
    Kind("truck-lies", "TRUCK", 0.5, (10, 60), _lies, _honest),
    Kind("truck-refuses", "TRUCK", 1.0, (10, 60), _refuses(True), _refuses(False)),
    Kind("truck-twice", "TRUCK", 0.3, (20, 90), _twin, _twin_leaves),
    Kind("foreign-plate", "TRUCK", 2.0, (60, 300), _foreign_plate, ByHand("own-plate"), hurried=False),
    Kind("overweight", "TRUCK", 2.0, (60, 300), _overweight, ByHand("own-weight"), hurried=False),
    Kind("scale-breaks", "SCALE", 1.0, (20, 180), _scale_breaks, ByHand("scale", "off")),
    Kind("scale-garbled", "SCALE", 1.0, (5, 60), ByHand("scale-garble", "on"), ByHand("scale-garble", "off")),
    Kind("camera-dark", "CAMERA", 1.0, (30, 300), _dark(True), _dark(False)),
    Kind("plates-misread", "CAMERA", 4.0, (60, 600), _misreads, _reads_well, hurried=False),
    Kind("controller-killed", "", 1.0, (2, 8), _kill, _start),
    Kind("controller-hangs", "", 3.0, (0, 0), _hang, _nothing),
    Kind("clock-steps", "", 2.0, (60, 600), _step_clock, _set_clock),
    Kind("disk-full", "", 1.0, (20, 180), _disk(True), _disk(False)),
    Kind("clearance-withdrawn", "TRUCK", 2.0, (30, 300), _withhold(True), _withhold(False), hurried=False),
    Kind("wrong-act", "", 16.0, (0, 0), _meddle, _nothing, moments=("",)),
)
KINDS = {kind.name: kind for kind in TABLE}
