"""What is wrong in truth with trucks, gates and the journal, and since when: after that long the controller was told, or hears nothing."""

from collections.abc import Callable, Iterator

from drivers.wire.vda5050.messages import OperatingMode
from lanectl.model import GateName, TruckName
from sim.bench import Bench
from sim.lane import Shown
from sim.plan import SimPlan
from sim.scene import Place

Fact = tuple[str, str]  # what it is, and of whom
TRUCK_S = 4.0  # twice what a truck may be silent for: then its state was heard, or it counts as silent (T1)
GATE_S = 3.0  # of devices, which are asked several times a second, and of a journal that is written all the time


class Troubles:
    def __init__(self, plan: SimPlan, bench: Callable[[], Bench]) -> None:
        self._bench = bench
        self._gates = tuple(gate.name for gate in plan.gates)
        self._since: dict[Fact, float] = {}

    def look(self, now: float) -> None:
        """Once a second."""
        self._since = {fact: self._since.get(fact, now) for fact in (*self._of_trucks(), *self._of_gates())}

    def of_truck(self, now: float, truck: TruckName, *, resumed: bool = False) -> str:
        """Why it may get nothing. `resumed`: why it may not be told to go on."""
        found = self._lasting(now, truck, TRUCK_S, self._of_trucks())
        if resumed and not found.endswith("(T2)"):
            found = ""  # one that is driven by hand, or lost, may be told that it is halted no more
        found = found or self._lasting(now, "the journal", GATE_S, self._of_gates())
        return f"is {'told to go on' if resumed else 'sent on'} while {found}" if found else ""

    def of_gate(self, now: float, gate: GateName, *, lowered: bool = False) -> str:
        """Why nobody may be sent through it. `lowered`: why its boom may not be asked down."""
        found = self._lasting(now, gate, GATE_S, self._of_gates())
        if lowered:
            found = found if found.endswith("(T4)") else ""
        return f"is {'lowered' if lowered else 'to be driven through'} while {found}" if found else ""

    def _lasting(self, now: float, whom: str, least_s: float, still: Iterator[Fact]) -> str:
        lasted = {fact for fact, since in self._since.items() if fact[1] == whom and now - since >= least_s}
        return next((fact[0] for fact in still if fact in lasted), "") if lasted else ""

    # ------------------------------------------------------------ the lane itself

    def _of_trucks(self) -> Iterator[Fact]:
        """Not of one that somebody else speaks for."""
        bench = self._bench()
        for serial, truck in bench.lane.world.trucks.items():
            driver = bench.lane.drivers[serial]
            if truck.place is not Place.LANE or serial in bench.twins:
                continue
            if not driver.running:
                yield "its computer is dead (T1)", serial
                continue
            if truck.e_stop:
                yield "its e-stop is pressed (T2)", serial
            if driver.vehicle.mode is not OperatingMode.AUTOMATIC:
                yield "it is driven by hand (R3)", serial
            if not driver.vehicle.localised:
                yield "it does not know where it is (R3)", serial
            if driver.vehicle.fatal:
                yield "it has a fatal error (R3)", serial

    def _of_gates(self) -> Iterator[Fact]:
        bench = self._bench()
        for board in bench.lane.boards.values():
            if board.local:
                yield "it is worked by hand (T4)", board.plan.gate
            if not board.powered or board.frozen or board.plan.port in bench.lane.unplugged:
                yield "its barrier does not answer (D2)", board.plan.gate
        for module in bench.lane.modules.values():
            gate = module.plan.gate
            if not gate:
                continue
            if not module.powered or module.frozen or module.plan.port in bench.lane.unplugged:
                yield "its module does not answer (S4)", gate
            elif module.tripped:
                yield "its watchdog has tripped (S6)", gate
            elif bench.lane.shown(gate) is Shown.DARK:
                yield "its lamp is dark (S3)", gate
        if bench.disk.full:
            yield "the journal cannot be written (E1)", "the journal"
