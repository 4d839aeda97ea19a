"""Camera frames from RTSP, motion JPEG over HTTP, V4L2, video files, pictures and folders of pictures.

Every source answers with a `Frame` or says in words why there is none; a source never raises and never waits longer than `SILENCE_S`.
"""

import io
import os
import threading
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from PIL import Image

from drivers.camera_files import VIDEO_SUFFIXES, Pictures, VideoFile, empty, pictures_in
from drivers.frames import PIXELS_MAX, Frame, NoFrame, Picture, decoded, encoded
from drivers.latest import Latest
from drivers.mjpeg import MjpegStream

os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")  # lost packets smear plates

RETRY_S = (0.1, 0.5, 2.0)  # after a picture, and with each opening that brought none
SILENCE_S = 3.0  # a camera sends several frames a second
GLANCE_PX = 1280  # a wider picture keeps enough of its noise at half its size


class Source(Protocol):
    def newest(self, after: float, /) -> Frame | NoFrame:
        """A frame that was not given before, of a camera one taken after that moment of time.monotonic(); waits for it."""

    def trouble(self) -> str:
        """Why no frame would come just now, "" when nothing is known to be in the way. Does not wait."""

    @property
    def live(self) -> "Live | None":
        """What a camera shows now, whoever else looks; None for files, which may show the same again."""

    def close(self) -> None: ...


class Live(Protocol):
    @property
    def frames(self) -> int:
        """How many came so far."""

    def glance(self, after: float, wait_s: float, /) -> "tuple[float, Picture] | None":
        """A frame taken after that moment, and when; it can be read all the same. It may be smaller than the camera's own."""

    def silence(self) -> str:
        """In words why no frame comes."""


def open_source(address: str, *, once: bool = False) -> Source | NoFrame:
    """`address`: rtsp://…, http://… (motion JPEG), /dev/videoN, a picture, a folder of pictures, a video file.

    Files are shown again from the beginning, unless `once`.
    """
    if address.startswith(("http://", "https://")):
        return HttpCamera(address)
    if address.startswith(("rtsp://", "rtsps://", "/dev/video")):
        return LiveCamera(address)
    path = Path(address)
    if path.is_dir():
        return Pictures(path, once=once) if pictures_in(path) else empty(path)
    if not path.exists():
        return NoFrame(f"{path}: there is no such file or camera; check the camera's `source`")
    return VideoFile(path, once=once) if path.suffix.lower() in VIDEO_SUFFIXES else Pictures(path, once=once)


def _glanced(encoded: bytes) -> Picture | None:
    """Quickly, for a look that no plate is read from: a large picture at half its size. None when it cannot be unpacked."""
    try:
        with Image.open(io.BytesIO(encoded)) as image:
            wide, pixels = image.width, image.width * image.height
    except (OSError, SyntaxError, ValueError):
        return None
    if pixels > PIXELS_MAX:
        return None
    how = cv2.IMREAD_REDUCED_COLOR_2 if wide > GLANCE_PX else cv2.IMREAD_COLOR
    picture = cv2.imdecode(np.frombuffer(encoded, np.uint8), how)
    return None if picture is None else picture.astype(np.uint8, copy=False)


class HttpCamera:
    """Motion JPEG: the camera's own files, only the newest is unpacked."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._stream = MjpegStream(address, SILENCE_S)

    def newest(self, after: float, /) -> Frame | NoFrame:
        part = self._stream.pictures.take(after, SILENCE_S)
        return NoFrame(self.silence()) if part is None else decoded(part, self._address)

    def trouble(self) -> str:
        return self.silence() if self._stream.pictures.silent_s > SILENCE_S else ""

    @property
    def live(self) -> "HttpCamera":
        return self

    @property
    def frames(self) -> int:
        return self._stream.pictures.puts

    def glance(self, after: float, wait_s: float, /) -> tuple[float, Picture] | None:
        shown = self._stream.pictures.look(after, wait_s)
        picture = None if shown is None else _glanced(shown[1])
        return None if shown is None or picture is None else (shown[0], picture)

    def close(self) -> None:
        self._stream.close()

    def silence(self) -> str:
        why = self._stream.why or f"no picture for {SILENCE_S:g} s"
        return f"{self._address}: {why}; check the camera's power, network and address"


class LiveCamera:
    """RTSP and V4L2. A thread empties the camera's queue, so that the newest frame is never an old one; it opens a lost camera again."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._newest: Latest[Picture] = Latest()
        self._closed = threading.Event()
        threading.Thread(target=self._run, name=f"camera {address}", daemon=True).start()

    def newest(self, after: float, /) -> Frame | NoFrame:
        picture = self._newest.take(after, SILENCE_S)
        return NoFrame(self.silence()) if picture is None else encoded(picture, self._address)

    def trouble(self) -> str:
        return self.silence() if self._newest.silent_s > SILENCE_S else ""

    @property
    def live(self) -> "LiveCamera":
        return self

    @property
    def frames(self) -> int:
        return self._newest.puts

    def glance(self, after: float, wait_s: float, /) -> tuple[float, Picture] | None:
        return self._newest.look(after, wait_s)

    def close(self) -> None:
        self._closed.set()

    def silence(self) -> str:
        return f"{self._address}: no picture for {SILENCE_S:g} s; check the camera's power, network, address and permissions"

    def _run(self) -> None:
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(SILENCE_S * 1000), cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(SILENCE_S * 1000)]
        device = self._address.startswith("/dev/")
        tries = 0
        while not self._closed.is_set():
            before = self._newest.puts
            capture = cv2.VideoCapture(self._address, cv2.CAP_V4L2) if device else cv2.VideoCapture(self._address, cv2.CAP_FFMPEG, limits)
            taken = capture.isOpened()
            while taken and not self._closed.is_set():
                taken, picture = capture.read()
                if taken:
                    self._newest.put(picture.astype(np.uint8, copy=False))
            capture.release()
            tries = 0 if self._newest.puts > before else min(tries + 1, len(RETRY_S) - 1)
            self._closed.wait(RETRY_S[tries])
