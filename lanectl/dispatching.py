"""The dispatcher at work: what it needs to know of the lane, looked up, and what it decides, asked for. No I/O, time passed in.

It turns the lane by the same act as a person, under the name `dispatcher`, and the interlocking answers it as it answers anybody.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lanectl import dispatch
from lanectl.dispatch import AtGate, LanePicture, Settings, Waiting
from lanectl.layout import Gate, Layout, driven
from lanectl.model import (
    Act,
    ActRequested,
    Aspect,
    Boom,
    Connection,
    Direction,
    Lane,
    Reading,
    Refusal,
    SectionState,
    Service,
    TruckMode,
    TruckName,
    TruckNow,
)

NAME = "dispatcher"  # as it is written in the journal
LOOK_S = 0.5
TURN_AGAIN_S = 2.0  # a refused turn is not asked for more often
HELD_S = 30.0  # a reason of its own that stands this long will not pass by itself: three plates take a second or two
COMES_S = 120.0  # a truck that was called and is not at the gate by then does not come by itself
OWN_REASONS = ("identity_", "consignment_", "truck_", "weight_", "container_", "mass_unknown")
PASSING_REASONS = ("truck_not_standing", "truck_echo_awaited")

Decide = Callable[[Sequence[Waiting], LanePicture, float, Settings], dispatch.Decision]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a truck stands, in metres from the boom of the gate that the site describes first; `charge` of its battery, 0 to 1."""

    at_m: float
    charge: float | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """A transport order whose time is now and that nobody crosses on yet. `truck`: whom it is for, None for any."""

    direction: Direction
    truck: TruckName | None
    since: float
    deadline: float
    priority: int
    cleared: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked now. `trucks`: those that are to stand before `gate`, in this order."""

    turn: ActRequested | None
    gate: str
    trucks: tuple[TruckName, ...]


@dataclass(slots=True)
class Dispatching:
    """`booms_m`: of both gates in the site's order. `turn_s`: as in LanePicture. `decide` may be any other dispatcher of the same form."""

    layout: Layout
    settings: Settings
    booms_m: tuple[float, float]
    turn_s: float = 0.0
    decide: Decide = dispatch.decide
    last: dispatch.Decision | None = None
    _called: dict[TruckName, float] = field(default_factory=dict)
    _since: dict[tuple[TruckName, str], float] = field(default_factory=dict)
    _barred_until: dict[TruckName, float] = field(default_factory=dict)
    _held_since: dict[TruckName, float] = field(default_factory=dict)
    _direction: Direction | None = None
    _moved_at: float = 0.0
    _entered: int = 0
    _turn_asked_at: float = float("-inf")

    def look(
        self, now: float, lane: Lane, refusals: Iterable[Refusal], stands: Mapping[TruckName, Stand], ordered: Sequence[Ordered] = ()
    ) -> Wish:
        """About twice a second. `stands`: of trucks that say where they are; `ordered`: the more urgent first."""
        layout = driven(self.layout, lane)
        if lane.direction is not self._direction:
            self._direction, self._moved_at, self._entered, self._called = lane.direction, now, 0, {}
        self._notice(now, lane, layout.gates[0], refusals)
        picture = self._picture(now, lane, layout, stands)
        found = self.last = self.decide(self._waiting(now, lane, stands, ordered), picture, now, self.settings)
        for truck in found.send_back:
            del self._called[truck]
            self._barred_until[truck] = now + self.settings.hold_s_max
        self._called |= dict.fromkeys(found.call, now)
        return Wish(self._turn(now, found), layout.gates[0].name, tuple(self._called))

    def _turn(self, now: float, found: dispatch.Decision) -> ActRequested | None:
        if found.turn is None or now < self._turn_asked_at + TURN_AGAIN_S:
            return None
        self._turn_asked_at = now
        return ActRequested(Act.TURN, NAME, found.turn.value, "the other side's batch is due")

    def _notice(self, now: float, lane: Lane, entry: Gate, refusals: Iterable[Refusal]) -> None:
        """Who entered, who stands at the gate without having been called, and whom something of its own holds there."""
        for section in lane.sections.values():
            if section.entered and self._called.pop(section.locked_for, None) is not None:
                self._entered, self._moved_at = self._entered + 1, now
        entered = {section.locked_for for section in lane.sections.values() if section.entered}
        for name, truck in lane.trucks.items():
            sent_back = now < self._barred_until.get(name, now)  # the yard still has to take it there
            if truck.report.last_node == entry.stop_node and _online(truck) and name not in entered and not sent_back:
                self._called.setdefault(name, now)
        held = {refusal.subject for refusal in refusals if _is_own(refusal.code)} & self._called.keys()
        for name, since in self._called.items():
            called = lane.trucks.get(name)
            came = called is not None and (called.authority != "" or called.report.last_node == entry.stop_node)
            if called is None or not _online(called) or (not came and now >= since + COMES_S):
                held.add(name)
        self._held_since = {name: self._held_since.get(name, now) for name in held}

    def _picture(self, now: float, lane: Lane, layout: Layout, stands: Mapping[TruckName, Stand]) -> LanePicture:
        at_gate = tuple(
            AtGate(name, since, now >= self._held_since.get(name, now) + HELD_S, name in lane.trucks and lane.trucks[name].authority != "")
            for name, since in self._called.items()
        )
        is_open = lane.service is Service.OPEN and (lane.in_hours or not layout.has_hours)
        room = tuple((direction, self._room(lane, direction, stands)) for direction in Direction)
        ways = (lane.direction, layout.both_ways)
        return LanePicture(*ways, is_open, _is_empty(lane), at_gate, room, self._moved_at, self._entered, self.turn_s)

    def _room(self, lane: Lane, direction: Direction, stands: Mapping[TruckName, Stand]) -> int:
        there = direction is self.layout.direction
        places = self.layout.places_beyond if there else self.layout.places_beyond_back
        inside = _inside(lane)
        sides = [self._away_from(stand) for stand in _standing(lane, stands, inside)]
        beyond = sum(side is not None and side is not direction for side in sides)
        under_way = len(inside | self._called.keys()) if direction is lane.direction else 0
        return places - beyond - under_way

    def _away_from(self, stand: Stand) -> Direction | None:
        """The direction in which a truck that stands there can cross: away from its own side. None on the lane itself."""
        near_m, far_m = self.booms_m
        if near_m <= stand.at_m <= far_m:
            return None
        return self.layout.direction if stand.at_m < near_m else self.layout.direction.other

    def _waiting(self, now: float, lane: Lane, stands: Mapping[TruckName, Stand], ordered: Sequence[Ordered]) -> list[Waiting]:
        """Who has something declared or ordered, and who stands where an order for any truck can be carried from."""
        inside, left_at = _inside(lane), {gate.beyond_node for gate in self.layout.gates}  # there the yard has not yet taken it off
        free = {
            name: direction
            for name, stand in stands.items()
            if name in lane.trucks
            and _online(lane.trucks[name])
            and name not in inside
            and name not in self._called
            and lane.trucks[name].report.last_node not in left_at
            and (direction := self._away_from(stand)) is not None
        }
        wanted = self._declared(now, lane)
        for order in ordered:
            truck = order.truck or next((n for n, way in free.items() if way is order.direction and n not in wanted), None)
            if truck is not None and free.get(truck) is order.direction:
                ready = order.cleared or not self.layout.clearance_needed
                wanted[truck] = Waiting(truck, order.direction, order.since, order.priority, order.deadline, ready)
        return [
            replace(
                wanted[name],
                direction=direction,
                ready=wanted[name].ready and _is_fit(lane.trucks[name]),
                charge=stands[name].charge,
                not_before=self._barred_until.get(name, float("-inf")),
            )
            for name, direction in free.items()
            if name in wanted
        ]

    def _declared(self, now: float, lane: Lane) -> dict[TruckName, Waiting]:
        """The first of each truck's consignments. It waits since it was first seen declared."""
        found: dict[TruckName, Waiting] = {}
        for name, consignment in lane.consignments.items():
            if consignment.direction is not None:  # a transport order's, which knows more of it
                continue
            cleared = not self.layout.clearance_needed or consignment.is_cleared
            since = self._since.setdefault((consignment.truck, name), now)
            found.setdefault(consignment.truck, Waiting(consignment.truck, lane.direction, since, ready=cleared))
        self._since = {key: since for key, since in self._since.items() if key[1] in lane.consignments}
        return found


