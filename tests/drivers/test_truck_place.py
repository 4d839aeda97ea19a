"""Telling a truck where it stands: an initPosition as its factsheet has it, sent once, and what came of it."""

import json
from typing import Any

import msgspec
import pytest

from drivers.truck_place import can_be_placed
from drivers.wire.vda5050.factsheet import ActionParameterOf, AgvAction
from drivers.wire.vda5050.versions import codec_of
from lanectl.model import ExtendAuthority, PlaceTruck, Placing
from sim.truck_messages import factsheet
from tests.truck_bench import TruckBench, vehicle_plan, wall

ACTIONS = "uagv/v2/maker/T01/instantActions"


def a_key(key: str, optional: bool = False) -> ActionParameterOf:
    return ActionParameterOf(key=key, value_data_type="STRING", is_optional=optional)


def a_lost_truck(*, sheet: bool = True) -> TruckBench:
    bench = TruckBench("T01")
    bench.run_for(2.0 if sheet else 0.2)
    bench.trucks["T01"].vehicle.localised = False
    bench.run_for(1.1)
    assert not bench.last().localised
    return bench


def sent_places(bench: TruckBench) -> list[dict[str, Any]]:
    actions = [action for p in bench.sent if p.topic == ACTIONS for action in json.loads(p.payload)["actions"]]
    return [action for action in actions if action["actionType"] == "initPosition"]


def test_a_lost_truck_is_told_its_place_and_knows_it_then() -> None:
    bench = a_lost_truck()
    assert bench.last().places
    bench.ask(PlaceTruck("T01", "vn-gate", -2.0))
    bench.run_for(1.0)
    told = {one["key"]: one["value"] for one in sent_places(bench)[0]["actionParameters"]}
    assert told == {"x": -2.0, "y": 0.0, "theta": 0.0, "mapId": "lane", "lastNodeId": "vn-gate"}
    report = bench.last()
    assert (report.placing, report.localised, report.last_node) == (Placing.TAKEN, True, "vn-gate")


def test_a_truck_that_was_told_its_place_did_not_jump() -> None:
    bench = a_lost_truck()
    bench.trucks["T01"].front_m = 60.0  # towed there, and it has not said so yet
    bench.lost = lambda publish: publish.topic.endswith("/state")
    bench.tick()
    bench.lost = lambda _: False
    bench.ask(PlaceTruck("T01", "vn-gate", 60.0))
    bench.run_for(1.1)
    assert bench.last().placing is Placing.TAKEN
    assert "jumped" not in dict(bench.last().troubles)


def test_a_placed_truck_takes_an_order_from_there() -> None:
    bench = a_lost_truck()
    bench.ask(PlaceTruck("T01", "vn-gate"))
    bench.run_for(1.0)
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    bench.run_for(1.0)
    assert bench.last().authority_end == "K1-stop"


def test_a_truck_that_cannot_find_itself_there_says_why() -> None:
    bench = a_lost_truck()
    bench.ask(PlaceTruck("T01", "K1-stop"))
    bench.run_for(1.0)
    report = bench.last()
    assert (report.placing, report.localised) == (Placing.FAILED, False)
    assert "what it sees is not what its map shows" in dict(report.troubles)["place_refused"]
    bench.run_for(40)
    assert "place_refused" not in dict(bench.last().troubles)


def test_a_place_that_is_lost_on_the_way_is_not_sent_again_by_itself() -> None:
    bench = a_lost_truck()
    bench.lost = lambda publish: publish.topic == ACTIONS
    bench.ask(PlaceTruck("T01", "vn-gate"))
    bench.lost = lambda _: False
    bench.run_for(20)
    assert len(sent_places(bench)) == 1
    assert bench.last().placing is Placing.ASKED


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (PlaceTruck("T01", "moon"), "moon is no node of this lane"),
        (PlaceTruck("T01", "vn-gate", 80.0), "x 80 is not between vn-gate (-3) and K1-stop (65.25)"),
        (PlaceTruck("T01", "vn-gate", -3.5), "x -3.5 is not between vn-gate (-3) and K1-stop (65.25)"),
        (PlaceTruck("T01", "cn-clear", 600.0), "x 600 is not beyond cn-clear (663)"),
    ],
)
def test_a_place_that_is_none_is_not_sent_and_people_are_told(place: PlaceTruck, why: str) -> None:
    bench = a_lost_truck()
    bench.ask(place)
    assert sent_places(bench) == []
    assert any(why in notice for notice in bench.control.notices())
    bench.run_for(1.1)
    assert (bench.last().placing, dict(bench.last().troubles)["place_refused"]) == (Placing.FAILED, why)


