"""The orders and clearances of a running lane: asked for, journalled, told to the rules, answered once they cannot be lost.

No I/O and no clock: time is passed in, on the controller's monotonic clock. Times of day that orders speak of are carried on from the start
of the controller by that clock, so that a jump of the time of day changes no deadline (E4).
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from lanectl.decide import Decision
from lanectl.goods_records import CHANGE, WHOLE, WHOLE_EVERY, RestoredGoods, Written
from lanectl.model import (
    Authority,
    ClearanceReported,
    ConsignmentReported,
    ConsignmentWithdrawn,
    Direction,
    Lane,
    Report,
    TruckName,
)
from lanectl.transport.assigning import first_come
from lanectl.transport.book import Entry, OrderBook, Refused, Taken
from lanectl.transport.clearances import Clearances, Heard, Word
from lanectl.transport.order import OPEN_STATES, Asked, OrderState, Problem, TransportOrder
from lanectl.transport.reading import Known

LOOK_S = 0.5  # orders expire and are given to trucks this often
DECLARED_AGAIN_S = 30.0  # an authority that has not answered is asked again: R9's "requests repeat until answered", at a yard's pace
FOREVER = float("inf")


class Noting(Protocol):
    """The journal's recorder. A record that was lost to a full queue is one beyond `kept`."""

    @property
    def kept(self) -> int: ...

    def note(self, now: float, what: Mapping[str, object], kind: str) -> int: ...


