"""Who may say and hear what at the lane's broker: mosquitto's access list, made of the fleet and of those who order and clear.

The broker asks each client for its certificate and knows it by that name; with this list a truck speaks and hears only for itself, and
nobody but the controller sends orders to trucks. An authority clears only in its own name, and who orders clears nothing. What nothing
here allows, mosquitto denies.
"""

from collections.abc import Iterator

from drivers.wire.transport import Topics
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
    yield from _of_goods(site, Topics(site.name))
    for name, peer in peers:
        yield ""
        yield f"user {name}"
        yield from (f"topic write {peer.topic(topic)}" for topic in SAYS)
        yield from (f"topic read {peer.topic(topic)}" for topic in HEARS)


def _of_goods(site: Site, topics: Topics) -> Iterator[str]:
    """The controller's part, then each of those who order, then each authority's own system."""
    names = [authority.value for authority, _ in site.mqtt.authorities]
    heard = (topics.requests, *(topics.clearances(name) for name in names))
    said = (topics.acks, topics.states, *(topic for name in names for topic in (topics.clearance_acks(name), topics.declared(name))))
    yield from (f"topic read {topic}" for topic in heard)
    yield from (f"topic write {topic}" for topic in said)
    for name in site.mqtt.orders_from:
        yield from ("", f"user {name}", f"topic write {topics.requests}")
        yield from (f"topic read {topic}" for topic in (topics.acks, topics.states))
    for authority, name in site.mqtt.authorities:
        yield from ("", f"user {name}", f"topic write {topics.clearances(authority.value)}")
        yield from (f"topic read {topic}" for topic in (topics.clearance_acks(authority.value), topics.declared(authority.value)))
