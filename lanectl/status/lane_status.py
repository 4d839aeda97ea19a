"""Lane -> what an operator sees. Pure: the same lane and time give the same status."""

from dataclasses import replace

from lanectl.layout import Gate, driven
from lanectl.model import DetectorNow, GateNow, Lane, Reading, Refusal, Sight, SightReported, UnitNow
from lanectl.status.alarms import alarms
from lanectl.status.news import News
from lanectl.status.shown import (
    SCHEMA_VERSION,
    Alarm,
    CameraShown,
    DetectorShown,
    GateShown,
    LaneStatus,
    Moment,
    PlateShown,
    Scene,
    SectionShown,
    SightShown,
    UnitShown,
    WeightShown,
    age_s,
)
from lanectl.status.trucks import first_refusals, trucks_shown, why


def lane_status(
    scene: Scene, moment: Moment, lane: Lane, refusals: tuple[Refusal, ...], news: News, raised: tuple[Alarm, ...] = ()
) -> LaneStatus:
    """`refusals`: of the last step. `raised`: the alarms of the status before this one, so that an alarm keeps its beginning."""
    layout, now = scene.layout, moment.at  # what is drawn stays where it is, whichever way the lane is set
    set_ = replace(scene, layout=driven(layout, lane))
    return LaneStatus(
        schema_version=SCHEMA_VERSION,
        at=round(now, 3),
        wall_utc=moment.wall_utc,
        seq=moment.seq,
        speed=moment.speed,
        name=scene.name,
        title=scene.title,
        configuration=scene.sha256,
        direction=lane.direction,
        listed_direction=layout.direction,
        service=lane.service,
        journal_writable=lane.journal_writable,
        clearance_needed=layout.clearance_needed,
        weight_needed=layout.weight_needed,
        container_needed=layout.container_needed,
        border_m=scene.border_m,
        speed_mps_max=scene.speed_mps_max,
        gates=tuple(_gate(scene, lane, gate, news, now) for gate in layout.gates),
        sections=_sections(scene, lane),
        detectors=_detectors(scene, lane, now),
        units=_units(scene, lane, now),
        trucks=trucks_shown(set_, lane, first_refusals(refusals), now),
        alarms=alarms(set_.layout, lane, now, raised),
        refusals=tuple(why(refusal) for refusal in refusals),
        events=news.events,
        tally=news.tally,
        cameras=tuple(CameraShown(name, camera.gate, camera.trouble) for name, camera in lane.cameras.items()),
        weights=tuple(WeightShown(gate, at.weight_kg, at.why, age_s(at.at, now)) for gate, at in lane.weights.items()),
    )


def _gate(scene: Scene, lane: Lane, gate: Gate, news: News, now: float) -> GateShown:
    gate_now = lane.gates[gate.name]
    limits = scene.layout.limits
    return GateShown(
        name=gate.name,
        title=scene.gate_titles.get(gate.name, {}),
        time_zone=scene.time_zones.get(gate.name, "UTC"),
        at_m=scene.positions_m.get(gate.point, 0.0),
        boom=gate_now.boom,
        boom_age_s=age_s(gate_now.boom_at, now),
        boom_stale=now - gate_now.boom_at > limits.reading_age_s_max,
        boom_asked=gate_now.asked,
        aspect=gate_now.shown,
        aspect_age_s=age_s(gate_now.shown_at, now),
        aspect_stale=now - gate_now.shown_at > limits.reading_age_s_max,
        aspect_asked=gate_now.aspect_asked,
        lamp_failed=gate_now.lamp_failed,
        fault=gate_now.fault,
        local=gate_now.local,
        locked_out=gate_now.locked_out,
        obstructions=gate_now.obstructions,
        reading_plate=gate_now.reading_plate,
        plate=_plate(gate.name, gate_now, news, now),
        sights=tuple(_sight(scene, seen) for seen in gate_now.sights),
    )


def _sight(scene: Scene, seen: SightReported) -> SightShown:
    needed = scene.layout.rear_plate_needed if seen.sight is Sight.REAR else scene.layout.container_needed
    score, waits = round(seen.score, 2), needed and not seen.text
    return SightShown(seen.sight, seen.text, score, seen.evidence, seen.read, seen.candidates, seen.confirmed_by, waits)


def _plate(name: str, gate: GateNow, news: News, now: float) -> PlateShown | None:
    """What was read of the truck that stands there; when none does, the last that was read, with its age."""
    current = gate.identity is not None
    reads = [(gate.identity, gate.identity_at)] if gate.identity else [read for read in news.reads if read[0].gate == name]
    if not reads:
        return None
    read, at = reads[0]
    return PlateShown(
        read.match,
        read.plate,
        read.truck,
        round(read.score, 2),
        read.evidence,
        age_s(at, now),
        current,
        read.candidates,
        read.confirmed_by,
    )


def _sections(scene: Scene, lane: Lane) -> tuple[SectionShown, ...]:
    shown = []
    for section in scene.layout.sections:
        section_now = lane.sections[section.name]
        from_m = scene.positions_m.get(section.entry, 0.0)
        to_m = scene.positions_m.get(section.exit, from_m + section.length_m)
        shown.append(SectionShown(section.name, from_m, to_m, section_now.state, section_now.locked_for, section_now.why_suspect))
    return tuple(shown)


def _detectors(scene: Scene, lane: Lane, now: float) -> tuple[DetectorShown, ...]:
    shown = []
    for unit in scene.layout.units:
        for name in unit.detectors:
            detector = lane.detectors.get(name, DetectorNow())
            stale = now - detector.sent_at > scene.layout.limits.reading_age_s_max
            shown.append(
                DetectorShown(name, unit.name, Reading.UNKNOWN if stale else detector.reading, age_s(detector.sent_at, now), stale)
            )
    return tuple(shown)


def _units(scene: Scene, lane: Lane, now: float) -> tuple[UnitShown, ...]:
    shown = []
    for unit in scene.layout.units:
        unit_now = lane.units.get(unit.name, UnitNow())
        heard = [lane.detectors[name].sent_at for name in unit.detectors if name in lane.detectors]
        heard += [lane.gates[gate.name].boom_at for gate in scene.layout.gates if gate.barrier_unit == unit.name]
        shown.append(
            UnitShown(
                name=unit.name,
                signals=unit.signals,
                linked=unit_now.linked,
                armed=unit_now.armed,
                tripped=unit_now.tripped,
                proved=unit_now.proved,
                age_s=age_s(max(heard, default=float("-inf")), now),
                why_lost="" if unit_now.linked else unit_now.why_lost,
            )
        )
    return tuple(shown)
