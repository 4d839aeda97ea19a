"""A site's folder becomes one Site, or all its problems at once."""

from pathlib import Path

import pytest

from lanectl.config import load, load_asked
from lanectl.layout import Limits, nodes
from lanectl.site.problems import in_words
from tests.site_files import SHIPPED, codes_of, problems_of, site_with


def test_the_shipped_site_has_the_lane_of_the_bridge() -> None:
    site = load(SHIPPED)

    assert nodes(site.layout) == ("vn-gate", *(f"K{n}-stop" for n in range(1, 8)), "cn-gate", "cn-clear")
    assert [site.positions.nodes[n] for n in ("vn-gate", "K1-stop", "cn-gate", "cn-clear")] == [-3.0, 65.25, 615.0, 663.0]
    assert site.layout.points[0].groups == (("vn-approach",), ("vn-under-loop", "vn-under-curtain"), ("vn-clear",))
    assert (site.layout.points[0].counts_in_at, site.layout.points[8].counts_in_at) == (1, 0)
    assert {u.name for u in site.layout.units if u.signals} == {"io-vn", "io-cn"}
    assert site.positions.detectors["cn-clear"].at_m == 623.0
    assert [site.positions.detectors[d].at_m for d in ("P1-a", "P1-b")] == [76.25, 78.25]


def test_the_hash_changes_with_every_byte_of_every_file_but_the_manifest(tmp_path: Path) -> None:
    """A truck more on the manifest is no other configuration: plans for the gates hold on."""
    before = load(SHIPPED).sha256

    for name in set(load(SHIPPED).files) - {"manifest.toml"}:
        folder = site_with(tmp_path / name)
        (folder / name).write_text((folder / name).read_text() + "\n# a word more\n")
        assert load(folder).sha256 != before, name
    line = ("manifest.toml", 'plate = "14C12345"', 'plate = "14C54321"')
    assert load(site_with(tmp_path, line)).sha256 == before


def test_what_was_read_is_kept_byte_for_byte_for_the_journal(tmp_path: Path) -> None:
    folder = site_with(tmp_path)
    (folder / "fleet.toml").write_bytes((folder / "fleet.toml").read_bytes().replace(b"\n", b"\r\n"))

    site = load(folder)

    assert {name: text.encode() for name, text in site.files.items()} == {p.name: p.read_bytes() for p in folder.iterdir()}


def test_three_mistakes_in_three_files_are_three_problems_each_with_its_place(tmp_path: Path) -> None:
    folder = site_with(
        tmp_path,
        ("gate-cn.toml", "watchdog_s", "watchdog_time"),
        ("site.toml", "speed_mps_max = 6.9", 'speed_mps_max = "25 km/h"'),
        ("manifest.toml", "14C12345", "14C1234"[:-1]),
    )

    found = [(p.code, p.file, p.line, p.column) for p in problems_of(folder)]

    assert found == [("C011", "site.toml", 17, 17), ("C012", "gate-cn.toml", 43, 1), ("C050", "manifest.toml", 6, 9)]


def test_a_mistyped_key_is_shown_with_its_line_a_caret_and_the_nearest_key(tmp_path: Path) -> None:
    words = in_words(problems_of(site_with(tmp_path, ("gate-vn.toml", "input_filter", "input_filtr"))))

    assert words.split("\n") == [
        "gate-vn.toml:44:1: C012 unknown key `input_filtr`",
        "44 | input_filtr = 2",
        "   | ^^^^^^^^^^^ help: did you mean `input_filter`?        (lanectl explain C012)",
        "1 problem. Nothing was changed.",
    ]


def test_the_caret_stands_under_the_value_behind_chinese_text(tmp_path: Path) -> None:
    words = in_words(problems_of(site_with(tmp_path, ("site.toml", 'zh = "北仑河二桥", en = "Bắc Luân II"', 'zh = "北仑河二桥", en = 7'))))

    line, caret = words.split("\n")[1:3]
    assert line[caret.index("^") - 5] == "7"  # five characters of two columns each stand before it


