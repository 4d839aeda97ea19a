"""A camera's frame, from a picture file's bytes or to them; or in words why there is none."""

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # what is wrong is said once, in our words
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # and not with each try to open a camera that is away
Image.MAX_IMAGE_PIXELS = None  # `decoded` has a stricter limit of its own, and says what to do

Picture = NDArray[np.uint8]

FILE_BYTES_MAX = 40_000_000
PIXELS_MAX = 50_000_000  # the largest cameras have 12 million; a decoded picture takes 3 bytes each
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


def encoded(picture: Picture, name: str) -> Frame | NoFrame:
    made, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return Frame(picture, data.tobytes(), ".jpg", name) if made else NoFrame(f"{name}: the frame cannot be kept as JPEG")
