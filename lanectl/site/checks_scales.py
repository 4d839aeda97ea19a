"""The weighbridges: one before each gate where trucks are weighed, alone on its line, and long enough."""

from lanectl.site.described import At, Described, LaneTable
from lanectl.site.facts import Scale
from lanectl.site.problems import Findings, Place, report, report_key

STRAY_M = 0.5  # a truck never stops to the centimetre


def check_scales(found: Described, lane: LaneTable, lane_place: Place, findings: Findings) -> None:
    scales = {scale.thing.gate: scale for scale in found.scales}
    gates = [gate.thing.name for gate in found.gates]
    for gate in gates if lane.both_ways else gates[:1]:
        if lane.weight_needed and gate and gate not in scales:
            message = f"a truck's weight is needed, and the entry gate `{gate}` has no weighbridge"
            report_key(findings, "C067", lane_place, ("weight_needed",), message, "describe it as [scale], or `weight_needed = false`")
    for scale in found.scales:
        _alone(found, scale, findings)
    if not lane.both_ways and found.gates:  # which side of the boom it lies on depends on the direction
        for scale in found.scales:
            _holds_a_truck(found, scale, findings)


def _alone(found: Described, scale: At[Scale], findings: Findings) -> None:
    port = scale.thing.port
    others = [m.thing.name for m in found.modules if m.thing.port == port]
    others += [b.thing.unit for b in found.barriers if b.thing.port == port]
    others += [f"the scale of gate {s.thing.gate}" for s in found.scales if s is not scale and s.thing.port == port]
    if port and others:
        message = f"port `{port}` carries a scale, which speaks all the time, and `{others[0]}`"
        report(findings, "C068", scale.place, ("port",), message, "give the scale a port of its own")


def _holds_a_truck(found: Described, scale: At[Scale], findings: Findings) -> None:
    """What stands beside the platform is not weighed."""
    gate = next(gate.thing for gate in found.gates if gate.thing.name == scale.thing.gate)
    longest_m = max((truck.thing.length_m for truck in found.fleet), default=0.0)
    front_m, rear_m = -gate.stop_short_m, -gate.stop_short_m - longest_m
    begins_m, ends_m = scale.thing.at_m - scale.thing.length_m / 2, scale.thing.at_m + scale.thing.length_m / 2
    if begins_m > rear_m - STRAY_M or ends_m < front_m + STRAY_M:
        stands = f"a truck of {longest_m:g} m that waits {gate.stop_short_m:g} m before the boom stands from {rear_m:g} to {front_m:g} m"
        message = f"{stands}, the scale reaches from {begins_m:g} to {ends_m:g} m"
        report(findings, "C069", scale.place, ("at_m",), message, f"a platform {STRAY_M:g} m longer than it at both ends")
