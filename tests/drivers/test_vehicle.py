"""The simulated vehicle as the standard wants a vehicle: what it takes, what it refuses and how it says so."""

import json
from itertools import pairwise
from typing import Any

import pytest

from drivers.wire.vda5050 import codec
from drivers.wire.vda5050.messages import ActionStatus, OperatingMode, State
from drivers.wire.vda5050.topics import Publish
from sim.truck import Vehicle
from sim.truck_plan import Seen, VehiclePlan, Way
from tests.truck_bench import NODES, vehicle_plan, wall
from tests.vda5050_schemas import faults_of

ORDER = "uagv/v2/maker/T01/order"
ACTIONS = "uagv/v2/maker/T01/instantActions"
HEADER = {"headerId": 1, "timestamp": wall(0), "version": "2.1.0", "manufacturer": "maker", "serialNumber": "T01"}


class Drive:
    """A vehicle on line at the gate, and all that it said."""

    def __init__(self, front_m: float = -3.0, plan: VehiclePlan | None = None) -> None:
        self.now = 0.0
        self.front_m = front_m
        self.said: list[Publish] = []
        self.vehicle = Vehicle(plan or vehicle_plan("T01"), Seen(front_m, 0.0))
        self.vehicle.connected(0.0, wall(0.0))
        self.stands()

    def hears(self, topic: str, message: dict[str, Any]) -> State:
        self.vehicle.receive(self.now, wall(self.now), topic, json.dumps(message).encode())
        return self.stands()

    def rolls(self, front_m: float, speed_mps: float = 5.0) -> State:
        self.front_m = front_m
        return self.is_seen(speed_mps)

    def stands(self) -> State:
        return self.is_seen(0.0)

    def is_seen(self, speed_mps: float, *, e_stop: bool = False) -> State:
        self.now += 0.1
        self.way: Way = self.vehicle.advance(self.now, wall(self.now), Seen(self.front_m, speed_mps, e_stop))
        self.said += self.vehicle.output()
        return self.state

    @property
    def state(self) -> State:
        return codec.decode_state(next(p.payload for p in reversed(self.said) if p.topic.endswith("/state")))


def order(*released: str, horizon: tuple[str, ...] = (), first: int = 0, update_id: int = 0, order_id: str = "o1") -> dict[str, Any]:
    metres = dict(NODES)
    names = (*released, *horizon)
    nodes = [
        {
            "nodeId": name,
            "sequenceId": first + 2 * i,
            "released": i < len(released),
            "actions": [],
            "nodePosition": {"x": metres.get(name, 0.0), "y": 0.0, "mapId": "lane"},
        }
        for i, name in enumerate(names)
    ]
    edges = [
        {
            "edgeId": f"e{i}",
            "sequenceId": first + 2 * i + 1,
            "released": i + 1 < len(released),
            "startNodeId": a,
            "endNodeId": b,
            "actions": [],
        }
        for i, (a, b) in enumerate(pairwise(names))
    ]
    return HEADER | {"orderId": order_id, "orderUpdateId": update_id, "nodes": nodes, "edges": edges}


def action(action_type: str, action_id: str = "a1") -> dict[str, Any]:
    return HEADER | {"actions": [{"actionType": action_type, "actionId": action_id, "blockingType": "HARD"}]}


def error_types(state: State) -> list[str]:
    return [error.error_type for error in state.errors]


FIRST = order("vn-gate", "K1-stop", horizon=("K2-stop", "K3-stop"))


def test_vehicle_without_an_order_stands() -> None:
    assert Drive().way == Way(None, halted=False)


def test_accepted_order_releases_its_base_and_keeps_its_horizon() -> None:
    drive = Drive()
    state = drive.hears(ORDER, FIRST)
    assert drive.way == Way(65.25, halted=False)
    assert [(node.node_id, node.released) for node in state.node_states] == [("K1-stop", True), ("K2-stop", False), ("K3-stop", False)]
    assert len(state.edge_states) == 3


def test_order_is_shown_at_once() -> None:
    drive = Drive()
    drive.vehicle.output()
    drive.vehicle.receive(0.1, wall(0.1), ORDER, json.dumps(FIRST).encode())
    assert any(b'"o1"' in publish.payload for publish in drive.vehicle.output())


