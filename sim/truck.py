"""A simulated VDA 5050 vehicle, 2.0.0 or 2.1.0: messages in, messages out, and how far the world's truck may drive. No I/O, time passed in.

Whoever owns the world calls, in clock seconds and with the wall time as ISO 8601 UTC:
`connected` each time the vehicle's MQTT client is connected and subscribed (its last will is `will`), `receive` for each message,
`advance` about ten times a second with what is seen of the truck, and carries off `output`. The truck obeys the `Way` that
`advance` returns: it never passes `released_to_m`, and brakes at once while `halted`. Without a link it still drives its base.
"""

from math import pi

import msgspec
from msgspec.structs import replace

from drivers.wire import WireError
from drivers.wire.vda5050.messages import (
    Action,
    ActionState,
    ActionStatus,
    AgvPosition,
    BatteryState,
    ConnectionState,
    EdgeState,
    Error,
    ErrorLevel,
    EStop,
    InstantActions,
    NodeState,
    OperatingMode,
    Order,
    SafetyState,
    State,
    Velocity,
)
from drivers.wire.vda5050.topics import Publish, Topic, parse
from drivers.wire.vda5050.versions import codec_of
from sim.truck_messages import connection, factsheet
from sim.truck_order import AT_NODE_M, Able, Held, Stand, action_refusal, misplaced, passed, refusal, taken
from sim.truck_plan import Seen, VehiclePlan, Way
from sim.truck_works import Works

ACTIONS_KEPT_MAX = 50
ERRORS_KEPT_MAX = 20
NEW_BASE_WITHIN_M = 30.0  # asks for more base this far before its end


