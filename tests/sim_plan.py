"""A small lane to simulate: four sections of 50 m between boom vn at 0 m and boom cn at 200 m, as the tests need it."""

from dataclasses import replace

from sim.plan import (
    ArrivalsPlan,
    BarrierPlan,
    DetectorPlan,
    GatePlan,
    ModulePlan,
    NodePlan,
    PortPlan,
    ScalePlan,
    SectionPlan,
    SimPlan,
    TruckPlan,
)

PORTS = (("vn-barrier", 38400), ("vn-io", 9600), ("cn-barrier", 38400), ("cn-io", 9600), ("bridge-io", 38400), ("vn-scale", 9600))
POINTS_M = (0.0, 50.0, 100.0, 150.0, 200.0)


def truck_plan(number: int) -> TruckPlan:
    return TruckPlan(serial=f"T{number:02d}", manufacturer="lanectl-demo", plate=f"14C{12344 + number}")


def small_plan(trucks: int = 2, folder: str = "/nowhere") -> SimPlan:
    return SimPlan(
        seed=1,
        speed=1.0,
        epoch=0.0,
        ports=tuple(PortPlan(name, f"{folder}/{name}", baud) for name, baud in PORTS),
        barriers=(BarrierPlan("barrier-vn", "vn-barrier", 1, "vn"), BarrierPlan("barrier-cn", "cn-barrier", 1, "cn")),
        modules=(_gate_module("vn"), _gate_module("cn"), _bridge_module()),
        detectors=tuple(_detectors()),
        gates=(
            GatePlan("vn", boom_m=0.0, stop_m=-3.0, clear_m=45.0, under=("vn-under-loop", "vn-under-curtain")),
            GatePlan("cn", boom_m=200.0, stop_m=197.0, clear_m=245.0, under=("cn-under-loop", "cn-under-curtain")),
        ),
        nodes=(
            NodePlan("vn-gate", -3.0),
            *(NodePlan(f"K{i}-stop", POINTS_M[i] - 12.0) for i in (1, 2, 3)),
            NodePlan("cn-gate", 197.0),
            NodePlan("cn-clear", 245.0),
        ),
        sections=tuple(SectionPlan(f"K{i + 1}", POINTS_M[i], POINTS_M[i + 1]) for i in range(4)),
        trucks=tuple(truck_plan(number) for number in range(1, trucks + 1)),
        scales=(ScalePlan("vn", "vn-scale", -21.5, -2.5),),
        control=f"{folder}/control",
        arrivals=ArrivalsPlan(return_s=20.0),
    )


def with_boom_up(plan: SimPlan) -> SimPlan:
    return replace(plan, barriers=tuple(replace(barrier, boom_up=True) for barrier in plan.barriers))


def _gate_module(gate: str) -> ModulePlan:
    inputs = (f"{gate}-approach", f"{gate}-under-loop", f"{gate}-under-curtain", f"{gate}-clear", "", "")
    return ModulePlan(f"io-{gate}", f"{gate}-io", 1, inputs, gate=gate, stop_proof_input=4, proceed_proof_input=5)


def _bridge_module() -> ModulePlan:
    return ModulePlan("io-bridge-1", "bridge-io", 1, tuple(f"P{i}-{side}" for i in (1, 2, 3) for side in "ab"))


def _detectors() -> list[DetectorPlan]:
    found = [
        DetectorPlan(f"P{i}-{side}", POINTS_M[i] + d - 1, POINTS_M[i] + d + 1) for i in (1, 2, 3) for side, d in (("a", -1.0), ("b", 1.0))
    ]
    for gate, at in (("vn", 0.0), ("cn", 200.0)):
        found.append(DetectorPlan(f"{gate}-approach", at - 6, at - 4))
        found.append(DetectorPlan(f"{gate}-under-loop", at - 1, at + 1))
        found.append(DetectorPlan(f"{gate}-under-curtain", at - 0.05, at + 0.05))
        found.append(DetectorPlan(f"{gate}-clear", at + 4, at + 6))
    return found
