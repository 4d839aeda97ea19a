"""The sites that ship, and the short forms in which they are written."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.demo_site import DemoParts, demo_fleet, make_demo_site
from lanectl.hours import within
from lanectl.site.facts import Hours, Site
from tests.site_files import SHIPPED, codes_of, site_with

SITES = sorted(path.parent for path in SHIPPED.parent.glob("*/site.toml"))
SITE, FLEET = "site.toml", "fleet.toml"


def written_short(folder: Path) -> Path:
    """The shipped site with standard gates and a stretch instead of every device."""
    target = site_with(folder)
    text = (target / SITE).read_text()
    text = text[: text.index("# Directional detection points")] + "[stretch]\nsections = 8\nstop_short_m = 12.0\n"
    (target / SITE).write_text(text)
    for name in ("gate-vn.toml", "gate-cn.toml"):
        gate = (target / name).read_text()
        head, camera = gate[: gate.index("[[port]]")], gate[gate.index("[[camera]]") :] if "[[camera]]" in gate else ""
        (target / name).write_text(head.replace("[gate]", "[gate]\nstandard = true") + camera)
    return target


def things(site: Site) -> Site:
    ports = tuple(sorted(site.ports, key=lambda port: port.name))
    units = tuple(sorted(site.units, key=lambda unit: unit.name))
    layout = replace(site.layout, units=tuple(sorted(site.layout.units, key=lambda unit: unit.name)))
    return replace(site, folder=Path(), sha256="", files={}, ports=ports, units=units, layout=layout)


@pytest.mark.parametrize("folder", SITES, ids=lambda folder: folder.name)
def test_each_site_that_ships_is_without_a_problem(folder: Path) -> None:
    assert codes_of(folder) == []
    assert load(folder).name == folder.name


def test_a_site_in_its_short_form_is_the_one_with_every_device_spelled_out(tmp_path: Path) -> None:
    assert things(load(written_short(tmp_path))) == things(load(SHIPPED))


def test_a_port_that_the_site_describes_is_taken_instead_of_the_usual_one(tmp_path: Path) -> None:
    folder = written_short(tmp_path)
    text = (folder / SITE).read_text() + '[[port]]\nname = "vn-io"\ndevice = "/dev/ttyS7"\nbaud = 19200\nparity = "N"\n'
    (folder / SITE).write_text(text)
    (port,) = (port for port in load(folder).ports if port.name == "vn-io")
    assert (port.device, port.baud) == ("/dev/ttyS7", 19200)


def test_a_long_stretch_spreads_its_modules_over_several_ports() -> None:
    site = load(SHIPPED.parent / "long-lane")
    assert [port.name for port in site.ports if port.name.startswith("bridge")] == ["bridge-io-1", "bridge-io-2"]
    assert len(site.fleet) == 30
    assert site.fleet[-1].certificate == "T30"


def test_trucks_are_counted_onwards_only_from_a_number(tmp_path: Path) -> None:
    for edit in (('serial = "T01"', 'serial = "one"\ncount = 3'), ('serial = "T01"', 'serial = "T01"\nmarker = 4\ncount = 3')):
        assert "C013" in codes_of(site_with(tmp_path / edit[1][10:13], (FLEET, *edit)))


@pytest.mark.parametrize(
    ("hours", "codes"),
    [
        ('{ open = ["07:00-17:00"], time_zone = "Asia/Shanghai" }', []),
        ('{ open = ["7-17"], time_zone = "Asia/Shanghai" }', ["C016"]),
        ('{ open = ["07:00-24:00"], time_zone = "Asia/Dongxing" }', ["C016", "C016"]),
        ("{ open = [] }", ["C010"]),
        ('"07:00-17:00"', ["C011"]),
    ],
)
def test_opening_hours_are_spans_of_a_day_in_a_time_zone(hours: str, codes: list[str], tmp_path: Path) -> None:
    assert codes_of(site_with(tmp_path, (SITE, "overlap_sections", f"hours = {hours}\noverlap_sections"))) == codes


@pytest.mark.parametrize(
    ("utc", "is_within"), [("00:00", True), ("04:29", True), ("04:30", False), ("16:30", True), ("18:59", True), ("19:00", False)]
)
def test_hours_are_those_of_the_place_and_may_go_over_midnight(utc: str, is_within: bool) -> None:
    hours = Hours(((7 * 60, 11 * 60 + 30), (23 * 60 + 30, 2 * 60)), "Asia/Ho_Chi_Minh")
    assert within(hours, datetime.fromisoformat(f"2026-05-01T{utc}:00+00:00").astimezone(UTC)) is is_within


def test_a_demo_of_a_site_in_its_short_form_stands_on_pseudo_terminals_and_is_open_at_any_hour(tmp_path: Path) -> None:
    source = SHIPPED.parent / "pontoon"
    shipped = load(source)
    parts = DemoParts({port.name: str(tmp_path / port.name) for port in shipped.ports}, {}, 1884, demo_fleet(shipped, 2), (), ())
    site = make_demo_site(source, tmp_path / "demo", parts)
    assert all(port.pseudo and port.device == str(tmp_path / port.name) for port in site.ports)
    assert site.hours is None
    assert site.layout.masses_kg == (("T01", 24_000), ("T02", 24_000))
