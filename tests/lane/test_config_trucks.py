"""What a site says of its trucks besides driving: work in the yards, and the names by which the broker knows them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from drivers.truck_orders import NodeAction
from drivers.wire.vda5050.messages import BlockingType
from lanectl.__main__ import app
from lanectl.broker_access import access_list
from lanectl.config import load
from lanectl.scene import scene_of
from lanectl.simulated import Setting, sim_plan
from lanectl.wiring import trucks_plan
from tests.site_files import codes_of, site_both_ways, site_with

DROP = """[[yard_action]]
behind = "cn"
type = "drop"
blocking = "SOFT"
parameters = { bay = 3, side = "left" }
[[section]]"""
TLS = 'map_id = "bac-luan-2"\ntls = { authority = "ca.pem", certificate = "c.pem", key = "c.key" }'
TWO_TRUCKS = """[[truck]]
serial = "T02"
certificate = "truck two"
manufacturer = "m"
vda5050 = "2.0.0"
length_m = 17.0
braking_mps2 = 1.5
[[truck]]"""


def test_what_trucks_do_behind_a_gate_is_asked_for_at_the_node_there(tmp_path: Path) -> None:
    site = load(site_with(tmp_path, ("site.toml", "[[section]]", DROP)))
    wanted = NodeAction("cn-clear", "drop", BlockingType.SOFT, (("bay", 3), ("side", "left")))
    assert trucks_plan(site, 1_700_000_000).actions == (wanted,)


def test_a_lane_worked_both_ways_asks_for_work_at_either_end(tmp_path: Path) -> None:
    folder = site_both_ways(tmp_path)
    site = folder / "site.toml"
    behind = "".join(f'[[yard_action]]\nbehind = "{gate}"\ntype = "drop"\n' for gate in ("cn", "vn"))
    site.write_text(site.read_text().replace("[[section]]", f"{behind}[[section]]", 1))
    plan = trucks_plan(load(folder), 1_700_000_000)
    assert [action.node for action in plan.all_actions] == ["cn-clear", "vn-clear"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('behind = "cn"', 'behind = "vn"', "C063"),
        ('behind = "cn"', 'behind = "hanoi"', "C063"),
        ('behind = "cn"', "", "C010"),
        ('type = "drop"', 'type = "lift & drop"', "C016"),
        ('blocking = "SOFT"', 'blocking = "soft"', "C014"),
        ("bay = 3", "bay = [3]", "C011"),
        ("parameters = { bay = 3, side =", "parametres = { bay = 3, side =", "C012"),
    ],
)
def test_a_mistake_in_what_trucks_do_is_named(old: str, new: str, code: str, tmp_path: Path) -> None:
    assert codes_of(site_with(tmp_path, ("site.toml", "[[section]]", DROP.replace(old, new)))) == [code]


def test_simulated_trucks_can_do_what_their_site_asks(tmp_path: Path) -> None:
    site = load(site_with(tmp_path, ("site.toml", "[[section]]", DROP)))
    plan = sim_plan(site, Setting(1, 1.0, 0.0, tmp_path / "control", 60.0))
    assert dict(plan.trucks[0].actions) == {"pick": (), "drop": ("bay", "side")}


def test_a_trucks_certificate_is_named_by_its_serial_unless_the_fleet_says_otherwise(tmp_path: Path) -> None:
    site = load(site_with(tmp_path, ("fleet.toml", "[[truck]]", TWO_TRUCKS)))
    assert {truck.serial: truck.certificate for truck in site.fleet} == {"T02": "truck two", "T01": "T01"}


def test_people_see_a_certificates_name_only_where_the_broker_asks_for_one(tmp_path: Path) -> None:
    assert scene_of(load(site_with(tmp_path / "plain"))).certificates == {}
    with_tls = load(site_with(tmp_path / "tls", ("site.toml", 'map_id = "bac-luan-2"', TLS)))
    assert scene_of(with_tls).certificates == {"T01": "T01"}


def test_the_access_list_lets_each_truck_speak_and_hear_only_for_itself(tmp_path: Path) -> None:
    site = load(site_with(tmp_path, ("fleet.toml", "[[truck]]", TWO_TRUCKS)))
    of = {block.splitlines()[0]: block.splitlines()[1:] for block in access_list(site, "lane").split("user ")[1:]}
    assert set(of) == {"lane", "T01", "truck two", "orders", "customs-vn", "customs-cn"}
    assert [line for line in of["truck two"] if line] == [
        *(f"topic write uagv/v2/m/T02/{topic}" for topic in ("connection", "state", "factsheet", "visualization")),
        *(f"topic read uagv/v2/m/T02/{topic}" for topic in ("order", "instantActions")),
    ]
    assert "topic write uagv/v2/m/T02/order" in of["lane"]
    assert "topic read uagv/v2/m/T02/state" in of["lane"]


def test_the_access_list_lets_each_authority_clear_only_in_its_own_name(tmp_path: Path) -> None:
    named = 'map_id = "bac-luan-2"\norders_from = ["yard", "port"]\ncustoms_cn = "gacc"'
    site = load(site_with(tmp_path, ("site.toml", 'map_id = "bac-luan-2"', named)))
    of = {block.splitlines()[0]: block.splitlines()[1:] for block in access_list(site, "lane").split("user ")[1:]}
    base = "lanectl/v1/bac-luan-2"
    assert [line for line in of["gacc"] if line] == [
        f"topic write {base}/clearance/CN",
        f"topic read {base}/clearance/CN/ack",
        f"topic read {base}/clearance/CN/declared",
    ]
    assert of["yard"] == of["port"]
    assert f"topic write {base}/orders/request" in of["yard"]
    assert not [line for line in of["yard"] if "clearance" in line]
    writers = {name for name, lines in of.items() if f"topic write {base}/clearance/VN" in lines}
    assert writers == {"customs-vn"}


def test_the_access_list_is_printed_and_a_broken_site_is_not(tmp_path: Path) -> None:
    good = CliRunner().invoke(app, ["vda", "acl", str(site_with(tmp_path / "good")), "--controller", "gate-vn"])
    assert (good.exit_code, "user gate-vn\n" in good.stdout) == (0, True)
    broken = site_with(tmp_path / "broken", ("fleet.toml", 'serial = "T01"', 'serial = "T 01"'))
    assert CliRunner().invoke(app, ["vda", "acl", str(broken)]).exit_code == 3
