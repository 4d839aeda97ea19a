"""AprilTag markers in a frame: a second identity that a truck may carry beside its plate."""

import cv2
import numpy as np

from drivers.plate_reader.detector import Picture

FAMILY = cv2.aruco.DICT_APRILTAG_36h11  # 587 markers; eleven bits apart, so that a dirty one is rather not seen than taken for another

LONG_SIDE_PX = 2560  # in more a marker is not sooner found, and 48 million pixels took 15 s


class MarkerReader:
    def __init__(self) -> None:
        self._detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(FAMILY), cv2.aruco.DetectorParameters())

    def read(self, frame: Picture) -> tuple[int, ...]:
        """The numbers of all that are in the picture, in ascending order."""
        long_side = max(frame.shape[:2])
        if long_side > LONG_SIDE_PX:
            frame = cv2.resize(frame, None, fx=LONG_SIDE_PX / long_side, fy=LONG_SIDE_PX / long_side, interpolation=cv2.INTER_AREA).astype(
                np.uint8, copy=False
            )
        _, numbers, _ = self._detector.detectMarkers(frame)
        return () if numbers is None else tuple(sorted({int(number) for number in numbers.ravel()}))