def test_beyond_the_last_node_any_place_is_one() -> None:
    bench = a_lost_truck()
    bench.ask(PlaceTruck("T01", "cn-clear", 700.0))
    assert len(sent_places(bench)) == 1


def test_a_truck_that_drives_or_has_an_order_is_not_told() -> None:
    bench = TruckBench("T01")
    bench.run_for(2)
    bench.ask(ExtendAuthority("T01", "K1-stop"))
    bench.run_for(2)
    bench.ask(PlaceTruck("T01", "vn-gate"))
    assert "it is not proved standing" in bench.control.notices()[-1]
    bench.trucks["T01"].e_stop = True
    bench.run_for(2)
    bench.ask(PlaceTruck("T01", "vn-gate"))
    assert "it has an order" in bench.control.notices()[-1]
    assert sent_places(bench) == []


def a_sheet(*actions: AgvAction) -> bytes:
    """The simulated truck's, with these actions instead of its own."""
    codec = codec_of("2.1.0")
    own = factsheet(vehicle_plan("T01").peer, 0, wall(0), (6.9, 0.5, 1.5, 17.0, 1.0))
    sheet = codec.factsheet(own.payload)
    stops = tuple(AgvAction(action_type=name, action_scopes=("INSTANT",)) for name in ("cancelOrder", "startPause", "stopPause"))
    assert sheet.protocol_features is not None
    features = msgspec.structs.replace(sheet.protocol_features, agv_actions=(*stops, *actions))
    return codec.encode(msgspec.structs.replace(sheet, protocol_features=features))


@pytest.mark.parametrize(
    ("actions", "can"),
    [
        ((), False),
        ((AgvAction(action_type="initPosition", action_scopes=("NODE",)),), False),
        ((AgvAction(action_type="initPosition", action_scopes=("INSTANT", "NODE")),), True),
        ((AgvAction(action_type="initPosition", action_scopes=("INSTANT",), action_parameters=(a_key("x"), a_key("floor"))),), False),
        ((AgvAction(action_type="initPosition", action_scopes=("INSTANT",), action_parameters=(a_key("x"), a_key("floor", True))),), True),
    ],
)
def test_only_an_init_position_that_a_lane_can_fill_is_offered(actions: tuple[AgvAction, ...], can: bool) -> None:
    assert can_be_placed(codec_of("2.1.0").factsheet(a_sheet(*actions))) is can
    bench = TruckBench("T01")
    bench.control.receive(bench.now, "uagv/v2/maker/T01/factsheet", a_sheet(*actions))
    bench.run_for(1.1)
    assert bench.last().places is can
    bench.ask(PlaceTruck("T01", "vn-gate"))
    assert len(sent_places(bench)) == can


def test_without_a_factsheet_nothing_is_told() -> None:
    assert can_be_placed(None) is False


def test_an_action_is_sent_as_blocking_as_the_factsheet_takes_it() -> None:
    soft = AgvAction(action_type="initPosition", action_scopes=("INSTANT",), blocking_types=("NONE", "SOFT"))
    bench = TruckBench("T01")
    bench.control.receive(bench.now, "uagv/v2/maker/T01/factsheet", a_sheet(soft))
    bench.run_for(1.1)
    bench.ask(PlaceTruck("T01", "vn-gate"))
    assert sent_places(bench)[0]["blockingType"] == "SOFT"
