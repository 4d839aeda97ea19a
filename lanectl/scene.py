"""A parsed site as the picture needs it."""

from dataclasses import asdict

from lanectl.config import Site
from lanectl.status import Scene


def scene_of(site: Site) -> Scene:
    return Scene(
        layout=site.layout,
        name=site.name,
        title=asdict(site.title),
        gate_titles={gate.name: asdict(gate.title) for gate in site.gates},
        time_zones={gate.name: gate.time_zone for gate in site.gates},
        positions_m={**site.positions.nodes, **site.positions.points},
        border_m=site.border_m,
        speed_mps_max=site.speed_mps_max,
        truck_lengths_m={truck.serial: truck.length_m for truck in site.fleet},
        certificates={truck.serial: truck.certificate for truck in site.fleet} if site.mqtt.tls is not None else {},
        sha256=site.sha256,
    )
