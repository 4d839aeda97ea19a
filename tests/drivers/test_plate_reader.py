"""The reader on drawn trucks, on photographs, and on what is no plate."""

import random
import socket

import numpy as np
import pytest

from drivers.frames import Frame, load_picture
from drivers.plate_reader import engine
from drivers.plate_reader.reader import OPINION, PlateReader
from lanectl.plates import CN_PROVINCES, FORMATS
from sim.camera import CameraView, render
from sim.drawn_plate import Colour
from tests.photographs import photograph

SEED = 20261121
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader(FORMATS)


def random_plate(draw: random.Random) -> str:
    if draw.random() < 0.5:
        return f"{draw.randrange(11, 100)}{draw.choice(['C', 'H', 'D', 'R', 'LD'])}{draw.randrange(100_000):05d}"
    return draw.choice(CN_PROVINCES) + draw.choice(LETTERS) + "".join(draw.choice("0123456789" * 3 + LETTERS) for _ in range(5))


def test_drawn_trucks_of_both_countries_are_read(reader: PlateReader) -> None:
    draw = random.Random(SEED)
    wrong = []
    for number in range(30):
        view = CameraView(random_plate(draw), draw.uniform(2.5, 5.0), number, draw.choice((1, 2)), draw.choice(list(Colour)))
        reads = reader.read(render(view))
        if not reads or reads[0].text != view.plate:
            wrong.append((view, reads))
    assert not wrong, f"seed {SEED}"  # of 600 drawn plates 599 were read, three seeds of 200


def test_an_empty_lane_shows_no_plate(reader: PlateReader) -> None:
    assert [read for read in reader.read(render(CameraView())) if read.country] == []


def test_a_read_tells_where_the_plate_is_and_how_sure_each_character_is(reader: PlateReader) -> None:
    (read,) = reader.read(render(CameraView("14C12345")))
    assert (read.country, read.lines, "".join(c for c, _ in read.characters)) == ("VN", 1, "14C12345")
    assert 0.85 < read.weakest == min(score for _, score in read.characters) <= read.score <= 1.0
    left, right = read.corners[0][0], read.corners[1][0]
    assert 380 < left < right < 580  # the middle of 960


def test_a_text_that_is_no_plate_is_shown_as_it_is(reader: PlateReader) -> None:
    (read,) = reader.read(render(CameraView("IVECO")))
    assert (read.text, read.country) == ("IVECO", "")


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 2000, 3), (2000, 2, 3), (40, 40, 3)])
def test_a_picture_of_any_shape_is_looked_at(reader: PlateReader, shape: tuple[int, int, int]) -> None:
    assert reader.read(np.full(shape, 128, np.uint8)) == ()


@pytest.mark.parametrize(
    ("name", "plate", "lines"),
    [
        ("vn/scene/vn005.jpg", "30Y7504", 1),
        ("vn/scene/vn013.jpg", "30Y1344", 1),
        ("cn/scene/cn002.jpg", "豫ERU586", 1),
        ("cn/scene/cn004.jpg", "京EA5331", 2),
        ("vn/scene/vn230.jpg", "73D117946", 2),  # two fifths of the picture wide
        ("cn/scene/cn200.jpg", "皖BBC666", 1),  # small and blurred
        ("cn/scene/cn279.jpg", "赣K11978", 1),  # in the dark
    ],
)
def test_photographed_plates_are_read(reader: PlateReader, name: str, plate: str, lines: int) -> None:
    frame = load_picture(photograph(name))
    assert isinstance(frame, Frame)
    reads = reader.read(frame.picture)
    surest = max(reads, key=lambda read: read.weakest)  # a crash barrier may be taken for a plate too, but for no sure one
    assert (surest.text, surest.lines) == (plate, lines)
    assert all(read.weakest < OPINION for read in reads if read is not surest)


def test_the_network_is_never_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the plate reader opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert PlateReader(FORMATS).read(render(CameraView("桂P12345")))[0].text == "桂P12345"


def test_missing_weights_say_what_to_install() -> None:
    with pytest.raises(FileNotFoundError, match="make setup"):
        engine.weights("PP-OCRv9_det_none.onnx")


@pytest.mark.parametrize("file", [engine.FINDER, engine.READER])
def test_weights_tell_nothing_of_the_machine_that_made_them(file: str) -> None:
    assert b"File " not in engine.own_weights(file).read_bytes()
