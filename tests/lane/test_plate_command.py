"""`lanectl plate read`: what a technician sees, and what the exit code says."""

import json
from pathlib import Path

import cv2
import pytest
import typer
from typer.testing import CliRunner, Result

from lanectl.commands import plate
from sim.camera import CameraView, jpeg, render
from tests.site_files import SHIPPED

APP = typer.Typer()
plate.register(APP)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(APP, ["plate", "read", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, plate_text in (("a.jpg", "14C12345"), ("b.jpg", "桂P12345"), ("c.jpg", "")):
        (tmp_path / name).write_bytes(jpeg(render(CameraView(plate_text))))
    return tmp_path


def test_each_picture_of_a_folder_has_its_line(folder: Path) -> None:
    ran = run(folder)
    assert ran.exit_code == 0
    a, b, c = ran.stdout.splitlines()
    assert a.startswith(f"{folder / 'a.jpg'}: 14C12345  VN, 1 line  score ")
    assert "桂P12345  CN, 1 line" in b
    assert c == f"{folder / 'c.jpg'}: no text that could be a plate"


def test_programs_get_every_character_with_its_score(folder: Path) -> None:
    ran = run(folder / "a.jpg", "--json")
    held = json.loads(ran.stdout)
    assert held["schema_version"] == 1
    (read,) = held["reads"]
    assert "".join(character for character, _ in read["characters"]) == read["text"] == "14C12345"
    assert len(read["corners"]) == 4


def test_what_cannot_be_opened_is_named_and_the_rest_is_read(folder: Path) -> None:
    (folder / "b.jpg").write_bytes(b"")
    (folder / "d.jpg").write_text("a letter")
    ran = run(folder)
    assert ran.exit_code == 1
    assert f"{folder / 'b.jpg'}: the file is empty" in ran.stderr
    assert f"{folder / 'd.jpg'}: this is no picture" in ran.stderr
    assert len(ran.stdout.splitlines()) == 2


def test_without_a_second_opinion_the_same_plates_are_read(folder: Path) -> None:
    ran = run(folder, "--quick", "--json")
    assert ran.exit_code == 0
    texts = [[read["text"] for read in json.loads(line)["reads"]] for line in ran.stdout.splitlines()]
    assert texts == [["14C12345"], ["桂P12345"], []]


def test_container_numbers_are_told_only_when_asked_for(folder: Path) -> None:
    ran = run(folder / "a.jpg", "--container")
    assert ran.exit_code == 0
    assert ran.stdout.splitlines()[1:] == [f"{folder / 'a.jpg'}: no container number"]
    assert json.loads(run(folder / "a.jpg", "--container", "--json").stdout)["containers"] == []
    assert "containers" not in json.loads(run(folder / "a.jpg", "--json").stdout)


def test_a_video_is_read_at_its_moments(tmp_path: Path) -> None:
    film = tmp_path / "gate.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 10, (960, 540))
    for number in range(10):
        writer.write(render(CameraView("14C12345", frame=number)))
    writer.release()
    ran = run(film, "--every", 0.5, "--json", "--annotate", tmp_path / "drawn")
    assert ran.exit_code == 0
    *held, together = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (together["frames"], together["together"]) == (2, None)
    assert [(one["at_s"], one["reads"][0]["text"]) for one in held] == [(0.0, "14C12345"), (0.5, "14C12345")]
    assert len(list((tmp_path / "drawn").iterdir())) == 2


@pytest.fixture
def film(tmp_path: Path) -> Path:
    writer = cv2.VideoWriter(str(tmp_path / "gate.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (960, 540))
    for number in range(4):
        writer.write(render(CameraView("14C12345", frame=number)))
    writer.release()
    return tmp_path / "gate.avi"


def test_what_the_frames_of_a_video_say_together_ends_it(film: Path) -> None:
    assert run(film, "--every", 0.1, "--quick").stdout.splitlines()[-1] == f"{film}: together: 4 frames agree on 14C12345"


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("14C-123.45\n14C-123.46\n", "MATCHED 14C12345 14C12345 after 3 frames"),
        ("14C-123.46\n14C-123.55\n", "NOT_LISTED 14C12345"),
    ],
)
def test_a_video_is_held_against_a_manifest_full_of_neighbours(film: Path, tmp_path: Path, listed: str, said: str) -> None:
    (tmp_path / "listed.txt").write_text(listed, encoding="utf-8")
    ran = run(film, "--every", 0.1, "--quick", "--manifest", tmp_path / "listed.txt")
    assert ran.stdout.splitlines()[-1] == f"{film}: together: {said}"


def test_a_sites_own_manifest_names_the_truck(film: Path) -> None:
    ran = run(film, "--every", 0.1, "--quick", "--manifest", SHIPPED / "manifest.toml")
    assert ran.stdout.splitlines()[-1] == f"{film}: together: MATCHED T01 14C12345 after 3 frames"


@pytest.mark.parametrize("text", ["", "no plate at all", "\x00"])
def test_a_list_of_no_plates_is_named_with_what_to_give(film: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "listed.txt").write_text(text, encoding="utf-8")
    ran = run(film, "--manifest", tmp_path / "listed.txt")
    assert ran.exit_code == 2
    assert f"{tmp_path / 'listed.txt'}: " in ran.stderr
    assert "give" in ran.stderr


def test_a_broken_video_says_so(tmp_path: Path) -> None:
    (tmp_path / "gate.mp4").write_bytes(b"no video")
    ran = run(tmp_path / "gate.mp4")
    assert ran.exit_code == 1
    assert "no frame can be read from this video" in ran.stderr


def test_a_folder_without_pictures_says_what_to_name(tmp_path: Path) -> None:
    ran = run(tmp_path)
    assert ran.exit_code == 1
    assert "no picture in this folder" in ran.stderr


def test_the_drawing_shows_the_text_in_its_place(folder: Path) -> None:
    run(folder / "b.jpg", "--annotate", folder / "drawn")
    svg = (folder / "drawn" / "b.jpg.svg").read_text(encoding="utf-8")
    assert "<polygon" in svg
    assert ">桂P12345 " in svg


def test_each_character_is_drawn_in_the_colour_of_how_sure_it_is(folder: Path) -> None:
    run(folder / "a.jpg", "--annotate", folder / "drawn")
    svg = (folder / "drawn" / "a.jpg.svg").read_text(encoding="utf-8")
    assert svg.count("<tspan ") == len("14C12345")


def test_a_place_where_no_drawing_can_be_written_is_named(folder: Path) -> None:
    ran = run(folder / "a.jpg", "--annotate", folder / "b.jpg")
    assert ran.exit_code == 1
    assert "name another folder with --annotate" in ran.stderr
