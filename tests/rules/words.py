"""Words to arrange a lane with: a short one of three sections between two gates, and what its field reports."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from msgspec import structs

from lanectl.interlocking import Calm, calm_after, calm_step, initial, step
from lanectl.layout import Gate, Layout, Limits, Point, Section, Unit
from lanectl.model import (
    Act,
    ActRequested,
    Aspect,
    Authority,
    Boom,
    BoomReported,
    ClearanceReported,
    Command,
    Connection,
    ConsignmentReported,
    DetectorsReported,
    Direction,
    IdentityReported,
    Lane,
    Match,
    Reading,
    Refusal,
    Report,
    SectionNow,
    SectionState,
    Service,
    SetAspect,
    Sight,
    SignalReported,
    Standing,
    Step,
    TruckReported,
    Woke,
)


def gate_point(name: str, gate: str, counts_in_at: int) -> Point:
    return Point(name, ((f"{gate}-approach",), (f"{gate}-loop", f"{gate}-curtain"), (f"{gate}-clear",)), counts_in_at)


def gate(name: str, point: str) -> Gate:
    return Gate(name, point, f"barrier-{name}", f"io-{name}", f"{name}-gate", f"{name}-clear", (f"{name}-loop", f"{name}-curtain"))


def a_layout_both_ways(sections: int = 3) -> Layout:
    one_way = a_layout(sections)
    return replace(
        one_way,
        both_ways=True,
        places_beyond_back=6,
        sections=tuple(replace(s, node_back="vn-exit" if s.name == "K1" else f"{s.name}-back") for s in one_way.sections),
        gates=tuple(replace(g, stop_node_back={"vn": "vn-exit", "cn": "cn-wait"}[g.name]) for g in one_way.gates),
    )


def a_layout(sections: int = 3, *, places_beyond: int = 6, clearance_needed: bool = True, limits: Limits | None = None) -> Layout:
    names = [f"P{n}" for n in range(sections + 1)]
    points = (
        gate_point("P0", "vn", 1),
        *(Point(p, ((f"{p}-a",), (f"{p}-b",))) for p in names[1:-1]),
        gate_point(names[-1], "cn", 0),
    )
    stops = [f"K{n}-stop" for n in range(1, sections)] + ["cn-gate"]
    return Layout(
        name="test",
        direction=Direction.VN_TO_CN,
        points=points,
        sections=tuple(Section(f"K{n + 1}", names[n], names[n + 1], stops[n], 77.25) for n in range(sections)),
        gates=(gate("vn", "P0"), gate("cn", names[-1])),
        units=(
            Unit("io-vn", ("vn-approach", "vn-loop", "vn-curtain", "vn-clear"), signals=True),
            Unit("io-cn", ("cn-approach", "cn-loop", "cn-curtain", "cn-clear"), signals=True),
            Unit("io-bridge", tuple(f"{p}-{x}" for p in names[1:-1] for x in "ab"), signals=False),
            Unit("barrier-vn", (), signals=False),
            Unit("barrier-cn", (), signals=False),
        ),
        overlap_sections=1,
        clearance_needed=clearance_needed,
        places_beyond=places_beyond,
        limits=limits or Limits(),
    )


LAYOUT = a_layout()


class Field:
    """A lane and its field as it last reported: one word changes one thing, time moves only by `wait`."""

    def __init__(self, layout: Layout = LAYOUT, lane: Lane | None = None) -> None:
        self.layout = layout
        self.lane = lane or initial(layout)
        self.now = 100.0
        self.occupied: set[str] = set()
        self.dead: set[str] = set()  # units that say nothing
        self.booms = {"vn": Boom.DOWN, "cn": Boom.DOWN}
        self.shown = {"vn": Aspect.STOP, "cn": Aspect.STOP}
        self.stuck: set[str] = set()  # signals that do not follow what is asked
        self.trucks: dict[str, TruckReported] = {}
        self.commands: list[Command] = []
        self.last: Step | None = None
        self.calm: Calm | None = None
        self.calm_steps = 0

    def say(self, report: Report) -> Step:
        """Each step that a calm lane would take without the rules is held against the rules."""
        quick = calm_step(self.layout, self.lane, self.now, report, self.calm)
        before, self.last = self.lane, step(self.layout, self.lane, self.now, report)
        assert quick in (None, self.last)
        if quick is None:
            self.calm = calm_after(self.layout, before, self.now, report, self.last)
        elif self.calm is not None:
            self.calm, self.calm_steps = structs.replace(self.calm, lane=self.last.lane), self.calm_steps + 1
        self.lane = self.last.lane
        self.commands += self.last.commands
        self.shown |= {c.gate: c.aspect for c in self.last.commands if isinstance(c, SetAspect) and c.gate not in self.stuck}
        assert self.last.wake_at > self.now
        return self.last

    def detect(self, unit: str) -> Step:
        index = self.layout.index
        readings = tuple((d, Reading.OCCUPIED if d in self.occupied else Reading.VACANT) for d in index.detectors_of[unit])
        return self.say(DetectorsReported(unit, self.now, readings))

    def occupy(self, *detectors: str) -> Step:
        return self._see(self.occupied | set(detectors), detectors)

    def vacate(self, *detectors: str) -> Step:
        return self._see(self.occupied - set(detectors), detectors)

    def _see(self, occupied: set[str], detectors: Iterable[str]) -> Step:
        self.occupied = occupied
        for unit in dict.fromkeys(self.layout.index.unit_of[d] for d in detectors):
            self.detect(unit)
        assert self.last is not None
        return self.last

    def boom(self, gate: str, boom: Boom, *, obstructed: bool = False, fault: str = "", local: bool = False) -> Step:
        self.booms[gate] = boom
        return self.say(BoomReported(gate, boom, self.now, obstructed, fault, local))

    def lamp(self, gate: str, aspect: Aspect, *, failed: bool = False) -> Step:
        self.shown[gate] = aspect
        return self.say(SignalReported(gate, aspect, self.now, failed))

    def refresh(self) -> Step:
        """Everything that lives says again what it said."""
        for unit in self.layout.units:
            if unit.name in self.dead:
                continue
            if unit.detectors:
                self.detect(unit.name)
            for gate_ in self.layout.gates:
                if gate_.barrier_unit == unit.name:
                    self.boom(gate_.name, self.booms[gate_.name])
                if gate_.signal_unit == unit.name:
                    self.lamp(gate_.name, self.shown[gate_.name])
        for report in self.trucks.values():
            if report.truck not in self.dead:
                self.say(report)
        assert self.last is not None
        return self.last

    def wait(self, seconds: float) -> Step:
        until = self.now + seconds
        while self.now < until - 1e-9:
            self.now = min(until, self.now + 0.25)
            self.refresh()
        assert self.last is not None
        return self.last

    def silence(self, seconds: float) -> Step:
        self.now += seconds
        return self.say(Woke())

    def truck(self, name: str = "T1", **changes: object) -> Step:
        was = self.trucks.get(name, TruckReported(name, Connection.ONLINE, localised=True))
        self.trucks[name] = structs.replace(was, **changes)  # type: ignore[arg-type]
        return self.say(self.trucks[name])

    def act(
        self,
        act: Act,
        target: str = "",
        *,
        reason: str = "",
        evidence: str = "",
        by: str = "Lan",
        second: str = "",
        place: str = "",
        truck: str = "",
        x_m: float | None = None,
        sight: Sight | None = None,
        text: str = "",
    ) -> list[str]:
        """The codes of its refusals, none when it was done."""
        found = self.say(ActRequested(act, by, target, reason, evidence, second, place, truck, x_m, sight, text))
        return [r.code for r in found.refusals if r.subject == act.value]

    def declare(self, target: str = "") -> list[str]:
        return self.act(Act.DECLARE, target, reason="looked", evidence="photo", second="Minh")

    def identify(self, name: str = "T1", match: Match = Match.MATCHED, gate: str = "vn") -> Step:
        truck = name if match is Match.MATCHED else ""
        return self.say(IdentityReported(gate, match, truck, "14C12345", 0.97, "sha"))

    def clear(self, name: str = "T1", *, consignment: str = "") -> Step:
        consignment = consignment or f"C-{name}"
        self.say(ConsignmentReported(consignment, name, "14C12345"))
        for authority in Authority:
            self.say(ClearanceReported(consignment, authority, Standing.CLEARED))
        assert self.last is not None
        return self.last

    def take(self) -> list[Command]:
        """The commands since the last take."""
        taken, self.commands = self.commands, []
        return taken

    def why(self, subject: str = "T1") -> list[str]:
        assert self.last is not None
        return [r.code for r in self.last.refusals if r.subject == subject]

    def refusal(self, code: str) -> Refusal:
        assert self.last is not None
        return next(r for r in self.last.refusals if r.code == code)

    def section(self, name: str) -> SectionNow:
        return self.lane.sections[name]

    def reading(self, detector: str) -> Reading:
        return self.lane.detectors[detector].reading

    def standing(self, consignment: str) -> dict[Authority, Standing]:
        return dict(self.lane.consignments[consignment].standing)

    def service(self) -> Service:
        return self.lane.service

    def states(self) -> str:
        return "".join(now.state.value[0] for now in self.lane.sections.values())

    def locks(self) -> Mapping[str, str]:
        return {name: now.locked_for for name, now in self.lane.sections.items() if now.locked_for}


def set_state(field: Field, section: str, state: SectionState) -> None:
    sections = {**field.lane.sections, section: structs.replace(field.lane.sections[section], state=state)}
    field.lane = structs.replace(field.lane, sections=sections)
