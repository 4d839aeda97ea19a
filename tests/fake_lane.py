"""Lanes to look at: the real site, its field as it stands in words. No rules run here."""

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from msgspec import structs

from lanectl.config import load
from lanectl.model import (
    Aspect,
    Authority,
    Boom,
    BoomMove,
    Connection,
    Consignment,
    DetectorNow,
    GateNow,
    IdentityReported,
    Lane,
    Match,
    Reading,
    Refusal,
    SectionNow,
    SectionState,
    Service,
    Standing,
    TruckNow,
    TruckReported,
    UnitNow,
)
from lanectl.scene import scene_of
from lanectl.status import Alarm, Happening, LaneStatus, Moment, News, Scene, Tally, lane_status

NOW = 1000.0
WALL = "2026-03-14T07:02:11.250Z"
SITE = Path(__file__).parents[1] / "config" / "bac-luan-2"


@cache
def scene() -> Scene:
    return scene_of(load(SITE))


def truck(last_node: str, authority: str = "", *, heard_at: float = NOW - 0.4, **said: object) -> TruckNow:
    report = TruckReported("", Connection.ONLINE, localised=True, last_node=last_node, authority_end=authority)
    return TruckNow(structs.replace(report, **said), heard_at, authority=authority)  # type: ignore[arg-type]


@dataclass(frozen=True)
class FakeLane:
    """A lane that works, changed by what a test says of it."""

    scene: Scene = field(default_factory=scene)
    lane: Lane = field(default_factory=Lane)
    refusals: tuple[Refusal, ...] = ()
    news: News = field(default_factory=News)

    @classmethod
    def working(cls) -> "FakeLane":
        picture = scene()
        layout = picture.layout
        gate = GateNow(boom=Boom.DOWN, boom_at=NOW - 0.1, asked=BoomMove.DOWN, asked_at=NOW - 60, shown=Aspect.STOP, shown_at=NOW - 0.1)
        lane = Lane(
            service=Service.OPEN,
            journal_writable=True,
            detectors={d: DetectorNow(Reading.VACANT, NOW - 0.1, NOW - 60) for unit in layout.units for d in unit.detectors},
            sections={section.name: SectionNow(SectionState.VACANT) for section in layout.sections},
            gates={each.name: gate for each in layout.gates},
            units={unit.name: UnitNow(linked=True, armed=True, proved=True, why_lost="") for unit in layout.units},
        )
        return cls(picture, lane)

    def with_section(
        self, name: str, state: SectionState = SectionState.VACANT, locked_for: str = "", why: str = "", *, entered: bool = False
    ) -> "FakeLane":
        return self._lane(sections={**self.lane.sections, name: SectionNow(state, locked_for, why, entered)})

    def with_gate(self, name: str, **now: object) -> "FakeLane":
        return self._lane(gates={**self.lane.gates, name: structs.replace(self.lane.gates[name], **now)})  # type: ignore[arg-type]

    def with_detector(self, name: str, reading: Reading, sent_at: float = NOW - 0.1) -> "FakeLane":
        return self._lane(detectors={**self.lane.detectors, name: DetectorNow(reading, sent_at, sent_at)})

    def with_unit(self, name: str, **now: object) -> "FakeLane":
        return self._lane(units={**self.lane.units, name: structs.replace(self.lane.units[name], **now)})  # type: ignore[arg-type]

    def with_truck(self, name: str, now: TruckNow, plate: str, held_by: Authority | None = None) -> "FakeLane":
        standing = tuple((who, Standing.HELD if who is held_by else Standing.CLEARED) for who in Authority)
        consignments = {**self.lane.consignments, f"C-{name}": Consignment(name, plate, standing)}
        named = structs.replace(now, report=structs.replace(now.report, truck=name))
        return self._lane(trucks={**self.lane.trucks, name: named}, consignments=consignments)

    def with_service(self, service: Service) -> "FakeLane":
        return self._lane(service=service)

    def refusing(self, code: str, subject: str, **params: str) -> "FakeLane":
        return replace(self, refusals=(*self.refusals, Refusal(code, subject, "R3", tuple(params.items()))))

    def told(self, *happenings: Happening, tally: Tally | None = None) -> "FakeLane":
        return replace(self, news=News(events=happenings, tally=tally or Tally()))

    def status(self, now: float = NOW, seq: int = 1, raised: tuple[Alarm, ...] = ()) -> LaneStatus:
        return lane_status(self.scene, Moment(now, WALL, seq), self.lane, self.refusals, self.news, raised)

    def _lane(self, **changes: object) -> "FakeLane":
        return replace(self, lane=structs.replace(self.lane, **changes))  # type: ignore[arg-type]


