"""A parsed site as the simulator's plan: the same devices on pseudo-terminals, the same metres, trucks with their plates."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from lanectl import wiring
from lanectl.layout import nodes
from lanectl.model import Authority
from lanectl.site.facts import Camera, IoModule, Scale, Site
from sim import plan

UNDECLARED_KG = 20_000  # what a simulated truck weighs of which nothing is declared


@dataclass(frozen=True, slots=True)
class Setting:
    """What a run of the simulator is given besides the site. `epoch` and `speed`: the clock that it shares with the controller.

    `customs`: how each side's customs system behaves (sim/customs.py); none: there is none.
    """

    seed: int
    speed: float
    epoch: float
    control: Path
    return_s: float
    customs: Mapping[Authority, str] = field(default_factory=dict)


def sim_plan(site: Site, setting: Setting) -> plan.SimPlan:
    """Ports stand at the very paths that the site gives as devices; cameras at the ports of their addresses."""
    back = site.layout.mirrored
    return plan.SimPlan(
        seed=setting.seed,
        speed=setting.speed,
        epoch=setting.epoch,
        control=str(setting.control),
        ports=tuple(plan.PortPlan(port.name, port.device, port.baud) for port in site.ports),
        barriers=tuple(plan.BarrierPlan(b.unit, b.port, b.address, b.gate) for b in site.barriers),
        modules=tuple(_module(site, unit) for unit in site.units),
        detectors=tuple(
            plan.DetectorPlan(name, where.at_m - where.length_m / 2, where.at_m + where.length_m / 2, where.kind.value)
            for name, where in site.positions.detectors.items()
        ),
        gates=tuple(_gate(site, index) for index in range(2)),
        nodes=tuple(plan.NodePlan(name, site.positions.nodes[name]) for name in nodes(site.layout)),
        nodes_back=tuple(plan.NodePlan(name, site.positions.nodes[name]) for name in nodes(back)) if back is not None else (),
        sections=tuple(plan.SectionPlan(name, *where) for name, where in site.positions.sections.items()),
        trucks=_trucks(site, setting.seed),
        mqtt=plan.MqttPlan(site.mqtt.host, site.mqtt.port, site.mqtt.interface, site.mqtt.map_id, wiring.yard_topic(site)),
        cameras=tuple(_camera(camera) for camera in site.cameras if camera.source.startswith("http:")),
        scales=tuple(_scale(site, scale) for scale in site.scales),
        arrivals=plan.ArrivalsPlan(return_s=setting.return_s, by_call=site.dispatch is not None),
        places_beyond=site.layout.places_beyond,
        places_beyond_back=site.layout.places_beyond_back,
        customs=tuple(plan.CustomsPlan(site.name, a.value, setting.customs[a], setting.seed) for a in Authority if a in setting.customs),
    )


def _module(site: Site, unit: IoModule) -> plan.ModulePlan:
    signal = next((s for s in site.signals if s.unit == unit.name), None)
    return plan.ModulePlan(
        unit=unit.name,
        port=unit.port,
        address=unit.address,
        inputs=unit.inputs,
        vacant_when=unit.vacant_when,
        gate=signal.gate if signal else "",
        proceed_relay=signal.proceed_relay if signal else 0,
        stop_proof_input=signal.stop_proof_input if signal else None,
        proceed_proof_input=signal.proceed_proof_input if signal else None,
        watchdog_s=unit.watchdog_s,
        input_filter=unit.input_filter,
    )


def _camera(camera: Camera) -> plan.CameraPlan:
    return plan.CameraPlan(camera.name, camera.gate, urlsplit(camera.source).port or 0, sees=camera.sees.value)


def _scale(site: Site, scale: Scale) -> plan.ScalePlan:
    middle_m = site.positions.booms[scale.gate] + scale.at_m
    return plan.ScalePlan(scale.gate, scale.port, middle_m - scale.length_m / 2, middle_m + scale.length_m / 2)


def _gate(site: Site, index: int) -> plan.GatePlan:
    gate, shape = site.gates[index], site.layout.gates[index]
    back_stop_m = None if gate.back_stop_short_m is None else gate.at_m + gate.back_stop_short_m
    back_clear_m = gate.at_m - gate.clear_m if site.layout.both_ways else None
    stop_m, clear_m = gate.at_m - gate.stop_short_m, gate.at_m + gate.clear_m
    return plan.GatePlan(gate.name, gate.at_m, stop_m, clear_m, shape.under, back_stop_m, back_clear_m)


def _actions(site: Site) -> plan.Actions:
    """Simulated trucks can do what the site asks of them."""
    asked: dict[str, tuple[str, ...]] = {action.action_type: tuple(key for key, _ in action.parameters) for action in site.yard_actions}
    return tuple({**dict(plan.PICK_AND_DROP), **asked}.items())


def _trucks(site: Site, seed: int) -> tuple[plan.TruckPlan, ...]:
    """Every truck wears the plate and weighs what the manifest says; they differ a little in how they pull off. On a lane that is worked
    both ways by a dispatcher every other one begins on the far side.
    """
    plates = {line.truck: line.plate for line in site.manifest}
    weights = {line.truck: line.declared_weight_kg for line in site.manifest}
    trailers = {line.truck: line.other_plates[0] for line in site.manifest if line.other_plates}
    containers = {line.truck: line.container for line in site.manifest}
    rng = random.Random(seed)  # noqa: S311 - a simulated truck's temper
    turns = site.layout.both_ways and site.dispatch is not None
    return tuple(
        plan.TruckPlan(
            truck.serial,
            truck.manufacturer,
            plates.get(truck.serial, ""),
            length_m=truck.length_m,
            speed_mps_max=site.speed_mps_max,
            accel_mps2=round(rng.uniform(0.45, 0.6), 3),
            braking_mps2=truck.braking_mps2,
            state_interval_s=truck.state_interval_s,
            vda5050=truck.vda5050,
            actions=_actions(site),
            weight_kg=weights.get(truck.serial) or UNDECLARED_KG,
            heading=-1 if turns and number % 2 else 1,
            trailer=trailers.get(truck.serial, ""),
            container=containers.get(truck.serial, ""),
        )
        for number, truck in enumerate(site.fleet)
    )
