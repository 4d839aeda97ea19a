"""What can be made to go wrong with the simulated lane by hand, each with its way back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.wire.ptx_barrier import Coil
from drivers.wire.vda5050.messages import OperatingMode
from sim.camera_faults import CameraFault, Weather
from sim.lane import Shown, SimLane, Stuck
from sim.plan import SimPlan
from sim.scale import ScaleFault
from sim.world import change, hinder_arm

WEIGHT_KG_MAX = 200_000
OBSTACLE_AT = 0.5  # halfway down
COME_GAP_S = 0.1
SOON_S = 60.0
KEYS = {"open": Coil.OPEN, "close": Coil.CLOSE, "stop": Coil.STOP}
SWITCH = ("on", "off")


class FaultError(ValueError):
    """Asked for something that does not exist. The message lists what does."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`takes`: the kind of each argument, in order; a tuple is a choice of words."""

    takes: tuple[str | tuple[str, ...], ...]
    words: str
    act: Callable[[SimLane, float, Sequence[str]], None]

    @property
    def usage(self) -> str:
        return " ".join(kind if isinstance(kind, str) else "|".join(kind) for kind in self.takes)


def cause(lane: SimLane, now: float, name: str, arguments: Sequence[str]) -> None:
    """Raises FaultError, and changes nothing, when the fault or what it should happen to does not exist."""
    fault = asked(lane.plan, name, arguments)
    lane.advance(now)
    fault.act(lane, now, arguments)


def asked(plan: SimPlan, name: str, arguments: Sequence[str]) -> Fault:
    """The fault of this name, which can happen to these parts of the plan. Raises FaultError."""
    fault = FAULTS.get(name)
    if fault is None:
        raise FaultError(f"there is no fault {name!r}; there are: {', '.join(FAULTS)}")
    if len(arguments) != len(fault.takes):
        raise FaultError(f"{name} takes {fault.usage}, not {' '.join(arguments) or 'nothing'}")
    for kind, given in zip(fault.takes, arguments, strict=True):
        possible = kind if isinstance(kind, tuple) else names(plan, kind)
        if possible is not None and given not in possible:
            raise FaultError(f"{name} {fault.usage}: {given!r} is none of {', '.join(possible)}")
        if kind == "SECONDS" and not given.replace(".", "", 1).isdigit():
            raise FaultError(f"{name} {fault.usage}: {given!r} is no number of seconds")
        if kind == "KG" and not (given.isdecimal() and int(given) <= WEIGHT_KG_MAX):
            raise FaultError(f"{name} {fault.usage}: {given!r} is no whole number of kilograms up to {WEIGHT_KG_MAX}")
    return fault


def names(plan: SimPlan, kind: str) -> Sequence[str] | None:
    """What there is of this kind; None where any text will do."""
    modules = tuple(module.unit for module in plan.modules)
    return {
        "PORT": tuple(port.name for port in plan.ports),
        "UNIT": (*(barrier.unit for barrier in plan.barriers), *modules),
        "MODULE": modules,
        "TRUCK": tuple(truck.serial for truck in plan.trucks),
        "DETECTOR": tuple(detector.name for detector in plan.detectors),
        "GATE": tuple(gate.name for gate in plan.gates),
        "CAMERA": tuple(camera.gate for camera in plan.cameras),
        "SCALE": tuple(scale.gate for scale in plan.scales),
        "CAMERA-NAME": tuple(camera.name for camera in plan.cameras),
        "": ("",),
    }.get(kind)


def _power_cut(lane: SimLane, now: float, arguments: Sequence[str]) -> None:
    lane.units[arguments[0]].cut_power(now)


def _power_on(lane: SimLane, now: float, arguments: Sequence[str]) -> None:
    lane.power_on(arguments[0], now)


def _restart(lane: SimLane, now: float, arguments: Sequence[str]) -> None:
    lane.units[arguments[0]].restart(now)


