"""A parsed site as the drivers need it: which sessions on which bus, which trucks, which cameras. The only place that knows both sides."""

from dataclasses import replace
from pathlib import Path

from drivers.barrier import PtxBarrier, PtxConfig
from drivers.bus import Bus
from drivers.io_module import IoModule, IoModuleConfig
from drivers.link import Speaker
from drivers.mqtt import MqttConfig, Tls
from drivers.scale import ToledoScale
from drivers.session import Session
from drivers.signals import SignalWiring
from drivers.truck_orders import NodeAction
from drivers.trucks import TruckPlan, Trucks, TrucksPlan
from drivers.wire import yard
from drivers.wire.r1214_io import Safe
from drivers.wire.vda5050.messages import BlockingType
from lanectl import capacity
from lanectl.decide import Facts
from lanectl.dispatching import Dispatching, Ordered, Stand
from lanectl.goods import Goods
from lanectl.layout import Layout, nodes
from lanectl.model import (
    Command,
    RearmWatchdog,
    ResetBarrier,
    SetAspect,
    SetBoom,
    Sight,
)
from lanectl.plates import VoteSettings
from lanectl.site.facts import IoModule as Module
from lanectl.site.facts import Port, SafeState, Site
from lanectl.transport.order import OrderState

_SAFE = {SafeState.OFF: Safe.OFF, SafeState.ON: Safe.ON, SafeState.HOLD: Safe.HOLD}


def facts(site: Site) -> Facts:
    markers = tuple((truck.marker, truck.serial) for truck in site.fleet if truck.marker is not None)
    voting = {
        camera.gate: VoteSettings(agreeing_frames=camera.agreeing_frames, score_min=camera.score_min, markers=markers)
        for camera in sorted(site.cameras, key=lambda c: c.sees is Sight.FRONT)  # of several the one that names trucks counts
    }
    return Facts(site.layout, voting, {camera.name: camera.sees for camera in site.cameras if camera.sees is not Sight.FRONT})


def speaker(site: Site, port: Port, pace: float) -> Speaker:
    """What hangs on this port: a scale, or every unit of a bus. `pace`: the clock's, 1 in the field."""
    for scale in site.scales:
        if scale.port == port.name:
            return ToledoScale(port.name, scale.gate, scale.steady_s, pace=pace)
    barriers: list[Session] = [PtxBarrier(PtxConfig(b.unit, b.gate, b.address)) for b in site.barriers if b.port == port.name]
    modules: list[Session] = [IoModule(_module(site, unit)) for unit in site.units if unit.port == port.name]
    return Bus(port.name, port.baud, barriers + modules, pace=pace)


def units_on(site: Site, port: Port) -> list[str]:
    return [b.unit for b in site.barriers if b.port == port.name] + [unit.name for unit in site.units if unit.port == port.name]


def _module(site: Site, unit: Module) -> IoModuleConfig:
    signal = next((s for s in site.signals if s.unit == unit.name), None)
    return IoModuleConfig(
        unit=unit.name,
        address=unit.address,
        inputs=unit.inputs,
        signal=SignalWiring(signal.gate, signal.proceed_relay, signal.stop_proof_input, signal.proceed_proof_input) if signal else None,
        vacant_when=unit.vacant_when,
        watchdog_s=unit.watchdog_s,
        safe_relays=tuple(_SAFE[state] for state in unit.safe_relays),
        marker_relay=unit.marker_relay,
    )


def unit_of(site: Site, command: Command) -> str:
    """The unit that carries out a command of the gates, "" for one of trucks and cameras."""
    match command:
        case SetBoom(gate=gate) | ResetBarrier(gate=gate):
            return next(g.barrier_unit for g in site.layout.gates if g.name == gate)
        case SetAspect(gate=gate):
            return next(g.signal_unit for g in site.layout.gates if g.name == gate)
        case RearmWatchdog(unit=unit):
            return unit
        case _:
            return ""


def trucks_plan(site: Site, started_s: int) -> TrucksPlan:
    """`started_s`: seconds since 1970, more than any earlier run's, so that no order of an earlier run is ever repeated under its id."""
    back = site.layout.mirrored
    plan = _trucks_plan(site, site.layout, started_s)
    return plan if back is None else replace(plan, back=_trucks_plan(site, back, started_s))


def _trucks_plan(site: Site, layout: Layout, started_s: int) -> TrucksPlan:
    return TrucksPlan(
        interface=site.mqtt.interface,
        map_id=site.mqtt.map_id,
        nodes=tuple((name, site.positions.nodes[name]) for name in nodes(layout)),
        speed_mps_max=site.speed_mps_max,
        trucks=tuple(
            TruckPlan(truck.serial, truck.manufacturer, truck.vda5050, truck.length_m, truck.braking_mps2) for truck in site.fleet
        ),
        run=started_s,
        actions=tuple(
            NodeAction(layout.gates[-1].beyond_node, action.action_type, BlockingType(action.blocking.value), action.parameters)
            for action in site.yard_actions
            if action.behind == layout.gates[-1].name
        ),
    )


def yard_topic(site: Site) -> str:
    """Where the dispatcher says which trucks are to come to a gate, "" where nobody dispatches."""
    return yard.topic(site.mqtt.interface, site.name) if site.dispatch is not None else ""


def dispatching(site: Site) -> Dispatching | None:
    if site.dispatch is None:
        return None
    near, far = (gate.at_m for gate in site.gates)
    return Dispatching(site.layout, site.dispatch, (near, far), capacity.turn_s(site))


def stands(site: Site, trucks: Trucks) -> dict[str, Stand]:
    """Where each truck that says so stands."""
    said = ((truck.serial, trucks.stands(truck.serial)) for truck in site.fleet)
    return {serial: Stand(*stand) for serial, stand in said if stand is not None}


def ordered(goods: Goods, now: float) -> list[Ordered]:
    """What may be carried now, the most urgent first: what waits for a truck, and what was given to one."""
    utc = goods.utc(now)
    open_ones = [each.order for each in goods.book.waiting(utc)]
    given = {entry.order.id: entry.truck for entry in goods.book.in_state(OrderState.ASSIGNED)}
    accepted = goods.book.entries
    orders = sorted([*open_ones, *(accepted[name].order for name in given)], key=lambda order: (-order.priority, order.latest, order.id))
    return [
        Ordered(
            order.direction,
            given.get(order.id) or order.truck,
            accepted[order.id].accepted_at - goods.facts.utc_from,
            order.latest - goods.facts.utc_from,
            order.priority,
            goods.clearances.cleared(order.consignment, utc),
        )
        for order in orders
    ]


def mqtt_config(site: Site) -> MqttConfig:
    """The client id stays the same over restarts."""
    tls = site.mqtt.tls
    return MqttConfig(
        site.mqtt.host,
        site.mqtt.port,
        f"lanectl-{site.name}",
        Tls(Path(tls.authority), Path(tls.certificate), Path(tls.key)) if tls else None,
    )
