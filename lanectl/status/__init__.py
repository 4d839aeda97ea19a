"""Lane -> what an operator sees: the picture, the alarms, the news. Pure; sentences are made of it in `lanectl.wording`."""

from lanectl.status.alarms import PRIORITIES, alarms
from lanectl.status.lane_status import lane_status
from lanectl.status.news import News, follow
from lanectl.status.shown import (
    SCHEMA_VERSION,
    Alarm,
    GateShown,
    Happening,
    LaneStatus,
    Moment,
    Scene,
    SectionShown,
    Tally,
    TruckShown,
    Why,
)

__all__ = [
    "PRIORITIES",
    "SCHEMA_VERSION",
    "Alarm",
    "GateShown",
    "Happening",
    "LaneStatus",
    "Moment",
    "News",
    "Scene",
    "SectionShown",
    "Tally",
    "TruckShown",
    "Why",
    "alarms",
    "follow",
    "lane_status",
]
