"""What stops a demo before its first program starts, and that nothing of it is left behind."""

import socket
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lanectl.config import ConfigError, load
from lanectl.demo import prepared
from lanectl.demo import yard as yard_module
from lanectl.demo.prepared import PORTS, InTheWayError, Options, prepare
from lanectl.demo.yard import Yard
from lanectl.operating_client import SOCKET
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


def test_the_demos_yard_orders_what_the_manifest_does_not_list_and_then_the_way_back(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = prepare(replace(options, site=SHIPPED.parent / "bac-luan-1", trucks=2, orders_first=True))
    asked: list[dict[str, Any]] = []

    def hear(_socket: Path, request: dict[str, Any]) -> list[dict[str, object]]:
        asked.extend(wish["order"] for wish in request.get("wishes", []))
        return [{}]

    monkeypatch.setattr(yard_module, "ask", hear)
    yard = Yard(found)
    for carries in ("", "C1", "", "", "C2", "", "C3", "C3", ""):
        yard.load(Shown([Listed("T02", carries)]))  # type: ignore[arg-type]  # what the yard reads of it
    assert [(order["truck"], order["direction"], order.get("empty_return", False)) for order in asked] == [
        ("T02", "CN_TO_VN", False),
        ("T02", "VN_TO_CN", False),
        ("T02", "CN_TO_VN", True),
        ("T02", "VN_TO_CN", False),
    ]
    assert [(order.get("consignment") == order["id"], "container" in order) for order in asked] == [
        (empty, empty) for empty in (1, 1, 0, 1)
    ]
    found.remove()


@dataclass
class Listed:
    name: str
    consignment: str


@dataclass
class Shown:
    trucks: list[Listed]
