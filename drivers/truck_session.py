"""One truck as the master control sees it: what it last said, what it was sent, what it still has to confirm. No I/O."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from math import inf

from drivers.truck_enrolment import why_not_enrolled
from drivers.truck_headers import HeaderIds
from drivers.truck_needs import UNDER_WAY, Need
from drivers.truck_next import Standing, next_order
from drivers.truck_orders import TruckPlan, TrucksPlan, Way, base_end, way_of
from drivers.truck_place import INIT_POSITION, NotPlaced, PlaceTold, can_be_placed, place_of
from drivers.truck_reports import Asked, failed_actions, reported, shown_of, unfit_for_order
from drivers.truck_sender import Held, Sender
from drivers.truck_watch import ACTION_FAILED, CHECKER, NO_FACTSHEET, PLACE_REFUSED, UNSIGNED, Trouble, TruckWatch
from drivers.wire.vda5050 import messages
from drivers.wire.vda5050.factsheet import Factsheet
from drivers.wire.vda5050.messages import ActionStatus, OperatingMode, Order, State
from drivers.wire.vda5050.supported import allows_action
from drivers.wire.vda5050.topics import Publish
from drivers.wire.vda5050.versions import codec_of
from lanectl.model import (
    CancelAuthority,
    Connection,
    ExtendAuthority,
    PauseTruck,
    PlaceTruck,
    Report,
    ResumeTruck,
    TruckReported,
)

CONFIRM_S = 2.0  # rule 25: a message that no state shows by then is taken as lost
FACTSHEET_WAIT_S = 1.0  # a retained factsheet comes with the subscription; without one it is asked for
FACTSHEET_AGAIN_S = 30.0
FACTSHEET_ASKED_MAX = 3  # then people are told that it has none; it is taken by the fleet's word
REFUSAL_SHOWN_S = 30.0  # how long people are told that the checker kept a message back
ENDS_KEPT_MAX = 1000
OUTDATED_WITHIN = 100  # header ids: a state so little behind the last is a replay, not a truck that started anew
IDS_KEPT_MAX = 20
BY_HAND = (OperatingMode.MANUAL, OperatingMode.SERVICE, OperatingMode.TEACHIN)  # rule 17

SAID = {
    messages.ConnectionState.ONLINE: Connection.ONLINE,
    messages.ConnectionState.OFFLINE: Connection.OFFLINE,
    messages.ConnectionState.CONNECTIONBROKEN: Connection.BROKEN,
}

TruckCommand = ExtendAuthority | CancelAuthority | PauseTruck | ResumeTruck | PlaceTruck


class TruckSession:
    def __init__(self, plan: TrucksPlan, truck: TruckPlan, headers: HeaderIds, held_by_others: Held = dict) -> None:
        self.peer = plan.peer(truck)
        self.codec = codec_of(truck.version)
        self.why_not = ""  # why the last command was not sent, "" when it was
        self.heard_at = -inf  # its last state
        self.sender = Sender(self.peer, plan.run, held_by_others, headers)
        self.watch = TruckWatch(plan)
        self._plan = plan
        self._truck = truck
        self._orders = 0
        self._said = Connection.BROKEN  # of its connection, until it signs on
        self._linked = True  # we are, to the broker
        self._state: State | None = None
        self._way = Way()  # that `_state` shows
        self._fresh = False  # a state has come since the connection last changed
        self._sent: Order | None = None
        self._taken = False  # a state has shown `_sent`
        self._sent_headers: tuple[int, ...] = ()  # under which `_sent` went out
        self._ends: dict[tuple[str, int], str] = {}  # where the base of each order ends that this run has sent
        self._over: frozenset[str] = frozenset()  # orders whose cancellation is confirmed
        self._cancel: Need | None = None
        self._cancelled = False
        self._pause: Need | None = None
        self._action_id = ""  # of the last instant action
        self._told_place = PlaceTold()
        self._places = False  # its factsheet lets it be told where it stands
        self._not_enrolled = ""
        self._factsheet_due_at = inf
        self._factsheet_kept = False  # it has come since the broker may have lost its memory
        self._factsheet_asked = 0
        self._state_due_at = inf
        self._refused_at = -inf

    @property
    def stands(self) -> tuple[float, float | None] | None:
        state = self._state
        at = state.agv_position if state is not None else None
        if state is None or at is None or at.map_id != self._plan.map_id:
            return None
        return at.x, state.battery_state.battery_charge / 100.0

    # ------------------------------------------------------------ what the truck says

    def heard_connection(self, now: float, message: messages.Connection) -> list[Report]:
        """Never dropped as outdated: a last will carries an old header id and timestamp (rule 20).

        That a truck is online is reported only together with its next state: what it said before may not hold any more.
        """
        self._said = SAID[message.connection_state]
        self._fresh = False
        self.sender.dialogue.heard_connection(message)
        if self._said is not Connection.ONLINE:
            return [self.report(now)]
        self.watch.signed_on(now)
        self._cancel, self._pause = (need and replace(need, due_at=now) for need in (self._cancel, self._pause))
        self._factsheet_due_at = inf if self._factsheet_kept else now + FACTSHEET_WAIT_S
        return []

    @property
    def _sheet(self) -> Factsheet | None:
        return self.sender.dialogue.factsheet

    def heard_factsheet(self, sheet: Factsheet) -> None:
        """Optional fields are sent only as it supports them (rule 19); a truck that is not what the fleet says is not enrolled."""
        self.sender.dialogue.heard_factsheet(sheet)
        self._not_enrolled = why_not_enrolled(self._plan, self._truck, sheet)
        self._places = can_be_placed(sheet)
        self._factsheet_due_at, self._factsheet_asked, self._factsheet_kept = inf, 0, True

    def heard_state(self, now: float, state: State, wall_utc: str = "") -> TruckReported:
        self._state, self._way = state, self._way_in(state)
        self._fresh = True
        self.heard_at = now
        self._state_due_at = inf
        if self._told_place.is_awaited:
            self.watch.moved()
        self.watch.heard(now, wall_utc, state, self._way)
        self.sender.dialogue.heard_state(state)
        if self._sent is not None and shown_of(state) == shown_of(self._sent):
            self._taken = True
        if self._cancel is not None and self._confirms_cancel(state, self._cancel):
            self._cancel = None
            self._cancelled = True
            self._over |= {order_id for order_id in (state.order_id, self._sent.order_id if self._sent else "") if order_id}
            self._sent = None
        if self._pause is not None and (state.paused or self._pause.status(self._state) is ActionStatus.FINISHED):
            self._pause = None
        self._told_place.heard(now, state)
        return self.report(now)

    def _way_in(self, state: State) -> Way:
        """As its last state showed it, where that was of the same order and place: most say once more what was said."""
        last = self._state
        if last is None or _story(state) != _story(last) or state.node_states != last.node_states:
            return way_of(self._plan, state)
        return self._way

    def is_outdated(self, state: State) -> bool:
        """A replay or a duplicate: it must not make what is known look younger than it is."""
        last = self._state
        if last is None or not self._fresh:
            return False
        return 0 <= last.header_id - state.header_id < OUTDATED_WITHIN and state.timestamp <= last.timestamp

    def link_lost(self, now: float) -> TruckReported:
        """Our own link to the broker."""
        self._linked = False
        self._fresh = False
        return self.report(now)

    def link_back(self, now: float) -> None:
        """What the truck said last of its connection still holds: the broker keeps those messages for us, or sends the retained one,
        or has lost all links itself. Its state is old until the next comes: it is asked for. So is its factsheet, unless the broker still
        keeps it: who comes after us finds it there again.
        """
        self._linked = True
        self._state_due_at = now
        self._factsheet_kept = False
        if self._said is Connection.ONLINE:
            self._factsheet_due_at = now + FACTSHEET_WAIT_S

    @property
    def _connection(self) -> Connection:
        return self._said if self._linked else Connection.BROKEN

    def report(self, now: float) -> TruckReported:
        asked = Asked(
            order=self._sent,
            taken=self._taken,
            header_ids=self._sent_headers,
            action_id=self._action_id,
            cancelled=self._cancelled,
            not_enrolled=self._not_enrolled,
            ends=self._ends,
            over=self._over,
            plain=self.watch.is_plain(now),
            troubles=self._troubles(now),
            places=self._places,
            placing=self._told_place.placing,
        )
        last = None if self._state is None else (self._state, self._way)
        return reported(self._plan, self.peer.serial, self._connection, last, asked, fresh=self._fresh)

    def _troubles(self, now: float) -> tuple[Trouble, ...]:
        found = self.watch.troubles(now)
        if self._said is not Connection.ONLINE and self._linked and self._fresh:
            found += ((UNSIGNED, self._said.value),)
        if self._sheet is None and self._factsheet_asked >= FACTSHEET_ASKED_MAX:
            found += ((NO_FACTSHEET, ""),)
        failed = failed_actions(self._plan, self._state, self._over) if self._state is not None else []
        found += tuple((ACTION_FAILED, what[:200]) for what in failed[:1])
        if now - self._told_place.failed_at <= REFUSAL_SHOWN_S:
            found += ((PLACE_REFUSED, self._told_place.why[:200]),)
        if now - self._refused_at <= REFUSAL_SHOWN_S:
            found += ((CHECKER, self.sender.why_refused[:200]),)
        return found

    @property
    def released_ahead(self) -> Collection[str]:
        """Nodes that are released to a truck that lives and has not driven them. Of one that is lost the rules hold the sections (T1)."""
        return self.sender.dialogue.released_ahead if self._said is Connection.ONLINE and self._linked else ()

    # ------------------------------------------------------------ what the lane asks

    def ask(self, now: float, wall_utc: str, command: TruckCommand) -> list[Publish]:
        self.why_not = ""
        match command:
            case ExtendAuthority(node=node):
                return self._extend(now, wall_utc, node)
            case CancelAuthority():
                if not self._cancelled or self._way_open():
                    self._cancel = self._cancel or Need()
            case PauseTruck():
                self._pause = self._pause or Need()
            case ResumeTruck():
                self._pause = None
                return self._act(now, wall_utc, "stopPause")
            case PlaceTruck():
                return self._place(now, wall_utc, command)
        return self.due(now, wall_utc)

    def _place(self, now: float, wall_utc: str, command: PlaceTruck) -> list[Publish]:
        where = place_of(self._plan, self._sheet, self._state if self._fresh else None, self._way, command)
        if isinstance(where, NotPlaced):
            self.why_not, sent = where.why, list[Publish]()
        else:
            sent = self._act(now, wall_utc, INIT_POSITION, where)
        self._told_place = PlaceTold.asked(self._action_id) if sent else PlaceTold.not_sent(now, self.why_not)
        return sent

    @property
    def due_at(self) -> float:
        return min(
            self._factsheet_due_at, self._state_due_at, *(need.due_at for need in (self._cancel, self._pause) if need is not None), inf
        )

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
            self._factsheet_asked += 1
            out += self._act(now, wall_utc, "factsheetRequest")
        if now >= self._state_due_at:
            self._state_due_at = inf
            if allows_action(self._sheet, "stateRequest", "INSTANT"):
                out += self._act(now, wall_utc, "stateRequest")
        return out

    # ------------------------------------------------------------ orders

    def _extend(self, now: float, wall_utc: str, node: str) -> list[Publish]:
        fresh = self._state if self._fresh else None
        self.why_not = unfit_for_order(self._plan, self._connection, fresh, self._not_enrolled, plain=self.watch.is_plain(now))
        if self._cancel is not None:
            self.why_not = "the cancellation of its order is not confirmed"
        if self.why_not or self._state is None:
            return []
        order_id = f"{self._plan.run}-{self.peer.serial}-{self._orders + 1}"
        standing = Standing(self._plan, self.peer, self._sheet, self._state, self._sent, self._pending(), self._cancelled, order_id)
        order = next_order(standing, node)
        if isinstance(order, str):
            self.why_not = order
            return []
        return self._send_order(now, wall_utc, order)

    def _send_order(self, now: float, wall_utc: str, order: Order) -> list[Publish]:
        header_id, publishes = self.sender.order(now, wall_utc, order)
        if not publishes:
            self._refused(now)
            return []
        if order.order_update_id == 0 and order is not self._sent:
            self._orders += 1
        self._sent_headers = (*(self._sent_headers if order is self._sent else ()), header_id)[-IDS_KEPT_MAX:]
        self._taken = self._taken and order is self._sent
        self._sent = order
        self._ends[shown_of(order)] = base_end(order)
        while len(self._ends) > ENDS_KEPT_MAX:
            del self._ends[next(iter(self._ends))]
        self._cancelled = False
        return publishes

    def _refused(self, now: float) -> None:
        self._refused_at = now
        self.why_not = f"the checker keeps it back: {self.sender.why_refused}"

    def _pending(self) -> bool:
        return self._sent is not None and not self._taken

    def _way_open(self) -> bool:
        return self._way.active

    # ------------------------------------------------------------ instant actions

    def _again(self, now: float, wall_utc: str, action_type: str, need: Need, wanted: bool) -> tuple[Need, list[Publish]]:
        """Sent under a new id unless the truck shows that it is at it; nothing to be sent is confirmed by the next state."""
        later = replace(need, due_at=now + CONFIRM_S)
        if need.status(self._state) in UNDER_WAY:
            return later, []
        if not wanted and self._fresh:
            return replace(later, ids=()), []
        sent = self._act(now, wall_utc, action_type)
        return replace(later, ids=(*need.ids, self._action_id)[-IDS_KEPT_MAX:]) if sent else later, sent

    def _act(
        self, now: float, wall_utc: str, action_type: str, parameters: Mapping[str, str | float | bool] | None = None
    ) -> list[Publish]:
        if self._connection is not Connection.ONLINE or self._state is None or self._state.operating_mode in BY_HAND:
            self.why_not = f"{action_type}: not online, or worked by hand"
            return []
        action_id, publishes = self.sender.action(wall_utc, action_type, parameters)
        if publishes:
            self._action_id = action_id
        else:
            self._refused(now)
        return publishes

    def _confirms_cancel(self, state: State, need: Need) -> bool:
        """It answered, and shows no released way; an answer that there is no order to cancel is one too."""
        if any(node.released for node in state.node_states):
            return False
        if need.ids:
            return need.status(self._state) in (ActionStatus.FINISHED, ActionStatus.FAILED)
        return not self._way_open() and not self._pending()


def _story(state: State) -> tuple[str, int, str, int]:
    return state.order_id, state.order_update_id, state.last_node_id, state.last_node_sequence_id
