"""The master control of every truck of a lane: VDA 5050 messages in and out, reports for the rules. No I/O, time passed in.

What cannot be read or is not meant for us is dropped, counted in `dropped`, and said once in `notices` until it reads again.
"""

from collections import Counter
from functools import partial

from drivers.truck_headers import CountedFromZero, HeaderIds
from drivers.truck_orders import TruckPlan, TrucksPlan
from drivers.truck_session import TruckCommand, TruckSession
from drivers.wire import WireError
from drivers.wire.vda5050 import topics
from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.messages import Connection, State
from drivers.wire.vda5050.topics import Publish, Topic
from lanectl.model import CancelAuthority, Command, ExtendAuthority, PauseTruck, PlaceTruck, Report, ResumeTruck

__all__ = ["TruckPlan", "Trucks", "TrucksPlan"]

NOTICES_MAX = 1000
MENDED_S = 10.0  # nothing was dropped for so long: a flood of what reads and what does not is told once


class Trucks:
    def __init__(self, plan: TrucksPlan, headers: HeaderIds | None = None) -> None:
        """`headers`: what was counted in earlier runs; left out, counting begins at 0."""
        self.dropped: Counter[str] = Counter()
        self._notices: list[str] = []
        self._faulty: dict[str, float] = {}  # when something was last dropped there
        self._unsent: dict[str, str] = {}
        self._due: dict[str, float] = {}
        self._wake_at = float("inf")
        self._stops = frozenset(name for way in (plan, plan.back) if way for name, _ in way.nodes[1:-1])
        headers = headers or CountedFromZero()
        self._sessions = {truck.serial: TruckSession(plan, truck, headers, partial(self._held, truck.serial)) for truck in plan.trucks}
        assert len(self._sessions) == len(plan.trucks), "a serial is planned twice"
        self._topics = {
            session.peer.topic(kind): (session, kind)
            for session in self._sessions.values()
            for kind in (Topic.CONNECTION, Topic.FACTSHEET, Topic.STATE)
        }

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]:
        """Topics and their QoS (rule 5)."""
        return tuple((topic, 1 if kind is Topic.CONNECTION else 0) for topic, (_, kind) in self._topics.items())

    @property
    def wake_at(self) -> float:
        return self._wake_at

    def _touched(self, session: TruckSession) -> None:
        """Keeps the earliest time at which a truck has to be told something again, without asking all of them at each message."""
        serial, due_at = session.peer.serial, session.due_at
        was = self._due.get(serial, float("inf"))
        if due_at == was:
            return
        self._due[serial] = due_at
        self._wake_at = due_at if due_at < self._wake_at else min(self._due.values()) if was == self._wake_at else self._wake_at

    def _held(self, serial: str) -> dict[str, str]:
        """Rule 27: nodes of the sections that are released to other trucks. At the yards more than one may stand."""
        return {
            node: name
            for name, session in self._sessions.items()
            if name != serial
            for node in session.released_ahead
            if node in self._stops
        }

    def heard_at(self, serial: str) -> float:
        """When its last state came, -inf for never."""
        return self._sessions[serial].heard_at

    def stands(self, serial: str) -> tuple[float, float | None] | None:
        """Metres along the lane and the charge of its battery, 0 to 1, as its last state says; None where it does not say where it is."""
        return self._sessions[serial].stands

    def receive(self, now: float, topic: str, payload: bytes, *, retained: bool = False, wall_utc: str = "") -> list[Report]:
        """`retained`: the broker kept it; a state so kept has no age, and is dropped. `wall_utc`: to see a truck's wrong clock."""
        session, kind = self._topics.get(topic, (None, None))
        if session is None or kind is None:
            self._drop(now, "topic", "a topic", f"{topic[:100]!r} was never subscribed")
            return []
        try:
            reports = _heard((now, wall_utc), session, kind, payload, retained=retained)
        except WireError as error:
            session.watch.dropped(now, str(error))
            self._drop(now, kind.value, _place(session, kind), str(error))
            return []
        self._touched(session)
        if self._faulty:
            self._mended(now, _place(session, kind))
        return reports

    def ask(self, now: float, wall_utc: str, command: Command) -> list[Publish]:
        """What to publish for it; nothing when the truck may not be sent it now: `notices` says why. Others' commands are ignored."""
        match command:
            case ExtendAuthority() | CancelAuthority() | PauseTruck() | ResumeTruck() | PlaceTruck():
                session = self._sessions[command.truck]
                publishes = session.ask(now, wall_utc, command)
                self._say_unsent(command, session.why_not)
                self._touched(session)
                return publishes
            case _:
                return []

    def wake(self, now: float, wall_utc: str) -> list[Publish]:
        """What has to be said again by now."""
        publishes = []
        for session in [self._sessions[serial] for serial, due_at in self._due.items() if due_at <= now]:
            publishes += session.due(now, wall_utc)
            self._touched(session)
        return publishes

    def broker_lost(self, now: float = float("-inf")) -> list[Report]:
        """Every truck counts as not connected: what it does we cannot know until we are told again."""
        return [session.link_lost(now) for session in self._sessions.values()]

    def broker_back(self, now: float = float("-inf")) -> None:
        """Linked and subscribed. Each truck is reported again with its next state, for which those are asked that can be."""
        for session in self._sessions.values():
            session.link_back(now)
            self._touched(session)

    def notices(self) -> list[str]:
        """Diagnostics for people, each once on failure and once on recovery; drained."""
        notices, self._notices = self._notices, []
        return notices

    def _drop(self, now: float, counted_as: str, place: str, why: str) -> None:
        self.dropped[counted_as] += 1
        known = place in self._faulty
        self._faulty[place] = now
        if not known:
            self._notice(f"{place}: dropped, {why}")

    def _mended(self, now: float, place: str) -> None:
        if place in self._faulty and now - self._faulty[place] >= MENDED_S:
            del self._faulty[place]
            self._notice(f"{place}: reads again")

    def _say_unsent(self, command: TruckCommand, why: str) -> None:
        what = f"truck {command.truck}: {type(command).__name__} is not sent, {why}" if why else ""
        if what and self._unsent.get(command.truck) != what:
            self._notice(what)
        self._unsent[command.truck] = what

    def _notice(self, text: str) -> None:
        if len(self._notices) < NOTICES_MAX:
            self._notices.append("".join(c if c.isprintable() else "�" for c in text))  # a truck's text must not steer who reads the log


