"""AprilTag markers in a frame: a second identity that a truck may carry beside its plate."""

import cv2

from drivers.plate_reader.detector import Picture

FAMILY = cv2.aruco.DICT_APRILTAG_36h11  # 587 markers; eleven bits apart, so that a dirty one is rather not seen than taken for another


class MarkerReader:
    def __init__(self) -> None:
        self._detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(FAMILY), cv2.aruco.DetectorParameters())

    def read(self, frame: Picture) -> tuple[int, ...]:
        """The numbers of all that are in the picture, in ascending order."""
        _, numbers, _ = self._detector.detectMarkers(frame)
        return () if numbers is None else tuple(sorted({int(number) for number in numbers.ravel()}))
