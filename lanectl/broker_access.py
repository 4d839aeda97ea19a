"""Who may say and hear what at the trucks' broker: mosquitto's access list, made of the fleet.

The broker asks each client for its certificate and knows it by that name; with this list a truck speaks and hears only for itself, and
nobody but the controller sends orders. What nothing here allows, mosquitto denies.
"""

from collections.abc import Iterator

from drivers.wire.vda5050.topics import Peer, Topic
from lanectl.site.facts import Site

SAYS = (Topic.CONNECTION, Topic.STATE, Topic.FACTSHEET, Topic.VISUALIZATION)  # a truck
HEARS = (Topic.ORDER, Topic.INSTANT_ACTIONS)


def access_list(site: Site, controller: str) -> str:
    """`controller`: the name on its own certificate."""
    return "\n".join(_lines(site, controller)) + "\n"


def _lines(site: Site, controller: str) -> Iterator[str]:
    peers = [(truck.certificate, Peer(site.mqtt.interface, truck.manufacturer, truck.serial, truck.vda5050)) for truck in site.fleet]
    yield f"# {site.name}: made by lanectl vda acl; make it anew when the fleet changes"
    yield f"user {controller}"
    for _, peer in peers:
        yield from (f"topic read {peer.topic(topic)}" for topic in SAYS)
        yield from (f"topic write {peer.topic(topic)}" for topic in HEARS)
    for name, peer in peers:
        yield ""
        yield f"user {name}"
        yield from (f"topic write {peer.topic(topic)}" for topic in SAYS)
        yield from (f"topic read {peer.topic(topic)}" for topic in HEARS)
