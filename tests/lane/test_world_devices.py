"""The simulated lane as its devices tell it: detectors on inputs, lamps behind relays, vehicles that drive their trucks."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from drivers.wire.modbus_rtu import Bits, Request, Response, decode_response, encode_request
from drivers.wire.ptx_barrier import CLOSE, OPEN
from drivers.wire.r1214_io import READ_INPUTS, set_relay
from sim.faults import FAULTS, FaultError, cause
from sim.lane import Shown, SimLane
from sim.plan import CameraPlan
from sim.world import change, release
from tests.sim_plan import small_plan

APPROACH, UNDER_LOOP, UNDER_CURTAIN, CLEAR, RED, GREEN = range(6)
WALL = "2026-01-01T00:00:00.000Z"


def lane(trucks: int = 2) -> SimLane:
    made = SimLane(replace(small_plan(trucks), cameras=(CameraPlan("vn-front", "vn"),)))
    made.advance(1.0)
    return made


def wait(sim: SimLane, seconds: float) -> SimLane:
    sim.advance(sim.world.now + seconds)
    return sim


def ask(sim: SimLane, port: str, request: Request, address: int = 1) -> Response:
    (answer,) = sim.write(port, sim.world.now, encode_request(address, request))
    return decode_response(address, request, answer.frame)


def inputs(sim: SimLane, port: str = "vn-io") -> tuple[bool, ...]:
    response = ask(sim, port, READ_INPUTS)
    assert isinstance(response, Bits)
    return response.values


def with_truck_at(front_m: float) -> SimLane:
    sim = lane(trucks=1)
    sim.world = change(sim.world, "T01", front_m=front_m, base_m=front_m)
    return wait(sim, 0.1)


def test_a_truck_at_the_stop_line_opens_the_contact_of_the_approach_loop_only() -> None:
    assert inputs(lane())[:4] == (False, True, True, True)


def test_a_truck_under_the_boom_is_seen_by_both_technologies() -> None:
    assert inputs(with_truck_at(5.0))[:4] == (False, False, False, False)
    assert inputs(with_truck_at(38.0))[:4] == (True, True, True, True)


def test_red_is_lit_while_the_relay_rests_and_proved_at_its_own_input() -> None:
    sim = lane()
    assert sim.shown("vn") is Shown.STOP
    assert inputs(sim)[RED:] == (True, False)
    ask(sim, "vn-io", set_relay(0, on=True))
    assert wait(sim, 0.1).shown("vn") is Shown.PROCEED
    assert inputs(sim)[RED:] == (False, True)


def test_a_controller_that_falls_silent_leaves_the_signal_at_stop() -> None:
    sim = SimLane(small_plan())
    module = sim.modules["io-vn"]
    ask(sim, "vn-io", set_relay(0, on=True))
    module.settings = type(module.settings)(watchdog_on=True, watchdog_s=2)
    sim.advance(1.98)
    assert sim.shown("vn") is Shown.PROCEED
    sim.advance(2.04)
    assert sim.shown("vn") is Shown.STOP


def test_a_failed_lamp_shows_nothing_and_proves_nothing() -> None:
    sim = lane()
    cause(sim, 1.0, "lamp-fail", ["vn", "STOP"])
    assert wait(sim, 0.1).shown("vn") is Shown.DARK
    assert inputs(sim)[RED:] == (False, False)
    cause(sim, sim.world.now, "lamp-mend", ["vn"])
    assert wait(sim, 0.1).shown("vn") is Shown.STOP


def test_a_module_without_power_shows_red() -> None:
    sim = lane()
    ask(sim, "vn-io", set_relay(0, on=True))
    cause(sim, sim.world.now, "power-cut", ["io-vn"])
    assert sim.shown("vn") is Shown.STOP
    assert sim.write("vn-io", sim.world.now, encode_request(1, READ_INPUTS)) == []


def test_a_loop_that_gets_power_under_a_truck_does_not_see_it_until_it_left() -> None:
    sim = with_truck_at(5.0)
    cause(sim, sim.world.now, "power-cut", ["io-vn"])
    cause(sim, sim.world.now + 1.0, "power-on", ["io-vn"])
    wait(sim, 3.0)
    assert inputs(sim)[UNDER_LOOP] is True, "reads vacant with a truck on it (D4)"
    for front_m in (38.0, 5.0):
        sim.world = change(sim.world, "T01", front_m=front_m)
        wait(sim, 0.1)
    assert inputs(sim)[UNDER_LOOP] is False


def test_a_restarted_module_still_sees_what_stands_on_its_loops() -> None:
    sim = with_truck_at(5.0)
    cause(sim, sim.world.now, "restart", ["io-vn"])
    assert inputs(wait(sim, 3.0))[UNDER_LOOP] is False


@pytest.mark.parametrize(("stuck", "contact"), [("occupied", False), ("vacant", True), ("dark", False)])
def test_a_stuck_detector_says_the_same_whatever_passes(stuck: str, contact: bool) -> None:
    for sim in (lane(), with_truck_at(5.0)):
        cause(sim, sim.world.now, "stick", ["vn-clear", stuck])
        assert inputs(wait(sim, 0.1))[CLEAR] is contact
        cause(sim, sim.world.now, "unstick", ["vn-clear"])
    assert inputs(wait(lane(), 0.1))[CLEAR] is True


def test_a_simulation_begins_at_the_time_it_is_given_and_no_watchdog_trips_before() -> None:
    plan = small_plan()
    armed = replace(plan, modules=tuple(replace(module, watchdog_s=2) for module in plan.modules))
    sim = SimLane(armed, now=1e6)
    sim.advance(1e6 + 1.9)
    assert not sim.modules["io-vn"].tripped
    sim.advance(1e6 + 2.1)
    assert sim.modules["io-vn"].tripped


def test_the_boom_follows_the_wire() -> None:
    sim = lane()
    ask(sim, "vn-barrier", OPEN)
    assert wait(sim, 4.2).world.arms["vn"].raised == 1.0
    ask(sim, "vn-barrier", CLOSE)
    assert wait(sim, 4.2).world.arms["vn"].raised == 0.0
    assert sim.world.arms["cn"].raised == 0.0


def test_a_killed_truck_drives_its_base_to_the_end_and_starts_anew_without_an_order() -> None:
    sim = lane()
    cause(sim, 1.0, "key", ["vn", "open"])
    wait(sim, 5.0)
    sim.world = release(sim.world, "T01", 88.0)
    cause(sim, sim.world.now, "kill-truck", ["T01"])
    for _ in range(30):
        sim.drive(sim.world.now + 1.0, WALL)
    assert sim.world.trucks["T01"].front_m == 88.0
    cause(sim, sim.world.now, "start-truck", ["T01"])
    sim.drive(sim.world.now + 1.0, WALL)
    assert sim.world.trucks["T01"].released_m is None
    assert sim.world.broken == ()


def test_a_pressed_e_stop_brakes_the_truck_and_its_vehicle_says_so() -> None:
    sim = lane()
    cause(sim, 1.0, "e-stop", ["T01"])
    sim.drive(1.2, WALL)
    assert sim.world.trucks["T01"].halted
    cause(sim, 1.3, "clear-e-stop", ["T01"])
    sim.drive(1.5, WALL)
    assert not sim.world.trucks["T01"].halted


def test_the_truth_is_plain_and_names_what_broke() -> None:
    sim = with_truck_at(5.0)
    sim.world = change(sim.world, "T01", runaway=True)
    told = wait(sim, 5.0).truth()
    assert told["trucks"]["T01"]["front_m"] > 5.0
    assert told["broken"][0]["name"] == "truck-beyond-base"
    assert told["signals"] == {"vn": "STOP", "cn": "STOP"}


EXAMPLES: dict[str, Sequence[str]] = {
    "PORT": ("vn-io",),
    "UNIT": ("io-vn",),
    "MODULE": ("io-vn",),
    "TRUCK": ("T01",),
    "DETECTOR": ("vn-clear",),
    "GATE": ("vn",),
    "SECONDS": ("0.5",),
    "TEXT": ("14C99999",),
    "CAMERA-NAME": ("vn-front",),
    "SCALE": ("vn",),
    "KG": ("30000",),
}


def _words(kind: str | tuple[str, ...]) -> Sequence[str]:
    return kind if isinstance(kind, tuple) else EXAMPLES[kind]


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_can_be_caused_with_each_word_it_offers(name: str) -> None:
    takes = FAULTS[name].takes
    for word in _words(takes[-1]):
        sim = lane()
        cause(sim, 1.1, name, [*(_words(kind)[0] for kind in takes[:-1]), word])
        sim.drive(5.0, WALL)


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("explode", [], "there are: unplug, replug"),
        ("unplug", ["vn-oi"], "none of vn-barrier, vn-io"),
        ("unplug", [], "takes PORT"),
        ("stick", ["vn-clear", "maybe"], "none of occupied, vacant, dark"),
        ("late", ["io-vn", "soon"], "no number of seconds"),
        ("weight", ["T01", "heavy"], "no whole number of kilograms"),
    ],
)
def test_a_fault_that_does_not_exist_is_refused_with_what_does(name: str, arguments: list[str], says: str) -> None:
    with pytest.raises(FaultError, match=says):
        cause(lane(), 1.0, name, arguments)
