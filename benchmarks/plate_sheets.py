"""Pictures of the plate benchmark: accuracy against time, and a sheet of what was not read exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import log10
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.plate_pictures import Picture
from benchmarks.plate_tables import Result, opened
from training.glyphs import CHINESE_FACES, FONTS

WIDE, HIGH = 720, 400  # of the chart
LEFT, RIGHT, TOP, BOTTOM = 60, 30, 40, 60
MS = (10.0, 2000.0)
EXACT_MIN = 0.4
SHADES = {"VN 1": "#2f7d5b", "VN 2": "#1f5fa8", "CN 1": "#b8432f"}
CELL = (300, 150)
COLUMNS = 5
SHEET_MAX = 60


@dataclass(frozen=True, slots=True)
class Point:
    """One engine on one group of pictures."""

    engine: str
    group: str
    exact: float
    ms: float


def chart(points: Sequence[Point]) -> str:
    """An SVG: CPU milliseconds a frame along, plates read exactly up."""
    marks = [f'<text x="{LEFT}" y="22" font-size="15">Plates read exactly, against CPU time a frame (median, one core)</text>']
    for ms in (10, 20, 50, 100, 200, 500, 1000, 2000):
        marks.append(f'<line x1="{_x(ms):.0f}" x2="{_x(ms):.0f}" y1="{TOP}" y2="{HIGH - BOTTOM}" stroke="#ddd"/>')
        marks.append(f'<text x="{_x(ms):.0f}" y="{HIGH - BOTTOM + 18}" text-anchor="middle">{ms}</text>')
    for share in range(round(EXACT_MIN * 100), 101, 10):
        y = _y(share / 100)
        marks.append(f'<line x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>')
        marks.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{share} %</text>')
    marks.append(f'<text x="{WIDE / 2}" y="{HIGH - BOTTOM + 38}" text-anchor="middle">CPU ms a frame</text>')
    for n, (group, shade) in enumerate(SHADES.items()):
        x = LEFT + 12 + 150 * n
        marks.append(f'<circle cx="{x}" cy="{HIGH - 10}" r="5" fill="{shade}"/><text x="{x + 10}" y="{HIGH - 6}">{_spelt(group)}</text>')
    marks += [_mark(point) for point in points]
    size = f'width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" font-size="12"'
    body = "\n".join(marks)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<rect width="{WIDE}" height="{HIGH}" fill="#fff"/>\n{body}\n</svg>\n'


def _mark(point: Point) -> str:
    x, y = _x(point.ms), _y(max(EXACT_MIN, point.exact))
    end = x > WIDE - 170
    label = f'<text x="{x + (-8 if end else 8):.0f}" y="{y + 4:.0f}"{" text-anchor=" + chr(34) + "end" + chr(34) if end else ""}>'
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" fill="{SHADES[point.group]}"/>{label}{escape(point.engine)}</text>'


def _spelt(group: str) -> str:
    country, lines = group.split()
    return f"{country}, {'one line' if lines == '1' else 'two lines'}"


def _x(ms: float) -> float:
    low, high = log10(MS[0]), log10(MS[1])
    return LEFT + (WIDE - LEFT - RIGHT) * (log10(min(max(ms, MS[0]), MS[1])) - low) / (high - low)


def _y(exact: float) -> float:
    return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * (exact - EXACT_MIN) / (1 - EXACT_MIN)


def errors(results: Sequence[Result], path: Path) -> int:
    """A sheet of the plates that were not read exactly, each with its label and what was read. How many there are."""
    missed = [result for result in results if not result.exact]
    cells = [_cell(result) for result in missed[:SHEET_MAX]]
    if cells:
        cells += [np.full_like(cells[0], 255)] * (-len(cells) % COLUMNS)
        rows = [np.hstack(cells[start : start + COLUMNS]) for start in range(0, len(cells), COLUMNS)]
        path.parent.mkdir(parents=True, exist_ok=True)
        done, data = cv2.imencode(path.suffix, np.vstack(rows))
        assert done, f"{path}: no picture format that can be written"
        path.write_bytes(data.tobytes())
    return len(missed)


def _cell(result: Result) -> Picture:
    """The plate's surroundings, above what it says and what was read."""
    wide, high = CELL
    cell = np.full((high, wide, 3), 255, np.uint8)
    frame = opened(result.picture)
    if result.picture.box is not None:
        left, top, right, bottom = result.picture.box
        margin = 0.15 * (right - left) + 4
        x, y = max(0, int(left - margin)), max(0, int(top - margin))
        frame = frame[y : int(bottom + margin), x : int(right + margin)]
    scale = min((wide - 8) / frame.shape[1], (high - 56) / frame.shape[0])
    fitted = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    cell[4 : 4 + fitted.shape[0], 4 : 4 + fitted.shape[1]] = fitted
    shown = " ".join(f"{read.text} {read.weakest:.2f}" for read in result.reads) or "nothing"
    return _written(cell, (f"is      {result.picture.plate}", f"read  {shown}"))


def _written(cell: Picture, lines: Sequence[str]) -> Picture:
    """Below the picture, in a face that has Chinese."""
    image = Image.fromarray(np.ascontiguousarray(cell[:, :, ::-1]))
    font = ImageFont.truetype(str(FONTS / CHINESE_FACES[0]), 15, index=2)
    for n, line in enumerate(lines):
        ImageDraw.Draw(image).text((6, cell.shape[0] - 46 + 20 * n), line, fill=(20, 20, 20), font=font)
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
