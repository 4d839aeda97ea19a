"""What stops a demo before its first program starts, and that nothing of it is left behind."""

import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lanectl.config import ConfigError, load
from lanectl.demo import prepared
from lanectl.demo import yard as yard_module
from lanectl.demo.prepared import PORTS, InTheWayError, Options, Prepared, prepare
from lanectl.demo.yard import Yard
from lanectl.operating_client import SOCKET, NoControllerError
from tests.site_files import SHIPPED


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    """With a place of its own for what is short-lived."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv(SOCKET, str(tmp_path / "c.sock"))
    return Options(SHIPPED, 1, 2, 1, 1.0, True, _free_ports(), tmp_path / "kept", "en")


def _free_ports() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        first = int(probe.getsockname()[1])
    return min(first, 65500 - len(PORTS))


def short_lived(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "tmp").iterdir())


def test_a_demo_that_cannot_start_leaves_nothing_behind(options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError):
        prepare(replace(options, site=tmp_path))
    assert not options.folder.exists()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(prepared, "make_demo_site", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare(options)
    assert short_lived(tmp_path) == []


def test_a_demo_acts_on_no_controller_but_its_own(options: Options, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(str(tmp_path / "c.sock"))
        living.listen()
        with pytest.raises(InTheWayError, match="a controller answers at"):
            prepare(options)
    assert short_lived(tmp_path) == []


def test_what_a_killed_demo_left_behind_is_not_in_the_way(options: Options, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "c.sock"))
    made = prepare(options)
    assert made.plan.exists()
    made.remove()
    assert short_lived(tmp_path) == []


def test_the_first_trips_of_a_demo_stand_in_its_manifest_or_come_as_orders_both_ways(options: Options) -> None:
    both_ways = prepare(replace(options, site=SHIPPED.parent / "bac-luan-1", trucks=4, orders_first=True))
    assert both_ways.listed == {"T01", "T03"}
    assert [line.truck for line in load(both_ways.site.folder).manifest] == ["T01", "T03"]
    assert [line.truck for line in both_ways.site.manifest] == ["T01", "T02", "T03", "T04"]
    assert {truck: way.value for truck, way in both_ways.ways.items()} == {
        "T01": "VN_TO_CN",
        "T02": "CN_TO_VN",
        "T03": "VN_TO_CN",
        "T04": "CN_TO_VN",
    }
    both_ways.remove()


@dataclass
class Desk:
    """What a controller holds of orders; `answers` False: none does."""

    states: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    loses: bool = False
    refuses: bool = False
    answers: bool = True

    def ask(self, _socket: Path, request: dict[str, Any]) -> list[dict[str, object]]:
        if not self.answers:
            raise NoControllerError("nobody")
        if request["kind"] == "order-list":
            truck_of = {order["id"]: order["truck"] for order in self.asked}
            held = [{"id": name, "state": state, "truck": truck_of[name], "clearances": {}} for name, state in self.states.items()]
            listed: list[dict[str, object]] = [{"order": order} for order in held]
            return [*listed, {"done": True}]
        (order,) = (wish["order"] for wish in request["wishes"])
        self.asked.append(order)
        if self.refuses:
            return [{"problems": [{"text": "no"}], "done": True}]
        if not self.loses:
            self.states.setdefault(order["id"], "ASSIGNED")
        return [{"done": True}]

    def end(self, state: str = "DONE") -> None:
        self.states = dict.fromkeys(self.states, state)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setattr(yard_module, "ask", made.ask)
    monkeypatch.setattr(yard_module, "LOOK_S", 0.0)
    return made


@pytest.fixture
def both_ways(options: Options) -> Iterator[Prepared]:
    """T01's first trip stands in the manifest, T02's does not."""
    found = prepare(replace(options, site=SHIPPED.parent / "bac-luan-1", trucks=2, orders_first=True))
    yield found
    found.remove()


def test_the_demos_yard_orders_what_the_manifest_does_not_list_and_then_the_way_back(both_ways: Prepared, desk: Desk) -> None:
    yard = Yard(both_ways)
    for _ in range(4):
        yard.load(shown())
        yard.load(shown())
        desk.end()
    assert [(order["truck"], order["direction"], order.get("empty_return", False)) for order in desk.asked] == [
        ("T02", "CN_TO_VN", False),
        ("T02", "VN_TO_CN", False),
        ("T02", "CN_TO_VN", True),
        ("T02", "VN_TO_CN", False),
    ]
    assert [(order.get("consignment") == order["id"], "container" in order) for order in desk.asked] == [
        (empty, empty) for empty in (1, 1, 0, 1)
    ]


def test_a_truck_whose_line_of_the_manifest_is_done_with_goes_back_by_an_order_and_its_line_goes(both_ways: Prepared, desk: Desk) -> None:
    yard = Yard(both_ways)
    for carries in ("", "C1", "C1"):
        yard.load(shown(T01=carries))
    assert [order["truck"] for order in desk.asked] == ["T02"]
    yard.load(shown(T01=""))
    assert [(order["truck"], order["direction"]) for order in desk.asked[1:]] == [("T01", "CN_TO_VN")]
    assert load(both_ways.site.folder).manifest == ()


def test_an_order_that_the_lane_ended_unseen_by_the_yard_is_followed_by_another(both_ways: Prepared, desk: Desk) -> None:
    yard = Yard(both_ways)
    yard.load(shown())
    desk.end("EXPIRED")
    yard.load(shown())
    assert [(order["truck"], order["direction"]) for order in desk.asked] == [("T02", "CN_TO_VN")] * 2
    assert len({order["id"] for order in desk.asked}) == 2


def test_an_order_is_asked_for_until_the_lane_knows_it(both_ways: Prepared, desk: Desk) -> None:
    yard = Yard(both_ways)
    desk.answers = False
    yard.load(shown())
    desk.answers, desk.loses = True, True
    yard.load(shown())
    desk.loses = False
    for _ in range(3):
        yard.load(shown())
    first, again = desk.asked
    assert first == again


@pytest.mark.parametrize(("pause_s", "tries"), [(yard_module.REFUSED_S, 1), (0.0, 3)])
def test_an_order_that_is_refused_is_said_and_another_is_tried_after_a_pause(
    both_ways: Prepared, desk: Desk, monkeypatch: pytest.MonkeyPatch, pause_s: float, tries: int
) -> None:
    monkeypatch.setattr(yard_module, "REFUSED_S", pause_s)
    yard = Yard(both_ways)
    desk.refuses = True
    for _ in range(3):
        yard.load(shown())
    assert yard.news == [f"order {order['id']} is refused: no" for order in desk.asked]
    assert len({order["id"] for order in desk.asked}) == len(desk.asked) == tries


def shown(**carries: str) -> Any:
    """What the yard reads of a status."""
    return SimpleNamespace(trucks=[SimpleNamespace(name=name, consignment=held) for name, held in carries.items()])
