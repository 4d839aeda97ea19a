"""What must fit together in a site."""

from lanectl.site.described import At, Described, LaneTable
from lanectl.site.facts import Mqtt
from lanectl.site.problems import Findings, Place


def check(found: Described, lane: LaneTable, lane_place: Place, mqtt: At[Mqtt], findings: Findings) -> None:
    """Note everything that does not fit."""
