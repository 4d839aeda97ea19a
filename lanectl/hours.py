"""Whether it is within a site's opening hours, by the time of day. Pure: the time is passed in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lanectl.site.facts import Hours


def within(hours: Hours, now: datetime) -> bool:
    """`now` with its time zone. A span's last minute is the one before its end."""
    local = now.astimezone(ZoneInfo(hours.time_zone))
    minute = 60 * local.hour + local.minute
    return any(begin <= minute < end if begin < end else minute >= begin or minute < end for begin, end in hours.spans)
