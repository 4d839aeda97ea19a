"""The order book: which transport orders there are and where each stands. A batch of wishes is taken whole or not at all.

Whoever runs it writes each changed entry to the journal and takes them from there at its next start.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lanectl.model import TruckName
from lanectl.transport.order import OPEN_STATES, STOPPABLE_STATES, Asked, OrderState, Problem, TransportOrder, Wish

OPEN_MAX = 500  # five hours of three times today's 800 a day (100/h); plates are told apart among as many
ENTRIES_MAX = 10_000  # with those that ended: three days (LATEST_AHEAD_S_MAX) of 2400 a day, and a third more
LATEST_AHEAD_S_MAX = 72 * 3600.0  # an order that ended is remembered until its latest time, so that it is never carried out twice


@dataclass(frozen=True, slots=True)
class Entry:
    """One order. `number` in order of acceptance. `truck`: whom it is assigned to. `why`: who or what brought it into this state.

    `last_wish`: what its sender asked in its newest `revision`, to know that message again.
    """

    order: TransportOrder
    state: OrderState
    number: int
    accepted_at: float
    changed_at: float
    revision: int = 0
    last_wish: Wish = Wish.ADD
    truck: TruckName = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a dispatcher reads of an order that may enter now."""

    order: TransportOrder
    accepted_at: float
    number: int


