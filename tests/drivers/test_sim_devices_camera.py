"""The simulated cameras' motion JPEG, read by OpenCV as any camera is."""

import asyncio
import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from sim.mjpeg import CameraServer

JPEG: bytes = cv2.imencode(".jpg", np.full((48, 64, 3), (10, 200, 30), np.uint8))[1].tobytes()


@dataclass
class Served:
    """A server in a loop of its own; `made` counts the frames that were asked of the camera."""

    made: int = 0
    port: int = 0
    ready: threading.Event = field(default_factory=threading.Event)
    end: threading.Event = field(default_factory=threading.Event)

    async def jpeg(self) -> bytes:
        self.made += 1
        return JPEG

    async def serve(self) -> None:
        server = CameraServer(0, {"/vn-front.mjpg": self.jpeg}, frame_s=0.02)
        await server.open()
        self.port = server.port
        self.ready.set()
        await asyncio.to_thread(self.end.wait)
        await server.close()


@pytest.fixture
def served() -> Iterator[Served]:
    camera = Served()
    thread = threading.Thread(target=lambda: asyncio.run(camera.serve()))
    thread.start()
    assert camera.ready.wait(5.0)
    yield camera
    camera.end.set()
    thread.join(5.0)
    assert not thread.is_alive()


def test_opencv_reads_the_frames(served: Served) -> None:
    capture = cv2.VideoCapture(f"http://127.0.0.1:{served.port}/vn-front.mjpg")
    try:
        for _ in range(5):
            taken, picture = capture.read()
            assert taken
        assert picture.shape == (48, 64, 3)
        assert abs(int(picture[20, 20, 1]) - 200) < 10
    finally:
        capture.release()


def test_no_frame_is_made_while_nobody_watches(served: Served) -> None:
    assert served.made == 0


def test_another_path_says_which_cameras_there_are(served: Served) -> None:
    link = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5.0)
    link.request("GET", "/")
    answer = link.getresponse()
    assert answer.status == 404
    assert answer.read() == b"cameras: /vn-front.mjpg\n"
    link.close()
