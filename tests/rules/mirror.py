"""The same story seen from the other end: every name is another one, and nothing else."""

from typing import Any

from msgspec import structs

from lanectl.interlocking import step
from lanectl.layout import Layout, driven
from lanectl.model import Lane, Report, Started, Step
from lanectl.record import COMMAND, LANE, REPORT

SWAPPED = {
    "vn": "cn",
    "vn-gate": "cn-wait",
    "vn-exit": "cn-gate",
    "vn-clear": "cn-clear",
    "vn-approach": "cn-clear!",
    "vn-loop": "cn-loop",
    "vn-curtain": "cn-curtain",
    "io-vn": "io-cn",
    "barrier-vn": "barrier-cn",
    "VN_TO_CN": "CN_TO_VN",
}


def other_name(name: str, sections: int) -> str:
    """The same thing seen from the other end. A detector and a node may share a name: cn-clear is both."""
    if name[:1] in "KP" and name[1:2].isdigit():
        number, _, rest = name[1:].partition("-")
        last = sections if name[0] == "P" else sections + 1
        rest = {"a": "b", "b": "a", "stop": "back", "back": "stop"}.get(rest, rest)
        return f"{name[0]}{last - int(number)}" + (f"-{rest}" if rest else "")
    return {**SWAPPED, **{there: here for here, there in SWAPPED.items()}}.get(name, name)


def mirrored(held: Any, sections: int, *, of_detectors: bool = False) -> Any:
    """What JSON holds of a report, a lane or a command, with every name the other way round."""
    if isinstance(held, str):
        if of_detectors and held.endswith(("-clear", "-approach")):
            gate, _, part = held.partition("-")
            return {"vn": "cn", "cn": "vn"}[gate] + {"clear": "-approach", "approach": "-clear"}[part]
        return other_name(held, sections)
    if isinstance(held, list):
        return [mirrored(each, sections, of_detectors=of_detectors) for each in held]
    if isinstance(held, dict):
        return {
            mirrored(key, sections, of_detectors=of_detectors): mirrored(
                value,
                sections,
                of_detectors=of_detectors or key in ("detectors", "readings") or (held.get("code", "").startswith("detector")),
            )
            for key, value in held.items()
        }
    return held


class Mirror:
    """Steps the same story over the mirrored lane and holds that nothing differs but the names. Listed as it was, it is driven back."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.count = len(layout.sections)
        self.steps = 0

    def of_lane(self, lane: Lane) -> Lane:
        there: Lane = LANE.unpack(mirrored(LANE.plain(lane), self.count))
        order = driven(self.layout, there)
        return structs.replace(
            there,
            sections={s.name: there.sections[s.name] for s in order.sections},
            points={p.name: there.points[p.name] for p in order.points},
            gates={g.name: there.gates[g.name] for g in order.gates},
        )

    def check(self, before: Lane, now: float, report: Report, done: Step) -> None:
        there: Report = REPORT.unpack(mirrored(REPORT.plain(report), self.count))
        if isinstance(report, Started) and report.lane is not None:
            there = structs.replace(report, lane=self.of_lane(report.lane))
        listed = self.layout
        if isinstance(report, Started) and report.lane is None:  # it begins the way that is listed
            assert self.layout.mirrored is not None
            listed = self.layout.mirrored
        other = step(listed, self.of_lane(before), now, there)
        assert other.lane == self.of_lane(done.lane)
        assert list(other.lane.sections) == list(self.of_lane(done.lane).sections)
        assert sorted(map(repr, map(COMMAND.plain, other.commands))) == sorted(
            repr(mirrored(COMMAND.plain(c), self.count)) for c in done.commands
        )
        assert {r.code for r in other.refusals} == {r.code for r in done.refusals}
        elsewhere = [dict(r.params) for r in done.refusals if r.code == "truck_elsewhere"]
        assert [dict(r.params) for r in other.refusals if r.code == "truck_elsewhere"] == mirrored(elsewhere, self.count)
        assert other.wake_at == done.wake_at
        self.steps += 1
