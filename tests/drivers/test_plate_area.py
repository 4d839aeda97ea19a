"""Plates are read only where a site says, and only if they are large enough to be trusted."""

import numpy as np

from drivers.plate_reader.area import Area, inside
from drivers.plate_reader.reader import PlateRead

PICTURE = np.zeros((100, 200, 3), np.uint8)


def read_at(x: float, y: float, high: float) -> PlateRead:
    corners = ((x, y), (x + 40, y), (x + 40, y + high), (x, y + high))
    return PlateRead("14C12345", "VN", 1, 0.9, 0.9, (), corners, 1.0)


def test_only_the_area_is_looked_at_and_a_plate_keeps_its_place_in_the_whole_picture() -> None:
    shapes = []

    def read(picture: np.ndarray) -> tuple[PlateRead, ...]:
        shapes.append(picture.shape)
        return (read_at(5, 10, 12),)

    (found,) = inside(Area(left=0.25, top=0.5, right=1.0, bottom=1.0), PICTURE, read)
    assert shapes == [(50, 150, 3)]
    assert found.corners[0] == (55, 60)


def test_a_plate_lower_than_the_least_does_not_count() -> None:
    reads = (read_at(0, 0, 12), read_at(0, 40, 30))
    assert inside(Area(plate_px_min=20), PICTURE, lambda _: reads) == (reads[1],)


def test_without_an_area_the_whole_picture_is_read() -> None:
    assert Area.of({}) == Area()
    assert Area.of({"area": [0.1, 0.2, 0.9, 1], "plate_px_min": 18}) == Area(0.1, 0.2, 0.9, 1.0, 18.0)
