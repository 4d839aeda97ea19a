"""What goes wrong with a lane by itself: each kind with how often, for how long until it is repaired, and what begins and ends it.

`per_day` counts over one whole lane. The numbers are this project's own estimates for two gates and twenty trucks, on the high side; a soak
multiplies them. A burst brings several at once, as a thunderstorm or a worker with a spade does.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim import fault_acts as acts
from sim import faults
from sim.moments import MOMENTS

if TYPE_CHECKING:
    from sim.bench import Bench

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
    begin: acts.Act
    end: acts.Act
    excuses: tuple[str, ...] = ()
    moments: tuple[str, ...] = ANY_TIME
    hurried: bool = True


def targets(bench: "Bench", kind: str) -> tuple[str, ...]:
    return tuple(faults.names(bench.lane.plan, kind) or ())


TABLE: tuple[Kind, ...] = (
    Kind("line-noise", "PORT", 6.0, (20, 120), acts.noise, acts.quiet),
    Kind("late-answers", "UNIT", 4.0, (10, 60), acts.late, acts.in_time),
    Kind("unplugged", "PORT", 0.5, (60, 300), acts.unplug, acts.ByHand("replug")),
    Kind("frozen", "UNIT", 1.0, (5, 30), acts.ByHand("freeze"), acts.ByHand("unfreeze")),
    Kind("power-cut", "UNIT", 0.5, (5, 60), acts.ByHand("power-cut"), acts.ByHand("power-on")),
    Kind("unit-restart", "UNIT", 1.0, (0, 0), acts.ByHand("restart"), acts.nothing),
    Kind("garbled", "UNIT", 1.0, (5, 30), acts.ByHand("garble", "on"), acts.ByHand("garble", "off")),
    Kind("detector-stuck", "DETECTOR", 1.0, (60, 600), acts.stick, acts.ByHand("unstick")),
    Kind("detector-flickers", "DETECTOR", 1.0, (10, 90), acts.flicker, acts.steady),
    Kind("boom-obstructed", "GATE", 2.0, (10, 60), acts.ByHand("obstruct"), acts.ByHand("clear")),
    Kind("boom-jammed", "GATE", 0.3, (30, 300), acts.ByHand("jam", "on"), acts.ByHand("jam", "off")),
    Kind("boom-slow", "GATE", 1.0, (60, 600), acts.slow, acts.brisk, hurried=False),
    Kind("boom-closes-itself", "GATE", 0.2, (60, 300), acts.auto_close, acts.ByHand("auto-close", "0"), BY_A_BOOM),
    Kind("something-under-boom", "GATE", 6.0, (0.6, 12), acts.come_under, acts.go_away, moments=("lowering", "lowering", "raised", "left")),
    Kind("key-pressed", "GATE", 3.0, (2, 10), acts.press, acts.press_back, BY_A_BOOM),
    Kind("local-working", "GATE", 2.0, (20, 120), acts.take_over, acts.hand_over, BY_A_BOOM),
    Kind("lamp-failed", "GATE", 1.0, (120, 600), acts.lamp, acts.mend_lamp),
    Kind("broker-gone", "", 0.5, (3, 60), acts.broker_gone, acts.broker_back),
    Kind("broker-lossy", "", 4.0, (30, 300), acts.lossy, acts.clean),
    Kind("half-open", "", 4.0, (0, 0), acts.half_open, acts.nothing),
    Kind("truck-dies", "TRUCK", 4.0, (20, 120), acts.ByHand("kill-truck"), acts.ByHand("start-truck")),
    Kind("truck-e-stop", "TRUCK", 4.0, (10, 60), acts.ByHand("e-stop"), acts.ByHand("clear-e-stop")),
    Kind("truck-by-hand", "TRUCK", 2.0, (20, 120), acts.by_mode, acts.ByHand("mode", "AUTOMATIC")),
    Kind("truck-lost", "TRUCK", 3.0, (5, 60), acts.ByHand("lost", "on"), acts.ByHand("lost", "off")),
    Kind("truck-fatal", "TRUCK", 1.0, (30, 180), acts.ByHand("fatal", "engine"), acts.ByHand("fatal", "off")),
    Kind("truck-lies", "TRUCK", 0.5, (10, 60), acts.lies, acts.honest),
    Kind("truck-refuses", "TRUCK", 1.0, (10, 60), acts.refuses(True), acts.refuses(False)),
    Kind("truck-twice", "TRUCK", 0.3, (20, 90), acts.twin, acts.twin_leaves),
    Kind("foreign-plate", "TRUCK", 2.0, (60, 300), acts.foreign_plate, acts.ByHand("own-plate"), hurried=False),
    Kind("overweight", "TRUCK", 2.0, (60, 300), acts.overweight, acts.ByHand("own-weight"), hurried=False),
    Kind("scale-breaks", "SCALE", 1.0, (20, 180), acts.scale_breaks, acts.ByHand("scale", "off")),
    Kind("scale-garbled", "SCALE", 1.0, (5, 60), acts.ByHand("scale-garble", "on"), acts.ByHand("scale-garble", "off")),
    Kind("camera-dark", "CAMERA", 1.0, (30, 300), acts.dark(True), acts.dark(False)),
    Kind("plates-misread", "CAMERA", 4.0, (60, 600), acts.misreads, acts.reads_well, hurried=False),
    Kind("controller-killed", "", 1.0, (2, 8), acts.kill, acts.start),
    Kind("controller-hangs", "", 3.0, (0, 0), acts.hang, acts.nothing),
    Kind("clock-steps", "", 2.0, (60, 600), acts.step_clock, acts.set_clock),
    Kind("disk-full", "", 1.0, (20, 180), acts.disk(True), acts.disk(False)),
    Kind("clearance-withdrawn", "TRUCK", 2.0, (30, 300), acts.withhold(True), acts.withhold(False), hurried=False),
    Kind("wrong-act", "", 16.0, (0, 0), acts.meddle, acts.nothing, moments=("",)),
)
KINDS = {kind.name: kind for kind in TABLE}
