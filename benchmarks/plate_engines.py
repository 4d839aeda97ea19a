"""The readers that the plate benchmark compares, each as frame -> reads that fit a plate format."""

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from benchmarks.plate_pictures import Picture
from drivers.plate_reader.boxes import stands_below
from drivers.plate_reader.detector import Corners, ordered
from drivers.plate_reader.formats import Formats
from drivers.plate_reader.reader import PlateRead, PlateReader, ReaderSettings, as_read
from drivers.plate_reader.recogniser import Line
from drivers.plate_reader.text_reader import CHINESE, Text, TextReader, apart
from lanectl.plates import FORMATS

Engine = Callable[[Picture], tuple[PlateRead, ...]]


def lane() -> Engine:
    """What a gate runs."""
    return PlateReader(FORMATS).read


def alone() -> Engine:
    """The lane's own two networks, without a second opinion."""
    return PlateReader(FORMATS, ReaderSettings(second_opinion=False)).read


def searched() -> Engine:
    """The second opinion alone: PP-OCRv6 over the whole picture, with the lane's formats."""
    reader = TextReader(Formats(FORMATS, CHINESE))
    return lambda picture: tuple(as_read(text, 0.0) for text in reader.texts(picture))


def published(package: str) -> Engine | None:
    """`rapidocr` or `rapidocr_onnxruntime` with its defaults; lines under each other are also tried as one. None if not installed."""
    if find_spec(package) is None:
        return None
    logging.disable(logging.INFO)
    engine = import_module(package).RapidOCR()
    formats = Formats(FORMATS, CHINESE)

    def read(picture: Picture) -> tuple[PlateRead, ...]:
        found = [Text(box, formats.fit(Line(text, (score,) * len(text), {}))) for box, text, score in _lines(engine(picture))]
        both = [
            Text(a.box, formats.fit(a.fitted.line + b.fitted.line), 2)
            for a in found
            for b in found
            if a is not b and stands_below(a.box, b.box)
        ]
        return tuple(as_read(text, 0.0) for text in apart([t for t in (*found, *both) if t.fitted.country]))

    return read


def _lines(answer: object) -> list[tuple[Corners, str, float]]:
    if isinstance(answer, tuple):  # rapidocr_onnxruntime: (lines, seconds)
        return [(_corners(box), str(text), float(score)) for box, text, score in answer[0] or []]
    boxes, texts, scores = (getattr(answer, name) for name in ("boxes", "txts", "scores"))
    return [] if boxes is None else [(_corners(b), t, float(s)) for b, t, s in zip(boxes, texts, scores, strict=True)]


def _corners(box: object) -> Corners:
    return ordered(np.asarray(box, np.float32))