class Vehicle:
    """`mode`, `localised` and `fatal` are free to be set by a test or a fault; the next state tells them. `refuses`: it takes no order.

    `cannot_work`: why what it does at nodes fails, "" while it does not. `outgoing`: what `output` has to hand out.
    """

    def __init__(self, plan: VehiclePlan, seen: Seen) -> None:
        self.mode = OperatingMode.AUTOMATIC
        self.localised = True
        self.fatal = ""
        self.refuses = False
        self.cannot_work = ""
        self._plan = plan
        self._codec = codec_of(plan.peer.version)
        self._state_topic = plan.peer.topic(Topic.STATE)
        self._online = False
        self.outgoing: list[Publish] = []
        self._seen = seen
        self._told: tuple[object, ...] = ()
        self._told_at = self._tells_at = float("-inf")
        self._state_asked = False
        self._settled: tuple[object, ...] = ()  # what it was when nothing was left to be done
        self._way = Way(None, halted=False)
        self.restarted()

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]:
        """Topics and their QoS."""
        return tuple((self._plan.peer.topic(topic), 0) for topic in (Topic.ORDER, Topic.INSTANT_ACTIONS))

    @property
    def has_order(self) -> bool:
        """One that it has not driven to its end, and did not give back."""
        return self._held.active

    def will(self, wall_utc: str) -> Publish:
        """The last will, to be given to the broker with the next connection."""
        return connection(self._plan.peer, self._header(Topic.CONNECTION), wall_utc, ConnectionState.CONNECTIONBROKEN)

    def connected(self, now: float, wall_utc: str) -> None:
        self._online = True
        self.outgoing.append(connection(self._plan.peer, self._header(Topic.CONNECTION), wall_utc, ConnectionState.ONLINE))
        self._tell(now, wall_utc)

    def disconnected(self) -> None:
        """The link is gone: nothing is said, the base is still driven."""
        self._online = False
        self.outgoing.clear()

    def sign_off(self, wall_utc: str) -> None:
        """Says OFFLINE and is switched off; its client then disconnects. `connected` signs it on again."""
        self.outgoing.append(connection(self._plan.peer, self._header(Topic.CONNECTION), wall_utc, ConnectionState.OFFLINE))
        self._online = False
        self.restarted()

    def restarted(self) -> None:
        """Its computer starts anew: no order, no action, no pause is remembered, its header ids begin again."""
        self._settled = ()
        self._held = Held()
        self._stand = Stand(self._seen.front_m, self._map_node(self._seen), 0, self._seen.heading)
        self._actions: dict[str, ActionState] = {}
        self._cancelling: tuple[str, ...] = ()
        self._works = Works()
        self._errors: tuple[Error, ...] = ()
        self._paused = False
        self._headers = dict.fromkeys(Topic, 0)

    def output(self) -> list[Publish]:
        """What is to be published, in order; drained."""
        outgoing, self.outgoing = self.outgoing, []
        return outgoing

    def receive(self, now: float, wall_utc: str, topic: str, payload: bytes) -> None:
        self._settled = ()
        try:
            kind = parse(topic)[4]
            if kind is Topic.ORDER:
                self._take(self._codec.order(payload))
            elif kind is Topic.INSTANT_ACTIONS:
                self._act(self._codec.instant_actions(payload), wall_utc)
        except WireError as error:
            self._refuse(refusal("validationError", None, str(error), topic=topic.rsplit("/", 1)[-1]))
        self._look(now, self._seen)
        self._tell_if_due(now, wall_utc)

    def advance(self, now: float, wall_utc: str, seen: Seen) -> Way:
        own = (self.mode, self.localised, self.fatal, self._held, self._online)
        if now < self._tells_at and own == self._settled and (seen is self._seen or self._only_rolls(seen)):
            self._seen = seen
            return self._way  # most of a fleet stands or moves up in the yard, most of the time
        self._look(now, seen)
        self._tell_if_due(now, wall_utc)
        self._settled = () if self._works.to_do else (self.mode, self.localised, self.fatal, self._held, self._online)
        self._way = Way(self._held.base_end_m if self._held.active or self._reached_end() else None, self._halted())
        return self._way

    # ------------------------------------------------------------ orders and actions

    def _take(self, order: Order) -> None:
        if not self._is_for_us(order):
            return
        if self.mode is not OperatingMode.AUTOMATIC or not self.localised or self._cancelling or self.refuses:
            self._refuse(refusal("orderError", order, "takes no order now"))
            return
        seen = self._seen
        stand = Stand(seen.front_m, self._stand.last_node, self._stand.last_sequence, seen.heading)
        outcome = taken(self._held, order, stand, self._able())
        if isinstance(outcome, Error):
            self._refuse(outcome)
        elif outcome is not None:
            if outcome.order_id != self._held.order_id:
                self._actions = {}
            self._errors = ()
            self._held = outcome
            for action in (action for node in outcome.nodes for action in node.actions if action.action_id not in self._actions):
                self._set(action, ActionStatus.WAITING)

    def _able(self) -> Able:
        return Able(self._plan.map_id, tuple(action for action, _ in self._plan.actions), self._works.under_way)

    def _act(self, message: InstantActions, wall_utc: str) -> None:
        if not self._is_for_us(message):
            return
        for action in message.actions:
            if action.action_id not in self._actions:
                status, result = self._perform(action, wall_utc)
                self._set(action, status, result)
        self._actions = dict(list(self._actions.items())[-ACTIONS_KEPT_MAX:])

    def _perform(self, action: Action, wall_utc: str) -> tuple[ActionStatus, str]:
        match action.action_type:
            case "startPause" | "stopPause":
                self._paused = action.action_type == "startPause"
            case "stateRequest":
                self._state_asked = True
            case "initPosition":
                wrong = misplaced(action, self._plan.map_id, self._seen.front_m)
                self.localised = not wrong
                return (ActionStatus.FAILED, wrong) if wrong else (ActionStatus.FINISHED, "")
            case "factsheetRequest":
                self.outgoing.append(self._factsheet(wall_utc))
            case "cancelOrder" if self._held.active or self._works.under_way:
                self._cancelling = (*self._cancelling, action.action_id)
                return ActionStatus.RUNNING, ""
            case "cancelOrder":
                self._refuse(action_refusal("noOrderToCancel", action))
                return ActionStatus.FAILED, "no order"
            case _:
                self._refuse(action_refusal("instantActionError", action))
                return ActionStatus.FAILED, "not known"
        return ActionStatus.FINISHED, ""

    def _set(self, action: Action, status: ActionStatus, result: str = "") -> None:
        self._actions[action.action_id] = ActionState(
            action_id=action.action_id, action_type=action.action_type, action_status=status, result_description=result or None
        )

    def _refuse(self, error: Error) -> None:
        self._errors = (*self._errors, error)[-ERRORS_KEPT_MAX:]

    def _is_for_us(self, message: Order | InstantActions) -> bool:
        peer = self._plan.peer
        if (message.manufacturer, message.serial_number) == (peer.manufacturer, peer.serial):
            return True
        self._refuse(refusal("validationError", None, "is meant for another truck", headerId=str(message.header_id)))
        return False

    # ------------------------------------------------------------ driving

    def _only_rolls(self, seen: Seen) -> bool:
        """Without an order, past no node: nothing follows from it before the next state is due."""
        was = self._seen
        alike = (seen.speed_mps > 0.0) == (was.speed_mps > 0.0) and seen.e_stop == was.e_stop and seen.heading == was.heading
        return alike and not self._held.nodes and self._map_node(seen) == self._stand.last_node

    def _look(self, now: float, seen: Seen) -> None:
        self._seen = seen
        stand = Stand(seen.front_m, self._stand.last_node, self._stand.last_sequence, seen.heading)
        if not self._held.active:
            at = self._map_node(seen)
            stand = stand if at == stand.last_node else Stand(seen.front_m, at, 0, seen.heading)
        waiting = self._held.nodes
        self._held, self._stand = passed(self._held, stand)
        if self._held.nodes is not waiting:
            reached = waiting[: len(waiting) - len(self._held.nodes)]
            self._works = self._works.with_more(action for node in reached for action in node.actions)
        self._work(now)
        if self._cancelling and seen.speed_mps == 0.0:
            given_up = (*self._works.to_do, *(action for node in self._held.nodes for action in node.actions))
            for action in given_up:
                self._set(action, ActionStatus.FAILED)
            self._works = Works()
            self._held = replace(self._held, nodes=(), edges=(), cancelled=True)
            for action_id in self._cancelling:
                self._actions[action_id] = msgspec.structs.replace(self._actions[action_id], action_status=ActionStatus.FINISHED)
            self._cancelling = ()

    def _work(self, now: float) -> None:
        """One after another, while it stands."""
        if self._paused or self._cancelling or self._seen.e_stop:
            return
        self._works, shown = self._works.at(now, self._plan.work_s, self.cannot_work)
        for action, status, result in shown:
            self._set(action, status, result)

    def _map_node(self, seen: Seen) -> str:
        nodes = self._plan.nodes if seen.heading > 0 else self._plan.nodes_back
        behind = ""
        for name, at_m in nodes:
            if (at_m - seen.front_m) * seen.heading > AT_NODE_M:
                break
            behind = name
        return behind

    def _reached_end(self) -> bool:
        """The last of its way: nothing is left to drive, but it was not taken away either."""
        return self._held.order_id != "" and not self._held.cancelled

    def _halted(self) -> bool:
        unfit = self.mode is not OperatingMode.AUTOMATIC or not self.localised or bool(self.fatal)
        return self._paused or self._seen.e_stop or bool(self._cancelling) or unfit or self._works.under_way

    # ------------------------------------------------------------ telling

    def _tell_if_due(self, now: float, wall_utc: str) -> None:
        if not self._online:
            return
        changed = self._essence() != self._told
        if changed or self._state_asked or now - self._told_at >= self._plan.state_interval_s - 1e-6:
            self._tell(now, wall_utc)

    def _tell(self, now: float, wall_utc: str) -> None:
        self._told = self._essence()
        self._told_at = now
        self._tells_at = now + self._plan.state_interval_s - 1e-6
        self._state_asked = False
        state = self._state(wall_utc, self._header(Topic.STATE))
        self.outgoing.append(Publish(self._state_topic, self._codec.encode(state)))

    def _essence(self) -> tuple[object, ...]:
        """What is worth telling at once when it changes: everything but how far and how fast it rolls."""
        stand = (self._stand.last_node, self._stand.last_sequence)
        own = (self.mode, self.localised, self.fatal, self._paused, self._errors, tuple(self._actions.values()))
        return (self._held, stand, self._seen.speed_mps > 0.0, self._seen.e_stop, self._base_is_short(), own)

    def _base_is_short(self) -> bool:
        held = self._held
        seen = self._seen
        short = held.base_end_m is not None and (held.base_end_m - seen.front_m) * seen.heading < NEW_BASE_WITHIN_M
        return short and any(not node.released for node in held.nodes)

    def _state(self, wall_utc: str, header_id: int) -> State:
        peer, held, seen = self._plan.peer, self._held, self._seen
        theta = 0.0 if seen.heading > 0 else pi
        errors = self._errors
        if self.fatal:
            errors = (*errors, Error(error_type=self.fatal, error_level=ErrorLevel.FATAL))
        return State(
            header_id=header_id,
            timestamp=wall_utc,
            version=peer.version,
            manufacturer=peer.manufacturer,
            serial_number=peer.serial,
            order_id=held.order_id,
            order_update_id=held.update_id,
            last_node_id=self._stand.last_node,
            last_node_sequence_id=self._stand.last_sequence,
            driving=seen.speed_mps > 0.0,
            paused=self._paused,
            new_base_request=self._base_is_short(),
            operating_mode=self.mode,
            node_states=tuple(
                NodeState(node_id=n.node_id, sequence_id=n.sequence_id, released=n.released, node_position=n.node_position)
                for n in held.nodes
            ),
            edge_states=tuple(EdgeState(edge_id=e.edge_id, sequence_id=e.sequence_id, released=e.released) for e in held.edges),
            agv_position=AgvPosition(
                x=round(seen.front_m, 3),
                y=0.0,
                theta=theta,
                map_id=self._plan.map_id,
                position_initialized=self.localised,
            ),
            velocity=Velocity(vx=round(seen.speed_mps, 3)),
            action_states=tuple(self._actions.values()),
            battery_state=BatteryState(battery_charge=80.0, charging=False),
            errors=errors,
            safety_state=SafetyState(e_stop=EStop.MANUAL if seen.e_stop else EStop.NONE, field_violation=False),
        )

    def _factsheet(self, wall_utc: str) -> Publish:
        plan = self._plan
        limits = (plan.speed_mps_max, plan.accel_mps2, plan.braking_mps2, plan.length_m, plan.state_interval_s)
        return factsheet(plan.peer, self._header(Topic.FACTSHEET), wall_utc, limits, plan.actions)

    def _header(self, topic: Topic) -> int:
        header_id = self._headers[topic]
        self._headers[topic] = header_id + 1
        return header_id
