"""What a dispatcher is asked to keep must be possible on the lane that it works."""

from math import ceil

from lanectl.capacity import turn_s
from lanectl.site.facts import Site
from lanectl.site.problems import Findings, Place, report_key


def check_dispatch(site: Site, place: Place, findings: Findings) -> None:
    """`place`: the [dispatch] table. A side's truck that is ready just as its last batch ended waits while the lane turns away and back."""
    if site.dispatch is None or not site.layout.both_ways:
        return
    twice_s = ceil(2 * turn_s(site))
    if site.dispatch.wait_s_max < twice_s:
        message = f"`wait_s_max` = {site.dispatch.wait_s_max:g} cannot be kept: turning the lane away and back takes {twice_s} seconds"
        report_key(findings, "C074", place, ("wait_s_max",), message, f"at least {twice_s}, or a smaller `called_max`")
