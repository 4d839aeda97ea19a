"""The demo runs on a copy of a real site: the same lane, other devices."""

from pathlib import Path

from lanectl.config import load
from lanectl.demo_site import DemoParts, demo_fleet, demo_manifest, demo_plates, make_demo_site
from lanectl.persons import hash_pin
from lanectl.plates import country
from lanectl.site.facts import Person, Role
from tests.site_files import SHIPPED, site_with

SITE = load(SHIPPED)


def parts(trucks: int = 3) -> DemoParts:
    fleet = demo_fleet(SITE, trucks)
    return DemoParts(
        devices={port.name: f"/run/demo/{port.name}" for port in SITE.ports},
        cameras={"vn-front": "http://127.0.0.1:8571/vn-front"},
        mqtt_port=18830,
        fleet=fleet,
        manifest=demo_manifest(demo_plates(fleet, seed=7), crossings_each=2),
        persons=(Person("lan", (Role.OPERATOR, Role.TECHNICIAN), hash_pin("1234")),),
    )


def test_a_demo_site_is_the_same_lane_on_pseudo_terminals(tmp_path: Path) -> None:
    demo = make_demo_site(SHIPPED, tmp_path / "demo", parts())

    assert (demo.layout, demo.positions, demo.units, demo.signals) == (SITE.layout, SITE.positions, SITE.units, SITE.signals)
    assert all(port.pseudo and port.device.startswith("/run/demo/") for port in demo.ports)
    assert (demo.mqtt.port, demo.cameras[0].source) == (18830, "http://127.0.0.1:8571/vn-front")
    assert [truck.serial for truck in demo.fleet] == ["T01", "T02", "T03"]
    assert (demo.manifest, demo.persons) == (parts().manifest, demo.persons)
    assert demo.persons[0].name == "lan"


def test_a_site_with_a_broker_behind_tls_is_copied_to_loopback_without(tmp_path: Path) -> None:
    tls = 'host = "192.0.2.7"\ntls = { authority = "a.pem", certificate = "c.pem", key = "k.pem" }'
    source = site_with(tmp_path, ("site.toml", 'host = "127.0.0.1"', tls))

    demo = make_demo_site(source, tmp_path / "demo", parts())

    assert load(source).mqtt.tls is not None
    assert (demo.mqtt.host, demo.mqtt.tls) == ("127.0.0.1", None)


def test_a_demo_of_no_trucks_and_no_persons_is_made_too(tmp_path: Path) -> None:
    empty = DemoParts({}, {}, 18830, demo_fleet(SITE, 1), (), ())

    assert make_demo_site(SHIPPED, tmp_path / "demo", empty).manifest == ()


def test_no_two_plates_of_a_demo_can_be_taken_for_each_other() -> None:
    plates = list(demo_plates(demo_fleet(SITE, 200), seed=3).values())

    assert len(plates) == 200
    assert all(country(plate) == "VN" for plate in plates)
    assert all(sum(x != y for x, y in zip(a, b, strict=True)) >= 2 for i, a in enumerate(plates) for b in plates[:i])


def test_the_same_seed_draws_the_same_plates() -> None:
    fleet = demo_fleet(SITE, 5)

    assert demo_plates(fleet, 1) == demo_plates(fleet, 1) != demo_plates(fleet, 2)
