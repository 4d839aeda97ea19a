"""A parsed site as orders are held against it."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from drivers.mqtt import MqttConfig
from drivers.plate_reader.container_code import checks
from drivers.trucks import Trucks
from lanectl import plates, wiring
from lanectl.goods import GoodsFacts
from lanectl.model import Direction
from lanectl.site.facts import Site
from lanectl.transport.reading import Known


def goods_facts(site: Site, wall: str, now: float) -> GoodsFacts:
    """`wall`: the time of day at `now` of the monotonic clock, ISO 8601."""
    layouts = [layout for layout in (site.layout, site.layout.mirrored) if layout is not None]
    entries: dict[Direction, str] = {layout.direction: layout.gates[0].stop_node for layout in layouts}
    worn = {truck.serial: truck.plates for truck in site.fleet}
    sides = {stop: direction for direction, stop in entries.items()}
    if site.layout.mirrored is not None:  # in a lane worked one way trucks come round again by another road
        sides |= {layout.gates[-1].beyond_node: layout.mirrored.direction for layout in layouts if layout.mirrored is not None}
    utc_from = datetime.fromisoformat(wall).timestamp() - now
    return GoodsFacts(Known(frozenset(entries), worn, _plate, checks), entries, sides, utc_from, partial(_way_from, site))


def _way_from(site: Site, at_m: float) -> Direction | None:
    """Away from its own side; None on the lane, and where trucks come round again by another road."""
    back = site.layout.mirrored
    if back is None or site.gates[0].at_m <= at_m <= site.gates[1].at_m:
        return None
    return site.layout.direction if at_m < site.gates[0].at_m else back.direction


def standing(trucks: Trucks, serial: str) -> float | None:
    """Metres along the lane, None where it does not say."""
    stands = trucks.stands(serial)
    return None if stands is None else stands[0]


def goods_mqtt(site: Site) -> MqttConfig:
    """A session of its own, so that its messages are kept while nobody takes them."""
    config = wiring.mqtt_config(site)
    return replace(config, client_id=f"{config.client_id}-orders")


def _plate(text: str) -> str:
    normal = plates.normalise(text)
    return normal if plates.country(normal) else ""
