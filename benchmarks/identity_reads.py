"""What the lane's own reader says of frames, as the camera's worker would tell it."""

from benchmarks.identity_frames import Waiting, frames
from benchmarks.plate_pictures import Picture
from drivers.plate_reader.engine import READER, own_weights
from drivers.plate_reader.formats import Fitted, Formats
from drivers.plate_reader.reader import PlateReader
from drivers.plate_reader.recogniser import Recogniser
from drivers.plate_reader.strip import strip
from drivers.plate_reader.text_reader import CHINESE, PLATE_CHARACTERS
from lanectl.model import PlateSeen
from lanectl.plates import FORMATS


class Reading:
    """A photograph is read as at the gate, with the second opinion; a rendered strip by the lane's own text network alone."""

    def __init__(self) -> None:
        self._whole = PlateReader(FORMATS)
        self._strips = Recogniser(own_weights(READER), PLATE_CHARACTERS)
        self._formats = Formats(FORMATS, CHINESE)

    def of(self, truck: Waiting, count: int, seed: int) -> list[PlateSeen]:
        return [self._read(picture, truck.lines) for picture in frames(truck, count, seed)]

    def _read(self, picture: Picture, lines: int) -> PlateSeen:
        if lines:
            fitted: Fitted = self._formats.fit(self._strips.strip(strip(picture, lines)))
            return PlateSeen("front", "vn", fitted.text, round(min(fitted.scores, default=0.0), 4), "e", fitted.slots)
        reads = self._whole.read(picture)
        return (
            PlateSeen("front", "vn", reads[0].text, reads[0].weakest, "e", reads[0].slots)
            if reads
            else PlateSeen("front", "vn", "", 0.0, "e")
        )
