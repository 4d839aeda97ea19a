"""`lanectl plate waiting | confirm`: what waits for a person, with its picture, and the act that ends the doubt."""

import json
from dataclasses import replace as changed
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from lanectl import operating_client
from lanectl.__main__ import app
from lanectl.commands import acts
from lanectl.model import Candidate, Match, Sight, SightReported
from lanectl.status import LaneStatus
from tests.fake_lane import FakeLane, read

EVIDENCE = "7c1e09af" * 8
CANDIDATES = (Candidate("T11", "14C12345", 0.93), Candidate("T12", "14C12346", 0.07))


def doubtful() -> LaneStatus:
    identity = read("vn", Match.UNSURE, "14C12345", score=0.9)
    return FakeLane.working().with_gate("vn", identity=replace(identity, candidates=CANDIDATES)).status()


def unread(read: str = "") -> LaneStatus:
    """Frames agree on nothing of the plate at the rear, which the site needs, nor of the container's number, which it does not."""
    rear = SightReported("vn", Sight.REAR, "", 0.4, EVIDENCE, read, (Candidate("T11", "14R01234", 0.6),) if read else ())
    lane = FakeLane.working().with_gate("vn", sights=(rear, replace(rear, sight=Sight.CONTAINER)))
    needed = changed(lane.scene.layout, rear_plate_needed=True)
    return changed(lane, scene=changed(lane.scene, layout=needed)).status()


def asked(monkeypatch: pytest.MonkeyPatch, status: LaneStatus, *words: str) -> Result:
    monkeypatch.setattr(operating_client, "find_socket", lambda named=None: Path("/nowhere"))
    monkeypatch.setattr(operating_client, "status", lambda path: msgspec.json.encode(status))
    return CliRunner().invoke(app, ["plate", *words])


def test_what_waits_is_told_with_its_candidates_and_its_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / f"{EVIDENCE}.jpg").write_bytes(b"picture")
    told = asked(monkeypatch, doubtful(), "waiting", "--evidence", str(tmp_path))
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines() == [
        "vn: 14C12345 (score 0.90) waits to be confirmed",
        "  T11  14C12345  0.930",
        "  T12  14C12346  0.070",
        f"  picture: {tmp_path / EVIDENCE}.jpg",
    ]


def test_a_picture_that_is_gone_is_said_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = asked(monkeypatch, doubtful(), "waiting", "--evidence", str(tmp_path))
    assert f"picture {EVIDENCE} is not in {tmp_path}" in told.stdout


def test_programs_get_one_object_a_plate(monkeypatch: pytest.MonkeyPatch) -> None:
    (held,) = [json.loads(line) for line in asked(monkeypatch, doubtful(), "waiting", "--json").stdout.splitlines()]
    assert (held["gate"], held["match"], held["evidence"]) == ("vn", "UNSURE", EVIDENCE)
    assert [one["truck"] for one in held["candidates"]] == ["T11", "T12"]


def test_a_plate_that_is_sure_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    told = asked(monkeypatch, FakeLane.working().status(), "waiting")
    assert told.stdout == "Nothing waits to be confirmed.\n"


def test_confirming_names_the_picture_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    performed: list[tuple[object, ...]] = []
    monkeypatch.setattr(acts, "perform", lambda *what, as_json: performed.append(what))
    words = ("confirm", "vn", "--truck", "T11", "--by", "Lan", "--reason", "mud on the last digit")
    assert asked(monkeypatch, doubtful(), *words).exit_code == 0
    ((act, texts, targets, *_),) = performed
    assert (act, targets) == ("CONFIRM", ["vn"])
    assert texts == {"by": "Lan", "reason": "mud on the last digit", "pin": "", "truck": "T11", "evidence": EVIDENCE}


def test_what_is_needed_at_the_rear_and_was_not_read_waits_with_its_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / f"{EVIDENCE}.jpg").write_bytes(b"picture")
    told = asked(monkeypatch, unread("14R0123"), "waiting", "--evidence", str(tmp_path))
    assert told.stdout.splitlines() == [
        "vn: plate at the rear 14R0123 waits to be confirmed",
        "  T11  14R01234  0.600",
        f"  picture: {tmp_path / EVIDENCE}.jpg",
    ]
    told = asked(monkeypatch, unread(), "waiting", "--evidence", str(tmp_path))
    assert told.stdout.startswith("vn: plate at the rear cannot be read")


def test_confirming_what_was_read_at_the_rear_names_its_picture_and_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    performed: list[tuple[object, ...]] = []
    monkeypatch.setattr(acts, "perform", lambda *what, as_json: performed.append(what))
    words = ("confirm", "vn", "--truck", "T11", "--sight", "rear", "--text", "14R-012.34", "--by", "Lan", "--reason", "mud")
    assert asked(monkeypatch, unread(), *words).exit_code == 0
    ((_, texts, *_),) = performed
    assert isinstance(texts, dict)
    assert (texts["sight"], texts["text"], texts["evidence"]) == ("rear", "14R-012.34", EVIDENCE)