def _inside(lane: Lane) -> set[TruckName]:
    """In the lane, or with a way into it or out of it."""
    return {now.locked_for for now in lane.sections.values() if now.locked_for and now.entered} | {
        name for name, truck in lane.trucks.items() if truck.authority
    }


def _standing(lane: Lane, stands: Mapping[TruckName, Stand], inside: set[TruckName]) -> list[Stand]:
    return [stand for name, stand in stands.items() if name in lane.trucks and _online(lane.trucks[name]) and name not in inside]


def _online(truck: TruckNow) -> bool:
    return truck.report.connection is Connection.ONLINE


def _is_fit(truck: TruckNow) -> bool:
    report = truck.report
    halted = truck.stopped_by != "" or report.e_stop or report.paused or report.fatal != "" or truck.cancelling
    return report.mode is TruckMode.AUTOMATIC and report.localised and not halted


def _is_own(code: str) -> bool:
    return code.startswith(OWN_REASONS) and code not in PASSING_REASONS


def _is_empty(lane: Lane) -> bool:
    """As the interlocking will want to see it before it turns (R8): asking sooner is only refused."""
    return (
        lane.count == 0
        and all(now.state is SectionState.VACANT and not now.locked_for for now in lane.sections.values())
        and all(now.reading is Reading.VACANT for now in lane.detectors.values())
        and all(now.shown is Aspect.STOP and now.boom is Boom.DOWN and not now.passing for now in lane.gates.values())
        and not any(truck.authority for truck in lane.trucks.values())
    )
