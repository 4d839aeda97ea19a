"""Where trucks are and how far they may go, counted in sections from the entry gate (1 is the first)."""

from msgspec.structs import replace

from lanectl.interlocking.draft import Draft
from lanectl.layout import Section
from lanectl.model import Connection, SectionName, TruckName, TruckNow


def front(d: Draft, truck: TruckName) -> int:
    """Position of the furthest section it was counted into, 0 outside the lane."""
    return d.held().get(truck, 0)


def authority_at(d: Draft, truck: TruckName) -> int:
    """Position of the last node released to it, 0 when none is."""
    node = d.trucks[truck].authority
    return d.layout.index.node[node] if node else 0


def may_be_at(d: Draft, truck: TruckName) -> int:
    """Position of the end of its released way, or of the one that it gave back while nobody has seen how far it came on it."""
    return max(authority_at(d, truck), d.layout.index.node.get(d.trucks[truck].short_of, 0))


def beyond(d: Draft) -> int:
    return len(d.layout.sections) + 1


def holds(d: Draft, truck: TruckName) -> bool:
    return truck in d.held()


def has_left(d: Draft, truck: TruckName) -> bool:
    """Its passage out of the lane is proved; it may still drive to the node behind the gate."""
    return authority_at(d, truck) == beyond(d) and not holds(d, truck)


def released_into(d: Draft, name: SectionName) -> bool:
    """Whether a truck has a released way into this section that it has not driven yet, or is in it."""
    held = d.sections[name].locked_for
    return bool(held) and (d.sections[name].entered or authority_at(d, held) >= d.layout.index.position[name])


def silent(d: Draft, truck: TruckNow) -> bool:
    """T1."""
    return d.due(truck.heard_at, d.limits.state_age_s_max)


def stands_proved(d: Draft, truck: TruckNow) -> bool:
    """It says itself, and lately, that it stands and has no released way."""
    report = truck.report
    online = report.connection is Connection.ONLINE and not silent(d, truck)
    return online and report.standing and (report.authority_end == "" or report.order_done)


def shows_no_way(d: Draft, truck: TruckNow) -> bool:
    """It says that it stands without an order, later than any order of ours can still be on the way to it."""
    return stands_proved(d, truck) and not on_the_way(d, truck)


def on_the_way(d: Draft, truck: TruckNow) -> bool:
    """The last order to it may not have come to it yet."""
    return truck.authority != "" and not truck.echoed and truck.heard_at < truck.authority_at + d.limits.echo_s_max


def claimed(d: Draft, truck: TruckName) -> int:
    """Where the truck says it is; 0 at the entry gate, in the yard or unplaced."""
    return d.layout.index.place.get(d.trucks[truck].report.last_node, 0)


def claimed_ahead(d: Draft, truck: TruckName) -> tuple[Section, ...]:
    """Where it may be by its own word, further on than it was counted: the section of its last node, and the one behind that."""
    at = claimed(d, truck)
    ahead = 0 < at < beyond(d) and at > front(d, truck) and not has_left(d, truck)
    return d.layout.sections[at - 1 : at + 1] if ahead else ()


def at_entry(d: Draft, truck: TruckName) -> bool:
    """It says that it stands at the entry gate's stop line, and nothing shows that it is in the lane."""
    now = d.trucks[truck]
    return (
        now.report.last_node == d.layout.gates[0].stop_node
        and now.report.connection is not Connection.OFFLINE
        and front(d, truck) == 0
        and not has_left(d, truck)
    )


def without_way(truck: TruckNow) -> TruckNow:
    """It has no released way of ours any more, and none on its way to it."""
    return replace(truck, authority="", echoed=False, took=False, cancelling=False, short_of="")


def is_behind_its_count(d: Draft, truck: TruckName) -> bool:
    """It says that it is further back than the section before the one that it was counted into."""
    return claimed(d, truck) < front(d, truck) - 1


def leave_gates(d: Draft, truck: TruckName) -> None:
    """Nothing is held for it at any gate any more."""
    for name, gate in d.gates.items():
        if gate.passing == truck:
            d.set_gate(name, replace(gate, passing=""))
