"""A lane of trucks and nothing else: the master control and simulated vehicles in virtual time, joined by a broker in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from drivers.truck_orders import NodeAction, TruckPlan, TrucksPlan
from drivers.trucks import Trucks
from drivers.wire.vda5050.topics import Peer, Publish
from lanectl.model import Command, TruckReported
from sim.truck import Vehicle
from sim.truck_plan import Seen, VehiclePlan, Way

TICK_S = 0.1
NODES = (("vn-gate", -3.0), ("K1-stop", 65.25), ("K2-stop", 142.5), ("K3-stop", 219.75), ("cn-gate", 615.0), ("cn-clear", 663.0))
RUN = 1_800_000_000
START = datetime(2026, 1, 1, tzinfo=UTC)


def wall(now: float) -> str:
    return (START + timedelta(seconds=now)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def trucks_plan(*serials: str, run: int = RUN) -> TrucksPlan:
    return TrucksPlan("uagv", "lane", NODES, 6.9, tuple(TruckPlan(serial, "maker") for serial in serials), run)


@dataclass
class SimulatedTruck:
    """A vehicle and the crude truck under it: full speed at once, stands at once."""

    vehicle: Vehicle
    front_m: float = -3.0
    speed_mps: float = 0.0
    e_stop: bool = False
    way: Way = field(default_factory=lambda: Way(None, halted=False))

    def drive(self, dt: float) -> None:
        ahead_m = 0.0 if self.way.released_to_m is None else max(0.0, self.way.released_to_m - self.front_m)
        step_m = 0.0 if self.way.halted or self.e_stop else min(ahead_m, 6.9 * dt)
        self.front_m += step_m
        self.speed_mps = step_m / dt

    def stands_at(self, front_m: float) -> None:
        """It was towed there and knows it."""
        self.front_m = front_m
        self.vehicle.restarted()

    @property
    def seen(self) -> Seen:
        return Seen(self.front_m, self.speed_mps, self.e_stop)


class TruckBench:
    """`lost` decides which messages get lost on their way; `sent` records every message that either side sent, lost or not."""

    def __init__(self, *serials: str, plan: TruckPlan | None = None, actions: tuple[NodeAction, ...] = ()) -> None:
        self.now = 0.0
        self.sent: list[Publish] = []
        self.reports: list[TruckReported] = []
        self.lost: Callable[[Publish], bool] = lambda _: False
        self._retained: dict[str, Publish] = {}
        self._actions = actions
        self.control = Trucks(replace(trucks_plan(*serials) if plan is None else replace(trucks_plan(), trucks=(plan,)), actions=actions))
        self.trucks = {serial: SimulatedTruck(Vehicle(vehicle_plan(serial), Seen(-3.0, 0.0))) for serial in serials}
        for truck in self.trucks.values():
            truck.vehicle.connected(self.now, wall(self.now))
        self.run_for(0.2)

    def run_for(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until - 1e-9:
            self.tick()

    def run_until(self, holds: Callable[[], bool], within_s: float) -> None:
        until = self.now + within_s
        while not holds():
            assert self.now < until, f"not within {within_s} s; last report {self.reports[-1]}"
            self.tick()

    def tick(self) -> None:
        self.now = round(self.now + TICK_S, 6)
        for truck in self.trucks.values():
            truck.drive(TICK_S)
            truck.way = truck.vehicle.advance(self.now, wall(self.now), truck.seen)
        if self.control.wake_at <= self.now:
            self._carry(self.control.wake(self.now, wall(self.now)))
        self._carry([])

    def ask(self, command: Command) -> None:
        self._carry(self.control.ask(self.now, wall(self.now), command))

    def restart_control(self, run: int) -> None:
        self.control = Trucks(replace(trucks_plan(*self.trucks, run=run), actions=self._actions))
        for publish in self._retained.values():
            self._to_control(publish, retained=True)

    def last(self, serial: str = "T01") -> TruckReported:
        return next(report for report in reversed(self.reports) if report.truck == serial)

    def orders(self) -> list[Publish]:
        return [publish for publish in self.sent if publish.topic.endswith("/order")]

    def _carry(self, from_control: list[Publish]) -> None:
        for publish in from_control:
            self._to_truck(publish)
        for truck in self.trucks.values():
            for publish in truck.vehicle.output():
                self._to_control(publish)

    def _to_truck(self, publish: Publish) -> None:
        self.sent.append(publish)
        if not self.lost(publish):
            serial = publish.topic.split("/")[3]
            self.trucks[serial].vehicle.receive(self.now, wall(self.now), publish.topic, publish.payload)

    def _to_control(self, publish: Publish, *, retained: bool = False) -> None:
        if not retained:
            self.sent.append(publish)
            if publish.retain:
                self._retained[publish.topic] = publish
        if not self.lost(publish) and publish.topic in dict(self.control.subscriptions):
            heard = self.control.receive(self.now, publish.topic, publish.payload, retained=retained)
            self.reports += [report for report in heard if isinstance(report, TruckReported)]


def vehicle_plan(serial: str) -> VehiclePlan:
    return VehiclePlan(Peer("uagv", "maker", serial), "lane", NODES)
