"""AprilTags that trucks carry beside their plates."""

import cv2
import numpy as np

from drivers.plate_reader.markers import FAMILY, MarkerReader


def scene(*numbers: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    picture = np.full((400, 900, 3), 200, np.uint8)
    for n, number in enumerate(numbers):
        drawn = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(FAMILY), number, 120)
        picture[100:220, 100 + 300 * n : 220 + 300 * n] = drawn[:, :, None]
    return picture


def test_the_markers_in_a_picture_are_told_by_their_numbers() -> None:
    reader = MarkerReader()
    assert reader.read(scene(42, 17)) == (17, 42)
    assert reader.read(scene()) == ()
