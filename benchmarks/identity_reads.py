"""What the lane's own reader says of frames, as the camera's worker would tell it."""

from benchmarks.identity_frames import Waiting, frames
from benchmarks.plate_pictures import Picture
from drivers.plate_reader.reader import PlateReader
from lanectl.model import PlateSeen
from lanectl.plates import FORMATS


class Reading:
    """Read as at the gate, with the second opinion."""

    def __init__(self) -> None:
        self._reader = PlateReader(FORMATS)

    def of(self, truck: Waiting, count: int, seed: int) -> list[PlateSeen]:
        return [self._read(picture) for picture in frames(truck, count, seed)]

    def _read(self, picture: Picture) -> PlateSeen:
        reads = self._reader.read(picture)
        if not reads:
            return PlateSeen("front", "vn", "", 0.0, "e")
        return PlateSeen("front", "vn", reads[0].text, reads[0].weakest, "e", reads[0].slots)
