"""Every mistake that a site can hold is named by its code, at its place, and explained."""

import os
import re
from pathlib import Path

import pytest

from lanectl import site
from lanectl.layout import LayoutError
from lanectl.site.codes import explanations
from tests.site_files import SHIPPED, Edit, codes_of, problems_of, site_with

GATE, SITE, FLEET, MANIFEST, PERSONS = "gate-cn.toml", "site.toml", "fleet.toml", "manifest.toml", "persons.toml"

FIVE_MORE_MODULES = "".join(
    f'[[unit]]\nname = "x{n}"\nport = "bridge-io"\nkind = "moxa-r1214"\naddress = {n}\ninputs = [""]\n' for n in range(10, 15)
)

ENTRY = "gate-vn.toml"
SECOND_TRUCK = 'serial = "T02"\nmanufacturer = "m"\nlength_m = 17.0\nbraking_mps2 = 1.5\n'
SCALE = "".join((SHIPPED / ENTRY).read_text(encoding="utf-8").partition("[scale]\n")[1:])
MISTAKES: dict[str, tuple[Edit, ...]] = {
    "C001": ((SITE, '"fleet.toml"', '"trucks.toml"'),),
    "C003": ((GATE, "at_m = 618.0", "at_m = = 618.0"),),
    "C010": ((GATE, "at_m = 618.0", "# at_m = 618.0"),),
    "C011": ((GATE, "at_m = 618.0", 'at_m = "618"'),),
    "C012": ((GATE, "vacant_when", "vacant_wen"),),
    "C013": ((GATE, "address = 1", "address = 300"),),
    "C014": ((GATE, 'kind = "moxa-r1214"', 'kind = "moxa-r1215"'),),
    "C015": ((SITE, "boom_travel_s_max = 8.0", "boom_travel_s_max = 9.0"),),
    "C016": ((GATE, "Asia/Shanghai", "Asia/Dongxing"),),
    "C017": ((GATE, "stop_proof_input = 4", "stop_proof_input = 6"),),
    "C020": ((SITE, 'name = "P2"', 'name = "P1"'),),
    "C021": ((GATE, 'unit = "io-cn"', 'unit = "io-ch"'),),
    "C022": ((SITE, "address = 2", "address = 1"),),
    "C023": ((GATE, "lanectl-cn-io", "lanectl-cn-barrier"),),
    "C024": ((GATE, 'parity = "E"', 'parity = "N"'),),
    "C026": ((SITE, '"P7-b", ', '"", '),),
    "C027": ((SITE, '"P7-a", "P7-b", ""', '"P7-a", "P7-b", "P7-a"'),),
    "C029": ((GATE, "stop_proof_input = 4", "stop_proof_input = 3"),),
    "C030": (
        (GATE, 'kind = "moxa-r1214"', 'kind = "waveshare-8ch"'),
        (GATE, 'safe_relays = ["OFF", "OFF", "OFF", "OFF", "OFF", "OFF"]', ""),
    ),
    "C031": ((GATE, "watchdog_s = 2", "watchdog_s = 3"),),
    "C032": ((GATE, 'safe_relays = ["OFF"', 'safe_relays = ["HOLD"'),),
    "C033": ((GATE, 'unit = "io-cn"', 'unit = "io-vn"'),),
    "C034": ((GATE, 'kind = "curtain"', 'kind = "loop"'),),
    "C035": (
        (SITE, "baud = 38400", "baud = 9600"),
        (SITE, "# The bridge's input modules", FIVE_MORE_MODULES + "# The bridge's input modules"),
    ),
    "C040": ((SITE, "at_m = 154.5", "at_m = 54.5"),),
    "C041": ((SITE, '[[section]]\nname = "K1"\nstop_short_m = 12.0\n', ""),),
    "C042": ((SITE, "stop_short_m = 12.0", "stop_short_m = 1.0"),),
    "C043": (
        (FLEET, "length_m = 17.0", "length_m = 59.0"),
        (GATE, "clear_m = 45.0", "clear_m = 90.0"),
        (SITE, "stop_short_m = 12.0", "stop_short_m = 20.0"),
        (ENTRY, "length_m = 19.0", "length_m = 119.0"),
    ),
    "C044": ((FLEET, "braking_mps2 = 1.5", "braking_mps2 = 0.2"),),
    "C045": ((SITE, "stop_short_m = 3.0 ", "stop_short_m = 4.0 "),),
    "C046": ((GATE, "stop_short_m = 3.0", "stop_short_m = 7.0"), (SITE, "stop_short_m = 3.0 ", "stop_short_m = 7.0 ")),
    "C047": ((GATE, "clear_m = 45.0", "clear_m = 20.0"),),
    "C048": ((FLEET, "length_m = 17.0", "length_m = 8.0"),),
    "C050": ((MANIFEST, "14C12345", "14I12345"),),
    "C051": (
        (FLEET, "[[truck]]", '[[truck]]\nserial = "T02"\nmanufacturer = "m"\nlength_m = 17.0\nbraking_mps2 = 1.5\n[[truck]]'),
        (MANIFEST, "[[consignment]]", '[[consignment]]\nid = "C9"\ntruck = "T02"\nplate = "14C-123.45"\n[[consignment]]'),
    ),
    "C052": ((MANIFEST, '"T01"', '"T99"'),),
    "C054": ((SITE, "127.0.0.1", "192.0.2.7"),),
    "C055": ((PERSONS, "# Who", '[[person]]\nname = "Lan"\nroles = []\n# Who'),),
    "C061": (
        (SITE, 'direction = "VN_TO_CN"', 'direction = "VN_TO_CN"\nboth_ways = true'),
        (SITE, "weight_needed = true", "weight_needed = false"),
    ),
    "C062": ((GATE, "clear_m = 45.0", "clear_m = 45.0\nback_stop_short_m = 3.0"),),
    "C063": ((SITE, "[[section]]", '[[yard_action]]\nbehind = "vn"\ntype = "drop"\n[[section]]'),),
    "C064": ((SITE, "[[section]]", 2 * '[[yard_action]]\nbehind = "cn"\ntype = "drop"\n' + "[[section]]"),),
    "C065": (
        (
            FLEET,
            "[[truck]]",
            '[[truck]]\nserial = "T02"\ncertificate = "T01"\nmanufacturer = "m"\nlength_m = 17.0\nbraking_mps2 = 1.5\n[[truck]]',
        ),
    ),
    "C066": ((SITE, "overlap_sections", "load_kg_max = 40000\noverlap_sections"),),
    "C057": (
        (FLEET, "[[truck]]", f"[[truck]]\n{SECOND_TRUCK}marker = 7\n[[truck]]"),
        (FLEET, 'serial = "T01"', 'marker = 7\nserial = "T01"'),
    ),
    "C058": ((SITE, "container_needed = false", "container_needed = true\nrear_plate_needed = true"),),
    "C059": ((MANIFEST, "cleared_by", 'container = "CSQU3054384"\ncleared_by'),),
    "C067": ((ENTRY, SCALE, ""),),
    "C068": ((ENTRY, 'port = "vn-scale"', 'port = "vn-io"'),),
    "C069": ((ENTRY, "at_m = -12.0", "at_m = -10.0"),),
    "C056": ((PERSONS, "# Who", '[[person]]\nname = "Lan"\nroles = ["operator"]\npin = "1234"\n# Who'),),
}

