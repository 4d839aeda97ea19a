"""One truck as the master control sees it: what it last said, what it was sent, what it still has to confirm. No I/O."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from math import inf

import msgspec

from drivers.truck_orders import TrucksPlan, base_end, new_order, order_update, start_of, way_of
from drivers.truck_reports import Asked, reported, shown_of, unfit_for_order
from drivers.wire.vda5050 import codec, messages
from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.messages import Action, ActionStatus, BlockingType, InstantActions, OperatingMode, Order, State
from drivers.wire.vda5050.topics import VERSION, Peer, Publish, Topic
from lanectl.model import CancelAuthority, Connection, ExtendAuthority, PauseTruck, Report, ResumeTruck, TruckReported

CONFIRM_S = 2.0  # rule 25: a message that no state shows by then is taken as lost
FACTSHEET_WAIT_S = 1.0  # a retained factsheet comes with the subscription; without one it is asked for
FACTSHEET_AGAIN_S = 30.0
STATE_INTERVAL_S_MAX = 1.0  # T1
OUTDATED_WITHIN = 100  # header ids: a state so little behind the last is a replay, not a truck that started anew
IDS_KEPT_MAX = 20
UNDER_WAY = (ActionStatus.WAITING, ActionStatus.INITIALIZING, ActionStatus.RUNNING, ActionStatus.PAUSED)
BY_HAND = (OperatingMode.MANUAL, OperatingMode.SERVICE, OperatingMode.TEACHIN)  # rule 17

SAID = {
    messages.ConnectionState.ONLINE: Connection.ONLINE,
    messages.ConnectionState.OFFLINE: Connection.OFFLINE,
    messages.ConnectionState.CONNECTIONBROKEN: Connection.BROKEN,
}

TruckCommand = ExtendAuthority | CancelAuthority | PauseTruck | ResumeTruck


@dataclass(frozen=True, slots=True)
class Need:
    """An instant action that has to be confirmed: the ids under which it was sent, and when it is sent again under a new one."""

    ids: tuple[str, ...] = ()
    due_at: float = -inf


class TruckSession:
    def __init__(self, plan: TrucksPlan, peer: Peer) -> None:
        self.peer = peer
        self.why_not = ""  # why the last command was not sent, "" when it was
        self._plan = plan
        self._orders = 0
        self._actions = 0
        self._headers = dict.fromkeys(Topic, 0)
        self._said = Connection.BROKEN  # of its connection, until it signs on
        self._linked = True  # we are, to the broker
        self._state: State | None = None
        self._fresh = False  # a state has come since the connection last changed
        self._sent: Order | None = None
        self._taken = False  # a state has shown `_sent`
        self._sent_headers: tuple[int, ...] = ()  # under which `_sent` went out
        self._cancel: Need | None = None
        self._cancelled = False
        self._pause: Need | None = None
        self._action_id = ""  # of the last instant action
        self._supports: AbstractSet[str] | None = None
        self._slow = ""
        self._factsheet_due_at = inf

    # ------------------------------------------------------------ what the truck says

    def heard_connection(self, now: float, message: messages.Connection) -> list[Report]:
        """Never dropped as outdated: a last will carries an old header id and timestamp (rule 20).

        That a truck is online is reported only together with its next state: what it said before may not hold any more.
        """
        self._said = SAID[message.connection_state]
        self._fresh = False
        if self._said is not Connection.ONLINE:
            return [self.report()]
        self._cancel, self._pause = (need and replace(need, due_at=now) for need in (self._cancel, self._pause))
        self._factsheet_due_at = now + FACTSHEET_WAIT_S if self._supports is None else inf
        return []

    def heard_factsheet(self, sheet: Factsheet) -> None:
        """Optional fields are sent only as it supports them (rule 19); a truck that speaks too seldom is not enrolled (T1)."""
        self._supports = {parameter.parameter.rsplit(".", 1)[-1] for parameter in sheet.protocol_features.optional_parameters}
        interval_s = sheet.protocol_limits.timing.default_state_interval
        slow = interval_s is not None and interval_s > STATE_INTERVAL_S_MAX
        self._slow = f"its factsheet says a state every {interval_s} s, the lane needs one a second" if slow else ""
        self._factsheet_due_at = inf

    def heard_state(self, state: State) -> TruckReported:
        self._state = state
        self._fresh = True
        if self._sent is not None and shown_of(state) == shown_of(self._sent):
            self._taken = True
        if self._cancel is not None and self._confirms_cancel(state, self._cancel):
            self._cancel = None
            self._cancelled = True
            self._sent = None
        if self._pause is not None and (state.paused or self._status(self._pause) is ActionStatus.FINISHED):
            self._pause = None
        return self.report()

    def is_outdated(self, state: State) -> bool:
        """A replay or a duplicate: it must not make what is known look younger than it is."""
        last = self._state
        if last is None or not self._fresh:
            return False
        return 0 <= last.header_id - state.header_id < OUTDATED_WITHIN and state.timestamp <= last.timestamp

    def link_lost(self) -> TruckReported:
        """Our own link to the broker."""
        self._linked = False
        self._fresh = False
        return self.report()

    def link_back(self) -> None:
        """What the truck said last of its connection still holds: the broker keeps those messages for us, or sends the retained one,
        or has lost all links itself. Its state is old until the next comes."""
        self._linked = True

    @property
    def _connection(self) -> Connection:
        return self._said if self._linked else Connection.BROKEN

    def report(self) -> TruckReported:
        asked = Asked(self._sent, self._taken, self._sent_headers, self._action_id, self._cancelled, self._slow)
        return reported(self._plan, self.peer.serial, self._connection, self._state if self._fresh else None, self._state, asked)

    # ------------------------------------------------------------ what the lane asks

    def ask(self, now: float, wall_utc: str, command: TruckCommand) -> list[Publish]:
        self.why_not = ""
        match command:
            case ExtendAuthority(node=node):
                return self._extend(wall_utc, node)
            case CancelAuthority():
                if not self._cancelled or self._way_open():
                    self._cancel = self._cancel or Need()
            case PauseTruck():
                self._pause = self._pause or Need()
            case ResumeTruck():
                self._pause = None
                return self._act(wall_utc, "stopPause", "resume")
        return self.due(now, wall_utc)

    @property
    def due_at(self) -> float:
        return min(self._factsheet_due_at, *(need.due_at for need in (self._cancel, self._pause) if need is not None), inf)

    def due(self, now: float, wall_utc: str) -> list[Publish]:
        """What has to be said again. Only what makes the lane safer repeats by itself."""
        out = []
        if self._cancel is not None and now >= self._cancel.due_at:
            self._cancel, sent = self._again(now, wall_utc, "cancelOrder", self._cancel, self._way_open() or self._pending())
            out += sent
        if self._pause is not None and now >= self._pause.due_at:
            self._pause, sent = self._again(now, wall_utc, "startPause", self._pause, True)
            out += sent
        if now >= self._factsheet_due_at:
            self._factsheet_due_at = now + FACTSHEET_AGAIN_S
            out += self._act(wall_utc, "factsheetRequest", "factsheet request")
        return out

    # ------------------------------------------------------------ orders

    def _extend(self, wall_utc: str, node: str) -> list[Publish]:
        self.why_not = unfit_for_order(self._plan, self._connection, self._state if self._fresh else None, self._slow)
        if self._cancel is not None:
            self.why_not = "the cancellation of its order is not confirmed"
        if self._plan.index(node) is None:
            self.why_not = f"{node} is no node of this lane"
        if self.why_not or self._state is None:
            return []
        if self._pending():
            return self._again_order(wall_utc, self._state, node)
        if self._way_open() and not self._cancelled:  # rule 15: no update to a cancelled order, though its horizon be shown on
            return self._update(wall_utc, self._state, node)
        return self._new(wall_utc, self._state, node)

    def _again_order(self, wall_utc: str, state: State, node: str) -> list[Publish]:
        """The truck has not shown our last order yet: the same content again (rule 25), unless it can take it no more."""
        sent = self._sent
        assert sent is not None
        lost = sent.order_id != state.order_id and (sent.order_update_id > 0 or sent.nodes[0].node_id != start_of(self._plan, state))
        overtaken = sent.order_id == state.order_id and state.order_update_id > sent.order_update_id
        if lost or overtaken:
            self._sent = None
            return self._update(wall_utc, state, node) if self._way_open() else self._new(wall_utc, state, node)
        if self._place(node) < self._place(base_end(sent)):
            self.why_not = f"it was sent to {base_end(sent)} already, what is released cannot be taken back"
            return []
        return self._send_order(wall_utc, sent)

    def _new(self, wall_utc: str, state: State, node: str) -> list[Publish]:
        start = start_of(self._plan, state)
        if start == "" or self._place(node) <= self._place(start):
            self.why_not = f"stands at {start or 'no node of this lane'}, {node} is not before it"
            return []
        self._orders += 1
        order_id = f"{self._plan.run}-{self.peer.serial}-{self._orders}"
        return self._send_order(wall_utc, new_order(self._plan, self.peer, order_id, state, node, self._supports))

    def _update(self, wall_utc: str, state: State, node: str) -> list[Publish]:
        end = way_of(self._plan, state).end[0]
        ours = self._sent if self._sent is not None and shown_of(self._sent) == shown_of(state) else None
        if ours is not None and base_end(ours) != end:
            self.why_not = f"shows a base to {end}, it was sent one to {base_end(ours)}"
        elif self._place(node) < self._place(end):
            self.why_not = f"is released to {end} already, what is released cannot be taken back"
        if self.why_not or node == end:
            return []
        return self._send_order(wall_utc, order_update(self._plan, self.peer, ours, state, node, self._supports))

    def _send_order(self, wall_utc: str, order: Order) -> list[Publish]:
        header_id = self._header(Topic.ORDER)
        self._sent_headers = (*(self._sent_headers if order is self._sent else ()), header_id)[-IDS_KEPT_MAX:]
        self._taken = self._taken and order is self._sent
        self._sent = order
        self._cancelled = False
        message = msgspec.structs.replace(order, header_id=header_id, timestamp=wall_utc)
        return [Publish(self.peer.topic(Topic.ORDER), codec.encode(message))]

    def _pending(self) -> bool:
        return self._sent is not None and not self._taken

    def _way_open(self) -> bool:
        return self._state is not None and way_of(self._plan, self._state).active

    def _place(self, node: str) -> int:
        index = self._plan.index(node)
        assert index is not None, node
        return index

    # ------------------------------------------------------------ instant actions

    def _again(self, now: float, wall_utc: str, action_type: str, need: Need, wanted: bool) -> tuple[Need, list[Publish]]:
        """Sent under a new id unless the truck shows that it is at it; nothing to be sent is confirmed by the next state."""
        later = replace(need, due_at=now + CONFIRM_S)
        if self._status(need) in UNDER_WAY:
            return later, []
        if not wanted and self._fresh:
            return replace(later, ids=()), []
        sent = self._act(wall_utc, action_type, action_type)
        return replace(later, ids=(*need.ids, self._action_id)[-IDS_KEPT_MAX:]) if sent else later, sent

    def _act(self, wall_utc: str, action_type: str, what: str) -> list[Publish]:
        if self._connection is not Connection.ONLINE or self._state is None or self._state.operating_mode in BY_HAND:
            self.why_not = f"{what}: not online, or worked by hand"
            return []
        self._actions += 1
        self._action_id = f"{self._plan.run}-{self.peer.serial}-a{self._actions}"
        message = InstantActions(
            header_id=self._header(Topic.INSTANT_ACTIONS),
            timestamp=wall_utc,
            version=VERSION,
            manufacturer=self.peer.manufacturer,
            serial_number=self.peer.serial,
            actions=(Action(action_type=action_type, action_id=self._action_id, blocking_type=BlockingType.HARD),),
        )
        return [Publish(self.peer.topic(Topic.INSTANT_ACTIONS), codec.encode(message))]

    def _confirms_cancel(self, state: State, need: Need) -> bool:
        """It answered, and shows no released way; an answer that there is no order to cancel is one too."""
        if any(node.released for node in state.node_states):
            return False
        if need.ids:
            return self._status(need) in (ActionStatus.FINISHED, ActionStatus.FAILED)
        return not self._way_open() and not self._pending()

    def _status(self, need: Need) -> ActionStatus | None:
        """The furthest that the truck shows of this need's actions."""
        shown = [] if self._state is None else [a.action_status for a in self._state.action_states if a.action_id in need.ids]
        order = (ActionStatus.FINISHED, *UNDER_WAY, ActionStatus.FAILED)
        return min(shown, key=order.index, default=None)

    def _header(self, topic: Topic) -> int:
        header_id = self._headers[topic]
        self._headers[topic] += 1
        return header_id
