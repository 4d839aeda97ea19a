"""Camera frames from RTSP, motion JPEG over HTTP, V4L2, video files, pictures and folders of pictures.

Every source answers with a `Frame` or says in words why there is none; a source never raises and never waits longer than `SILENCE_S`.
"""

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from drivers.latest import Latest
from drivers.mjpeg import MjpegStream

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # what is wrong is said once, in our words
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # and not with each try to open a camera that is away
os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")  # lost packets smear plates

Image.MAX_IMAGE_PIXELS = None  # `decoded` has a stricter limit of its own, and says what to do

Picture = NDArray[np.uint8]

RETRY_S = (0.1, 0.5, 2.0)  # after a picture, and with each opening that brought none
SILENCE_S = 3.0  # a camera sends several frames a second
FILE_BYTES_MAX = 40_000_000
PIXELS_MAX = 50_000_000  # the largest cameras have 12 million; a decoded picture takes 3 bytes each
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
VIDEO_SUFFIXES = frozenset({".mp4", ".mkv", ".avi", ".mov", ".ts", ".m4v"})
FRAMES_PER_S_MAX = 240  # a file that claims more is wrong about itself
GLANCE_PX = 1280  # a wider picture keeps enough of its noise at half its size
JPEG_QUALITY = 92  # of frames that a camera did not send as a picture file


@dataclass(frozen=True, slots=True)
class Frame:
    """`encoded`: the picture's file, as the camera sent it where it sent one; `suffix`: of such a file."""

    picture: Picture
    encoded: bytes
    suffix: str
    name: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.encoded).hexdigest()


@dataclass(frozen=True, slots=True)
class NoFrame:
    """Why there is no frame, and what to do. `ended`: there will never be another one."""

    reason: str
    ended: bool = False


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
        return Pictures(path, once=once) if pictures_in(path) else _empty(path)
    if not path.exists():
        return NoFrame(f"{path}: there is no such file or camera; check the camera's `source`")
    return VideoFile(path, once=once) if path.suffix.lower() in VIDEO_SUFFIXES else Pictures(path, once=once)


def pictures_in(path: Path) -> tuple[Path, ...]:
    """Of a folder in order, those that are there now; a picture's own path otherwise."""
    return tuple(sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)) if path.is_dir() else (path,)


def _empty(folder: Path) -> NoFrame:
    return NoFrame(f"{folder}: no picture in this folder; put .jpg or .png files there")


def load_picture(path: Path) -> Frame | NoFrame:
    """A picture file, bounded in size."""
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, a device read without end
            return NoFrame(f"{path}: this is no file; give a .jpg or .png file")
        if path.stat().st_size > FILE_BYTES_MAX:
            return NoFrame(
                f"{path}: {path.stat().st_size / 1e6:.0f} MB is too large for a camera picture; at most {FILE_BYTES_MAX / 1e6:.0f} MB"
            )
        encoded = path.read_bytes()
    except OSError as error:
        return NoFrame(f"{path}: cannot be read: {error.strerror or error}")
    return decoded(encoded, str(path))


def decoded(encoded: bytes, name: str) -> Frame | NoFrame:
    """A picture file's bytes as BGR, upright. Its size is looked at before it is unpacked."""
    if not encoded:
        return NoFrame(f"{name}: the file is empty; take the picture again")
    try:
        with Image.open(io.BytesIO(encoded)) as image:
            if image.width * image.height > PIXELS_MAX:
                return NoFrame(f"{name}: {image.width} x {image.height} is too large; at most {PIXELS_MAX // 1_000_000} million pixels")
            suffix = f".{(image.format or 'bin').lower()}".replace(".jpeg", ".jpg")
            rgb = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except UnidentifiedImageError:
        return NoFrame(f"{name}: this is no picture; give a .jpg or .png file")
    except (OSError, SyntaxError, ValueError) as error:  # Pillow's ways to say that a file is damaged
        return NoFrame(f"{name}: the picture is broken ({error}); take it again")
    return Frame(np.ascontiguousarray(rgb[:, :, ::-1]), encoded, suffix, name)


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


class Pictures:
    """A picture, or a folder's in order, one at each call. The folder may change: it is listed anew for each round."""

    def __init__(self, path: Path, *, once: bool) -> None:
        self._path = path
        self._once = once
        self._left: Iterator[Path] = iter(pictures_in(path))
        self._shown = 0

    def newest(self, _: float, /) -> Frame | NoFrame:
        found = self._following()
        if found is None and self._once:
            return NoFrame(f"all {self._shown} pictures were shown", ended=True)
        if found is None:
            self._left = iter(pictures_in(self._path))
            found = self._following()
        if found is None:
            return _empty(self._path)
        self._shown += 1
        return load_picture(found)

    def _following(self) -> Path | None:
        """What was taken away since the round began is passed over; a picture of its own is named when it is gone."""
        return next((path for path in self._left if path == self._path or path.exists()), None)

    def trouble(self) -> str:
        return ""

    @property
    def live(self) -> None:
        return None

    def close(self) -> None:
        pass


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


class VideoFile:
    """A recording, every frame of it."""

    def __init__(self, path: Path, *, once: bool) -> None:
        self._path = path
        self._once = once
        self._shown = 0
        self._capture = cv2.VideoCapture(str(path))

    def newest(self, _: float, /) -> Frame | NoFrame:
        taken, picture = self._capture.read()
        if not taken and not self._once:
            self._capture.release()
            self._capture = cv2.VideoCapture(str(self._path))
            taken, picture = self._capture.read()
        if not taken and self._once and self._shown:
            return NoFrame(f"{self._path}: all {self._shown} frames were shown", ended=True)
        if not taken:
            return NoFrame(f"{self._path}: no frame can be read from this video; play it to see whether it is whole", ended=self._once)
        self._shown += 1
        return _encoded(picture.astype(np.uint8, copy=False), str(self._path))

    def trouble(self) -> str:
        return ""

    @property
    def live(self) -> None:
        return None

    def close(self) -> None:
        self._capture.release()


def moments(path: Path, every_s: float) -> Iterator[tuple[float, Frame | NoFrame]]:
    """A recording's frames, one every so many seconds, each with its time from the start. A video that shows nothing says so once."""
    capture = cv2.VideoCapture(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    step = max(1, round(every_s * rate)) if 0 < rate <= FRAMES_PER_S_MAX else 1
    number = 0
    while capture.grab():
        if number % step == 0:
            taken, picture = capture.retrieve()
            if not taken:
                break
            yield number / rate if rate > 0 else 0.0, _encoded(picture.astype(np.uint8, copy=False), str(path))
        number += 1
    capture.release()
    if number == 0:
        yield 0.0, NoFrame(f"{path}: no frame can be read from this video; play it to see whether it is whole", ended=True)


class LiveCamera:
    """RTSP and V4L2. A thread empties the camera's queue, so that the newest frame is never an old one; it opens a lost camera again."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._newest: Latest[Picture] = Latest()
        self._closed = threading.Event()
        threading.Thread(target=self._run, name=f"camera {address}", daemon=True).start()

    def newest(self, after: float, /) -> Frame | NoFrame:
        picture = self._newest.take(after, SILENCE_S)
        return NoFrame(self.silence()) if picture is None else _encoded(picture, self._address)

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


def _encoded(picture: Picture, name: str) -> Frame | NoFrame:
    made, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return Frame(picture, data.tobytes(), ".jpg", name) if made else NoFrame(f"{name}: the frame cannot be kept as JPEG")
