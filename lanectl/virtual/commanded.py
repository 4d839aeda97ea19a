"""What the controller commands and what it builds on, judged on the lane itself: told before a truck has to suffer from it.

What the controller has to be told of counts once it was so for two looks, a second apart, and still is; what a truck or a module has to
tell it, for longer. Which way it gave a truck it knows.
"""

from collections.abc import Callable

from lanectl.decide import Decision
from lanectl.layout import Layout, driven, nodes
from lanectl.model import Aspect, BoomMove, ExtendAuthority, GateName, Lane, Report, ResumeTruck, SectionState, SetAspect, SetBoom
from lanectl.virtual.trouble import Fact, Troubles
from sim.bench import Bench
from sim.judge import UP_AT
from sim.plan import SectionPlan, SimPlan
from sim.scene import Broken, Offence, Place, Truck

WITHIN_M = 1.5  # so much of a truck is in a section before it counts: its detectors stand a little off the boundary


class Commanded:
    """Sees every step; `look` once a second. `bench`: what is simulated, as it is when asked for."""

    def __init__(self, layout: Layout, plan: SimPlan, bench: Callable[[], Bench]) -> None:
        self.broken: list[Broken] = []
        self._bench = bench
        self._troubles = Troubles(plan, bench)
        self._layout = layout
        self._gates = {gate.name: gate for gate in layout.gates}
        self._arms_m = {gate.name: gate.boom_m for gate in plan.gates}
        self._sections = {section.name: section for section in plan.sections}
        self._before = self._last = frozenset[Fact]()  # at the last two looks
        self._believed_wrongly = frozenset[Fact]()

    def look(self, now: float, believed: Lane | None) -> None:
        """`believed`: what the controller holds to be true, None while none runs."""
        self._before, self._last = self._last, self._now_so()
        self._troubles.look(now)
        wrong = frozenset[Fact]() if believed is None else self._held_vacant(believed)
        for truck, section in sorted(wrong - self._believed_wrongly):
            words = f"{section} is held to be vacant and not {truck}'s way, and {truck} is in it"
            self.broken.append(Broken(now, Offence("believed-wrongly", (section, truck)), words))
        self._believed_wrongly = wrong

    def _held_vacant(self, believed: Lane) -> frozenset[Fact]:
        """Trucks in sections into which the next one may be sent any moment."""
        return frozenset(
            (truck, name)
            for truck, name in self._lasting()
            if name in self._sections
            and believed.sections[name].state is SectionState.VACANT
            and believed.sections[name].locked_for != truck
        )

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:  # noqa: ARG002 - as observers are called
        for command in decision.commands:
            match command:
                case SetBoom(gate=gate, move=BoomMove.DOWN):
                    subject, wrong = gate, self._lowered(gate) or self._troubles.of_gate(now, gate, lowered=True)
                case SetAspect(gate=gate, aspect=Aspect.PROCEED):
                    subject = gate
                    wrong = "PROCEED is asked for under a boom that is not up (S2)" if ("arm", gate) in self._lasting() else ""
                    wrong = wrong or self._troubles.of_gate(now, gate)
                case ExtendAuthority(truck=truck):
                    subject, wrong = truck, self._sent(now, command, decision.core.lane)
                case ResumeTruck(truck=truck):
                    subject, wrong = truck, self._troubles.of_truck(now, truck, resumed=True)
                case _:
                    continue
            if wrong:
                self.broken.append(Broken(now, Offence("commanded-wrongly", (subject,)), f"{subject}: {wrong}"))

    def _lowered(self, gate: GateName) -> str:
        lasting = self._lasting()
        under = [name for name in self._gates[gate].under if ("occupied", name) in lasting]
        if under:
            return f"lowered while {under[0]} shows that something is under it (B1)"
        coming = [truck.serial for truck in self._trucks() if self._is_sent_through(truck, gate) and self._still_obeys(truck)]
        return f"lowered while {coming[0]} has a way through it (B8)" if coming else ""

    def _sent(self, now: float, command: ExtendAuthority, lane: Lane) -> str:
        lasting, layout, truck = self._lasting(), driven(self._layout, lane), self._bench().lane.world.trucks[command.truck]
        target = nodes(layout).index(command.node)
        ahead = [self._sections[section.name] for section in layout.sections[: target + layout.overlap_sections]]
        met = [
            f"{section.name}, where {other.serial} is"
            for section in ahead
            for other in self._trucks()
            if other.serial != truck.serial
            and max(truck.until(section.from_m), truck.until(section.to_m)) > 0.0
            and (other.serial, section.name) in lasting
        ]
        if met:
            return f"is sent into {met[0]} (R2)"
        through = {1: layout.gates[0].name, len(nodes(layout)) - 1: layout.gates[1].name}.get(target, "")
        if through and ("arm", through) in lasting:
            return f"is sent through {through}, whose boom is not up (B4)"
        return self._troubles.of_truck(now, command.truck) or (self._troubles.of_gate(now, through) if through else "")

    # ------------------------------------------------------------ the lane itself

    def _trucks(self) -> list[Truck]:
        return [truck for truck in self._bench().lane.world.trucks.values() if truck.place is Place.LANE]

    def _lasting(self) -> frozenset[Fact]:
        """What was so at both looks and is so now. All of it is looked at anew only while something was so at both."""
        lasted = self._before & self._last
        return lasted & self._now_so() if lasted else lasted

    def _now_so(self) -> frozenset[Fact]:
        """Of a detector that flickers two looks say nothing of what it said between them."""
        lane, flickering, found = self._bench().lane, self._bench().flickering, set[Fact]()
        found |= {("occupied", name) for gate in self._gates.values() for name in gate.under if lane.reads(name) and name not in flickering}
        found |= {("arm", name) for name in self._gates if lane.world.arms[name].raised < UP_AT}
        for truck in self._trucks():
            found |= {(truck.serial, gate) for gate in self._gates if self._is_sent_through(truck, gate)}
            found |= {(truck.serial, section.name) for section in self._sections.values() if _is_within(truck, section)}
        return frozenset(found)

    def _is_sent_through(self, truck: Truck, gate: GateName) -> bool:
        """Its order leads on behind the boom, and its rear is not through."""
        boom_m = self._arms_m[gate]
        return truck.released_m is not None and (truck.released_m - boom_m) * truck.heading > 0.0 and truck.behind(boom_m) < 0.0

    def _still_obeys(self, truck: Truck) -> bool:
        """It may just have given its order back, where it stood; the simulated truck learns of it a tenth of a second later."""
        driver = self._bench().lane.drivers[truck.serial]
        return not driver.running or driver.vehicle.has_order


def _is_within(truck: Truck, section: SectionPlan) -> bool:
    return min(truck.high_m, section.to_m) - max(truck.low_m, section.from_m) > WITHIN_M