def _freeze(frozen: bool) -> Callable[[SimLane, float, Sequence[str]], None]:
    def act(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
        lane.units[arguments[0]].frozen = frozen

    return act


def _late(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.units[arguments[0]].late_s = float(arguments[1])


def _garble(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.units[arguments[0]].garbled = arguments[1] == "on"


def _forget(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.modules[arguments[0]].forgetful = arguments[1] == "on"


def _kill_truck(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    driver = lane.drivers[arguments[0]]
    driver.deaths += driver.running
    driver.running = False


def _start_truck(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    driver = lane.drivers[arguments[0]]
    if not driver.running:
        driver.vehicle.restarted()
        driver.running = True


def _come(lane: SimLane, now: float, arguments: Sequence[str]) -> None:
    """Two of one instant would stand in one place."""
    called = [truck.back_at for truck in lane.world.trucks.values() if truck.back_at < now + SOON_S]
    lane.world = change(lane.world, arguments[0], back_at=max(now, max(called, default=0.0) + COME_GAP_S))


def _e_stop(pressed: bool) -> Callable[[SimLane, float, Sequence[str]], None]:
    def act(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
        lane.world = change(lane.world, arguments[0], e_stop=pressed)

    return act


def _plate(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], plate=arguments[1])


def _own_plate(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], plate=lane.world.trucks[arguments[0]].plan.plate)


def _trailer(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], trailer=arguments[1])


def _container(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], container=arguments[1])


def _own_load(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], trailer=None, container=None)


def _mud(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], muddy=(*lane.world.trucks[arguments[0]].muddy, arguments[1]))


def _wash(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], muddy=())


def _runaway(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], runaway=arguments[1] == "on")


