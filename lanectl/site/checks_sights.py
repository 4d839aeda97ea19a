"""What is to be read of each truck: a camera at each entry gate must look at it."""

from lanectl.model import Sight
from lanectl.site.described import Described, LaneTable
from lanectl.site.problems import Findings, Place, report_key

KEYS = {Sight.REAR: "rear_plate_needed", Sight.CONTAINER: "container_needed"}


def check_sights(found: Described, lane: LaneTable, lane_place: Place, findings: Findings) -> None:
    wanted = [sight for sight, key in KEYS.items() if getattr(lane, key)]
    gates = [gate.thing.name for gate in found.gates]
    for gate in gates if lane.both_ways else gates[:1]:
        seen = {camera.thing.sees for camera in found.cameras if camera.thing.gate == gate}
        for sight in wanted:
            if gate and sight not in seen:
                message = f"`{KEYS[sight]}`, and no camera at the entry gate `{gate}` looks there"
                remedy = f'a [[camera]] in its file with sees = "{sight.value}", or `{KEYS[sight]} = false`'
                report_key(findings, "C058", lane_place, (KEYS[sight],), message, remedy)