def _place(session: TruckSession, kind: Topic) -> str:
    return f"truck {session.peer.serial}, {kind.value}"


def _heard(times: tuple[float, str], session: TruckSession, kind: Topic, payload: bytes, *, retained: bool) -> list[Report]:
    now, wall_utc = times
    codec = session.codec
    if kind is Topic.CONNECTION:
        connection = codec.connection(payload)
        _check_identity(session, connection)
        return session.heard_connection(now, connection)
    if kind is Topic.FACTSHEET:
        sheet = codec.factsheet(payload)
        _check_identity(session, sheet)
        session.heard_factsheet(sheet)
        return []
    if retained:
        raise WireError("it is a retained state, nobody knows how old")
    state = codec.state(payload)
    _check_identity(session, state)
    if session.is_outdated(state):
        raise WireError(f"headerId {state.header_id} of {state.timestamp} is not newer than the last")
    return [session.heard_state(now, state, wall_utc)]


def _check_identity(session: TruckSession, message: State | Connection | Factsheet) -> None:
    """Rule 4: a message is its topic's."""
    peer = session.peer
    if (message.manufacturer, message.serial_number) != (peer.manufacturer, peer.serial):
        raise WireError(f"it is signed {message.manufacturer} {message.serial_number}"[:200])
    if message.version != peer.version and topics.major(message.version) != topics.major(peer.version):
        raise WireError(f"it speaks version {message.version}, the topic is for {peer.version}"[:200])