def test_passed_nodes_leave_the_state() -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    state = drive.rolls(65.25, 0.0)
    assert (state.last_node_id, state.last_node_sequence_id) == ("K1-stop", 2)
    assert [node.node_id for node in state.node_states] == ["K2-stop", "K3-stop"]
    assert state.new_base_request


def test_update_extends_the_base() -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    state = drive.hears(ORDER, order("K1-stop", "K2-stop", first=2, update_id=1))
    assert drive.way.released_to_m == 142.5
    assert (state.order_update_id, [node.node_id for node in state.node_states]) == (1, ["K1-stop", "K2-stop"])


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (order("K1-stop", "K2-stop", first=4, update_id=1), "orderUpdateError"),
        (order("K2-stop", "K3-stop", first=4, update_id=1), "orderUpdateError"),
        (order("vn-gate", "K1-stop", order_id="o2"), "orderError"),
        (order("vn-gate", "K1-stop", order_id="o2", update_id=3), "orderError"),
        (order("K1-stop", "K2-stop", first=3, update_id=1), "validationError"),
        ({"orderId": 5}, "validationError"),
        (order("K1-stop", "K2-stop", first=2, update_id=1) | {"serialNumber": "T02"}, "validationError"),
    ],
    ids=["other sequenceId", "gap", "another order", "update of none", "odd", "garbage", "foreign"],
)
def test_wrong_order_is_refused_and_the_old_one_goes_on(wrong: dict[str, Any], error: str) -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    state = drive.hears(ORDER, wrong)
    assert error_types(state) == [error]
    assert (state.order_id, state.order_update_id, drive.way.released_to_m) == ("o1", 0, 65.25)


def test_lower_update_is_refused_and_the_same_is_ignored() -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    drive.hears(ORDER, order("K1-stop", "K2-stop", first=2, update_id=4))
    assert error_types(drive.hears(ORDER, order("K1-stop", "K2-stop", first=2, update_id=4))) == []
    assert error_types(drive.hears(ORDER, order("K1-stop", "K2-stop", first=2, update_id=3))) == ["orderUpdateError"]


def test_refusal_names_the_order_and_stays_until_the_next_is_taken() -> None:
    drive = Drive(front_m=-40.0)
    refused = drive.hears(ORDER, FIRST)
    references = {r.reference_key: r.reference_value for r in refused.errors[0].error_references or ()}
    assert (error_types(refused), references["orderId"], references["orderUpdateId"]) == (["noRouteError"], "o1", "0")
    drive.rolls(-3.0, 0.0)
    assert error_types(drive.hears(ORDER, FIRST)) == []


def test_first_node_may_lie_off_as_far_as_the_order_allows() -> None:
    drive = Drive(front_m=40.0)
    away = order("vn-gate", "K1-stop")
    away["nodes"][0]["nodePosition"]["allowedDeviationXY"] = 50.0
    assert drive.hears(ORDER, away).order_id == "o1"


def test_order_off_its_map_or_with_actions_is_refused() -> None:
    elsewhere = order("vn-gate", "K1-stop")
    elsewhere["nodes"][1]["nodePosition"]["mapId"] = "yard"
    assert error_types(Drive().hears(ORDER, elsewhere)) == ["orderError"]
    lifting = order("vn-gate", "K1-stop")
    lifting["nodes"][1]["actions"] = [{"actionType": "lift", "actionId": "x", "blockingType": "HARD"}]
    assert error_types(Drive().hears(ORDER, lifting)) == ["orderError"]


def test_cancelled_vehicle_brakes_then_shows_no_way_but_keeps_the_order_id() -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    drive.rolls(20.0)
    drive.vehicle.receive(drive.now, wall(drive.now), ACTIONS, json.dumps(action("cancelOrder")).encode())
    braking = drive.rolls(22.0, 3.0)
    assert (braking.action_states[0].action_status, drive.way.halted) == (ActionStatus.RUNNING, True)
    stood = drive.stands()
    assert stood.action_states[0].action_status is ActionStatus.FINISHED
    assert (stood.order_id, stood.node_states, stood.edge_states, drive.way) == ("o1", (), (), Way(None, halted=False))


def test_cancelled_order_takes_no_update() -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    drive.hears(ACTIONS, action("cancelOrder"))
    assert error_types(drive.hears(ORDER, order("vn-gate", "K1-stop", update_id=1))) == ["orderUpdateError"]


