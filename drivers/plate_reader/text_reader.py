"""The second opinion: PP-OCRv6 looks for any text in the whole frame and holds it against the plate formats. Slow, and hard to fool."""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.plate_reader.alphabet import MARKS, PROVINCES
from drivers.plate_reader.boxes import area, around, halves, line_above, overlap, sides, stands_below, stands_beside, wider
from drivers.plate_reader.detector import Corners, Detector, DetectorSettings, Picture
from drivers.plate_reader.engine import DETECTOR, RECOGNISER, weights
from drivers.plate_reader.formats import Fitted, Formats
from drivers.plate_reader.recogniser import Recogniser, straightened

CHINESE = PROVINCES + MARKS
PLATE_CHARACTERS = CHINESE + "ABCDEFGHIJKLMNOPQRSTUVWXYZĐ0123456789"
ALPHABET = PLATE_CHARACTERS + " .-·:•"
TEXT_MIN = 4  # characters of a text that is shown although it fits no format
SHOWN_MAX = 5
SECOND_LOOKS_MAX = 6  # texts looked at again, largest first: a wall of advertising must not hold up the lane
# How a line that fits no format is cut out again: more of it to the left (where the province stands), to the right, wider drawn.
# Measured on the photographs: each finds plates that the others miss.
CUTS = ((0.08, 0.03, 1.5), (0.15, 0.05, 1.25), (0.0, 0.0, 1.8), (0.2, 0.08, 1.0))
SPLIT_RATIO_MAX = 2.5  # width to height of a box that may hold two lines; a single line is wider
SPLITS = ((0.5, 0.42), (0.44, 0.36))  # where the upper line ends and the lower begins: Vietnam 270 x 200, China 440 x 220
ABOVE = (0.9, 0.7)  # heights at which an upper line is looked for, in parts of the lower line's


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text in the picture, of one or two lines."""

    box: Corners
    fitted: Fitted
    lines: int = 1


class TextReader:
    """Loads its networks once."""

    def __init__(self, formats: Formats, settings: DetectorSettings | None = None) -> None:
        self._formats = formats
        self._detector = Detector(weights(DETECTOR), settings or DetectorSettings())
        self.recogniser = Recogniser(weights(RECOGNISER), ALPHABET)

    def texts(self, frame: Picture) -> list[Text]:
        """Plates; without any, the texts that fit no format. The largest first, one for each place."""
        texts = [self._text(frame, box) for box in self._detector.boxes(frame)]
        plates = [text for text in texts if text.fitted.country] or self._second_look(frame, texts)
        return apart(plates or [text for text in texts if len(text.fitted.text) >= TEXT_MIN][:SHOWN_MAX])

    def _text(self, frame: Picture, box: Corners) -> Text:
        return Text(box, self._formats.fit(self.recogniser.line(straightened(frame, box))))

    def _second_look(self, frame: Picture, texts: list[Text]) -> list[Text]:
        """Plates whose lines stand apart, or whose parts the detector tore apart, ran together or cut short."""
        return (
            self._joined(texts, stands_below, lines=2)
            or self._joined(texts, stands_beside, lines=1)
            or self._split(frame, texts)
            or self._looked_above(frame, texts)
            or self._cut_again(frame, texts)
        )

    def _joined(self, texts: list[Text], belong: Callable[[Corners, Corners], bool], lines: int) -> list[Text]:
        pairs = [(a, b) for a in texts for b in texts if a is not b and belong(a.box, b.box)]
        joined = [Text(around(a.box, b.box), self._formats.fit(a.fitted.line + b.fitted.line), lines) for a, b in pairs]
        return [text for text in joined if text.fitted.country]

    def _split(self, frame: Picture, texts: list[Text]) -> list[Text]:
        found = []
        for text in texts[:SECOND_LOOKS_MAX]:
            wide, high = sides(text.box)
            if wide < SPLIT_RATIO_MAX * high:
                for upper_end, lower_start in SPLITS:
                    upper, lower = (self.recogniser.line(straightened(frame, h)) for h in halves(text.box, upper_end, lower_start))
                    found.append(Text(text.box, self._formats.fit(upper + lower), 2))
        return [text for text in found if text.fitted.country]

    def _looked_above(self, frame: Picture, texts: list[Text]) -> list[Text]:
        """The detector passes over a Chinese upper line: two small characters far apart."""
        found = []
        for text in [t for t in texts if len(t.fitted.text) >= TEXT_MIN][:SECOND_LOOKS_MAX]:
            for high in ABOVE:
                box = line_above(text.box, high)
                upper = self.recogniser.line(straightened(frame, box))
                found.append(Text(around(box, text.box), self._formats.fit(upper + text.fitted.line), 2))
        return [text for text in found if text.fitted.country]

    def _cut_again(self, frame: Picture, texts: list[Text]) -> list[Text]:
        found = []
        for text in [t for t in texts if len(t.fitted.text) >= TEXT_MIN][:SECOND_LOOKS_MAX]:
            boxes = [wider(text.box, left, right) for left, right, _ in CUTS]
            lines = [self.recogniser.line(straightened(frame, box), stretch) for box, (_, _, stretch) in zip(boxes, CUTS, strict=True)]
            fits = [Text(box, self._formats.fit(line)) for box, line in zip(boxes, lines, strict=True)]
            plain = [fit for fit in fits if fit.fitted.country and not fit.fitted.repairs]
            guessed = Text(boxes[0], self._formats.with_lead([text.fitted.line, *lines]))
            found += plain or ([guessed] if guessed.fitted.country else fits)
        return [text for text in found if text.fitted.country]


def apart(texts: list[Text]) -> list[Text]:
    """One reading for each place, of overlapping ones the surest; the largest first."""
    kept: list[Text] = []
    for text in sorted(texts, key=lambda t: (t.fitted.repairs, -min(t.fitted.scores))):
        if not any(overlap(text.box, other.box) for other in kept):
            kept.append(text)
    return sorted(kept, key=lambda t: -area(t.box))
