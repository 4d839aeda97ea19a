"""The manifest while the controller runs: added, withdrawn, broken, all from the file."""

import shutil
from pathlib import Path

import pytest

from lanectl.config import load
from lanectl.demo_site import write_manifest
from lanectl.manifest import Manifest, declared, withdrawn_meanwhile
from lanectl.model import Authority, ClearanceReported, Consignment, ConsignmentReported, Lane, Standing
from lanectl.site.facts import Declared
from tests.site_files import SHIPPED

FIRST = Declared("C0001", "T01", "14C12345", (Authority.VN, Authority.CN), 23_450)
SECOND = Declared("C0002", "T01", "14C12345", (Authority.VN, Authority.CN), 23_450)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "site"))


def test_a_manifest_that_did_not_change_says_nothing(folder: Path) -> None:
    manifest = Manifest.of(load(folder))
    assert not manifest.changed()
    write_manifest(folder, [FIRST])
    assert manifest.changed()
    assert manifest.read({"C0001"}) == []
    assert not manifest.changed()


def test_a_new_consignment_is_declared_and_cleared(folder: Path) -> None:
    manifest = Manifest.of(load(folder))
    write_manifest(folder, [FIRST, SECOND])
    assert manifest.read({"C0001"}) == declared([SECOND])
    assert declared([SECOND])[0] == ConsignmentReported("C0002", "T01", "14C12345", declared_weight_kg=23_450)


def test_a_withdrawn_consignment_is_held_by_both_authorities(folder: Path) -> None:
    manifest = Manifest.of(load(folder))
    write_manifest(folder, [SECOND])
    held = manifest.read({"C0001"})[:2]
    assert held == [ClearanceReported("C0001", authority, Standing.HELD) for authority in (Authority.VN, Authority.CN)]


def test_a_consignment_that_has_crossed_is_not_held_when_its_line_goes(folder: Path) -> None:
    manifest = Manifest.of(load(folder))
    write_manifest(folder, [SECOND])
    assert manifest.read(set()) == declared([SECOND])


def test_a_clearance_that_is_taken_back_holds_that_authoritys_part(folder: Path) -> None:
    manifest = Manifest.of(load(folder))
    write_manifest(folder, [Declared("C0001", "T01", "14C12345", (Authority.VN,), 23_450)])
    assert manifest.read({"C0001"})[0] == ClearanceReported("C0001", Authority.CN, Standing.HELD)


def test_a_broken_manifest_is_not_taken_and_the_one_before_holds(folder: Path) -> None:
    manifest = Manifest.of(load(folder))
    (folder / "manifest.toml").write_text("[[consignment]\nid = ", encoding="utf-8")
    assert manifest.changed()
    assert manifest.read({"C0001"}) == []
    assert "manifest.toml:1" in manifest.trouble
    write_manifest(folder, [FIRST, SECOND])
    assert manifest.read({"C0001"}) == declared([SECOND])
    assert manifest.trouble == ""


def test_what_was_withdrawn_while_no_controller_ran_is_held_from_its_start() -> None:
    cleared = tuple((authority, Standing.CLEARED) for authority in Authority)
    known = Lane(consignments={"C0001": Consignment("T01", "14C12345", cleared)})
    by_vn_only = Declared("C0001", "T01", "14C12345", (Authority.VN,), 23_450)
    assert withdrawn_meanwhile([by_vn_only], known) == [ClearanceReported("C0001", Authority.CN, Standing.HELD)]
    assert withdrawn_meanwhile([FIRST], known) == []
    assert len(withdrawn_meanwhile([], known)) == 2