def test_control_characters_from_a_file_never_reach_the_terminal(tmp_path: Path) -> None:
    folder = site_with(tmp_path, ("gate-vn.toml", "input_filter", '"input\\u001b[2J"'), ("gate-vn.toml", 'device = "', 'device = "\\u009b'))

    assert not set("\x1b\x9b") & set(in_words(problems_of(folder)))


@pytest.mark.parametrize(
    ("key", "value"), [("speed_mps_max", "nan"), ("speed_mps_max", "inf"), ("speed_mps_max", "-6.9"), ("speed_mps_max", "true")]
)
def test_a_number_is_finite_positive_and_no_truth_value(key: str, value: str, tmp_path: Path) -> None:
    assert codes_of(site_with(tmp_path, ("site.toml", f"{key} = 6.9", f"{key} = {value}")))[0] in ("C011", "C013")


def test_limits_may_be_tighter_and_default_where_they_are_left_out(tmp_path: Path) -> None:
    site = load(
        site_with(tmp_path, ("site.toml", "boom_travel_s_max = 8.0", "boom_travel_s_max = 6.5"), ("site.toml", "echo_s_max = 2.0", ""))
    )

    assert (site.layout.limits.boom_travel_s_max, site.layout.limits.echo_s_max) == (6.5, Limits().echo_s_max)


def test_a_gate_file_that_cannot_be_read_is_not_also_missed_by_all_that_refer_to_it(tmp_path: Path) -> None:
    folder = site_with(tmp_path)
    (folder / "gate-vn.toml").unlink()

    (problem,) = problems_of(folder)

    assert (problem.code, problem.file, problem.line) == ("C001", "site.toml", 7)


@pytest.mark.parametrize("name", ["../site.toml", "/etc/passwd", "site.toml", ".", "a\\u0000b"])
def test_a_site_names_only_files_beside_it_and_each_once(name: str, tmp_path: Path) -> None:
    assert codes_of(site_with(tmp_path, ("site.toml", '"fleet.toml"', f'"{name}"'))) == ["C001"]


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "nowhere")

    assert problem.code == "C001"
    assert "nowhere" in problem.message


def test_brackets_without_end_and_a_byte_order_mark_are_named_and_not_a_crash(tmp_path: Path) -> None:
    folder = site_with(tmp_path)
    (folder / "fleet.toml").write_text("a = " + "[" * 100_000)
    (folder / "manifest.toml").write_text("\ufeff[[consignment]]\n")

    problems = problems_of(folder)

    assert [p.code for p in problems] == ["C003", "C003"]
    assert "byte order mark" in problems[1].remedy


@pytest.mark.parametrize("name", ["site.toml", "gate-vn.toml", "fleet.toml", "manifest.toml"])
def test_values_of_the_wrong_kind_anywhere_are_problems_and_never_a_crash(name: str, tmp_path: Path) -> None:
    """Each key of the file in turn, where it is first used, is given values that fit nothing."""
    folder = site_with(tmp_path)
    lines = (SHIPPED / name).read_text().split("\n")
    tried = set()
    for number, line in enumerate(lines):
        key, equals, value = line.partition(" = ")
        if not equals or line.startswith(("#", " ")) or value == "[" or key in tried:
            continue
        tried.add(key)
        for wrong in ("1979-05-27", "[]", "{}", '""'):
            (folder / name).write_text("\n".join([*lines[:number], f"{key} = {wrong}", *lines[number + 1 :]]))
            assert all(p.line > 0 for p in problems_of(folder))
    assert tried


def test_every_key_that_a_site_may_hold_is_in_the_reference() -> None:
    reference = (SHIPPED.parent / "README.md").read_text(encoding="utf-8")
    _, asked = load_asked(SHIPPED)

    assert [key for key in sorted(asked) if f"`{key}`" not in reference and f"[{key}]" not in reference] == []
