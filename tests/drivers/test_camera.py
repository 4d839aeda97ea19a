"""Frames from pictures, folders, videos and motion JPEG; and what is said when there are none."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import drivers.camera as camera_module
from drivers.camera import Source, open_source
from drivers.frames import Frame, NoFrame, load_picture
from sim.camera import CameraView, jpeg, render

LONG_AGO = 0.0


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent camera is given up after a moment, that the tests need not wait."""
    monkeypatch.setattr(camera_module, "SILENCE_S", 0.3)


def picture_file(folder: Path, name: str = "a.jpg", frame: int = 0) -> Path:
    path = folder / name
    path.write_bytes(jpeg(render(CameraView("14C12345", frame=frame))))
    return path


def opened(address: str | Path, *, once: bool = False) -> Source:
    source = open_source(str(address), once=once)
    assert not isinstance(source, NoFrame), source.reason
    return source


def reason(frame: Frame | NoFrame | Source) -> str:
    assert isinstance(frame, NoFrame)
    return frame.reason


def test_a_picture_is_given_as_it_was_sent(tmp_path: Path) -> None:
    path = picture_file(tmp_path)
    frame = load_picture(path)
    assert isinstance(frame, Frame)
    assert (frame.picture.shape, frame.encoded, frame.suffix) == ((540, 960, 3), path.read_bytes(), ".jpg")


def test_blue_is_blue(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), (0, 0, 255)).save(tmp_path / "blue.png")
    frame = load_picture(tmp_path / "blue.png")
    assert isinstance(frame, Frame)
    assert frame.picture[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"not a picture", "is no picture"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 100, "picture"),
    ],
)
def test_what_is_no_picture_is_named_with_what_to_do(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert str(path) in reason(load_picture(path))
    assert words in reason(load_picture(path))


def test_a_picture_that_was_cut_off_is_broken(tmp_path: Path) -> None:
    path = picture_file(tmp_path)
    path.write_bytes(path.read_bytes()[:20_000])
    assert "is broken" in reason(load_picture(path))


def test_a_picture_of_too_many_pixels_is_not_unpacked(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    assert "too large" in reason(load_picture(tmp_path / "bomb.png"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "none.jpg") in reason(load_picture(tmp_path / "none.jpg"))
    assert "no such file or camera" in reason(open_source(str(tmp_path / "none")))
    assert "no picture in this folder" in reason(open_source(str(tmp_path)))


def test_a_folder_is_shown_in_order_and_again(tmp_path: Path) -> None:
    for name in ("b.jpg", "a.jpg"):
        picture_file(tmp_path, name)
    (tmp_path / "notes.txt").write_text("not shown")
    source = opened(tmp_path)
    assert [Path(f.name).name for f in (source.newest(LONG_AGO) for _ in range(3)) if isinstance(f, Frame)] == ["a.jpg", "b.jpg", "a.jpg"]


def test_a_pipe_is_no_picture_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    assert "this is no file" in reason(load_picture(tmp_path / "a.jpg"))


def test_a_folder_can_be_shown_once(tmp_path: Path) -> None:
    source = opened(picture_file(tmp_path), once=True)
    assert isinstance(source.newest(LONG_AGO), Frame)
    end = source.newest(LONG_AGO)
    assert isinstance(end, NoFrame)
    assert end.ended


def test_a_video_gives_every_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5.0, (960, 540))
    for number in range(2):
        writer.write(render(CameraView("14C12345", frame=number)))
    writer.release()
    source = opened(path, once=True)
    frames = [source.newest(LONG_AGO) for _ in range(3)]
    assert [isinstance(f, Frame) for f in frames] == [True, True, False]
    source.close()


def test_a_video_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    assert "no frame can be read from this video" in reason(opened(tmp_path / "a.mp4").newest(LONG_AGO))


class Camera(BaseHTTPRequestHandler):
    """Motion JPEG as cameras send it, one picture every 20 ms."""

    pictures = tuple(jpeg(np.full((48, 64, 3), shade, np.uint8)) for shade in (60, 120, 180))
    stopped = threading.Event()

    def do_GET(self) -> None:
        if self.path != "/stream":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=--frame")
        self.end_headers()
        number = 0
        while not self.stopped.wait(0.02):
            part = self.pictures[number % len(self.pictures)]
            self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(part), part))
            number += 1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        pass


class CameraHost(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A watcher that leaves is no error."""


@contextmanager
def camera() -> Iterator[str]:
    server = CameraHost(("127.0.0.1", 0), Camera)
    Camera.stopped.clear()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    Camera.stopped.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_network_camera_gives_its_newest_picture_once() -> None:
    with camera() as address:
        source = opened(f"{address}/stream")
        frames = [source.newest(LONG_AGO) for _ in range(3)]
        source.close()
    assert [f.encoded in Camera.pictures for f in frames if isinstance(f, Frame)] == [True] * 3


@pytest.mark.usefixtures("impatient")
def test_a_picture_from_before_the_question_is_not_given() -> None:
    with camera() as address:
        source = opened(f"{address}/stream")
        assert isinstance(source.newest(LONG_AGO), Frame)
        Camera.stopped.set()
        source.newest(LONG_AGO)
        assert "check the camera's power" in reason(source.newest(time.monotonic()))
        source.close()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("address", ["http://127.0.0.1:1/stream", "rtsp://127.0.0.1:1/stream", "/dev/video97"])
def test_a_camera_that_is_not_there_is_named(address: str) -> None:
    source = opened(address)
    assert address in reason(source.newest(LONG_AGO))
    source.close()


@pytest.mark.usefixtures("impatient")
def test_a_page_is_no_camera() -> None:
    with camera() as address:
        source = opened(f"{address}/index.html")
        assert "answers 404" in reason(source.newest(LONG_AGO))
        source.close()


def test_a_folder_that_changes_while_it_is_shown_shows_what_is_there(tmp_path: Path) -> None:
    for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg")):
        picture_file(tmp_path, name, number)
    source = open_source(str(tmp_path))
    assert not isinstance(source, NoFrame)

    def shown() -> str:
        frame = source.newest(0.0)
        return Path(frame.name).name if isinstance(frame, Frame) else frame.reason

    assert shown() == "a.jpg"
    (tmp_path / "b.jpg").unlink()
    picture_file(tmp_path, "d.jpg", 3)
    assert [shown() for _ in range(4)] == ["c.jpg", "a.jpg", "c.jpg", "d.jpg"]
    for path in tmp_path.iterdir():
        path.unlink()
    assert "no picture in this folder" in shown()
    picture_file(tmp_path, "e.jpg", 4)
    assert shown() == "e.jpg"
