"""A truck's way over the lane as a ladder: on each rung the same detectors see it and it is in the same sections."""

from dataclasses import dataclass

from lanectl.layout import Layout, nodes

TRUCK_M = 17.0
SECTION_M = 77.25
GATE = 1  # the rung before the entry gate's boom; rung 0 is away from the lane

# Where the front is on each rung, from the point or boom that it passes.
PASSING_BOOM_M = (2.0, 8.0, 15.0, 20.0)  # under it; also on clear; approach free; under free
PASSING_POINT_M = (-1.0, 8.0, 18.0)  # on a; on both; on b only


@dataclass(frozen=True, slots=True)
class Ladder:
    """Indexed by rung, for one direction. `node`: the last one passed, by its place in `nodes`.

    `inside` and `under` (-1 for none) name sections and gates by their places in the lane as it is listed, whatever the direction.
    """

    front_m: tuple[float, ...]
    covers: tuple[frozenset[str], ...]
    inside: tuple[tuple[int, ...], ...]
    under: tuple[int, ...]
    node: tuple[int, ...]
    rung_of_node: tuple[int, ...]
    nodes: tuple[str, ...]
    sections: tuple[int, ...]  # in driving order, by their places in the list
    entry: int  # the gate that this direction begins at
    behind_entry: int  # the first rung on which another truck has room before the entry boom
    clear: int  # the first rung behind the exit on which nothing of the lane sees it
    entered: tuple[int, ...]  # how many sections its front has come into by then


def ladder(layout: Layout, listed: Layout) -> Ladder:
    """For the direction in which `layout` shows the lane that `listed` describes."""
    sections = [next(n for n, section in enumerate(listed.sections) if section.name == named.name) for named in layout.sections]
    gates = [next(g for g, gate in enumerate(listed.gates) if gate.name == named.name) for named in layout.gates]
    length = SECTION_M * len(layout.sections)
    front = _fronts(len(layout.sections))
    stops = (-3.0, *(SECTION_M * n - 12 for n in range(1, len(layout.sections))), length - 3, length + 45)
    spans = _spans(layout, length)
    on_lane = [(SECTION_M * n, SECTION_M * (n + 1)) for n in range(len(layout.sections))]

    def touches(at: float, low: float, high: float) -> bool:
        return at >= low and at - TRUCK_M <= high

    inside = tuple(tuple(sections[n] for n, (low, high) in enumerate(on_lane) if at > low and at - TRUCK_M < high) for at in front)
    began = [next(rung for rung, within in enumerate(inside) if section in within) for section in sections]

    covers = tuple(frozenset(name for name, span in spans.items() if touches(at, *span)) for at in front)

    return Ladder(
        front_m=front,
        covers=covers,
        inside=inside,
        under=tuple(next((gates[g] for g, boom in enumerate((0.0, length)) if at > boom > at - TRUCK_M), -1) for at in front),
        sections=tuple(sections),
        entry=gates[0],
        node=tuple(max((k for k, stop in enumerate(stops) if stop <= at), default=-1) for at in front),
        rung_of_node=tuple(front.index(stop) for stop in stops),
        nodes=nodes(layout),
        behind_entry=next(rung for rung, at in enumerate(front) if at - TRUCK_M > -3.0),
        clear=1 + max(rung for rung, seen_by in enumerate(covers) if seen_by),
        entered=tuple(sum(first <= rung for first in began) for rung in range(len(front))),
    )


def _fronts(sections: int) -> tuple[float, ...]:
    front = [float("-inf"), -3.0, *PASSING_BOOM_M, 30.0]
    for n in range(1, sections):
        front.append(SECTION_M * n - 12)
        front += [SECTION_M * n + at for at in (*PASSING_POINT_M, 30.0)]
    length = SECTION_M * sections
    return (*front, length - 3, *(length + at for at in (*PASSING_BOOM_M, 30.0, 45.0)))


def _spans(layout: Layout, length: float) -> dict[str, tuple[float, float]]:
    """A loop before and one behind each boom, loop and light curtain under it; two loops side by side at each point between."""
    found: dict[str, tuple[float, float]] = {}
    for point, at in ((layout.points[0], 0.0), (layout.points[-1], length)):
        before, under, behind = point.groups
        found |= dict.fromkeys(before, (at - 6, at - 4)) | dict.fromkeys(behind, (at + 4, at + 6))
        found |= {name: (at - 0.05, at + 0.05) if name.endswith("curtain") else (at - 1, at + 1) for name in under}
    for n, point in enumerate(layout.points[1:-1], start=1):
        first, second = point.groups
        found |= dict.fromkeys(first, (SECTION_M * n - 2, SECTION_M * n)) | dict.fromkeys(second, (SECTION_M * n, SECTION_M * n + 2))
    return found