def _mode(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.drivers[arguments[0]].vehicle.mode = OperatingMode(arguments[1])


def _lost(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.drivers[arguments[0]].vehicle.localised = arguments[1] == "off"


def _fatal(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.drivers[arguments[0]].vehicle.fatal = "" if arguments[1] == "off" else arguments[1]


def _cannot_work(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.drivers[arguments[0]].vehicle.cannot_work = "" if arguments[1] == "off" else arguments[1]


def _unplug(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.unplugged.add(arguments[0])


def _replug(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.unplugged.discard(arguments[0])


def _stick(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.stuck[arguments[0]] = Stuck(arguments[1])


def _unstick(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.stuck.pop(arguments[0], None)


def _obstruct(obstacle_at: float) -> Callable[[SimLane, float, Sequence[str]], None]:
    def act(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
        lane.world = hinder_arm(lane.world, arguments[0], obstacle_at=obstacle_at, jammed=lane.world.arms[arguments[0]].jammed)

    return act


def _jam(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    obstacle_at = lane.world.arms[arguments[0]].obstacle_at
    lane.world = hinder_arm(lane.world, arguments[0], obstacle_at=obstacle_at, jammed=arguments[1] == "on")


def _lamp_fail(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.failed_lamps.add((arguments[0], Shown(arguments[1])))


def _lamp_mend(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.failed_lamps = {(gate, lamp) for gate, lamp in lane.failed_lamps if gate != arguments[0]}


def _local(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.board_of(arguments[0]).local = arguments[1] == "on"


def _key(lane: SimLane, now: float, arguments: Sequence[str]) -> None:
    lane.board_of(arguments[0]).press(now, KEYS[arguments[1]])


def _auto_close(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.board_of(arguments[0]).auto_close_s = float(arguments[1])


def _camera(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    if arguments[1] == "off":
        lane.camera_faults.pop(arguments[0], None)
    else:
        lane.camera_faults[arguments[0]] = CameraFault(arguments[1])


def _weather(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.weather[arguments[0]] = Weather(arguments[1])


def _scale(lane: SimLane, now: float, arguments: Sequence[str]) -> None:
    lane.scales[arguments[0]].break_down(now, None if arguments[1] == "off" else ScaleFault(arguments[1]))


def _scale_garbles(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.scales[arguments[0]].garbled = arguments[1] == "on"


def _weight(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], weight_kg=int(arguments[1]))


def _own_weight(lane: SimLane, _: float, arguments: Sequence[str]) -> None:
    lane.world = change(lane.world, arguments[0], weight_kg=lane.world.trucks[arguments[0]].plan.weight_kg)


FAULTS: dict[str, Fault] = {
    "unplug": Fault(("PORT",), "pulls the serial cable: the port is gone until replugged", _unplug),
    "replug": Fault(("PORT",), "the port is there again, under the same name", _replug),
    "power-cut": Fault(("UNIT",), "the unit and its loops lose power; relays fall", _power_cut),
    "power-on": Fault(("UNIT",), "the unit boots; its loops do not see what stands on them", _power_on),
    "restart": Fault(("UNIT",), "the unit starts again, its loops keep their power", _restart),
    "freeze": Fault(("UNIT",), "the unit hears and does nothing", _freeze(frozen=True)),
    "unfreeze": Fault(("UNIT",), "the unit answers again", _freeze(frozen=False)),
    "late": Fault(("UNIT", "SECONDS"), "the unit answers so much later; 0 mends it", _late),
    "garble": Fault(("UNIT", SWITCH), "the unit's answers have a wrong CRC", _garble),
    "forget": Fault(("MODULE", SWITCH), "what is written to the module does not survive its next restart", _forget),
    "come": Fault(("TRUCK",), "a truck that is away comes to the entry gate's queue now", _come),
    "kill-truck": Fault(("TRUCK",), "its computer dies without a word; it drives its released way to the end", _kill_truck),
    "start-truck": Fault(("TRUCK",), "its computer starts anew, without its order", _start_truck),
    "e-stop": Fault(("TRUCK",), "somebody presses its button", _e_stop(pressed=True)),
    "clear-e-stop": Fault(("TRUCK",), "the button is released", _e_stop(pressed=False)),
    "plate": Fault(("TRUCK", "TEXT"), "it wears another plate", _plate),
    "own-plate": Fault(("TRUCK",), "it wears its own plate again", _own_plate),
    "trailer": Fault(("TRUCK", "TEXT"), "it draws another trailer, with this plate", _trailer),
    "container": Fault(("TRUCK", "TEXT"), "it carries another container, with this number", _container),
    "own-load": Fault(("TRUCK",), "it has its own trailer and container again", _own_load),
    "mud": Fault(("TRUCK", ("front", "rear", "container")), "mud covers this plate of it, or its container's number", _mud),
    "wash": Fault(("TRUCK",), "it is washed", _wash),
    "weight": Fault(("TRUCK", "KG"), "it weighs so much, with its load", _weight),
    "own-weight": Fault(("TRUCK",), "it weighs what it weighed at first", _own_weight),
    "runaway": Fault(("TRUCK", SWITCH), "it drives whatever it was told", _runaway),
    "mode": Fault(("TRUCK", tuple(mode.value for mode in OperatingMode)), "its operating mode", _mode),
    "lost": Fault(("TRUCK", SWITCH), "it does not know where it is", _lost),
    "fatal": Fault(("TRUCK", "TEXT"), "it reports this fatal error; `off` mends it", _fatal),
    "cannot-work": Fault(("TRUCK", "TEXT"), "what it does in the yard fails for this reason; `off` mends it", _cannot_work),
    "stick": Fault(("DETECTOR", tuple(stuck.value for stuck in Stuck)), "the detector says this whatever passes", _stick),
    "unstick": Fault(("DETECTOR",), "the detector says what is there", _unstick),
    "obstruct": Fault(("GATE",), "something that no detector sees stops the boom on its way down", _obstruct(OBSTACLE_AT)),
    "clear": Fault(("GATE",), "nothing is in the boom's way", _obstruct(0.0)),
    "jam": Fault(("GATE", SWITCH), "the motor turns and the boom does not move", _jam),
    "lamp-fail": Fault(("GATE", ("STOP", "PROCEED")), "this lamp is broken", _lamp_fail),
    "lamp-mend": Fault(("GATE",), "its lamps are new", _lamp_mend),
    "local": Fault(("GATE", SWITCH), "the key at the barrier is turned: it obeys its own keys only", _local),
    "key": Fault(("GATE", tuple(KEYS)), "somebody presses a key at the barrier", _key),
    "camera": Fault(
        ("CAMERA-NAME", (*(fault.value for fault in CameraFault), "off")), "what happens to its pictures; `off` mends it", _camera
    ),
    "weather": Fault(("CAMERA-NAME", tuple(weather.value for weather in Weather)), "what it looks through", _weather),
    "scale": Fault(("SCALE", (*(fault.value for fault in ScaleFault), "off")), "what its weighbridge does; `off` mends it", _scale),
    "scale-garble": Fault(("SCALE", SWITCH), "its weighbridge's frames have a wrong checksum", _scale_garbles),
    "auto-close": Fault(("GATE", "SECONDS"), "the barrier's own timer lowers an opened boom; 0 is off", _auto_close),
}