def test_cancelling_without_an_order_fails_with_its_error() -> None:
    state = Drive().hears(ACTIONS, action("cancelOrder"))
    assert (error_types(state), state.action_states[0].action_status) == (["noOrderToCancel"], ActionStatus.FAILED)
    assert state.errors[0].error_references is not None
    assert state.errors[0].error_references[0].reference_value == "a1"


def test_pause_halts_and_keeps_the_order() -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    assert drive.hears(ACTIONS, action("startPause")).paused
    assert drive.way == Way(65.25, halted=True)
    assert not drive.hears(ACTIONS, action("stopPause", "a2")).paused
    assert drive.way == Way(65.25, halted=False)


def test_action_with_a_known_id_is_not_done_twice() -> None:
    drive = Drive()
    drive.hears(ACTIONS, action("startPause", "a1"))
    drive.hears(ACTIONS, action("stopPause", "a2"))
    assert not drive.hears(ACTIONS, action("startPause", "a1")).paused


def test_unknown_action_fails() -> None:
    state = Drive().hears(ACTIONS, action("dance"))
    assert (error_types(state), state.action_states[0].action_status) == (["instantActionError"], ActionStatus.FAILED)


def test_requested_factsheet_is_valid_and_retained() -> None:
    drive = Drive()
    drive.hears(ACTIONS, action("factsheetRequest"))
    sheet = next(publish for publish in drive.said if publish.topic.endswith("/factsheet"))
    assert sheet.retain
    assert faults_of([sheet]) == []


def test_requested_state_comes_at_once() -> None:
    drive = Drive()
    before = len(drive.said)
    drive.hears(ACTIONS, action("stateRequest"))
    assert any(publish.topic.endswith("/state") for publish in drive.said[before:])


def test_state_comes_each_second_without_any_change() -> None:
    drive = Drive()
    before = len(drive.said)
    for _ in range(50):
        drive.stands()
    assert len(drive.said) - before == 5


def test_e_stopped_vehicle_brakes_and_says_so() -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    state = drive.is_seen(5.0, e_stop=True)
    assert (state.safety_state.e_stop.value, drive.way.halted) == ("MANUAL", True)


@pytest.mark.parametrize("hurt", ["mode", "localised", "fatal"])
def test_unfit_vehicle_stands_and_takes_no_order(hurt: str) -> None:
    drive = Drive()
    if hurt == "mode":
        drive.vehicle.mode = OperatingMode.MANUAL
    elif hurt == "localised":
        drive.vehicle.localised = False
    else:
        drive.vehicle.fatal = "motor"
    drive.hears(ORDER, FIRST)
    assert drive.way.halted or drive.way.released_to_m is None


def test_vehicle_drives_its_base_without_a_link_and_says_nothing() -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    drive.vehicle.disconnected()
    before = len(drive.said)
    drive.rolls(10.0)
    assert (len(drive.said), drive.way) == (before, Way(65.25, halted=False))


def test_restarted_vehicle_has_lost_its_order_but_knows_where_it_is() -> None:
    drive = Drive()
    drive.hears(ORDER, FIRST)
    drive.rolls(70.0)
    drive.vehicle.restarted()
    drive.vehicle.connected(drive.now, wall(drive.now))
    state = drive.stands()
    assert (state.order_id, state.node_states, state.last_node_id, drive.way) == ("", (), "K1-stop", Way(None, halted=False))


def test_connection_messages_are_retained_with_qos_1_and_valid() -> None:
    drive = Drive()
    drive.vehicle.sign_off(wall(1))
    told = [p for p in (*drive.said, *drive.vehicle.output(), drive.vehicle.will(wall(2))) if p.topic.endswith("/connection")]
    assert [json.loads(p.payload)["connectionState"] for p in told] == ["ONLINE", "OFFLINE", "CONNECTIONBROKEN"]
    assert {(p.qos, p.retain) for p in told} == {(1, True)}
    assert faults_of(told) == []


def test_garbage_is_answered_with_an_error_and_harms_nothing() -> None:
    drive = Drive()
    for payload in (b"", b"\xff", b"[]", b"[" * 60_000):
        drive.vehicle.receive(drive.now, wall(drive.now), ORDER, payload)
        drive.vehicle.receive(drive.now, wall(drive.now), "nonsense", payload)
    assert set(error_types(drive.stands())) == {"validationError"}
    assert drive.hears(ORDER, FIRST).order_id == "o1"
