"""A lane's capacity for people and programs: lines, a document, a drawing. Pure."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol

from lanectl.capacity import Limit

WIDE, HIGH, LEFT, BOTTOM = 720, 420, 64, 52  # of the drawing, and its margins
TICKS = 5


class Asked(Protocol):
    @property
    def per_hour(self) -> float: ...


class Found(Protocol):
    """What a level of demand came to."""

    @property
    def level(self) -> Asked: ...
    @property
    def per_hour(self) -> float: ...
    @property
    def crossings(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def turns(self) -> int: ...
    @property
    def broken(self) -> tuple[str, ...]: ...
    def wait_s(self, part: float) -> float: ...


def lines(site: str, trucks: int, most: Limit, measured: Sequence[Found]) -> list[str]:
    both = ", both directions together" if most.both_ways else ""
    said = [f"{site}, {trucks} trucks: at most {most.per_hour:.1f} an hour{both}; {most.binding.name} binds", ""]
    said += [f"  {term.name:<10} {term.per_hour:7.1f}/h  {term.formula}" for term in most.terms]
    if not measured:
        return said
    said += ["", "   asked/h  carried/h  of limit  wait p50  wait p95  still waiting  turns  broken"]
    for one in measured:
        waits = f"{one.wait_s(0.5):7.0f} s {one.wait_s(0.95):7.0f} s"
        part = one.per_hour / most.per_hour
        said.append(f"{one.level.per_hour:10.1f} {one.per_hour:10.1f} {part:9.0%} {waits} {one.left:14} {one.turns:6} {len(one.broken):7}")
    return said + [f"broken: {words}" for one in measured for words in one.broken]


def document(most: Limit, measured: Sequence[Found]) -> dict[str, object]:
    return {
        "limit_per_hour": round(most.per_hour, 2),
        "binds": most.binding.name,
        "terms": [asdict(term) for term in most.terms],
        "levels": [
            {
                "asked_per_hour": round(one.level.per_hour, 2),
                "carried_per_hour": round(one.per_hour, 2),
                "of_limit": round(one.per_hour / most.per_hour, 4),
                "crossings": one.crossings,
                "wait_s_p50": round(one.wait_s(0.5), 1),
                "wait_s_p95": round(one.wait_s(0.95), 1),
                "still_waiting": one.left,
                "turns": one.turns,
                "broken": list(one.broken),
            }
            for one in measured
        ],
    }


def drawing(site: str, most: Limit, measured: Sequence[Found]) -> str:
    """SVG: throughput against demand, each point a level, the limit as a line."""
    top = 1.15 * max([most.per_hour, *(one.level.per_hour for one in measured)])
    span = (WIDE - LEFT - 24, HIGH - BOTTOM - 40)

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + span[0] * x / top, HIGH - BOTTOM - span[1] * y / top

    def line(a: tuple[float, float], b: tuple[float, float], style: str) -> str:
        return f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" {style}/>'

    def text(where: tuple[float, float], words: str, style: str = "") -> str:
        return f'<text x="{where[0]:.1f}" y="{where[1]:.1f}" {style}>{words}</text>'

    parts = [text((LEFT, 24), f"{site}: carried an hour against asked an hour", 'font-size="15" font-weight="bold"')]
    for tick in range(TICKS + 1):
        value = top * tick / TICKS
        (x, y), zero = (at(value, 0)[0], at(0, value)[1]), at(0, 0)
        parts += [line((LEFT, y), (at(top, 0)[0], y), 'stroke="#ddd"'), text((LEFT - 8, y + 4), f"{value:.0f}", 'text-anchor="end"')]
        parts.append(text((x, zero[1] + 18), f"{value:.0f}", 'text-anchor="middle"'))
    limit_y = at(0, most.per_hour)[1]
    parts += [
        line(at(0, 0), at(top, top), 'stroke="#999" stroke-dasharray="2 4"'),
        line((LEFT, limit_y), (at(top, 0)[0], limit_y), 'stroke="#c0392b" stroke-width="2" stroke-dasharray="8 4"'),
        text((LEFT + 8, limit_y - 6), f"physical limit {most.per_hour:.1f}/h ({most.binding.name})", 'fill="#c0392b"'),
        text((LEFT + span[0] / 2, HIGH - 12), "asked an hour", 'text-anchor="middle"'),
    ]
    points = [at(one.level.per_hour, one.per_hour) for one in measured]
    if points:
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{way}" fill="none" stroke="#1f6fb2" stroke-width="2"/>')
    for number, ((x, y), one) in enumerate(zip(points, measured, strict=True)):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#1f6fb2"/>')
        words = f"{one.per_hour:.0f}/h, wait p95 {one.wait_s(0.95) / 60:.0f} min"
        below = y + 18 + 14 * (number % 2)  # clear of its neighbour's
        parts.append(text((x, below), words, 'text-anchor="middle" fill="#1f6fb2"'))
    style = 'font-family="sans-serif" font-size="11"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}" {style}>'
    return "\n".join([head, f'<rect width="{WIDE}" height="{HIGH}" fill="white"/>', *parts, "</svg>", ""])
