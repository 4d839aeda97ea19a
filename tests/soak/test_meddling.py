"""Who acts at the wrong time: each kind of it, and that the number alone decides."""

from collections import Counter
from pathlib import Path

from msgspec.structs import replace

from lanectl.config import load
from lanectl.model import Act, ActRequested, Candidate, IdentityReported, Lane, Match, SectionState
from lanectl.virtual.lane import Options, VirtualLane
from lanectl.virtual.meddling import BY, Meddler

SITE = Path(__file__).parents[2] / "config" / "bac-luan-2"
DRAWS = [n / 400 for n in range(400)]


def a_lane(tmp_path: Path) -> VirtualLane:
    """In service, with a truck on its way."""
    lane = VirtualLane(load(SITE), Options(1, 2, tmp_path))
    while not lane.crossings:
        lane.run_for(10.0)
    return lane


def asked(lane: VirtualLane, believed: Lane, draw: float) -> list[ActRequested]:
    found: list[ActRequested] = []
    meddler = Meddler(lambda: lane.bench, lane.site, lambda request, _: found.append(request), lambda: believed)
    meddler.meddle(draw)
    lane.run_for(150.0)
    return found


def doubtful(lane: VirtualLane) -> Lane:
    """A suspect section, a plate in doubt, and a truck that stands for a reason."""
    now = lane.station.controller.core.lane if lane.station else None
    assert now is not None
    first, gate, truck = next(iter(now.sections)), lane.site.layout.gates[0].name, next(iter(now.trucks))
    read = IdentityReported(gate, Match.UNSURE, "", "14C12345", 0.5, "sha", (Candidate(truck, "14C12345", 0.5),))
    return replace(
        now,
        sections={**now.sections, first: replace(now.sections[first], state=SectionState.SUSPECT)},
        gates={**now.gates, gate: replace(now.gates[gate], identity=read)},
        trucks={**now.trucks, truck: replace(now.trucks[truck], stopped_by="paused_by_person")},
    )


def test_every_wrong_act_comes_and_all_of_them_within_their_time(tmp_path: Path) -> None:
    lane = a_lane(tmp_path)
    believed = doubtful(lane)
    found: list[ActRequested] = []
    meddler = Meddler(lambda: lane.bench, lane.site, lambda request, _: found.append(request), lambda: believed)
    for draw in DRAWS:
        meddler.meddle(draw)
    lane.run_for(150.0)
    acts = Counter(request.act for request in found)
    assert set(acts) >= set(Act) - {Act.PLACE}
    assert {request.by for request in found} == {BY}
    assert {request.second for request in found if request.act is Act.DECLARE} == {"", BY}
    assert all(request.truck in believed.trucks and request.evidence == "sha" for request in found if request.act is Act.CONFIRM)


def test_the_same_number_does_the_same_thing(tmp_path: Path) -> None:
    first, second = (asked(lane, doubtful(lane), 0.25) for lane in (a_lane(tmp_path / "a"), a_lane(tmp_path / "b")))
    assert first == second != []