def read(gate: str, match: Match, plate: str, truck_name: str = "", score: float = 0.97) -> IdentityReported:
    return IdentityReported(gate, match, truck_name, plate, score, "7c1e09af" * 8)


def crossing() -> FakeLane:
    """T07 drives in K3, T03 leaves by K8 under the raised boom, T11 stands before the entry gate and may come."""
    return (
        FakeLane.working()
        .with_gate("cn", boom=Boom.UP, asked=BoomMove.UP, shown=Aspect.PROCEED, aspect_asked=Aspect.PROCEED)
        .with_section("K3", SectionState.OCCUPIED, "T07")
        .with_section("K4", locked_for="T07")
        .with_section("K5", locked_for="T07")
        .with_section("K8", SectionState.OCCUPIED, "T03")
        .with_gate("vn", identity=read("vn", Match.MATCHED, "14C12345", "T11"), identity_at=NOW - 6)
        .with_detector("vn-approach", Reading.OCCUPIED)
        .with_detector("P2-b", Reading.OCCUPIED)
        .with_truck("T03", truck("cn-gate", "cn-clear", standing=False), "桂P51345")
        .with_truck("T07", truck("K2-stop", "K4-stop", standing=False), "15H02468")
        .with_truck("T11", truck("vn-gate"), "14C12345")
        .told(
            Happening(NOW - 1, "2026-03-14T07:02:10.0Z", "BOOM_PROVED", {"gate": "cn", "boom": "UP"}, 4.1),
            Happening(NOW - 6, "2026-03-14T07:02:05.0Z", "PLATE_MATCHED", {"gate": "vn", "plate": "14C12345", "truck": "T11"}),
            Happening(NOW - 30, "2026-03-14T07:01:41.0Z", "TRUCK_CROSSED", {"truck": "T01"}, 101.3),
            Happening(NOW - 70, "2026-03-14T07:01:01.0Z", "TRUCK_ENTERED", {"truck": "T07"}),
            tally=Tally(crossings=118, plates_matched=76, plates_other=2, last_crossing_s=101.3, median_crossing_s=94.2),
        )
    )


def waiting() -> FakeLane:
    """T11 waits for a section that T07 holds; T12 waits behind it for its consignment."""
    return (
        crossing()
        .with_section("K2", locked_for="T07")
        .with_truck("T12", truck("vn-gate"), "14C55501", held_by=Authority.CN)
        .refusing("section_locked", "T11", section="K2", truck="T07")
        .refusing("consignment_held", "T12", consignment="C-T12", authority="CN")
    )


def failing() -> FakeLane:
    """What must be seen at once: boom fault, unit lost, suspect sections, a truck gone silent on the bridge."""
    return (
        waiting()
        .with_gate("vn", boom=Boom.UNKNOWN, fault="not_down_in_time", identity=read("vn", Match.NOT_LISTED, "29H99999"))
        .with_gate("cn", boom=Boom.MOVING, shown=Aspect.UNKNOWN, shown_at=NOW - 9)
        .with_unit("io-cn", linked=False, why_lost="no answer within 0.15 s")
        .with_unit("io-vn", tripped=True, armed=False)
        .with_section("K6", SectionState.SUSPECT, why="jumped")
        .with_section("K7", SectionState.SUSPECT, why="jumped")
        .with_detector("P6-a", Reading.UNKNOWN, NOW - 12)
        .with_truck("T07", truck("K2-stop", "K4-stop", heard_at=NOW - 14, standing=False), "15H02468")
        .refusing("gate_fault", "T11", gate="vn", fault="not_down_in_time")
    )