OF_SCENARIOS = {"C070", "C071", "C072", "C073"}  # provoked in tests/scenarios and tests/soak/test_profiles.py
ELSEWHERE = {"C002", "C004", "C060", "C074"}  # the last one in test_config_ways.py


@pytest.mark.parametrize("code", MISTAKES)
def test_each_mistake_is_named_by_its_code_and_by_no_other(code: str, tmp_path: Path) -> None:
    assert set(codes_of(site_with(tmp_path, *MISTAKES[code]))) == {code}


@pytest.mark.parametrize("name", [SITE, MANIFEST])
def test_a_pipe_is_no_file_and_is_not_waited_for(name: str, tmp_path: Path) -> None:
    folder = site_with(tmp_path)
    (folder / name).unlink()
    os.mkfifo(folder / name)

    (problem,) = problems_of(folder)

    assert (problem.code, "cannot be read: it is no file" in problem.message) == ("C001", True)


def test_a_file_that_is_not_utf8_is_named_with_the_place_of_the_byte(tmp_path: Path) -> None:
    folder = site_with(tmp_path)
    (folder / GATE).write_bytes(b"[gate]\nname = \"cn\"\ntitle = '\xff'\n")

    (problem,) = problems_of(folder)

    assert (problem.code, problem.file, problem.line, problem.column) == ("C002", GATE, 3, 10)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    folder = site_with(tmp_path)
    (folder / FLEET).write_bytes(b"")

    assert codes_of(folder) == ["C004"]


def test_what_only_the_layout_finds_is_a_problem_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot_exist(*_: object) -> None:
        raise LayoutError("node K1-stop is described twice")

    monkeypatch.setattr("lanectl.config.layout_of", cannot_exist)

    assert codes_of(site_with(tmp_path)) == ["C060"]


@pytest.mark.parametrize(("relay", "code"), [(0, "C033"), (6, "C017")])
def test_a_marker_relay_is_one_of_the_module_and_no_lamp(relay: int, code: str, tmp_path: Path) -> None:
    assert codes_of(site_with(tmp_path, (GATE, "marker_relay = 5", f"marker_relay = {relay}"))) == [code]


def test_a_boom_with_no_detector_under_it_is_refused(tmp_path: Path) -> None:
    text = (site_with(tmp_path) / GATE).read_text()
    under = text[text.index("under = [") : text.index("]\nclear") + 1]

    assert "C034" in codes_of(site_with(tmp_path / "second", (GATE, under, "under = []")))


def test_every_code_that_the_checks_use_is_explained_and_provoked_here() -> None:
    sources = [path.read_text() for path in Path(site.__file__ or "").parent.glob("*.py")]
    config = Path(site.__file__ or "").parent.parent / "config.py"
    used = set(re.findall(r'"(C0\d\d)"', "".join([*sources, config.read_text()])))

    assert used == {*MISTAKES, *ELSEWHERE}
    assert {*used, *OF_SCENARIOS} == set(explanations())


@pytest.mark.parametrize("code", explanations())
def test_each_explanation_says_what_why_and_what_to_do(code: str) -> None:
    found = explanations()[code]

    assert all(len(text) > 15 for text in (found.what, found.why, found.do))