@dataclass(frozen=True, slots=True)
class Taken:
    """`changed`: entries as they are now, in the order in which they changed; `known`: ids of what had been asked before."""

    book: "OrderBook"
    changed: tuple[Entry, ...]
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was taken. All that is wrong, in the order in which it stands."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class OrderBook:
    """`entries`: all that are remembered; `open`: those of them that have not ended, which is all that a running lane looks at."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    next_number: int = 1
    open: Mapping[str, Entry] = field(default_factory=dict)

    # ------------------------------------------------------------ what can be read

    def waiting(self, now: float) -> tuple[Waiting, ...]:
        """Orders for no truck yet whose time is now, in order of acceptance."""
        found = [e for e in self.open.values() if e.state is OrderState.WAITING and e.order.earliest <= now < e.order.latest]
        return tuple(Waiting(e.order, e.accepted_at, e.number) for e in sorted(found, key=lambda e: e.number))

    def in_state(self, *states: OrderState) -> tuple[Entry, ...]:
        """Of states that have not ended."""
        return tuple(entry for entry in self.open.values() if entry.state in states)

    def of_truck(self, truck: TruckName) -> Entry | None:
        """The order that is assigned to this truck or on which it crosses."""
        busy = (OrderState.ASSIGNED, OrderState.CROSSING)
        return next((e for e in self.open.values() if e.truck == truck and e.state in busy), None)

    def of_consignment(self, consignment: str) -> Entry | None:
        """The open order of this consignment."""
        return next((e for e in self.open.values() if e.order.consignment == consignment), None)

    def next_end(self) -> float:
        """When the next order expires, inf for never."""
        return min((e.order.latest for e in self.open.values() if e.state in STOPPABLE_STATES), default=float("inf"))

    # ------------------------------------------------------------ what its senders ask

    def ask(self, now: float, wishes: Sequence[Asked]) -> Taken | Refused:
        """Takes all of them, or none and says everything that is wrong with each."""
        work = _Work(self, now)
        for asked in wishes:
            work.take(asked)
        return Refused(tuple(work.problems)) if work.problems else work.taken()

    # ------------------------------------------------------------ what the lane does

    def assign(self, now: float, order_id: str, truck: TruckName) -> Taken | Refused:
        """A dispatcher gives a waiting order to a truck that has none."""
        entry = self.entries.get(order_id)
        problem = _unassignable(self, entry, order_id, truck, now)
        if problem is not None or entry is None:
            return Refused((problem,) if problem is not None else ())
        return self._with(now, [replace(entry, state=OrderState.ASSIGNED, truck=truck, why="")])

    def unassign(self, now: float, order_id: str, why: str = "") -> Taken:
        """Its truck cannot take it: it waits again. Nothing happens to one that is not assigned."""
        entry = self.entries.get(order_id)
        if entry is None or entry.state is not OrderState.ASSIGNED:
            return Taken(self, ())
        return self._with(now, [replace(entry, state=OrderState.WAITING, truck="", why=why)])

    def entered(self, now: float, order_id: str, truck: TruckName) -> Taken:
        """Its truck was counted into the lane. That is so, whatever was asked of the order meanwhile."""
        entry = self.entries.get(order_id)
        if entry is None or entry.state in (OrderState.CROSSING, OrderState.DONE):
            return Taken(self, ())
        after_all = "" if entry.state is OrderState.ASSIGNED else f"entered after it was {entry.state.value}"
        return self._with(now, [replace(entry, state=OrderState.CROSSING, truck=truck, why=after_all)])

    def left(self, now: float, order_id: str) -> Taken:
        """Its truck is out of the lane."""
        entry = self.entries.get(order_id)
        if entry is None or entry.state not in (OrderState.CROSSING, OrderState.ASSIGNED):
            return Taken(self, ())
        return self._with(now, [replace(entry, state=OrderState.DONE)])

    def at(self, now: float) -> Taken:
        """What time does: orders whose latest time has passed expire; what ended is forgotten when it could not be sent again."""
        late = [e for e in self.open.values() if e.state in STOPPABLE_STATES and e.order.latest <= now]
        return self._with(now, [replace(e, state=OrderState.EXPIRED, truck="", why="latest") for e in late]) if late else Taken(self, ())

    def without_forgotten(self, now: float) -> "OrderBook":
        """Without what ended and whose latest time has passed: sent again it would be refused as expired."""
        kept = {name: e for name, e in self.entries.items() if e.state in OPEN_STATES or e.order.latest > now}
        return self if len(kept) == len(self.entries) else OrderBook(kept, self.next_number, self.open)

    def _with(self, now: float, changed: Iterable[Entry]) -> Taken:
        entries = tuple(replace(entry, changed_at=now) for entry in changed)
        changed_by_id = {entry.order.id: entry for entry in entries}
        return Taken(OrderBook({**self.entries, **changed_by_id}, self.next_number, _open({**self.open, **changed_by_id})), entries)


def restored(entries: Iterable[Entry]) -> OrderBook:
    """From what the journal holds of each."""
    kept = {entry.order.id: entry for entry in entries}
    return OrderBook(kept, 1 + max((entry.number for entry in kept.values()), default=0), _open(kept))


def _open(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    return {name: entry for name, entry in entries.items() if entry.state in OPEN_STATES}


class _Work:
    """One batch on its way: nothing of it is seen before all of it was found good."""

    def __init__(self, book: OrderBook, now: float) -> None:
        self.problems: list[Problem] = []
        self._entries = dict(book.entries)
        self._number = book.next_number
        self._now = now
        self._was_open = book.open
        self._open = {e.order.consignment: e.order.id for e in book.open.values()}
        self._changed: dict[str, Entry] = {}
        self._known: list[str] = []

    def taken(self) -> Taken:
        still_open = _open({**self._was_open, **self._changed})
        return Taken(OrderBook(self._entries, self._number, still_open), tuple(self._changed.values()), tuple(self._known))

    def take(self, asked: Asked) -> None:
        entry = self._entries.get(asked.id)
        if _is_known(entry, asked):
            self._known.append(asked.id)
            return
        problem = self._problem(entry, asked)
        if problem is not None:
            self.problems.append(problem)
            return
        new = self._wished(entry, asked)
        if entry is not None and self._open.get(entry.order.consignment) == asked.id:
            del self._open[entry.order.consignment]
        if new.state in OPEN_STATES:
            self._open[new.order.consignment] = asked.id
        self._entries[asked.id] = self._changed[asked.id] = new

    def _problem(self, entry: Entry | None, asked: Asked) -> Problem | None:
        if entry is None:
            if asked.wish is not Wish.ADD:
                return _problem("order_unknown", asked, f"there is no order {asked.id}", "send it first, with ADD")
        else:
            found = _out_of_turn(entry, asked) or _WRONG_STATE[asked.wish](entry, asked)
            if found is not None:
                return found
        return self._new_problem(entry, asked, asked.order) if asked.order is not None else None

    def _new_problem(self, entry: Entry | None, asked: Asked, order: TransportOrder) -> Problem | None:
        if order.latest <= self._now:
            return _problem("order_expired", asked, "its latest time has passed", "send it with a latest time that is still to come")
        if order.latest > self._now + LATEST_AHEAD_S_MAX:
            hours = f"{LATEST_AHEAD_S_MAX / 3600:g} h"
            return _problem("latest_too_far", asked, f"its latest time is more than {hours} ahead", f"send it later, within {hours}")
        holder = self._open.get(order.consignment, asked.id)
        if holder != asked.id:
            text = f"consignment {order.consignment} is that of the open order {holder}"
            return _problem("consignment_taken", asked, text, "one order a consignment; withdraw or replace the other")
        if entry is None and len(self._open) >= OPEN_MAX:
            return _problem("too_many_open", asked, f"{OPEN_MAX} orders are open already", "send it when some have crossed")
        if entry is None and len(self._entries) >= ENTRIES_MAX:
            return _problem(
                "too_many_kept", asked, f"{ENTRIES_MAX} orders are remembered already", "send it later, and latest times nearer"
            )
        return None

    def _wished(self, entry: Entry | None, asked: Asked) -> Entry:
        revision = asked.revision if asked.revision is not None else entry.revision if entry else 0
        if entry is None:
            assert asked.order is not None
            number, self._number = self._number, self._number + 1
            return Entry(asked.order, OrderState.WAITING, number, self._now, self._now, revision)
        state = _STATE_AFTER.get(asked.wish) or (OrderState.HELD if entry.state is OrderState.HELD else OrderState.WAITING)
        order, last = asked.order or entry.order, asked.wish if asked.revision is not None else entry.last_wish
        return replace(entry, order=order, state=state, changed_at=self._now, revision=revision, last_wish=last, truck="", why=asked.why)


_STATE_AFTER = {
    Wish.WITHDRAW: OrderState.WITHDRAWN,
    Wish.HOLD: OrderState.HELD,
    Wish.RELEASE: OrderState.WAITING,
}  # REPLACE: as held as before


def _is_known(entry: Entry | None, asked: Asked) -> bool:
    """It was asked before, and is so: the same order again, the same message again, or what is the case already."""
    if entry is None:
        return False
    if asked.wish is Wish.ADD:
        return asked.order == entry.order
    if asked.revision is not None:
        same = asked.revision == entry.revision and asked.wish is entry.last_wish
        return same and (asked.order is None or asked.order == entry.order)
    return _STATE_AFTER.get(asked.wish) is entry.state and asked.wish is not Wish.RELEASE


def _out_of_turn(entry: Entry, asked: Asked) -> Problem | None:
    """A message that is older than the last one of this order, or another under its number."""
    if asked.wish is Wish.ADD:
        return _problem(
            "order_differs", asked, f"order {asked.id} is known with other content", "change it with REPLACE and a new revision"
        )
    if asked.revision is not None and asked.revision <= entry.revision:
        text = f"revision {asked.revision} is not newer than {entry.revision}, the last one of order {asked.id}"
        return _problem("revision_old", asked, text, "number what is asked of an order upwards, each message once")
    return None


def _not_stoppable(entry: Entry, asked: Asked) -> Problem | None:
    if entry.state in STOPPABLE_STATES:
        return None
    if entry.state is OrderState.CROSSING:
        return _problem(
            "order_crossing",
            asked,
            f"the truck of order {asked.id} is in the lane",
            "an authority can hold its consignment, a person can pause the truck",
        )
    return _problem("order_ended", asked, f"order {asked.id} is {entry.state.value}", "send a new order under another id")


def _not_held(entry: Entry, asked: Asked) -> Problem | None:
    if entry.state is OrderState.HELD:
        return None
    return _problem("order_not_held", asked, f"order {asked.id} is {entry.state.value}", "only a held order can be released")


_WRONG_STATE: Mapping[Wish, Callable[[Entry, Asked], Problem | None]] = {
    Wish.ADD: _not_stoppable,
    Wish.REPLACE: _not_stoppable,
    Wish.WITHDRAW: _not_stoppable,
    Wish.HOLD: _not_stoppable,
    Wish.RELEASE: _not_held,
}


def _unassignable(book: OrderBook, entry: Entry | None, order_id: str, truck: TruckName, now: float) -> Problem | None:
    asked = Asked(Wish.ADD, order_id)
    if entry is None:
        return _problem("order_unknown", asked, f"there is no order {order_id}", "choose one that waits")
    if entry.state is not OrderState.WAITING or not entry.order.earliest <= now < entry.order.latest:
        return _problem(
            "order_not_waiting", asked, f"order {order_id} is {entry.state.value}, or its time is not now", "choose one that waits"
        )
    if entry.order.truck not in (None, truck):
        return _problem("order_of_other", asked, f"order {order_id} is for truck {entry.order.truck}", "give it to that truck")
    busy = book.of_truck(truck)
    if busy is not None:
        return _problem("truck_busy", asked, f"truck {truck} has order {busy.order.id}", "choose a truck without an order")
    return None


def _problem(code: str, asked: Asked, text: str, remedy: str) -> Problem:
    return Problem(code, asked.place, text, remedy)