@dataclass(frozen=True, slots=True)
class GoodsFacts:
    """`entries`: the stop line at which a truck enters in each direction. `sides`: of nodes, in which direction a truck there can cross;
    `way_from`: the same of metres along the lane, None for either.

    `utc_from` and the monotonic clock make seconds since 1970.
    """

    known: Known
    entries: Mapping[Direction, str]
    sides: Mapping[str, Direction]
    utc_from: float
    way_from: Callable[[float], Direction | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking: `problems`, else each order or consignment with where it stands. `seq`: the record that it rests on."""

    seq: int
    problems: tuple[Problem, ...] = ()
    changed: tuple[Entry, ...] = ()
    known: tuple[Entry, ...] = ()
    words: tuple[Word, ...] = ()
    words_known: tuple[str, ...] = ()


class Listener(Protocol):
    """Hears of each change that is on disk, to say it to whoever ordered and to the authorities."""

    def changed(self, entry: Entry) -> None: ...

    def declared(self, order: TransportOrder, authority: Authority) -> None: ...


class Goods:
    def __init__(
        self,
        facts: GoodsFacts,
        restored: RestoredGoods,
        recorder: Noting,
        deliver: Callable[[Iterable[Report]], None],
        lane: Callable[[], Lane],
        stands: Callable[[TruckName], float | None] = lambda _: None,
    ) -> None:
        """`stands`: metres along the lane of a truck that says where it is."""
        self.facts = facts
        self.book: OrderBook = restored.book
        self.clearances: Clearances = restored.clearances
        self.listener: Listener | None = None
        self._recorder = recorder
        self._deliver = deliver
        self._lane = lane
        self._stands = stands
        self._written = Written()
        self._told: dict[str, ConsignmentReported] = {}
        self._told_words: dict[tuple[str, Authority], ClearanceReported] = {}
        self._newest = 0  # the last record of ours
        self._durable = 0
        self._waits: deque[tuple[int, Callable[[], None]]] = deque()
        self._asked_at: dict[tuple[str, Authority], float] = {}

    # ------------------------------------------------------------ beginning

    def begin(self, now: float, known: Lane | None) -> list[Report]:
        """What the rules are to be told after the start, before anything else is: consignments of orders that ended meanwhile are gone."""
        self._write_whole(now)
        lane = known if known is not None else Lane()
        ours = {entry.order.consignment for entry in self.book.entries.values()}
        self._told = {name: ConsignmentReported(name, c.truck, c.plate) for name, c in lane.consignments.items() if name in ours}
        if known is not None:
            self._catch_up(now, known)
        return self._news(lane)

    def _catch_up(self, now: float, lane: Lane) -> None:
        """What the lane had seen and the book had not on disk when the last run ended."""
        inside = {section.locked_for for section in lane.sections.values() if section.entered}
        for entry in self.book.in_state(OrderState.ASSIGNED, OrderState.CROSSING):
            if entry.state is OrderState.CROSSING and entry.order.consignment not in lane.consignments:
                self._caught_up(now, self.book.left(self.utc(now), entry.order.id))
            elif entry.truck in inside and entry.order.consignment in lane.consignments:
                self._caught_up(now, self.book.entered(self.utc(now), entry.order.id, entry.truck))

    def _caught_up(self, now: float, taken: Taken) -> None:
        if taken.changed:
            self._recorder.note(now, {**self._written.change(taken.changed, ()), "by": ""}, CHANGE)
            self.book = taken.book

    @property
    def consignments(self) -> frozenset[str]:
        """Those that orders brought, whatever the manifest says."""
        return frozenset(entry.order.consignment for entry in self.book.entries.values())

    def utc(self, now: float) -> float:
        return now + self.facts.utc_from

    # ------------------------------------------------------------ what is asked

    def ask(self, now: float, wishes: Sequence[Asked], by: str = "") -> Answer:
        """All of them or none."""
        self._pass_time(now)
        taken = self.book.ask(self.utc(now), wishes)
        if isinstance(taken, Refused):
            return Answer(self._newest, taken.problems)
        known = tuple(taken.book.entries[name] for name in taken.known)
        anew = [w for e in taken.changed for w in self._declared_anew(now, e)]
        problem = self._keep(now, taken.book, taken.changed, anew, by)
        return Answer(self._newest, (problem,)) if problem else Answer(self._newest, changed=taken.changed, known=known)

    def say(self, now: float, words: Sequence[Word], by: str = "") -> Answer:
        """What authorities say: all of it or nothing."""
        said = self.clearances.say(self.utc(now), [replace(word, by=by) for word in words] if by else words)
        if not isinstance(said, Heard):
            return Answer(self._newest, said)
        problem = self._keep(now, self.book, (), said.changed, by)
        return Answer(self._newest, (problem,)) if problem else Answer(self._newest, words=said.changed, words_known=said.known)

    def when_durable(self, seq: int, act: Callable[[], None]) -> None:
        """Once record `seq` is on disk; at once if it is."""
        if seq <= self._durable:
            act()
        else:
            self._waits.append((seq, act))

    def durable(self, seq: int) -> None:
        self._durable = max(self._durable, seq)
        while self._waits and self._waits[0][0] <= seq:
            self._waits.popleft()[1]()

    # ------------------------------------------------------------ what the lane does

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:
        """An observer of the controller: who entered, who left, what came too late."""
        after = decision.core.lane
        if after.sections is before.sections and after.consignments is before.consignments:
            return
        inside = {section.locked_for for section in after.sections.values() if section.entered}
        utc = self.utc(now)
        for name in [name for name in self._told if name not in after.consignments and name in before.consignments]:
            self._crossed(now, name, withdrawn=isinstance(report, ConsignmentWithdrawn))
        for entry in self.book.in_state(OrderState.ASSIGNED):
            if entry.truck in inside and after.consignments.get(entry.order.consignment):
                self._lane_did(now, self.book.entered(utc, entry.order.id, entry.truck))
        late = [refusal for refusal in decision.refusals if refusal.code == "withdrawal_late"]
        for refusal in late:
            self._came_late(now, refusal.subject, dict(refusal.params)["truck"])

    def wake(self, now: float) -> None:
        """Every LOOK_S: what time ends, which order goes to which truck, who has to be asked again."""
        self._pass_time(now)
        self._assign(now)
        self._ask_again(now)

    def _crossed(self, now: float, consignment: str, *, withdrawn: bool) -> None:
        self._told.pop(consignment, None)
        entry = self.book.of_consignment(consignment)
        if entry is not None and not withdrawn:
            self._lane_did(now, self.book.left(self.utc(now), entry.order.id))

    def _came_late(self, now: float, consignment: str, truck: TruckName) -> None:
        """Its truck was in the lane before the rules heard that it must not go: then it crosses, and that is told."""
        stopped = [e for e in self.book.entries.values() if e.order.consignment == consignment and e.state is not OrderState.DONE]
        if stopped:
            self._lane_did(now, self.book.entered(self.utc(now), stopped[-1].order.id, truck))

    def _lane_did(self, now: float, taken: Taken) -> None:
        if taken.changed:
            self._keep(now, taken.book, taken.changed, (), "")

    def _pass_time(self, now: float) -> None:
        if self.book.next_end() <= self.utc(now):
            self._lane_did(now, self.book.at(self.utc(now)))

    def _assign(self, now: float) -> None:
        lane, utc = self._lane(), self.utc(now)
        self._take_back(now, lane)
        waiting = self.book.waiting(utc)
        if not waiting:
            return
        taken = {c.truck for c in lane.consignments.values()}
        taken |= {entry.truck for entry in self.book.in_state(OrderState.ASSIGNED, OrderState.CROSSING)}
        free = [truck for truck in self.facts.known.plates if truck not in taken]
        at_gate = next((truck for truck in free if _stands_at(lane, truck, self.facts.entries.get(lane.direction, ""))), "")
        heading = {truck: self._heading(lane, truck) for truck in free}
        pairs = first_come(waiting, heading, at_gate, lambda consignment: self.clearances.cleared(consignment, utc))
        for order_id, truck in pairs:
            given = self.book.assign(utc, order_id, truck)
            if isinstance(given, Taken):
                self._lane_did(now, given)

    def _take_back(self, now: float, lane: Lane) -> None:
        """An order that its truck cannot carry from where it is waits again, so that the truck can take one that it can."""
        for entry in self.book.in_state(OrderState.ASSIGNED):
            known = lane.trucks.get(entry.truck)
            if known is not None and not known.authority and self._heading(lane, entry.truck) not in (None, entry.order.direction):
                self._lane_did(now, self.book.unassign(self.utc(now), entry.order.id, "its truck stands on the other side"))

    def _heading(self, lane: Lane, truck: TruckName) -> Direction | None:
        """In which direction it can cross next, by where it says it is; None for either."""
        known, at_m = lane.trucks.get(truck), self._stands(truck)
        by_node = self.facts.sides.get(known.report.last_node) if known is not None else None
        return by_node if by_node is not None or at_m is None else self.facts.way_from(at_m)

    # ------------------------------------------------------------ the journal, the rules, and who is told

    def _keep(self, now: float, book: OrderBook, entries: Sequence[Entry], words: Sequence[Word], by: str) -> Problem | None:
        """Journals a change and takes it. Why it was not taken, None when it was."""
        if entries or words:
            seq = self._recorder.note(now, {**self._written.change(entries, words), "by": by}, CHANGE)
            if self._recorder.kept != seq and not _by_lane(entries):
                self._written.forget(entries, words)
                return Problem("journal_full", "", "the journal takes nothing more", "send it again; people are told what stops it")
            self._newest = seq
        before, self.book = self.book, book
        if words:
            self.clearances = Clearances({**self.clearances.words, **{(w.consignment, w.authority): w for w in words}})
        self._tell_lane(self._lane())
        for entry in entries:
            self._tell_people(now, before.entries.get(entry.order.id), entry)
        if self._written.changes >= WHOLE_EVERY:
            self._write_whole(now)
        return None

    def _write_whole(self, now: float) -> None:
        self.book = self.book.without_forgotten(self.utc(now))
        open_ones = frozenset(e.order.consignment for e in self.book.in_state(*OPEN_STATES))
        self.clearances = self.clearances.without_forgotten(self.utc(now), open_ones)
        self._newest = self._recorder.note(now, self._written.whole(self.book, self.clearances), WHOLE)

    def _declared_anew(self, now: float, entry: Entry) -> tuple[Word, ...]:
        before = self.book.entries.get(entry.order.id)
        if before is None or before.order.cargo == entry.order.cargo:
            return ()
        return self.clearances.declared_anew(self.utc(now), entry.order.consignment).changed

    def _tell_lane(self, lane: Lane) -> None:
        news = self._news(lane)
        if news:
            self._deliver(news)

    def _news(self, lane: Lane) -> list[Report]:
        """What the rules have to hear to hold what the book holds; nothing when they do."""
        wanted = {entry.order.consignment: self._report(entry) for entry in self.book.in_state(OrderState.ASSIGNED, OrderState.CROSSING)}
        gone: list[Report] = [ConsignmentWithdrawn(name) for name in self._told if name not in wanted]
        changed = [report for name, report in wanted.items() if self._told.get(name) != report]
        for report in changed:  # declared with another content the rules forget what was said of it
            self._told_words = {key: word for key, word in self._told_words.items() if key[0] != report.consignment}
        self._told = wanted
        return [*gone, *changed, *self._words_news(lane, wanted)]

    def _words_news(self, lane: Lane, wanted: Iterable[str]) -> list[Report]:
        news: list[Report] = []
        for name in dict.fromkeys(chain(wanted, lane.consignments)):
            for word in self.clearances.of(name):
                until = FOREVER if word.until == FOREVER else word.until - self.facts.utc_from
                report, key = ClearanceReported(name, word.authority, word.standing, until), (name, word.authority)
                if self._told_words.get(key) != report:
                    self._told_words[key] = report
                    news.append(report)
        return news

    def _report(self, entry: Entry) -> ConsignmentReported:
        order = entry.order
        plates = tuple(dict.fromkeys((*self.facts.known.plates.get(entry.truck, ()), *order.plates)))
        until = order.latest - self.facts.utc_from
        first, others = (plates[0], plates[1:]) if plates else ("", ())
        of_truck = (entry.truck, first, order.container, order.declared_weight_kg, others)
        return ConsignmentReported(order.consignment, *of_truck, until, order.direction, order.priority)

    def _tell_people(self, now: float, before: Entry | None, entry: Entry) -> None:
        listener = self.listener
        if listener is None:
            return
        self.when_durable(self._newest, lambda: listener.changed(entry))
        if entry.state in OPEN_STATES and (before is None or before.order.cargo != entry.order.cargo):
            self.when_durable(self._newest, lambda: self._declare(now, entry.order))

    def _declare(self, now: float, order: TransportOrder, only: Iterable[Authority] = tuple(Authority)) -> None:
        for authority in only:
            self._asked_at[order.consignment, authority] = now
            if self.listener is not None:
                self.listener.declared(order, authority)

    def _ask_again(self, now: float) -> None:
        for entry in self.book.in_state(*OPEN_STATES):
            consignment = entry.order.consignment
            said = {word.authority for word in self.clearances.of(consignment) if word.why != "declared anew"}
            due = [a for a in Authority if a not in said and now >= self._asked_at.get((consignment, a), -FOREVER) + DECLARED_AGAIN_S]
            if due:
                self._declare(now, entry.order, due)
        if len(self._asked_at) > 2 * len(self.book.entries) + len(Authority):
            open_ones = {entry.order.consignment for entry in self.book.in_state(*OPEN_STATES)}
            self._asked_at = {key: at for key, at in self._asked_at.items() if key[0] in open_ones}


def _by_lane(entries: Sequence[Entry]) -> bool:
    """What happened on the lane has happened, whether it could be written or not."""
    return any(entry.state in (OrderState.CROSSING, OrderState.DONE, OrderState.EXPIRED) for entry in entries)


def _stands_at(lane: Lane, truck: TruckName, node: str) -> bool:
    known = lane.trucks.get(truck)
    return known is not None and node != "" and known.report.last_node == node and not known.authority
