"""A lane's capacity as a picture, SVG: above what is carried, below how long consignments wait; the limit as a line. Pure.

Levels of demand are drawn over what was asked, a profile over the hours of its day.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from lanectl.capacity_words import Told
from lanectl.virtual.measured import Measured

WIDE, LEFT, RIGHT = 860, 70, 30
CARRIED_PX, WAITS_PX = (76, 300), (362, 500)  # top and bottom of both panels
HIGH = 560
TICKS = 6
HALF_DAY_H = 12.0  # from then on hours are told in twos
BLUE, RED, GREY, ORANGE, GRID = "#1f6fb2", "#c0392b", "#7f8c8d", "#d9822b", "#e6e6e6"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Panel:
    """From values to pixels. `x`, `y`: the largest values that are shown."""

    top_px: float
    bottom_px: float
    x: float
    y: float

    def at(self, x: float, y: float) -> Point:
        return LEFT + (WIDE - LEFT - RIGHT) * x / self.x, self.bottom_px - (self.bottom_px - self.top_px) * min(y, self.y) / self.y

    def grid(self, ticks: tuple[list[float], list[float]], names: tuple[str, str]) -> list[str]:
        parts: list[str] = []
        for value in ticks[1]:
            y = self.at(0.0, value)[1]
            parts += [_line((LEFT, y), (WIDE - RIGHT, y), GRID), _text((LEFT - 8, y + 4), f"{value:g}", 'text-anchor="end"')]
        for value in ticks[0]:
            x = self.at(value, 0.0)[0]
            parts += [
                _line((x, self.top_px), (x, self.bottom_px), GRID),
                _text((x, self.bottom_px + 17), f"{value:g}", 'text-anchor="middle"'),
            ]
        parts.append(_text((LEFT, self.top_px - 10), names[1], 'font-weight="bold"'))
        parts.append(_text((WIDE - RIGHT, self.bottom_px + 34), names[0], 'text-anchor="end"'))
        return [*parts, _line((LEFT, self.bottom_px), (WIDE - RIGHT, self.bottom_px), "#444")]


def drawing(told: Told, measured: Sequence[Measured]) -> str:
    parts = _profile(told, measured) if told.profile else _levels(told, measured)
    over = f", profile {told.profile}" if told.profile else ""
    title = f"{told.site}{over}: {told.trucks} trucks"
    both = ", both directions together" if told.most.both_ways else ""
    below = f"{told.most.binding.name} binds{both}: {told.most.binding.formula}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}"'
    return "\n".join(
        [
            f'{head} font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDE}" height="{HIGH}" fill="white"/>',
            _text((LEFT, 26), _escaped(title), 'font-size="16" font-weight="bold"'),
            _text((LEFT, 44), _escaped(below), f'fill="{RED}"'),
            *parts,
            "</svg>",
            "",
        ]
    )


def _levels(told: Told, measured: Sequence[Measured]) -> list[str]:
    """Over what was asked: up to the limit the lane carries what it is asked, and then what it can."""
    most = told.most.per_hour
    asked_max = 1.08 * max([1.3 * most, *(one.level.per_hour for one in measured)])
    carried = _Panel(*CARRIED_PX, asked_max, 1.2 * max([most, *(one.per_hour for one in measured)]))
    waits = _Panel(*WAITS_PX, asked_max, _waits_max(measured))
    x_ticks = _ticks(asked_max)
    end = min(carried.x, carried.y)
    parts = carried.grid((x_ticks, _ticks(carried.y)), ("", "carried, trucks an hour"))
    parts += [
        _line(carried.at(0.0, 0.0), carried.at(end, end), GREY, "2 4"),
        *_limit(told, carried),
        *waits.grid((x_ticks, _ticks(waits.y)), ("asked, trucks an hour", "wait until the truck enters, minutes")),
    ]
    parts += _curve([carried.at(one.level.per_hour, one.per_hour) for one in measured], BLUE)
    for one in measured:
        x, y = carried.at(one.level.per_hour, one.per_hour)
        parts.append(_text((x, y + 20), f"{one.per_hour:.1f}", f'text-anchor="middle" fill="{BLUE}"'))
    for part, colour in ((0.5, BLUE), (0.95, ORANGE)):
        parts += _curve([waits.at(one.level.per_hour, one.wait_s(part) / 60.0) for one in measured], colour)
    return [*parts, *_key([("carried", BLUE, ""), ("as much as asked", GREY, "2 4")], CARRIED_PX[0]), *_waits_key()]


def _profile(told: Told, measured: Sequence[Measured]) -> list[str]:
    """Over the hours of its day, in steps."""
    hours = max([1.0, *((one.level.from_s + one.level.seconds) / 3600.0 for one in measured)])
    carried = _Panel(*CARRIED_PX, hours, 1.15 * max([told.most.per_hour, *(max(one.per_hour, one.level.per_hour) for one in measured)]))
    waits = _Panel(*WAITS_PX, hours, _waits_max(measured))
    hours_told = [float(hour) for hour in range(0, int(hours) + 1, 2)] if hours >= HALF_DAY_H else _ticks(hours)
    parts = carried.grid((hours_told, _ticks(carried.y)), ("", "trucks an hour")) + _limit(told, carried)
    parts += _steps(carried, measured, lambda one: one.level.per_hour, GREY, "2 4") + _steps(
        carried, measured, lambda one: one.per_hour, BLUE
    )
    parts += waits.grid((hours_told, _ticks(waits.y)), ("hours since the lane was opened", "wait until the truck enters, minutes"))
    parts += _steps(waits, measured, lambda one: one.wait_s(0.5) / 60.0, BLUE)
    parts += _steps(waits, measured, lambda one: one.wait_s(0.95) / 60.0, ORANGE)
    for one in measured:
        x, y = carried.at((one.level.from_s + one.level.seconds / 2) / 3600.0, one.per_hour)
        parts.append(_text((x, y + 16), f"{one.per_hour:.1f}", f'text-anchor="middle" fill="{BLUE}"'))
    return [*parts, *_key([("carried", BLUE, ""), ("asked", GREY, "2 4")], CARRIED_PX[0]), *_waits_key()]


def _limit(told: Told, panel: _Panel) -> list[str]:
    (left, y), (right, _) = panel.at(0.0, told.most.per_hour), panel.at(panel.x, told.most.per_hour)
    words = f"physical limit {told.most.per_hour:.1f}/h ({told.most.binding.name})"
    return [_line((left, y), (right, y), RED, "8 4", 2), _text((left + 8, y - 6), words, f'fill="{RED}"')]


def _waits_max(measured: Sequence[Measured]) -> float:
    return max(1.0, 1.15 * max([0.0, *(one.wait_s(0.95) / 60.0 for one in measured)]))


def _waits_key() -> list[str]:
    return _key([("half of them wait less (p50)", BLUE, ""), ("19 of 20 wait less (p95)", ORANGE, "")], WAITS_PX[0])


def _key(entries: Sequence[tuple[str, str, str]], top_px: float) -> list[str]:
    parts, right = list[str](), float(WIDE - RIGHT)
    for words, colour, dashes in reversed(entries):
        parts.append(_text((right, top_px - 10), words, f'text-anchor="end" fill="{colour}"'))
        right -= 5.8 * len(words) + 8
        parts.append(_line((right - 22, top_px - 14), (right, top_px - 14), colour, dashes, 2))
        right -= 44
    return parts


def _curve(points: Sequence[Point], colour: str) -> list[str]:
    if not points:
        return []
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in points]
    return [f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots]


def _steps(panel: _Panel, measured: Sequence[Measured], value: Callable[[Measured], float], colour: str, dashes: str = "") -> list[str]:
    points: list[Point] = []
    for one in measured:
        ends_h = (one.level.from_s + one.level.seconds) / 3600.0
        points += [panel.at(one.level.from_s / 3600.0, value(one)), panel.at(ends_h, value(one))]
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return [f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"{_dashed(dashes)}/>'] if points else []


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 to `most`."""
    step = 10.0 ** floor(log10(most / TICKS))
    step = next(step * times for times in (1, 2, 2.5, 5, 10) if most / (step * times) <= TICKS)
    return [step * number for number in range(ceil(most / step + 1e-9))]


def _line(a: Point, b: Point, colour: str, dashes: str = "", wide: int = 1) -> str:
    where = f'x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}"'
    return f'<line {where} stroke="{colour}" stroke-width="{wide}"{_dashed(dashes)}/>'


def _dashed(dashes: str) -> str:
    return f' stroke-dasharray="{dashes}"' if dashes else ""


def _text(where: Point, words: str, style: str = "") -> str:
    return f'<text x="{where[0]:.1f}" y="{where[1]:.1f}" {style}>{words}</text>'


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")
